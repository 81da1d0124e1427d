/* SPDX-License-Identifier: Apache-2.0 */
/* time_part.h - what renewing shares with asking for the first token (private to api/) */
#ifndef AK_API_TIME_PART_H
#define AK_API_TIME_PART_H

#include "akashi/timestamp.h"
#include "stamp/stamp.h"

/* Whose tokens count for records of scheme akashi, and the lists that o brings; as a question about tokens that have no message yet. */
typedef struct ak_time_circle ak_time_circle;
/* With `lenient` a ledger whose profiles name no authority is a circle of nobody, else AK_NOT_FOUND. */
AK_MUST_USE ak_status ak_time_circle_open(ak_ledger *l, const ak_timestamp_options *o, bool lenient, ak_time_circle **out, ak_error *err);
const ak_stamp_query *ak_time_circle_query(const ak_time_circle *c); /* borrowed */
void ak_time_circle_free(ak_time_circle **c);

/* An authority's answer for this imprint (32, 48 or 64 bytes).  It answers the request; nothing else of it was looked at. */
AK_MUST_USE ak_status ak_time_ask(const ak_timestamp_options *o, ak_span imprint, ak_buf *tsr, ak_error *err);

#endif
