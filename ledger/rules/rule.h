/* SPDX-License-Identifier: Apache-2.0 */
/* rule.h - the header comment of a rule file (internal)
 *
 * A rule file is one SQL query under a block of comment lines:
 *
 *	-- id: C12
 *	-- severity: invalid
 *	-- ja: …
 *	-- en: …
 *	--   a line that begins with two or more spaces carries the value above on
 *	-- basis: …
 *
 * Keys: id severity ja en basis (required), basis-en basis-version effective next-ja next-en absence types judges.  A comment line of
 * the block that reads "-- word: …" with any other word is refused, and so is a key given twice: a misspelt
 * "absence" must not quietly turn a careful rule into a careless one.  The block ends at the first line that
 * does not begin with "--".
 *
 * absence: patterns of subject ids, comma separated, of which the rule concludes something from there being no
 * record.  "{listing}" stands for the listing judged; a pattern may end in "*", which means every subject with that
 * beginning that a loaded record is about.  See run.c for what follows from it.
 *
 * types: record types, comma separated; "type/member" for those whose body has this member.  The rule finds nothing without a
 * record of one of them, so that it need not be run.
 *
 * judges: "use", and no other word.  The rule is about what somebody means to use the listed service for; it is run only when the
 * question names a use.
 */
#ifndef AK_RULES_RULE_H
#define AK_RULES_RULE_H

#include "rules/sandbox.h"

typedef enum ak_rule_key {
	AK_RULE_ID, AK_RULE_SEVERITY, AK_RULE_JA, AK_RULE_EN, AK_RULE_BASIS, AK_RULE_BASIS_EN, AK_RULE_BASIS_VERSION,
	AK_RULE_EFFECTIVE, AK_RULE_NEXT_JA, AK_RULE_NEXT_EN, AK_RULE_ABSENCE,
	AK_RULE_TYPES, AK_RULE_JUDGES, AK_RULE_KEYS,
} ak_rule_key;

enum {
	AK_RULE_ID_MAX = 32,      /* bytes; letters, digits, "-", "_" and "." */
	AK_RULE_ABSENCE_MAX = 8,  /* patterns                                 */
	AK_RULE_TYPES_MAX = 8,    /* record types                             */
	AK_RULE_TYPE_MAX = 128,   /* bytes of one, with its member            */
};

typedef struct ak_rule {
	char *value[AK_RULE_KEYS]; /* owned; NULL when the key is absent */
	ak_severity severity;
} ak_rule;

/* AK_BAD_FORMAT with the line number (from 1) in err->at. */
AK_MUST_USE ak_status ak_rule_parse(ak_span text, ak_rule *out, ak_error *err);
void ak_rule_clear(ak_rule *rule);
ak_rule_info ak_rule_info_of(const ak_rule *rule); /* borrowed */

bool ak_severity_parse(ak_span name, ak_severity *out);

/* Pattern `i` of the absence list, type `i` of the types; false when there are no more. */
bool ak_rule_absence(const ak_rule *rule, size_t i, ak_span *pattern);
bool ak_rule_type(const ak_rule *rule, size_t i, ak_span *type);
bool ak_rule_judges_use(const ak_rule *rule);

#endif
