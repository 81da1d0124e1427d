/* SPDX-License-Identifier: Apache-2.0 */
/* csv_file.h - tables as files: reading and writing them, and finding columns by their names
 *
 * Functions that return an int report what is wrong themselves, with file, row and column, and return an exit code: EXIT_HOLDS
 * to go on.  Nothing is written unless all of the table can be.
 */
#ifndef AK_CLI_CSV_FILE_H
#define AK_CLI_CSV_FILE_H

#include "cli.h"
#include "csv.h"

/* --encoding: utf-8 (when not given), utf-8-bom or cp932.  A file that begins with the mark of UTF-8 is read as that. */
int ak_csv_option(const ak_cli *c, ak_csv_encoding *out);

/* Begin a table in that encoding, with these headings. */
int ak_csv_open(const ak_cli *c, const ak_msg *heads, size_t n, ak_csv_out *out);

int ak_csv_read(const ak_cli *c, const char *path, ak_csv_encoding e, ak_csv *out); /* ak_csv_free() also on failure */
/* To a file or "-".  Says, on stderr, when cells look like formulas.  Leaves *o to be cleared. */
int ak_csv_write(const ak_cli *c, const char *path, const ak_csv_out *o);

/* Which of a table's columns is meant by which name; spaces around a name and the case of Latin letters do not matter. */
typedef struct ak_csv_name {
	const char *name; /* "登録番号" */
	size_t field;     /* what the caller calls it, below AK_CSV_FIELDS */
} ak_csv_name;
enum { AK_CSV_FIELDS = 16 };
#define AK_CSV_NONE SIZE_MAX
/* column[field]: its place, or AK_CSV_NONE.  Two columns for one field are refused. */
int ak_csv_columns(const ak_cli *c, const char *path, const ak_csv *t, const ak_csv_name *names, size_t n, size_t column[AK_CSV_FIELDS]);

/* Is that what the column is called? */
bool ak_csv_same_name(const char *cell, const char *name);

/* One row is at fault: "row 3, 登録日: …"; `column` AK_CSV_NONE: the row as a whole.  EXIT_DOES_NOT_HOLD. */
int ak_csv_bad(const ak_cli *c, const char *path, const ak_csv *t, size_t row, size_t column, const char *what);

#endif
