/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "js.h"
#include "stamp.h"
#include "term.h"
#include "times.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_FILE_MAX = 4 * 1024 * 1024 };

/* ---- shared ---- */

int ak_stamping_read(const ak_cli *c, const char *url, ak_stamping *s)
{
	uint64_t seconds = 0;
	int code = ak_cli_number(c, OPT_WAIT, 1, 600, &seconds);
	size_t n = ak_opt_count(&c->opts, OPT_CRL);

	if (n > AK_STAMP_LISTS)
		return ak_out_usage(c, MSG_OPT_TOO_MANY, NULL);
	for (size_t i = 0; code == EXIT_HOLDS && i < n; i++) {
		code = ak_file_read(c, ak_opt_nth(&c->opts, OPT_CRL, i), LIST_FILE_MAX, &s->list[i]);
		s->crl[i] = ak_file_span(&s->list[i]);
	}
	s->o = (ak_timestamp_options){ .url = url, .seconds = (unsigned)seconds, .now = c->now, .crls = s->crl, .n_crls = n };
	return code;
}

void ak_stamping_clear(ak_stamping *s)
{
	for (size_t i = 0; i < AK_STAMP_LISTS; i++)
		ak_file_drop(&s->list[i]);
}

int ak_stamping_refused(const ak_cli *c, const char *what, const ak_error *e)
{
	char next[AK_NEXT_ROOM] = "";
	bool ours = strcmp(e->where, "fetch") == 0 || strncmp(e->where, "timestamp", 9) == 0;

	if (strcmp(e->where, "profile.time_authorities") == 0)
		(void)ak_out_text(c, next, sizeof(next), MSG_STAMP_NEXT_AUTHORITY, NULL);
	else if (ours)
		(void)ak_out_text(c, next, sizeof(next), MSG_STAMP_NEXT_AGAIN, NULL);
	return ak_out_refused(c, what, e, next);
}

const char *ak_stamping_accuracy(const ak_cli *c, const json_t *token, char *out, size_t room)
{
	const char *s = ak_js_str(token, "accuracy");

	return *s == '\0' ? ak_out_text(c, out, room, MSG_STAMP_NO_ACCURACY, NULL) : ak_out_text(c, out, room, MSG_STAMP_WITHIN, s, NULL);
}

/* A token may tell parts of a second; people are told whole ones. */
static const char *put_time(const ak_cli *c, const char *t, char out[AK_TERM_DATE_MAX])
{
	char whole[24];

	(void)snprintf(whole, sizeof(whole), "%.19sZ", t);
	return ak_term_instant(c->ja, whole, out) == out ? out : t;
}

const char *ak_stamping_time(const ak_cli *c, const json_t *token, char out[AK_TERM_DATE_MAX])
{
	return put_time(c, ak_js_str(token, "time"), out);
}

const char *ak_stamping_latest(const ak_cli *c, const json_t *token, char out[AK_TERM_DATE_MAX])
{
	return put_time(c, ak_js_str(token, "latest"), out);
}

void ak_stamping_tell(const ak_cli *c, const json_t *token)
{
	char accuracy[80], time[AK_TERM_DATE_MAX];

	ak_out_line(c, stdout, MSG_STAMPED, ak_js_str(token, "authority"), ak_stamping_time(c, token, time),
	            ak_stamping_accuracy(c, token, accuracy, sizeof(accuracy)), NULL);
}

/* ---- over the head ---- */

int ak_stamping_head(ak_cli *c, ak_ledger *l, const ak_stamping *s, const ak_seal_options *o)
{
	ak_text json = { 0 };
	json_t *r = NULL;
	ak_error e = { 0 };
	int code;

	if (ak_ledger_timestamp(l, &s->o, o, &json, &e) != AK_OK)
		return ak_stamping_refused(c, s->o.url, &e);
	code = ak_answer(c, &json, &r);
	if (code == EXIT_HOLDS && c->json) {
		ak_out_json_text(&json);
	} else if (code == EXIT_HOLDS) {
		uint64_t size = ak_js_num(r, "size");

		ak_stamping_tell(c, ak_js_at(r, "token"));
		ak_out_line(c, stdout, MSG_STAMP_HEAD, AK_NUM(ak_js_num(ak_js_nth(r, "sealed", 0), "seq")), AK_NUM(size - 1), NULL);
	}
	json_decref(r);
	ak_text_free(&json);
	return code;
}

static int head(ak_cli *c, const ak_stamping *s)
{
	ak_operating w;
	int code = ak_cli_operate(c, &w);

	if (code == EXIT_HOLDS)
		code = ak_stamping_head(c, w.l, s, &w.o);
	ak_operating_clear(&w);
	return code;
}

/* ---- over signatures ---- */

static void tell_file(const ak_cli *c, const char *path, const json_t *r)
{
	size_t n = ak_js_len(r, "tokens"), fresh = 0, i;
	char key[AK_TERM_DIGEST_MAX];
	const json_t *t, *last = NULL;

	json_array_foreach(ak_js_at(r, "tokens"), i, t) {
		if (json_is_true(json_object_get(t, "new"))) {
			fresh++;
			if (last == NULL || strcmp(ak_js_str(last, "time"), ak_js_str(t, "time")) != 0)
				ak_stamping_tell(c, t);
			last = t;
		} else {
			ak_out_note(c, MSG_STAMPED_AGAIN, ak_term_digest(c->full, ak_js_str(t, "keyid"), key), ak_js_str(t, "operator"), NULL);
		}
	}
	ak_out_line(c, stdout, MSG_STAMP_SIGNATURES, path, AK_NUM(fresh), AK_NUM(n), NULL);
}

static int stamp_file(ak_cli *c, ak_ledger *l, const char *path, const ak_stamping *s, json_t *all)
{
	ak_text out = { 0 }, json = { 0 };
	ak_file in = { 0 };
	json_t *r = NULL;
	ak_error e = { 0 };
	int code = ak_file_read(c, path, AK_FILE_MAX, &in);

	if (code == EXIT_HOLDS && ak_timestamp_signatures(l, ak_file_span(&in), &s->o, &out, &json, &e) != AK_OK)
		code = ak_stamping_refused(c, path, &e);
	else if (code == EXIT_HOLDS)
		code = ak_answer(c, &json, &r);
	if (code == EXIT_HOLDS)
		code = ak_file_write(c, path, (ak_span){ (const uint8_t *)out.data, out.len }, AK_WRITE_REPLACE);
	if (code == EXIT_HOLDS && c->json) {
		if (json_object_set_new(r, "file", json_string(path)) != 0 || json_array_append(all, r) != 0)
			code = ak_out_no_memory(c);
	} else if (code == EXIT_HOLDS) {
		tell_file(c, path, r);
	}
	json_decref(r);
	ak_text_free(&out);
	ak_text_free(&json);
	ak_file_drop(&in);
	return code;
}

static int files(ak_cli *c, const ak_stamping *s)
{
	json_t *all = json_array();
	ak_ledger *l = NULL;
	int code = EXIT_HOLDS;

	if (all == NULL)
		return ak_out_no_memory(c);
	/* Whose tokens count is said by the ledger, when there is one; else by the definition that this program has of the scheme. */
	if (ak_opt_has(&c->opts, OPT_DIR))
		code = ak_cli_open(c, &l);
	else if (ak_ledger_open(c->dir, &l, NULL) != AK_OK)
		l = NULL;
	for (size_t i = 0; code == EXIT_HOLDS && i < c->opts.n_operands; i++)
		code = stamp_file(c, l, c->opts.operand[i], s, all);
	ak_ledger_free(&l);
	if (code == EXIT_HOLDS && c->json)
		return ak_out_json(c, all, EXIT_HOLDS);
	json_decref(all);
	return code;
}

int ak_cmd_timestamp(ak_cli *c)
{
	const char *url = ak_opt_value(&c->opts, OPT_URL), *page = ak_opt_value(&c->opts, OPT_RECEIPT), *root = ak_opt_value(&c->opts, OPT_ROOT);
	const bool of_head = ak_opt_has(&c->opts, OPT_HEAD);
	ak_stamping s = { 0 };
	const char *verb = c->opts.n_operands > 0 ? c->opts.operand[0] : "";
	int code;

	if (strcmp(verb, "list") == 0 || strcmp(verb, "renew") == 0) {
		if (c->opts.n_operands != 1 || of_head || page != NULL)
			return ak_out_usage(c, MSG_RENEW_ALONE, verb, NULL);
		return *verb == 'l' ? ak_times_list(c) : ak_times_renew(c);
	}
	if (url == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, "--url URL", NULL);
	if (of_head && (page != NULL || c->opts.n_operands > 0))
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--head", page != NULL ? "--receipt" : "FILE", NULL);
	if (!of_head && c->opts.n_operands == 0)
		return ak_out_usage(c, MSG_STAMP_NEED_FILE, NULL);
	if (page != NULL && c->opts.n_operands != 1)
		return ak_out_usage(c, MSG_STAMP_ONE_DOCUMENT, NULL);
	if (page != NULL && root == NULL)
		return ak_out_usage(c, MSG_STAMP_NEED_ROOT, NULL);
	code = ak_stamping_read(c, url, &s);
	if (code == EXIT_HOLDS)
		code = of_head ? head(c, &s) : page != NULL ? ak_receipt(c, page, c->opts.operand[0], root, &s) : files(c, &s);
	ak_stamping_clear(&s);
	return code;
}
