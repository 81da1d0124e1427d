/* SPDX-License-Identifier: Apache-2.0 */
/* fixture.h - small profiles and records for the tests of the rules layer
 *
 * A record of the fixture has the id whose 32 bytes all are its seq (seq < 256), so that "sha256:0505…" is record 5.
 */
#ifndef AK_TEST_RULES_FIXTURE_H
#define AK_TEST_RULES_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/date.h"
#include "base/text.h"
#include "rules/sandbox.h"

#include <stdio.h>
#include <string.h>

enum { ANSWERS = 10, KNOWN_AT = 1000 };

typedef struct answer {
	ak_outcome outcome;
	ak_severity severity;
	char rule[40], listing[64], why[400], found[120], expected[120], reason[64], ja[120];
	int64_t record;
} answer;

typedef struct answers {
	answer a[ANSWERS];
	size_t n;
} answers;

static inline void need(ak_status st, const ak_error *err)
{
	if (st != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(st), err->where, err->detail);
}

static inline ak_json *new_package(void)
{
	ak_json *p = ak_json_new_object();
	ak_error err = { 0 };

	need(ak_json_set(p, "format", ak_json_new_str("akashi-profile/1"), &err), &err);
	need(ak_json_set(p, "scheme", ak_json_new_str("s"), &err), &err);
	need(ak_json_set(p, "version", ak_json_new_str("1"), &err), &err);
	need(ak_json_set(p, "rules", ak_json_new_object(), &err), &err);
	need(ak_json_set(p, "queries", ak_json_new_object(), &err), &err);
	need(ak_json_set(p, "parameters", ak_json_new_object(), &err), &err);
	return p;
}

static inline void put(ak_json *p, const char *pointer, ak_json *value)
{
	ak_error err = { 0 };

	need(ak_json_pointer_set(p, ak_span_str(pointer), value, &err), &err);
}

static inline ak_json *json_of(const char *text)
{
	ak_json *v = NULL;
	ak_error err = { 0 };

	need(ak_json_parse(ak_span_str(text), &v, &err), &err);
	return v;
}

/* A rule with a header in order; `more` is further header lines or "". */
static inline void put_rule(ak_json *p, const char *id, const char *more, const char *sql)
{
	char pointer[64], text[4096];
	int n = snprintf(text, sizeof(text), "-- id: %s\n-- severity: invalid\n-- ja: 規則\n-- en: rule\n"
	                 "-- basis: none\n%s%s", id, more, sql);

	assert_true(n > 0 && (size_t)n < sizeof(text));
	(void)snprintf(pointer, sizeof(pointer), "/rules/%s", id);
	put(p, pointer, ak_json_new_str(text));
}

static inline ak_rules *open_rules(const ak_json *p)
{
	ak_rules *r = NULL;
	ak_error err = { 0 };

	need(ak_rules_open(p, &r, &err), &err);
	return r;
}

static inline ak_digest id_of(uint64_t seq)
{
	ak_digest d;

	memset(d.b, (int)seq, sizeof(d.b));
	return d;
}

static inline void add_full(ak_rules *r, uint64_t seq, const char *type, const char *body, bool authorised,
                            const char *subject)
{
	ak_json *b = body == NULL ? NULL : json_of(body);
	ak_fact f = { .seq = seq, .id = id_of(seq), .type = type, .scheme = "s", .issued = "2021-09", .time = 1600000000,
	              .body = b, .authorised = authorised, .mode = authorised ? "members" : "" };
	ak_error err = { 0 };

	need(ak_rules_add_record(r, &f, &err), &err);
	need(ak_rules_add_about(r, seq, ak_span_str(subject), &err), &err);
	ak_json_free(b);
}

static inline void add(ak_rules *r, uint64_t seq, const char *type, const char *body)
{
	add_full(r, seq, type, body, true, "s/listing:A");
}

static inline void refer(ak_rules *r, uint64_t seq, const char *rel, uint64_t target)
{
	ak_digest d = id_of(target);
	ak_error err = { 0 };

	need(ak_rules_add_ref(r, seq, ak_span_str(rel), &d, &err), &err);
}

static inline void ready(ak_rules *r)
{
	ak_error err = { 0 };

	need(ak_rules_ready(r, &err), &err);
}

static inline void copy_text(char *to, size_t size, const char *from)
{
	(void)snprintf(to, size, "%s", from);
}

static inline ak_status note(void *ctx, const ak_rule_info *rule, ak_outcome outcome, const ak_finding *f,
                             const char *why, ak_error *err)
{
	answers *all = ctx;
	answer *a = &all->a[all->n < ANSWERS ? all->n : ANSWERS - 1];

	(void)err;
	all->n++;
	memset(a, 0, sizeof(*a));
	a->outcome = outcome;
	a->record = -1;
	a->severity = rule->severity;
	copy_text(a->rule, sizeof(a->rule), rule->id);
	copy_text(a->why, sizeof(a->why), why);
	if (f == NULL)
		return AK_OK;
	a->record = f->record;
	a->severity = f->severity;
	copy_text(a->listing, sizeof(a->listing), f->listing);
	copy_text(a->found, sizeof(a->found), f->found);
	copy_text(a->expected, sizeof(a->expected), f->expected);
	copy_text(a->reason, sizeof(a->reason), f->reason);
	copy_text(a->ja, sizeof(a->ja), f->ja);
	return AK_OK;
}

static inline void run_rules(ak_rules *r, const char *listing, answers *out)
{
	ak_error err = { 0 };

	memset(out, 0, sizeof(*out));
	need(ak_rules_run(r, ak_day_from_civil(2026, 3, 1), KNOWN_AT, listing, note, out, &err), &err);
}

/* The one value of a one-row query given as SQL over the loaded records; NULL when SQL NULL. */
static inline ak_json *ask_json(const char *views, const char *sql, void (*load)(ak_rules *r))
{
	ak_json *p = new_package(), *rows = NULL;
	ak_error err = { 0 };
	ak_rules *r;

	if (views != NULL)
		put(p, "/views", ak_json_new_str(views));
	put(p, "/queries/q", ak_json_new_str(sql));
	r = open_rules(p);
	if (load != NULL)
		load(r);
	ready(r);
	need(ak_rules_query(r, "q", ak_day_from_civil(2026, 3, 1), KNOWN_AT, NULL, &rows, &err), &err);
	ak_rules_free(&r);
	ak_json_free(p);
	return rows;
}

#endif
