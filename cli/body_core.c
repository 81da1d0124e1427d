/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's own kinds of record in a few lines: a profile is a whole rule book, and a key is a line of base64. */
#include "body.h"

#include "answer.h"
#include "js.h"
#include "revoked.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMN = 16, TEXT_MAX = 1024 };

static void field(const ak_cli *c, FILE *to, size_t indent, ak_msg label, const char *value)
{
	ak_term_spaces(to, indent);
	ak_term_pad(to, ak_msg_text(label, c->ja), COLUMN);
	ak_term_wrap(to, value, indent + COLUMN, ak_out_text_width(c));
	(void)fputc('\n', to);
}

/* "3cbc…19a0" */
static const char *short_key(const char *id, char out[AK_TERM_DIGEST_MAX])
{
	size_t n = strlen(id);

	if (n <= 12)
		return id;
	(void)snprintf(out, AK_TERM_DIGEST_MAX, "%.4s…%.4s", id, id + n - 4);
	return out;
}

static void profile(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *body, size_t indent)
{
	const json_t *p = ak_js_at(body, "package");
	char digest[AK_TERM_DIGEST_MAX], text[2 * TEXT_MAX]; /* a name has 300 characters */
	const char *name = ak_js_lang(p, "names", c->ja);

	(void)l;
	if (*name != '\0')
		(void)snprintf(text, sizeof(text), "%s  %s", ak_js_str(body, "scheme"), name);
	else
		(void)snprintf(text, sizeof(text), "%.64s", ak_js_str(body, "scheme"));
	field(c, to, indent, MSG_BODY_SCHEME, text);
	field(c, to, indent, MSG_BODY_VERSION, ak_js_str(body, "version"));
	field(c, to, indent, MSG_BODY_DIGEST, ak_term_digest(c->full, ak_js_str(body, "digest"), digest));
	field(c, to, indent, MSG_BODY_HOLDS,
	      ak_out_text(c, text, sizeof(text), MSG_BODY_HOLDS_WHAT, AK_NUM(json_object_size(ak_js_at(p, "types"))),
	                  AK_NUM(json_object_size(ak_js_at(p, "rules"))), AK_NUM(json_object_size(ak_js_at(p, "parameters"))),
	                  AK_NUM(json_object_size(ak_js_at(p, "roles"))), NULL));
}

static void keyset(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *body, size_t indent)
{
	const json_t *root;
	char text[TEXT_MAX] = "", key[AK_TERM_DIGEST_MAX], one[256];
	size_t i, used = 0, n = ak_js_len(body, "root");

	(void)l;
	field(c, to, indent, MSG_BODY_NUMBER, AK_NUM(ak_js_num(body, "number")));
	field(c, to, indent, MSG_BODY_THRESHOLD,
	      ak_out_text(c, one, sizeof(one), MSG_BODY_K_OF_N, AK_NUM(ak_js_num(body, "threshold")), AK_NUM(n), NULL));
	json_array_foreach(ak_js_at(body, "root"), i, root) {
		(void)snprintf(one, sizeof(one), c->ja ? "%s%.64s（%s）" : "%s%.64s (%s)", i > 0 ? c->ja ? "、" : ", " : "",
		               ak_js_str(root, "holder"), short_key(ak_js_str(root, "key.id"), key));
		if (used + strlen(one) < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s", one);
	}
	field(c, to, indent, MSG_BODY_ROOT, text);
	field(c, to, indent, MSG_BODY_OPERATOR, short_key(ak_js_str(body, "operator.id"), key));
	field(c, to, indent, MSG_BODY_HEARTBEAT, short_key(ak_js_str(body, "heartbeat.id"), key));
}

/* "委員甲（3cbc…19a0）" */
static void member(const ak_cli *c, const json_t *m, char *out, size_t room)
{
	const char *seat = ak_js_str(m, "seat");
	char key[AK_TERM_DIGEST_MAX];
	const json_t *k;
	size_t i, used;

	(void)ak_answer_seat(c, seat, ak_js_str(m, "member"), out, room);
	used = strlen(out);
	json_array_foreach(ak_js_at(m, "keys"), i, k) {
		if (used + 32 < room)
			used += (size_t)snprintf(out + used, room - used, "%s%s", i > 0 ? ", " : c->ja ? "（" : " (", short_key(ak_js_str(k, "id"), key));
	}
	if (i > 0 && used + 4 < room)
		(void)snprintf(out + used, room - used, "%s", c->ja ? "）" : ")");
	if (strcmp(ak_js_str(m, "kind"), "office") == 0) {
		used = strlen(out);
		(void)snprintf(out + used, room - used, "  %s", ak_msg_text(MSG_BODY_OFFICE_KEY, c->ja));
	}
	json_array_foreach(ak_js_at(m, "custodians"), i, k) {
		used = strlen(out);
		(void)snprintf(out + used, room - used, "%s%.120s", i > 0 ? c->ja ? "、" : ", " : ": ", json_is_string(k) ? json_string_value(k) : "");
	}
}

/* Whose key its certificate says it is: a line for each key that has one. */
static void certificate(const ak_cli *c, FILE *to, const json_t *key, size_t indent)
{
	const char *text = json_string_value(json_array_get(ak_js_at(key, "certificate"), 0));
	char said[TEXT_MAX], id[AK_TERM_DIGEST_MAX], from[AK_TERM_DATE_MAX], until[AK_TERM_DATE_MAX];
	ak_text json = { 0 };
	json_t *o, *leaf;
	size_t room = text == NULL ? 0 : strlen(text) + 64;
	char *pem = text == NULL ? NULL : malloc(room);

	if (pem == NULL)
		return;
	(void)snprintf(pem, room, "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n", text);
	if (ak_certificates_read((ak_span){ (const uint8_t *)pem, strlen(pem) }, &json, NULL) == AK_OK &&
	    (o = json_loadb(json.data, json.len, 0, NULL)) != NULL) {
		leaf = json_array_get(json_object_get(o, "chain"), 0);
		field(c, to, indent, MSG_BODY_CERTIFICATE,
		      ak_out_text(c, said, sizeof(said), MSG_BODY_CERTIFICATE_SAYS, short_key(ak_js_str(key, "id"), id), ak_js_str(leaf, "subject"),
		                  ak_js_str(leaf, "issuer"), ak_term_date(c->ja, ak_js_str(leaf, "not_before"), from),
		                  ak_term_date(c->ja, ak_js_str(leaf, "not_after"), until), NULL));
		json_decref(o);
	}
	ak_text_free(&json);
	free(pem);
}

static void party(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *body, size_t indent)
{
	const char *ja = ak_js_str(body, "name.ja"), *en = ak_js_str(body, "name.en");
	char text[3 * TEXT_MAX] = ""; /* two names of 300 characters */
	const json_t *v, *key;
	size_t i, used = 0;

	(void)l;
	field(c, to, indent, MSG_BODY_PARTY, ak_js_str(body, "party"));
	(void)snprintf(text, sizeof(text), "%s%s%s", ja, *ja != '\0' && *en != '\0' ? " / " : "", en);
	field(c, to, indent, MSG_BODY_NAME, text);
	text[0] = '\0';
	json_array_foreach(ak_js_at(body, "roles"), i, v) {
		const char *role = ak_scheme_role(c, json_is_string(v) ? json_string_value(v) : "");

		if (used + strlen(role) + 8 < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s", i > 0 ? c->ja ? "、" : ", " : "", role);
	}
	if (i > 0)
		field(c, to, indent, MSG_BODY_ROLES, text);
	json_array_foreach(ak_js_at(body, "members"), i, v) {
		member(c, v, text, sizeof(text));
		field(c, to, indent, i == 0 ? MSG_BODY_MEMBERS : MSG_NONE, text);
	}
	json_array_foreach(ak_js_at(body, "members"), i, v) {
		json_array_foreach(ak_js_at(v, "keys"), used, key)
			certificate(c, to, key, indent);
	}
	if (*ak_js_str(body, "approval") != '\0') {
		char digest[AK_TERM_DIGEST_MAX];

		field(c, to, indent, MSG_BODY_APPROVAL, ak_term_digest(c->full, ak_js_str(body, "approval"), digest));
	}
}

static ak_msg closing_reason(const char *reason)
{
	static const struct {
		const char *reason;
		ak_msg text;
	} known[] = {
		{ "moved", MSG_CLOSING_MOVED },
		{ "algorithm", MSG_CLOSING_ALGORITHM },
		{ "compromise", MSG_CLOSING_COMPROMISE },
		{ "abolished", MSG_CLOSING_ABOLISHED },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(known[i].reason, reason) == 0)
			return known[i].text;
	}
	return MSG_NONE;
}

static void closing(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *body, size_t indent)
{
	const char *ledger = ak_js_str(body, "successor.ledger"), *genesis = ak_js_str(body, "successor.genesis");
	const char *reason = ak_js_str(body, "reason");
	char digest[AK_TERM_DIGEST_MAX];
	ak_msg known = closing_reason(reason);

	(void)l;
	field(c, to, indent, MSG_BODY_ENDS, ak_msg_text(MSG_BODY_ENDS_WHAT, c->ja));
	field(c, to, indent, MSG_BODY_WHY, known == MSG_NONE ? reason : ak_msg_text(known, c->ja));
	field(c, to, indent, MSG_BODY_SUCCESSOR, *ledger != '\0' ? ledger : ak_msg_text(MSG_NO_SUCCESSOR, c->ja));
	if (*genesis != '\0')
		field(c, to, indent, MSG_BODY_SUCCESSOR_GENESIS, ak_term_digest(c->full, genesis, digest));
	if (*ak_js_str(body, "explanation") != '\0')
		field(c, to, indent, MSG_BODY_EXPLANATION, ak_js_str(body, "explanation"));
}

static void erasure(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *body, size_t indent)
{
	const char *reason = ak_js_str(body, "reason");
	char digest[AK_TERM_DIGEST_MAX];
	const json_t *v;
	size_t i;

	(void)l;
	field(c, to, indent, MSG_BODY_ERASES, ak_term_digest(c->full, ak_js_str(body, "record"), digest));
	field(c, to, indent, MSG_BODY_WHY, ak_answer_erased_for(c, reason));
	field(c, to, indent, MSG_BODY_LEGAL_BASIS, ak_js_str(body, "basis"));
	json_array_foreach(ak_js_at(body, "subjects"), i, v)
		field(c, to, indent, i == 0 ? MSG_HEAD_ABOUT : MSG_NONE, json_is_string(v) ? json_string_value(v) : "");
}

/* "#13 監査報告書（audit-report）、ismap/listing:C21-0004-2、登載 2026年11月21日": by what one finds it again, and nothing of its text. */
char *ak_body_of_erased(const ak_cli *c, ak_ledger *l, const char *record)
{
	char date[AK_TERM_DATE_MAX], named[AK_SCHEME_TEXT], both[AK_CELL_ROOM], about[AK_CELL_ROOM], text[2 * AK_CELL_ROOM];
	const char *type, *called;
	ak_text json = { 0 };
	json_t *o = NULL;

	if (l != NULL && ak_ledger_show(l, record, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	ak_text_free(&json);
	if (o == NULL)
		return NULL;
	type = ak_js_str(o, "type");
	called = ak_scheme_type(c, type, named);
	if (strcmp(called, type) != 0)
		called = ak_out_text(c, both, sizeof(both), MSG_NAME_AND_WORD, called, type, NULL);
	(void)ak_out_text(c, text, sizeof(text), MSG_BODY_ERASED_RECORD, AK_NUM(ak_js_num(o, "seq")), called, ak_answer_about(o, about),
	                  ak_term_date(c->ja, ak_js_str(o, "time"), date), NULL);
	json_decref(o);
	return strdup(text);
}

static void erased(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *body, size_t indent)
{
	char digest[AK_TERM_DIGEST_MAX];

	(void)l;
	field(c, to, indent, MSG_BODY_ERASED_BY, ak_term_digest(c->full, ak_js_str(body, "erasure"), digest));
	field(c, to, indent, MSG_BODY_EXPLANATION, ak_msg_text(MSG_BODY_ERASED_WHAT, c->ja));
}

static void timestamp(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *body, size_t indent)
{
	char digest[AK_TERM_DIGEST_MAX], text[2 * TEXT_MAX]; /* a name has 300 characters */

	(void)l;
	field(c, to, indent, MSG_BODY_STAMPED, ak_out_text(c, text, sizeof(text), MSG_BODY_STAMPED_WHAT, AK_NUM(ak_js_num(body, "size")), NULL));
	field(c, to, indent, MSG_BODY_STAMPED_ROOT, ak_term_digest(c->full, ak_js_str(body, "root"), digest));
	field(c, to, indent, MSG_BODY_TOKENS,
	      ak_out_text(c, text, sizeof(text), strcmp(ak_js_str(body, "form"), "rfc4998") == 0 ? MSG_BODY_TOKENS_ERS : MSG_BODY_TOKENS_TSP,
	                  AK_NUM(ak_js_len(body, "tokens")), NULL));
}

static void revocation(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *body, size_t indent)
{
	const json_t *key;
	size_t i;

	json_array_foreach(ak_js_at(body, "keys"), i, key) {
		char *who = ak_revoked_key(c, l, ak_js_str(key, "id"));

		field(c, to, indent, i == 0 ? MSG_REVOKED_KEYS : MSG_NONE, who == NULL ? ak_js_str(key, "id") : who);
		free(who);
	}
}

bool ak_body_core(const ak_cli *c, ak_ledger *l, FILE *to, const char *type, json_t *body, size_t indent, json_t **rest)
{
	static const struct {
		const char *type;
		void (*tell)(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *body, size_t indent);
		const char *told[5];
	} core[] = {
		{ "profile", profile, { "scheme", "version", "digest", "package", NULL } },
		{ "keyset", keyset, { "number", "threshold", "root", "operator", "heartbeat" } },
		{ "closing", closing, { "reason", "explanation", "successor", NULL } },
		{ "erasure", erasure, { "record", "reason", "basis", "subjects", NULL } },
		{ "erased", erased, { "record", "erasure", NULL } },
		{ "timestamp", timestamp, { "form", "root", "size", "tokens", NULL } },
		{ "revocation", revocation, { "keys", NULL } },
		{ "party", party, { "party", "name", "roles", "members", "approval" } },
	};

	char *what;

	for (size_t i = 0; i < sizeof(core) / sizeof(core[0]); i++) {
		if (strcmp(core[i].type, type) != 0)
			continue;
		what = core[i].tell == erasure ? ak_body_of_erased(c, l, ak_js_str(body, "record")) : NULL;
		if (what != NULL)
			field(c, to, indent, MSG_HEAD_RECORD, what);
		else if (core[i].tell == erasure && l != NULL)
			field(c, to, indent, MSG_HEAD_RECORD, ak_msg_text(MSG_REF_NOT_HERE, c->ja));
		free(what);
		core[i].tell(c, l, to, body, indent);
		*rest = json_copy(body);
		for (size_t k = 0; k < sizeof(core[0].told) / sizeof(core[0].told[0]) && core[i].told[k] != NULL; k++)
			(void)json_object_del(*rest, core[i].told[k]);
		return true;
	}
	return false;
}
