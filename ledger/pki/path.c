/* SPDX-License-Identifier: Apache-2.0 */
#include "pki/path.h"

#include "crypto/ossl.h"
#include "pki/part.h"

#include <openssl/core_names.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

static const char where[] = "certificate.path";

/* ---- keys and algorithms ---- */

static bool has_strong_key(X509 *x)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	char group[32];
	BIGNUM *e = NULL;
	bool good;

	if (key == NULL)
		return false;
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_ED25519:
	case EVP_PKEY_ED448:
		return true;
	case EVP_PKEY_EC:
		return EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 &&
		       (strcmp(group, "prime256v1") == 0 || strcmp(group, "secp384r1") == 0 || strcmp(group, "secp521r1") == 0);
	case EVP_PKEY_RSA:
	case EVP_PKEY_RSA_PSS:
		good = EVP_PKEY_get_bits(key) >= 2048 && EVP_PKEY_get_bits(key) <= 8192 &&
		       EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && BN_is_odd(e) && !BN_is_one(e);
		BN_free(e);
		return good;
	default:
		return false;
	}
}

static bool has_strong_signature(X509 *x)
{
	int md = NID_undef, key = NID_undef;

	return X509_get_signature_info(x, &md, &key, NULL, NULL) == 1 && ak_pki_strong_digest(md, key);
}

ak_status ak_cert_check_strength(const ak_cert *c, bool is_root, ak_error *err)
{
	if (!has_strong_key(ak_cert_x509(c)))
		return ak_ossl_fail(err, AK_WEAK_KEY, where, "a key that is weak or of a kind that is not taken");
	if (!is_root && !has_strong_signature(ak_cert_x509(c)))
		return ak_ossl_fail(err, AK_WEAK_KEY, where, "a signature algorithm that is weak (MD5, SHA-1) or not taken");
	return AK_OK;
}

/* ---- what the leaf is for ---- */

static const char *unfit_for_signature(X509 *x)
{
	static const char *const uses[] = {
		"1.3.6.1.5.5.7.3.36",     /* documentSigning, RFC 9336 */
		"1.3.6.1.5.5.7.3.4",      /* emailProtection */
		"2.5.29.37.0",            /* any */
		"1.3.6.1.4.1.311.10.3.12", /* Microsoft's document signing */
		"1.2.840.113583.1.1.5",   /* Adobe's */
	};
	EXTENDED_KEY_USAGE *list;
	bool fit = false;

	if (X509_check_ca(x) != 0)
		return "the certificate is an issuer's, not a signer's";
	if ((X509_get_extension_flags(x) & EXFLAG_KUSAGE) != 0 && (X509_get_key_usage(x) & (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION)) == 0)
		return "the key usage has neither digitalSignature nor nonRepudiation";
	if ((X509_get_extension_flags(x) & EXFLAG_XKUSAGE) == 0)
		return NULL;
	list = X509_get_ext_d2i(x, NID_ext_key_usage, NULL, NULL);
	for (int i = 0; i < (list == NULL ? 0 : sk_ASN1_OBJECT_num(list)); i++) {
		char dotted[80];

		OBJ_obj2txt(dotted, sizeof(dotted), sk_ASN1_OBJECT_value(list, i), 1);
		for (size_t k = 0; k < sizeof(uses) / sizeof(uses[0]); k++)
			fit = fit || strcmp(dotted, uses[k]) == 0;
	}
	EXTENDED_KEY_USAGE_free(list);
	return fit ? NULL : "the extended key usage is not for signing documents";
}

/* ---- revocation that can not be found out ---- */

typedef struct watch {
	int64_t at;       /* the time asked about */
	int unknown;      /* the first reason why revocation could not be found out; X509_V_OK: none */
	int unknown_at;   /* the certificate */
	X509_CRL *unfit;  /* a list whose word does not count: not its issuer's, or about something else */
} watch;

static bool is_about_list(int code)
{
	switch (code) {
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
	case X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE:
	case X509_V_ERR_CRL_SIGNATURE_FAILURE:
	case X509_V_ERR_CRL_NOT_YET_VALID:
	case X509_V_ERR_CRL_HAS_EXPIRED:
	case X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD:
	case X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD:
	case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
	case X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION:
	case X509_V_ERR_DIFFERENT_CRL_SCOPE:
	case X509_V_ERR_CRL_PATH_VALIDATION_ERROR:
	case X509_V_ERR_UNSUPPORTED_EXTENSION_FEATURE:
		return true;
	default:
		return false;
	}
}

static int observe(int good, X509_STORE_CTX *ctx)
{
	watch *w = X509_STORE_CTX_get_app_data(ctx);
	int code = X509_STORE_CTX_get_error(ctx), at = X509_STORE_CTX_get_error_depth(ctx);
	X509_CRL *list = X509_STORE_CTX_get0_current_crl(ctx);
	int top = sk_X509_num(X509_STORE_CTX_get0_chain(ctx)) - 1;
	int64_t last;

	if (good || w == NULL)
		return good;
	/* notAfter is the last second of the validity (RFC 5280, 4.1.2.5); OpenSSL takes it for the first one after. */
	if (code == X509_V_ERR_CERT_HAS_EXPIRED && ak_pki_time(X509_get0_notAfter(X509_STORE_CTX_get_current_cert(ctx)), &last) && last == w->at)
		return 1;
	if (code == X509_V_ERR_CERT_REVOKED && list != NULL && list == w->unfit)
		return 1; /* and what made it unfit is remembered */
	if (!is_about_list(code))
		return 0;
	if (code != X509_V_ERR_CRL_HAS_EXPIRED)
		w->unfit = list;
	/* The root is trusted because it is pinned; nobody above it could revoke it. */
	if (at == top && at != 0)
		return 1;
	if (w->unknown == X509_V_OK) {
		w->unknown = code;
		w->unknown_at = at;
	}
	return 1;
}

/* ---- asking OpenSSL ---- */

static ak_status add_policies(const ak_path_query *q, X509_VERIFY_PARAM *p, ak_error *err)
{
	static const char *const any[] = { "2.5.29.32.0" }; /* said aloud: to OpenSSL no policy at all is none that would do */
	const char *const *list = q->n_policies == 0 ? any : q->policies;
	size_t n = q->n_policies == 0 ? 1 : q->n_policies;

	for (size_t i = 0; i < n; i++) {
		ASN1_OBJECT *o = OBJ_txt2obj(list[i], 1);

		if (o == NULL)
			return ak_ossl_fail(err, AK_INVALID_ARGUMENT, where, "a policy that is no object identifier");
		if (X509_VERIFY_PARAM_add0_policy(p, o) != 1) {
			ASN1_OBJECT_free(o);
			return ak_ossl_fail(err, AK_INTERNAL, where, "a policy can not be asked for");
		}
	}
	return AK_OK;
}

static unsigned long flags(const ak_path_query *q)
{
	unsigned long f = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_EXTENDED_CRL_SUPPORT | X509_V_FLAG_USE_DELTAS;

	if (!q->lenient)
		f |= X509_V_FLAG_X509_STRICT;
	if (q->revocation)
		f |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
	if (q->explicit_policy || q->n_policies != 0)
		f |= X509_V_FLAG_EXPLICIT_POLICY;
	if (q->inhibit_mapping)
		f |= X509_V_FLAG_INHIBIT_MAP;
	if (q->inhibit_any)
		f |= X509_V_FLAG_INHIBIT_ANY;
	return f;
}

typedef struct setting {
	X509_STORE *store;
	X509_STORE_CTX *ctx;
	STACK_OF(X509) *others;
	STACK_OF(X509_CRL) *crls;
	watch seen;
} setting;

static bool lay_out(setting *s, const ak_path_query *q)
{
	bool good;

	s->store = X509_STORE_new();
	s->ctx = X509_STORE_CTX_new();
	s->others = sk_X509_new_null();
	s->crls = sk_X509_CRL_new_null();
	good = s->store != NULL && s->ctx != NULL && s->others != NULL && s->crls != NULL;
	for (size_t i = 0; good && i < q->n_roots; i++)
		good = X509_STORE_add_cert(s->store, ak_cert_x509(q->roots[i])) == 1;
	for (size_t i = 0; good && i < q->n_others; i++)
		good = sk_X509_push(s->others, ak_cert_x509(q->others[i])) > 0;
	for (size_t i = 0; good && i < q->n_crls; i++)
		good = !ak_pki_strong_crl(ak_crl_x509(q->crls[i])) || sk_X509_CRL_push(s->crls, ak_crl_x509(q->crls[i])) > 0;
	return good && X509_STORE_CTX_init(s->ctx, s->store, ak_cert_x509(q->leaf), s->others) == 1;
}

static void put_away(setting *s)
{
	X509_STORE_CTX_free(s->ctx);
	X509_STORE_free(s->store);
	sk_X509_free(s->others);
	sk_X509_CRL_free(s->crls);
}

static ak_status ask(setting *s, const ak_path_query *q, ak_error *err)
{
	X509_VERIFY_PARAM *p;
	ak_status st;

	if (!lay_out(s, q))
		return ak_ossl_fail(err, AK_INTERNAL, where, "a path can not be asked for");
	p = X509_STORE_CTX_get0_param(s->ctx);
	X509_STORE_CTX_set0_crls(s->ctx, s->crls);
	st = add_policies(q, p, err);
	if (st != AK_OK)
		return st;
	if (X509_VERIFY_PARAM_set_flags(p, flags(q)) != 1 ||
	    (q->purpose == AK_PURPOSE_TIMESTAMP && X509_VERIFY_PARAM_set_purpose(p, X509_PURPOSE_TIMESTAMP_SIGN) != 1))
		return ak_ossl_fail(err, AK_INTERNAL, where, "a path can not be asked for");
	X509_VERIFY_PARAM_set_depth(p, AK_CHAIN_MAX - 2); /* issuers between leaf and root */
	X509_VERIFY_PARAM_set_time(p, (time_t)q->at);
	X509_STORE_CTX_set_app_data(s->ctx, &s->seen);
	X509_STORE_CTX_set_verify_cb(s->ctx, observe);
	if (X509_verify_cert(s->ctx) == 1)
		return AK_OK;
	if (X509_STORE_CTX_get_error(s->ctx) == X509_V_ERR_OUT_OF_MEM || ak_ossl_drain())
		return ak_no_memory(err, where);
	if (X509_STORE_CTX_get_error(s->ctx) == X509_V_OK || X509_STORE_CTX_get_error(s->ctx) == X509_V_ERR_INVALID_CALL)
		return ak_ossl_fail(err, AK_INTERNAL, where, "the path could not be checked");
	return ak_fail(err, AK_BAD_CERTIFICATE, where, (uint64_t)X509_STORE_CTX_get_error_depth(s->ctx), "%s",
	               X509_verify_cert_error_string(X509_STORE_CTX_get_error(s->ctx)));
}

/* ---- what OpenSSL leaves to us ---- */

static const ak_cert *which(const ak_path_query *q, X509 *x)
{
	if (X509_cmp(ak_cert_x509(q->leaf), x) == 0)
		return q->leaf;
	for (size_t i = 0; i < q->n_roots; i++)
		if (X509_cmp(ak_cert_x509(q->roots[i]), x) == 0)
			return q->roots[i];
	for (size_t i = 0; i < q->n_others; i++)
		if (X509_cmp(ak_cert_x509(q->others[i]), x) == 0)
			return q->others[i];
	return NULL;
}

static ak_status take_path(const setting *s, const ak_path_query *q, ak_path *path, ak_error *err)
{
	const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(s->ctx);
	int n = sk_X509_num(chain);

	if (n < 1 || n > AK_CHAIN_MAX)
		return ak_fail(err, AK_BAD_CERTIFICATE, where, (uint64_t)n, "over %d certificates", AK_CHAIN_MAX);
	*path = (ak_path){ .n = (size_t)n, .not_before = INT64_MIN, .not_after = INT64_MAX };
	for (int i = 0; i < n; i++) {
		const ak_cert *c = which(q, sk_X509_value(chain, i));

		if (c == NULL)
			return ak_fail(err, AK_INTERNAL, where, (uint64_t)i, "a certificate that nobody handed in");
		path->certs[i] = c;
		if (ak_cert_not_before(c) > path->not_before)
			path->not_before = ak_cert_not_before(c);
		if (ak_cert_not_after(c) < path->not_after)
			path->not_after = ak_cert_not_after(c);
	}
	return AK_OK;
}

static ak_status check_path(const ak_path_query *q, const ak_path *path, ak_error *err)
{
	for (size_t i = 0; i < path->n; i++) {
		ak_status st = ak_cert_check_strength(path->certs[i], i + 1 == path->n, err);

		if (st != AK_OK) {
			if (err != NULL)
				err->at = i;
			return st;
		}
		/* OpenSSL also takes issuers that only their key usage, or being of version 1, makes so. */
		if (i != 0 && i + 1 != path->n && !ak_cert_is_ca(path->certs[i]))
			return ak_fail(err, AK_BAD_CERTIFICATE, where, i, "an issuer without basicConstraints CA");
	}
	if (q->purpose == AK_PURPOSE_SIGNATURE) {
		const char *why = unfit_for_signature(ak_cert_x509(q->leaf));

		if (why != NULL)
			return ak_fail(err, AK_BAD_CERTIFICATE, where, 0, "%s", why);
	}
	return AK_OK;
}

static ak_status check_once(const ak_path_query *q, ak_path *path, ak_error *err)
{
	setting s = { .seen = { .at = q->at } };
	ak_status st = ask(&s, q, err);

	if (st == AK_OK)
		st = take_path(&s, q, path, err);
	if (st == AK_OK)
		st = check_path(q, path, err);
	if (st == AK_OK && s.seen.unknown != X509_V_OK)
		st = ak_fail(err, AK_NOT_HELD, where, (uint64_t)s.seen.unknown_at, "revocation could not be found out: %s",
		             X509_verify_cert_error_string(s.seen.unknown));
	put_away(&s);
	if (ak_ossl_drain() && st != AK_NO_MEMORY)
		st = ak_no_memory(err, where);
	return st;
}

ak_status ak_path_check(const ak_path_query *q, ak_path *out, ak_error *err)
{
	ak_path path = { 0 };
	ak_status st;

	if (q->n_others > AK_PATH_OTHERS_MAX || q->n_roots > AK_PATH_ROOTS_MAX || q->n_crls > AK_CRLS_MAX || q->n_policies > AK_PATH_POLICIES_MAX)
		return ak_fail(err, AK_LIMIT, where, 0, "too many certificates, roots, lists or policies");
	if (q->leaf == NULL || q->n_roots == 0)
		return ak_fail(err, q->leaf == NULL ? AK_INVALID_ARGUMENT : AK_BAD_CERTIFICATE, where, 0, "no certificate, or no root to trace it to");
	st = check_once(q, &path, err);
	if (st != AK_OK && ak_status_class(st) != AK_CLASS_USAGE && st != AK_NO_MEMORY)
		st = ak_pki_has_memory() ? check_once(q, &path, err) : ak_no_memory(err, where);
	if (st == AK_OK && out != NULL)
		*out = path;
	return st;
}
