/* SPDX-License-Identifier: Apache-2.0 */
/* answer.h - from the library's JSON to what people read: parsing, tables, names of subjects and signers */
#ifndef AK_CLI_ANSWER_H
#define AK_CLI_ANSWER_H

#include "out.h"

/* Parse an answer; says so itself when it is none.  Freed with json_decref(). */
int ak_answer(const ak_cli *c, const ak_text *json, json_t **out);

/* Rows in columns as wide as their widest cell.  What is too wide for the terminal is cut with "…", the widest columns first;
 * with --full nothing is.  A cell may use `room`; an empty table prints nothing. */
enum { AK_CELL_ROOM = 1024 /* bytes; a title has 200 characters */, AK_COLUMNS_MAX = 8 };
typedef const char *ak_cell_fn(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM]);
/* How the ledger ended ("closing" of `o`), where it did: before everything else, it says no more. */
void ak_answer_closing(const ak_cli *c, const json_t *o);
void ak_answer_table(const ak_cli *c, const json_t *rows, const ak_msg *heads, size_t columns, ak_cell_fn *cell);

/* "C24-0101-2" of "ismap/listing:C24-0101-2": what stands on paper; keys by their first and last digits. */
const char *ak_answer_subject(const ak_cli *c, const char *subject, char room[AK_CELL_ROOM]);
/* The first subject of `about`, bare, with "+n" when there are more. */
const char *ak_answer_about(const json_t *row, char room[AK_CELL_ROOM]);
/* The title of a record by the words of its scheme, with what it is about also where the title does not say so. */
const char *ak_answer_title(const ak_cli *c, const json_t *row, char out[AK_CELL_ROOM]);
/* A title, behind the annulment of its record when the row names one.  `title` may be in `out`. */
const char *ak_answer_annulled(const ak_cli *c, const json_t *row, const char *title, char out[AK_CELL_ROOM]);
/* What an enrolled party is called; its short name when nothing is known.  Freed with free(); NULL without memory. */
char *ak_answer_party(const ak_cli *c, ak_ledger *l, const char *party);
/* Who a key belongs to by the records of this ledger: "運営委員会 委員 乙".  `l` may be NULL; then, and when nobody is known, the shortened
 * key id.  Freed with free(); NULL without memory. */
char *ak_answer_who(const ak_cli *c, ak_ledger *l, const char *keyid);
/* A seat with the id of its member beside it, which is what a quorum counts by: "委員甲 [m1]"; the id alone when the seat is called so. */
const char *ak_answer_seat(const ak_cli *c, const char *seat, const char *member, char *out, size_t room);
/* ak_answer_who() with the id beside the seat. */
char *ak_answer_who_by_id(const ak_cli *c, ak_ledger *l, const char *keyid);
/* The same of an enrolled key of a party alone; NULL when it is none. */
char *ak_answer_member(const ak_cli *c, ak_ledger *l, const char *keyid);
/* Who has the key, without the id; NULL when nobody is known. */
char *ak_answer_holder(const ak_cli *c, ak_ledger *l, const char *keyid);
/* A refusal of a signature names its key by its id: let it name who holds that instead. */
void ak_answer_name_key(const ak_cli *c, ak_ledger *l, ak_error *e);
/* One line for each signature that, by ak_ledger_check, has no part in the record. */
void ak_answer_print_partless(const ak_cli *c, ak_ledger *l, const json_t *check, FILE *to, size_t indent);
/* A word of a scheme's vocabulary as stored, for people: verdicts and severities. */
const char *ak_answer_word(const ak_cli *c, const char *stored);
/* What a record type of the ledger's own is called; MSG_NONE when it is a scheme's. */
ak_msg ak_answer_core_type(const char *type);
/* Why a record was erased, as the erasure has it. */
const char *ak_answer_erased_for(const ak_cli *c, const char *reason);
/* The same of the standing of an auditor. */
const char *ak_answer_standing(const ak_cli *c, const char *stored);
/* "#12 #14": the erased records of a row ("erased" of docs/API.md); nothing where it has none. */
enum { AK_ERASED_ROOM = 128 };
const char *ak_answer_erased(const json_t *row, char *room, size_t size);
/* The standing of a row of auditors; where a record about it was erased, which. */
const char *ak_answer_auditor(const ak_cli *c, const json_t *row, char *room, size_t size);
/* The same of the ledger itself as a note, where the end is among what is known (--known-at). */
void ak_answer_note_closing(const ak_cli *c, ak_ledger *l);
/* One line that names these (an array of texts); nothing where there is none.  As a note (stderr) or on stdout. */
void ak_answer_put_erased(const ak_cli *c, const json_t *names, bool note);
/* The same, on stdout, of what a record lost its authority about. */
void ak_answer_put_lost(const ak_cli *c, const json_t *names);
/* What a check of verify or audit is called. */
const char *ak_answer_check(const ak_cli *c, const char *id);

/* What a person should look at: warnings of check and seal, a line each.  `type`: of the record, whose fields are named by it; NULL: unknown. */
void ak_warnings_print(const ak_cli *c, const json_t *warnings, const char *type, FILE *to, size_t indent);
/* The closing record that ended this ledger, as status has it; NULL: it goes on, or that cannot be found out.  The caller's. */
json_t *ak_answer_ended(ak_ledger *l);
/* Whose ledger comes after it, for people. */
const char *ak_answer_successor(const ak_cli *c, const json_t *closing);

/* Does a verdict give the warning of this id? */
bool ak_answer_warned(const json_t *verdict, const char *id);
/* "all 8 records about this listing are here", by whose word, and at which size where not all of the ledger was looked at; "" when
 * nothing can be said of it. */
const char *ak_answer_complete(const ak_cli *c, const json_t *verdict, char *out, size_t size);

#endif
