/* SPDX-License-Identifier: Apache-2.0 */
/* continuity.h - asking whether heads continue each other, of a ledger and of evidence alone
 *
 * Functions that take an answer drop it, and fail the test when it is another than the one asked for.
 */
#ifndef AK_TEST_CONTINUITY_H
#define AK_TEST_CONTINUITY_H

#include "attack.h"

#define DECIDED(day)                                                                                       \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"deferred\",\"decided_on\":\"" day \
	"\",\"meeting\":\"第23回\"}"

/* What is asked and what came of it. */
typedef struct answer {
	ak_status st;
	ak_error err;
	ak_continuity outcome;
	ak_json *report;
	ak_text evidence;
} answer;

ak_span continuity_span_of(const ak_text *t);
ak_json *continuity_parsed(const ak_text *t);
void continuity_add_decision(world *w, const char *body);
ak_text continuity_note_at(world *w, uint64_t size);
ak_text continuity_head_of(world *w);
/* Two continuations of one ledger by one operator key. */
void continuity_part(const world *of, world *a, world *b);

answer continuity_ask(world *w, const ak_text *old, const ak_text *new);
answer continuity_check(ak_span evidence, const ak_text *trust);
void continuity_drop(answer *a);
void continuity_is(const ak_json *report, const char *pointer, const char *text);
void continuity_refused(const char *row, answer a, ak_status want, const char *where);
/* The ledger's answer, and the same from its evidence alone. */
void continuity_shows(const char *row, answer a, const world *w, ak_continuity want, const char *outcome);

/* The evidence without the last element of the array at `key`. */
ak_text continuity_shortened(const ak_text *evidence, const char *key);

#endif
