/* SPDX-License-Identifier: Apache-2.0 */
/* store_fixture.h - what the tests of the stores share: a folder of their own, an operator who signs
 * commits, and changes made of numbered records.  Include after cmocka.h. */
#ifndef TEST_STORE_FIXTURE_H
#define TEST_STORE_FIXTURE_H

#include "codec/sshsig.h"
#include "crypto/hash.h"
#include "crypto/key.h"
#include "store/git.h"
#include "temp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECORDS_MAX = 2000, RECORD_TEXT = 1500 };

typedef struct fixture {
	char dir[64]; /* of this test alone; removed at its end */
	char repo[96];
	ak_seckey *key;
	ak_buf bytes; /* records of the change made last */
	ak_span *records;
	char note[64];
	char message[64];
	bool signer_fails;
	size_t signed_len; /* bytes of the commit signed last */
} fixture;

static inline void must(ak_status st, const ak_error *err)
{
	if (st != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(st), err->where, err->detail);
}

static inline void fixture_open(fixture *f)
{
	ak_error err = { 0 };

	memset(f, 0, sizeof(*f));
	temp_dir(f->dir, sizeof(f->dir));
	(void)snprintf(f->repo, sizeof(f->repo), "%s/ledger", f->dir);
	ak_buf_init(&f->bytes, (size_t)RECORDS_MAX * 2 * RECORD_TEXT);
	f->records = calloc(RECORDS_MAX, sizeof(*f->records));
	assert_non_null(f->records);
	must(ak_seckey_generate(AK_KEY_ED25519, &f->key, &err), &err);
}

/* Run a command line made from a format; its exit status. */
static inline int run(const char *fmt, ...) AK_PRINTF(1, 2);
static inline int run(const char *fmt, ...)
{
	char line[2048];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	assert_true(n > 0 && (size_t)n < sizeof(line));
	return system(line);
}

static inline void fixture_close(fixture *f)
{
	ak_buf_clear(&f->bytes);
	free(f->records);
	ak_seckey_free(&f->key);
	assert_int_equal(run("chmod -R u+w '%s'; rm -rf '%s'", f->dir, f->dir), 0);
}

static inline ak_status fixture_sign(void *ctx, ak_span commit, ak_buf *armor, ak_error *err)
{
	fixture *f = ctx;
	uint8_t digest[64], pub[32];
	ak_buf message, sig;
	ak_status st;

	if (f->signer_fails) {
		if (err != NULL)
			*err = (ak_error){ .status = AK_IO, .where = "test.signer" };
		return AK_IO;
	}
	f->signed_len = commit.len;
	ak_buf_init(&message, AK_SSHSIG_MAX);
	ak_buf_init(&sig, AK_SIGNATURE_MAX);
	ak_sha512(commit, digest);
	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(f->key), pub));
	st = ak_sshsig_message("git", digest, &message, err);
	if (st == AK_OK)
		st = ak_seckey_sign(f->key, ak_buf_span(&message), &sig, err);
	if (st == AK_OK)
		st = ak_sshsig_armor("git", pub, sig.data, armor, err);
	ak_buf_clear(&message);
	ak_buf_clear(&sig);
	return st;
}

/* The text of record `seq`: three lines, some of it hardly compressible, as real ones are. */
static inline void record_text(uint64_t seq, char out[RECORD_TEXT])
{
	uint64_t x = seq * 2654435761u + 1;
	size_t n = (size_t)snprintf(out, RECORD_TEXT, "{\"seq\":%llu}\n{\"body\":\"", (unsigned long long)seq);

	while (n < 1000 + seq % 200) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		n += (size_t)snprintf(out + n, RECORD_TEXT - n, "%08x %s ", (unsigned)(x >> 33),
		                      x >> 63 ? "statement about a service" : "registered");
	}
	(void)snprintf(out + n, RECORD_TEXT - n, "\"}\n{\"signatures\":[]}\n");
}

/* A change of n records from `first` on; valid until the next one is made. */
static inline ak_change make_change(fixture *f, uint64_t first, size_t n)
{
	ak_error err = { 0 };
	size_t at = 0;

	assert_true(n <= RECORDS_MAX);
	f->bytes.len = 0;
	for (size_t i = 0; i < n; i++) {
		char text[RECORD_TEXT];

		record_text(first + i, text);
		must(ak_buf_add_str(&f->bytes, text, &err), &err);
		f->records[i].len = strlen(text);
	}
	for (size_t i = 0; i < n; i++) {
		f->records[i].data = f->bytes.data + at;
		at += f->records[i].len;
	}
	(void)snprintf(f->note, sizeof(f->note), "checkpoint of size %llu\n", (unsigned long long)(first + n));
	(void)snprintf(f->message, sizeof(f->message), "seal %zu from %llu\n", n, (unsigned long long)first);
	return (ak_change){
		.first_seq = first,
		.records = f->records,
		.n_records = n,
		.checkpoint = ak_span_str(f->note),
		.readme = first == 0 ? ak_span_str("# A ledger\n") : (ak_span){ 0 },
		.message = f->message,
		.name = "agency.example/evidence",
		.email = "operator@agency.example",
		.time = 1795230245 + (int64_t)first,
		.signer = { fixture_sign, f },
	};
}

/* Read the head, stage n records on it and publish. */
static inline void seal(fixture *f, ak_store s, uint64_t first, size_t n)
{
	ak_error err = { 0 };
	ak_head head = { 0 };
	char id[AK_STORE_ID_MAX + 1];
	ak_change c = make_change(f, first, n);

	must(s.ops->head(s.ctx, &head, &err), &err);
	must(s.ops->stage(s.ctx, &head, &c, id, &err), &err);
	must(s.ops->publish(s.ctx, head.id, id, &err), &err);
	ak_head_clear(&head);
}

/* The head holds exactly the records 0 .. size-1, and the checkpoint says so. */
static inline void check_ledger(ak_store s, uint64_t size)
{
	ak_error err = { 0 };
	ak_head head = { 0 };
	char note[64], text[RECORD_TEXT];
	ak_buf b;

	ak_buf_init(&b, AK_RECORD_MAX);
	must(s.ops->head(s.ctx, &head, &err), &err);
	(void)snprintf(note, sizeof(note), "checkpoint of size %llu\n", (unsigned long long)size);
	assert_true(ak_span_is(ak_buf_span(&head.checkpoint), size == 0 ? "" : note));
	for (uint64_t i = 0; i < size; i++) {
		record_text(i, text);
		b.len = 0;
		must(s.ops->record(s.ctx, &head, i, &b, &err), &err);
		assert_true(ak_span_is(ak_buf_span(&b), text));
	}
	assert_int_equal(s.ops->record(s.ctx, &head, size, &b, &err), AK_NOT_FOUND);
	assert_string_equal(err.where, "record");
	assert_int_equal(err.at, size);
	ak_buf_clear(&b);
	ak_head_clear(&head);
}

#endif
