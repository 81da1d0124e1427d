/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a listing from the report's JSON: bars where the days are, gaps named, every record told, on a terminal and as a picture;
 * and no report can break either. */
#include "trace.h"

#include "term.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static size_t terminal = 100;

static ak_cli *cli(bool ja)
{
	ak_cli *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->ja = ja;
	c->width = terminal;
	return c;
}

/* What is printed on stdout; freed by the caller. */
static char *printed(const json_t *report, bool ja)
{
	ak_cli *c = cli(ja);
	FILE *f = tmpfile();
	int saved = dup(STDOUT_FILENO);
	char *out;
	long len;

	assert_non_null(f);
	(void)fflush(stdout);
	assert_true(dup2(fileno(f), STDOUT_FILENO) >= 0);
	ak_trace_print(c, report);
	(void)fflush(stdout);
	assert_true(dup2(saved, STDOUT_FILENO) >= 0);
	(void)close(saved);
	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	len = ftell(f);
	rewind(f);
	out = calloc(1, (size_t)len + 1);
	assert_non_null(out);
	assert_int_equal(fread(out, 1, (size_t)len, f), (size_t)len);
	(void)fclose(f);
	free(c);
	return out;
}

static char *picture(const json_t *report, bool ja)
{
	ak_cli *c = cli(ja);
	char *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);

	assert_non_null(f);
	ak_trace_draw(f, c, report);
	assert_int_equal(fclose(f), 0);
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

static void says(const char *out, const char *what)
{
	if (strstr(out, what) == NULL)
		fail_msg("does not say \"%s\":\n%s", what, out);
}

#define WORDS(ja, en) "{\"ja\":\"" ja "\",\"en\":\"" en "\"}"
#define EVENT(seq, date, ja, en, more) \
	"{\"record\":" seq ",\"type\":\"x\",\"state\":\"\",\"date\":\"" date "\",\"first\":null,\"last\":null,\"target\":null," \
	"\"label\":" WORDS(ja, en) ",\"party\":" WORDS("事務局", "Secretariat") ",\"text\":" WORDS("", "") ",\"mark\":\"passed\"," \
	"\"sealed\":\"2026-05-20T01:00:00Z\"" more "}"

/* A gap of 31 days between the audits; a renewal that bridges 26 days; one registration ended early. */
static const char report_text[] =
	"{\"verdict\":\"valid\",\"reason\":\"\",\"as_of\":\"2026-11-21\",\"known_at\":512,"
	"\"listing\":{\"name\":\"C24-0101-2\",\"service\":\"架空の雲\",\"provider\":\"株式会社架空の雲\",\"expires_on\":\"2027-07-31\",\"carried\":false},"
	"\"terms\":[{\"first\":\"2024-06-12\",\"last\":\"2025-07-31\",\"record\":40,\"basis\":\"decided\",\"ended_by\":null,\"gap_days\":null,\"carried\":false},"
	"{\"first\":\"2025-08-27\",\"last\":\"2026-07-31\",\"record\":46,\"basis\":\"decided\",\"ended_by\":67,\"gap_days\":26,\"carried\":true},"
	"{\"first\":\"2026-08-10\",\"last\":null,\"record\":52,\"basis\":\"decided\",\"ended_by\":null,\"gap_days\":9,\"carried\":false}],"
	"\"periods\":[{\"first\":\"2023-04-01\",\"last\":\"2024-03-31\",\"cycle\":\"initial\",\"record\":35,\"gap_days\":null},"
	"{\"first\":\"2024-05-02\",\"last\":\"2025-03-31\",\"cycle\":\"annual\",\"record\":42,\"gap_days\":31}],"
	"\"history\":[" EVENT("34", "2024-04-03", "言明書", "Provider statement", "") ","
	"{\"record\":35,\"type\":\"audit-report\",\"state\":\"corrected\",\"date\":\"2024-04-22\",\"first\":\"2023-04-01\",\"last\":\"2024-03-31\",\"target\":null,"
	"\"label\":" WORDS("実施結果報告書", "Audit result report") ",\"party\":" WORDS("甲監査法人", "Koh Audit") ",\"text\":" WORDS("初回監査", "initial audit")
	",\"mark\":\"not-checked\",\"sealed\":\"2026-05-20T01:00:00Z\"},"
	"{\"record\":60,\"type\":\"deletion\",\"state\":\"void\",\"date\":\"9999-01-01\",\"first\":null,\"last\":null,\"target\":null,"
	"\"label\":" WORDS("登録の削除", "Deletion") ",\"party\":" WORDS("", "") ",\"text\":" WORDS("<b>&\\\"うそ\\\"", "<b>&\\\"a lie\\\"") ",\"mark\":\"failed\","
	"\"sealed\":\"2026-05-20T01:00:00Z\"},"
	"{\"record\":68,\"type\":\"correction\",\"state\":\"\",\"date\":\"2027-06-01\",\"first\":null,\"last\":null,\"target\":35,"
	"\"label\":" WORDS("訂正", "Correction") ",\"party\":" WORDS("事務局", "Secretariat") ",\"text\":" WORDS("誤記", "a typo") ",\"mark\":\"passed\","
	"\"sealed\":\"2027-06-02T01:00:00Z\"},"
	"{\"record\":69,\"type\":\"correction\",\"state\":\"idle\",\"date\":\"2027-06-01\",\"first\":null,\"last\":null,\"target\":35,"
	"\"label\":" WORDS("訂正", "Correction") ",\"party\":" WORDS("事務局", "Secretariat") ",\"text\":" WORDS("誤記", "a typo") ",\"mark\":\"passed\","
	"\"sealed\":\"2027-06-02T01:00:00Z\"}],"
	"\"missing\":[],\"chain\":[],\"checks\":[],\"findings\":[{\"rule\":\"C12\",\"severity\":\"warning\",\"record\":42,\"text\":"
	WORDS("監査空白期間 31日", "audit gap of 31 days") ",\"expected\":\"\",\"found\":\"\",\"basis\":\"管理基準\",\"basis_version\":\"not verified\",\"next\":"
	WORDS("", "") "}],"
	"\"ledger\":{\"origin\":\"ledger.example/ismap\",\"size\":512,\"root\":\"sha256:5f0c000000000000000000000000000000000000000000000000000000009a1e\","
	"\"time\":\"2026-11-20T18:00:00Z\"},\"freshness\":{\"known_until\":\"2026-11-20T18:00:00Z\"},\"warnings\":[],\"notice\":"
	WORDS("責任は管理者が負う。", "Responsibility stays with the administrator.") "}";

/* ---- the text ----------------------------------------------------------------------------------------------------- */

static void all_of_it_in_order(void **state)
{
	static const char *const order[] = { "VALID  C24-0101-2", "2023", "registration", "#40", "26 days bridged", "#46", "ended by #67",
	                                     "not registered for 9 days", "end not known", "audit periods", "#35", "gap of 31 days", "#42",
	                                     "gaps: 31 days in all", "#34", "as of 2026-11-21", "#60", "without effect", "#68", "concerns #35",
	                                     "warning C12", "ledger ledger.example/ismap", "Responsibility" };
	json_t *r = parsed(report_text);
	char *out = printed(r, false);
	const char *at = out;

	(void)state;
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		const char *next = strstr(at, order[i]);

		if (next == NULL)
			fail_msg("\"%s\" is not there, or not in its place:\n%s", order[i], out);
		at = next;
	}
	free(out);
	json_decref(r);
}

/* Sealed as it should be, and of no effect: no tick, on paper or in the picture. */
static void a_correction_that_changes_nothing_is_marked(void **state)
{
	json_t *r = parsed(report_text);

	(void)state;
	for (int ja = 0; ja < 2; ja++) {
		char *out = printed(r, ja != 0), *drawn = picture(r, ja != 0), *line = strstr(out, "  #69"), *start = line;

		assert_non_null(line);
		while (start > out && start[-1] != '\n')
			start--;
		assert_int_equal(strncmp(start, "  ✗ ", strlen("  ✗ ")), 0);
		says(line, ja ? "何も及ぼさない" : "changes nothing");
		says(drawn, ja ? "何も及ぼさない" : "changes nothing");
		says(drawn, "✗");
		line = strstr(out, "  #68");
		assert_non_null(line);
		for (start = line; start > out && start[-1] != '\n'; start--)
			;
		assert_int_equal(strncmp(start, "  ✓ ", strlen("  ✓ ")), 0);
		free(drawn);
		free(out);
	}
	json_decref(r);
}

/* The line that holds `what`, as cells of the canvas; bars are of characters of one cell. */
static void canvas_of(const char *out, const char *what, char cells[128])
{
	const char *line = strstr(out, what), *start;
	size_t n = 0;

	if (line == NULL)
		fail_msg("no line with \"%s\":\n%s", what, out);
	for (start = line; start > out && start[-1] != '\n'; start--)
		;
	for (const char *p = start; p < line && n < 127;) {
		unsigned char ch = (unsigned char)*p;
		size_t len = ch < 0x80 ? 1 : ch < 0xe0 ? 2 : 3;

		cells[n++] = ch == ' ' ? ' ' : strncmp(p, "┊", len) == 0 ? '|' : len == 1 ? (char)ch : '#';
		p += len;
	}
	cells[n] = '\0';
}

static void bars_stand_where_their_days_are(void **state)
{
	char a[128], gap[128], b[128];
	json_t *r = parsed(report_text);
	char *out = printed(r, false);
	size_t end_a, start_b, i;

	(void)state;
	/* The audits: the second begins after the first ends, and the gap lies between them. */
	canvas_of(out, "2023-04-01 to", a);
	canvas_of(out, "gap of 31 days", gap);
	canvas_of(out, "2024-05-02 to", b);
	end_a = strlen(a);
	while (end_a > 0 && a[end_a - 1] != '#')
		end_a--;
	for (start_b = 10; b[start_b] != '#'; start_b++)
		;
	assert_true(end_a <= start_b + 1);
	for (i = 10; gap[i] != '#'; i++) /* "×" */
		;
	assert_true(i + 1 >= end_a && i <= start_b);
	/* The day asked about stands in one column of every line that has room for it. */
	i = strcspn(a, "|");
	assert_int_equal(i, strcspn(b, "|"));
	assert_true(a[i] == '|' && i > end_a);
	free(out);
	json_decref(r);
}

static void bars_and_gaps_are_the_days_of_the_report(void **state)
{
	static const struct {
		ak_trace_lane lane;
		bool gap, bad, open;
		const char *first, *last; /* NULL: as far as the picture goes */
		uint64_t record;
	} want[] = {
		{ AK_LANE_TERM, false, false, false, "2024-06-12", "2025-07-31", 40 },
		{ AK_LANE_TERM, true, false, false, "2025-08-01", "2025-08-26", 0 },
		{ AK_LANE_TERM, false, false, false, "2025-08-27", "2026-07-31", 46 },
		{ AK_LANE_TERM, true, true, false, "2026-08-01", "2026-08-09", 0 },
		{ AK_LANE_TERM, false, false, true, "2026-08-10", NULL, 52 },
		{ AK_LANE_PERIOD, false, false, false, "2023-04-01", "2024-03-31", 35 },
		{ AK_LANE_PERIOD, true, true, false, "2024-04-01", "2024-05-01", 0 },
		{ AK_LANE_PERIOD, false, false, false, "2024-05-02", "2025-03-31", 42 },
	};
	json_t *r = parsed(report_text);
	ak_cli *c = cli(false);
	ak_trace_model m;

	(void)state;
	assert_true(ak_trace_make(c, r, &m));
	assert_int_equal(m.n_bars, sizeof(want) / sizeof(want[0]));
	assert_int_equal(m.first_year, 2023);
	assert_int_equal(m.years, 5);
	for (size_t i = 0; i < m.n_bars; i++) {
		const ak_trace_bar *b = &m.bar[i];
		int64_t first, last = m.last;

		assert_true(ak_trace_day(want[i].first, &first));
		assert_true(want[i].last == NULL || ak_trace_day(want[i].last, &last));
		if (b->lane != want[i].lane || b->gap != want[i].gap || b->bad != want[i].bad || b->open != want[i].open ||
		    b->first != first || b->last != last || b->record != want[i].record)
			fail_msg("bar %zu (%s): %lld to %lld", i, b->text, (long long)b->first, (long long)b->last);
	}
	ak_trace_drop(&m);
	free(c);
	json_decref(r);
}

static void it_says_the_same_in_japanese(void **state)
{
	json_t *r = parsed(report_text);
	char *out = printed(r, true);

	(void)state;
	says(out, "有効  C24-0101-2");
	says(out, "基準日 2026年11月21日");
	says(out, "登録の有効期間");
	says(out, "更新申請により 26日継続");
	says(out, "登録のない期間 9日");
	says(out, "空白 31日");
	says(out, "（#67で終了）");
	says(out, "効力がない");
	says(out, "対象 #35、誤記");
	says(out, "初回監査、2023年4月1日–2024年3月31日");
	says(out, "訂正後");
	free(out);
	json_decref(r);
}

static void lines_fit_the_terminal(void **state)
{
	static const size_t widths[] = { 80, 100, 140 };
	json_t *r = parsed(report_text);

	(void)state;
	for (size_t k = 0; k < 6; k++) {
		char *out, *line, *save = NULL;

		terminal = widths[k / 2];
		out = printed(r, k % 2 == 0);
		for (line = strtok_r(out, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
			if (ak_term_width(line) > terminal)
				fail_msg("over %zu: %s", terminal, line);
			if (line[strlen(line) - 1] == ' ')
				fail_msg("ends in a blank: \"%s\"", line);
		}
		free(out);
	}
	terminal = 100;
	json_decref(r);
}

/* A mistyped year moves nothing else out of sight. */
static void no_date_squeezes_the_rest(void **state)
{
	json_t *r = parsed(report_text);
	char *out = printed(r, false), *far;

	(void)state;
	says(out, "2023     ");
	assert_null(strstr(out, "9998"));
	json_object_set_new(json_array_get(json_object_get(r, "terms"), 2), "last", json_string("9999-12-31"));
	far = printed(r, false);
	says(far, "2026-08-10 to 9999-12-31");
	assert_null(strstr(far, "2100"));
	free(far);
	free(out);
	json_decref(r);
}

static void days_are_counted_right(void **state)
{
	static const struct {
		const char *stored;
		int64_t day;
	} rows[] = { { "1970-01-01", 0 }, { "1970", 0 }, { "2000-02-29", 11016 }, { "2026-11-21", 20778 }, { "2026-11", 20758 },
	             { "1969-12-31", -1 }, { "2026-11-21T23:00:00Z", 20778 } };
	static const char *const junk[] = { "", "x", "20", "2026-13-01", "2026-1", "2026/11/21", "2026-11-2", "abcd-ef-gh", "2026-11-00" };
	int64_t day;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(ak_trace_day(rows[i].stored, &day));
		if (day != rows[i].day)
			fail_msg("%s: %lld", rows[i].stored, (long long)day);
	}
	for (size_t i = 0; i < sizeof(junk) / sizeof(junk[0]); i++) {
		if (ak_trace_day(junk[i], &day))
			fail_msg("\"%s\" is no day", junk[i]);
	}
	assert_int_equal(ak_trace_new_year(2026), 20454);
}

/* ---- the picture --------------------------------------------------------------------------------------------------------- */

/* Elements open and close, nothing is left open, and text holds no raw '<' or '&'. */
static void is_well_formed(const char *svg)
{
	char open[64][32];
	size_t depth = 0;

	for (const char *p = svg; *p != '\0'; p++) {
		if (*p == '&') {
			if (strncmp(p, "&amp;", 5) != 0 && strncmp(p, "&lt;", 4) != 0 && strncmp(p, "&gt;", 4) != 0 && strncmp(p, "&quot;", 6) != 0)
				fail_msg("a raw &: %.40s", p);
		}
		if (*p != '<')
			continue;
		if (p[1] == '?') {
			p = strstr(p, "?>");
			assert_non_null(p);
		} else if (p[1] == '/') {
			size_t n = strcspn(p + 2, ">");

			assert_true(depth > 0);
			depth--;
			if (strncmp(open[depth], p + 2, n) != 0 || strlen(open[depth]) != n)
				fail_msg("</%.*s> closes <%s>", (int)n, p + 2, open[depth]);
		} else {
			size_t n = strcspn(p + 1, " >/"), len = strcspn(p, ">");

			assert_true(n > 0 && n < 32 && depth < 64);
			if (p[len - 1] != '/') {
				(void)snprintf(open[depth++], 32, "%.*s", (int)n, p + 1);
			}
			p += len;
		}
	}
	assert_int_equal(depth, 0);
}

static void the_picture_says_all_of_it_in_words(void **state)
{
	static const char *const words[] = { "26 days bridged", "not registered for 9 days", "gap of 31 days", "#34", "Provider statement",
	                                     "without effect", "audit gap of 31 days", "initial audit", "gaps: 31 days in all" };
	json_t *r = parsed(report_text);
	char *svg = picture(r, false), *desc, *end;

	(void)state;
	is_well_formed(svg);
	says(svg, "role=\"img\" aria-labelledby=\"title desc\"");
	says(svg, "<title id=\"title\">History of the listing C24-0101-2: VALID</title>");
	says(svg, "lang=\"en\"");
	says(svg, "✓ VALID");
	says(svg, "&lt;b&gt;&amp;&quot;a lie&quot;");
	assert_null(strstr(svg, "<b>"));
	desc = strstr(svg, "<desc");
	assert_non_null(desc);
	end = strstr(desc, "</desc>");
	assert_non_null(end);
	*end = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		says(desc, words[i]);
		says(end + 1, words[i]); /* and in what is seen */
	}
	free(svg);
	json_decref(r);
}

/* Relative luminance as WCAG 2 defines it; the curve by its two ends is near enough for what is asked. */
static double luminance(const char *hex)
{
	double l = 0;

	for (size_t i = 0; i < 3; i++) {
		static const double weight[] = { 0.2126, 0.7152, 0.0722 };
		char two[3] = { hex[1 + 2 * i], hex[2 + 2 * i], '\0' };
		double v = (double)strtoul(two, NULL, 16) / 255, x = (v + 0.055) / 1.055, p = x;

		/* x^2.4 = x^2 * x^0.4, and x^0.4 by Newton's method on y^5 = x^2 */
		if (v <= 0.04045) {
			l += weight[i] * v / 12.92;
			continue;
		}
		for (size_t k = 0; k < 60; k++)
			p -= (p * p * p * p * p - x * x) / (5 * p * p * p * p);
		l += weight[i] * x * x * p;
	}
	return l;
}

static void every_colour_of_text_has_contrast(void **state)
{
	static const char *const ink[] = { AK_SVG_INK, AK_SVG_SOFT, AK_SVG_GOOD, AK_SVG_BAD, AK_SVG_UNSURE, AK_SVG_BLUE, AK_SVG_LINE };
	static const char *const paper[] = { AK_SVG_PAPER, "#dcefe3", "#dbe7f7" };

	(void)state;
	assert_true(luminance("#ffffff") > 0.999 && luminance("#000000") < 0.001);
	for (size_t i = 0; i < sizeof(ink) / sizeof(ink[0]); i++) {
		double contrast = (luminance(AK_SVG_PAPER) + 0.05) / (luminance(ink[i]) + 0.05);

		if (contrast < 4.5)
			fail_msg("%s: %.2f", ink[i], contrast);
	}
	for (size_t i = 0; i < 3; i++)
		assert_true((luminance(paper[i]) + 0.05) / (luminance(AK_SVG_INK) + 0.05) >= 7);
}

/* ---- whatever comes --------------------------------------------------------------------------------------------------------- */

static void both(const json_t *r)
{
	for (size_t i = 0; i < 2; i++) {
		char *out = printed(r, i == 0), *svg = picture(r, i == 0);

		assert_true(*out != '\0');
		is_well_formed(svg);
		assert_null(strchr(out, '\x1b'));
		assert_null(strchr(svg, '\x1b'));
		free(out);
		free(svg);
	}
}

/* Every value of the report in turn replaced by each of these. */
static void spoil(json_t *root, json_t *at)
{
	static const char *const junk[] = { "null", "\"\"", "-1", "[]", "{}", "\"\\u001b[2J\\u202e\"", "\"9999-99-99\"", "9007199254740991",
	                                    "\"0001-01-01\"", "[null]", "[{}]" };
	const char *key;
	json_t *v;
	void *tmp;
	size_t i;

	json_object_foreach_safe(at, tmp, key, v) {
		json_t *kept = json_incref(v);

		for (size_t k = 0; k < sizeof(junk) / sizeof(junk[0]); k++) {
			assert_int_equal(json_object_set_new(at, key, json_loads(junk[k], JSON_DECODE_ANY, NULL)), 0);
			both(root);
		}
		assert_int_equal(json_object_set_new(at, key, kept), 0);
		spoil(root, kept);
	}
	json_array_foreach(at, i, v)
		spoil(root, v);
}

static void no_report_breaks_it(void **state)
{
	json_t *r = parsed(report_text), *none = json_object();

	(void)state;
	spoil(r, r);
	both(none);
	json_decref(none);
	json_decref(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_in_order),
		cmocka_unit_test(a_correction_that_changes_nothing_is_marked),
		cmocka_unit_test(bars_stand_where_their_days_are),
		cmocka_unit_test(bars_and_gaps_are_the_days_of_the_report),
		cmocka_unit_test(it_says_the_same_in_japanese),
		cmocka_unit_test(lines_fit_the_terminal),
		cmocka_unit_test(no_date_squeezes_the_rest),
		cmocka_unit_test(days_are_counted_right),
		cmocka_unit_test(the_picture_says_all_of_it_in_words),
		cmocka_unit_test(every_colour_of_text_has_contrast),
		cmocka_unit_test(no_report_breaks_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
