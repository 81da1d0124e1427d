/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include "base/text.h"
#include "codec/dsse.h"
#include "crypto/hash.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENT_MAX = 8192, THREADS_MAX = 64, CHUNK = 1000 };

/* Statement number n as its drafter would have it: canonical, members in order of their names. */
static size_t make_statement(const place *p, size_t n, size_t services, char out[STATEMENT_MAX])
{
	char seed[32], document[2 * AK_DIGEST_LEN + 1];
	size_t service = n % services, year = 2020 + n / services % 6;
	ak_digest d;
	int len;

	(void)snprintf(seed, sizeof(seed), "document %zu", n);
	ak_sha256(ak_span_str(seed), &d);
	ak_hex_encode(d.b, AK_DIGEST_LEN, document);
	len = snprintf(out, STATEMENT_MAX,
	               "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"about\":[\"ismap/service:svc-%06zu\"],"
	               "\"base\":\"%s\",\"body\":{\"period\":{\"from\":\"%zu-04-01\",\"to\":\"%zu-03-31\"},\"provider\":\"kumo\","
	               "\"regions\":[\"東日本\",\"西日本\"],\"service\":\"svc-%06zu\",\"services\":[{\"id\":\"iaas-%06zu\",\"name\":"
	               "\"架空の雲 仮想サーバ\"},{\"id\":\"storage-%06zu\",\"name\":\"架空の雲 ストレージ\"},{\"id\":\"db-%06zu\",\"name\":\"架空の雲 "
	               "データベース\"}],\"stated_on\":\"%zu-04-%02zu\"},"
	               "\"genesis\":\"%s\",\"issued\":\"2026-01-%02zu\",\"ledger\":\"bench.example/ledger\",\"refs\":[],\"scheme\":\"ismap\"},"
	               "\"predicateType\":\"urn:akashi:provider-statement:v1\",\"subject\":[{\"annotations\":{\"kind\":"
	               "\"provider-statement\"},\"digest\":{\"sha256\":\"%s\"},\"name\":\"statement.pdf\"}]}",
	               service, p->genesis, year - 1, year, service, n, n, n, year, n % 28 + 1, p->genesis, n % 28 + 1, document);
	if (len < 0 || len >= STATEMENT_MAX)
		die("a statement is too long", NULL);
	return (size_t)len;
}

typedef struct made {
	ak_buf envelope;
	char statement[STATEMENT_MAX];
	size_t len;
} made;

static void make_one(const place *p, size_t n, size_t services, made *m)
{
	char keyid[AK_DIGEST_TEXT_LEN + 1];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t sig[64];
	size_t sig_len = sizeof(sig);
	ak_span text;
	ak_error e = { 0 };
	ak_buf pae;
	ak_dsse d;

	m->len = make_statement(p, n, services, m->statement);
	text = (ak_span){ (const uint8_t *)m->statement, m->len };
	ak_buf_init(&pae, 2 * (size_t)STATEMENT_MAX);
	ak_buf_init(&m->envelope, 4 * (size_t)STATEMENT_MAX);
	need(ak_dsse_pae(AK_DSSE_TYPE, text, &pae, &e), "PAE", &e);
	if (ctx == NULL || EVP_DigestSignInit(ctx, NULL, NULL, NULL, p->signer) != 1 ||
	    EVP_DigestSign(ctx, sig, &sig_len, pae.data, pae.len) != 1 || sig_len != sizeof(sig))
		die("sign", NULL);
	ak_dsse_init(&d);
	memcpy(d.type, AK_DSSE_TYPE, sizeof(AK_DSSE_TYPE));
	ak_digest_format(ak_pubkey_id(p->signer_pub), keyid);
	need(ak_buf_add_span(&d.payload, text, &e), "payload", &e);
	need(ak_dsse_add_signature(&d, keyid, (ak_span){ sig, sizeof(sig) }, &e), "signature", &e);
	need(ak_dsse_format(&d, &m->envelope, &e), "envelope", &e);
	ak_dsse_clear(&d);
	ak_buf_clear(&pae);
	EVP_MD_CTX_free(ctx);
}

/* ---- the same on all processors --------------------------------------------------------------------------------- */

typedef struct share {
	void (*fn)(void *ctx, size_t i);
	void *ctx;
	size_t from, to;
} share;

static void *work(void *arg)
{
	const share *s = arg;

	for (size_t i = s->from; i < s->to; i++)
		s->fn(s->ctx, i);
	return NULL;
}

static void all_processors(void (*fn)(void *ctx, size_t i), void *ctx, size_t n)
{
	unsigned threads = processors() < THREADS_MAX ? processors() : THREADS_MAX;
	pthread_t id[THREADS_MAX];
	share s[THREADS_MAX];

	for (unsigned t = 0; t < threads; t++) {
		s[t] = (share){ fn, ctx, n * t / threads, n * (t + 1) / threads };
		if (pthread_create(&id[t], NULL, work, &s[t]) != 0)
			die("pthread_create", NULL);
	}
	for (unsigned t = 0; t < threads; t++)
		(void)pthread_join(id[t], NULL);
}

typedef struct making {
	const place *p;
	size_t first, services;
	made *m;
} making;

static void make_ith(void *ctx, size_t i)
{
	const making *k = ctx;

	make_one(k->p, k->first + i, k->services, &k->m[i]);
}

void records_make(const place *p, size_t n, size_t services)
{
	FILE *envelopes = open_file(p->envelopes, "wb"), *statements = open_file(p->statements, "wb");
	making k = { p, 0, services, room(CHUNK, sizeof(made)) };
	bool ok = true;

	for (; k.first < n; k.first += CHUNK) {
		size_t count = n - k.first < CHUNK ? n - k.first : CHUNK;

		all_processors(make_ith, &k, count);
		for (size_t i = 0; i < count; i++) {
			ak_buf *b = &k.m[i].envelope;
			uint8_t len[4];

			ak_put_be32(len, (uint32_t)b->len);
			ok = ok && fwrite(len, 1, 4, envelopes) == 4 && fwrite(b->data, 1, b->len, envelopes) == b->len &&
			     fprintf(statements, "%.*s\n", (int)k.m[i].len, k.m[i].statement) > 0;
			ak_buf_clear(b);
		}
	}
	free(k.m);
	if (fclose(envelopes) != 0 || fclose(statements) != 0 || !ok)
		die(p->envelopes, NULL);
}

/* ---- reading them again, and what bare verification takes ------------------------------------------------------ */

static void take_message(const batch *b, size_t i, ak_buf *pae, uint8_t sig[64])
{
	ak_error e = { 0 };
	ak_dsse d;

	need(ak_dsse_parse(b->envelope[i], &d, &e), "envelope", &e);
	ak_buf_init(pae, 4 * (size_t)STATEMENT_MAX);
	need(ak_dsse_pae(d.type, ak_buf_span(&d.payload), pae, &e), "PAE", &e);
	memcpy(sig, d.sigs[0].sig.data, 64);
	ak_dsse_clear(&d);
}

void batch_read(FILE *f, size_t n, bool messages, batch *out)
{
	size_t at[BENCH_BATCH + 1] = { 0 }, cap = n * 4096;
	uint8_t len[4];

	memset(out, 0, sizeof(*out));
	out->bytes = room(cap, 1);
	out->n = n;
	for (size_t i = 0; i < n; i++) {
		if (fread(len, 1, 4, f) != 4 || at[i] + ak_get_be32(len) > cap ||
		    fread(out->bytes + at[i], 1, ak_get_be32(len), f) != ak_get_be32(len))
			die("the envelopes made beforehand cannot be read", NULL);
		at[i + 1] = at[i] + ak_get_be32(len);
		out->envelope[i] = (ak_span){ (const uint8_t *)out->bytes + at[i], at[i + 1] - at[i] };
	}
	for (size_t i = 0; messages && i < n; i++)
		take_message(out, i, &out->pae[i], out->sig[i]);
}

void batch_clear(batch *b)
{
	for (size_t i = 0; i < b->n; i++)
		ak_buf_clear(&b->pae[i]);
	free(b->bytes);
	b->n = 0;
}

typedef struct verifying {
	const batch *b;
	const ak_pubkey *key;
} verifying;

static void verify_ith(void *ctx, size_t i)
{
	const verifying *v = ctx;

	if (!ak_pubkey_verify(v->key, ak_buf_span(&v->b->pae[i]), (ak_span){ v->b->sig[i], 64 }))
		die("a signature does not verify", NULL);
}

spent batch_bare(const batch *b, const ak_pubkey *key)
{
	verifying v = { b, key };
	double wall = now_seconds(), cpu = cpu_seconds();

	all_processors(verify_ith, &v, b->n);
	return (spent){ now_seconds() - wall, cpu_seconds() - cpu, 0 };
}
