/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include "base/text.h"

#include <openssl/pem.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define ORIGIN "bench.example/ledger"

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static ak_secret *new_key(void)
{
	ak_secret *k = NULL;
	ak_error e = { 0 };

	need(ak_secret_generate("ed25519", &k, &e), "key", &e);
	return k;
}

static ak_text public_of(const ak_secret *k)
{
	ak_text t = { 0 };
	ak_error e = { 0 };

	need(ak_secret_public(k, &t, &e), "public key", &e);
	return t;
}

/* Adds a signature by each key; frees `in`. */
static ak_text sign(ak_text in, ak_secret *const *keys, size_t n)
{
	ak_error e = { 0 };

	for (size_t i = 0; i < n; i++) {
		ak_text out = { 0 };

		need(ak_exchange_sign(span_of(&in), (ak_span){ 0 }, keys[i], &out, &e), "sign", &e);
		ak_text_free(&in);
		in = out;
	}
	return in;
}

static void seal_one(ak_ledger *l, const place *p, const ak_secret *op, ak_text envelope)
{
	const ak_seal_options o = { .operator_key = op, .state_path = p->state, .now = (int64_t)time(NULL) };
	const ak_span in = span_of(&envelope);
	size_t failed = 0;
	ak_text json = { 0 };
	ak_error e = { 0 };

	need(ak_ledger_seal(l, &in, 1, &o, &json, &failed, &e), "seal", &e);
	ak_text_free(&json);
	ak_text_free(&envelope);
}

static void create(const place *p, const ak_secret *root, const ak_secret *op, const ak_secret *beat)
{
	ak_text r = public_of(root), o = public_of(op), b = public_of(beat), draft = { 0 }, json = { 0 };
	const char *const name = "root-a", *const key = r.data;
	const ak_genesis g = { .origin = ORIGIN, .issued = "2026-01-01", .threshold = 1, .n_holders = 1, .holder = &name,
		               .root_key = &key, .operator_key = o.data, .heartbeat_key = b.data };
	ak_secret *signers[] = { (ak_secret *)(uintptr_t)root, (ak_secret *)(uintptr_t)op, (ak_secret *)(uintptr_t)beat };
	ak_error e = { 0 };

	need(ak_genesis_draft(&g, &draft, &e), "genesis", &e);
	draft = sign(draft, signers, 3);
	need(ak_ledger_create(p->ledger, span_of(&draft), op, p->state, (int64_t)time(NULL), &json, &e), "create", &e);
	ak_text_free(&json);
	ak_text_free(&draft);
	ak_text_free(&r);
	ak_text_free(&o);
	ak_text_free(&b);
}

static void keep_secret(const char *path, const ak_secret *k)
{
	ak_text pem = { 0 };
	ak_error e = { 0 };

	need(ak_secret_pem(k, &pem, &e), "key", &e);
	write_file(path, pem.data, pem.len);
	if (chmod(path, 0600) != 0)
		die(path, NULL);
	ak_text_wipe(&pem);
}

static void enrol(ak_ledger *l, const place *p, ak_secret *root, ak_secret *op, ak_secret *provider)
{
	ak_secret *signers[] = { root, provider };
	char id[2 * AK_DIGEST_LEN + 1], body[2048];
	ak_draft_options o = { .scheme = "ismap", .type = "party", .issued = "2026-01-01", .now = (int64_t)time(NULL) };
	ak_text draft = { 0 };
	ak_error e = { 0 };
	ak_buf b64;

	ak_buf_init(&b64, 1024);
	need(ak_base64_encode(ak_pubkey_spki(p->signer_pub), &b64, &e), "key", &e);
	ak_hex_encode(ak_pubkey_id(p->signer_pub)->b, AK_DIGEST_LEN, id);
	(void)snprintf(body, sizeof(body),
	               "{\"party\":\"kumo\",\"name\":{\"ja\":\"株式会社架空の雲\"},\"roles\":[\"provider\"],\"members\":[{\"member\":\"m1\","
	               "\"seat\":\"統括責任者\",\"kind\":\"person\",\"keys\":[{\"id\":\"%s\",\"spki\":\"%.*s\"}]}]}",
	               id, (int)b64.len, (const char *)b64.data);
	ak_buf_clear(&b64);
	o.body = ak_span_str(body);
	need(ak_ledger_draft(l, &o, &draft, &e), "party", &e);
	seal_one(l, p, op, sign(draft, signers, 2));
}

static void enrol_all(place *p, ak_secret *root, ak_secret *op, ak_secret *provider)
{
	ak_ledger *l = NULL;
	ak_text draft = { 0 }, raw = { 0 };
	ak_digest id;
	ak_error e = { 0 };
	const char *line;

	need(ak_ledger_open(p->ledger, &l, &e), "open", &e);
	need(ak_ledger_draft_profile(l, "ismap", (ak_span){ 0 }, (int64_t)time(NULL), &draft, &e), "profile", &e);
	seal_one(l, p, op, sign(draft, &root, 1));
	enrol(l, p, root, op, provider);
	/* The profile's header names the genesis as the record before it. */
	need(ak_ledger_raw(l, "1", &raw, &e), "raw", &e);
	line = strstr(raw.data, "\"prev\":\"");
	if (line == NULL || !ak_digest_parse((ak_span){ (const uint8_t *)line + 8, AK_DIGEST_TEXT_LEN }, &id))
		die("no genesis", NULL);
	ak_digest_format(&id, p->genesis);
	ak_text_free(&raw);
	ak_ledger_free(&l);
}

static void name(const place *p, const char *file, char out[BENCH_PATH])
{
	if (snprintf(out, BENCH_PATH, "%s/%s", p->work, file) >= BENCH_PATH)
		die("the path is too long", NULL);
}

/* The signer is held by OpenSSL and by the library: records are signed with the first, which does not verify what it has
 * signed, and enrolled through the second. */
static ak_secret *make_signer(place *p)
{
	uint8_t raw[32];
	size_t len = sizeof(raw);
	ak_secret *k = new_key();
	ak_text pem = { 0 };
	ak_error e = { 0 };
	BIO *bio;

	need(ak_secret_pem(k, &pem, &e), "key", &e);
	bio = BIO_new_mem_buf(pem.data, (int)pem.len);
	p->signer = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	(void)BIO_free(bio);
	ak_text_wipe(&pem);
	if (p->signer == NULL || EVP_PKEY_get_raw_public_key(p->signer, raw, &len) != 1)
		die("OpenSSL does not take the key", NULL);
	need(ak_pubkey_from_ed25519(raw, &p->signer_pub, &e), "key", &e);
	return k;
}

void place_make(const char *work, place *p)
{
	ak_secret *root = new_key(), *op = new_key(), *beat = new_key(), *provider;

	memset(p, 0, sizeof(*p));
	p->work = work;
	name(p, "ledger.git", p->ledger);
	name(p, "operator.key", p->operator_path);
	name(p, "operator.key.state", p->state);
	name(p, "envelopes", p->envelopes);
	name(p, "statements", p->statements);
	name(p, "results", p->results);
	name(p, "git", p->git);
	keep_secret(p->operator_path, op);
	provider = make_signer(p);
	create(p, root, op, beat);
	enrol_all(p, root, op, provider);
	ak_secret_free(&provider);
	ak_secret_free(&root);
	ak_secret_free(&op);
	ak_secret_free(&beat);
}

void place_drop(place *p)
{
	EVP_PKEY_free(p->signer);
	ak_pubkey_free(&p->signer_pub);
}

void place_make_git(const place *p)
{
	static const char script[] =
		"cd \"$0\" && git init -q --initial-branch=main git && cd git && ssh-keygen -q -t ed25519 -N '' -C bench -f ../ssh && "
		"git config user.name bench && git config user.email bench@bench.example && git config gc.auto 0 && "
		"git config gpg.format ssh && git config user.signingkey ../ssh.pub && git config commit.gpgsign true";
	char *argv[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char *)(uintptr_t)script, (char *)(uintptr_t)p->work, NULL };

	(void)run(argv);
}
