/* SPDX-License-Identifier: Apache-2.0 */
/* calendar.h - what expires and falls due, as one list that text, table, picture and iCalendar are made from
 *
 * {"as_of","known_at","origin","size","head_time","listing": the one asked about or null,"items":[…]}, an item:
 *   kind            expires, renewal-due, report-due, period-ends, plan-due, deferral-ends of a listing; auditor-ends of an
 *                   auditor; others as the scheme's query "calendar" has them
 *   first, last     bounds of the day; after: the day behind
 *   quarter         "2027-Q3" of first, by the calendar year; past: first is before the day asked about
 *   subject         number of the listing or name of the auditor; service, provider: as listed, or the auditor's name
 *   label           {"ja","en"}; text: {"ja","en"}, may be empty
 *   verdict         of the listing; of an auditor its standing
 *   record, rule, basis, basis_en, basis_version   as in a finding; where there is a rule
 *   uid             the same as long as the matter is: kind, subject, record and ledger
 */
#ifndef AK_CLI_CALENDAR_H
#define AK_CLI_CALENDAR_H

#include "cli.h"
#include "term.h"

#include <jansson.h>

/* Ask the ledger.  `as_of` NULL: today.  Reports what is wrong; EXIT_HOLDS to go on with *out, freed with json_decref(). */
int ak_calendar_make(const ak_cli *c, ak_ledger *l, ak_span trust, const char *as_of, uint64_t known_at, const char *listing, json_t **out);

/* Is the matter an end, or something to be done? */
bool ak_calendar_ends(const json_t *item);
/* "2027-Q3": the months of it; false for anything else. */
bool ak_calendar_months(const char *quarter, unsigned *year, unsigned *first);
const char *ak_calendar_label(const ak_cli *c, const json_t *item); /* what is due */
/* "2027年7月31日", or a span, of the first and last of any row that has them. */
enum { AK_DATES_ROOM = 2 * AK_TERM_DATE_MAX + 8 };
const char *ak_calendar_dates(const ak_cli *c, const json_t *item, char *out, size_t room);

/* iCalendar (RFC 5545): CRLF, lines folded at 75 octets, whole days. */
void ak_calendar_ics(FILE *f, const ak_cli *c, const void *calendar);
/* A sheet with a row for each quarter and a column for each of its months. */
void ak_calendar_svg(FILE *f, const ak_cli *c, const void *calendar);

#endif
