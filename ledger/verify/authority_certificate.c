/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of party keys (FORMAT 26): a chain in the record, roots pinned by the profile in force.  The ledger's enrolment gives the authority;
 * a certificate adds who, and takes the key's signatures away when it does not hold. */
#include "verify/authority_state.h"

#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"
#include "pki/path.h"

#include <stdio.h>
#include <string.h>

enum { ROOTS_MAX = 32, POLICY_LEN_MAX = 100 };

/* ---- pins ---- */

static bool is_policy(ak_span s)
{
	bool dot = true; /* nothing, or a dot, before this character */

	if (s.len == 0 || s.len > POLICY_LEN_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		bool digit = s.data[i] >= '0' && s.data[i] <= '9';

		if (!digit && (s.data[i] != '.' || dot))
			return false;
		dot = !digit;
	}
	return !dot;
}

static const char *wrong_root(const ak_json *pin)
{
	const ak_json *until = ak_json_get(pin, "until"), *policies = ak_json_get(pin, "policies");
	int64_t from, to = INT64_MAX;
	ak_digest d;

	if (!ak_digest_parse(ak_json_get_text(pin, "certificate"), &d))
		return "certificate is the digest text of a certificate in DER";
	if (!ak_utctime_parse(ak_json_get_text(pin, "from"), &from) || (until != NULL && !ak_utctime_parse(ak_json_text(until), &to)) || to <= from)
		return "from and until are times in UTC, from before until";
	if (policies != NULL && (!ak_json_is(policies, AK_JSON_ARRAY) || ak_json_len(policies) == 0 || ak_json_len(policies) > AK_PATH_POLICIES_MAX))
		return "policies are 1 to 32 object identifiers";
	for (size_t i = 0; i < ak_json_len(policies); i++) {
		if (!is_policy(ak_json_text(ak_json_at(policies, i))))
			return "policies are dotted object identifiers";
	}
	return NULL;
}

ak_status ak_auth_check_roots(const ak_json *package, ak_error *err)
{
	const ak_json *roots = ak_json_get(package, "certificate_roots");
	const char *why = NULL;

	if (roots == NULL)
		return AK_OK;
	if (!ak_json_is(roots, AK_JSON_ARRAY) || ak_json_len(roots) > ROOTS_MAX)
		return ak_fail(err, AK_SCHEMA, "profile.certificate_roots", 0, "an array of at most %d roots", ROOTS_MAX);
	for (size_t i = 0; why == NULL && i < ak_json_len(roots); i++) {
		why = wrong_root(ak_json_at(roots, i));
		if (why != NULL)
			return ak_fail(err, AK_SCHEMA, "profile.certificate_roots", i, "%s", why);
	}
	return AK_OK;
}

static const ak_json *pins_of(const ak_authority *a, ak_span scheme)
{
	const ak_profile *p = ak_authority_profile(a, scheme);

	return p == NULL ? NULL : ak_json_get(p->package, "certificate_roots");
}

/* From when until before when this pin lets that root count. */
static bool window_of(const ak_json *pin, const ak_digest *root, int64_t *from, int64_t *until)
{
	ak_digest d;

	*until = INT64_MAX;
	if (!ak_digest_parse(ak_json_get_text(pin, "certificate"), &d) || !ak_digest_eq(&d, root) ||
	    !ak_utctime_parse(ak_json_get_text(pin, "from"), from))
		return false;
	(void)ak_utctime_parse(ak_json_get_text(pin, "until"), until);
	return true;
}

/* The pin of this root that is open at `time` in the profile in force, or NULL. */
static const ak_json *find_pin(const ak_authority *a, ak_span scheme, const ak_digest *root, int64_t time)
{
	const ak_json *roots = pins_of(a, scheme);

	for (size_t i = 0; i < ak_json_len(roots); i++) {
		const ak_json *pin = ak_json_at(roots, i);
		int64_t from, until;

		if (window_of(pin, root, &from, &until) && from <= time && time < until)
			return pin;
	}
	return NULL;
}

bool ak_auth_chain_until(const ak_authority *a, const certified *c, int64_t now, int64_t *until)
{
	const ak_span scheme = ak_span_str(c->scheme);
	const ak_digest *root = &c->id[c->n - 1];
	const ak_json *roots = pins_of(a, scheme), *pin;
	int64_t end = INT64_MIN, from, to;

	for (size_t i = 0; i < ak_json_len(roots); i++) { /* closed: the last window that was */
		if (window_of(ak_json_at(roots, i), root, &from, &to) && from <= now && to > end)
			end = to;
	}
	if (end == INT64_MIN)
		return false;
	if (end > now) { /* open: as far as one window follows on another */
		for (end = now; end != INT64_MAX && (pin = find_pin(a, scheme, root, end)) != NULL; end = to)
			(void)window_of(pin, root, &from, &to);
	}
	*until = end <= c->not_after ? end - 1 : c->not_after;
	return true;
}

void ak_auth_chains_free(certified **chain)
{
	while (*chain != NULL) {
		certified *c = *chain;

		*chain = c->next;
		ak_mem_free(c);
	}
}

const certified *ak_auth_chain_at(const ak_authority *a, size_t key_at, uint64_t seq, int64_t time)
{
	for (const certified *c = a->keys[key_at].certificate; c != NULL; c = c->next) {
		if (c->from < seq && seq <= c->last && c->not_before <= time && time <= c->not_after &&
		    find_pin(a, ak_span_str(c->scheme), &c->id[c->n - 1], time) != NULL)
			return c;
	}
	return NULL;
}

bool ak_auth_key_counts(const ak_authority *a, size_t key_at, uint64_t seq, int64_t time)
{
	if (!ak_auth_key_valid(a, key_at, seq))
		return false;
	return a->keys[key_at].certificate == NULL || ak_auth_chain_at(a, key_at, seq, time) != NULL;
}

/* ---- chains ---- */

static const char where[] = "party.certificate";

static ak_status read_one(const ak_json *v, ak_cert **out, ak_error *err)
{
	ak_error why = { 0 };
	ak_buf der;
	ak_status st;

	ak_buf_init(&der, AK_CERT_MAX);
	if (ak_base64_decode(ak_json_text(v), &der, &why))
		st = ak_cert_parse(ak_buf_span(&der), out, err);
	else if (why.status == AK_NO_MEMORY)
		st = ak_no_memory(err, where);
	else
		st = ak_fail(err, AK_BAD_FORMAT, where, why.at, "must be canonical base64 of at most %d bytes", AK_CERT_MAX);
	ak_buf_clear(&der);
	return st;
}

static ak_status read_chain(const ak_json *list, ak_cert *certs[AK_CHAIN_MAX], size_t *n, ak_error *err)
{
	size_t len = ak_json_len(list);
	ak_status st = AK_OK;

	if (!ak_json_is(list, AK_JSON_ARRAY) || len == 0 || len > AK_CHAIN_MAX)
		return ak_fail(err, AK_SCHEMA, where, len, "a chain of 1 to %d certificates", AK_CHAIN_MAX);
	for (size_t i = 0; st == AK_OK && i < len; i++) {
		st = read_one(ak_json_at(list, i), &certs[i], err);
		if (st == AK_OK)
			st = ak_cert_check_public(certs[i], err);
	}
	*n = len;
	return st;
}

static ak_status check_path(const ak_json *pin, ak_cert *const *certs, size_t n, int64_t time, ak_path *path, ak_error *err)
{
	const char *policies[AK_PATH_POLICIES_MAX];
	const ak_json *wanted = ak_json_get(pin, "policies");
	ak_path_query q = { 0 };
	ak_status st;

	q.leaf = certs[0];
	q.others = n > 2 ? (const ak_cert *const *)&certs[1] : NULL;
	q.n_others = n > 2 ? n - 2 : 0;
	q.roots = (const ak_cert *const *)&certs[n - 1];
	q.n_roots = 1;
	q.at = time;
	q.purpose = AK_PURPOSE_SIGNATURE;
	q.policies = policies;
	for (; q.n_policies < ak_json_len(wanted) && q.n_policies < AK_PATH_POLICIES_MAX; q.n_policies++)
		policies[q.n_policies] = (const char *)ak_json_text(ak_json_at(wanted, q.n_policies)).data; /* ends in NUL */
	st = ak_path_check(&q, path, err);
	if (st != AK_OK)
		return st;
	if (path->n != n)
		return ak_fail(err, AK_BAD_CERTIFICATE, where, path->n, "the path from the key to the root is not these certificates in this order");
	for (size_t i = 0; i < n; i++) {
		if (path->certs[i] != certs[i])
			return ak_fail(err, AK_BAD_CERTIFICATE, where, i, "the path from the key to the root is not these certificates in this order");
	}
	return AK_OK;
}

/* Said of a signer, so one line of readable text: what is none is left out. */
static ak_status name_organisation(const ak_cert *c, char out[AK_ORGANISATION_MAX + 1], ak_error *err)
{
	ak_error why = { 0 };
	ak_buf b;
	bool plain;
	ak_status st;

	ak_buf_init(&b, AK_CERT_TEXT_MAX);
	st = ak_cert_organisation(c, &b, &why);
	plain = st == AK_OK && b.len <= AK_ORGANISATION_MAX && ak_utf8_valid(ak_buf_span(&b), &(size_t){ 0 });
	for (size_t i = 0; plain && i < b.len; i++)
		plain = b.data[i] >= 0x20 && b.data[i] != 0x7f;
	if (plain && b.len != 0)
		memcpy(out, b.data, b.len);
	out[plain ? b.len : 0] = '\0';
	ak_buf_clear(&b);
	if (st == AK_OK || ak_status_class(st) == AK_CLASS_REJECT)
		return AK_OK; /* a name that is no text decides nothing */
	if (err != NULL)
		*err = why;
	return st;
}

static ak_status check_chain(const ak_authority *a, ak_cert *const *certs, size_t n, const ak_pubkey *pub, ak_span scheme, int64_t time,
                             certified *out, ak_error *err)
{
	const ak_json *pin = find_pin(a, scheme, ak_cert_id(certs[n - 1]), time);
	ak_path path = { 0 };
	ak_status st;

	if (!ak_span_eq(ak_cert_spki(certs[0]), ak_pubkey_spki(pub)))
		return ak_digest_mismatch(err, AK_BAD_CERTIFICATE, where, 0, ak_pubkey_id(pub), ak_cert_key(certs[0]));
	if (pin == NULL) {
		char hex[AK_DIGEST_TEXT_LEN + 1];

		ak_digest_format(ak_cert_id(certs[n - 1]), hex);
		return ak_fail(err, AK_BAD_CERTIFICATE, where, n - 1,
		               "the chain ends in %s, which the profile in force does not pin as a certificate root for this time", hex);
	}
	st = check_path(pin, certs, n, time, &path, err);
	if (st != AK_OK)
		return st;
	*out = (certified){ .not_before = path.not_before, .not_after = path.not_after, .n = n, .last = NO_CUTOFF };
	memcpy(out->scheme, scheme.data, scheme.len); /* of a profile, so it fits */
	for (size_t i = 0; i < n; i++) {
		out->id[i] = *ak_cert_id(certs[i]);
		out->key[i] = *ak_cert_key(certs[i]);
	}
	return name_organisation(certs[0], out->organisation, err);
}

ak_status ak_auth_check_certificate(const ak_authority *a, const ak_json *item, const ak_pubkey *pub, ak_span scheme, int64_t time,
                                    certified **out, ak_error *err)
{
	const ak_json *list = ak_json_get(item, "certificate");
	ak_cert *certs[AK_CHAIN_MAX] = { 0 };
	certified *found;
	size_t n = 0;
	ak_status st;

	*out = NULL;
	if (list == NULL)
		return AK_OK;
	found = ak_mem_alloc(sizeof(*found));
	st = found == NULL ? ak_no_memory(err, where) : read_chain(list, certs, &n, err);
	if (st == AK_OK)
		st = check_chain(a, certs, n, pub, scheme, time, found, err);
	ak_certs_free(certs, AK_CHAIN_MAX);
	if (st == AK_OK)
		*out = found;
	else
		ak_mem_free(found);
	return st;
}

/* ---- lists of revoked certificates (FORMAT 15.6) ---- */

/* Does the certificate of that digest stand in this chain? */
static bool stands_in(const certified *c, const ak_digest *id)
{
	for (size_t i = 0; i < c->n; i++) {
		if (ak_digest_eq(&c->id[i], id))
			return true;
	}
	return false;
}

/* The certificate of that digest in a chain of a party's key, by that issuer. */
static bool is_certificate_of(const key *k, const ak_digest *id, const ak_digest *issuer)
{
	for (const certified *c = k->certificate; c != NULL; c = c->next) {
		for (size_t i = 0; i + 1 < c->n; i++) {
			if (ak_digest_eq(&c->id[i], id) && ak_digest_eq(&c->key[i + 1], issuer))
				return true;
		}
	}
	return false;
}

static ak_status check_revoked(const ak_authority *a, const ak_json *item, const ak_digest *issuer, uint64_t seq, ak_judgement *j)
{
	ak_span hex = ak_json_get_text(item, "id");
	ak_digest keyid, id;
	size_t k;

	if (!ak_digest_from_hex(hex, &keyid) || !ak_digest_parse(ak_json_get_text(item, "certificate"), &id))
		return ak_auth_voidf(j, AK_SCHEMA, "crl.revoked", seq, "a key id and the digest of a certificate");
	k = ak_auth_find_key(a, &keyid);
	if (k == NO_KEY || !is_certificate_of(&a->keys[k], &id, issuer))
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "crl.revoked", seq,
		                     "key %.*s was not enrolled with that certificate by this issuer", (int)hex.len, (const char *)hex.data);
	return AK_OK;
}

/* The list itself is not at hand: that the operator says what is on it ends no key.  Who may end it otherwise says so too. */
static ak_status check_enders(ak_authority *a, ak_sealed *r, uint64_t seq, const resolved *res, ak_judgement *j, ak_error *err)
{
	ak_judgement by = *j;
	ak_status st = AK_OK;

	if (!ak_auth_root_satisfied(a, r, seq, res, &by)) {
		by = *j;
		st = ak_auth_may_revoke(a, r, seq, ak_json_get(r->statement.body, "revoked"), res, &by, err);
	}
	if (st != AK_OK)
		return st;
	memcpy(j->signer, by.signer, sizeof(j->signer)); /* these had a part in it as well; the mode stays that of the operator */
	if (!by.authorised) {
		j->authorised = false;
		j->mode[0] = '\0';
		j->why = by.why;
	}
	return AK_OK;
}

/* j is what the policy came to. */
ak_status ak_auth_judge_crl(ak_authority *a, ak_sealed *r, uint64_t seq, const resolved *res, ak_judgement *j, ak_error *err)
{
	const ak_json *body = r->statement.body, *revoked = ak_json_get(body, "revoked");
	int64_t from, until;
	ak_digest issuer;
	ak_status st = AK_OK;

	if (!ak_digest_from_hex(ak_json_get_text(body, "issuer_key"), &issuer) ||
	    !ak_utctime_parse(ak_json_get_text(body, "this_update"), &from) || !ak_utctime_parse(ak_json_get_text(body, "next_update"), &until) ||
	    until <= from)
		return ak_auth_voidf(j, AK_SCHEMA, "crl.this_update", seq, "this_update lies before next_update");
	if (from > r->header.time)
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "crl.this_update", seq, "the list is later than its record");
	for (size_t i = 0; st == AK_OK && j->authorised && i < ak_json_len(revoked); i++)
		st = check_revoked(a, ak_json_at(revoked, i), &issuer, seq, j);
	if (st == AK_OK && j->authorised && ak_json_len(revoked) != 0)
		st = check_enders(a, r, seq, res, j, err);
	return st;
}

/* A certificate that was replaced, of a key that has the one in its place already: the chains with it end, the key goes on (FORMAT 26.6).
 * False: nothing was changed, since nothing would be left. */
static bool end_replaced(ak_authority *a, const ak_json *item, const ak_digest *keyid, uint64_t seq)
{
	size_t k = ak_auth_find_key(a, keyid);
	bool left = false;
	ak_digest id;

	if (k == NO_KEY || !ak_span_is(ak_json_get_text(item, "reason"), "superseded") || !ak_digest_parse(ak_json_get_text(item, "certificate"), &id))
		return false;
	for (const certified *c = a->keys[k].certificate; c != NULL; c = c->next)
		left = left || (c->last == NO_CUTOFF && !stands_in(c, &id));
	for (certified *c = a->keys[k].certificate; left && c != NULL; c = c->next) {
		if (c->last == NO_CUTOFF && stands_in(c, &id))
			c->last = seq;
	}
	return left;
}

ak_status ak_auth_apply_crl(ak_authority *a, const ak_sealed *r, uint64_t seq, ak_error *err)
{
	const ak_json *revoked = ak_json_get(r->statement.body, "revoked");
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(revoked); i++) {
		const ak_json *item = ak_json_at(revoked, i);
		cutoff c = { .root = NO_CUTOFF, .other = seq, .listed = true };

		if (ak_digest_from_hex(ak_json_get_text(item, "id"), &c.keyid) && !end_replaced(a, item, &c.keyid, seq))
			st = ak_auth_add_cutoff(a, &c, err);
	}
	return st;
}

typedef struct listing {
	const ak_authority *a;
	const ak_crl *list;
	ak_digest issuer;
	ak_status found; /* AK_NOT_FOUND: no issuer of that name was met; AK_OK: one that signed it; else why the last one met did not */
	ak_error why;
	bool telling;    /* second time round: the issuer is known */
	ak_revoked_fn *fn;
	void *ctx;
} listing;

static ak_status look_at_chain(listing *g, const ak_digest *keyid, ak_cert *const *certs, size_t n, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 1; st == AK_OK && i < n; i++) {
		ak_error why = { 0 };
		ak_revoked how;

		if (!g->telling && g->found != AK_OK) {
			ak_status by = ak_crl_check_issuer(g->list, certs[i], &why);

			if (by == AK_NO_MEMORY)
				return ak_no_memory(err, "crl");
			if (by == AK_OK)
				g->issuer = *ak_cert_key(certs[i]);
			if (by != AK_NOT_FOUND) {
				g->found = by;
				g->why = why;
			}
		}
		if (g->telling && ak_digest_eq(ak_cert_key(certs[i]), &g->issuer) && ak_crl_find(g->list, certs[i - 1], &how))
			st = g->fn(g->ctx, keyid, certs[i - 1], &how, err);
	}
	return st;
}

static ak_status look_at_key(listing *g, const ak_json *item, uint64_t seq, ak_error *err)
{
	ak_cert *certs[AK_CHAIN_MAX] = { 0 };
	const certified *c;
	ak_digest id;
	size_t n = 0, k;
	ak_status st;

	if (!ak_digest_from_hex(ak_json_get_text(item, "id"), &id))
		return AK_OK;
	k = ak_auth_find_key(g->a, &id);
	for (c = k == NO_KEY ? NULL : g->a->keys[k].certificate; c != NULL && c->from != seq; c = c->next)
		;
	if (c == NULL)
		return AK_OK;
	st = read_chain(ak_json_get(item, "certificate"), certs, &n, err);
	if (st == AK_OK)
		st = look_at_chain(g, &id, certs, n, err);
	ak_certs_free(certs, AK_CHAIN_MAX);
	return st;
}

static ak_status look_at_parties(listing *g, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < g->a->n_told; i++) {
		const told *t = &g->a->told[i];
		const ak_json *members;
		ak_sealed s = { 0 };

		st = ak_sealed_candidate((ak_span){ t->lines, t->n_statement }, (ak_span){ t->lines + t->n_statement, t->n_signatures }, &s, err);
		members = st == AK_OK && ak_span_is(s.statement.type, "party") ? ak_json_get(s.statement.body, "members") : NULL;
		for (size_t m = 0; st == AK_OK && m < ak_json_len(members); m++) {
			const ak_json *keys = ak_json_get(ak_json_at(members, m), "keys");

			for (size_t k = 0; st == AK_OK && k < ak_json_len(keys); k++)
				st = look_at_key(g, ak_json_at(keys, k), t->seq, err);
		}
		ak_sealed_clear(&s);
	}
	return st;
}

ak_status ak_authority_on_list(const ak_authority *a, const ak_crl *list, ak_digest *issuer, ak_revoked_fn *fn, void *ctx, ak_error *err)
{
	listing g = { .a = a, .list = list, .found = AK_NOT_FOUND, .fn = fn, .ctx = ctx };
	ak_status st = look_at_parties(&g, err);

	if (st != AK_OK)
		return st;
	if (g.found == AK_NOT_FOUND)
		return ak_fail(err, AK_NOT_FOUND, "crl.issuer", 0, "no key here has a certificate under the issuer of this list");
	if (g.found != AK_OK) {
		if (err != NULL)
			*err = g.why;
		return g.found;
	}
	g.telling = true;
	st = look_at_parties(&g, err);
	if (st == AK_OK)
		*issuer = g.issuer;
	return st;
}
