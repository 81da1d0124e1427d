/* SPDX-License-Identifier: Apache-2.0 */
#include "handover.h"

#include "answer.h"
#include "files.h"
#include "js.h"
#include "scheme.h"
#include "term.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN = 34, TEXT_MAX = 1024, PATH_TEXT_MAX = 4096, DRAFT_MAX = 8 * 1024 * 1024, FILES_MAX = 1000 };

/* ---- drafts that wait ------------------------------------------------------------------------------------------------- */

static bool is_envelope(const char *name)
{
	size_t n = strlen(name);

	return n > 10 && strcmp(name + n - 10, ".dsse.json") == 0;
}

/* One file: what seal would say of it now.  What is on record already is no open matter. */
static int look_at(ak_cli *c, ak_ledger *l, const char *path, json_t *list)
{
	ak_file f = { 0 };
	ak_text text = { 0 };
	json_t *check;
	int code = ak_file_read(c, path, DRAFT_MAX, &f);

	if (code != EXIT_HOLDS)
		return code;
	check = ak_ledger_check(l, ak_file_span(&f), c->now, &text, NULL) == AK_OK ? ak_js_parse(&text) : NULL;
	ak_text_free(&text);
	ak_file_drop(&f);
	if (check != NULL && !ak_js_has(check, "sealed_as") &&
	    json_array_append_new(list, json_pack("{s:s,s:b,s:I,s:I}", "file", path, "would_seal", ak_js_true(check, "would_seal") ? 1 : 0, "counted",
	                                          (json_int_t)ak_js_num(check, "signatures.counted"), "needed", (json_int_t)ak_js_num(check, "signatures.needed"))) != 0)
		code = ak_out_no_memory(c);
	json_decref(check);
	return code;
}

static int look_into(ak_cli *c, ak_ledger *l, const char *folder, json_t *list)
{
	char path[PATH_TEXT_MAX];
	struct dirent *e;
	DIR *d = opendir(folder);
	int code = EXIT_HOLDS;

	if (d == NULL)
		return ak_out_fault(c, AK_IO, folder, errno == ENOENT ? MSG_HANDOVER_NOT_THERE : MSG_HANDOVER_NO_FOLDER, ak_file_why(c, errno), NULL);
	while (code == EXIT_HOLDS && json_array_size(list) < FILES_MAX && (e = readdir(d)) != NULL) {
		int n = snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);

		if (is_envelope(e->d_name) && n > 0 && (size_t)n < sizeof(path))
			code = look_at(c, l, path, list);
	}
	(void)closedir(d);
	return code;
}

/* ---- gathering ---------------------------------------------------------------------------------------------------------- */

static json_t *take(ak_text *t)
{
	json_t *v = ak_js_parse(t);

	ak_text_free(t);
	return v;
}

/* Where this machine keeps what; paths only, nothing is read. */
static json_t *files(const ak_cli *c, const json_t *head)
{
	char note[PATH_TEXT_MAX];
	const char *trust = ak_opt_value(&c->opts, OPT_TRUST);
	ak_file f = { 0 };
	json_t *o;
	int n = snprintf(note, sizeof(note), "%s/akashi/operator", ak_js_str(head, "git_dir"));

	if (n > 0 && (size_t)n < sizeof(note) && ak_file_exists(note) && ak_file_read(c, note, PATH_TEXT_MAX, &f) == EXIT_HOLDS)
		f.data[strcspn(f.data, "\n")] = '\0';
	if (trust == NULL)
		trust = getenv("AKASHI_TRUST");
	o = json_pack("{s:s,s:s?,s:s?}", "ledger", ak_js_str(head, "git_dir"), "operator_key", f.data, "trust", trust);
	ak_file_drop(&f);
	return o;
}

static int gather(ak_cli *c, ak_ledger *l, const ak_text *status, const ak_file *trust, json_t **out)
{
	ak_text hand = { 0 }, head = { 0 }, about = { 0 };
	ak_error e = { 0 };
	json_t *all, *h, *s, *t, *drafts;
	bool ok;
	int code = EXIT_HOLDS;

	if (ak_ledger_handover(l, c->now, &hand, &e) != AK_OK || ak_ledger_head(l, &head, &e) != AK_OK ||
	    ak_trust_describe(ak_file_span(trust), &about, &e) != AK_OK)
		code = ak_out_refused(c, NULL, &e, NULL);
	all = take(&hand);
	h = take(&head);
	t = take(&about);
	s = ak_js_parse(status);
	drafts = json_array();
	ok = all != NULL && h != NULL && s != NULL && t != NULL && drafts != NULL;
	for (size_t i = 0; code == EXIT_HOLDS && ok && i < c->opts.n_operands; i++)
		code = look_into(c, l, c->opts.operand[i], drafts);
	ok = ok && json_object_set(all, "listings", json_object_get(s, "listings")) == 0 && json_object_set(all, "auditors", json_object_get(s, "auditors")) == 0 &&
	     json_object_set(all, "certificates", json_object_get(s, "certificates")) == 0 &&
	     json_object_set(all, "ledger", h) == 0 && json_object_set(all, "trust", t) == 0 && json_object_set(all, "drafts", drafts) == 0 &&
	     json_object_set_new(all, "files", files(c, h)) == 0 && json_object_set_new(all, "alerts", ak_handover_alerts(c->now, all)) == 0;
	json_decref(h);
	json_decref(t);
	json_decref(s);
	json_decref(drafts);
	if (code == EXIT_HOLDS && !ok)
		code = ak_out_no_memory(c);
	if (code != EXIT_HOLDS)
		json_decref(all);
	else
		*out = all;
	return code;
}

/* ---- on paper ------------------------------------------------------------------------------------------------------------ */

static void heading(const ak_cli *c, ak_msg m)
{
	(void)fputc('\n', stdout);
	ak_term_put(stdout, ak_msg_text(m, c->ja));
	(void)fputc('\n', stdout);
}

static void row(const ak_cli *c, const char *label, const char *text)
{
	size_t column = ak_term_width(label) + 4;

	if (column < COLUMN)
		column = COLUMN;
	ak_term_spaces(stdout, 2);
	ak_term_pad(stdout, label, column - 4);
	ak_term_spaces(stdout, 2);
	ak_term_wrap(stdout, text, column, ak_out_text_width(c));
	(void)fputc('\n', stdout);
}

static void named(const ak_cli *c, ak_msg m, const char *text)
{
	row(c, ak_msg_text(m, c->ja), *text != '\0' ? text : "—");
}

static void when(const ak_cli *c, const json_t *all, ak_msg m, const char *member)
{
	char path[64], date[AK_TERM_DATE_MAX], text[TEXT_MAX];

	(void)snprintf(path, sizeof(path), "%s.time", member);
	if (!ak_js_has(all, member)) {
		named(c, m, "");
		return;
	}
	(void)ak_term_date(c->ja, ak_js_str(all, path), date);
	(void)snprintf(path, sizeof(path), "%s.age_days", member);
	named(c, m, ak_out_text(c, text, sizeof(text), MSG_HANDOVER_AGO, date, AK_NUM(ak_js_num(all, path)), NULL));
}

static void print_keys(const ak_cli *c, const json_t *all)
{
	char text[TEXT_MAX], digest[AK_TERM_DIGEST_MAX];
	const json_t *h;
	size_t i;

	heading(c, MSG_HANDOVER_KEYS);
	named(c, MSG_HANDOVER_KEYSET, ak_out_text(c, text, sizeof(text), MSG_HANDOVER_KEYSET_IS, AK_NUM(ak_js_num(all, "keyset.number")),
	                                          AK_NUM(ak_js_num(all, "keyset.threshold")), AK_NUM(ak_js_len(all, "keyset.root")), NULL));
	when(c, all, MSG_HANDOVER_ROTATED, "rotated");
	json_array_foreach(ak_js_at(all, "keyset.root"), i, h)
		row(c, ak_js_str(h, "holder"), ak_term_digest(c->full, ak_js_str(h, "key"), digest));
	named(c, MSG_BODY_OPERATOR, ak_term_digest(c->full, ak_js_str(all, "keyset.operator"), digest));
	named(c, MSG_BODY_HEARTBEAT, ak_term_digest(c->full, ak_js_str(all, "keyset.heartbeat"), digest));
}

/* "委員甲 [m1] 3cbc…19a0 (#3)": the keys of a seat that count, or that there is none. */
static void print_member(const ak_cli *c, const json_t *m)
{
	char text[TEXT_MAX] = "", digest[AK_TERM_DIGEST_MAX], label[256], named[AK_CELL_ROOM];
	const char *seat = ak_js_str(m, "seat");
	const json_t *k;
	size_t i, used = 0;

	json_array_foreach(ak_js_at(m, "keys"), i, k) {
		if (!ak_js_has(k, "last") && used + 120 < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s (#%s)", used > 0 ? ", " : "", ak_term_digest(c->full, ak_js_str(k, "id"), digest),
			                         AK_NUM(ak_js_num(k, "enrolled")));
	}
	(void)snprintf(label, sizeof(label), "  %.240s", ak_answer_seat(c, seat, ak_js_str(m, "member"), named, sizeof(named)));
	row(c, label, used > 0 ? text : ak_msg_text(MSG_HANDOVER_NO_KEY, c->ja));
}

static void print_people(const ak_cli *c, const json_t *all)
{
	const json_t *p;
	size_t i, k;

	heading(c, MSG_HANDOVER_PEOPLE);
	json_array_foreach(ak_js_at(all, "parties"), i, p) {
		row(c, ak_js_str(p, "party"), ak_js_lang(p, "name", c->ja));
		for (k = ak_js_len(p, "members"); k-- > 0;) /* oldest first */
			print_member(c, ak_js_nth(p, "members", k));
	}
}

/* "Steering Committee: 3 persons" */
static const char *policy(const ak_cli *c, const json_t *p, char *out, size_t room)
{
	static const struct {
		const char *mode;
		ak_msg text;
	} modes[] = {
		{ "members", MSG_HANDOVER_BY_MEMBERS }, { "office", MSG_HANDOVER_BY_OFFICE }, { "mixed", MSG_HANDOVER_BY_MIXED },
		{ "root", MSG_HANDOVER_BY_ROOT },       { "as", MSG_HANDOVER_BY_AS },
	};
	char role[AK_SCHEME_TEXT];

	(void)snprintf(role, sizeof(role), "%.63s", ak_js_str(p, "role"));
	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(modes[i].mode, ak_js_str(p, "mode")) == 0)
			return ak_out_text(c, out, room, modes[i].text, ak_scheme_role(c, role), AK_NUM(ak_js_num(p, "threshold")), NULL);
	}
	(void)snprintf(out, room, "%.40s", ak_js_str(p, "mode"));
	return out;
}

/* One line for each type: who signs it. */
static void print_signing(const ak_cli *c, const json_t *all)
{
	char text[TEXT_MAX], one[AK_SCHEME_TEXT * 2], type[AK_SCHEME_TEXT];
	const json_t *t, *p;
	size_t i, k;

	heading(c, MSG_HANDOVER_SIGNING);
	json_array_foreach(ak_js_at(all, "signing"), i, t) {
		size_t used = 0;

		text[0] = '\0';
		json_array_foreach(ak_js_at(t, "policies"), k, p) {
			(void)policy(c, p, one, sizeof(one));
			if (used + strlen(one) + 8 < sizeof(text))
				used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", k > 0 ? " / " : "", one);
		}
		row(c, ak_scheme_type(c, ak_js_str(t, "type"), type), text);
	}
}

static void print_open(const ak_cli *c, const json_t *all)
{
	const json_t *a, *d;
	char text[TEXT_MAX];
	size_t i;

	heading(c, MSG_HANDOVER_OPEN);
	json_array_foreach(ak_js_at(all, "alerts"), i, a)
		row(c, ak_msg_text(MSG_WORD_WARNING, c->ja), ak_js_lang(a, "text", c->ja));
	json_array_foreach(ak_js_at(all, "drafts"), i, d)
		row(c, ak_msg_text(MSG_HANDOVER_DRAFT, c->ja), ak_out_text(c, text, sizeof(text), ak_js_true(d, "would_seal") ? MSG_HANDOVER_READY : MSG_HANDOVER_SIGNED,
		    ak_js_str(d, "file"), AK_NUM(ak_js_num(d, "counted")), AK_NUM(ak_js_num(d, "needed")), NULL));
	if (ak_js_len(all, "alerts") + ak_js_len(all, "drafts") == 0)
		row(c, "", ak_msg_text(MSG_HANDOVER_NOTHING, c->ja));
	if (c->opts.n_operands == 0)
		row(c, "", ak_msg_text(MSG_HANDOVER_NOT_LOOKED, c->ja));
}

/* Of an ended ledger: what can still be done. */
static void print_first_day(const ak_cli *c, bool ended)
{
	enum { MOST = 5, OF_ENDED = 3 };
	static const ak_msg goes_on[MOST] = { MSG_HANDOVER_STEP_1, MSG_HANDOVER_STEP_2, MSG_HANDOVER_STEP_3, MSG_HANDOVER_STEP_4, MSG_HANDOVER_STEP_5 };
	static const ak_msg has_ended[OF_ENDED] = { MSG_HANDOVER_STEP_1, MSG_HANDOVER_STEP_2, MSG_HANDOVER_STEP_ENDED };
	const ak_msg *steps = ended ? has_ended : goes_on;
	char number[24];

	heading(c, MSG_HANDOVER_FIRST_DAY);
	for (size_t i = 0; i < (ended ? OF_ENDED : MOST); i++)
		row(c, ak_term_number(i + 1, number), ak_msg_text(steps[i], c->ja));
}

static const char *trusted(const ak_cli *c, const json_t *all, const char *member)
{
	const char *v = ak_js_str(all, member);

	return strcmp(v, "none") == 0 ? ak_msg_text(MSG_HANDOVER_QUORUM_NONE, c->ja) : v;
}

/* "P7D" as people read it. */
static const char *fresh(const ak_cli *c, const json_t *all, char room[48])
{
	const char *v = ak_js_str(all, "trust.fresh");
	size_t n = strspn(v + (*v == 'P'), "0123456789");
	char number[24];

	if (*v != 'P' || n == 0 || n >= sizeof(number) || strcmp(v + 1 + n, "D") != 0)
		return v;
	(void)snprintf(number, sizeof(number), "%.*s", (int)n, v + 1);
	return ak_out_text(c, room, 48, MSG_HANDOVER_DAYS, number, NULL);
}

static void print(const ak_cli *c, const json_t *all)
{
	char days[48], date[AK_TERM_DATE_MAX], digest[AK_TERM_DIGEST_MAX], text[TEXT_MAX];

	ak_out_line(c, stdout, MSG_HANDOVER_TITLE, ak_js_str(all, "ledger.origin"), ak_term_date(c->ja, ak_js_str(all, "as_of"), date), NULL);
	ak_answer_closing(c, all);
	heading(c, MSG_HANDOVER_LEDGER);
	named(c, MSG_TRUST_GENESIS, ak_term_digest(c->full, ak_js_str(all, "ledger.genesis"), digest));
	named(c, MSG_HANDOVER_SIZE, AK_NUM(ak_js_num(all, "ledger.size")));
	when(c, all, MSG_HANDOVER_SEALED, "sealed");
	when(c, all, MSG_HANDOVER_BEAT, "heartbeat");
	named(c, MSG_HANDOVER_QUORUM, ak_out_text(c, text, sizeof(text), MSG_HANDOVER_QUORUM_IS, trusted(c, all, "trust.quorum"), trusted(c, all, "trust.complete"),
	                                          fresh(c, all, days), NULL));
	print_keys(c, all);
	print_people(c, all);
	print_signing(c, all);
	print_open(c, all);
	heading(c, MSG_HANDOVER_FILES);
	named(c, MSG_HANDOVER_FILE_LEDGER, ak_js_str(all, "files.ledger"));
	named(c, MSG_HANDOVER_FILE_TRUST, ak_js_str(all, "files.trust"));
	named(c, MSG_HANDOVER_FILE_KEY, ak_js_str(all, "files.operator_key"));
	print_first_day(c, ak_js_has(all, "closing"));
}

int ak_handover(ak_cli *c, ak_ledger *l, const ak_text *status, const ak_file *trust)
{
	json_t *all = NULL;
	int code = gather(c, l, status, trust, &all);

	if (code != EXIT_HOLDS)
		return code;
	if (c->json)
		return ak_out_json(c, all, EXIT_HOLDS);
	ak_scheme_use(c, l, NULL);
	print(c, all);
	json_decref(all);
	return EXIT_HOLDS;
}
