/* SPDX-License-Identifier: Apache-2.0 */
/* attack.h - playing attacks on a small world: envelopes that no honest program would make, and what must become of them
 *
 * Functions that take an ak_text free it.  They fail the test when the answer is another than the one asked for.
 */
#ifndef AK_TEST_ATTACK_H
#define AK_TEST_ATTACK_H

#include "world.h"

#define LISTING "C24-0101-2"       /* the listing of tests/rules/base/first.json */
#define LISTED_ON "2024-07-01"     /* a day on which it is valid                  */
#define LISTING_ID "ismap/listing:" LISTING

/* Replace what is at `pointer` of a statement by `json`; NULL: take the member away. */
typedef struct edit {
	const char *pointer, *json;
} edit;

/* Group set-up: one world with the records of "first", in *state; every test plays on a branch of it. */
int attack_world_open(void **state);
int attack_world_close(void **state);

/* The statement that a draft (or an envelope) would sign, changed; the digest of its body is made to fit.  edits end with { NULL }. */
ak_text attack_statement(ak_text draft, const edit *edits);
/* An envelope over any bytes at all, signed by each key (NULL-ended). */
ak_text attack_envelope(ak_text payload, ak_secret *const *keys);
/* Both. */
ak_text attack_edited(ak_text draft, const edit *edits, ak_secret *const *keys);
/* One more signature, whatever it is; keyid as "sha256:…". */
ak_text attack_add_signature(ak_text envelope, const char *keyid, const uint8_t *sig, size_t len);
/* "sha256:…" of a key. */
void attack_keyid(const ak_secret *k, char out[72]);

ak_text attack_copy(const ak_text *t);
/* One record of the ledger as an envelope again. */
ak_text attack_unseal(world *w, uint64_t seq);
/* Enrol with this body, signed by two roots and these keys (NULL-ended). */
ak_text attack_party(world *w, const char *body, ak_secret *const *keys);

uint64_t attack_size(world *w);
/* seal refuses with this status in this place, and the head stays where it was. */
ak_error attack_refused(world *w, ak_text envelope, ak_status want, const char *where);
/* Lay it without asking (world_forge); answers its seq. */
uint64_t attack_forge(world *w, ak_text envelope);
/* The audit is content, and names exactly this record void for this reason. */
void attack_is_void(world *w, uint64_t seq, ak_status why);
void attack_is_sound(world *w, size_t n_void);
/* The audit finds the history unsound by this check. */
void attack_is_broken(world *w, const char *check, ak_status status);
/* The verdict on LISTING. */
void attack_verdict(world *w, uint64_t known_at, ak_verdict want, const char *reason);
/* ... and that some warning of this id is given. */
void attack_warned(world *w, const char *id);

#endif
