/* SPDX-License-Identifier: Apache-2.0 */
/* db.h - the database behind a set of rules, shared by the files of this layer only
 *
 *	OPEN ----------> READY ----------> asked, as often as wanted
 *	tables           corrections applied, views filled, nothing changes any more but what depends on the question
 *
 * All of it is one transaction, from OPEN until the records are taken out again (keep.c): a transaction for each row costs as much as the row.  So
 * no statement that writes is ever metered, since SQLite takes back the whole transaction of one that it stops.
 *
 * SQL comes from two sides.  Ours (string literals in this layer) runs freely.  The profile's is "foreign":
 * it is prepared and stepped by ak_rules_prepare and ak_rules_step only, under the authorizer of guard.c and the meter
 * below.  Table `fact` is ours; a rule sees it through the views record and record_all.
 *
 * Limits of one foreign statement; reaching one is AK_STOPPED or AK_LIMIT, never a shorter answer:
 *   steps    AK_RULES_STEPS virtual machine instructions, and AK_RULES_STEPS_EACH more for every record loaded; over few records first
 *            AK_RULES_STEPS_FEW, and then these from the beginning (plan.c)
 *   memory   AK_RULES_MEMORY more in use by SQLite than at its start.  SQLite counts per process, so another
 *            thread that fills a database at the same moment counts too: the error is on the safe side
 *   length   1 MiB for any text or row, or twice the longest body loaded when that is more
 *   rows     AK_RULES_FINDINGS (one listing asked) or AK_RULES_ROWS
 */
#ifndef AK_RULES_DB_H
#define AK_RULES_DB_H

#include "base/strmap.h"
#include "rules/rule.h"

#include <sqlite3.h>

enum {
	AK_RULES_STEPS = 20 * 1000 * 1000,
	AK_RULES_STEPS_EACH = 1000,
	AK_RULES_FEW = 64, /* records */
	AK_RULES_STEPS_FEW = 1000 * 1000,
	AK_RULES_METER = 64, /* instructions between two looks at the meter */
	AK_RULES_MEMORY = 512 * 1024 * 1024,
	AK_RULES_LENGTH = 1024 * 1024,
	AK_RULES_LENGTH_LOAD = 20 * 1024 * 1024,
	AK_RULES_SQL_MAX = 256 * 1024,
	AK_RULES_FINDINGS = 10 * 1000,
	AK_RULES_ROWS = 200 * 1000,
	AK_RULES_FIELD = 4096,                  /* bytes of one field of a finding; more is cut */
	AK_RULES_ANSWER = 64 * 1024 * 1024,     /* bytes of all findings of a rule               */
	AK_RULES_VIEW_NAME = 64,
};

typedef enum ak_rules_guard {
	AK_GUARD_OFF,  /* our own SQL                             */
	AK_GUARD_READ, /* foreign: SELECT and nothing else        */
	AK_GUARD_VIEW, /* foreign: CREATE VIEW and nothing else   */
} ak_rules_guard;

typedef enum ak_rules_stop { AK_STOP_NONE, AK_STOP_STEPS, AK_STOP_MEMORY } ak_rules_stop;

typedef enum ak_rules_insert {
	AK_INSERT_RECORD, AK_INSERT_ABOUT, AK_INSERT_REF, AK_INSERT_SIGNER, AK_INSERT_PARTY, AK_INSERT_PROVED,
	AK_INSERT_USE, AK_INSERT_GIVEN, AK_INSERTS,
} ak_rules_insert;

/* A foreign statement that is prepared once and asked again and again (ak_rules_keep). */
typedef struct ak_rules_kept {
	sqlite3_stmt *s; /* owned; NULL: not prepared yet            */
	bool *reads;     /* owned: for each view, does `s` read it?  */
} ak_rules_kept;

typedef struct ak_rule_file {
	char *name;     /* its key in the package: the id, if the header says the same */
	char *sql;      /* owned */
	ak_rules_kept kept;
	ak_rule rule;   /* empty when the header is not in order */
	char *broken;   /* why not, or NULL */
} ak_rule_file;

typedef struct ak_rules_view {
	char *name, *query;
	sqlite3_stmt *insert, *drop; /* a row; all rows: NULL until it is needed */
	ak_rules_kept kept;
	bool asked;    /* its rows depend on the question      */
	bool any;      /* rows may have been put into its table */
	char *spoiled; /* why it could not be filled, or NULL */
} ak_rules_view;

typedef struct ak_rules_named {
	char *name; /* owned */
	ak_rules_kept kept;
} ak_rules_named;

/* One statement of our own that stays prepared. */
typedef struct ak_rules_mine {
	const char *sql; /* a literal */
	sqlite3_stmt *s;
} ak_rules_mine;

enum { AK_RULES_MINE_MAX = 48 };

struct ak_rules {
	sqlite3 *db;
	const ak_json *package;
	ak_rule_file *files; /* in order of name */
	size_t n_files;
	sqlite3_stmt *insert[AK_INSERTS];
	uint64_t n_facts;
	ak_strmap types; /* of the records loaded */
	bool has_use, skip_none;
	size_t longest; /* body, bytes */
	ak_rules_view *views;
	size_t n_views;
	bool ready;
	bool keep;               /* statements stay prepared */
	bool made_views;
	ak_rules_mine mine[AK_RULES_MINE_MAX];
	size_t n_mine;
	ak_rules_named *queries; /* kept, as they were first asked */
	size_t n_queries, cap_queries;

	bool asked_before; /* the question that the views are filled for */
	int32_t asked_as_of;
	uint64_t asked_known_at;
	char *asked_listing;

	ak_rules_guard guard;
	bool saw_asked;                    /* the statement being prepared depends on the question */
	const ak_rules_view *saw_spoiled;  /* it reads this one           */
	bool *saw;                         /* owned: for each view, does it read it?  NULL: nobody wants to know */
	char made[AK_RULES_VIEW_NAME + 1]; /* the view being created, or ""                        */

	const atomic_bool *stop_warming; /* while ak_rules_warm is at work, else NULL */

	bool indexing; /* SQLite may index rows for one run of a statement (plan.c) */
	bool metered;
	uint64_t steps, steps_max;
	int64_t memory_start;
	ak_rules_stop stop;
	bool crowded; /* some statement was AK_STOP_MEMORY */
};

/* guard.c */
AK_MUST_USE ak_status ak_rules_guard_install(ak_rules *r, ak_error *err);
AK_MUST_USE ak_status ak_rules_functions(sqlite3 *db, const ak_json *package, ak_error *err); /* sqlfunc.c */
AK_MUST_USE int ak_rules_text_functions(ak_rules *r); /* text.c; a result code of SQLite */
void ak_rules_meter_start(ak_rules *r);
void ak_rules_meter_stop(ak_rules *r);
/* What the last SQLite error `rc` means; detail is SQLite's message. */
ak_status ak_rules_sql_fail(ak_rules *r, int rc, const char *where, ak_error *err);
/* One foreign query: AK_BAD_FORMAT unless `sql` is exactly one statement that only reads, with no parameters but
 * :as_of and :known_at.  Whether it reads a spoiled view is in saw_spoiled. */
AK_MUST_USE ak_status ak_rules_prepare_any(ak_rules *r, const char *sql, sqlite3_stmt **out, ak_error *err);

/* plan.c: when the records are there, before anything is asked of them. */
AK_MUST_USE ak_status ak_rules_plan(ak_rules *r, ak_error *err);
/* plan.c: a foreign statement came to *st, its meter stopped and what it gave so far thrown away: is it to be run once more from the
 * beginning?  *st other than AK_STOPPED: why that failed. */
AK_MUST_USE bool ak_rules_once_more(ak_rules *r, ak_status *st, ak_error *err);

/* keep.c: the same, from `kept` where statements are kept, so each is to be given back; `kept` is always of the same `sql`.  Without _any
 * a statement that reads a spoiled view is AK_STOPPED. */
AK_MUST_USE ak_status ak_rules_statement_any(ak_rules *r, ak_rules_kept *kept, const char *sql, sqlite3_stmt **out, ak_error *err);
AK_MUST_USE ak_status ak_rules_statement(ak_rules *r, ak_rules_kept *kept, const char *sql, sqlite3_stmt **out, ak_error *err);
void ak_rules_give_back(const ak_rules_kept *kept, sqlite3_stmt *s);
void ak_rules_kept_clear(ak_rules_kept *kept);
/* keep.c: a statement of our own, a literal.  Give it back; never take one that is in somebody's hands. */
AK_MUST_USE ak_status ak_rules_mine_take(ak_rules *r, const char *sql, sqlite3_stmt **out, ak_error *err);
void ak_rules_mine_back(const ak_rules *r, sqlite3_stmt *s); /* NULL is fine */
/* Run one that gives no rows. */
AK_MUST_USE ak_status ak_rules_mine_run(ak_rules *r, const char *sql, ak_error *err);
void ak_rules_mine_free(ak_rules *r);
/* keep.c: AK_STOPPED when whoever warms this up has been told to leave it. */
AK_MUST_USE ak_status ak_rules_go_on(const ak_rules *r, ak_error *err);
/* query.c: prepare a query of the profile and keep it; a name that it does not have is passed over. */
AK_MUST_USE ak_status ak_rules_query_prepare(ak_rules *r, const char *name, ak_error *err);

/* guard.c */
AK_MUST_USE ak_status ak_rules_bind(sqlite3_stmt *s, int32_t as_of, uint64_t known_at, ak_error *err);
AK_MUST_USE ak_status ak_rules_step(ak_rules *r, sqlite3_stmt *s, bool *row, ak_error *err);

/* sandbox.c: our own SQL. */
AK_MUST_USE ak_status ak_rules_own(ak_rules *r, const char *sql, ak_error *err);
AK_MUST_USE ak_status ak_rules_own_prepare(ak_rules *r, const char *sql, sqlite3_stmt **out, ak_error *err);
/* Step to the end of a statement that gives no rows, and reset it. */
AK_MUST_USE ak_status ak_rules_own_run(ak_rules *r, sqlite3_stmt *s, const char *where, ak_error *err);
AK_MUST_USE ak_status ak_rules_bind_span(sqlite3_stmt *s, int i, ak_span text, ak_error *err);
/* SQL text in a package: a text, or an array of texts, one a line. */
AK_MUST_USE ak_status ak_rules_sql_text(const ak_json *v, const char *where, ak_text *out, ak_error *err);
AK_MUST_USE ak_status ak_rules_ask(ak_rules *r, int32_t as_of, uint64_t known_at, const char *listing,
                                   ak_error *err);

/* views.c: once, when the records are there; then for each new question. */
AK_MUST_USE ak_status ak_rules_views(ak_rules *r, ak_error *err);
AK_MUST_USE ak_status ak_rules_views_refill(ak_rules *r, ak_error *err);
/* Keep their queries prepared. */
AK_MUST_USE ak_status ak_rules_views_prepare(ak_rules *r, ak_error *err);
/* Empty their tables, for other records. */
AK_MUST_USE ak_status ak_rules_views_empty(ak_rules *r, ak_error *err);
void ak_rules_views_free(ak_rules *r);

/* correct.c */
AK_MUST_USE ak_status ak_rules_correct(ak_rules *r, ak_error *err);

/* absence.c: the first subject that the rule concludes from absence about, and that is not proved; for a
 * pattern without {listing}, `listing` is not looked at.  *missing "" when all are proved. */
AK_MUST_USE ak_status ak_rules_unproved(ak_rules *r, const ak_rule *rule, const char *listing,
                                        char missing[AK_ERROR_VALUE_MAX], ak_error *err);
/* Call fn for every listing that a loaded record is about, in order of name. */
typedef ak_status ak_listing_fn(void *ctx, const char *listing, ak_error *err);
AK_MUST_USE ak_status ak_rules_each_listing(ak_rules *r, ak_listing_fn *fn, void *ctx, ak_error *err);

#endif
