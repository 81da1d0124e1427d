/* SPDX-License-Identifier: Apache-2.0 */
/* list, search, status, log and show always answer, whatever a record brings. */
#include "asking.h"

#include "api/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

#define LISTED(listing, services, more) "{\"listing\":\"" listing "\",\"basis\":\"decided\",\"services\":" services ",\"provider\":{\"name\":" \
	"\"株式会社架空の雲\",\"party\":\"kakuu-kumo\"},\"registered_on\":\"2024-06-12\",\"expires_on\":\"2025-07-31\",\"audit_period\":" \
	"{\"from\":\"2023-04-01\",\"to\":\"2024-03-31\"}" more "}"

/* All five answer; `text` has to be freed, and is what `question` says. */
static void all_answer(world *w, uint64_t record, size_t question, ak_text *text)
{
	ak_error err = { 0 };

	for (size_t q = 0; q < QUESTIONS; q++) {
		ak_text t = { 0 };

		if (ask(w->l, w, q, record, &t, &err) != AK_OK)
			fail_msg("question %zu: %s: %s", q, err.where, err.detail);
		if (q == question)
			*text = t;
		else
			ak_text_free(&t);
	}
}

/* As many services, with names as long, as the schema allows: listed whole. */
static void a_listing_as_large_as_its_schema_allows_is_listed(void **state)
{
	enum { SERVICES = 200, LETTERS = 300, LETTER = 3 };
	const size_t room = SERVICES * (LETTERS * LETTER + 64);
	char *services = malloc(room), *body = malloc(room + 1024), *at = services;
	ak_json *rows = NULL;
	ak_text t = { 0 };
	uint64_t seq;
	world w;

	assert_non_null(services);
	assert_non_null(body);
	world_branch(*state, &w);
	for (size_t i = 0; i < SERVICES; i++) {
		at += snprintf(at, 64, "%s{\"id\":\"s%zu\",\"name\":\"", i == 0 ? "[" : ",", i);
		for (size_t k = 0; k < LETTERS; k++)
			at += snprintf(at, LETTER + 1, "%s", "雲");
		at += snprintf(at, 8, "\"}");
	}
	(void)snprintf(at, 8, "]");
	(void)snprintf(body, room + 1024, LISTED("C24-0303-2", "%s", ""), services);
	seq = world_seal(&w, world_sign(world_draft(&w, "ismap", "listing", NULL, body, NULL), world_signers(&w, "listing")));
	all_answer(&w, seq, 0, &t);
	assert_int_equal(ak_json_parse(span_of(&t), &rows, NULL), AK_OK);
	assert_int_equal(ak_json_len(rows), 2);
	assert_int_equal(ak_json_get_text(ak_json_at(rows, 1), "service").len, SERVICES * LETTERS * LETTER + (SERVICES - 1) * 3);
	ak_json_free(rows);
	ak_text_free(&t);
	free(services);
	free(body);
	world_close(&w);
}

/* Void, and of any size: its title is cut, and the others are told as before. */
static void a_title_without_end_stops_nobody(void **state)
{
	enum { LONG = 70000 };
	ak_secret *keys[] = { 0, NULL };
	char *kind = malloc(LONG + 3);
	ak_json *rows = NULL;
	ak_text t = { 0 };
	ak_span title;
	uint64_t seq;
	world w;

	assert_non_null(kind);
	memset(kind, 'k', LONG + 2);
	kind[0] = kind[LONG + 1] = '"';
	kind[LONG + 2] = '\0';
	world_branch(*state, &w);
	keys[0] = w.stranger;
	{
		const edit edits[] = { { "/predicate/body/kind", kind }, { NULL, NULL } };

		seq = attack_forge(&w, attack_edited(world_draft(&w, "ismap", "listing", NULL,
		                                                 LISTED("C24-0303-2", "[{\"id\":\"s\",\"name\":\"名\"}]", ""), NULL), edits, keys));
	}
	attack_is_void(&w, seq, AK_SCHEMA);
	all_answer(&w, seq, 4, &t);
	assert_int_equal(ak_json_parse(span_of(&t), &rows, NULL), AK_OK);
	title = ak_json_get_text(ak_json_at(rows, 0), "title");
	assert_int_equal(title.len, AK_TITLE_CHARS + 3);
	assert_memory_equal(title.data + AK_TITLE_CHARS, "…", 3);
	ak_json_free(rows);
	ak_text_free(&t);
	/* Of that listing there is no other record. */
	assert_int_equal(ak_ledger_list_void(w.l, &t, NULL), AK_OK);
	assert_non_null(strstr(t.data, "ismap/listing:C24-0303-2"));
	ak_text_free(&t);
	free(kind);
	world_close(&w);
}

/* More elements than a validation may take steps: too long for its schema, so void, and nobody goes through them. */
static void a_list_without_end_stops_nobody(void **state)
{
	enum { MANY = 150000 };
	ak_secret *keys[] = { 0, NULL };
	char *list = malloc(MANY * 24 + 8), *at = list;
	ak_text t = { 0 };
	uint64_t seq;
	world w;

	assert_non_null(list);
	for (size_t i = 0; i < MANY; i++)
		at += snprintf(at, 24, "%s{\"name\":\"a\"}", i == 0 ? "[" : ",");
	(void)snprintf(at, 8, "]");
	world_branch(*state, &w);
	keys[0] = w.secretariat;
	{
		const edit edits[] = { { "/predicate/body/services", list }, { NULL, NULL } };

		seq = attack_forge(&w, attack_edited(world_draft(&w, "ismap", "listing", NULL,
		                                                 LISTED("C24-0303-2", "[{\"id\":\"s\",\"name\":\"名\"}]", ""), NULL), edits, keys));
	}
	attack_is_void(&w, seq, AK_SCHEMA);
	all_answer(&w, seq, 0, &t);
	assert_null(strstr(t.data, "C24-0303-2"));
	ak_text_free(&t);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	free(list);
	world_close(&w);
}

/* Nobody calls it an empty ledger when all its listings have lost their ground. */
static void listings_that_a_revocation_took_away_are_named(void **state)
{
	ak_secret *roots[] = { 0, 0, NULL };
	char body[300], id[72];
	ak_text t = { 0 };
	world w;

	world_branch(*state, &w);
	roots[0] = w.root[1], roots[1] = w.root[2];
	assert_int_equal(ak_ledger_list(w.l, &t, NULL), AK_OK);
	assert_non_null(strstr(t.data, LISTING));
	ak_text_free(&t);
	attack_keyid(w.secretariat, id);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],\"last_valid_seq\":1,\"reason\":\"compromise\"}", id + 7);
	(void)world_seal(&w, world_sign(world_draft(&w, "akashi", "revocation", NULL, body, NULL), roots));
	all_answer(&w, 0, 0, &t);
	assert_string_equal(t.data, "[]");
	ak_text_free(&t);
	all_answer(&w, 0, 3, &t);
	assert_non_null(strstr(t.data, "\"void\":[{\"record\":"));
	ak_text_free(&t);
	/* As known before it, it was listed. */
	assert_int_equal(ak_ledger_status(w.l, span_of(&w.trust), LISTED_ON, attack_size(&w) - 1, w.now, &t, NULL), AK_OK);
	assert_non_null(strstr(t.data, "\"void\":[]"));
	assert_non_null(strstr(t.data, "\"listing\":\"" LISTING "\""));
	ak_text_free(&t);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listing_as_large_as_its_schema_allows_is_listed),
		cmocka_unit_test(a_title_without_end_stops_nobody),
		cmocka_unit_test(a_list_without_end_stops_nobody),
		cmocka_unit_test(listings_that_a_revocation_took_away_are_named),
	};

	return cmocka_run_group_tests_name("rows", tests, attack_world_open, attack_world_close);
}
