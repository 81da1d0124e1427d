/* SPDX-License-Identifier: Apache-2.0 */
/* Fields that are disclosed, and what opens commitments (FORMAT 13): negative tests N88, N89 and N91 by their numbers, the known answer of RFC 9901, what
 * cannot be guessed, and want of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "codec/jcs.h"
#include "crypto/hash.h"
#include "oom.h"
#include "verify/opening.h"

enum { TEXT = 3072, ROOM = 1024 };

/* Bodies and disclosures are written with $n for the n-th disclosure's digest as _sd has it, #n for its digest text. */
typedef struct row {
	const char *name, *body;
	const char *array[4]; /* each disclosure, before base64url */
	ak_status status;
	const char *where, *want; /* place, or the resolved body */
} row;

static void url(const char *json, char out[ROOM])
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t n = strlen(json), k = 0;

	for (size_t i = 0; i * 6 < n * 8; i++) {
		size_t at = i * 6 / 8;
		unsigned two = (unsigned)(uint8_t)json[at] << 8 | (at + 1 < n ? (unsigned)(uint8_t)json[at + 1] : 0U);

		out[k++] = set[(two >> (10 - i * 6 % 8)) & 63];
	}
	out[k] = '\0';
}

static void fill(const char *from, char (*disclosure)[ROOM], char out[TEXT])
{
	size_t n = 0;

	for (; *from != '\0'; from++) {
		char hex[AK_DIGEST_TEXT_LEN + 1], short_[AK_DISCLOSURE_URL + 1];
		ak_digest d;

		if (*from != '$' && *from != '#') {
			out[n++] = *from;
			continue;
		}
		ak_disclosure_digest(ak_span_str(disclosure[from[1] - '1']), &d);
		ak_digest_format(&d, hex);
		ak_disclosure_url(&d, short_);
		n += (size_t)snprintf(out + n, TEXT - n, "%s", *from == '#' ? hex : short_);
		from++;
	}
	out[n] = '\0';
}

#define SALT "\"6Ij7tM-a5iVPGboS5tmvVA\""
#define NAME "[" SALT ",\"reason\",\"値\"]"

static const row rows[] = {
	{ "in the place of a value", "{\"reason\":\"#1\",\"x\":1}", { NAME }, AK_OK, NULL, "{\"reason\":\"値\",\"x\":1}" },
	{ "in _sd, with a decoy", "{\"_sd\":[\"$1\",\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\"],\"_sd_alg\":\"sha-256\"}", { NAME }, AK_OK, NULL, "{\"reason\":\"値\"}" },
	{ "elements, one kept back", "{\"a\":[{\"...\":\"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU\"},{\"...\":\"$1\"},3]}", { "[" SALT ",\"two\"]" }, AK_OK, NULL, "{\"a\":[\"two\",3]}" },
	{ "one inside another", "{\"_sd\":[\"$2\"]}", { NAME, "[" SALT ",\"outer\",{\"_sd\":[\"$1\"]}]" }, AK_OK, NULL, "{\"outer\":{\"reason\":\"値\"}}" },
	{ "not disclosed: still a digest", "{\"reason\":\"#1\",\"other\":\"sha256:00\"}", { NAME }, AK_OK, NULL, "{\"other\":\"sha256:00\",\"reason\":\"値\"}" },
	{ "N88a a disclosure that nothing references", "{\"reason\":\"sha256:00\"}", { NAME }, AK_NOT_FOUND, "disclosure.unreferenced", NULL },
	{ "N88a the second of two", "{\"reason\":\"#1\"}", { NAME, "[" SALT ",\"other\",1]" }, AK_NOT_FOUND, "disclosure.unreferenced", NULL },
	{ "N88b a digest twice in _sd", "{\"_sd\":[\"$1\",\"$1\"]}", { NAME }, AK_BAD_FORMAT, "disclosure.repeated", NULL },
	{ "N88b a digest twice, undisclosed", "{\"a\":{\"_sd\":[\"$1\"]},\"b\":{\"_sd\":[\"$1\"]},\"c\":\"#2\"}", { NAME, "[" SALT ",\"c\",1]" }, AK_BAD_FORMAT, "disclosure.repeated", NULL },
	{ "N88b as a value and in _sd", "{\"reason\":\"#1\",\"x\":{\"_sd\":[\"$1\"]}}", { NAME }, AK_BAD_FORMAT, "disclosure.repeated", NULL },
	{ "N88b as two values", "{\"x\":{\"reason\":\"#1\"},\"y\":{\"reason\":\"#1\"}}", { NAME }, AK_BAD_FORMAT, "disclosure.repeated", NULL },
	{ "N88b the same disclosure twice", "{\"reason\":\"#1\"}", { NAME, NAME }, AK_BAD_FORMAT, "disclosure.repeated", NULL },
	{ "N88c a member called _sd", "{\"_sd\":[\"$1\"]}", { "[" SALT ",\"_sd\",1]" }, AK_BAD_FORMAT, "disclosure.name", NULL },
	{ "N88c a member called ...", "{\"_sd\":[\"$1\"]}", { "[" SALT ",\"...\",1]" }, AK_BAD_FORMAT, "disclosure.name", NULL },
	{ "N88c a value called otherwise than its place", "{\"reason\":\"#1\"}", { "[" SALT ",\"other\",1]" }, AK_BAD_FORMAT, "disclosure.name", NULL },
	{ "N88d a member that is there already", "{\"_sd\":[\"$1\"],\"reason\":1}", { NAME }, AK_BAD_FORMAT, "disclosure.taken", NULL },
	{ "N88d two disclosures of one member", "{\"_sd\":[\"$1\",\"$2\"]}", { NAME, "[" SALT ",\"reason\",2]" }, AK_BAD_FORMAT, "disclosure.taken", NULL },
	{ "N88e two parts for a member", "{\"_sd\":[\"$1\"]}", { "[" SALT ",1]" }, AK_BAD_FORMAT, "disclosure.arity", NULL },
	{ "N88e two parts for a value", "{\"reason\":\"#1\"}", { "[" SALT ",1]" }, AK_BAD_FORMAT, "disclosure.arity", NULL },
	{ "N88e three parts for an element", "{\"a\":[{\"...\":\"$1\"}]}", { NAME }, AK_BAD_FORMAT, "disclosure.arity", NULL },
	{ "N88e three parts for an element's value", "{\"a\":[\"#1\"]}", { NAME }, AK_BAD_FORMAT, "disclosure.arity", NULL },
	{ "N88e one part", "{\"a\":1}", { "[" SALT "]" }, AK_BAD_FORMAT, "disclosure.form", NULL },
	{ "N88e four parts", "{\"a\":1}", { "[" SALT ",\"a\",1,2]" }, AK_BAD_FORMAT, "disclosure.form", NULL },
	{ "another algorithm", "{\"_sd\":[\"$1\"],\"_sd_alg\":\"md5\"}", { NAME }, AK_BAD_FORMAT, "disclosure._sd", NULL },
	{ "_sd that is no array", "{\"_sd\":\"$1\",\"reason\":\"#1\"}", { NAME }, AK_BAD_FORMAT, "disclosure._sd", NULL },
	{ "no array", "{\"a\":1}", { "{\"a\":1}" }, AK_BAD_FORMAT, "disclosure.form", NULL },
	{ "no JSON", "{\"a\":1}", { "[" }, AK_BAD_FORMAT, "disclosure.form", NULL },
};

static ak_json *parsed(const char *text)
{
	ak_json *v = NULL;

	assert_int_equal(ak_json_parse(ak_span_str(text), &v, NULL), AK_OK);
	return v;
}

static void play(const row *r)
{
	char disclosure[4][ROOM] = { "" }, body[TEXT], filled[TEXT];
	ak_span part[4];
	ak_json *b, *resolved = NULL, *found = NULL;
	ak_error e = { 0 };
	size_t n = 0;
	ak_status st;

	for (; n < 4 && r->array[n] != NULL; n++) {
		fill(r->array[n], disclosure, filled); /* may speak of those before it */
		url(filled, disclosure[n]);
		part[n] = ak_span_str(disclosure[n]);
	}
	fill(r->body, disclosure, body);
	b = parsed(body);
	st = ak_disclosures_resolve(b, part, n, &resolved, &found, &e);
	if (st != r->status || (st != AK_OK && strcmp(e.where, r->where) != 0))
		fail_msg("%s: %s at %s (%s), want %s at %s", r->name, ak_status_name(st), e.where, e.detail, ak_status_name(r->status), r->where);
	if (st == AK_OK) {
		ak_json *want = parsed(r->want);

		if (!ak_json_equal(resolved, want))
			fail_msg("%s: resolved to something else", r->name);
		assert_int_equal(ak_json_len(found), n);
		ak_json_free(want);
	} else {
		assert_null(resolved); /* nothing is written on failure */
		assert_null(found);
	}
	ak_json_free(b);
	ak_json_free(resolved);
	ak_json_free(found);
}

static void every_row(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		play(&rows[i]);
}

/* The example of the RFC, byte for byte, blanks in its JSON included. */
static void known_answer(void **state)
{
	static const char text[] = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
	ak_span part = ak_span_str(text);
	ak_json *b = parsed("{\"_sd\":[\"X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0\"]}"), *want = parsed("{\"family_name\":\"Möbius\"}"), *resolved = NULL, *found = NULL;
	char short_[AK_DISCLOSURE_URL + 1];
	ak_digest d;

	(void)state;
	ak_disclosure_digest(part, &d);
	ak_disclosure_url(&d, short_);
	assert_string_equal(short_, "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
	assert_int_equal(ak_disclosures_resolve(b, &part, 1, &resolved, &found, NULL), AK_OK);
	assert_true(ak_json_equal(resolved, want));
	ak_json_free(b);
	ak_json_free(want);
	ak_json_free(resolved);
	ak_json_free(found);
}

/* Every character of a disclosure changed: it belongs to nothing any more, or is none. */
static void every_character_counts(void **state)
{
	ak_json *value = parsed("[\"甲\"]"), *body, *resolved = NULL, *found = NULL;
	char text[TEXT], hex[AK_DIGEST_TEXT_LEN + 1];
	ak_digest d;
	ak_buf made;
	ak_span part;

	(void)state;
	ak_buf_init(&made, ROOM);
	assert_int_equal(ak_disclosure_make(ak_span_str("reason"), ak_json_at(value, 0), &made, &d, NULL), AK_OK);
	ak_digest_format(&d, hex);
	(void)snprintf(text, sizeof(text), "{\"reason\":\"%s\"}", hex);
	body = parsed(text);
	part = ak_buf_span(&made);
	assert_int_equal(ak_disclosures_resolve(body, &part, 1, &resolved, &found, NULL), AK_OK);
	ak_json_free(resolved);
	ak_json_free(found);
	for (size_t i = 0; i < made.len; i++) {
		uint8_t was = made.data[i];

		made.data[i] = was == 'A' ? 'B' : 'A';
		part = ak_buf_span(&made);
		resolved = found = NULL;
		assert_int_not_equal(ak_disclosures_resolve(body, &part, 1, &resolved, &found, NULL), AK_OK);
		assert_null(resolved);
		made.data[i] = was;
	}
	ak_buf_clear(&made);
	ak_json_free(body);
	ak_json_free(value);
}

/* Of a value out of a few that everybody knows: two digests of it differ, and none is that of a guess without the salt. */
static void a_known_value_is_not_found(void **state)
{
	ak_json *value = parsed("[true]"), *salt[2] = { NULL, NULL };
	ak_digest d[2], guess;
	ak_buf made[2];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		ak_buf_init(&made[i], ROOM);
		assert_int_equal(ak_disclosure_make(ak_span_str("ok"), ak_json_at(value, 0), &made[i], &d[i], NULL), AK_OK);
		assert_int_equal(ak_disclosure_salt(ak_buf_span(&made[i]), &salt[i], NULL), AK_OK);
		assert_int_equal(ak_json_text(salt[i]).len, 43); /* 32 bytes */
	}
	assert_false(ak_digest_eq(&d[0], &d[1]));
	assert_false(ak_json_equal(salt[0], salt[1]));
	for (size_t i = 0; i < 2; i++) {
		static const char *const guesses[] = { "true", "[true]", "[\"ok\",true]", "[\"\",\"ok\",true]", "WyIiLCJvayIsdHJ1ZV0" };

		for (size_t k = 0; k < sizeof(guesses) / sizeof(guesses[0]); k++) {
			ak_sha256(ak_span_str(guesses[k]), &guess);
			assert_false(ak_digest_eq(&d[i], &guess));
		}
		ak_buf_clear(&made[i]);
		ak_json_free(salt[i]);
	}
	ak_json_free(value);
}

/* ---- openings ----------------------------------------------------------------------------------------------------------- */

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define ONES "1111111111111111111111111111111111111111111111111111111111111111"

/* {"documents":[…]} with the commitment that follows from salt and document. */
static void document(const char *salt, const char *kind, char out[ROOM])
{
	char hex[AK_DIGEST_TEXT_LEN + 1];
	uint8_t bytes[AK_SALT_LEN];
	ak_digest none = { { 0 } }, c;

	assert_true(ak_hex_decode(ak_span_str(salt), bytes, sizeof(bytes)));
	ak_commitment(bytes, &none, &c);
	ak_digest_format(&c, hex);
	(void)snprintf(out, ROOM, "{\"commitment\":\"%s\",\"document\":\"sha256:" ZEROS "\",\"kind\":\"%s\",\"name\":\"n\",\"salt\":\"%s\"}", hex, kind, salt);
}

static void is(const char *name, const char *text, ak_status want, const char *where)
{
	ak_opening *o = ak_mem_alloc(sizeof(*o));
	ak_error e = { 0 };
	ak_status st;

	assert_non_null(o);
	assert_true(ak_opening_sniff(ak_span_str(text)));
	st = ak_opening_parse(ak_span_str(text), o, &e);
	if (st != want || (st != AK_OK && strcmp(e.where, where) != 0))
		fail_msg("%s: %s at %s, want %s at %s", name, ak_status_name(st), e.where, ak_status_name(want), where);
	ak_opening_clear(o);
	ak_mem_free(o);
}

static void openings(void **state)
{
	char a[ROOM], b[ROOM], text[2 * TEXT], d[2][ROOM];

	(void)state;
	document(ZEROS, "k", a);
	document(ONES, "k", b);
	url("[\"6Ij7tM-a5iVPGboS5tmvVA\",\"x\",1]", d[0]);
	url("[\"6Ij7tM-a5iVPGboS5tmvV\",\"y\",1]", d[1]);
	(void)snprintf(text, sizeof(text), "{\"akashi\":\"opening/1\",\"documents\":[%s,%s],\"fields\":[{\"disclosure\":\"%s\",\"field\":\"/x\"}]}", a, b, d[0]);
	is("good", text, AK_OK, NULL);
	(void)snprintf(text, sizeof(text), "{\"akashi\":\"opening/1\",\"documents\":[%s,%s],\"fields\":[]}", a, a);
	is("N89a the salt of another document", text, AK_BAD_FORMAT, "opening.documents.salt");
	(void)snprintf(text, sizeof(text), "{\"akashi\":\"opening/1\",\"documents\":[],\"fields\":[{\"disclosure\":\"%s\",\"field\":\"/x\"},{\"disclosure\":\"%s\",\"field\":\"/z\"}]}", d[0], d[0]);
	is("N89a the salt of another field", text, AK_BAD_FORMAT, "disclosure.salt");
	(void)snprintf(text, sizeof(text), "{\"akashi\":\"opening/1\",\"documents\":[],\"fields\":[{\"disclosure\":\"%s\",\"field\":\"/y\"}]}", d[1]);
	is("N89b a field's salt of under 128 bits", text, AK_BAD_FORMAT, "disclosure.salt");
	is("N89b a document's salt of 31 bytes",
	   "{\"akashi\":\"opening/1\",\"documents\":[{\"commitment\":\"sha256:" ZEROS "\",\"document\":\"sha256:" ZEROS "\",\"kind\":\"k\",\"name\":\"n\",\"salt\":\"00\"}],\"fields\":[]}",
	   AK_BAD_FORMAT, "opening.documents.salt");
	is("a commitment that does not follow",
	   "{\"akashi\":\"opening/1\",\"documents\":[{\"commitment\":\"sha256:" ZEROS "\",\"document\":\"sha256:" ZEROS "\",\"kind\":\"k\",\"name\":\"n\",\"salt\":\"" ONES "\"}],\"fields\":[]}",
	   AK_BAD_FORMAT, "opening.documents.commitment");
	is("a member too many", "{\"akashi\":\"opening/1\",\"documents\":[],\"fields\":[],\"more\":1}", AK_BAD_FORMAT, "opening");
	is("a disclosure of no record", "{\"akashi\":\"disclosure/1\",\"documents\":[],\"fields\":[],\"genesis\":\"\",\"ledger\":\"\",\"record\":\"\"}", AK_BAD_FORMAT, "opening.record");
	is("a later version", "{\"akashi\":\"opening/2\"}", AK_UNKNOWN_VERSION, "opening.akashi");
	assert_false(ak_opening_sniff(ak_span_str("{\"akashi\":\"draft/1\"}")));
	assert_false(ak_opening_sniff(ak_span_str("")));
}

/* Under the digest that is sealed, and called otherwise than there. */
static void called_otherwise(void **state)
{
	static const char *const part[] = { "name", "kind" };
	char a[ROOM], text[TEXT], want[40];
	ak_opening *o = ak_mem_alloc(sizeof(*o));
	ak_statement s = { 0 };
	ak_error e = { 0 };

	(void)state;
	assert_non_null(o);
	document(ONES, "report", a);
	(void)snprintf(text, sizeof(text), "{\"akashi\":\"opening/1\",\"documents\":[%s],\"fields\":[]}", a);
	assert_int_equal(ak_opening_parse(ak_span_str(text), o, &e), AK_OK);
	for (size_t i = 0; i < 3; i++) {
		char hex[2 * AK_DIGEST_LEN + 1];
		ak_json *subject;

		ak_hex_encode(o->document[0].commitment.b, AK_DIGEST_LEN, hex);
		(void)snprintf(text, sizeof(text), "[{\"annotations\":{\"commitment\":\"akashi-1\",\"kind\":\"%s\"},\"digest\":{\"sha256\":\"%s\"},\"name\":\"%s\"}]",
		               i == 1 ? "other" : "report", hex, i == 0 ? "other" : "n");
		subject = parsed(text);
		s.subject = subject;
		if (i == 2) {
			assert_int_equal(ak_opened_document_check(&o->document[0], &s, &e), AK_OK);
		} else {
			(void)snprintf(want, sizeof(want), "opening.documents.%s", part[i]);
			assert_int_equal(ak_opened_document_check(&o->document[0], &s, &e), AK_BAD_FORMAT); /* N91 */
			assert_string_equal(e.where, want);
		}
		ak_json_free(subject);
	}
	ak_opening_clear(o);
	ak_mem_free(o);
}

/* ---- memory ------------------------------------------------------------------------------------------------------------- */

static ak_status resolve_again(void *ctx)
{
	char disclosure[4][ROOM] = { "" }, body[TEXT];
	ak_span part;
	ak_json *b = NULL, *resolved = NULL, *found = NULL;
	ak_status st;

	(void)ctx;
	url(NAME, disclosure[0]);
	part = ak_span_str(disclosure[0]);
	fill("{\"_sd\":[\"$1\"],\"a\":[1,{\"b\":2}]}", disclosure, body);
	st = ak_json_parse(ak_span_str(body), &b, NULL);
	if (st == AK_OK)
		st = ak_disclosures_resolve(b, &part, 1, &resolved, &found, NULL);
	ak_json_free(b);
	ak_json_free(resolved);
	ak_json_free(found);
	return st;
}

static void without_memory(void **state)
{
	(void)state;
	oom_sweep("resolving", resolve_again, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row),
		cmocka_unit_test(known_answer),
		cmocka_unit_test(every_character_counts),
		cmocka_unit_test(a_known_value_is_not_found),
		cmocka_unit_test(openings),
		cmocka_unit_test(called_otherwise),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
