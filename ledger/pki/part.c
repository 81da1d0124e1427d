/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/part.h"

#include "base/text.h"
#include "crypto/ossl.h"
#include "pki/walk.h"

#include <openssl/bio.h>
#include <openssl/x509v3.h>

enum { PROBE = 32 * 1024 /* bytes: more than reading or checking allocates at a time */ };

/* Days from 1970-01-01 to a day of the Gregorian calendar; years begin in March, so that a leap day is the last one. */
static int64_t days(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = y / 400, of_era = y % 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool ak_pki_time(const ASN1_TIME *t, int64_t *unix_s)
{
	struct tm tm;

	if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1 || tm.tm_year < -1899 || tm.tm_year > 8099)
		return false;
	*unix_s = days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * 86400 + tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec;
	return true;
}

bool ak_pki_has_memory(void)
{
	void *p = OPENSSL_malloc(PROBE);

	OPENSSL_free(p);
	return p != NULL;
}

bool ak_pki_strong_digest(int md_nid, int key_nid)
{
	if (key_nid == NID_ED25519 || key_nid == NID_ED448)
		return true;
	return (md_nid == NID_sha256 || md_nid == NID_sha384 || md_nid == NID_sha512) &&
	       (key_nid == NID_rsaEncryption || key_nid == NID_rsassaPss || key_nid == NID_X9_62_id_ecPublicKey);
}

bool ak_pki_strong_crl(const X509_CRL *x)
{
	int md = NID_undef, key = NID_undef;

	return OBJ_find_sigid_algs(X509_CRL_get_signature_nid(x), &md, &key) == 1 && ak_pki_strong_digest(md, key);
}

ak_status ak_pki_name(const X509_NAME *name, const char *where, ak_buf *out, ak_error *err)
{
	BIO *b = BIO_new(BIO_s_mem());
	char *text = NULL;
	ak_status st = AK_OK;
	long len;

	if (b == NULL || X509_NAME_print_ex(b, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB) < 0) {
		BIO_free(b);
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "a name that is no text");
	}
	len = BIO_get_mem_data(b, &text);
	if (len > AK_CERT_TEXT_MAX)
		st = ak_fail(err, AK_BAD_FORMAT, where, AK_CERT_TEXT_MAX, "a name over %d bytes", AK_CERT_TEXT_MAX);
	else if (len > 0)
		st = ak_buf_add(out, text, (size_t)len, err);
	BIO_free(b);
	return st;
}

ak_status ak_pki_number(const ASN1_INTEGER *n, const char *where, ak_buf *out, ak_error *err)
{
	ak_span bytes = { ASN1_STRING_get0_data(n), (size_t)ASN1_STRING_length(n) };

	if (bytes.len > 64)
		return ak_fail(err, AK_BAD_FORMAT, where, 64, "a number over 64 bytes");
	if ((ASN1_STRING_type(n) & V_ASN1_NEG) != 0 && ak_buf_add_byte(out, '-', err) != AK_OK)
		return err == NULL ? AK_NO_MEMORY : err->status;
	for (size_t i = 0; i < bytes.len; i++) {
		ak_status st = ak_buf_addf(out, err, "%02x", bytes.data[i]);

		if (st != AK_OK)
			return st;
	}
	return AK_OK;
}

static bool is_repeated(const STACK_OF(X509_EXTENSION) *list, int at)
{
	const ASN1_OBJECT *o = X509_EXTENSION_get_object(sk_X509_EXTENSION_value(list, at));

	for (int i = 0; i < at; i++)
		if (OBJ_cmp(o, X509_EXTENSION_get_object(sk_X509_EXTENSION_value(list, i))) == 0)
			return true;
	return false;
}

ak_status ak_pki_extensions(const STACK_OF(X509_EXTENSION) *list, const char *where, ak_error *err)
{
	int n = list == NULL ? 0 : sk_X509_EXTENSION_num(list);

	if (n > AK_CERT_EXTENSIONS_MAX)
		return ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)n, "over %d extensions", AK_CERT_EXTENSIONS_MAX);
	for (int i = 0; i < n; i++) {
		const ASN1_OCTET_STRING *v = X509_EXTENSION_get_data(sk_X509_EXTENSION_value(list, i));
		ak_span value = { ASN1_STRING_get0_data(v), (size_t)ASN1_STRING_length(v) };
		ak_walk w = { where, AK_CERT_MAX, AK_CERT_VALUES_MAX, AK_CERT_DEPTH_MAX, NULL, NULL };
		ak_status st = ak_walk_der(&w, value, err);

		if (st != AK_OK)
			return st;
		if (is_repeated(list, i))
			return ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)i, "an extension twice");
	}
	return AK_OK;
}
