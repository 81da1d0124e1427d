/* SPDX-License-Identifier: Apache-2.0 */
/* What signed notes and the trust file show without ledger and keysets (FORMAT 9.4): also the pairs that a verifier kept (22). */
#include "verify/consistency.h"

#include "base/fail.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "verify/cosignature.h"
#include "verify/memory_form.h"

#include <string.h>

typedef struct head {
	const char *name, *origin_place, *signature_place;
	ak_note note;
	ak_checkpoint at;
	bool by_trust; /* one of its lines is by the key of the trust file */
} head;

/* Others of the ledger's name may be by keys before or after it. */
static ak_status check_by_trust(head *h, const ak_trust *trust, ak_error *err)
{
	ak_span rest = h->note.sigs, origin = ak_span_str(h->at.origin);
	ak_note_line l;
	uint8_t id[4];

	ak_note_key_id(origin, AK_NOTE_ED25519, trust->log.key, ak_sha256, id);
	while (!h->by_trust && ak_note_next(&rest, &l)) {
		ak_status st;

		if (!ak_span_eq(l.name, origin) || memcmp(l.key_id, id, sizeof(id)) != 0)
			continue;
		st = ak_operator_line_check(h->note.text, origin, &l, trust->log.key, err);
		if (st == AK_BAD_SIGNATURE)
			return ak_fail(err, AK_BAD_SIGNATURE, h->signature_place, h->at.size, "the operator's signature does not verify");
		if (st != AK_OK)
			return st;
		h->by_trust = true;
	}
	return AK_OK;
}

static ak_status read_head(head *h, ak_span bytes, const ak_trust *trust, ak_error *err)
{
	ak_status st = ak_consistency_note(bytes, h->name, h->origin_place, trust, &h->note, &h->at, err);

	return st == AK_OK ? check_by_trust(h, trust, err) : st;
}

/* `since` NULL: only what two notes of one size say. */
static ak_status judge(ak_span old, ak_span new, const ak_tree_since *since, const ak_trust *trust, ak_consistency *shown,
                       ak_continuity_found *out, const char **reason, ak_error *err)
{
	head a = { .name = "old", .origin_place = "old.origin", .signature_place = "old.signature" };
	head b = { .name = "new", .origin_place = "new.origin", .signature_place = "new.signature" };
	ak_status st = read_head(&a, old, trust, err);

	if (st == AK_OK)
		st = read_head(&b, new, trust, err);
	if (st != AK_OK)
		return st;
	if (since != NULL) {
		shown->fork = AK_FORK_OLD;
		shown->fork_root = since->root;
		shown->fork_proof = since->proof;
	} else if (!ak_digest_eq(&a.at.root, &b.at.root)) {
		shown->fork = AK_FORK_OLD;
		shown->fork_root = b.at.root;
	}
	*out = (ak_continuity_found){ .old = a.at, .new = b.at, .head = b.at };
	*reason = !a.by_trust || !b.by_trust ? "other-key" : since == NULL && a.at.size != b.at.size ? "no-ledger" : "";
	return AK_OK;
}

ak_status ak_consistency_judge_notes(ak_span old, ak_span new, const ak_trust *trust, ak_consistency *shown,
                                     ak_continuity_found *out, const char **reason, ak_error *err)
{
	ak_consistency_init(shown);
	return judge(old, new, NULL, trust, shown, out, reason, err);
}

/* ---- what a verifier kept ----------------------------------------------------------------------------------------- */

bool ak_consistency_is_kept(ak_span text)
{
	ak_json *v = NULL;
	bool kept;

	if (text.len > AK_MEMORY_MAX || ak_json_parse(text, &v, NULL) != AK_OK)
		return false;
	kept = ak_span_starts(ak_json_get_text(v, "akashi"), "memory/") ||
	       (ak_json_get(v, "akashi") == NULL && ak_json_get(v, "a") != NULL && ak_json_get(v, "b") != NULL);
	ak_json_free(v);
	return kept;
}

/* Its form and its proof hold: what convicts is left to be seen, whose signatures they are. */
static ak_status judge_pair(const ak_json *pair, const ak_trust *trust, ak_consistency *shown, ak_continuity_found *out,
                            const char **reason, ak_error *err)
{
	const ak_json *path = ak_json_get(pair, "proof");
	ak_tree_since since = { 0 };
	ak_checkpoint of[2] = { 0 };
	bool good = false;
	ak_buf note[2];
	ak_status st = ak_memory_fork(pair, ak_span_str(trust->log.name), of, &good, err);

	ak_buf_init(&note[0], AK_NOTE_MAX);
	ak_buf_init(&note[1], AK_NOTE_MAX);
	if (st == AK_OK && !good)
		st = ak_fail(err, AK_BAD_FORMAT, "memory.forks", 0, "no pair of signed notes of this ledger that contradict each other");
	if (st == AK_OK)
		st = ak_memory_note_text(ak_json_get(pair, "a"), &note[0], err);
	if (st == AK_OK)
		st = ak_memory_note_text(ak_json_get(pair, "b"), &note[1], err);
	if (st == AK_OK && path != NULL) { /* as they were parsed before */
		(void)ak_digest_parse(ak_json_get_text(pair, "root"), &since.root);
		since.size = of[0].size;
		for (; since.proof.n < ak_json_len(path); since.proof.n++)
			(void)ak_digest_parse(ak_json_text(ak_json_at(path, since.proof.n)), &since.proof.hash[since.proof.n]);
	}
	if (st == AK_OK)
		st = judge(ak_buf_span(&note[0]), ak_buf_span(&note[1]), path == NULL ? NULL : &since, trust, shown, out, reason, err);
	ak_buf_clear(&note[0]);
	ak_buf_clear(&note[1]);
	return st;
}

/* A pair that does not hold says nothing of the others, and is told. */
static ak_status judge_pairs(const ak_json *forks, const ak_trust *trust, ak_consistency *shown, ak_continuity_found *out,
                             const char **reason, ak_error *err)
{
	ak_continuity_found all = { 0 };
	const size_t n = ak_json_len(forks);
	ak_error first = { 0 };
	bool convicts = false;

	for (size_t i = 0; i < n; i++) {
		ak_continuity_found found = { 0 };
		ak_consistency pair = { 0 };
		const char *why = "";
		ak_error e = { 0 };
		ak_status st = judge_pair(ak_json_at(forks, i), trust, &pair, &found, &why, &e);

		if (st != AK_OK && (ak_status_class(st) != AK_CLASS_REJECT || all.n_bad == AK_MEMORY_FORKS_MAX)) {
			if (err != NULL)
				*err = e;
			return st;
		}
		if (st != AK_OK) {
			first = all.n_bad == 0 ? e : first;
			all.bad[all.n_bad++] = (ak_continuity_bad){ i + 1, st, e.where };
		} else if (!convicts) { /* the first that convicts, or the last that does not */
			convicts = *why == '\0';
			shown->fork = pair.fork;
			shown->fork_root = pair.fork_root;
			shown->fork_proof = pair.fork_proof;
			all.old = found.old;
			all.new = found.new;
			all.head = found.head;
			*reason = why;
		}
	}
	if (all.n_bad == n) {
		if (err != NULL)
			*err = first;
		return first.status;
	}
	*out = all;
	return AK_OK;
}

static ak_status judge_forks(const ak_json *memory, const ak_trust *trust, ak_consistency *shown, ak_continuity_found *out,
                             const char **reason, ak_error *err)
{
	const ak_json *forks = ak_json_get(memory, "forks");
	char genesis[AK_DIGEST_TEXT_LEN + 1];

	ak_digest_format(&trust->genesis, genesis);
	if (!ak_span_is(ak_json_get_text(memory, "genesis"), genesis))
		return ak_mismatch(err, AK_WRONG_LEDGER, "memory.genesis", 0, genesis, ak_json_get_str(memory, "genesis"));
	if (ak_json_len(forks) == 0)
		return ak_fail(err, AK_NOT_FOUND, "memory.forks", 0, "nothing here says that two histories were signed");
	return judge_pairs(forks, trust, shown, out, reason, err);
}

/* As a verifier takes a memory, but that one pair of it may be damaged: it is here to be shown to others, and the other pairs stand. */
static ak_status read_memory(ak_span text, ak_json **out, ak_error *err)
{
	ak_error why = { 0 };
	const ak_json *forks;
	ak_status st = ak_memory_read(text, out, &why);

	if (st == AK_BAD_FORMAT && strcmp(why.where, "memory.forks") == 0) {
		st = ak_json_parse(text, out, &why);
		forks = st == AK_OK ? ak_json_get(*out, "forks") : NULL;
		if (st == AK_OK && (!ak_json_is(forks, AK_JSON_ARRAY) || ak_json_len(forks) > AK_MEMORY_FORKS_MAX)) {
			ak_json_free(*out);
			*out = NULL;
			st = ak_memory_damaged(&why, "memory.forks");
		}
	}
	if (st != AK_OK && err != NULL)
		*err = why;
	return st;
}

ak_status ak_consistency_judge_kept(ak_span text, const ak_trust *trust, ak_consistency *shown, ak_continuity_found *out,
                                    const char **reason, ak_error *err)
{
	ak_json *v = NULL;
	ak_status st = ak_json_parse(text, &v, err);
	bool pair = st == AK_OK && ak_json_get(v, "akashi") == NULL;

	ak_consistency_init(shown);
	if (pair)
		st = judge_pair(v, trust, shown, out, reason, err);
	ak_json_free(v);
	v = NULL;
	if (st != AK_OK || pair)
		return st;
	st = read_memory(text, &v, err);
	if (st == AK_OK)
		st = judge_forks(v, trust, shown, out, reason, err);
	ak_json_free(v);
	return st;
}
