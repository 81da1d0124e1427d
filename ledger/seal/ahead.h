/* SPDX-License-Identifier: Apache-2.0 */
/* ahead.h - dates of a body that lie in the future and should not (internal)
 *
 * A field of the type's schema, or a part of the body with all in it, says by "x-past": true that it tells of something that has happened.
 * A date there that begins after `now` (Japan Standard Time, a day as a whole) is a slip of the pen, or a promise: nothing forbids it, so
 * it is told and not refused.  `issued` is another matter: rule A04 (FORMAT 5.6).
 */
#ifndef AK_SEAL_AHEAD_H
#define AK_SEAL_AHEAD_H

#include "codec/json.h"

/* Add {"id":"date-ahead","field":"/decided_on","found":"2027-06-01","text":{"ja","en"}} to `warnings` for each. */
AK_MUST_USE ak_status ak_dates_ahead(const ak_json *schema, const ak_json *body, int64_t now, ak_json *warnings, ak_error *err);

#endif
