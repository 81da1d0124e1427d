/* SPDX-License-Identifier: Apache-2.0 */
/* csv.h - tables that people exchange: RFC 4180, in UTF-8 or in the code page of Japanese spreadsheets
 *
 * Read: cells separated by ',' in rows that end with CRLF or LF; a cell in '"' may hold commas, line ends and doubled quotes.
 * Every row has as many cells as the first, which names the columns; rows of empty cells only, as spreadsheets leave them
 * at the end, are passed over but counted.  A quote within a cell that is not quoted, anything after a closing quote, a lone
 * CR and NUL are faults: nothing is guessed, and a table with a fault is no table.
 *
 * Written: CRLF after every row, quotes where they are needed.  Text is never altered: a cell that a spreadsheet may take for a
 * formula (it begins with = + - @, tab or CR) is written as it is, and counted, so that whoever writes can say so.
 *
 * Encodings: UTF-8, with or without the mark EF BB BF at its beginning (read either way), and CP932 as glibc has it
 * (Windows-31J: 8160 is U+FF5E ～, 817C U+FF0D －, 8161 U+2225 ∥, 8191 U+FFE0 ￠).  What would come back as another
 * character (U+301C 〜, U+2212 −, U+00A2 ¢, U+00A5 ¥ …) or has no place there is a fault: text that was written is read back as
 * it was.
 *
 * Limits: 32 MiB, 100,000 rows, 64 columns, 64 KiB a cell.
 */
#ifndef AK_CLI_CSV_H
#define AK_CLI_CSV_H

#include "akashi/types.h"
#include "messages.h"

#include <stdbool.h>

enum { AK_CSV_BYTES = 32 * 1024 * 1024, AK_CSV_ROWS = 100000, AK_CSV_COLUMNS = 64, AK_CSV_CELL = 65536 };

typedef enum ak_csv_encoding { AK_CSV_UTF8, AK_CSV_UTF8_BOM, AK_CSV_CP932 } ak_csv_encoding;

/* The first row has number 1, as in a spreadsheet; columns are counted from 1 too, 0: the row as a whole. */
typedef struct ak_csv_fault {
	ak_msg what;       /* a sentence without arguments */
	size_t row, column;
} ak_csv_fault;

typedef struct ak_csv {
	char *text;        /* all cells, each with its NUL; owned */
	const char **cell; /* row after row, `columns` each; owned */
	size_t *number;    /* of each row, as in the file; owned */
	size_t rows, columns;
} ak_csv;

/* False with *fault filled (MSG_NO_MEMORY among others).  ak_csv_free() in any case. */
bool ak_csv_parse(ak_span bytes, ak_csv_encoding e, ak_csv *out, ak_csv_fault *fault);
void ak_csv_free(ak_csv *t);
/* Row 0 holds the names.  Never NULL. */
const char *ak_csv_cell(const ak_csv *t, size_t row, size_t column);

/* A table being written.  Cells go in one after the other; the first fault stays, and what is added then is dropped. */
typedef struct ak_csv_out {
	char *data; /* bytes in the encoding asked for; owned */
	size_t len, room;
	ak_csv_encoding encoding;
	size_t row, column; /* of the cell that comes next */
	size_t formulas, formula_row, formula_column; /* cells that look like formulas, and the first of them */
	bool failed;
	ak_csv_fault fault;
} ak_csv_out;

void ak_csv_begin(ak_csv_out *o, ak_csv_encoding e);
void ak_csv_put(ak_csv_out *o, const char *text); /* UTF-8 */
void ak_csv_end_row(ak_csv_out *o);
void ak_csv_clear(ak_csv_out *o);

#endif
