/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "js.h"
#include "phrase.h"
#include "remote.h"
#include "term.h"

#include <string.h>
#include <unistd.h>

enum { BAR = 24, ERRORS_MAX = 20 };

typedef struct progress {
	const ak_cli *c;
	unsigned shown; /* per cent, + 1 */
} progress;

/* Drawn again only when the figure changes. */
static void draw(void *ctx, uint64_t done, uint64_t total)
{
	progress *p = ctx;
	unsigned percent = total == 0 ? 100 : (unsigned)(done >= total ? 100 : done * 100 / total);
	unsigned filled = percent * BAR / 100;

	if (percent + 1 == p->shown)
		return;
	p->shown = percent + 1;
	(void)fputc('\r', stderr);
	ak_out_put(p->c, stderr, MSG_AUDIT_PROGRESS, AK_NUM(done), AK_NUM(total), NULL);
	for (unsigned i = 0; i < BAR; i++)
		(void)fputs(i < filled ? "█" : "·", stderr);
	(void)fprintf(stderr, " %3u %%", percent);
	(void)fflush(stderr);
}

/* The checks in the groups that people ask about; the first id of a group gives its number. */
typedef struct group {
	ak_msg text;
	const char *ids[5];
} group;

static const group groups[] = {
	{ MSG_AUDIT_DIGESTS, { "header", "chain", "tree", "map", "git" } },
	{ MSG_AUDIT_SIGNATURES, { "dsse", "signatures", NULL } },
	{ MSG_AUDIT_COMMITS, { "commit", NULL } },
	{ MSG_AUDIT_ORDER, { "statement", "about", "base", "repeat", NULL } },
	{ MSG_AUDIT_HEADS, { "checkpoint", "trust", NULL } },
	{ MSG_AUDIT_STAMPS, { "timestamps", NULL } },
};

enum { N_GROUPS = sizeof(groups) / sizeof(groups[0]), IDS_MAX = sizeof(groups[0].ids) / sizeof(groups[0].ids[0]) };

static const json_t *check_of(const json_t *o, const char *id)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(o, "checks"), i, v) {
		if (strcmp(ak_js_str(v, "id"), id) == 0)
			return v;
	}
	return NULL;
}

static bool passed(const json_t *check)
{
	return strcmp(ak_js_str(check, "outcome"), "passed") == 0;
}

/* Those of its checks that were made all passed, and some were made. */
static bool group_passed(const json_t *o, const group *g)
{
	size_t n = 0;

	for (size_t i = 0; i < IDS_MAX && g->ids[i] != NULL; i++) {
		const json_t *check = check_of(o, g->ids[i]);

		if (check != NULL && !passed(check))
			return false;
		n += check != NULL;
	}
	return n > 0;
}

static void put_mark(const ak_cli *c, ak_paint p, const char *mark)
{
	(void)fputs("  ", stdout);
	ak_out_paint(c, stdout, p);
	(void)fputs(mark, stdout);
	ak_out_plain(c, stdout);
}

static void print_group(const ak_cli *c, const json_t *o, const group *g)
{
	uint64_t n = ak_js_num(check_of(o, g->ids[0]), "count");

	put_mark(c, AK_PAINT_GOOD, "✓ ");
	if (g->text == MSG_AUDIT_HEADS)
		ak_out_line(c, stdout, n > 1 ? MSG_AUDIT_HEADS : MSG_AUDIT_HEAD_ALONE, AK_NUM(n - 1), NULL);
	else
		ak_out_line(c, stdout, g->text, AK_NUM(n), NULL);
}

/* One by one: with --full, and where not all of a group held. */
static void print_members(const ak_cli *c, const json_t *o, const group *g)
{
	for (size_t i = 0; i < IDS_MAX && g->ids[i] != NULL; i++) {
		const json_t *check = check_of(o, g->ids[i]);
		bool failed = strcmp(ak_js_str(check, "outcome"), "failed") == 0;

		if (check == NULL)
			continue;
		put_mark(c, passed(check) ? AK_PAINT_GOOD : failed ? AK_PAINT_BAD : AK_PAINT_UNSURE, passed(check) ? "✓ " : failed ? "✗ " : "? ");
		ak_term_put(stdout, ak_answer_check(c, g->ids[i]));
		if (c->full && passed(check) && ak_js_num(check, "count") > 0)
			(void)printf("  %s", AK_NUM(ak_js_num(check, "count")));
		if (!passed(check) && !failed)
			ak_out_put(c, stdout, MSG_NOT_CHECKED, NULL);
		(void)fputc('\n', stdout);
	}
}

/* Where the chain breaks the rest is not looked at: one line says so, not one for each check. */
static void print_checks(const ak_cli *c, const json_t *o)
{
	uint64_t replayed = ak_js_num(o, "replayed"), size = ak_js_num(o, "size");
	const json_t *v;
	size_t i;

	for (size_t g = 0; g < N_GROUPS; g++) {
		/* Most ledgers have no time stamps: then nothing is said of them. */
		if (!c->full && groups[g].text == MSG_AUDIT_STAMPS && ak_js_num(check_of(o, "timestamps"), "count") == 0)
			continue;
		if (!c->full && group_passed(o, &groups[g]))
			print_group(c, o, &groups[g]);
		else if (c->full || replayed >= size)
			print_members(c, o, &groups[g]);
	}
	if (c->full || replayed >= size)
		return;
	json_array_foreach(ak_js_at(o, "checks"), i, v) {
		if (strcmp(ak_js_str(v, "outcome"), "failed") == 0) {
			put_mark(c, AK_PAINT_BAD, "✗ ");
			ak_term_put(stdout, ak_answer_check(c, ak_js_str(v, "id")));
			(void)fputc('\n', stdout);
		}
	}
	put_mark(c, AK_PAINT_UNSURE, "? ");
	ak_out_line(c, stdout, MSG_AUDIT_STOPPED, AK_NUM(replayed), AK_NUM(size), NULL);
}

static void print_error(const ak_cli *c, const json_t *v, bool unsure)
{
	char digest[2][AK_TERM_DIGEST_MAX], text[2][AK_PHRASE_MAX];
	const char *expected = ak_js_str(v, "expected"), *found = ak_js_str(v, "found"), *where = ak_js_str(v, "where");

	(void)fputs("  ", stdout);
	ak_out_paint(c, stdout, unsure ? AK_PAINT_UNSURE : AK_PAINT_BAD);
	if (ak_js_has(v, "seq"))
		ak_out_put(c, stdout, MSG_RECORD_N, AK_NUM(ak_js_num(v, "seq")), NULL);
	ak_term_put(stdout, ak_answer_check(c, ak_js_str(v, "check")));
	ak_out_plain(c, stdout);
	if (*ak_js_str(v, "detail") != '\0') {
		(void)fputs(": ", stdout);
		ak_term_put(stdout, ak_phrase(c, ak_js_str(v, "detail"), text[0]));
	}
	(void)fputc('\n', stdout);
	if (*expected != '\0' || *found != '\0') {
		ak_term_spaces(stdout, 6);
		ak_out_put(c, stdout, MSG_EXPECTED_FOUND, ak_term_digest(c->full, ak_phrase(c, expected, text[0]), digest[0]),
		           ak_term_digest(c->full, ak_phrase(c, found, text[1]), digest[1]), NULL);
		(void)fputs(*where != '\0' ? " " : "\n", stdout);
	} else if (*where != '\0') {
		ak_term_spaces(stdout, 6);
	}
	if (*where != '\0')
		ak_out_line(c, stdout, MSG_PLACE, where, NULL);
}

static void warn(const ak_cli *c)
{
	(void)fputs("  ", stdout);
	ak_out_paint(c, stdout, AK_PAINT_UNSURE);
	ak_term_put(stdout, ak_msg_text(MSG_WORD_WARNING, c->ja));
	ak_out_plain(c, stdout);
	(void)fputs("  ", stdout);
}

/* "#5, #7 …" of a list of numbers. */
static void list_numbers(const ak_cli *c, const json_t *list, char *out, size_t room)
{
	const json_t *v;
	size_t i, used = 0;

	out[0] = '\0';
	json_array_foreach(list, i, v) {
		if (used + 32 > room || (i == ERRORS_MAX && !c->full)) {
			(void)snprintf(out + used, room - used, " …");
			return;
		}
		used += (size_t)snprintf(out + used, room - used, "%s#%" JSON_INTEGER_FORMAT, i > 0 ? ", " : "", json_integer_value(v));
	}
}

/* Without effect, and so without harm: told, and no reason to call the ledger bad. */
static void print_void(const ak_cli *c, const json_t *o)
{
	const json_t *v, *changed = ak_js_at(o, "authority.changed_since");
	size_t i, column = 4 + ak_term_width(ak_msg_text(MSG_WORD_WARNING, c->ja));
	char text[AK_PHRASE_MAX], numbers[1024];

	json_array_foreach(ak_js_at(o, "void"), i, v) {
		if (strcmp(ak_js_str(v, "status"), "AK_ERASED") == 0) /* of these below */
			continue;
		if (i == ERRORS_MAX && !c->full) {
			ak_out_line(c, stdout, MSG_MORE_ERRORS, AK_NUM(ak_js_len(o, "void") - i), NULL);
			break;
		}
		warn(c);
		ak_out_wrapped(c, stdout, column, MSG_AUDIT_VOID, AK_NUM(ak_js_num(v, "seq")),
		               *ak_js_str(v, "why") != '\0' ? ak_phrase(c, ak_js_str(v, "why"), text) : ak_phrase_status(c, ak_js_str(v, "status")), NULL);
	}
	json_array_foreach(ak_js_at(o, "erased"), i, v) {
		warn(c);
		ak_out_wrapped(c, stdout, column, MSG_AUDIT_ERASED, AK_NUM(ak_js_num(v, "seq")), AK_NUM(ak_js_num(v, "erasure")), NULL);
	}
	json_array_foreach(ak_js_at(o, "skipped"), i, v) {
		warn(c);
		ak_out_wrapped(c, stdout, column, MSG_AUDIT_SKIPPED, AK_NUM(ak_js_num(v, "seq")), AK_NUM(ak_js_num(v, "count")), NULL);
	}
	if (json_array_size(changed) == 0)
		return;
	list_numbers(c, changed, numbers, sizeof(numbers));
	warn(c);
	ak_out_wrapped(c, stdout, column, MSG_AUDIT_CHANGED, numbers, NULL);
}

/* Neither good nor bad: of a version that this program does not know, or another ledger than the one asked about. */
static bool unknown(const json_t *o)
{
	return ak_js_true(o, "unknown_version") || ak_js_true(o, "other_ledger");
}

static ak_msg conclusion(const json_t *o, bool ok)
{
	if (ak_js_true(o, "other_ledger"))
		return MSG_AUDIT_OTHER;
	if (unknown(o))
		return MSG_AUDIT_UNKNOWN;
	if (!ok)
		return MSG_AUDIT_FAILS;
	return ak_js_len(o, "void") > ak_js_len(o, "erased") ? MSG_AUDIT_VOIDS : MSG_AUDIT_HOLDS;
}

static void print(const ak_cli *c, const json_t *o, bool ok)
{
	const json_t *v, *seconds;
	size_t i, n;
	char took[32];

	seconds = ak_js_at(o, "seconds");
	(void)snprintf(took, sizeof(took), "%.1f", json_number_value(seconds));
	ak_out_line(c, stdout, MSG_AUDIT_HEAD, ak_js_str(o, "origin"), AK_NUM(ak_js_num(o, "size")), took, NULL);
	print_checks(c, o);
	n = ak_js_len(o, "errors");
	json_array_foreach(ak_js_at(o, "errors"), i, v) {
		if (i == ERRORS_MAX && !c->full) {
			ak_out_line(c, stdout, MSG_MORE_ERRORS, AK_NUM(n - i), NULL);
			break;
		}
		print_error(c, v, unknown(o));
	}
	print_void(c, o);
	ak_out_paint(c, stdout, ok ? AK_PAINT_GOOD : unknown(o) ? AK_PAINT_UNSURE : AK_PAINT_BAD);
	ak_out_wrapped(c, stdout, 0, conclusion(o, ok), AK_NUM(ak_js_len(o, "void") - ak_js_len(o, "erased")), NULL);
	ak_out_plain(c, stdout);
	if (ak_js_true(o, "unknown_version"))
		ak_out_wrapped(c, stdout, 0, MSG_NEXT, ak_msg_text(MSG_NEXT_VERSION, c->ja), NULL);
	if (ak_opt_has(&c->opts, OPT_NO_TRUST))
		ak_out_wrapped(c, stdout, 0, MSG_AUDIT_NO_TRUST, NULL);
	if (ak_opt_has(&c->opts, OPT_NO_SIGNATURES))
		ak_out_line(c, stdout, MSG_AUDIT_NO_SIGNATURES, NULL);
}

static int ask_remote(const ak_cli *c, json_t **out)
{
	int code = ak_remote_ask(c, out);

	if (code == EXIT_HOLDS && *ak_js_str(*out, "url") == '\0')
		code = ak_out_usage(c, MSG_REMOTE_NOT_SET, NULL);
	return code;
}

/* A fault outweighs what could not be decided. */
static int worse(int a, int b)
{
	if (a == EXIT_DOES_NOT_HOLD || b == EXIT_DOES_NOT_HOLD)
		return EXIT_DOES_NOT_HOLD;
	return a != EXIT_HOLDS ? a : b;
}

/* Of the repository, not of an opened ledger: a damaged one does not open, and that is when its audit is asked for. */
static int audit(const ak_cli *c, ak_span trust, unsigned threads)
{
	progress p = { .c = c };
	bool drawn = !c->quiet && isatty(STDERR_FILENO), ok = false;
	ak_audit_options o = { .trust = trust, .now = c->now, .threads = threads, .skip_signatures = ak_opt_has(&c->opts, OPT_NO_SIGNATURES),
		               .progress = drawn ? draw : NULL, .progress_ctx = &p };
	ak_text json = { 0 };
	json_t *report = NULL, *remote = NULL;
	ak_error e = { 0 };
	int answer = EXIT_HOLDS;
	ak_status st = ak_audit_repository(c->dir, &o, &ok, &json, &e);
	int code = EXIT_HOLDS;

	if (p.shown > 0)
		(void)fputs("\r\033[K", stderr); /* the bar was there for the wait only */
	if (st != AK_OK)
		return ak_out_refused(c, c->dir, &e, e.status == AK_NOT_FOUND ? ak_msg_text(MSG_NEXT_NO_LEDGER, c->ja) : NULL);
	code = ak_answer(c, &json, &report);
	if (code == EXIT_HOLDS && ak_opt_has(&c->opts, OPT_WITH_REMOTE))
		code = ask_remote(c, &remote);
	if (code == EXIT_HOLDS && !ok)
		answer = unknown(report) ? EXIT_NOT_DECIDED : EXIT_DOES_NOT_HOLD;
	if (code == EXIT_HOLDS && remote != NULL)
		answer = worse(answer, ak_remote_exit(remote));
	if (code == EXIT_HOLDS && c->json && remote != NULL) {
		(void)json_object_set(report, "remote", remote);
		answer = ak_out_json(c, json_incref(report), answer);
	} else if (code == EXIT_HOLDS && c->json) {
		ak_out_json_text(&json);
	} else if (code == EXIT_HOLDS) {
		print(c, report, ok);
		if (remote != NULL)
			ak_remote_tell(c, remote);
	}
	json_decref(remote);
	json_decref(report);
	ak_text_free(&json);
	return code == EXIT_HOLDS ? answer : code;
}

int ak_cmd_audit(ak_cli *c)
{
	uint64_t threads = 0;
	ak_file trust = { 0 };
	int code = ak_cli_number(c, OPT_THREADS, 1, 256, &threads);

	if (code == EXIT_HOLDS && ak_opt_has(&c->opts, OPT_TRUST) && ak_opt_has(&c->opts, OPT_NO_TRUST))
		code = ak_out_usage(c, MSG_NOT_TOGETHER, "--trust", "--no-trust", NULL);
	if (code == EXIT_HOLDS && !ak_opt_has(&c->opts, OPT_NO_TRUST))
		code = ak_cli_trust(c, &trust);
	if (code == EXIT_HOLDS)
		code = audit(c, ak_file_span(&trust), (unsigned)threads);
	ak_file_drop(&trust);
	return code;
}
