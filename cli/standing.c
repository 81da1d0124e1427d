/* SPDX-License-Identifier: Apache-2.0 */
#include "standing.h"

#include "answer.h"
#include "files.h"
#include "js.h"
#include "keys.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_HEX = 64 };

/* ---- the keyset in force ----------------------------------------------------------------------------------------- */

/* The body of a record, out of its second line. */
static json_t *body_of(ak_ledger *l, uint64_t seq)
{
	ak_text lines = { 0 };
	const char *line, *end;
	char number[24];
	json_t *statement, *body;

	if (ak_ledger_raw(l, ak_term_number(seq, number), &lines, NULL) != AK_OK)
		return NULL;
	line = memchr(lines.data, '\n', lines.len);
	end = line == NULL ? NULL : strchr(line + 1, '\n');
	statement = end == NULL ? NULL : json_loadb(line + 1, (size_t)(end - line - 1), 0, NULL);
	body = json_incref(json_object_get(json_object_get(statement, "predicate"), "body"));
	json_decref(statement);
	ak_text_free(&lines);
	return body;
}

/* A void keyset may bear the same number: it is told apart by the rows. */
static json_t *keyset_numbered(ak_ledger *l, uint64_t number)
{
	ak_text text = { 0 };
	json_t *rows, *row, *body = NULL;
	size_t i;

	if (ak_ledger_log(l, "akashi/keyset", "keyset", 0, &text, NULL) != AK_OK)
		return NULL;
	rows = ak_js_parse(&text);
	ak_text_free(&text);
	json_array_foreach(rows, i, row) {
		json_t *candidate = strcmp(ak_js_str(row, "state"), "void") == 0 ? NULL : body_of(l, ak_js_num(row, "seq"));

		if (candidate != NULL && body == NULL && ak_js_num(candidate, "number") == number)
			body = json_incref(candidate);
		json_decref(candidate);
	}
	json_decref(rows);
	return body;
}

static int keyset_in_force(const ak_cli *c, ak_ledger *l, json_t **out)
{
	ak_text text = { 0 };
	ak_error e = { 0 };
	json_t *head;

	if (ak_ledger_head(l, &text, &e) != AK_OK)
		return ak_out_refused(c, NULL, &e, NULL);
	head = ak_js_parse(&text);
	ak_text_free(&text);
	*out = head == NULL ? NULL : keyset_numbered(l, ak_js_num(head, "keyset"));
	json_decref(head);
	return *out == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

/* ---- the one after it ------------------------------------------------------------------------------------------------ */

/* {"id","spki"} of a key file. */
static int key_of(const ak_cli *c, const char *path, json_t **out)
{
	ak_text text = { 0 };
	json_t *all;
	int code = ak_file_public(c, path, &text);

	if (code != EXIT_HOLDS)
		return code;
	all = ak_js_parse(&text);
	ak_text_free(&text);
	*out = json_pack("{s:s,s:s}", "id", ak_js_str(all, "id"), "spki", ak_js_str(all, "spki"));
	json_decref(all);
	return *out == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

static int set_key(const ak_cli *c, json_t *body, const char *member, ak_opt_id id)
{
	const char *path = ak_opt_value(&c->opts, id);
	json_t *key = NULL;
	int code = path == NULL ? EXIT_HOLDS : key_of(c, path, &key);

	if (code == EXIT_HOLDS && key != NULL && json_object_set_new(body, member, key) != 0)
		return ak_out_no_memory(c);
	return code;
}

static json_t *holder_now(const json_t *body, const char *name)
{
	json_t *h;
	size_t i;

	json_array_foreach(ak_js_at(body, "root"), i, h) {
		if (strcmp(ak_js_str(h, "holder"), name) == 0)
			return h;
	}
	return NULL;
}

/* "root-1" stays as it is; "root-4=new.pub" has this key from now on. */
static int add_holder(const ak_cli *c, const json_t *body, char *spec, json_t *list)
{
	char *equals = strchr(spec, '=');
	json_t *key = NULL, *holder;
	int code;

	if (equals == NULL) {
		holder = holder_now(body, spec);
		if (holder == NULL)
			return ak_out_usage(c, MSG_NO_SUCH_HOLDER, spec, NULL);
		return json_array_append(list, holder) == 0 ? EXIT_HOLDS : ak_out_no_memory(c);
	}
	*equals = '\0';
	code = key_of(c, equals + 1, &key);
	if (code != EXIT_HOLDS)
		return code;
	holder = json_pack("{s:s,s:o}", "holder", spec, "key", key);
	return holder != NULL && json_array_append_new(list, holder) == 0 ? EXIT_HOLDS : ak_out_no_memory(c);
}

static int add_holders(const ak_cli *c, const json_t *body, const char *given, json_t *list)
{
	char *copy = strdup(given), *at = copy, *next;
	int code = copy == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;

	for (; code == EXIT_HOLDS && at != NULL; at = next) {
		next = strchr(at, ',');
		if (next != NULL)
			*next++ = '\0';
		code = add_holder(c, body, at, list);
	}
	free(copy);
	return code;
}

static int set_holders(const ak_cli *c, json_t *body)
{
	json_t *list = json_array();
	const char *given;
	int code = list == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && (given = ak_opt_nth(&c->opts, OPT_ROOT_KEYS, i)) != NULL; i++)
		code = add_holders(c, body, given, list);
	if (code == EXIT_HOLDS && json_array_size(list) > AK_ROOTS_MAX)
		code = ak_out_usage(c, MSG_TOO_MANY_ROOTS, AK_NUM(AK_ROOTS_MAX), NULL);
	if (code == EXIT_HOLDS && json_array_size(list) > 0 && json_object_set(body, "root", list) != 0)
		code = ak_out_no_memory(c);
	json_decref(list);
	return code;
}

int ak_standing_next_keyset(const ak_cli *c, ak_ledger *l, char **out)
{
	json_t *body = NULL;
	uint64_t threshold = 0;
	int code = keyset_in_force(c, l, &body);

	if (code == EXIT_HOLDS)
		code = set_key(c, body, "operator", OPT_OPERATOR);
	if (code == EXIT_HOLDS)
		code = set_key(c, body, "heartbeat", OPT_HEARTBEAT);
	if (code == EXIT_HOLDS)
		code = set_holders(c, body);
	if (code == EXIT_HOLDS)
		code = ak_cli_number(c, OPT_THRESHOLD, 1, ak_js_len(body, "root"), &threshold);
	if (code == EXIT_HOLDS && threshold > 0 && json_object_set_new(body, "threshold", json_integer((json_int_t)threshold)) != 0)
		code = ak_out_no_memory(c);
	if (code == EXIT_HOLDS) {
		(void)json_object_del(body, "office"); /* of the decision before this one */
		(void)json_object_set_new(body, "number", json_integer((json_int_t)ak_js_num(body, "number") + 1));
		*out = json_dumps(body, JSON_COMPACT);
		code = *out == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
	}
	json_decref(body);
	return code;
}

/* ---- keys that are revoked ------------------------------------------------------------------------------------------- */

static bool is_id(const char *s)
{
	return strlen(s) == KEY_HEX && strspn(s, "0123456789abcdef") == KEY_HEX;
}

int ak_standing_keys(const ak_cli *c, char **keys)
{
	json_t *list = json_array();
	const char *given;
	int code = list == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && (given = ak_opt_nth(&c->opts, OPT_KEY, i)) != NULL; i++) {
		json_t *key = is_id(given) ? json_pack("{s:s}", "id", given) : NULL;

		if (key == NULL)
			code = key_of(c, given, &key);
		(void)json_object_del(key, "spki");
		if (code == EXIT_HOLDS && json_array_append_new(list, key) != 0)
			code = ak_out_no_memory(c);
	}
	if (code == EXIT_HOLDS) {
		*keys = json_dumps(list, JSON_COMPACT);
		code = *keys == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
	}
	json_decref(list);
	return code;
}
