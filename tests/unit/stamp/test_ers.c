/* SPDX-License-Identifier: Apache-2.0 */
/* What holds an evidence record together (FORMAT 25), with tokens that are made here and only say what they are over,
 * when they were made and how long they hold. */
#include "stamp/ers.h"

#include "base/fail.h"
#include "crypto/der.h"
#include "oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char data_text[] = "ledger.example/demo\n3\nroot\n";

typedef struct object {
	uint8_t d[3][AK_ERS_HASH_LEN_MAX];
	ak_ers_object o;
} object;

static void object_of(const char *text, object *x)
{
	ak_span s = ak_span_str(text);

	ak_ers_hash_of(AK_ERS_SHA256, s, x->d[0]);
	ak_ers_hash_of(AK_ERS_SHA384, s, x->d[1]);
	ak_ers_hash_of(AK_ERS_SHA512, s, x->d[2]);
	x->o = (ak_ers_object){ x->d[0], x->d[1], x->d[2] };
}

static void ok(ak_status st, const ak_error *err)
{
	if (st != AK_OK)
		fail_msg("%s at %s %d: %s", ak_status_name(st), err->where != NULL ? err->where : "?", (int)err->at, err->detail);
}

static ak_ers_imprint imprint_of(ak_ers_hash h, const uint8_t *d)
{
	ak_ers_imprint p = { .hash = h };

	memcpy(p.b, d, ak_ers_hash_len(h));
	return p;
}

/* SEQUENCE { OCTET STRING hash ‖ imprint, OCTET STRING time ‖ until } */
static ak_status make_token(const ak_ers_imprint *p, int64_t time, int64_t until, ak_buf *out, ak_error *err)
{
	uint8_t over[1 + AK_ERS_HASH_LEN_MAX] = { (uint8_t)p->hash }, when[16];
	ak_buf b;
	ak_status st;

	memcpy(over + 1, p->b, ak_ers_hash_len(p->hash));
	ak_put_be64(when, (uint64_t)time);
	ak_put_be64(when + 8, (uint64_t)until);
	ak_buf_init(&b, 1024);
	st = ak_der_put(&b, AK_DER_OCTET_STRING, (ak_span){ over, 1 + ak_ers_hash_len(p->hash) }, err);
	if (st == AK_OK)
		st = ak_der_put(&b, AK_DER_OCTET_STRING, (ak_span){ when, sizeof(when) }, err);
	if (st == AK_OK)
		st = ak_der_put(out, AK_DER_SEQUENCE, ak_buf_span(&b), err);
	ak_buf_clear(&b);
	return st;
}

static ak_status read_token(void *ctx, ak_span token, size_t at, ak_ers_seen *out, ak_error *err)
{
	ak_span in, over, when;

	(void)ctx;
	if (!ak_der_take(&token, AK_DER_SEQUENCE, &in) || !ak_der_take(&in, AK_DER_OCTET_STRING, &over) ||
	    !ak_der_take(&in, AK_DER_OCTET_STRING, &when) || in.len != 0 || when.len != 16 || over.len < 1 || over.data[0] > AK_ERS_SHA512 ||
	    over.len != 1 + ak_ers_hash_len((ak_ers_hash)over.data[0]))
		return ak_fail(err, AK_BAD_SIGNATURE, "token", at, "not a token");
	memset(out, 0, sizeof(*out));
	out->imprint.hash = (ak_ers_hash)over.data[0];
	memcpy(out->imprint.b, over.data + 1, over.len - 1);
	out->time = out->latest = (int64_t)ak_get_be64(when.data);
	out->until = (int64_t)ak_get_be64(when.data + 8);
	return AK_OK;
}

static const ak_ers_judge judge = { NULL, read_token };

/* One more step of a record: which imprint, made when, good until when. */
typedef enum step { FIRST, RENEW, REHASH } step;

static ak_status grow_beside(ak_buf *record, step what, ak_ers_hash h, const ak_ers_object *data, const uint8_t *beside, int64_t time,
                             int64_t until, ak_error *err)
{
	ak_ers_next n = { .imprint = { .hash = h } };
	ak_ers r;
	ak_buf token, next;
	ak_status st = AK_OK;

	ak_buf_init(&token, 1024);
	ak_buf_init(&next, AK_ERS_MAX);
	if (what == FIRST)
		st = ak_ers_next_first(data, h, &n, err);
	else
		st = ak_ers_parse(ak_buf_span(record), &r, err);
	if (st == AK_OK && what == RENEW)
		ak_ers_next_renew(&r, h, &n);
	if (st == AK_OK && what == REHASH)
		st = ak_ers_next_rehash(&r, data, h, beside, &n, err);
	if (st == AK_OK)
		st = make_token(&n.imprint, time, until, &token, err);
	if (st == AK_OK)
		st = ak_ers_put(what == FIRST ? NULL : &r, &n, ak_buf_span(&token), &next, err);
	ak_buf_clear(&token);
	ak_buf_clear(st == AK_OK ? record : &next);
	if (st == AK_OK)
		*record = next;
	return st;
}

static ak_status grow(ak_buf *record, step what, ak_ers_hash h, const ak_ers_object *data, int64_t time, int64_t until, ak_error *err)
{
	return grow_beside(record, what, h, data, NULL, time, until, err);
}

static ak_status verify(ak_span der, const ak_ers_object *data, ak_ers_result *res, ak_error *err)
{
	ak_ers r;
	ak_status st = ak_ers_parse(der, &r, err);

	return st == AK_OK ? ak_ers_verify(&r, data, &judge, res, err) : st;
}

/* SHA-256, renewed twice, rehashed to SHA-512, renewed again, rehashed to SHA-384. */
static void full(ak_buf *record, const ak_ers_object *data)
{
	static const struct {
		step what;
		ak_ers_hash h;
		int64_t time, until;
	} steps[] = {
		{ FIRST, AK_ERS_SHA256, 100, 200 },  { RENEW, AK_ERS_SHA256, 190, 300 },  { RENEW, AK_ERS_SHA256, 300, 400 },
		{ REHASH, AK_ERS_SHA512, 310, 500 }, { RENEW, AK_ERS_SHA512, 450, 600 }, { REHASH, AK_ERS_SHA384, 600, 900 },
	};
	ak_error err = { 0 };

	ak_buf_init(record, AK_ERS_MAX);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		ak_ers_result res;

		ok(grow(record, steps[i].what, steps[i].h, data, steps[i].time, steps[i].until, &err), &err);
		ok(verify(ak_buf_span(record), data, &res, &err), &err);
		assert_int_equal(res.from, 100);
		assert_int_equal(res.last, steps[i].time);
		assert_int_equal(res.until, steps[i].until);
		assert_int_equal(res.hash, steps[i].h);
		assert_int_equal(res.stamps, i + 1);
	}
}

static void renewed_and_rehashed(void **state)
{
	object x, other;
	ak_buf record;
	ak_ers r;
	ak_ers_result res = { 0 };
	ak_error err = { 0 };
	ak_ers_object less;

	(void)state;
	object_of(data_text, &x);
	object_of("something else", &other);
	full(&record, &x.o);
	ok(ak_ers_parse(ak_buf_span(&record), &r, &err), &err);
	assert_int_equal(r.chains, 3);
	assert_int_equal(r.stamp[4].chain, 1);
	assert_int_equal(r.stamp[4].place, 1);

	assert_int_equal(verify(ak_buf_span(&record), &other.o, &res, &err), AK_CHAIN_BROKEN);
	assert_int_equal(err.at, 0);
	assert_int_equal(res.stamps, 0); /* a failure writes nothing */
	ok(verify(ak_buf_span(&record), NULL, &res, &err), &err);

	/* The digest of the data that a later chain needs is not at hand: not known, and not wrong. */
	less = (ak_ers_object){ x.o.sha256, NULL, x.o.sha512 };
	assert_int_equal(verify(ak_buf_span(&record), &less, &res, &err), AK_NOT_HELD);
	assert_int_equal(err.at, 5);
	/* The data fits the first chain and not the second: an object that collides under the old digest. */
	less = (ak_ers_object){ x.o.sha256, x.o.sha384, other.o.sha512 };
	assert_int_equal(verify(ak_buf_span(&record), &less, &res, &err), AK_CHAIN_BROKEN);
	assert_int_equal(err.at, 3);
	ak_buf_clear(&record);
}

/* Each row: a second step that must not hold, and what is said of it. */
static void steps_that_do_not_hold(void **state)
{
	static const struct {
		const char *name;
		step what;
		ak_ers_hash h;
		int64_t time, until;
		ak_status want;
	} rows[] = {
		{ "renewed in time", RENEW, AK_ERS_SHA256, 200, 300, AK_OK },
		{ "renewed a second too late", RENEW, AK_ERS_SHA256, 201, 300, AK_CLOCK },
		{ "rehashed too late", REHASH, AK_ERS_SHA512, 201, 300, AK_CLOCK },
		{ "at the same time", RENEW, AK_ERS_SHA256, 100, 300, AK_CLOCK },
		{ "back in time", REHASH, AK_ERS_SHA512, 99, 300, AK_CLOCK },
		{ "another digest in one chain", RENEW, AK_ERS_SHA512, 150, 300, AK_CHAIN_BROKEN },
	};
	object x;

	(void)state;
	object_of(data_text, &x);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_error err = { 0 };
		ak_ers_result res;
		ak_buf record;
		ak_status st;

		ak_buf_init(&record, AK_ERS_MAX);
		ok(grow(&record, FIRST, AK_ERS_SHA256, &x.o, 100, 200, &err), &err);
		ok(grow(&record, rows[i].what, rows[i].h, &x.o, rows[i].time, rows[i].until, &err), &err);
		st = verify(ak_buf_span(&record), &x.o, &res, &err);
		if (st != rows[i].want)
			fail_msg("%s: %s (%s)", rows[i].name, ak_status_name(st), err.detail);
		if (st != AK_OK)
			assert_int_equal(err.at, 1);
		ak_buf_clear(&record);
	}
}

/* A renewal that covers another token, a rehash that covers other chains: each is right by itself. */
static void grafts(void **state)
{
	object x;
	ak_error err = { 0 };
	ak_ers_result res;
	ak_buf a, b, graft;
	ak_ers_next next;
	ak_ers ra, rb;

	(void)state;
	object_of(data_text, &x);
	for (int rehash = 0; rehash < 2; rehash++) {
		ak_buf_init(&a, AK_ERS_MAX);
		ak_buf_init(&b, AK_ERS_MAX);
		ak_buf_init(&graft, AK_ERS_MAX);
		ok(grow(&a, FIRST, AK_ERS_SHA256, &x.o, 100, 200, &err), &err);
		ok(grow(&b, FIRST, AK_ERS_SHA256, &x.o, 101, 200, &err), &err);
		ok(grow(&b, rehash ? REHASH : RENEW, rehash ? AK_ERS_SHA512 : AK_ERS_SHA256, &x.o, 150, 300, &err), &err);
		ok(ak_ers_parse(ak_buf_span(&a), &ra, &err), &err);
		ok(ak_ers_parse(ak_buf_span(&b), &rb, &err), &err);
		/* Written around the other's token, as if it had been asked for here. */
		if (rehash)
			ok(ak_ers_next_rehash(&ra, &x.o, AK_ERS_SHA512, NULL, &next, &err), &err);
		else
			ak_ers_next_renew(&ra, AK_ERS_SHA256, &next);
		ok(ak_ers_put(&ra, &next, rb.stamp[1].token, &graft, &err), &err);
		assert_int_equal(verify(ak_buf_span(&graft), &x.o, &res, &err), AK_CHAIN_BROKEN);
		assert_int_equal(err.at, 1);
		ak_buf_clear(&a);
		ak_buf_clear(&b);
		ak_buf_clear(&graft);
	}
}

/* The renewal of a hash tree covers something else beside the data: it can be found in the list, cannot be taken out, and
 * later renewals keep it. */
static void beside_the_data(void **state)
{
	object x, records;
	ak_error err = { 0 };
	ak_ers_result res;
	ak_buf record;
	ak_ers r;

	(void)state;
	object_of(data_text, &x);
	for (int i = 0; i < 8; i++) { /* what stands first in the list differs */
		char text[16];
		uint8_t *v;

		(void)snprintf(text, sizeof(text), "records %d", i);
		object_of(text, &records);
		ak_buf_init(&record, AK_ERS_MAX);
		ok(grow(&record, FIRST, AK_ERS_SHA256, &x.o, 100, 200, &err), &err);
		ok(grow_beside(&record, REHASH, AK_ERS_SHA512, &x.o, records.o.sha512, 150, 300, &err), &err);
		ok(grow(&record, RENEW, AK_ERS_SHA512, &x.o, 250, 400, &err), &err);
		ok(verify(ak_buf_span(&record), &x.o, &res, &err), &err);
		ok(ak_ers_parse(ak_buf_span(&record), &r, &err), &err);
		assert_true(ak_ers_lists(&r, 1, (ak_span){ records.o.sha512, 64 }));
		assert_false(ak_ers_lists(&r, 1, (ak_span){ x.o.sha512, 64 }));
		assert_false(ak_ers_lists(&r, 0, (ak_span){ records.o.sha512, 64 }));
		assert_false(ak_ers_lists(&r, 2, (ak_span){ records.o.sha512, 64 }));
		/* The other value, changed where it stands. */
		v = record.data + (r.stamp[1].tree.data - record.data) + 5 + (memcmp(r.stamp[1].tree.data + 5, records.o.sha512, 64) != 0 ? 66 : 0);
		assert_memory_equal(v, records.o.sha512, 64);
		v[5] ^= 1;
		assert_int_equal(verify(ak_buf_span(&record), &x.o, &res, &err), AK_CHAIN_BROKEN);
		assert_int_equal(err.at, 1);
		ak_buf_clear(&record);
	}
}

/* ---- reduced hash trees: lists are written as "d o;m" (data, other values; lists end with ';') ---- */

static void put_list(ak_buf *out, const char *letters, size_t n, const object *x)
{
	ak_error err = { 0 };
	ak_buf b;

	ak_buf_init(&b, 4096);
	for (size_t i = 0; i < n; i++) {
		uint8_t v[AK_ERS_HASH_LEN_MAX];
		size_t len = 32;

		memset(v, letters[i], sizeof(v));
		if (letters[i] == 'D')
			memcpy(v, x->o.sha256, 32);
		if (letters[i] == 'L') /* of another length */
			len = 33;
		ok(ak_der_put(&b, AK_DER_OCTET_STRING, (ak_span){ v, len }, &err), &err);
	}
	ok(ak_der_put(out, AK_DER_SEQUENCE, ak_buf_span(&b), &err), &err);
	ak_buf_clear(&b);
}

static void sorted_digest(const uint8_t *values[], size_t n, uint8_t out[32])
{
	uint8_t joined[8 * 32];

	for (size_t i = 0; i < n; i++) /* few: selection sort */
		for (size_t k = i + 1; k < n; k++)
			if (memcmp(values[k], values[i], 32) < 0) {
				const uint8_t *t = values[i];

				values[i] = values[k];
				values[k] = t;
			}
	for (size_t i = 0; i < n; i++)
		memcpy(joined + i * 32, values[i], 32);
	if (n == 1)
		memcpy(out, joined, 32);
	else
		ak_ers_hash_of(AK_ERS_SHA256, (ak_span){ joined, n * 32 }, out);
}

/* The root as it is defined, reckoned apart: `lists` as in put_list. */
static void root_of(const char *lists, const object *x, uint8_t root[32])
{
	uint8_t v[8][32];
	bool first = true;

	while (*lists != '\0') {
		size_t n = strcspn(lists, ";"), have = 0;
		const uint8_t *p[8];

		for (size_t i = 0; i < n; i++) {
			memset(v[i], lists[i], 32);
			if (lists[i] == 'D')
				memcpy(v[i], x->o.sha256, 32);
			p[have++] = v[i];
		}
		if (!first)
			p[have++] = root;
		{
			uint8_t next[32];

			sorted_digest(p, have, next);
			memcpy(root, next, 32);
		}
		first = false;
		lists += n + (lists[n] == ';');
	}
}

static void put_tree_record(const char *lists, const object *x, const uint8_t root[32], ak_buf *out)
{
	static const uint8_t alg[] = { 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 };
	static const uint8_t version[] = { 2, 1, 1 };
	ak_ers_imprint p = imprint_of(AK_ERS_SHA256, root);
	ak_error err = { 0 };
	ak_buf b[5];

	for (size_t i = 0; i < 5; i++)
		ak_buf_init(&b[i], 65536);
	while (*lists != '\0') {
		size_t n = strcspn(lists, ";");

		put_list(&b[0], lists, n, x);
		lists += n + (lists[n] == ';');
	}
	ok(ak_der_put(&b[1], 0xa2, ak_buf_span(&b[0]), &err), &err);
	ok(make_token(&p, 100, 200, &b[1], &err), &err);
	ok(ak_der_put(&b[2], AK_DER_SEQUENCE, ak_buf_span(&b[1]), &err), &err); /* stamp */
	ok(ak_der_put(&b[3], AK_DER_SEQUENCE, ak_buf_span(&b[2]), &err), &err); /* chain */
	ok(ak_buf_add(&b[4], version, sizeof(version), &err), &err);
	ok(ak_der_put(&b[4], AK_DER_SEQUENCE, (ak_span){ alg, sizeof(alg) }, &err), &err);
	ok(ak_der_put(&b[4], AK_DER_SEQUENCE, ak_buf_span(&b[3]), &err), &err);
	ok(ak_der_put(out, AK_DER_SEQUENCE, ak_buf_span(&b[4]), &err), &err);
	for (size_t i = 0; i < 5; i++)
		ak_buf_clear(&b[i]);
}

static void hash_trees(void **state)
{
	static const struct {
		const char *name, *lists, *root_of; /* root_of NULL: that of lists */
		ak_status want;
	} rows[] = {
		{ "a list of one stands for itself", "D;", NULL, AK_OK },
		{ "a list of one and another", "D;x;", NULL, AK_OK },
		{ "values are sorted, wherever they stand", "zDa;", "aDz;", AK_OK },
		{ "three lists", "Dab;c;def;", NULL, AK_OK },
		{ "a value twice counts twice", "Daab;c;", NULL, AK_OK },
		{ "a value twice is not one", "Daab;c;", "Dab;c;", AK_CHAIN_BROKEN },
		{ "what came of a list is added also when it is there", "D;D;", NULL, AK_OK },
		{ "what came of a list is not left out when it is there", "D;D;", "D;", AK_CHAIN_BROKEN },
		{ "the data is in the second list only", "ab;D;", NULL, AK_CHAIN_BROKEN },
		{ "the data is in no list", "ab;c;", NULL, AK_CHAIN_BROKEN },
		{ "a value too many", "Dabx;c;", "Dab;c;", AK_CHAIN_BROKEN },
		{ "a value too few", "Da;c;", "Dab;c;", AK_CHAIN_BROKEN },
		{ "a list too few", "Dab;", "Dab;c;", AK_CHAIN_BROKEN },
		{ "a value of another length", "DL;", "D;", AK_BAD_FORMAT },
		{ "an empty list", "D;;c;", "D;c;", AK_BAD_FORMAT },
		{ "no list", "", "D;", AK_BAD_FORMAT },
	};
	object x;

	(void)state;
	object_of(data_text, &x);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_error err = { 0 };
		ak_ers_result res;
		uint8_t root[32] = { 0 };
		ak_buf record;
		ak_status st;

		ak_buf_init(&record, AK_ERS_MAX);
		root_of(rows[i].root_of != NULL ? rows[i].root_of : rows[i].lists, &x, root);
		put_tree_record(rows[i].lists, &x, root, &record);
		st = verify(ak_buf_span(&record), &x.o, &res, &err);
		if (st != rows[i].want)
			fail_msg("%s: %s (%s)", rows[i].name, ak_status_name(st), err.detail);
		ak_buf_clear(&record);
	}
}

/* ---- form ---- */

static const char *const forms_refused[][2] = {
	{ "empty", "" },
	{ "not a sequence", "0201 01" },
	{ "indefinite length", "3080 020101 0000" },
	{ "length of too many bytes", "308103 020101" },
	{ "a tag of several bytes", "3003 3f8101 00" },
	{ "version 0", "3006 020100 3000 3000" },
	{ "version 2", "3007 020102 3000 3000" },
	{ "no digests", "3007 020101 3000 3000" },
	{ "digest that is no algorithm", "300b 020101 3004 0402 0102 3000" },
	{ "no chain", "3014 020101 300d 300b 0609608648016503040201 3000" },
	{ "an empty chain", "3016 020101 300d 300b 0609608648016503040201 3002 3000" },
	{ "a stamp without a token", "3018 020101 300d 300b 0609608648016503040201 3004 3002 3000" },
	{ "something after the token", "301c 020101 300d 300b 0609608648016503040201 3008 3006 3004 3000 0500" },
	{ "something after it", "301a 020101 300d 300b 0609608648016503040201 3006 3004 3002 3000 0500" },
	{ "something after the sequence", "301c 020101 300d 300b 0609608648016503040201 3006 3004 3002 3000 0500" },
	{ "parameters that are not NULL", "301d 020101 3010 300e 0609608648016503040201 020100 3006 3004 3002 3000" },
};

static size_t hex(const char *in, uint8_t *out)
{
	size_t n = 0;

	for (; *in != '\0'; in++) {
		char two[3] = { in[0], in[1], 0 };

		if (*in == ' ')
			continue;
		out[n++] = (uint8_t)strtoul(two, NULL, 16);
		in++;
	}
	return n;
}

static void form(void **state)
{
	uint8_t bytes[128];
	ak_error err = { 0 };
	ak_ers r;
	size_t n = hex("301a 020101 300d 300b 0609608648016503040201 3006 3004 3002 3000", bytes);

	(void)state;
	ok(ak_ers_parse((ak_span){ bytes, n }, &r, &err), &err);
	for (size_t i = 0; i < sizeof(forms_refused) / sizeof(forms_refused[0]); i++) {
		ak_status st;

		memset(&r, 0xa5, sizeof(r));
		n = hex(forms_refused[i][1], bytes);
		st = ak_ers_parse((ak_span){ bytes, n }, &r, &err);
		if (st != AK_BAD_FORMAT)
			fail_msg("%s: %s", forms_refused[i][0], ak_status_name(st));
		assert_int_equal(((const uint8_t *)&r)[0], 0xa5);
	}
	/* What was encrypted before it was stamped is not judged; nor a digest that is not known. */
	n = hex("301c 020101 300d 300b 0609608648016503040201 a100 3006 3004 3002 3000", bytes);
	assert_int_equal(ak_ers_parse((ak_span){ bytes, n }, &r, &err), AK_UNKNOWN_VERSION);
	n = hex("3021 020101 300d 300b 0609608648016503040201 300d 300b 3009 a005 0603 2a0304 3000", bytes);
	assert_int_equal(ak_ers_parse((ak_span){ bytes, n }, &r, &err), AK_UNKNOWN_VERSION);
	/* A digest not known may be named, when no stamp uses it. */
	n = hex("3021 020101 3014 300b 0609608648016503040201 3005 0603 2a0304 3006 3004 3002 3000", bytes);
	ok(ak_ers_parse((ak_span){ bytes, n }, &r, &err), &err);
}

static void limits(void **state)
{
	object x;
	ak_error err = { 0 };
	ak_ers_result res;
	ak_buf record;
	uint8_t *big = calloc(1, AK_ERS_MAX + 1);

	(void)state;
	assert_non_null(big);
	assert_int_equal(ak_ers_parse((ak_span){ big, AK_ERS_MAX + 1 }, &(ak_ers){ 0 }, &err), AK_LIMIT);
	free(big);
	object_of(data_text, &x);
	ak_buf_init(&record, AK_ERS_MAX);
	ok(grow(&record, FIRST, AK_ERS_SHA256, &x.o, 100, 1000, &err), &err);
	for (int64_t i = 1; i < AK_ERS_STAMPS_MAX; i++)
		ok(grow(&record, RENEW, AK_ERS_SHA256, &x.o, 100 + i, 1000, &err), &err);
	ok(verify(ak_buf_span(&record), &x.o, &res, &err), &err);
	ok(grow(&record, RENEW, AK_ERS_SHA256, &x.o, 100 + AK_ERS_STAMPS_MAX, 1000, &err), &err);
	assert_int_equal(verify(ak_buf_span(&record), &x.o, &res, &err), AK_BAD_FORMAT);
	ak_buf_clear(&record);
	ok(grow(&record, FIRST, AK_ERS_SHA256, &x.o, 100, 1000, &err), &err);
	for (int64_t i = 1; i < AK_ERS_CHAINS_MAX; i++)
		ok(grow(&record, REHASH, AK_ERS_SHA256, &x.o, 100 + i, 1000, &err), &err);
	ok(verify(ak_buf_span(&record), &x.o, &res, &err), &err);
	ok(grow(&record, REHASH, AK_ERS_SHA256, &x.o, 200, 1000, &err), &err);
	assert_int_equal(verify(ak_buf_span(&record), &x.o, &res, &err), AK_BAD_FORMAT);
	ak_buf_clear(&record);
}

/* Every bit of a full record turned, every prefix of it: it never proves an earlier time, nor a longer life, nor more
 * stamps.  (What only names a digest, or an attribute, may change without harm.) */
static void mangled(void **state)
{
	object x;
	ak_error err = { 0 };
	ak_ers_result res;
	ak_buf record;
	size_t accepted = 0;

	(void)state;
	object_of(data_text, &x);
	full(&record, &x.o);
	for (size_t i = 0; i < record.len; i++)
		assert_int_not_equal(verify((ak_span){ record.data, i }, &x.o, &res, &err), AK_OK);
	for (size_t bit = 0; bit < record.len * 8; bit++) {
		ak_status st;

		record.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		st = verify(ak_buf_span(&record), &x.o, &res, &err);
		record.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (st != AK_OK)
			continue;
		/* The last token is covered by nothing: whether it is whole is for its own signature to say. */
		accepted++;
		assert_int_equal(res.from, 100);
		if (bit / 8 < record.len - 18)
			fail_msg("bit %zu", bit);
	}
	/* 8 bytes of time that stay after 450 and at or before 600, 8 of how long it holds. */
	assert_true(accepted > 0 && accepted <= 128);
	ak_buf_clear(&record);
}

static ak_status whole_story(void *ctx)
{
	object *x = ctx;
	ak_error err = { 0 };
	ak_ers_result res;
	ak_buf record;
	ak_status st;

	ak_buf_init(&record, AK_ERS_MAX);
	st = grow(&record, FIRST, AK_ERS_SHA256, &x->o, 100, 200, &err);
	if (st == AK_OK)
		st = grow(&record, RENEW, AK_ERS_SHA256, &x->o, 150, 300, &err);
	if (st == AK_OK)
		st = grow(&record, REHASH, AK_ERS_SHA512, &x->o, 250, 400, &err);
	if (st == AK_OK)
		st = verify(ak_buf_span(&record), &x->o, &res, &err);
	ak_buf_clear(&record);
	return st;
}

static void out_of_memory(void **state)
{
	object x;

	(void)state;
	object_of(data_text, &x);
	oom_sweep("evidence record", whole_story, &x);
}

static void names(void **state)
{
	(void)state;
	for (ak_ers_hash h = AK_ERS_SHA256; h <= AK_ERS_SHA512; h++)
		assert_int_equal(ak_ers_hash_named(ak_span_str(ak_ers_hash_name(h))), h);
	assert_int_equal(ak_ers_hash_named(ak_span_str("sha1")), AK_ERS_HASH_NONE);
	assert_int_equal(ak_ers_hash_named(ak_span_str("")), AK_ERS_HASH_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(renewed_and_rehashed),
		cmocka_unit_test(steps_that_do_not_hold),
		cmocka_unit_test(grafts),
		cmocka_unit_test(beside_the_data),
		cmocka_unit_test(hash_trees),
		cmocka_unit_test(form),
		cmocka_unit_test(limits),
		cmocka_unit_test(mangled),
		cmocka_unit_test(out_of_memory),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
