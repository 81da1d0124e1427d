/* SPDX-License-Identifier: Apache-2.0 */
/* signing.h - one draft or envelope on its way to another signature
 *
 * Functions that return an int report what is wrong themselves and return an exit code: EXIT_HOLDS to go on.
 */
#ifndef AK_CLI_SIGNING_H
#define AK_CLI_SIGNING_H

#include "draft.h"
#include "files.h"
#include "out.h"
#include "scheme.h"

enum { AK_DROP_DIGITS = 12 /* of a key id: what a command to type shows; 8 are enough for --drop */ };

typedef struct ak_signing {
	ak_file input, profile;
	ak_text now;        /* the envelope as it stands; empty: still the input */
	json_t *shown;      /* of the input                                      */
	ak_ledger *ledger;  /* NULL when there is none here; borrowed            */
	char *out;          /* where the envelope goes                           */
	ak_documents committed; /* by --commit-only; their openings are on disk  */
	bool written;       /* the envelope is, and what opens it stays          */
	bool there;         /* the input is what `out` holds: it is replaced, and put back when the run fails */
	bool request;       /* the file was a request: what is signed goes back as an answer (apart.h) */
	ak_text answers;    /* to a request, so far: blocks                      */
	char *facts;        /* of a request: what whoever asks says of a record that it would have erased; NULL: nothing */
	char answer_id[9];  /* the beginning of the first key's id               */
} ak_signing;

/* Read what is to be signed.  *s all zero before, but for the ledger; ak_signing_clear() in any case. */
int ak_signing_read(ak_cli *c, const char *path, ak_signing *s);
void ak_signing_clear(ak_signing *s);

/* --commit-only: put documents into the draft just read, as commitments, and write what opens them (sign_commit.c). */
int ak_signing_commit(const ak_cli *c, const char *path, ak_signing *s);

/* The envelope as it stands. */
ak_span ak_signing_now(const ak_signing *s);
/* What is in it: the JSON of ak_exchange_show(). */
int ak_signing_show(const ak_cli *c, const char *path, ak_span bytes, ak_span profile, json_t **out);
/* The same in words, for people to read before they sign: all of it, however long. */
void ak_signing_describe(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *shown, json_t *body);
/* The same of `s`, with what the text of a request says beside it. */
void ak_signing_tell(const ak_cli *c, const ak_signing *s, FILE *to);
/* May what is signed go untold?  Only when nobody is asked. */
bool ak_signing_silent(const ak_cli *c);
/* "1 of 3 signatures; 4 of 5 members have not signed", as far as the ledger here can tell. */
void ak_signing_count(const ak_cli *c, const ak_signing *s, const char *file, const json_t *shown);
/* --drop: take signatures out of an envelope (sign_drop.c); what is left is ak_signing_now(). */
int ak_signing_drop(const ak_cli *c, const char *path, ak_signing *s);
/* By `check` (of ak_ledger_check): a signature without a part keeps the file from being sealed.  Says whose, and how it is taken out. */
bool ak_signing_spoilt(const ak_cli *c, ak_ledger *l, const char *path, const json_t *check);
/* The first digits of the key id of such a signature, as --drop takes them; NULL: there is none. */
const char *ak_signing_partless(const json_t *check, char id[AK_DROP_DIGITS + 1]);
/* A draft with blanks, one that its type refuses, and any of a ledger that has ended, is refused before anybody has signed it; what the ledger
 * has to say of it besides is told (ak_signing_refused). */
int ak_signing_blanks(const ak_cli *c, const char *path, const json_t *shown);
int ak_signing_ended(const ak_cli *c, ak_ledger *l, const char *path);
int ak_signing_refused(const ak_cli *c, const ak_signing *s, const char *path);
/* Who signs with this key; freed with free(), NULL without memory. */
char *ak_signing_who(const ak_cli *c, const ak_signing *s, const ak_secret *k);
/* Has this key no part in the record?  As far as the ledger here can tell; then `role` is who signs, or "" for the root. */
bool ak_signing_in_vain(const ak_cli *c, const ak_signing *s, const ak_secret *k, char role[AK_SCHEME_TEXT]);
/* Refuses when it has none: with that signature in it the file could not be sealed. */
int ak_signing_part(const ak_cli *c, const ak_signing *s, const char *path, const ak_secret *k);
/* True when the person says yes to the question, whose argument is n.  *code says why not. */
bool ak_signing_agreed(const ak_cli *c, ak_msg question, size_t n, int *code);

#endif
