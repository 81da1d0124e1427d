/* SPDX-License-Identifier: Apache-2.0 */
/* utctime.h - header times: RFC 3339, UTC, whole seconds, "2026-11-21T03:04:05Z" (internal)
 *
 * Exactly 20 bytes, years 1970-9999, second 00-59: a leap second (":60") is refused.
 * Pure arithmetic: no time zone data, no C library calendar, no clock.
 */
#ifndef AK_BASE_UTCTIME_H
#define AK_BASE_UTCTIME_H

#include "base/bytes.h"

enum { AK_UTCTIME_LEN = 20 };

bool ak_utctime_parse(ak_span in, int64_t *unix_s);
/* unix_s in 0 .. 253402300799; anything else formats as the nearest end. */
void ak_utctime_format(int64_t unix_s, char out[AK_UTCTIME_LEN + 1]);

#endif
