/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"
#include "draft.h"
#include "files.h"

#include <stdlib.h>
#include <string.h>

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

static int add_member(const ak_cli *c, json_t *members, const char *spec, bool office)
{
	const char *option = office ? "--office" : "--member", *kind = office ? "office" : "person";
	member_spec s;
	ak_text public_key = { 0 };
	json_t *m;
	int code;

	if (!cut_spec(spec, &s))
		return ak_out_usage(c, MSG_BAD_MEMBER, option, spec, NULL);
	code = ak_file_public(c, s.key, &public_key);
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
		code = add_approval(c, body);
	if (code == EXIT_HOLDS)
		*out = body;
	else
		json_decref(body);
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
	code = ak_cli_date(c, OPT_ISSUED, issued);
	if (code == EXIT_HOLDS)
		code = ak_drafting_can_write(c);
	if (code == EXIT_HOLDS)
		code = make_body(c, &body);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
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
	if (code == EXIT_HOLDS)
		ak_out_note(c, MSG_PARTY_NEXT, NULL);
out:
	ak_text_free(&draft);
	ak_ledger_free(&l);
	free(text);
	json_decref(body);
	return code;
}
