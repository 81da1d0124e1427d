/* SPDX-License-Identifier: Apache-2.0 */
/* term.h - text for people: what it looks like and how wide it is
 *
 * Text out of records, files and the command line is untrusted.  Everything printed through here is made visible:
 * control characters (C0, DEL, C1), line and paragraph separators, characters that turn the direction of
 * writing, and invisible ones appear as <U+202E>; bytes that are no UTF-8 as <0xFF>.  Making visible twice changes nothing more.
 *
 * Width is counted in terminal cells: CJK, kana, full-width forms and pictographs take two, combining marks none.
 * Characters of ambiguous width (· … ✓) count one: that is what terminals do by default, also in Japan.
 */
#ifndef AK_CLI_TERM_H
#define AK_CLI_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

size_t ak_term_width(const char *text); /* as ak_term_put() shows it */

void ak_term_put(FILE *to, const char *text);
void ak_term_pad(FILE *to, const char *text, size_t cells); /* and spaces up to `cells` */
void ak_term_spaces(FILE *to, size_t n);
/* Text that began at column `indent`, broken before column `cells`; no newline after the last line. */
/* A command to be typed, at the beginning of a text or after a colon, or NULL: within a sentence the words are words. */
const char *ak_term_command(const char *text);
void ak_term_wrap(FILE *to, const char *text, size_t indent, size_t cells);

/* `text` itself when it fits into `cells`; else, in `out`, as much of it as does, made visible, and "…". Both outlive the answer's use. */
const char *ak_term_cut(const char *text, size_t cells, char *out, size_t room);
/* `text` in out[room], room for "…" at least: whole characters of it, and "…" where it is not all.  `text` may be `out`. */
const char *ak_term_fit(const char *text, char *out, size_t room);

/* A stored date ("2021", "2021-09", "2021-09-13", RFC 3339) as people write it: 2021年9月13日 / 2021-09-13.  An instant is
 * shown to the minute with its zone; one in UTC is told in Japanese by the clock of Japan, as the day asked about is.
 * Anything else is left as it is. */
enum { AK_TERM_DATE_MAX = 64 };
const char *ak_term_date(bool ja, const char *stored, char out[AK_TERM_DATE_MAX]);

/* Of an instant in UTC the second too: 2021年9月13日 18:04:05 JST / 2021-09-13 09:04:05 UTC. */
const char *ak_term_instant(bool ja, const char *stored, char out[AK_TERM_DATE_MAX]);
/* Its day alone, by the same clock. */
const char *ak_term_day(bool ja, const char *stored, char out[AK_TERM_DATE_MAX]);

/* The same for every "2021-09-13" inside a text; cut to fit. */
const char *ak_term_dates(bool ja, const char *text, char *out, size_t room);

/* What was typed with the full-width forms of ASCII, or with a dash for a hyphen, as ASCII.  NULL where nothing of it was, where
 * something else is left, and where it does not fit. */
const char *ak_term_half_width(const char *text, char *out, size_t room);

/* "sha256:5f0c…9a1e" unless full.  Anything that is no digest is left as it is. */
enum { AK_TERM_DIGEST_MAX = 80 };
const char *ak_term_digest(bool full, const char *digest, char out[AK_TERM_DIGEST_MAX]);

/* Decimal digits of n. */
const char *ak_term_number(uint64_t n, char out[24]);
#define AK_NUM(n) ak_term_number((uint64_t)(n), (char[24]){ 0 })

#endif
