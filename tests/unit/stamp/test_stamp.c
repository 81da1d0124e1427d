/* SPDX-License-Identifier: Apache-2.0 */
/* What a time stamp has to be to count.  Rows are named after what is wrong with them; N.. and B.. are those of docs/TESTING.md.
 * OpenSSL's own `ts -verify` lets several of them through. */
#include "tsa.h"

#include "oom.h"

#include <openssl/obj_mac.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *const policies[] = { "1.2.3.4.0", "1.2.3.4.1" };

typedef struct row {
	const char *name;
	wishes w;
	ak_status want;
	const char *where;
	/* how it is asked */
	const char *message, *nonce, *now, *from, *until;
	bool by_certificate, other_authority;
} row;

static const row rows[] = {
	{ .name = "good", .want = AK_OK, .where = "" },
	{ .name = "good, by its certificate", .want = AK_OK, .where = "", .by_certificate = true },
	{ .name = "good, SHA-384", .w = { .hash = NID_sha384, .digest = NID_sha512 }, .want = AK_OK, .where = "" },
	{ .name = "good, SHA-512", .w = { .hash = NID_sha512, .digest = NID_sha384 }, .want = AK_OK, .where = "" },
	{ .name = "good, granted with changes", .w = { .status = 1 }, .want = AK_OK, .where = "" },
	{ .name = "good, ESSCertID of RFC 2634", .w = { .ess = ESS_V1 }, .want = AK_OK, .where = "" },
	{ .name = "good, nonce", .w = { .nonce = "\x91nonce" }, .want = AK_OK, .where = "", .nonce = "\x91nonce" },
	{ .name = "good, a nonce that nobody has kept", .w = { .nonce = "12345678" }, .want = AK_OK, .where = "" },
	{ .name = "good, negative serial number", .w = { .serial = "ff00" }, .want = AK_OK, .where = "" },
	{ .name = "N58 certificate expired today, valid at genTime", .want = AK_OK, .where = "", .now = "2031-01-01T00:00:00Z" },
	{ .name = "N56 over something else", .want = AK_BAD_TIMESTAMP, .where = "timestamp.imprint", .message = "hello " },
	{ .name = "N57a before notBefore", .w = { .time = "20251231235959Z" }, .want = AK_NO_TRUSTED_SIG, .where = "timestamp" },
	{ .name = "N57a before notBefore of a pinned certificate", .w = { .time = "20251231235959Z" }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.certificate", .by_certificate = true },
	{ .name = "N57b after notAfter", .w = { .time = "20270101000000Z" }, .want = AK_NO_TRUSTED_SIG, .where = "timestamp", .now = "2031-01-01T00:00:00Z" },
	{ .name = "N57b accuracy beyond notAfter", .w = { .time = "20261231235958Z", .accuracy_s = 2 }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.certificate", .now = "2031-01-01T00:00:00Z" },
	{ .name = "N57a accuracy before notBefore", .w = { .time = "20260101000000Z", .accuracy_ms = 1 }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.certificate" },
	{ .name = "N57c in the future", .w = { .time = "20260601120001Z" }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.time", .now = "2026-06-01T12:00:00Z" },
	{ .name = "N59 before the window of the authority", .want = AK_BAD_TIMESTAMP, .where = "timestamp.window", .from = "2026-06-01T12:00:01Z" },
	{ .name = "N59 accuracy before the window", .w = { .accuracy_s = 1 }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.window", .from = "2026-06-01T12:00:00Z" },
	{ .name = "N59 after the window of the authority", .want = AK_BAD_TIMESTAMP, .where = "timestamp.window", .until = "2026-06-01T11:59:59Z" },
	{ .name = "N62a no ESSCertID", .w = { .ess = ESS_NONE }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.signer" },
	{ .name = "N62b ESSCertID of another certificate", .w = { .ess = ESS_OTHER }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.signer" },
	{ .name = "N62b ESSCertID of RFC 2634 of another", .w = { .ess = ESS_V1_WRONG }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.signer" },
	{ .name = "N63 two signers", .w = { .signers = 2 }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.signer" },
	{ .name = "N64 SHA-1 imprint", .w = { .hash = NID_sha1 }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.imprint" },
	{ .name = "SHA-1 in the signature", .w = { .digest = NID_sha1 }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.signer" },
	{ .name = "N65 a byte after the response", .w = { .trailing = true }, .want = AK_BAD_FORMAT, .where = "timestamp" },
	{ .name = "N66a rejection with a token", .w = { .status = 2 }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.status" },
	{ .name = "N66b granted without a token", .w = { .no_token = true }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.status" },
	{ .name = "rejection", .w = { .status = 2, .no_token = true }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.status" },
	{ .name = "N67 other nonce", .w = { .nonce = "12345678" }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.nonce", .nonce = "12345679" },
	{ .name = "N67 no nonce", .want = AK_BAD_TIMESTAMP, .where = "timestamp.nonce", .nonce = "12345678" },
	{ .name = "N72a attribute of another type", .w = { .ess = ESS_TEXT }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.signer" },
	{ .name = "N72b no digest algorithms", .w = { .no_digests = true }, .want = AK_BAD_FORMAT, .where = "timestamp" },
	{ .name = "B11 signature changed", .w = { .broken = true }, .want = AK_BAD_SIGNATURE, .where = "timestamp.signature" },
	{ .name = "no certificate in it", .w = { .no_certificate = true }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.signer" },
	{ .name = "said to be over data", .w = { .wrong_content = true }, .want = AK_BAD_FORMAT, .where = "timestamp" },
	{ .name = "version 2", .w = { .version = 2 }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.info" },
	{ .name = "policy that does not count", .w = { .policy = "1.2.3.4.2" }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.policy" },
	{ .name = "critical extension", .w = { .critical_extension = true }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.extensions" },
	{ .name = "right to a day and a half", .w = { .accuracy_s = 0x20000 }, .want = AK_BAD_TIMESTAMP, .where = "timestamp.accuracy" },
	{ .name = "leap second", .w = { .time = "20260630235960Z" }, .want = AK_BAD_FORMAT, .where = "timestamp.info" },
	{ .name = "serial number of 22 bytes", .w = { .serial = "01000000000000000000000000000000000000000000" }, .want = AK_BAD_FORMAT, .where = "timestamp.info" },
	{ .name = "other authority, same names", .want = AK_NO_TRUSTED_SIG, .where = "timestamp", .other_authority = true },
	{ .name = "other authority, by its certificate", .want = AK_NO_TRUSTED_SIG, .where = "timestamp", .other_authority = true, .by_certificate = true },
};

typedef struct pin {
	ak_cert *root;
	ak_cert *cert;
	ak_tsa tsa;
} pin;

static void pin_make(pin *p, const authority *a, const row *r)
{
	p->root = as_cert(a->root);
	p->cert = as_cert(a->cert);
	p->tsa = (ak_tsa){
		.name = "example-tsa", .operator_name = "example", .policies = policies, .n_policies = 2,
		.certificate = r->by_certificate ? ak_cert_id(p->cert) : NULL, .root = r->by_certificate ? NULL : p->root,
		.from = r->from == NULL ? INT64_MIN : at(r->from), .until = r->until == NULL ? INT64_MAX : at(r->until),
	};
}

static void pin_drop(pin *p)
{
	ak_cert_free(&p->root);
	ak_cert_free(&p->cert);
}

static ak_status judge(ak_span tsr, const row *r, const pin *p, ak_stamp_found *found, ak_error *e)
{
	ak_stamp *s = NULL;
	const ak_stamp_query q = {
		.message = ak_span_str(r->message == NULL ? "hello" : r->message), .nonce = ak_span_str(r->nonce),
		.now = at(r->now == NULL ? "2026-11-22T00:00:00Z" : r->now), .tsa = &p->tsa, .n_tsa = 1,
	};
	ak_status st = ak_stamp_parse(tsr, &s, e);

	if (st == AK_OK)
		st = ak_stamp_verify(s, &q, found, e);
	ak_stamp_free(&s);
	return st;
}

static void each_row(void **state)
{
	authority a, b;

	(void)state;
	authority_make(&a, NULL);
	authority_make(&b, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const row *r = &rows[i];
		ak_span tsr = tsa_stamp(&a, &r->w);
		ak_stamp_found found = { 0 };
		ak_error e = { 0 };
		ak_status st;
		pin p;

		pin_make(&p, r->other_authority ? &b : &a, r);
		st = judge(tsr, r, &p, &found, &e);
		if (st != r->want || (st != AK_OK && strcmp(e.where, r->where) != 0))
			fail_msg("%s: %s at %s (%s)", r->name, ak_status_name(st), e.where, e.detail);
		if (st == AK_OK && found.by != &p.tsa)
			fail_msg("%s: by somebody else", r->name);
		stamp_drop(&tsr);
		pin_drop(&p);
	}
	authority_clear(&a);
	authority_clear(&b);
}

/* N61a-c */
static void purpose_of_the_certificate(void **state)
{
	(void)state;
	for (int k = EKU_GOOD; k <= EKU_ONE_MORE; k++) {
		const tsa_wishes tw = { .eku = (eku)k };
		const row by_root = { .name = "purpose", .want = AK_OK, .where = "" }, by_cert = { .name = "purpose", .want = AK_OK, .where = "", .by_certificate = true };
		authority a;
		ak_span tsr;
		pin p;

		authority_make(&a, &tw);
		tsr = tsa_stamp(&a, &by_root.w);
		for (int c = 0; c < 2; c++) {
			ak_stamp_found f;
			ak_status st;

			pin_make(&p, &a, c == 0 ? &by_root : &by_cert);
			st = judge(tsr, c == 0 ? &by_root : &by_cert, &p, &f, NULL);
			if ((st == AK_OK) != (k == EKU_GOOD))
				fail_msg("purpose %d, pinned by %s: %s", k, c == 0 ? "root" : "certificate", ak_status_name(st));
			pin_drop(&p);
		}
		stamp_drop(&tsr);
		authority_clear(&a);
	}
}

/* genTime within what the root is valid in, too. */
static void root_that_had_ended(void **state)
{
	const tsa_wishes tw = { .root_not_after = "2026-05-01T00:00:00Z" };
	const row r = { .name = "root", .want = AK_OK, .where = "" };
	ak_stamp_found f;
	authority a;
	ak_span tsr;
	pin p;

	(void)state;
	authority_make(&a, &tw);
	tsr = tsa_stamp(&a, &r.w);
	pin_make(&p, &a, &r);
	assert_int_not_equal(judge(tsr, &r, &p, &f, NULL), AK_OK);
	pin_drop(&p);
	stamp_drop(&tsr);
	authority_clear(&a);
}

/* N60: the first certificate is a stranger's that bears the same names. */
static void forged_certificate_first(void **state)
{
	authority a, b;
	wishes w = { 0 };
	const row r = { .name = "first", .want = AK_OK, .where = "" };
	ak_stamp_found f;
	ak_span tsr;
	pin p;

	(void)state;
	authority_make(&a, NULL);
	authority_make(&b, NULL);
	assert_true(X509_set_serialNumber(b.cert, X509_get_serialNumber(a.cert)) == 1 && X509_sign(b.cert, b.root_key, EVP_sha256()) > 0);
	w.first = b.cert;
	tsr = tsa_stamp(&a, &w);
	pin_make(&p, &a, &r);
	assert_int_equal(judge(tsr, &r, &p, &f, NULL), AK_OK);
	pin_drop(&p);
	stamp_drop(&tsr);
	w = (wishes){ .first = a.cert };
	tsr = tsa_stamp(&b, &w); /* and signed by the stranger */
	pin_make(&p, &a, &r);
	assert_int_equal(judge(tsr, &r, &p, &f, NULL), AK_NO_TRUSTED_SIG);
	pin_drop(&p);
	stamp_drop(&tsr);
	authority_clear(&a);
	authority_clear(&b);
}

/* N59: outside of the window of its own authority, and within that of another, wherever that one stands. */
static void within_the_window_of_another(void **state)
{
	const row closed = { .name = "closed", .want = AK_OK, .where = "", .until = "2026-06-01T11:59:59Z" }, open = { .name = "open", .want = AK_OK, .where = "" };
	authority a, b;
	ak_span tsr;
	pin pa, pb;

	(void)state;
	authority_make(&a, NULL);
	authority_make(&b, NULL);
	tsr = tsa_stamp(&a, &open.w);
	pin_make(&pa, &a, &closed);
	pin_make(&pb, &b, &open);
	for (int first = 0; first < 2; first++) {
		const ak_tsa both[] = { first == 0 ? pa.tsa : pb.tsa, first == 0 ? pb.tsa : pa.tsa };
		const ak_stamp_query q = { .message = ak_span_str("hello"), .now = at("2026-11-22T00:00:00Z"), .tsa = both, .n_tsa = 2 };
		ak_stamp_found f;
		ak_stamp *s = NULL;
		ak_error e = { 0 };

		assert_int_equal(ak_stamp_parse(tsr, &s, &e), AK_OK);
		assert_int_equal(ak_stamp_verify(s, &q, &f, &e), AK_BAD_TIMESTAMP);
		assert_string_equal(e.where, "timestamp.window");
		ak_stamp_free(&s);
	}
	stamp_drop(&tsr);
	pin_drop(&pa);
	pin_drop(&pb);
	authority_clear(&a);
	authority_clear(&b);
}

/* By whom a list is missing: by nobody only when there is one of that issuer from after the token. */
static void lists_that_are_missing(void **state)
{
	const row r = { .name = "lists", .want = AK_OK, .where = "" };
	authority a, b;
	ak_span tsr;
	ak_crl *own, *other;
	pin p;

	(void)state;
	authority_make(&a, NULL);
	authority_make(&b, NULL);
	tsr = tsa_stamp(&a, &r.w);
	pin_make(&p, &a, &r);
	own = authority_revokes(&a, "2026-10-01T00:00:00Z", 4); /* given up later: what came before counts */
	other = authority_revokes(&b, "2026-10-01T00:00:00Z", 4);
	for (int k = 0; k < 3; k++) {
		const ak_crl *list = k == 1 ? other : own;
		const ak_stamp_query q = { .message = ak_span_str("hello"), .now = INT64_MAX, .tsa = &p.tsa, .n_tsa = 1, .crls = &list, .n_crls = k == 0 ? 0 : 1 };
		ak_stamp_found f = { 0 };
		ak_stamp *s = NULL;

		assert_int_equal(ak_stamp_parse(tsr, &s, NULL), AK_OK);
		assert_int_equal(ak_stamp_verify(s, &q, &f, NULL), AK_OK);
		assert_int_equal(f.unlisted.is, k != 2);
		if (k != 2)
			assert_memory_equal(f.unlisted.key.b, ak_cert_key(p.root)->b, AK_DIGEST_LEN);
		assert_int_equal(strstr(f.unlisted.issuer, "CN=") != NULL, k != 2);
		ak_stamp_free(&s);
	}
	ak_crl_free(&own);
	ak_crl_free(&other);
	stamp_drop(&tsr);
	pin_drop(&p);
	authority_clear(&a);
	authority_clear(&b);
}

/* A lost key proves nothing; one that was given up proves what came before. */
static void revoked(void **state)
{
	static const struct {
		const char *when;
		int reason;
		bool good;
	} cases[] = {
		{ "2026-10-01T00:00:00Z", 1, false }, { "2026-10-01T00:00:00Z", -1, false }, { "2026-10-01T00:00:00Z", 2, false },
		{ "2026-10-01T00:00:00Z", 4, true },  { "2026-05-01T00:00:00Z", 4, false },  { "2026-10-01T00:00:00Z", 5, true },
		{ "2026-06-01T12:00:00Z", 0, false }, { "2026-06-01T12:00:01Z", 0, true },
	};
	const row r = { .name = "revoked", .want = AK_OK, .where = "" };
	authority a, b;
	ak_span tsr;
	pin p;

	(void)state;
	authority_make(&a, NULL);
	authority_make(&b, NULL);
	tsr = tsa_stamp(&a, &r.w);
	pin_make(&p, &a, &r);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ak_crl *list = authority_revokes(&a, cases[i].when, cases[i].reason);
		const ak_stamp_query q = { .message = ak_span_str("hello"), .now = INT64_MAX, .tsa = &p.tsa, .n_tsa = 1, .crls = (const ak_crl *const *)&list, .n_crls = 1 };
		ak_stamp_found f;
		ak_error e = { 0 };
		ak_stamp *s = NULL;
		ak_status st;

		assert_int_equal(ak_stamp_parse(tsr, &s, NULL), AK_OK);
		st = ak_stamp_verify(s, &q, &f, &e);
		if (st != (cases[i].good ? AK_OK : AK_BAD_TIMESTAMP) || (st != AK_OK && strcmp(e.where, "timestamp.revoked") != 0))
			fail_msg("list %zu: %s at %s", i, ak_status_name(st), e.where);
		ak_stamp_free(&s);
		ak_crl_free(&list);
	}
	pin_drop(&p);
	stamp_drop(&tsr);
	authority_clear(&a);
	authority_clear(&b);
}

static void what_it_says(void **state)
{
	const wishes w = { .time = "20260601120000.25Z", .accuracy_ms = 500, .serial = "ff00" };
	authority a;
	ak_stamp *s = NULL, *t = NULL;
	const ak_stamp_info *i;
	ak_span tsr;

	(void)state;
	authority_make(&a, NULL);
	tsr = tsa_stamp(&a, &w);
	assert_int_equal(ak_stamp_parse(tsr, &s, NULL), AK_OK);
	i = ak_stamp_get_info(s);
	assert_string_equal(i->policy, "1.2.3.4.1");
	assert_string_equal(i->serial, "-0100");
	assert_true(i->time == at("2026-06-01T12:00:00Z") && i->nanos == 250000000);
	assert_true(i->earliest == at("2026-06-01T11:59:59Z") && i->latest == at("2026-06-01T12:00:01Z"));
	assert_true(i->has_accuracy && i->accuracy_us == 500000 && i->imprint_len == 32);
	assert_int_equal(ak_stamp_parse_token(ak_stamp_token(s), &t, NULL), AK_OK);
	assert_string_equal(ak_stamp_get_info(t)->policy, "1.2.3.4.1");
	ak_stamp_free(&t);
	assert_int_equal(ak_stamp_parse_token(tsr, &t, NULL), AK_BAD_FORMAT);
	assert_int_equal(ak_stamp_parse(ak_stamp_token(s), &t, NULL), AK_BAD_FORMAT);
	ak_stamp_free(&s);
	stamp_drop(&tsr);
	authority_clear(&a);
}

/* N68: two tokens of one authority, or of two that one operator runs, are one. */
static void counted_by_operator(void **state)
{
	const ak_tsa a = { .name = "a-1", .operator_name = "a" }, a2 = { .name = "a-2", .operator_name = "a" }, b = { .name = "b", .operator_name = "b" };
	const ak_tsa *const same[] = { &a, &a, &a2 }, *const two[] = { &a, &b, &a2 };

	(void)state;
	assert_int_equal(ak_tsa_operators(same, 3), 1);
	assert_int_equal(ak_tsa_operators(two, 3), 2);
	assert_int_equal(ak_tsa_operators(same, 0), 0);
}

/* Every prefix, and every byte changed: never another time, never believed where the signature covers it, and never a crash. */
static void mangled(void **state)
{
	const row r = { .name = "mangled", .want = AK_OK, .where = "" };
	ak_stamp_found f;
	authority a;
	size_t believed = 0;
	uint8_t *copy;
	ak_span tsr;
	pin p;

	(void)state;
	authority_make(&a, NULL);
	tsr = tsa_stamp(&a, &r.w);
	pin_make(&p, &a, &r);
	copy = ak_mem_alloc(tsr.len);
	for (size_t n = 0; n < tsr.len; n++) {
		memcpy(copy, tsr.data, tsr.len);
		assert_int_not_equal(judge((ak_span){ copy, n }, &r, &p, &f, NULL), AK_OK);
		for (int bit = 0; bit < 8; bit += 3) {
			copy[n] = (uint8_t)(tsr.data[n] ^ 1 << bit);
			if (judge((ak_span){ copy, tsr.len }, &r, &p, &f, NULL) == AK_OK)
				believed++;
		}
	}
	/* What no signature covers: status granted or not, versions, the names of algorithms said twice. */
	assert_true(believed <= 24);
	ak_mem_free(copy);
	pin_drop(&p);
	stamp_drop(&tsr);
	authority_clear(&a);
}

static void requests(void **state)
{
	static const uint8_t want[] = { 0x30, 0x41, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
	static const uint8_t end[] = { 0x02, 0x04, 0x00, 0x91, 0x02, 0x03, 0x01, 0x01, 0xff };
	const ak_digest d = { { 7 } };
	ak_buf b;

	(void)state;
	ak_buf_init(&b, AK_STAMP_REQUEST_MAX);
	assert_int_equal(ak_stamp_request((ak_span){ d.b, AK_DIGEST_LEN }, ak_span_str("\x91\x02\x03"), &b, NULL), AK_OK);
	assert_int_equal(b.len, sizeof(want) + 32 + sizeof(end));
	assert_int_equal(b.data[1], b.len - 2);
	assert_memory_equal(b.data + 2, want + 2, sizeof(want) - 2);
	assert_memory_equal(b.data + sizeof(want), d.b, 32);
	assert_memory_equal(b.data + b.len - sizeof(end), end, sizeof(end));
	ak_buf_clear(&b);
	assert_int_equal(ak_stamp_request((ak_span){ d.b, AK_DIGEST_LEN }, (ak_span){ 0 }, &b, NULL), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_stamp_request((ak_span){ d.b, AK_DIGEST_LEN }, ak_span_str("123456789012345678901"), &b, NULL), AK_INVALID_ARGUMENT);
	ak_buf_clear(&b);
}

typedef struct stamped {
	ak_span tsr;
	pin p;
} stamped;

static ak_status sweep(void *ctx)
{
	const row r = { .name = "oom", .want = AK_OK, .where = "" };
	const stamped *s = ctx;
	ak_stamp_found f;

	return judge(s->tsr, &r, &s->p, &f, NULL);
}

static void out_of_memory(void **state)
{
	const row r = { .name = "oom", .want = AK_OK, .where = "" };
	const wishes broken = { .broken = true };
	ak_stamp_found f;
	stamped s;
	authority a;

	(void)state;
	authority_make(&a, NULL);
	s.tsr = tsa_stamp(&a, &broken); /* OpenSSL makes its queue of errors once */
	pin_make(&s.p, &a, &r);
	assert_int_equal(judge(s.tsr, &r, &s.p, &f, NULL), AK_BAD_SIGNATURE);
	pin_drop(&s.p);
	stamp_drop(&s.tsr);
	s.tsr = tsa_stamp(&a, &r.w);
	pin_make(&s.p, &a, &r);
	oom_sweep_plan("time stamp", sweep, &s, &(oom_plan){ .points = 400, .may_keep = true }); /* it keeps the names of places in its queue */
	pin_drop(&s.p);
	stamp_drop(&s.tsr);
	authority_clear(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row),
		cmocka_unit_test(purpose_of_the_certificate),
		cmocka_unit_test(root_that_had_ended),
		cmocka_unit_test(forged_certificate_first),
		cmocka_unit_test(within_the_window_of_another),
		cmocka_unit_test(lists_that_are_missing),
		cmocka_unit_test(revoked),
		cmocka_unit_test(what_it_says),
		cmocka_unit_test(counted_by_operator),
		cmocka_unit_test(mangled),
		cmocka_unit_test(requests),
		cmocka_unit_test(out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
