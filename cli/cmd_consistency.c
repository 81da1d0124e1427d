/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "js.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { NOTE_FILE_MAX = 65536, EVIDENCE_FILE_MAX = 64 * 1024 * 1024 };

/* "12": a size of the ledger.  A file of such a name is given as ./12. */
static bool is_size(const char *operand, uint64_t *size)
{
	char *end;

	if (*operand == '\0' || strspn(operand, "0123456789") != strlen(operand) || strlen(operand) > 18)
		return false;
	*size = strtoull(operand, &end, 10);
	return true;
}

/* A signed note: from a file, or the one that the ledger has of that size. */
typedef struct note {
	ak_file file;
	ak_text text;
} note;

static int read_note(const ak_cli *c, ak_ledger *l, const char *operand, note *out)
{
	char next[AK_NEXT_ROOM];
	uint64_t size = 0;
	ak_error e = { 0 };

	if (!is_size(operand, &size))
		return ak_file_read(c, operand, NOTE_FILE_MAX, &out->file);
	if (ak_ledger_note(l, size, &out->text, &e) != AK_OK)
		return ak_out_refused(c, operand, &e, ak_out_text(c, next, sizeof(next), MSG_NEXT_SIGNED_SIZE, NULL));
	return EXIT_HOLDS;
}

static ak_span span_of(const note *n)
{
	return n->text.data != NULL ? (ak_span){ (const uint8_t *)n->text.data, n->text.len } : ak_file_span(&n->file);
}

static void drop(note *n)
{
	ak_file_drop(&n->file);
	ak_text_free(&n->text);
}

static int exit_of_outcome(ak_continuity outcome)
{
	return outcome == AK_CONTINUES ? EXIT_HOLDS : outcome == AK_FORKED ? EXIT_DOES_NOT_HOLD : EXIT_NOT_DECIDED;
}

static void put_head(const ak_cli *c, ak_msg label, const json_t *head)
{
	char digest[AK_TERM_DIGEST_MAX];

	ak_term_spaces(stdout, 2);
	ak_term_pad(stdout, ak_msg_text(label, c->ja), 10);
	ak_out_line(c, stdout, MSG_CONSISTENCY_HEAD, AK_NUM(ak_js_num(head, "size")),
	            ak_term_digest(c->full, ak_js_str(head, "root"), digest), NULL);
}

static ak_msg why_not_shown(const json_t *r)
{
	const char *reason = ak_js_str(r, "reason");

	return strcmp(reason, "no-ledger") == 0 ? MSG_CONSISTENCY_NO_LEDGER : strcmp(reason, "other-key") == 0 ? MSG_CONSISTENCY_OTHER_KEY
	       : MSG_CONSISTENCY_BEHIND;
}

/* What is wrong with a pair takes nothing from the others. */
static void put_bad(const ak_cli *c, const json_t *bad)
{
	const json_t *b;
	size_t i;

	json_array_foreach(bad, i, b) {
		ak_term_spaces(stdout, 2);
		ak_out_wrapped(c, stdout, 2, MSG_CONSISTENCY_BAD_PAIR, AK_NUM(ak_js_num(b, "pair")), ak_js_str(b, c->ja ? "ja" : "en"), ak_js_str(b, "where"), NULL);
	}
}

static void print(const ak_cli *c, const json_t *r, ak_continuity outcome)
{
	const char *said = ak_js_str(r, "outcome"), *of = ak_js_str(r, "fork.of");
	bool same = strcmp(said, "same") == 0;
	char digest[2][AK_TERM_DIGEST_MAX];

	ak_out_paint(c, stdout, outcome == AK_CONTINUES ? AK_PAINT_GOOD : outcome == AK_FORKED ? AK_PAINT_BAD : AK_PAINT_UNSURE);
	ak_out_put(c, stdout, outcome == AK_FORKED ? MSG_CONSISTENCY_FORK : outcome == AK_NOT_SHOWN ? MSG_CONSISTENCY_NOT_SHOWN
	           : same ? MSG_CONSISTENCY_SAME : MSG_CONSISTENCY_CONTINUES, NULL);
	ak_out_plain(c, stdout);
	(void)fputc('\n', stdout);
	put_head(c, MSG_CONSISTENCY_OLD, ak_js_at(r, "old"));
	put_head(c, MSG_CONSISTENCY_NEW, ak_js_at(r, "new"));
	if (ak_js_num(r, "head.size") != ak_js_num(r, "new.size") ||
	    strcmp(ak_js_str(r, "head.root"), ak_js_str(r, "new.root")) != 0)
		put_head(c, MSG_CONSISTENCY_LEDGER, ak_js_at(r, "head"));
	ak_term_spaces(stdout, 2);
	if (outcome == AK_FORKED)
		ak_out_wrapped(c, stdout, 2, strcmp(of, "old") == 0 ? MSG_CONSISTENCY_FORK_OLD : MSG_CONSISTENCY_FORK_NEW,
		               AK_NUM(ak_js_num(r, "fork.size")), ak_term_digest(c->full, ak_js_str(r, "fork.signed"), digest[0]),
		               ak_term_digest(c->full, ak_js_str(r, "fork.root"), digest[1]), NULL);
	else if (outcome == AK_NOT_SHOWN)
		ak_out_wrapped(c, stdout, 2, why_not_shown(r), AK_NUM(ak_js_num(r, "head.size")), NULL);
	else
		ak_out_wrapped(c, stdout, 2, MSG_CONSISTENCY_RESTS, ak_js_str(r, "origin"), AK_NUM(ak_js_len(r, "proof")),
		               AK_NUM(ak_js_num(r, "keysets")), NULL);
	put_bad(c, ak_js_at(r, "bad"));
	if (outcome == AK_FORKED)
		ak_out_line(c, stdout, ak_js_num(r, "keysets") == 0 ? MSG_CONSISTENCY_KEEP_NOTES : MSG_CONSISTENCY_KEEP, NULL);
}

static int tell(const ak_cli *c, const ak_text *json, ak_continuity outcome)
{
	json_t *r = NULL;
	int code = ak_answer(c, json, &r);

	if (code != EXIT_HOLDS)
		return code;
	if (c->json)
		ak_out_json_text(json);
	else
		print(c, r, outcome);
	json_decref(r);
	return exit_of_outcome(outcome);
}

static int check_file(ak_cli *c, const char *path)
{
	ak_continuity outcome = AK_NOT_SHOWN;
	ak_file trust = { 0 }, f = { 0 };
	ak_text json = { 0 };
	ak_error e = { 0 };
	int code = ak_cli_trust(c, &trust);

	if (code == EXIT_HOLDS)
		code = ak_file_read(c, path, EVIDENCE_FILE_MAX, &f);
	if (code == EXIT_HOLDS && ak_consistency_check(ak_file_span(&f), ak_file_span(&trust), &outcome, &json, &e) != AK_OK)
		code = ak_out_refused(c, path, &e,
		                      ak_status_class(e.status) == AK_CLASS_REJECT ? ak_msg_text(MSG_NEXT_FORM, c->ja) : NULL);
	if (code == EXIT_HOLDS)
		code = tell(c, &json, outcome);
	ak_text_free(&json);
	ak_file_drop(&f);
	ak_file_drop(&trust);
	return code;
}

static int write_evidence(const ak_cli *c, const ak_text *evidence, ak_continuity outcome)
{
	const char *path = ak_opt_value(&c->opts, OPT_OUT);
	int code;

	if (path == NULL)
		return EXIT_HOLDS;
	if (evidence->len == 0 && outcome != AK_NOT_SHOWN)
		return ak_out_fault(c, AK_LIMIT, path, MSG_CONSISTENCY_TOO_LONG, NULL);
	if (evidence->len == 0) {
		ak_out_note(c, MSG_CONSISTENCY_NO_EVIDENCE, path, NULL);
		return EXIT_HOLDS;
	}
	code = ak_file_write(c, path, (ak_span){ (const uint8_t *)evidence->data, evidence->len }, AK_WRITE_NEW);
	if (code == EXIT_HOLDS)
		ak_out_note(c, MSG_CONSISTENCY_WRITTEN, path, NULL);
	return code;
}

/* Without a ledger two notes of one size can still be judged, where it is not one that the command names. */
static bool alone(const ak_cli *c)
{
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	uint64_t size;
	ak_status st;

	if (ak_opt_has(&c->opts, OPT_DIR) || ak_opt_has(&c->opts, OPT_OUT) || is_size(c->opts.operand[0], &size) ||
	    is_size(c->opts.operand[1], &size))
		return false;
	st = ak_ledger_open(c->dir, &l, &e);
	ak_ledger_free(&l);
	return st == AK_NOT_FOUND;
}

/* The file at fault. */
static const char *blamed(const ak_cli *c, const ak_error *e)
{
	const char *where = e->where == NULL ? "" : e->where;

	return strncmp(where, "old", 3) == 0 ? c->opts.operand[0] : strncmp(where, "new", 3) == 0 ? c->opts.operand[1] : NULL;
}

static int compare_notes(ak_cli *c)
{
	ak_continuity outcome = AK_NOT_SHOWN;
	ak_file trust = { 0 }, old = { 0 }, new = { 0 };
	ak_text json = { 0 };
	ak_error e = { 0 };
	int code = ak_cli_trust(c, &trust);

	if (code == EXIT_HOLDS)
		code = ak_file_read(c, c->opts.operand[0], NOTE_FILE_MAX, &old);
	if (code == EXIT_HOLDS)
		code = ak_file_read(c, c->opts.operand[1], NOTE_FILE_MAX, &new);
	if (code == EXIT_HOLDS &&
	    ak_consistency_notes(ak_file_span(&old), ak_file_span(&new), ak_file_span(&trust), &outcome, &json, &e) != AK_OK)
		code = ak_out_refused(c, blamed(c, &e), &e, NULL);
	if (code == EXIT_HOLDS)
		code = tell(c, &json, outcome);
	ak_text_free(&json);
	ak_file_drop(&old);
	ak_file_drop(&new);
	ak_file_drop(&trust);
	return code;
}

static int compare(ak_cli *c)
{
	note old = { 0 }, new = { 0 };
	ak_text json = { 0 }, evidence = { 0 };
	ak_continuity outcome = AK_NOT_SHOWN;
	ak_file trust = { 0 };
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	int code = ak_cli_trust(c, &trust);

	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS)
		code = read_note(c, l, c->opts.operand[0], &old);
	if (code == EXIT_HOLDS)
		code = read_note(c, l, c->opts.operand[1], &new);
	if (code == EXIT_HOLDS &&
	    ak_ledger_consistency(l, span_of(&old), span_of(&new), ak_file_span(&trust), &outcome, &json, &evidence,
	                          &e) != AK_OK)
		code = ak_out_refused(c, blamed(c, &e), &e, NULL);
	if (code == EXIT_HOLDS) { /* what was found is said, whatever becomes of the file; a fork is the worst of it */
		int written;

		code = tell(c, &json, outcome);
		written = write_evidence(c, &evidence, outcome);
		if (code == EXIT_HOLDS || (code != EXIT_DOES_NOT_HOLD && written != EXIT_HOLDS))
			code = written;
	}
	drop(&old);
	drop(&new);
	ak_text_free(&json);
	ak_text_free(&evidence);
	ak_file_drop(&trust);
	ak_ledger_free(&l);
	return code;
}

int ak_cmd_consistency(ak_cli *c)
{
	const char *proof = ak_opt_value(&c->opts, OPT_PROOF);

	if (proof != NULL && c->opts.n_operands > 0)
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--proof", c->opts.operand[0], NULL);
	if (proof != NULL && ak_opt_has(&c->opts, OPT_OUT))
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--proof", "--output", NULL);
	if (proof == NULL && c->opts.n_operands < 2)
		return ak_out_usage(c, MSG_OPERAND_MISSING, c->opts.n_operands == 0 ? "OLD" : "NEW", NULL);
	return proof != NULL ? check_file(c, proof) : alone(c) ? compare_notes(c) : compare(c);
}
