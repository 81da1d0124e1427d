/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/crl.h"

#include "crypto/hash.h"
#include "crypto/ossl.h"
#include "pki/part.h"
#include "pki/path.h"
#include "pki/walk.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

static const char where[] = "crl";

struct ak_crl {
	X509_CRL *x;
	int64_t this_update, next_update;
	bool has_next;
	ak_digest id;
	size_t len;
	uint8_t der[];
};

static ak_status fill(ak_crl *c, ak_error *err)
{
	const unsigned char *p = c->der;
	const ASN1_TIME *next;
	unsigned char *again = NULL;
	bool same;
	int len;

	c->x = d2i_X509_CRL(NULL, &p, (long)c->len);
	if (c->x == NULL || p != c->der + c->len)
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "not a certificate revocation list");
	len = i2d_X509_CRL(c->x, &again);
	same = len > 0 && ak_span_eq((ak_span){ again, (size_t)len }, ak_crl_der(c));
	OPENSSL_free(again);
	if (!same)
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "does not re-encode to the same bytes");
	next = X509_CRL_get0_nextUpdate(c->x);
	c->has_next = next != NULL;
	if (!ak_pki_time(X509_CRL_get0_lastUpdate(c->x), &c->this_update) || (next != NULL && !ak_pki_time(next, &c->next_update)))
		return ak_ossl_fail(err, AK_BAD_FORMAT, where, "a time that is none");
	ak_sha256(ak_crl_der(c), &c->id);
	return ak_pki_extensions(X509_CRL_get0_extensions(c->x), where, err);
}

static ak_status parse_once(ak_span der, ak_crl **out, ak_error *err)
{
	ak_crl *c = ak_mem_alloc(sizeof(*c) + der.len);
	ak_status st;

	if (c == NULL)
		return ak_no_memory(err, where);
	memcpy(c->der, der.data, der.len);
	c->len = der.len;
	st = fill(c, err);
	if (st != AK_OK) {
		ak_crl_free(&c);
		return st;
	}
	*out = c;
	return AK_OK;
}

static ak_status parse_der(ak_span der, ak_crl **out, ak_error *err)
{
	ak_walk w = { where, AK_CRL_MAX, AK_CRL_VALUES_MAX, AK_CRL_DEPTH_MAX, NULL, NULL };
	ak_status st = ak_walk_der(&w, der, err);

	if (st != AK_OK)
		return st;
	st = parse_once(der, out, err);
	if (st == AK_BAD_FORMAT)
		st = ak_pki_has_memory() ? parse_once(der, out, err) : ak_no_memory(err, where);
	return st;
}

/* crypto/pem.h reads small blocks; a list may be large. */
static ak_status parse_pem(ak_span file, ak_crl **out, ak_error *err)
{
	BIO *b = BIO_new_mem_buf(file.data, (int)file.len);
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	long len = 0;
	ak_status st;

	if (b == NULL || PEM_read_bio(b, &name, &header, &der, &len) != 1)
		st = ak_ossl_fail(err, AK_BAD_FORMAT, where, "neither DER nor a PEM block of a list");
	else if (strcmp(name, PEM_STRING_X509_CRL) != 0)
		st = ak_fail(err, AK_BAD_FORMAT, where, 0, "not a PEM block \"%s\"", PEM_STRING_X509_CRL);
	else
		st = parse_der((ak_span){ der, (size_t)len }, out, err);
	OPENSSL_free(name);
	OPENSSL_free(header);
	OPENSSL_free(der);
	BIO_free(b);
	return st;
}

ak_status ak_crl_parse(ak_span file, ak_crl **out, ak_error *err)
{
	if (file.len > 2 * AK_CRL_MAX)
		return ak_fail(err, AK_BAD_FORMAT, where, AK_CRL_MAX, "over %d bytes", AK_CRL_MAX);
	if (file.len != 0 && file.data[0] == AK_TAG_SEQUENCE)
		return parse_der(file, out, err);
	return parse_pem(file, out, err);
}

void ak_crl_free(ak_crl **c)
{
	if (c == NULL || *c == NULL)
		return;
	X509_CRL_free((*c)->x);
	ak_mem_free(*c);
	*c = NULL;
}

ak_span ak_crl_der(const ak_crl *c)
{
	return (ak_span){ c->der, c->len };
}

const ak_digest *ak_crl_id(const ak_crl *c)
{
	return &c->id;
}

int64_t ak_crl_this_update(const ak_crl *c)
{
	return c->this_update;
}

bool ak_crl_next_update(const ak_crl *c, int64_t *t)
{
	if (c->has_next)
		*t = c->next_update;
	return c->has_next;
}

ak_status ak_crl_issuer(const ak_crl *c, ak_buf *out, ak_error *err)
{
	return ak_pki_name(X509_CRL_get_issuer(c->x), "crl.issuer", out, err);
}

ak_status ak_crl_number(const ak_crl *c, ak_buf *out, ak_error *err)
{
	ASN1_INTEGER *n = X509_CRL_get_ext_d2i(c->x, NID_crl_number, NULL, NULL);
	ak_status st;

	if (n == NULL)
		return ak_ossl_drain() ? ak_no_memory(err, where) : AK_OK;
	st = ak_pki_number(n, "crl.number", out, err);
	ASN1_INTEGER_free(n);
	return st;
}

X509_CRL *ak_crl_x509(const ak_crl *c)
{
	return c->x;
}

static bool is_indirect(X509_CRL *x)
{
	ISSUING_DIST_POINT *idp = X509_CRL_get_ext_d2i(x, NID_issuing_distribution_point, NULL, NULL);
	bool indirect = idp != NULL && idp->indirectCRL > 0;

	ISSUING_DIST_POINT_free(idp);
	return indirect;
}

ak_status ak_crl_check_form(const ak_crl *c, ak_error *err)
{
	const char *why = NULL;

	if (!c->has_next)
		why = "without nextUpdate nobody can tell how long it holds";
	else if (c->next_update <= c->this_update)
		why = "nextUpdate is not after thisUpdate";
	else if (X509_CRL_get_ext_by_NID(c->x, NID_delta_crl, -1) >= 0)
		why = "a delta list; a complete one is needed";
	else if (is_indirect(c->x))
		why = "an indirect list; one by the issuer of the certificates is needed";
	for (int i = 0; why == NULL && i < X509_CRL_get_ext_count(c->x); i++) {
		X509_EXTENSION *e = X509_CRL_get_ext(c->x, i);
		int nid = OBJ_obj2nid(X509_EXTENSION_get_object(e));

		if (X509_EXTENSION_get_critical(e) && nid != NID_issuing_distribution_point && nid != NID_authority_key_identifier)
			why = "a critical extension that is not known";
	}
	if (ak_ossl_drain())
		return ak_no_memory(err, where);
	return why == NULL ? AK_OK : ak_fail(err, AK_BAD_FORMAT, where, 0, "%s", why);
}

ak_status ak_crl_check_issuer(const ak_crl *c, const ak_cert *issuer, ak_error *err)
{
	X509 *x = ak_cert_x509(issuer);
	EVP_PKEY *key = X509_get0_pubkey(x);

	if (X509_NAME_cmp(X509_CRL_get_issuer(c->x), X509_get_subject_name(x)) != 0)
		return ak_fail(err, AK_NOT_FOUND, where, 0, "the list is another issuer's");
	if ((X509_get_extension_flags(x) & EXFLAG_KUSAGE) != 0 && (X509_get_key_usage(x) & KU_CRL_SIGN) == 0)
		return ak_fail(err, AK_BAD_CERTIFICATE, where, 0, "the issuer's key usage has no cRLSign");
	if (!ak_pki_strong_crl(c->x))
		return ak_fail(err, AK_WEAK_KEY, where, 0, "the list is signed by an algorithm that is not taken");
	if (key == NULL || X509_CRL_verify(c->x, key) != 1)
		return ak_ossl_fail(err, AK_BAD_SIGNATURE, where, "the signature on the list is not its issuer's");
	return AK_OK;
}

static void read_entry(X509_REVOKED *r, ak_revoked *out)
{
	ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(r, NID_crl_reason, NULL, NULL);
	ASN1_GENERALIZEDTIME *invalid = X509_REVOKED_get_ext_d2i(r, NID_invalidity_date, NULL, NULL);

	out->reason = reason == NULL ? -1 : (int)ASN1_ENUMERATED_get(reason);
	if (!ak_pki_time(X509_REVOKED_get0_revocationDate(r), &out->date))
		out->date = 0; /* a date that is none: from the start */
	if (invalid == NULL || !ak_pki_time(invalid, &out->invalid) || out->invalid > out->date)
		out->invalid = out->date;
	ASN1_ENUMERATED_free(reason);
	ASN1_GENERALIZEDTIME_free(invalid);
}

bool ak_crl_find(const ak_crl *c, const ak_cert *cert, ak_revoked *out)
{
	X509 *x = ak_cert_x509(cert);
	X509_REVOKED *r = NULL;

	if (X509_NAME_cmp(X509_CRL_get_issuer(c->x), X509_get_issuer_name(x)) != 0 || X509_CRL_get0_by_cert(c->x, &r, x) != 1 || r == NULL)
		return false;
	read_entry(r, out);
	(void)ak_ossl_drain();
	return true;
}

const char *ak_revoked_reason(int reason)
{
	static const char *const names[] = {
		"unspecified", "keyCompromise", "cACompromise", "affiliationChanged", "superseded", "cessationOfOperation",
		"certificateHold", NULL, "removeFromCRL", "privilegeWithdrawn", "aACompromise",
	};

	if (reason < 0 || (size_t)reason >= sizeof(names) / sizeof(names[0]) || names[reason] == NULL)
		return names[0];
	return names[reason];
}
