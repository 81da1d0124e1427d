/* SPDX-License-Identifier: Apache-2.0 */
/* Running out of memory is an error, not a crash, and never reads as "tampered". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/dsse.h"
#include "codec/note.h"
#include "codec/sshsig.h"
#include "oom.h"

#include <stdlib.h>
#include <string.h>

static const char envelope[] =
	"{\"payload\":\"-_-_aGVsbG8g\",\"payloadType\":\"application/vnd.in-toto+json\","
	"\"signatures\":[{\"keyid\":\"one\",\"sig\":\"AQID\"},{\"sig\":\"BAUGBw==\"}],"
	"\"timestamps\":[{\"keyid\":\"t\",\"tsr\":\"AAAA\"}]}";

static ak_status dsse_body(void *ctx)
{
	ak_error err = { 0 };
	ak_dsse e;
	ak_buf out;
	ak_status st;

	(void)ctx;
	ak_buf_init(&out, 4096);
	st = ak_dsse_parse(ak_span_str(envelope), &e, &err);
	if (st != AK_OK)
		return st;
	st = ak_dsse_add_signature(&e, "three", ak_span_str("signature"), &err);
	if (st == AK_OK && e.n_sigs != 3)
		st = AK_INTERNAL;
	if (st == AK_OK)
		st = ak_dsse_format(&e, &out, &err);
	if (st == AK_OK)
		st = ak_dsse_pae(e.type, ak_buf_span(&e.payload), &out, &err);
	ak_buf_clear(&out);
	ak_dsse_clear(&e);
	return st;
}

static void no_hash(ak_span in, ak_digest *out)
{
	(void)in;
	*out = (ak_digest){ 0 };
}

static ak_status note_body(void *ctx)
{
	static const uint8_t id[4], sig[64];
	ak_vkey key = { .name = "example.com/log", .type = AK_NOTE_ED25519 }, again;
	ak_note note;
	ak_buf b;
	ak_status st;

	(void)ctx;
	ak_buf_init(&b, 4096);
	st = ak_buf_add_str(&b, "text\n\n", NULL);
	for (int i = 0; st == AK_OK && i < 3; i++)
		st = ak_note_line_format(ak_span_str("example.com/log"), id,
		                         (ak_span){ sig, sizeof(sig) }, &b, NULL);
	if (st == AK_OK)
		st = ak_note_parse(ak_buf_span(&b), &note, NULL);
	ak_buf_clear(&b);
	if (st == AK_OK)
		st = ak_cosignature_message(1, ak_span_str("text\n"), &b, NULL);
	ak_buf_clear(&b);
	if (st == AK_OK)
		st = ak_vkey_format(&key, &b, NULL);
	if (st == AK_OK)
		st = ak_vkey_parse(ak_buf_span(&b), no_hash, &again, NULL);
	ak_buf_clear(&b);
	return st;
}

static ak_status sshsig_body(void *ctx)
{
	static const uint8_t pub[32], sig[64], hash[64];
	uint8_t pub2[32], sig2[64];
	ak_buf b;
	ak_status st;

	(void)ctx;
	ak_buf_init(&b, 4096);
	st = ak_sshsig_message("git", hash, &b, NULL);
	ak_buf_clear(&b);
	if (st == AK_OK)
		st = ak_sshsig_public_line(pub, &b, NULL);
	ak_buf_clear(&b);
	if (st == AK_OK)
		st = ak_sshsig_armor("git", pub, sig, &b, NULL);
	if (st == AK_OK)
		st = ak_sshsig_parse(ak_buf_span(&b), "git", pub2, sig2, NULL);
	ak_buf_clear(&b);
	return st;
}

static void dsse_sweep(void **state)
{
	(void)state;
	oom_sweep("dsse", dsse_body, NULL);
}

static void note_sweep(void **state)
{
	(void)state;
	oom_sweep("note", note_body, NULL);
}

static void sshsig_sweep(void **state)
{
	(void)state;
	oom_sweep("sshsig", sshsig_body, NULL);
}

/* The sweep is only worth something when it reaches us: count what it did. */
static ak_status counting_body(void *ctx)
{
	int *failures = ctx;
	void *volatile p = malloc(16); /* volatile: or the pair is optimised away */
	void *volatile q = malloc(16);
	bool ok = p != NULL && q != NULL;

	free(p);
	free(q);
	if (!ok)
		++*failures;
	return ok ? AK_OK : AK_NO_MEMORY;
}

static void sweep_reaches_malloc(void **state)
{
	int failures = 0;

	(void)state;
	oom_sweep("counting", counting_body, &failures);
	/* Each of two, once and for good. */
	assert_int_equal(failures, oom_available() ? 4 : 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sweep_reaches_malloc),
		cmocka_unit_test(note_sweep),
		cmocka_unit_test(sshsig_sweep),
		cmocka_unit_test(dsse_sweep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
