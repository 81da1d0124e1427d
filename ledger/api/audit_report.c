/* SPDX-License-Identifier: Apache-2.0 */
#include "api/audit.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/note.h"
#include "verify/trust_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TOLD_MAX = 1000 /* problems and void records told one by one */ };

void ak_commit_copy_clear(ak_commit_copy *c)
{
	ak_buf_clear(&c->note);
	ak_buf_clear(&c->raw);
	ak_buf_clear(&c->signature);
	ak_buf_clear(&c->signed_bytes);
	*c = (ak_commit_copy){ 0 };
}

void ak_audit_clear(ak_audit *t)
{
	ak_chunk_clear(&t->chunk[0]);
	ak_chunk_clear(&t->chunk[1]);
	ak_mem_free(t->authorised);
	ak_json_free(t->errors);
	ak_json_free(t->voids);
	ak_json_free(t->changed);
	ak_json_free(t->skipped);
	ak_json_free(t->unproven);
	ak_json_free(t->erased);
	ak_mem_free(t->late);
	ak_buf_clear(&t->last_note);
	ak_replay_free(&t->replay);
	ak_head_clear(&t->head);
	*t = (ak_audit){ 0 };
}

/* The head that the commit holds, taken apart. */
static ak_status take_checkpoint(const ak_git_commit *c, ak_commit_copy *out, ak_error *err)
{
	ak_note note;
	ak_status st;

	if (c->long_checkpoint)
		return ak_fail(err, AK_BAD_FORMAT, "checkpoint", 0, "the head of commit %s is over %d bytes", c->id, AK_CHECKPOINT_MAX);
	if (c->checkpoint.len == 0 && !c->only_expected_changes)
		return ak_fail(err, AK_GIT_HISTORY, "commit.tree", 0, "commit %s changed %s", c->id, out->unexpected);
	st = ak_buf_add_span(&out->note, ak_buf_span(&c->checkpoint), err);
	if (st == AK_OK)
		st = ak_note_parse(ak_buf_span(&out->note), &note, err);
	return st == AK_OK ? ak_checkpoint_parse(note.text, &out->checkpoint, err) : st;
}

ak_status ak_commit_copy_take(const ak_git_commit *c, ak_commit_copy *out, ak_error *err)
{
	ak_status st;

	*out = (ak_commit_copy){ .first = c->first_seq, .n = c->n_added };
	(void)snprintf(out->id, sizeof(out->id), "%s", c->id);
	(void)snprintf(out->tree, sizeof(out->tree), "%s", c->tree);
	(void)snprintf(out->parent, sizeof(out->parent), "%s", c->parent);
	if (!c->only_expected_changes)
		(void)snprintf(out->unexpected, sizeof(out->unexpected), "%s",
		               c->unexpected[0] == '\0' ? "something else" : c->unexpected);
	ak_buf_init(&out->note, AK_NOTE_MAX);
	ak_buf_init(&out->raw, 1024 * 1024);
	ak_buf_init(&out->signature, 1024 * 1024);
	ak_buf_init(&out->signed_bytes, 1024 * 1024);
	out->no_checkpoint = take_checkpoint(c, out, &out->why);
	out->why.at = c->first_seq;
	st = out->no_checkpoint == AK_OK || ak_status_class(out->no_checkpoint) == AK_CLASS_REJECT ? AK_OK : out->no_checkpoint;
	if (st != AK_OK && err != NULL)
		*err = out->why;
	if (st == AK_OK)
		st = ak_buf_add_span(&out->raw, c->raw, err);
	if (st == AK_OK)
		st = ak_buf_add_span(&out->signature, c->signature, err);
	if (st == AK_OK)
		st = ak_buf_add_span(&out->signed_bytes, c->signed_bytes, err);
	return st;
}

/* The name that a problem goes by (FORMAT 19.2). */
static const char *check_name(const ak_error *why)
{
	static const struct {
		ak_status status; /* AK_OK: any */
		const char *where, *check;
	} names[] = {
		{ AK_REPEATED, "", "repeat" }, { AK_ABOUT_MISMATCH, "", "about" }, { AK_MAP_MISMATCH, "", "map" },
		{ AK_TREE_MISMATCH, "", "tree" }, { AK_NOT_FOUND, "", "git" }, { AK_IO, "", "git" },
		{ AK_CHAIN_BROKEN, "header.statement", "statement" }, { AK_CHAIN_BROKEN, "header.signatures", "signatures" },
		{ AK_CHAIN_BROKEN, "", "chain" }, { AK_CLOCK, "", "chain" }, { AK_WRONG_LEDGER, "genesis", "chain" },
		{ AK_OK, "header", "header" }, { AK_OK, "record", "header" }, { AK_OK, "statement", "statement" },
		{ AK_OK, "json", "statement" }, { AK_OK, "jcs", "statement" }, { AK_OK, "signatures", "signatures" },
		{ AK_OK, "checkpoint", "checkpoint" }, { AK_OK, "note", "checkpoint" }, { AK_OK, "commit", "commit" },
		{ AK_OK, "sshsig", "commit" }, { AK_OK, "trust", "trust" },
	};
	const char *where = why->where == NULL ? "" : why->where;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((names[i].status == AK_OK || names[i].status == why->status) &&
		    strncmp(where, names[i].where, strlen(names[i].where)) == 0)
			return names[i].check;
	}
	return "git";
}

ak_status ak_audit_problem(ak_audit *t, const ak_error *why, ak_error *err)
{
	const char *check = check_name(why);
	ak_json *o;
	ak_status st;

	t->unknown = why->status == AK_UNKNOWN_VERSION && ak_json_len(t->errors) == 0;
	if (ak_json_len(t->errors) >= TOLD_MAX)
		return AK_OK;
	o = ak_json_new_object();
	st = ak_json_set(o, "check", ak_json_new_str(check), err);
	if (st == AK_OK && strcmp(check, "git") != 0 && strcmp(check, "trust") != 0)
		st = ak_json_set(o, "seq", ak_json_new_int((int64_t)(why->at & INT64_C(0xffffffffffff))), err);
	if (st == AK_OK)
		st = ak_json_set(o, "status", ak_json_new_str(ak_status_name(why->status)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "where", ak_json_new_str(why->where == NULL ? "" : why->where), err);
	if (st == AK_OK)
		st = ak_json_set(o, "expected", ak_json_new_str(why->expected), err);
	if (st == AK_OK)
		st = ak_json_set(o, "found", ak_json_new_str(why->found), err);
	if (st == AK_OK)
		st = ak_json_set(o, "detail", ak_json_new_str(why->detail), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(t->errors, o, err);
}

ak_status ak_audit_void(ak_audit *t, uint64_t seq, const ak_error *why, ak_error *err)
{
	ak_json *o;
	ak_status st;

	if (ak_json_len(t->voids) >= TOLD_MAX)
		return AK_OK;
	o = ak_json_new_object();
	st = ak_json_set(o, "seq", ak_json_new_int((int64_t)seq), err);
	if (st == AK_OK)
		st = ak_json_set(o, "status", ak_json_new_str(ak_status_name(why->status)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "why", ak_json_new_str(why->detail), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(t->voids, o, err);
}

ak_status ak_audit_skipped(ak_audit *t, uint64_t seq, size_t n, ak_error *err)
{
	ak_json *o;
	ak_status st;

	if (ak_json_len(t->skipped) >= TOLD_MAX)
		return AK_OK;
	o = ak_json_new_object();
	st = ak_json_set(o, "seq", ak_json_new_int((int64_t)seq), err);
	if (st == AK_OK)
		st = ak_json_set(o, "count", ak_json_new_int((int64_t)n), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(t->skipped, o, err);
}

ak_status ak_audit_mark(ak_audit *t, uint64_t seq, ak_audit_standing how, ak_error *err)
{
	ak_status st = ak_mem_grow((void **)&t->authorised, &t->cap_authorised, (size_t)seq + 1, 1, err);

	if (st != AK_OK)
		return st;
	t->authorised[seq] = (uint8_t)how;
	if (t->earlier == NULL || t->earlier->authorised[seq] == AK_AUDIT_STANDS_FOR_GOOD ||
	    (t->earlier->authorised[seq] == AK_AUDIT_VOID) == (how == AK_AUDIT_VOID))
		return AK_OK;
	return ak_json_add(t->changed, ak_json_new_int((int64_t)seq), err);
}

ak_status ak_audit_preload(ak_audit *t, ak_error *err)
{
	size_t n;

	if (t->earlier == NULL)
		return AK_OK;
	return ak_authority_carry_cutoffs(ak_replay_authority(t->earlier->replay), ak_replay_authority(t->replay), &n, err);
}

ak_status ak_audit_hook_record(void *ctx, const ak_digest *id, ak_buf *out, ak_error *err)
{
	ak_audit *t = ctx;
	const ak_store s = ak_git_port(t->git);
	uint64_t seq = 0;
	ak_status st = ak_replay_seq_of(t->replay, id, &seq, err);

	return st == AK_OK ? s.ops->record(s.ctx, &t->head, seq, out, err) : st;
}

ak_status ak_audit_hook_root(void *ctx, uint64_t size, ak_digest *out, ak_error *err)
{
	return ak_replay_root_at(((ak_audit *)ctx)->replay, size, out, err);
}

ak_status ak_audit_hook_file(void *ctx, uint64_t seq, ak_buf *out, ak_error *err)
{
	ak_audit *t = ctx;
	const ak_store s = ak_git_port(t->git);

	return s.ops->record(s.ctx, &t->head, seq, out, err);
}

ak_status ak_audit_hook_standing(void *ctx, const ak_digest *id, bool *authorised, char party[64], ak_error *err)
{
	return ak_replay_standing(((ak_audit *)ctx)->replay, id, authorised, party, err);
}

/* ---- the answer ---------------------------------------------------------------------------------------------- */

/* A fault of the repository, which the walk comes to and tells with its place. */
static bool is_fault(ak_status st)
{
	return ak_status_class(st) == AK_CLASS_REJECT || st == AK_LIMIT || st == AK_NOT_FOUND;
}

/* The ledger's name, when its head cannot be read: as the first record has it. */
static ak_status origin_of_genesis(ak_audit *t, ak_error *err)
{
	const ak_store s = ak_git_port(t->git);
	ak_sealed first = { 0 };
	ak_error why = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = s.ops->record(s.ctx, &t->head, 0, &file, &why);
	if (st == AK_OK)
		st = ak_sealed_parse(ak_buf_span(&file), &first, &why);
	if (st == AK_OK)
		memcpy(t->origin, first.statement.ledger.data, first.statement.ledger.len);
	ak_sealed_clear(&first);
	ak_buf_clear(&file);
	if (st == AK_OK || st == AK_UNKNOWN_VERSION || is_fault(st))
		return AK_OK;
	if (err != NULL)
		*err = why;
	return st;
}

static ak_status read_head(ak_audit *t, ak_error *err)
{
	ak_checkpoint head;
	ak_error why = { 0 };
	ak_note note;
	ak_status st;

	ak_buf_init(&t->head.checkpoint, AK_CHECKPOINT_MAX);
	st = ak_git_file(t->git, &t->head, "checkpoint", AK_CHECKPOINT_MAX, &t->head.checkpoint, &why);
	if (st == AK_OK)
		st = ak_note_parse(ak_buf_span(&t->head.checkpoint), &note, &why);
	if (st == AK_OK)
		st = ak_checkpoint_parse(note.text, &head, &why);
	if (is_fault(st))
		return origin_of_genesis(t, err);
	if (st != AK_OK) {
		if (err != NULL)
			*err = why;
		return st;
	}
	memcpy(t->origin, head.origin, sizeof(head.origin));
	t->head_size = head.size;
	return AK_OK;
}

static ak_status make(ak_audit *t, ak_git *git, const ak_profile *core, const ak_audit_options *o, ak_error *err)
{
	*t = (ak_audit){ .o = o, .core = core, .git = git };
	t->errors = ak_json_new_array();
	t->voids = ak_json_new_array();
	t->changed = ak_json_new_array();
	t->skipped = ak_json_new_array();
	t->unproven = ak_json_new_array();
	t->erased = ak_json_new_array();
	if (t->errors == NULL || t->voids == NULL || t->changed == NULL || t->skipped == NULL || t->unproven == NULL || t->erased == NULL)
		return ak_no_memory(err, "audit");
	ak_buf_init(&t->last_note, AK_NOTE_MAX);
	return AK_OK;
}

/* Head and origin. */
static ak_status start(ak_audit *t, ak_error *err)
{
	ak_status st = ak_git_tip(t->git, t->head.id, err);

	if (st == AK_OK && t->head.id[0] == '\0')
		st = ak_fail(err, AK_NOT_FOUND, "ledger", 0, "the repository holds no ledger yet");
	return st == AK_OK ? read_head(t, err) : st;
}

/* What the root revoked with effect on the past changes how earlier records stand: say which (DESIGN 4). */
static ak_status second_pass(ak_audit *first, ak_audit *second, ak_error *err)
{
	ak_audit_options quiet = *first->o;
	size_t n = 0;
	ak_status st = ak_authority_carry_cutoffs(ak_replay_authority(first->replay), NULL, &n, err);

	if (st != AK_OK || n == 0 || first->broken || first->o->skip_signatures)
		return st;
	quiet.progress = NULL;
	st = make(second, first->git, first->core, &quiet, err);
	if (st == AK_OK)
		st = start(second, err);
	second->trust = first->trust;
	second->earlier = first;
	if (st == AK_OK)
		st = ak_audit_run(second, err);
	second->o = first->o;
	return st;
}

/* t->other, with why, when the file names another ledger. */
static ak_status take_trust(ak_audit *t, ak_span text, ak_trust *trust, ak_error *why, ak_error *err)
{
	ak_status st = ak_trust_read(text, trust, err);

	if (st != AK_OK)
		return st;
	t->trust = trust;
	t->other = t->origin[0] != '\0' && strcmp(trust->log.name, t->origin) != 0;
	if (t->other) /* no name: neither head nor first record can be read, which is told */
		(void)ak_mismatch(why, AK_WRONG_LEDGER, "trust.log", 0, trust->log.name, t->origin);
	return AK_OK;
}

/* Known only at the end: what the trust file names may stand anywhere in the keyset chain. */
static ak_status check_trusted(ak_audit *t, ak_error *err)
{
	ak_error why = { 0 };
	ak_status st = AK_OK;

	if (t->trust == NULL || t->broken)
		return AK_OK;
	if (!t->log_seen) {
		(void)ak_fail(&why, AK_NO_TRUSTED_SIG, "trust.log", 0, "the log key is no operator key of this ledger");
		st = ak_audit_problem(t, &why, err);
	}
	if (st == AK_OK && t->trust->has_keyset && !t->floor_seen) {
		(void)ak_fail(&why, AK_NO_TRUSTED_SIG, "trust.keyset", 0, "the keyset chain does not contain the one named");
		st = ak_audit_problem(t, &why, err);
	}
	return st;
}

/* Nothing was read: why, as the one problem of a report. */
static ak_status answer_unread(ak_audit *t, const ak_error *why, bool *ok, ak_text *json, ak_error *err)
{
	const ak_replay_options o = { .origin = t->origin, .core = t->core };
	const ak_audit none = { 0 };
	ak_status st = ak_replay_open(&o, &t->replay, err);

	t->broken = true;
	if (st == AK_OK)
		st = ak_audit_problem(t, why, err);
	return st == AK_OK ? ak_audit_answer(t, &none, ok, json, err) : st;
}

/* Where an audit begins: faults of the repository are what it is to find; everything else keeps it from being made. */
static bool is_finding(const ak_error *why)
{
	if (why->status == AK_NOT_FOUND || why->status == AK_IO)
		return strcmp(why->where, "ledger") != 0;
	return ak_status_class(why->status) == AK_CLASS_REJECT;
}

static ak_status audit_from_start(ak_audit *first, bool *ok, ak_text *json, ak_error *err)
{
	ak_trust *trust = ak_mem_alloc(sizeof(*trust));
	ak_audit second = { 0 };
	ak_error why = { 0 };
	ak_status st = trust == NULL ? ak_no_memory(err, "audit") : AK_OK;

	if (st == AK_OK && first->o->trust.len != 0)
		st = take_trust(first, first->o->trust, trust, &why, err);
	if (st == AK_OK && first->other) {
		st = answer_unread(first, &why, ok, json, err);
		ak_mem_free(trust);
		return st;
	}
	if (st == AK_OK)
		st = ak_audit_run(first, err);
	if (st == AK_OK)
		st = check_trusted(first, err);
	if (st == AK_OK)
		st = second_pass(first, &second, err);
	if (st == AK_OK)
		st = ak_audit_answer(first, &second, ok, json, err);
	ak_audit_clear(&second);
	ak_mem_free(trust);
	return st;
}

/* `unopened`: why there is no `git`, where that is a finding; else NULL. */
static ak_status audit_git(ak_git *git, const ak_error *unopened, const ak_audit_options *o, bool *ok, ak_text *json, ak_error *err)
{
	ak_profile core = { 0 };
	ak_audit t = { 0 };
	ak_error why = { 0 };
	ak_status st = ak_core_profile(&core, err), started;

	if (st == AK_OK)
		st = make(&t, git, &core, o, err);
	if (st != AK_OK)
		goto out;
	if (unopened != NULL)
		why = *unopened;
	started = unopened != NULL ? why.status : start(&t, &why);
	if (started == AK_OK) {
		st = audit_from_start(&t, ok, json, err);
	} else if (is_finding(&why)) {
		st = answer_unread(&t, &why, ok, json, err);
	} else {
		st = started;
		if (err != NULL)
			*err = why;
	}
out:
	ak_audit_clear(&t);
	ak_profile_clear(&core);
	return st;
}

ak_status ak_ledger_audit(ak_ledger *l, const ak_audit_options *o, bool *ok, ak_text *json, ak_error *err)
{
	return audit_git(l->b->git, NULL, o, ok, json, err);
}

/* A damaged ledger does not open, and that is just when it must be possible to audit it. */
ak_status ak_audit_repository(const char *path, const ak_audit_options *o, bool *ok, ak_text *json, ak_error *err)
{
	ak_git *git = NULL;
	ak_error why = { 0 };
	ak_status st = ak_git_open(path, &git, &why);

	/* That there is no repository, or none that may be read, is no fault of a ledger. */
	if (st == AK_OK || ak_status_class(st) == AK_CLASS_REJECT)
		st = audit_git(git, git == NULL ? &why : NULL, o, ok, json, err);
	else if (err != NULL)
		*err = why;
	ak_git_free(&git);
	return st;
}
