/* SPDX-License-Identifier: Apache-2.0 */
/* Thousands of questions to ledgers made at random: what `verify` says of the ledger and of its bundle is one text, byte for byte.
 *
 * The scheme is a small one, so that much can be asked; test_bundle.c does the same with ISMAP.  A ledger grows by whatever
 * comes: listings, reports, withdrawals, deletions, parties, revocations that reach back; what sealing refuses is laid on
 * it all the same, as the thief of an operator key could, so that there are void records and dangling references too.
 */
#include "attack.h"
#include "oom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LEDGERS = 26, SLOW_LEDGERS = 4, EVENTS = 12, ASK_EVERY = 3, POOL = 6, DESK = 3 /* keys of the desk; the others judge */ };

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

static const char package[] =
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

typedef struct maker {
	world w;
	ak_secret *pool[POOL];
	uint32_t r;
	uint64_t report; /* the newest */
	size_t n_laid, pairs, verdicts[AK_VERDICT_VALID + 1];
} maker;

static uint32_t pick(maker *m, uint32_t n)
{
	m->r = m->r * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(m->r >> 8) * n >> 24);
}

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static uint64_t size_of(maker *m)
{
	return attack_size(&m->w);
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

static ak_text sign(ak_text in, const char *scheme, ak_secret *const *keys)
{
	for (size_t i = 0; keys[i] != NULL; i++) {
		ak_text out = { 0 };
		ak_error err = { 0 };

		if (ak_exchange_sign(span_of(&in), strcmp(scheme, "demo") == 0 ? ak_span_str(package) : (ak_span){ 0 }, keys[i], &out, &err) != AK_OK)
			fail_msg("sign: %s: %s", err.where, err.detail);
		ak_text_free(&in);
		in = out;
	}
	return in;
}

/* A reference is to the newest report, mostly. */
static ak_text draft(maker *m, const char *scheme, const char *type, const char *body, const char *rel)
{
	char record[24];
	const ak_named_ref ref = { rel, record };
	ak_draft_options o = { .scheme = scheme, .type = type, .now = m->w.now, .body = ak_span_str(body), .refs = &ref,
	                       .n_refs = rel == NULL ? 0 : 1 };
	ak_text t = { 0 };
	ak_error err = { 0 };

	(void)snprintf(record, sizeof(record), "#%llu", (unsigned long long)(pick(m, 8) == 0 ? pick(m, (uint32_t)size_of(m)) : m->report));
	if (ak_ledger_draft(m->w.l, &o, &t, &err) != AK_OK)
		fail_msg("draft %s: %s: %s", type, err.where, err.detail);
	return t;
}

/* Seal it, or lay it on the ledger without asking. */
static void put(maker *m, ak_text envelope)
{
	ak_text copy = attack_copy(&envelope);
	ak_error err = { 0 };
	ak_status st = try_seal(&m->w, envelope, &err);

	if (st == AK_OK) {
		ak_text_free(&copy);
		return;
	}
	if (ak_status_class(st) != AK_CLASS_REJECT)
		fail_msg("seal: %s: %s", err.where, err.detail);
	if (st == AK_REPEATED || st == AK_ABOUT_MISMATCH) {
		ak_text_free(&copy); /* those break the ledger for good */
		return;
	}
	m->n_laid++;
	(void)attack_forge(&m->w, copy);
	assert_non_null(m->w.l);
}

/* Who signs it: keys that should, or now and then any. */
static ak_text demo(maker *m, const char *type, const char *body, const char *rel, bool desk, size_t n_signers)
{
	bool right = pick(m, 8) != 0;
	uint32_t from = !right || desk ? 0 : DESK, n = !right ? POOL : desk ? DESK : POOL - DESK, first = pick(m, n);
	ak_secret *keys[4] = { NULL };

	for (size_t i = 0; i < n_signers; i++)
		keys[i] = m->pool[from + (first + i) % n];
	if (pick(m, 16) == 0) { /* what it stands on is nowhere */
		const edit nowhere[] = {
			{ "/predicate/base", "\"sha256:00000000000000000000000000000000000000000000000000000000000000ff\"" }, { NULL, NULL },
		};
		ak_text t = sign(draft(m, "demo", type, body, rel), "demo", (ak_secret *[]){ m->w.stranger, NULL });

		return attack_edited(t, nowhere, keys);
	}
	return sign(draft(m, "demo", type, body, rel), "demo", keys);
}

static void add_listing(maker *m)
{
	char body[120];

	(void)snprintf(body, sizeof(body), "{\"listing\":\"L%u\",\"until\":\"2026-%02u-01\"}", pick(m, 3), 4 + pick(m, 9));
	put(m, demo(m, "listing", body, pick(m, 8) == 0 ? NULL : "report", true, 1));
}

static void add_report(maker *m)
{
	char body[120];

	(void)snprintf(body, sizeof(body), "{\"number\":\"%llu\",\"service\":\"s%u\"}", (unsigned long long)m->w.now, pick(m, 2));
	if (pick(m, 6) == 0)
		put(m, demo(m, "withdrawal", body, "withdraws", false, 1));
	else
		put(m, demo(m, "report", body, NULL, false, 1));
	m->report = size_of(m) - 1; /* a withdrawal, too, can be taken for one */
}

static void add_deletion(maker *m)
{
	char body[120];

	(void)snprintf(body, sizeof(body), "{\"listing\":\"L%u\"}", pick(m, 3));
	put(m, demo(m, "deletion", body, NULL, true, 1 + pick(m, 2)));
}

/* Enrol one key of the pool, or those from `from` to `to`, as members of a party. */
static void enrol(maker *m, const char *party, const char *role, uint32_t from, uint32_t to, bool by_two)
{
	ak_secret *keys[POOL + 3] = { m->w.root[0] };
	char body[4000], key[400];
	size_t at, n = 1;

	at = (size_t)snprintf(body, sizeof(body), "{\"party\":\"%s\",\"name\":{\"ja\":\"仮\",\"en\":\"x\"},\"roles\":[\"%s\"],\"members\":[", party,
	                      role);
	if (by_two)
		keys[n++] = m->w.root[1];
	for (uint32_t i = from; i < to; i++) {
		world_key_json(m->pool[i], key, sizeof(key));
		at += (size_t)snprintf(body + at, sizeof(body) - at, "%s{\"member\":\"m%u\",\"seat\":\"席\",\"kind\":\"person\",\"keys\":[%s]}",
		                       i == from ? "" : ",", i, key);
		keys[n++] = m->pool[i];
	}
	(void)snprintf(body + at, sizeof(body) - at, "]}");
	put(m, sign(draft(m, "demo", "party", body, NULL), "akashi", keys));
}

static void add_party(maker *m)
{
	static const char *const names[] = { "the-desk", "the-judge", "another" };
	uint32_t i = pick(m, POOL);

	enrol(m, names[pick(m, 3)], pick(m, 2) == 0 ? "desk" : "judge", i, i + 1, pick(m, 6) != 0);
}

static void add_revocation(maker *m)
{
	ak_secret *a = m->pool[pick(m, POOL)], *self[] = { a, NULL }, *roots[] = { m->w.root[1], m->w.root[2], NULL };
	bool by_root = pick(m, 2) == 0;
	char body[300], id[72], reach[60] = "";

	attack_keyid(a, id);
	if (by_root)
		(void)snprintf(reach, sizeof(reach), "\"last_valid_seq\":%u,", pick(m, (uint32_t)size_of(m)));
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"}],%s\"reason\":\"%s\"}", id + 7, reach, by_root ? "compromise" : "lost");
	put(m, sign(draft(m, "akashi", "revocation", body, NULL), "akashi", by_root ? roots : self));
}

static void event(maker *m)
{
	switch (pick(m, 16)) {
	case 0:
		add_party(m);
		break;
	case 1:
		add_revocation(m);
		break;
	case 2:
		add_deletion(m);
		break;
	case 3:
	case 4:
	case 5:
	case 6:
	case 7:
		add_report(m);
		break;
	default:
		add_listing(m);
		break;
	}
}

/* ---- questions --------------------------------------------------------------------------------------------------- */

static void ask(maker *m, const ak_text *bundle, const char *listing, const char *as_of, uint64_t known_at)
{
	ak_verify_options o = { .scheme = "demo", .listing = listing, .trust = span_of(&m->w.trust), .as_of = as_of,
	                        .known_at = known_at, .now = m->w.now };
	ak_text from_ledger = { 0 }, from_bundle = { 0 };
	ak_verdict v = AK_VERDICT_VALID, u = AK_VERDICT_INVALID;
	ak_error err = { 0 };

	if (ak_ledger_verify(m->w.l, &o, &v, &from_ledger, &err) != AK_OK)
		fail_msg("ledger: %s: %s", err.where, err.detail);
	o.scheme = o.listing = NULL;
	if (ak_bundle_verify(span_of(bundle), &o, &u, &from_bundle, &err) != AK_OK)
		fail_msg("bundle: %s: %s", err.where, err.detail);
	if (v != u || from_ledger.len != from_bundle.len || memcmp(from_ledger.data, from_bundle.data, from_ledger.len) != 0)
		fail_msg("%s as of %s, known at %llu: %s and %s\n%s\n%s", listing, as_of, (unsigned long long)known_at, ak_verdict_name(v),
		         ak_verdict_name(u), from_ledger.data, from_bundle.data);
	m->pairs++;
	m->verdicts[v]++;
	ak_text_free(&from_ledger);
	ak_text_free(&from_bundle);
}

static void ask_all(maker *m)
{
	static const char *const listings[] = { "L0", "L1", "L2" };
	static const char *const days[] = { "2026-01-01", "2026-05-31", "2026-06-05" };

	for (size_t i = 0; i < sizeof(listings) / sizeof(listings[0]); i++) {
		ak_text bundle = { 0 };
		ak_error err = { 0 };

		if (ak_ledger_bundle(m->w.l, "demo", listings[i], pick(m, 2) == 0 ? 0 : size_of(m) / 2, &bundle, &err) != AK_OK)
			fail_msg("%s: %s", err.where, err.detail);
		for (size_t d = 0; d < sizeof(days) / sizeof(days[0]); d++) {
			ask(m, &bundle, listings[i], days[d], 0);
			ask(m, &bundle, listings[i], days[d], size_of(m) - 1 - pick(m, ASK_EVERY));
		}
		ak_text_free(&bundle);
	}
}

static void one_ledger(const world *base, maker *m, uint32_t seed)
{
	m->r = seed * 2654435761u + 1;
	world_branch(base, &m->w);
	enrol(m, "the-desk", "desk", 0, DESK, true);
	enrol(m, "the-judge", "judge", DESK, POOL, true);
	m->report = 0;
	add_report(m);
	add_listing(m);
	for (size_t i = 1; i <= EVENTS; i++) {
		event(m);
		if (i % ASK_EVERY == 0)
			ask_all(m);
	}
	assert_true(world_audit(&m->w, NULL));
	world_close(&m->w);
}

static void the_bundle_says_what_the_ledger_says(void **state)
{
	static maker m; /* zero */

	for (size_t i = 0; i < POOL; i++)
		m.pool[i] = world_new_key("ed25519");
	for (uint32_t seed = 0; seed < (oom_available() ? LEDGERS : SLOW_LEDGERS); seed++) /* sanitizers are slow */
		one_ledger(*state, &m, seed);
	for (size_t i = 0; i < POOL; i++)
		ak_secret_free(&m.pool[i]);
	print_message("%zu pairs, %zu records laid without asking; valid %zu, unverifiable %zu, suspended %zu, expired %zu, invalid %zu\n",
	              m.pairs, m.n_laid, m.verdicts[AK_VERDICT_VALID], m.verdicts[AK_VERDICT_UNVERIFIABLE],
	              m.verdicts[AK_VERDICT_SUSPENDED], m.verdicts[AK_VERDICT_EXPIRED], m.verdicts[AK_VERDICT_INVALID]);
	/* The mixture is worth something only when it leads everywhere. */
	for (size_t v = 0; oom_available() && v <= AK_VERDICT_VALID; v++)
		assert_true(m.verdicts[v] > 0);
}

static int open_world(void **state)
{
	world *w = calloc(1, sizeof(*w));
	ak_text t = { 0 };
	ak_secret *roots[] = { NULL, NULL, NULL };
	ak_error err = { 0 };

	assert_non_null(w);
	world_open_bare(w);
	roots[0] = w->root[0];
	roots[1] = w->root[1];
	if (ak_ledger_draft_profile(w->l, "demo", ak_span_str(package), w->now, &t, &err) != AK_OK)
		fail_msg("%s: %s", err.where, err.detail);
	(void)world_seal(w, sign(t, "akashi", roots));
	world_retrust(w);
	*state = w;
	return 0;
}

static int close_world(void **state)
{
	world_close(*state);
	free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bundle_says_what_the_ledger_says),
	};

	return cmocka_run_group_tests_name("bundle: many", tests, open_world, close_world);
}
