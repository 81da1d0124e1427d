/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/cert.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/ossl.h"
#include "crypto/pem.h"
#include "pki/part.h"
#include "pki/walk.h"

#include <openssl/x509v3.h>
#include <string.h>

static const char where[] = "certificate";

struct ak_cert {
	X509 *x;
	int64_t not_before, not_after;
	ak_digest id, key;
	ak_span spki; /* in `der` */
	bool is_ca;
	size_t len;
	uint8_t der[];
};

/* SEQUENCE { SEQUENCE { [0] version, serial, algorithm, issuer, validity, subject, SubjectPublicKeyInfo, … }, … }: the last named. */
static bool find_spki(ak_span der, ak_span *spki)
{
	ak_span outer, tbs, skipped;
	uint8_t tag;

	if (!ak_walk_take(&der, &tag, &outer) || !ak_walk_take(&outer, &tag, &tbs))
		return false;
	if (tbs.len != 0 && tbs.data[0] == 0xa0 && !ak_walk_take(&tbs, &tag, &skipped))
		return false;
	for (int i = 0; i < 5; i++)
		if (!ak_walk_take(&tbs, &tag, &skipped))
			return false;
	spki->data = tbs.data;
	if (!ak_walk_take(&tbs, &tag, &skipped) || tag != AK_TAG_SEQUENCE)
		return false;
	spki->len = (size_t)(tbs.data - spki->data);
	return true;
}

static ak_status check_same_bytes(X509 *x, ak_span der, ak_error *err)
{
	unsigned char *again = NULL;
	int len = i2d_X509(x, &again);
	bool same = len > 0 && ak_span_eq((ak_span){ again, (size_t)len }, der);

	OPENSSL_free(again);
	return same ? AK_OK : ak_ossl_fail(err, AK_BAD_FORMAT, where, "does not re-encode to the same bytes");
}

static ak_status fill(ak_cert *c, ak_error *err)
{
	const unsigned char *p = c->der;
	ak_span der = { c->der, c->len };
	uint32_t flags;
	ak_status st;

	c->x = d2i_X509(NULL, &p, (long)c->len);
	if (c->x == NULL || p != c->der + c->len)
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "not an X.509 certificate");
	st = check_same_bytes(c->x, der, err);
	if (st != AK_OK)
		return st;
	if (!find_spki(der, &c->spki))
		return ak_fail(err, AK_BAD_FORMAT, where, 0, "not an X.509 certificate");
	if (X509_get_version(c->x) != X509_VERSION_3 && !(X509_get_version(c->x) == X509_VERSION_1 && X509_get_ext_count(c->x) == 0))
		return ak_fail(err, AK_BAD_FORMAT, where, 0, "neither of version 3, nor of version 1 without extensions");
	st = ak_pki_extensions(X509_get0_extensions(c->x), where, err);
	if (st != AK_OK)
		return st;
	if (!ak_pki_time(X509_get0_notBefore(c->x), &c->not_before) || !ak_pki_time(X509_get0_notAfter(c->x), &c->not_after))
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "a validity that is no time");
	if (X509_get0_pubkey(c->x) == NULL)
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "a key that can not be read");
	flags = X509_get_extension_flags(c->x);
	if ((flags & EXFLAG_NO_FINGERPRINT) != 0) /* OpenSSL keeps that in mind, and no later comparison succeeds */
		return ak_ossl_fail(err, AK_INTERNAL, where, "OpenSSL can not take its digest");
	if ((flags & EXFLAG_INVALID) != 0)
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "an extension that does not say what its kind says");
	c->is_ca = (flags & EXFLAG_CA) != 0 && X509_check_ca(c->x) == 1;
	(void)ak_ossl_drain();
	ak_sha256(der, &c->id);
	ak_sha256(c->spki, &c->key);
	return AK_OK;
}

static ak_status parse_once(ak_span der, ak_cert **out, ak_error *err)
{
	ak_cert *c = ak_mem_alloc(sizeof(*c) + der.len);
	ak_status st;

	if (c == NULL)
		return ak_no_memory(err, where);
	memcpy(c->der, der.data, der.len);
	c->len = der.len;
	st = fill(c, err);
	if (st != AK_OK) {
		ak_cert_free(&c);
		return st;
	}
	*out = c;
	return AK_OK;
}

ak_status ak_cert_parse(ak_span der, ak_cert **out, ak_error *err)
{
	ak_walk w = { where, AK_CERT_MAX, AK_CERT_VALUES_MAX, AK_CERT_DEPTH_MAX, NULL, NULL };
	ak_status st = ak_walk_der(&w, der, err);

	if (st != AK_OK)
		return st;
	st = parse_once(der, out, err);
	if (st == AK_BAD_FORMAT || st == AK_INTERNAL)
		st = ak_pki_has_memory() ? parse_once(der, out, err) : ak_no_memory(err, where);
	return st;
}

void ak_cert_free(ak_cert **c)
{
	if (c == NULL || *c == NULL)
		return;
	X509_free((*c)->x);
	ak_mem_free(*c);
	*c = NULL;
}

void ak_certs_free(ak_cert **certs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		ak_cert_free(&certs[i]);
}

/* Cut the first block off: up to and with the line that ends it. */
static bool take_block(ak_span *rest, ak_span *block)
{
	static const char end[] = "-----END CERTIFICATE-----";
	size_t at;

	if (!ak_span_find(*rest, ak_span_str(end), &at))
		return false;
	at += sizeof(end) - 1;
	*block = (ak_span){ rest->data, at };
	*rest = (ak_span){ rest->data + at, rest->len - at };
	return true;
}

static bool is_blank(ak_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] != ' ' && s.data[i] != '\t' && s.data[i] != '\r' && s.data[i] != '\n')
			return false;
	return true;
}

static ak_status read_block(ak_span block, ak_cert **out, ak_error *err)
{
	ak_buf der;
	ak_status st;

	ak_buf_init(&der, AK_CERT_MAX);
	st = ak_pem_read(block, "CERTIFICATE", &der, err);
	if (st == AK_OK)
		st = ak_cert_parse(ak_buf_span(&der), out, err);
	ak_buf_clear(&der);
	return st;
}

ak_status ak_certs_read(ak_span file, ak_cert *out[AK_CHAIN_MAX], size_t *n, ak_error *err)
{
	ak_span rest = file, block;
	ak_status st = AK_OK;
	size_t count = 0;

	memset(out, 0, AK_CHAIN_MAX * sizeof(*out));
	if (file.len != 0 && file.data[0] == AK_TAG_SEQUENCE) {
		st = ak_cert_parse(file, &out[0], err);
		count = 1;
	}
	while (count == 0 || (rest.len != file.len && !is_blank(rest))) {
		if (count == AK_CHAIN_MAX)
			st = ak_fail(err, AK_BAD_FORMAT, where, count, "over %d certificates", AK_CHAIN_MAX);
		else if (!take_block(&rest, &block))
			st = ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(rest.data - file.data), "neither a PEM block of a certificate nor DER");
		else
			st = read_block(block, &out[count++], err);
		if (st != AK_OK)
			break;
	}
	if (st != AK_OK)
		ak_certs_free(out, AK_CHAIN_MAX);
	else
		*n = count;
	return st;
}

ak_span ak_cert_der(const ak_cert *c)
{
	return (ak_span){ c->der, c->len };
}

const ak_digest *ak_cert_id(const ak_cert *c)
{
	return &c->id;
}

ak_span ak_cert_spki(const ak_cert *c)
{
	return c->spki;
}

const ak_digest *ak_cert_key(const ak_cert *c)
{
	return &c->key;
}

int64_t ak_cert_not_before(const ak_cert *c)
{
	return c->not_before;
}

int64_t ak_cert_not_after(const ak_cert *c)
{
	return c->not_after;
}

bool ak_cert_is_ca(const ak_cert *c)
{
	return c->is_ca;
}

X509 *ak_cert_x509(const ak_cert *c)
{
	return c->x;
}

ak_status ak_cert_subject(const ak_cert *c, ak_buf *out, ak_error *err)
{
	return ak_pki_name(X509_get_subject_name(c->x), "certificate.subject", out, err);
}

ak_status ak_cert_issuer(const ak_cert *c, ak_buf *out, ak_error *err)
{
	return ak_pki_name(X509_get_issuer_name(c->x), "certificate.issuer", out, err);
}

ak_status ak_cert_serial(const ak_cert *c, ak_buf *out, ak_error *err)
{
	return ak_pki_number(X509_get0_serialNumber(c->x), "certificate.serial", out, err);
}

/* The first value of that kind in the subject, if there is one. */
static ak_status first_of(const ak_cert *c, int nid, ak_buf *out, ak_error *err)
{
	X509_NAME *name = X509_get_subject_name(c->x);
	int at = X509_NAME_get_index_by_NID(name, nid, -1);
	unsigned char *text = NULL;
	ak_status st;
	int len;

	if (at < 0)
		return AK_OK;
	len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
	if (len < 0)
		return ak_ossl_fail(err, AK_BAD_FORMAT, "certificate.subject", "a name that is no text");
	st = ak_buf_add(out, text, (size_t)len, err);
	OPENSSL_free(text);
	return st;
}

ak_status ak_cert_organisation(const ak_cert *c, ak_buf *out, ak_error *err)
{
	return first_of(c, NID_organizationName, out, err);
}

ak_status ak_cert_holder(const ak_cert *c, ak_buf *out, ak_error *err)
{
	const bool has = X509_NAME_get_index_by_NID(X509_get_subject_name(c->x), NID_organizationName, -1) >= 0;

	return first_of(c, has ? NID_organizationName : NID_commonName, out, err);
}
