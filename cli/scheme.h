/* SPDX-License-Identifier: Apache-2.0 */
/* scheme.h - what a scheme calls its record types, fields and words, out of its definition as it is sealed
 *
 * A scheme is data: no name of a type or a field stands in this program, but for those of the ledger's own types (keyset, profile,
 * party, revocation).  Without a definition, and for what it does not name, the stored word is shown.
 */
#ifndef AK_CLI_SCHEME_H
#define AK_CLI_SCHEME_H

#include "cli.h"

#include <jansson.h>

enum { AK_SCHEME_TEXT = 1024 /* bytes; a title has 200 characters */ };

/* Take the scheme's newest definition in this ledger for the names of this run (c->package).  Quietly nothing when there is none.
 * `scheme` NULL: that of the records here when they have only one. */
void ak_scheme_use(ak_cli *c, ak_ledger *l, const char *scheme);
/* The same where the answer is JSON too, which has no use for names. */
void ak_scheme_load(ak_cli *c, ak_ledger *l, const char *scheme);
/* The same from the part of a definition that an answer has. */
void ak_scheme_names(ak_cli *c, const json_t *names);
/* The same from a definition in a file. */
void ak_scheme_use_bytes(ak_cli *c, ak_span package);
void ak_scheme_drop(ak_cli *c);

/* "決定" of "decision"; in English in small letters, as it stands inside a line. */
const char *ak_scheme_type(const ak_cli *c, const char *type, char out[AK_SCHEME_TEXT]);
/* "決定 C24-0101-2 登録" of "decision C24-0101-2 registered". */
const char *ak_scheme_title(const ak_cli *c, const char *type, const char *title, char out[AK_SCHEME_TEXT]);
/* "監査対象期間 初日" of "/period/from"; the pointer itself when the type's schema says nothing of it. */
const char *ak_scheme_field(const ak_cli *c, const char *type, const char *pointer, char out[AK_SCHEME_TEXT]);
/* What stands behind a "$ref" into the same schema; the node itself when it is none. */
const json_t *ak_scheme_behind(const json_t *schema, const json_t *node);
/* Does the type's schema want a date in this field? */
bool ak_scheme_is_date(const ak_cli *c, const char *type, const char *pointer);
/* A word of the field's vocabulary: "毎年の監査" of "annual" in "/cycle". */
const char *ak_scheme_word(const ak_cli *c, const char *pointer, const char *value);
/* What a record of this type is to one that refers to it as `rel`: "決定" of "decided-by". */
const char *ak_scheme_rel(const ak_cli *c, const char *type, const char *rel, char out[AK_SCHEME_TEXT]);
const char *ak_scheme_role(const ak_cli *c, const char *role);
/* Whether the scheme defines this type, and all that it does: "annulment, application, …".  Freed with free(); NULL without memory. */
bool ak_scheme_has(const ak_cli *c, const char *type);
char *ak_scheme_types(const ak_cli *c);
/* All roles, as they are stored and as they are read.  Freed with free(); NULL without memory. */
char *ak_scheme_roles(const ak_cli *c);

#endif
