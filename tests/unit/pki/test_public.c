/* SPDX-License-Identifier: Apache-2.0 */
/* Whose address, telephone or number may become public in a certificate: nobody's.  An organisation's number may.  Attributes stand in the subject, the
 * issuer or the extensions, in whatever type of string. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "pki/cert.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>

typedef enum place { SUBJECT, ISSUER, DIRECTORY, ALTERNATIVE } place;

typedef struct row {
	const char *oid, *value;
	bool refused, refused_alone; /* with an organisation, and without one */
	place in;
	int type; /* 0: UTF8String */
} row;

static const row rows[] = {
	{ "2.5.4.3", "Seal", false, false, SUBJECT, 0 },
	{ "2.5.4.12", "Director", false, false, SUBJECT, 0 },
	{ "2.5.4.97", "NTRJP-0000000000000", false, false, SUBJECT, 0 },
	/* addresses */
	{ "2.5.4.9", "1-2-3 Kakuu-cho", true, true, SUBJECT, 0 },
	{ "2.5.4.16.1", "1-2-3 Kakuu-cho", true, true, SUBJECT, 0 },
	{ "2.5.4.19", "Kakuu", true, true, SUBJECT, 0 },
	{ "2.5.4.26", "1-2-3 Kakuu-cho", true, true, SUBJECT, 0 },
	{ "2.5.4.26", "1-2-3 Kakuu-cho", true, true, DIRECTORY, 0 },
	{ "2.5.4.51", "3", true, true, SUBJECT, 0 },
	{ "1.2.840.113549.1.9.8", "1-2-3 Kakuu-cho", true, true, SUBJECT, 0 },
	{ "1.2.840.113549.1.9.8", "1-2-3 Kakuu-cho", true, true, ALTERNATIVE, 0 },
	{ "0.9.2342.19200300.100.1.39", "1-2-3 Kakuu-cho", true, true, SUBJECT, 0 },
	/* telephones, photos, and what goes with a name */
	{ "2.5.4.20", "+81 3 0000 0000", true, true, SUBJECT, 0 },
	{ "2.5.4.20", "+81 3 0000 0000", true, true, DIRECTORY, 0 },
	{ "2.5.4.20.1", "+81 3 0000 0000", true, true, SUBJECT, 0 },
	{ "2.5.4.21", "0", true, true, SUBJECT, 0 },
	{ "2.5.4.23", "+81 3 0000 0000", true, true, SUBJECT, 0 },
	{ "2.5.4.25", "0", true, true, SUBJECT, 0 },
	{ "2.5.4.44", "Jr.", true, true, SUBJECT, 0 },
	{ "0.9.2342.19200300.100.1.7", "x", true, true, SUBJECT, 0 },
	{ "0.9.2342.19200300.100.1.42", "0", true, true, SUBJECT, 0 },
	{ "0.9.2342.19200300.100.1.60", "x", true, true, DIRECTORY, 0 },
	{ "1.3.6.1.5.5.7.1.2", "x", true, true, DIRECTORY, 0 },
	/* numbers */
	{ "2.5.4.5", "PNOSE-0000000000", true, true, SUBJECT, V_ASN1_PRINTABLESTRING },
	{ "2.5.4.5", "IDCBE-000000000", true, true, SUBJECT, 0 },
	{ "2.5.4.5", "PASKR-P0000000", true, true, SUBJECT, 0 },
	{ "2.5.4.5", "TAXDE-0000", true, true, SUBJECT, 0 },
	{ "2.5.4.5", "TINIT-AAAAAA00A00A000A", true, true, SUBJECT, 0 },
	{ "2.5.4.5", "tinit-aaaaaa00a00a000a", true, true, SUBJECT, 0 },
	{ "2.5.4.5", "  PNOSE-0000000000", true, true, SUBJECT, 0 },
	{ "2.5.4.5", "PNOSE-0000000000", true, true, SUBJECT, V_ASN1_BMPSTRING },
	{ "2.5.4.5", "PNOSE-0000000000", true, true, SUBJECT, V_ASN1_UNIVERSALSTRING },
	{ "2.5.4.5", "PNOSE-0000000000", true, true, ISSUER, 0 },
	{ "2.5.4.5", "PNOSE-0000000000", true, true, DIRECTORY, 0 },
	{ "2.5.4.5", "PNOSE-0000000000", true, true, ALTERNATIVE, 0 },
	{ "2.5.4.5", "EI:SE-0000000000", false, true, SUBJECT, 0 },
	{ "2.5.4.5", "NTRJP-0000000000000", false, false, SUBJECT, V_ASN1_PRINTABLESTRING },
	{ "2.5.4.5", "VATDE-000000000", false, false, SUBJECT, 0 },
	{ "2.5.4.5", "0000000000000", false, false, SUBJECT, 0 },
	{ "2.5.4.5", "PNO", false, false, SUBJECT, 0 },
	{ "2.5.4.5", "TINPLATE 7", false, false, SUBJECT, 0 },
	{ "2.5.4.3", "PNOSE-", false, false, SUBJECT, 0 }, /* is no number */
	/* only where no organisation stands behind it */
	{ "1.2.840.113549.1.9.1", "seal@koh.example", false, true, SUBJECT, V_ASN1_IA5STRING },
};

static void put(X509_NAME *to, const char *oid, const char *value, int type)
{
	ASN1_OBJECT *o = OBJ_txt2obj(oid, 1);
	size_t n = strlen(value), each = type == V_ASN1_BMPSTRING ? 2 : type == V_ASN1_UNIVERSALSTRING ? 4 : 1;
	unsigned char wide[400] = { 0 };

	assert_non_null(o);
	assert_true(n * each < sizeof(wide));
	for (size_t i = 0; i < n; i++)
		wide[i * each + each - 1] = (unsigned char)value[i];
	assert_int_equal(X509_NAME_add_entry_by_OBJ(to, o, type == 0 ? V_ASN1_UTF8STRING : type, wide, (int)(n * each), -1, 0), 1);
	ASN1_OBJECT_free(o);
}

/* As an attribute of the subject in an extension of its own, the second of two values; or in another name of the subject. */
static void add(X509 *x, const row *r)
{
	char text[300];
	X509V3_CTX ctx;
	CONF *conf = NCONF_new(NULL);
	BIO *in;
	X509_EXTENSION *e;

	if (r->in == DIRECTORY)
		(void)snprintf(text, sizeof(text), "[list]\na=SEQUENCE:one\n[one]\nt=OID:%s\nv=SET:values\n[values]\na=UTF8:none\nb=UTF8:%s\n", r->oid, r->value);
	else
		(void)snprintf(text, sizeof(text), "[list]\nx.%s=%s\n", r->oid, r->value);
	in = BIO_new_mem_buf(text, -1);
	assert_int_equal(NCONF_load_bio(conf, in, NULL), 1);
	X509V3_set_ctx(&ctx, x, x, NULL, NULL, 0);
	X509V3_set_nconf(&ctx, conf);
	e = X509V3_EXT_nconf(conf, &ctx, r->in == DIRECTORY ? "2.5.29.9" : "subjectAltName", r->in == DIRECTORY ? "ASN1:SEQUENCE:list" : "dirName:list");
	assert_non_null(e);
	assert_int_equal(X509_add_ext(x, e, -1), 1);
	X509_EXTENSION_free(e);
	NCONF_free(conf);
	BIO_free(in);
}

static ak_status check(EVP_PKEY *key, const row *r, bool organisation, ak_error *err)
{
	X509 *x = X509_new();
	X509_NAME *issuer = X509_NAME_new();
	unsigned char *der = NULL;
	ak_cert *c = NULL;
	ak_status st;
	int len;

	assert_true(x != NULL && issuer != NULL);
	assert_int_equal(X509_set_version(x, X509_VERSION_3), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x), 1), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(x), 0));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(x), 86400));
	put(issuer, "2.5.4.10", "Fictional authority", 0);
	if (r->in == ISSUER)
		put(issuer, r->oid, r->value, r->type);
	if (organisation)
		put(X509_get_subject_name(x), "2.5.4.10", "Fictional office", 0);
	put(X509_get_subject_name(x), "2.5.4.3", "Seal", 0);
	if (r->in == SUBJECT)
		put(X509_get_subject_name(x), r->oid, r->value, r->type);
	assert_int_equal(X509_set_issuer_name(x, issuer), 1);
	assert_int_equal(X509_set_pubkey(x, key), 1);
	if (r->in == DIRECTORY || r->in == ALTERNATIVE)
		add(x, r);
	assert_true(X509_sign(x, key, NULL) > 0);
	len = i2d_X509(x, &der);
	assert_true(len > 0);
	st = ak_cert_parse((ak_span){ der, (size_t)len }, &c, err);
	if (st != AK_OK)
		fail_msg("%s %s: %s", r->oid, r->value, err->detail);
	st = ak_cert_check_public(c, err);
	ak_cert_free(&c);
	OPENSSL_free(der);
	X509_NAME_free(issuer);
	X509_free(x);
	return st;
}

static void nobody_s_data(void **state)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	(void)state;
	assert_non_null(key);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (int organisation = 0; organisation < 2; organisation++) {
			bool want = organisation ? rows[i].refused : rows[i].refused_alone;
			ak_error err = { 0 };
			ak_status st = check(key, &rows[i], organisation, &err);

			if (st != (want ? AK_PERSONAL_DATA : AK_OK))
				fail_msg("%s %s %s an organisation: %s: %s", rows[i].oid, rows[i].value, organisation ? "with" : "without", ak_status_name(st), err.detail);
		}
	}
	EVP_PKEY_free(key);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_s_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
