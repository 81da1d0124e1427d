/* SPDX-License-Identifier: Apache-2.0 */
/* The largest records that a thief of the operator key can lay, of each shape that a line has room for: void, and nobody else's
 * answer changes or stops (FORMAT, Void). */
#include "attack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LINE_ROOM = 4 * 1024 * 1024 - 4096 /* of a statement, less what else is in it */, MANY = 20 };

#define DELETION "{\"listing\":\"" LISTING "\",\"effective_on\":\"2024-06-20\",\"reason\":\"架空の理由\"}"

typedef struct text {
	char *p;
	size_t n;
} text;

static void add(text *t, const char *s)
{
	size_t n = strlen(s);

	assert_true(t->n + n < LINE_ROOM);
	memcpy(t->p + t->n, s, n + 1);
	t->n += n;
}

static void add_many(text *t, const char *each, const char *between, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		add(t, i == 0 ? "" : between);
		add(t, each);
	}
}

static void add_letters(text *t, size_t n)
{
	assert_true(t->n + n < LINE_ROOM);
	memset(t->p + t->n, 'k', n);
	t->n += n;
	t->p[t->n] = '\0';
}

/* Bodies, each as large as there is room for.  `keys` is what the subjects of a revocation come from. */
static char keys[128];

static void begin(text *t)
{
	add(t, "{\"keys\":[");
	add(t, keys);
	add(t, "],\"listing\":\"" LISTING "\",\"scheme\":\"ismap\"");
}

static void many_root_holders(text *t)
{
	begin(t);
	add(t, ",\"heartbeat\":{\"id\":\"x\",\"spki\":\"AAAA\"},\"number\":2,\"operator\":{\"id\":\"x\",\"spki\":\"AAAA\"},\"root\":[");
	add_many(t, "{\"holder\":\"a\",\"key\":{\"id\":\"0\",\"spki\":\"AAAA\"}}", ",", 60000);
	add(t, "],\"threshold\":1}");
}

static void long_member_name(text *t)
{
	begin(t);
	add(t, ",\"");
	add_letters(t, LINE_ROOM - 200);
	add(t, "\":1}");
}

static void many_member_names(text *t)
{
	char name[24];

	begin(t);
	for (unsigned i = 0; i < 190000; i++) {
		(void)snprintf(name, sizeof(name), ",\"n%06u\":1", i);
		add(t, name);
	}
	add(t, "}");
}

static void long_text(text *t)
{
	begin(t);
	add(t, ",\"effective_on\":\"2024-06-20\",\"reason\":\"");
	add_letters(t, LINE_ROOM - 200);
	add(t, "\"}");
}

static void long_words_in_every_field(text *t)
{
	static const char *const fields[] = { "effective_on", "kind", "meeting", "outcome", "party", "reason", "service", "summary", "text" };

	begin(t);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		add(t, ",\"");
		add(t, fields[i]);
		add(t, "\":\"");
		add_letters(t, 400000);
		add(t, "\"");
	}
	add(t, "}");
}

static void lists_in_lists(text *t)
{
	begin(t);
	add(t, ",\"services\":[");
	add_many(t, "[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]", ",", 90000);
	add(t, "]}");
}

static const struct shape {
	const char *name;
	void (*fill)(text *t);
	const char *type, *scheme, *about;
} shapes[] = {
	{ "a keyset of many root holders", many_root_holders, "\"urn:akashi:keyset:v1\"", "\"akashi\"", "[\"akashi/keyset\"]" },
	{ "a keyset with a long member name", long_member_name, "\"urn:akashi:keyset:v1\"", "\"akashi\"", "[\"akashi/keyset\"]" },
	{ "a profile with many member names", many_member_names, "\"urn:akashi:profile:v1\"", "\"akashi\"", "[\"akashi/profile:ismap\"]" },
	{ "a revocation with a long member name", long_member_name, "\"urn:akashi:revocation:v1\"", "\"akashi\"", "[\"akashi/key:" },
	{ "a deletion with a long member name", long_member_name, NULL, NULL, NULL },
	{ "a deletion with many member names", many_member_names, NULL, NULL, NULL },
	{ "a deletion with a long text", long_text, NULL, NULL, NULL },
	{ "a deletion with long words", long_words_in_every_field, NULL, NULL, NULL },
	{ "a deletion with lists in lists", lists_in_lists, NULL, NULL, NULL },
};

static uint64_t lay(world *w, const struct shape *s)
{
	ak_secret *signers[] = { w->stranger, w->op, NULL };
	edit edits[5] = { { "/predicate/body", NULL } };
	text t = { malloc(LINE_ROOM), 0 };
	char about[128], id[72];
	ak_text envelope;

	assert_non_null(t.p);
	attack_keyid(w->secretariat, id);
	(void)snprintf(keys, sizeof(keys), "{\"id\":\"%s\"}", id + 7);
	s->fill(&t);
	edits[0].json = t.p;
	if (s->type != NULL) {
		(void)snprintf(about, sizeof(about), "%s%s", s->about, s->about[strlen(s->about) - 1] == ']' ? "" : id + 7);
		if (s->about[strlen(s->about) - 1] != ']')
			(void)strcat(about, "\"]");
		edits[1] = (edit){ "/predicateType", s->type };
		edits[2] = (edit){ "/predicate/scheme", s->scheme };
		edits[3] = (edit){ "/predicate/about", about };
	}
	envelope = attack_edited(world_draft(w, "ismap", "deletion", NULL, DELETION, NULL), edits, signers);
	free(t.p);
	return attack_forge(w, envelope);
}

static void everything_answers(world *w, size_t n_void)
{
	attack_verdict(w, 0, AK_VERDICT_VALID, "");
	attack_is_sound(w, n_void);
}

static void the_largest_record_of_each_shape_stops_nobody(void **state)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		world w;

		print_message("%s\n", shapes[i].name);
		world_branch(*state, &w);
		(void)lay(&w, &shapes[i]);
		everything_answers(&w, 1);
		/* The operator goes on from there, and what is authorised counts. */
		(void)world_seal(&w, world_sign(world_draft(&w, "ismap", "deletion", NULL, DELETION, NULL), world_signers(&w, "deletion")));
		attack_verdict(&w, 0, AK_VERDICT_INVALID, "rules");
		world_close(&w);
	}
}

static void many_large_records_about_one_listing_stop_nobody(void **state)
{
	world w;

	world_branch(*state, &w);
	for (size_t i = 0; i < MANY; i++)
		(void)lay(&w, &shapes[6 + i % 2]);
	everything_answers(&w, MANY);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_largest_record_of_each_shape_stops_nobody),
		cmocka_unit_test(many_large_records_about_one_listing_stop_nobody),
	};

	return cmocka_run_group_tests_name("attack: large", tests, attack_world_open, attack_world_close);
}
