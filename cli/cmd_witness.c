/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "js.h"
#include "phrase.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 64 * 1024, COLUMN = 9 };

/* ---- what it says ---------------------------------------------------------------------------------------------- */

static const char *duty_name(const ak_cli *c, const char *duty)
{
	static const struct {
		const char *duty;
		ak_msg name;
	} names[] = {
		{ "history", MSG_DUTY_HISTORY }, { "bytes", MSG_DUTY_BYTES },     { "sequence", MSG_DUTY_SEQUENCE },
		{ "time", MSG_DUTY_TIME },       { "genesis", MSG_DUTY_GENESIS }, { "operator", MSG_DUTY_OPERATOR },
		{ "key", MSG_DUTY_KEY },         { "ended", MSG_DUTY_ENDED },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].duty, duty) == 0)
			return ak_msg_text(names[i].name, c->ja);
	}
	return ak_answer_check(c, duty); /* the same as audit's */
}

static void refusal_values(const ak_cli *c, const json_t *r)
{
	char text[3][AK_PHRASE_MAX], digest[2][AK_TERM_DIGEST_MAX];
	const char *expected = ak_js_str(r, "expected"), *found = ak_js_str(r, "found");

	if (*ak_js_str(r, "detail") != '\0') {
		ak_term_spaces(stderr, COLUMN);
		ak_out_wrapped(c, stderr, COLUMN, MSG_WHAT, ak_phrase(c, ak_js_str(r, "detail"), text[2]), NULL);
	}
	if (*expected == '\0' && *found == '\0')
		return;
	ak_term_spaces(stderr, COLUMN);
	ak_out_line(c, stderr, MSG_EXPECTED_FOUND, ak_term_digest(c->full, ak_phrase(c, expected, text[0]), digest[0]),
	            ak_term_digest(c->full, ak_phrase(c, found, text[1]), digest[1]), NULL);
}

/* What a witness refuses is an answer and goes to stderr as refusals do: stdout is for the signature line. */
static void tell_refusal(const ak_cli *c, const json_t *o)
{
	const json_t *r = ak_js_at(o, "refusal"), *v;
	const char *what = ak_js_lang(r, "text", c->ja);
	size_t i;

	if (ak_js_has(r, "seq"))
		ak_out_line(c, stderr, MSG_WITNESS_REFUSED_RECORD, ak_js_str(o, "origin"), AK_NUM(ak_js_num(r, "seq")), what,
			    NULL);
	else
		ak_out_line(c, stderr, MSG_WITNESS_REFUSED, ak_js_str(o, "origin"), AK_NUM(ak_js_num(o, "size")), what, NULL);
	refusal_values(c, r);
	ak_term_spaces(stderr, COLUMN);
	ak_out_wrapped(c, stderr, COLUMN, MSG_WITNESS_DUTY, duty_name(c, ak_js_str(r, "duty")), NULL);
	json_array_foreach(ak_js_at(o, "kept"), i, v) {
		ak_term_spaces(stderr, COLUMN);
		ak_out_line(c, stderr, MSG_WITNESS_KEPT, json_string_value(v), NULL);
	}
}

static int give_line(const ak_cli *c, const char *line)
{
	const char *path = ak_opt_value(&c->opts, OPT_OUT);
	size_t n = strlen(line);
	char *text = malloc(n + 2);
	int code;

	if (text == NULL)
		return ak_out_no_memory(c);
	(void)snprintf(text, n + 2, "%s\n", line);
	code = ak_file_write(c, path == NULL ? "-" : path, (ak_span){ (const uint8_t *)text, n + 1 }, AK_WRITE_REPLACE);
	free(text);
	return code;
}

/* ---- asking the witness ------------------------------------------------------------------------------------------- */

static int cannot(const ak_cli *c, const char *state, const ak_error *e)
{
	char next[AK_PHRASE_MAX] = "";
	bool of_state = e->where != NULL && strcmp(e->where, "witness.state") == 0;

	if (of_state && e->status == AK_NOT_HELD)
		(void)ak_out_text(c, next, sizeof(next), MSG_NEXT_WITNESS_FIRST, state, NULL);
	else if (e->status == AK_NOT_FOUND)
		return ak_out_refused(c, c->dir, e, ak_msg_text(MSG_NEXT_NO_LEDGER, c->ja));
	return ak_out_refused(c, of_state ? state : c->dir, e, next);
}

/* Check and cosign.  *answer is set also when it refuses; the code tells. */
static int ask(const ak_cli *c, ak_witness_options *o, ak_text *json, json_t **answer)
{
	const char *path = ak_opt_value(&c->opts, OPT_KEY), *given = ak_opt_value(&c->opts, OPT_STATE);
	char *state = NULL;
	ak_secret *key = NULL;
	ak_error e = { 0 };
	bool ok = false;
	int code = ak_file_secret(c, path, &key);

	if (code == EXIT_HOLDS && given == NULL)
		code = ak_cli_state_path(c, path, key, ".witness", &state);
	else if (code == EXIT_HOLDS && (state = strdup(given)) == NULL)
		code = ak_out_no_memory(c);
	o->key = key;
	o->state_path = state;
	o->first = ak_opt_has(&c->opts, OPT_FIRST);
	o->clock = ak_cli_clock;
	if (code == EXIT_HOLDS && ak_witness_cosign(c->dir, o, &ok, json, &e) != AK_OK)
		code = cannot(c, state, &e);
	if (code == EXIT_HOLDS)
		code = ak_answer(c, json, answer);
	if (code == EXIT_HOLDS && !ok)
		code = EXIT_DOES_NOT_HOLD;
	ak_secret_free(&key);
	free(state);
	return code;
}

static void note_cosigned(const ak_cli *c, const json_t *o)
{
	ak_out_note(c, MSG_WITNESS_COSIGNED, ak_js_str(o, "origin"), AK_NUM(ak_js_num(o, "size")),
	            AK_NUM(ak_js_num(o, "size") - ak_js_num(o, "since")), ak_js_str(o, "name"), NULL);
}

static int cosign(ak_cli *c)
{
	ak_witness_options o = { .name = ak_opt_value(&c->opts, OPT_NAME) };
	ak_text json = { 0 };
	json_t *answer = NULL;
	ak_file trust = { 0 };
	int code = ak_cli_trust(c, &trust);

	o.trust = ak_file_span(&trust);
	if (code == EXIT_HOLDS)
		code = ask(c, &o, &json, &answer);
	if (answer != NULL && code == EXIT_DOES_NOT_HOLD && !c->json)
		tell_refusal(c, answer);
	if (answer != NULL && c->json)
		ak_out_json_text(&json);
	if (code == EXIT_HOLDS && (!c->json || ak_opt_has(&c->opts, OPT_OUT)))
		code = give_line(c, ak_js_str(answer, "line"));
	if (code == EXIT_HOLDS)
		note_cosigned(c, answer);
	json_decref(answer);
	ak_text_free(&json);
	ak_file_drop(&trust);
	return code;
}

/* ---- the operator's part ------------------------------------------------------------------------------------------ */

static int tell_published(const ak_cli *c, const ak_text *json)
{
	json_t *o = NULL;
	const json_t *v;
	size_t i;
	int code;

	if (c->json) {
		ak_out_json_text(json);
		return EXIT_HOLDS;
	}
	code = ak_answer(c, json, &o);
	if (code != EXIT_HOLDS)
		return code;
	json_array_foreach(ak_js_at(o, "lines"), i, v)
		ak_out_line(c, stdout, ak_js_true(v, "added") ? MSG_WITNESS_PUBLISHED : MSG_WITNESS_HAD, ak_js_str(v, "name"),
		            ak_js_str(v, "time"), NULL);
	ak_out_line(c, stdout, MSG_WITNESS_HEAD, ak_js_str(o, "origin"), AK_NUM(ak_js_num(o, "size")), NULL);
	json_decref(o);
	return EXIT_HOLDS;
}

/* `files`: what each text came from, or NULL. */
static int publish(const ak_cli *c, const ak_span *lines, size_t n, ak_span trust, const char *const *files)
{
	ak_operating w;
	ak_text json = { 0 };
	ak_error e = { 0 };
	size_t failed = SIZE_MAX;
	int code = ak_cli_operate(c, &w);

	if (code == EXIT_HOLDS && ak_ledger_cosign(w.l, lines, n, trust, &w.o, &json, &failed, &e) != AK_OK)
		code = ak_out_refused(c, files != NULL && failed < n ? files[failed] : c->dir, &e,
		                      files == NULL && e.status == AK_BAD_SIGNATURE ? ak_msg_text(MSG_NEXT_WITNESS_AGAIN, c->ja) : NULL);
	else if (code == EXIT_HOLDS)
		code = tell_published(c, &json);
	ak_text_free(&json);
	ak_operating_clear(&w);
	return code;
}

static int heartbeat(ak_cli *c)
{
	ak_witness_options o = { .heartbeat = true };
	ak_text json = { 0 };
	json_t *answer = NULL;
	ak_file trust = { 0 };
	char *line = NULL;
	int code = ak_opt_has(&c->opts, OPT_TRUST) ? ak_cli_trust(c, &trust) : EXIT_HOLDS;

	o.trust = ak_file_span(&trust);
	if (code == EXIT_HOLDS)
		code = ask(c, &o, &json, &answer);
	if (answer != NULL && code == EXIT_DOES_NOT_HOLD && !c->json)
		tell_refusal(c, answer);
	if (answer != NULL && code == EXIT_DOES_NOT_HOLD && c->json)
		ak_out_json_text(&json);
	if (code == EXIT_HOLDS) {
		size_t room = strlen(ak_js_str(answer, "line")) + 2;

		line = malloc(room);
		if (line == NULL) {
			code = ak_out_no_memory(c);
		} else {
			(void)snprintf(line, room, "%s\n", ak_js_str(answer, "line"));
			code = publish(c, &(ak_span){ (const uint8_t *)line, room - 1 }, 1, (ak_span){ 0 }, NULL);
		}
	}
	free(line);
	json_decref(answer);
	ak_text_free(&json);
	ak_file_drop(&trust);
	return code;
}

static int add(ak_cli *c)
{
	size_t n = c->opts.n_operands - 1, read = 0;
	ak_file trust = { 0 }, *file = calloc(n, sizeof(*file));
	ak_span *lines = calloc(n, sizeof(*lines));
	int code = file == NULL || lines == NULL ? ak_out_no_memory(c) : ak_cli_trust(c, &trust);

	for (; code == EXIT_HOLDS && read < n; read++) {
		code = ak_file_read(c, c->opts.operand[read + 1], LINES_MAX, &file[read]);
		lines[read] = ak_file_span(&file[read]);
	}
	if (code == EXIT_HOLDS)
		code = publish(c, lines, n, ak_file_span(&trust), &c->opts.operand[1]);
	for (size_t i = 0; file != NULL && i < read; i++)
		ak_file_drop(&file[i]);
	free(lines);
	free(file);
	ak_file_drop(&trust);
	return code;
}

/* ---- the rest -------------------------------------------------------------------------------------------------------- */

static int key(const ak_cli *c)
{
	const char *path = ak_opt_value(&c->opts, OPT_KEY), *name = ak_opt_value(&c->opts, OPT_NAME);
	ak_secret *k = NULL;
	ak_text vkey = { 0 };
	ak_error e = { 0 };
	int code;

	if (name == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, "--name NAME", NULL);
	code = ak_file_secret(c, path, &k);
	if (code == EXIT_HOLDS && ak_witness_key(k, name, &vkey, &e) != AK_OK)
		code = ak_out_refused(c, path, &e, NULL);
	if (code == EXIT_HOLDS && c->json)
		code = ak_out_json(c, json_pack("{s:s,s:s}", "name", name, "key", vkey.data), EXIT_HOLDS);
	else if (code == EXIT_HOLDS)
		ak_out_line(c, stdout, MSG_WHAT, vkey.data, NULL);
	if (code == EXIT_HOLDS)
		ak_out_note(c, MSG_WITNESS_KEY_LINE, vkey.data, NULL);
	ak_secret_free(&k);
	ak_text_free(&vkey);
	return code;
}

typedef enum verb { COSIGN, HEARTBEAT, ADD, KEY, VERBS } verb;

/* Which options a verb has a use for; the common ones are not asked about. */
static int check_options(const ak_cli *c, verb v, const char *name)
{
	static const struct {
		ak_opt_id id;
		bool fits[VERBS];
	} rows[] = {
		{ OPT_TRUST, { true, true, true, false } },     { OPT_KEY, { true, true, false, true } },
		{ OPT_NAME, { true, false, false, true } },     { OPT_STATE, { true, true, false, false } },
		{ OPT_FIRST, { true, true, false, false } },    { OPT_OUT, { true, false, false, false } },
		{ OPT_OPERATOR, { false, true, true, false } }, { OPT_ADOPT_HEAD, { false, true, true, false } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!rows[i].fits[v] && ak_opt_has(&c->opts, rows[i].id))
			return ak_out_usage(c, MSG_OPT_OUT_OF_PLACE, ak_opt_get(rows[i].id)->name, name, NULL);
	}
	if (v != ADD && ak_opt_count(&c->opts, OPT_KEY) == 0)
		return ak_out_usage(c, MSG_OPT_MISSING, "--key FILE", NULL);
	return ak_opt_count(&c->opts, OPT_KEY) > 1 ? ak_out_usage(c, MSG_OPT_TWICE, "--key", NULL) : EXIT_HOLDS;
}

int ak_cmd_witness(ak_cli *c)
{
	static const char *const names[VERBS] = { "cosign", "heartbeat", "add", "key" };
	const char *name = c->opts.operand[0];
	verb v = COSIGN;
	int code;

	while (v < VERBS && strcmp(name, names[v]) != 0)
		v++;
	if (v == VERBS)
		return ak_out_usage(c, MSG_WITNESS_VERBS, name, NULL);
	if (v != ADD && c->opts.n_operands > 1)
		return ak_out_usage(c, MSG_OPERAND_TOO_MANY, c->opts.operand[1], NULL);
	if (v == ADD && c->opts.n_operands == 1)
		return ak_out_usage(c, MSG_OPERAND_MISSING, "LINEFILE", NULL);
	code = check_options(c, v, name);
	if (code != EXIT_HOLDS)
		return code;
	switch (v) {
	case COSIGN:
		return cosign(c);
	case HEARTBEAT:
		return heartbeat(c);
	case ADD:
		return add(c);
	case KEY:
	case VERBS:
		break;
	}
	return key(c);
}
