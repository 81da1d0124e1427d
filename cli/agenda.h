/* SPDX-License-Identifier: Apache-2.0 */
/* agenda.h - what a meeting decided, as a table: one row a matter
 *
 * What the columns are called and what may stand in them says the scheme (its query "meeting-columns"); a column that it does not
 * know is refused, as is a cell that begins as a formula would or holds a control character.
 * Functions that return an int report what is wrong themselves, with row and column as a spreadsheet shows them, and return an exit
 * code: EXIT_HOLDS to go on.
 */
#ifndef AK_CLI_AGENDA_H
#define AK_CLI_AGENDA_H

#include "cli.h"
#include "csv_file.h"
#include "wishes.h"

#include <jansson.h>

enum { AK_AGENDA_MAX = 500 }; /* matters of one meeting */

typedef struct ak_agenda {
	const char *path;
	ak_csv table;
	json_t *form;                        /* rows of "meeting-columns"; owned */
	const char *field[AK_CSV_COLUMNS];   /* of each column; NULL: an empty one. Borrowed from `form` */
	json_t *matters;                     /* an array of objects, field -> text, one for each row of the table; owned */
} ak_agenda;

/* `w`: what --set and its like say of every matter that does not say it itself, as "/field".  *a all zero before; ak_agenda_clear() in any
 * case. */
int ak_agenda_read(const ak_cli *c, const char *path, const ak_wishes *w, ak_agenda *a);
void ak_agenda_clear(ak_agenda *a);

/* Matter i cannot stand; `field` "": as a whole. */
int ak_agenda_bad(const ak_cli *c, const ak_agenda *a, size_t i, const char *field, const char *what);
/* What a field, or a word that stands in it, is called first: {"ja","en"}; NULL when the scheme does not say. */
json_t *ak_agenda_names(const ak_agenda *a, const char *field, const char *word);

#endif
