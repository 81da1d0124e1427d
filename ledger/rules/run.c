/* SPDX-License-Identifier: Apache-2.0 */
/* Running the rules.  The rows of a rule are kept until its query has ended, so that a rule stopped half way is
 * not-checked, and not half failed.
 *
 * What absence does (header key "absence"): when a subject that the rule concludes from absence about has no map proof, records
 * about it may be missing here.  For that listing, no rows prove nothing, and a row that names no record, or whose reason is
 * "evidence-not-on-record", rests on nothing: the rule is not-checked.  A row that names a record stands on that record,
 * and is reported as failed. */
#include "base/fail.h"
#include "base/text.h"
#include "rules/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COL_LISTING, COL_RECORD, COL_JA, COL_EN, COL_EXPECTED, COL_FOUND, COL_SEVERITY, COL_REASON, COLS };

static const char *const column_names[COLS] = {
	"listing", "record", "ja", "en", "expected", "found", "severity", "reason",
};

enum { COLS_REQUIRED = COL_SEVERITY };

enum { WHY_MAX = AK_ERROR_DETAIL_MAX + AK_RULE_ID_MAX + 16 };

static const char not_on_record[] = "evidence-not-on-record";

typedef struct row {
	size_t text[COLS];   /* offsets into run.text */
	const char *listing; /* set when all rows are there and run.text stays where it is */
	size_t nth;
	int64_t record;
	ak_severity severity;
	bool rests; /* on absence */
} row;

typedef struct run {
	ak_rules *r;
	ak_rule_file *file;
	const char *listing;
	int32_t as_of;
	uint64_t known_at;
	ak_rule_info info;
	row *rows;
	size_t n, cap;
	ak_buf text;
	ak_rule_fn *fn;
	void *ctx;
	size_t told; /* calls of fn for this rule */
} run;

static ak_status find_columns(sqlite3_stmt *s, int at[COLS], ak_error *err)
{
	for (int k = 0; k < COLS; k++)
		at[k] = -1;
	for (int i = 0; i < sqlite3_column_count(s); i++) {
		const char *name = sqlite3_column_name(s, i);
		int k = 0;

		if (name == NULL)
			return ak_no_memory(err, "rules.columns");
		while (k < COLS && strcmp(name, column_names[k]) != 0)
			k++;
		if (k == COLS)
			return ak_fail(err, AK_BAD_FORMAT, "rules.columns", 0, "unknown column \"%.60s\"", name);
		if (at[k] >= 0)
			return ak_fail(err, AK_BAD_FORMAT, "rules.columns", 0, "column \"%s\" twice", name);
		at[k] = i;
	}
	for (int k = 0; k < COLS_REQUIRED; k++) {
		if (at[k] < 0)
			return ak_fail(err, AK_BAD_FORMAT, "rules.columns", 0, "column \"%s\" is missing",
			               column_names[k]);
	}
	return AK_OK;
}

/* The text of a column; NULL reads as empty.  *out is borrowed until the next step. */
static ak_status column(sqlite3_stmt *s, int i, ak_span *out, ak_error *err)
{
	const unsigned char *p;
	ak_span v;

	*out = (ak_span){ 0 };
	if (i < 0 || sqlite3_column_type(s, i) == SQLITE_NULL)
		return AK_OK;
	if (sqlite3_column_type(s, i) == SQLITE_BLOB)
		return ak_fail(err, AK_BAD_FORMAT, "rules.row", 0, "a column holds bytes, not text");
	p = sqlite3_column_text(s, i);
	if (p == NULL)
		return ak_no_memory(err, "rules.row");
	v = (ak_span){ p, (size_t)sqlite3_column_bytes(s, i) };
	if (!ak_utf8_valid(v, &(size_t){ 0 }) || (v.len != 0 && memchr(v.data, 0, v.len) != NULL))
		return ak_fail(err, AK_BAD_FORMAT, "rules.row", 0, "a column holds what is not text");
	*out = v;
	return AK_OK;
}

static ak_span shorten(ak_span v)
{
	if (v.len <= AK_RULES_FIELD)
		return v;
	v.len = AK_RULES_FIELD;
	while (v.len != 0 && (v.data[v.len] & 0xc0) == 0x80) /* not inside a character */
		v.len--;
	return v;
}

static ak_status keep_text(run *x, ak_span v, size_t *at, ak_error *err)
{
	ak_status st;

	*at = x->text.len;
	st = ak_buf_add_span(&x->text, shorten(v), err);
	return st == AK_OK ? ak_buf_add_byte(&x->text, 0, err) : st;
}

static ak_status read_record(sqlite3_stmt *s, int i, int64_t *out, ak_error *err)
{
	int64_t seq = -1;

	if (sqlite3_column_type(s, i) == SQLITE_INTEGER)
		seq = sqlite3_column_int64(s, i);
	else if (sqlite3_column_type(s, i) != SQLITE_NULL)
		return ak_fail(err, AK_BAD_FORMAT, "rules.row", 0, "record is not a sequence number");
	if (seq < -1)
		return ak_fail(err, AK_BAD_FORMAT, "rules.row", 0, "record is not a sequence number");
	*out = seq;
	return AK_OK;
}

static ak_status keep_row(run *x, sqlite3_stmt *s, const int at[COLS], ak_error *err)
{
	row w = { .severity = x->info.severity, .nth = x->n };
	size_t max = x->listing == NULL ? AK_RULES_ROWS : AK_RULES_FINDINGS;
	void *rows = x->rows;
	ak_status st;
	ak_span v;

	st = column(s, at[COL_LISTING], &v, err);
	if (st != AK_OK)
		return st;
	if (v.len == 0 || v.len > AK_RULES_FIELD)
		return ak_fail(err, AK_BAD_FORMAT, "rules.row", 0, "a row names no listing");
	if (x->listing != NULL && !ak_span_is(v, x->listing))
		return AK_OK;
	if (x->n == max)
		return ak_fail(err, AK_LIMIT, "rules.row", x->n, "more than %zu findings", max);
	st = read_record(s, at[COL_RECORD], &w.record, err);
	for (int k = 0; st == AK_OK && k < COLS; k++) {
		st = column(s, at[k], &v, err);
		if (st == AK_OK && k == COL_SEVERITY && v.len != 0 && !ak_severity_parse(v, &w.severity))
			st = ak_fail(err, AK_BAD_FORMAT, "rules.row", 0, "unknown severity \"%.*s\"",
			             (int)(v.len > 40 ? 40 : v.len), (const char *)v.data);
		if (st == AK_OK && k == COL_REASON)
			w.rests = w.record < 0 || ak_span_is(v, not_on_record);
		if (st == AK_OK)
			st = keep_text(x, v, &w.text[k], err);
	}
	if (st == AK_OK)
		st = ak_mem_grow(&rows, &x->cap, x->n + 1, sizeof(*x->rows), err);
	x->rows = rows;
	if (st == AK_OK)
		x->rows[x->n++] = w;
	return st;
}

static int by_listing(const void *a, const void *b)
{
	const row *x = a, *y = b;
	int c = strcmp(x->listing, y->listing);

	return c != 0 ? c : x->nth < y->nth ? -1 : x->nth > y->nth;
}

static void sort_rows(run *x)
{
	for (size_t i = 0; i < x->n; i++)
		x->rows[i].listing = (const char *)x->text.data + x->rows[i].text[COL_LISTING];
	if (x->n > 1)
		qsort(x->rows, x->n, sizeof(*x->rows), by_listing);
}

static ak_status collect_once(run *x, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	bool more = true;
	int at[COLS];
	ak_status st;

	x->n = 0;
	ak_buf_clear(&x->text);
	ak_rules_meter_start(x->r);
	st = ak_rules_statement(x->r, &x->file->kept, x->file->sql, &s, err);
	if (st == AK_OK)
		st = find_columns(s, at, err);
	if (st == AK_OK)
		st = ak_rules_bind(s, x->as_of, x->known_at, err);
	while (st == AK_OK) {
		st = ak_rules_step(x->r, s, &more, err);
		if (st != AK_OK || !more)
			break;
		st = keep_row(x, s, at, err);
	}
	ak_rules_give_back(&x->file->kept, s);
	ak_rules_meter_stop(x->r);
	return st;
}

/* AK_OK: the query ran to its end.  AK_NO_MEMORY: give up.  Anything else: not-checked. */
static ak_status collect(run *x, ak_error *err)
{
	ak_status st;

	if (x->file->broken != NULL)
		return ak_fail(err, AK_BAD_FORMAT, "rule.header", 0, "header: %s", x->file->broken);
	do
		st = collect_once(x, err);
	while (ak_rules_once_more(x->r, &st, err));
	return st;
}

static ak_status tell_not_checked(run *x, const char *listing, const char *reason, ak_error *err)
{
	ak_finding f = { .record = -1, .severity = x->info.severity, .listing = listing, .reason = "", .ja = x->info.ja,
	                 .en = x->info.en, .expected = "", .found = "" };
	char why[WHY_MAX];

	(void)snprintf(why, sizeof(why), "rule %s: %s", x->info.id, reason);
	return x->fn(x->ctx, &x->info, AK_NOT_CHECKED, listing == NULL ? NULL : &f, why, err);
}

static ak_status tell_row(run *x, const row *w, ak_error *err)
{
	const char *base = (const char *)x->text.data;
	ak_finding f = {
		.listing = w->listing, .record = w->record, .severity = w->severity,
		.reason = base + w->text[COL_REASON], .ja = base + w->text[COL_JA], .en = base + w->text[COL_EN],
		.expected = base + w->text[COL_EXPECTED], .found = base + w->text[COL_FOUND],
	};

	if (f.ja[0] == '\0')
		f.ja = x->info.ja;
	if (f.en[0] == '\0')
		f.en = x->info.en;
	return x->fn(x->ctx, &x->info, AK_FAILED, &f, "", err);
}

static ak_status not_proved(run *x, const char *listing, const char *missing, ak_error *err)
{
	char reason[AK_ERROR_DETAIL_MAX];

	x->told++;
	(void)snprintf(reason, sizeof(reason), "no proof that all records about %.120s are here", missing);
	return tell_not_checked(x, listing, reason, err);
}

static ak_status tell_rows(run *x, ak_error *err)
{
	char missing[AK_ERROR_VALUE_MAX] = "";
	const char *unproved = NULL; /* the listing last said to be so */
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < x->n; i++) {
		const row *w = &x->rows[i];

		missing[0] = '\0';
		if (w->rests)
			st = ak_rules_unproved(x->r, &x->file->rule, w->listing, missing, err);
		if (st == AK_OK && missing[0] == '\0') {
			x->told++;
			st = tell_row(x, w, err);
		} else if (st == AK_OK && (unproved == NULL || strcmp(unproved, w->listing) != 0)) {
			unproved = w->listing;
			st = not_proved(x, x->listing == NULL ? w->listing : NULL, missing, err);
		}
	}
	return st;
}

static bool has_row(const run *x, const char *listing)
{
	row key = { .listing = listing };
	size_t lo = 0, hi = x->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (by_listing(&x->rows[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < x->n && strcmp(x->rows[lo].listing, listing) == 0;
}

/* A listing without a row would pass. */
static ak_status would_pass(void *ctx, const char *listing, ak_error *err)
{
	run *x = ctx;
	char missing[AK_ERROR_VALUE_MAX];
	ak_status st = ak_rules_unproved(x->r, &x->file->rule, listing, missing, err);

	if (st != AK_OK || missing[0] == '\0' || has_row(x, listing))
		return st;
	return not_proved(x, x->listing == NULL ? listing : NULL, missing, err);
}

/* Without a record of the types it speaks of, a rule has no rows; not running it saves most of its cost, which is in preparing. */
static bool has_types(const run *x)
{
	uint64_t one;
	bool corrected = ak_strmap_get(&x->r->types, ak_span_str("correction"), &one); /* which may add a member */
	ak_span type;

	if (x->r->skip_none || x->file->rule.value[AK_RULE_TYPES] == NULL)
		return true;
	for (size_t i = 0; ak_rule_type(&x->file->rule, i, &type); i++) {
		const uint8_t *slash = memchr(type.data, '/', type.len);

		if (corrected && slash != NULL)
			type.len = (size_t)(slash - type.data);
		if (ak_strmap_get(&x->r->types, type, &one))
			return true;
	}
	return false;
}

static ak_status run_one(run *x, ak_error *err)
{
	ak_error why = { 0 };
	ak_status st = has_types(x) ? collect(x, &why) : AK_OK;

	x->told = 0;
	if (st == AK_NO_MEMORY)
		return ak_no_memory(err, "rules.run");
	if (st != AK_OK)
		return tell_not_checked(x, NULL, why.detail, err);
	sort_rows(x);
	st = tell_rows(x, err);
	if (st == AK_OK && x->file->rule.value[AK_RULE_ABSENCE] != NULL)
		st = x->listing != NULL ? would_pass(x, x->listing, err)
		                        : ak_rules_each_listing(x->r, would_pass, x, err);
	if (st == AK_OK && x->told == 0)
		st = x->fn(x->ctx, &x->info, AK_PASSED, NULL, "", err);
	return st;
}

ak_status ak_rules_run(ak_rules *r, int32_t as_of, uint64_t known_at, const char *listing, ak_rule_fn *fn, void *ctx,
                       ak_error *err)
{
	run x = { .r = r, .listing = listing, .as_of = as_of, .known_at = known_at, .fn = fn, .ctx = ctx };
	ak_status st = ak_rules_ask(r, as_of, known_at, listing, err);

	ak_buf_init(&x.text, AK_RULES_ANSWER);
	for (size_t i = 0; st == AK_OK && i < r->n_files; i++) {
		x.file = &r->files[i];
		if (ak_rule_judges_use(&x.file->rule) && !r->has_use)
			continue;
		x.info = ak_rule_info_of(&x.file->rule);
		if (x.file->broken != NULL) {
			x.info.id = x.file->name;
			x.info.severity = AK_SEVERITY_UNVERIFIABLE;
		}
		x.n = 0;
		ak_buf_clear(&x.text);
		st = run_one(&x, err);
	}
	ak_buf_clear(&x.text);
	ak_mem_free(x.rows);
	return st;
}
