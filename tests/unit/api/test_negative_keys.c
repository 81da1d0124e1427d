/* SPDX-License-Identifier: Apache-2.0 */
/* Negative tests N74 to N80: keysets in their order, roles, revocation, and what was read before it changed. */
#include "negative.h"
#include "rotation.h"

#include "api/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WITHDRAWAL "{\"auditor\":\"koh-audit\",\"service\":\"kumo-iaas\",\"withdrawn_on\":\"2026-05-30\",\"reason\":\"x\"}"

/* ---- keysets ----------------------------------------------------------------------------------------------------------- */

/* The keys of one keyset: three holders, of whom two decide. */
typedef struct keys {
	ak_secret *root[3], *op, *heartbeat;
} keys;

static void keys_open(keys *k)
{
	for (size_t i = 0; i < 3; i++)
		k->root[i] = world_new_key("ed25519");
	k->op = world_new_key("ed25519");
	k->heartbeat = world_new_key("ed25519");
}

static void keys_close(keys *k)
{
	for (size_t i = 0; i < 3; i++)
		ak_secret_free(&k->root[i]);
	ak_secret_free(&k->op);
	ak_secret_free(&k->heartbeat);
}

static keys keys_of(const world *w)
{
	return (keys){ { w->root[0], w->root[1], w->root[2] }, w->op, w->heartbeat };
}

/* Keyset `number` of k, signed by the first `old` holders of `before`, the first `new` of k, and both of its other keys. */
static ak_text keyset(world *w, int number, const keys *before, size_t old, const keys *k, size_t new, const char *more)
{
	const rotation r = { number, { "a", "b", "c" }, { k->root[0], k->root[1], k->root[2] }, k->op, k->heartbeat, more, NULL };
	ak_secret *by[9] = { k->op, k->heartbeat };
	size_t n = 2;

	for (size_t i = 0; i < old; i++)
		by[n++] = before->root[i];
	for (size_t i = 0; i < new; i++)
		by[n++] = k->root[i];
	return rotation_signed(w, &r, by);
}

static void is_refused_and_void(world *w, ak_text e, const keys *next, const negative *row)
{
	ak_error err = { 0 };
	uint64_t seq = attack_size(w);
	ak_status st = rotation_seal(w, attack_copy(&e), next->op, w->op, &err);

	if (st != row->status || strcmp(err.where, row->where) != 0)
		fail_msg("%s: %s at %s (%s)", row->name, ak_status_name(st), err.where, err.detail);
	assert_int_equal(attack_size(w), seq);
	assert_int_equal(attack_forge(w, e), seq);
	attack_is_void(w, seq, row->status);
}

/* Number a, by so many of the old and so many of the new holders. */
static void keyset_is_refused(world *w, const negative *row)
{
	keys now = keys_of(w), next;

	keys_open(&next);
	is_refused_and_void(w, keyset(w, row->a[0] - '0', &now, (size_t)(row->b[0] - '0'), &next, (size_t)(row->b[1] - '0'), ""), &next, row);
	attack_verdict(w, 0, AK_VERDICT_VALID, "");
	keys_close(&next);
}

/* Two rotations; a bundle that leaves out the first of them. */
static void rotate_twice(world *w, keys second[1], keys third[1])
{
	const keys first = keys_of(w);
	ak_error err = { 0 };

	keys_open(second);
	keys_open(third);
	assert_int_equal(rotation_seal(w, keyset(w, 2, &first, 2, second, 2, ""), second->op, w->op, &err), AK_OK);
	if (rotation_seal(w, keyset(w, 3, second, 2, third, 2, ""), third->op, second->op, &err) != AK_OK)
		fail_msg("%s: %s", err.where, err.detail);
}

static void keyset_left_out(world *w, const negative *row)
{
	int64_t n = (int64_t)attack_size(w); /* seq of keyset 2 */
	keys second, third;
	ak_json *v, *kept = ak_json_new_array();

	rotate_twice(w, &second, &third);
	v = negative_bundle(w, 0);
	for (size_t i = 0; i < ak_json_len(ak_json_get(v, "records")); i++) {
		const ak_json *r = ak_json_at(ak_json_get(v, "records"), i);
		int64_t seq = -1;

		if (ak_json_int(ak_json_get(r, "seq"), &seq) && seq != n)
			assert_int_equal(ak_json_add(kept, ak_json_copy(r), NULL), AK_OK);
	}
	assert_int_equal(ak_json_len(kept) + 1, ak_json_len(ak_json_get(v, "records")));
	negative_put(v, "/records", kept);
	negative_is(row->name, negative_verdict(w, v), AK_VERDICT_INVALID, "tampered", row->check, row->where);
	keys_close(&second);
	keys_close(&third);
}

/* Who trusts the first keyset comes to the third by the second, which is in force no more. */
static void superseded_keyset_leads_on(world *w, const negative *row)
{
	keys second, third;

	rotate_twice(w, &second, &third);
	attack_verdict(w, 0, AK_VERDICT_VALID, "");
	negative_is(row->name, negative_verdict(w, negative_bundle(w, 0)), AK_VERDICT_VALID, "", "", "");
	attack_is_sound(w, 0);
	keys_close(&second);
	keys_close(&third);
}

/* Keysets carry no expiry: one that claims to have one is no keyset. */
static void keyset_with_an_expiry(world *w, const negative *row)
{
	keys now = keys_of(w), next;

	keys_open(&next);
	is_refused_and_void(w, keyset(w, 2, &now, 2, &next, 2, ",\"expires\":\"2020-01-01\""), &next, row);
	attack_verdict(w, 0, AK_VERDICT_VALID, "");
	keys_close(&next);
}

/* What a keyset in force no more decides: the holders of the first, after the second. */
static void by_the_keyset_before(world *w, const negative *row)
{
	const keys first = keys_of(w);
	ak_secret *roots[] = { w->root[0], w->root[1], NULL }, *op = w->op;
	char body[300], id[72];
	ak_text e;
	keys second;
	ak_error err = { 0 };

	keys_open(&second);
	assert_int_equal(rotation_seal(w, keyset(w, 2, &first, 2, &second, 2, ""), second.op, w->op, &err), AK_OK);
	w->op = second.op;
	attack_keyid(w->auditor, id);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],\"reason\":\"compromise\"}", id + 7);
	e = world_sign(world_draft(w, "akashi", "revocation", NULL, body, NULL), roots);
	negative_void(w, e, row->status, row->where);
	w->op = op;
	keys_close(&second);
}

/* ---- roles --------------------------------------------------------------------------------------------------------------- */

/* Signed by who has another role; the refusal names the role that is needed. */
static void another_role(world *w, const negative *row)
{
	ak_secret *auditor[] = { w->auditor, NULL };
	bool decision = strcmp(row->a, "decision") == 0;
	ak_secret *const *by = decision ? auditor : world_signers(w, "decision");
	ak_text e = world_sign(decision ? negative_draft(w) : world_draft(w, "ismap", "report-withdrawal", NULL, WITHDRAWAL,
	                                                                  (const char *const[]){ "withdraws=report-1", NULL }), by);
	ak_error err = attack_refused(w, attack_copy(&e), row->status, row->where);

	if (strstr(err.detail, row->b) == NULL)
		fail_msg("%s: %s", row->name, err.detail);
	negative_void(w, e, row->status, row->where);
}

/* ---- revocation ------------------------------------------------------------------------------------------------------------ */

static ak_text revocation(world *w, const ak_secret *of, const edit *edits, ak_secret *const *by)
{
	char body[300], id[72];

	attack_keyid(of, id);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],\"reason\":\"lost\"}", id + 7);
	return attack_edited(world_draft(w, "akashi", "revocation", NULL, body, NULL), edits, by);
}

static ak_text withdrawal(world *w)
{
	return world_sign(world_draft(w, "ismap", "report-withdrawal", NULL, WITHDRAWAL, (const char *const[]){ "withdraws=report-1", NULL }),
	                  world_signers(w, "report-withdrawal"));
}

static const edit none[] = { { NULL, NULL } };

static void after_the_revocation(world *w, const negative *row)
{
	ak_secret *self[] = { w->auditor, NULL };

	(void)world_seal(w, revocation(w, w->auditor, none, self));
	negative_void(w, withdrawal(w), row->status, row->where);
}

/* The report that the listing rests on was signed by that key. */
static void before_the_revocation(world *w, const negative *row)
{
	ak_secret *self[] = { w->auditor, NULL };

	(void)world_seal(w, revocation(w, w->auditor, none, self));
	attack_verdict(w, 0, AK_VERDICT_VALID, "");
	attack_is_sound(w, 0);
	negative_is(row->name, negative_verdict(w, negative_bundle(w, 0)), AK_VERDICT_VALID, "", "", "");
}

static void revocation_for_another_origin(world *w, const negative *row)
{
	static const edit other[] = { { "/predicate/ledger", "\"ledger.example/other\"" }, { NULL, NULL } };
	ak_secret *self[] = { w->auditor, NULL };

	negative_void(w, revocation(w, w->auditor, other, self), row->status, row->where);
	(void)world_seal(w, withdrawal(w)); /* the key still counts */
	attack_warned(w, "void-record");
}

/* The signature under its own revocation is that of a key not yet revoked. Once. */
static void a_key_revokes_itself(world *w, const negative *row)
{
	ak_secret *self[] = { w->auditor, NULL };

	(void)world_seal(w, revocation(w, w->auditor, none, self));
	attack_is_sound(w, 0);
	(void)attack_refused(w, revocation(w, w->auditor, none, self), row->status, row->where);
}

/* Another process has the ledger open, and has judged by the committee as it was. */
static void what_was_read_before(world *w, const negative *row)
{
	ak_secret *self[] = { w->auditor, NULL };
	ak_ledger *second = NULL, *first = w->l;
	ak_text e = withdrawal(w), json = { 0 };
	ak_error err = { 0 };
	ak_status st;

	assert_int_equal(ak_ledger_open(w->ledger, &second, NULL), AK_OK);
	assert_int_equal(ak_ledger_check(second, (ak_span){ (const uint8_t *)e.data, e.len }, w->now, &json, NULL), AK_OK);
	assert_non_null(strstr(json.data, "\"would_seal\":true"));
	ak_text_free(&json);
	(void)world_seal(w, revocation(w, w->auditor, none, self));
	w->l = second;
	st = try_seal(w, e, &err);
	if (st != row->status || strcmp(err.where, row->where) != 0)
		fail_msg("%s: %s at %s (%s)", row->name, ak_status_name(st), err.where, err.detail);
	w->l = first;
	ak_ledger_free(&second);
	attack_is_sound(w, 0);
}

static const negative rows[] = {
	{ "N74_keyset_3_without_2", keyset_is_refused, "3", "22", AK_NOT_AUTHORISED, "keyset.number", NULL, NULL },
	{ "N74_keyset_2_left_out_of_a_bundle", keyset_left_out, NULL, NULL, AK_OK, "", "checkpoint", NULL },
	{ "N75a_keyset_by_the_new_quorum_only", keyset_is_refused, "2", "12", AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N75b_keyset_by_the_old_quorum_only", keyset_is_refused, "2", "21", AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N76a_keyset_with_an_expiry", keyset_with_an_expiry, NULL, NULL, AK_SCHEMA, "schema.additionalProperties", NULL, NULL },
	{ "N76a_keyset_in_force_no_more", by_the_keyset_before, NULL, NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N76b_superseded_keyset_leads_on", superseded_keyset_leads_on, NULL, NULL, AK_OK, NULL, NULL, NULL },
	{ "N77a_auditor_signs_a_decision", another_role, "decision", "committee", AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N77b_committee_signs_for_the_auditor", another_role, "report", "auditor", AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N78a_after_the_revocation", after_the_revocation, NULL, NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N78b_before_the_revocation", before_the_revocation, NULL, NULL, AK_OK, NULL, NULL, NULL },
	{ "N78c_revocation_for_another_origin", revocation_for_another_origin, NULL, NULL, AK_WRONG_LEDGER, "statement.ledger", NULL, NULL },
	{ "N79_a_key_revokes_itself", a_key_revokes_itself, NULL, NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
	{ "N80_what_was_read_before", what_was_read_before, NULL, NULL, AK_NOT_AUTHORISED, "signatures", NULL, NULL },
};

int main(void)
{
	return negative_run("negative: keys", rows, sizeof(rows) / sizeof(rows[0]));
}
