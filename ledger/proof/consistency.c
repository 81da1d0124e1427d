/* SPDX-License-Identifier: Apache-2.0 */
#include "akashi/consistency.h"

#include "base/fail.h"
#include "codec/jcs.h"
#include "held/shipped.h"
#include "verify/consistency.h"
#include "verify/trust_read.h"

/* What was found, for people's programs. */
static ak_status give(const ak_consistency *c, const ak_continuity_found *found, const char *reason, ak_continuity *out, ak_text *json,
                      ak_error *err)
{
	ak_json *report = NULL;
	ak_status st = ak_consistency_report(*reason == '\0' ? c : NULL, found, reason, &report, err);

	if (st == AK_OK)
		st = ak_jcs_text(report, AK_CONSISTENCY_MAX, json, err);
	if (st == AK_OK)
		*out = *reason != '\0' ? AK_NOT_SHOWN : c->fork == AK_FORK_NONE ? AK_CONTINUES : AK_FORKED;
	return st;
}

/* With the keysets of the ledger, all in one file. */
static ak_status check_evidence(ak_span file, const ak_trust *trust, ak_consistency *c, ak_continuity_found *found, ak_error *err)
{
	ak_profile core = { 0 };
	ak_status st = ak_core_profile(&core, err);

	if (st == AK_OK)
		st = ak_consistency_parse(file, c, err);
	if (st == AK_OK)
		st = ak_consistency_judge(c, trust, &core, found, err);
	ak_profile_clear(&core);
	return st;
}

ak_status ak_consistency_check(ak_span file, ak_span trust, ak_continuity *out, ak_text *json, ak_error *err)
{
	ak_trust *t = ak_mem_alloc(sizeof(*t));
	ak_consistency c = { 0 };
	ak_continuity_found found;
	const char *reason = "";
	ak_status st = t == NULL ? ak_no_memory(err, "consistency") : ak_trust_read(trust, t, err);

	if (st == AK_OK && ak_consistency_is_kept(file))
		st = ak_consistency_judge_kept(file, t, &c, &found, &reason, err);
	else if (st == AK_OK)
		st = check_evidence(file, t, &c, &found, err);
	if (st == AK_OK)
		st = give(&c, &found, reason, out, json, err);
	ak_consistency_clear(&c);
	ak_mem_free(t);
	return st;
}

ak_status ak_consistency_notes(ak_span old, ak_span new, ak_span trust, ak_continuity *out, ak_text *json, ak_error *err)
{
	ak_trust *t = ak_mem_alloc(sizeof(*t));
	ak_consistency c = { 0 };
	ak_continuity_found found;
	const char *reason = "";
	ak_status st = t == NULL ? ak_no_memory(err, "consistency") : ak_trust_read(trust, t, err);

	if (st == AK_OK)
		st = ak_consistency_judge_notes(old, new, t, &c, &found, &reason, err);
	if (st == AK_OK)
		st = give(&c, &found, reason, out, json, err);
	ak_consistency_clear(&c);
	ak_mem_free(t);
	return st;
}
