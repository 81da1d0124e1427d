/* SPDX-License-Identifier: Apache-2.0 */
/* js.h - reading the library's JSON answers without a null check at every step */
#ifndef AK_CLI_JS_H
#define AK_CLI_JS_H

#include "akashi/types.h"

#include <jansson.h>

json_t *ak_js_parse(const ak_text *t); /* NULL when it is none, or without memory */

/* A missing member, or one of another type, reads as "", 0, false or NULL; steps of a path are separated by '.'. */
const json_t *ak_js_at(const json_t *o, const char *path);
const char *ak_js_str(const json_t *o, const char *path);
uint64_t ak_js_num(const json_t *o, const char *path);
bool ak_js_has(const json_t *o, const char *path); /* there, and not null */
bool ak_js_true(const json_t *o, const char *path);
size_t ak_js_len(const json_t *o, const char *path);
const json_t *ak_js_nth(const json_t *o, const char *path, size_t i);
/* Text in two languages, {"ja","en"} or plain: the one asked for, else the other. */
const char *ak_js_lang(const json_t *o, const char *path, bool ja);

#endif
