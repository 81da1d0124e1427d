/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/authority_state.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "crypto/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

ak_status ak_authority_open(const ak_profile *core, const ak_authority_hooks *hooks,
                            ak_authority **out, ak_error *err)
{
	ak_authority *a = ak_mem_alloc(sizeof(*a));

	if (a == NULL)
		return ak_no_memory(err, "authority");
	a->core = core;
	a->hooks = *hooks;
	ak_strmap_init(&a->key_by_id, 1);
	ak_strmap_init(&a->party_by_name, 2);
	ak_strmap_init(&a->member_by_name, 3);
	ak_strmap_init(&a->cutoff_by_id, 4);
	*out = a;
	return AK_OK;
}

void ak_authority_free(ak_authority **pa)
{
	ak_authority *a = *pa;

	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n_profiles; i++) {
		ak_profile_clear(&a->profile[i]);
		ak_pins_free(&a->pins[i]);
	}
	for (size_t i = 0; i < a->n_parties; i++) {
		for (size_t k = 0; k < a->parties[i].n_roles; k++)
			ak_mem_free(a->parties[i].role[k]);
		ak_mem_free(a->parties[i].name);
		ak_mem_free(a->parties[i].ja);
		ak_mem_free(a->parties[i].en);
	}
	for (size_t i = 0; i < a->n_members; i++) {
		ak_mem_free(a->members[i].name);
		ak_mem_free(a->members[i].seat);
	}
	for (size_t i = 0; i < a->n_keys; i++) {
		ak_pubkey_free(&a->keys[i].pub);
		ak_auth_chains_free(&a->keys[i].certificate);
	}
	ak_mem_free(a->profile);
	ak_mem_free(a->pins);
	ak_mem_free(a->parties);
	ak_mem_free(a->members);
	ak_mem_free(a->keys);
	ak_mem_free(a->cutoffs);
	for (size_t i = 0; i < a->n_told; i++)
		ak_mem_free(a->told[i].lines);
	ak_mem_free(a->told);
	ak_strmap_clear(&a->key_by_id);
	ak_strmap_clear(&a->party_by_name);
	ak_strmap_clear(&a->member_by_name);
	ak_strmap_clear(&a->cutoff_by_id);
	ak_mem_free(a);
	*pa = NULL;
}

/* One more reference and no copy: a tree that was parsed never changes. */
static ak_json *share(const ak_json *v)
{
	return ak_json_ref((ak_json *)(uintptr_t)v);
}

static ak_status check_package(const ak_sealed *r, uint64_t seq, ak_judgement *j, ak_error *err)
{
	const ak_json *body = r->statement.body, *package = ak_json_get(body, "package");
	ak_span text = { 0 };
	char want[AK_DIGEST_TEXT_LEN + 1];
	ak_profile p = { 0 };
	ak_error why = { 0 };
	ak_digest d;
	ak_json *shared;
	ak_status st;

	if (r->of != NULL && r->of->fits_package)
		return AK_OK;
	(void)ak_jcs_member(ak_sealed_body(r), NULL, "package", &text);
	if (text.len > AK_PROFILE_MAX)
		return ak_auth_voidf(j, AK_SCHEMA, "profile.package", seq, "is over the size limit");
	ak_sha256(text, &d);
	ak_digest_format(&d, want);
	if (!ak_span_is(ak_json_get_text(body, "digest"), want) ||
	    !ak_span_eq(ak_json_get_text(body, "scheme"), ak_json_get_text(package, "scheme")) ||
	    !ak_span_eq(ak_json_get_text(body, "version"), ak_json_get_text(package, "version")))
		return ak_auth_voidf(j, AK_SCHEMA, "profile.digest", seq,
		                     "digest, scheme or version is not that of the package");
	shared = share(package);
	st = ak_profile_init(shared, &p, &why);
	if (st == AK_OK) {
		st = ak_auth_check_package(package, &why);
		ak_profile_clear(&p);
	} else {
		ak_json_free(shared);
	}
	if (st == AK_NO_MEMORY)
		return ak_no_memory(err, "profile");
	if (st == AK_OK && r->of != NULL)
		r->of->fits_package = true;
	return st == AK_OK ? AK_OK : ak_auth_void(j, &why);
}

static ak_status judge_profile(const ak_authority *a, const ak_sealed *r, uint64_t seq, const resolved *res,
                               ak_judgement *j, ak_error *err)
{
	if (!ak_auth_root_satisfied(a, r, seq, res, j))
		return AK_OK;
	j->authorised = true;
	return check_package(r, seq, j, err);
}

static ak_status apply_profile(ak_authority *a, const ak_sealed *r, ak_error *err)
{
	const ak_json *body = r->statement.body;
	ak_json *package = share(ak_json_get(body, "package"));
	ak_profile p = { 0 };
	ak_pins *pins = NULL;
	ak_digest d;
	/* check_package has found this to be the package's, and the package to be well formed: neither is asked again. */
	ak_status st = ak_digest_parse(ak_json_get_text(body, "digest"), &d)
		? AK_OK : ak_fail(err, AK_INTERNAL, "profile.digest", 0, "applied unjudged");

	if (st == AK_OK)
		ak_profile_again(package, &p);
	if (st == AK_OK)
		st = ak_mem_grow((void **)&a->profile, &a->cap_profiles, a->n_profiles + 1,
		                 sizeof(*a->profile), err);
	if (st == AK_OK)
		st = ak_mem_grow((void **)&a->pins, &a->cap_pins, a->n_profiles + 1, sizeof(ak_pins *), err);
	if (st == AK_OK)
		st = ak_pins_read(package, &pins, err);
	if (st != AK_OK) {
		ak_json_free(package);
		return st;
	}
	p.digest = d;
	p.held = a->hooks.held != NULL && a->hooks.held(a->hooks.ctx, p.scheme, &d);
	for (size_t i = 0; i < a->n_profiles; i++) {
		if (ak_span_eq(a->profile[i].scheme, p.scheme)) {
			ak_profile_clear(&a->profile[i]);
			ak_pins_free(&a->pins[i]);
			a->profile[i] = p;
			a->pins[i] = pins;
			return AK_OK;
		}
	}
	a->pins[a->n_profiles] = pins;
	a->profile[a->n_profiles++] = p;
	return AK_OK;
}

static ak_status judge_other(ak_authority *a, ak_sealed *r, uint64_t seq, const resolved *res,
                             ak_judgement *j, ak_error *err)
{
	const ak_profile *p = ak_authority_profile(a, r->statement.scheme);
	const ak_json *type = p == NULL ? NULL : ak_profile_type(p, r->statement.type);
	bool yes = false;
	ak_status st;

	if (type == NULL)
		return ak_auth_voidf(j, AK_UNKNOWN_TYPE, "statement.predicateType", seq,
		                     "no such type in the profile in force");
	st = ak_auth_satisfied(a, r, seq, ak_type_signing(type), r->statement.scheme, res, j, &yes, err);
	if (st == AK_OK)
		j->authorised = yes;
	return st;
}

/* A core type that enrols nobody: the policies of the core package, which ask for no party.  A list that ends keys asks for more. */
static ak_status judge_told(ak_authority *a, ak_sealed *r, uint64_t seq, const resolved *res, ak_judgement *j, ak_error *err)
{
	bool yes = false;
	ak_status st = ak_auth_satisfied(a, r, seq, ak_type_signing(ak_profile_type(a->core, r->statement.type)), r->statement.scheme,
	                                 res, j, &yes, err);

	if (st != AK_OK || !yes)
		return st;
	j->authorised = true;
	if (ak_span_is(r->statement.type, "crl"))
		return ak_auth_judge_crl(a, r, seq, res, j, err);
	return ak_span_is(r->statement.type, "timestamp") ? ak_auth_judge_time(a, r, seq, j, err) : AK_OK;
}

/* The record's tokens, by what the profiles in force name; into r->result and j.  Without tokens nothing is done. */
static ak_status try_stamps(const ak_authority *a, ak_sealed *r, ak_judgement *j, ak_error *err)
{
	const bool any = ak_span_eq(r->statement.scheme, a->core->scheme);
	const ak_pins **pins;
	size_t n = 0;
	ak_status st;

	j->stamps = r->signatures.n_timestamps;
	if (j->stamps == 0)
		return AK_OK;
	pins = ak_mem_array(a->n_profiles + 1, sizeof(*pins));
	if (pins == NULL)
		return ak_no_memory(err, "authority");
	for (size_t i = 0; i < a->n_profiles; i++) {
		if (any || ak_span_eq(a->profile[i].scheme, r->statement.scheme))
			pins[n++] = a->pins[i];
	}
	st = ak_stamps_try(r, pins, n, &j->stamps_good, &j->stamp_why, err);
	ak_mem_free(pins);
	return st;
}

/* Who signed, for people, whether or not it counted. */
static void list_signers(const ak_authority *a, const ak_sealed *r, const resolved *res, ak_judgement *j)
{
	j->n_signers = r->signatures.n;
	for (size_t i = 0; i < j->n_signers; i++) {
		ak_signer *s = &j->signer[i];
		const key *k;

		*s = (ak_signer){ .party = "", .member = "", .seat = "" };
		if (res->key[i] == NO_KEY) {
			j->bad++;
			continue;
		}
		j->good++;
		k = &a->keys[res->key[i]];
		if (k->owner == OWNER_MEMBER) {
			const member *m = &a->members[k->member];

			*s = (ak_signer){ a->parties[m->party].name, m->name, m->seat, m->office, false, false };
		}
		for (size_t h = 0; k->owner == OWNER_ROOT && h < a->set.n; h++) {
			if (a->set.root[h].key != res->key[i])
				continue;
			s->member = a->set.root[h].name;
			s->tallied = ak_span_is(r->statement.type, "keyset"); /* the set in force has its part in the next one */
		}
	}
}

static bool is_named(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = list; (at = strstr(at, name)) != NULL; at += n) {
		if ((at == list || (at - list >= 2 && at[-2] == ',' && at[-1] == ' ')) && (at[n] == '\0' || at[n] == ','))
			return true;
	}
	return false;
}

/* Whom issuers of certificates say that the signers are who counted. */
static void list_certified(const ak_authority *a, const ak_sealed *r, uint64_t seq, const resolved *res, ak_judgement *j)
{
	for (size_t i = 0; j->authorised && i < j->n_signers; i++) {
		const certified *c = res->key[i] == NO_KEY || !j->signer[i].counted ? NULL : ak_auth_chain_at(a, res->key[i], seq, r->header.time);
		size_t used = strlen(j->certified);

		if (c == NULL || c->organisation[0] == '\0' || is_named(j->certified, c->organisation) ||
		    used + 2 + strlen(c->organisation) >= sizeof(j->certified))
			continue;
		(void)snprintf(j->certified + used, sizeof(j->certified) - used, "%s%s", used == 0 ? "" : ", ", c->organisation);
	}
}

ak_status ak_authority_judge(ak_authority *a, ak_sealed *r, uint64_t seq, ak_judgement *out, ak_error *err)
{
	ak_judgement j = { 0 };
	ak_span type = r->statement.type;
	resolved res;
	ak_status st = ak_auth_resolve(a, r, &res, err);

	if (st == AK_OK)
		st = try_stamps(a, r, &j, err);
	if (st != AK_OK)
		return st;
	list_signers(a, r, &res, &j);
	if (a->ended && seq > a->ended_by)
		st = ak_auth_voidf(&j, AK_LEDGER_ENDED, "record", seq, "the ledger ended with record #%" PRIu64, a->ended_by);
	else if (ak_span_is(type, "keyset"))
		st = ak_auth_judge_keyset(a, r, seq, &j, err);
	else if (a->set.number == 0)
		st = ak_auth_voidf(&j, AK_NOT_AUTHORISED, "record", seq, "there is no keyset yet");
	else if (ak_span_is(type, "profile"))
		st = judge_profile(a, r, seq, &res, &j, err);
	else if (ak_span_is(type, "party"))
		st = ak_auth_judge_party(a, r, seq, &res, &j, err);
	else if (ak_span_is(type, "revocation"))
		st = ak_auth_judge_revocation(a, r, seq, &res, &j, err);
	else if (ak_type_is_core(type))
		st = judge_told(a, r, seq, &res, &j, err);
	else
		st = judge_other(a, r, seq, &res, &j, err);
	list_certified(a, r, seq, &res, &j);
	if (st == AK_OK)
		*out = j;
	return st;
}

ak_status ak_authority_by_root(ak_authority *a, ak_sealed *r, uint64_t seq, bool *yes, ak_error *err)
{
	ak_judgement j = { 0 };
	resolved res;
	ak_status st = a->set.number == 0 ? AK_OK : ak_auth_resolve(a, r, &res, err);

	if (st == AK_OK)
		*yes = a->set.number != 0 && ak_auth_root_satisfied(a, r, seq, &res, &j);
	return st;
}

static ak_status take_effect(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_judgement *j, ak_error *err)
{
	ak_span type = r->statement.type;

	if (!j->authorised)
		return AK_OK;
	if (ak_span_is(type, "keyset"))
		return ak_auth_apply_keyset(a, r, seq, err);
	if (ak_span_is(type, "profile"))
		return apply_profile(a, r, err);
	if (ak_span_is(type, "party"))
		return ak_auth_apply_party(a, r, seq, err);
	if (ak_span_is(type, "crl"))
		return ak_auth_apply_crl(a, r, seq, err);
	if (ak_span_is(type, "revocation"))
		return ak_auth_apply_revocation(a, r, seq, j, err);
	if (ak_span_is(type, "closing") && !a->ended) {
		a->ended = true;
		a->ended_by = seq;
	}
	return AK_OK;
}

ak_status ak_authority_apply(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_judgement *j, ak_error *err)
{
	ak_status st = take_effect(a, r, seq, j, err);

	/* Void ones too: who has no authority may turn out to have had it. */
	if (st == AK_OK && ak_type_gives_standing(r->statement.type))
		st = ak_auth_keep(a, r, seq, err);
	return st;
}

bool ak_type_of_chain(ak_span type)
{
	return ak_span_is(type, "keyset") || ak_span_is(type, "closing");
}

bool ak_authority_ended(const ak_authority *a, uint64_t *by)
{
	if (a->ended)
		*by = a->ended_by;
	return a->ended;
}

const ak_profile *ak_authority_profile(const ak_authority *a, ak_span scheme)
{
	for (size_t i = 0; i < a->n_profiles; i++) {
		if (ak_span_eq(a->profile[i].scheme, scheme))
			return &a->profile[i];
	}
	return NULL;
}

const ak_profile *ak_authority_profile_at(const ak_authority *a, size_t i)
{
	return i < a->n_profiles ? &a->profile[i] : NULL;
}

const ak_pubkey *ak_authority_operator(const ak_authority *a)
{
	return a->set.number == 0 ? NULL : a->keys[a->set.operator_key].pub;
}

const ak_pubkey *ak_authority_operator_at(const ak_authority *a, size_t i)
{
	for (size_t k = 0; k < a->n_keys; k++) {
		const key *one = &a->keys[k];
		const bool is = one->owner == OWNER_OPERATOR || (one->has_function && one->function == OWNER_OPERATOR);

		if (is && i-- == 0)
			return one->pub;
	}
	return NULL;
}

const ak_pubkey *ak_authority_heartbeat(const ak_authority *a)
{
	return a->set.number == 0 ? NULL : a->keys[a->set.heartbeat_key].pub;
}

uint64_t ak_authority_keyset_number(const ak_authority *a)
{
	return a->set.number;
}

const ak_pubkey *ak_authority_key(const ak_authority *a, const ak_digest *keyid)
{
	size_t k = ak_auth_find_key(a, keyid);

	return k == NO_KEY ? NULL : a->keys[k].pub;
}

const ak_pubkey *ak_authority_key_at(const ak_authority *a, size_t i)
{
	return i < a->n_keys ? a->keys[i].pub : NULL;
}

void ak_authority_name_keys(const ak_authority *a, ak_sealed *r)
{
	for (size_t i = 0; i < r->signatures.n; i++)
		r->result[i].key = ak_authority_key(a, &r->signatures.sig[i].keyid);
}

bool ak_authority_is_member_key(const ak_authority *a, const ak_digest *keyid)
{
	size_t k = ak_auth_find_key(a, keyid);

	return k != NO_KEY && a->keys[k].owner == OWNER_MEMBER;
}

ak_status ak_authority_each_party(const ak_authority *a, ak_party_fn *fn, void *ctx, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < a->n_parties; i++)
		st = fn(ctx, a->parties[i].name, a->parties[i].ja, a->parties[i].en, err);
	return st;
}
