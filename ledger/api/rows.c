/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of list and search: one for each record, made from it as it stands corrected, kept in the index and brought up to the
 * head before they are asked.  What is void or annulled is not listed.
 *
 * Every text that comes from a record is cut at what a reader has use for, so that no record is too large for its row.  What
 * rows say depends on the records, on what the root revoked since, and on the packages that this program ships: rows of
 * another program, and rows from before a revocation that reaches back, are made anew. */
#include "api/api.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "codec/schema.h"
#include "crypto/hash.h"
#include "seal/corrected.h"

#include <stdio.h>
#include <string.h>

enum {
	TEXT_MAX = 1024 * 1024, /* bytes searched: what lies behind them is not found */
	/* Characters.  The shipped schemas allow 200 services of 300 each, which are 60,597 with what stands between them. */
	SERVICE_CHARS = 65536,
	FIELD_CHARS = 4096,
	CHAR_MAX = 4,           /* bytes of one */
	ROW_MAX = CHAR_MAX * (SERVICE_CHARS + 6 * FIELD_CHARS),
};

/* ---- making rows -------------------------------------------------------------------------------------------- */

typedef struct gathering {
	ak_buf *out;
	ak_error *err;
	bool full;
	ak_status st;
} gathering;

static void gather(gathering *g, const ak_json *v);

static bool gather_member(void *ctx, ak_span key, const ak_json *v)
{
	(void)key;
	gather(ctx, v);
	return ((gathering *)ctx)->st == AK_OK && !((gathering *)ctx)->full;
}

/* Every text of a body, one after the other: what a search looks through. */
static void gather(gathering *g, const ak_json *v)
{
	if (ak_json_is(v, AK_JSON_STRING)) {
		/* Room for the space behind it, and for the NUL at the end of all. */
		g->full = ak_json_text(v).len + 2 > TEXT_MAX - g->out->len;
		if (!g->full)
			g->st = ak_buf_add_span(g->out, ak_json_text(v), g->err);
		if (!g->full && g->st == AK_OK)
			g->st = ak_buf_add_str(g->out, " ", g->err);
	} else if (ak_json_is(v, AK_JSON_ARRAY)) {
		for (size_t i = 0; g->st == AK_OK && !g->full && i < ak_json_len(v); i++)
			gather(g, ak_json_at(v, i));
	} else if (ak_json_is(v, AK_JSON_OBJECT)) {
		(void)ak_json_each(v, gather_member, g);
	}
}

static ak_status join_services(const ak_json *body, ak_json *row, ak_error *err)
{
	const ak_json *list = ak_json_get(body, "services");
	ak_cut cut = { .left = SERVICE_CHARS };
	ak_buf names;
	ak_status st = AK_OK;

	ak_buf_init(&names, CHAR_MAX * (SERVICE_CHARS + 1));
	for (size_t i = 0; st == AK_OK && !cut.cut && i < ak_json_len(list); i++) {
		if (i > 0)
			st = ak_api_add_cut(&names, ak_span_str(" / "), &cut, err);
		if (st == AK_OK)
			st = ak_api_add_cut(&names, ak_json_get_text(ak_json_at(list, i), "name"), &cut, err);
	}
	if (st == AK_OK)
		st = ak_json_set(row, "service", ak_json_new_text(ak_buf_span(&names)), err);
	ak_buf_clear(&names);
	return st;
}

/* What is not there is null. */
static ak_status put_field(ak_json *row, const char *key, ak_span s, ak_error *err)
{
	ak_cut cut = { .left = FIELD_CHARS };
	ak_buf text;
	ak_status st;

	if (s.len == 0)
		return ak_json_set(row, key, ak_json_new_null(), err);
	ak_buf_init(&text, CHAR_MAX * (FIELD_CHARS + 1));
	st = ak_api_add_cut(&text, s, &cut, err);
	if (st == AK_OK)
		st = ak_json_set(row, key, ak_json_new_text(ak_buf_span(&text)), err);
	ak_buf_clear(&text);
	return st;
}

/* The row of list --json.  `problem`: why the record could not be judged, or NULL. */
static ak_status listing_row(const ak_json *body, uint64_t seq, const char *problem, ak_buf *out, ak_error *err)
{
	static const char *const stated[] = { "registered_on", "expires_on", "basis" };
	ak_json *row = ak_json_new_object();
	ak_status st = put_field(row, "listing", ak_json_get_text(body, "listing"), err);

	if (st == AK_OK)
		st = join_services(body, row, err);
	if (st == AK_OK)
		st = put_field(row, "provider", ak_json_get_text(ak_json_get(body, "provider"), "name"), err);
	for (size_t i = 0; st == AK_OK && i < sizeof(stated) / sizeof(stated[0]); i++)
		st = put_field(row, stated[i], ak_json_get_text(body, stated[i]), err);
	if (st == AK_OK)
		st = ak_json_set(row, "record", ak_json_new_int((int64_t)seq), err);
	if (st == AK_OK && problem != NULL)
		st = ak_json_set(row, "problem", ak_json_new_str(problem), err);
	if (st == AK_OK)
		st = ak_jcs_write(row, out, err);
	ak_json_free(row);
	return st;
}

/* What a person would call the record's subject: the party rather than one of its keys. */
static ak_span telling_subject(const ak_statement *s)
{
	for (size_t i = 0; i < ak_statement_n_about(s); i++) {
		if (!ak_span_starts(ak_statement_about(s, i), "akashi/key:"))
			return ak_statement_about(s, i);
	}
	return ak_statement_about(s, 0);
}

/* `json` is the row of a listing, or empty. */
static ak_status put_entry(ak_books *b, const ak_sealed *s, const ak_json *body, ak_buf *json, ak_error *err)
{
	ak_buf text, title;
	gathering g = { .out = &text, .err = err, .st = AK_OK };
	char type[AK_NAME_MAX + 1], subject[AK_SUBJECT_ID_MAX + 1];
	ak_span about = telling_subject(&s->statement);
	ak_status st;

	ak_buf_init(&text, TEXT_MAX);
	ak_buf_init(&title, AK_TITLE_BYTES + 1);
	(void)snprintf(type, sizeof(type), "%.*s", (int)s->statement.type.len, (const char *)s->statement.type.data);
	(void)snprintf(subject, sizeof(subject), "%.*s", (int)about.len, (const char *)about.data);
	if (!ak_span_is(s->statement.type, "profile")) /* its rules are not what people look for */
		gather(&g, body);
	st = g.st;
	if (st == AK_OK)
		st = ak_buf_add_byte(&text, 0, err);
	if (st == AK_OK)
		st = ak_api_title(&s->statement, &title, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(&title, 0, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(json, 0, err);
	if (st == AK_OK) {
		const ak_index_entry e = { s->header.seq, type, subject, (const char *)title.data,
		                           (const char *)text.data, (const char *)json->data };

		st = ak_index_put_entry(b->index, &e, err);
	}
	ak_buf_clear(&title);
	ak_buf_clear(&text);
	return st;
}

static ak_status put_row(ak_books *b, const ak_sealed *s, const ak_json *body, bool listed, const char *problem, ak_error *err)
{
	ak_buf json;
	ak_status st = AK_OK;

	ak_buf_init(&json, ROW_MAX);
	if (listed)
		st = listing_row(body, s->header.seq, problem, &json, err);
	if (st == AK_OK)
		st = put_entry(b, s, body, &json, err);
	ak_buf_clear(&json);
	return st;
}

/* ---- keeping rows in step ------------------------------------------------------------------------------------ */

typedef struct stepping {
	ak_books *b;
	ak_authority *a;   /* as it stood before the next record */
	uint64_t first;    /* the row this run began with        */
	uint64_t known_at; /* 0: all                             */
} stepping;

static bool is_type(const ak_sealed *s, const char *type)
{
	return ak_span_is(s->statement.type, type);
}

/* As it stands: listed when it has authority and is not annulled, its body corrected. */
static ak_status settle_listing(stepping *t, ak_authority *a, ak_sealed *s, ak_json *body, bool *listed, ak_error *err)
{
	ak_judgement j = { 0 };
	bool annulled = false;
	ak_status st = ak_books_judge(t->b, a, s, &j, err);

	if (st == AK_OK && j.authorised)
		st = ak_books_correct(t->b, s, t->known_at, body, &annulled, err);
	*listed = j.authorised && !annulled;
	return st;
}

static ak_status put_listing(stepping *t, ak_authority *a, ak_sealed *s, ak_error *err)
{
	ak_json *body = ak_json_copy(s->statement.body);
	ak_error why = { 0 };
	bool listed = false;
	ak_status st;

	if (body == NULL)
		return ak_no_memory(err, "list");
	st = settle_listing(t, a, s, body, &listed, &why);
	if (st == AK_OK)
		st = put_row(t->b, s, body, listed, NULL, err);
	else if (st == AK_LIMIT || st == AK_STOPPED) /* one that asks too much must not stop the others: told in its place */
		st = put_row(t->b, s, s->statement.body, true, why.detail, err);
	else if (err != NULL)
		*err = why;
	ak_json_free(body);
	return st;
}

static bool corrects(const ak_sealed *s)
{
	return is_type(s, "correction") || is_type(s, "annulment");
}

/* The listing that a correction speaks of, or, when that is a correction too, the one that that speaks of, and so on: in
 * *target, with its bytes in *file; *found false when it leads to no listing. */
static ak_status find_listing(stepping *t, const ak_sealed *by, ak_buf *file, ak_sealed *target, bool *found, ak_error *err)
{
	uint64_t before = by->header.seq, seq = 0;
	ak_digest id;
	bool named = ak_digest_parse(ak_json_get_text(by->statement.body, "record"), &id);
	ak_status st = AK_OK;

	*found = false;
	while (st == AK_OK && named && ak_index_by_id(t->b->index, &id, &seq, NULL) == AK_OK && seq < before) {
		before = seq;
		ak_sealed_clear(target);
		ak_buf_clear(file);
		st = ak_books_sealed(t->b, seq, file, target, err);
		*found = st == AK_OK && is_type(target, "listing");
		named = st == AK_OK && corrects(target) && ak_digest_parse(ak_json_get_text(target->statement.body, "record"), &id);
	}
	return st;
}

/* A correction changes the row of the listing that it comes down to.  Rows made in this run know of it: they were made
 * with all corrections there are. */
static ak_status refresh_target(stepping *t, const ak_sealed *by, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_authority *a = NULL;
	bool found = false;
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = find_listing(t, by, &file, &s, &found, err);
	if (st == AK_OK && found && s.header.seq < t->first) {
		st = ak_books_authority_as_known(t->b, s.header.seq, t->known_at, &a, err);
		if (st == AK_OK)
			st = put_listing(t, a, &s, err);
	}
	ak_authority_free(&a);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

static ak_status enter(stepping *t, uint64_t seq, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(t->b, seq, &file, &s, err);
	if (st == AK_OK)
		st = is_type(&s, "listing") ? put_listing(t, t->a, &s, err)
		                            : put_row(t->b, &s, s.statement.body, false, NULL, err);
	if (st == AK_OK && corrects(&s))
		st = refresh_target(t, &s, err);
	if (st == AK_OK) /* what changes standing takes effect for the records after it */
		st = ak_books_feed(t->b, t->a, ak_buf_span(&file), err);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

static uint64_t rows_to(const ak_books *b, uint64_t known_at)
{
	return known_at != 0 ? known_at : b->checkpoint.size;
}

/* Does one of the records from `done` on reach back?  Then rows before it may say what no more holds.  Whether it may reach back is
 * not asked: rows made anew without need are the same rows. */
static ak_status reached_back(ak_books *b, uint64_t known_at, uint64_t done, bool *yes, ak_error *err)
{
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_index_of_type(b->index, "revocation", &seqs, &n, err);

	*yes = false;
	for (size_t i = 0; st == AK_OK && !*yes && i < n; i++) {
		ak_sealed s = { 0 };
		ak_buf file;

		if (seqs[i] < done || seqs[i] >= rows_to(b, known_at))
			continue;
		ak_buf_init(&file, AK_RECORD_MAX);
		st = ak_books_sealed(b, seqs[i], &file, &s, err);
		*yes = st == AK_OK && ak_authority_reaches_back(&s);
		ak_sealed_clear(&s);
		ak_buf_clear(&file);
	}
	ak_mem_free(seqs);
	return st;
}

/* What else rows depend on: the packages that this program ships, which decide what has authority under them. */
static void made_by(ak_digest *out)
{
	*out = (ak_digest){ { 0 } };
	for (size_t i = 0; i < ak_held_count(); i++)
		ak_sha256_tagged(AK_TAG_NODE, (ak_span){ out->b, AK_DIGEST_LEN },
		                 (ak_span){ ak_held_at(i)->digest.b, AK_DIGEST_LEN }, out);
}

/* Within a transaction: from where the rows are to the head, or to what is known. */
static ak_status enter_all(ak_books *b, uint64_t known_at, uint64_t done, ak_authority *a, ak_error *err)
{
	stepping t = { .b = b, .a = a, .first = done, .known_at = known_at };
	ak_digest by;
	ak_status st = AK_OK;

	for (; st == AK_OK && done < rows_to(b, known_at); done++)
		st = enter(&t, done, err);
	made_by(&by);
	return st == AK_OK ? ak_index_set_searched(b->index, done, &by, err) : st;
}

static ak_status bring_up_once(ak_books *b, uint64_t known_at, ak_error *err)
{
	ak_authority *a = NULL;
	ak_index_state now;
	uint64_t done = 0;
	bool anew = false;
	ak_digest by;
	ak_status st;

	made_by(&by);
	st = ak_index_searched(b->index, &by, &done, err);
	if (st != AK_OK || done >= rows_to(b, known_at))
		return st;
	st = reached_back(b, known_at, done, &anew, err);
	if (st == AK_OK && anew)
		done = 0;
	if (st == AK_OK)
		st = ak_books_authority_as_known(b, done, known_at, &a, err);
	if (st == AK_OK)
		st = ak_index_begin(b->index, err);
	if (st == AK_OK) {
		st = ak_index_get_state(b->index, &now, err);
		if (st == AK_OK && now.size != b->checkpoint.size)
			st = ak_fail(err, AK_CONFLICT, "index", now.size, "the ledger grew meanwhile");
		if (st == AK_OK)
			st = enter_all(b, known_at, done, a, err);
		if (st == AK_OK)
			st = ak_index_commit(b->index, NULL, err);
		else
			ak_index_rollback(b->index);
	}
	ak_authority_free(&a);
	return st;
}

ak_status ak_api_bring_up(ak_ledger *l, ak_error *err)
{
	ak_books *b = l->b;
	ak_status st = AK_CONFLICT;

	/* What was known then is no cache for others: rows of one's own. */
	if (l->rows_at != l->known_at) {
		st = ak_books_detach(b, err);
		if (st != AK_OK)
			return st;
		l->rows_at = l->known_at;
		st = AK_CONFLICT;
	}

	for (int i = 0; st == AK_CONFLICT && i < 8; i++) {
		ak_status again;

		st = bring_up_once(b, l->known_at, err);
		again = ak_books_sync(b, NULL);
		if (st == AK_OK && again != AK_OK)
			st = again;
	}
	if (st != AK_CONFLICT && st != AK_LOCKED && st != AK_IO)
		return st;
	/* Others are at the shared index, or it cannot be written: rows of one's own, then. */
	st = ak_books_detach(b, err);
	return st == AK_OK ? bring_up_once(b, l->known_at, err) : st;
}
