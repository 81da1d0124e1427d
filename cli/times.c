/* SPDX-License-Identifier: Apache-2.0 */
/* akashi timestamp list and renew; the countdown of status. */
#include "times.h"

#include "answer.h"
#include "commands.h"
#include "files.h"
#include "js.h"
#include "stamp.h"
#include "standings.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

int ak_times_within(const ak_cli *c, uint32_t *days)
{
	uint64_t n = AK_TIMES_WITHIN;
	int code = ak_cli_number(c, OPT_WITHIN, 0, AK_TIMES_WITHIN_MAX, &n);

	*days = (uint32_t)n;
	return code;
}

static ak_msg state_word(const char *state)
{
	static const struct {
		const char *stored;
		ak_msg word;
	} words[] = {
		{ "good", MSG_TIMES_GOOD },       { "due", MSG_TIMES_DUE },           { "lapsed", MSG_TIMES_LAPSED },
		{ "carried", MSG_TIMES_CARRIED }, { "unproven", MSG_TIMES_UNPROVEN },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].stored, state) == 0)
			return words[i].word;
	}
	return MSG_TIMES_UNPROVEN;
}

static const char *when(const ak_cli *c, const json_t *row, const char *name, char room[AK_CELL_ROOM])
{
	const char *t = ak_js_str(row, name);
	char whole[24];

	if (*t == '\0')
		return "—";
	(void)snprintf(whole, sizeof(whole), "%.19sZ", t);
	return ak_term_day(c->ja, whole, room) == room ? room : t;
}

static const char *cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	switch (column) {
	case 0:
		(void)snprintf(room, AK_CELL_ROOM, "#%s", AK_NUM(ak_js_num(row, "record")));
		return room;
	case 1:
		return ak_term_number(ak_js_num(row, "size"), room);
	case 2:
		return when(c, row, "proven", room);
	case 3:
		return *ak_js_str(row, "authority") == '\0' ? "—" : ak_js_str(row, "authority");
	case 4:
		return when(c, row, "until", room);
	default:
		return ak_msg_text(state_word(ak_js_str(row, "state")), c->ja);
	}
}

void ak_times_countdown(const ak_cli *c, const json_t *times, bool ended)
{
	const json_t *next = ak_js_at(times, "next");
	char day[AK_CELL_ROOM];

	if (ended) { /* nothing is sealed any more, a renewal neither */
		if (json_is_object(next) && *ak_js_str(next, "until") != '\0')
			ak_out_wrapped(c, stdout, 0, MSG_TIMES_ENDED, when(c, next, "until", day), NULL);
		return;
	}
	if (json_is_object(next) && *ak_js_str(next, "until") == '\0')
		ak_out_line(c, stdout, MSG_TIMES_NO_END, NULL);
	else if (json_is_object(next))
		ak_out_line(c, stdout, MSG_TIMES_NEXT, when(c, next, "until", day), AK_NUM(ak_js_num(next, "days_left")), NULL);
	if (ak_js_num(times, "due") > 0)
		ak_out_line(c, stdout, MSG_TIMES_WARN_DUE, AK_NUM(ak_js_num(times, "due")), AK_NUM(ak_js_num(times, "within")), NULL);
	if (ak_js_num(times, "lapsed") > 0)
		ak_out_line(c, stdout, MSG_TIMES_WARN_LAPSED, AK_NUM(ak_js_num(times, "lapsed")), NULL);
	if (ak_js_num(times, "unproven") > 0)
		ak_out_line(c, stdout, MSG_TIMES_WARN_UNPROVEN, AK_NUM(ak_js_num(times, "unproven")), NULL);
}

/* Whose lists would have to be looked at, each once.  The ledger has lists by their digests only. */
static void tell_unlisted(const ak_cli *c, const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		const char *key = ak_js_str(row, "unlisted.key"), *issuer = ak_js_str(row, "unlisted.issuer");
		bool told = *key == '\0';

		for (size_t k = 0; k < i && !told; k++)
			told = strcmp(key, ak_js_str(json_array_get(rows, k), "unlisted.key")) == 0;
		if (!told)
			ak_out_note(c, MSG_TIMES_UNLISTED, *issuer != '\0' ? issuer : key, key, NULL);
	}
}

static void print_list(const ak_cli *c, const json_t *o, bool ended)
{
	static const ak_msg heads[] = { MSG_HEAD_RECORD, MSG_HEAD_CHECKPOINT, MSG_HEAD_PROVEN, MSG_HEAD_BY_AUTHORITY, MSG_HEAD_HOLDS_UNTIL, MSG_HEAD_STANDING };
	const json_t *rows = ak_js_at(o, "proofs"), *row;
	size_t i;

	if (json_array_size(rows) == 0) {
		ak_out_line(c, stdout, MSG_TIMES_NONE, NULL);
		return;
	}
	ak_answer_table(c, rows, heads, sizeof(heads) / sizeof(heads[0]), cell);
	json_array_foreach(rows, i, row) {
		const json_t *why = ak_js_at(row, "problem");

		if (json_is_object(why))
			ak_out_line(c, stdout, MSG_TIMES_WHY, AK_NUM(ak_js_num(row, "record")),
			            *ak_js_str(why, "detail") == '\0' ? ak_js_str(why, "text") : ak_js_str(why, "detail"), NULL);
	}
	(void)fputc('\n', stdout);
	ak_times_countdown(c, o, ended);
	tell_unlisted(c, rows);
}

int ak_times_list(ak_cli *c)
{
	ak_stamping s = { 0 };
	ak_ledger *l = NULL;
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *o = NULL;
	uint32_t within = 0;
	int code = ak_stamping_read(c, NULL, &s);

	if (code == EXIT_HOLDS)
		code = ak_times_within(c, &within);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS && ak_ledger_times(l, &s.o, within, &json, &e) != AK_OK)
		code = ak_out_refused(c, NULL, &e, NULL);
	if (code == EXIT_HOLDS && c->json) {
		ak_out_json_text(&json);
	} else if (code == EXIT_HOLDS) {
		code = ak_answer(c, &json, &o);
		if (code == EXIT_HOLDS) {
			json_t *closing = ak_answer_ended(l);

			print_list(c, o, closing != NULL);
			json_decref(closing);
		}
	}
	json_decref(o);
	ak_text_free(&json);
	ak_ledger_free(&l);
	ak_stamping_clear(&s);
	return code;
}

/* ---- renewing ------------------------------------------------------------------------------------------------------- */

static void print_renewed(const ak_cli *c, const json_t *o, uint32_t within)
{
	const json_t *row;
	size_t i;

	if (ak_js_len(o, "renewed") == 0)
		ak_out_line(c, stdout, MSG_RENEW_NOTHING, AK_NUM(within), NULL);
	json_array_foreach(ak_js_at(o, "renewed"), i, row) {
		char proven[AK_CELL_ROOM], until[AK_CELL_ROOM], was[AK_CELL_ROOM];

		ak_out_line(c, stdout, MSG_RENEWED, AK_NUM(ak_js_num(row, "record")), AK_NUM(ak_js_num(row, "size")), when(c, row, "proven", proven),
		            when(c, row, "until", until), when(c, row, "was", was), ak_js_str(row, "last_authority"), NULL);
	}
}

static int renew(ak_cli *c, ak_ledger *l, const ak_renew_options *r, const ak_stamping *s, const ak_seal_options *seal)
{
	char next[AK_NEXT_ROOM] = "";
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *o = NULL;
	int code = EXIT_HOLDS;

	if (ak_ledger_renew(l, r, &s->o, seal, &json, &e) != AK_OK) {
		if (e.where == NULL || strcmp(e.where, "timestamp.renewal") != 0)
			return ak_stamping_refused(c, s->o.url, &e);
		(void)ak_out_text(c, next, sizeof(next), MSG_RENEW_NEXT_LATER, NULL);
		return ak_out_refused(c, s->o.url, &e, next);
	}
	if (c->json) {
		ak_out_json_text(&json);
	} else {
		code = ak_answer(c, &json, &o);
		if (code == EXIT_HOLDS)
			print_renewed(c, o, r->within);
	}
	json_decref(o);
	ak_text_free(&json);
	return code;
}

int ak_times_renew(ak_cli *c)
{
	const char *url = ak_opt_value(&c->opts, OPT_URL);
	ak_renew_options r = { .digest = ak_opt_value(&c->opts, OPT_DIGEST), .has_size = ak_opt_has(&c->opts, OPT_SIZE) };
	ak_operating w = { 0 };
	ak_stamping s = { 0 };
	int code;

	if (url == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, "--url URL", NULL);
	if (r.digest != NULL && strcmp(r.digest, "sha384") != 0 && strcmp(r.digest, "sha512") != 0)
		return ak_out_usage(c, MSG_OPT_MISSING, "--digest sha384|sha512", NULL);
	code = ak_stamping_read(c, url, &s);
	if (code == EXIT_HOLDS)
		code = ak_times_within(c, &r.within);
	if (code == EXIT_HOLDS)
		code = ak_cli_number(c, OPT_SIZE, 1, INT64_MAX, &r.size);
	if (code == EXIT_HOLDS)
		code = ak_cli_operate(c, &w);
	if (code == EXIT_HOLDS)
		code = renew(c, w.l, &r, &s, &w.o);
	ak_operating_clear(&w);
	ak_stamping_clear(&s);
	return code;
}
