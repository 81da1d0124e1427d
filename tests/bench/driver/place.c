/* SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include "base/text.h"
#include "codec/jcs.h"

#include <openssl/pem.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define ORIGIN "bench.example/ledger"

enum { BODY_MAX = 64 * 1024 };

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

ak_secret *place_key(void)
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

ak_text place_sign(ak_text in, ak_secret *const *keys, size_t n)
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

void place_seal(ak_ledger *l, const place *p, ak_text envelope, uint64_t *seq)
{
	const ak_seal_options o = { .operator_key = p->op, .state_path = p->state, .now = (int64_t)time(NULL) };
	const ak_span in = span_of(&envelope);
	size_t failed = 0;
	ak_text answer = { 0 };
	ak_json *json = NULL;
	int64_t size = 0;
	ak_error e = { 0 };

	need(ak_ledger_seal(l, &in, 1, &o, &answer, &failed, &e), "seal", &e);
	need(ak_json_parse(span_of(&answer), &json, &e), "what seal answers", &e);
	if (!ak_json_int(ak_json_get(json, "size"), &size))
		die("what seal answers has no size", NULL);
	if (seq != NULL)
		*seq = (uint64_t)size - 1;
	ak_json_free(json);
	ak_text_free(&answer);
	ak_text_free(&envelope);
}

static void create(const place *p, ak_secret *beat)
{
	ak_text r = public_of(p->root), o = public_of(p->op), b = public_of(beat), draft = { 0 }, json = { 0 };
	const char *const name = "root-a", *const key = r.data;
	const ak_genesis g = { .origin = ORIGIN, .issued = "2026-01-01", .threshold = 1, .n_holders = 1, .holder = &name,
		               .root_key = &key, .operator_key = o.data, .heartbeat_key = b.data };
	ak_secret *signers[] = { p->root, p->op, beat };
	ak_error e = { 0 };

	need(ak_genesis_draft(&g, &draft, &e), "genesis", &e);
	draft = place_sign(draft, signers, 3);
	need(ak_ledger_create(p->ledger, span_of(&draft), p->op, p->state, (int64_t)time(NULL), &json, &e), "create", &e);
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

static ak_json *member(const ak_secret *key, const char *seat, size_t nth)
{
	ak_text text = public_of(key);
	ak_json *public = NULL, *held = ak_json_new_object(), *keys = ak_json_new_array(), *m = ak_json_new_object();
	ak_error e = { 0 };

	need(ak_json_parse(span_of(&text), &public, &e), "key", &e);
	need(ak_json_set(held, "id", ak_json_new_text(ak_json_get_text(public, "id")), &e), "key", &e);
	need(ak_json_set(held, "spki", ak_json_new_text(ak_json_get_text(public, "spki")), &e), "key", &e);
	need(ak_json_add(keys, held, &e), "key", &e);
	need(ak_json_set(m, "member", ak_json_new_strf("m%zu", nth), &e), "member", &e);
	need(ak_json_set(m, "seat", ak_json_new_str(seat), &e), "member", &e);
	need(ak_json_set(m, "kind", ak_json_new_str("person"), &e), "member", &e);
	need(ak_json_set(m, "keys", keys, &e), "member", &e);
	ak_json_free(public);
	ak_text_free(&text);
	return m;
}

static ak_text party_body(const enrolment *who)
{
	ak_json *body = ak_json_new_object(), *names = ak_json_new_object(), *roles = ak_json_new_array();
	ak_json *members = ak_json_new_array();
	ak_text text = { 0 };
	ak_error e = { 0 };

	need(ak_json_set(names, "ja", ak_json_new_str(who->ja), &e), "party", &e);
	need(ak_json_add(roles, ak_json_new_str(who->role), &e), "party", &e);
	for (size_t i = 0; i < who->n; i++)
		need(ak_json_add(members, member(who->keys[i], who->seat, i + 1), &e), "party", &e);
	need(ak_json_set(body, "party", ak_json_new_str(who->party), &e), "party", &e);
	need(ak_json_set(body, "name", names, &e), "party", &e);
	need(ak_json_set(body, "roles", roles, &e), "party", &e);
	need(ak_json_set(body, "members", members, &e), "party", &e);
	need(ak_jcs_text(body, BODY_MAX, &text, &e), "party", &e);
	return text;
}

void place_enrol(ak_ledger *l, const place *p, const enrolment *who)
{
	ak_text body = party_body(who), draft = { 0 };
	const ak_draft_options o = { .scheme = "ismap", .type = "party", .issued = "2026-01-01", .now = (int64_t)time(NULL),
		                     .body = span_of(&body) };
	ak_error e = { 0 };

	need(ak_ledger_draft(l, &o, &draft, &e), "party", &e);
	place_seal(l, p, place_sign(place_sign(draft, &p->root, 1), who->keys, who->n), NULL);
	ak_text_free(&body);
}

static void begin(place *p, ak_secret *provider)
{
	const enrolment kumo = { "kumo", "株式会社架空の雲", "provider", "統括責任者", &provider, 1 };
	ak_ledger *l = NULL;
	ak_text draft = { 0 }, raw = { 0 };
	ak_digest id;
	ak_error e = { 0 };
	const char *line;

	need(ak_ledger_open(p->ledger, &l, &e), "open", &e);
	need(ak_ledger_draft_profile(l, "ismap", (ak_span){ 0 }, (int64_t)time(NULL), &draft, &e), "profile", &e);
	place_seal(l, p, place_sign(draft, &p->root, 1), NULL);
	place_enrol(l, p, &kumo);
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
	ak_secret *k = place_key();
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
	ak_secret *beat = place_key(), *provider;

	memset(p, 0, sizeof(*p));
	p->work = work;
	p->root = place_key();
	p->op = place_key();
	name(p, "ledger.git", p->ledger);
	name(p, "operator.key", p->operator_path);
	name(p, "operator.key.state", p->state);
	name(p, "envelopes", p->envelopes);
	name(p, "statements", p->statements);
	name(p, "results", p->results);
	name(p, "git", p->git);
	keep_secret(p->operator_path, p->op);
	provider = make_signer(p);
	create(p, beat);
	begin(p, provider);
	ak_secret_free(&provider);
	ak_secret_free(&beat);
}

void place_drop(place *p)
{
	ak_secret_free(&p->root);
	ak_secret_free(&p->op);
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
