/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

/* One line of a scene: a record, what it refers to (0 = nothing) and whether it is authorised.  "@5" in a body stands for
 * the id of record 5. */
typedef struct line {
	uint64_t seq;
	const char *type, *body, *rel;
	uint64_t target;
	bool is_void;
	const char *about; /* NULL: s/listing:A */
} line;

enum { LINES = 7 };

typedef struct scene {
	const char *name;
	line lines[LINES];
	uint64_t known_at; /* records from here on are not handed in; 0: all are */
	const char *record;  /* body of record 1 in `record`, or "" when it is not there */
	const char *as_known; /* of record 1 in record_all */
	const char *state;   /* correction_state as "seq>target:applied:why ..." */
} scene;

#define LISTING { 1, "listing", "{\"a\":1,\"b\":{\"c\":\"x\"},\"l\":[1,2]}", NULL, 0, false, NULL }
#define SEALED "{\"a\":1,\"b\":{\"c\":\"x\"},\"l\":[1,2]}"
#define CORRECT(s, t, body) { s, "correction", "{\"record\":\"@" #t "\"," body "}", "corrects", t, false, NULL }
#define ANNUL(s, t) { s, "annulment", "{\"record\":\"@" #t "\",\"reason\":\"r\"}", "annuls", t, false, NULL }
#define FIELD(f, b, a) "\"field\":\"" f "\",\"before\":" b ",\"after\":" a
#define A_IS(n) "{\"a\":" #n ",\"b\":{\"c\":\"x\"},\"l\":[1,2]}"

static const scene scenes[] = {
	{ "nothing to correct", { LISTING }, 0, SEALED, SEALED, "" },
	{ "a number", { LISTING, CORRECT(2, 1, FIELD("/a", "1", "5")) }, 0, A_IS(5), A_IS(5), "2>1:1:" },
	{ "a member inside", { LISTING, CORRECT(2, 1, FIELD("/b/c", "\"x\"", "\"日\"")) }, 0,
	  "{\"a\":1,\"b\":{\"c\":\"日\"},\"l\":[1,2]}", "{\"a\":1,\"b\":{\"c\":\"日\"},\"l\":[1,2]}", "2>1:1:" },
	{ "an element", { LISTING, CORRECT(2, 1, FIELD("/l/1", "2", "7")) }, 0,
	  "{\"a\":1,\"b\":{\"c\":\"x\"},\"l\":[1,7]}", "{\"a\":1,\"b\":{\"c\":\"x\"},\"l\":[1,7]}", "2>1:1:" },
	{ "a whole object", { LISTING, CORRECT(2, 1, FIELD("/b", "{\"c\":\"x\"}", "3")) }, 0,
	  "{\"a\":1,\"b\":3,\"l\":[1,2]}", "{\"a\":1,\"b\":3,\"l\":[1,2]}", "2>1:1:" },
	{ "a new member", { LISTING, CORRECT(2, 1, FIELD("/n", "null", "9")) }, 0,
	  "{\"a\":1,\"b\":{\"c\":\"x\"},\"l\":[1,2],\"n\":9}", "{\"a\":1,\"b\":{\"c\":\"x\"},\"l\":[1,2],\"n\":9}", "2>1:1:" },
	{ "a member taken away", { LISTING, CORRECT(2, 1, FIELD("/a", "1", "null")) }, 0,
	  "{\"b\":{\"c\":\"x\"},\"l\":[1,2]}", "{\"b\":{\"c\":\"x\"},\"l\":[1,2]}", "2>1:1:" },
	{ "a member inside taken away", { LISTING, CORRECT(2, 1, FIELD("/b/c", "\"x\"", "null")) }, 0,
	  "{\"a\":1,\"b\":{},\"l\":[1,2]}", "{\"a\":1,\"b\":{},\"l\":[1,2]}", "2>1:1:" },
	{ "an element cannot be taken away", { LISTING, CORRECT(2, 1, FIELD("/l/0", "1", "null")) }, 0, SEALED, SEALED,
	  "2>1:0:there is no such place in the body" },
	{ "nothing cannot be taken away", { LISTING, CORRECT(2, 1, FIELD("/n", "null", "null")) }, 0, SEALED, SEALED,
	  "2>1:0:there is no such place in the body" },
	{ "before differs", { LISTING, CORRECT(2, 1, FIELD("/a", "2", "5")) }, 0, SEALED, SEALED,
	  "2>1:0:before is not what stands there" },
	{ "before of another type", { LISTING, CORRECT(2, 1, FIELD("/a", "\"1\"", "5")) }, 0, SEALED, SEALED,
	  "2>1:0:before is not what stands there" },
	{ "before says nothing, but something is there", { LISTING, CORRECT(2, 1, FIELD("/a", "null", "5")) }, 0, SEALED,
	  SEALED, "2>1:0:before is not what stands there" },
	{ "before says something, but nothing is there", { LISTING, CORRECT(2, 1, FIELD("/n", "1", "5")) }, 0, SEALED,
	  SEALED, "2>1:0:before is not what stands there" },
	{ "a place without a parent", { LISTING, CORRECT(2, 1, FIELD("/n/m", "null", "5")) }, 0, SEALED, SEALED,
	  "2>1:0:there is no such place in the body" },
	{ "an element past the end", { LISTING, CORRECT(2, 1, FIELD("/l/2", "null", "5")) }, 0, SEALED, SEALED,
	  "2>1:0:there is no such place in the body" },
	{ "the whole body", { LISTING, CORRECT(2, 1, FIELD("", "null", "{}")) }, 0, SEALED, SEALED,
	  "2>1:0:field is not a pointer into the body" },
	{ "no pointer", { LISTING, CORRECT(2, 1, FIELD("a", "1", "5")) }, 0, SEALED, SEALED,
	  "2>1:0:field is not a pointer into the body" },
	{ "in order of seq", { LISTING, CORRECT(2, 1, FIELD("/a", "1", "5")), CORRECT(3, 1, FIELD("/a", "5", "6")) }, 0,
	  A_IS(6), A_IS(6), "2>1:1: 3>1:1:" },
	{ "the second does not fit after the first", { LISTING, CORRECT(2, 1, FIELD("/a", "1", "5")),
	  CORRECT(3, 1, FIELD("/a", "1", "6")) }, 0, A_IS(5), A_IS(5), "2>1:1: 3>1:0:before is not what stands there" },
	{ "one passed over, the next applied", { LISTING, CORRECT(2, 1, FIELD("/a", "7", "5")),
	  CORRECT(3, 1, FIELD("/a", "1", "6")) }, 0, A_IS(6), A_IS(6), "2>1:0:before is not what stands there 3>1:1:" },
	{ "not known yet", { LISTING, CORRECT(2, 1, FIELD("/a", "1", "5")), CORRECT(3, 1, FIELD("/a", "5", "6")) }, 3,
	  A_IS(5), A_IS(5), "2>1:1:" },
	{ "a correction corrected", { LISTING, CORRECT(2, 1, FIELD("/a", "1", "5")),
	  CORRECT(3, 2, FIELD("/after", "5", "8")) }, 0, A_IS(8), A_IS(8), "2>1:1: 3>2:1:" },
	{ "a correction corrected, not known yet", { LISTING, CORRECT(2, 1, FIELD("/a", "1", "5")),
	  CORRECT(3, 2, FIELD("/after", "5", "8")) }, 3, A_IS(5), A_IS(5), "2>1:1:" },
	{ "a correction of a correction corrected", { LISTING, CORRECT(2, 1, FIELD("/a", "1", "5")),
	  CORRECT(3, 2, FIELD("/after", "5", "8")), CORRECT(4, 3, FIELD("/after", "8", "9")) }, 0, A_IS(9), A_IS(9),
	  "2>1:1: 3>2:1: 4>3:1:" },
	{ "a correction annulled", { LISTING, CORRECT(2, 1, FIELD("/a", "1", "5")), ANNUL(3, 2) }, 0, SEALED, SEALED,
	  "2>:0:annulled" },
	{ "a correction annulled, the next stands on what is left", { LISTING, CORRECT(2, 1, FIELD("/a", "1", "5")),
	  CORRECT(3, 1, FIELD("/a", "5", "6")), ANNUL(4, 2) }, 0, SEALED, SEALED,
	  "2>:0:annulled 3>1:0:before is not what stands there" },
	{ "a correction of a correction annulled", { LISTING, CORRECT(2, 1, FIELD("/a", "1", "5")),
	  CORRECT(3, 2, FIELD("/after", "5", "8")), ANNUL(4, 3) }, 0, A_IS(5), A_IS(5), "2>1:1: 3>:0:annulled" },
	{ "annulled, not known yet", { LISTING, CORRECT(2, 1, FIELD("/a", "1", "5")), ANNUL(3, 2) }, 3, A_IS(5), A_IS(5),
	  "2>1:1:" },
	{ "a record annulled", { LISTING, ANNUL(2, 1) }, 0, "", SEALED, "" },
	{ "an annulment annulled", { LISTING, ANNUL(2, 1), ANNUL(3, 2) }, 0, SEALED, SEALED, "" },
	{ "an annulment of an annulment annulled", { LISTING, ANNUL(2, 1), ANNUL(3, 2), ANNUL(4, 3) }, 0, "", SEALED, "" },
	{ "an annulment corrected to another record", { LISTING, { 2, "listing", "{}", NULL, 0, false, NULL },
	  ANNUL(3, 2), CORRECT(4, 3, FIELD("/record", "\"@2\"", "\"@1\"")) }, 0, SEALED, SEALED, "4>3:1:" },
	{ "a void correction", { LISTING, { 2, "correction", "{\"record\":\"@1\"," FIELD("/a", "1", "5") "}", "corrects", 1,
	  true, NULL } }, 0, SEALED, SEALED, "2>:0:void: not authorised" },
	{ "a void annulment", { LISTING, { 2, "annulment", "{\"record\":\"@1\"}", "annuls", 1, true, NULL } }, 0, SEALED,
	  SEALED, "" },
	{ "a void correction of a correction", { LISTING, CORRECT(2, 1, FIELD("/a", "1", "5")), { 3, "correction",
	  "{\"record\":\"@2\"," FIELD("/after", "5", "8") "}", "corrects", 2, true, NULL } }, 0, A_IS(5), A_IS(5),
	  "2>1:1: 3>:0:void: not authorised" },
	{ "the body names another record than the reference", { LISTING, { 2, "listing", "{}", NULL, 0, false, NULL },
	  { 3, "correction", "{\"record\":\"@1\"," FIELD("/a", "1", "5") "}", "corrects", 2, false, NULL } }, 0, SEALED,
	  SEALED, "3>:0:its body names another record than its reference" },
	{ "another relation than the authority came by", { LISTING,
	  { 2, "correction", "{\"record\":\"@1\"," FIELD("/a", "1", "5") "}", "cites", 1, false, NULL } }, 0, SEALED, SEALED,
	  "2>:0:its body names another record than its reference" },
	{ "an annulment by another reference", { LISTING, { 2, "listing", "{}", NULL, 0, false, NULL },
	  { 3, "annulment", "{\"record\":\"@1\"}", "annuls", 2, false, NULL } }, 0, SEALED, SEALED, "" },
	{ "a later record", { LISTING, CORRECT(2, 3, FIELD("/a", "1", "5")), { 3, "listing", "{\"a\":1}", NULL, 0, false, NULL } }, 0,
	  SEALED, SEALED, "2>:0:the record it names is not here" },
	{ "itself", { LISTING, CORRECT(2, 2, FIELD("/reason", "null", "5")) }, 0, SEALED, SEALED,
	  "2>:0:the record it names is not here" },
	{ "a record that is not here", { LISTING, CORRECT(5, 4, FIELD("/a", "1", "5")) }, 0, SEALED, SEALED,
	  "5>:0:the record it names is not here" },
	{ "hidden under another subject", { LISTING, { 2, "correction", "{\"record\":\"@1\"," FIELD("/a", "1", "5") "}",
	  "corrects", 1, false, "s/listing:B" } }, 0, SEALED, SEALED, "2>:0:it is not about all that its target is about" },
	{ "an annulment hidden under another subject", { LISTING, { 2, "annulment", "{\"record\":\"@1\"}", "annuls", 1, false,
	  "s/listing:B" } }, 0, SEALED, SEALED, "" },
	{ "an annulled record corrected", { LISTING, ANNUL(2, 1), CORRECT(3, 1, FIELD("/a", "1", "5")) }, 0, "", A_IS(5),
	  "3>1:1:" },
	{ "a record without a body", { { 1, "listing", NULL, NULL, 0, false, NULL }, CORRECT(2, 1, FIELD("/a", "1", "5")) }, 0,
	  "null", "null", "2>1:0:the record has no body" },
};

/* "@5" -> the id of record 5 */
static void expand(const char *body, char *out, size_t size)
{
	size_t n = 0;

	for (; *body != '\0' && n + AK_DIGEST_TEXT_LEN + 1 < size; body++) {
		if (*body == '@' && body[1] >= '0' && body[1] <= '9') {
			ak_digest id = id_of((uint64_t)(*++body - '0'));

			ak_digest_format(&id, out + n);
			n += AK_DIGEST_TEXT_LEN;
		} else {
			out[n++] = *body;
		}
	}
	out[n] = '\0';
	assert_int_equal(*body, '\0');
}

static ak_json *correcting_package(void)
{
	ak_json *p = new_package();

	put(p, "/types", json_of("{\"correction\":{\"signing\":[{\"mode\":\"as\",\"rel\":\"corrects\"}]},"
	                         "\"annulment\":{\"signing\":[{\"mode\":\"root\"},{\"mode\":\"as\",\"rel\":\"annuls\"}]}}"));
	put(p, "/queries/record", ak_json_new_str("SELECT coalesce(max(coalesce(body, 'null')), '') AS v FROM record WHERE seq = 1"));
	put(p, "/queries/all", ak_json_new_str("SELECT coalesce(body, 'null') AS v FROM record_all WHERE seq = 1"));
	put(p, "/queries/state", ak_json_new_str("SELECT coalesce(group_concat(t, ' '), '') AS v FROM (SELECT seq || '>' ||"
	                                         " coalesce(target_seq, '') || ':' || applied || ':' || coalesce(why, '') AS t"
	                                         " FROM correction_state ORDER BY seq)"));
	put(p, "/queries/sealed", ak_json_new_str("SELECT body_as_sealed AS v FROM record_all WHERE seq = 1"));
	return p;
}

static void check_query(ak_rules *r, const char *scene_name, const char *query, const char *want)
{
	ak_json *rows = NULL;
	ak_error err = { 0 };
	ak_span got;

	need(ak_rules_query(r, query, 0, KNOWN_AT, NULL, &rows, &err), &err);
	got = ak_json_get_text(ak_json_at(rows, 0), "v");
	if (ak_json_len(rows) != 1 || !ak_span_is(got, want))
		fail_msg("%s: %s: %.*s, want %s", scene_name, query, (int)got.len, (const char *)got.data, want);
	ak_json_free(rows);
}

/* Records may be handed in in any order. */
static void play(const scene *s, bool backwards)
{
	ak_json *p = correcting_package();
	ak_rules *r = open_rules(p);
	char body[1024];

	for (size_t i = 0; i < LINES; i++) {
		const line *l = &s->lines[backwards ? LINES - 1 - i : i];

		if (l->seq == 0 || (s->known_at != 0 && l->seq >= s->known_at))
			continue;
		if (l->body != NULL)
			expand(l->body, body, sizeof(body));
		add_full(r, l->seq, l->type, l->body == NULL ? NULL : body, !l->is_void,
		         l->about == NULL ? "s/listing:A" : l->about);
		if (l->rel != NULL)
			refer(r, l->seq, l->rel, l->target);
	}
	ready(r);
	check_query(r, s->name, "record", s->record);
	check_query(r, s->name, "all", s->as_known);
	check_query(r, s->name, "state", s->state);
	if (s->lines[0].body != NULL)
		check_query(r, s->name, "sealed", SEALED);
	ak_rules_free(&r);
	ak_json_free(p);
}

static void each_scene(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++) {
		play(&scenes[i], false);
		play(&scenes[i], true);
	}
}

/* A second reference by the relation that authority came by leaves open whose authority it was. */
static void two_references(void **state)
{
	ak_json *p = correcting_package();
	ak_rules *r = open_rules(p);
	char body[512];

	(void)state;
	add(r, 1, "listing", SEALED);
	add(r, 2, "listing", "{}");
	expand("{\"record\":\"@1\"," FIELD("/a", "1", "5") "}", body, sizeof(body));
	add(r, 3, "correction", body);
	refer(r, 3, "corrects", 1);
	refer(r, 3, "corrects", 2);
	ready(r);
	check_query(r, "two references", "record", SEALED);
	check_query(r, "two references", "state", "3>:0:its body names another record than its reference");
	ak_rules_free(&r);
	ak_json_free(p);
}

/* Names with "/" and "~" in them: RFC 6901. */
static void escaped_names(void **state)
{
	ak_json *p = correcting_package();
	ak_rules *r = open_rules(p);
	char body[512];

	(void)state;
	add(r, 1, "listing", "{\"o\":{\"a/b\":1,\"m~n\":2,\"k\":3}}");
	expand("{\"record\":\"@1\"," FIELD("/o/a~1b", "1", "null") "}", body, sizeof(body));
	add(r, 2, "correction", body);
	refer(r, 2, "corrects", 1);
	expand("{\"record\":\"@1\"," FIELD("/o/m~0n", "2", "null") "}", body, sizeof(body));
	add(r, 3, "correction", body);
	refer(r, 3, "corrects", 1);
	ready(r);
	check_query(r, "escaped", "record", "{\"o\":{\"k\":3}}");
	ak_rules_free(&r);
	ak_json_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_scene),
		cmocka_unit_test(two_references),
		cmocka_unit_test(escaped_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
