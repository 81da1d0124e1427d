/* SPDX-License-Identifier: Apache-2.0 */
/* known.h - who saw this head, when, and what that says (internal; DESIGN 6)
 *
 * Witnesses, completeness and freshness of a proven head.  A time that lies more than AK_CLOCK_SLACK_S seconds ahead of the
 * question's clock says nothing about when the head was known, whoever gives it: one of the two clocks is wrong, and the warning
 * "clock-ahead" says so.  Times are seconds since 1970, 0 where none is known.
 */
#ifndef AK_VERIFY_KNOWN_H
#define AK_VERIFY_KNOWN_H

#include "verify/proof_check.h"
#include "verify/standing.h"

/* Check "clock" (rule A05): no cosignature is older than the newest record it covers. */
AK_MUST_USE ak_status ak_known_clock(const ak_proven *p, ak_report *r, ak_error *err);
/* known_until, fresh and sure_day of `s`. */
void ak_known_when(const ak_proven *p, ak_standing *s);
/* The members "witnesses", "completeness" and "freshness" of the report, after ak_known_when and the scheme's rules. */
AK_MUST_USE ak_status ak_known_put(const ak_proven *p, ak_standing *s, ak_report *r, ak_error *err);

#endif
