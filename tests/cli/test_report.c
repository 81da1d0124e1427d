/* SPDX-License-Identifier: Apache-2.0 */
/* The report for the file of a purchase: hostile names stay text, whatever is changed is refused or another page than the one drawn
 * again, and base64 has one form. */
#include "base64.h"
#include "js.h"
#include "report_parts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TRUST \
	"log ledger.example/ismap+48b1ec7f+AQ2LESAIq6DCRbrjHNSve7cTLPsShvF39EY/phbQRmPO\n" \
	"genesis sha256:a5c8099233fe8571a40611b880eba01368089bbdfff88b8ce2d48bcb0e0ae568\n" \
	"quorum none\ncomplete none\nfresh P7D\n"

#define VERDICT \
	"{\"as_of\":\"2026-11-21\",\"assurance\":\"full-chain\",\"chain\":[{\"date\":\"2026-05-20\",\"label\":{\"en\":\"listing\",\"ja\":\"掲載\"}," \
	"\"mark\":\"passed\",\"party\":{\"en\":\"%s\",\"ja\":\"%s\"},\"record\":52,\"step\":\"listing\",\"text\":{\"en\":\"\",\"ja\":\"\"}}],\"checks\":[]," \
	"\"findings\":[],\"format\":\"akashi-verdict/1\",\"history\":[],\"known_at\":69,\"ledger\":{\"origin\":\"ledger.example/ismap\"," \
	"\"root\":\"sha256:142312ac8224b051395e5fc992ecc5c637f5eab79896acf2b84df2e7e3b4134d\",\"size\":69},\"listing\":{\"expires_on\":\"2027-07-31\"," \
	"\"name\":\"C24-0101-2\",\"provider\":\"%s\",\"service\":\"%s\"},\"missing\":[],\"notice\":{\"en\":\"n\",\"ja\":\"n\"},\"reason\":\"\"," \
	"\"use\":{\"contract\":{\"from\":\"2026-04-01\",\"to\":\"%s\"},\"listing_verdict\":\"%s\",\"region\":\"%s\",\"service\":null,\"task\":null," \
	"\"confirmation\":null},\"verdict\":\"%s\",\"warnings\":[]}"

static const char bundle[] = "any bytes at all \x1f\x8b\xff, which are not looked into here: the page names their digest and carries them";

typedef struct made {
	char *verdict, *html;
	size_t len;
} made;

static ak_span span_of(const char *s)
{
	return (ak_span){ (const uint8_t *)s, strlen(s) };
}

static const ak_report_settings usual = { .ja = true, .title = "調達", .file = "F.html", .made = "2026-11-21T03:04:05Z", .version = "0.1.0" };

/* A page about a listing whose names are `name`, as JSON has it. */
static made make(const char *name, const char *to, const char *verdict, const ak_report_settings *set)
{
	const size_t room = 4 * strlen(name) + sizeof(VERDICT) + 256;
	made m = { .verdict = malloc(room) };
	ak_error e = { 0 };

	assert_non_null(m.verdict);
	(void)snprintf(m.verdict, room, VERDICT, name, name, name, name, to, verdict, "r", verdict);
	assert_int_equal(ak_report_render(&(ak_report){ span_of(bundle), span_of(TRUST), span_of(m.verdict), set }, &m.html, &m.len, &e), AK_OK);
	return m;
}

static void drop(made *m)
{
	free(m->verdict);
	free(m->html);
}

static ak_span page_of(const made *m)
{
	return (ak_span){ (const uint8_t *)m->html, m->len };
}

/* What the page shows: all before the first thing it embeds. */
static char *shown(const made *m)
{
	char *end = strstr(m->html, "<script"), *text;

	assert_non_null(end);
	text = strndup(m->html, (size_t)(end - m->html));
	assert_non_null(text);
	return text;
}

/* ---- what is shown -------------------------------------------------------------------------------------------------- */

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

static void hostile_names_stay_text(void **state)
{
	made plain = make("Cloud", "2027-03-31", "valid", &usual);
	made m = make("</title><script>alert(1)</script>]]>--><img src=x onerror=y>\\\"'&amp;\\u202e\\u0007", "2027-03-31", "valid", &usual);
	char *expected = shown(&plain), *text = shown(&m);

	(void)state;
	assert_int_equal(count(text, "<"), count(expected, "<"));
	assert_int_equal(count(text, "\""), count(expected, "\""));
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_null(strchr(text, '\a'));
	assert_non_null(strstr(text, "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;]]&gt;--&gt;&lt;img src=x onerror=y&gt;&quot;'&amp;amp;&lt;U+202E&gt;"));
	free(text);
	free(expected);
	drop(&plain);
	drop(&m);
}

static void a_name_of_ten_thousand_characters_is_cut(void **state)
{
	char *name = malloc(30001);
	made m;
	char *text;

	(void)state;
	assert_non_null(name);
	for (size_t i = 0; i < 10000; i++)
		memcpy(name + 3 * i, "雲", 3);
	name[30000] = '\0';
	m = make(name, "2027-03-31", "valid", &usual);
	text = shown(&m);
	assert_true(strlen(text) < 60000);
	assert_non_null(strstr(text, "雲…（別紙1）"));
	assert_non_null(strstr(text, "id=\"annex\""));
	{
		const char *annex = strstr(text, "id=\"annex\"");

		assert_int_equal(count(annex, "<li>"), 1); /* one text, however often it stands on the sheets */
		assert_true(count(annex, "雲") > 2000);
	}
	free(text);
	free(name);
	drop(&m);
}

static void says(const char *to, const char *verdict, const char *wanted)
{
	made m = make("Cloud", to, verdict, &usual);
	char *text = shown(&m);

	if (strstr(text, wanted) == NULL)
		fail_msg("%s %s: not said: %s", to, verdict, wanted);
	free(text);
	drop(&m);
}

static void says_not(const char *to, const char *verdict, const char *unwanted)
{
	made m = make("Cloud", to, verdict, &usual);
	char *text = shown(&m);

	if (strstr(text, unwanted) != NULL)
		fail_msg("%s %s: said: %s", to, verdict, unwanted);
	free(text);
	drop(&m);
}

static void the_expiry_is_held_against_the_contract(void **state)
{
	(void)state;
	says("2027-07-31", "valid", "<p class=\"term good\">登録の有効期限 2027年7月31日 は、契約期間（2026年4月1日–2027年7月31日）の末日以後である");
	says("2027-08-01", "valid", "<p class=\"term bad\">登録の有効期限 2027年7月31日 が契約期間（2026年4月1日–2027年8月1日）の途中に到来する。その翌日は");
	says("2027-08-02", "valid", "その後の 2日間は");
	says("2027-03-31", "unverifiable", "<p class=\"term plain\">登録の有効期限 2027年7月31日 は");
	says_not("2027-03-31", "valid", "id=\"annex\"");
	says("2027-03-31", "invalid", "<p class=\"term bad\">掲載が成立しないため");
}

/* ---- what is embedded ----------------------------------------------------------------------------------------------- */

static void a_page_gives_back_what_it_embeds(void **state)
{
	made m = make("Cloud", "2027-03-31", "valid", &usual);
	ak_report_file f = { 0 };
	ak_error e = { 0 };

	(void)state;
	assert_true(ak_report_sniff(page_of(&m)));
	assert_int_equal(ak_report_read(page_of(&m), &f, &e), AK_OK);
	assert_true(f.whole);
	assert_int_equal(f.bundle.len, strlen(bundle));
	assert_memory_equal(f.bundle.data, bundle, f.bundle.len);
	assert_string_equal(f.trust.data, TRUST);
	assert_string_equal(f.verdict.data, m.verdict);
	assert_string_equal(f.set.title, usual.title);
	assert_string_equal(f.set.file, usual.file);
	assert_string_equal(f.set.made, usual.made);
	assert_string_equal(f.set.version, usual.version);
	assert_true(f.set.ja);
	ak_report_drop(&f);
	drop(&m);
}

/* Whether a page passes: it is taken apart, and drawn again it has the same bytes. */
static bool passes(const char *html, size_t len)
{
	ak_report_file f = { 0 };
	ak_error e = { 0 };
	char *again = NULL;
	size_t n = 0;
	bool same;

	if (ak_report_read((ak_span){ (const uint8_t *)html, len }, &f, &e) != AK_OK) {
		assert_non_null(e.where);
		assert_int_equal(strncmp(e.where, "report", 6), 0);
		assert_true(e.at <= len);
		return false;
	}
	same = ak_report_render(&(ak_report){ { (uint8_t *)f.bundle.data, f.bundle.len }, { (uint8_t *)f.trust.data, f.trust.len },
	                                      { (uint8_t *)f.verdict.data, f.verdict.len }, &f.set }, &again, &n, &e) == AK_OK &&
	       n == len && memcmp(again, html, len) == 0;
	free(again);
	ak_report_drop(&f);
	return same;
}

static void no_changed_byte_passes(void **state)
{
	static const char changes[] = { 0x01, 0x20, (char)0x80 };
	made m = make("Cloud", "2027-03-31", "valid", &usual);
	size_t tail = (size_t)(strstr(m.html, "<script") - m.html), step = 61;

	(void)state;
	assert_true(passes(m.html, m.len));
	for (size_t i = 0; i < m.len; i += i < tail ? step : 1) {
		m.html[i] ^= changes[i % 3];
		if (passes(m.html, m.len))
			fail_msg("byte %zu is not looked at", i);
		m.html[i] ^= changes[i % 3];
	}
	drop(&m);
}

static void no_cut_page_passes(void **state)
{
	made m = make("Cloud", "2027-03-31", "valid", &usual);
	size_t tail = (size_t)(strstr(m.html, "<script") - m.html);

	(void)state;
	for (size_t n = 0; n < m.len; n += n < tail ? 97 : 1) {
		char *exact = malloc(n == 0 ? 1 : n); /* so that reading past the end is seen */

		assert_non_null(exact);
		memcpy(exact, m.html, n);
		assert_false(passes(exact, n));
		free(exact);
	}
	drop(&m);
}

/* `what` put in before the first `where`. */
static ak_error with(const char *where, const char *what, ak_status wanted)
{
	made m = make("Cloud", "2027-03-31", "valid", &usual);
	char *at = strstr(m.html, where), *text;
	size_t before, n = strlen(what);
	ak_report_file f = { 0 };
	ak_error e = { 0 };

	assert_non_null(at);
	before = (size_t)(at - m.html);
	text = malloc(m.len + n);
	assert_non_null(text);
	memcpy(text, m.html, before);
	memcpy(text + before, what, n);
	memcpy(text + before + n, at, m.len - before);
	assert_int_equal(ak_report_read((ak_span){ (uint8_t *)text, m.len + n }, &f, &e), wanted);
	assert_int_equal(e.status, wanted);
	free(text);
	drop(&m);
	return e;
}

static void each_part_is_there_once_and_in_its_place(void **state)
{
	static const char trust[] = "<script type=\"text/x-akashi-trust\" id=\"akashi-trust\">\nQQ==\n</script>\n";
	ak_error e = with("<script type=\"text/x-akashi-trust\"", trust, AK_BAD_FORMAT);

	(void)state;
	assert_string_equal(e.where, "report.verdict");
	assert_string_equal(with("<script", trust, AK_BAD_FORMAT).where, "report.bundle");
	assert_string_equal(with("<h2", "<script>alert(1)</script>", AK_BAD_FORMAT).where, "report.bundle");
	assert_string_equal(with("</body>", "<p>more</p>", AK_BAD_FORMAT).where, "report.page");
	assert_string_equal(with("<script type=\"text/x-akashi-digest\"", "\n", AK_BAD_FORMAT).where, "report.page");
}

static void nothing_stands_behind_the_end(void **state)
{
	made m = make("Cloud", "2027-03-31", "valid", &usual);
	char *text = malloc(m.len + 1);
	ak_report_file f = { 0 };
	ak_error e = { 0 };

	(void)state;
	assert_non_null(text);
	memcpy(text, m.html, m.len);
	text[m.len] = '\n';
	assert_int_equal(ak_report_read((ak_span){ (uint8_t *)text, m.len + 1 }, &f, &e), AK_BAD_FORMAT);
	assert_string_equal(e.where, "report.page");
	assert_int_equal(e.at, m.len);
	free(text);
	drop(&m);
}

static void settings_are_these_six_and_no_others(void **state)
{
	static const struct {
		const char *json;
		ak_status status;
	} cases[] = {
		{ "{\"case\":\"\",\"file\":\"F\",\"format\":\"akashi-report/2\"}", AK_UNKNOWN_VERSION },
		{ "{\"case\":\"\",\"file\":\"F\",\"format\":\"other/1\",\"lang\":\"ja\",\"made\":\"2026-11-21T03:04:05Z\",\"version\":\"1\"}", AK_BAD_FORMAT },
		{ "{\"case\":\"\",\"file\":\"F\",\"format\":\"akashi-report/1\",\"lang\":\"fr\",\"made\":\"2026-11-21T03:04:05Z\",\"version\":\"1\"}", AK_BAD_FORMAT },
		{ "{\"case\":\"\",\"file\":\"F\",\"format\":\"akashi-report/1\",\"lang\":\"ja\",\"made\":\"2026-11-21\",\"version\":\"1\"}", AK_BAD_FORMAT },
		{ "{\"case\":\"\",\"file\":\"F\",\"format\":\"akashi-report/1\",\"lang\":\"ja\",\"made\":\"2026-11-21T03:04:05Z\",\"version\":1}", AK_BAD_FORMAT },
		{ "{\"case\":\"\",\"file\":\"F\",\"format\":\"akashi-report/1\",\"lang\":\"ja\",\"made\":\"2026-11-21T03:04:05Z\",\"version\":\"1\",\"x\":\"\"}", AK_BAD_FORMAT },
		{ "{\"case\":\"a\\u0000b\",\"file\":\"F\",\"format\":\"akashi-report/1\",\"lang\":\"ja\",\"made\":\"2026-11-21T03:04:05Z\",\"version\":\"1\"}", AK_BAD_FORMAT },
		{ "[]", AK_BAD_FORMAT }, { "no json", AK_BAD_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		made m = make("Cloud", "2027-03-31", "valid", &usual);
		char *open = strstr(m.html, "id=\"akashi-settings\">\n") + strlen("id=\"akashi-settings\">\n"), *close = strstr(open, "</script>"), *text = NULL;
		size_t len = 0;
		FILE *f = open_memstream(&text, &len);
		ak_report_file out = { 0 };
		ak_error e = { 0 };

		assert_non_null(f);
		(void)fwrite(m.html, 1, (size_t)(open - m.html), f);
		ak_base64_lines(f, span_of(cases[i].json));
		(void)fwrite(close, 1, m.len - (size_t)(close - m.html), f);
		assert_int_equal(fclose(f), 0);
		assert_int_equal(ak_report_read((ak_span){ (uint8_t *)text, len }, &out, &e), cases[i].status);
		assert_string_equal(e.where, "report.settings");
		free(text);
		drop(&m);
	}
}

static void a_part_over_its_limit_is_refused(void **state)
{
	made m = make("Cloud", "2027-03-31", "valid", &usual);
	char *open = strstr(m.html, "id=\"akashi-trust\">\n") + strlen("id=\"akashi-trust\">\n"), *text = NULL, *large = calloc(1, AK_REPORT_TRUST_MAX + 60);
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	ak_report_file out = { 0 };
	ak_error e = { 0 };

	(void)state;
	assert_non_null(large);
	assert_non_null(f);
	(void)fwrite(m.html, 1, (size_t)(open - m.html), f);
	ak_base64_lines(f, (ak_span){ (uint8_t *)large, AK_REPORT_TRUST_MAX + 60 });
	(void)fputs(strstr(open, "</script>"), f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(ak_report_read((ak_span){ (uint8_t *)text, len }, &out, &e), AK_LIMIT);
	assert_string_equal(e.where, "report.trust");
	free(text);
	free(large);
	drop(&m);
}

static void a_verdict_that_is_none_makes_no_page(void **state)
{
	static const char *const verdicts[] = { "", "[]", "{", "{\"a\":1,\"a\":2}" };
	char *html = NULL;
	size_t len = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		ak_error e = { 0 };

		assert_int_equal(ak_report_render(&(ak_report){ span_of(bundle), span_of(TRUST), span_of(verdicts[i]), &usual }, &html, &len, &e), AK_BAD_FORMAT);
		assert_string_equal(e.where, "report.verdict");
		assert_null(html);
	}
}

/* Members of other types, and none at all: a page, or a refusal, and nothing worse. */
static void a_verdict_of_other_shapes_breaks_nothing(void **state)
{
	static const char *const verdicts[] = {
		"{}", "{\"verdict\":1,\"chain\":{},\"findings\":\"x\",\"history\":[1,null,\"x\",{}],\"terms\":[[]],\"periods\":[{\"first\":\"2026\"}]}",
		"{\"verdict\":\"valid\",\"as_of\":\"9999-99-99\",\"history\":[{\"date\":\"0000\",\"record\":-1}],\"chain\":[null,{}],\"missing\":[7]}",
		"{\"verdict\":\"valid\",\"use\":{\"contract\":{\"from\":\"x\",\"to\":7}},\"checks\":[{\"id\":\"chain\",\"outcome\":\"failed\"},9]}",
		"{\"as_of\":\"2026-01-01\",\"use\":{\"contract\":{\"from\":\"1000-01-01\",\"to\":\"9999-12-31\"}},\"history\":[{\"date\":\"2026-01-01\"}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		char *html = NULL;
		size_t len = 0;
		ak_error e = { 0 };

		assert_int_equal(ak_report_render(&(ak_report){ span_of(bundle), span_of(TRUST), span_of(verdicts[i]), &usual }, &html, &len, &e), AK_OK);
		assert_true(passes(html, len));
		free(html);
	}
}

/* ---- base64 --------------------------------------------------------------------------------------------------------- */

static bool reads(const char *text, uint8_t out[256], size_t *len)
{
	size_t at;

	return ak_base64_read(span_of(text), out, len, &at);
}

static void base64_has_one_form(void **state)
{
	static const char *const bad[] = { "QQ=\n", "QQ==", "QR==\n", "QUJ=\n", "Q===\n", "====\n", "QQ==QQ==\n", "QUJD\nQUJD\n", "QQ==\n\n", "\n", "QUI\n", "QU-_\n", "QQ== \n",
	                                   "QQ==\r\n" };
	uint8_t out[256];
	size_t len = 7;

	(void)state;
	assert_true(reads("", out, &len));
	assert_int_equal(len, 0);
	assert_true(reads("QQ==\n", out, &len));
	assert_memory_equal(out, "A", 1);
	assert_int_equal(len, 1);
	assert_true(reads("QUI=\n", out, &len));
	assert_int_equal(len, 2);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (reads(bad[i], out, &len))
			fail_msg("taken: %s", bad[i]);
	}
}

static void base64_gives_back_every_length(void **state)
{
	uint8_t bytes[200], out[256];

	(void)state;
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		char *text = NULL;
		size_t len = 0, got = 0, at;
		FILE *f = open_memstream(&text, &len);

		assert_non_null(f);
		for (size_t i = 0; i < n; i++)
			bytes[i] = (uint8_t)(i * 37 + n);
		ak_base64_lines(f, (ak_span){ bytes, n });
		assert_int_equal(fclose(f), 0);
		assert_true(ak_base64_read((ak_span){ (uint8_t *)text, len }, out, &got, &at));
		assert_int_equal(got, n);
		assert_memory_equal(out, bytes, n);
		free(text);
	}
}

static void an_instant_is_one(void **state)
{
	static const char *const bad[] = { "", "2026-11-21", "2026-13-21T03:04:05Z", "2026-11-21T24:04:05Z", "2026-11-21T03:04:60Z", "1969-11-21T03:04:05Z", "2026-11-21T03:04:05+",
	                                   "2026-11-21T03:04:05ZZ" };
	int64_t s = 0;

	(void)state;
	assert_true(ak_report_instant("1970-01-01T00:00:00Z", &s));
	assert_int_equal(s, 0);
	assert_true(ak_report_instant("2026-11-21T03:04:05Z", &s));
	assert_int_equal(s, 1795230245);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(ak_report_instant(bad[i], &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hostile_names_stay_text),
		cmocka_unit_test(a_name_of_ten_thousand_characters_is_cut),
		cmocka_unit_test(the_expiry_is_held_against_the_contract),
		cmocka_unit_test(a_page_gives_back_what_it_embeds),
		cmocka_unit_test(no_changed_byte_passes),
		cmocka_unit_test(no_cut_page_passes),
		cmocka_unit_test(each_part_is_there_once_and_in_its_place),
		cmocka_unit_test(nothing_stands_behind_the_end),
		cmocka_unit_test(settings_are_these_six_and_no_others),
		cmocka_unit_test(a_part_over_its_limit_is_refused),
		cmocka_unit_test(a_verdict_that_is_none_makes_no_page),
		cmocka_unit_test(a_verdict_of_other_shapes_breaks_nothing),
		cmocka_unit_test(base64_has_one_form),
		cmocka_unit_test(base64_gives_back_every_length),
		cmocka_unit_test(an_instant_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
