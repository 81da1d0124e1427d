/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/authority_state.h"

#include "base/fail.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static ak_span id_span(const ak_digest *d)
{
	return (ak_span){ d->b, AK_DIGEST_LEN };
}

size_t ak_auth_find_key(const ak_authority *a, const ak_digest *id)
{
	uint64_t at;

	return ak_strmap_get(&a->key_by_id, id_span(id), &at) ? (size_t)at : NO_KEY;
}

bool ak_auth_find_party(const ak_authority *a, ak_span name, size_t *out)
{
	uint64_t at;

	if (!ak_strmap_get(&a->party_by_name, name, &at))
		return false;
	*out = (size_t)at;
	return true;
}

/* Members are keyed by their party's number and their name. */
static size_t member_key(size_t party_at, ak_span name, char out[AK_NAME_MAX + 32])
{
	int n = snprintf(out, AK_NAME_MAX + 32, "%zu/%.*s", party_at, (int)name.len,
	                 (const char *)name.data);

	return n < 0 ? 0 : (size_t)n;
}

bool ak_auth_find_member(const ak_authority *a, size_t party_at, ak_span name, size_t *out)
{
	char text[AK_NAME_MAX + 32];
	uint64_t at;

	if (name.len > AK_NAME_MAX)
		return false;
	(void)member_key(party_at, name, text);
	if (!ak_strmap_get(&a->member_by_name, ak_span_str(text), &at))
		return false;
	*out = (size_t)at;
	return true;
}

bool ak_auth_has_role(const ak_authority *a, size_t party_at, const char *role)
{
	const party *p = &a->parties[party_at];

	for (size_t i = 0; i < p->n_roles; i++) {
		if (strcmp(p->role[i], role) == 0)
			return true;
	}
	return false;
}

const cutoff *ak_auth_cutoff(const ak_authority *a, const ak_digest *id)
{
	uint64_t at;

	return ak_strmap_get(&a->cutoff_by_id, id_span(id), &at) ? &a->cutoffs[at] : NULL;
}

bool ak_auth_key_valid(const ak_authority *a, size_t key_at, uint64_t seq)
{
	const key *k = &a->keys[key_at];
	const cutoff *c = ak_auth_cutoff(a, ak_pubkey_id(k->pub));

	return k->from < seq && (c == NULL || (seq <= c->root && seq <= c->other));
}

ak_status ak_auth_set_text(char **to, ak_span s, ak_error *err)
{
	char *copy = ak_span_dup(s);

	if (copy == NULL)
		return ak_no_memory(err, "authority");
	ak_mem_free(*to);
	*to = copy;
	return AK_OK;
}

ak_status ak_auth_add_key(ak_authority *a, ak_pubkey *pub, owner o, size_t member_at, uint64_t from,
                          size_t *out, ak_error *err)
{
	ak_status st = ak_mem_grow((void **)&a->keys, &a->cap_keys, a->n_keys + 1,
	                           sizeof(*a->keys), err);

	if (st == AK_OK)
		st = ak_strmap_put(&a->key_by_id, id_span(ak_pubkey_id(pub)), a->n_keys, err);
	if (st != AK_OK)
		return st;
	a->keys[a->n_keys] = (key){ .pub = pub, .owner = o, .member = member_at, .from = from, .next = NO_KEY };
	if (o == OWNER_MEMBER) {
		a->keys[a->n_keys].next = a->members[member_at].first_key;
		a->members[member_at].first_key = a->n_keys;
	}
	*out = a->n_keys++;
	return AK_OK;
}

ak_status ak_auth_add_party(ak_authority *a, ak_span name, size_t *out, ak_error *err)
{
	party p = { .first_member = NO_KEY };
	ak_status st = ak_mem_grow((void **)&a->parties, &a->cap_parties, a->n_parties + 1,
	                           sizeof(*a->parties), err);

	if (st == AK_OK)
		st = ak_auth_set_text(&p.name, name, err);
	if (st == AK_OK)
		st = ak_auth_set_text(&p.ja, (ak_span){ 0 }, err);
	if (st == AK_OK)
		st = ak_auth_set_text(&p.en, (ak_span){ 0 }, err);
	if (st == AK_OK)
		st = ak_strmap_put(&a->party_by_name, name, a->n_parties, err);
	if (st != AK_OK) {
		ak_mem_free(p.name);
		ak_mem_free(p.ja);
		ak_mem_free(p.en);
		return st;
	}
	a->parties[a->n_parties] = p;
	*out = a->n_parties++;
	return AK_OK;
}

ak_status ak_auth_add_role(ak_authority *a, size_t party_at, ak_span scheme, ak_span role, ak_error *err)
{
	char text[2 * AK_NAME_MAX + 2];
	party *p = &a->parties[party_at];
	ak_status st;

	(void)snprintf(text, sizeof(text), "%.*s/%.*s", (int)scheme.len, (const char *)scheme.data,
	               (int)role.len, (const char *)role.data);
	if (ak_auth_has_role(a, party_at, text))
		return AK_OK;
	if (p->n_roles == ROLES_MAX)
		return ak_fail(err, AK_LIMIT, "party.roles", ROLES_MAX, "too many roles");
	p->role[p->n_roles] = NULL;
	st = ak_auth_set_text(&p->role[p->n_roles], ak_span_str(text), err);
	if (st == AK_OK)
		p->n_roles++;
	return st;
}

ak_status ak_auth_add_member(ak_authority *a, size_t party_at, ak_span name, bool office, size_t *out,
                             ak_error *err)
{
	member m = { .party = party_at, .office = office,
	             .next = a->parties[party_at].first_member, .first_key = NO_KEY };
	char text[AK_NAME_MAX + 32];
	ak_status st = ak_mem_grow((void **)&a->members, &a->cap_members, a->n_members + 1,
	                           sizeof(*a->members), err);

	if (st == AK_OK)
		st = ak_auth_set_text(&m.name, name, err);
	if (st == AK_OK)
		st = ak_auth_set_text(&m.seat, (ak_span){ 0 }, err);
	if (st == AK_OK) {
		(void)member_key(party_at, name, text);
		st = ak_strmap_put(&a->member_by_name, ak_span_str(text), a->n_members, err);
	}
	if (st != AK_OK) {
		ak_mem_free(m.name);
		ak_mem_free(m.seat);
		return st;
	}
	a->members[a->n_members] = m;
	a->parties[party_at].first_member = a->n_members;
	*out = a->n_members++;
	return AK_OK;
}

ak_status ak_auth_add_cutoff(ak_authority *a, const cutoff *c, ak_error *err)
{
	uint64_t at;
	ak_status st;

	if (ak_strmap_get(&a->cutoff_by_id, id_span(&c->keyid), &at)) {
		cutoff *have = &a->cutoffs[at];

		if (c->other < have->other)
			have->listed = c->listed;
		have->root = c->root < have->root ? c->root : have->root;
		have->other = c->other < have->other ? c->other : have->other;
		have->compromise = have->compromise || c->compromise;
		return AK_OK;
	}
	st = ak_mem_grow((void **)&a->cutoffs, &a->cap_cutoffs, a->n_cutoffs + 1,
	                 sizeof(*a->cutoffs), err);
	if (st == AK_OK)
		st = ak_strmap_put(&a->cutoff_by_id, id_span(&c->keyid), a->n_cutoffs, err);
	if (st == AK_OK)
		a->cutoffs[a->n_cutoffs++] = *c;
	return st;
}

static ak_status read_key(const ak_json *k, ak_pubkey **out, ak_error *err)
{
	ak_span b64 = ak_json_get_text(k, "spki"), id = ak_json_get_text(k, "id");
	ak_pubkey *pub = NULL;
	char hex[2 * AK_DIGEST_LEN + 1];
	ak_error why = { 0 };
	ak_buf der;
	ak_status st;

	ak_buf_init(&der, AK_SPKI_MAX);
	if (ak_base64_decode(b64, &der, &why))
		st = ak_pubkey_from_spki(ak_buf_span(&der), &pub, err);
	else if (why.status == AK_NO_MEMORY)
		st = ak_no_memory(err, "key.spki");
	else
		st = ak_fail(err, AK_BAD_FORMAT, "key.spki", why.at, "must be canonical base64 of at most %d bytes", AK_SPKI_MAX);
	ak_buf_clear(&der);
	if (st != AK_OK)
		return st;
	ak_hex_encode(ak_pubkey_id(pub)->b, AK_DIGEST_LEN, hex);
	if (!ak_span_is(id, hex)) {
		char got[AK_ERROR_VALUE_MAX];

		(void)snprintf(got, sizeof(got), "%.*s", (int)id.len, (const char *)id.data);
		ak_pubkey_free(&pub);
		return ak_mismatch(err, AK_BAD_FORMAT, "key.id", 0, hex, got);
	}
	*out = pub;
	return AK_OK;
}

ak_status ak_auth_read_key(const ak_sealed *r, const ak_json *k, ak_pubkey **out, ak_error *err)
{
	ak_pubkey *pub = ak_sealed_key(r, k);
	ak_status st = AK_OK;

	if (pub == NULL) {
		st = read_key(k, &pub, err);
		if (st == AK_OK)
			st = ak_sealed_keep_key(r, k, pub, err);
	}
	if (st != AK_OK)
		ak_pubkey_free(&pub);
	else
		*out = pub;
	return st;
}

ak_status ak_auth_void(ak_judgement *j, const ak_error *why)
{
	j->authorised = false;
	j->mode[0] = '\0';
	j->why = *why;
	return AK_OK;
}

ak_status ak_auth_voidf(ak_judgement *j, ak_status status, const char *where, uint64_t seq, const char *fmt, ...)
{
	char text[AK_ERROR_DETAIL_MAX];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	j->authorised = false;
	j->mode[0] = '\0';
	(void)ak_fail(&j->why, status, where, seq, "%s", text);
	return AK_OK;
}
