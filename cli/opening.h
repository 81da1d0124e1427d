/* SPDX-License-Identifier: Apache-2.0 */
/* opening.h - the file that opens what was committed to (akashi/disclosure.h): FILE.opening.json, for its owner only */
#ifndef AK_CLI_OPENING_H
#define AK_CLI_OPENING_H

#include "out.h"

enum { AK_OPENING_FILE_MAX = 16 * 1024 * 1024 };

/* One document of an opening: what is sealed, and what it was made of.  NULL without memory. */
json_t *ak_opening_document(const char *name, const char *kind, const ak_digest *document, const ak_digest *commitment, const uint8_t salt[32]);
/* Write STEM.opening.json; both arrays are taken over, wiped and freed, and may be NULL.  One that is there is never overwritten.  *path is freed with free(). */
int ak_opening_write(const ak_cli *c, const char *stem, json_t *documents, json_t *fields, char **path);
/* STEM.opening.json; freed with free(), NULL without memory. */
char *ak_opening_path(const char *stem);

/* Read an opening or a disclosure; anything else is a fault of that file.  *what is the JSON of ak_opening_describe():
 * freed with ak_secrets_free_json(). */
int ak_opening_read(const ak_cli *c, const char *path, ak_file *out, json_t **what);
/* Does the file begin like one?  False also when it cannot be read. */
bool ak_opening_is(const char *path);

#endif
