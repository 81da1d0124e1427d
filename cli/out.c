/* SPDX-License-Identifier: Apache-2.0 */
#include "out.h"

#include "fill.h"
#include "phrase.h"
#include "term.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { ARGS_MAX = 9, WIDTH_PIPED = 100, WIDTH_LEAST = 60, TEXT_WIDTH_MOST = 100, TEXT_ROOM = 4096 };

size_t ak_out_width(const ak_cli *c)
{
	if (c->width == 0)
		return WIDTH_PIPED;
	return c->width < WIDTH_LEAST ? WIDTH_LEAST : c->width;
}

size_t ak_out_text_width(const ak_cli *c)
{
	size_t w = ak_out_width(c);

	return w > TEXT_WIDTH_MOST ? TEXT_WIDTH_MOST : w;
}

static size_t collect(va_list ap, const char *arg[ARGS_MAX])
{
	size_t n = 0;
	const char *a;

	while ((a = va_arg(ap, const char *)) != NULL) {
		if (n < ARGS_MAX)
			arg[n++] = a;
	}
	return n;
}

/* What was said on stdout comes before what is said on stderr after it; a failure to write stays noted in the stream. */
static void in_order(FILE *to)
{
	if (to == stderr)
		(void)fflush(stdout);
}

static void fill_text(const ak_cli *c, char *out, size_t room, ak_msg m, const char *const *arg, size_t n)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	out[0] = '\0';
	if (f == NULL)
		return;
	ak_fill(c, f, ak_msg_text(m, c->ja), arg, n);
	if (fclose(f) == 0)
		(void)snprintf(out, room, "%s", text);
	free(text);
}

void ak_out_put(const ak_cli *c, FILE *to, ak_msg m, ...)
{
	const char *arg[ARGS_MAX];
	va_list ap;
	size_t n;

	va_start(ap, m);
	n = collect(ap, arg);
	va_end(ap);
	ak_fill(c, to, ak_msg_text(m, c->ja), arg, n);
}

void ak_out_line(const ak_cli *c, FILE *to, ak_msg m, ...)
{
	const char *arg[ARGS_MAX];
	va_list ap;
	size_t n;

	va_start(ap, m);
	n = collect(ap, arg);
	va_end(ap);
	ak_fill(c, to, ak_msg_text(m, c->ja), arg, n);
	(void)fputc('\n', to);
}

/* Wrapped, but for a command in it: that stays on one line, for whoever copies it. */
static void wrap(FILE *to, const char *text, size_t indent, size_t width)
{
	const char *command = ak_term_command(text);
	char head[TEXT_ROOM];
	size_t n;

	in_order(to);
	if (command == NULL || command == text || indent + ak_term_width(text) <= width) {
		ak_term_wrap(to, text, indent, command == text ? SIZE_MAX : width);
		return;
	}
	n = (size_t)(command - text);
	while (n > 0 && text[n - 1] == ' ')
		n--;
	(void)snprintf(head, sizeof(head), "%.*s", (int)n, text);
	ak_term_wrap(to, head, indent, width);
	(void)fputc('\n', to);
	ak_term_spaces(to, indent);
	ak_term_put(to, command);
}

void ak_out_wrapped(const ak_cli *c, FILE *to, size_t indent, ak_msg m, ...)
{
	const char *arg[ARGS_MAX];
	char text[TEXT_ROOM];
	va_list ap;
	size_t n;

	va_start(ap, m);
	n = collect(ap, arg);
	va_end(ap);
	fill_text(c, text, sizeof(text), m, arg, n);
	wrap(to, text, indent, ak_out_text_width(c));
	(void)fputc('\n', to);
}

void ak_out_note(const ak_cli *c, ak_msg m, ...)
{
	const char *arg[ARGS_MAX];
	char text[TEXT_ROOM];
	va_list ap;
	size_t n;

	if (c->quiet || c->json)
		return;
	va_start(ap, m);
	n = collect(ap, arg);
	va_end(ap);
	fill_text(c, text, sizeof(text), m, arg, n);
	wrap(stderr, text, 0, ak_out_text_width(c));
	(void)fputc('\n', stderr);
}

void ak_out_paint(const ak_cli *c, FILE *to, ak_paint p)
{
	static const char *const codes[] = {
		[AK_PAINT_GOOD] = "\033[1;32m", [AK_PAINT_BAD] = "\033[1;31m", [AK_PAINT_UNSURE] = "\033[1;33m",
		[AK_PAINT_DIM] = "\033[2m",     [AK_PAINT_BOLD] = "\033[1m",
		[AK_PAINT_PAPER] = "\033[38;5;16;48;5;231m", /* black on white, whatever the theme calls so */
	};

	if (c->colour && to == stdout)
		(void)fputs(codes[p], to);
}

void ak_out_plain(const ak_cli *c, FILE *to)
{
	if (c->colour && to == stdout)
		(void)fputs("\033[0m", to);
}

void ak_out_json_text(const ak_text *json)
{
	(void)fwrite(json->data == NULL ? "" : json->data, 1, json->len, stdout);
	(void)fputc('\n', stdout);
}

int ak_out_json(const ak_cli *c, json_t *o, int code)
{
	char *text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);

	json_decref(o);
	if (text == NULL) {
		ak_out_line(c, stderr, MSG_NO_MEMORY, NULL);
		return EXIT_NOT_DECIDED;
	}
	(void)fputs(text, stdout);
	(void)fputc('\n', stdout);
	free(text);
	return code;
}

/* {"error":{…}}: what a program gets instead of the sentences. */
static int json_error(const ak_cli *c, const char *file, const ak_error *e, const char *next)
{
	json_t *o = json_pack("{s:{s:s,s:s,s:s%,s:s%,s:s%,s:I,s:s?,s:s?}}", "error", "status", ak_status_name(e->status),
	                      "where", e->where == NULL ? "" : e->where,
	                      "detail", e->detail, strlen(e->detail), "expected", e->expected, strlen(e->expected),
	                      "found", e->found, strlen(e->found), "at", (json_int_t)(e->at & INT64_MAX),
	                      "file", file, "next", next != NULL && *next != '\0' ? next : NULL);

	/* Text cut inside a character is no UTF-8, and then jansson refuses the whole: say at least what and where. */
	if (o == NULL)
		o = json_pack("{s:{s:s,s:s}}", "error", "status", ak_status_name(e->status), "where", e->where == NULL ? "" : e->where);
	return ak_out_json(c, o, exit_of(e->status));
}

const char *ak_out_text(const ak_cli *c, char *out, size_t room, ak_msg m, ...)
{
	const char *arg[ARGS_MAX];
	va_list ap;
	size_t n;

	va_start(ap, m);
	n = collect(ap, arg);
	va_end(ap);
	fill_text(c, out, room, m, arg, n);
	return out;
}

const char *ak_cli_called(const ak_cli *c, const ak_command *k, char room[AK_CALLED_ROOM])
{
	if (strcmp(k->name, c->program) == 0)
		return k->name;
	(void)snprintf(room, AK_CALLED_ROOM, "%s %s", c->program, k->name);
	return room;
}

int ak_out_usage(const ak_cli *c, ak_msg m, ...)
{
	ak_error e = { .status = AK_INVALID_ARGUMENT, .where = "arguments" };
	const char *arg[ARGS_MAX];
	char text[TEXT_ROOM], called[AK_CALLED_ROOM];
	va_list ap;
	size_t n;

	va_start(ap, m);
	n = collect(ap, arg);
	va_end(ap);
	if (c->json) {
		fill_text(c, e.detail, sizeof(e.detail), m, arg, n);
		(void)json_error(c, NULL, &e, NULL);
		return EXIT_USAGE;
	}
	fill_text(c, text, sizeof(text), m, arg, n);
	(void)fprintf(stderr, "%s: ", c->program);
	wrap(stderr, text, strlen(c->program) + 2, ak_out_text_width(c));
	(void)fputc('\n', stderr);
	if (c->command != NULL) {
		ak_out_line(c, stderr, MSG_USAGE_IS, ak_cli_called(c, c->command, called), c->command->operands, NULL);
		ak_out_line(c, stderr, MSG_USAGE_MORE, ak_cli_called(c, c->command, called), NULL);
	}
	return EXIT_USAGE;
}

static ak_msg label_of(ak_status st)
{
	switch (ak_status_class(st)) {
	case AK_CLASS_REJECT:
		return MSG_LABEL_REFUSED;
	case AK_CLASS_USAGE:
		return MSG_LABEL_WRONG;
	case AK_CLASS_OK:
	case AK_CLASS_UNKNOWN:
		break;
	}
	return MSG_LABEL_FAILED;
}

/* Every line stands under the first one's text. */
static size_t label_width(const ak_cli *c)
{
	return ak_term_width(ak_msg_text(MSG_LABEL_REFUSED, c->ja));
}

int ak_out_fault(const ak_cli *c, ak_status st, const char *file, ak_msg m, ...)
{
	ak_error e = { .status = st, .where = "file" };
	const char *arg[ARGS_MAX];
	char text[TEXT_ROOM];
	va_list ap;
	size_t n;

	va_start(ap, m);
	n = collect(ap, arg);
	va_end(ap);
	if (c->json) {
		fill_text(c, e.detail, sizeof(e.detail), m, arg, n);
		return json_error(c, file, &e, NULL);
	}
	fill_text(c, text, sizeof(text), m, arg, n);
	ak_out_put(c, stderr, label_of(st), NULL);
	if (file != NULL)
		ak_out_wrapped(c, stderr, label_width(c), MSG_FILE_WHAT, file, text, NULL);
	else
		ak_out_wrapped(c, stderr, label_width(c), MSG_WHAT, text, NULL);
	return exit_of(st);
}

int ak_out_no_memory(const ak_cli *c)
{
	return ak_out_fault(c, AK_NO_MEMORY, NULL, MSG_NO_MEMORY, NULL);
}

static void indent(const ak_cli *c)
{
	ak_term_spaces(stderr, label_width(c));
}

static const char *values_text(const ak_cli *c, const ak_error *e, char *out, size_t room)
{
	char text[2][AK_PHRASE_MAX];

	if (e->expected[0] != '\0' && e->found[0] != '\0')
		return ak_out_text(c, out, room, MSG_EXPECTED_FOUND, ak_phrase_value(c, e->where, e->expected, text[0]),
		                   ak_phrase_value(c, e->where, e->found, text[1]), NULL);
	if (e->expected[0] != '\0')
		return ak_out_text(c, out, room, MSG_EXPECTED, ak_phrase_value(c, e->where, e->expected, text[0]), NULL);
	if (e->found[0] != '\0')
		return ak_out_text(c, out, room, MSG_FOUND, ak_phrase_value(c, e->where, e->found, text[1]), NULL);
	return "";
}

static bool is_under(const char *where, const char *const *prefix)
{
	while (*prefix != NULL && strncmp(where, *prefix, strlen(*prefix)) != 0)
		prefix++;
	return *prefix != NULL;
}

/* Here `at` is a position in the text; elsewhere the element of an array, a record's number, or nothing. */
static const char *const in_bytes[] = { "json.", "jcs", "note.", "vkey.", "sshsig.", "checkpoint.", "header.", "record.lines",
	                                "container.gzip", "container.header", "dsse.payload", NULL };
static const char *const in_elements[] = { "dsse.signatures", "dsse.timestamps", "signatures", "statement.about", "statement.refs",
	                                   "statement.subject", "draft.", "bundle.", "envelopes", NULL };

/* When the number of all of them is what is wrong, that is told as what was found. */
static bool is_count(const ak_error *e)
{
	char number[24];

	return strcmp(e->found, ak_term_number(e->at, number)) == 0;
}

static const char *place_text(const ak_cli *c, const ak_error *e, char *out, size_t room)
{
	const char *where = e->where == NULL ? "" : e->where;

	if (where[0] == '\0')
		return "";
	if (strncmp(where, "trust.", 6) == 0 && e->at != 0)
		return ak_out_text(c, out, room, MSG_PLACE_LINE, where, AK_NUM(e->at), NULL);
	if (e->at != 0 && e->status == AK_BAD_FORMAT && is_under(where, in_bytes))
		return ak_out_text(c, out, room, MSG_PLACE_BYTE, where, AK_NUM(e->at), NULL);
	if (e->at != 0 && e->status == AK_BAD_FORMAT && is_under(where, in_elements) && !is_count(e))
		return ak_out_text(c, out, room, MSG_PLACE_ELEMENT, where, AK_NUM(e->at + 1), NULL);
	return ak_out_text(c, out, room, MSG_PLACE, where, NULL);
}

static void place_line(const ak_cli *c, const ak_error *e)
{
	char values[TEXT_ROOM / 2], place[TEXT_ROOM / 2];
	const char *v = values_text(c, e, values, sizeof(values)), *p = place_text(c, e, place, sizeof(place));

	if (*v == '\0' && *p == '\0')
		return;
	indent(c);
	if (*v != '\0' && *p != '\0')
		ak_out_wrapped(c, stderr, label_width(c), MSG_VALUES_AT_PLACE, v, p, NULL);
	else
		ak_out_wrapped(c, stderr, label_width(c), MSG_WHAT, *v != '\0' ? v : p, NULL);
}

/* What happened, behind the label: the library's detail or, where no Japanese words for it are known, the status, and the detail
 * marked as English on a line of its own.  A detail that begins with the file's name is not told it twice. */
static void what_line(const ak_cli *c, const char *file, const ak_error *e, bool told)
{
	const char *what = c->ja ? ak_status_text_ja(e->status) : ak_status_text(e->status), *said = NULL;
	size_t n = file == NULL ? 0 : strlen(file);
	char text[AK_PHRASE_MAX];

	if (e->detail[0] != '\0')
		said = c->ja && !told ? ak_phrase_ja(e->detail, text) : e->detail;
	if (said != NULL)
		what = said;
	if (file != NULL && (strncmp(what, file, n) != 0 || what[n] != ' '))
		ak_out_wrapped(c, stderr, label_width(c), MSG_FILE_WHAT, file, what, NULL);
	else
		ak_out_wrapped(c, stderr, label_width(c), MSG_WHAT, what, NULL);
	if (said != NULL || e->detail[0] == '\0')
		return;
	indent(c);
	ak_out_wrapped(c, stderr, label_width(c), MSG_DETAIL_ENGLISH, e->detail, NULL);
}

static bool of_trust(const ak_cli *c, const ak_error *e)
{
	return c->trust_path != NULL && e->where != NULL && strncmp(e->where, "trust.", 6) == 0;
}

/* What everything was to be judged by is no trust file: nothing was judged, so nothing is refused.  Not so where it is itself what is
 * looked at, as in trust show, nor where it can be read and something else does not fit it. */
static bool no_ground(const ak_cli *c, const ak_error *e)
{
	return of_trust(c, e) && (e->status == AK_BAD_FORMAT || e->status == AK_WEAK_KEY);
}

static int refused(const ak_cli *c, const char *file, const ak_error *e, const char *next, bool told)
{
	const bool open = no_ground(c, e);
	const int code = open ? EXIT_NOT_DECIDED : exit_of(e->status);
	char room[AK_NEXT_ROOM];

	if (of_trust(c, e))
		file = c->trust_path;
	if (next == NULL || *next == '\0')
		next = ak_out_next(c, file, e, room);
	if (c->json) {
		(void)json_error(c, file, e, next);
		return code;
	}
	ak_out_put(c, stderr, open ? MSG_LABEL_FAILED : label_of(e->status), NULL);
	what_line(c, file, e, told);
	place_line(c, e);
	if (*next != '\0') {
		indent(c);
		ak_out_wrapped(c, stderr, label_width(c), MSG_NEXT, next, NULL);
	}
	return code;
}

int ak_out_refused(const ak_cli *c, const char *file, const ak_error *e, const char *next)
{
	return refused(c, file, e, next, false);
}

int ak_out_told(const ak_cli *c, const char *file, const ak_error *e, const char *next)
{
	return refused(c, file, e, next, true);
}
