/* SPDX-License-Identifier: Apache-2.0 */
/* phrase.h - what comes from the library in English only, for a Japanese reader */
#ifndef AK_CLI_PHRASE_H
#define AK_CLI_PHRASE_H

#include "cli.h"

enum { AK_PHRASE_MAX = 512 };

/* `text` in Japanese when it is one of phrases.def, or the English text of a status; NULL when it is neither.  Cut to fit. */
const char *ak_phrase_ja(const char *text, char out[AK_PHRASE_MAX]);
/* `text` in the language asked for, with dates as people write them; in English when no other words are known. */
const char *ak_phrase(const ak_cli *c, const char *text, char out[AK_PHRASE_MAX]);
/* The status of this name ("AK_SCHEMA") in words; the name itself when there is none. */
ak_status ak_phrase_status_named(const char *name); /* AK_INTERNAL for what is none */
const char *ak_phrase_status(const ak_cli *c, const char *name);
/* What was expected or found at `where` (may be NULL): of a schema as it is stored, dates and all. */
const char *ak_phrase_value(const ak_cli *c, const char *where, const char *text, char out[AK_PHRASE_MAX]);

#endif
