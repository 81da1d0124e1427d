/* SPDX-License-Identifier: Apache-2.0 */
/* evidence.h - the closed set of records that one question needs, with its proofs (internal)
 *
 * What a verdict is made from: a checkpoint, the newest header, records with inclusion proofs, and for each subject
 * that matters a map proof.  It comes from a ledger through an ak_source (closure.c); whoever made it is not
 * believed: verify.c checks every proof.
 *
 * Closure, to a fixed point: (1) the listing's subject, akashi/keyset and the scheme's profile; (2) a subject brings its map
 * proof and all its records; (3) a record brings its scheme's profile and the records its refs name; (4) a record brought by (3) brings every
 * subject in its about; (5) a signature brings its key's subject, and with it the parties that own the key; (6) an exclusive
 * record brings the header of its base; (7) a base or reference to no record brings the ids of all records, which show that.
 */
#ifndef AK_VERIFY_EVIDENCE_H
#define AK_VERIFY_EVIDENCE_H

#include "chain/map.h"
#include "chain/tree.h"
#include "verify/shelf.h"

enum {
	AK_EVIDENCE_RECORDS_MAX = 200000,
	AK_EVIDENCE_SUBJECTS_MAX = 100000,
	/* JSON values in lines 2 and 3, all together: a tree of them is many times their text, and text may be gzip of 1/200 of it.  Two
	 * records as full as can be (AK_JSON_VALUES_MAX each) stop nobody. */
	AK_EVIDENCE_VALUES_MAX = (1 << 22) + (1 << 20),
	/* ... as long as nothing shows that the operator signed them. */
	AK_EVIDENCE_VALUES_UNSIGNED = 1 << 19,
	/* Records that say who the operator is.  Their signatures are tried before it is known that this is the operator's ledger at all. */
	AK_EVIDENCE_KEYSETS_MAX = 1024,
};

typedef struct ak_evidence_record {
	uint64_t seq;
	ak_buf file;          /* owned: three lines */
	ak_tree_proof proof;
	ak_sealed *sealed;    /* owned: what `file` says; only when drawn for authority, and NULL where it is not sound */
	ak_shelved *shelved;  /* NULL, or a reference to what `file` and `sealed` are then borrowed from */
} ak_evidence_record;

typedef struct ak_evidence_header { /* a header alone: the newest one, and bases */
	uint64_t seq;
	ak_buf line;          /* owned: line 1 */
	ak_tree_proof proof;
} ak_evidence_header;

typedef struct ak_evidence_subject {
	char id[AK_ABOUT_MAX * 2 + 1]; /* 128 bytes and a NUL */
	ak_map_proof proof;
} ak_evidence_subject;

typedef struct ak_evidence {
	ak_buf checkpoint;    /* signed note */
	ak_tree_since since;  /* from a size that the asker has seen before, or none */
	ak_evidence_header last;
	ak_evidence_record *record; /* ascending seq */
	size_t n_records, cap_records;
	ak_evidence_subject *subject;
	size_t n_subjects, cap_subjects;
	ak_evidence_header *base;
	size_t n_bases, cap_bases;
	ak_digest *leaf;      /* owned: ids of all records, in order; most evidence needs none */
	size_t n_leaves;
} ak_evidence;

void ak_evidence_clear(ak_evidence *e);
/* Take r->file apart into r->sealed; where it is not sound, r->sealed stays NULL and that is AK_OK. */
AK_MUST_USE ak_status ak_evidence_take_apart(ak_evidence_record *r, ak_error *err);

/* Where evidence is drawn from. Sizes and proofs are for one state of the ledger. */
typedef struct ak_source {
	uint64_t size;
	/* Seqs of all records about the subject, ascending; *seqs freed with ak_mem_free; none: *n = 0. */
	ak_status (*about)(void *ctx, ak_span subject, uint64_t **seqs, size_t *n, ak_error *err);
	ak_status (*record)(void *ctx, uint64_t seq, ak_buf *out, ak_error *err);
	ak_status (*seq_of)(void *ctx, const ak_digest *id, uint64_t *seq, ak_error *err); /* AK_NOT_FOUND */
	ak_status (*leaf)(void *ctx, uint64_t seq, ak_digest *id, ak_error *err);
	ak_status (*prove_record)(void *ctx, uint64_t seq, ak_tree_proof *out, ak_error *err);
	ak_status (*prove_subject)(void *ctx, const ak_digest *key, ak_map_proof *out, ak_error *err);
	ak_shelf *shelf; /* NULL, or where records wait that were drawn before: taken from there, they are not read again */
	void *ctx;
} ak_source;

/* Draw what questions about these subjects in `scheme` need.  out->checkpoint is left to the caller. */
AK_MUST_USE ak_status ak_evidence_draw(const ak_source *src, const ak_span *subjects, size_t n, ak_span scheme,
                                       ak_evidence *out, ak_error *err);
/* The same of what `candidate` is about, as if it were the ledger's next record: with what it brings, but not it.  More subjects may
 * be asked for. */
AK_MUST_USE ak_status ak_evidence_draw_for(const ak_source *src, const ak_sealed *candidate, const ak_span *subjects, size_t n,
                                           ak_evidence *out, ak_error *err);

/* The ids of all records. */
AK_MUST_USE ak_status ak_evidence_draw_leaves(const ak_source *src, ak_evidence *e, ak_error *err);
/* Where there are ids, they are those of a ledger of this size and root; else AK_BAD_FORMAT or AK_TREE_MISMATCH. */
AK_MUST_USE ak_status ak_leaves_check(const ak_evidence *e, uint64_t size, const ak_digest *root, ak_error *err);

/* The same ids in the order of their bytes, to be asked for many. */
typedef struct ak_leaves {
	const ak_digest *first; /* borrowed: that of record 0 */
	const ak_digest **by;   /* owned */
	size_t n;
} ak_leaves;
/* AK_BAD_FORMAT: one id stands twice. */
AK_MUST_USE ak_status ak_leaves_order(const ak_digest *leaf, size_t n, ak_leaves *out, ak_error *err);
void ak_leaves_clear(ak_leaves *l);
bool ak_leaves_find(const ak_leaves *l, const ak_digest *id, uint64_t *seq);
/* The ids are here, and this is none of them. */
bool ak_leaves_lack(const ak_leaves *l, const ak_digest *id);

/* Draw only what judging signatures by these keys needs (keyset, profile of the scheme, keys, their parties, what enrolled
 * them), without proofs, each record taken apart.  More subjects may be asked for. */
AK_MUST_USE ak_status ak_evidence_draw_authority(const ak_source *src, const ak_digest *keyids, size_t n_keys,
                                                 const ak_span *subjects, size_t n_subjects, ak_evidence *out, ak_error *err);

#endif
