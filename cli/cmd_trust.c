/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "js.h"
#include "qr.h"
#include "svg.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { TRUST_MAX = 65536, COLUMN = 18, CODE_MAX = 512, GROUP_ROOM = 128 };

static void field(const ak_cli *c, ak_msg label, const char *value)
{
	if (*value == '\0')
		return;
	ak_term_spaces(stdout, 2);
	ak_term_pad(stdout, ak_msg_text(label, c->ja), COLUMN - 2);
	ak_term_wrap(stdout, value, COLUMN, ak_out_text_width(c));
	(void)fputc('\n', stdout);
}

/* "g: 2 of w1, w2, w3", so that a person sees what a quorum is. */
static void group(const ak_cli *c, ak_msg label, const json_t *o)
{
	const json_t *members = ak_js_at(o, "members"), *m;
	size_t room = GROUP_ROOM + strlen(ak_js_str(o, "name")), n, i;
	char *text;

	json_array_foreach(members, i, m)
		room += json_string_length(m) + sizeof("、");
	text = malloc(room);
	if (text == NULL) {
		(void)ak_out_no_memory(c);
		return;
	}
	(void)ak_out_text(c, text, room, MSG_TRUST_GROUP_OF, ak_js_str(o, "name"), AK_NUM(ak_js_num(o, "k")), AK_NUM(json_array_size(members)), NULL);
	n = strlen(text);
	json_array_foreach(members, i, m)
		n += (size_t)snprintf(text + n, room - n, "%s%s", i == 0 ? "" : c->ja ? "、" : ", ", json_string_value(m));
	field(c, label, text);
	free(text);
}

/* A list of names, or of objects that have one; with --full their keys too. */
static void names(const ak_cli *c, ak_msg label, const json_t *list)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v) {
		const char *name = json_is_string(v) ? json_string_value(v) : ak_js_str(v, "name");

		field(c, i == 0 ? label : MSG_NONE, name);
		if (c->full && *ak_js_str(v, "key") != '\0')
			field(c, MSG_NONE, ak_js_str(v, "key"));
	}
}

static void profiles(const ak_cli *c, const json_t *o)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(o, "profiles"), i, v) {
		char digest[AK_TERM_DIGEST_MAX];

		ak_term_spaces(stdout, 2);
		ak_term_pad(stdout, i == 0 ? ak_msg_text(MSG_TRUST_PROFILE, c->ja) : "", COLUMN - 2);
		ak_out_line(c, stdout, ak_js_true(v, "held") ? MSG_TRUST_PROFILE_HELD : MSG_TRUST_PROFILE_NOT_HELD, ak_js_str(v, "scheme"),
		            ak_term_digest(c->full, ak_js_str(v, "digest"), digest), NULL);
	}
	if (ak_js_len(o, "profiles") > 0)
		field(c, MSG_NONE, ak_msg_text(MSG_TRUST_PROFILE_ADDS, c->ja));
}

static const char *or_none(const ak_cli *c, const char *word)
{
	return strcmp(word, "none") == 0 ? ak_msg_text(MSG_TRUST_NONE, c->ja) : word;
}

/* "7 days" of "P7D"; other periods as they are written. */
static const char *days(const ak_cli *c, const char *period, char room[64])
{
	size_t n = *period == 'P' ? strspn(period + 1, "0123456789") : 0;
	char number[24];

	if (n == 0 || n > 9 || strcmp(period + 1 + n, "D") != 0)
		return period;
	(void)snprintf(number, sizeof(number), "%.*s", (int)n, period + 1);
	return ak_out_text(c, room, 64, MSG_TRUST_FRESH_DAYS, number, NULL);
}

static void describe(const ak_cli *c, const json_t *o)
{
	const json_t *v;
	char room[64];
	size_t i;

	ak_out_paint(c, stdout, AK_PAINT_BOLD);
	ak_term_put(stdout, ak_js_str(o, "origin"));
	ak_out_plain(c, stdout);
	(void)fputc('\n', stdout);
	field(c, MSG_TRUST_GENESIS, ak_js_str(o, "genesis"));
	field(c, MSG_TRUST_KEYSET, ak_js_str(o, "keyset"));
	if (*ak_js_str(o, "keyset") != '\0')
		field(c, MSG_NONE, ak_msg_text(MSG_TRUST_KEYSET_FLOOR, c->ja));
	names(c, MSG_TRUST_WITNESSES, ak_js_at(o, "witnesses"));
	json_array_foreach(ak_js_at(o, "groups"), i, v)
		group(c, i == 0 ? MSG_TRUST_GROUPS : MSG_NONE, v);
	field(c, MSG_TRUST_QUORUM, or_none(c, ak_js_str(o, "quorum")));
	field(c, MSG_TRUST_COMPLETE, or_none(c, ak_js_str(o, "complete")));
	field(c, MSG_TRUST_FRESH, days(c, ak_js_str(o, "fresh"), room));
	profiles(c, o);
	(void)fputc('\n', stdout);
	field(c, MSG_TRUST_FINGERPRINT, ak_js_str(o, "fingerprint.digits"));
	field(c, MSG_TRUST_WORDS, ak_js_str(o, "fingerprint.words"));
	field(c, MSG_HEAD_ID, ak_js_str(o, "fingerprint.sha256"));
	(void)fputc('\n', stdout);
	json_array_foreach(ak_js_at(o, "warnings"), i, v)
		ak_out_line(c, stdout, MSG_WARNING, ak_js_lang(v, "", c->ja), NULL);
	ak_out_line(c, stdout, MSG_TRUST_COMPARE, NULL);
}

/* ---- the fingerprint as a picture ------------------------------------------------------------------------------- */

/* FORMAT, Trust file: what the code says. */
static const char *code_text(const json_t *o, char out[CODE_MAX])
{
	const char *digest = ak_js_str(o, "fingerprint.sha256");

	(void)snprintf(out, CODE_MAX, "akashi-trust:%.255s?sha256=%s", ak_js_str(o, "origin"),
	               strncmp(digest, "sha256:", 7) == 0 ? digest + 7 : digest);
	return out;
}

typedef struct picture {
	const json_t *trust;
	const ak_qr *qr;
} picture;

/* Words or groups of digits, `each` to a line. */
static double put_groups(FILE *f, double y, const char *text, size_t each)
{
	char line[256];

	while (*text != '\0') {
		size_t n = 0;

		for (size_t i = 0; i < each && text[n] != '\0'; i++) {
			n += strcspn(text + n, " ");
			if (i + 1 < each)
				n += strspn(text + n, " ");
		}
		(void)snprintf(line, sizeof(line), "%.*s", (int)(n < sizeof(line) ? n : sizeof(line) - 1), text);
		ak_svg_text(f, 460, y, 18, "font-family=\"'DejaVu Sans Mono',monospace\" fill=\"" AK_SVG_INK "\"", line);
		text += n + strspn(text + n, " ");
		y += 26;
	}
	return y;
}

static void draw_picture(FILE *f, const ak_cli *c, const void *what)
{
	static const char bold[] = "font-weight=\"bold\" fill=\"" AK_SVG_INK "\"", soft[] = "fill=\"" AK_SVG_SOFT "\"";
	const picture *p = what;
	const char *origin = ak_js_str(p->trust, "origin"), *digits = ak_js_str(p->trust, "fingerprint.digits");
	const char *words = ak_js_str(p->trust, "fingerprint.words");
	char code[CODE_MAX], text[2048];
	double y = 112;

	ak_svg_open(f, c, 900, 470, ak_out_text(c, text, sizeof(text), MSG_TRUST_QR_TITLE, origin, NULL));
	ak_svg_desc_open(f);
	ak_svg_escaped(f, ak_out_text(c, text, sizeof(text), MSG_TRUST_QR_TEXT, code_text(p->trust, code), digits, words, NULL));
	ak_svg_desc_close(f);
	ak_svg_text(f, 28, 44, 22, bold, ak_out_text(c, text, sizeof(text), MSG_TRUST_QR_TITLE, origin, NULL));
	ak_qr_svg(f, p->qr, 20, 64, 392);
	ak_svg_text(f, 460, 84, 14, soft, ak_msg_text(MSG_TRUST_FINGERPRINT, c->ja));
	y = put_groups(f, y, digits, 4);
	ak_svg_text(f, 460, y + 4, 14, soft, ak_msg_text(MSG_TRUST_WORDS, c->ja));
	(void)put_groups(f, y + 32, words, 4);
	ak_svg_close(f);
}

/* What is asked for beside the description: the picture first, so that nothing is said when it cannot be written. */
static int show_code(const ak_cli *c, const json_t *o, const ak_text *json)
{
	const char *path = ak_opt_value(&c->opts, OPT_SVG);
	bool asked = path != NULL || ak_opt_has(&c->opts, OPT_QR);
	char text[CODE_MAX];
	ak_qr qr = { 0 };
	const picture p = { .trust = o, .qr = &qr };
	int code = EXIT_HOLDS;

	if (asked && !ak_qr_make(code_text(o, text), &qr))
		return ak_out_fault(c, AK_NO_MEMORY, NULL, MSG_TRUST_QR_FAILED, NULL);
	if (path != NULL)
		code = ak_svg_write(c, path, draw_picture, &p);
	if (code == EXIT_HOLDS && (path == NULL || strcmp(path, "-") != 0)) {
		if (c->json)
			ak_out_json_text(json);
		else
			describe(c, o);
		if (!c->json && ak_opt_has(&c->opts, OPT_QR)) {
			ak_qr_print(c, stdout, &qr);
			ak_out_line(c, stdout, MSG_TRUST_QR_HOLDS, text, NULL);
		}
	}
	ak_qr_drop(&qr);
	return code;
}

static int load(const ak_cli *c, const char *path, ak_text *json)
{
	ak_file f = { 0 };
	ak_error e = { 0 };
	int code = ak_file_read(c, path, TRUST_MAX, &f);

	if (code == EXIT_HOLDS && ak_trust_describe(ak_file_span(&f), json, &e) != AK_OK)
		code = ak_out_refused(c, path, &e, NULL);
	ak_file_drop(&f);
	return code;
}

static int show(const ak_cli *c, const char *path)
{
	ak_text json = { 0 };
	json_t *o = NULL;
	int code = load(c, path, &json);

	if (code == EXIT_HOLDS)
		code = ak_answer(c, &json, &o);
	if (code == EXIT_HOLDS)
		code = show_code(c, o, &json);
	json_decref(o);
	ak_text_free(&json);
	return code;
}

static int init(const ak_cli *c)
{
	const char *path = ak_opt_value(&c->opts, OPT_OUT);
	ak_ledger *l = NULL;
	ak_text trust = { 0 };
	ak_error e = { 0 };
	int code = ak_cli_open(c, &l);

	if (code != EXIT_HOLDS)
		return code;
	if (ak_ledger_trust(l, &trust, &e) != AK_OK)
		code = ak_out_refused(c, c->dir, &e, NULL);
	else
		code = ak_file_write(c, path == NULL ? "-" : path, (ak_span){ (const uint8_t *)trust.data, trust.len }, AK_WRITE_NEW);
	if (code == EXIT_HOLDS)
		ak_out_note(c, MSG_TRUST_MADE, path == NULL ? "FILE" : path, NULL);
	ak_text_free(&trust);
	ak_ledger_free(&l);
	return code;
}

/* One line of the file: whether it fits, and what is here in its place. */
static void fits(const ak_cli *c, ak_msg name, bool yes, const char *wanted, const char *found)
{
	char digest[2][AK_TERM_DIGEST_MAX];

	(void)fputs(yes ? "  ✓ " : "  ✗ ", stdout);
	ak_term_pad(stdout, ak_msg_text(name, c->ja), COLUMN - 2);
	if (yes)
		ak_term_put(stdout, ak_term_digest(c->full, wanted, digest[0]));
	else
		ak_out_put(c, stdout, MSG_EXPECTED_FOUND, ak_term_digest(c->full, wanted, digest[0]),
		           ak_term_digest(c->full, found, digest[1]), NULL);
	(void)fputc('\n', stdout);
}

static void fits_in_chain(const ak_cli *c, ak_msg name, bool yes, const char *wanted, ak_msg missing)
{
	char digest[AK_TERM_DIGEST_MAX];

	(void)fputs(yes ? "  ✓ " : "  ✗ ", stdout);
	ak_term_pad(stdout, ak_msg_text(name, c->ja), COLUMN - 2);
	if (yes)
		ak_term_put(stdout, ak_term_digest(c->full, wanted, digest));
	else
		ak_out_put(c, stdout, missing, NULL);
	(void)fputc('\n', stdout);
}

static void print_fit(const ak_cli *c, const json_t *trust, const json_t *head, const json_t *fit)
{
	const char *floor = ak_js_str(trust, "keyset");
	bool here = ak_js_true(fit, "origin") && ak_js_true(fit, "genesis");
	const json_t *v;
	size_t i;

	ak_answer_closing(c, head);
	fits(c, MSG_TRUST_ORIGIN, ak_js_true(fit, "origin"), ak_js_str(trust, "origin"), ak_js_str(head, "origin"));
	fits(c, MSG_TRUST_GENESIS, ak_js_true(fit, "genesis"), ak_js_str(trust, "genesis"), ak_js_str(head, "genesis"));
	fits_in_chain(c, MSG_TRUST_LOG, ak_js_true(fit, "log"), ak_js_str(trust, "log"), MSG_TRUST_LOG_UNKNOWN);
	if (*floor != '\0')
		fits_in_chain(c, MSG_TRUST_KEYSET, ak_js_true(fit, "keyset"), floor, MSG_TRUST_KEYSET_UNKNOWN);
	json_array_foreach(ak_js_at(fit, "own_witnesses"), i, v) {
		(void)fputs("  ✗ ", stdout);
		ak_term_pad(stdout, ak_msg_text(MSG_TRUST_WITNESSES, c->ja), COLUMN - 2);
		ak_out_line(c, stdout, MSG_TRUST_OWN_WITNESS, json_string_value(v), NULL);
	}
	ak_out_line(c, stdout, ak_js_true(fit, "ok") ? MSG_TRUST_FITS : here ? MSG_TRUST_UNFIT : MSG_TRUST_OTHER, NULL);
}

/* Does this trust file speak of the ledger here?  That alone says nothing about the ledger: audit does. */
static int check(const ak_cli *c, const char *path)
{
	ak_text trust_json = { 0 }, head_json = { 0 }, fit_json = { 0 };
	json_t *trust = NULL, *head = NULL, *fit = NULL;
	ak_ledger *l = NULL;
	ak_file f = { 0 };
	ak_error e = { 0 };
	int code = ak_file_read(c, path, TRUST_MAX, &f);

	if (code == EXIT_HOLDS && ak_trust_describe(ak_file_span(&f), &trust_json, &e) != AK_OK)
		code = ak_out_refused(c, path, &e, NULL);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS && (ak_ledger_head(l, &head_json, &e) != AK_OK ||
	                           ak_ledger_check_trust(l, ak_file_span(&f), &fit_json, &e) != AK_OK))
		code = ak_out_refused(c, c->dir, &e, NULL);
	if (code == EXIT_HOLDS)
		code = ak_answer(c, &trust_json, &trust);
	if (code == EXIT_HOLDS)
		code = ak_answer(c, &head_json, &head);
	if (code == EXIT_HOLDS)
		code = ak_answer(c, &fit_json, &fit);
	if (code == EXIT_HOLDS) {
		code = ak_js_true(fit, "ok") ? EXIT_HOLDS : EXIT_DOES_NOT_HOLD;
		if (c->json)
			ak_out_json_text(&fit_json);
		else
			print_fit(c, trust, head, fit);
	}
	json_decref(trust);
	json_decref(head);
	json_decref(fit);
	ak_text_free(&trust_json);
	ak_text_free(&head_json);
	ak_text_free(&fit_json);
	ak_file_drop(&f);
	ak_ledger_free(&l);
	return code;
}

int ak_cmd_trust(ak_cli *c)
{
	const char *verb = c->opts.operand[0], *path = c->opts.n_operands > 1 ? c->opts.operand[1] : NULL;
	bool making = strcmp(verb, "init") == 0;

	if (!making && strcmp(verb, "show") != 0 && strcmp(verb, "check") != 0)
		return ak_out_usage(c, MSG_TRUST_VERBS, verb, NULL);
	if (making && path != NULL)
		return ak_out_usage(c, MSG_OPERAND_TOO_MANY, path, NULL);
	if (!making && path == NULL)
		return ak_out_usage(c, MSG_OPERAND_MISSING, "FILE", NULL);
	if (!making && ak_opt_has(&c->opts, OPT_OUT))
		return ak_out_usage(c, MSG_OPT_OUT_OF_PLACE, "--output", verb, NULL);
	if (*verb != 's' && ak_opt_has(&c->opts, OPT_QR))
		return ak_out_usage(c, MSG_OPT_OUT_OF_PLACE, "--qr", verb, NULL);
	if (*verb != 's' && ak_opt_has(&c->opts, OPT_SVG))
		return ak_out_usage(c, MSG_OPT_OUT_OF_PLACE, "--svg", verb, NULL);
	if (making)
		return init(c);
	return *verb == 's' ? show(c, path) : check(c, path);
}
