/* SPDX-License-Identifier: Apache-2.0 */
/* negative.h - negative tests that go by a number (docs/TESTING.md has the list): every row plays on a ledger of its own, a branch
 * of the small ISMAP world with one complete chain, and changes one thing of what is valid.
 *
 * Functions that take an ak_text or a bundle free it, and fail the test when the answer is another than the row's.
 */
#ifndef AK_TEST_NEGATIVE_H
#define AK_TEST_NEGATIVE_H

#include "attack.h"

#define NEGATIVE_DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"架空の理由???\"}"
#define NEGATIVE_APPLICATION "{\"provider\":\"kakuu-kumo\",\"service\":\"other\",\"applied_on\":\"2026-05-30\"}"

typedef struct negative {
	const char *name;                                     /* begins with the number */
	void (*play)(world *w, const struct negative *row);
	const char *a, *b;                                    /* what is changed, as `play` reads it     */
	ak_status status;
	const char *where;                                    /* place, or the audit's check             */
	const char *check;                                    /* of a verdict                            */
	void (*change)(world *w, ak_json *bundle);
} negative;

int negative_run(const char *group, const negative *rows, size_t n);

/* ---- envelopes ---------------------------------------------------------------------------------------------------- */

/* A deletion as three of the committee sign it; a draft of the same. */
ak_text negative_envelope(world *w);
ak_text negative_draft(world *w);
/* `text` with the first `from` replaced; the test fails when there is none. */
ak_text negative_replaced(ak_text text, const char *from, const char *to);
/* The i-th signature of an envelope, or of a statement by a key as it should be. */
void negative_signature(const ak_text *envelope, size_t i, ak_buf *sig);
void negative_sign(const ak_secret *k, ak_span payload, ak_buf *sig);
void negative_payload(const ak_text *envelope, ak_buf *payload);
/* Refused, and void where it was laid all the same. */
void negative_void(world *w, ak_text envelope, ak_status want, const char *where);

/* Body of a party record that adds one member with these keys (JSON); a key of any bytes. */
enum { NEGATIVE_BODY = 4096 };
void negative_member(char body[NEGATIVE_BODY], const char *party, const char *member, const char *keys);
void negative_key(const uint8_t *spki, size_t len, char *out, size_t size);
/* Seal the enrolment of one more member with this key. */
void negative_enrol(world *w, const char *party, const char *member, ak_secret *k);

/* ---- bundles ------------------------------------------------------------------------------------------------------ */

typedef struct negative_said {
	ak_status status;
	ak_verdict verdict;
	char reason[40], check[40], where[60];
} negative_said;

ak_json *negative_bundle(world *w, uint64_t since);
ak_text negative_packed(const ak_json *bundle);
negative_said negative_ask(const ak_text *bundle, const ak_verify_options *o);
void negative_is(const char *row, negative_said s, ak_verdict verdict, const char *reason, const char *check, const char *where);
void negative_is_status(const char *row, negative_said s, ak_status status, const char *where);
/* The verdict that w's own trust file gives. */
negative_said negative_verdict(world *w, ak_json *bundle);
/* Plays a row: change a bundle of LISTING; status AK_OK: it is tampered by check and where, else it is that status. */
void negative_plays_bundle(world *w, const negative *row);

ak_json *negative_at(const ak_json *v, const char *pointer);            /* a copy */
void negative_put(ak_json *v, const char *pointer, ak_json *value);

#endif
