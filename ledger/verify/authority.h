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

typedef struct ak_judgement {
	bool authorised;
	char mode[12];       /* root members office mixed self keyset; "" when void */
	char role[64];       /* role the policy asked for; "" for root         */
	char party[64];      /* party whose members were counted; "" for root  */
	size_t counted, needed, of; /* members counted, required, in all       */
	size_t good, bad;    /* signatures that verify under a known key; that do not */
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
/* Let a record that was judged take effect (keyset, profile, party, revocation; others change nothing).  Void ones of these
 * types are handed in as well: they may come to stand.  A copy of its lines is kept.  When it reaches back, all keys and
 * profiles of the engine are new ones: nobody may be using any. */
AK_MUST_USE ak_status ak_authority_apply(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_judgement *j, ak_error *err);
/* Is it a revocation that reaches back, if it has the authority to? */
bool ak_authority_reaches_back(const ak_sealed *r);

/* Stratum (ii): a cutoff known beforehand; `compromise`: some revocation by the root gives that reason. */
AK_MUST_USE ak_status ak_authority_cutoff(ak_authority *a, const ak_digest *keyid, uint64_t cutoff, bool compromise, ak_error *err);
/* What the root threshold revoked in `from`, known beforehand in `to` (NULL: only counted); *n keys. */
AK_MUST_USE ak_status ak_authority_carry_cutoffs(const ak_authority *from, ak_authority *to, size_t *n, ak_error *err);

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
/* Is it an enrolled key of a party's member? */
bool ak_authority_is_member_key(const ak_authority *a, const ak_digest *keyid);
/* Any key, in order of enrolment; NULL past the last. */
const ak_pubkey *ak_authority_key_at(const ak_authority *a, size_t i);
/* How many of the record's signatures are not by an enrolled key whose id they bear? */
AK_MUST_USE ak_status ak_authority_unverified(const ak_authority *a, ak_sealed *r, size_t *n, ak_error *err);
/* Every party with its display names. */
typedef ak_status ak_party_fn(void *ctx, const char *party, const char *ja, const char *en, ak_error *err);
AK_MUST_USE ak_status ak_authority_each_party(const ak_authority *a, ak_party_fn *fn, void *ctx, ak_error *err);

#endif
