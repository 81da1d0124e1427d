/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "js.h"
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

static ak_msg check_name(const char *id)
{
	static const struct {
		const char *id;
		ak_msg name;
	} names[] = {
		{ "records", MSG_CHECK_RECORDS },       { "header", MSG_CHECK_RECORDS },      { "statement", MSG_CHECK_STATEMENT },
		{ "digests", MSG_CHECK_DIGESTS },       { "chain", MSG_CHECK_CHAIN },         { "tree", MSG_CHECK_TREE },
		{ "map", MSG_CHECK_MAP },               { "about", MSG_CHECK_ABOUT },         { "base", MSG_CHECK_BASE },
		{ "repeat", MSG_CHECK_REPEAT },         { "checkpoint", MSG_CHECK_CHECKPOINT }, { "commit", MSG_CHECK_COMMITS },
		{ "commits", MSG_CHECK_COMMITS },       { "git", MSG_CHECK_GIT },             { "signatures", MSG_CHECK_SIGNATURE_LINES },
		{ "dsse", MSG_CHECK_SIGNATURES_NAME },  { "authority", MSG_CHECK_AUTHORITY }, { "witnesses", MSG_CHECK_WITNESSES },
		{ "trust", MSG_CHECK_TRUST },           { "genesis", MSG_CHECK_GENESIS },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].id, id) == 0)
			return names[i].name;
	}
	return MSG_NONE;
}

static void print_checks(const ak_cli *c, const json_t *o)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(o, "checks"), i, v) {
		const char *id = ak_js_str(v, "id"), *outcome = ak_js_str(v, "outcome");
		ak_msg name = check_name(id);
		bool passed = strcmp(outcome, "passed") == 0, failed = strcmp(outcome, "failed") == 0;

		(void)fputs("  ", stdout);
		ak_out_paint(c, stdout, passed ? AK_PAINT_GOOD : failed ? AK_PAINT_BAD : AK_PAINT_UNSURE);
		(void)fputs(passed ? "✓ " : failed ? "✗ " : "? ", stdout);
		ak_out_plain(c, stdout);
		ak_term_put(stdout, name != MSG_NONE ? ak_msg_text(name, c->ja) : id);
		if (ak_js_num(v, "count") > 0)
			(void)printf("  %llu", (unsigned long long)ak_js_num(v, "count"));
		if (!passed && !failed)
			ak_out_put(c, stdout, MSG_NOT_CHECKED, NULL);
		(void)fputc('\n', stdout);
	}
}

static void print_error(const ak_cli *c, const json_t *v)
{
	char digest[2][AK_TERM_DIGEST_MAX];
	ak_msg name = check_name(ak_js_str(v, "check"));

	(void)fputs("  ", stdout);
	ak_out_paint(c, stdout, AK_PAINT_BAD);
	if (ak_js_has(v, "seq"))
		ak_out_put(c, stdout, MSG_RECORD_N, AK_NUM(ak_js_num(v, "seq")), NULL);
	ak_term_put(stdout, name != MSG_NONE ? ak_msg_text(name, c->ja) : ak_js_str(v, "check"));
	ak_out_plain(c, stdout);
	if (*ak_js_str(v, "detail") != '\0') {
		(void)fputs(": ", stdout);
		ak_term_put(stdout, ak_js_str(v, "detail"));
	}
	(void)fputc('\n', stdout);
	if (*ak_js_str(v, "expected") != '\0' || *ak_js_str(v, "found") != '\0') {
		(void)fputs("      ", stdout);
		ak_out_line(c, stdout, MSG_EXPECTED_FOUND, ak_term_digest(c->full, ak_js_str(v, "expected"), digest[0]),
		            ak_term_digest(c->full, ak_js_str(v, "found"), digest[1]), NULL);
	}
	if (*ak_js_str(v, "where") != '\0') {
		(void)fputs("      ", stdout);
		ak_out_line(c, stdout, MSG_PLACE, ak_js_str(v, "where"), NULL);
	}
}

static void print_void(const ak_cli *c, const json_t *o)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(o, "void"), i, v) {
		(void)fputs("  ", stdout);
		ak_out_line(c, stdout, MSG_AUDIT_VOID, AK_NUM(ak_js_num(v, "seq")), ak_js_str(v, "why"), NULL);
	}
	if (ak_js_len(o, "authority.changed_since") > 0)
		ak_out_line(c, stdout, MSG_AUDIT_CHANGED, AK_NUM(ak_js_len(o, "authority.changed_since")), NULL);
}

static int print(const ak_cli *c, const ak_text *json, bool ok)
{
	json_t *o = NULL;
	const json_t *v, *seconds;
	size_t i, n;
	int code = ak_answer(c, json, &o);
	char took[32];

	if (code != EXIT_HOLDS)
		return code;
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
		print_error(c, v);
	}
	print_void(c, o);
	ak_out_paint(c, stdout, ok ? AK_PAINT_GOOD : AK_PAINT_BAD);
	ak_out_put(c, stdout, ok ? MSG_AUDIT_HOLDS : MSG_AUDIT_FAILS, NULL);
	ak_out_plain(c, stdout);
	(void)fputc('\n', stdout);
	if (ak_opt_has(&c->opts, OPT_NO_TRUST))
		ak_out_line(c, stdout, MSG_AUDIT_NO_TRUST, NULL);
	if (ak_opt_has(&c->opts, OPT_NO_SIGNATURES))
		ak_out_line(c, stdout, MSG_AUDIT_NO_SIGNATURES, NULL);
	json_decref(o);
	return EXIT_HOLDS;
}

/* Of the repository, not of an opened ledger: a damaged one does not open, and that is when its audit is asked for. */
static int audit(const ak_cli *c, ak_span trust, unsigned threads)
{
	progress p = { .c = c };
	bool drawn = !c->quiet && isatty(STDERR_FILENO), ok = false;
	ak_audit_options o = { .trust = trust, .now = c->now, .threads = threads, .skip_signatures = ak_opt_has(&c->opts, OPT_NO_SIGNATURES),
		               .progress = drawn ? draw : NULL, .progress_ctx = &p };
	ak_text json = { 0 };
	ak_error e = { 0 };
	ak_status st = ak_audit_repository(c->dir, &o, &ok, &json, &e);
	int code = EXIT_HOLDS;

	if (p.shown > 0)
		(void)fputs("\r\033[K", stderr); /* the bar was there for the wait only */
	if (st != AK_OK)
		return ak_out_refused(c, c->dir, &e, e.status == AK_NOT_FOUND ? ak_msg_text(MSG_NEXT_NO_LEDGER, c->ja) : NULL);
	if (c->json)
		ak_out_json_text(&json);
	else
		code = print(c, &json, ok);
	ak_text_free(&json);
	return code != EXIT_HOLDS ? code : ok ? EXIT_HOLDS : EXIT_DOES_NOT_HOLD;
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
