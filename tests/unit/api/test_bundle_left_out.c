/* SPDX-License-Identifier: Apache-2.0 */
/* Every record of a bundle left out in turn, by whoever does it best: header and proof stay behind as a base, so that nothing refers
 * into the void, and the map proofs that would not add up go with it.  Whatever became of the listing, the answer is never better for
 * it, and the gap alone makes nobody a forger (FORMAT 21.4). */
#include "bundles.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void nothing(world *w)
{
	(void)w;
}

static void re_audit(world *w)
{
	(void)world_add(w, "re-audit", "re-audit", NULL, "{\"listing\":\"" LISTING "\",\"stage\":\"opened\",\"decided_on\":\"2024-06-20\"}", NULL);
}

static void auditor_removed(world *w)
{
	(void)world_add(w, "removed", "auditor-registration", NULL, "{\"auditor\":\"koh-audit\",\"kind\":\"deregistration\","
	                "\"registered_on\":\"2024-04-10\",\"effective_on\":\"2024-04-10\"}", NULL);
}

static void report_withdrawn(world *w)
{
	(void)world_add(w, "withdrawn", "report-withdrawal", NULL, "{\"auditor\":\"koh-audit\",\"service\":\"kumo-iaas\","
	                "\"withdrawn_on\":\"2024-06-20\",\"reason\":\"x\"}", (const char *const[]){ "withdraws=report-1", NULL });
}

/* The root reaches back behind the report, and the listing is deleted besides. */
static void key_ended_and_deleted(world *w)
{
	ak_secret *roots[] = { w->root[0], w->root[1], NULL };
	char body[300], id[72];

	attack_keyid(w->auditor, id);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],\"last_valid_seq\":%llu,\"reason\":\"compromise\"}", id + 7,
	               (unsigned long long)world_seq(w, "report-1") - 1);
	(void)world_seal(w, world_sign(world_draft(w, "akashi", "revocation", NULL, body, NULL), roots));
	(void)world_add(w, "gone", "deletion", NULL, "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"x\"}", NULL);
}

static ak_secret *later_op, *later_heartbeat, *later_root;

static void later_keyset(world *w)
{
	ak_secret *keys[] = { w->root[0], w->root[1], later_root, later_op, later_heartbeat, NULL };
	const ak_seal_options o = { .operator_key = later_op, .old_operator_key = w->op, .state_path = w->state, .now = w->now += 60 };
	char body[4096], k[4][400];
	ak_text e, json = { 0 };
	ak_span in;
	size_t failed;

	world_key_json(w->root[0], k[0], sizeof(k[0]));
	world_key_json(later_root, k[1], sizeof(k[1]));
	world_key_json(later_op, k[2], sizeof(k[2]));
	world_key_json(later_heartbeat, k[3], sizeof(k[3]));
	(void)snprintf(body, sizeof(body), "{\"number\":2,\"threshold\":2,\"root\":[{\"holder\":\"root-a\",\"key\":%s},{\"holder\":\"root-d\","
	               "\"key\":%s}],\"operator\":%s,\"heartbeat\":%s}", k[0], k[1], k[2], k[3]);
	e = world_sign(world_draft(w, "akashi", "keyset", NULL, body, NULL), keys);
	in = bundles_span(&e);
	assert_int_equal(ak_ledger_seal(w->l, &in, 1, &o, &json, &failed, NULL), AK_OK);
	ak_text_free(&json);
	ak_text_free(&e);
	w->op = later_op;
	auditor_removed(w);
}

/* Neither better nor, for the gap alone, worse than what it is. */
static void is_no_better(bundles_said s, const char *what)
{
	bool refused = s.status == AK_OK && s.verdict == AK_VERDICT_INVALID && strcmp(s.reason, "tampered") == 0;
	bool missed = s.status == AK_OK && s.verdict == AK_VERDICT_UNVERIFIABLE && strcmp(s.reason, "completeness") == 0 && s.found == 0;

	if (!refused && !missed)
		fail_msg("%s: %s, %s (%s) by %s at '%s', %zu found", what, ak_status_name(s.status), ak_verdict_name(s.verdict), s.reason, s.check,
		         s.where, s.found);
}

/* `list` with `one` in its place by seq. */
static ak_json *with_in_order(const ak_json *list, const ak_json *one)
{
	ak_json *out = ak_json_new_array();
	const int64_t seq = bundles_number(one, "/seq");
	bool put = false;

	for (size_t i = 0; i < ak_json_len(list); i++) {
		if (!put && bundles_number(ak_json_at(list, i), "/seq") > seq) {
			assert_int_equal(ak_json_add(out, ak_json_copy(one), NULL), AK_OK);
			put = true;
		}
		assert_int_equal(ak_json_add(out, ak_json_copy(ak_json_at(list, i)), NULL), AK_OK);
	}
	if (!put)
		assert_int_equal(ak_json_add(out, ak_json_copy(one), NULL), AK_OK);
	return out;
}

/* Of its record the header and the proof. */
static ak_json *header_of(const ak_json *record)
{
	ak_json *h = ak_json_new_object();

	bundles_set(h, "/header", ak_json_copy(ak_json_get(record, "header")));
	bundles_set(h, "/proof", ak_json_copy(ak_json_get(record, "proof")));
	bundles_set(h, "/seq", ak_json_copy(ak_json_get(record, "seq")));
	return h;
}

/* Without the map proofs of what this record is about. */
static void drop_its_subjects(ak_json *v, const ak_json *record)
{
	const ak_json *subjects = ak_json_get(v, "subjects"), *line = ak_json_get(record, "statement");
	ak_json *kept = ak_json_new_array();

	for (size_t i = 0; i < ak_json_len(subjects); i++) {
		char quoted[160];
		bool about = false;

		(void)snprintf(quoted, sizeof(quoted), "\"%s\"", ak_json_get_str(ak_json_at(subjects, i), "id"));
		about = ak_json_is(line, AK_JSON_STRING) && strstr((const char *)ak_json_text(line).data, quoted) != NULL;
		for (size_t k = 0; k < ak_json_len(line); k++) /* its package was cut out */
			about = about || strstr((const char *)ak_json_text(ak_json_at(line, k)).data, quoted) != NULL;
		if (!about)
			assert_int_equal(ak_json_add(kept, ak_json_copy(ak_json_at(subjects, i)), NULL), AK_OK);
	}
	bundles_set(v, "/subjects", kept);
}

static void leave_out_each(world *w, const ak_json *v, const char *scene)
{
	const ak_json *records = ak_json_get(v, "records");

	for (size_t i = 1; i < ak_json_len(records); i++) {
		const ak_json *one = ak_json_at(records, i);
		ak_json *less = bundles_without(v, "records", i), *header = header_of(one);
		char what[120];

		(void)snprintf(what, sizeof(what), "%s without #%d, its header a base", scene, (int)bundles_number(one, "/seq"));
		bundles_set(less, "/bases", with_in_order(ak_json_get(v, "bases"), header));
		is_no_better(bundles_ask_json(w, less, LISTED_ON), what);
		(void)snprintf(what, sizeof(what), "%s without #%d and its subjects", scene, (int)bundles_number(one, "/seq"));
		drop_its_subjects(less, one);
		is_no_better(bundles_ask_json(w, less, LISTED_ON), what);
		ak_json_free(header);
		ak_json_free(less);
	}
}

static void no_record_can_be_left_out(void **state)
{
	static const struct {
		const char *name;
		void (*happens)(world *w);
		ak_verdict at_best;
	} scene[] = {
		{ "a valid listing", nothing, AK_VERDICT_VALID }, { "a re-audit", re_audit, AK_VERDICT_VALID },
		{ "an auditor removed", auditor_removed, AK_VERDICT_UNVERIFIABLE }, { "a report withdrawn", report_withdrawn, AK_VERDICT_UNVERIFIABLE },
		{ "a key ended from before the report, and a deletion", key_ended_and_deleted, AK_VERDICT_INVALID },
		{ "a later keyset, and an auditor removed", later_keyset, AK_VERDICT_UNVERIFIABLE },
	};

	later_op = world_new_key("ed25519");
	later_heartbeat = world_new_key("ed25519");
	later_root = world_new_key("ed25519");
	for (size_t i = 0; i < sizeof(scene) / sizeof(scene[0]); i++) {
		bundles_said whole;
		ak_secret *op;
		ak_json *v;
		ak_text b;
		world w;

		world_branch(*state, &w);
		op = w.op;
		scene[i].happens(&w);
		/* The newest record is about something else. */
		(void)world_add(&w, "other", "decision", NULL, "{\"listing\":\"C23-0001-2\",\"kind\":\"renewal\",\"outcome\":\"deferred\","
		                "\"decided_on\":\"2023-05-01\",\"meeting\":\"第9回\"}", NULL);
		b = bundles_make(&w, NULL, LISTING, 0);
		whole = bundles_ask(&w, &b, LISTED_ON);
		if (whole.status != AK_OK || whole.verdict > scene[i].at_best)
			fail_msg("%s: %s (%s)", scene[i].name, ak_verdict_name(whole.verdict), whole.reason);
		v = bundles_open(&b);
		leave_out_each(&w, v, scene[i].name);
		ak_json_free(v);
		ak_text_free(&b);
		w.op = op;
		world_close(&w);
	}
	ak_secret_free(&later_op);
	ak_secret_free(&later_heartbeat);
	ak_secret_free(&later_root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_record_can_be_left_out),
	};

	return cmocka_run_group_tests_name("bundle: left out", tests, attack_world_open, attack_world_close);
}
