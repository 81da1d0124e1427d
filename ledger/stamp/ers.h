/* SPDX-License-Identifier: Apache-2.0 */
/* ers.h - evidence records (RFC 4998): a time stamp that is renewed for decades (FORMAT 25; internal)
 *
 * A time-stamp token proves that bytes existed at a time, as long as its certificates and its digest hold.  Before they
 * fail somebody stamps again, over what there is.  An evidence record keeps the whole row:
 *
 *   EvidenceRecord            version 1, the digests used, a sequence of chains
 *     ArchiveTimeStampChain   time stamps of one digest; each but the first is over the token before it
 *       ArchiveTimeStamp      a token (RFC 3161, the bare ContentInfo), and perhaps a reduced hash tree that leads to it
 *
 *   the first stamp of all           is over  H(data)
 *   the next in a chain (renewal)    is over  H(DER of the token before it)
 *   the first of a later chain       is over  H'(H'(data) ‖ H'(DER of the sequence of all chains before it))
 *
 * "Over h" means: h is in the first list of the tree, or there is no tree and h is the token's imprint.  A list of one
 * value stands for that value; of several for the digest of all, sorted bytewise; the result joins the next list; the
 * last result is the imprint.
 *
 * What a single token is worth, its signature, certificates and authority, is the caller's matter (ak_ers_judge).  Here
 * is what holds them together.  Pure: no clock, no file, no network.  Strict DER (pki/walk.h) of bounded size.
 */
#ifndef AK_STAMP_ERS_H
#define AK_STAMP_ERS_H

#include "base/bytes.h"

enum {
	AK_ERS_MAX = 128 * 1024, /* bytes of a record                          */
	AK_ERS_CHAINS_MAX = 8,   /* one more for each digest that has aged     */
	AK_ERS_STAMPS_MAX = 32,  /* in all chains                              */
	AK_ERS_LISTS_MAX = 32,   /* in one tree                                */
	AK_ERS_HASHES_MAX = 128, /* in one list                                */
	AK_ERS_DIGESTS_MAX = 16, /* algorithms a record names, known here or not */
	AK_ERS_VALUES_MAX = 32768, /* of DER, in all          */
	AK_ERS_HASH_LEN_MAX = 64,
};

typedef enum ak_ers_hash {
	AK_ERS_HASH_NONE,
	AK_ERS_SHA256,
	AK_ERS_SHA384,
	AK_ERS_SHA512,
} ak_ers_hash;

size_t ak_ers_hash_len(ak_ers_hash h);                       /* bytes; 0 for none       */
const char *ak_ers_hash_name(ak_ers_hash h);                 /* "sha256"; "" for none   */
ak_ers_hash ak_ers_hash_named(ak_span name);                 /* NONE when it is no such */
void ak_ers_hash_of(ak_ers_hash h, ak_span in, uint8_t *out); /* ak_ers_hash_len(h) bytes */

/* A digest with its algorithm. */
typedef struct ak_ers_imprint {
	ak_ers_hash hash;
	uint8_t b[AK_ERS_HASH_LEN_MAX]; /* the first ak_ers_hash_len(hash) bytes */
} ak_ers_imprint;

/* The data object: its digests, so that nobody need hold it in memory.  One that is NULL is not known. */
typedef struct ak_ers_object {
	const uint8_t *sha256, *sha384, *sha512;
} ak_ers_object;

typedef struct ak_ers_stamp {
	size_t chain, place; /* from 0                                     */
	ak_ers_hash stated;  /* digestAlgorithm, or NONE when it is absent */
	bool has_tree;
	ak_span tree;  /* content of reducedHashtree */
	ak_span token; /* ContentInfo, whole         */
} ak_ers_stamp;

typedef struct ak_ers {
	ak_span digests;  /* content of digestAlgorithms            */
	unsigned used;    /* those known here, as bits 1 << hash    */
	ak_span sequence; /* content of archiveTimeStampSequence    */
	size_t chains, stamps;
	ak_span chain[AK_ERS_CHAINS_MAX]; /* each whole */
	ak_ers_stamp stamp[AK_ERS_STAMPS_MAX];
} ak_ers;

/* Read one record.  *out borrows from `der`.
 * AK_BAD_FORMAT (at: byte offset), AK_LIMIT; AK_UNKNOWN_VERSION for data that was encrypted before it was stamped
 * (encryptionInfo): such a record proves nothing about the data as it is here. */
AK_MUST_USE ak_status ak_ers_parse(ak_span der, ak_ers *out, ak_error *err);

/* What a token says, and how long what signed it holds. */
typedef struct ak_ers_seen {
	ak_ers_imprint imprint;
	int64_t time;  /* genTime, whole seconds; a fraction is cut off                                */
	int nanos;     /* the fraction, 0..999999999                                                   */
	int64_t latest; /* the last second it may have been made in: time and its accuracy              */
	int64_t until; /* the last second at which every certificate it rests on is good (INT64_MAX: no end known) */
} ak_ers_seen;

typedef struct ak_ers_judge {
	void *ctx;
	/* Verify one bare token: signature, certificate at genTime, and whatever the caller believes of its authority.
	 * `at` is the place of the stamp, counted over all chains. */
	ak_status (*token)(void *ctx, ak_span token, size_t at, ak_ers_seen *out, ak_error *err);
} ak_ers_judge;

typedef struct ak_ers_result {
	int64_t from;    /* the data existed at this time: genTime of the first stamp             */
	int64_t last;    /* genTime of the last stamp                                             */
	int64_t until;   /* the last stamp holds until then: the next renewal has to come before  */
	ak_ers_hash hash; /* of the last chain                                                    */
	size_t chains, stamps;
} ak_ers_result;

/* Verify the whole record: every tree leads to its token, every stamp covers what came before it and each chain but the
 * first all chains before it and the data again; one digest in a chain, named in digestAlgorithms; times ascend, and each
 * token still held at the latest second in which the next one was made.  Whether the last one holds at some date is told by out->until, and is
 * the caller's to compare: a record that was not renewed in time is not false, it has only stopped to prove.
 *
 * `data` NULL leaves out what needs the data (of a later chain then nothing is known but tree and token): for looking
 * at a record alone.
 * AK_BAD_FORMAT, AK_CHAIN_BROKEN (at: the stamp, from 0), AK_CLOCK for times that do not ascend or a token renewed too
 * late, AK_NOT_HELD for a digest of the data that is not given, AK_UNKNOWN_VERSION for a digest that is not known
 * here, AK_LIMIT; what `judge` fails with, err->at set to the stamp. */
AK_MUST_USE ak_status ak_ers_verify(const ak_ers *r, const ak_ers_object *data, const ak_ers_judge *judge,
                                    ak_ers_result *out, ak_error *err);

/* Is `digest` among the first values of the tree of this chain's first stamp?  That is where the renewal of a hash tree
 * puts what is covered beside the data.  Means something only once ak_ers_verify was content. */
bool ak_ers_lists(const ak_ers *r, size_t chain, ak_span digest);

/* One more stamp: what goes to an authority, and what is written around the token that comes back.
 *
 * first:   over the data, a record of one chain of one stamp
 * renew:   over the last token, by `hash`, the digest of the last chain (ak_ers_result.hash)
 * rehash:  over data and all chains, by another digest; `beside`, when it is not NULL, is a digest by `hash` of something
 *          else that is to be covered from now on: then the chain begins with a tree of one list of both values
 * AK_NOT_HELD as in ak_ers_verify. */
typedef struct ak_ers_next {
	ak_ers_imprint imprint; /* to be stamped */
	bool chain;             /* it begins one */
	bool tree;              /* of the two values */
	uint8_t list[2][AK_ERS_HASH_LEN_MAX]; /* sorted */
} ak_ers_next;

AK_MUST_USE ak_status ak_ers_next_first(const ak_ers_object *data, ak_ers_hash hash, ak_ers_next *out, ak_error *err);
void ak_ers_next_renew(const ak_ers *r, ak_ers_hash hash, ak_ers_next *out);
AK_MUST_USE ak_status ak_ers_next_rehash(const ak_ers *r, const ak_ers_object *data, ak_ers_hash hash, const uint8_t *beside,
                                         ak_ers_next *out, ak_error *err);

/* Append the record with the token in it; r is NULL for the first.  Nothing of `r` is written otherwise than it was, but
 * for cryptoInfos, which are left out.  A token over another imprint makes a record that does not verify: verify what
 * was written. */
AK_MUST_USE ak_status ak_ers_put(const ak_ers *r, const ak_ers_next *next, ak_span token, ak_buf *out, ak_error *err);

#endif
