/* SPDX-License-Identifier: Apache-2.0 */
/* authority_state.h - tables of the authority engine, shared by its own files only (internal) */
#ifndef AK_VERIFY_AUTHORITY_STATE_H
#define AK_VERIFY_AUTHORITY_STATE_H

#include "base/strmap.h"
#include "pki/cert.h"
#include "verify/authority.h"
#include "verify/stamps.h"

enum {
	HOLDERS_MAX = 32,
	ROLES_MAX = 16,         /* roles of one party */
	KEYS_PER_RECORD = 63,   /* about has room for 64 subjects, one is the party */
	AS_DEPTH = 4,           /* records that mode "as" follows: a correction of a correction of ... */
};

typedef enum owner { OWNER_ROOT, OWNER_OPERATOR, OWNER_HEARTBEAT, OWNER_MEMBER } owner;

typedef struct party {
	char *name, *ja, *en;
	char *role[ROLES_MAX]; /* "<scheme>/<role>" */
	size_t n_roles;
	size_t first_member; /* list through member.next */
} party;

typedef struct member {
	size_t party;
	char *name, *seat;
	bool office;
	size_t next;      /* of the same party       */
	size_t first_key; /* list through key.next   */
} member;

/* What a certificate chain of a key says, as found when a record brought it (FORMAT 26). */
typedef struct certified {
	struct certified *next;        /* a chain of the same key that a later record brought (26.6) */
	uint64_t from, last;           /* brought by this record; named by a list in that one, or NO_CUTOFF */
	char scheme[AK_NAME_MAX + 1];  /* of the record that enrolled it: whose profile pins the root */
	int64_t not_before, not_after; /* what every certificate of it is valid in */
	char organisation[AK_ORGANISATION_MAX + 1]; /* that the first certificate names; "" for none, or one that is longer or no plain line */
	size_t n;
	ak_digest id[AK_CHAIN_MAX];    /* of each certificate, the root last */
	ak_digest key[AK_CHAIN_MAX];   /* of the key of each */
} certified;

typedef struct key {
	ak_pubkey *pub;
	certified *certificate; /* owned, oldest first; NULL: it has none */
	owner owner;
	bool has_function;      /* OWNER_MEMBER: a later keyset names it as well, */
	owner function;         /* as this                                        */
	size_t member;  /* OWNER_MEMBER */
	uint64_t from;  /* enrolled by this record; counts in later ones */
	size_t next;    /* of the same member                            */
} key;

/* The strata are kept apart: what is known beforehand is what the root said, and nothing of what others said with it. */
typedef struct cutoff {
	ak_digest keyid;
	uint64_t root, other; /* last record in which the key counts, by stratum (ii) and (iii); NO_CUTOFF */
	bool compromise;      /* a revocation by the root gives that as its reason */
	bool listed;          /* `other` is of a list of revoked certificates (15.6) */
} cutoff;

#define NO_CUTOFF UINT64_MAX

/* A record of a core type, kept so that it can be judged again. */
typedef struct told {
	uint64_t seq;
	int64_t time;
	uint8_t *lines; /* owned: lines 2 and 3, one after the other */
	size_t n_statement, n_signatures;
} told;

typedef struct holder {
	char name[AK_NAME_MAX + 1];
	size_t key;
} holder;

typedef struct keyset {
	uint64_t number; /* 0: none yet */
	size_t threshold, n;
	holder root[HOLDERS_MAX];
	size_t operator_key, heartbeat_key;
} keyset;

struct ak_authority {
	const ak_profile *core;
	ak_authority_hooks hooks;
	keyset set;
	ak_profile *profile;
	size_t n_profiles, cap_profiles;
	ak_pins **pins; /* of each profile: whose tokens count */
	size_t cap_pins;
	party *parties;
	size_t n_parties, cap_parties;
	member *members;
	size_t n_members, cap_members;
	key *keys;
	size_t n_keys, cap_keys;
	cutoff *cutoffs;
	size_t n_cutoffs, cap_cutoffs;
	told *told; /* in order of seq */
	size_t n_told, cap_told;
	bool ended;         /* an authorised closing was applied: nothing after it has effect */
	uint64_t ended_by;  /* its seq                                                       */
	bool foretold; /* cutoffs were known beforehand: what reaches back has done so already */
	ak_strmap key_by_id, party_by_name, member_by_name, cutoff_by_id;
};

#define NO_KEY SIZE_MAX /* also ends the lists */

/* Lookups answer false / NO_KEY when there is none. */
size_t ak_auth_find_key(const ak_authority *a, const ak_digest *id);
bool ak_auth_find_party(const ak_authority *a, ak_span name, size_t *out);
bool ak_auth_find_member(const ak_authority *a, size_t party_at, ak_span name, size_t *out);
bool ak_auth_has_role(const ak_authority *a, size_t party_at, const char *role);
/* NULL when the key was never revoked. */
const cutoff *ak_auth_cutoff(const ak_authority *a, const ak_digest *id);
/* Counts in record `seq`: enrolled before, not past its cutoff. */
bool ak_auth_key_valid(const ak_authority *a, size_t key_at, uint64_t seq);
/* The same, and one of its chains, if it has any, holds at `time`: every certificate of it is valid, the profile in force pins its root
 * for that time, no list that was sealed calls it revoked. */
bool ak_auth_key_counts(const ak_authority *a, size_t key_at, uint64_t seq, int64_t time);
/* The chain of that key which holds then, or NULL: it has none that does. */
const certified *ak_auth_chain_at(const ak_authority *a, size_t key_at, uint64_t seq, int64_t time);
void ak_auth_chains_free(certified **chain);
/* The last second in which that chain holds without a break from `now` on, or, when it holds no longer, held: the earlier of the end of its
 * certificates and of the windows in which the profile in force pins its root.  False: it pins that root for no time up to `now`. */
bool ak_auth_chain_until(const ak_authority *a, const certified *c, int64_t now, int64_t *until);
/* The member `certificate` of a key of a party record, sealed at `time` in a record of this scheme: is it the key's, may it be public, and
 * does it trace to a root that the profile in force pins?  Without that
 * member *out is NULL; else the caller owns it. */
AK_MUST_USE ak_status ak_auth_check_certificate(const ak_authority *a, const ak_json *item, const ak_pubkey *pub, ak_span scheme, int64_t time,
                                                certified **out, ak_error *err);
/* Is this what an issuer does every few years: a further chain for a key that this very member had with one, and still has at `seq` (FORMAT 26.6)? */
bool ak_auth_is_renewal(const ak_authority *a, const ak_statement *s, uint64_t seq, const ak_json *member_item, const ak_json *item, const ak_digest *id);
/* Is the member `certificate_roots` of a package in the form of FORMAT 17.1?  AK_SCHEMA. */
AK_MUST_USE ak_status ak_auth_check_roots(const ak_json *package, ak_error *err);

/* Takes ownership of pub on success. */
AK_MUST_USE ak_status ak_auth_add_key(ak_authority *a, ak_pubkey *pub, owner o, size_t member_at, uint64_t from, size_t *out, ak_error *err);
AK_MUST_USE ak_status ak_auth_add_party(ak_authority *a, ak_span name, size_t *out, ak_error *err);
AK_MUST_USE ak_status ak_auth_add_role(ak_authority *a, size_t party_at, ak_span scheme, ak_span role, ak_error *err);
AK_MUST_USE ak_status ak_auth_add_member(ak_authority *a, size_t party_at, ak_span name, bool office, size_t *out, ak_error *err);
/* In its stratum the lowest cutoff wins; NO_CUTOFF leaves a stratum as it is. */
AK_MUST_USE ak_status ak_auth_add_cutoff(ak_authority *a, const cutoff *c, ak_error *err);
/* Keep a record of a core type for ak_auth_judge_again. */
AK_MUST_USE ak_status ak_auth_keep(ak_authority *a, const ak_sealed *r, uint64_t seq, ak_error *err);
/* Everything anew from the records kept, with the root's cutoffs known beforehand.  On failure nothing has changed. */
AK_MUST_USE ak_status ak_auth_judge_again(ak_authority *a, ak_error *err);
/* Replace *to by a copy of `s`. */
AK_MUST_USE ak_status ak_auth_set_text(char **to, ak_span s, ak_error *err);

/* {"id","spki"} in the body of `r` -> key; checks that id is the digest of the SPKI and that the key is sound. */
AK_MUST_USE ak_status ak_auth_read_key(const ak_sealed *r, const ak_json *k, ak_pubkey **out, ak_error *err);
/* Which known key made each signature, the one its keyid names; NO_KEY: none is known, or it did not. */
typedef struct resolved {
	size_t key[AK_SIGNERS_MAX];
} resolved;
AK_MUST_USE ak_status ak_auth_resolve(const ak_authority *a, ak_sealed *r, resolved *out, ak_error *err);

/* What policies are asked about. */
typedef struct ak_asking {
	const ak_json *policies;
	ak_span scheme;             /* of the roles                                                           */
	const ak_statement *named;  /* where party pointers lead, and what mode "as" follows on from          */
	const char *party;          /* only this party may have signed ("": the root); NULL: any              */
	int depth;                  /* records followed so far                                                */
	const ak_json *amended;     /* body of `named` as the corrections followed so far would leave it, or NULL: not corrected */
} ak_asking;

/* Is one of the policies satisfied?  On no, j->why tells what the nearest policy lacked. */
AK_MUST_USE ak_status ak_auth_ask(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_asking *ask, const resolved *res,
                                  ak_judgement *j, bool *yes, ak_error *err);
/* The same of the record itself, by any party. */
AK_MUST_USE ak_status ak_auth_satisfied(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_json *policies, ak_span scheme,
                                        const resolved *res, ak_judgement *j, bool *yes, ak_error *err);
AK_MUST_USE ak_status ak_auth_as(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_json *policy, const ak_asking *q,
                                 const resolved *res, ak_judgement *j, bool *yes, ak_error *err);
/* Is the root threshold met?  On no, j->why tells. */
bool ak_auth_root_satisfied(const ak_authority *a, const ak_sealed *r, uint64_t seq, const resolved *res, ak_judgement *j);

/* Record j as void for this reason; always AK_OK. */
ak_status ak_auth_void(ak_judgement *j, const ak_error *why);
ak_status ak_auth_voidf(ak_judgement *j, ak_status status, const char *where, uint64_t seq, const char *fmt, ...)
	AK_PRINTF(5, 6);

/* What a sealed package has to hold beyond what the model needs of any (FORMAT 17). */
AK_MUST_USE ak_status ak_auth_check_package(const ak_json *package, ak_error *err);

/* Core types. */
AK_MUST_USE ak_status ak_auth_judge_keyset(ak_authority *a, ak_sealed *r, uint64_t seq, ak_judgement *j, ak_error *err);
AK_MUST_USE ak_status ak_auth_apply_keyset(ak_authority *a, ak_sealed *r, uint64_t seq, ak_error *err);
AK_MUST_USE ak_status ak_auth_judge_party(ak_authority *a, ak_sealed *r, uint64_t seq, const resolved *res, ak_judgement *j, ak_error *err);
AK_MUST_USE ak_status ak_auth_apply_party(ak_authority *a, ak_sealed *r, uint64_t seq, ak_error *err);
AK_MUST_USE ak_status ak_auth_judge_revocation(ak_authority *a, ak_sealed *r, uint64_t seq, const resolved *res, ak_judgement *j,
                                               ak_error *err);
/* Do signatures here end each of these keys ([{"id"}…] of enrolled members): its own, or for every role of its party what enrols that?  Else void. */
AK_MUST_USE ak_status ak_auth_may_revoke(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_json *keys, const resolved *res, ak_judgement *j,
                                         ak_error *err);
AK_MUST_USE ak_status ak_auth_judge_crl(ak_authority *a, ak_sealed *r, uint64_t seq, const resolved *res, ak_judgement *j, ak_error *err);
/* A timestamp record that is signed as it must be: void unless every token of it counts. */
AK_MUST_USE ak_status ak_auth_judge_time(const ak_authority *a, const ak_sealed *r, uint64_t seq, ak_judgement *j, ak_error *err);
AK_MUST_USE ak_status ak_auth_apply_crl(ak_authority *a, const ak_sealed *r, uint64_t seq, ak_error *err);
AK_MUST_USE ak_status ak_auth_apply_revocation(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_judgement *j, ak_error *err);

#endif
