/* SPDX-License-Identifier: Apache-2.0 */
/* What proves when checkpoints were there, and renewing it. */
#include "akashi/exchange.h"
#include "akashi/renew.h"
#include "api/api.h"
#include "api/time_part.h"
#include "seal/times.h"

#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"

#include <string.h>

enum { DAY = 86400, DAYS_MAX = 36500 };

typedef enum state { GOOD, DUE, LAPSED, CARRIED, UNPROVEN, STATES } state;

static const char *const state_names[STATES] = { "good", "due", "lapsed", "carried", "unproven" };

static state state_of(const ak_time_proof *p, int64_t now, uint32_t within)
{
	if (p->status != AK_OK)
		return UNPROVEN;
	if (p->carried)
		return CARRIED;
	if (p->found.record.until < now)
		return LAPSED;
	return p->found.record.until - now < (int64_t)within * DAY ? DUE : GOOD;
}

/* ---- telling -------------------------------------------------------------------------------------------------------- */

static ak_status put_time(ak_json *o, const char *name, bool known, int64_t t, ak_error *err)
{
	char text[AK_UTCTIME_LEN + 1];

	if (!known || t == INT64_MAX)
		return ak_json_set(o, name, ak_json_new_null(), err);
	ak_utctime_format(t, text);
	return ak_json_set(o, name, ak_json_new_str(text), err);
}

static ak_status put_name(ak_json *o, const char *name, const char *value, ak_error *err)
{
	return ak_json_set(o, name, value == NULL ? ak_json_new_null() : ak_json_new_str(value), err);
}

/* Whole days from now until then; what is over is 0 or less. */
static ak_json *days_left(const ak_time_proof *p, int64_t now)
{
	int64_t until = p->found.record.until;

	return p->status != AK_OK || until == INT64_MAX ? ak_json_new_null() : ak_json_new_int(until < now ? (until - now - DAY + 1) / DAY : (until - now) / DAY);
}

static ak_status put_problem(const ak_time_proof *p, ak_json *o, ak_error *err)
{
	ak_json *w;
	ak_status st;

	if (p->status == AK_OK)
		return ak_json_set(o, "problem", ak_json_new_null(), err);
	w = ak_json_new_object();
	st = ak_json_set(w, "status", ak_json_new_str(ak_status_name(p->status)), err);
	if (st == AK_OK)
		st = ak_json_set(w, "text", ak_json_new_str(ak_status_text(p->status)), err);
	if (st == AK_OK)
		st = ak_json_set(w, "where", ak_json_new_str(p->why.where == NULL ? "" : p->why.where), err);
	if (st == AK_OK)
		st = ak_json_set(w, "detail", ak_json_new_str(p->why.detail), err);
	if (st != AK_OK) {
		ak_json_free(w);
		return st;
	}
	return ak_json_set(o, "problem", w, err);
}

static ak_status put_unlisted(const ak_stamp_unlisted *u, bool known, ak_json *o, ak_error *err)
{
	char hex[2 * AK_DIGEST_LEN + 1];
	ak_json *v;
	ak_status st;

	if (!known || !u->is)
		return ak_json_set(o, "unlisted", ak_json_new_null(), err);
	ak_hex_encode(u->key.b, AK_DIGEST_LEN, hex);
	v = ak_json_new_object();
	st = ak_json_set(v, "issuer", ak_json_new_str(u->issuer), err);
	if (st == AK_OK)
		st = ak_json_set(v, "key", ak_json_new_str(hex), err);
	if (st == AK_OK)
		return ak_json_set(o, "unlisted", v, err);
	ak_json_free(v);
	return st;
}

static ak_status put_found(const ak_ers_found *f, bool known, ak_json *o, ak_error *err)
{
	ak_status st = put_time(o, "proven", known, f->proven, err);

	if (st == AK_OK)
		st = put_name(o, "authority", known ? f->first->name : NULL, err);
	if (st == AK_OK)
		st = put_name(o, "operator", known ? f->first->operator_name : NULL, err);
	if (st == AK_OK)
		st = put_time(o, "last", known, f->record.last, err);
	if (st == AK_OK)
		st = put_name(o, "last_authority", known ? f->last->name : NULL, err);
	if (st == AK_OK)
		st = put_name(o, "last_operator", known ? f->last->operator_name : NULL, err);
	if (st == AK_OK)
		st = put_time(o, "until", known, f->record.until, err);
	if (st == AK_OK)
		st = put_name(o, "digest", known ? ak_ers_hash_name(f->record.hash) : NULL, err);
	if (st == AK_OK)
		st = ak_json_set(o, "chains", ak_json_new_int((int64_t)f->record.chains), err);
	if (st == AK_OK)
		st = ak_json_set(o, "stamps", ak_json_new_int((int64_t)f->record.stamps), err);
	return st == AK_OK ? put_unlisted(&f->unlisted, known, o, err) : st;
}

static ak_status put_proof(const ak_time_proof *p, int64_t now, uint32_t within, ak_json *list, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "record", ak_json_new_int((int64_t)p->record), err);

	if (st == AK_OK)
		st = ak_json_set(o, "token", ak_json_new_int((int64_t)p->token), err);
	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_new_int((int64_t)p->size), err);
	if (st == AK_OK)
		st = ak_json_set(o, "form", ak_json_new_str(p->evidence ? "rfc4998" : "rfc3161"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "state", ak_json_new_str(state_names[state_of(p, now, within)]), err);
	if (st == AK_OK)
		st = put_problem(p, o, err);
	if (st == AK_OK)
		st = put_found(&p->found, p->status == AK_OK, o, err);
	if (st == AK_OK)
		st = ak_json_set(o, "days_left", days_left(p, now), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(list, o, err);
}

static ak_status put_next(const ak_times *t, int64_t now, uint32_t within, ak_json *o, ak_error *err)
{
	const ak_time_proof *next = NULL;
	ak_json *n;
	ak_status st;

	for (size_t i = 0; i < t->n; i++) {
		state s = state_of(&t->proof[i], now, within);

		if ((s == GOOD || s == DUE) && (next == NULL || t->proof[i].found.record.until < next->found.record.until))
			next = &t->proof[i];
	}
	if (next == NULL)
		return ak_json_set(o, "next", ak_json_new_null(), err);
	n = ak_json_new_object();
	st = ak_json_set(n, "record", ak_json_new_int((int64_t)next->record), err);
	if (st == AK_OK)
		st = ak_json_set(n, "size", ak_json_new_int((int64_t)next->size), err);
	if (st == AK_OK)
		st = put_time(n, "until", true, next->found.record.until, err);
	if (st == AK_OK)
		st = ak_json_set(n, "days_left", days_left(next, now), err);
	if (st != AK_OK) {
		ak_json_free(n);
		return st;
	}
	return ak_json_set(o, "next", n, err);
}

static ak_status tell(const ak_times *t, int64_t now, uint32_t within, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	int64_t of[STATES] = { 0 };
	ak_status st = put_time(o, "now", true, now, err);

	for (size_t i = 0; st == AK_OK && i < t->n; i++) {
		of[state_of(&t->proof[i], now, within)]++;
		st = put_proof(&t->proof[i], now, within, list, err);
	}
	if (st == AK_OK)
		st = ak_json_set(o, "proofs", ak_json_ref(list), err);
	ak_json_free(list);
	if (st == AK_OK)
		st = ak_json_set(o, "within", ak_json_new_int(within), err);
	for (state s = GOOD; st == AK_OK && s < STATES; s++) {
		if (s != CARRIED)
			st = ak_json_set(o, state_names[s], ak_json_new_int(of[s]), err);
	}
	return st == AK_OK ? put_next(t, now, within, o, err) : st;
}

static ak_status check_within(uint32_t within, ak_error *err)
{
	return within <= DAYS_MAX ? AK_OK : ak_fail(err, AK_INVALID_ARGUMENT, "renewal.within", within, "at most %d days", DAYS_MAX);
}

ak_status ak_ledger_times(ak_ledger *l, const ak_timestamp_options *o, uint32_t within, ak_text *json, ak_error *err)
{
	ak_json *out = ak_json_new_object();
	ak_time_circle *c = NULL;
	ak_times t = { 0 };
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = check_within(within, err);

	if (st == AK_OK)
		st = ak_books_sync(l->b, err);
	if (st == AK_OK)
		st = ak_index_of_type(l->b->index, "timestamp", &seqs, &n, err);
	ak_mem_free(seqs);
	/* Most ledgers have none: then nobody is asked for. */
	if (st == AK_OK && n > 0)
		st = ak_time_circle_open(l, o, true, &c, err);
	if (st == AK_OK && n > 0)
		st = ak_times_read(l->b, ak_time_circle_query(c), &t, err);
	if (st == AK_OK)
		st = tell(&t, o->now, within, out, err);
	ak_times_clear(&t);
	ak_time_circle_free(&c);
	if (st != AK_OK) {
		ak_json_free(out);
		return st;
	}
	return ak_api_text(out, json, err);
}

/* ---- renewing ------------------------------------------------------------------------------------------------------- */

typedef struct renewing {
	ak_ledger *l;
	const ak_renew_options *r;
	const ak_timestamp_options *o;
	const ak_seal_options *seal;
	const ak_time_circle *who;
	ak_ers_hash hash;   /* NONE: by the digest each has */
	ak_text *envelope;  /* owned */
	size_t n;
	ak_json *told;      /* "renewed"; the number of each record is put in when it is known */
} renewing;

/* Is this one to have another token? */
static bool wanted(const renewing *w, const ak_time_proof *p)
{
	state s = state_of(p, w->o->now, w->r->within);

	if ((s != GOOD && s != DUE) || (w->r->has_size && p->size != w->r->size))
		return false;
	if (w->hash != AK_ERS_HASH_NONE)
		return p->found.record.hash != w->hash;
	return w->r->has_size || s == DUE;
}

static ak_status put_token(ak_json *body, ak_span bytes, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, 2 * AK_ERS_MAX);
	st = ak_base64_encode(bytes, &text, err);
	if (st == AK_OK)
		st = ak_json_add(list, ak_json_new_text(ak_buf_span(&text)), err);
	if (st == AK_OK)
		st = ak_json_set(body, "tokens", ak_json_ref(list), err);
	ak_buf_clear(&text);
	ak_json_free(list);
	return st;
}

static ak_status put_body(const renewing *w, const ak_time_proof *p, ak_span bytes, ak_json *body, ak_error *err)
{
	ak_digest root;
	ak_status st = ak_times_root(w->l->b, p->size, &root, err);

	if (st == AK_OK)
		st = ak_json_set(body, "form", ak_json_new_str("rfc4998"), err);
	if (st == AK_OK)
		st = ak_json_set(body, "root", ak_json_new_digest(&root), err);
	if (st == AK_OK)
		st = ak_json_set(body, "size", ak_json_new_int((int64_t)p->size), err);
	return st == AK_OK ? put_token(body, bytes, err) : st;
}

static ak_status sign_record(renewing *w, const ak_time_proof *p, ak_span bytes, ak_error *err)
{
	ak_json *d = ak_json_new_object(), *body = ak_json_new_object();
	char issued[AK_UTCTIME_LEN + 1];
	ak_text draft = { 0 };
	ak_status st;

	ak_utctime_format(w->o->now, issued);
	st = ak_api_draft_frame(w->l->b, "akashi", "timestamp", issued, w->o->now, d, err);
	if (st == AK_OK)
		st = ak_json_set(d, "refs", ak_json_new_array(), err);
	if (st == AK_OK)
		st = put_body(w, p, bytes, body, err);
	if (st == AK_OK)
		st = ak_json_set(d, "body", ak_json_ref(body), err);
	ak_json_free(body);
	if (st != AK_OK) {
		ak_json_free(d);
		return st;
	}
	st = ak_api_text(d, &draft, err);
	if (st == AK_OK)
		st = ak_exchange_sign((ak_span){ (const uint8_t *)draft.data, draft.len }, (ak_span){ 0 }, w->seal->operator_key, &w->envelope[w->n], err);
	w->n += st == AK_OK;
	ak_text_free(&draft);
	return st;
}

static ak_status tell_renewed(const renewing *w, const ak_time_proof *p, const ak_ers_found *f, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "from", ak_json_new_int((int64_t)p->record), err);

	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_new_int((int64_t)p->size), err);
	if (st == AK_OK)
		st = put_found(f, true, o, err);
	if (st == AK_OK)
		st = put_time(o, "was", true, p->found.record.until, err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(w->told, o, err);
}

static ak_status renew_one(renewing *w, const ak_time_proof *p, ak_error *err)
{
	const ak_stamp_query *q = ak_time_circle_query(w->who);
	ak_ers_found found = { 0 };
	ak_ers_next next;
	ak_stamp *s = NULL;
	ak_buf tsr, record;
	ak_status st = ak_times_next(w->l->b, p, w->hash, &next, err);

	ak_buf_init(&tsr, AK_STAMP_MAX);
	ak_buf_init(&record, AK_ERS_MAX);
	if (st == AK_OK)
		st = ak_time_ask(w->o, (ak_span){ next.imprint.b, ak_ers_hash_len(next.imprint.hash) }, &tsr, err);
	if (st == AK_OK)
		st = ak_stamp_parse(ak_buf_span(&tsr), &s, err);
	if (st == AK_OK)
		st = ak_times_put(w->l->b, p, &next, ak_stamp_token(s), q, &record, &found, err);
	/* A token that ends no later gains nothing; of another digest it does. */
	if (st == AK_OK && w->hash == AK_ERS_HASH_NONE && found.record.until <= p->found.record.until)
		st = ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.renewal", p->record,
		             "the new token ends no later than the one there is: renew when the authority has a new certificate, or with another authority");
	if (st == AK_OK)
		st = sign_record(w, p, ak_buf_span(&record), err);
	if (st == AK_OK)
		st = tell_renewed(w, p, &found, err);
	ak_stamp_free(&s);
	ak_buf_clear(&tsr);
	ak_buf_clear(&record);
	return st;
}

/* Seal what was made, or say that there was nothing; the numbers of the new records go into what is told. */
static ak_status seal_all(renewing *w, ak_json **answer, ak_error *err)
{
	ak_span *in = ak_mem_array(w->n + 1, sizeof(*in));
	ak_json *list = ak_json_new_array();
	ak_text sealed = { 0 };
	size_t failed;
	ak_status st = in == NULL ? ak_no_memory(err, "renewal") : AK_OK;

	if (st == AK_OK && w->n == 0) {
		*answer = ak_json_new_object();
		st = ak_json_set(*answer, "sealed", ak_json_new_array(), err);
	} else if (st == AK_OK) {
		for (size_t i = 0; i < w->n; i++)
			in[i] = (ak_span){ (const uint8_t *)w->envelope[i].data, w->envelope[i].len };
		st = ak_ledger_seal(w->l, in, w->n, w->seal, &sealed, &failed, err);
		if (st == AK_OK)
			st = ak_json_parse((ak_span){ (const uint8_t *)sealed.data, sealed.len }, answer, err);
	}
	for (size_t i = 0; st == AK_OK && i < w->n; i++) {
		ak_json *row = ak_json_copy(ak_json_at(w->told, i));

		st = ak_json_set(row, "record", ak_json_copy(ak_json_get(ak_json_at(ak_json_get(*answer, "sealed"), i), "seq")), err);
		if (st == AK_OK)
			st = ak_json_add(list, row, err);
		else
			ak_json_free(row);
	}
	if (st == AK_OK)
		st = ak_json_set(*answer, "renewed", ak_json_ref(list), err);
	ak_json_free(list);
	ak_text_free(&sealed);
	ak_mem_free(in);
	return st;
}

static ak_status renew_all(renewing *w, ak_json **answer, ak_error *err)
{
	ak_times t = { 0 };
	ak_status st = ak_times_read(w->l->b, ak_time_circle_query(w->who), &t, err);

	if (st == AK_OK) {
		w->envelope = ak_mem_array(t.n + 1, sizeof(*w->envelope));
		st = w->envelope == NULL ? ak_no_memory(err, "renewal") : AK_OK;
	}
	for (size_t i = 0; st == AK_OK && i < t.n; i++) {
		if (wanted(w, &t.proof[i]))
			st = renew_one(w, &t.proof[i], err);
	}
	ak_times_clear(&t);
	return st == AK_OK ? seal_all(w, answer, err) : st;
}

ak_status ak_ledger_renew(ak_ledger *l, const ak_renew_options *r, const ak_timestamp_options *o, const ak_seal_options *seal, ak_text *json,
                          ak_error *err)
{
	renewing w = { .l = l, .r = r, .o = o, .seal = seal };
	ak_time_circle *who = NULL;
	ak_json *answer = NULL;
	ak_status st = check_within(r->within, err);

	if (st == AK_OK && r->digest != NULL) {
		w.hash = ak_ers_hash_named(ak_span_str(r->digest));
		if (w.hash != AK_ERS_SHA384 && w.hash != AK_ERS_SHA512)
			st = ak_fail(err, AK_INVALID_ARGUMENT, "renewal.digest", 0, "sha384 or sha512");
	}
	if (st == AK_OK)
		st = ak_time_check_open(l, err);
	if (st == AK_OK)
		st = ak_time_circle_open(l, o, false, &who, err);
	w.who = who;
	w.told = ak_json_new_array();
	if (st == AK_OK)
		st = renew_all(&w, &answer, err);
	if (st == AK_OK)
		st = ak_api_text(answer, json, err);
	else
		ak_json_free(answer);
	for (size_t i = 0; i < w.n; i++)
		ak_text_free(&w.envelope[i]);
	ak_mem_free(w.envelope);
	ak_json_free(w.told);
	ak_time_circle_free(&who);
	return st;
}
