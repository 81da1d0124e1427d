/* SPDX-License-Identifier: Apache-2.0 */
/* spki_builder.h - public keys for tests, good and bad; include after cmocka.h */
#ifndef AK_TEST_SPKI_BUILDER_H
#define AK_TEST_SPKI_BUILDER_H

#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { HEAD_P256 = 27, RSA_MAX = 1100 };

typedef struct der {
	uint8_t b[RSA_MAX];
	size_t len;
} der;

static inline ak_span span_of(const der *d)
{
	return (ak_span){ d->b, d->len };
}

static inline der spki_of(EVP_PKEY *pkey)
{
	unsigned char *p = NULL;
	int len = i2d_PUBKEY(pkey, &p);
	der d = { .len = (size_t)len };

	assert_in_range(len, 1, (int)sizeof(d.b));
	memcpy(d.b, p, d.len);
	OPENSSL_free(p);
	return d;
}

static inline der spki_and_free(EVP_PKEY *pkey)
{
	der d;

	assert_non_null(pkey);
	d = spki_of(pkey);
	EVP_PKEY_free(pkey);
	return d;
}

static inline void expect(const char *rule, ak_span spki, ak_status want, const char *where)
{
	ak_pubkey *k = NULL;
	ak_error err = { 0 };
	ak_status st = ak_pubkey_from_spki(spki, &k, &err);

	if (st != want)
		fail_msg("%s: %s, want %s", rule, ak_status_name(st), ak_status_name(want));
	if (strcmp(err.where, where) != 0)
		fail_msg("%s: at %s, want %s", rule, err.where, where);
	assert_null(k); /* outputs stay untouched */
	assert_true(ERR_peek_error() == 0);
}

/* The key is taken, and its parts are what they should be. */
static inline void check_good(const der *d, ak_key_alg alg)
{
	ak_pubkey *k = NULL;
	ak_digest id;
	uint8_t raw[32];

	assert_int_equal(ak_pubkey_from_spki(span_of(d), &k, NULL), AK_OK);
	assert_true(ak_span_eq(ak_pubkey_spki(k), span_of(d)));
	ak_sha256(span_of(d), &id);
	assert_true(ak_digest_eq(ak_pubkey_id(k), &id));
	assert_int_equal(ak_pubkey_alg(k), alg);
	assert_int_equal(ak_pubkey_raw_ed25519(k, raw), alg == AK_KEY_ED25519);
	if (alg == AK_KEY_ED25519) {
		ak_pubkey *same = NULL;

		assert_int_equal(ak_pubkey_from_ed25519(raw, &same, NULL), AK_OK);
		assert_true(ak_digest_eq(ak_pubkey_id(same), &id));
		ak_pubkey_free(&same);
	}
	ak_pubkey_free(&k);
	assert_null(k);
	ak_pubkey_free(&k);
	ak_pubkey_free(NULL);
}

/* tag, length, content, appended in front of nothing: *d becomes the whole value. */
static inline void wrap(der *d, uint8_t tag)
{
	uint8_t head[4] = { tag, 0x82, (uint8_t)(d->len >> 8), (uint8_t)d->len };
	size_t n = 4;

	if (d->len < 0x80) {
		head[1] = (uint8_t)d->len;
		n = 2;
	} else if (d->len < 0x100) {
		head[1] = 0x81;
		head[2] = (uint8_t)d->len;
		n = 3;
	}
	assert_true(d->len + n <= sizeof(d->b));
	memmove(d->b + n, d->b, d->len);
	memcpy(d->b, head, n);
	d->len += n;
}

static inline void append(der *d, const void *data, size_t len)
{
	assert_true(d->len + len <= sizeof(d->b));
	memcpy(d->b + d->len, data, len);
	d->len += len;
}

/* SPKI of an algorithm (OID with its tag, parameters as they stand) and a key. */
static inline der spki_from(const void *oid, size_t oid_len, const void *params, size_t params_len,
                     const void *key, size_t key_len)
{
	der alg = { .len = 0 }, bits = { .len = 0 };

	append(&alg, oid, oid_len);
	append(&alg, params, params_len);
	wrap(&alg, 0x30);
	append(&bits, "", 1);
	append(&bits, key, key_len);
	wrap(&bits, 0x03);
	append(&alg, bits.b, bits.len);
	wrap(&alg, 0x30);
	return alg;
}

static const uint8_t oid_rsa[11] = { 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
	                             0xf7, 0x0d, 0x01, 0x01, 0x01 };
/* SEQUENCE { n, e } with a modulus of so many bits.  Nobody can sign with it. */
static inline der rsa_numbers(size_t bits, const char *e, size_t e_len, bool even)
{
	der n = { .len = 0 }, exponent = { .len = 0 };
	size_t top = (bits - 1) % 8;

	if (top == 7)
		n.b[n.len++] = 0;
	n.b[n.len++] = (uint8_t)(1u << top);
	while (n.len < (bits + 7) / 8 + (top == 7))
		n.b[n.len++] = 0xa5;
	if (even)
		n.b[n.len - 1] = 0xa4;
	wrap(&n, 0x02);
	append(&exponent, e, e_len);
	wrap(&exponent, 0x02);
	append(&n, exponent.b, exponent.len);
	wrap(&n, 0x30);
	return n;
}

static inline der rsa_spki(size_t bits)
{
	der numbers = rsa_numbers(bits, "\1\0\1", 3, false);

	return spki_from(oid_rsa, sizeof(oid_rsa), "\5\0", 2, numbers.b, numbers.len);
}

#endif
