/* SPDX-License-Identifier: Apache-2.0 */
#include "demo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TYPE(name, about, exclusive, signing, schema) \
	"\"" name "\":{\"about\":[" about "],\"documents\":\"none\",\"exclusive\":" exclusive ",\"publication\":\"always\",\"refs\":[]," \
	"\"schema\":{\"additionalProperties\":false,\"properties\":{" schema "},\"type\":\"object\"}," \
	"\"signing\":[" signing "],\"title\":{\"en\":\"" name "\",\"ja\":\"" name "\"}}"
#define ABOUT(kind) "{\"pointer\":\"/" kind "\",\"prefix\":\"demo/" kind ":\"}"
#define MEMBERS(role, k) "{\"mode\":\"members\",\"role\":\"" role "\",\"threshold\":" k "}"
#define TEXT(name) "\"" name "\":{\"type\":\"string\"}"
#define RULE(id, severity, sql) \
	"\"" id "\":[\"-- id: " id "\",\"-- severity: " severity "\",\"-- ja: 規則\",\"-- en: rule\",\"-- basis: none\",\"" sql "\"]"

/* The newest listing record of each listing. */
#define VIEWS \
	"CREATE VIEW newest AS SELECT r.body ->> '$.listing' AS listing, max(r.seq) AS seq FROM record AS r WHERE r.type = 'listing' GROUP BY 1;"

const char demo_package[] =
	"{\"format\":\"akashi-profile/1\",\"ids\":{},\"names\":{\"en\":\"Demo\",\"ja\":\"例\"},\"parameters\":{},\"queries\":{"
	"\"chain\":[\"SELECT 'listing' AS step, '' AS label_ja, '' AS label_en, r.sealed_on AS date, r.seq AS record,\","
	"\"'' AS party_ja, '' AS party_en, '' AS text_ja, '' AS text_en FROM asked AS a JOIN about AS b ON b.subject = 'demo/listing:' || a.listing\","
	"\"JOIN record AS r ON r.seq = b.seq ORDER BY r.seq DESC\"],"
	"\"missing\":[\"SELECT 'report' AS what, '' AS label_ja, '' AS label_en FROM asked AS a JOIN newest AS n ON n.listing = a.listing\","
	"\"WHERE NOT EXISTS (SELECT 1 FROM ref AS f JOIN record AS t ON t.seq = f.target_seq AND t.type = 'report' WHERE f.seq = n.seq)\"],"
	"\"periods\":[\"SELECT 0 AS first, 0 AS last, 0 AS cycle, 0 AS record, 0 AS gap_days WHERE 0\"],"
	"\"summary\":[\"SELECT a.listing AS listing, NULL AS service, NULL AS provider, 'decided' AS basis, NULL AS registered_on,\","
	"\"r.body ->> '$.until' AS expires_on, NULL AS expires_stated, 0 AS carried, NULL AS source\","
	"\"FROM asked AS a JOIN newest AS n ON n.listing = a.listing JOIN record AS r ON r.seq = n.seq\"]},"
	"\"roles\":{\"desk\":{\"en\":\"Desk\",\"enrolled_by\":[{\"mode\":\"root\"}],\"ja\":\"窓口\"},"
	"\"judge\":{\"en\":\"Judge\",\"enrolled_by\":[" MEMBERS("desk", "1") ",{\"mode\":\"root\"}],\"ja\":\"審査\"}},"
	"\"rules\":{"
	RULE("D1", "invalid", "SELECT r.body ->> '$.listing' AS listing, r.seq AS record, '削除' AS ja, 'deleted' AS en, '' AS expected, '' AS found "
	     "FROM record AS r WHERE r.type = 'deletion'") ","
	RULE("E1", "expired", "SELECT n.listing AS listing, n.seq AS record, '期限' AS ja, 'expired' AS en, q.as_of AS expected, r.body ->> '$.until' AS found "
	     "FROM newest AS n JOIN record AS r ON r.seq = n.seq JOIN asked AS q WHERE r.body ->> '$.until' < q.as_of") ","
	RULE("S1", "suspended", "SELECT n.listing AS listing, w.seq AS record, '撤回' AS ja, 'withdrawn' AS en, '' AS expected, '' AS found "
	     "FROM newest AS n JOIN ref AS f ON f.seq = n.seq JOIN ref AS g ON g.target_seq = f.target_seq JOIN record AS w ON w.seq = g.seq "
	     "AND w.type = 'withdrawal'") ","
	RULE("W1", "warning", "SELECT n.listing AS listing, p.seq AS record, '署名' AS ja, 'signed by' AS en, '' AS expected, p.member AS found "
	     "FROM newest AS n JOIN signer AS p ON p.seq = n.seq") "},"
	"\"scheme\":\"demo\",\"types\":{"
	TYPE("deletion", ABOUT("listing"), "true", MEMBERS("desk", "2") ",{\"mode\":\"root\"}", TEXT("listing")) ","
	TYPE("listing", ABOUT("listing"), "false", MEMBERS("desk", "1"), TEXT("listing") "," TEXT("until")) ","
	TYPE("report", ABOUT("service"), "false", MEMBERS("judge", "1"), TEXT("service") "," TEXT("number")) ","
	TYPE("withdrawal", ABOUT("service"), "true", MEMBERS("judge", "1"), TEXT("service") "," TEXT("number"))
	"},\"version\":\"1\",\"views\":[\"" VIEWS "\"]}";

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

ak_text demo_sign(ak_text in, const char *scheme, ak_secret *const *keys)
{
	ak_span own = strcmp(scheme, "demo") == 0 ? ak_span_str(demo_package) : (ak_span){ 0 };

	for (size_t i = 0; keys[i] != NULL; i++) {
		ak_text out = { 0 };
		ak_error err = { 0 };

		if (ak_exchange_sign(span_of(&in), own, keys[i], &out, &err) != AK_OK)
			fail_msg("sign: %s: %s", err.where, err.detail);
		ak_text_free(&in);
		in = out;
	}
	return in;
}

ak_text demo_draft(demo *d, const char *scheme, const char *type, const char *body, const char *rel, uint64_t record)
{
	char name[24];
	const ak_named_ref ref = { rel, name };
	ak_draft_options o = { .scheme = scheme, .type = type, .now = d->w.now, .body = ak_span_str(body), .refs = &ref,
	                       .n_refs = rel == NULL ? 0 : 1 };
	ak_text t = { 0 };
	ak_error err = { 0 };

	(void)snprintf(name, sizeof(name), "#%llu", (unsigned long long)record);
	if (ak_ledger_draft(d->w.l, &o, &t, &err) != AK_OK)
		fail_msg("draft %s: %s: %s", type, err.where, err.detail);
	return t;
}

ak_text demo_party(demo *d, const char *party, const char *role, size_t from, size_t to, bool by_two)
{
	ak_secret *keys[DEMO_POOL + 3] = { d->w.root[0] };
	char body[4000], key[400];
	size_t at, n = 1;

	at = (size_t)snprintf(body, sizeof(body), "{\"party\":\"%s\",\"name\":{\"ja\":\"仮\",\"en\":\"x\"},\"roles\":[\"%s\"],"
	                      "\"members\":[", party, role);
	if (by_two)
		keys[n++] = d->w.root[1];
	for (size_t i = from; i < to; i++) {
		world_key_json(d->pool[i], key, sizeof(key));
		at += (size_t)snprintf(body + at, sizeof(body) - at, "%s{\"member\":\"m%zu\",\"seat\":\"席\",\"kind\":\"person\","
		                       "\"keys\":[%s]}", i == from ? "" : ",", i, key);
		keys[n++] = d->pool[i];
	}
	(void)snprintf(body + at, sizeof(body) - at, "]}");
	return demo_sign(demo_draft(d, "demo", "party", body, NULL, 0), "akashi", keys);
}

ak_text demo_revocation(demo *d, const ak_secret *of, int64_t last, ak_secret *const *keys)
{
	char body[300], id[72], reach[60] = "";

	attack_keyid(of, id);
	if (last >= 0)
		(void)snprintf(reach, sizeof(reach), "\"last_valid_seq\":%lld,", (long long)last);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],%s\"reason\":\"%s\"}", id + 7, reach, last >= 0 ? "compromise" : "lost");
	return demo_sign(demo_draft(d, "akashi", "revocation", body, NULL, 0), "akashi", keys);
}

uint64_t demo_add(demo *d, const char *type, const char *body, const char *rel, uint64_t record, bool desk, size_t n)
{
	ak_secret *keys[4] = { NULL };

	for (size_t i = 0; i < n; i++)
		keys[i] = d->pool[desk ? i : DEMO_DESK + i];
	return world_seal(&d->w, demo_sign(demo_draft(d, "demo", type, body, rel, record), "demo", keys));
}

void demo_listing(demo *d)
{
	uint64_t report = demo_add(d, "report", "{\"number\":\"1\",\"service\":\"s0\"}", NULL, 0, false, 1);

	(void)demo_add(d, "listing", "{\"listing\":\"L0\",\"until\":\"2026-12-01\"}", "report", report, true, 1);
}

void demo_branch(const demo *of, demo *d)
{
	*d = *of;
	world_branch(&of->w, &d->w);
}

void demo_close(demo *d)
{
	world_close(&d->w);
}

int demo_group_open(void **state)
{
	demo *d = calloc(1, sizeof(*d));
	ak_text t = { 0 };
	ak_secret *roots[] = { NULL, NULL, NULL };
	ak_error err = { 0 };

	assert_non_null(d);
	world_open_bare(&d->w);
	for (size_t i = 0; i < DEMO_POOL; i++)
		d->pool[i] = world_new_key("ed25519");
	roots[0] = d->w.root[0];
	roots[1] = d->w.root[1];
	if (ak_ledger_draft_profile(d->w.l, "demo", ak_span_str(demo_package), d->w.now, &t, &err) != AK_OK)
		fail_msg("%s: %s", err.where, err.detail);
	(void)world_seal(&d->w, demo_sign(t, "akashi", roots));
	(void)world_seal(&d->w, demo_party(d, "the-desk", "desk", 0, DEMO_DESK, true));
	(void)world_seal(&d->w, demo_party(d, "the-judge", "judge", DEMO_DESK, DEMO_POOL, true));
	world_retrust(&d->w);
	*state = d;
	return 0;
}

int demo_group_close(void **state)
{
	demo *d = *state;

	for (size_t i = 0; i < DEMO_POOL; i++)
		ak_secret_free(&d->pool[i]);
	world_close(&d->w);
	free(d);
	return 0;
}
