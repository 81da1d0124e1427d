/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "draft.h"
#include "files.h"
#include "js.h"
#include "keys.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { CHAIN_FILE_MAX = 512 * 1024 };

/* MEMBER:KEY[:SEAT] in its three parts.  A key file whose name holds a colon is found because it is there. */
typedef struct member_spec {
	char *copy, *member, *key, *seat;
} member_spec;

static bool cut_spec(const char *spec, member_spec *out)
{
	member_spec s = { .copy = strdup(spec) };
	char *colon = s.copy == NULL ? NULL : strchr(s.copy, ':');

	if (colon == NULL || colon == s.copy || colon[1] == '\0') {
		free(s.copy);
		return false;
	}
	*colon = '\0';
	s.member = s.copy;
	s.key = colon + 1;
	colon = ak_file_exists(s.key) ? NULL : strrchr(s.key, ':');
	if (colon != NULL && colon > s.key) {
		*colon = '\0';
		s.seat = colon[1] != '\0' ? colon + 1 : NULL;
	}
	*out = s;
	return true;
}

/* {"id","spki"} out of what the library says of a public key. */
static json_t *key_object(const ak_text *json)
{
	json_t *o = json_loadb(json->data, json->len, 0, NULL);
	json_t *key = json_pack("{s:O,s:O}", "id", json_object_get(o, "id"), "spki", json_object_get(o, "spki"));

	json_decref(o);
	return key;
}

static json_t *find_member(const json_t *members, const char *name)
{
	json_t *m;
	size_t i;

	json_array_foreach(members, i, m) {
		if (strcmp(json_string_value(json_object_get(m, "member")), name) == 0)
			return m;
	}
	return NULL;
}

/* The member of that name, made when it is new; borrowed, NULL without memory. */
static json_t *member_for(json_t *members, const member_spec *s, const char *kind)
{
	json_t *m = find_member(members, s->member);

	if (m != NULL)
		return m;
	m = json_pack("{s:s,s:s,s:s,s:[]}", "member", s->member, "seat", s->seat != NULL ? s->seat : s->member, "kind", kind, "keys");
	return m != NULL && json_array_append_new(members, m) == 0 ? m : NULL;
}

/* Short names stand in ids: schemas/common/defs.json has the same form. */
static bool is_short_name(const char *s)
{
	const size_t n = strlen(s);

	return n >= 1 && n <= 63 && *s != '.' && *s != '-' && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") == n;
}

static int add_member(const ak_cli *c, json_t *members, const char *spec, bool office)
{
	const char *option = office ? "--office" : "--member", *kind = office ? "office" : "person";
	member_spec s;
	ak_text public_key = { 0 };
	json_t *m;
	int code;

	if (!cut_spec(spec, &s))
		return ak_out_usage(c, MSG_BAD_MEMBER, option, spec, NULL);
	if (!is_short_name(s.member)) {
		code = ak_out_usage(c, MSG_PARTY_MEMBER_NAME, s.member, option, NULL);
		free(s.copy);
		return code;
	}
	code = ak_file_public(c, s.key, &public_key);
	if (code == EXIT_HOLDS && ak_keys_is_private(s.key))
		ak_out_note(c, MSG_PARTY_PRIVATE_KEY, s.key, NULL);
	if (code == EXIT_HOLDS) {
		m = member_for(members, &s, kind);
		if (m == NULL || json_array_append_new(json_object_get(m, "keys"), key_object(&public_key)) != 0)
			code = ak_out_no_memory(c);
		else if (strcmp(json_string_value(json_object_get(m, "kind")), kind) != 0)
			code = ak_out_usage(c, MSG_MEMBER_TWO_KINDS, s.member, NULL);
	}
	ak_text_free(&public_key);
	free(s.copy);
	return code;
}

/* Who keeps the office keys, by seat. */
static int add_custodians(const ak_cli *c, json_t *members)
{
	size_t i, n = ak_opt_count(&c->opts, OPT_CUSTODIAN);
	json_t *m;

	if (n > 0 && !ak_opt_has(&c->opts, OPT_OFFICE))
		return ak_out_usage(c, MSG_OPT_MISSING, "--office MEMBER:KEY[:SEAT]", NULL);
	json_array_foreach(members, i, m) {
		json_t *seats;

		if (n == 0 || strcmp(json_string_value(json_object_get(m, "kind")), "office") != 0)
			continue;
		seats = json_array();
		for (size_t k = 0; k < n; k++) {
			if (json_array_append_new(seats, json_string(ak_opt_nth(&c->opts, OPT_CUSTODIAN, k))) != 0) {
				json_decref(seats);
				return ak_out_no_memory(c);
			}
		}
		if (json_object_set_new(m, "custodians", seats) != 0)
			return ak_out_no_memory(c);
	}
	return EXIT_HOLDS;
}

static int add_members(const ak_cli *c, json_t *members)
{
	int code = EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && i < c->opts.n_given; i++) {
		ak_opt_id id = c->opts.given[i].id;

		if (id == OPT_MEMBER || id == OPT_OFFICE)
			code = add_member(c, members, c->opts.given[i].value, id == OPT_OFFICE);
	}
	return code == EXIT_HOLDS ? add_custodians(c, members) : code;
}

static json_t *find_key(const json_t *members, const char *id)
{
	json_t *m, *k;
	size_t i, n;

	json_array_foreach(members, i, m) {
		json_array_foreach(json_object_get(m, "keys"), n, k) {
			if (strcmp(json_string_value(json_object_get(k, "id")), id) == 0)
				return k;
		}
	}
	return NULL;
}

/* Whose certificates they are the leaf's key tells.  What they say becomes public for good, so it is shown. */
static void show_chain(const ak_cli *c, const json_t *chain)
{
	char from[AK_TERM_DATE_MAX], until[AK_TERM_DATE_MAX];
	json_t *one;
	size_t i;

	json_array_foreach(chain, i, one)
		ak_out_note(c, MSG_PARTY_CERTIFICATE, json_string_value(json_object_get(one, "subject")), json_string_value(json_object_get(one, "issuer")),
		            ak_term_date(c->ja, ak_js_str(one, "not_before"), from), ak_term_date(c->ja, ak_js_str(one, "not_after"), until), NULL);
}

static int add_chain(const ak_cli *c, const json_t *members, const char *path)
{
	ak_file f = { 0 };
	ak_text text = { 0 };
	ak_error e = { 0 };
	json_t *o = NULL, *key;
	int code = ak_file_read(c, path, CHAIN_FILE_MAX, &f);

	if (code != EXIT_HOLDS)
		return code;
	if (ak_certificates_read(ak_file_span(&f), &text, &e) != AK_OK) {
		code = ak_out_refused(c, path, &e, NULL);
	} else if ((o = json_loadb(text.data, text.len, 0, NULL)) == NULL) {
		code = ak_out_no_memory(c);
	} else if ((key = find_key(members, json_string_value(json_object_get(o, "key")))) == NULL) {
		code = ak_out_usage(c, MSG_PARTY_CERTIFICATE_NO_KEY, path, NULL);
	} else if (json_object_set(key, "certificate", json_object_get(o, "certificate")) != 0) {
		code = ak_out_no_memory(c);
	} else {
		show_chain(c, json_object_get(o, "chain"));
		ak_out_note(c, MSG_PARTY_CERTIFICATE_PUBLIC, NULL);
	}
	json_decref(o);
	ak_text_free(&text);
	ak_file_drop(&f);
	return code;
}

static int add_chains(const ak_cli *c, const json_t *members)
{
	const char *path;
	int code = EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && (path = ak_opt_nth(&c->opts, OPT_CERTIFICATE, i)) != NULL; i++)
		code = add_chain(c, members, path);
	return code;
}

static int add_approval(const ak_cli *c, json_t *body)
{
	const char *path = ak_opt_value(&c->opts, OPT_APPROVAL);
	char *text;
	ak_digest d;
	int code;

	if (path == NULL)
		return EXIT_HOLDS;
	code = ak_file_digest(c, path, &d);
	if (code != EXIT_HOLDS)
		return code;
	text = ak_file_digest_text(&d);
	if (text == NULL || json_object_set_new(body, "approval", json_string(text)) != 0)
		code = ak_out_no_memory(c);
	free(text);
	return code;
}

static int make_body(const ak_cli *c, json_t **out)
{
	const char *ja = ak_opt_value(&c->opts, OPT_NAME_JA), *en = ak_opt_value(&c->opts, OPT_NAME_EN), *role;
	json_t *body = json_pack("{s:s,s:{s:s,s:s*},s:[],s:[]}", "party", c->opts.operand[0], "name", "ja", ja, "en", en, "roles", "members");
	int code = body == NULL ? ak_out_usage(c, MSG_NOT_UTF8, NULL) : EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && (role = ak_opt_nth(&c->opts, OPT_ROLE, i)) != NULL; i++) {
		if (json_array_append_new(json_object_get(body, "roles"), json_string(role)) != 0)
			code = ak_out_no_memory(c);
	}
	if (code == EXIT_HOLDS)
		code = add_members(c, json_object_get(body, "members"));
	if (code == EXIT_HOLDS)
		code = add_chains(c, json_object_get(body, "members"));
	if (code == EXIT_HOLDS)
		code = add_approval(c, body);
	if (code == EXIT_HOLDS)
		*out = body;
	else
		json_decref(body);
	return code;
}

/* Seats and keys that come again are told before anybody signs; the rest of what check says is its own to say. */
static void tell_cautions(const ak_cli *c, ak_ledger *l, const ak_text *draft)
{
	ak_text json = { 0 };
	json_t *o = NULL;

	if (!c->json && !c->quiet && ak_ledger_check(l, (ak_span){ (const uint8_t *)draft->data, draft->len }, c->now, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	ak_warnings_print(c, ak_js_at(o, "warnings"), "party", stderr, 0);
	json_decref(o);
	ak_text_free(&json);
}

/* The role that is called so in either language, as it is stored; NULL: none. */
static const char *called(json_t *roles, const char *name)
{
	const char *role;
	json_t *v;

	json_object_foreach(roles, role, v) {
		if (strcmp(ak_js_str(v, "ja"), name) == 0 || strcmp(ak_js_str(v, "en"), name) == 0)
			return role;
	}
	return NULL;
}

/* A role that no definition has makes a party that nobody's signature counts for: told before anybody signs. */
static int check_roles(ak_cli *c, ak_ledger *l, json_t *body)
{
	json_t *roles;
	const char *role;
	char next[AK_NEXT_ROOM], *all;
	int code = EXIT_HOLDS;

	ak_scheme_load(c, l, ak_opt_value(&c->opts, OPT_SCHEME));
	roles = json_object_get(c->package, "roles");
	for (size_t i = 0; code == EXIT_HOLDS && json_object_size(roles) > 0 && (role = ak_opt_nth(&c->opts, OPT_ROLE, i)) != NULL; i++) {
		ak_error e = { .status = AK_INVALID_ARGUMENT, .where = "party.role" };

		if (json_object_get(roles, role) != NULL)
			continue;
		if (called(roles, role) != NULL) { /* as it is printed */
			if (json_array_set_new(json_object_get(body, "roles"), i, json_string(called(roles, role))) != 0)
				return ak_out_no_memory(c);
			continue;
		}
		all = ak_scheme_roles(c);
		(void)ak_out_text(c, e.detail, sizeof(e.detail), MSG_PARTY_NO_ROLE, role, NULL);
		(void)ak_out_text(c, next, sizeof(next), MSG_NEXT_ROLES, all == NULL ? "" : all, NULL);
		code = ak_out_told(c, c->opts.operand[0], &e, next);
		free(all);
	}
	return code;
}

/* Who is enrolled already keeps its roles unless others are given; somebody new has to have one. */
static int check_new(const ak_cli *c, ak_ledger *l)
{
	char subject[96], *all;
	ak_text json = { 0 };
	json_t *rows = NULL;
	bool new;
	int code = EXIT_HOLDS;

	if (ak_opt_has(&c->opts, OPT_ROLE))
		return EXIT_HOLDS;
	(void)snprintf(subject, sizeof(subject), "akashi/party:%.64s", c->opts.operand[0]);
	if (ak_ledger_log(l, subject, "party", 1, &json, NULL) == AK_OK)
		rows = ak_js_parse(&json);
	new = rows != NULL && json_array_size(rows) == 0;
	json_decref(rows);
	ak_text_free(&json);
	if (new) {
		all = ak_scheme_roles(c);
		code = ak_out_usage(c, MSG_PARTY_NEW_ROLE, c->opts.operand[0], all == NULL ? "" : all, NULL);
		free(all);
	}
	return code;
}

int ak_cmd_party(ak_cli *c)
{
	ak_draft_options o = { .scheme = ak_opt_value(&c->opts, OPT_SCHEME), .type = "party", .now = c->now };
	json_t *body = NULL;
	char *text = NULL, issued[11];
	ak_ledger *l = NULL;
	ak_text draft = { 0 };
	ak_error e = { 0 };
	int code;

	if (!ak_opt_has(&c->opts, OPT_NAME_JA))
		return ak_out_usage(c, MSG_OPT_MISSING, "--name-ja NAME", NULL);
	if (!is_short_name(c->opts.operand[0]))
		return ak_out_usage(c, MSG_PARTY_SHORT_NAME, c->opts.operand[0], NULL);
	code = ak_cli_date(c, OPT_ISSUED, issued);
	if (code == EXIT_HOLDS)
		code = ak_drafting_can_write(c);
	if (code == EXIT_HOLDS)
		code = make_body(c, &body);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	ak_drafting_caution(c, l);
	if (code == EXIT_HOLDS)
		code = check_roles(c, l, body);
	if (code == EXIT_HOLDS)
		code = check_new(c, l);
	if (code != EXIT_HOLDS)
		goto out;
	text = json_dumps(body, JSON_COMPACT);
	if (text == NULL) {
		code = ak_out_no_memory(c);
		goto out;
	}
	o.body = (ak_span){ (const uint8_t *)text, strlen(text) };
	o.issued = *issued != '\0' ? issued : NULL;
	if (ak_ledger_draft(l, &o, &draft, &e) != AK_OK)
		code = ak_out_refused(c, c->opts.operand[0], &e, NULL);
	else
		code = ak_drafting_finish(c, &draft);
	if (code == EXIT_HOLDS) {
		ak_out_note(c, MSG_PARTY_NEXT, NULL);
		tell_cautions(c, l, &draft);
	}
out:
	ak_text_free(&draft);
	ak_ledger_free(&l);
	free(text);
	json_decref(body);
	return code;
}
