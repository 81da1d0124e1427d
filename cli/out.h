/* SPDX-License-Identifier: Apache-2.0 */
/* out.h - saying things: messages with arguments, refusals, usage errors, JSON answers */
#ifndef AK_CLI_OUT_H
#define AK_CLI_OUT_H

#include "cli.h"

#include <jansson.h>

#if defined(__GNUC__)
#define AK_NULL_ENDS __attribute__((sentinel))
#else
#define AK_NULL_ENDS
#endif

/* How wide tables and first lines may be, and running text: that of the terminal within reason, 100 when stdout is none. */
size_t ak_out_width(const ak_cli *c);
size_t ak_out_text_width(const ak_cli *c);

/* A message (fill.h); arguments are const char *, and end with NULL.  ak_out_line adds a newline. */
void ak_out_put(const ak_cli *c, FILE *to, ak_msg m, ...) AK_NULL_ENDS;
void ak_out_line(const ak_cli *c, FILE *to, ak_msg m, ...) AK_NULL_ENDS;
/* Into a buffer, cut to fit; returns `out`. */
const char *ak_out_text(const ak_cli *c, char *out, size_t room, ak_msg m, ...) AK_NULL_ENDS;
/* As ak_out_line, its lines broken at the text width, the next ones beginning at column `indent`. */
void ak_out_wrapped(const ak_cli *c, FILE *to, size_t indent, ak_msg m, ...) AK_NULL_ENDS;
/* On stderr, for people only: nothing with --quiet or --json. */
void ak_out_note(const ak_cli *c, ak_msg m, ...) AK_NULL_ENDS;

typedef enum ak_paint { AK_PAINT_GOOD, AK_PAINT_BAD, AK_PAINT_UNSURE, AK_PAINT_DIM, AK_PAINT_BOLD, AK_PAINT_PAPER } ak_paint;
void ak_out_paint(const ak_cli *c, FILE *to, ak_paint p); /* nothing unless colour is wanted and `to` is stdout */
void ak_out_plain(const ak_cli *c, FILE *to);

/* The command line is wrong: the message, how the command is called, EXIT_USAGE. */
int ak_out_usage(const ak_cli *c, ak_msg m, ...) AK_NULL_ENDS;
/* Something is wrong here, outside the library: status decides the exit code.  `file` may be NULL. */
int ak_out_fault(const ak_cli *c, ak_status st, const char *file, ak_msg m, ...) AK_NULL_ENDS;
/* The usual next step after a refusal; "" when there is none. */
enum { AK_NEXT_ROOM = 2048 };
const char *ak_out_next(const ak_cli *c, const char *file, const ak_error *e, char room[AK_NEXT_ROOM]);
/* What the library refused, with a next step; `next` overrides the usual one when not NULL and not empty. */
int ak_out_refused(const ak_cli *c, const char *file, const ak_error *e, const char *next);
/* The same of what this program found itself: the detail is in the language asked for. */
int ak_out_told(const ak_cli *c, const char *file, const ak_error *e, const char *next);
int ak_out_no_memory(const ak_cli *c);

/* The library's JSON, as it is, and a newline. */
void ak_out_json_text(const ak_text *json);
/* Prints and drops `o` (NULL: out of memory).  Returns `code`, or what losing the answer means. */
int ak_out_json(const ak_cli *c, json_t *o, int code);

#endif
