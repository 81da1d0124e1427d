/* SPDX-License-Identifier: Apache-2.0 */
/* revocation records, in strata: only the root threshold reaches back; all others look forward. */
#include "verify/authority_state.h"

#include "base/fail.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool read_id(const ak_json *keys, size_t i, ak_digest *out)
{
	return ak_digest_from_hex(ak_json_get_text(ak_json_at(keys, i), "id"), out);
}

/* Every key named must be an enrolled party key. */
static ak_status check_targets(const ak_authority *a, const ak_json *keys, uint64_t seq, ak_judgement *j)
{
	if (ak_json_len(keys) == 0)
		return ak_auth_voidf(j, AK_SCHEMA, "revocation.keys", seq, "names no key");
	for (size_t i = 0; i < ak_json_len(keys); i++) {
		ak_digest id;
		size_t k = read_id(keys, i, &id) ? ak_auth_find_key(a, &id) : NO_KEY;

		if (k == NO_KEY || a->keys[k].owner != OWNER_MEMBER || a->keys[k].from >= seq)
			return ak_auth_voidf(j, AK_NOT_AUTHORISED, "revocation.keys", seq,
			                     "key %zu is no enrolled key of a party", i);
	}
	j->authorised = true;
	return AK_OK;
}

/* last_valid_seq belongs to the root threshold, to compromise, and to the past. */
static ak_status check_reach(const ak_json *body, uint64_t seq, bool root, ak_judgement *j)
{
	int64_t last;

	if (ak_json_get(body, "last_valid_seq") == NULL)
		return AK_OK;
	if (!ak_json_int(ak_json_get(body, "last_valid_seq"), &last) || last < 0 ||
	    (uint64_t)last >= seq)
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "revocation.last_valid_seq", seq,
		                     "must lie before the revocation itself");
	if (!root)
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "revocation.last_valid_seq", seq,
		                     "only the root threshold may reach back");
	if (!ak_span_is(ak_json_get_text(body, "reason"), "compromise"))
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "revocation.reason", seq,
		                     "only a compromise reaches back");
	return AK_OK;
}

static bool signed_itself(const ak_authority *a, const resolved *res, size_t n, size_t key_at, uint64_t seq)
{
	for (size_t i = 0; i < n; i++) {
		if (res->key[i] == key_at && ak_auth_key_valid(a, key_at, seq))
			return true;
	}
	return false;
}

/* Does what enrolled the key's party sign, for every role of that party? */
static ak_status enroller_signed(ak_authority *a, ak_sealed *r, uint64_t seq, size_t party_at, const resolved *res,
                                 ak_judgement *j, bool *yes, ak_error *err)
{
	const party *p = &a->parties[party_at];
	ak_status st = AK_OK;

	*yes = p->n_roles > 0;
	for (size_t i = 0; st == AK_OK && *yes && i < p->n_roles; i++) {
		const char *slash = strchr(p->role[i], '/');
		ak_span scheme = { (const uint8_t *)p->role[i], (size_t)(slash - p->role[i]) };
		const ak_profile *profile = ak_authority_profile(a, scheme);
		const ak_json *policies = profile == NULL
			? NULL : ak_profile_enrolled_by(profile, ak_span_str(slash + 1));

		if (policies == NULL)
			*yes = false;
		else
			st = ak_auth_satisfied(a, r, seq, policies, scheme, res, j, yes, err);
	}
	return st;
}

ak_status ak_auth_may_revoke(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_json *keys, const resolved *res, ak_judgement *j, ak_error *err)
{
	bool all_self = true;
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(keys); i++) {
		ak_judgement by = *j; /* knows who signed */
		ak_digest id = { 0 };
		bool yes = false;
		size_t k;

		(void)read_id(keys, i, &id); /* the caller has parsed it */
		k = ak_auth_find_key(a, &id);
		if (signed_itself(a, res, r->signatures.n, k, seq))
			continue;
		all_self = false;
		st = enroller_signed(a, r, seq, a->members[a->keys[k].member].party, res, &by, &yes, err);
		if (st != AK_OK)
			return st;
		if (!yes)
			return ak_auth_voidf(j, AK_NOT_AUTHORISED, "signatures", seq,
			                     "key %zu is revoked neither by itself nor by who enrolled it", i);
		memcpy(j->signer, by.signer, sizeof(j->signer));
		memcpy(j->mode, by.mode, sizeof(j->mode));
		memcpy(j->role, by.role, sizeof(j->role));
		memcpy(j->party, by.party, sizeof(j->party));
		j->counted = by.counted;
		j->needed = by.needed;
		j->of = by.of;
	}
	if (all_self)
		(void)snprintf(j->mode, sizeof(j->mode), "self");
	return st;
}

ak_status ak_auth_judge_revocation(ak_authority *a, ak_sealed *r, uint64_t seq, const resolved *res, ak_judgement *j,
                                   ak_error *err)
{
	const ak_json *body = r->statement.body;
	bool root = ak_auth_root_satisfied(a, r, seq, res, j);
	ak_status st;

	j->why = (ak_error){ 0 };
	st = check_targets(a, ak_json_get(body, "keys"), seq, j);
	if (st != AK_OK || !j->authorised)
		return st;
	st = check_reach(body, seq, root, j);
	if (st != AK_OK || !j->authorised || root)
		return st;
	return ak_auth_may_revoke(a, r, seq, ak_json_get(body, "keys"), res, j, err);
}

ak_status ak_auth_apply_revocation(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_judgement *j, ak_error *err)
{
	const ak_json *body = r->statement.body, *keys = ak_json_get(body, "keys");
	bool root = strcmp(j->mode, "root") == 0, compromise = ak_span_is(ak_json_get_text(body, "reason"), "compromise");
	int64_t last = (int64_t)seq;
	ak_status st = AK_OK;

	(void)ak_json_int(ak_json_get(body, "last_valid_seq"), &last);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(keys); i++) {
		cutoff c = {
			.root = root ? (uint64_t)last : NO_CUTOFF,
			.other = root ? NO_CUTOFF : (uint64_t)last,
			.compromise = root && compromise,
		};

		if (read_id(keys, i, &c.keyid))
			st = ak_auth_add_cutoff(a, &c, err);
	}
	if (st == AK_OK && ak_authority_reaches_back(r) && !a->foretold)
		st = ak_auth_judge_again(a, err);
	return st;
}
