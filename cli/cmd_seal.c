/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "apart.h"
#include "commands.h"
#include "files.h"
#include "js.h"
#include "meeting.h"
#include "revoked.h"
#include "scheme.h"
#include "signing.h"
#include "staged.h"
#include "stamp.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LISTED_MAX = 40, NEXT_MAX = 1024 };

/* All envelopes of the batch, and where each came from. */
typedef struct batch {
	ak_file *file;      /* one per operand                */
	size_t n_files;
	ak_span *envelope;
	struct origin {
		size_t file, line; /* line 0: the whole file */
	} *from;
	size_t n, room;
} batch;

static void batch_clear(batch *b)
{
	for (size_t i = 0; i < b->n_files; i++)
		ak_file_drop(&b->file[i]);
	free(b->file);
	free(b->envelope);
	free(b->from);
}

static bool batch_add(batch *b, ak_span envelope, size_t file, size_t line)
{
	if (b->n == b->room) {
		size_t room = b->room == 0 ? 16 : b->room * 2;
		ak_span *envelopes = realloc(b->envelope, room * sizeof(*envelopes));
		struct origin *from;

		if (envelopes == NULL)
			return false;
		b->envelope = envelopes;
		from = realloc(b->from, room * sizeof(*from));
		if (from == NULL)
			return false;
		b->from = from;
		b->room = room;
	}
	b->envelope[b->n] = envelope;
	b->from[b->n].file = file;
	b->from[b->n].line = line;
	b->n++;
	return true;
}

static bool is_lines(const char *path)
{
	size_t n = strlen(path);

	return strcmp(path, "-") == 0 || (n > 6 && strcmp(path + n - 6, ".jsonl") == 0);
}

static bool only_space(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] != ' ' && s[i] != '\t' && s[i] != '\r')
			return false;
	}
	return true;
}

/* JSON Lines; empty lines are passed over. */
static bool add_lines(batch *b, size_t file)
{
	const char *at = b->file[file].data, *end = at + b->file[file].len;

	for (size_t line = 1; at < end; line++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t n = (size_t)((newline == NULL ? end : newline) - at);

		if (!only_space(at, n) && !batch_add(b, (ak_span){ (const uint8_t *)at, n }, file, line))
			return false;
		at += n + 1;
	}
	return true;
}

static int read_batch(const ak_cli *c, batch *b)
{
	int code = EXIT_HOLDS;

	b->file = calloc(c->opts.n_operands, sizeof(*b->file));
	if (b->file == NULL)
		return ak_out_no_memory(c);
	for (size_t i = 0; code == EXIT_HOLDS && i < c->opts.n_operands; i++) {
		const char *path = c->opts.operand[i];

		code = ak_file_read(c, path, AK_FILE_MAX, &b->file[i]);
		if (code != EXIT_HOLDS)
			break;
		b->n_files = i + 1;
		if (is_lines(path) ? !add_lines(b, i) : !batch_add(b, ak_file_span(&b->file[i]), i, 0))
			code = ak_out_no_memory(c);
	}
	if (code == EXIT_HOLDS && b->n == 0)
		return ak_out_usage(c, MSG_NOTHING_TO_SEAL, NULL);
	return code;
}

/* What is missing, in numbers, for an envelope that had too few signatures. */
static void tell_missing(const ak_cli *c, ak_ledger *l, const json_t *check)
{
	uint64_t counted = ak_js_num(check, "signatures.counted"), needed = ak_js_num(check, "signatures.needed");
	size_t indent = ak_term_width(ak_msg_text(MSG_LABEL_REFUSED, c->ja));

	if (c->json)
		return;
	ak_answer_print_partless(c, l, check, stderr, indent);
	if (needed <= counted)
		return;
	ak_term_spaces(stderr, indent);
	ak_out_line(c, stderr, needed - counted == 1 ? MSG_ONE_MORE_MUST_SIGN : MSG_MORE_MUST_SIGN, AK_NUM(needed - counted), NULL);
}

/* Somebody who gives the draft has taken the wrong one of two files: "" when it is none. */
static const char *draft_next(const ak_cli *c, ak_span input, const char *path, char *out, size_t room)
{
	ak_text json = { 0 };
	json_t *o = NULL;

	out[0] = '\0';
	if (ak_exchange_show(input, (ak_span){ 0 }, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	if (strcmp(ak_js_str(o, "kind"), "draft") == 0)
		(void)ak_out_text(c, out, room, MSG_NEXT_SIGN_DRAFT, path, NULL);
	json_decref(o);
	ak_text_free(&json);
	return out;
}

/* The same of who gives a text that went by mail. */
static const char *mail_next(const ak_cli *c, ak_span input, const char *path, char *out, size_t room)
{
	const ak_apart_kind kind = ak_apart_kind_of(input);

	if (kind == AK_APART_REQUEST)
		return ak_out_text(c, out, room, MSG_NEXT_SEAL_REQUEST, path, NULL);
	return kind == AK_APART_ANSWER ? ak_out_text(c, out, room, MSG_NEXT_SEAL_ANSWER, path, NULL) : out;
}

/* `index`: of the meeting that it is a case of, or NULL. */
static int refused(const ak_cli *c, ak_ledger *l, const batch *b, size_t failed, ak_error *e, const json_t *index)
{
	char next[NEXT_MAX] = "";
	char *name = NULL, drop[AK_DROP_DIGITS + 1];
	size_t room;
	ak_text json = { 0 };
	json_t *check = NULL;
	int code;

	if (failed < b->n) {
		const char *path = c->opts.operand[b->from[failed].file];

		room = strlen(path) + 32;
		name = malloc(room);
		if (name != NULL && b->from[failed].line > 0)
			(void)snprintf(name, room, "%s:%zu", path, b->from[failed].line);
		else if (name != NULL)
			(void)snprintf(name, room, "%s", path);
		if (ak_ledger_check(l, b->envelope[failed], c->now, &json, NULL) == AK_OK)
			check = ak_js_parse(&json);
	}
	if (failed < b->n && e->status == AK_BAD_FORMAT)
		(void)draft_next(c, b->envelope[failed], c->opts.operand[b->from[failed].file], next, sizeof(next));
	if (failed < b->n && b->from[failed].line > 0 && e->status == AK_NOT_AUTHORISED) /* a line of many is no file to sign */
		(void)ak_out_text(c, next, sizeof(next), MSG_NEXT_SIGN_MORE, "FILE", NULL);
	if (failed < b->n && e->status == AK_BAD_FORMAT && next[0] == '\0')
		(void)mail_next(c, b->envelope[failed], c->opts.operand[b->from[failed].file], next, sizeof(next));
	if (failed < b->n && ak_signing_partless(check, drop) != NULL)
		(void)ak_out_text(c, next, sizeof(next), b->from[failed].line > 0 ? MSG_NEXT_DROP_LINE : MSG_NEXT_DROP,
		                  b->from[failed].line > 0 ? drop : c->opts.operand[b->from[failed].file], drop, NULL);
	if (!c->json)
		ak_answer_name_key(c, l, e);
	code = ak_out_refused(c, name, e, next);
	if (e->status == AK_NOT_AUTHORISED)
		tell_missing(c, l, check);
	if (failed < b->n && index != NULL) {
		char label[AK_CASE_ROOM];

		ak_out_note(c, MSG_CASE_REFUSED, ak_case_label(c, ak_js_nth(index, "cases", b->from[failed].file), label), NULL);
	}
	if (b->n > 1)
		ak_out_note(c, MSG_NOTHING_SEALED, AK_NUM(b->n), NULL);
	json_decref(check);
	ak_text_free(&json);
	free(name);
	return code;
}

/* One a line, of a long batch the first and the last; then where the ledger stands, behind a single one as far as that fits. */
static void sealed_lines(const ak_cli *c, const json_t *sealed, const char *head)
{
	size_t n = json_array_size(sealed), i;
	char room[AK_CELL_ROOM], line[AK_CELL_ROOM * 2] = "";
	const json_t *v;

	json_array_foreach(sealed, i, v) {
		if (n > LISTED_MAX && i > 0 && i + 1 < n && !c->full) {
			if (i == 1)
				ak_out_line(c, stdout, MSG_SEALED_BETWEEN, AK_NUM(n - 2), NULL);
			continue;
		}
		(void)ak_out_text(c, line, sizeof(line), MSG_SEALED, AK_NUM(ak_js_num(v, "seq")), ak_answer_title(c, v, room), NULL);
		(void)fputs(line, stdout);
		if (n > 1)
			(void)fputc('\n', stdout);
	}
	if (n == 1)
		(void)fputs(ak_term_width(line) + 1 + ak_term_width(head) <= ak_out_text_width(c) ? " " : "\n", stdout);
	(void)fputs(head, stdout);
	(void)fputc('\n', stdout);
}

static bool names_a_field(const json_t *sealed)
{
	const json_t *v;
	size_t i;

	json_array_foreach(sealed, i, v) {
		if (strstr(ak_js_str(v, "title"), " /") != NULL)
			return true;
	}
	return false;
}

static int report(ak_cli *c, ak_ledger *l, const ak_text *json, uint64_t ms)
{
	json_t *o = NULL;
	const json_t *v;
	char head[AK_CELL_ROOM];
	size_t i;
	int code;

	if (c->json) {
		ak_out_json_text(json);
		return EXIT_HOLDS;
	}
	code = ak_answer(c, json, &o);
	if (code != EXIT_HOLDS)
		return code;
	/* The name of a field stands in its schema, which the answer does not have. */
	if (names_a_field(ak_js_at(o, "sealed")))
		ak_scheme_use(c, l, NULL);
	else
		ak_scheme_names(c, ak_js_at(o, "names"));
	(void)ak_out_text(c, head, sizeof(head), MSG_SEALED_HEAD, ak_js_str(o, "origin"), AK_NUM(ak_js_num(o, "size")), AK_NUM(ms), NULL);
	sealed_lines(c, ak_js_at(o, "sealed"), head);
	json_array_foreach(ak_js_at(o, "sealed"), i, v) {
		if (strcmp(ak_js_str(v, "type"), "revocation") == 0)
			ak_revoked_print(c, l, ak_js_at(v, "about"), stdout, 2);
	}
	ak_warnings_print(c, ak_js_at(o, "warnings"), NULL, stdout, 0);
	json_decref(o);
	return EXIT_HOLDS;
}

static uint64_t monotonic_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		return 0;
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int seal(ak_cli *c, ak_ledger *l, const batch *b, const ak_seal_options *o, const json_t *index)
{
	uint64_t before = monotonic_ms();
	size_t failed = SIZE_MAX;
	ak_text json = { 0 };
	ak_error e = { 0 };
	int code;

	if (ak_ledger_seal(l, b->envelope, b->n, o, &json, &failed, &e) != AK_OK)
		code = refused(c, l, b, failed, &e, index);
	else
		code = report(c, l, &json, monotonic_ms() - before);
	ak_text_free(&json);
	return code;
}

/* ---- the folder of a meeting ---------------------------------------------------------------------------------------- */

typedef struct session {
	const char *folder; /* NULL: files were given */
	json_t *index;      /* owned */
	char **path;        /* owned, each: the operands in the folder's stead */
	size_t n;
} session;

static int open_session(ak_cli *c, session *s)
{
	int code;

	for (size_t i = 0; i < c->opts.n_operands; i++) {
		if (ak_path_is_folder(c->opts.operand[i]) && c->opts.n_operands > 1)
			return ak_out_usage(c, MSG_ONE_FOLDER, c->opts.operand[i], NULL);
	}
	if (!ak_path_is_folder(c->opts.operand[0]))
		return EXIT_HOLDS;
	s->folder = c->opts.operand[0];
	code = ak_meeting_read(c, s->folder, &s->index);
	if (code == EXIT_HOLDS)
		code = ak_meeting_envelopes(c, s->folder, s->index, &s->path, &s->n);
	for (size_t i = 0; code == EXIT_HOLDS && i < s->n; i++)
		c->opts.operand[i] = s->path[i];
	if (code == EXIT_HOLDS)
		c->opts.n_operands = s->n;
	return code;
}

static void close_session(session *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->path[i]);
	free(s->path);
	json_decref(s->index);
}

/* What is on record already is passed over: whoever was interrupted between sealing and the papers goes on here. */
static int drop_sealed(const ak_cli *c, ak_ledger *l, batch *b)
{
	size_t kept = 0, all = b->n;

	for (size_t i = 0; i < all; i++) {
		ak_text json = { 0 };
		ak_error e = { 0 };
		json_t *o = NULL;
		int code = EXIT_HOLDS;

		if (ak_ledger_check(l, b->envelope[i], c->now, &json, &e) != AK_OK)
			code = ak_out_refused(c, c->opts.operand[b->from[i].file], &e, NULL);
		else
			code = ak_answer(c, &json, &o);
		if (code == EXIT_HOLDS && !ak_js_has(o, "sealed_as")) {
			b->envelope[kept] = b->envelope[i];
			b->from[kept++] = b->from[i];
		}
		json_decref(o);
		ak_text_free(&json);
		if (code != EXIT_HOLDS)
			return code;
	}
	b->n = kept;
	if (kept < all)
		ak_out_note(c, MSG_MEETING_SEALED_ALREADY, AK_NUM(all - kept), AK_NUM(all), NULL);
	return EXIT_HOLDS;
}

/* What was sealed before is sealed, whatever becomes of this. */
static int stamp_head(ak_cli *c, ak_ledger *l, const ak_stamping *s, const ak_secret *key, const char *state)
{
	const ak_seal_options o = { .operator_key = key, .state_path = state, .clock = ak_cli_clock };
	int code = ak_stamping_head(c, l, s, &o);

	if (code != EXIT_HOLDS)
		ak_out_note(c, MSG_STAMP_NOT_HEAD, NULL);
	return code;
}

int ak_cmd_seal(ak_cli *c)
{
	const char *old = ak_opt_value(&c->opts, OPT_OLD_OPERATOR);
	ak_secret *key = NULL, *old_key = NULL;
	char *path = NULL, *state = NULL, *old_state = NULL;
	ak_ledger *l = NULL;
	const char *url = ak_opt_value(&c->opts, OPT_TIMESTAMP);
	ak_stamping stamping = { 0 };
	session meeting = { 0 };
	batch b = { 0 };
	int code = ak_cli_operator_path(c, &path);

	if (code == EXIT_HOLDS && url != NULL)
		code = ak_stamping_read(c, url, &stamping);

	if (code == EXIT_HOLDS)
		code = open_session(c, &meeting);
	if (code == EXIT_HOLDS)
		code = read_batch(c, &b);
	if (code == EXIT_HOLDS)
		code = ak_file_secret(c, path, &key);
	if (code == EXIT_HOLDS && old != NULL)
		code = ak_file_secret(c, old, &old_key);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS)
		code = ak_cli_state_path(c, path, key, ".state", &state);
	if (code == EXIT_HOLDS && old != NULL)
		code = ak_cli_state_path(c, old, old_key, ".state", &old_state);
	if (code == EXIT_HOLDS && meeting.folder != NULL)
		code = drop_sealed(c, l, &b);
	if (code == EXIT_HOLDS && b.n > 0) {
		ak_seal_options o = { .operator_key = key, .old_operator_key = old_key, .state_path = state, .old_state_path = old_state,
			              .adopt_head = ak_opt_has(&c->opts, OPT_ADOPT_HEAD), .clock = ak_cli_clock };

		code = seal(c, l, &b, &o, meeting.index);
	}
	if (code == EXIT_HOLDS && meeting.folder != NULL)
		code = ak_meeting_sealed(c, l, meeting.folder, meeting.index);
	if (code == EXIT_HOLDS && url != NULL)
		code = stamp_head(c, l, &stamping, key, state);
	ak_stamping_clear(&stamping);
	ak_ledger_free(&l);
	ak_secret_free(&key);
	ak_secret_free(&old_key);
	batch_clear(&b);
	close_session(&meeting);
	free(old_state);
	free(state);
	free(path);
	return code;
}
