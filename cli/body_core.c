/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger's own kinds of record in a few lines: a profile is a whole rule book, and a key is a line of base64. */
#include "body.h"

#include "js.h"
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

static void profile(const ak_cli *c, FILE *to, const json_t *body, size_t indent)
{
	const json_t *p = ak_js_at(body, "package");
	char digest[AK_TERM_DIGEST_MAX], text[TEXT_MAX];
	const char *name = ak_js_lang(p, "names", c->ja);

	if (*name != '\0')
		(void)snprintf(text, sizeof(text), "%.64s  %.400s", ak_js_str(body, "scheme"), name);
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

static void keyset(const ak_cli *c, FILE *to, const json_t *body, size_t indent)
{
	const json_t *root;
	char text[TEXT_MAX] = "", key[AK_TERM_DIGEST_MAX], one[256];
	size_t i, used = 0, n = ak_js_len(body, "root");

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

	used = (size_t)snprintf(out, room, "%.200s", *seat != '\0' ? seat : ak_js_str(m, "member"));
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

static void party(const ak_cli *c, FILE *to, const json_t *body, size_t indent)
{
	const char *ja = ak_js_str(body, "name.ja"), *en = ak_js_str(body, "name.en");
	char text[TEXT_MAX] = "";
	const json_t *v;
	size_t i, used = 0;

	field(c, to, indent, MSG_BODY_PARTY, ak_js_str(body, "party"));
	(void)snprintf(text, sizeof(text), "%.400s%s%.400s", ja, *ja != '\0' && *en != '\0' ? " / " : "", en);
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
	if (*ak_js_str(body, "approval") != '\0') {
		char digest[AK_TERM_DIGEST_MAX];

		field(c, to, indent, MSG_BODY_APPROVAL, ak_term_digest(c->full, ak_js_str(body, "approval"), digest));
	}
}

bool ak_body_core(const ak_cli *c, FILE *to, const char *type, json_t *body, size_t indent, json_t **rest)
{
	static const struct {
		const char *type;
		void (*tell)(const ak_cli *c, FILE *to, const json_t *body, size_t indent);
		const char *told[5];
	} core[] = {
		{ "profile", profile, { "scheme", "version", "digest", "package", NULL } },
		{ "keyset", keyset, { "number", "threshold", "root", "operator", "heartbeat" } },
		{ "party", party, { "party", "name", "roles", "members", "approval" } },
	};

	for (size_t i = 0; i < sizeof(core) / sizeof(core[0]); i++) {
		if (strcmp(core[i].type, type) != 0)
			continue;
		core[i].tell(c, to, body, indent);
		*rest = json_copy(body);
		for (size_t k = 0; k < sizeof(core[0].told) / sizeof(core[0].told[0]) && core[i].told[k] != NULL; k++)
			(void)json_object_del(*rest, core[i].told[k]);
		return true;
	}
	return false;
}
