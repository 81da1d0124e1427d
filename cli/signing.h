/* SPDX-License-Identifier: Apache-2.0 */
/* signing.h - one draft or envelope on its way to another signature
 *
 * Functions that return an int report what is wrong themselves and return an exit code: EXIT_HOLDS to go on.
 */
#ifndef AK_CLI_SIGNING_H
#define AK_CLI_SIGNING_H

#include "files.h"
#include "out.h"
#include "scheme.h"

typedef struct ak_signing {
	ak_file input, profile;
	ak_text now;        /* the envelope as it stands; empty: still the input */
	json_t *shown;      /* of the input                                      */
	ak_ledger *ledger;  /* NULL when there is none here; borrowed            */
	char *out;          /* where the envelope goes                           */
} ak_signing;

/* Read what is to be signed.  *s all zero before, but for the ledger; ak_signing_clear() in any case. */
int ak_signing_read(ak_cli *c, const char *path, ak_signing *s);
void ak_signing_clear(ak_signing *s);

/* The envelope as it stands. */
ak_span ak_signing_now(const ak_signing *s);
/* What is in it: the JSON of ak_exchange_show(). */
int ak_signing_show(const ak_cli *c, const char *path, ak_span bytes, ak_span profile, json_t **out);
/* The same in words, for people to read before they sign. */
void ak_signing_describe(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *shown, json_t *body);
/* "1 of 3 signatures; 4 of 5 members have not signed", as far as the ledger here can tell. */
void ak_signing_count(const ak_cli *c, const ak_signing *s, const char *file, const json_t *shown);
/* A draft with blanks, or one that its type refuses, is refused before anybody has signed it. */
int ak_signing_blanks(const ak_cli *c, const char *path, const json_t *shown);
int ak_signing_refused(const ak_cli *c, const ak_signing *s, const char *path);
/* Who signs with this key; freed with free(), NULL without memory. */
char *ak_signing_who(const ak_cli *c, const ak_signing *s, const ak_secret *k);
/* Has this key no part in the record?  As far as the ledger here can tell; then `role` is who signs, or "" for the root. */
bool ak_signing_in_vain(const ak_cli *c, const ak_signing *s, const ak_secret *k, char role[AK_SCHEME_TEXT]);
/* Says so, or refuses where others have signed the file already. */
int ak_signing_part(const ak_cli *c, const ak_signing *s, const char *path, const ak_secret *k);
/* True when the person says yes to the question, whose argument is n.  *code says why not. */
bool ak_signing_agreed(const ak_cli *c, ak_msg question, size_t n, int *code);

#endif
