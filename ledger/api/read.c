/* SPDX-License-Identifier: Apache-2.0 */
/* show, raw, log: one record, or a walk over many. */
#include "api/annulled.h"
#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"
#include "codec/schema.h"
#include "proof/ask.h"
#include "seal/corrected.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

ak_status ak_ledger_as_known(ak_ledger *l, uint64_t known_at, ak_error *err)
{
	ak_status st = ak_ask_known_at(known_at, l->b->checkpoint.size, err);

	if (st == AK_OK)
		l->known_at = known_at;
	return st;
}

static ak_status resolve(const ak_ledger *l, const char *record, uint64_t *seq, ak_error *err)
{
	ak_digest id;
	ak_status st = ak_books_resolve(l->b, ak_span_str(record), seq, &id, err);

	if (st != AK_OK || l->known_at == 0 || *seq < l->known_at)
		return st;
	return ak_fail(err, AK_NOT_FOUND, "record", *seq, "it was sealed later than asked about: of %" PRIu64 " records the last is #%" PRIu64,
	               l->known_at, l->known_at - 1);
}

ak_status ak_ledger_raw(ak_ledger *l, const char *record, ak_text *out, ak_error *err)
{
	uint64_t seq = 0;
	ak_buf file;
	ak_status st = resolve(l, record, &seq, err);

	ak_buf_init(&file, AK_RECORD_MAX);
	if (st == AK_OK)
		st = ak_books_record(l->b, seq, &file, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&file, out, err);
	ak_buf_clear(&file);
	return st;
}

/* What log and show say of every record. */
static ak_status put_head(const ak_sealed *s, ak_json *o, ak_error *err)
{
	char time[AK_UTCTIME_LEN + 1];
	ak_buf title;
	ak_status st;

	ak_buf_init(&title, AK_TITLE_BYTES);
	ak_utctime_format(s->header.time, time);
	st = ak_json_set(o, "seq", ak_json_new_int((int64_t)s->header.seq), err);
	if (st == AK_OK)
		st = ak_json_set(o, "id", ak_api_digest(&s->id), err);
	if (st == AK_OK)
		st = ak_json_set(o, "type", ak_api_span(s->statement.type), err);
	if (st == AK_OK)
		st = ak_json_set(o, "scheme", ak_api_span(s->statement.scheme), err);
	if (st == AK_OK)
		st = ak_json_set(o, "issued", ak_api_span(s->statement.issued), err);
	if (st == AK_OK)
		st = ak_json_set(o, "time", ak_json_new_str(time), err);
	if (st == AK_OK)
		st = ak_json_set(o, "about", ak_json_copy(s->statement.about), err);
	if (st == AK_OK)
		st = ak_api_title(&s->statement, &title, err);
	if (st == AK_OK)
		st = ak_json_set(o, "title", ak_json_new_text(ak_buf_span(&title)), err);
	ak_buf_clear(&title);
	return st;
}

static ak_status put_refs(ak_books *b, const ak_statement *s, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_statement_n_refs(s); i++) {
		ak_json *r = ak_json_new_object();
		uint64_t seq = 0;
		ak_digest id;
		ak_span rel = ak_statement_ref(s, i, &id);
		bool known = ak_index_by_id(b->index, &id, &seq, NULL) == AK_OK;

		st = ak_json_set(r, "rel", ak_api_span(rel), err);
		if (st == AK_OK)
			st = ak_json_set(r, "record", ak_api_digest(&id), err);
		if (st == AK_OK)
			st = ak_json_set(r, "seq", known ? ak_json_new_int((int64_t)seq) : ak_json_new_null(), err);
		if (st != AK_OK)
			ak_json_free(r);
		else
			st = ak_json_add(list, r, err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "refs", list, err);
}

static ak_status put_signature(const ak_sealed *s, size_t i, const ak_judgement *j, ak_json *list, ak_error *err)
{
	ak_json *g = ak_json_new_object();
	const bool known = i < j->n_signers;
	ak_status st = ak_json_set(g, "keyid", ak_api_digest(&s->signatures.sig[i].keyid), err);

	if (st == AK_OK)
		st = ak_json_set(g, "party", ak_json_new_str(known ? j->signer[i].party : ""), err);
	if (st == AK_OK)
		st = ak_json_set(g, "member", ak_json_new_str(known ? j->signer[i].member : ""), err);
	if (st == AK_OK)
		st = ak_json_set(g, "seat", ak_json_new_str(known ? j->signer[i].seat : ""), err);
	if (st == AK_OK)
		/* No key is known by that id: not tried is neither good nor bad. */
		st = ak_json_set(g, "verifies", s->result[i].state == AK_SIG_UNTRIED ? ak_json_new_null()
		                                : ak_json_new_bool(s->result[i].state == AK_SIG_GOOD), err);
	if (st == AK_OK)
		st = ak_json_set(g, "counted", ak_json_new_bool(known && j->signer[i].counted), err);
	if (st == AK_OK)
		st = ak_api_put_stamped(&s->result[i], g, err);
	if (st != AK_OK) {
		ak_json_free(g);
		return st;
	}
	return ak_json_add(list, g, err);
}

static ak_status put_judgement(const ak_sealed *s, const ak_judgement *j, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < s->signatures.n; i++)
		st = put_signature(s, i, j, list, err);
	if (st == AK_OK)
		st = ak_json_set(o, "signatures", ak_json_ref(list), err);
	if (st == AK_OK)
		st = ak_json_set(o, "authorised", ak_json_new_bool(j->authorised), err);
	if (st == AK_OK)
		st = ak_json_set(o, "mode", ak_json_new_str(j->mode), err);
	if (st == AK_OK)
		st = ak_json_set(o, "counted", ak_json_new_int((int64_t)j->counted), err);
	if (st == AK_OK)
		st = ak_json_set(o, "needed", ak_json_new_int((int64_t)j->needed), err);
	if (st == AK_OK)
		st = ak_json_set(o, "why", ak_json_new_str(j->authorised ? "" : j->why.detail), err);
	ak_json_free(list);
	return st;
}

ak_status ak_api_later(ak_books *b, const ak_sealed *s, uint64_t known_at, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	char id[AK_DIGEST_TEXT_LEN + 1];
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_index_about(b->index, ak_statement_about(&s->statement, 0), &seqs, &n, err);

	ak_digest_format(&s->id, id);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		ak_sealed t = { 0 };
		ak_buf file;

		if (seqs[i] <= s->header.seq || (known_at != 0 && seqs[i] >= known_at))
			continue;
		ak_buf_init(&file, AK_RECORD_MAX);
		st = ak_books_sealed(b, seqs[i], &file, &t, err);
		if (st == AK_OK && (ak_span_is(t.statement.type, "correction") ||
		                    ak_span_is(t.statement.type, "annulment")) &&
		    ak_span_is(ak_json_get_text(t.statement.body, "record"), id)) {
			ak_json *c = ak_json_copy(t.statement.body);
			bool effect = false;

			st = ak_json_set(c, "seq", ak_json_new_int((int64_t)seqs[i]), err);
			if (st == AK_OK)
				st = ak_json_set(c, "type", ak_api_span(t.statement.type), err);
			if (st == AK_OK)
				st = ak_books_stands(b, seqs[i], known_at, &effect, err);
			if (st == AK_OK)
				st = ak_json_set(c, "effect", ak_json_new_bool(effect), err);
			if (st != AK_OK)
				ak_json_free(c);
			else
				st = ak_json_add(list, c, err);
		}
		ak_sealed_clear(&t);
		ak_buf_clear(&file);
	}
	ak_mem_free(seqs);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "corrections", list, err);
}

/* The first of these annulments that has effect. */
static ak_status put_annulled_by(ak_json *o, ak_error *err)
{
	const ak_json *list = ak_json_get(o, "corrections");

	for (size_t i = 0; i < ak_json_len(list); i++) {
		const ak_json *c = ak_json_at(list, i);

		if (ak_span_is(ak_json_get_text(c, "type"), "annulment") && ak_json_true(ak_json_get(c, "effect")))
			return ak_json_set(o, "annulled_by", ak_json_copy(ak_json_get(c, "seq")), err);
	}
	return ak_json_set(o, "annulled_by", ak_json_new_null(), err);
}

ak_status ak_ledger_show(ak_ledger *l, const char *record, ak_text *json, ak_error *err)
{
	ak_books *b = l->b;
	ak_authority *a = NULL;
	ak_sealed s = { 0 };
	ak_judgement j = { 0 };
	ak_json *o = NULL;
	uint64_t seq = 0;
	ak_buf file;
	ak_status st = resolve(l, record, &seq, err);

	ak_buf_init(&file, AK_RECORD_MAX);
	if (st == AK_OK)
		st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK)
		st = ak_books_authority_as_known(b, seq, l->known_at, &a, err);
	if (st == AK_OK)
		st = ak_books_judge(b, a, &s, &j, err);
	if (st == AK_OK) {
		o = ak_json_new_object();
		st = put_head(&s, o, err);
	}
	if (st == AK_OK)
		st = put_refs(b, &s.statement, o, err);
	if (st == AK_OK)
		st = ak_json_set(o, "body", ak_json_copy(s.statement.body), err);
	if (st == AK_OK)
		st = ak_json_set(o, "subject", ak_json_copy(s.statement.subject), err);
	if (st == AK_OK)
		st = put_judgement(&s, &j, o, err);
	if (st == AK_OK)
		st = ak_api_put_stamps(&j, o, err);
	if (st == AK_OK)
		st = ak_api_put_proofs(l, seq, o, err);
	if (st == AK_OK)
		st = ak_api_later(b, &s, l->known_at, o, err);
	if (st == AK_OK)
		st = put_annulled_by(o, err);
	ak_authority_free(&a);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}

static ak_status log_one(ak_books *b, ak_annulments *annulled, uint64_t seq, const char *type, ak_json *list, ak_error *err)
{
	ak_sealed s = { 0 };
	ak_json *o = NULL;
	ak_buf file;
	ak_status st;

	ak_buf_init(&file, AK_RECORD_MAX);
	st = ak_books_sealed(b, seq, &file, &s, err);
	if (st == AK_OK && (type == NULL || ak_span_is(s.statement.type, type))) {
		o = ak_json_new_object();
		st = put_head(&s, o, err);
		if (st == AK_OK)
			st = ak_annulments_put(b, annulled, seq, o, err);
		if (st == AK_OK) {
			st = ak_json_add(list, o, err);
			o = NULL;
		}
	}
	ak_json_free(o);
	ak_sealed_clear(&s);
	ak_buf_clear(&file);
	return st;
}

/* The records that may be shown, ascending: those about a subject, else those of a type.  A bare name is a listing's, or, when there is
 * none of that number, that of whatever is called so: a service, an auditor, a party. */
static ak_status log_choose(ak_books *b, const char *subject, const char *type, uint64_t **seqs, size_t *n, ak_error *err)
{
	const bool bare = subject != NULL && strchr(subject, '/') == NULL;
	char id[AK_SUBJECT_ID_MAX + 2], scheme[AK_NAME_MAX + 1] = "";
	int len;
	ak_status st;

	if (subject == NULL)
		return ak_index_of_type(b->index, type, seqs, n, err);
	if (bare) {
		st = ak_api_scheme(b, subject, scheme, err);
		if (st != AK_OK)
			return st;
	}
	len = snprintf(id, sizeof(id), "%s%s%s", scheme, bare ? "/listing:" : "", subject);
	if (len < 0 || (size_t)len >= sizeof(id) || !ak_subject_id_valid(ak_span_str(id))) {
		(void)ak_fail(err, AK_INVALID_ARGUMENT, "subject", 0, "neither a name nor a subject");
		return ak_fail_values(err, AK_INVALID_ARGUMENT, "A-Z a-z 0-9 - . _ / :", subject);
	}
	st = ak_index_about(b->index, ak_span_str(id), seqs, n, err);
	if (st != AK_OK || *n > 0 || !bare)
		return st;
	ak_mem_free(*seqs);
	*seqs = NULL;
	return ak_index_called(b->index, ak_span_str(subject), seqs, n, err);
}

ak_status ak_ledger_log(ak_ledger *l, const char *subject, const char *type, size_t limit, ak_text *json, ak_error *err)
{
	const bool all = subject == NULL && type == NULL;
	ak_json *list;
	uint64_t *seqs = NULL;
	size_t n = (size_t)(l->known_at != 0 ? l->known_at : l->b->checkpoint.size);
	ak_annulments annulled = { 0 };
	ak_status st = type == NULL ? AK_OK : ak_api_type_known(l->b, type, err);

	if (st != AK_OK)
		return st;
	list = ak_json_new_array();
	st = ak_annulments_read(l->b, l->known_at, &annulled, err);
	if (st == AK_OK && !all) {
		n = 0;
		st = log_choose(l->b, subject, type, &seqs, &n, err);
		while (st == AK_OK && n > 0 && l->known_at != 0 && seqs[n - 1] >= l->known_at)
			n--;
	}
	for (; st == AK_OK && n > 0 && (limit == 0 || ak_json_len(list) < limit); n--)
		st = log_one(l->b, &annulled, all ? n - 1 : seqs[n - 1], type, list, err);
	ak_mem_free(seqs);
	ak_annulments_clear(&annulled);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_api_text(list, json, err);
}
