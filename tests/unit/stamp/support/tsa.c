/* SPDX-License-Identifier: Apache-2.0 */
#include "tsa.h"

#include "base/utctime.h"
#include "crypto/der.h"

#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define GOOD(x) assert_true((x) > 0)

int64_t at(const char *time)
{
	int64_t t = 0;

	assert_true(ak_utctime_parse(ak_span_str(time), &t));
	return t;
}

/* ---- certificates ---- */

static void add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(e);
	GOOD(X509_add_ext(x, e, -1));
	X509_EXTENSION_free(e);
}

static X509 *make(const char *name, EVP_PKEY *key, X509 *issuer, EVP_PKEY *issuer_key, const char *from, const char *until)
{
	static long serial = 1000;
	X509 *x = X509_new();
	X509_NAME *n;

	assert_non_null(x);
	n = X509_get_subject_name(x);
	GOOD(X509_set_version(x, 2));
	GOOD(ASN1_INTEGER_set(X509_get_serialNumber(x), serial++));
	GOOD(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0));
	GOOD(X509_set_issuer_name(x, issuer == NULL ? n : X509_get_subject_name(issuer)));
	assert_non_null(ASN1_TIME_adj(X509_getm_notBefore(x), (time_t)at(from), 0, 0));
	assert_non_null(ASN1_TIME_adj(X509_getm_notAfter(x), (time_t)at(until), 0, 0));
	GOOD(X509_set_pubkey(x, key));
	add_extension(x, x, NID_subject_key_identifier, "hash");
	add_extension(x, issuer == NULL ? x : issuer, NID_authority_key_identifier, "keyid:always");
	if (issuer == NULL) {
		add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE");
		add_extension(x, x, NID_key_usage, "critical,keyCertSign,cRLSign");
		GOOD(X509_sign(x, issuer_key, EVP_sha256()));
	}
	return x;
}

static EVP_PKEY *new_key(void)
{
	EVP_PKEY *k = EVP_EC_gen("P-256");

	assert_non_null(k);
	return k;
}

void authority_make(authority *a, const tsa_wishes *w)
{
	static const tsa_wishes plain = { 0 };
	static const char *const ekus[] = { "critical,timeStamping", NULL, "timeStamping", "critical,timeStamping,emailProtection" };

	w = w == NULL ? &plain : w;
	a->root_key = new_key();
	a->key = new_key();
	a->root = make("Example Root", a->root_key, NULL, a->root_key, w->root_not_before == NULL ? "2020-01-01T00:00:00Z" : w->root_not_before,
	               w->root_not_after == NULL ? "2040-01-01T00:00:00Z" : w->root_not_after);
	a->cert = make("Example TSA", a->key, a->root, a->root_key, w->not_before == NULL ? "2026-01-01T00:00:00Z" : w->not_before,
	               w->not_after == NULL ? "2026-12-31T23:59:59Z" : w->not_after);
	add_extension(a->cert, a->root, NID_key_usage, "critical,digitalSignature");
	if (ekus[w->eku] != NULL)
		add_extension(a->cert, a->root, NID_ext_key_usage, ekus[w->eku]);
	GOOD(X509_sign(a->cert, a->root_key, EVP_sha256()));
}

void authority_clear(authority *a)
{
	EVP_PKEY_free(a->root_key);
	EVP_PKEY_free(a->key);
	X509_free(a->root);
	X509_free(a->cert);
	*a = (authority){ 0 };
}

ak_cert *as_cert(X509 *x)
{
	unsigned char *der = NULL;
	int n = i2d_X509(x, &der);
	ak_cert *c = NULL;
	ak_error e = { 0 };

	GOOD(n);
	if (ak_cert_parse((ak_span){ der, (size_t)n }, &c, &e) != AK_OK)
		fail_msg("certificate: %s", e.detail);
	OPENSSL_free(der);
	return c;
}

ak_crl *authority_revokes(const authority *a, const char *when, int reason)
{
	X509_CRL *x = X509_CRL_new();
	X509_REVOKED *r = X509_REVOKED_new();
	ASN1_TIME *t = ASN1_TIME_adj(NULL, (time_t)at("2026-12-01T00:00:00Z"), 0, 0);
	ASN1_ENUMERATED *e = ASN1_ENUMERATED_new();
	unsigned char *der = NULL;
	ak_crl *out = NULL;
	ak_error err = { 0 };
	int n;

	GOOD(X509_CRL_set_version(x, 1));
	GOOD(X509_CRL_set_issuer_name(x, X509_get_subject_name(a->root)));
	GOOD(X509_CRL_set1_lastUpdate(x, t));
	assert_non_null(ASN1_TIME_adj(t, (time_t)at("2027-12-01T00:00:00Z"), 0, 0));
	GOOD(X509_CRL_set1_nextUpdate(x, t));
	assert_non_null(ASN1_TIME_adj(t, (time_t)at(when), 0, 0));
	GOOD(X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(a->cert)));
	GOOD(X509_REVOKED_set_revocationDate(r, t));
	if (reason >= 0) {
		GOOD(ASN1_ENUMERATED_set(e, reason));
		GOOD(X509_REVOKED_add1_ext_i2d(r, NID_crl_reason, e, 0, 0));
	}
	GOOD(X509_CRL_add0_revoked(x, r));
	GOOD(X509_CRL_sign(x, a->root_key, EVP_sha256()));
	n = i2d_X509_CRL(x, &der);
	GOOD(n);
	if (ak_crl_parse((ak_span){ der, (size_t)n }, &out, &err) != AK_OK)
		fail_msg("list: %s", err.detail);
	OPENSSL_free(der);
	ASN1_ENUMERATED_free(e);
	ASN1_TIME_free(t);
	X509_CRL_free(x);
	return out;
}

/* ---- what is signed ---- */

static void put(ak_buf *b, uint8_t tag, const void *data, size_t n)
{
	assert_int_equal(ak_der_put(b, tag, (ak_span){ data, n }, NULL), AK_OK);
}

static void put_buf(ak_buf *b, uint8_t tag, ak_buf *content)
{
	put(b, tag, content->data, content->len);
	ak_buf_clear(content);
}

static void put_oid(ak_buf *b, const char *dotted)
{
	ASN1_OBJECT *o = OBJ_txt2obj(dotted, 1);

	assert_non_null(o);
	put(b, 0x06, OBJ_get0_data(o), OBJ_length(o));
	ASN1_OBJECT_free(o);
}

static void put_imprint(ak_buf *out, const wishes *w)
{
	const EVP_MD *md = EVP_get_digestbynid(w->hash == 0 ? NID_sha256 : w->hash);
	const char *m = w->message == NULL ? "hello" : w->message;
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned int n = 0;
	char oid[80];
	ak_buf alg, parts;

	ak_buf_init(&alg, 4096);
	ak_buf_init(&parts, 4096);
	GOOD(EVP_Digest(m, strlen(m), hash, &n, md, NULL));
	if (w->imprint.len != 0) {
		assert_int_equal(w->imprint.len, n);
		memcpy(hash, w->imprint.data, n);
	}
	GOOD(OBJ_obj2txt(oid, sizeof(oid), OBJ_nid2obj(EVP_MD_get_type(md)), 1));
	put_oid(&alg, oid);
	put(&alg, 0x05, "", 0);
	put_buf(&parts, 0x30, &alg);
	put(&parts, 0x04, hash, n);
	put_buf(out, 0x30, &parts);
}

static void put_accuracy(ak_buf *out, const wishes *w)
{
	uint8_t s[2] = { (uint8_t)(w->accuracy_s >> 8), (uint8_t)w->accuracy_s }, ms[2] = { (uint8_t)(w->accuracy_ms >> 8), (uint8_t)w->accuracy_ms };
	ak_buf parts;

	if (w->accuracy_s == 0 && w->accuracy_ms == 0)
		return;
	ak_buf_init(&parts, 64);
	if (w->accuracy_s > 0xffff) {
		put(&parts, 0x02, "\x02\x00\x00", 3);
	} else if (w->accuracy_s != 0) {
		assert_int_equal(ak_der_put_unsigned(&parts, (ak_span){ s, 2 }, NULL), AK_OK);
	}
	if (w->accuracy_ms != 0)
		put(&parts, 0x80, ms, 2);
	put_buf(out, 0x30, &parts);
}

static void tst_info(ak_buf *out, const wishes *w)
{
	const char *time = w->time == NULL ? "20260601120000Z" : w->time, *serial = w->serial == NULL ? "2a" : w->serial;
	uint8_t version = (uint8_t)(w->version == 0 ? 1 : w->version), number[64];
	size_t n = strlen(serial) / 2;
	ak_buf parts, extension, list;

	ak_buf_init(&parts, 4096);
	ak_buf_init(&extension, 4096);
	ak_buf_init(&list, 4096);
	put(&parts, 0x02, &version, 1);
	put_oid(&parts, w->policy == NULL ? "1.2.3.4.1" : w->policy);
	put_imprint(&parts, w);
	for (size_t i = 0; i < n; i++) {
		unsigned int b = 0;

		assert_int_equal(sscanf(serial + 2 * i, "%2x", &b), 1);
		number[i] = (uint8_t)b;
	}
	put(&parts, 0x02, number, n);
	put(&parts, 0x18, time, strlen(time));
	put_accuracy(&parts, w);
	if (w->nonce != NULL)
		assert_int_equal(ak_der_put_unsigned(&parts, ak_span_str(w->nonce), NULL), AK_OK);
	if (w->critical_extension) {
		put_oid(&extension, "1.2.3.4.5");
		put(&extension, 0x01, "\xff", 1);
		put(&extension, 0x04, "\x05\x00", 2);
		put_buf(&list, 0x30, &extension);
		put_buf(&parts, 0xa1, &list);
	}
	put_buf(out, 0x30, &parts);
}

/* ---- the signature ---- */

static void ess_attribute(CMS_SignerInfo *si, X509 *cert, ess kind)
{
	const EVP_MD *md = kind == ESS_V1 || kind == ESS_V1_WRONG ? EVP_sha1() : EVP_sha256();
	int nid = kind == ESS_V1 || kind == ESS_V1_WRONG ? NID_id_smime_aa_signingCertificate : NID_id_smime_aa_signingCertificateV2;
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned int n = 0;
	ak_buf one, list, all, value;

	if (kind == ESS_NONE)
		return;
	ak_buf_init(&one, 256);
	ak_buf_init(&list, 256);
	ak_buf_init(&all, 256);
	ak_buf_init(&value, 256);
	GOOD(X509_digest(cert, md, hash, &n));
	if (kind == ESS_OTHER || kind == ESS_V1_WRONG)
		hash[0] ^= 1;
	put(&one, 0x04, hash, n);
	put_buf(&list, 0x30, &one);
	put_buf(&all, 0x30, &list);
	put_buf(&value, 0x30, &all);
	if (kind == ESS_TEXT)
		GOOD(CMS_signed_add1_attr_by_NID(si, nid, V_ASN1_UTF8STRING, "text", 4));
	else
		GOOD(CMS_signed_add1_attr_by_NID(si, nid, V_ASN1_SEQUENCE, value.data, (int)value.len));
	ak_buf_clear(&value);
}

static void token(const authority *a, const wishes *w, ak_buf *out)
{
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY | CMS_NOCERTS);
	ASN1_OBJECT *type = OBJ_nid2obj(w->wrong_content ? NID_pkcs7_data : NID_id_smime_ct_TSTInfo);
	ak_buf content;
	unsigned char *der = NULL;
	BIO *in;
	int n;

	assert_non_null(cms);
	GOOD(CMS_set1_eContentType(cms, type));
	if (w->first != NULL)
		GOOD(CMS_add1_cert(cms, w->first));
	if (!w->no_certificate)
		GOOD(CMS_add1_cert(cms, a->cert));
	for (int i = 0; i < (w->signers == 0 ? 1 : w->signers); i++) {
		CMS_SignerInfo *si = CMS_add1_signer(cms, a->cert, a->key, EVP_get_digestbynid(w->digest == 0 ? NID_sha256 : w->digest),
		                                     CMS_BINARY | CMS_NOSMIMECAP | CMS_NOCERTS);

		assert_non_null(si);
		ess_attribute(si, a->cert, w->ess);
	}
	ak_buf_init(&content, 4096);
	tst_info(&content, w);
	in = BIO_new_mem_buf(content.data, (int)content.len);
	if (CMS_final(cms, in, NULL, CMS_BINARY) != 1) {
		ERR_print_errors_fp(stderr);
		fail_msg("token of %s, ess %d, signers %d, digest %d", w->time == NULL ? "" : w->time, (int)w->ess, w->signers, w->digest);
	}
	n = i2d_CMS_ContentInfo(cms, &der);
	GOOD(n);
	if (w->broken)
		der[n - 1] ^= 1;
	assert_int_equal(ak_buf_add(out, der, (size_t)n, NULL), AK_OK);
	OPENSSL_free(der);
	BIO_free(in);
	ak_buf_clear(&content);
	CMS_ContentInfo_free(cms);
}

/* Leave the SET of digest algorithms of a token empty: five lengths enclose it. */
static void drop_digests(ak_buf *t)
{
	static const uint8_t alg[] = { 0x31, 0x0d, 0x30, 0x0b };
	size_t i = 0;

	while (i + sizeof(alg) < t->len && memcmp(t->data + i, alg, sizeof(alg)) != 0)
		i++;
	assert_true(i < 40);
	memmove(t->data + i + 2, t->data + i + 15, t->len - i - 15);
	t->data[i + 1] = 0;
	t->len -= 13;
	/* 30 82 xx xx 06 09 … a0 82 xx xx 30 82 xx xx */
	for (size_t at_len = 0, k = 0; k < 3; k++) {
		static const size_t where[] = { 2, 17, 21 };
		size_t len;

		at_len = where[k];
		len = ((size_t)t->data[at_len] << 8 | t->data[at_len + 1]) - 13;
		t->data[at_len] = (uint8_t)(len >> 8);
		t->data[at_len + 1] = (uint8_t)len;
	}
}

ak_span tsa_stamp(const authority *a, const wishes *w)
{
	uint8_t status = (uint8_t)w->status;
	ak_buf parts, info, out;
	uint8_t *copy;

	ak_buf_init(&parts, 65536);
	ak_buf_init(&info, 4096);
	ak_buf_init(&out, 65536);
	put(&info, 0x02, &status, 1);
	if (status > 1)
		put(&info, 0x30, "\x0c\x07not \x1b[m", 9);
	put_buf(&parts, 0x30, &info);
	if (!w->no_token) {
		ak_buf t;

		ak_buf_init(&t, 65536);
		token(a, w, &t);
		if (w->no_digests)
			drop_digests(&t);
		assert_int_equal(ak_buf_add_span(&parts, ak_buf_span(&t), NULL), AK_OK);
		ak_buf_clear(&t);
	}
	put_buf(&out, 0x30, &parts);
	if (w->trailing)
		assert_int_equal(ak_buf_add_byte(&out, 0, NULL), AK_OK);
	copy = OPENSSL_memdup(out.data, out.len);
	assert_non_null(copy);
	info.len = out.len;
	ak_buf_clear(&out);
	return (ak_span){ copy, info.len };
}

void stamp_drop(ak_span *s)
{
	OPENSSL_free((void *)(uintptr_t)s->data);
	*s = (ak_span){ 0 };
}
