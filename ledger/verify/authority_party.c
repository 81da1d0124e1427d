/* SPDX-License-Identifier: Apache-2.0 */
/* party records: an organisation, its members and their keys, each key proving that it is held. */
#include "verify/authority_state.h"

#include "base/fail.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

/* The scheme part and the role part of "<scheme>/<role>". */
static void split_role(const char *full, ak_span *scheme, ak_span *role)
{
	const char *slash = strchr(full, '/');

	*scheme = (ak_span){ (const uint8_t *)full, (size_t)(slash - full) };
	*role = ak_span_str(slash + 1);
}

static ak_status role_granted(ak_authority *a, ak_sealed *r, uint64_t seq, ak_span scheme, ak_span role,
                              const resolved *res, ak_judgement *j, bool *yes, ak_error *err)
{
	const ak_profile *p = ak_authority_profile(a, scheme);
	const ak_json *policies = p == NULL ? NULL : ak_profile_enrolled_by(p, role);

	*yes = false;
	if (policies == NULL)
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "party.roles", seq,
		                     "the profile in force has no role '%.*s'", (int)role.len,
		                     (const char *)role.data);
	return ak_auth_satisfied(a, r, seq, policies, scheme, res, j, yes, err);
}

/* Every role that the party gets or already has must be granted by who may grant it. */
static ak_status check_roles(ak_authority *a, ak_sealed *r, uint64_t seq, const resolved *res, ak_judgement *j,
                             bool *yes, ak_error *err)
{
	const ak_json *roles = ak_json_get(r->statement.body, "roles");
	size_t party_at;
	ak_status st = AK_OK;

	*yes = true;
	for (size_t i = 0; st == AK_OK && *yes && i < ak_json_len(roles); i++)
		st = role_granted(a, r, seq, r->statement.scheme, ak_json_text(ak_json_at(roles, i)),
		                  res, j, yes, err);
	if (!ak_auth_find_party(a, ak_json_get_text(r->statement.body, "party"), &party_at)) {
		if (st == AK_OK && *yes && ak_json_len(roles) == 0) {
			*yes = false;
			return ak_auth_voidf(j, AK_SCHEMA, "party.roles", seq, "a new party needs a role");
		}
		return st;
	}
	for (size_t i = 0; st == AK_OK && *yes && i < a->parties[party_at].n_roles; i++) {
		ak_span scheme, role;

		split_role(a->parties[party_at].role[i], &scheme, &role);
		st = role_granted(a, r, seq, scheme, role, res, j, yes, err);
	}
	return st;
}

/* Roles add up, whatever their schemes. */
static bool too_many_roles(const ak_authority *a, const ak_sealed *r)
{
	const ak_json *roles = ak_json_get(r->statement.body, "roles");
	char full[2 * AK_NAME_MAX + 2];
	size_t party_at, n = 0;
	bool known = ak_auth_find_party(a, ak_json_get_text(r->statement.body, "party"), &party_at);

	for (size_t i = 0; i < ak_json_len(roles); i++) {
		ak_span role = ak_json_text(ak_json_at(roles, i));

		(void)snprintf(full, sizeof(full), "%.*s/%.*s", (int)r->statement.scheme.len,
		               (const char *)r->statement.scheme.data, (int)role.len, (const char *)role.data);
		n += !known || !ak_auth_has_role(a, party_at, full);
	}
	return n + (known ? a->parties[party_at].n_roles : 0) > ROLES_MAX;
}

bool ak_auth_is_renewal(const ak_authority *a, const ak_statement *s, uint64_t seq, const ak_json *member_item, const ak_json *item, const ak_digest *id)
{
	size_t k = ak_auth_find_key(a, id), party_at, member_at;

	return k != NO_KEY && a->keys[k].owner == OWNER_MEMBER && !a->keys[k].has_function && a->keys[k].certificate != NULL &&
	       ak_json_get(item, "certificate") != NULL && ak_auth_key_valid(a, k, seq) &&
	       ak_auth_find_party(a, ak_json_get_text(s->body, "party"), &party_at) &&
	       ak_auth_find_member(a, party_at, ak_json_get_text(member_item, "member"), &member_at) && a->keys[k].member == member_at;
}

/* No key may already belong to anybody else, nor stand twice in this record. */
static ak_status check_new_key(const ak_authority *a, const ak_pubkey *pub, const ak_json *members,
                               bool renewal, ak_error *err)
{
	char hex[2 * AK_DIGEST_LEN + 1];
	size_t times = 0;

	ak_hex_encode(ak_pubkey_id(pub)->b, AK_DIGEST_LEN, hex);
	for (size_t m = 0; m < ak_json_len(members); m++) {
		const ak_json *keys = ak_json_get(ak_json_at(members, m), "keys");

		for (size_t k = 0; k < ak_json_len(keys); k++)
			times += ak_span_is(ak_json_get_text(ak_json_at(keys, k), "id"), hex);
	}
	if (times == 1 && (renewal || ak_auth_find_key(a, ak_pubkey_id(pub)) == NO_KEY))
		return AK_OK;
	return ak_fail(err, AK_KEY_REUSED, "party.key", 0,
	               "key sha256:%s already belongs to somebody: a key has one owner for ever", hex);
}

static ak_status check_keys(const ak_authority *a, ak_sealed *r, uint64_t seq, const ak_json *member_item,
                            ak_judgement *j, ak_error *err)
{
	const ak_json *keys = ak_json_get(member_item, "keys");
	const ak_json *members = ak_json_get(r->statement.body, "members");
	ak_status st = AK_OK;

	for (size_t k = 0; st == AK_OK && j->authorised && k < ak_json_len(keys); k++) {
		ak_pubkey *pub = NULL;
		ak_error why = { 0 };
		bool signed_by = false;
		certified *chain = NULL;

		st = ak_auth_read_key(r, ak_json_at(keys, k), &pub, &why);
		if (st == AK_OK)
			st = check_new_key(a, pub, members, ak_auth_is_renewal(a, &r->statement, seq, member_item, ak_json_at(keys, k), ak_pubkey_id(pub)), &why);
		if (st == AK_OK)
			st = ak_auth_check_certificate(a, ak_json_at(keys, k), pub, r->statement.scheme, r->header.time, &chain, &why);
		if (ak_status_class(st) == AK_CLASS_REJECT) {
			st = ak_auth_void(j, &why);
		} else if (st == AK_OK) {
			st = ak_sealed_signed_by(r, pub, &signed_by, err);
			if (st == AK_OK && !signed_by)
				st = ak_auth_voidf(j, AK_NOT_AUTHORISED, "party.key", 0,
				                   "the key enrolled for '%s' has not signed (proof of possession)",
				                   ak_json_get_str(member_item, "member"));
		} else if (err != NULL) {
			*err = why;
		}
		ak_auth_chains_free(&chain);
		ak_pubkey_free(&pub);
	}
	return st;
}

static ak_status check_members(const ak_authority *a, ak_sealed *r, uint64_t seq, ak_judgement *j, ak_error *err)
{
	const ak_json *members = ak_json_get(r->statement.body, "members");
	size_t party_at, member_at;
	bool known = ak_auth_find_party(a, ak_json_get_text(r->statement.body, "party"), &party_at);
	ak_status st = AK_OK;

	for (size_t m = 0; st == AK_OK && j->authorised && m < ak_json_len(members); m++) {
		const ak_json *item = ak_json_at(members, m);
		ak_span name = ak_json_get_text(item, "member");
		bool office = ak_span_is(ak_json_get_text(item, "kind"), "office");

		if (name.len == 0 || name.len > AK_NAME_MAX)
			return ak_auth_voidf(j, AK_SCHEMA, "party.members", m, "a member needs a name");
		for (size_t k = 0; k < m; k++) {
			if (ak_span_eq(name, ak_json_get_text(ak_json_at(members, k), "member")))
				return ak_auth_voidf(j, AK_SCHEMA, "party.members", m,
				                     "member '%.*s' stands twice", (int)name.len,
				                     (const char *)name.data);
		}
		if (known && ak_auth_find_member(a, party_at, name, &member_at) &&
		    a->members[member_at].office != office)
			return ak_auth_voidf(j, AK_SCHEMA, "party.members", m,
			                     "a person does not become an office, nor the reverse");
		st = check_keys(a, r, seq, item, j, err);
	}
	return st;
}

ak_status ak_auth_judge_party(ak_authority *a, ak_sealed *r, uint64_t seq, const resolved *res, ak_judgement *j, ak_error *err)
{
	ak_span name = ak_json_get_text(r->statement.body, "party");
	bool yes = false;
	ak_status st;

	if (name.len == 0 || name.len > AK_NAME_MAX)
		return ak_auth_voidf(j, AK_SCHEMA, "party.party", seq, "a party needs a name");
	if (too_many_roles(a, r))
		return ak_auth_voidf(j, AK_SCHEMA, "party.roles", seq, "a party has at most %d roles", ROLES_MAX);
	st = check_roles(a, r, seq, res, j, &yes, err);
	if (st != AK_OK || !yes)
		return st;
	j->authorised = true;
	return check_members(a, r, seq, j, err);
}

/* Judged before: the key is new, or has one chain more.  What its chain comes to is kept with it. */
static ak_status apply_key(ak_authority *a, size_t member_at, const ak_json *item, const ak_sealed *r, uint64_t seq, ak_error *err)
{
	ak_pubkey *pub = NULL;
	certified *chain = NULL, **end;
	size_t at = NO_KEY;
	ak_status st = ak_auth_read_key(r, item, &pub, err);

	if (st == AK_OK)
		st = ak_auth_check_certificate(a, item, pub, r->statement.scheme, r->header.time, &chain, err);
	if (st == AK_OK)
		at = ak_auth_find_key(a, ak_pubkey_id(pub));
	if (st == AK_OK && at == NO_KEY) {
		st = ak_auth_add_key(a, pub, OWNER_MEMBER, member_at, seq, &at, err);
		if (st == AK_OK)
			pub = NULL;
	}
	if (st == AK_OK && chain != NULL) {
		chain->from = seq;
		for (end = &a->keys[at].certificate; *end != NULL; end = &(*end)->next)
			;
		*end = chain;
		chain = NULL;
	}
	ak_auth_chains_free(&chain);
	ak_pubkey_free(&pub);
	return st;
}

static ak_status apply_member(ak_authority *a, size_t party_at, const ak_json *item, const ak_sealed *r, uint64_t seq, ak_error *err)
{
	ak_span name = ak_json_get_text(item, "member"), seat = ak_json_get_text(item, "seat");
	const ak_json *keys = ak_json_get(item, "keys");
	size_t member_at;
	ak_status st = AK_OK;

	if (!ak_auth_find_member(a, party_at, name, &member_at))
		st = ak_auth_add_member(a, party_at, name,
		                        ak_span_is(ak_json_get_text(item, "kind"), "office"),
		                        &member_at, err);
	if (st == AK_OK && seat.len != 0)
		st = ak_auth_set_text(&a->members[member_at].seat, seat, err);
	for (size_t k = 0; st == AK_OK && k < ak_json_len(keys); k++)
		st = apply_key(a, member_at, ak_json_at(keys, k), r, seq, err);
	return st;
}

ak_status ak_auth_apply_party(ak_authority *a, ak_sealed *r, uint64_t seq, ak_error *err)
{
	const ak_json *body = r->statement.body;
	const ak_json *roles = ak_json_get(body, "roles"), *members = ak_json_get(body, "members");
	const ak_json *name = ak_json_get(body, "name");
	size_t at;
	ak_status st = AK_OK;

	if (!ak_auth_find_party(a, ak_json_get_text(body, "party"), &at))
		st = ak_auth_add_party(a, ak_json_get_text(body, "party"), &at, err);
	if (st == AK_OK && ak_json_get_text(name, "ja").len != 0)
		st = ak_auth_set_text(&a->parties[at].ja, ak_json_get_text(name, "ja"), err);
	if (st == AK_OK && ak_json_get_text(name, "en").len != 0)
		st = ak_auth_set_text(&a->parties[at].en, ak_json_get_text(name, "en"), err);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(roles); i++)
		st = ak_auth_add_role(a, at, r->statement.scheme, ak_json_text(ak_json_at(roles, i)), err);
	for (size_t m = 0; st == AK_OK && m < ak_json_len(members); m++)
		st = apply_member(a, at, ak_json_at(members, m), r, seq, err);
	return st;
}
