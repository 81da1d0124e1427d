/* SPDX-License-Identifier: Apache-2.0 */
/* secrets.h - what may not be left behind: keys, passphrases, the salts that open commitments, and what they keep closed */
#ifndef AK_CLI_SECRETS_H
#define AK_CLI_SECRETS_H

#include <jansson.h>

/* From now on this process leaves no core file and cannot be looked into by others of the same user.  Called before a secret is read or made. */
void ak_secrets_guard(void);

void ak_secrets_wipe(void *p, size_t n);

/* Wipe and free; NULL is fine. */
void ak_secrets_free_text(char *text);

/* Wipe every text in it and give it up: the caller's is the last hold on it, and on what is in it.  NULL is fine. */
void ak_secrets_free_json(json_t *o);

#endif
