/* SPDX-License-Identifier: Apache-2.0 */
/* The SQL of a package is tried out over an empty ledger: every view is created, every rule and query runs to its end.  A rule
 * that finds fault with nothing at all is wrong. */
#include "rules/sandbox.h"

#include "base/fail.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 20000, PLACE = 64 }; /* 2024-10-04: any day will do */

static ak_status named(ak_error *err, const ak_error *why, ak_status st, const char *name)
{
	if (why->detail[0] == '\0' && (why->expected[0] != '\0' || why->found[0] != '\0'))
		return ak_fail(err, st, why->where, why->at, "%.80s: expected %.60s, found %.60s", name, why->expected, why->found);
	return ak_fail(err, st, why->where, why->at, "%.100s: %.130s", name, why->detail);
}

static ak_status rule_runs(void *ctx, const ak_rule_info *rule, ak_outcome outcome, const ak_finding *f, const char *why,
                           ak_error *err)
{
	(void)ctx;
	if (outcome == AK_PASSED)
		return AK_OK;
	if (outcome == AK_FAILED)
		return ak_fail(err, AK_BAD_FORMAT, "package.rules", 0, "rules/%.32s.sql: gives a row without any records "
		               "(listing \"%.40s\")", rule->id, f->listing);
	return ak_fail(err, AK_BAD_FORMAT, "package.rules", 0, "rules/%.32s.sql: %.180s", rule->id, why);
}

static ak_status run_queries(ak_rules *r, const ak_json *package, ak_error *err)
{
	const ak_json *sql;
	ak_error why = { 0 };
	char place[PLACE];
	ak_status st = AK_OK;
	void *it = NULL;
	ak_span name;

	while (ak_json_next(ak_json_get(package, "queries"), &it, &name, &sql)) {
		ak_json *rows = NULL;

		st = ak_rules_query(r, (const char *)name.data, DAY, 0, "x", &rows, &why);
		ak_json_free(rows);
		if (st != AK_OK) {
			(void)snprintf(place, sizeof(place), "queries/%.40s.sql", (const char *)name.data);
			return named(err, &why, st, place);
		}
	}
	return st;
}

ak_status ak_rules_try(const ak_json *package, ak_error *err)
{
	static const ak_rules_use use = { "2024-10-04", "2025-10-03", "x", "x", "x", "x" };
	ak_rules *r = NULL;
	ak_error why = { 0 };
	ak_status st = ak_rules_open(package, &r, &why);

	if (st == AK_OK)
		st = ak_rules_add_use(r, &use, &why);
	if (st == AK_OK) {
		ak_rules_skip_none(r);
		st = ak_rules_ready(r, &why);
	}
	if (st != AK_OK)
		st = named(err, &why, st, "views.sql");
	if (st == AK_OK)
		st = ak_rules_run(r, DAY, 0, NULL, rule_runs, NULL, err);
	if (st == AK_OK)
		st = run_queries(r, package, err);
	ak_rules_free(&r);
	return st;
}
