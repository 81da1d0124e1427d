/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens from an authority: asked for, checked as a reader would, and only then put anywhere. */
#include "akashi/exchange.h"
#include "akashi/timestamp.h"
#include "api/api.h"
#include "api/time_part.h"

#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"
#include "codec/dsse.h"
#include "crypto/hash.h"

#include <stdlib.h>
#include <string.h>

/* ---- over signatures ---- */

/* Has the signature a token by this operator already? */
static ak_status has_token(const ak_dsse *e, size_t i, const ak_circle *c, const char *operator_name, int64_t now, bool *yes, ak_error *err)
{
	const ak_stamp_query q = { .message = ak_buf_span(&e->sigs[i].sig), .now = now };
	ak_status st = AK_OK;

	*yes = false;
	for (size_t k = 0; st == AK_OK && !*yes && k < ak_json_len(e->timestamps); k++) {
		const ak_json *t = ak_json_at(e->timestamps, k);
		ak_stamped found;
		ak_error why = { 0 };
		ak_buf der;

		if (!ak_span_is(ak_json_get_text(t, "keyid"), e->sigs[i].keyid))
			continue;
		ak_buf_init(&der, AK_STAMP_MAX);
		if (ak_base64_decode(ak_json_get_text(t, "tsr"), &der, &why) &&
		    ak_stamp_judge((const ak_pins *const *)c->pins, c->n, ak_buf_span(&der), &q, &found, &why) == AK_OK)
			*yes = strcmp(found.operator_name, operator_name) == 0;
		ak_buf_clear(&der);
		if (why.status == AK_NO_MEMORY)
			st = ak_no_memory(err, "timestamp");
	}
	return st;
}

static int by_keyid(const void *a, const void *b)
{
	const ak_json *const *x = a, *const *y = b;
	int c = ak_span_cmp(ak_json_get_text(*x, "keyid"), ak_json_get_text(*y, "keyid"));

	return c != 0 ? c : ak_span_cmp(ak_json_get_text(*x, "tsr"), ak_json_get_text(*y, "tsr"));
}

static bool signs(const ak_dsse *e, ak_span keyid)
{
	for (size_t i = 0; i < e->n_sigs; i++) {
		if (ak_span_is(keyid, e->sigs[i].keyid))
			return true;
	}
	return false;
}

/* Sorted as line 3 has them, each once, none without its signature. */
ak_status ak_api_add_tokens(ak_dsse *e, const ak_json *more, ak_error *err)
{
	size_t old = ak_json_len(e->timestamps), n = 0;
	const ak_json **all = ak_mem_array(old + ak_json_len(more) + 1, sizeof(*all));
	ak_json *list = ak_json_new_array();
	ak_status st = all == NULL ? ak_no_memory(err, "timestamp") : AK_OK;

	for (size_t i = 0; st == AK_OK && i < old + ak_json_len(more); i++) {
		const ak_json *t = i < old ? ak_json_at(e->timestamps, i) : ak_json_at(more, i - old);

		if (i < old || signs(e, ak_json_get_text(t, "keyid")))
			all[n++] = t;
	}
	if (n > 1)
		qsort(all, n, sizeof(*all), by_keyid);
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		if (i == 0 || by_keyid(&all[i - 1], &all[i]) != 0)
			st = ak_json_add(list, ak_json_copy(all[i]), err);
	}
	ak_mem_free(all);
	if (st != AK_OK || n == 0) {
		ak_json_free(list);
		return st;
	}
	ak_json_free(e->timestamps);
	e->timestamps = list;
	return AK_OK;
}

static ak_status add_entry(ak_dsse *e, const char *keyid, ak_span tsr, ak_error *err)
{
	ak_json *more = ak_json_new_array(), *one = ak_json_new_object();
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, 2 * AK_STAMP_MAX);
	st = ak_base64_encode(tsr, &text, err);
	if (st == AK_OK)
		st = ak_json_set(one, "keyid", ak_json_new_str(keyid), err);
	if (st == AK_OK)
		st = ak_json_set(one, "tsr", ak_json_new_text(ak_buf_span(&text)), err);
	if (st == AK_OK)
		st = ak_json_add(more, ak_json_ref(one), err);
	if (st == AK_OK)
		st = ak_api_add_tokens(e, more, err);
	ak_json_free(one);
	ak_json_free(more);
	ak_buf_clear(&text);
	return st;
}

static ak_status stamp_one(ak_dsse *e, size_t i, const ak_circle *c, const ak_timestamp_options *o, const ak_crl_lists *l, ak_json *tokens, ak_error *err)
{
	ak_stamped found = { 0 };
	ak_json *told = NULL;
	bool already = false;
	ak_digest d;
	ak_buf tsr;
	ak_status st;

	ak_buf_init(&tsr, AK_STAMP_MAX);
	ak_sha256(ak_buf_span(&e->sigs[i].sig), &d);
	st = ak_time_obtain(c, o, l, &d, &tsr, &found, err);
	if (st == AK_OK)
		st = has_token(e, i, c, found.operator_name, o->now + AK_STAMP_SKEW_S, &already, err);
	if (st == AK_OK && !already)
		st = add_entry(e, e->sigs[i].keyid, ak_buf_span(&tsr), err);
	if (st == AK_OK)
		st = ak_time_put_token(e->sigs[i].keyid, found.authority, found.operator_name, &found.info, o->url, !already, &told, err);
	if (st == AK_OK)
		st = ak_json_add(tokens, told, err);
	ak_buf_clear(&tsr);
	return st;
}

static ak_status stamp_all(ak_ledger *l, ak_dsse *e, const ak_timestamp_options *o, ak_json *tokens, ak_error *err)
{
	ak_candidate check = { 0 };
	ak_statement s = { 0 };
	ak_crl_lists crls = { 0 };
	ak_circle c = { 0 };
	ak_buf line;
	ak_status st;

	ak_buf_init(&line, AK_SIGNATURES_MAX);
	st = e->n_sigs == 0 ? ak_fail(err, AK_INVALID_ARGUMENT, "dsse.signatures", 0, "nobody has signed it yet: a token is over a signature") : AK_OK;
	if (st == AK_OK) /* a line 3 it can be: every keyid an id, once */
		st = ak_signatures_from_dsse(e, &line, err);
	if (st == AK_OK)
		st = ak_statement_parse(ak_buf_span(&e->payload), &s, err);
	if (st == AK_OK)
		st = ak_circle_of(l, s.scheme, &c, err);
	if (st == AK_OK)
		st = ak_crl_lists_read(o, &crls, err);
	for (size_t i = 0; st == AK_OK && i < e->n_sigs; i++)
		st = stamp_one(e, i, &c, o, &crls, tokens, err);
	ak_buf_clear(&line);
	ak_buf_init(&line, AK_SIGNATURES_MAX);
	if (st == AK_OK) /* and still is */
		st = ak_signatures_from_dsse(e, &line, err);
	ak_candidate_clear(&check);
	ak_buf_clear(&line);
	ak_statement_clear(&s);
	ak_crl_lists_clear(&crls);
	ak_circle_clear(&c);
	return st;
}

ak_status ak_timestamp_signatures(ak_ledger *l, ak_span envelope, const ak_timestamp_options *o, ak_text *out, ak_text *json, ak_error *err)
{
	ak_json *answer = ak_json_new_object(), *tokens = ak_json_new_array();
	ak_text text = { 0 };
	ak_dsse e;
	ak_buf b;
	ak_status st = ak_dsse_parse(envelope, &e, err);

	if (st != AK_OK) {
		ak_json_free(answer);
		ak_json_free(tokens);
		return st;
	}
	ak_buf_init(&b, AK_DSSE_PAYLOAD_MAX);
	st = ak_json_set(answer, "tokens", ak_json_ref(tokens), err);
	if (st == AK_OK)
		st = stamp_all(l, &e, o, tokens, err);
	if (st == AK_OK)
		st = ak_dsse_format(&e, &b, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&b, &text, err);
	if (st == AK_OK) {
		st = ak_api_text(answer, json, err);
		answer = NULL;
	}
	if (st == AK_OK)
		*out = text;
	else
		ak_text_free(&text);
	ak_buf_clear(&b);
	ak_dsse_clear(&e);
	ak_json_free(tokens);
	ak_json_free(answer);
	return st;
}

/* ---- over the head ---- */

static ak_status body_of(const ak_checkpoint *head, ak_span tsr, ak_json **out, ak_error *err)
{
	ak_json *body = ak_json_new_object(), *list = ak_json_new_array();
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, 2 * AK_STAMP_MAX);
	st = ak_base64_encode(tsr, &text, err);
	if (st == AK_OK)
		st = ak_json_add(list, ak_json_new_text(ak_buf_span(&text)), err);
	if (st == AK_OK)
		st = ak_json_set(body, "form", ak_json_new_str("rfc3161"), err);
	if (st == AK_OK)
		st = ak_json_set(body, "root", ak_json_new_digest(&head->root), err);
	if (st == AK_OK)
		st = ak_json_set(body, "size", ak_json_new_int((int64_t)head->size), err);
	if (st == AK_OK)
		st = ak_json_set(body, "tokens", ak_json_ref(list), err);
	ak_buf_clear(&text);
	ak_json_free(list);
	if (st != AK_OK)
		ak_json_free(body);
	else
		*out = body;
	return st;
}

static ak_status sign_record(ak_ledger *l, const ak_checkpoint *head, ak_span tsr, const ak_timestamp_options *o, const ak_secret *key, ak_text *envelope,
                             ak_error *err)
{
	ak_json *d = ak_json_new_object(), *body = NULL;
	char issued[AK_UTCTIME_LEN + 1];
	ak_text draft = { 0 };
	ak_status st;

	ak_utctime_format(o->now, issued);
	st = ak_api_draft_frame(l->b, "akashi", "timestamp", issued, o->now, d, err);
	if (st == AK_OK)
		st = ak_json_set(d, "refs", ak_json_new_array(), err);
	if (st == AK_OK)
		st = body_of(head, tsr, &body, err);
	if (st == AK_OK)
		st = ak_json_set(d, "body", body, err);
	if (st != AK_OK) {
		ak_json_free(d);
		return st;
	}
	st = ak_api_text(d, &draft, err);
	if (st == AK_OK)
		st = ak_exchange_sign((ak_span){ (const uint8_t *)draft.data, draft.len }, (ak_span){ 0 }, key, envelope, err);
	ak_text_free(&draft);
	return st;
}

/* The answer of sealing, with the token beside it. */
static ak_status add_token(const ak_text *sealed, const ak_stamped *found, const char *url, ak_text *json, ak_error *err)
{
	ak_json *o = NULL, *token = NULL;
	ak_status st = ak_json_parse((ak_span){ (const uint8_t *)sealed->data, sealed->len }, &o, err);

	if (st == AK_OK)
		st = ak_time_put_token(NULL, found->authority, found->operator_name, &found->info, url, true, &token, err);
	if (st == AK_OK)
		st = ak_json_set(o, "token", token, err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}

ak_status ak_ledger_timestamp(ak_ledger *l, const ak_timestamp_options *o, const ak_seal_options *seal, ak_text *json, ak_error *err)
{
	ak_text envelope = { 0 }, sealed = { 0 };
	ak_stamped found = { 0 };
	ak_checkpoint head;
	ak_crl_lists crls = { 0 };
	ak_circle c = { 0 };
	ak_buf text, tsr;
	size_t failed;
	ak_digest d;
	ak_span one;
	ak_status st;

	ak_buf_init(&text, 4096);
	ak_buf_init(&tsr, AK_STAMP_MAX);
	st = ak_time_check_open(l, err);
	if (st == AK_OK)
		st = ak_circle_of(l, ak_span_str("akashi"), &c, err);
	if (st == AK_OK)
		st = ak_crl_lists_read(o, &crls, err);
	head = l->b->checkpoint;
	if (st == AK_OK)
		st = ak_checkpoint_format(&head, &text, err);
	if (st == AK_OK) {
		ak_sha256(ak_buf_span(&text), &d);
		st = ak_time_obtain(&c, o, &crls, &d, &tsr, &found, err);
	}
	if (st == AK_OK)
		st = sign_record(l, &head, ak_buf_span(&tsr), o, seal->operator_key, &envelope, err);
	one = (ak_span){ (const uint8_t *)envelope.data, envelope.len };
	if (st == AK_OK)
		st = ak_ledger_seal(l, &one, 1, seal, &sealed, &failed, err);
	if (st == AK_OK)
		st = add_token(&sealed, &found, o->url, json, err);
	ak_text_free(&envelope);
	ak_text_free(&sealed);
	ak_buf_clear(&text);
	ak_buf_clear(&tsr);
	ak_crl_lists_clear(&crls);
	ak_circle_clear(&c);
	return st;
}

/* ---- over a document ---- */

static ak_status judge_receipt(ak_span tsr, const ak_stamp_query *asked, ak_span root, const char *url, ak_json **told, ak_error *err)
{
	ak_cert *certs[AK_CHAIN_MAX] = { NULL };
	const char *policy[1] = { NULL };
	ak_tsa tsa = { .name = url, .operator_name = "", .policies = policy, .n_policies = 1, .from = INT64_MIN, .until = INT64_MAX };
	ak_stamp_query q = *asked;
	ak_stamp_found found;
	ak_stamp *s = NULL;
	ak_buf holder;
	size_t n = 0;
	ak_status st = ak_certs_read(root, certs, &n, err);

	ak_buf_init(&holder, AK_CERT_TEXT_MAX);
	if (st == AK_OK)
		st = ak_stamp_parse(tsr, &s, err);
	if (st == AK_OK) {
		const ak_cert *last = certs[n - 1];

		/* Under its own policy: nobody but the reader of the receipt says which one will do. */
		policy[0] = ak_stamp_get_info(s)->policy;
		tsa.root = last;
		q.tsa = &tsa;
		q.n_tsa = 1;
		q.others = (const ak_cert *const *)certs;
		q.n_others = n - 1;
		st = ak_stamp_verify_named(s, &q, &found, &holder, err);
	}
	if (st == AK_OK && holder.len == 0) /* it names nobody: then who vouches for it */
		st = ak_cert_holder(certs[n - 1], &holder, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(&holder, 0, err);
	if (st == AK_OK)
		st = ak_time_put_token(NULL, (const char *)holder.data, NULL, ak_stamp_get_info(s), url, true, told, err);
	ak_buf_clear(&holder);
	ak_stamp_free(&s);
	ak_certs_free(certs, AK_CHAIN_MAX);
	return st;
}

ak_status ak_timestamp_commitment(const ak_digest *commitment, ak_span root, const ak_timestamp_options *o, ak_text *tsr, ak_text *json, ak_error *err)
{
	uint8_t nonce[AK_TIME_NONCE];
	ak_stamp_query q = { .imprint = { commitment->b, AK_DIGEST_LEN }, .nonce = { nonce, AK_TIME_NONCE }, .now = o->now + AK_STAMP_SKEW_S };
	ak_json *told = NULL;
	ak_text response = { 0 };
	ak_crl_lists crls = { 0 };
	ak_buf b;
	ak_status st;

	ak_buf_init(&b, AK_STAMP_MAX);
	st = ak_crl_lists_read(o, &crls, err);
	q.crls = (const ak_crl *const *)crls.crl;
	q.n_crls = crls.n;
	if (st == AK_OK)
		st = ak_time_post(o, q.imprint, nonce, &b, err);
	if (st == AK_OK)
		st = judge_receipt(ak_buf_span(&b), &q, root, o->url, &told, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&b, &response, err);
	if (st == AK_OK)
		st = ak_api_text(told, json, err);
	else
		ak_json_free(told);
	if (st == AK_OK)
		*tsr = response;
	else
		ak_text_free(&response);
	ak_buf_clear(&b);
	ak_crl_lists_clear(&crls);
	return st;
}
