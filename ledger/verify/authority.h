/* SPDX-License-Identifier: Apache-2.0 */
/* authority.h - who may seal what, by ledger position (internal; FORMAT, Authority)
 *
 * Fed records in order of seq, it keeps the keyset chain, the profiles in force, the parties, their members and keys,
 * and what was revoked, and judges each record: authorised, and how; or void, and why.  A void record
 * has no effect.  Thresholds count distinct members (keyset: root holders), never keys or signatures.
 *
 * Strata of revocation: (i) the keyset chain; (ii) root-threshold revocations, which alone reach back; (iii) all
 * others in order, prospective.  The lowest cutoff wins; nothing un-revokes.  Fed from the first record on, the engine judges
 * "as sealed": when a revocation reaches back, it judges all that gave standing again, for what follows.  For judging "as
 * known now", carry what the root revoked (ak_authority_carry_cutoffs) from that engine into a fresh one, before the first
 * record, and feed everything again; one to which cutoffs were given beforehand never looks back itself.
 *
 * It may be fed a subset of a ledger as long as that is closed: for every signer, all records about its key, its
 * party, the keyset and the profiles.
 */
#ifndef AK_VERIFY_AUTHORITY_H
#define AK_VERIFY_AUTHORITY_H

#include "model/profile.h"
#include "pki/crl.h"
#include "verify/sealed.h"

typedef struct ak_authority ak_authority;

typedef struct ak_authority_hooks {
	/* Is this package shipped with the program or pinned by the trust file? */
	bool (*held)(void *ctx, ak_span scheme, const ak_digest *digest);
	/* Bytes of an earlier record that a ref names (signing mode "as"); AK_NOT_FOUND when it is not known. */
	ak_status (*record)(void *ctx, const ak_digest *id, ak_buf *out, ak_error *err);
	/* How that earlier record was judged at its own place, and whose members were counted ("": the root's). */
	ak_status (*standing)(void *ctx, const ak_digest *id, bool *authorised, char party[64], ak_error *err);
	void *ctx;
	/* Does somebody who is trusted for that say that signature `i` is older than the end of record `cutoff`, the last one that its
	 * key counts in?  Then it stands as if the key had never been called compromised.  NULL: nobody says so. */
	bool (*older)(void *ctx, const ak_sealed *r, size_t i, uint64_t cutoff);
	/* The root of the tree over the first `size` records, no more than stand before the record that is judged.  NULL, or AK_NOT_FOUND: it is
	 * not known, and what a timestamp record says of it is taken as said. */
	ak_status (*root)(void *ctx, uint64_t size, ak_digest *out, ak_error *err);
	/* Append the file of a record.  NULL: they are not at hand; then that a renewed time stamp covers them is not asked. */
	ak_status (*file)(void *ctx, uint64_t seq, ak_buf *out, ak_error *err);
} ak_authority_hooks;

/* `core` is the core package; borrowed. */
AK_MUST_USE ak_status ak_authority_open(const ak_profile *core, const ak_authority_hooks *hooks,
                                        ak_authority **out, ak_error *err);
void ak_authority_free(ak_authority **a);

typedef struct ak_signer {
	const char *party;  /* "" for root holders, operator, heartbeat */
	const char *member; /* member or holder name                    */
	const char *seat;   /* for people; may be ""                    */
	bool office;
	bool counted;       /* toward the policy that authorised        */
	bool tallied;       /* toward some policy, whether or not met   */
} ak_signer; /* strings borrowed from the engine, until a revocation that reaches back is applied to it */

/* What the tokens of a timestamp record prove (FORMAT 19.3). */
typedef enum ak_time_outcome {
	AK_TIME_NONE,      /* not looked at: it is no such record, or void for another reason      */
	AK_TIME_SOUND,     /* each is over its checkpoint, by an authority that a profile names     */
	AK_TIME_ELSEWHERE, /* one is over something else, or over a tree that this ledger never had */
	AK_TIME_UNPINNED,  /* one is by no authority that a profile in force names                 */
	AK_TIME_UNSOUND,   /* one is no token, or proves nothing for another reason                */
} ak_time_outcome;

enum { AK_ORGANISATION_MAX = 200 /* bytes */ };

typedef struct ak_judgement {
	bool authorised;
	char mode[12];       /* root members office mixed self keyset; "" when void */
	char role[64];       /* role the policy asked for; "" for root         */
	char party[64];      /* party whose members were counted; "" for root  */
	size_t counted, needed, of; /* members counted, required, in all       */
	size_t good, bad;    /* signatures that verify under a known key; that do not */
	size_t stamps, stamps_good; /* tokens; those that count (stamps.h) */
	ak_error stamp_why;  /* what is wrong with the first that does not    */
	ak_time_outcome time; /* of a timestamp record                        */
	char certified[AK_ORGANISATION_MAX + 1]; /* organisations that the certificates of the counted signers name, each once, ", " between them, as many
	                                            as fit; an issuer's words: escape them */
	bool compromised;    /* rests on a key whose compromise was declared later, at or before its cutoff */
	ak_signer signer[AK_SIGNERS_MAX];
	size_t n_signers;
	ak_error why;        /* when void: AK_NOT_AUTHORISED and friends, with place */
} ak_judgement;

/* Judge the record as standing at `seq`, with what was fed so far.  A void record is AK_OK with
 * out->authorised false; other statuses mean that it could not be judged. */
AK_MUST_USE ak_status ak_authority_judge(ak_authority *a, ak_sealed *r, uint64_t seq, ak_judgement *out, ak_error *err);
/* Do enough root holders sign it, whatever it says?  For what this program knows no type of. */
AK_MUST_USE ak_status ak_authority_by_root(ak_authority *a, ak_sealed *r, uint64_t seq, bool *yes, ak_error *err);
/* Let a record that was judged take effect (keyset, profile, party, revocation, closing; others change nothing).  Void ones of these
 * types are handed in as well: they may come to stand.  A copy of its lines is kept.  When it reaches back, all keys and
 * profiles of the engine are new ones: nobody may be using any. */
AK_MUST_USE ak_status ak_authority_apply(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_judgement *j, ak_error *err);
/* Is it a revocation that reaches back, if it has the authority to? */
bool ak_authority_reaches_back(const ak_sealed *r);

/* From here on nothing is judged again: a revocation acts on the records after it alone, also one that reaches back. */
void ak_authority_look_forward(ak_authority *a);
/* The last record in which the key counts as the root says; false when the root has not revoked it. */
bool ak_authority_root_cutoff(const ak_authority *a, const ak_digest *keyid, uint64_t *last);
/* What the root threshold revoked in `from`, known beforehand in `to` (NULL: only counted); *n keys. */
AK_MUST_USE ak_status ak_authority_carry_cutoffs(const ak_authority *from, ak_authority *to, size_t *n, ak_error *err);

/* Did an authorised closing end the ledger?  *by: its seq.  Whatever is judged after it is void (AK_LEDGER_ENDED). */
bool ak_authority_ended(const ak_authority *a, uint64_t *by);
/* Does a record of this type bear on who signs heads: is it one of the keyset chain (keyset, closing)? */
bool ak_type_of_chain(ak_span type);

/* Profile in force, or NULL. */
const ak_profile *ak_authority_profile(const ak_authority *a, ak_span scheme);
const ak_profile *ak_authority_profile_at(const ak_authority *a, size_t i); /* NULL past the last */
/* Current operator and heartbeat keys, or NULL before genesis. */
const ak_pubkey *ak_authority_operator(const ak_authority *a);
const ak_pubkey *ak_authority_heartbeat(const ak_authority *a);
/* Each operator key of the keyset chain once, in order of enrolment, void keysets left aside; NULL past the last. */
const ak_pubkey *ak_authority_operator_at(const ak_authority *a, size_t i);
uint64_t ak_authority_keyset_number(const ak_authority *a); /* 0 before genesis */
/* The key with that id, whoever owns it, or NULL. */
const ak_pubkey *ak_authority_key(const ak_authority *a, const ak_digest *keyid);
/* Set for each signature of `r` the key that its keyid names, if it is known, for ak_sealed_try. */
void ak_authority_name_keys(const ak_authority *a, ak_sealed *r);
/* What a revocation list says of the certificates of enrolled keys: `fn` for each one on it.  *issuer: the key that signed the list, found in their
 * chains; AK_NOT_FOUND when no chain has an issuer of its name, else what is wrong with the list by that issuer. */
typedef ak_status ak_revoked_fn(void *ctx, const ak_digest *keyid, const ak_cert *cert, const ak_revoked *how, ak_error *err);
AK_MUST_USE ak_status ak_authority_on_list(const ak_authority *a, const ak_crl *list, ak_digest *issuer, ak_revoked_fn *fn, void *ctx, ak_error *err);
/* Is it an enrolled key of a party's member? */
bool ak_authority_is_member_key(const ak_authority *a, const ak_digest *keyid);
/* Any key, in order of enrolment; NULL past the last. */
const ak_pubkey *ak_authority_key_at(const ak_authority *a, size_t i);
/* How many of the record's signatures are not by an enrolled key whose id they bear? */
AK_MUST_USE ak_status ak_authority_unverified(const ak_authority *a, ak_sealed *r, size_t *n, ak_error *err);
/* "keyset" and "parties" of `o`: the keyset in force ({"number","threshold","root":[{"holder","key"}],"operator","heartbeat"}, null before genesis) and
 * [{"party","name":{"ja","en"},"roles","members":[{"member","seat","kind","keys":[{"id","enrolled","last","certificate"}]}]}], newest member and key first;
 * `last`: the last record in which the key counts, null while it goes on; `certificate`: null without one, else {"until","organisation"} of the chain
 * that holds longest as of `now`, until null when the profile in force pins no root of it. */
AK_MUST_USE ak_status ak_authority_tell(const ak_authority *a, int64_t now, ak_json *o, ak_error *err);
/* What a person has to look at before this party record goes on record after what `a` has been fed with, into `list`: a seat's name that another member
 * of the party bears ("seat-twice"), or one of a party of the same role where more than one person has to sign ("seat-elsewhere"), and whose keys
 * still count; a key that somebody has ("key-taken"; enrolled by a record before `before`): {"id","field","found","member","other","party","text":{"ja","en"}}. */
AK_MUST_USE ak_status ak_authority_seats(const ak_authority *a, const ak_statement *s, uint64_t before, ak_json *list, ak_error *err);
/* Every party with its display names. */
typedef ak_status ak_party_fn(void *ctx, const char *party, const char *ja, const char *en, ak_error *err);
AK_MUST_USE ak_status ak_authority_each_party(const ak_authority *a, ak_party_fn *fn, void *ctx, ak_error *err);

#endif
