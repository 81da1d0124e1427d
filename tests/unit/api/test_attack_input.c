/* SPDX-License-Identifier: Apache-2.0 */
/* Bad input: each is refused with its status and its place, and the head stays where it was. */
#include "attack.h"

#include "codec/dsse.h"
#include "codec/jcs.h"
#include "model/signatures.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"架空の理由\"}"
#define DIGEST "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static ak_text draft_deletion(world *w)
{
	return world_draft(w, "ismap", "deletion", NULL, DELETION, NULL);
}

static ak_text deletion(world *w)
{
	return world_sign(draft_deletion(w), world_signers(w, "deletion"));
}

static ak_text text_from(const void *data, size_t len)
{
	ak_text t = { 0 };
	ak_buf b;

	ak_buf_init(&b, 1 << 23);
	assert_int_equal(ak_buf_add(&b, data, len, NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &t, NULL), AK_OK);
	return t;
}

/* One member of a good statement changed at a time; signed rightly all the same. */
static void each_member_is_as_the_format_says(void **state)
{
	static const struct {
		const char *rule, *pointer, *json;
		ak_status status;
		const char *where;
	} row[] = {
		{ "another statement type", "/_type", "\"https://example.org/x\"", AK_BAD_FORMAT, "statement._type" },
		{ "a later statement type", "/_type", "\"https://in-toto.io/Statement/v2\"", AK_UNKNOWN_VERSION, "statement._type" },
		{ "no statement type", "/_type", NULL, AK_BAD_FORMAT, "statement._type" },
		{ "a member too many", "/extra", "1", AK_BAD_FORMAT, "statement" },
		{ "unknown record type", "/predicateType", "\"urn:akashi:coronation:v1\"", AK_UNKNOWN_TYPE, "statement.predicateType" },
		{ "another record version", "/predicateType", "\"urn:akashi:deletion:v2\"", AK_UNKNOWN_VERSION, "statement.predicateType" },
		{ "no record type at all", "/predicateType", "\"deletion\"", AK_BAD_FORMAT, "statement.predicateType" },
		{ "unknown scheme", "/predicate/scheme", "\"other\"", AK_UNKNOWN_TYPE, "statement.scheme" },
		{ "the core's scheme", "/predicate/scheme", "\"akashi\"", AK_UNKNOWN_TYPE, "statement.predicateType" },
		{ "no scheme's name", "/predicate/scheme", "\"ISMAP\"", AK_BAD_FORMAT, "statement.scheme" },
		{ "wrong origin", "/predicate/ledger", "\"ledger.example/ismap2\"", AK_WRONG_LEDGER, "statement.ledger" },
		{ "no origin", "/predicate/ledger", "\"Ledger Example\"", AK_BAD_FORMAT, "statement.ledger" },
		{ "wrong genesis", "/predicate/genesis", "\"" DIGEST "\"", AK_WRONG_LEDGER, "statement.genesis" },
		{ "no genesis", "/predicate/genesis", NULL, AK_BAD_FORMAT, "statement.genesis" },
		{ "unknown base", "/predicate/base", "\"" DIGEST "\"", AK_DANGLING, "statement.base" },
		{ "no base", "/predicate/base", "\"\"", AK_BAD_FORMAT, "statement.base" },
		{ "a date that is none", "/predicate/issued", "\"2026-02-30\"", AK_BAD_FORMAT, "statement.issued" },
		{ "a date in words", "/predicate/issued", "\"令和8年5月31日\"", AK_BAD_FORMAT, "statement.issued" },
		{ "a reference into nothing", "/predicate/refs", "[{\"record\":\"" DIGEST "\",\"rel\":\"decided-by\"}]", AK_DANGLING,
		  "statement.refs" },
		{ "a reference twice", "/predicate/refs", "[{\"record\":\"" DIGEST "\",\"rel\":\"a\"},{\"record\":\"" DIGEST
		  "\",\"rel\":\"a\"}]", AK_BAD_FORMAT, "statement.refs" },
		{ "references out of order", "/predicate/refs", "[{\"record\":\"" DIGEST "\",\"rel\":\"b\"},{\"record\":\"" DIGEST
		  "\",\"rel\":\"a\"}]", AK_BAD_FORMAT, "statement.refs" },
		{ "a relation outside its grammar", "/predicate/refs", "[{\"record\":\"" DIGEST "\",\"rel\":\"Decided\"}]", AK_BAD_FORMAT,
		  "statement.refs" },
		{ "a predicate member too many", "/predicate/note", "\"x\"", AK_BAD_FORMAT, "statement.predicate" },
		{ "a body that is no object", "/predicate/body", "[]", AK_BAD_FORMAT, "statement.body" },
		{ "a body member too many", "/predicate/body/note", "\"x\"", AK_SCHEMA, "schema.additionalProperties" },
		{ "a body member missing", "/predicate/body/reason", NULL, AK_SCHEMA, "schema.required" },
		{ "a body date that is none", "/predicate/body/effective_on", "\"2024-06-31\"", AK_SCHEMA, "schema.format" },
		{ "no documents named", "/subject", "[]", AK_BAD_FORMAT, "statement.subject" },
		{ "a document without kind", "/subject/0/name", "\"minutes.pdf\"", AK_SCHEMA, "statement.subject" },
		{ "an unknown commitment", "/subject", "[{\"annotations\":{\"commitment\":\"akashi-9\",\"kind\":\"k\"},\"digest\":{\"sha256\":"
		  "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"},\"name\":\"m\"}]", AK_SCHEMA,
		  "statement.subject" },
	};
	world w;

	world_branch(*state, &w);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		const edit edits[] = { { row[i].pointer, row[i].json }, { NULL, NULL } };

		print_message("%s\n", row[i].rule);
		(void)attack_refused(&w, attack_edited(draft_deletion(&w), edits, world_signers(&w, "deletion")), row[i].status,
		                     row[i].where);
	}
	attack_is_sound(&w, 0);
	world_close(&w);
}

/* A name outside the grammar of its kind, in body and about alike. */
static void an_id_is_inside_its_grammar(void **state)
{
	static const char *const names[] = { "C24-101-2", "C24-0101-22", "X24-0101-2", "C24-0101-2 ", "../../etc", "C24_0101_2" };
	world w;

	world_branch(*state, &w);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char about[100], name[60];
		const edit edits[] = { { "/predicate/body/listing", name }, { "/predicate/about", about }, { NULL, NULL } };
		ak_error err = { 0 };
		ak_status st;

		(void)snprintf(name, sizeof(name), "\"%s\"", names[i]);
		(void)snprintf(about, sizeof(about), "[\"ismap/listing:%s\"]", names[i]);
		st = try_seal(&w, attack_edited(draft_deletion(&w), edits, world_signers(&w, "deletion")), &err);
		if (st != AK_SCHEMA && st != AK_BAD_FORMAT)
			fail_msg("%s: %s at %s", names[i], ak_status_name(st), err.where == NULL ? "?" : err.where);
	}
	attack_is_sound(&w, 0);
	world_close(&w);
}

static void who_signs_is_who_the_record_names(void **state)
{
	ak_secret *otsu = world_new_key("ed25519"), *keys[] = { otsu, NULL };
	const char *body = "{\"auditor\":\"koh-audit\",\"service\":\"kumo-iaas\",\"provider\":\"kakuu-kumo\",\"cycle\":\"annual\","
	                   "\"period\":{\"from\":\"2024-04-01\",\"to\":\"2025-03-31\"},\"report_date\":\"2025-04-21\",\"findings\":"
	                   "\"none\",\"report_no\":\"乙-2025-001\"}";
	static const char *const refs[] = { "audits=statement-1", "auditor=auditor-1", NULL };
	char party[1024], key[400];
	ak_error err;
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	world_key_json(otsu, key, sizeof(key));
	(void)snprintf(party, sizeof(party), "{\"party\":\"otsu-audit\",\"name\":{\"ja\":\"乙\",\"en\":\"Otsu\"},\"roles\":[\"auditor\"],"
	               "\"members\":[{\"member\":\"m1\",\"seat\":\"席\",\"kind\":\"person\",\"keys\":[%s]}]}", key);
	(void)world_seal(&w, attack_party(&w, party, keys));
	err = attack_refused(&w, world_sign(world_draft(&w, "ismap", "audit-report", NULL, body, refs), keys), AK_NOT_AUTHORISED,
	                     "signatures");
	assert_non_null(strstr(err.detail, "koh-audit"));
	seq = attack_forge(&w, world_sign(world_draft(&w, "ismap", "audit-report", NULL, body, refs), keys));
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	/* Wrong roles altogether. */
	keys[0] = w.secretariat;
	(void)attack_refused(&w, world_sign(world_draft(&w, "ismap", "audit-report", NULL, body, refs), keys), AK_NOT_AUTHORISED,
	                     "signatures");
	keys[0] = w.auditor;
	(void)attack_refused(&w, world_sign(draft_deletion(&w), keys), AK_NOT_AUTHORISED, "signatures");
	keys[0] = w.root[0];
	(void)attack_refused(&w, world_sign(draft_deletion(&w), keys), AK_NOT_AUTHORISED, "signatures");
	(void)world_seal(&w, world_sign(world_draft(&w, "ismap", "audit-report", NULL, body, refs),
	                 world_signers(&w, "audit-report")));
	ak_secret_free(&otsu);
	world_close(&w);
}

static void a_core_type_keeps_to_its_scheme(void **state)
{
	static const edit in_ismap[] = { { "/predicate/scheme", "\"ismap\"" }, { NULL, NULL } };
	static const edit in_core[] = { { "/predicate/scheme", "\"akashi\"" }, { NULL, NULL } };
	ak_secret *roots[] = { 0, 0, NULL };
	char body[300], id[72];
	world w;

	world_branch(*state, &w);
	roots[0] = w.root[0], roots[1] = w.root[1];
	attack_keyid(w.auditor, id);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],\"reason\":\"lost\"}", id + 7);
	(void)attack_refused(&w, attack_edited(world_draft(&w, "akashi", "revocation", NULL, body, NULL), in_ismap, roots),
	                     AK_UNKNOWN_TYPE, "statement.scheme");
	(void)attack_refused(&w, attack_edited(world_draft(&w, "ismap", "party", NULL, "{\"party\":\"koh-audit\",\"name\":{\"ja\":\"甲\","
	                     "\"en\":\"k\"},\"roles\":[],\"members\":[]}", NULL), in_core, roots), AK_UNKNOWN_TYPE,
	                     "statement.scheme");
	world_close(&w);
}

/* ---- sizes --------------------------------------------------------------------------------------------------------- */

static void a_statement_of_four_mebibytes_is_the_end(void **state)
{
	size_t len = AK_STATEMENT_MAX + 1;
	char *bytes = malloc(len);
	ak_text t;
	world w;

	world_branch(*state, &w);
	assert_non_null(bytes);
	memset(bytes, 'x', len);
	t = text_from(bytes, len);
	(void)attack_refused(&w, attack_envelope(t, world_signers(&w, "deletion")), AK_BAD_FORMAT, "statement");
	/* One byte less is refused for what it is, not for its length. */
	t = text_from(bytes, len - 1);
	(void)attack_refused(&w, attack_envelope(t, world_signers(&w, "deletion")), AK_BAD_FORMAT, "json.syntax");
	free(bytes);
	world_close(&w);
}

/* A next version of the profile with a package of this many bytes. */
static ak_text profile_of(world *w, size_t bytes)
{
	ak_secret *roots[] = { w->root[0], w->root[1], NULL };
	ak_text shipped = { 0 }, draft = { 0 };
	ak_json *v = NULL, *package;
	char *pad;
	ak_buf b;

	assert_int_equal(ak_ledger_draft_profile(w->l, "ismap", (ak_span){ 0 }, w->now, &shipped, NULL), AK_OK);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)shipped.data, shipped.len }, &v, NULL), AK_OK);
	package = ak_json_copy(ak_json_pointer(v, ak_span_str("/body/package")));
	assert_int_equal(ak_json_pointer_set(package, ak_span_str("/words/pad"), ak_json_new_str(""), NULL), AK_OK);
	ak_buf_init(&b, 2 * AK_PROFILE_MAX);
	assert_int_equal(ak_jcs_write(package, &b, NULL), AK_OK);
	pad = calloc(bytes - b.len + 1, 1);
	assert_non_null(pad);
	memset(pad, 'x', bytes - b.len);
	assert_int_equal(ak_json_pointer_set(package, ak_span_str("/words/pad"), ak_json_new_str(pad), NULL), AK_OK);
	b.len = 0;
	assert_int_equal(ak_jcs_write(package, &b, NULL), AK_OK);
	assert_int_equal(b.len, bytes);
	assert_int_equal(ak_ledger_draft_profile(w->l, "ismap", ak_buf_span(&b), w->now, &draft, NULL), AK_OK);
	ak_buf_clear(&b);
	ak_json_free(package);
	ak_json_free(v);
	ak_text_free(&shipped);
	free(pad);
	return world_sign(draft, roots);
}

static void a_package_of_one_mebibyte_is_the_end(void **state)
{
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	(void)attack_refused(&w, profile_of(&w, AK_PROFILE_MAX + 1), AK_SCHEMA, "profile.package");
	seq = attack_forge(&w, profile_of(&w, AK_PROFILE_MAX + 1));
	attack_is_void(&w, seq, AK_SCHEMA);
	(void)world_seal(&w, profile_of(&w, AK_PROFILE_MAX));
	attack_is_sound(&w, 1);
	world_close(&w);
}

static void sixty_five_signatures_are_one_too_many(void **state)
{
	ak_text e;
	ak_json *v = NULL, *list;
	ak_buf b;
	world w;

	world_branch(*state, &w);
	e = deletion(&w);
	for (size_t n = 3; n < AK_SIGNERS_MAX; n++) { /* three have signed */
		char keyid[72];
		uint8_t junk[64] = { (uint8_t)n };

		(void)snprintf(keyid, sizeof(keyid), "sha256:%064zx", n);
		e = attack_add_signature(e, keyid, junk, sizeof(junk));
	}
	/* 64 are in form; they are refused because 61 are by nobody. */
	(void)attack_refused(&w, attack_copy(&e), AK_BAD_SIGNATURE, "signatures");
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)e.data, e.len }, &v, NULL), AK_OK);
	list = ak_json_copy(ak_json_get(v, "signatures"));
	assert_int_equal(ak_json_add(list, ak_json_copy(ak_json_at(list, 0)), NULL), AK_OK);
	assert_int_equal(ak_json_set(v, "signatures", list, NULL), AK_OK);
	ak_text_free(&e);
	ak_buf_init(&b, 1 << 20);
	assert_int_equal(ak_jcs_write(v, &b, NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &e, NULL), AK_OK);
	ak_json_free(v);
	(void)attack_refused(&w, e, AK_BAD_FORMAT, "dsse.signatures");
	world_close(&w);
}

static void signatures_have_their_form_and_size(void **state)
{
	uint8_t big[AK_SIG_BYTES_MAX + 1] = { 1 };
	char keyid[72];
	ak_text e;
	world w;

	world_branch(*state, &w);
	attack_keyid(w.ops, keyid);
	e = deletion(&w);
	(void)attack_refused(&w, attack_add_signature(attack_copy(&e), keyid, big, sizeof(big)), AK_BAD_FORMAT, "signatures.signatures");
	(void)attack_refused(&w, attack_add_signature(attack_copy(&e), "", big, 64), AK_BAD_FORMAT, "signatures.signatures");
	(void)attack_refused(&w, attack_add_signature(attack_copy(&e), "secretariat", big, 64), AK_BAD_FORMAT,
	                     "signatures.signatures");
	attack_keyid(w.committee[0], keyid); /* again */
	(void)attack_refused(&w, attack_add_signature(e, keyid, big, 64), AK_BAD_FORMAT, "signatures.signatures");
	world_close(&w);
}

/* ---- bytes --------------------------------------------------------------------------------------------------------- */

static void a_statement_that_is_not_canonical_is_refused(void **state)
{
	static const edit none[] = { { NULL, NULL } };
	ak_text s;
	ak_json *v = NULL;
	ak_buf b;
	world w;

	world_branch(*state, &w);
	s = attack_statement(draft_deletion(&w), none);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)s.data, s.len }, &v, NULL), AK_OK);
	ak_buf_init(&b, 1 << 20);
	assert_int_equal(ak_json_write_pretty(v, &b, NULL), AK_OK);
	(void)attack_refused(&w, attack_envelope(text_from(b.data, b.len), world_signers(&w, "deletion")), AK_BAD_FORMAT, "jcs");
	/* one blank, one newline, one escape that need not be */
	ak_buf_clear(&b);
	assert_int_equal(ak_buf_addf(&b, NULL, "{ %s", s.data + 1), AK_OK);
	(void)attack_refused(&w, attack_envelope(text_from(b.data, b.len), world_signers(&w, "deletion")), AK_BAD_FORMAT, "jcs");
	ak_buf_clear(&b);
	assert_int_equal(ak_buf_addf(&b, NULL, "%s\n", s.data), AK_OK);
	(void)attack_refused(&w, attack_envelope(text_from(b.data, b.len), world_signers(&w, "deletion")), AK_BAD_FORMAT, "jcs");
	ak_buf_clear(&b);
	assert_int_equal(ak_buf_addf(&b, NULL, "{\"_type\":\"\\u0068%s", strstr(s.data, "ttps://in-toto")), AK_OK);
	(void)attack_refused(&w, attack_envelope(text_from(b.data, b.len), world_signers(&w, "deletion")), AK_BAD_FORMAT, "jcs");
	/* one member twice */
	ak_buf_clear(&b);
	assert_int_equal(ak_buf_addf(&b, NULL, "{\"_type\":\"x\",%s", s.data + 1), AK_OK);
	(void)attack_refused(&w, attack_envelope(text_from(b.data, b.len), world_signers(&w, "deletion")), AK_BAD_FORMAT, "json.key");
	ak_buf_clear(&b);
	ak_json_free(v);
	ak_text_free(&s);
	world_close(&w);
}

static void a_truncated_envelope_is_refused_wherever_it_ends(void **state)
{
	ak_text e;
	world w;

	world_branch(*state, &w);
	e = deletion(&w);
	for (size_t cut = 0; cut + 2 < e.len; cut += 97) {
		ak_error err = { 0 };
		ak_status st = try_seal(&w, text_from(e.data, cut), &err);

		if (st != AK_BAD_FORMAT || err.where == NULL || strncmp(err.where, "json.", 5) != 0 || err.at > cut)
			fail_msg("cut at %zu: %s at %s, byte %llu", cut, ak_status_name(st), err.where == NULL ? "?" : err.where,
			         (unsigned long long)err.at);
	}
	attack_is_sound(&w, 0);
	(void)world_seal(&w, e);
	world_close(&w);
}

static void what_is_no_envelope_is_refused(void **state)
{
	static const struct {
		const char *text, *where;
	} row[] = {
		{ "{}", "dsse.payloadType" },
		{ "[]", "dsse" },
		{ "null", "json.syntax" },
		{ "{\"payload\":\"e30=\",\"payloadType\":\"text/plain\",\"signatures\":[]}", "dsse.payloadType" },
		{ "{\"payload\":\"e30\",\"payloadType\":\"" AK_DSSE_TYPE "\",\"signatures\":[]}", "dsse.payload" },
		{ "{\"payload\":\"e30=\",\"payloadType\":\"" AK_DSSE_TYPE "\",\"signatures\":{}}", "dsse.signatures" },
	};
	world w;

	world_branch(*state, &w);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		(void)attack_refused(&w, text_from(row[i].text, strlen(row[i].text)), AK_BAD_FORMAT, row[i].where);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_member_is_as_the_format_says),
		cmocka_unit_test(an_id_is_inside_its_grammar),
		cmocka_unit_test(who_signs_is_who_the_record_names),
		cmocka_unit_test(a_core_type_keeps_to_its_scheme),
		cmocka_unit_test(a_statement_of_four_mebibytes_is_the_end),
		cmocka_unit_test(a_package_of_one_mebibyte_is_the_end),
		cmocka_unit_test(sixty_five_signatures_are_one_too_many),
		cmocka_unit_test(signatures_have_their_form_and_size),
		cmocka_unit_test(a_statement_that_is_not_canonical_is_refused),
		cmocka_unit_test(a_truncated_envelope_is_refused_wherever_it_ends),
		cmocka_unit_test(what_is_no_envelope_is_refused),
	};

	return cmocka_run_group_tests_name("attack: input", tests, attack_world_open, attack_world_close);
}
