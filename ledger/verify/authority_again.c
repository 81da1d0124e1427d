/* SPDX-License-Identifier: Apache-2.0 */
/* Revocations that reach back: the records that give standing are judged again, from the first, with what the root said
 * known beforehand (FORMAT 16.8). */
#include "verify/authority_state.h"

#include "base/fail.h"

#include <string.h>

bool ak_authority_reaches_back(const ak_sealed *r)
{
	return ak_span_is(r->statement.type, "revocation") && ak_json_get(r->statement.body, "last_valid_seq") != NULL;
}

/* A cutoff known beforehand; `compromise`: some revocation by the root gives that reason. */
static ak_status foretell(ak_authority *a, const ak_digest *keyid, uint64_t last, bool compromise, ak_error *err)
{
	const cutoff c = { .keyid = *keyid, .root = last, .other = NO_CUTOFF, .compromise = compromise };

	a->foretold = true;
	return ak_auth_add_cutoff(a, &c, err);
}

void ak_authority_look_forward(ak_authority *a)
{
	a->foretold = true;
}

bool ak_authority_root_cutoff(const ak_authority *a, const ak_digest *keyid, uint64_t *last)
{
	const cutoff *c = ak_auth_cutoff(a, keyid);

	if (c == NULL || c->root == NO_CUTOFF)
		return false;
	*last = c->root;
	return true;
}

ak_status ak_authority_carry_cutoffs(const ak_authority *from, ak_authority *to, size_t *n, ak_error *err)
{
	ak_status st = AK_OK;

	*n = 0;
	for (size_t i = 0; st == AK_OK && i < from->n_cutoffs; i++) {
		const cutoff *c = &from->cutoffs[i];

		if (c->root == NO_CUTOFF)
			continue;
		++*n;
		if (to != NULL)
			st = foretell(to, &c->keyid, c->root, c->compromise, err);
	}
	return st;
}

ak_status ak_auth_keep(ak_authority *a, const ak_sealed *r, uint64_t seq, ak_error *err)
{
	ak_span statement = r->lines.statement, signatures = r->lines.signatures;
	told t = { .seq = seq, .time = r->header.time, .n_statement = statement.len, .n_signatures = signatures.len };
	ak_status st = ak_mem_grow((void **)&a->told, &a->cap_told, a->n_told + 1, sizeof(*a->told), err);

	if (st != AK_OK)
		return st;
	t.lines = ak_mem_alloc(statement.len + signatures.len);
	if (t.lines == NULL)
		return ak_no_memory(err, "authority");
	memcpy(t.lines, statement.data, statement.len);
	memcpy(t.lines + statement.len, signatures.data, signatures.len);
	a->told[a->n_told++] = t;
	return AK_OK;
}

static ak_status judge_told(ak_authority *a, const told *t, ak_error *err)
{
	const ak_span statement = { t->lines, t->n_statement };
	const ak_span signatures = { t->lines + t->n_statement, t->n_signatures };
	ak_sealed s = { 0 };
	ak_judgement j;
	ak_status st = ak_sealed_candidate(statement, signatures, &s, err);

	s.header.time = t->time;
	if (st == AK_OK)
		st = ak_authority_judge(a, &s, t->seq, &j, err);
	if (st == AK_OK)
		st = ak_authority_apply(a, &s, t->seq, &j, err);
	ak_sealed_clear(&s);
	return st;
}

ak_status ak_auth_judge_again(ak_authority *a, ak_error *err)
{
	ak_authority *again = NULL;
	size_t n;
	ak_status st = ak_authority_open(a->core, &a->hooks, &again, err);

	if (st == AK_OK)
		st = ak_authority_carry_cutoffs(a, again, &n, err);
	for (size_t i = 0; st == AK_OK && i < a->n_told; i++)
		st = judge_told(again, &a->told[i], err);
	if (st == AK_OK) {
		ak_authority before = *a;

		again->foretold = false; /* of what is still to come nothing is known */
		*a = *again;
		*again = before;
	}
	ak_authority_free(&again);
	return st;
}
