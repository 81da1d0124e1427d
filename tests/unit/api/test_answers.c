/* SPDX-License-Identifier: Apache-2.0 */
/* Every answer has the members that docs/API.md names, no other, and says what they are for. */
#include "attack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"架空の理由\"}"

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

/* Parse an answer and free its text. */
static ak_json *read_answer(ak_status st, ak_text *text)
{
	ak_json *v = NULL;

	assert_int_equal(st, AK_OK);
	assert_int_equal(ak_json_parse(span_of(text), &v, NULL), AK_OK);
	ak_text_free(text);
	return v;
}

/* These members and no other; `names` has a blank between them. */
static void has(const ak_json *o, const char *what, const char *names)
{
	size_t n = 0;

	for (const char *at = names; *at != '\0'; n++) {
		size_t len = strcspn(at, " ");

		if (ak_json_get_span(o, (ak_span){ (const uint8_t *)at, len }) == NULL)
			fail_msg("%s lacks %.*s", what, (int)len, at);
		at += len + (at[len] == ' ');
	}
	if (ak_json_len(o) != n)
		fail_msg("%s has %zu members, not %zu", what, ak_json_len(o), n);
}

static const ak_json *place(const ak_json *v, const char *pointer)
{
	const ak_json *at = ak_json_pointer(v, ak_span_str(pointer));

	if (at == NULL)
		fail_msg("nothing at %s", pointer);
	return at;
}

static bool is(const ak_json *v, const char *pointer, const char *text)
{
	return ak_span_is(ak_json_text(place(v, pointer)), text);
}

static int64_t number(const ak_json *v, const char *pointer)
{
	int64_t n = -1;

	if (!ak_json_int(place(v, pointer), &n))
		fail_msg("no number at %s", pointer);
	return n;
}

static void head_names_the_profiles_in_force(void **state)
{
	ak_text t = { 0 };
	ak_json *v;
	world w;

	world_branch(*state, &w);
	v = read_answer(ak_ledger_head(w.l, &t, NULL), &t);
	has(v, "head", "origin size root head_time genesis keyset operator git_dir profiles closing");
	assert_int_equal(ak_json_len(place(v, "/profiles")), 1);
	has(place(v, "/profiles/0"), "profile", "scheme version digest held");
	assert_true(is(v, "/profiles/0/scheme", "ismap") && ak_json_true(place(v, "/profiles/0/held")));
	ak_json_free(v);
	world_close(&w);
}

static void a_seal_names_all_subjects(void **state)
{
	ak_secret *keys[] = { world_new_key("ed25519"), NULL };
	ak_seal_options o = { 0 };
	char key[400], body[1024];
	ak_text e, t = { 0 };
	ak_json *v;
	ak_span in;
	size_t failed;
	world w;

	world_branch(*state, &w);
	world_key_json(keys[0], key, sizeof(key));
	(void)snprintf(body, sizeof(body), "{\"party\":\"new-one\",\"name\":{\"ja\":\"架空\",\"en\":\"x\"},\"roles\":[\"provider\"],"
	               "\"members\":[{\"member\":\"m1\",\"seat\":\"席\",\"kind\":\"person\",\"keys\":[%s]}]}", key);
	e = attack_party(&w, body, keys);
	in = span_of(&e);
	o = (ak_seal_options){ .operator_key = w.op, .state_path = w.state, .now = w.now += 60 };
	v = read_answer(ak_ledger_seal(w.l, &in, 1, &o, &t, &failed, NULL), &t);
	has(v, "seal", "sealed size root origin warnings names");
	has(place(v, "/sealed/0"), "sealed", "seq id type about title");
	assert_true(is(v, "/sealed/0/title", "party new-one"));
	has(place(v, "/names"), "names", "types words");
	assert_int_equal(ak_json_len(place(v, "/names/types")), 0); /* a type of the ledger's own */
	assert_int_equal(ak_json_len(place(v, "/sealed/0/about")), 2);
	assert_true(is(v, "/sealed/0/about/1", "akashi/party:new-one"));
	ak_json_free(v);
	ak_text_free(&e);
	/* A search shows the party, not the key that stands before it in the alphabet. */
	v = read_answer(ak_ledger_search(w.l, "new-one", 0, &t, NULL), &t);
	assert_int_equal(ak_json_len(v), 1);
	has(ak_json_at(v, 0), "search", "seq type subject title annulled_by");
	assert_true(is(v, "/0/subject", "akashi/party:new-one"));
	ak_json_free(v);
	ak_secret_free(&keys[0]);
	world_close(&w);
}

static void check_says_what_is_sealed_already(void **state)
{
	ak_text e, draft, t = { 0 };
	ak_json *v;
	world w;

	world_branch(*state, &w);
	e = attack_unseal(&w, world_seq(&w, "decision-1"));
	v = read_answer(ak_ledger_check(w.l, span_of(&e), w.now, &t, NULL), &t);
	has(v, "check", "would_seal refusal sealed_as signatures findings warnings");
	has(place(v, "/refusal"), "refusal", "status text where detail expected found");
	assert_false(ak_json_true(place(v, "/would_seal")));
	assert_true(is(v, "/refusal/status", "AK_REPEATED"));
	assert_int_equal(number(v, "/sealed_as"), world_seq(&w, "decision-1"));
	assert_int_equal(ak_json_type_of(place(v, "/signatures")), AK_JSON_NULL); /* nobody counted them */
	ak_json_free(v);
	ak_text_free(&e);
	draft = world_draft(&w, "ismap", "deletion", NULL, DELETION, NULL);
	v = read_answer(ak_ledger_check(w.l, span_of(&draft), w.now, &t, NULL), &t);
	assert_int_equal(ak_json_type_of(place(v, "/sealed_as")), AK_JSON_NULL);
	has(place(v, "/signatures"), "signatures", "mode role counted needed of signers");
	assert_int_equal(number(v, "/signatures/counted"), 0);
	assert_int_equal(number(v, "/signatures/needed"), 3);
	has(place(v, "/findings/0"), "finding", "rule severity reason record text expected found basis basis_en basis_version next");
	ak_json_free(v);
	ak_text_free(&draft);
	world_close(&w);
}

static void readings_have_their_members(void **state)
{
	static const char log_members[] = "seq id type scheme issued time about title annulled_by";
	char name[24];
	ak_text t = { 0 };
	ak_json *v;
	world w;

	world_branch(*state, &w);
	v = read_answer(ak_ledger_log(w.l, NULL, NULL, 1, &t, NULL), &t);
	has(ak_json_at(v, 0), "log", log_members);
	ak_json_free(v);
	(void)snprintf(name, sizeof(name), "#%llu", (unsigned long long)world_seq(&w, "listing-1"));
	v = read_answer(ak_ledger_show(w.l, name, &t, NULL), &t);
	has(v, "show", "seq id type scheme issued time about title annulled_by refs body subject signatures authorised mode counted needed why timestamps proofs "
	    "corrections");
	has(place(v, "/refs/0"), "ref", "rel record seq");
	has(place(v, "/signatures/0"), "signature", "keyid party member seat verifies counted stamped");
	ak_json_free(v);
	v = read_answer(ak_ledger_list(w.l, &t, NULL), &t);
	has(ak_json_at(v, 0), "list", "listing scheme service provider registered_on expires_on basis record ended");
	ak_json_free(v);
	v = read_answer(ak_ledger_status(w.l, span_of(&w.trust), LISTED_ON, 0, w.now, &t, NULL), &t);
	has(v, "status", "as_of known_at closing listings void auditors certificates");
	has(place(v, "/listings/0"), "listing", "listing scheme service provider registered_on basis record ended expires_on verdict reason assurance finding missing");
	has(place(v, "/auditors/0"), "auditor", "scheme auditor kind registered_on valid_from valid_until record standing until_first until_last after days_left "
	    "rule parameter basis basis_en basis_version parameter_basis certainty");
	ak_json_free(v);
	v = read_answer(ak_trust_describe(span_of(&w.trust), &t, NULL), &t);
	has(v, "trust", "ok origin log genesis witnesses groups quorum complete fresh keyset profiles fingerprint warnings");
	has(place(v, "/fingerprint"), "fingerprint", "sha256 digits words");
	has(place(v, "/profiles/0"), "profile", "scheme digest held");
	ak_json_free(v);
	world_close(&w);
}

/* How many records log shows of a subject, each about one of the ids (the second may be NULL). */
static size_t logged(world *w, const char *subject, const char *id, const char *other)
{
	ak_text t = { 0 };
	ak_json *v = read_answer(ak_ledger_log(w->l, subject, NULL, 0, &t, NULL), &t);
	size_t n = ak_json_len(v);
	int64_t seq, above = INT64_MAX;

	for (size_t i = 0; i < n; i++) {
		const ak_json *about = ak_json_get(ak_json_at(v, i), "about");
		bool fits = false;

		for (size_t k = 0; k < ak_json_len(about); k++)
			fits = fits || ak_span_is(ak_json_text(ak_json_at(about, k)), id) ||
			       (other != NULL && ak_span_is(ak_json_text(ak_json_at(about, k)), other));
		assert_true(fits);
		seq = number(ak_json_at(v, i), "/seq");
		assert_true(seq < above); /* newest first, and none twice */
		above = seq;
	}
	ak_json_free(v);
	return n;
}

static void log_finds_a_subject_by_its_bare_name(void **state)
{
	static const char listing[] = LISTING_ID, service[] = "ismap/service:kumo-iaas", auditor[] = "ismap/auditor:koh-audit",
	                  party[] = "akashi/party:koh-audit";
	size_t n;
	world w;

	world_branch(*state, &w);
	assert_int_equal(logged(&w, LISTING, listing, NULL), logged(&w, listing, listing, NULL));
	n = logged(&w, service, service, NULL);
	assert_true(n > 1);
	assert_int_equal(logged(&w, "kumo-iaas", service, NULL), n);
	n = logged(&w, auditor, auditor, NULL) + logged(&w, party, party, NULL);
	assert_true(n > 1);
	assert_int_equal(logged(&w, "koh-audit", auditor, party), n);
	assert_int_equal(logged(&w, "kumo-iaa", "", NULL), 0); /* a name is the whole of it */
	assert_int_equal(logged(&w, "service:kumo-iaas", "", NULL), 0);
	world_close(&w);
}

static void exchange_has_its_members(void **state)
{
	ak_text draft, t = { 0 };
	ak_json *v;
	world w;

	world_branch(*state, &w);
	draft = world_draft(&w, "ismap", "deletion", NULL, DELETION, NULL);
	v = read_answer(AK_OK, &(ak_text){ .data = strdup(draft.data), .len = draft.len });
	has(v, "draft file", "akashi type scheme ledger genesis base issued refs body");
	ak_json_free(v);
	v = read_answer(ak_exchange_show(span_of(&draft), (ak_span){ 0 }, &t, NULL), &t);
	has(v, "draft", "kind type scheme ledger issued body title blanks statement words digits about refs subject");
	ak_json_free(v);
	draft = world_sign(draft, world_signers(&w, "deletion"));
	v = read_answer(ak_exchange_show(span_of(&draft), (ak_span){ 0 }, &t, NULL), &t);
	has(v, "envelope", "kind type scheme ledger issued body title statement words digits about refs subject signatures");
	has(place(v, "/signatures/0"), "signature", "keyid verifies");
	assert_int_equal(ak_json_type_of(place(v, "/signatures/0/verifies")), AK_JSON_NULL);
	ak_json_free(v);
	ak_text_free(&draft);
	v = read_answer(ak_secret_public(w.op, &t, NULL), &t);
	has(v, "public key", "id spki algorithm pem ssh");
	assert_true(is(v, "/pem/0", "-----BEGIN PUBLIC KEY-----"));
	ak_json_free(v);
	world_close(&w);
}

/* ---- audit ----------------------------------------------------------------------------------------------------------- */

static const ak_json *check_of(const ak_json *report, const char *id)
{
	const ak_json *list = ak_json_get(report, "checks");

	for (size_t i = 0; i < ak_json_len(list); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(list, i), "id"), id))
			return ak_json_at(list, i);
	}
	fail_msg("no check %s", id);
	return NULL;
}

static void counts(const ak_json *report, const char *id, const char *outcome, uint64_t count)
{
	const ak_json *c = check_of(report, id);

	if (!ak_span_is(ak_json_get_text(c, "outcome"), outcome) || (uint64_t)number(c, "/count") != count)
		fail_msg("%s: %.*s, %lld; want %s, %llu", id, (int)ak_json_get_text(c, "outcome").len,
		         (const char *)ak_json_get_text(c, "outcome").data, (long long)number(c, "/count"), outcome,
		         (unsigned long long)count);
}

static void an_audit_counts_what_it_has_looked_at(void **state)
{
	ak_audit_options o;
	ak_text t = { 0 };
	ak_json *v;
	uint64_t size;
	bool good;
	world w;

	world_branch(*state, &w);
	size = attack_size(&w);
	o = (ak_audit_options){ .trust = span_of(&w.trust), .now = w.now };
	v = read_answer(ak_audit_repository(w.ledger, &o, &good, &t, NULL), &t);
	has(v, "audit", "ok unknown_version other_ledger origin size root genesis genesis_pinned replayed commits signatures signatures_skipped authority checks erased "
	    "errors void skipped timestamps");
	has(place(v, "/authority"), "authority", "authorised void changed_since");
	has(place(v, "/checks/0"), "check", "id outcome count");
	counts(v, "header", "passed", size);
	counts(v, "map", "passed", size);
	counts(v, "commit", "passed", (uint64_t)number(v, "/commits"));
	counts(v, "git", "passed", (uint64_t)number(v, "/commits"));
	counts(v, "trust", "passed", 1);
	counts(v, "dsse", "passed", (uint64_t)number(v, "/signatures"));
	ak_json_free(v);
	/* Neither trust file nor signatures. */
	o = (ak_audit_options){ .now = w.now, .skip_signatures = true };
	v = read_answer(ak_audit_repository(w.ledger, &o, &good, &t, NULL), &t);
	counts(v, "trust", "not-checked", 0);
	counts(v, "dsse", "not-checked", 0);
	assert_int_equal(number(v, "/signatures"), 0);
	ak_json_free(v);
	/* The record at which the replay ends is not counted, nor is anything after it. */
	(void)attack_forge(&w, attack_unseal(&w, world_seq(&w, "decision-1")));
	o = (ak_audit_options){ .trust = span_of(&w.trust), .now = w.now };
	v = read_answer(ak_audit_repository(w.ledger, &o, &good, &t, NULL), &t);
	assert_false(good);
	has(place(v, "/errors/0"), "error", "check seq status where expected found detail");
	counts(v, "repeat", "failed", size);
	counts(v, "header", "not-checked", size);
	assert_int_equal(number(v, "/replayed"), size);
	ak_json_free(v);
	world_close(&w);
}

/* Whoever asks a program gets errors[], also where nothing could be read. */
static void an_audit_that_cannot_begin_is_a_report(void **state)
{
	ak_audit_options o;
	ak_text t = { 0 };
	char path[140];
	bool good = true;
	ak_json *v;
	FILE *f;
	world w;

	world_branch(*state, &w);
	o = (ak_audit_options){ .trust = span_of(&w.trust), .now = w.now };
	(void)snprintf(path, sizeof(path), "%s/HEAD", w.ledger);
	f = fopen(path, "w");
	assert_non_null(f);
	(void)fputs("0123456789012345678901234567890123456789\n", f);
	assert_int_equal(fclose(f), 0);
	v = read_answer(ak_audit_repository(w.ledger, &o, &good, &t, NULL), &t);
	assert_false(good);
	has(v, "audit", "ok unknown_version other_ledger origin size root genesis genesis_pinned replayed commits signatures signatures_skipped authority checks erased "
	    "errors void skipped timestamps");
	assert_true(is(v, "/errors/0/check", "git"));
	assert_true(is(v, "/errors/0/where", "git.HEAD"));
	counts(v, "git", "failed", 0);
	counts(v, "header", "not-checked", 0);
	ak_json_free(v);
	world_close(&w);
}

static void a_status_names_the_finding_that_decided(void **state)
{
	ak_text t = { 0 };
	ak_json *v;
	world w;

	world_branch(*state, &w);
	v = read_answer(ak_ledger_status(w.l, span_of(&w.trust), LISTED_ON, 0, w.now, &t, NULL), &t);
	assert_true(is(v, "/listings/0/verdict", "valid"));
	assert_int_equal(ak_json_type_of(place(v, "/listings/0/finding")), AK_JSON_NULL);
	ak_json_free(v);
	(void)world_add(&w, "gone", "deletion", NULL, DELETION, NULL);
	v = read_answer(ak_ledger_status(w.l, span_of(&w.trust), NULL, 0, w.now, &t, NULL), &t);
	assert_true(is(v, "/listings/0/verdict", "invalid"));
	has(place(v, "/listings/0/finding"), "finding", "rule text");
	assert_true(is(v, "/listings/0/reason", "rules"));
	ak_json_free(v);
	world_close(&w);
}

/* ---- verdicts -------------------------------------------------------------------------------------------------------- */

static void what_is_not_listed_breaks_no_rule(void **state)
{
	ak_json *v = NULL;
	world w;

	world_branch(*state, &w);
	assert_int_equal(world_verify(&w, "C99-9999-9", LISTED_ON, 0, &v), AK_VERDICT_UNVERIFIABLE);
	assert_true(is(v, "/reason", "not-found"));
	assert_int_equal(ak_json_len(place(v, "/findings")), 0);
	assert_true(ak_span_is(ak_json_get_text(check_of(v, "rules"), "outcome"), "not-checked"));
	ak_json_free(v);
	world_close(&w);
}

static void a_failed_check_names_its_record_or_none(void **state)
{
	const ak_evidence_file papers = { .name = "other.pdf", .digest = { { 1 } } };
	ak_verify_options o;
	ak_verdict verdict = AK_VERDICT_VALID;
	ak_text t = { 0 };
	ak_json *v = NULL;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	o = (ak_verify_options){ .listing = LISTING, .trust = span_of(&w.trust), .as_of = LISTED_ON, .now = w.now,
	                         .evidence = &papers, .n_evidence = 1 };
	v = read_answer(ak_ledger_verify(w.l, &o, &verdict, &t, NULL), &t);
	assert_int_equal(verdict, AK_VERDICT_INVALID);
	assert_int_equal(ak_json_type_of(place(check_of(v, "evidence"), "/record")), AK_JSON_NULL);
	ak_json_free(v);
	seq = attack_forge(&w, attack_unseal(&w, world_seq(&w, "decision-1")));
	assert_int_equal(world_verify(&w, LISTING, LISTED_ON, 0, &v), AK_VERDICT_INVALID);
	assert_int_equal(number(check_of(v, "repeat"), "/record"), seq);
	ak_json_free(v);
	world_close(&w);
}

/* The Japanese text is Japanese throughout; why is told apart. */
static void a_void_record_is_told_in_either_language(void **state)
{
	ak_secret *stranger[2];
	ak_json *v = NULL;
	const ak_json *warning = NULL;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	stranger[0] = w.stranger, stranger[1] = NULL;
	seq = attack_forge(&w, world_sign(world_draft(&w, "ismap", "deletion", NULL, DELETION, NULL), stranger));
	assert_int_equal(world_verify(&w, LISTING, LISTED_ON, 0, &v), AK_VERDICT_VALID);
	for (size_t i = 0; i < ak_json_len(place(v, "/warnings")); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(place(v, "/warnings"), i), "id"), "void-record"))
			warning = ak_json_at(place(v, "/warnings"), i);
	}
	has(warning, "warning", "id text record detail");
	assert_int_equal(number(warning, "/record"), seq);
	assert_true(place(warning, "/detail") != NULL && ak_json_text(place(warning, "/detail")).len != 0);
	assert_null(strstr(ak_json_get_str(place(warning, "/text"), "ja"), "need"));
	assert_null(strstr(ak_json_get_str(place(warning, "/text"), "ja"), "signature"));
	ak_json_free(v);
	world_close(&w);
}

/* ---- drafts ---------------------------------------------------------------------------------------------------------- */

/* The decision of a first registration names the service; its listing names the service among its parts. */
static void a_listing_finds_the_decision_on_its_service(void **state)
{
	static const char body[] = "{\"listing\":\"C26-0909-2\",\"basis\":\"decided\",\"services\":[{\"id\":\"new-paas\",\"name\":\"架空\"}],"
	                           "\"provider\":{\"name\":\"架空\"},\"registered_on\":\"2026-05-30\"}";
	char id[80];
	uint64_t seq;
	ak_text t = { 0 };
	ak_json *v, *shown;
	ak_draft_options o;
	world w;

	world_branch(*state, &w);
	seq = world_add(&w, "decision-new", "decision", NULL, "{\"service\":\"new-paas\",\"kind\":\"initial\",\"outcome\":\"registered\","
	                "\"decided_on\":\"2026-05-29\",\"meeting\":\"第24回\"}", NULL);
	o = (ak_draft_options){ .type = "listing", .now = w.now, .body = { (const uint8_t *)body, sizeof(body) - 1 }, .find_refs = true };
	v = read_answer(ak_ledger_draft(w.l, &o, &t, NULL), &t);
	(void)snprintf(id, sizeof(id), "#%llu", (unsigned long long)seq);
	shown = read_answer(ak_ledger_show(w.l, id, &t, NULL), &t);
	assert_int_equal(ak_json_len(place(v, "/refs")), 1);
	assert_true(is(v, "/refs/0/rel", "decided-by"));
	assert_true(ak_span_eq(ak_json_text(place(v, "/refs/0/record")), ak_json_get_text(shown, "id")));
	ak_json_free(shown);
	ak_json_free(v);
	world_close(&w);
}

/* Deleting is deciding: the desk alone may not (the committee registers, and only it takes off the list). */
static void the_secretariat_alone_deletes_nothing(void **state)
{
	ak_secret *desk[2];
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	desk[0] = w.secretariat, desk[1] = NULL;
	(void)attack_refused(&w, world_sign(world_draft(&w, "ismap", "deletion", NULL, DELETION, NULL), desk), AK_NOT_AUTHORISED,
	                     "signatures");
	seq = attack_forge(&w, world_sign(world_draft(&w, "ismap", "deletion", NULL, DELETION, NULL), desk));
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	(void)world_add(&w, "deletion", "deletion", NULL, DELETION, NULL);
	attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head_names_the_profiles_in_force),
		cmocka_unit_test(a_seal_names_all_subjects),
		cmocka_unit_test(check_says_what_is_sealed_already),
		cmocka_unit_test(readings_have_their_members),
		cmocka_unit_test(log_finds_a_subject_by_its_bare_name),
		cmocka_unit_test(exchange_has_its_members),
		cmocka_unit_test(an_audit_counts_what_it_has_looked_at),
		cmocka_unit_test(an_audit_that_cannot_begin_is_a_report),
		cmocka_unit_test(a_status_names_the_finding_that_decided),
		cmocka_unit_test(what_is_not_listed_breaks_no_rule),
		cmocka_unit_test(a_failed_check_names_its_record_or_none),
		cmocka_unit_test(a_void_record_is_told_in_either_language),
		cmocka_unit_test(a_listing_finds_the_decision_on_its_service),
		cmocka_unit_test(the_secretariat_alone_deletes_nothing),
	};

	return cmocka_run_group_tests_name("answers", tests, attack_world_open, attack_world_close);
}
