/* SPDX-License-Identifier: Apache-2.0 */
/* Ledgers made at random: what list, search, status, log and show answer is the same without the index, after whatever was sealed or
 * laid there. */
#include "asking.h"

#include "api/api.h"
#include "oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LEDGERS = 2, SLOW_LEDGERS = 1, EVENTS = 8, TARGETS = 64, MADE = 64 };

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

typedef struct maker {
	world w;
	uint32_t r;
	uint64_t target[TARGETS];   /* listings, corrections, annulments */
	size_t n_targets, n, sealed, laid, rotations, reached_back;
	ak_secret *made[MADE];
	size_t n_made;
} maker;

static uint32_t pick(maker *m, uint32_t n)
{
	m->r = m->r * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(m->r >> 8) * n >> 24);
}

static void answers_are_those_without_the_index(maker *m)
{
	uint64_t record = pick(m, (uint32_t)attack_size(&m->w));
	ak_ledger *fresh = NULL;
	ak_error err = { 0 };
	char path[128], cmd[1024];

	(void)snprintf(path, sizeof(path), "%s/fresh.git", m->w.dir);
	(void)snprintf(cmd, sizeof(cmd), "rm -rf %s && cp -a %s %s && rm -f %s/akashi-index.db*", path, m->w.ledger, path, path);
	assert_int_equal(system(cmd), 0);
	if (ak_ledger_open(path, &fresh, &err) != AK_OK)
		fail_msg("%s: %s", err.where, err.detail);
	for (size_t q = 0; q < QUESTIONS; q++) {
		ak_text kept = { 0 }, anew = { 0 };

		if (ask(m->w.l, &m->w, q, record, &kept, &err) != AK_OK || ask(fresh, &m->w, q, record, &anew, &err) != AK_OK)
			fail_msg("question %zu: %s: %s", q, err.where, err.detail);
		if (kept.len != anew.len || memcmp(kept.data, anew.data, kept.len) != 0)
			fail_msg("question %zu after %zu: %s\nbut without the index %s", q, m->n, kept.data, anew.data);
		ak_text_free(&kept);
		ak_text_free(&anew);
	}
	ak_ledger_free(&fresh);
}

static void may_be_corrected(maker *m, uint64_t seq)
{
	if (m->n_targets < TARGETS)
		m->target[m->n_targets++] = seq;
}

/* Seal it, or lay it on the ledger without asking. */
static void put(maker *m, ak_text envelope, bool target)
{
	ak_text copy = attack_copy(&envelope);
	ak_error err = { 0 };
	ak_status st = try_seal(&m->w, envelope, &err);

	if (st == AK_OK)
		m->sealed++;
	else if (ak_status_class(st) != AK_CLASS_REJECT)
		fail_msg("seal: %s: %s", err.where, err.detail);
	if (st == AK_REPEATED || st == AK_ABOUT_MISMATCH)
		target = false; /* those break the ledger for good */
	else if (st != AK_OK)
		(void)attack_forge(&m->w, attack_copy(&copy));
	m->laid += st != AK_OK;
	ak_text_free(&copy);
	if (target)
		may_be_corrected(m, attack_size(&m->w) - 1);
}

static ak_secret *const *signer(maker *m)
{
	static ak_secret *keys[2];

	keys[0] = pick(m, 6) == 0 ? m->w.stranger : m->w.secretariat;
	return keys;
}

static void add_listing(maker *m)
{
	static const char *const refs[] = { "decided-by=decision-1", "statement=statement-1", NULL };
	char body[512];

	(void)snprintf(body, sizeof(body), "{\"listing\":\"C24-0%u0%u-2\",\"basis\":\"decided\",\"services\":[{\"id\":\"kumo-iaas\",\"name\":"
	               "\"名 %zu\"}],\"provider\":{\"name\":\"株式会社架空の雲\",\"party\":\"kakuu-kumo\"},\"registered_on\":\"2024-06-12\","
	               "\"expires_on\":\"2025-07-31\",\"audit_period\":{\"from\":\"2023-04-01\",\"to\":\"2024-03-31\"}}", 1 + pick(m, 3),
	               1 + pick(m, 2), m->n);
	put(m, world_sign(world_draft(&m->w, "ismap", "listing", NULL, body, refs), signer(m)), true);
}

static bool is_listing(maker *m, uint64_t seq)
{
	ak_text t = { 0 };
	char name[24];
	bool yes;

	(void)snprintf(name, sizeof(name), "%llu", (unsigned long long)seq);
	assert_int_equal(ak_ledger_raw(m->w.l, name, &t, NULL), AK_OK);
	yes = strstr(t.data, "urn:akashi:listing:v1") != NULL;
	ak_text_free(&t);
	return yes;
}

static void add_correction(maker *m)
{
	uint64_t of = m->target[pick(m, (uint32_t)m->n_targets)];
	const char *field = !is_listing(m, of) ? "/after" : pick(m, 2) == 0 ? "/services/0/name" : "/expires_on";
	char record[24], after[64];
	ak_text draft = { 0 };

	(void)snprintf(record, sizeof(record), "#%llu", (unsigned long long)of);
	(void)snprintf(after, sizeof(after), strcmp(field, "/expires_on") == 0 ? "\"2025-08-%02zu\"" : "\"別の名 %zu\"", 1 + m->n);
	if (ak_ledger_draft_correction(m->w.l, record, field, after, "誤記", NULL, m->w.now, &draft, NULL) == AK_OK)
		put(m, world_sign(draft, signer(m)), true);
}

static void add_annulment(maker *m)
{
	ak_text draft = { 0 };
	char record[24];

	(void)snprintf(record, sizeof(record), "#%llu", (unsigned long long)m->target[pick(m, (uint32_t)m->n_targets)]);
	if (ak_ledger_draft_annulment(m->w.l, record, "誤り", NULL, m->w.now, &draft, NULL) == AK_OK)
		put(m, world_sign(draft, signer(m)), true);
}

static ak_secret *made(maker *m)
{
	assert_true(m->n_made < MADE);
	m->made[m->n_made] = world_new_key("ed25519");
	return m->made[m->n_made++];
}

/* The secretariat's key is found to have been in wrong hands since some record; it gets another. */
static void reach_back(maker *m)
{
	ak_secret *roots[] = { m->w.root[0], m->w.root[1], NULL }, *keys[] = { made(m), NULL };
	char body[1024], id[72], key[400];

	attack_keyid(m->w.secretariat, id);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],\"last_valid_seq\":%llu,\"reason\":\"compromise\"}", id + 7,
	               (unsigned long long)(attack_size(&m->w) - 1 - pick(m, 4)));
	put(m, world_sign(world_draft(&m->w, "akashi", "revocation", NULL, body, NULL), roots), false);
	m->reached_back++;
	answers_are_those_without_the_index(m);
	world_key_json(keys[0], key, sizeof(key));
	(void)snprintf(body, sizeof(body), "{\"party\":\"secretariat\",\"name\":{\"ja\":\"事務局\",\"en\":\"Secretariat\"},\"roles\":[\"secretariat\"],"
	               "\"members\":[{\"member\":\"k%zu\",\"seat\":\"席\",\"kind\":\"person\",\"keys\":[%s]}]}", m->n, key);
	put(m, attack_party(&m->w, body, keys), false);
	m->w.secretariat = keys[0];
}

static void rotate(maker *m)
{
	ak_secret *next[] = { made(m), made(m), made(m), made(m) };
	ak_secret *keys[] = { m->w.root[0], m->w.root[1], next[0], next[1], next[2], next[3], NULL };
	char body[4096], k[5][400];
	int64_t number = (int64_t)m->rotations + 2;
	ak_seal_options o;
	ak_text e, json = { 0 };
	ak_error err = { 0 };
	ak_span in;
	size_t failed;

	world_key_json(m->w.root[0], k[0], sizeof(k[0]));
	for (size_t i = 0; i < 4; i++)
		world_key_json(next[i], k[i + 1], sizeof(k[i + 1]));
	(void)snprintf(body, sizeof(body), "{\"number\":%lld,\"threshold\":2,\"root\":[{\"holder\":\"root-a\",\"key\":%s},{\"holder\":\"root-n%zu\","
	               "\"key\":%s},{\"holder\":\"root-m%zu\",\"key\":%s}],\"operator\":%s,\"heartbeat\":%s}", (long long)number, k[0],
	               m->n, k[1], m->n, k[2], k[3], k[4]);
	e = world_sign(world_draft(&m->w, "akashi", "keyset", NULL, body, NULL), keys);
	in = span_of(&e);
	o = (ak_seal_options){ .operator_key = next[2], .old_operator_key = m->w.op, .state_path = m->w.state, .now = m->w.now += 60 };
	if (ak_ledger_seal(m->w.l, &in, 1, &o, &json, &failed, &err) != AK_OK)
		fail_msg("rotate: %s: %s", err.where, err.detail);
	ak_text_free(&json);
	ak_text_free(&e);
	m->w.root[1] = next[0], m->w.root[2] = next[1], m->w.op = next[2], m->w.heartbeat = next[3];
	m->rotations++;
	world_retrust(&m->w);
}

/* Each kind once, from the fifth event on by chance. */
static void event(maker *m)
{
	static const uint32_t first[] = { 5, 1, 9, 0, 3 };

	switch (m->n < sizeof(first) / sizeof(first[0]) ? first[m->n] : pick(m, 12)) {
	case 0:
		rotate(m);
		break;
	case 1:
	case 2:
		reach_back(m);
		break;
	case 3:
	case 4:
		add_annulment(m);
		break;
	case 5:
	case 6:
	case 7:
	case 8:
		add_correction(m);
		break;
	default:
		add_listing(m);
		break;
	}
}

static void losing_the_index_changes_no_answer(void **state)
{
	size_t ledgers = oom_available() ? LEDGERS : SLOW_LEDGERS, sealed = 0, laid = 0, rotations = 0, reached = 0; /* sanitizers are slow */

	for (uint32_t seed = 0; seed < ledgers; seed++) {
		maker m = { .r = seed * 2654435761u + 1 };

		world_branch(*state, &m.w);
		may_be_corrected(&m, world_seq(&m.w, "listing-1"));
		for (m.n = 0; m.n < EVENTS; m.n++) {
			event(&m);
			answers_are_those_without_the_index(&m);
		}
		world_close(&m.w);
		for (size_t i = 0; i < m.n_made; i++)
			ak_secret_free(&m.made[i]);
		sealed += m.sealed, laid += m.laid, rotations += m.rotations, reached += m.reached_back;
	}
	print_message("%zu sealed, %zu laid without asking, %zu rotations, %zu revocations that reach back\n", sealed, laid, rotations, reached);
	assert_true(sealed > laid && rotations > 0 && reached > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(losing_the_index_changes_no_answer),
	};

	return cmocka_run_group_tests_name("rows: many", tests, attack_world_open, attack_world_close);
}
