/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of other programs: what ssh-keygen and openssl write is read, and nothing that was damaged on the way becomes another key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/text.h"
#include "crypto/kdf.h"
#include "signer/import.h"
#include "temp.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 8192 };

static char dir[64];

static int run(const char *line)
{
	char all[4096];

	assert_true((size_t)snprintf(all, sizeof(all), "cd %s && %s", dir, line) < sizeof(all));
	return system(all);
}

static ak_span read_file(const char *name, uint8_t out[FILE_MAX])
{
	char path[128];
	FILE *f;
	size_t n;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(out, 1, FILE_MAX, f);
	assert_int_equal(fclose(f), 0);
	return (ak_span){ out, n };
}

static int make_files(void **state)
{
	(void)state;
	temp_dir(dir, sizeof(dir));
	return run("(ssh-keygen -q -t ed25519 -N '' -C one -f ed && ssh-keygen -q -t ecdsa -b 256 -N '' -f ec && ssh-keygen -q -t rsa -b 2048 -N '' -f rsa &&"
	           " ssh-keygen -q -t ed25519 -N 'a passphrase' -f locked && ssh-keygen -q -t ecdsa -b 384 -N '' -f weak &&"
	           " openssl genpkey -algorithm ed25519 -out ed.p8 && openssl pkcs8 -in ed.p8 -topk8 -passout pass:word -out ed.enc &&"
	           " openssl ecparam -name prime256v1 -genkey -noout -out ec.sec1 && openssl genrsa -traditional -out rsa.p1 2048 &&"
	           " openssl rsa -in rsa.p1 -traditional -aes128 -passout pass:word -out rsa.enc1 && openssl pkey -in ed.p8 -outform DER -out ed.der &&"
	           " openssl req -x509 -new -key ec.sec1 -subj /CN=x -out ec.crt && openssl x509 -in ec.crt -outform DER -out ec.cer &&"
	           " openssl pkcs8 -in ed.p8 -topk8 -scrypt -outform DER -passout pass:word -out ed.scrypt && openssl pkcs12 -export -inkey ec.sec1 -in ec.crt -name x -keypbe NONE -passout pass:word -out bare.p12 &&"
	           " openssl pkcs12 -in bare.p12 -passin pass:word -passout pass:word -nocerts -out bags.pem && openssl pkcs12 -export -nokeys -in ec.crt -passout pass:word -out none.p12 &&"
	           " openssl pkcs12 -export -inkey ec.sec1 -in ec.crt -nomac -passout pass:word -out nomac.p12 &&"
	           " openssl pkcs12 -export -inkey ec.sec1 -in ec.crt -passout pass:word -out ec.p12 && openssl pkcs12 -export -inkey ec.sec1 -in ec.crt -passout pass: -out open.p12"
	           ") >log 2>&1 || { cat log; false; }");
}

static int drop_files(void **state)
{
	char line[128];

	(void)state;
	(void)snprintf(line, sizeof(line), "rm -rf %s", dir);
	return system(line);
}

static void test_private_keys_of_other_programs(void **state)
{
	static const struct {
		const char *file, *passphrase;
		ak_status want;
		const char *where;
	} rows[] = {
		{ "ed", NULL, AK_OK, "" },
		{ "ec", NULL, AK_OK, "" },
		{ "rsa", NULL, AK_OK, "" },
		{ "ed.p8", NULL, AK_OK, "" },
		{ "ed.der", NULL, AK_OK, "" },
		{ "ec.sec1", NULL, AK_OK, "" },
		{ "rsa.p1", NULL, AK_OK, "" },
		{ "ed.enc", "word", AK_OK, "" },
		{ "rsa.enc1", "word", AK_OK, "" },
		{ "ec.p12", "word", AK_OK, "" },
		{ "open.p12", NULL, AK_OK, "" },
		{ "bare.p12", "word", AK_OK, "" },
		{ "bags.pem", "word", AK_OK, "" },
		{ "ed.scrypt", "word", AK_OK, "" },
		{ "ed.scrypt", "wrong", AK_INVALID_ARGUMENT, "key.passphrase" },
		{ "bags.pem", "wrong", AK_INVALID_ARGUMENT, "key.passphrase" },
		{ "none.p12", "word", AK_BAD_FORMAT, "key.import" },
		{ "nomac.p12", "word", AK_BAD_FORMAT, "key.import" },
		{ "locked", NULL, AK_INVALID_ARGUMENT, "key.passphrase" },
		{ "locked", "a passphrase", AK_INVALID_ARGUMENT, "key.passphrase" },
		{ "ed.enc", NULL, AK_INVALID_ARGUMENT, "key.passphrase" },
		{ "ed.enc", "wrong", AK_INVALID_ARGUMENT, "key.passphrase" },
		{ "rsa.enc1", NULL, AK_INVALID_ARGUMENT, "key.passphrase" },
		{ "ec.p12", NULL, AK_INVALID_ARGUMENT, "key.passphrase" },
		{ "ec.p12", "wrong", AK_INVALID_ARGUMENT, "key.passphrase" },
		{ "weak", NULL, AK_WEAK_KEY, "key.openssh" },
		{ "ed.pub", NULL, AK_BAD_FORMAT, "key.import" },
		{ "ec.crt", NULL, AK_BAD_FORMAT, "key.import" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t bytes[FILE_MAX];
		ak_seckey *k = NULL;
		ak_error err = { 0 };
		ak_status st = ak_import_secret(read_file(rows[i].file, bytes), rows[i].passphrase, &k, &err);

		if (st != rows[i].want || (st != AK_OK && strcmp(err.where, rows[i].where) != 0))
			fail_msg("%s: %s at %s: %s", rows[i].file, ak_status_name(st), err.where, err.detail);
		assert_true((st == AK_OK) == (k != NULL));
		ak_seckey_free(&k);
	}
}

static void test_public_keys_of_other_programs(void **state)
{
	static const struct {
		const char *file, *secret; /* the same key */
	} rows[] = { { "ed.pub", "ed" }, { "ec.pub", "ec" }, { "rsa.pub", "rsa" }, { "ec.crt", "ec.sec1" }, { "ec.cer", "ec.sec1" } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t bytes[FILE_MAX];
		ak_seckey *k = NULL;
		ak_pubkey *p = NULL;
		ak_error err = { 0 };

		assert_int_equal(ak_import_public(read_file(rows[i].file, bytes), &p, &err), AK_OK);
		assert_int_equal(ak_import_secret(read_file(rows[i].secret, bytes), NULL, &k, &err), AK_OK);
		if (memcmp(ak_pubkey_id(p), ak_pubkey_id(ak_seckey_public(k)), sizeof(ak_digest)) != 0)
			fail_msg("%s: another key", rows[i].file);
		ak_seckey_free(&k);
		ak_pubkey_free(&p);
	}
}

static void test_public_keys_refused(void **state)
{
	static const struct {
		const char *text;
		ak_status want;
	} rows[] = {
		{ "ssh-ed25519", AK_BAD_FORMAT },
		{ "ssh-ed25519 ", AK_BAD_FORMAT },
		{ "ssh-ed25519 AAAA x", AK_BAD_FORMAT },
		{ "ssh-ed25519 !!!! x", AK_BAD_FORMAT },
		{ "ssh-ed25519 AAAA\nssh-ed25519 AAAA\n", AK_BAD_FORMAT },
		{ "ssh-dss AAAAB3NzaC1kc3MAAAAA x", AK_WEAK_KEY },
		{ "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", AK_BAD_FORMAT },
		{ "0\x01", AK_BAD_FORMAT },
		{ "", AK_BAD_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_pubkey *p = NULL;
		ak_error err = { 0 };
		ak_status st = ak_import_public(ak_span_str(rows[i].text), &p, &err);

		if (st != rows[i].want || p != NULL)
			fail_msg("row %zu: %s at %s: %s", i, ak_status_name(st), err.where, err.detail);
	}
}

/* A body with one byte changed, or cut, is refused or the same key: its check numbers and comment may change, its key may not. */
static void test_no_damage_makes_another_key(void **state)
{
	static const char head[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n", tail[] = "\n-----END OPENSSH PRIVATE KEY-----\n";
	uint8_t bytes[FILE_MAX];
	ak_span file = read_file("ed", bytes), rest, line;
	ak_error err = { 0 };
	ak_seckey *good = NULL;
	ak_buf b64, body, text;
	size_t same = 0;

	(void)state;
	ak_buf_init(&b64, FILE_MAX);
	ak_buf_init(&body, FILE_MAX);
	ak_buf_init(&text, FILE_MAX);
	assert_int_equal(ak_import_secret(file, NULL, &good, &err), AK_OK);
	rest = file;
	assert_true(ak_span_line(&rest, &line));
	while (ak_span_line(&rest, &line) && line.data[0] != '-')
		assert_int_equal(ak_buf_add_span(&b64, line, &err), AK_OK);
	assert_true(ak_base64_decode(ak_buf_span(&b64), &body, &err));
	for (size_t at = 0; at < body.len * 2; at++) {
		bool cut = at >= body.len;
		ak_span part = { body.data, cut ? at - body.len : body.len };
		ak_seckey *k = NULL;
		ak_status st;

		if (!cut)
			body.data[at] ^= 0x21;
		ak_buf_clear(&text);
		assert_int_equal(ak_buf_add_str(&text, head, &err), AK_OK);
		assert_int_equal(ak_base64_encode(part, &text, &err), AK_OK);
		assert_int_equal(ak_buf_add_str(&text, tail, &err), AK_OK);
		st = ak_import_secret(ak_buf_span(&text), NULL, &k, &err);
		if (st == AK_OK && memcmp(ak_pubkey_id(ak_seckey_public(k)), ak_pubkey_id(ak_seckey_public(good)), sizeof(ak_digest)) != 0)
			fail_msg("byte %zu: another key", at);
		if (st == AK_OK && cut)
			fail_msg("cut at %zu: a key", part.len);
		same += st == AK_OK;
		if (!cut)
			body.data[at] ^= 0x21;
		ak_seckey_free(&k);
	}
	/* Of all this only the three letters of the comment may be others. */
	assert_int_equal(same, 3);
	ak_seckey_free(&good);
	ak_buf_wipe(&b64);
	ak_buf_wipe(&body);
	ak_buf_wipe(&text);
}

/* ---- key files that ask for too much ---- */

/* An encrypted key that asks for `rounds`; nothing in it is encrypted, since nobody may come as far as to open it. */
static X509_SIG *greedy(int rounds)
{
	X509_SIG *box = X509_SIG_new();
	X509_ALGOR *made = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), rounds, NULL, 0, NULL, NID_hmacWithSHA256), *how;
	ASN1_OCTET_STRING *sealed;

	assert_non_null(box);
	assert_non_null(made);
	X509_SIG_getm(box, &how, &sealed);
	assert_int_equal(X509_ALGOR_copy(how, made), 1);
	assert_int_equal(ASN1_OCTET_STRING_set(sealed, (const unsigned char *)"0123456789abcdef0123456789abcdef", 32), 1);
	X509_ALGOR_free(made);
	return box;
}

static void expect_limit(const char *rule, ak_span file)
{
	ak_seckey *k = NULL;
	ak_error err = { 0 };
	ak_status st = ak_import_secret(file, "word", &k, &err);

	if (st != AK_LIMIT || strcmp(err.where, "key.derivation") != 0 || k != NULL)
		fail_msg("%s: %s at %s: %s", rule, ak_status_name(st), err.where, err.detail);
}

static void test_a_key_that_asks_for_too_much(void **state)
{
	X509_SIG *box = greedy(AK_KDF_STEPS_MAX + 1);
	BIO *pem = BIO_new(BIO_s_mem()), *after = BIO_new(BIO_s_mem());
	unsigned char *der = NULL;
	char *text;
	long n;
	int len = i2d_X509_SIG(box, &der);
	ak_seckey *k = NULL;
	ak_error err = { 0 };

	(void)state;
	assert_true(len > 0);
	assert_int_equal(PEM_write_bio_PKCS8(pem, box), 1);
	n = BIO_get_mem_data(pem, &text);
	expect_limit("DER", (ak_span){ der, (size_t)len });
	expect_limit("PEM", (ak_span){ (const uint8_t *)text, (size_t)n });
	assert_int_equal(ak_seckey_from_pem((ak_span){ (const uint8_t *)text, (size_t)n }, "word", &k, &err), AK_LIMIT);
	assert_string_equal(err.where, "key.derivation");
	/* OpenSSL passes by what stands before a block, and blocks that are no keys. */
	assert_true(BIO_printf(after, "Bag Attributes\n    friendlyName: x\n-----BEGIN X-----\nMAA=\n-----END X-----\n%.*s", (int)n, text) > 0);
	n = BIO_get_mem_data(after, &text);
	expect_limit("PEM behind other text", (ak_span){ (const uint8_t *)text, (size_t)n });
	OPENSSL_free(der);
	BIO_free(pem);
	BIO_free(after);
	X509_SIG_free(box);
}

/* A box whose bag, encrypted contents or MAC asks for `bag`, `whole` and `mac` rounds (0: not encrypted as a whole). */
static void expect_box(const char *rule, int bag, int whole, int mac)
{
	STACK_OF(PKCS12_SAFEBAG) *bags = sk_PKCS12_SAFEBAG_new_null();
	STACK_OF(PKCS7) *safes = NULL;
	unsigned char *der = NULL;
	X509_ALGOR **how;
	PKCS12 *box;
	int len;

	assert_true(sk_PKCS12_SAFEBAG_push(bags, PKCS12_SAFEBAG_create0_pkcs8(greedy(bag))) == 1);
	assert_int_equal(PKCS12_add_safe(&safes, bags, whole == 0 ? -1 : NID_pbe_WithSHA1And3_Key_TripleDES_CBC, 1, "word"), 1);
	if (whole != 0) {
		how = &sk_PKCS7_value(safes, 0)->d.encrypted->enc_data->algorithm;
		X509_ALGOR_free(*how);
		*how = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), whole, NULL, 0, NULL, NID_hmacWithSHA256);
		assert_non_null(*how);
	}
	box = PKCS12_add_safes(safes, 0);
	assert_non_null(box);
	assert_int_equal(PKCS12_set_mac(box, "word", -1, NULL, 0, 2, NULL), 1);
	if (mac != 2) {
		const ASN1_INTEGER *rounds;

		PKCS12_get0_mac(NULL, NULL, NULL, &rounds, box);
		assert_non_null(rounds);
		assert_int_equal(ASN1_INTEGER_set((ASN1_INTEGER *)(uintptr_t)rounds, mac), 1);
	}
	len = i2d_PKCS12(box, &der);
	assert_true(len > 0);
	expect_limit(rule, (ak_span){ der, (size_t)len });
	OPENSSL_free(der);
	PKCS12_free(box);
	sk_PKCS7_pop_free(safes, PKCS7_free);
	sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}

static void test_a_box_that_asks_for_too_much(void **state)
{
	(void)state;
	expect_box("the MAC", 1, 0, AK_KDF_STEPS_MAX + 1);
	expect_box("the key's own bag", AK_KDF_STEPS_MAX + 1, 0, 2);
	expect_box("all bags together", 1, AK_KDF_STEPS_MAX + 1, 2);
	expect_box("the MAC and the bag: neither alone", AK_KDF_STEPS_MAX - 1, 0, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_private_keys_of_other_programs),
		cmocka_unit_test(test_public_keys_of_other_programs),
		cmocka_unit_test(test_public_keys_refused),
		cmocka_unit_test(test_no_damage_makes_another_key),
		cmocka_unit_test(test_a_key_that_asks_for_too_much),
		cmocka_unit_test(test_a_box_that_asks_for_too_much),
	};

	return cmocka_run_group_tests(tests, make_files, drop_files);
}
