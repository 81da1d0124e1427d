/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox.h - scheme rules as SQL over proven records (internal; SQLite behind this door)
 *
 * An in-memory database holds exactly the records handed in, corrected by the correction records among them,
 * under an authorizer that lets rules read and nothing else: no clock, no chance, no attach, no write, no
 * extension, no pragma; with step, memory, row and text limits.  A rule that cannot run is not-checked, never
 * passed.  The layer decides no authority: it is told which records are void.
 *
 * A rule is a query that returns the reasons why not; its header comment is parsed by rule.h.  Queries that
 * describe a listing for people (profile "queries") run in the same sandbox.  What SQL may use is written in docs/RULES.md;
 * limits are in db.h, the list of functions in guard.c, corrections in correct.c.
 *
 * In a package SQL is an array of lines, as no text of the ledger holds a newline; a single text is taken too.
 */
#ifndef AK_RULES_SANDBOX_H
#define AK_RULES_SANDBOX_H

#include "codec/json.h"

#include <stdatomic.h>

typedef struct ak_rules ak_rules;

typedef enum ak_severity {
	AK_SEVERITY_WARNING, AK_SEVERITY_UNVERIFIABLE, AK_SEVERITY_SUSPENDED, AK_SEVERITY_EXPIRED, AK_SEVERITY_INVALID,
} ak_severity;
const char *ak_severity_name(ak_severity s); /* "warning" ... "invalid" */

typedef struct ak_fact {
	uint64_t seq;
	ak_digest id;          /* zeros: it is not sealed, and has none */
	const char *type, *scheme;
	const char *issued;    /* as claimed, with its precision */
	int64_t time;          /* header time                    */
	const ak_json *body;   /* as sealed; NULL when it is not there; not kept after the call */
	ak_span body_text;     /* its canonical form if that is at hand, else empty */
	bool authorised;       /* false: void                    */
	const char *mode;      /* root members office mixed self keyset, "" when void */
} ak_fact;

/* What somebody means to use the listed service for; a part that was not asked about is NULL.  Borrowed. */
typedef struct ak_rules_use {
	const char *contract_from, *contract_to; /* days, both included */
	const char *service, *region, *task, *confirmation;
} ak_rules_use;

/* `package` is a compiled profile (docs/FORMAT.md, Profile package); borrowed until ak_rules_free.  AK_UNKNOWN_VERSION for
 * another format.  A rule that is not in order fails nothing here: it will be not-checked. */
AK_MUST_USE ak_status ak_rules_open(const ak_json *package, ak_rules **out, ak_error *err);
void ak_rules_free(ak_rules **r);
/* Records in any order, each seq and id once.  A correction or annulment takes effect only if it has the reference that its body
 * names and is about all that its target is about: so add every record's refs and subjects. */
AK_MUST_USE ak_status ak_rules_add_record(ak_rules *r, const ak_fact *f, ak_error *err);
AK_MUST_USE ak_status ak_rules_add_about(ak_rules *r, uint64_t seq, ak_span subject, ak_error *err);
AK_MUST_USE ak_status ak_rules_add_ref(ak_rules *r, uint64_t seq, ak_span rel, const ak_digest *target, ak_error *err);
AK_MUST_USE ak_status ak_rules_add_signer(ak_rules *r, uint64_t seq, const char *party, const char *role,
                                          const char *member, bool counted, ak_error *err);
/* A party's display name as enrolled. */
AK_MUST_USE ak_status ak_rules_add_party(ak_rules *r, const char *party, const char *ja, const char *en, ak_error *err);
AK_MUST_USE ak_status ak_rules_add_proved(ak_rules *r, ak_span subject, ak_error *err); /* has a map proof */
AK_MUST_USE ak_status ak_rules_add_use(ak_rules *r, const ak_rules_use *use, ak_error *err); /* once at most */
/* What a query is asked with, by name; each name once. */
AK_MUST_USE ak_status ak_rules_add_given(ak_rules *r, const char *name, const char *value, ak_error *err);
/* Run also the rules whose types are not there: for whoever checks a package. */
void ak_rules_skip_none(ak_rules *r);
/* After the last add: apply corrections and annulments, create the profile's views (AK_BAD_FORMAT when one does not work), then
 * close the database for writing. */
AK_MUST_USE ak_status ak_rules_ready(ak_rules *r, ak_error *err);

/* After ak_rules_ready: take all records out again, for others.  What was prepared stays, so that the next set costs only what is in
 * it; the answers are those of an ak_rules of its own.  After a failure only ak_rules_free makes sense. */
AK_MUST_USE ak_status ak_rules_again(ak_rules *r, ak_error *err);

/* Was any statement so far stopped for want of memory?  Others of this process may have taken it. */
bool ak_rules_crowded(const ak_rules *r);

/* In place of the first records: prepare what every question will need, so that it is there when the records come, by ak_rules_again.
 * That is the views, the rules without a "types" header and the queries of these names (ends with NULL).  What cannot be prepared is
 * left to the question, which tells it.  When *stop becomes true: AK_STOPPED, soon; after any failure only ak_rules_free makes sense. */
AK_MUST_USE ak_status ak_rules_warm(ak_rules *r, const char *const *queries, const atomic_bool *stop, ak_error *err);

/* Corrections that had authority and did nothing, oldest first; `why` is English and lasts until the callback returns. */
typedef ak_status ak_rules_idle_fn(void *ctx, uint64_t seq, uint64_t target, const char *why, ak_error *err);
AK_MUST_USE ak_status ak_rules_idle_corrections(ak_rules *r, ak_rules_idle_fn *fn, void *ctx, ak_error *err);

typedef enum ak_outcome { AK_PASSED, AK_FAILED, AK_NOT_CHECKED } ak_outcome;

typedef struct ak_rule_info { /* all borrowed, valid while the ak_rules lives; "" when the header lacks it */
	const char *id, *ja, *en, *basis, *basis_en, *basis_version, *next_ja, *next_en;
	ak_severity severity;
	bool judges_use; /* not the listing, but what it is to be used for */
} ak_rule_info;

typedef struct ak_finding { /* one row of a rule that failed; strings borrowed during the callback */
	const char *listing;       /* bare listing name */
	int64_t record;            /* seq it is about, or -1 */
	ak_severity severity;      /* the rule's, unless the row has a column "severity" */
	const char *reason;        /* stable key, or "" (e.g. "evidence-not-on-record") */
	const char *ja, *en, *expected, *found;
} ak_finding;

/* Called once per rule (finding NULL) when it passed or could not be checked (why says why), or once per finding, by listing, when
 * it failed.  A rule with an "absence" header over unproved subjects may give both: findings that stand on a record, and one
 * not-checked for the rest; when all listings were asked for, that one names its listing in finding->listing. */
typedef ak_status ak_rule_fn(void *ctx, const ak_rule_info *rule, ak_outcome outcome,
                             const ak_finding *finding, const char *why, ak_error *err);
/* Rules that judge a use are run only when one was added, and are not told otherwise.
 * as_of: day number (base/date.h).  known_at: records with seq < known_at were handed in.  listing: bare name,
 * or NULL for all of them.  Rules are run in order of their ids; rules whose effective dates exclude the event
 * they judge return nothing by themselves. */
AK_MUST_USE ak_status ak_rules_run(ak_rules *r, int32_t as_of, uint64_t known_at, const char *listing,
                                   ak_rule_fn *fn, void *ctx, ak_error *err);
/* Run a named query of the profile: an array of objects, column name -> text, integer or null.  AK_NOT_FOUND when there is no such
 * query; AK_STOPPED or AK_LIMIT at a limit; AK_BAD_FORMAT when its SQL is not one reading statement or fails. */
AK_MUST_USE ak_status ak_rules_query(ak_rules *r, const char *name, int32_t as_of, uint64_t known_at,
                                     const char *listing, ak_json **out, ak_error *err);
/* The rule of this id; false when the profile has none that is in order. */
bool ak_rules_rule(const ak_rules *r, const char *id, ak_rule_info *out);

/* Try the SQL of a package out over an empty ledger: every view is created, every rule and query runs to its end, and no rule finds fault
 * with nothing at all.  AK_BAD_FORMAT and the like, with the file in err->detail ("rules/E02.sql: ..."). */
AK_MUST_USE ak_status ak_rules_try(const ak_json *package, ak_error *err);

#endif
