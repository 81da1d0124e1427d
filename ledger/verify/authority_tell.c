/* SPDX-License-Identifier: Apache-2.0 */
/* Who stands, for whoever takes a ledger over: the keyset in force, and every party with its members and keys. */
#include "verify/authority_state.h"

#include "base/text.h"
#include "base/utctime.h"

static ak_json *key_id(const ak_authority *a, size_t at)
{
	char text[AK_DIGEST_TEXT_LEN + 1];

	ak_digest_format(ak_pubkey_id(a->keys[at].pub), text);
	return ak_json_new_str(text);
}

/* Adds or sets `v`, which is taken over, unless st says that it came to nothing. */
static ak_status into(ak_json *list, ak_json *v, ak_status st, ak_error *err)
{
	if (st == AK_OK)
		return ak_json_add(list, v, err);
	ak_json_free(v);
	return st;
}

static ak_status under(ak_json *o, const char *name, ak_json *v, ak_status st, ak_error *err)
{
	if (st == AK_OK)
		return ak_json_set(o, name, v, err);
	ak_json_free(v);
	return st;
}

static ak_status tell_keyset(const ak_authority *a, ak_json *o, ak_error *err)
{
	const keyset *set = &a->set;
	ak_json *k = ak_json_new_object(), *holders = ak_json_new_array();
	ak_status st = ak_json_set(k, "number", ak_json_new_int((int64_t)set->number), err);

	if (st == AK_OK)
		st = ak_json_set(k, "threshold", ak_json_new_int((int64_t)set->threshold), err);
	for (size_t i = 0; st == AK_OK && i < set->n; i++) {
		ak_json *h = ak_json_new_object();

		st = ak_json_set(h, "holder", ak_json_new_str(set->root[i].name), err);
		if (st == AK_OK)
			st = ak_json_set(h, "key", key_id(a, set->root[i].key), err);
		st = into(holders, h, st, err);
	}
	st = under(k, "root", holders, st, err);
	if (st == AK_OK)
		st = ak_json_set(k, "operator", key_id(a, set->operator_key), err);
	if (st == AK_OK)
		st = ak_json_set(k, "heartbeat", key_id(a, set->heartbeat_key), err);
	return under(o, "keyset", k, st, err);
}

/* The last record in which it counts, the lower of the strata; null while there is no such end. */
static ak_json *last_of(const ak_authority *a, size_t at)
{
	const cutoff *c = ak_auth_cutoff(a, ak_pubkey_id(a->keys[at].pub));
	uint64_t last = c == NULL ? NO_CUTOFF : c->root < c->other ? c->root : c->other;

	return last == NO_CUTOFF ? ak_json_new_null() : ak_json_new_int((int64_t)last);
}

/* {"until","organisation"} of the chain that holds longest, `until` null when no root of a chain is pinned; or null: it has none, or all
 * of its chains were ended by a list. */
static ak_status tell_certificate(const ak_authority *a, const key *k, int64_t now, ak_json *o, ak_error *err)
{
	const certified *best = NULL;
	int64_t last = INT64_MIN, until;
	char text[AK_UTCTIME_LEN + 1];
	ak_json *v;
	ak_status st;

	for (const certified *c = k->certificate; c != NULL; c = c->next) {
		if (c->last != NO_CUTOFF)
			continue;
		if (!ak_auth_chain_until(a, c, now, &until))
			until = INT64_MIN;
		if (best == NULL || until >= last) {
			best = c;
			last = until;
		}
	}
	if (best == NULL)
		return ak_json_set(o, "certificate", ak_json_new_null(), err);
	v = ak_json_new_object();
	if (last != INT64_MIN)
		ak_utctime_format(last, text);
	st = ak_json_set(v, "until", last == INT64_MIN ? ak_json_new_null() : ak_json_new_str(text), err);
	if (st == AK_OK)
		st = ak_json_set(v, "organisation", ak_json_new_str(best->organisation), err);
	return under(o, "certificate", v, st, err);
}

static ak_status tell_member(const ak_authority *a, size_t at, int64_t now, ak_json *list, ak_error *err)
{
	const member *m = &a->members[at];
	ak_json *o = ak_json_new_object(), *keys = ak_json_new_array();
	ak_status st = ak_json_set(o, "member", ak_json_new_str(m->name), err);

	if (st == AK_OK)
		st = ak_json_set(o, "seat", ak_json_new_str(m->seat == NULL ? "" : m->seat), err);
	if (st == AK_OK)
		st = ak_json_set(o, "kind", ak_json_new_str(m->office ? "office" : "person"), err);
	for (size_t k = m->first_key; st == AK_OK && k != NO_KEY; k = a->keys[k].next) {
		ak_json *one = ak_json_new_object();

		st = ak_json_set(one, "id", key_id(a, k), err);
		if (st == AK_OK)
			st = ak_json_set(one, "enrolled", ak_json_new_int((int64_t)a->keys[k].from), err);
		if (st == AK_OK)
			st = ak_json_set(one, "last", last_of(a, k), err);
		if (st == AK_OK)
			st = tell_certificate(a, &a->keys[k], now, one, err);
		st = into(keys, one, st, err);
	}
	st = under(o, "keys", keys, st, err);
	return into(list, o, st, err);
}

static ak_status tell_party(const ak_authority *a, const party *p, int64_t now, ak_json *list, ak_error *err)
{
	ak_json *o = ak_json_new_object(), *name = ak_json_new_object(), *roles = ak_json_new_array(), *members = ak_json_new_array();
	ak_status st = ak_json_set(o, "party", ak_json_new_str(p->name), err);

	if (st == AK_OK)
		st = ak_json_set(name, "ja", ak_json_new_str(p->ja == NULL ? "" : p->ja), err);
	if (st == AK_OK)
		st = ak_json_set(name, "en", ak_json_new_str(p->en == NULL ? "" : p->en), err);
	st = under(o, "name", name, st, err);
	for (size_t i = 0; st == AK_OK && i < p->n_roles; i++)
		st = ak_json_add(roles, ak_json_new_str(p->role[i]), err);
	st = under(o, "roles", roles, st, err);
	for (size_t m = p->first_member; st == AK_OK && m != NO_KEY; m = a->members[m].next)
		st = tell_member(a, m, now, members, err);
	st = under(o, "members", members, st, err);
	return into(list, o, st, err);
}

ak_status ak_authority_tell(const ak_authority *a, int64_t now, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = a->set.number == 0 ? ak_json_set(o, "keyset", ak_json_new_null(), err) : tell_keyset(a, o, err);

	for (size_t i = 0; st == AK_OK && i < a->n_parties; i++)
		st = tell_party(a, &a->parties[i], now, list, err);
	return under(o, "parties", list, st, err);
}
