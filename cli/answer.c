/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

#include "js.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

int ak_answer(const ak_cli *c, const ak_text *json, json_t **out)
{
	json_t *o = ak_js_parse(json);

	if (o == NULL)
		return ak_out_fault(c, AK_INTERNAL, NULL, MSG_ANSWER_UNREADABLE, NULL);
	*out = o;
	return EXIT_HOLDS;
}

void ak_answer_table(const ak_cli *c, const json_t *rows, const ak_msg *heads, size_t columns, ak_cell_fn *cell)
{
	size_t width[AK_COLUMNS_MAX] = { 0 };
	char room[AK_CELL_ROOM];
	const json_t *row;
	size_t i;

	for (size_t k = 0; k < columns; k++)
		width[k] = ak_term_width(ak_msg_text(heads[k], c->ja));
	json_array_foreach(rows, i, row) {
		for (size_t k = 0; k < columns; k++) {
			size_t w = ak_term_width(cell(c, row, k, room));

			if (w > width[k] && w <= AK_CELL_WIDE)
				width[k] = w;
		}
	}
	if (json_array_size(rows) == 0)
		return;
	ak_out_paint(c, stdout, AK_PAINT_DIM);
	for (size_t k = 0; k < columns; k++) {
		ak_term_pad(stdout, ak_msg_text(heads[k], c->ja), k + 1 < columns ? width[k] + 2 : 0);
	}
	ak_out_plain(c, stdout);
	(void)fputc('\n', stdout);
	json_array_foreach(rows, i, row) {
		for (size_t k = 0; k < columns; k++) {
			const char *text = cell(c, row, k, room);

			ak_term_pad(stdout, text, k + 1 < columns ? width[k] : 0);
			if (k + 1 < columns)
				ak_term_spaces(stdout, 2);
		}
		(void)fputc('\n', stdout);
	}
}

const char *ak_answer_bare(const char *subject)
{
	const char *colon = strchr(subject, ':');

	return colon == NULL || colon[1] == '\0' ? subject : colon + 1;
}

const char *ak_answer_about(const json_t *row, char room[AK_CELL_ROOM])
{
	const json_t *about = ak_js_at(row, "about");
	size_t n = json_array_size(about);
	const char *first = json_is_string(about) ? json_string_value(about) : json_string_value(json_array_get(about, 0));

	if (first == NULL)
		return "";
	if (n <= 1)
		return ak_answer_bare(first);
	(void)snprintf(room, AK_CELL_ROOM, "%s +%zu", ak_answer_bare(first), n - 1);
	return room;
}

/* The member of this party record's body that holds the key, or NULL. */
static const json_t *holder_in(const json_t *record, const char *hex)
{
	const json_t *member, *key;
	size_t i, k;

	json_array_foreach(ak_js_at(record, "body.members"), i, member) {
		json_array_foreach(ak_js_at(member, "keys"), k, key) {
			if (strcmp(ak_js_str(key, "id"), hex) == 0)
				return member;
		}
	}
	return NULL;
}

/* The newest party record that names the key. */
static json_t *enrolment(ak_ledger *l, const char *hex)
{
	char subject[96], number[24];
	ak_text json = { 0 };
	json_t *rows, *record = NULL;

	(void)snprintf(subject, sizeof(subject), "akashi/key:%.64s", hex);
	if (ak_ledger_log(l, subject, "party", 1, &json, NULL) != AK_OK)
		return NULL;
	rows = ak_js_parse(&json);
	ak_text_free(&json);
	if (json_array_size(rows) > 0 &&
	    ak_ledger_show(l, ak_term_number(ak_js_num(json_array_get(rows, 0), "seq"), number), &json, NULL) == AK_OK) {
		record = ak_js_parse(&json);
		ak_text_free(&json);
	}
	json_decref(rows);
	return record;
}

/* Root holder, operator or heartbeat key of any keyset, the newest first; NULL when it is none of them. */
static char *keyset_role(const ak_cli *c, const json_t *body, const char *hex)
{
	char text[128];
	const json_t *root;
	size_t i;

	if (strcmp(ak_js_str(body, "operator.id"), hex) == 0)
		return strdup(ak_msg_text(MSG_OPERATOR, c->ja));
	if (strcmp(ak_js_str(body, "heartbeat.id"), hex) == 0)
		return strdup(ak_msg_text(MSG_HEARTBEAT, c->ja));
	json_array_foreach(ak_js_at(body, "root"), i, root) {
		if (strcmp(ak_js_str(root, "key.id"), hex) == 0)
			return strdup(ak_out_text(c, text, sizeof(text), MSG_ROOT_HOLDER, ak_js_str(root, "holder"), NULL));
	}
	return NULL;
}

static char *in_keysets(const ak_cli *c, ak_ledger *l, const char *hex)
{
	ak_text json = { 0 };
	json_t *rows, *record;
	const json_t *row;
	char *who = NULL;
	size_t i;

	if (ak_ledger_log(l, "akashi/keyset", "keyset", 0, &json, NULL) != AK_OK)
		return NULL;
	rows = ak_js_parse(&json);
	ak_text_free(&json);
	json_array_foreach(rows, i, row) {
		if (ak_ledger_show(l, AK_NUM(ak_js_num(row, "seq")), &json, NULL) != AK_OK)
			continue;
		record = ak_js_parse(&json);
		ak_text_free(&json);
		who = keyset_role(c, ak_js_at(record, "body"), hex);
		json_decref(record);
		if (who != NULL)
			break;
	}
	json_decref(rows);
	return who;
}

/* "運営委員会 委員 乙" */
static char *member_text(const ak_cli *c, const json_t *record, const json_t *member)
{
	const char *party = ak_js_lang(record, "body.name", c->ja), *seat = ak_js_str(member, "seat");
	size_t room = strlen(party) + strlen(seat) + 2;
	char *out = malloc(room);

	if (out != NULL)
		(void)snprintf(out, room, "%s %s", party, seat);
	return out;
}

static char *key_text(const ak_cli *c, const char *hex)
{
	char shown[160];

	if (c->full || strlen(hex) != 64)
		(void)snprintf(shown, sizeof(shown), "%s %.64s", ak_msg_text(MSG_KEY, c->ja), hex);
	else
		(void)snprintf(shown, sizeof(shown), "%s %.4s…%s", ak_msg_text(MSG_KEY, c->ja), hex, hex + 60);
	return strdup(shown);
}

char *ak_answer_who(const ak_cli *c, ak_ledger *l, const char *keyid)
{
	const char *hex = strncmp(keyid, "sha256:", 7) == 0 ? keyid + 7 : keyid;
	json_t *record = l == NULL ? NULL : enrolment(l, hex);
	const json_t *member = record == NULL ? NULL : holder_in(record, hex);
	char *out = NULL;

	if (member != NULL)
		out = member_text(c, record, member);
	else if (l != NULL)
		out = in_keysets(c, l, hex);
	json_decref(record);
	return out != NULL ? out : key_text(c, hex);
}
