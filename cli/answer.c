/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

#include "js.h"
#include "scheme.h"
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

/* Names may be cut first: what stands beside them says which they are. */
static bool gives_way(ak_msg head)
{
	return head == MSG_HEAD_SERVICE || head == MSG_HEAD_PROVIDER || head == MSG_HEAD_TITLE;
}

static size_t total_of(const size_t width[AK_COLUMNS_MAX], size_t columns)
{
	size_t total = (columns - 1) * 2;

	for (size_t k = 0; k < columns; k++)
		total += width[k];
	return total;
}

/* The widest columns give way, names first, and the first column never: it is what a row is asked for by. */
static void squeeze(size_t width[AK_COLUMNS_MAX], const ak_msg *heads, size_t columns, size_t room)
{
	enum { NAME_LEAST = 8, LEAST = 8 };

	for (int names = 1; names >= 0; names--) {
		size_t least = names ? NAME_LEAST : LEAST;

		while (total_of(width, columns) > room) {
			size_t widest = 0;

			for (size_t k = 1; k < columns; k++) {
				if ((!names || gives_way(heads[k])) && width[k] > least && (widest == 0 || width[k] > width[widest]))
					widest = k;
			}
			if (widest == 0)
				break;
			width[widest]--;
		}
	}
}

static void put_cell(const char *text, size_t width, bool last)
{
	char cut[AK_CELL_ROOM];

	text = ak_term_cut(text, width, cut, sizeof(cut));
	ak_term_pad(stdout, text, last ? 0 : width + 2);
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

			if (w > width[k])
				width[k] = w;
		}
	}
	if (json_array_size(rows) == 0)
		return;
	if (!c->full)
		squeeze(width, heads, columns, ak_out_width(c));
	ak_out_paint(c, stdout, AK_PAINT_DIM);
	for (size_t k = 0; k < columns; k++)
		put_cell(ak_msg_text(heads[k], c->ja), width[k], k + 1 == columns);
	ak_out_plain(c, stdout);
	(void)fputc('\n', stdout);
	json_array_foreach(rows, i, row) {
		size_t last = columns;

		while (last > 1 && *cell(c, row, last - 1, room) == '\0')
			last--;
		for (size_t k = 0; k < last; k++)
			put_cell(cell(c, row, k, room), width[k], k + 1 == last);
		(void)fputc('\n', stdout);
	}
}

/* "C24-0101-2" of "ismap/listing:C24-0101-2". */
static const char *bare(const char *subject)
{
	const char *colon = strchr(subject, ':');

	return colon == NULL || colon[1] == '\0' ? subject : colon + 1;
}

const char *ak_answer_subject(const ak_cli *c, const char *subject, char room[AK_CELL_ROOM])
{
	static const char key[] = "akashi/key:";
	size_t n = strlen(subject);

	if (strncmp(subject, key, sizeof(key) - 1) != 0 || n < sizeof(key) + 12 || c->full)
		return bare(subject);
	(void)snprintf(room, AK_CELL_ROOM, "%s %.4s…%.4s", ak_msg_text(MSG_KEY, c->ja), subject + sizeof(key) - 1, subject + n - 4);
	return room;
}

/* Keys come first in the alphabet and say least: of several subjects, the first that is no key. */
static const char *telling(const json_t *about)
{
	const json_t *v;
	size_t i;

	if (json_is_string(about))
		return json_string_value(about);
	json_array_foreach(about, i, v) {
		if (json_is_string(v) && strncmp(json_string_value(v), "akashi/key:", 11) != 0)
			return json_string_value(v);
	}
	return json_string_value(json_array_get(about, 0));
}

const char *ak_answer_about(const json_t *row, char room[AK_CELL_ROOM])
{
	const json_t *about = ak_js_at(row, "about");
	size_t n = json_array_size(about);
	const char *first = telling(about);

	if (first == NULL)
		return "";
	if (n <= 1)
		return bare(first);
	(void)snprintf(room, AK_CELL_ROOM, "%s +%zu", bare(first), n - 1);
	return room;
}

const char *ak_answer_title(const ak_cli *c, const json_t *row, char out[AK_CELL_ROOM])
{
	const char *type = ak_js_str(row, "type"), *title = ak_js_lang(row, "title", c->ja), *about = telling(ak_js_at(row, "about"));
	char named[AK_SCHEME_TEXT], whole[AK_CELL_ROOM];
	size_t n = strlen(type);

	if (*title == '\0')
		title = type;
	about = about == NULL ? "" : bare(about);
	/* A correction's title has its field only. */
	if (strncmp(title, type, n) == 0 && strcmp(about, "akashi/keyset") != 0 && strstr(title, about) == NULL) {
		(void)snprintf(whole, sizeof(whole), "%s %s%s", type, about, title + n);
		title = whole;
	}
	return ak_term_fit(ak_scheme_title(c, type, title, named), out, AK_CELL_ROOM);
}

const char *ak_answer_annulled(const ak_cli *c, const json_t *row, const char *title, char out[AK_CELL_ROOM])
{
	char cut[AK_CELL_ROOM - 64]; /* and what is said of it */

	if (!ak_js_has(row, "annulled_by"))
		return title;
	(void)ak_term_fit(title, cut, sizeof(cut));
	return ak_out_text(c, out, AK_CELL_ROOM, MSG_TITLE_ANNULLED, cut, AK_NUM(ak_js_num(row, "annulled_by")), NULL);
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

/* The newest party record about the subject. */
static json_t *enrolment(ak_ledger *l, const char *subject)
{
	char number[24];
	ak_text json = { 0 };
	json_t *rows, *record = NULL;

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

const char *ak_answer_seat(const ak_cli *c, const char *seat, const char *member, char *out, size_t room)
{
	if (*seat == '\0' || *member == '\0' || strcmp(seat, member) == 0)
		(void)snprintf(out, room, "%.400s", *seat != '\0' ? seat : member);
	else
		(void)ak_out_text(c, out, room, MSG_SEAT_AND_ID, seat, member, NULL);
	return out;
}

/* "運営委員会 委員 乙", or "運営委員会 委員 乙 [m2]" */
static char *member_text(const ak_cli *c, const json_t *record, const json_t *member, bool with_id)
{
	const char *party = ak_js_lang(record, "body.name", c->ja);
	char named[AK_CELL_ROOM];
	const char *seat = ak_answer_seat(c, ak_js_str(member, "seat"), with_id ? ak_js_str(member, "member") : "", named, sizeof(named));
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

static const char *hex_of(const char *keyid)
{
	return strncmp(keyid, "sha256:", 7) == 0 ? keyid + 7 : keyid;
}

static char *enrolled(const ak_cli *c, ak_ledger *l, const char *hex, bool with_id)
{
	char subject[96], *out = NULL;
	json_t *record = NULL;
	const json_t *member = NULL;

	(void)snprintf(subject, sizeof(subject), "akashi/key:%.64s", hex);
	if (l != NULL)
		record = enrolment(l, subject);
	if (record != NULL)
		member = holder_in(record, hex);
	if (member != NULL)
		out = member_text(c, record, member, with_id);
	json_decref(record);
	return out;
}

static char *holder_of(const ak_cli *c, ak_ledger *l, const char *keyid, bool with_id)
{
	char *out = enrolled(c, l, hex_of(keyid), with_id);

	return out == NULL && l != NULL ? in_keysets(c, l, hex_of(keyid)) : out;
}

char *ak_answer_member(const ak_cli *c, ak_ledger *l, const char *keyid)
{
	return enrolled(c, l, hex_of(keyid), true);
}

char *ak_answer_holder(const ak_cli *c, ak_ledger *l, const char *keyid)
{
	return holder_of(c, l, keyid, false);
}

char *ak_answer_who_by_id(const ak_cli *c, ak_ledger *l, const char *keyid)
{
	char *out = holder_of(c, l, keyid, true);

	return out != NULL ? out : key_text(c, hex_of(keyid));
}

char *ak_answer_who(const ak_cli *c, ak_ledger *l, const char *keyid)
{
	char *out = ak_answer_holder(c, l, keyid);

	return out != NULL ? out : key_text(c, hex_of(keyid));
}

void ak_answer_name_key(const ak_cli *c, ak_ledger *l, ak_error *e)
{
	enum { KEYID = 7 + 64 };
	char *id = strstr(e->detail, "sha256:"), text[sizeof(e->detail)], keyid[KEYID + 1];
	char *who;

	if (e->where == NULL || strcmp(e->where, "signatures") != 0 || id == NULL || strlen(id) < KEYID)
		return;
	(void)snprintf(keyid, sizeof(keyid), "%s", id);
	who = ak_answer_who(c, l, keyid);
	if (who != NULL) {
		int n = snprintf(text, sizeof(text), "%.*s%s%s", (int)(id - e->detail), e->detail, who, id + KEYID);

		if (n > 0 && (size_t)n < sizeof(text))
			(void)snprintf(e->detail, sizeof(e->detail), "%s", text);
	}
	free(who);
}

void ak_answer_print_partless(const ak_cli *c, ak_ledger *l, const json_t *check, FILE *to, size_t indent)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(check, "signatures.signers"), i, v) {
		char *who;

		if (!json_is_false(ak_js_at(v, "part")))
			continue;
		who = ak_answer_who(c, l, ak_js_str(v, "keyid"));
		ak_term_spaces(to, indent);
		ak_out_wrapped(c, to, indent, MSG_SIGNATURE_NO_PART, who == NULL ? "?" : who, NULL);
		free(who);
	}
}

char *ak_answer_party(const ak_cli *c, ak_ledger *l, const char *party)
{
	char subject[96], *out;
	json_t *record = NULL;
	const char *name;

	(void)snprintf(subject, sizeof(subject), "akashi/party:%.64s", party);
	if (l != NULL)
		record = enrolment(l, subject);
	name = ak_js_lang(record, "body.name", c->ja);
	out = strdup(*name != '\0' ? name : party);
	json_decref(record);
	return out;
}

json_t *ak_answer_ended(ak_ledger *l)
{
	ak_text json = { 0 };
	json_t *o = NULL, *closing = NULL;

	if (l != NULL && ak_ledger_head(l, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	if (ak_js_has(o, "closing"))
		closing = json_incref(json_object_get(o, "closing"));
	json_decref(o);
	ak_text_free(&json);
	return closing;
}

const char *ak_answer_successor(const ak_cli *c, const json_t *closing)
{
	const char *successor = ak_js_str(closing, "successor.ledger");

	return *successor != '\0' ? successor : ak_msg_text(MSG_NO_SUCCESSOR, c->ja);
}

void ak_answer_closing(const ak_cli *c, const json_t *o)
{
	char date[AK_TERM_DATE_MAX];

	if (ak_js_has(o, "closing"))
		ak_out_wrapped(c, stdout, 0, MSG_STATUS_ENDED, ak_term_date(c->ja, ak_js_str(o, "closing.day"), date), AK_NUM(ak_js_num(o, "closing.record")),
		               ak_answer_successor(c, ak_js_at(o, "closing")), NULL);
}

void ak_answer_note_closing(const ak_cli *c, ak_ledger *l)
{
	json_t *closing = ak_answer_ended(l);
	char date[AK_TERM_DATE_MAX];
	uint64_t known_at = 0;

	if (closing != NULL && ak_cli_number(c, OPT_KNOWN_AT, 1, INT64_MAX, &known_at) == EXIT_HOLDS &&
	    (known_at == 0 || ak_js_num(closing, "record") < known_at))
		ak_out_note(c, MSG_STATUS_ENDED, ak_term_date(c->ja, ak_js_str(closing, "day"), date), AK_NUM(ak_js_num(closing, "record")),
		            ak_answer_successor(c, closing), NULL);
	json_decref(closing);
}

/* What the scheme calls the field, and the date as people write it. */
static const char *ahead_text(const ak_cli *c, const json_t *v, const char *type, char *out, size_t room)
{
	const char *pointer = ak_js_str(v, "field");
	char named[AK_SCHEME_TEXT], both[2 * AK_SCHEME_TEXT], date[AK_TERM_DATE_MAX];
	const char *label = ak_scheme_field(c, type, pointer, named);

	if (label != pointer)
		label = ak_out_text(c, both, sizeof(both), MSG_NAME_AND_WORD, label, pointer, NULL);
	return ak_out_text(c, out, room, MSG_CHECK_AHEAD, label, ak_term_date(c->ja, ak_js_str(v, "found"), date), NULL);
}

void ak_warnings_print(const ak_cli *c, const json_t *warnings, const char *type, FILE *to, size_t indent)
{
	const json_t *v;
	size_t i;

	json_array_foreach(warnings, i, v) {
		char text[3 * AK_SCHEME_TEXT];
		const char *said = strcmp(ak_js_str(v, "id"), "date-ahead") == 0 ? ahead_text(c, v, type, text, sizeof(text)) : ak_js_lang(v, "text", c->ja);

		ak_term_spaces(to, indent);
		ak_out_wrapped(c, to, indent, MSG_WARNING, said, NULL);
	}
}
