/* SPDX-License-Identifier: Apache-2.0 */
/* A witness that replays: another history, another operator, and a key that is used twice (FORMAT 9; ledger/witness/witness.h).
 */
#include "attack.h"
#include "rotation.h"
#include "watcher.h"

#include "api/api.h"
#include "codec/note.h"
#include "crypto/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"架空の理由\"}"
#define DECIDED(outcome, day)                                                                                 \
	"{\"listing\":\"" LISTING "\",\"kind\":\"renewal\",\"outcome\":\"" outcome "\",\"decided_on\":\"" day \
	"\",\"meeting\":\"第23回\"}"

typedef struct place {
	world w;
	watcher a;
	uint64_t size; /* cosigned */
} place;

/* A branch of the world, and a witness that has cosigned it. */
static void open_place(place *p, void **state)
{
	ak_text line;

	world_branch(*state, &p->w);
	watcher_open(&p->a, &p->w, world_new_key("ed25519"));
	p->size = attack_size(&p->w);
	line = watcher_signs(&p->a, &p->w, 0, NULL);
	ak_text_free(&line);
}

static void close_place(place *p)
{
	watcher_close(&p->a);
	world_close(&p->w);
}

static ak_text signed_draft(world *w, const char *type, const char *body)
{
	return world_sign(world_draft(w, "ismap", type, NULL, body, NULL), world_signers(w, type));
}

/* ---- history ---------------------------------------------------------------------------------------------------- */

/* Two branches of one world differ from the record at `p->size - 1` on; the witness has seen the first. */
static void open_fork(place *p, world *other, void **state)
{
	ak_text line;

	world_branch(*state, &p->w);
	world_branch(*state, other);
	watcher_open(&p->a, &p->w, world_new_key("ed25519"));
	(void)world_seal(&p->w, signed_draft(&p->w, "decision", DECIDED("deferred", "2026-05-11")));
	(void)world_seal(&p->w, signed_draft(&p->w, "decision", DECIDED("deferred", "2026-05-12")));
	p->size = attack_size(&p->w);
	line = watcher_signs(&p->a, &p->w, 0, NULL);
	ak_text_free(&line);
	(void)world_seal(other, signed_draft(other, "decision", DECIDED("deferred", "2026-05-14")));
}

static void fewer_records_than_were_cosigned_are_refused(void **state)
{
	world other;
	place p;

	open_fork(&p, &other, state);
	assert_int_equal(attack_size(&other), p.size - 1);
	/* Another record, and one less. */
	assert_int_equal(watcher_refuses_at(&p.a, &p.w, other.ledger, 60, "history", AK_FORK, (int64_t)p.size - 2), 2);
	world_close(&other);
	/* The same records, some of them gone. */
	world_branch(*state, &other);
	assert_int_equal(watcher_refuses_at(&p.a, &p.w, other.ledger, 60, "history", AK_FORK, -1), 2);
	world_close(&other);
	close_place(&p);
}

static void another_head_of_one_size_is_refused_and_both_are_kept(void **state)
{
	char old[64], path[256];
	world other;
	FILE *f;
	place p;

	open_fork(&p, &other, state);
	(void)world_seal(&other, signed_draft(&other, "decision", DECIDED("deferred", "2026-05-15")));
	assert_int_equal(attack_size(&other), p.size);
	assert_int_equal(watcher_refuses_at(&p.a, &p.w, other.ledger, 60, "history", AK_FORK, (int64_t)p.size - 2), 2);
	/* What is kept is the notes themselves. */
	(void)snprintf(path, sizeof(path), "cat %s.*.note | grep -c '^%llu$'", p.a.state, (unsigned long long)p.size);
	f = popen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(old, sizeof(old), f));
	(void)pclose(f);
	assert_string_equal(old, "2\n");
	/* Asked again it says the same. */
	assert_int_equal(watcher_refuses_at(&p.a, &p.w, other.ledger, 60, "history", AK_FORK, (int64_t)p.size - 2), 2);
	world_close(&other);
	close_place(&p);
}

static void rewritten_history_is_refused_however_long_it_has_grown(void **state)
{
	static const char *const days[] = { DECIDED("deferred", "2026-05-15"), DECIDED("deferred", "2026-05-16"),
	                                    DECIDED("deferred", "2026-05-17") };
	world other;
	place p;

	open_fork(&p, &other, state);
	for (size_t i = 0; i < 3; i++)
		(void)world_seal(&other, signed_draft(&other, "decision", days[i]));
	assert_true(attack_size(&other) > p.size);
	assert_int_equal(watcher_refuses_at(&p.a, &p.w, other.ledger, 300, "history", AK_FORK, (int64_t)p.size - 2), 2);
	/* Also when all that it remembers is the head. */
	{
		char db[128];

		(void)snprintf(db, sizeof(db), "%s.db", p.a.state);
		assert_int_equal(remove(db), 0);
	}
	assert_int_equal(watcher_refuses_at(&p.a, &p.w, other.ledger, 300, "history", AK_FORK, (int64_t)p.size - 1), 2);
	world_close(&other);
	close_place(&p);
}

/* Whoever can write to the repository can make another history; it proves nothing against the operator. */
static void another_history_by_a_stranger_is_no_fork(void **state)
{
	world other;
	place p;

	open_fork(&p, &other, state);
	other.op = other.stranger;
	(void)attack_forge(&other, signed_draft(&other, "decision", DECIDED("deferred", "2026-05-15")));
	assert_int_equal(watcher_refuses_at(&p.a, &p.w, other.ledger, 60, "operator", AK_NO_TRUSTED_SIG, (int64_t)p.size - 2), 0);
	world_close(&other);
	close_place(&p);
}

static void forge_deletion(world *w, forgery f)
{
	ak_text e = signed_draft(w, "deletion", DELETION);
	ak_buf statement, signatures;

	world_lines(&e, &statement, &signatures);
	f.statement = ak_buf_span(&statement);
	f.signatures = ak_buf_span(&signatures);
	world_forge(w, &f);
	ak_buf_clear(&statement);
	ak_buf_clear(&signatures);
	ak_text_free(&e);
}

/* The same records, and a head that commits to something else: a fork all the same. */
static void two_heads_over_the_same_records_are_a_fork(void **state)
{
	ak_text line;
	world other;
	place p;

	open_place(&p, state);
	world_branch(*state, &other);
	forge_deletion(&p.w, (forgery){ 0 });
	forge_deletion(&other, (forgery){ .wrong_root = true });
	line = watcher_signs(&p.a, &p.w, 60, NULL);
	ak_text_free(&line);
	assert_int_equal(watcher_refuses_at(&p.a, &p.w, other.ledger, 60, "history", AK_FORK, -1), 2);
	world_close(&other);
	close_place(&p);
}

/* Heads fit, but what lies in git at the place of a record that decides what others mean is not it. */
static void a_record_exchanged_in_git_is_refused(void **state)
{
	enum { PROFILE = 1 };
	char cmd[900];
	place p;

	open_place(&p, state);
	(void)snprintf(cmd, sizeof(cmd),
		       "cd %s && export GIT_INDEX_FILE=%s/exchange GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x "
		       "GIT_COMMITTER_EMAIL=x && git read-tree main && git update-index --cacheinfo 100644,$(git rev-parse "
		       "main:records/00/00/00/00/02.jsonl),records/00/00/00/00/01.jsonl && git update-ref refs/heads/main "
		       "$(git commit-tree -p main -m x $(git write-tree))",
		       p.w.ledger, p.w.dir);
	assert_int_equal(system(cmd), 0);
	(void)watcher_refuses(&p.a, &p.w, "history", AK_CHAIN_BROKEN, PROFILE);
	close_place(&p);
}

/* ---- keys -------------------------------------------------------------------------------------------------------- */

static void a_head_by_another_operator_is_refused(void **state)
{
	place p;

	open_place(&p, state);
	p.w.op = p.w.stranger;
	(void)attack_forge(&p.w, signed_draft(&p.w, "deletion", DELETION));
	(void)watcher_refuses(&p.a, &p.w, "operator", AK_NO_TRUSTED_SIG, -1);
	close_place(&p);
}

static void a_second_line_in_the_ledgers_name_is_refused(void **state)
{
	place p;

	open_place(&p, state);
	forge_deletion(&p.w, (forgery){ .stranger_too = true });
	(void)watcher_refuses(&p.a, &p.w, "operator", AK_NO_TRUSTED_SIG, -1);
	close_place(&p);
}

/* A trust file with this line in the place of the one that begins so; NULL: beside the others. */
static ak_text with_line(const ak_text *trust, const char *start, const char *line)
{
	ak_span rest = { (const uint8_t *)trust->data, trust->len }, l;
	ak_text out = { 0 };
	ak_buf b;

	ak_buf_init(&b, 1 << 16);
	while (ak_span_line(&rest, &l)) {
		if (start != NULL && ak_span_starts(l, start))
			assert_int_equal(ak_buf_addf(&b, NULL, "%s\n", line), AK_OK);
		else
			assert_int_equal(ak_buf_addf(&b, NULL, "%.*s\n", (int)l.len, (const char *)l.data), AK_OK);
	}
	if (start == NULL)
		assert_int_equal(ak_buf_addf(&b, NULL, "%s\n", line), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &out, NULL), AK_OK);
	return out;
}

/* What the trust file names must be in the chain; its origin is the ledger's. */
static void a_ledger_other_than_the_trust_file_says_is_refused(void **state)
{
	static const char *const duty[] = { "operator", "operator", "checkpoint" };
	static const ak_status status[] = { AK_NO_TRUSTED_SIG, AK_NO_TRUSTED_SIG, AK_WRONG_LEDGER };
	char log[200];
	world w, other;

	world_branch(*state, &w);
	world_open_bare(&other);
	for (size_t i = 0; i < 3; i++) {
		watcher a;

		watcher_open(&a, &w, world_new_key("ed25519"));
		ak_text_free(&a.trust);
		if (i == 0) { /* another ledger's operator */
			const char *at = strstr(other.trust.data, "log ");

			(void)snprintf(log, sizeof(log), "%.*s", (int)strcspn(at, "\n"), at);
			a.trust = with_line(&w.trust, "log ", log);
		} else if (i == 1) {
			a.trust = with_line(&w.trust, NULL,
					    "keyset sha256:00000000000000000000000000000000000000000000000000000000000000ff");
		} else {
			ak_vkey v = { .name = "ledger.example/other", .type = AK_NOTE_ED25519 };
			ak_buf b;

			assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(w.op->key), v.key));
			ak_note_key_id(ak_span_str(v.name), v.type, v.key, ak_sha256, v.id);
			ak_buf_init(&b, sizeof(log));
			assert_int_equal(ak_vkey_format(&v, &b, NULL), AK_OK);
			(void)snprintf(log, sizeof(log), "log %.*s", (int)b.len, (const char *)b.data);
			ak_buf_clear(&b);
			a.trust = with_line(&w.trust, "log ", log);
		}
		(void)watcher_refuses(&a, &w, duty[i], status[i], -1);
		watcher_close(&a);
	}
	world_close(&other);
	world_close(&w);
}

/* Another operator, whose own signature is still to come. */
static ak_text other_operator(world *w, const ak_secret *op)
{
	ak_secret *keys[] = { w->root[0], w->root[1], w->heartbeat, NULL };
	rotation r = rotation_of(w);

	r.op = op;
	return rotation_signed(w, &r, keys);
}

/* The root quorum and the new operator sign, and both operators the head. */
static void a_rotation_is_followed(void **state)
{
	ak_secret *op = world_new_key("ed25519"), *possession[] = { NULL, NULL }, *old;
	ak_seal_options o = { 0 };
	ak_text e, json = { 0 }, line;
	ak_error err = { 0 };
	ak_span in;
	size_t failed;
	place p;

	open_place(&p, state);
	possession[0] = op;
	e = world_sign(other_operator(&p.w, op), possession);
	in = (ak_span){ (const uint8_t *)e.data, e.len };
	o = (ak_seal_options){ .operator_key = op, .old_operator_key = p.w.op, .state_path = p.w.state, .now = p.w.now += 60 };
	assert_int_equal(ak_ledger_seal(p.w.l, &in, 1, &o, &json, &failed, &err), AK_OK);
	ak_text_free(&json);
	ak_text_free(&e);
	line = watcher_signs(&p.a, &p.w, 0, NULL);
	ak_text_free(&line);
	line = watcher_signs(&p.a, &p.w, 60, NULL); /* recalled from its memory */
	ak_text_free(&line);
	/* The next head is signed by the new one alone. */
	old = p.w.op;
	p.w.op = op;
	(void)world_seal(&p.w, signed_draft(&p.w, "decision", DECIDED("deferred", "2026-05-11")));
	line = watcher_signs(&p.a, &p.w, 120, NULL);
	ak_text_free(&line);
	/* The old operator's key leads nowhere now. */
	p.w.op = old;
	(void)attack_forge(&p.w, signed_draft(&p.w, "deletion", DELETION));
	(void)watcher_refuses(&p.a, &p.w, "operator", AK_NO_TRUSTED_SIG, -1);
	ak_secret_free(&op);
	close_place(&p);
}

/* The operator before has to sign the head as well (FORMAT 9.2). */
static void a_rotation_that_the_old_operator_has_not_signed_is_refused(void **state)
{
	ak_secret *op = world_new_key("ed25519"), *possession[] = { NULL, NULL }, *old;
	ak_text e;
	place p;

	open_place(&p, state);
	possession[0] = op;
	e = world_sign(other_operator(&p.w, op), possession);
	old = p.w.op;
	p.w.op = op;
	(void)attack_forge(&p.w, e);
	(void)watcher_refuses(&p.a, &p.w, "operator", AK_NO_TRUSTED_SIG, -1);
	p.w.op = old;
	ak_secret_free(&op);
	close_place(&p);
}

/* The operator alone: the keyset is void, and its key signs nothing. */
static void an_operator_key_without_a_keyset_is_refused(void **state)
{
	ak_secret *op = world_new_key("ed25519"), *own[] = { NULL, NULL, NULL };
	char body[4096], k[5][400];
	place p;

	open_place(&p, state);
	own[0] = op;
	own[1] = p.w.heartbeat;
	{
		const ak_secret *const named[] = { p.w.root[0], p.w.root[1], p.w.root[2], op, p.w.heartbeat };

		for (size_t i = 0; i < 5; i++)
			world_key_json(named[i], k[i], sizeof(k[i]));
	}
	(void)snprintf(body, sizeof(body),
		       "{\"number\":2,\"threshold\":1,\"root\":[{\"holder\":\"root-a\",\"key\":%s},{\"holder\":"
		       "\"root-b\",\"key\":%s},{\"holder\":\"root-c\",\"key\":%s}],\"operator\":%s,\"heartbeat\":%s}",
		       k[0], k[1], k[2], k[3], k[4]);
	p.w.op = op;
	(void)attack_forge(&p.w, world_sign(world_draft(&p.w, "akashi", "keyset", NULL, body, NULL), own));
	(void)watcher_refuses(&p.a, &p.w, "operator", AK_NO_TRUSTED_SIG, -1);
	ak_secret_free(&op);
	close_place(&p);
}

static ak_secret *key_again(const ak_secret *k)
{
	ak_text pem = { 0 };
	ak_secret *out = NULL;

	assert_int_equal(ak_secret_pem(k, &pem, NULL), AK_OK);
	assert_int_equal(ak_secret_read((ak_span){ (const uint8_t *)pem.data, pem.len }, NULL, &out, NULL), AK_OK);
	ak_text_wipe(&pem);
	return out;
}

static void a_key_that_does_something_else_does_not_witness(void **state)
{
	enum { ENROLMENT = 5 };
	world w;

	world_branch(*state, &w);
	{
		const struct {
			const ak_secret *key;
			int64_t seq;
		} rows[] = { { w.op, -1 }, { w.heartbeat, -1 }, { w.root[2], -1 }, { w.auditor, ENROLMENT } };

		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			watcher a;

			watcher_open(&a, &w, key_again(rows[i].key));
			(void)watcher_refuses(&a, &w, "key", AK_KEY_REUSED, rows[i].seq);
			watcher_close(&a);
		}
	}
	world_close(&w);
}

/* Somebody names the witness's key in a record that it has not signed: that silences nobody. */
static void naming_a_witness_does_not_silence_it(void **state)
{
	ak_secret *stranger[] = { NULL, NULL };
	char body[800], key[400];
	ak_text line;
	place p;

	open_place(&p, state);
	stranger[0] = p.w.stranger;
	world_key_json(p.a.key, key, sizeof(key));
	(void)snprintf(body, sizeof(body), "{\"party\":\"silence\",\"name\":{\"ja\":\"沈黙\"},\"roles\":[],\"members\":"
	               "[{\"member\":\"m1\",\"seat\":\"x\",\"kind\":\"person\",\"keys\":[%s]}]}", key);
	(void)attack_forge(&p.w, world_sign(world_draft(&p.w, "ismap", "party", NULL, body, NULL), stranger));
	line = watcher_signs(&p.a, &p.w, 60, NULL);
	ak_text_free(&line);
	close_place(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fewer_records_than_were_cosigned_are_refused),
		cmocka_unit_test(another_head_of_one_size_is_refused_and_both_are_kept),
		cmocka_unit_test(rewritten_history_is_refused_however_long_it_has_grown),
		cmocka_unit_test(another_history_by_a_stranger_is_no_fork),
		cmocka_unit_test(two_heads_over_the_same_records_are_a_fork),
		cmocka_unit_test(a_record_exchanged_in_git_is_refused),
		cmocka_unit_test(a_head_by_another_operator_is_refused),
		cmocka_unit_test(a_second_line_in_the_ledgers_name_is_refused),
		cmocka_unit_test(a_ledger_other_than_the_trust_file_says_is_refused),
		cmocka_unit_test(a_rotation_is_followed),
		cmocka_unit_test(a_rotation_that_the_old_operator_has_not_signed_is_refused),
		cmocka_unit_test(an_operator_key_without_a_keyset_is_refused),
		cmocka_unit_test(a_key_that_does_something_else_does_not_witness),
		cmocka_unit_test(naming_a_witness_does_not_silence_it),
	};

	return cmocka_run_group_tests_name("witness: head", tests, attack_world_open, attack_world_close);
}
