/* SPDX-License-Identifier: Apache-2.0 */
/* keys.h - making keys, and the sets of keys that a keyset needs */
#ifndef AK_CLI_KEYS_H
#define AK_CLI_KEYS_H

#include "cli.h"

#include <jansson.h>

enum { AK_ROOTS_MAX = 32, AK_HOLDER_MAX = 63 };

/* Write a new private key to `path` (0600, never over another file) and its public half to `pub` unless NULL.  `public_json` may be NULL. */
int ak_keys_make(const ak_cli *c, const char *alg, const char *path, const char *pub, ak_text *public_json);

/* Was it the passphrase that did not open the key? */
bool ak_keys_wrong(const ak_error *e);
/* Why a private key was not read; of a wrong passphrase in words, with what to do. */
int ak_keys_refused(const ak_cli *c, const char *path, ak_error *e);

/* A file that has a private key in it; false for what is kept elsewhere. */
bool ak_keys_is_private(const char *path);

/* The PEM text out of the library's JSON of a public key, where it is a list of lines (that JSON knows no newline in a string).
 * Freed with free(); NULL when there is none. */
char *ak_keys_pem(const json_t *public_json);

/* The keys named by --root-keys, --operator and --heartbeat, or made in the folder of --make-keys. */
typedef struct ak_keyset_files {
	char *path[AK_ROOTS_MAX];                    /* root keys, owned */
	char holder[AK_ROOTS_MAX][AK_HOLDER_MAX + 1];
	size_t n;
	char *operator_path, *heartbeat_path;        /* owned */
	size_t made;                                 /* so many of them, in this order, were made and not there before */
	bool made_folder;
	uint64_t threshold;
} ak_keyset_files;

int ak_keyset_files_read(const ak_cli *c, ak_keyset_files *out); /* {0} before; clear after, also on failure */
void ak_keyset_files_clear(ak_keyset_files *k);
/* Take away what was made, for a ledger that did not come to be. */
void ak_keyset_files_unmake(const ak_cli *c, const ak_keyset_files *k);
/* The genesis draft from the public halves of these keys and --origin, --issued. */
int ak_keyset_draft(const ak_cli *c, const ak_keyset_files *k, ak_text *draft);

#endif
