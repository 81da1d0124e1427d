/* SPDX-License-Identifier: Apache-2.0 */
/* The head against those seen before, once all its proofs hold. */
#include "verify/proof_check.h"

#include "base/fail.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>

static const char *outcome_name(ak_memory_outcome o)
{
	static const char *const names[] = {
		[AK_MEMORY_FIRST] = "first",   [AK_MEMORY_SAME] = "same",
		[AK_MEMORY_GROWN] = "grown",   [AK_MEMORY_OLDER] = "older",
		[AK_MEMORY_UNCONNECTED] = "unconnected", [AK_MEMORY_BROKEN] = "broken",
		[AK_MEMORY_FORK] = "fork",     [AK_MEMORY_CONVICTED] = "convicted",
	};

	return names[o];
}

/* {"kept","outcome","size"}: size is that of the head it was compared with. */
static ak_status put_memory(const ak_memory_answer *a, bool kept, ak_report *r, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "kept", ak_json_new_bool(kept), err);

	if (st == AK_OK)
		st = ak_json_set(o, "outcome", ak_json_new_str(outcome_name(a->outcome)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_new_int((int64_t)a->size), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_set(r->root, "memory", o, err);
}

static ak_status tell_fork(ak_proven *p, const ak_memory_answer *a, ak_report *r, ak_error *err)
{
	ak_error why = { .status = AK_FORK, .where = "checkpoint.root" };

	p->forked = true;
	p->sound = false;
	(void)snprintf(why.detail, sizeof(why.detail), "the operator has signed two histories of %" PRIu64 " records", a->size);
	ak_digest_format(&a->root, why.expected);
	ak_digest_format(&p->checkpoint.root, why.found);
	return ak_report_failed(r, "memory", "A03", (int64_t)a->size - 1, &why, err);
}

static ak_status tell_convicted(ak_proven *p, const ak_memory_answer *a, ak_report *r, ak_error *err)
{
	char why[160];

	p->convicted = true;
	(void)snprintf(why, sizeof(why), "the operator has signed two histories of %" PRIu64 " records, seen before", a->size);
	return ak_report_not_checked(r, "memory", "A03", why, err);
}

static ak_status tell_broken(ak_proven *p, const ak_memory_answer *a, ak_report *r, ak_error *err)
{
	ak_error why = { .status = AK_TREE_MISMATCH, .where = "container.since" };

	p->sound = false;
	(void)snprintf(why.detail, sizeof(why.detail),
	               "the proof does not lead from the head of %" PRIu64 " records seen before to this one", a->size);
	return ak_report_failed(r, "memory", "A03", AK_NO_RECORD, &why, err);
}

static ak_status tell_unconnected(const ak_memory_answer *a, ak_report *r, ak_error *err)
{
	char why[160], ja[240];
	ak_status st;

	(void)snprintf(why, sizeof(why), "not shown to be of one history with the head of %" PRIu64
	               " records seen before: ask for a bundle made with --since %" PRIu64, a->size, a->size);
	(void)snprintf(ja, sizeof(ja), "以前に見た %" PRIu64 "件の時点の台帳とつながることは確認していない（--since %" PRIu64
	               " を付けて作られた証明ファイルで確認できる）", a->size, a->size);
	st = ak_report_not_checked(r, "memory", "A03", why, err);
	return st == AK_OK ? ak_report_warning(r, "memory-unconnected", ja, why, err) : st;
}

static ak_status tell_older(ak_proven *p, const ak_memory_answer *a, ak_report *r, ak_error *err)
{
	char why[120];

	p->outdated = true;
	(void)snprintf(why, sizeof(why), "a newer head, of %" PRIu64 " records, was seen before", a->size);
	return ak_report_not_checked(r, "memory", "A12", why, err);
}

static ak_status tell_lost(const char *why, ak_report *r, ak_error *err)
{
	ak_status st = ak_report_not_checked(r, "memory", "A03", why, err);

	return st != AK_OK ? st
	       : ak_report_warning(r, "memory-lost", "以前に見た台帳の記憶を使えない。分岐があっても気付かない",
	                           "the memory of heads seen before cannot be used: a fork would not be noticed", err);
}

/* What was compared all the same, and is forgotten. */
static ak_status tell_not_kept(const char *why, ak_report *r, ak_error *err)
{
	char ja[300], en[300];

	(void)snprintf(ja, sizeof(ja), "今回見た台帳の状態を記憶できない（%s）。次回は比べられない", why);
	(void)snprintf(en, sizeof(en), "what was seen now could not be remembered (%s): it cannot be compared with next time", why);
	return ak_report_warning(r, "memory-lost", ja, en, err);
}

static ak_status tell(ak_proven *p, const ak_memory_answer *a, ak_report *r, ak_error *err)
{
	switch (a->outcome) {
	case AK_MEMORY_FORK:
		return tell_fork(p, a, r, err);
	case AK_MEMORY_CONVICTED:
		return tell_convicted(p, a, r, err);
	case AK_MEMORY_BROKEN:
		return tell_broken(p, a, r, err);
	case AK_MEMORY_UNCONNECTED:
		return tell_unconnected(a, r, err);
	case AK_MEMORY_OLDER:
		return tell_older(p, a, r, err);
	case AK_MEMORY_FIRST:
		return ak_report_not_checked(r, "memory", "A03", "no head of this ledger was seen before", err);
	case AK_MEMORY_SAME:
	case AK_MEMORY_GROWN:
		break;
	}
	return ak_report_passed(r, "memory", "A03", a->size, err);
}

static ak_status compare(ak_proven *p, ak_report *r, ak_error *err)
{
	char genesis[AK_DIGEST_TEXT_LEN + 1];
	ak_memory_answer *a = p->q->memory->answer;
	const char *lost = p->q->memory_lost;
	const ak_memory_head h = { .genesis_text = { (const uint8_t *)genesis, AK_DIGEST_TEXT_LEN },
	                           .checkpoint = &p->checkpoint, .note = ak_buf_span(&p->e->checkpoint),
	                           .since = p->e->since.size == 0 ? NULL : &p->e->since, .now = p->q->now };
	ak_error why = { 0 };
	ak_status st;

	ak_digest_format(&p->q->trust->genesis, genesis);
	st = ak_memory_step(p->q->memory->text, &h, a, &why);
	if (ak_status_class(st) == AK_CLASS_REJECT || st == AK_UNKNOWN_VERSION)
		return tell_lost(why.detail[0] == '\0' ? ak_status_text(st) : why.detail, r, err);
	if (st != AK_OK) {
		if (err != NULL)
			*err = why;
		return st;
	}
	st = put_memory(a, a->kept && !(a->changed && lost != NULL), r, err);
	if (st == AK_OK)
		st = tell(p, a, r, err);
	return st == AK_OK && a->changed && lost != NULL ? tell_not_kept(lost, r, err) : st;
}

ak_status ak_prove_memory(ak_proven *p, ak_report *r, ak_error *err)
{
	char why[160];

	if (p->q->memory == NULL && p->q->memory_lost == NULL)
		return AK_OK;
	if (!p->closed)
		return ak_report_not_checked(r, "memory", "A03", "not everything is there: neither compared nor remembered", err);
	if (p->q->memory != NULL)
		return compare(p, r, err);
	(void)snprintf(why, sizeof(why), "the memory cannot be used: %.100s", p->q->memory_lost);
	return tell_lost(why, r, err);
}
