/* SPDX-License-Identifier: Apache-2.0 */
/* apart.h - signing apart: requests that are mailed, and the answers to them (akashi/apart.h has the blocks)
 *
 * What stands around a block is for people: it is made here, compared and never believed.
 * Functions that return an int report what is wrong themselves and return an exit code: EXIT_HOLDS to go on.
 */
#ifndef AK_CLI_APART_H
#define AK_CLI_APART_H

#include "signing.h"

/* Nothing for JSON.  Of a request the envelope becomes s->input, s->request is set, and its text goes to *mail.  Refused: a text that
 * holds neither, and an answer. */
int ak_apart_open(const ak_cli *c, const char *path, ak_signing *s, ak_file *mail);
/* Do the words around the request say what it is?  If not, they are warned of. */
void ak_apart_compare(const ak_cli *c, const ak_signing *s, const ak_file *mail);
/* Of a record that is to be erased (apart_facts.c): what the ledger here knows of it, as a paragraph of a request, freed with free(), NULL for
 * nothing; the same out of a mail, into s->facts; and told to whoever is to sign, unless the ledger here knows it. */
char *ak_apart_facts(const ak_cli *c, const ak_signing *s);
void ak_apart_facts_read(ak_signing *s, const ak_file *mail);
void ak_apart_facts_tell(const ak_cli *c, const ak_signing *s, FILE *to);
/* The definition that this program holds, for names, unless there is one already. */
void ak_apart_use_held(ak_cli *c, const char *scheme);

/* d.json, d.dsse.json, d.request.txt -> d and this suffix; "-" stays.  Freed with free(); NULL without memory. */
char *ak_apart_path(const char *path, const char *suffix);

/* A mail's words (apart.c): "  digits      12345 23456 …", so many to a line; a digest as people compare it; what is too wide goes on in the
 * next line (`text` is written to). */
void ak_mail_groups(const ak_cli *c, FILE *to, ak_msg name, const char *text, size_t each);
void ak_mail_hex(const ak_cli *c, FILE *to, const char *digest);
void ak_mail_narrow(FILE *to, char *text);
/* A run like this one that writes a mail.  Freed with free(); NULL without memory. */
ak_cli *ak_mail_run(const ak_cli *c);

/* Write the request for what `s` holds. */
int ak_apart_request(ak_cli *c, const ak_signing *s, const char *path);
/* Take what `k` has just signed as an answer; then write all that were taken as one text, to --output or beside the request. */
int ak_apart_take(const ak_cli *c, ak_signing *s, const ak_secret *k);
int ak_apart_answer(const ak_cli *c, ak_signing *s, const char *path);
/* What is in a file of answers, for --show; *shown is false, and nothing is said, when it is something else. */
int ak_apart_show(const ak_cli *c, ak_ledger *l, const char *path, bool *shown);

/* Add what somebody sent back; *added: how many signatures are new.  With a ledger at hand one without a part in the record is refused. */
int ak_apart_add(const ak_cli *c, ak_signing *s, const char *path, size_t *added);
/* The same of n documents, each getting what answers it, by digest: every answer in a text, or another copy of an envelope.  Refused when anything
 * in it answers none of them, with whose it is; nothing is written to files here. */
int ak_apart_share_out(const ak_cli *c, ak_signing *s, size_t n, const char *path);
/* How many signatures the scheme's definition asks for, where there is no ledger to count them. */
void ak_apart_needed(const ak_cli *c, const json_t *shown);

#endif
