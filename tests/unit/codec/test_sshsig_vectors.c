/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures made by ssh-keygen, judged by form: namespace, key and hash are as we read and
 * write them.  Whether the signature is good is asked where there is cryptography. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/sshsig.h"
#include "vector_file.h"

#include <string.h>

#define FOLDER "sshsig"

static void read_vector(const char *name, ak_buf *out)
{
	vector_read(FOLDER, ak_span_str(name), out);
}

/* The file without its final newline, as git keeps a signature. */
static ak_span trimmed(const ak_buf *b)
{
	ak_span s = ak_buf_span(b);

	if (s.len > 0 && s.data[s.len - 1] == '\n')
		s.len--;
	return s;
}

static void ed25519_is_read_and_written_back(void **state)
{
	uint8_t pub[32], sig[64];
	ak_error err = { 0 };
	ak_buf in, line, again;
	ak_status st;

	(void)state;
	read_vector("ed25519.sig", &in);
	read_vector("ed25519.pub", &line);
	ak_buf_init(&again, 4096);
	st = ak_sshsig_parse(trimmed(&in), "unittest", pub, sig, &err);
	if (st != AK_OK)
		fail_msg("%s %s", err.where, err.detail);
	assert_int_equal(ak_sshsig_armor("unittest", pub, sig, &again, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&again), trimmed(&in)));
	ak_buf_clear(&again);

	/* The key inside is the one of the .pub file, which may end in a comment. */
	assert_int_equal(ak_sshsig_public_line(pub, &again, NULL), AK_OK);
	assert_true(line.len >= again.len);
	assert_memory_equal(line.data, again.data, again.len);

	assert_int_equal(ak_sshsig_parse(trimmed(&in), "git", pub, sig, &err), AK_BAD_FORMAT);
	assert_string_equal(err.where, "sshsig.namespace");
	assert_int_equal(ak_sshsig_parse(ak_buf_span(&in), "unittest", pub, sig, &err),
	                 AK_BAD_FORMAT);
	assert_string_equal(err.where, "sshsig.armor");
	ak_buf_clear(&again);
	ak_buf_clear(&line);
	ak_buf_clear(&in);
}

static void rsa_is_refused(void **state)
{
	uint8_t pub[32], sig[64];
	ak_error err = { 0 };
	ak_buf in;

	(void)state;
	read_vector("rsa.sig", &in);
	assert_int_equal(ak_sshsig_parse(trimmed(&in), "unittest", pub, sig, &err),
	                 AK_BAD_FORMAT);
	assert_string_equal(err.where, "sshsig.key");
	ak_buf_clear(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ed25519_is_read_and_written_back),
		cmocka_unit_test(rsa_is_refused),
	};

	vectors_or_skip(FOLDER);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
