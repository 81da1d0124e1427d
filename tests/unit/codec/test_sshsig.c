/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/text.h"
#include "codec/sshsig.h"

#include <inttypes.h>
#include <string.h>

#define BEGIN "-----BEGIN SSH SIGNATURE-----\n"
#define END "-----END SSH SIGNATURE-----"

static void keys(uint8_t pub[32], uint8_t sig[64])
{
	for (size_t i = 0; i < 32; i++)
		pub[i] = (uint8_t)(i * 7 + 1);
	for (size_t i = 0; i < 64; i++)
		sig[i] = (uint8_t)(i * 5 + 3);
}

/* The blob of keys() in namespace "git", put together by hand. */
static void git_blob(ak_buf *b)
{
	static const char start[] =
		"SSHSIG\0\0\0\1"
		"\0\0\0\x33" "\0\0\0\x0bssh-ed25519" "\0\0\0\x20";
	static const char middle[] =
		"\0\0\0\3git" "\0\0\0\0" "\0\0\0\6sha512"
		"\0\0\0\x53" "\0\0\0\x0bssh-ed25519" "\0\0\0\x40";
	uint8_t pub[32], sig[64];

	keys(pub, sig);
	ak_buf_init(b, 1000);
	assert_int_equal(ak_buf_add(b, start, sizeof(start) - 1, NULL), AK_OK);
	assert_int_equal(ak_buf_add(b, pub, sizeof(pub), NULL), AK_OK);
	assert_int_equal(ak_buf_add(b, middle, sizeof(middle) - 1, NULL), AK_OK);
	assert_int_equal(ak_buf_add(b, sig, sizeof(sig), NULL), AK_OK);
}

/* Armor any bytes, in lines of `width`. */
static void wrap(ak_span blob, size_t width, ak_buf *out)
{
	ak_buf b64;

	ak_buf_init(&b64, 10000);
	ak_buf_init(out, 20000);
	assert_int_equal(ak_base64_encode(blob, &b64, NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(out, BEGIN, NULL), AK_OK);
	for (size_t i = 0; i < b64.len; i += width) {
		size_t n = b64.len - i < width ? b64.len - i : width;

		assert_int_equal(ak_buf_add(out, b64.data + i, n, NULL), AK_OK);
		assert_int_equal(ak_buf_add_byte(out, '\n', NULL), AK_OK);
	}
	assert_int_equal(ak_buf_add_str(out, END, NULL), AK_OK);
	ak_buf_clear(&b64);
}

static void message_to_sign(void **state)
{
	static const char want[] = "SSHSIG" "\0\0\0\3git" "\0\0\0\0" "\0\0\0\6sha512"
	                           "\0\0\0\x40";
	uint8_t hash[64];
	ak_buf b;

	(void)state;
	memset(hash, 0x77, sizeof(hash));
	ak_buf_init(&b, 1000);
	assert_int_equal(ak_sshsig_message("git", hash, &b, NULL), AK_OK);
	assert_int_equal(b.len, sizeof(want) - 1 + 64);
	assert_memory_equal(b.data, want, sizeof(want) - 1);
	assert_memory_equal(b.data + sizeof(want) - 1, hash, 64);
	ak_buf_clear(&b);
}

static void armor_is_the_blob_in_lines_of_70(void **state)
{
	uint8_t pub[32], sig[64];
	ak_buf blob, want, got;

	(void)state;
	keys(pub, sig);
	git_blob(&blob);
	wrap(ak_buf_span(&blob), 70, &want);
	ak_buf_init(&got, 4096);
	assert_int_equal(ak_sshsig_armor("git", pub, sig, &got, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&got), ak_buf_span(&want)));
	assert_int_not_equal(got.data[got.len - 1], '\n');
	ak_buf_clear(&got);
	ak_buf_clear(&want);
	ak_buf_clear(&blob);
}

static void public_line(void **state)
{
	static const char start[] = "\0\0\0\x0bssh-ed25519\0\0\0\x20";
	uint8_t pub[32], sig[64];
	ak_buf b, raw;
	ak_span in;

	(void)state;
	keys(pub, sig);
	ak_buf_init(&b, 1000);
	ak_buf_init(&raw, 1000);
	assert_int_equal(ak_sshsig_public_line(pub, &b, NULL), AK_OK);
	/* The first 15 bytes are the same for all Ed25519 keys. */
	assert_true(ak_span_starts(ak_buf_span(&b), "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"));
	in = (ak_span){ b.data + 12, b.len - 12 };
	assert_true(ak_base64_decode(in, &raw, NULL));
	assert_int_equal(raw.len, sizeof(start) - 1 + 32);
	assert_memory_equal(raw.data, start, sizeof(start) - 1);
	assert_memory_equal(raw.data + sizeof(start) - 1, pub, 32);
	ak_buf_clear(&raw);
	ak_buf_clear(&b);
}

static void round_trip_of_every_namespace_length(void **state)
{
	char ns[AK_SSHSIG_NAMESPACE_MAX + 2];
	uint8_t pub[32], sig[64];

	(void)state;
	keys(pub, sig);
	memset(ns, 'n', sizeof(ns));
	for (size_t n = 1; n <= AK_SSHSIG_NAMESPACE_MAX; n++) {
		uint8_t pub2[32], sig2[64];
		ak_error err = { 0 };
		ak_buf b;

		ns[n] = '\0';
		ak_buf_init(&b, 4096);
		assert_int_equal(ak_sshsig_armor(ns, pub, sig, &b, &err), AK_OK);
		assert_int_equal(ak_sshsig_parse(ak_buf_span(&b), ns, pub2, sig2, &err), AK_OK);
		assert_memory_equal(pub2, pub, 32);
		assert_memory_equal(sig2, sig, 64);
		/* N85: the same signature is none in another namespace. */
		assert_int_equal(ak_sshsig_parse(ak_buf_span(&b), "file", pub2, sig2, &err),
		                 AK_BAD_FORMAT);
		assert_string_equal(err.where, "sshsig.namespace");
		ak_buf_clear(&b);
		ns[n] = 'n';
	}
}

static void namespaces_that_are_refused(void **state)
{
	char wide[AK_SSHSIG_NAMESPACE_MAX + 2];
	const char *rows[] = { NULL, "", wide };
	uint8_t pub[32], sig[64];

	(void)state;
	keys(pub, sig);
	memset(wide, 'n', sizeof(wide) - 1);
	wide[sizeof(wide) - 1] = '\0';
	for (size_t i = 0; i < 3; i++) {
		ak_error err = { 0 };
		ak_buf b;

		ak_buf_init(&b, 4096);
		assert_int_equal(ak_sshsig_message(rows[i], sig, &b, &err), AK_INVALID_ARGUMENT);
		assert_string_equal(err.where, "sshsig.namespace");
		assert_int_equal(ak_sshsig_armor(rows[i], pub, sig, &b, &err),
		                 AK_INVALID_ARGUMENT);
		assert_int_equal(ak_sshsig_parse(ak_span_str(BEGIN END), rows[i], pub, sig, &err),
		                 AK_INVALID_ARGUMENT);
		assert_int_equal(b.len, 0);
	}
}

/* Parse must fail at `where` and write nothing. */
static void expect(const char *name, ak_span armor, const char *where, uint64_t at)
{
	uint8_t pub[32], sig[64], same[64];
	ak_error err = { 0 };
	ak_status st;

	memset(pub, 0xa5, sizeof(pub));
	memset(sig, 0xa5, sizeof(sig));
	memset(same, 0xa5, sizeof(same));
	st = ak_sshsig_parse(armor, "git", pub, sig, &err);
	if (st != AK_BAD_FORMAT || strcmp(err.where, where) != 0 || err.at != at)
		fail_msg("%s: %s at %s %" PRIu64, name, ak_status_name(st),
		         st == AK_OK ? "" : err.where, err.at);
	assert_memory_equal(pub, same, sizeof(pub));
	assert_memory_equal(sig, same, sizeof(sig));
}

static void malformed_armor(void **state)
{
	static const struct { const char *name, *in, *where; uint64_t at; } rows[] = {
		{ "empty", "", "sshsig.armor", 0 },
		{ "no BEGIN", "AAAA\n" END, "sshsig.armor", 0 },
		{ "PEM of another kind", "-----BEGIN CERTIFICATE-----\n" END, "sshsig.armor", 0 },
		{ "BEGIN with CR", "-----BEGIN SSH SIGNATURE-----\r\n" END, "sshsig.armor", 0 },
		{ "blank before BEGIN", " " BEGIN END, "sshsig.armor", 0 },
		{ "no END", BEGIN "AAAA\n", "sshsig.armor", 35 },
		{ "END cut", BEGIN "AAAA\n-----END SSH SIGNATURE----", "sshsig.armor", 35 },
		{ "END in a line of data", BEGIN "AAAA" END, "sshsig.armor", 30 },
		{ "empty line", BEGIN "\n" END, "sshsig.armor", 30 },
		{ "a short line first", BEGIN "AAAA\nAAAA\n" END, "sshsig.armor", 35 },
		{ "newline after END", BEGIN "AAAA\n" END "\n", "sshsig.armor", 35 },
		{ "text after END", BEGIN "AAAA\n" END "x", "sshsig.armor", 35 },
		{ "not base64", BEGIN "AA\rA\n" END, "sshsig.base64", 0 },
		{ "magic alone", BEGIN "U1NIU0lH\n" END, "sshsig.magic", 0 },
		{ "nothing inside", BEGIN END, "sshsig.magic", 0 },
		{ "other magic", BEGIN "U1NIU0lYAAAAAQ==\n" END, "sshsig.magic", 0 },
		{ "version 0", BEGIN "U1NIU0lHAAAAAA==\n" END, "sshsig.version", 6 },
		{ "version 2", BEGIN "U1NIU0lHAAAAAg==\n" END, "sshsig.version", 6 },
		{ "nothing after the version", BEGIN "U1NIU0lHAAAAAQ==\n" END, "sshsig.key", 10 },
		{ "unused bits", BEGIN "U1NIU0lHAAAAAR==\n" END, "sshsig.base64", 12 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(rows[i].name, ak_span_str(rows[i].in), rows[i].where, rows[i].at);
}

static void lines_of_another_width(void **state)
{
	ak_buf blob, b;

	(void)state;
	git_blob(&blob);
	for (size_t width = 60; width < 300; width += 4) {
		if (width == 70)
			continue;
		wrap(ak_buf_span(&blob), width, &b);
		/* Shorter: noticed at the second line.  Longer: at the first. */
		expect("width", ak_buf_span(&b), "sshsig.armor",
		       width < 70 ? 30 + width + 1 : 30);
		ak_buf_clear(&b);
	}
	ak_buf_clear(&blob);
}

static void armor_over_its_limit(void **state)
{
	static const uint8_t zero[AK_SSHSIG_MAX];
	ak_buf b;

	(void)state;
	wrap((ak_span){ zero, sizeof(zero) }, 70, &b);
	expect("too long", ak_buf_span(&b), "sshsig.armor", AK_SSHSIG_MAX);
	ak_buf_clear(&b);
}

/* Edits of the blob: byte `at` replaced, or bytes added at the end. */
static void malformed_blob(void **state)
{
	static const struct { const char *name; size_t at; uint8_t byte; const char *where; } rows[] = {
		{ "key longer than the blob", 10, 0xff, "sshsig.key" },
		{ "key one byte longer", 13, 0x34, "sshsig.key" },
		{ "key one byte shorter", 13, 0x32, "sshsig.key" },
		{ "type of key", 18, 'r', "sshsig.key" },
		{ "key of 31 bytes", 32, 31, "sshsig.key" },
		{ "other namespace", 69, 'x', "sshsig.namespace" },
		{ "namespace empty", 68, 0, "sshsig.namespace" },
		{ "reserved not empty", 75, 1, "sshsig.reserved" },
		{ "sha256", 83, '2', "sshsig.hash" },
		{ "type of signature", 94, 'r', "sshsig.signature" },
		{ "signature one byte longer", 89, 0x54, "sshsig.signature" },
	};
	ak_buf blob, b;

	(void)state;
	git_blob(&blob);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t was = blob.data[rows[i].at];
		uint8_t pub[32], sig[64];
		ak_error err = { 0 };
		ak_status st;

		assert_int_not_equal(was, rows[i].byte);
		blob.data[rows[i].at] = rows[i].byte;
		wrap(ak_buf_span(&blob), 70, &b);
		st = ak_sshsig_parse(ak_buf_span(&b), "git", pub, sig, &err);
		if (st != AK_BAD_FORMAT || strcmp(err.where, rows[i].where) != 0)
			fail_msg("%s: %s at %s", rows[i].name, ak_status_name(st),
			         st == AK_OK ? "" : err.where);
		blob.data[rows[i].at] = was;
		ak_buf_clear(&b);
	}
	assert_int_equal(ak_buf_add_byte(&blob, 0, NULL), AK_OK);
	wrap(ak_buf_span(&blob), 70, &b);
	expect("bytes after the signature", ak_buf_span(&b), "sshsig.end", blob.len - 1);
	ak_buf_clear(&b);
	ak_buf_clear(&blob);
}

/* Well armored, each is refused in the field that is cut: the one that ends after it. */
static void every_prefix_of_the_blob(void **state)
{
	static const struct { size_t end; const char *where; } fields[] = {
		{ 10, "sshsig.magic" }, { 65, "sshsig.key" }, { 72, "sshsig.namespace" },
		{ 76, "sshsig.reserved" }, { 86, "sshsig.hash" }, { 173, "sshsig.signature" },
	};
	ak_buf blob, b;
	size_t f = 0;

	(void)state;
	git_blob(&blob);
	assert_int_equal(blob.len, 173);
	for (size_t n = 0; n < blob.len; n++) {
		uint8_t pub[32], sig[64];
		ak_error err = { 0 };

		while (n >= fields[f].end)
			f++;
		wrap((ak_span){ blob.data, n }, 70, &b);
		assert_int_equal(ak_sshsig_parse(ak_buf_span(&b), "git", pub, sig, &err),
		                 AK_BAD_FORMAT);
		assert_string_equal(err.where, fields[f].where);
		ak_buf_clear(&b);
	}
	ak_buf_clear(&blob);
}

/* Key and signature one byte shorter, every length around them adjusted. */
static void well_formed_values_of_another_length(void **state)
{
	static const struct { size_t outer, inner, cut; const char *where; } rows[] = {
		{ 13, 32, 33, "sshsig.key" },
		{ 89, 108, 109, "sshsig.signature" },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		uint8_t pub[32], sig[64];
		ak_error err = { 0 };
		ak_buf blob, b;

		git_blob(&blob);
		blob.data[rows[i].outer]--;
		blob.data[rows[i].inner]--;
		memmove(blob.data + rows[i].cut, blob.data + rows[i].cut + 1,
		        blob.len - rows[i].cut - 1);
		wrap((ak_span){ blob.data, blob.len - 1 }, 70, &b);
		assert_int_equal(ak_sshsig_parse(ak_buf_span(&b), "git", pub, sig, &err),
		                 AK_BAD_FORMAT);
		assert_string_equal(err.where, rows[i].where);
		ak_buf_clear(&b);
		ak_buf_clear(&blob);
	}
}

static void mangled(void **state)
{
	uint8_t pub[32], sig[64];
	size_t accepted = 0;
	ak_buf b;

	(void)state;
	keys(pub, sig);
	ak_buf_init(&b, 4096);
	assert_int_equal(ak_sshsig_armor("git", pub, sig, &b, NULL), AK_OK);
	for (size_t n = 0; n < b.len; n++)
		assert_int_equal(ak_sshsig_parse((ak_span){ b.data, n }, "git", pub, sig, NULL),
		                 AK_BAD_FORMAT);
	for (size_t i = 0; i < b.len * 8; i++) {
		b.data[i / 8] = (uint8_t)(b.data[i / 8] ^ 1U << i % 8);
		if (ak_sshsig_parse(ak_buf_span(&b), "git", pub, sig, NULL) == AK_OK) {
			ak_buf again;

			ak_buf_init(&again, 4096);
			assert_int_equal(ak_sshsig_armor("git", pub, sig, &again, NULL), AK_OK);
			assert_true(ak_span_eq(ak_buf_span(&again), ak_buf_span(&b)));
			ak_buf_clear(&again);
			accepted++;
		}
		b.data[i / 8] = (uint8_t)(b.data[i / 8] ^ 1U << i % 8);
	}
	assert_true(accepted > 0); /* bits of key and signature are free */
	ak_buf_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message_to_sign),
		cmocka_unit_test(armor_is_the_blob_in_lines_of_70),
		cmocka_unit_test(public_line),
		cmocka_unit_test(round_trip_of_every_namespace_length),
		cmocka_unit_test(namespaces_that_are_refused),
		cmocka_unit_test(malformed_armor),
		cmocka_unit_test(lines_of_another_width),
		cmocka_unit_test(armor_over_its_limit),
		cmocka_unit_test(malformed_blob),
		cmocka_unit_test(every_prefix_of_the_blob),
		cmocka_unit_test(well_formed_values_of_another_length),
		cmocka_unit_test(mangled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
