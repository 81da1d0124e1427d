/* SPDX-License-Identifier: Apache-2.0 */
/* The head against those seen before: a part of the proof. */
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
		[AK_MEMORY_FORK] = "fork",
	};

	return names[o];
}

/* {"outcome","size"}: size is that of the head it was compared with. */
static ak_status put_memory(const ak_memory_answer *a, ak_report *r, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "outcome", ak_json_new_str(outcome_name(a->outcome)), err);

	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_new_int((int64_t)a->size), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_set(r->root, "memory", o, err);
}

static ak_status tell_fork(const ak_proven *p, const ak_memory_answer *a, ak_report *r, ak_error *err)
{
	ak_error why = { .status = AK_FORK, .where = "checkpoint.root" };

	(void)snprintf(why.detail, sizeof(why.detail), "the operator has signed two histories of %" PRIu64
	               " records: both signed notes are kept", a->size);
	ak_digest_format(&p->checkpoint.root, why.found);
	return ak_report_failed(r, "memory", "A03", (int64_t)a->size - 1, &why, err);
}

static ak_status tell_broken(const ak_memory_answer *a, ak_report *r, ak_error *err)
{
	ak_error why = { .status = AK_TREE_MISMATCH, .where = "container.since" };

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

static ak_status tell_lost(const ak_error *why, ak_report *r, ak_error *err)
{
	ak_status st = ak_report_not_checked(r, "memory", "A03", why->detail, err);

	return st != AK_OK ? st
	       : ak_report_warning(r, "memory-lost", "以前に見た台帳の記憶を読み取れない。分岐の有無は確認していない",
	                           "the memory of heads seen before cannot be read: a fork would not be noticed", err);
}

ak_status ak_prove_memory(ak_proven *p, ak_report *r, bool *go_on, ak_error *err)
{
	char genesis[AK_DIGEST_TEXT_LEN + 1];
	ak_memory_answer *a = p->q->memory->answer;
	const ak_memory_head h = { .genesis_text = { (const uint8_t *)genesis, AK_DIGEST_TEXT_LEN },
	                           .checkpoint = &p->checkpoint, .note = ak_buf_span(&p->e->checkpoint),
	                           .since = p->e->since.size == 0 ? NULL : &p->e->since, .now = p->q->now };
	ak_error why = { 0 };
	ak_status st;

	ak_digest_format(&p->q->trust->genesis, genesis);
	st = ak_memory_step(p->q->memory->text, &h, a, &why);
	if (ak_status_class(st) == AK_CLASS_REJECT || st == AK_UNKNOWN_VERSION)
		return tell_lost(&why, r, err);
	if (st != AK_OK) {
		if (err != NULL)
			*err = why;
		return st;
	}
	st = put_memory(a, r, err);
	if (st != AK_OK)
		return st;
	switch (a->outcome) {
	case AK_MEMORY_FORK:
		*go_on = false;
		return tell_fork(p, a, r, err);
	case AK_MEMORY_BROKEN:
		*go_on = false;
		return tell_broken(a, r, err);
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
