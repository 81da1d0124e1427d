/* SPDX-License-Identifier: Apache-2.0 */
/* small.h - a small scheme in a folder of its own, whole, for tests to change */
#ifndef AK_TEST_SMALL_H
#define AK_TEST_SMALL_H

#include "codec/json.h"

typedef struct small_source {
	const char *path, *text;
} small_source;

/* Replace `old` by `now` in the file, once. */
typedef struct mistake {
	const char *name, *path, *old, *now;
	ak_status status;
	const char *where, *detail;
} mistake;

enum { SMALL_WHOLE = 10 };
extern const small_source small_whole[SMALL_WHOLE]; /* the first is its profile */
extern char small_base[64];

#define HEADER(id) "-- id: " id "\n-- severity: expired\n-- ja: 期限\n-- en: expiry\n-- basis: 3.5\n"
#define ROWS " AS listing, seq AS record, '' AS ja, '' AS en, '' AS expected, '' AS found FROM listing"

/* Set-up and tear-down of a group: the folder with all of it. */
int small_open(void **state);
int small_close(void **state);
void small_write(const char *path, const char *text);
void small_remove(const char *path);
/* `text` with `old` once replaced by `now`; free it. */
char *small_replaced(const char *text, const char *old, const char *now, const char *what);
/* The same of one of these files, into the folder. */
void small_edit(const small_source *files, size_t n, const char *path, const char *old, const char *now);

AK_MUST_USE ak_status small_compile(ak_json **package, ak_error *err);
ak_json *small_compile_whole(void);
const ak_json *small_at(const ak_json *package, const char *pointer);
bool small_is_text(const ak_json *package, const char *pointer, const char *text);

#endif
