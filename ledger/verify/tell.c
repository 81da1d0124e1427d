/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/tell.h"

#include "base/fail.h"
#include "base/text.h"

#include <string.h>

enum { GIVEN_MAX = 16, TEXT_MAX = 300 };

static bool is_text(const char *s)
{
	size_t n = s == NULL ? 0 : strlen(s);

	if (n == 0 || n > TEXT_MAX || !ak_utf8_valid(ak_span_str(s), &(size_t){ 0 }))
		return false;
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			return false;
	}
	return true;
}

ak_status ak_tell_check(const ak_tell *t, ak_error *err)
{
	if (t == NULL)
		return AK_OK;
	if (!is_text(t->query))
		return ak_fail(err, AK_INVALID_ARGUMENT, "tell.query", 0, "which query?");
	if (t->n_given > GIVEN_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "tell.given", GIVEN_MAX, "more than %d are given", GIVEN_MAX);
	for (size_t i = 0; i < t->n_given; i++) {
		if (!is_text(t->given[i].name) || !is_text(t->given[i].value))
			return ak_fail(err, AK_INVALID_ARGUMENT, "tell.given", i, "a text of 1 to %d bytes of UTF-8", TEXT_MAX);
		for (size_t k = 0; k < i; k++) {
			if (strcmp(t->given[i].name, t->given[k].name) == 0)
				return ak_fail(err, AK_INVALID_ARGUMENT, "tell.given", i, "%.60s is given twice",
					       t->given[i].name);
		}
	}
	return AK_OK;
}

ak_status ak_tell_give(ak_rules *rules, const ak_tell *t, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && t != NULL && i < t->n_given; i++)
		st = ak_rules_add_given(rules, t->given[i].name, t->given[i].value, err);
	return st;
}

static ak_status cite_rule(const ak_rule_info *rule, ak_json *row, ak_error *err)
{
	ak_status st = ak_json_set(row, "basis", ak_json_new_str(rule->basis), err);

	if (st == AK_OK)
		st = ak_json_set(row, "basis_en",
				 rule->basis_en[0] == '\0' ? ak_json_new_null() : ak_json_new_str(rule->basis_en), err);
	return st == AK_OK ? ak_json_set(row, "basis_version", ak_json_new_str(rule->basis_version), err) : st;
}

/* What the rule rests on, and what its number does. */
static ak_status cite(const ak_rules *rules, const ak_json *package, ak_json *row, ak_error *err)
{
	const ak_json *parameter = ak_json_get_span(ak_json_get(package, "parameters"), ak_json_get_text(row, "parameter"));
	const char *id = ak_json_get_str(row, "rule");
	ak_rule_info rule;
	ak_status st = AK_OK;

	if (id != NULL && ak_rules_rule(rules, id, &rule))
		st = cite_rule(&rule, row, err);
	if (st != AK_OK || parameter == NULL)
		return st;
	st = ak_json_set(row, "parameter_basis", ak_json_new_text(ak_json_get_text(parameter, "basis")), err);
	return st == AK_OK ? ak_json_set(row, "certainty", ak_json_new_text(ak_json_get_text(parameter, "certainty")), err) : st;
}

ak_status ak_tell_rows(ak_rules *rules, const ak_json *package, const ak_tell *t, int32_t as_of, uint64_t known_at,
		       const char *listing, ak_json **rows, ak_error *err)
{
	ak_json *found = NULL, *list = NULL;
	ak_status st = ak_rules_query(rules, t->query, as_of, known_at, listing, &found, err);

	if (st != AK_OK)
		return st;
	list = ak_json_new_array();
	if (list == NULL)
		st = ak_no_memory(err, "tell");
	for (size_t i = 0; st == AK_OK && i < ak_json_len(found); i++) {
		ak_json *row = ak_json_copy(ak_json_at(found, i));

		st = row == NULL ? ak_no_memory(err, "tell") : cite(rules, package, row, err);
		if (st == AK_OK)
			st = ak_json_add(list, row, err);
		else
			ak_json_free(row);
	}
	ak_json_free(found);
	if (st != AK_OK)
		ak_json_free(list);
	else
		*rows = list;
	return st;
}

ak_status ak_tell_put(ak_rules *rules, const ak_json *package, const ak_question *q, uint64_t known_at, ak_json *report,
		      ak_error *err)
{
	ak_error why = { 0 };
	ak_json *rows = NULL;
	ak_status st = ak_tell_rows(rules, package, q->tell, q->as_of, known_at, q->listing, &rows, &why);

	if (st == AK_NOT_FOUND)
		return ak_json_set(report, "told", ak_json_new_null(), err);
	if (st != AK_OK) {
		if (err != NULL)
			*err = why;
		return st;
	}
	return ak_json_set(report, "told", rows, err);
}
