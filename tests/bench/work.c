/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include "base/text.h"
#include "codec/dsse.h"
#include "crypto/hash.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENT_MAX = 4096, THREADS_MAX = 64 };

static ak_span text_span(const char *s)
{
	return (ak_span){ (const uint8_t *)s, strlen(s) };
}

/* The statement as it would be drafted, in canonical form: members in order of their names. */
static char *make_statement(const maker *m, size_t n)
{
	char body[256], digest[AK_DIGEST_TEXT_LEN + 1];
	char *s = room(STATEMENT_MAX, 1);
	ak_digest d;
	int len;

	(void)snprintf(body, sizeof(body), "{\"outcome\":\"%s\",\"reviewed_on\":\"2026-05-%02zu\",\"service\":\"svc-%07zu\"}",
	               n % 2 == 0 ? "incomplete" : "accepted", n % 28 + 1, n / 2);
	ak_sha256(text_span(body), &d);
	ak_digest_format(&d, digest);
	len = snprintf(s, STATEMENT_MAX,
	               "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"about\":[\"ismap/service:svc-%07zu\"],"
	               "\"base\":\"%s\",\"body\":%s,\"genesis\":\"%s\",\"issued\":\"2026-06-01\",\"ledger\":\"%s\",\"refs\":[],"
	               "\"scheme\":\"ismap\"},\"predicateType\":\"urn:akashi:technical-review:v1\","
	               "\"subject\":[{\"digest\":{\"sha256\":\"%s\"},\"name\":\"body\"}]}",
	               n / 2, m->genesis, body, m->genesis, m->origin, digest + strlen("sha256:"));
	if (len < 0 || len >= STATEMENT_MAX)
		die("statement too long", NULL);
	return s;
}

static void pae_of(const char *statement, ak_buf *pae)
{
	ak_error e = { 0 };

	ak_buf_init(pae, (size_t)STATEMENT_MAX * 2);
	need(ak_dsse_pae(AK_DSSE_TYPE, text_span(statement), pae, &e), "PAE", &e);
}

void make_record(const maker *m, size_t n, record *out)
{
	char keyid[AK_DIGEST_TEXT_LEN + 1];
	record r = { .statement = make_statement(m, n) };
	ak_buf pae, sig, text;
	ak_text envelope = { 0 };
	ak_error e = { 0 };
	ak_dsse d;
	uint8_t *copy = room(AK_SIGNATURE_MAX, 1);

	pae_of(r.statement, &pae);
	ak_buf_init(&sig, AK_SIGNATURE_MAX);
	ak_buf_init(&text, (size_t)STATEMENT_MAX * 4);
	need(ak_seckey_sign(m->key, ak_buf_span(&pae), &sig, &e), "sign", &e);
	memcpy(copy, sig.data, sig.len);
	r.sig = (ak_span){ copy, sig.len };

	ak_dsse_init(&d);
	memcpy(d.type, AK_DSSE_TYPE, sizeof(AK_DSSE_TYPE));
	ak_digest_format(ak_pubkey_id(ak_seckey_public(m->key)), keyid);
	need(ak_buf_add_span(&d.payload, text_span(r.statement), &e), "payload", &e);
	need(ak_dsse_add_signature(&d, keyid, r.sig, &e), "signature", &e);
	need(ak_dsse_format(&d, &text, &e), "envelope", &e);
	need(ak_buf_take_text(&text, &envelope, &e), "envelope", &e);
	r.envelope = envelope.data;
	ak_dsse_clear(&d);
	ak_buf_clear(&text);
	ak_buf_clear(&sig);
	ak_buf_clear(&pae);
	*out = r;
}

void drop_record(record *r)
{
	ak_text t = { r->envelope, 0 };

	ak_text_free(&t);
	free(r->statement);
	free((void *)(uintptr_t)r->sig.data);
	*r = (record){ 0 };
}

/* ---- signatures, and nothing else ---------------------------------------------------------------------------- */

typedef struct share {
	const ak_pubkey *key;
	const record *sample;
	const ak_buf *pae;
	size_t from, to, rounds;
	bool ok;
} share;

static void *verify_share(void *arg)
{
	share *s = arg;

	s->ok = true;
	for (size_t k = 0; k < s->rounds; k++) {
		for (size_t i = s->from; i < s->to; i++)
			s->ok = ak_pubkey_verify(s->key, ak_buf_span(&s->pae[i]), s->sample[i].sig) && s->ok;
	}
	return NULL;
}

double verify_bare(const maker *m, const record *sample, size_t n, size_t rounds, unsigned threads)
{
	share s[THREADS_MAX];
	pthread_t thread[THREADS_MAX];
	ak_buf *pae = room(n, sizeof(*pae));
	double start;

	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	for (size_t i = 0; i < n; i++)
		pae_of(sample[i].statement, &pae[i]);
	start = now_seconds();
	for (unsigned t = 0; t < threads; t++) {
		s[t] = (share){ ak_seckey_public(m->key), sample, pae, n * t / threads, n * (t + 1) / threads, rounds, false };
		if (pthread_create(&thread[t], NULL, verify_share, &s[t]) != 0)
			die("pthread_create", NULL);
	}
	for (unsigned t = 0; t < threads; t++) {
		(void)pthread_join(thread[t], NULL);
		if (!s[t].ok)
			die("a signature did not verify", NULL);
	}
	start = now_seconds() - start;
	for (size_t i = 0; i < n; i++)
		ak_buf_clear(&pae[i]);
	free(pae);
	return start;
}
