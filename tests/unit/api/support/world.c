/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "base/text.h"
#include "codec/jcs.h"
#include "model/signatures.h"
#include "temp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define START INT64_C(1780272000) /* 2026-06-01T00:00:00Z */
#define ORIGIN "ledger.example/ismap"

static void ok(ak_status st, const ak_error *err, const char *what)
{
	if (st != AK_OK)
		fail_msg("%s: %s at %s: %s (expected %s, found %s)", what, ak_status_name(st),
		         err->where == NULL ? "?" : err->where, err->detail, err->expected, err->found);
}

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

ak_secret *world_new_key(const char *alg)
{
	ak_secret *k = NULL;
	ak_error err = { 0 };

	ok(ak_secret_generate(alg, &k, &err), &err, "keygen");
	return k;
}

static ak_secret *new_key(void)
{
	return world_new_key("ed25519");
}

static ak_text public_of(const ak_secret *k)
{
	ak_text t = { 0 };
	ak_error err = { 0 };

	ok(ak_secret_public(k, &t, &err), &err, "public key");
	return t;
}

void world_key_json(const ak_secret *k, char *out, size_t size)
{
	ak_text t = public_of(k);
	ak_json *v = NULL;

	assert_int_equal(ak_json_parse(span_of(&t), &v, NULL), AK_OK);
	(void)snprintf(out, size, "{\"id\":\"%s\",\"spki\":\"%s\"}", ak_json_get_str(v, "id"),
	               ak_json_get_str(v, "spki"));
	ak_json_free(v);
	ak_text_free(&t);
}

static ak_text sign_with(ak_text in, ak_span package, ak_secret *const *keys)
{
	ak_error err = { 0 };

	for (size_t i = 0; keys[i] != NULL; i++) {
		ak_text out = { 0 };

		ok(ak_exchange_sign(span_of(&in), package, keys[i], &out, &err), &err, "sign");
		ak_text_free(&in);
		in = out;
	}
	return in;
}

ak_text world_sign(ak_text in, ak_secret *const *keys)
{
	return sign_with(in, (ak_span){ 0 }, keys);
}

static void make_keys(world *w)
{
	for (size_t i = 0; i < WORLD_ROOTS; i++)
		w->root[i] = new_key();
	for (size_t i = 0; i < WORLD_COMMITTEE; i++)
		w->committee[i] = new_key();
	w->op = new_key();
	w->heartbeat = new_key();
	w->secretariat = new_key();
	w->ops = new_key();
	w->auditor = new_key();
	w->provider = new_key();
	w->stranger = new_key();
	w->agency = new_key();
}

static ak_text genesis(world *w)
{
	static const char *const names[] = { "root-a", "root-b", "root-c" };
	ak_text pub[WORLD_ROOTS], op = public_of(w->op), beat = public_of(w->heartbeat), draft = { 0 };
	const char *keys[WORLD_ROOTS];
	ak_secret *signers[] = { w->root[0], w->root[1], w->root[2], w->op, w->heartbeat, NULL };
	ak_genesis g = { .origin = ORIGIN, .issued = "2026-05-31", .threshold = 2, .n_holders = WORLD_ROOTS,
	                 .holder = names, .root_key = keys, .operator_key = op.data, .heartbeat_key = beat.data };
	ak_error err = { 0 };

	for (size_t i = 0; i < WORLD_ROOTS; i++) {
		pub[i] = public_of(w->root[i]);
		keys[i] = pub[i].data;
	}
	ok(ak_genesis_draft(&g, &draft, &err), &err, "genesis draft");
	for (size_t i = 0; i < WORLD_ROOTS; i++)
		ak_text_free(&pub[i]);
	ak_text_free(&op);
	ak_text_free(&beat);
	return world_sign(draft, signers);
}

void world_retrust(world *w)
{
	ak_error err = { 0 };

	ak_text_free(&w->trust);
	ok(ak_ledger_trust(w->l, &w->trust, &err), &err, "trust");
}

static void name_paths(world *w)
{
	temp_dir(w->dir, sizeof(w->dir));
	(void)snprintf(w->ledger, sizeof(w->ledger), "%s/ledger.git", w->dir);
	(void)snprintf(w->state, sizeof(w->state), "%s/op.state", w->dir);
}

void world_open_bare(world *w)
{
	ak_text env, json = { 0 };
	ak_error err = { 0 };

	*w = (world){ .now = START, .scheme = "ismap" };
	name_paths(w);
	make_keys(w);
	env = genesis(w);
	ok(ak_ledger_create(w->ledger, span_of(&env), w->op, w->state, w->now, &json, &err), &err, "create");
	ak_text_free(&env);
	ak_text_free(&json);
	ok(ak_ledger_open(w->ledger, &w->l, &err), &err, "open");
	world_retrust(w);
}

static void add_profile(world *w)
{
	ak_secret *signers[] = { w->root[0], w->root[1], NULL };
	ak_text draft = { 0 };
	ak_error err = { 0 };

	ok(ak_ledger_draft_profile(w->l, w->scheme, w->package, w->now, &draft, &err), &err, "profile draft");
	(void)world_seal(w, world_sign(draft, signers));
}

typedef struct enrolment {
	const char *name, *ja, *en, *role;
	ak_secret *const *keys;
	size_t n;
	const char *seat;
} enrolment;

static void add_party(world *w, const enrolment *p)
{
	ak_secret *signers[2 + WORLD_COMMITTEE + 1] = { w->root[0], w->root[1] };
	char body[8192];
	size_t at = (size_t)snprintf(body, sizeof(body), "{\"party\":\"%s\",\"name\":{\"ja\":\"%s\",\"en\":\"%s\"},"
	                             "\"roles\":[\"%s\"],\"members\":[", p->name, p->ja, p->en, p->role);

	for (size_t i = 0; i < p->n; i++) {
		char key[400];

		world_key_json(p->keys[i], key, sizeof(key));
		at += (size_t)snprintf(body + at, sizeof(body) - at,
		                       "%s{\"member\":\"m%zu\",\"seat\":\"%s%zu\",\"kind\":\"person\",\"keys\":[%s]}",
		                       i == 0 ? "" : ",", i + 1, p->seat, i + 1, key);
		signers[2 + i] = p->keys[i];
	}
	(void)snprintf(body + at, sizeof(body) - at, "]}");
	(void)world_seal(w, world_sign(world_draft(w, w->scheme, "party", "2026-05-31", body, NULL), signers));
}

void world_open_package(world *w, const char *scheme, ak_span package)
{
	world_open_bare(w);
	w->scheme = scheme;
	w->package = package;
	add_profile(w);
	{
		const enrolment parties[] = {
			{ "committee", "ISMAP運営委員会", "Steering Committee", "committee", w->committee, WORLD_COMMITTEE, "委員" },
			{ "secretariat", "事務局", "Secretariat", "secretariat", &w->secretariat, 1, "事務局" },
			{ "ops-support", "運用支援機関", "Operations support", "ops-support", &w->ops, 1, "審査" },
			{ "koh-audit", "甲監査法人", "Koh Audit Corporation", "auditor", &w->auditor, 1, "業務執行責任者" },
			{ "kakuu-kumo", "株式会社架空の雲", "Kakuu no Kumo K.K.", "provider", &w->provider, 1, "統括責任者" },
			{ "kakuu-sho", "架空省", "Ministry of the Imaginary", "procuring-body", &w->agency, 1, "情報システム責任者" },
		};
		size_t n = sizeof(parties) / sizeof(parties[0]) - (strcmp(scheme, "ismap-liu") != 0);

		for (size_t i = 0; i < n; i++)
			add_party(w, &parties[i]);
	}
	world_retrust(w);
}

void world_open_scheme(world *w, const char *scheme)
{
	world_open_package(w, scheme, (ak_span){ 0 });
}

void world_open(world *w)
{
	world_open_scheme(w, "ismap");
}

void world_branch(const world *of, world *w)
{
	char cmd[256];
	ak_error err = { 0 };

	*w = *of;
	w->branch = true;
	w->l = NULL;
	w->trust = (ak_text){ 0 };
	name_paths(w);
	(void)snprintf(cmd, sizeof(cmd), "cp -a %s/. %s", of->dir, w->dir);
	assert_int_equal(system(cmd), 0);
	ok(ak_ledger_open(w->ledger, &w->l, &err), &err, "open");
	world_retrust(w);
}

void world_close(world *w)
{
	ak_secret **all[] = { &w->op, &w->heartbeat, &w->secretariat, &w->ops, &w->auditor, &w->provider, &w->stranger,
	                      &w->agency };
	char cmd[128];

	ak_ledger_free(&w->l);
	for (size_t i = 0; !w->branch && i < sizeof(all) / sizeof(all[0]); i++)
		ak_secret_free(all[i]);
	for (size_t i = 0; !w->branch && i < WORLD_ROOTS; i++)
		ak_secret_free(&w->root[i]);
	for (size_t i = 0; !w->branch && i < WORLD_COMMITTEE; i++)
		ak_secret_free(&w->committee[i]);
	ak_text_free(&w->trust);
	(void)snprintf(cmd, sizeof(cmd), "rm -rf %s", w->dir);
	assert_int_equal(system(cmd), 0);
}

uint64_t world_seq(const world *w, const char *label)
{
	for (size_t i = 0; i < w->n_labels; i++) {
		if (strcmp(w->label[i].name, label) == 0)
			return w->label[i].seq;
	}
	fail_msg("no label %s", label);
	return 0;
}

/* Drafts of core types are held to their schemas; those of tests are what somebody has written who was told so by nobody. */
static ak_text with_body(ak_text draft, const char *body)
{
	ak_json *d = NULL, *b = NULL;
	ak_text out = { 0 };

	assert_int_equal(ak_json_parse(span_of(&draft), &d, NULL), AK_OK);
	assert_int_equal(ak_json_parse(ak_span_str(body), &b, NULL), AK_OK);
	assert_int_equal(ak_json_set(d, "body", b, NULL), AK_OK);
	assert_int_equal(ak_jcs_text(d, AK_STATEMENT_MAX, &out, NULL), AK_OK);
	ak_text_free(&draft);
	return out;
}

ak_text world_draft(world *w, const char *scheme, const char *type, const char *issued, const char *body,
                    const char *const *refs)
{
	ak_named_ref named[16];
	char rel[16][40], record[16][24];
	ak_draft_options o = { .scheme = scheme, .type = type, .issued = issued, .now = w->now,
	                       .body = ak_span_str(body), .refs = named };
	/* These types name a document; what is in it does not matter here, but each differs. */
	bool documented = strcmp(type, "provider-statement") == 0 || strcmp(type, "audit-report") == 0 ||
	                  strcmp(type, "improvement-plan") == 0 || strcmp(type, "internal-audit-report") == 0;
	ak_document document = { "document.pdf", type, { { (uint8_t)(w->now / 60), (uint8_t)(w->now / 15360) } }, false };
	ak_text draft = { 0 };
	ak_error err = { 0 };
	ak_status st;

	o.documents = &document;
	o.n_documents = documented ? 1 : 0;
	for (size_t i = 0; refs != NULL && refs[i] != NULL; i++) {
		const char *eq = strchr(refs[i], '=');

		assert_non_null(eq);
		(void)snprintf(rel[i], sizeof(rel[i]), "%.*s", (int)(eq - refs[i]), refs[i]);
		(void)snprintf(record[i], sizeof(record[i]), "#%llu", (unsigned long long)world_seq(w, eq + 1));
		named[i] = (ak_named_ref){ rel[i], record[i] };
		o.n_refs = i + 1;
	}
	st = ak_ledger_draft(w->l, &o, &draft, &err);
	if (st != AK_SCHEMA) {
		ok(st, &err, type);
		return draft;
	}
	o.body = (ak_span){ 0 };
	ok(ak_ledger_draft(w->l, &o, &draft, &err), &err, type);
	return with_body(draft, body);
}

ak_secret *const *world_signers(world *w, const char *type)
{
	static const struct { const char *type; size_t offset; } one[] = {
		{ "provider-statement", offsetof(world, provider) }, { "application", offsetof(world, provider) },
		{ "renewal-application", offsetof(world, provider) }, { "improvement-plan", offsetof(world, provider) },
		{ "withdrawal", offsetof(world, provider) }, { "audit-report", offsetof(world, auditor) },
		{ "report-withdrawal", offsetof(world, auditor) }, { "technical-review", offsetof(world, ops) },
		{ "listing", offsetof(world, secretariat) },
		{ "baseline", offsetof(world, secretariat) }, { "correction", offsetof(world, secretariat) },
		{ "pre-application", offsetof(world, provider) }, { "internal-audit-report", offsetof(world, provider) },
		{ "impact-assessment", offsetof(world, agency) }, { "assessment", offsetof(world, auditor) },
		{ "extension", offsetof(world, provider) },
		{ "annulment", offsetof(world, secretariat) }, { "succession", offsetof(world, secretariat) },
	};
	static ak_secret *keys[4];

	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++) {
		if (strcmp(one[i].type, type) == 0) {
			memcpy(&keys[0], (const char *)w + one[i].offset, sizeof(keys[0]));
			keys[1] = NULL;
			return keys;
		}
	}
	for (size_t i = 0; i < 3; i++)
		keys[i] = w->committee[i];
	keys[3] = NULL;
	return keys;
}

ak_status try_seal(world *w, ak_text envelope, ak_error *err)
{
	const ak_seal_options o = { .operator_key = w->op, .state_path = w->state, .now = w->now += 60 };
	ak_text json = { 0 };
	ak_span in = span_of(&envelope);
	size_t failed;
	ak_status st = ak_ledger_seal(w->l, &in, 1, &o, &json, &failed, err);

	ak_text_free(&json);
	ak_text_free(&envelope);
	return st;
}

uint64_t world_seal(world *w, ak_text envelope)
{
	ak_text head = { 0 };
	ak_json *v = NULL;
	ak_error err = { 0 };
	int64_t size = 0;

	ok(try_seal(w, envelope, &err), &err, "seal");
	ok(ak_ledger_head(w->l, &head, &err), &err, "head");
	assert_int_equal(ak_json_parse(span_of(&head), &v, NULL), AK_OK);
	assert_true(ak_json_int(ak_json_get(v, "size"), &size));
	ak_json_free(v);
	ak_text_free(&head);
	return (uint64_t)size - 1;
}

uint64_t world_add(world *w, const char *label, const char *type, const char *issued, const char *body,
                   const char *const *refs)
{
	uint64_t seq = world_seal(w, sign_with(world_draft(w, w->scheme, type, issued, body, refs), w->package, world_signers(w, type)));

	assert_true(w->n_labels < WORLD_LABELS);
	(void)snprintf(w->label[w->n_labels].name, sizeof(w->label[0].name), "%s", label);
	w->label[w->n_labels++].seq = seq;
	return seq;
}

ak_status try_add(world *w, const char *type, const char *body, const char *const *refs, ak_secret *const *keys, ak_error *err)
{
	return try_seal(w, world_sign(world_draft(w, w->scheme, type, NULL, body, refs), keys), err);
}

/* ---- asking ------------------------------------------------------------------------------------------------ */

ak_verdict world_verify(world *w, const char *listing, const char *as_of, uint64_t known_at, ak_json **report)
{
	return world_verify_use(w, listing, as_of, known_at, NULL, report);
}

ak_verdict world_verify_use(world *w, const char *listing, const char *as_of, uint64_t known_at, const ak_use *use,
                            ak_json **report)
{
	const ak_verify_options o = { .scheme = w->scheme, .listing = listing, .trust = span_of(&w->trust), .as_of = as_of,
	                              .known_at = known_at, .now = w->now, .use = use };
	ak_verdict v = AK_VERDICT_INVALID;
	ak_text json = { 0 };
	ak_error err = { 0 };

	ok(ak_ledger_verify(w->l, &o, &v, &json, &err), &err, "verify");
	if (report != NULL)
		assert_int_equal(ak_json_parse(span_of(&json), report, NULL), AK_OK);
	ak_text_free(&json);
	return v;
}

bool world_audit(world *w, ak_json **report)
{
	const ak_audit_options o = { .trust = span_of(&w->trust), .now = w->now };
	ak_text json = { 0 };
	ak_error err = { 0 };
	bool good = false;

	ok(ak_audit_repository(w->ledger, &o, &good, &json, &err), &err, "audit");
	if (report != NULL)
		assert_int_equal(ak_json_parse(span_of(&json), report, NULL), AK_OK);
	ak_text_free(&json);
	return good;
}

bool report_failed(const ak_json *report, const char *id)
{
	const ak_json *checks = ak_json_get(report, "checks");

	for (size_t i = 0; i < ak_json_len(checks); i++) {
		const ak_json *c = ak_json_at(checks, i);

		if (ak_span_is(ak_json_get_text(c, "id"), id) && ak_span_is(ak_json_get_text(c, "outcome"), "failed"))
			return true;
	}
	return false;
}

bool report_finding(const ak_json *report, const char *rule)
{
	const ak_json *list = ak_json_get(report, "findings");

	for (size_t i = 0; i < ak_json_len(list); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(list, i), "rule"), rule))
			return true;
	}
	return false;
}
