/* SPDX-License-Identifier: Apache-2.0 */
/* ledger.h - a ledger in a git repository: create, draft, check, seal, read, audit
 *
 * Answers are JSON texts with stable keys (docs/API.md); the caller frees them.  The library has no clock: every call
 * that needs the time takes it.  One ak_ledger is used by one thread at a time; several processes may hold the same
 * ledger open, writers take turns.
 */
#ifndef AKASHI_LEDGER_H
#define AKASHI_LEDGER_H

#include "akashi/consistency.h"
#include "akashi/key.h"
#include "akashi/types.h"
#include "akashi/verify.h"

typedef struct ak_ledger ak_ledger;

/* The ledger in the git repository at `path`, as its head is now; its index is made, or brought up to it, beside it.  AK_NOT_FOUND: no repository, or
 * none with a ledger (where "ledger"); AK_IO; AK_UNKNOWN_VERSION; a damaged one is refused by what is wrong with it.  Free it, NULL is fine. */
AK_API AK_MUST_USE ak_status ak_ledger_open(const char *path, ak_ledger **out, ak_error *err);
AK_API void ak_ledger_free(ak_ledger **l);

/* ---- making a ledger -------------------------------------------------------------------------------------- */

/* A genesis keyset draft for signing apart: {"akashi":"draft/1","type":"keyset",…}.  Public keys as the JSON objects
 * of ak_secret_public; holders are names. */
typedef struct ak_genesis {
	const char *origin; /* "ledger.example/ismap" */
	const char *issued; /* stored form */
	size_t threshold, n_holders;
	const char *const *holder;   /* names */
	const char *const *root_key; /* JSON, one per holder */
	const char *operator_key, *heartbeat_key; /* JSON */
} ak_genesis;
AK_API AK_MUST_USE ak_status ak_genesis_draft(const ak_genesis *g, ak_text *draft, ak_error *err);

/* Create the repository at `path` and seal the signed genesis as record 0.  `state_path`: file beside the operator key
 * that remembers the last signed head.  Result as of ak_ledger_seal. */
AK_API AK_MUST_USE ak_status ak_ledger_create(const char *path, ak_span genesis_envelope, const ak_secret *operator_key,
                                              const char *state_path, int64_t now, ak_text *json, ak_error *err);

/* The trust file for this ledger as it stands: pins origin, genesis, operator key and the profiles in force; quorum none, complete none. */
AK_API AK_MUST_USE ak_status ak_ledger_trust(ak_ledger *l, ak_text *trust, ak_error *err);
/* Does that file speak of this ledger?  {"ok","origin","genesis","log","keyset","own_witnesses":[names],"closing"}: each truth as a verifier
 * asks it (FORMAT 12), own_witnesses those whose key is one of the ledger's own keysets.  Says nothing of the ledger: an audit does. */
AK_API AK_MUST_USE ak_status ak_ledger_check_trust(ak_ledger *l, ak_span trust, ak_text *json, ak_error *err);
/* allowed_signers for stock git, one line for each operator key that the keyset chain has had; those of void keysets are not among
 * them.  What is not in force any longer still signed the commits of its time. */
AK_API AK_MUST_USE ak_status ak_ledger_allowed_signers(ak_ledger *l, ak_text *out, ak_error *err);

/* ---- writing ----------------------------------------------------------------------------------------------- */

typedef struct ak_assignment { /* value at a pointer of the body; text, or JSON when is_json */
	const char *pointer, *value;
	bool is_json;
} ak_assignment;
typedef struct ak_named_ref {
	const char *rel, *record; /* record: "#377", "377", "sha256:…" or an unambiguous prefix */
} ak_named_ref;
typedef struct ak_document {
	const char *name, *kind;
	ak_digest digest; /* of the document, or the commitment */
	bool commitment;
} ak_document;
typedef struct ak_draft_options {
	const char *scheme;  /* NULL: "ismap" */
	const char *type;
	const char *issued;  /* stored form; NULL: the day of now */
	int64_t now;
	ak_span body;        /* JSON of a whole body, or empty: a template with blanks */
	const ak_assignment *set;
	size_t n_set;
	const ak_named_ref *refs;
	size_t n_refs;
	bool find_refs;      /* fill in references that the ledger makes plain (newest fitting record of the same subject) */
	const ak_document *documents;
	size_t n_documents;
} ak_draft_options;
/* A draft on the ledger's present head. */
AK_API AK_MUST_USE ak_status ak_ledger_draft(ak_ledger *l, const ak_draft_options *o, ak_text *draft, ak_error *err);
/* A certificate revocation list (RFC 5280; DER or PEM, at most 4 MiB, complete, with nextUpdate), as the body of a `crl` record (FORMAT 15.6): whose it is is found
 * among the certificates of enrolled keys, and which of those it names.  AK_BAD_FORMAT no such list, AK_NOT_FOUND of an issuer that no certificate here has, AK_BAD_SIGNATURE,
 * AK_BAD_CERTIFICATE, AK_WEAK_KEY not properly signed by it, AK_CLOCK made after `now`. */
AK_API AK_MUST_USE ak_status ak_ledger_read_crl(ak_ledger *l, ak_span list, int64_t now, ak_text *body, ak_error *err);
/* A profile record's draft from the package shipped for `scheme` (NULL: "ismap"; or, when `package` is not empty, these bytes). */
AK_API AK_MUST_USE ak_status ak_ledger_draft_profile(ak_ledger *l, const char *scheme, ak_span package, int64_t now, ak_text *draft, ak_error *err);
/* A correction's draft: record as in ak_named_ref; `after` is JSON; `before` is the value as corrected so far. */
AK_API AK_MUST_USE ak_status ak_ledger_draft_correction(ak_ledger *l, const char *record, const char *field, const char *after,
                                                        const char *reason, const char *issued, int64_t now, ak_text *draft, ak_error *err);
/* An annulment's draft: the record is to have no effect from the start. */
AK_API AK_MUST_USE ak_status ak_ledger_draft_annulment(ak_ledger *l, const char *record, const char *reason, const char *issued, int64_t now,
                                                       ak_text *draft, ak_error *err);

/* What seal would refuse and what the scheme's rules would say, changing nothing: {"would_seal":bool,"refusal":null|{"status",
 * "text","where","detail","expected","found"},"sealed_as":null|seq,"signatures":null|{"mode","role","counted","needed","of","signers":[{"keyid","counted",
 * "part"}…]},"findings":[…],
 * "warnings":[{"id","field","found","text"}…]}: what nothing forbids and a person has to look at (docs/API.md has the ids).
 * Accepts a draft or an envelope. */
AK_API AK_MUST_USE ak_status ak_ledger_check(ak_ledger *l, ak_span draft_or_envelope, int64_t now, ak_text *json, ak_error *err);

/* Drafts and envelopes of one submission, looked at together with the records they refer to as if all were on record, by the scheme's query
 * "submission": {"complete":bool,"files":[{"type","seq"}…],"rows":[{"what","label_ja","label_en","record","file","rule","severity","expected",
 * "found","basis"?…}…],"erased":[seq…]}.  seq: what stands for the file in "record"; file: its index, or null.  complete: nothing worse than a warning, and
 * nothing that they refer to was erased (then every row but a warning is "unverifiable", reason "erased").
 * AK_NOT_FOUND, where "rules.query": the scheme has no such query.  On refusal of one file *failed is its index (SIZE_MAX: of none). */
AK_API AK_MUST_USE ak_status ak_ledger_check_submission(ak_ledger *l, const ak_span *drafts_or_envelopes, size_t n, int64_t now, ak_text *json,
                                                        size_t *failed, ak_error *err);

/* One matter that a meeting decides, as the scheme's query "meeting" makes records of it, changing nothing.  `matter`: a JSON object of
 * texts by the fields of its query "meeting-columns"; `now` is the caller's clock.  {"rows":[…] as the query has them, without drafts;
 * "draft":{…} as ak_ledger_draft, with all that it refers to; "statement":"sha256:…"; "then":[{"type","body","refs":[{"rel","record"}]}…]:
 * what follows it, where "record" null stands for the record that the draft becomes; "refusal": as in ak_ledger_check, of the first of
 * these that its type would refuse; "findings": what the rules would say of the listing if all of them were sealed;
 * "judged_on": the day they are asked about; "warnings": as in ak_ledger_check}.  A row "fault" says which field the matter cannot stand with:
 * then "draft" and "statement" are null and the others empty.  AK_NOT_FOUND, where "rules.query": the scheme has no such query. */
AK_API AK_MUST_USE ak_status ak_ledger_meeting(ak_ledger *l, const char *scheme, ak_span matter, int64_t now, ak_text *json, ak_error *err);

/* The draft of an erasure of `record`, about the same subjects (FORMAT 15.8).  reason: "personal-data", "confidential" or "order"; basis: the
 * law or order, in at most 300 characters, which repeat nothing of what is erased.  AK_ERASED: that was done; AK_NOT_AUTHORISED: of a core type. */
AK_API AK_MUST_USE ak_status ak_ledger_draft_erasure(ak_ledger *l, const char *record, const char *reason, const char *basis, const char *issued,
                                                     int64_t now, ak_text *draft, ak_error *err);
/* Write the ledger into a fresh repository at `path` (not there, or an empty folder) without the text of `record`, which a sealed erasure
 * names; the ledger here stays as it is, and nothing can be sealed in it meanwhile.  {"record","erasure","repository","size","root","commits","signed_again","repeated":[seq of each correction or annulment of it]}:
 * the same head, byte for byte.  path NULL: nothing is written, the last two and `repository` are null.  AK_NOT_FOUND, where "erasure": none names it.
 * What is left at `path` after a failure has no head, and is to be thrown away. */
AK_API AK_MUST_USE ak_status ak_ledger_erase(ak_ledger *l, const char *record, const char *path, const ak_secret *operator_key, ak_text *json,
                                             ak_error *err);

/* The caller's clock, in seconds since 1970.  Writers wait for each other: it is asked once, when it is this one's turn, so that
 * nobody is refused for having waited. */
typedef int64_t ak_clock_fn(void *ctx);

typedef struct ak_seal_options {
	const ak_secret *operator_key;
	const ak_secret *old_operator_key; /* only when sealing a keyset that changes the operator: the one before */
	const char *state_path;            /* file beside the operator key that remembers the last signed head */
	const char *old_state_path;        /* the same beside old_operator_key; NULL: state_path remembers for both */
	bool adopt_head;                   /* no such file yet on this machine: take the ledger's head as the newest */
	int64_t now;                       /* the time of what is sealed, where there is no clock */
	ak_clock_fn *clock;                /* NULL: none */
	void *clock_ctx;
} ak_seal_options;
/* Seal envelopes as one batch: all or none.  {"sealed":[{"seq","id","type","about":[…],"title"}…],"size","root","origin","warnings":[as in ak_ledger_check],
 * "names":{"types","words"}}.
 * On refusal *failed is the index of the envelope at fault (SIZE_MAX when none is). */
AK_API AK_MUST_USE ak_status ak_ledger_seal(ak_ledger *l, const ak_span *envelopes, size_t n, const ak_seal_options *o,
                                            ak_text *json, size_t *failed, ak_error *err);

/* ---- reading ----------------------------------------------------------------------------------------------- */

AK_API AK_MUST_USE ak_status ak_ledger_verify(ak_ledger *l, const ak_verify_options *o, ak_verdict *verdict, ak_text *json, ak_error *err);

/* The scheme that questions about a listing mean when they name none, as text: the one with a record about a listing of this name, where several
 * have one that has an effect there; where none has, the ledger's only scheme, else "ismap".  AK_INVALID_ARGUMENT ("scheme"): in several. */
AK_API AK_MUST_USE ak_status ak_ledger_scheme(ak_ledger *l, const char *listing, ak_text *scheme, ak_error *err);

/* The bundle about a listing (akashi/verify.h): what ak_ledger_verify judges, as a file.  The same bytes of JSON whenever it is
 * made at this size; gzip's around it may differ with zlib.  scheme NULL: that of ak_ledger_scheme.  `since`: a size from which to prove that
 * the ledger only grew; 0: none; AK_INVALID_ARGUMENT when it has not so many records.  whole: with the scheme's definition even where this program ships it, for a program that does
 * not ship it and whose trust file pins it.  A listing without a record has a bundle too: it proves that there is none. */
AK_API AK_MUST_USE ak_status ak_ledger_bundle(ak_ledger *l, const char *scheme, const char *listing, uint64_t since,
                                              bool whole, ak_text *bundle, ak_error *err);

/* What whoever takes the ledger over has to know beside ak_ledger_head and ak_ledger_status: {"as_of","keyset","parties","signing","heartbeat",
 * "rotated","sealed","closing"} (docs/API.md).  Public matters only: no secret is in it. */
AK_API AK_MUST_USE ak_status ak_ledger_handover(ak_ledger *l, int64_t now, ak_text *json, ak_error *err);

/* {"origin","size","root","head_time","genesis","keyset","operator","git_dir","profiles":[{"scheme","version","digest","held"}…],
 * "closing":null|{…}}: how the ledger ended, as in a verdict. */
AK_API AK_MUST_USE ak_status ak_ledger_head(ak_ledger *l, ak_text *json, ak_error *err);
/* From here on show, raw, log, list and search go by the records with seq < known_at, as known then; 0: all, as known now.  Beyond the
 * size: AK_INVALID_ARGUMENT, where "known_at".  A later record is AK_NOT_FOUND. */
AK_API AK_MUST_USE ak_status ak_ledger_as_known(ak_ledger *l, uint64_t known_at, ak_error *err);
/* One record ("#12", "12", "sha256:…", prefix): {"seq","id","type","scheme","issued","time","about","refs":[{"rel","record","seq"}],"body",
 * "subject","signatures":[{"keyid","party","member","seat","verifies","counted","stamped":null|TIME by which tokens that count say it was there}],
 * "authorised","mode","counted","needed","why","timestamps":{"total","count","why"} of the tokens over its signatures, "proofs":[{"record","size","form",
 * "proven","authority","until"}…] of the time stamps and evidence records over checkpoints that commit to it (renew.h; null where they prove nothing),
 * "corrections":[…],"annulled_by","title"} */
AK_API AK_MUST_USE ak_status ak_ledger_show(ak_ledger *l, const char *record, ak_text *json, ak_error *err);
/* The three lines, byte for byte. */
AK_API AK_MUST_USE ak_status ak_ledger_raw(ak_ledger *l, const char *record, ak_text *out, ak_error *err);
/* [{"seq","id","type","scheme","issued","time","about":[…],"title","annulled_by"}…] newest first; annulled_by: null, or the annulment that has effect; subject and type may be NULL; limit 0: all.
 * A type of which there is no record and that is none of ak_ledger_types() is AK_UNKNOWN_TYPE.
 * A subject is a whole id, or a bare name: a listing number or, when there is none, whatever is called so (a service, an auditor, a party). */
AK_API AK_MUST_USE ak_status ak_ledger_log(ak_ledger *l, const char *subject, const char *type, size_t limit, ak_text *json, ak_error *err);
/* [{"scheme","type","ja","en"}…]: the record types that a record of this ledger may have, by the newest profile of each scheme in it and
 * the ledger's own, whose scheme is "akashi". */
AK_API AK_MUST_USE ak_status ak_ledger_types(ak_ledger *l, ak_text *json, ak_error *err);
/* [{"listing","scheme","service","provider","registered_on","expires_on","basis","record","ended"}…]; expires_on may be null.
 * ended: null, or {"type","record","on"} of a deletion or withdrawal of it that stands; no rule is asked.  Texts are cut, with "…" at the
 * end: service, which names all services, at 65,536 characters, any other at 4,096.  A record that takes too much to judge stands
 * there as sealed, with "problem": why.  A listing that erased records are about has "erased": their seqs; one with no other record about its entry is
 * there too, with the oldest of them as record and null for what is not known. */
AK_API AK_MUST_USE ak_status ak_ledger_list(ak_ledger *l, ak_text *json, ak_error *err);
/* Listings that are not among those, since all their records are void or annulled: [{"subject","record": the newest}…] */
AK_API AK_MUST_USE ak_status ak_ledger_list_void(ak_ledger *l, ak_text *json, ak_error *err);
/* Records of any type: [{"seq","type","subject","title","annulled_by"}…], oldest first; limit 0: all.  All words of `query`, apart by spaces, at
 * most 16 and 4096 bytes (AK_LIMIT), are looked for in the subject, the title (its first 200 characters, here and in
 * log and show) and the first MiB of the texts of a record. */
AK_API AK_MUST_USE ak_status ak_ledger_search(ak_ledger *l, const char *query, size_t limit, ak_text *json, ak_error *err);
/* Standing of auditors and listings: {"as_of","known_at","listings":[{"listing","scheme","service","provider","registered_on","basis","record","ended",
 * "expires_on","verdict","reason","assurance","finding":null|{"rule","text"},"missing":[{"what","label"}…]}…],"void":[as of ak_ledger_list_void],"auditors":[{"auditor","kind","registered_on","valid_from","valid_until","record","standing",
 * "until_first","until_last","days_left",…}…],"closing":null|{…} as of ak_ledger_head,"certificates":[{"party","member","key","organisation",
 * "until","days_left"}…] of the keys that count, the first to end first: the earlier of the ends of its certificates and of the windows in which the
 * profile in force pins its root, days_left from `now`, both null when it pins none; empty when an earlier size is asked about} */
AK_API AK_MUST_USE ak_status ak_ledger_status(ak_ledger *l, ak_span trust, const char *as_of, uint64_t known_at, int64_t now, ak_text *json, ak_error *err);
/* Every listing of ak_ledger_list with its verdict, that of ak_ledger_verify at what is known by ak_ledger_as_known: {"as_of","known_at",
 * "listings":[…],"void":[…]} as in ak_ledger_status.  What the verdicts have in common is read and prepared once for all.  Many are
 * judged on as many threads as there are processors, which have ended when this returns; so does ak_ledger_status.  That changes no byte of the answer. */
AK_API AK_MUST_USE ak_status ak_ledger_verdicts(ak_ledger *l, ak_span trust, const char *as_of, int64_t now, ak_text *json, ak_error *err);

/* Standing of auditors alone, as in ak_ledger_status: {"as_of","known_at","auditors":[…]}. */
AK_API AK_MUST_USE ak_status ak_ledger_auditors(ak_ledger *l, const char *as_of, uint64_t known_at, int64_t now, ak_text *json, ak_error *err);

/* The newest signed note that the history of the ledger has of this many records.  AK_NOT_FOUND, where "size": none was signed;
 * expected names the sizes next to it. */
AK_API AK_MUST_USE ak_status ak_ledger_note(ak_ledger *l, uint64_t size, ak_text *note, ak_error *err);
/* Does the head in the signed note `newer` continue that in `older`?  Judged from the ledger's own head, with the operator keys that the
 * trust file leads to.  *evidence is the file for ak_consistency_check; empty when the answer is AK_NOT_SHOWN, and where
 * it would be over 64 MiB (it needs the ids of all records, and there are over some 900,000).  AK_INVALID_ARGUMENT,
 * where "consistency.order": older has more records than newer. */
AK_API AK_MUST_USE ak_status ak_ledger_consistency(ak_ledger *l, ak_span older, ak_span newer, ak_span trust, ak_continuity *out,
                                                   ak_text *json, ak_text *evidence, ak_error *err);

typedef void ak_progress_fn(void *ctx, uint64_t done, uint64_t total);
typedef struct ak_audit_options {
	ak_span trust;          /* may be empty: then genesis is whatever the ledger says, and the report says so */
	int64_t now;
	unsigned threads;       /* 0: one per processor */
	bool skip_signatures;   /* digests, chain, map and tree only; the report says so */
	ak_progress_fn *progress;
	void *progress_ctx;
} ak_audit_options;
/* Everything re-derived from git: {"ok":bool,"unknown_version":bool,"other_ledger":bool,"origin","size","root","genesis","genesis_pinned","replayed","commits","signatures",
 * "signatures_skipped","authority":{"authorised","void","changed_since":[…]},"checks":[{"id","outcome","count"}…],"errors":[{"check","seq","status","where","expected","found","detail"}…],"void":[{"seq","status",
 * "why"}…],"skipped":[{"seq","count"}…],"erased":[{"seq","erasure"}…],"timestamps":{"sound","elsewhere","unpinned","unsound","not-checked","unproven":[{"seq","size","outcome","status",
 * "where","expected","found","detail"}…]}}.  "timestamps" counts records of that type by what their tokens prove (FORMAT 19.3), and tells those that
 * do not prove their time, at most 1000; the check of that name has then "failed" while "ok" stays as it is.  Void records and skipped signatures (of authorised records; no key verifies them) are no problems.
 * AK_OK also when problems were found: look at "ok".  With "unknown_version" the one problem is that this program does not know the version
 * of a record: the ledger was judged up to there, and is neither good nor bad.  With "other_ledger" the trust file names another
 * ledger: nothing was judged. */
AK_API AK_MUST_USE ak_status ak_audit_repository(const char *path, const ak_audit_options *o, bool *ok, ak_text *json, ak_error *err);
/* The same for a ledger that is open.  (A damaged one may not open: audit its repository.) */
AK_API AK_MUST_USE ak_status ak_ledger_audit(ak_ledger *l, const ak_audit_options *o, bool *ok, ak_text *json, ak_error *err);

#endif
