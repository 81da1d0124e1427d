/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/rule.h"

#include "base/fail.h"

#include <string.h>

static const char *const key_names[AK_RULE_KEYS] = {
	[AK_RULE_ID] = "id", [AK_RULE_SEVERITY] = "severity", [AK_RULE_JA] = "ja", [AK_RULE_EN] = "en",
	[AK_RULE_BASIS] = "basis", [AK_RULE_BASIS_EN] = "basis-en", [AK_RULE_BASIS_VERSION] = "basis-version",
	[AK_RULE_EFFECTIVE] = "effective", [AK_RULE_NEXT_JA] = "next-ja", [AK_RULE_NEXT_EN] = "next-en",
	[AK_RULE_ABSENCE] = "absence", [AK_RULE_TYPES] = "types", [AK_RULE_JUDGES] = "judges",
};

static const char *const severity_names[] = {
	[AK_SEVERITY_WARNING] = "warning", [AK_SEVERITY_UNVERIFIABLE] = "unverifiable",
	[AK_SEVERITY_SUSPENDED] = "suspended", [AK_SEVERITY_EXPIRED] = "expired",
	[AK_SEVERITY_INVALID] = "invalid",
};

enum { SEVERITIES = sizeof(severity_names) / sizeof(severity_names[0]) };

const char *ak_severity_name(ak_severity s)
{
	return (unsigned int)s < SEVERITIES ? severity_names[s] : "";
}

bool ak_severity_parse(ak_span name, ak_severity *out)
{
	for (unsigned int i = 0; i < SEVERITIES; i++) {
		if (ak_span_is(name, severity_names[i])) {
			*out = (ak_severity)i;
			return true;
		}
	}
	return false;
}

static bool blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static ak_span cut(ak_span s, size_t from)
{
	return (ak_span){ s.data + from, s.len - from };
}

static ak_span trim(ak_span s)
{
	while (s.len != 0 && blank(s.data[0]))
		s = cut(s, 1);
	while (s.len != 0 && blank(s.data[s.len - 1]))
		s.len--;
	return s;
}

/* "word: value" -> true; the word is of small letters and "-". */
static bool split_key(ak_span line, ak_span *word, ak_span *value)
{
	size_t n = 0;

	while (n < line.len && ((line.data[n] >= 'a' && line.data[n] <= 'z') || line.data[n] == '-'))
		n++;
	if (n == 0 || n == line.len || line.data[n] != ':')
		return false;
	if (n + 1 < line.len && !blank(line.data[n + 1]))
		return false;
	*word = (ak_span){ line.data, n };
	*value = trim(cut(line, n + 1));
	return true;
}

static ak_status append(char **value, ak_span more, ak_error *err)
{
	size_t old = *value == NULL ? 0 : strlen(*value);
	size_t gap = old == 0 ? 0 : 1;
	char *grown = ak_mem_resize(*value, old + gap + more.len + 1);

	if (grown == NULL)
		return ak_no_memory(err, "rule.header");
	if (gap != 0)
		grown[old] = ' ';
	if (more.len != 0)
		memcpy(grown + old + gap, more.data, more.len);
	grown[old + gap + more.len] = '\0';
	*value = grown;
	return AK_OK;
}

static ak_status start_key(ak_rule *rule, ak_span word, ak_span value, uint64_t line, int *current,
                           ak_error *err)
{
	for (int k = 0; k < AK_RULE_KEYS; k++) {
		if (!ak_span_is(word, key_names[k]))
			continue;
		if (rule->value[k] != NULL)
			return ak_fail(err, AK_BAD_FORMAT, "rule.header", line, "\"%s\" is given twice",
			               key_names[k]);
		*current = k;
		return append(&rule->value[k], value, err);
	}
	return ak_fail(err, AK_BAD_FORMAT, "rule.header", line, "unknown key \"%.*s\"",
	               (int)(word.len > 40 ? 40 : word.len), (const char *)word.data);
}

/* `rest` is a comment line without its "--". */
static ak_status read_line(ak_rule *rule, ak_span rest, uint64_t line, int *current, ak_error *err)
{
	ak_span word, value;

	if (rest.len >= 2 && blank(rest.data[0]) && blank(rest.data[1])) {
		if (*current < 0 || trim(rest).len == 0)
			return AK_OK;
		return append(&rule->value[*current], trim(rest), err);
	}
	if (split_key(trim(rest), &word, &value))
		return start_key(rule, word, value, line, current, err);
	*current = -1;
	return AK_OK;
}

static ak_status check_id(const char *id, ak_error *err)
{
	size_t n = strlen(id);

	if (n == 0 || n > AK_RULE_ID_MAX || strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	                                               "0123456789-_.") != n)
		return ak_fail(err, AK_BAD_FORMAT, "rule.id", 0, "an id is 1 to %d letters, digits, - _ .",
		               AK_RULE_ID_MAX);
	return AK_OK;
}

static bool pattern_ok(ak_span p)
{
	static const char hole[] = "{listing}";
	size_t i = 0, n = 0;

	while (i < p.len) {
		uint8_t c = p.data[i];

		if (ak_span_starts(cut(p, i), hole))
			i += sizeof(hole) - 1;
		else if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		         (c != '\0' && strchr("._:/-", c) != NULL) || (c == '*' && i + 1 == p.len))
			i++;
		else
			return false;
		n++;
	}
	return n != 0 && p.len <= AK_ERROR_VALUE_MAX && p.data[0] != '*';
}

/* Item `i` of a list with commas; false when there are no more. */
static bool nth_of(const char *list, size_t i, ak_span *item)
{
	ak_span rest = ak_span_str(list);

	if (rest.data == NULL)
		return false;
	for (;;) {
		const uint8_t *comma = rest.len == 0 ? NULL : memchr(rest.data, ',', rest.len);
		size_t n = comma == NULL ? rest.len : (size_t)(comma - rest.data);

		if (i == 0) {
			*item = trim((ak_span){ rest.data, n });
			return true;
		}
		if (comma == NULL)
			return false;
		rest = cut(rest, n + 1);
		i--;
	}
}

bool ak_rule_absence(const ak_rule *rule, size_t i, ak_span *pattern)
{
	return nth_of(rule->value[AK_RULE_ABSENCE], i, pattern);
}

bool ak_rule_type(const ak_rule *rule, size_t i, ak_span *type)
{
	return nth_of(rule->value[AK_RULE_TYPES], i, type);
}

bool ak_rule_judges_use(const ak_rule *rule)
{
	return rule->value[AK_RULE_JUDGES] != NULL;
}

/* "type" or "type/member". */
static bool type_ok(ak_span s)
{
	size_t part = 0; /* bytes of this part so far */
	bool member = false;

	for (size_t k = 0; k < s.len; k++, part++) {
		uint8_t c = s.data[k];

		if (c == '/' && !member && part != 0) {
			member = true;
			part = SIZE_MAX;
		} else if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != (member ? '_' : '-')) {
			return false;
		}
	}
	return part != 0;
}

static ak_status check_types(const ak_rule *rule, ak_error *err)
{
	ak_span type;

	for (size_t i = 0; ak_rule_type(rule, i, &type); i++) {
		if (i == AK_RULE_TYPES_MAX)
			return ak_fail(err, AK_BAD_FORMAT, "rule.types", i, "more than %d types", AK_RULE_TYPES_MAX);
		if (type.len > AK_RULE_TYPE_MAX)
			return ak_fail(err, AK_BAD_FORMAT, "rule.types", i, "a type of more than %d bytes", AK_RULE_TYPE_MAX);
		if (!type_ok(type))
			return ak_fail(err, AK_BAD_FORMAT, "rule.types", i, "a type is of a-z 0-9 -, a member after \"/\" of a-z 0-9 _");
	}
	return AK_OK;
}

static ak_status check_absence(const ak_rule *rule, ak_error *err)
{
	ak_span p;

	for (size_t i = 0; ak_rule_absence(rule, i, &p); i++) {
		if (i == AK_RULE_ABSENCE_MAX)
			return ak_fail(err, AK_BAD_FORMAT, "rule.absence", i, "more than %d patterns",
			               AK_RULE_ABSENCE_MAX);
		if (!pattern_ok(p))
			return ak_fail(err, AK_BAD_FORMAT, "rule.absence", i, "not a pattern of subject ids: "
			               "\"%.*s\"", (int)(p.len > 80 ? 80 : p.len), (const char *)p.data);
	}
	return AK_OK;
}

static ak_status check(ak_rule *rule, ak_error *err)
{
	ak_status st;

	for (int k = 0; k < AK_RULE_KEYS; k++) {
		if (k <= AK_RULE_BASIS && rule->value[k] == NULL)
			return ak_fail(err, AK_BAD_FORMAT, "rule.header", 0, "\"%s\" is missing",
			               key_names[k]);
		if (rule->value[k] != NULL && rule->value[k][0] == '\0')
			return ak_fail(err, AK_BAD_FORMAT, "rule.header", 0, "\"%s\" is empty",
			               key_names[k]);
	}
	st = check_id(rule->value[AK_RULE_ID], err);
	if (st != AK_OK)
		return st;
	if (!ak_severity_parse(ak_span_str(rule->value[AK_RULE_SEVERITY]), &rule->severity))
		return ak_fail(err, AK_BAD_FORMAT, "rule.severity", 0, "\"%.40s\" is not warning, unverifiable, "
		               "suspended, expired or invalid", rule->value[AK_RULE_SEVERITY]);
	if (ak_rule_judges_use(rule) && strcmp(rule->value[AK_RULE_JUDGES], "use") != 0)
		return ak_fail(err, AK_BAD_FORMAT, "rule.judges", 0, "\"%.40s\" is not \"use\"", rule->value[AK_RULE_JUDGES]);
	st = check_types(rule, err);
	return st == AK_OK ? check_absence(rule, err) : st;
}

ak_status ak_rule_parse(ak_span text, ak_rule *out, ak_error *err)
{
	ak_rule rule = { 0 };
	ak_status st = AK_OK;
	ak_span line;
	int current = -1;

	for (uint64_t n = 1; st == AK_OK && ak_span_starts(text, "--"); n++) {
		if (!ak_span_line(&text, &line)) {
			line = text;
			text = (ak_span){ 0 };
		}
		st = read_line(&rule, cut(line, 2), n, &current, err);
	}
	if (st == AK_OK)
		st = check(&rule, err);
	if (st != AK_OK) {
		ak_rule_clear(&rule);
		return st;
	}
	*out = rule;
	return AK_OK;
}

void ak_rule_clear(ak_rule *rule)
{
	for (int k = 0; k < AK_RULE_KEYS; k++)
		ak_mem_free(rule->value[k]);
	*rule = (ak_rule){ 0 };
}

static const char *or_empty(const char *s)
{
	return s == NULL ? "" : s;
}

ak_rule_info ak_rule_info_of(const ak_rule *rule)
{
	return (ak_rule_info){
		.id = or_empty(rule->value[AK_RULE_ID]),
		.ja = or_empty(rule->value[AK_RULE_JA]),
		.en = or_empty(rule->value[AK_RULE_EN]),
		.basis = or_empty(rule->value[AK_RULE_BASIS]),
		.basis_en = or_empty(rule->value[AK_RULE_BASIS_EN]),
		.basis_version = or_empty(rule->value[AK_RULE_BASIS_VERSION]),
		.next_ja = or_empty(rule->value[AK_RULE_NEXT_JA]),
		.next_en = or_empty(rule->value[AK_RULE_NEXT_EN]),
		.severity = rule->severity,
		.judges_use = ak_rule_judges_use(rule),
	};
}
