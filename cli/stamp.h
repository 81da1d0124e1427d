/* SPDX-License-Identifier: Apache-2.0 */
/* stamp.h - what commands that ask a time-stamping authority share
 *
 * Functions that return an int report what is wrong themselves and return an exit code: EXIT_HOLDS to go on.
 */
#ifndef AK_CLI_STAMP_H
#define AK_CLI_STAMP_H

#include "files.h"
#include "out.h"
#include "term.h"

enum { AK_STAMP_LISTS = 16 };

typedef struct ak_stamping {
	ak_timestamp_options o;
	ak_file list[AK_STAMP_LISTS]; /* owned */
	ak_span crl[AK_STAMP_LISTS];
} ak_stamping;

/* --wait and --crl; *s all zero before, ak_stamping_clear() in any case. */
int ak_stamping_read(const ak_cli *c, const char *url, ak_stamping *s);
void ak_stamping_clear(ak_stamping *s);
/* What the authority, or the way to it, did wrong. */
int ak_stamping_refused(const ak_cli *c, const char *what, const ak_error *e);
/* "timestamped by tsa.example at 2026-04-20 09:12:44 UTC (±1 s)" */
void ak_stamping_tell(const ak_cli *c, const json_t *token);
/* "±1 s" */
const char *ak_stamping_accuracy(const ak_cli *c, const json_t *token, char *out, size_t room);
const char *ak_stamping_time(const ak_cli *c, const json_t *token, char out[AK_TERM_DATE_MAX]); /* "2026-04-20 09:12:44 UTC" */
const char *ak_stamping_latest(const ak_cli *c, const json_t *token, char out[AK_TERM_DATE_MAX]); /* the same of when it may have been at the latest */

/* A token over the head, sealed. */
int ak_stamping_head(ak_cli *c, ak_ledger *l, const ak_stamping *s, const ak_seal_options *o);

/* receipt.c: the page over `document`. */
int ak_receipt(ak_cli *c, const char *page, const char *document, const char *root, const ak_stamping *s);

#endif
