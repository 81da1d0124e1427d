/* SPDX-License-Identifier: Apache-2.0 */
#include "sign_many.h"

#include "answer.h"
#include "apart.h"
#include "js.h"
#include "meeting.h"
#include "scheme.h"
#include "sign_table.h"
#include "staged.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void clear(ak_many *m)
{
	for (size_t i = 0; i < m->n; i++) {
		ak_signing_clear(&m->s[i]);
		free(m->path[i]);
	}
	for (size_t i = 0; i < m->n_keys; i++)
		ak_secret_free(&m->key[i]);
	free(m->s);
	free(m->path);
	json_decref(m->index);
}

/* ---- reading -------------------------------------------------------------------------------------------------------- */

/* Paths are in order: of the index, or as they were given. */
static int find_files(const ak_cli *c, ak_many *m)
{
	size_t n = c->opts.n_operands;
	int code = EXIT_HOLDS;

	if (ak_path_is_folder(c->opts.operand[0])) {
		if (n > 1)
			return ak_out_usage(c, MSG_OPERAND_TOO_MANY, c->opts.operand[1], NULL);
		m->folder = c->opts.operand[0];
		code = ak_meeting_read(c, m->folder, &m->index);
		n = ak_js_len(m->index, "cases");
	}
	if (code != EXIT_HOLDS)
		return code;
	m->path = calloc(n, sizeof(*m->path));
	m->s = calloc(n, sizeof(*m->s));
	if (m->path == NULL || m->s == NULL)
		return ak_out_no_memory(c);
	for (size_t i = 0; i < n; i++) {
		m->path[i] = m->folder == NULL ? strdup(c->opts.operand[i]) : ak_meeting_file(m->folder, ak_many_case(m, i));
		if (m->path[i] == NULL)
			return ak_out_no_memory(c);
		m->n = i + 1;
	}
	return EXIT_HOLDS;
}

/* What was looked through is what is signed. */
static int same_as_index(const ak_cli *c, const ak_many *m, size_t i)
{
	const json_t *one = ak_many_case(m, i);
	char label[AK_CASE_ROOM];

	if (one == NULL || strcmp(ak_js_str(one, "statement"), ak_js_str(m->s[i].shown, "statement")) == 0)
		return EXIT_HOLDS;
	return ak_out_fault(c, AK_BAD_FORMAT, m->path[i], MSG_NOT_THE_DRAFT, ak_case_label(c, one, label), NULL);
}

static int read_files(ak_cli *c, ak_many *m)
{
	bool showing = ak_opt_has(&c->opts, OPT_SHOW);
	int code = EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && i < m->n; i++) {
		m->s[i].ledger = m->ledger;
		code = ak_signing_read(c, m->path[i], &m->s[i]);
		for (size_t k = 0; code == EXIT_HOLDS && k < i; k++) {
			if (strcmp(ak_js_str(m->s[k].shown, "statement"), ak_js_str(m->s[i].shown, "statement")) == 0)
				code = ak_out_fault(c, AK_REPEATED, m->path[i], MSG_SAME_STATEMENT, m->path[k], NULL);
		}
		if (code == EXIT_HOLDS && !showing)
			code = ak_signing_blanks(c, m->path[i], m->s[i].shown);
		if (code == EXIT_HOLDS)
			code = same_as_index(c, m, i);
		if (code == EXIT_HOLDS && !showing)
			code = ak_signing_refused(c, &m->s[i], m->path[i]);
	}
	return code;
}

/* ---- who has signed -------------------------------------------------------------------------------------------------- */

/* "1    decision C24-0101-2 …  2 of 3 signatures", and who signed behind it or, where that does not fit, on lines of their own. */
static void put_case(const ak_cli *c, const ak_many *m, size_t i, const json_t *o, const char *who)
{
	const ak_signing *s = &m->s[i];
	const json_t *one = ak_many_case(m, i);
	const uint64_t needed = ak_js_num(o, "signatures.needed");
	const size_t width = ak_out_text_width(c), column = ak_many_cells(c);
	char cut[AK_MANY_TEXT], count[128];
	ak_many_row_text text;
	size_t used;

	if (ak_js_has(o, "sealed_as"))
		(void)ak_out_text(c, count, sizeof(count), MSG_SHOW_SEALED, AK_NUM(ak_js_num(o, "sealed_as")), NULL);
	else if (needed > 0)
		(void)ak_out_text(c, count, sizeof(count), MSG_SHOW_COUNT, AK_NUM(ak_js_num(o, "signatures.counted")), AK_NUM(needed), NULL);
	else
		(void)ak_out_text(c, count, sizeof(count), MSG_SHOW_SIGNED, AK_NUM(ak_js_len(s->shown, "signatures")), NULL);
	ak_term_spaces(stdout, 2);
	ak_term_pad(stdout, ak_term_cut(one != NULL ? ak_case_number(one) : AK_NUM(i + 1), AK_MANY_NO_CELLS - 1, cut, sizeof(cut)), AK_MANY_NO_CELLS);
	ak_term_pad(stdout, ak_many_row(c, m, i, &text), column + 2);
	(void)fputs(count, stdout);
	used = 2 + AK_MANY_NO_CELLS + column + 2 + ak_term_width(count);
	if (*who != '\0' && used + 2 + ak_term_width(who) <= width) {
		(void)fputs("  ", stdout);
		ak_term_put(stdout, who);
	} else if (*who != '\0') {
		(void)fputc('\n', stdout);
		ak_term_spaces(stdout, 2 + AK_MANY_NO_CELLS);
		ak_term_wrap(stdout, who, 2 + AK_MANY_NO_CELLS, width);
	}
	(void)fputc('\n', stdout);
}

static int show_case(const ak_cli *c, const ak_many *m, size_t i, json_t *all, size_t *ready)
{
	const ak_signing *s = &m->s[i];
	const json_t *one = ak_many_case(m, i), *v;
	char who[AK_MANY_TEXT] = "";
	ak_text json = { 0 };
	json_t *o = NULL, *names = json_array();
	size_t k, used = 0;
	uint64_t needed;

	if (names == NULL)
		return ak_out_no_memory(c);
	if (m->ledger != NULL && ak_ledger_check(m->ledger, ak_signing_now(s), c->now, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	needed = ak_js_num(o, "signatures.needed");
	*ready += ak_js_true(o, "would_seal");
	json_array_foreach(ak_js_at(s->shown, "signatures"), k, v) {
		char *name = ak_answer_who(c, s->ledger, ak_js_str(v, "keyid"));

		(void)json_array_append_new(names, json_string(name == NULL ? "?" : name));
		if (used + 200 < sizeof(who))
			used += (size_t)snprintf(who + used, sizeof(who) - used, "%s%.150s", k > 0 ? c->ja ? "、" : ", " : "", name == NULL ? "?" : name);
		free(name);
	}
	if (c->json) {
		(void)json_array_append_new(all, json_pack("{s:s,s:s,s:s,s:o,s:I,s:I,s:I,s:b,s:O?}", "no", one != NULL ? ak_case_number(one) : AK_NUM(i + 1), "file", m->path[i], "statement",
		                                           ak_js_str(s->shown, "statement"), "signed_by", names, "counted", (json_int_t)ak_js_num(o, "signatures.counted"), "needed",
		                                           (json_int_t)needed, "of", (json_int_t)ak_js_num(o, "signatures.of"), "would_seal", (int)ak_js_true(o, "would_seal"), "sealed_as",
		                                           json_object_get(o, "sealed_as")));
	} else {
		put_case(c, m, i, o, who);
		json_decref(names);
	}
	json_decref(o);
	ak_text_free(&json);
	return EXIT_HOLDS;
}

static int show_all(const ak_cli *c, const ak_many *m)
{
	json_t *all = json_array();
	size_t ready = 0;
	int code = all == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && i < m->n; i++)
		code = show_case(c, m, i, all, &ready);
	if (code == EXIT_HOLDS && c->json)
		return ak_out_json(c, json_pack("{s:o}", "cases", all), EXIT_HOLDS);
	if (code == EXIT_HOLDS && m->ledger != NULL)
		ak_out_line(c, stdout, MSG_SHOW_READY, AK_NUM(m->n), AK_NUM(ready), NULL);
	json_decref(all);
	return code;
}

/* ---- signing -------------------------------------------------------------------------------------------------------- */

/* The same session as it came back from somebody else: whatever is signed there. */
static int merge_folder(const ak_cli *c, ak_many *m, const char *folder)
{
	int code = EXIT_HOLDS;

	if (m->folder == NULL)
		return ak_out_usage(c, MSG_ADD_FOLDERS, NULL);
	for (size_t i = 0; code == EXIT_HOLDS && i < m->n; i++) {
		char *path = ak_meeting_envelope(folder, ak_many_case(m, i));

		if (path == NULL)
			return ak_out_no_memory(c);
		if (ak_file_exists(path)) {
			code = ak_apart_add(c, &m->s[i], path, &(size_t){ 0 });
			m->signatures++;
		}
		free(path);
	}
	return code;
}

/* Folders, answers to the requests of one case or of several, copies of envelopes, in any order. */
static int merge(const ak_cli *c, ak_many *m)
{
	const char *path;
	int code = EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && (path = ak_opt_nth(&c->opts, OPT_ADD, i)) != NULL; i++) {
		if (ak_path_is_folder(path)) {
			code = merge_folder(c, m, path);
		} else {
			code = ak_apart_share_out(c, m->s, m->n, path);
			m->signatures++;
		}
	}
	return code;
}

/* Whoever answers requests sends back what was signed, and nothing else. */
static bool answers(const ak_cli *c, const ak_signing *s)
{
	return s->request && !ak_opt_has(&c->opts, OPT_ADD);
}

/* A key that has signed already is passed over, so that who was interrupted can go on. */
static int sign_each(const ak_cli *c, ak_many *m, const ak_secret *key)
{
	for (size_t i = 0; i < m->n; i++) {
		ak_text envelope = { 0 };
		ak_error e = { 0 };
		ak_status st = ak_exchange_sign(ak_signing_now(&m->s[i]), ak_file_span(&m->s[i].profile), key, &envelope, &e);

		if (st == AK_KEY_REUSED)
			continue;
		if (st != AK_OK)
			return ak_out_refused(c, m->path[i], &e, NULL);
		ak_text_free(&m->s[i].now);
		m->s[i].now = envelope;
		m->signatures++;
		if (answers(c, &m->s[i]) && ak_apart_take(c, &m->s[i], key) != EXIT_HOLDS)
			return EXIT_NOT_DECIDED;
	}
	return EXIT_HOLDS;
}

/* As it was before this run; what nobody has signed was not written. */
static void put_back(const ak_many *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (m->s[i].now.data == NULL)
			continue;
		if (m->s[i].there)
			(void)ak_file_swap(m->s[i].out, ak_file_span(&m->s[i].input));
		else
			(void)unlink(m->s[i].out);
	}
}

static int write_all(const ak_cli *c, const ak_many *m)
{
	int code = EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && i < m->n; i++) {
		if (m->s[i].now.data == NULL)
			continue;
		if (answers(c, &m->s[i]))
			code = ak_apart_answer(c, &m->s[i], m->path[i]);
		else
			code = ak_file_write(c, m->s[i].out, ak_signing_now(&m->s[i]), AK_WRITE_REPLACE);
		if (code != EXIT_HOLDS)
			put_back(m, i);
	}
	return code;
}

static int tell(const ak_cli *c, ak_many *m)
{
	json_t *all = json_array();
	size_t ready = 0;
	int code = all == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && i < m->n; i++) {
		json_decref(m->s[i].shown);
		m->s[i].shown = NULL;
		code = ak_signing_show(c, m->s[i].out, ak_signing_now(&m->s[i]), ak_file_span(&m->s[i].profile), &m->s[i].shown);
		if (code == EXIT_HOLDS && c->json)
			(void)json_array_append_new(all, json_pack("{s:s?,s:O,s:O?}", "envelope", m->s[i].now.data != NULL || m->s[i].there ? m->s[i].out : NULL,
			                                           "statement", json_object_get(m->s[i].shown, "statement"), "signatures", json_object_get(m->s[i].shown, "signatures")));
		else if (code == EXIT_HOLDS)
			code = show_case(c, m, i, all, &ready);
	}
	if (code == EXIT_HOLDS && c->json)
		return ak_out_json(c, json_pack("{s:o}", "signed", all), EXIT_HOLDS);
	if (code == EXIT_HOLDS && m->ledger != NULL)
		ak_out_line(c, stdout, MSG_SHOW_READY, AK_NUM(m->n), AK_NUM(ready), NULL);
	if (code == EXIT_HOLDS && ready == m->n && m->folder != NULL)
		ak_out_wrapped(c, stdout, 2, MSG_SIGN_THEN_SEAL, m->folder, NULL);
	json_decref(all);
	return code;
}

static int read_keys(const ak_cli *c, ak_many *m)
{
	const char *path;
	int code = EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && (path = ak_opt_nth(&c->opts, OPT_KEY, i)) != NULL; i++) {
		if (i == AK_MANY_KEYS)
			return ak_out_usage(c, MSG_OPERAND_TOO_MANY, path, NULL);
		code = ak_file_secret(c, path, &m->key[i]);
		if (code == EXIT_HOLDS)
			m->n_keys = i + 1;
	}
	return code;
}

/* A signature that counts for nothing would keep the envelope from being sealed: of many nobody would notice. */
static int check_roles(const ak_cli *c, const ak_many *m)
{
	char role[AK_SCHEME_TEXT], label[AK_MANY_TEXT];

	for (size_t k = 0; k < m->n_keys; k++) {
		for (size_t i = 0; i < m->n; i++) {
			if (ak_signing_in_vain(c, &m->s[i], m->key[k], role))
				return ak_out_fault(c, AK_NOT_AUTHORISED, m->path[i], MSG_SIGN_VAIN, ak_many_what(c, &m->s[i], label),
				                    *role == '\0' ? ak_msg_text(MSG_ROOT_HOLDERS, c->ja) : ak_scheme_role(c, role), NULL);
		}
	}
	return EXIT_HOLDS;
}

static int sign_all(const ak_cli *c, ak_many *m)
{
	int code = read_keys(c, m);

	if (code == EXIT_HOLDS)
		code = merge(c, m);
	if (code != EXIT_HOLDS)
		return code;
	if (m->n_keys > 0) {
		if (!ak_signing_silent(c))
			ak_many_table(c, m);
		code = check_roles(c, m);
		if (code != EXIT_HOLDS || !ak_signing_agreed(c, MSG_SIGN_ASK_ALL, m->n, &code))
			return code;
	}
	for (size_t i = 0; code == EXIT_HOLDS && i < m->n_keys; i++)
		code = sign_each(c, m, m->key[i]);
	if (code == EXIT_HOLDS && m->signatures == 0)
		return ak_out_fault(c, AK_KEY_REUSED, m->folder, m->n_keys > 0 ? MSG_SIGNED_ALREADY : MSG_NOTHING_ADDED, NULL);
	if (code == EXIT_HOLDS)
		code = write_all(c, m);
	return code == EXIT_HOLDS ? tell(c, m) : code;
}

/* One text for each, so that each is answered by itself. */
static int request_all(ak_cli *c, const ak_many *m)
{
	int code = EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && i < m->n; i++)
		code = ak_apart_request(c, &m->s[i], m->path[i]);
	return code;
}

int ak_sign_many(ak_cli *c, ak_ledger *l)
{
	ak_many *m = calloc(1, sizeof(*m));
	int code;

	if (m == NULL)
		return ak_out_no_memory(c);
	m->ledger = l;
	if (ak_opt_has(&c->opts, OPT_OUT))
		code = ak_out_usage(c, MSG_OUT_OF_MANY, NULL);
	else
		code = find_files(c, m);
	if (code == EXIT_HOLDS && !ak_opt_has(&c->opts, OPT_SHOW))
		code = ak_signing_ended(c, l, c->opts.operand[0]);
	if (code == EXIT_HOLDS)
		code = read_files(c, m);
	if (code == EXIT_HOLDS)
		code = ak_opt_has(&c->opts, OPT_SHOW) ? show_all(c, m) : ak_opt_has(&c->opts, OPT_REQUEST) ? request_all(c, m) : sign_all(c, m);
	clear(m);
	free(m);
	return code;
}
