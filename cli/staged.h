/* SPDX-License-Identifier: Apache-2.0 */
/* staged.h - a folder that appears with all its files or not at all
 *
 * It is filled beside its place under another name and renamed when it is whole.
 * Functions that return an int report what is wrong themselves and return an exit code: EXIT_HOLDS to go on.
 */
#ifndef AK_CLI_STAGED_H
#define AK_CLI_STAGED_H

#include "cli.h"

enum { AK_STAGED_MAX = 1024 };

typedef struct ak_staged {
	char *path; /* where it will be; owned      */
	char *at;   /* where it is until then; owned, NULL when there is none */
	char *name[AK_STAGED_MAX]; /* of its files; owned */
	size_t n;
} ak_staged;

/* Refused when something other than an empty folder is there.  *s all zero before; ak_staged_drop() in any case. */
int ak_staged_open(const ak_cli *c, const char *path, ak_staged *s);
int ak_staged_put(const ak_cli *c, ak_staged *s, const char *name, ak_span bytes);
/* The same of what `draw` writes. */
typedef void ak_staged_draw_fn(FILE *f, const ak_cli *c, const void *what);
int ak_staged_draw(const ak_cli *c, ak_staged *s, const char *name, ak_staged_draw_fn *draw, const void *what);
int ak_staged_finish(const ak_cli *c, ak_staged *s);
/* Takes away what was not finished. */
void ak_staged_drop(ak_staged *s);

/* What `draw` writes, as text freed with free(); NULL without memory. */
char *ak_staged_text(const ak_cli *c, ak_staged_draw_fn *draw, const void *what, size_t *len);
/* "folder/name", freed with free(); NULL without memory. */
char *ak_path_in(const char *folder, const char *name);
bool ak_path_is_folder(const char *path);

#endif
