/* SPDX-License-Identifier: Apache-2.0 */
/* What must not stand in a public record: found by object identifier, wherever in the certificate it is. */
#include "base/fail.h"
#include "crypto/ossl.h"
#include "pki/part.h"
#include "pki/walk.h"

#include <openssl/x509v3.h>
#include <string.h>

static const char where[] = "certificate.personal";

typedef struct field {
	const char *name;
	uint8_t len;
	uint8_t oid[12];
	bool arc;   /* everything under it as well */
	bool alone; /* refused where no organisation is named */
} field;

static const field fields[] = {
	{ "surname", 3, { 0x55, 4, 4 }, false, false },
	{ "streetAddress", 3, { 0x55, 4, 9 }, true, false },
	{ "postalAddress", 3, { 0x55, 4, 16 }, true, false },
	{ "postalCode", 3, { 0x55, 4, 17 }, true, false },
	{ "postOfficeBox", 3, { 0x55, 4, 18 }, true, false },
	{ "physicalDeliveryOfficeName", 3, { 0x55, 4, 19 }, true, false },
	{ "telephoneNumber", 3, { 0x55, 4, 20 }, true, false },
	{ "telexNumber", 3, { 0x55, 4, 21 }, true, false },
	{ "facsimileTelephoneNumber", 3, { 0x55, 4, 23 }, true, false },
	{ "internationalISDNNumber", 3, { 0x55, 4, 25 }, true, false },
	{ "registeredAddress", 3, { 0x55, 4, 26 }, false, false },
	{ "givenName", 3, { 0x55, 4, 42 }, false, false },
	{ "initials", 3, { 0x55, 4, 43 }, false, false },
	{ "generationQualifier", 3, { 0x55, 4, 44 }, false, false },
	{ "houseIdentifier", 3, { 0x55, 4, 51 }, false, false },
	{ "photo", 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 7 }, false, false },
	{ "homePhone", 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 20 }, false, false },
	{ "homePostalAddress", 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 39 }, false, false },
	{ "mobile", 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 41 }, false, false },
	{ "pager", 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 42 }, false, false },
	{ "jpegPhoto", 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 60 }, false, false },
	{ "unstructuredAddress", 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 8 }, false, false },
	{ "biometricInfo", 8, { 0x2b, 6, 1, 5, 5, 7, 1, 2 }, false, false },
	{ "dateOfBirth", 8, { 0x2b, 6, 1, 5, 5, 7, 9, 1 }, false, false },
	{ "placeOfBirth", 8, { 0x2b, 6, 1, 5, 5, 7, 9, 2 }, false, false },
	{ "gender", 8, { 0x2b, 6, 1, 5, 5, 7, 9, 3 }, false, false },
	{ "countryOfCitizenship", 8, { 0x2b, 6, 1, 5, 5, 7, 9, 4 }, false, false },
	{ "countryOfResidence", 8, { 0x2b, 6, 1, 5, 5, 7, 9, 5 }, false, false },
	{ "an identifier of a natural person (0.4.0.194121.1.1)", 7, { 4, 0, 0x8b, 0xec, 0x49, 1, 1 }, false, false },
	{ "JPKI name (1.2.392.200149.8.5.5.1)", 10, { 0x2a, 0x83, 8, 0x8c, 0x9b, 0x55, 8, 5, 5, 1 }, false, false },
	{ "JPKI gender (1.2.392.200149.8.5.5.3)", 10, { 0x2a, 0x83, 8, 0x8c, 0x9b, 0x55, 8, 5, 5, 3 }, false, false },
	{ "JPKI date of birth (1.2.392.200149.8.5.5.4)", 10, { 0x2a, 0x83, 8, 0x8c, 0x9b, 0x55, 8, 5, 5, 4 }, false, false },
	{ "JPKI address (1.2.392.200149.8.5.5.5)", 10, { 0x2a, 0x83, 8, 0x8c, 0x9b, 0x55, 8, 5, 5, 5 }, false, false },
	{ "JPKI personal data (1.2.392.200149.8.5.5)", 9, { 0x2a, 0x83, 8, 0x8c, 0x9b, 0x55, 8, 5, 5 }, true, false },
	{ "emailAddress", 9, { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1 }, false, true },
	{ "mail", 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 3 }, false, true },
	{ "SmtpUTF8Mailbox", 8, { 0x2b, 6, 1, 5, 5, 7, 8, 9 }, false, true },
	{ "userPrincipalName", 10, { 0x2b, 6, 1, 4, 1, 0x82, 0x37, 0x14, 2, 3 }, false, true },
};

static const uint8_t serial_number[] = { 0x55, 4, 5 };

/* What is known while a certificate is walked through. */
typedef struct seen {
	bool organisation; /* its subject names one                                     */
	bool serial;       /* the last identifier was serialNumber: values of it follow */
} seen;

static bool is_field(const field *f, ak_span oid)
{
	return (f->arc ? oid.len >= f->len : oid.len == f->len) && memcmp(oid.data, f->oid, f->len) == 0;
}

static ak_status refuse(const char *name, ak_error *err)
{
	return ak_fail(err, AK_PERSONAL_DATA, where, 0, "the certificate carries %s", name);
}

/* The letters and signs that a string of any of the ASN.1 types begins with, in capitals: what BMPString and UniversalString put between
 * them is no letter, and white space before them is none of theirs. */
static size_t beginning(ak_span text, char *out, size_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < text.len && n < most; i++) {
		char ch = (char)text.data[i];

		if (ch == '\0' || (ch == ' ' && n == 0))
			continue;
		out[n++] = ch >= 'a' && ch <= 'z' ? (char)(ch - 'a' + 'A') : ch;
	}
	return n;
}

static bool is_letter(char ch)
{
	return ch >= 'A' && ch <= 'Z';
}

/* A natural person's number by ETSI EN 319 412-1, 5.1.3: the kind, the country, '-'.  NTR, VAT and the like are an organisation's (5.1.4);
 * of a number of a national kind ("XX:CC-") the kind does not tell whose it is. */
static const char *person_number(ak_span text, bool organisation)
{
	static const char *const kinds[] = { "PNO", "IDC", "PAS", "TAX", "TIN" };
	char b[6];

	if (beginning(text, b, sizeof(b)) != sizeof(b) || b[5] != '-' || !is_letter(b[3]) || !is_letter(b[4]))
		return NULL;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (memcmp(b, kinds[i], 3) == 0)
			return "a serialNumber that is a natural person's number (ETSI EN 319 412-1)";
	return !organisation && is_letter(b[0]) && is_letter(b[1]) && b[2] == ':' ? "a serialNumber of a national kind, and names no organisation" : NULL;
}

static ak_status look(void *ctx, uint8_t tag, ak_span content, ak_error *err)
{
	seen *s = ctx;
	const char *number;

	if (tag == AK_TAG_SEQUENCE || tag == AK_TAG_SET)
		return AK_OK;
	if (tag != AK_TAG_OID) {
		number = s->serial ? person_number(content, s->organisation) : NULL;
		return number == NULL ? AK_OK : refuse(number, err);
	}
	s->serial = ak_span_eq(content, (ak_span){ serial_number, sizeof(serial_number) });
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (is_field(&fields[i], content) && !(fields[i].alone && s->organisation))
			return refuse(fields[i].name, err);
	return AK_OK;
}

static ak_status look_through(ak_span der, bool organisation, ak_error *err)
{
	seen s = { .organisation = organisation };
	ak_walk w = { where, AK_CERT_MAX, AK_CERT_VALUES_MAX, AK_CERT_DEPTH_MAX, look, &s };

	return ak_walk_der(&w, der, err);
}

static bool has_mail_name(X509 *x)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	bool found = false;

	for (int i = 0; i < (names == NULL ? 0 : sk_GENERAL_NAME_num(names)); i++)
		if (sk_GENERAL_NAME_value(names, i)->type == GEN_EMAIL)
			found = true;
	GENERAL_NAMES_free(names);
	return found;
}

ak_status ak_cert_check_public(const ak_cert *c, ak_error *err)
{
	X509 *x = ak_cert_x509(c);
	bool organisation = X509_NAME_get_index_by_NID(X509_get_subject_name(x), NID_organizationName, -1) >= 0;
	ak_status st = look_through(ak_cert_der(c), organisation, err);

	for (int i = 0; st == AK_OK && i < X509_get_ext_count(x); i++) {
		const ASN1_OCTET_STRING *v = X509_EXTENSION_get_data(X509_get_ext(x, i));

		st = look_through((ak_span){ ASN1_STRING_get0_data(v), (size_t)ASN1_STRING_length(v) }, organisation, err);
	}
	if (st == AK_OK && !organisation && has_mail_name(x))
		st = refuse("rfc822Name", err);
	if (ak_ossl_drain())
		return ak_no_memory(err, where);
	return st;
}
