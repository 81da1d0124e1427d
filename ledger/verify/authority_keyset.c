/* SPDX-License-Identifier: Apache-2.0 */
/* keyset records: genesis, and rotation by the old and the new quorum. */
#include "verify/authority_state.h"

#include "base/fail.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A keyset as a body states it; keys owned until they are handed over. */
typedef struct draft {
	uint64_t number;
	size_t threshold, n;
	char name[HOLDERS_MAX][AK_NAME_MAX + 1];
	ak_pubkey *root[HOLDERS_MAX];
	ak_pubkey *operator_key, *heartbeat_key;
} draft;

static void draft_clear(draft *d)
{
	for (size_t i = 0; i < d->n; i++)
		ak_pubkey_free(&d->root[i]);
	ak_pubkey_free(&d->operator_key);
	ak_pubkey_free(&d->heartbeat_key);
}

static ak_status read_holder(const ak_sealed *r, const ak_json *h, draft *d, ak_error *err)
{
	ak_span name = ak_json_get_text(h, "holder");
	ak_status st;

	if (name.len == 0 || name.len > AK_NAME_MAX || d->n == HOLDERS_MAX)
		return ak_fail(err, AK_SCHEMA, "keyset.root", d->n, "1 to %d holders, each with a name",
		               HOLDERS_MAX);
	for (size_t i = 0; i < d->n; i++) {
		if (ak_span_is(name, d->name[i]))
			return ak_fail(err, AK_SCHEMA, "keyset.root", d->n, "holder '%s' stands twice",
			               d->name[i]);
	}
	st = ak_auth_read_key(r, ak_json_get(h, "key"), &d->root[d->n], err);
	if (st != AK_OK)
		return st;
	memcpy(d->name[d->n], name.data, name.len);
	d->name[d->n][name.len] = '\0';
	d->n++;
	return AK_OK;
}

static ak_status read_draft(const ak_sealed *r, draft *d, ak_error *err)
{
	const ak_json *body = r->statement.body;
	const ak_json *root = ak_json_get(body, "root");
	int64_t number = 0, threshold = 0;
	ak_status st = AK_OK;

	if (!ak_json_int(ak_json_get(body, "number"), &number) || number < 1 ||
	    !ak_json_int(ak_json_get(body, "threshold"), &threshold) || threshold < 1)
		return ak_fail(err, AK_SCHEMA, "keyset", 0, "number and threshold must be at least 1");
	d->number = (uint64_t)number;
	d->threshold = (size_t)threshold;
	for (size_t i = 0; st == AK_OK && i < ak_json_len(root); i++)
		st = read_holder(r, ak_json_at(root, i), d, err);
	if (st == AK_OK && d->threshold > d->n)
		st = ak_fail(err, AK_SCHEMA, "keyset.threshold", 0, "threshold %zu of %zu holders",
		             d->threshold, d->n);
	if (st == AK_OK)
		st = ak_auth_read_key(r, ak_json_get(body, "operator"), &d->operator_key, err);
	if (st == AK_OK)
		st = ak_auth_read_key(r, ak_json_get(body, "heartbeat"), &d->heartbeat_key, err);
	if (st == AK_OK && (ak_pubkey_alg(d->operator_key) != AK_KEY_ED25519 ||
	                    ak_pubkey_alg(d->heartbeat_key) != AK_KEY_ED25519))
		st = ak_fail(err, AK_WEAK_KEY, "keyset.operator", 0,
		             "operator and heartbeat keys are Ed25519");
	return st;
}

static bool has_only_function(const key *k, owner as)
{
	return k->owner == OWNER_MEMBER ? !k->has_function || k->function == as : k->owner == as;
}

/* One key, one function, for ever; within the record too.  Party keys are left aside: the keyset chain must stand by itself,
 * whatever else of the ledger is at hand.  Sealing refuses a key that a party holds (seal/batch.c), and a party
 * record that names a key of a keyset is void. */
static ak_status check_owner(const ak_authority *a, const draft *d, const ak_pubkey *pub, owner as,
                             ak_error *err)
{
	size_t have = ak_auth_find_key(a, ak_pubkey_id(pub)), times = 0;
	char hex[AK_DIGEST_TEXT_LEN + 1];

	for (size_t i = 0; i < d->n; i++)
		times += ak_digest_eq(ak_pubkey_id(d->root[i]), ak_pubkey_id(pub));
	times += ak_digest_eq(ak_pubkey_id(d->operator_key), ak_pubkey_id(pub));
	times += ak_digest_eq(ak_pubkey_id(d->heartbeat_key), ak_pubkey_id(pub));
	if (times == 1 && (have == NO_KEY || has_only_function(&a->keys[have], as)))
		return AK_OK;
	ak_digest_format(ak_pubkey_id(pub), hex);
	return ak_fail(err, AK_KEY_REUSED, "keyset.key", 0, "key %s already has another function", hex);
}

static ak_status check_owners(const ak_authority *a, const draft *d, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < d->n; i++)
		st = check_owner(a, d, d->root[i], OWNER_ROOT, err);
	if (st == AK_OK)
		st = check_owner(a, d, d->operator_key, OWNER_OPERATOR, err);
	if (st == AK_OK)
		st = check_owner(a, d, d->heartbeat_key, OWNER_HEARTBEAT, err);
	return st;
}

static ak_status count_new(ak_sealed *r, const draft *d, size_t *n, ak_error *err)
{
	ak_status st = AK_OK;

	*n = 0;
	for (size_t i = 0; st == AK_OK && i < d->n; i++) {
		bool yes = false;

		st = ak_sealed_signed_by(r, d->root[i], &yes, err);
		*n += yes;
	}
	return st;
}

static ak_status count_old(const ak_authority *a, ak_sealed *r, size_t *n, ak_error *err)
{
	ak_status st = AK_OK;

	*n = 0;
	for (size_t i = 0; st == AK_OK && i < a->set.n; i++) {
		bool yes = false;

		st = ak_sealed_signed_by(r, a->keys[a->set.root[i].key].pub, &yes, err);
		*n += yes;
	}
	return st;
}

static ak_status check_signers(const ak_authority *a, ak_sealed *r, const draft *d, uint64_t seq,
                               ak_judgement *j, ak_error *err)
{
	size_t fresh = 0, old = 0;
	bool op = false, beat = false;
	ak_status st = count_new(r, d, &fresh, err);

	if (st == AK_OK)
		st = count_old(a, r, &old, err);
	if (st == AK_OK)
		st = ak_sealed_signed_by(r, d->operator_key, &op, err);
	if (st == AK_OK)
		st = ak_sealed_signed_by(r, d->heartbeat_key, &beat, err);
	if (st != AK_OK)
		return st;
	j->counted = fresh;
	j->needed = d->threshold;
	j->of = d->n;
	if (fresh < d->threshold)
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "signatures", seq,
		                     "needs %zu of %zu signatures of the new root holders, has %zu",
		                     d->threshold, d->n, fresh);
	if (a->set.number != 0 && old < a->set.threshold)
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "signatures", seq,
		                     "needs %zu of %zu signatures of the root holders before it, has %zu",
		                     a->set.threshold, a->set.n, old);
	if (!op || !beat)
		return ak_auth_voidf(j, AK_NOT_AUTHORISED, "signatures", seq,
		                     "the new %s key has not signed (proof of possession)",
		                     op ? "heartbeat" : "operator");
	j->authorised = true;
	(void)snprintf(j->mode, sizeof(j->mode), "keyset");
	return AK_OK;
}

/* Errors of the body make the record void; only lack of memory and the like stop the judgement. */
static ak_status void_unless_fatal(ak_status st, const ak_error *why, ak_judgement *j, ak_error *err)
{
	if (ak_status_class(st) == AK_CLASS_UNKNOWN) {
		if (err != NULL)
			*err = *why;
		return st;
	}
	return ak_auth_void(j, why);
}

ak_status ak_auth_judge_keyset(ak_authority *a, ak_sealed *r, uint64_t seq, ak_judgement *j, ak_error *err)
{
	draft d = { 0 };
	ak_error why = { 0 };
	ak_status st = read_draft(r, &d, &why);

	if (st == AK_OK)
		st = check_owners(a, &d, &why);
	if (st == AK_OK && d.number != a->set.number + 1)
		st = ak_fail(&why, AK_NOT_AUTHORISED, "keyset.number", seq,
		             "is %" PRIu64 ", but the keyset in force is %" PRIu64, d.number,
		             a->set.number);
	if (st == AK_OK)
		st = check_signers(a, r, &d, seq, j, err);
	else
		st = void_unless_fatal(st, &why, j, err);
	draft_clear(&d);
	return st;
}

/* Hand a key over to the engine, or find it there when it stays in its function. */
static ak_status own_key(ak_authority *a, ak_pubkey **pub, owner as, uint64_t seq, size_t *at, ak_error *err)
{
	size_t have = ak_auth_find_key(a, ak_pubkey_id(*pub));
	ak_status st;

	if (have != NO_KEY) {
		a->keys[have].has_function = true;
		a->keys[have].function = as;
		*at = have;
		return AK_OK;
	}
	st = ak_auth_add_key(a, *pub, as, 0, seq, at, err);
	if (st == AK_OK)
		*pub = NULL;
	return st;
}

ak_status ak_auth_apply_keyset(ak_authority *a, ak_sealed *r, uint64_t seq, ak_error *err)
{
	draft d = { 0 };
	keyset next = { 0 };
	ak_status st = read_draft(r, &d, err);

	next.number = d.number;
	next.threshold = d.threshold;
	next.n = d.n;
	for (size_t i = 0; st == AK_OK && i < d.n; i++) {
		memcpy(next.root[i].name, d.name[i], sizeof(d.name[i]));
		st = own_key(a, &d.root[i], OWNER_ROOT, seq, &next.root[i].key, err);
	}
	if (st == AK_OK)
		st = own_key(a, &d.operator_key, OWNER_OPERATOR, seq, &next.operator_key, err);
	if (st == AK_OK)
		st = own_key(a, &d.heartbeat_key, OWNER_HEARTBEAT, seq, &next.heartbeat_key, err);
	if (st == AK_OK)
		a->set = next;
	draft_clear(&d);
	return st;
}
