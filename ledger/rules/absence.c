/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fail.h"
#include "rules/db.h"

#include <stdio.h>
#include <string.h>

/* Put the listing in place of "{listing}". */
static ak_status expand(ak_span pattern, const char *listing, ak_buf *out, ak_error *err)
{
	static const char hole[] = "{listing}";
	ak_status st = AK_OK;

	while (st == AK_OK && pattern.len != 0) {
		size_t n = ak_span_starts(pattern, hole) ? sizeof(hole) - 1 : 1;

		if (n == 1)
			st = ak_buf_add_byte(out, pattern.data[0], err);
		else
			st = ak_buf_add_str(out, listing, err);
		pattern = (ak_span){ pattern.data + n, pattern.len - n };
	}
	return st;
}

/* A row of one text, or none: then `missing` stays as it is. */
static ak_status first_text(ak_rules *r, sqlite3_stmt *s, char missing[AK_ERROR_VALUE_MAX], ak_error *err)
{
	const char *text;
	int rc = sqlite3_step(s);

	if (rc == SQLITE_DONE)
		return AK_OK;
	if (rc != SQLITE_ROW)
		return ak_rules_sql_fail(r, rc, "rules.proved", err);
	text = (const char *)sqlite3_column_text(s, 0);
	if (text == NULL)
		return ak_no_memory(err, "rules.proved");
	(void)snprintf(missing, AK_ERROR_VALUE_MAX, "%s", text);
	missing[AK_ERROR_VALUE_MAX - 1] = '\0';
	return AK_OK;
}

static ak_status look(ak_rules *r, ak_span subject, char missing[AK_ERROR_VALUE_MAX], ak_error *err)
{
	/* Bytes compare as bytes here: "~" follows every byte of a subject id. */
	static const char one[] = "SELECT ?1 WHERE ?1 NOT IN (SELECT subject FROM proved)";
	static const char many[] = "SELECT subject FROM about WHERE subject >= ?1 AND subject < ?1 || '~'"
	                           " AND subject NOT IN (SELECT subject FROM proved) ORDER BY subject LIMIT 1";
	bool star = subject.len != 0 && subject.data[subject.len - 1] == '*';
	sqlite3_stmt *s = NULL;
	ak_status st = ak_rules_mine_take(r, star ? many : one, &s, err);

	if (star)
		subject.len--;
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 1, subject, err);
	if (st == AK_OK)
		st = first_text(r, s, missing, err);
	ak_rules_mine_back(r, s);
	return st;
}

ak_status ak_rules_unproved(ak_rules *r, const ak_rule *rule, const char *listing, char missing[AK_ERROR_VALUE_MAX],
                            ak_error *err)
{
	ak_status st = AK_OK;
	ak_span pattern;
	ak_buf subject = { 0 };

	missing[0] = '\0';
	ak_buf_init(&subject, AK_RULES_FIELD);
	for (size_t i = 0; st == AK_OK && missing[0] == '\0' && ak_rule_absence(rule, i, &pattern); i++) {
		ak_buf_clear(&subject);
		st = expand(pattern, listing, &subject, err);
		if (st == AK_OK)
			st = look(r, ak_buf_span(&subject), missing, err);
	}
	ak_buf_clear(&subject);
	return st;
}

ak_status ak_rules_each_listing(ak_rules *r, ak_listing_fn *fn, void *ctx, ak_error *err)
{
	sqlite3_stmt *s = NULL;
	ak_status st = ak_rules_mine_take(r, "SELECT DISTINCT substr(subject, length(?1) + 1) FROM about"
	                                       " WHERE subject >= ?1 AND subject < ?1 || '~' ORDER BY 1", &s, err);
	ak_buf prefix = { 0 };
	int rc = SQLITE_DONE;

	ak_buf_init(&prefix, AK_RULES_FIELD);
	if (st == AK_OK)
		st = ak_buf_add_span(&prefix, ak_json_get_text(r->package, "scheme"), err);
	if (st == AK_OK)
		st = ak_buf_add_str(&prefix, "/listing:", err);
	if (st == AK_OK)
		st = ak_rules_bind_span(s, 1, ak_buf_span(&prefix), err);
	while (st == AK_OK && (rc = sqlite3_step(s)) == SQLITE_ROW) {
		const char *listing = (const char *)sqlite3_column_text(s, 0);

		st = listing == NULL ? ak_no_memory(err, "rules.listings") : fn(ctx, listing, err);
	}
	if (st == AK_OK && rc != SQLITE_DONE)
		st = ak_rules_sql_fail(r, rc, "rules.listings", err);
	ak_rules_mine_back(r, s);
	ak_buf_clear(&prefix);
	return st;
}
