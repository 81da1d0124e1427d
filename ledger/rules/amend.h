/* SPDX-License-Identifier: Apache-2.0 */
/* amend.h - what one correction makes of a body (internal; docs/RULES.md, Corrections)
 *
 * A correction puts `after` at `field`, a JSON pointer into the body, if what stands there equals `before`; a null in `before`
 * means that nothing stands there, a null in `after` that the member is taken away.  Whether the correction may act at all, and in
 * what order several do, is the caller's.
 */
#ifndef AK_RULES_AMEND_H
#define AK_RULES_AMEND_H

#include "codec/json.h"

/* The `why` of a correction whose before is not what stands there. */
extern const char ak_amend_stale[];

/* `correction` is the body of one.  *why NULL: done; else static text on why not, and the body is as it was.  Without heed_before,
 * whatever stands there gives way, and a member that is not there is as good as taken away. */
AK_MUST_USE ak_status ak_amend(ak_json *body, const ak_json *correction, bool heed_before, const char **why, ak_error *err);

#endif
