/* SPDX-License-Identifier: Apache-2.0 */
/* wishes.h - what --set and its like ask for: values of a body's fields, and references */
#ifndef AK_CLI_WISHES_H
#define AK_CLI_WISHES_H

#include "out.h"

/* The assignments and references of the command line.  Texts are cut at their '=' in copies. */
typedef struct ak_wishes {
	ak_assignment set[AK_OPTS_MAX];
	ak_named_ref ref[AK_OPTS_MAX];
	char *text[AK_OPTS_MAX * 2]; /* owned */
	size_t n_set, n_refs, n_texts;
	bool used_stdin;   /* by a value "@-" */
	json_t *committed; /* what opens the fields of --set-commit, or NULL; owned */
} ak_wishes;

/* *w all zero before.  Says itself what is wrong; ak_wishes_free() in any case. */
int ak_wishes_read(const ak_cli *c, ak_wishes *w);
/* Against the type's schema, where the scheme in use has it: a field that is none of the type's and a word that is none of the field's are
 * refused; a word as people read it becomes the one that is stored. */
int ak_wishes_check(const ak_cli *c, const char *type, ak_wishes *w);
void ak_wishes_free(ak_wishes *w); /* made with calloc(); NULL is fine */

#endif
