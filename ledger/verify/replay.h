/* SPDX-License-Identifier: Apache-2.0 */
/* replay.h - judge a whole ledger from its first record (internal)
 *
 * Fed record files in order, it re-derives digests, chain, subject map, tree and authority, trusting nothing.  It keeps
 * what it needs in memory: the map, and one small entry per record.
 *
 * Fatal: broken form, digests, chain, tree, map, subjects that are not those of the body, a repeated statement: the
 * history itself is not sound, and the replay stops.  Void: a record without authority, one that was erased, or whose statement may not
 * stand where it stands (other ledger, held back, dangling, outside its schema or of unknown type): it stays in chain,
 * tree and map, is told, and has no effect.
 *
 * How records stood when they were sealed is not touched by a root revocation that reaches back; what follows is judged with it
 * known (verify/authority.h).  While such a record is added nobody may be using any key of the engine.
 */
#ifndef AK_VERIFY_REPLAY_H
#define AK_VERIFY_REPLAY_H

#include "chain/tree.h"
#include "verify/authority.h"
#include "verify/erased.h"

typedef struct ak_replay ak_replay;

typedef struct ak_replay_options {
	const char *origin;
	const ak_profile *core;
	const ak_digest *genesis;  /* expected id of record 0, or NULL */
	ak_authority_hooks hooks;
	bool skip_signatures;      /* no signature is verified, no authority judged */
} ak_replay_options;

AK_MUST_USE ak_status ak_replay_open(const ak_replay_options *o, ak_replay **out, ak_error *err);
void ak_replay_free(ak_replay **r);

/* Judge and take in the next record.  `rec` is parsed (ak_sealed_parse) and its signatures may have been tried already.
 * *j says how it stands. err->where and err->at (seq) place what is wrong. */
AK_MUST_USE ak_status ak_replay_add(ak_replay *r, ak_sealed *rec, ak_judgement *j, ak_error *err);

/* The erased records among them.  When no record is left to add, ak_gaps_check says whether each was erased by who may. */
const ak_gaps *ak_replay_gaps(const ak_replay *r);

uint64_t ak_replay_size(const ak_replay *r);
void ak_replay_root(const ak_replay *r, ak_digest *out);
/* Of the first `size` records; AK_NOT_FOUND when there were never so many. */
AK_MUST_USE ak_status ak_replay_root_at(const ak_replay *r, uint64_t size, ak_digest *out, ak_error *err);
int64_t ak_replay_last_time(const ak_replay *r);
const ak_digest *ak_replay_genesis(const ak_replay *r); /* id of record 0 */
ak_authority *ak_replay_authority(ak_replay *r);
/* How a record was judged: authorised, and the party whose members were counted. */
AK_MUST_USE ak_status ak_replay_standing(const ak_replay *r, const ak_digest *id, bool *authorised, char party[64], ak_error *err);
/* AK_NOT_FOUND when no record has this id. */
AK_MUST_USE ak_status ak_replay_seq_of(const ak_replay *r, const ak_digest *id, uint64_t *seq, ak_error *err);

#endif
