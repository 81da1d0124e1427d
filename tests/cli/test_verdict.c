/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict for people, from its JSON: what the first lines say, what lines up, and that no report can break the terminal or
 * the printer. */
#include "verdict.h"

#include "phrase.h"
#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* What is printed on stdout for this report; freed by the caller. */
static size_t terminal; /* 0: none */
static const char *program = "akashi";

static char *printed(const json_t *report, bool ja, bool full)
{
	ak_cli *c = calloc(1, sizeof(*c));
	FILE *f = tmpfile();
	int saved = dup(STDOUT_FILENO);
	char *out;
	long len;

	assert_non_null(c);
	assert_non_null(f);
	c->program = program;
	c->ja = ja;
	c->full = full;
	c->width = terminal;
	(void)fflush(stdout);
	assert_true(dup2(fileno(f), STDOUT_FILENO) >= 0);
	ak_verdict_print(c, report);
	(void)fflush(stdout);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	(void)close(saved);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	len = ftell(f);
	assert_true(len >= 0);
	rewind(f);
	out = calloc(1, (size_t)len + 1);
	assert_non_null(out);
	assert_int_equal(fread(out, 1, (size_t)len, f), (size_t)len);
	(void)fclose(f);
	free(c);
	return out;
}

static json_t *parsed(const char *text)
{
	json_error_t e;
	json_t *o = json_loads(text, 0, &e);

	if (o == NULL)
		fail_msg("test data: %s at %d", e.text, e.position);
	return o;
}

#define D "sha256:5f0c000000000000000000000000000000000000000000000000000000009a1e"

static const char good[] =
	"{\"format\":\"akashi-verdict/1\",\"verdict\":\"valid\",\"reason\":\"\",\"exit\":0,\"as_of\":\"2026-11-21\",\"known_at\":512,"
	"\"listing\":{\"scheme\":\"ismap\",\"name\":\"C24-0101-2\",\"service\":\"架空の雲 IaaS\",\"provider\":\"株式会社架空の雲\",\"basis\":\"decided\","
	"\"registered_on\":\"2026-05-18\",\"expires_on\":\"2027-07-31\",\"carried\":false},\"assurance\":\"full-chain\","
	"\"chain\":[{\"step\":\"listing\",\"label\":{\"ja\":\"掲載\",\"en\":\"listing\"},\"date\":\"2026-05-20\",\"record\":412,\"id\":\"" D "\","
	"\"party\":{\"ja\":\"事務局\",\"en\":\"Secretariat\"},\"text\":{\"ja\":\"\",\"en\":\"\"},\"mark\":\"passed\",\"signing\":{\"mode\":\"members\",\"counted\":1,\"needed\":1,\"of\":1}},"
	"{\"step\":\"decision\",\"label\":{\"ja\":\"決定\",\"en\":\"decision\"},\"date\":\"2026-05-18\",\"record\":409,\"id\":\"" D "\","
	"\"party\":{\"ja\":\"運営委員会\",\"en\":\"Committee\"},\"text\":{\"ja\":\"登録\",\"en\":\"registered\"},\"mark\":\"passed\",\"signing\":{\"mode\":\"members\",\"counted\":3,\"needed\":3,\"of\":5}}],"
	"\"periods\":[{\"first\":\"2024-04-01\",\"last\":\"2025-03-31\",\"cycle\":\"initial\",\"record\":188,\"gap_days\":null},"
	"{\"first\":\"2025-04-01\",\"last\":\"2026-03-31\",\"cycle\":\"annual\",\"record\":377,\"gap_days\":0}],\"missing\":[],"
	"\"findings\":[{\"rule\":\"C12\",\"severity\":\"warning\",\"record\":377,\"text\":{\"ja\":\"監査空白期間 1日（2025-03-31）\",\"en\":\"audit gap of 1 day (2025-03-31)\"},"
	"\"expected\":\"\",\"found\":\"\",\"basis\":\"管理基準\",\"basis_version\":\"not verified\",\"next\":{\"ja\":\"\",\"en\":\"\"}}],"
	"\"checks\":[{\"id\":\"chain\",\"outcome\":\"passed\"},{\"id\":\"C12\",\"outcome\":\"failed\"}],"
	"\"ledger\":{\"origin\":\"ledger.example/ismap\",\"size\":512,\"time\":\"2026-11-20T18:00:00Z\"},"
	"\"witnesses\":{\"policy\":\"both\",\"named\":2,\"got\":2,\"met\":true},\"completeness\":{\"by\":\"both\",\"met\":true,\"records\":9},"
	"\"freshness\":{\"known_until\":\"2026-11-20T18:00:00Z\",\"fresh\":\"P7D\",\"ok\":true},\"warnings\":[],"
	"\"notice\":{\"ja\":\"最終的な責任は情報システムの管理者が負う。\",\"en\":\"Final responsibility stays with the administrator.\"}}";

static void a_good_one_in_japanese(void **state)
{
	json_t *r = parsed(good);
	char *out = printed(r, true, false);

	(void)state;
	assert_string_equal(out,
		"有効  C24-0101-2  架空の雲 IaaS（株式会社架空の雲）                            基準日 2026年11月21日\n"
		"      登録の有効期限 2027年7月31日 · 注意 1件\n"
		"\n"
		"  ✓ 掲載  2026年5月20日  #412  事務局  sha256:5f0c…9a1e\n"
		"  ✓ 決定  2026年5月18日  #409  運営委員会（5名中3名が署名）  登録\n"
		"\n"
		"  監査対象期間 2024年4月1日–2025年3月31日（#188） · 2025年4月1日–2026年3月31日（#377）\n"
		"               空白なし（2期連続）\n"
		"\n"
		"  注意 C12  監査空白期間 1日（2025年3月31日）\n"
		"            根拠: 管理基準（根拠未確認）   確認: 記録 #377\n"
		"\n"
		"  台帳 ledger.example/ismap  512件の時点   立会機関 2/2   情報の時点 2026年11月21日 03:00 JST\n"
		"  この掲載に関する記録は 9件で全部である（欠落のないことを both が確認）\n"
		"  最終的な責任は情報システムの管理者が負う。\n");
	free(out);
	json_decref(r);
}

static void says(const char *name, const char *out, const char *what)
{
	if (strstr(out, what) == NULL)
		fail_msg("%s: does not say \"%s\":\n%s", name, what, out);
}

/* Each outcome by what a reader must see in the first two lines. */
/* Law is quoted in English where the rule renders it, else in Japanese, and marked so; in Japanese always as it is. */
static void the_basis_is_in_the_language_asked_for(void **state)
{
	json_t *r = parsed(good), *f = json_array_get(json_object_get(r, "findings"), 0);
	char *out;

	(void)state;
	out = printed(r, false, false);
	says("no English", out, "basis: 管理基準 (Japanese text of the rule), basis not verified");
	free(out);
	assert_int_equal(json_object_set_new(f, "basis_en", json_string("Control Criteria")), 0);
	out = printed(r, false, false);
	says("English", out, "basis: Control Criteria, basis not verified");
	assert_null(strstr(out, "管理基準"));
	free(out);
	out = printed(r, true, false);
	says("Japanese", out, "根拠: 管理基準（根拠未確認）");
	free(out);
	json_decref(r);
}

static void headlines(void **state)
{
	static const struct {
		const char *name, *verdict, *reason, *en, *en2, *ja;
	} rows[] = {
		{ "valid", "valid", "", "VALID  C24-0101-2", "registered until 2027-07-31", "有効  C24-0101-2" },
		{ "expired", "expired", "rules", "NOT VALID  C24-0101-2", "", "期限切れ  C24-0101-2" },
		{ "suspended", "suspended", "rules", "NOT VALID  C24-0101-2", "", "効力停止  C24-0101-2" },
		{ "tampered", "invalid", "tampered", "NOT VALID  C24-0101-2", "nothing else was judged", "無効  C24-0101-2" },
		{ "stale", "unverifiable", "stale", "CANNOT SAY  C24-0101-2", "the trust file allows 7 days", "検証不能  C24-0101-2" },
		{ "imported only", "unverifiable", "evidence-not-on-record", "NOT ON RECORD  C24-0101-2", "not all of its evidence", "証跡未収録  C24-0101-2" },
		{ "unknown listing", "unverifiable", "not-found", "NOT FOUND  C24-0101-2", "at 512 records", "掲載なし  C24-0101-2" },
		{ "completeness", "unverifiable", "completeness", "CANNOT SAY  C24-0101-2", "nothing is left out", "検証不能  C24-0101-2" },
		{ "unknown version", "unverifiable", "unknown-version", "CANNOT SAY  C24-0101-2", "newer akashi", "検証不能  C24-0101-2" },
		{ "another ledger", "unverifiable", "other-ledger", "CANNOT SAY  C24-0101-2", "get the trust file of the ledger", "検証不能  C24-0101-2" },
		{ "undecided", "unverifiable", "cannot-decide", "CANNOT SAY  C24-0101-2", "do not decide", "検証不能  C24-0101-2" },
		{ "a verdict from the future", "perhaps", "", "CANNOT SAY  C24-0101-2", "", "検証不能  C24-0101-2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *r = parsed(good);
		char *en, *ja;

		assert_int_equal(json_object_set_new(r, "verdict", json_string(rows[i].verdict)), 0);
		assert_int_equal(json_object_set_new(r, "reason", json_string(rows[i].reason)), 0);
		en = printed(r, false, false);
		ja = printed(r, true, false);
		if (strncmp(en, rows[i].en, strlen(rows[i].en)) != 0 || strncmp(ja, rows[i].ja, strlen(rows[i].ja)) != 0)
			fail_msg("%s begins\n%s\n%s", rows[i].name, en, ja);
		says(rows[i].name, en, rows[i].en2);
		says(rows[i].name, en, "administrator");
		free(en);
		free(ja);
		json_decref(r);
	}
}

/* What decided stands before the chain; what only adds, after it. */
static void deciding_reasons_come_first(void **state)
{
	json_t *r = parsed(good), *f;
	char *out;

	(void)state;
	assert_int_equal(json_object_set_new(r, "verdict", json_string("expired")), 0);
	f = json_pack("{s:s,s:s,s:{s:s}}", "rule", "E02", "severity", "expired", "text", "en", "expired on 2026-02-28");
	assert_int_equal(json_array_append_new(json_object_get(r, "findings"), f), 0);
	out = printed(r, false, false);
	says("order", out, "E02");
	says("order", out, "C12");
	assert_true(strstr(out, "E02") < strstr(out, "✓ listing"));
	assert_true(strstr(out, "C12") > strstr(out, "✓ listing"));
	free(out);
	json_decref(r);
}

static void tampering_names_its_evidence(void **state)
{
	json_t *r = parsed(good), *k;
	char *out;

	(void)state;
	assert_int_equal(json_object_set_new(r, "verdict", json_string("invalid")), 0);
	assert_int_equal(json_object_set_new(r, "reason", json_string("tampered")), 0);
	k = json_pack("{s:s,s:s,s:s,s:i,s:s,s:s}", "id", "chain", "outcome", "failed", "where", "header.prev", "record", 377, "expected",
	              "one thing", "found", "another");
	assert_int_equal(json_array_append_new(json_object_get(r, "checks"), k), 0);
	out = printed(r, false, false);
	says("tampered", out, "✗ record #377, header.prev");
	says("tampered", out, "expected one thing, found another");
	says("tampered", out, "the ledger is not what its operator signed");
	free(out);
	program = "akashi-verify"; /* which has no ledger before it */
	out = printed(r, false, false);
	says("tampered", out, "the bundle is not what the ledger signed");
	free(out);
	program = "akashi";
	json_decref(r);
}

static void without(const char *name, const char *out, const char *what)
{
	if (strstr(out, what) != NULL)
		fail_msg("%s: says \"%s\":\n%s", name, what, out);
}

/* Where one audit period ends the next begins, or the line says by how much it does not. */
static void periods_are_a_line_of_time(void **state)
{
	static const struct {
		const char *name, *gaps[4], *en, *ja, *sum;
	} rows[] = {
		{ "unbroken", { "null", "0", "0", NULL }, "no gap (3 in a row)", "空白なし（3期連続）", "" },
		{ "one day", { "null", "1", "0", NULL }, "gap of 1 day ·", "空白 1日", "" },
		{ "two gaps", { "null", "30", "2", NULL }, "gap of 30 days ·", "空白 30日", "gaps: 32 days in all" },
		{ "overlap", { "null", "-5", "0", NULL }, "overlap of 5 days", "重複 5日", "no gap (3 in a row)" },
		{ "one not on record", { "null", "null", "0", NULL }, "not known", "不明", "whether there is a gap is not known" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *r = parsed(good), *periods = json_array();
		char *en, *ja;

		for (int k = 0; rows[i].gaps[k] != NULL; k++) {
			json_t *gap = json_loads(rows[i].gaps[k], JSON_DECODE_ANY, NULL);

			assert_int_equal(json_array_append_new(periods, json_pack("{s:s,s:s,s:i,s:o}", "first", "2023-04-01", "last", "2024-03-31",
			                                                          "record", 10 + k, "gap_days", gap)), 0);
		}
		assert_int_equal(json_object_set_new(r, "periods", periods), 0);
		en = printed(r, false, false);
		ja = printed(r, true, false);
		says(rows[i].name, en, "audit periods 2023-04-01 to 2024-03-31 (#10)");
		says(rows[i].name, en, rows[i].en);
		says(rows[i].name, en, rows[i].sum);
		says(rows[i].name, ja, rows[i].ja);
		if (i > 0 && strcmp(rows[i].name, "overlap") != 0)
			without(rows[i].name, en, "no gap");
		free(en);
		free(ja);
		json_decref(r);
	}
}

/* Twelve years: the middle is left out, a gap in it is not. */
static void a_long_line_keeps_its_breaks(void **state)
{
	json_t *r = parsed(good), *periods = json_array();
	char *out;

	(void)state;
	for (int k = 0; k < 12; k++)
		assert_int_equal(json_array_append_new(periods, json_pack("{s:s,s:s,s:i,s:i}", "first", "2023-04-01", "last", "2024-03-31",
		                                                          "record", 10 + k, "gap_days", k == 6 ? 3 : 0)), 0);
	assert_int_equal(json_object_set_new(r, "periods", periods), 0);
	out = printed(r, false, false);
	says("long", out, "(#10)");
	says("long", out, "more …");
	says("long", out, "gap of 3 days · 2023-04-01 to 2024-03-31 (#16)");
	says("long", out, "(#21)");
	without("long", out, "(#12)");
	free(out);
	out = printed(r, false, true);
	says("long, in full", out, "(#12)");
	free(out);
	json_decref(r);
}

static void where_it_rests(void **state)
{
	static const struct {
		const char *name, *key, *value, *says_en, *says_ja, *not_en;
	} rows[] = {
		{ "completeness on the operator's word", "completeness", "{\"by\":\"operator\",\"met\":false,\"records\":9}",
		  "all 9 records about this listing are here (on the operator's word", "9件で全部である（運用者の申告による", "vouched" },
		{ "one record", "completeness", "{\"by\":\"operator\",\"met\":false,\"records\":1}", "the one record about this listing", "1件で全部", "all 1" },
		{ "vouched for", "completeness", "{\"by\":\"w1\",\"met\":true,\"records\":9}", "all 9 records about this listing are here (vouched for by w1)",
		  "w1 が確認", "operator's word" },
		{ "not vouched for", "completeness", "{\"by\":\"w1\",\"met\":false,\"records\":9}", "", "", "records about this listing" },
		{ "no time was proven", "ledger", "{\"origin\":\"l.example/x\",\"size\":9,\"time\":null}", "ledger l.example/x, 9 records", "9件の時点", "()" },
		{ "a void record is no failure", "checks", "[{\"id\":\"roles\",\"outcome\":\"failed\",\"effect\":\"void\",\"record\":7,\"where\":\"signatures\"}]", "", "", "✗" },
		{ "what counts is one", "checks", "[{\"id\":\"roles\",\"outcome\":\"failed\",\"effect\":\"invalid\",\"record\":7,\"where\":\"signatures\"}]",
		  "✗ record #7, roles of signers", "✗ 記録 #7", "nothing here" },
		{ "other rules, fine", "ledger_rules", "{\"version\":\"2025.1\",\"worst\":\"\",\"not_checked\":[],\"findings\":[]}", "own rules (2025.1): nothing found", "指摘なし", "E02" },
		{ "other rules, not fine", "ledger_rules", "{\"version\":\"2025.1\",\"worst\":\"expired\",\"findings\":[{\"rule\":\"E02\"},{\"rule\":\"C12\"}]}",
		  "own rules (2025.1): expired (E02, C12)", "期限切れ（E02、C12）", "nothing found" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *r = parsed(good);
		char *en, *ja;

		assert_int_equal(json_object_set_new(r, rows[i].key, parsed(rows[i].value)), 0);
		en = printed(r, false, false);
		ja = printed(r, true, false);
		says(rows[i].name, en, rows[i].says_en);
		says(rows[i].name, ja, rows[i].says_ja);
		without(rows[i].name, en, rows[i].not_en);
		free(en);
		free(ja);
		json_decref(r);
	}
}

/* Why there is no answer, and what to do: nobody is sent away for a reason that it is not. */
static void the_reason_that_it_is(void **state)
{
	static const struct {
		const char *name, *reason, *patch, *says_en, *next_en, *says_ja, *not_en;
	} rows[] = {
		{ "old", "stale", "{}", "knows nothing after 2026-11-20 18:00 UTC; the trust file allows 7 days", "next: get the newest state from the operator",
		  "信頼ファイルが許すのは 7日", "clock" },
		{ "older than what was seen", "stale", "{\"memory\":{\"outcome\":\"older\",\"size\":600,\"kept\":true}}",
		  "a newer state of this ledger was seen before", "next: get the newest state from the operator", "より新しい状態", "allows 7 days" },
		{ "no time that counts", "stale", "{\"witnesses\":{\"policy\":\"none\"},\"freshness\":{\"known_until\":null,\"fresh\":\"P7D\",\"ok\":false},"
		  "\"warnings\":[{\"id\":\"clock-ahead\",\"text\":{\"ja\":\"時計\",\"en\":\"a clock is wrong\"}}]}",
		  "no time that it gives can be believed", "next: set this machine's clock right", "数えることのできる時刻がない", "1970" },
		{ "no quorum", "completeness", "{\"witnesses\":{\"policy\":\"both\",\"named\":2,\"got\":1,\"met\":false},"
		  "\"completeness\":{\"by\":\"operator\",\"met\":false,\"records\":9}}",
		  "(quorum both; 1 of its", "next: get the newest state, with its cosignatures", "定足数 both", "vouched" },
		{ "no quorum by this clock", "completeness", "{\"witnesses\":{\"policy\":\"both\",\"named\":2,\"got\":0,\"met\":false},"
		  "\"warnings\":[{\"id\":\"clock-ahead\",\"text\":{\"ja\":\"時計\",\"en\":\"a clock is wrong\"}}]}",
		  "not those that the trust file asks for", "next: set this machine's clock right", "次に: この機器の時計", "next: get" },
		{ "nobody vouches", "completeness", "{\"completeness\":{\"by\":\"w9\",\"met\":false,\"records\":9}}", "nothing is left out (wanted: w9)",
		  "next: get the newest state, with its cosignatures", "（w9）", "quorum" },
		{ "something is missing", "completeness", "{\"completeness\":null}", "was left out of the file", "next: get the whole file anew", "何も結論できない",
		  "vouched" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *r = parsed(good), *patch = parsed(rows[i].patch);
		char *en, *ja;

		assert_int_equal(json_object_set_new(r, "verdict", json_string("unverifiable")), 0);
		assert_int_equal(json_object_set_new(r, "reason", json_string(rows[i].reason)), 0);
		assert_int_equal(json_object_update(r, patch), 0);
		terminal = 300;
		en = printed(r, false, false);
		ja = printed(r, true, false);
		terminal = 0;
		says(rows[i].name, en, rows[i].says_en);
		says(rows[i].name, en, rows[i].next_en);
		says(rows[i].name, ja, rows[i].says_ja);
		without(rows[i].name, en, rows[i].not_en);
		free(en);
		free(ja);
		json_decref(patch);
		json_decref(r);
	}
}

/* What was known then is not what is known now, and all records then are not all records. */
static void an_earlier_state_is_called_one(void **state)
{
	json_t *r = parsed(good);
	char *en, *ja;

	(void)state;
	en = printed(r, false, false);
	without("now", en, "as known at");
	without("now", en, "at the first");
	free(en);
	assert_int_equal(json_object_set_new(r, "known_at", json_integer(69)), 0);
	en = printed(r, false, false);
	ja = printed(r, true, false);
	says("then", en, "as known at 69 of the ledger's 512 records");
	assert_true(strstr(en, "as known at 69") < strstr(en, "registered until"));
	says("then", en, "at the first 69 records: all 9 records about this listing are here");
	says("then", ja, "512件のうち最初の 69件");
	says("then", ja, "最初の 69件の時点: この掲載に関する記録は 9件で全部である");
	free(en);
	free(ja);
	json_decref(r);
}

/* However long the names: no line leaves the terminal, but with --full, which cuts nothing. */
static void lines_fit_the_terminal(void **state)
{
	static const char service[] = "クラウドサービス運用基盤cybozu.com 並びにcybozu.com上で提供するGaroon及びkintone";
	json_t *r = parsed(good), *listing = json_object_get(r, "listing");
	char *out;

	(void)state;
	assert_int_equal(json_object_set_new(listing, "service", json_string(service)), 0);
	assert_int_equal(json_object_set_new(listing, "name", json_string("list-2021-row-16")), 0);
	for (terminal = 80; terminal <= 132; terminal++) {
		for (int ja = 0; ja < 2; ja++) {
			char *line, *rest;

			out = printed(r, ja != 0, false);
			for (line = out; (rest = strchr(line, '\n')) != NULL; line = rest + 1) {
				*rest = '\0';
				if (ak_term_width(line) > terminal)
					fail_msg("%zu cells of %zu: %s", ak_term_width(line), terminal, line);
			}
			free(out);
		}
	}
	terminal = 80;
	out = printed(r, true, true);
	says("in full", out, service);
	free(out);
	terminal = 0;
	json_decref(r);
}

/* The library's English, in Japanese; what nobody has put into Japanese stays as it is. */
static void phrases(void **state)
{
	static const struct {
		const char *en, *ja;
	} rows[] = {
		{ "expired on 2025-10-31 (audit period to 2024-06-30)", "2025年10月31日に期限切れ（監査対象期間の末日 2024年6月30日）" },
		{ "expired on 2025-10-31", "2025年10月31日に期限切れ" },
		{ "from the day after 2025-03-31 (#188)", "2025年3月31日（#188）の翌日から" },
		{ "report needs 1 of 2 auditor signatures of koh-audit, has 0", "2名中1名の署名が要るが、0名しか署名していない" },
		{ "decision needs 3 of 5 committee signatures, has 2", "5名中3名の署名が要るが、2名しか署名していない" },
		{ "the key enrolled for 'a' has not signed (proof of possession)", "登録しようとする 'a' の鍵で署名していない（保有の証明）" },
		{ "the hash chain does not hold", "ハッシュ連鎖が成立しない" },
		{ "a date: 2021, 2021-09, 2021-09-13 or RFC 3339", "日付 2021、2021-09、2021-09-13 又は RFC 3339 の形" },
		{ "the ledger is known only to 2026-11-22; the trust file allows 7 days",
		  "台帳の情報は 2026年11月22日 までである。信頼ファイルが許すのは 7日までである" },
		{ "the trust file speaks of a.example, this is of b.example", "信頼ファイルは a.example のもの、これは b.example のものである" },
		{ "nothing", "なし" },
		{ "none", "なし" },
		{ "no such words", "no such words" },
		{ "expired on ", "expired on " },
		{ "", "" },
	};
	ak_cli *c = calloc(1, sizeof(*c));
	char out[AK_PHRASE_MAX];

	(void)state;
	assert_non_null(c);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		c->ja = true;
		assert_string_equal(ak_phrase(c, rows[i].en, out), rows[i].ja);
		c->ja = false;
		assert_string_equal(ak_phrase(c, rows[i].en, out), rows[i].en);
	}
	free(c);
}

static void no_control_in(const char *name, const char *out)
{
	static const char turned[] = { '\xe2', '\x80', '\xae', '\0' }; /* right to left */

	for (const char *p = out; *p != '\0'; p++) {
		if (((unsigned char)*p < 0x20 && *p != '\n') || *p == 0x7f)
			fail_msg("%s: a control character came through", name);
	}
	if (strstr(out, turned) != NULL || strstr(out, "\xc2\x9b") != NULL)
		fail_msg("%s: a character that turns the text came through", name);
}

/* Replace every text of the report, one after the other, by something hostile. */
static void poison(json_t *v, const char *text, size_t *at, size_t which)
{
	const char *name;
	json_t *item;
	size_t i;

	if (json_is_object(v)) {
		json_object_foreach(v, name, item) {
			if (json_is_string(item) && (*at)++ == which)
				assert_int_equal(json_object_set_new(v, name, json_string(text)), 0);
			else
				poison(item, text, at, which);
		}
	} else if (json_is_array(v)) {
		json_array_foreach(v, i, item)
			poison(item, text, at, which);
	}
}

static void hostile_text_is_shown_not_obeyed(void **state)
{
	static const char hostile[] = "\x1b[2J\x1b]0;x\x07\xe2\x80\xae\xc2\x9bvalid\r\n";
	size_t n = 0;

	(void)state;
	for (size_t which = 0; which <= n; which++) {
		json_t *r = parsed(good);
		size_t at = 0;
		char *out;

		poison(r, hostile, &at, which);
		n = at;
		out = printed(r, which % 2 == 0, which % 3 == 0);
		no_control_in("hostile", out);
		free(out);
		json_decref(r);
	}
	assert_true(n > 30);
}

/* A report with a member missing, or of another type, prints what is there. */
static void strip(json_t *v, size_t *at, size_t which, const json_t *instead)
{
	const char *name;
	json_t *item;
	void *next;
	size_t i;

	if (json_is_array(v)) {
		json_array_foreach(v, i, item)
			strip(item, at, which, instead);
		return;
	}
	json_object_foreach_safe(v, next, name, item) {
		if ((*at)++ != which) {
			strip(item, at, which, instead);
		} else if (instead == NULL) {
			assert_int_equal(json_object_del(v, name), 0);
		} else {
			json_t *copy = json_deep_copy(instead);

			assert_int_equal(json_object_set_new(v, name, copy), 0);
		}
	}
}

static void crooked_reports(void **state)
{
	json_t *const instead[] = { NULL, json_null(), json_integer(-5), json_string(""), json_array(), json_pack("[[],{},null,7]"), json_object(), json_true() };

	(void)state;
	for (size_t k = 0; k < sizeof(instead) / sizeof(instead[0]); k++) {
		size_t n = 0;

		for (size_t which = 0; which <= n; which++) {
			json_t *r = parsed(good);
			size_t at = 0;
			char *out;

			strip(r, &at, which, instead[k]);
			n = at;
			out = printed(r, which % 2 == 0, false);
			no_control_in("crooked", out);
			assert_true(strlen(out) > 0);
			free(out);
			json_decref(r);
		}
		json_decref(instead[k]);
	}
}

/* A token that is not later than the one before it, and one that came after its end: no word of this machine's clock, which neither was read from. */
static void a_renewal_out_of_order_blames_no_clock(void **state)
{
	static const struct { const char *detail, *en, *ja, *why; } rows[] = {
		{ "not later than the one before it", "a second later", "1秒以上おいて", "一つ前の時刻証明より後の時刻でない" },
		{ "the one before it may have ended when this one was made", "akashi timestamp --head", "akashi timestamp --head", "一つ前の時刻証明" },
	};
	ak_cli *c = calloc(1, sizeof(*c));

	(void)state;
	assert_non_null(c);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_error e = { .status = AK_CLOCK, .where = "evidence_record.archiveTimeStamp", .at = 1 };
		char room[AK_NEXT_ROOM], why[AK_PHRASE_MAX];

		(void)snprintf(e.detail, sizeof(e.detail), "%s", rows[i].detail);
		c->ja = false;
		assert_non_null(strstr(ak_out_next(c, NULL, &e, room), rows[i].en));
		assert_null(strstr(room, "this machine"));
		c->ja = true;
		assert_non_null(strstr(ak_out_next(c, NULL, &e, room), rows[i].ja));
		assert_null(strstr(room, "この機器の時計"));
		if (strstr(ak_phrase(c, e.detail, why), rows[i].why) == NULL)
			fail_msg("%s", why);
	}
	free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_one_in_japanese),
		cmocka_unit_test(the_basis_is_in_the_language_asked_for),
		cmocka_unit_test(headlines),
		cmocka_unit_test(deciding_reasons_come_first),
		cmocka_unit_test(tampering_names_its_evidence),
		cmocka_unit_test(periods_are_a_line_of_time),
		cmocka_unit_test(a_long_line_keeps_its_breaks),
		cmocka_unit_test(where_it_rests),
		cmocka_unit_test(the_reason_that_it_is),
		cmocka_unit_test(an_earlier_state_is_called_one),
		cmocka_unit_test(lines_fit_the_terminal),
		cmocka_unit_test(phrases),
		cmocka_unit_test(a_renewal_out_of_order_blames_no_clock),
		cmocka_unit_test(hostile_text_is_shown_not_obeyed),
		cmocka_unit_test(crooked_reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
