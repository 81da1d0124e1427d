/* SPDX-License-Identifier: Apache-2.0 */
/* Whose tokens count, and asking an authority for one. */
#include "api/time_part.h"

#include "api/api.h"
#include "base/fail.h"
#include "base/utctime.h"
#include "crypto/hash.h"
#include "fetch/fetch.h"
#include "held/shipped.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- whose tokens count ---- */

void ak_circle_clear(ak_circle *c)
{
	for (size_t i = 0; i < c->n; i++)
		ak_pins_free(&c->pins[i]);
	c->n = 0;
}

static ak_status add_package(ak_circle *c, const ak_profile *p, ak_error *err)
{
	ak_status st = c->n == AK_CIRCLE_MAX ? ak_fail(err, AK_LIMIT, "profile", c->n, "over %d schemes", AK_CIRCLE_MAX)
	                                : ak_pins_read(p->package, &c->pins[c->n], err);

	if (st == AK_OK)
		c->authorities += ak_pins_n(c->pins[c->n++]);
	return st;
}

/* Of the scheme's profile in force; for scheme akashi those of every scheme. */
ak_status ak_circle_of(ak_ledger *l, ak_span scheme, ak_circle *c, ak_error *err)
{
	const bool core = ak_span_is(scheme, "akashi");
	ak_profile shipped = { 0 };
	ak_authority *a = NULL;
	const ak_profile *p;
	ak_status st;

	*c = (ak_circle){ 0 };
	if (l == NULL) {
		st = ak_shipped_profile(scheme, &shipped, err);
		if (st == AK_OK)
			st = add_package(c, &shipped, err);
		ak_profile_clear(&shipped);
	} else {
		st = ak_books_sync(l->b, err);
		if (st == AK_OK)
			st = ak_books_authority(l->b, NULL, 0, NULL, 0, &a, err);
		for (size_t i = 0; st == AK_OK && (p = ak_authority_profile_at(a, i)) != NULL; i++) {
			if (core || ak_span_eq(p->scheme, scheme))
				st = add_package(c, p, err);
		}
	}
	if (st == AK_OK && c->authorities == 0)
		st = ak_fail(err, AK_NOT_FOUND, "profile.time_authorities", 0, "no profile in force for %.*s names a time-stamping authority: no token would count",
		             (int)scheme.len, (const char *)scheme.data);
	if (st != AK_OK)
		ak_circle_clear(c);
	/* What the pins borrow is in the packages, which they hold a reference of. */
	ak_authority_free(&a);
	return st;
}

/* ---- asking ---- */

ak_status ak_time_check_open(ak_ledger *l, ak_error *err)
{
	ak_authority *a = NULL;
	uint64_t by;
	ak_status st = ak_books_sync(l->b, err);

	if (st == AK_OK)
		st = ak_books_authority(l->b, NULL, 0, NULL, 0, &a, err);
	if (st == AK_OK && ak_authority_ended(a, &by))
		st = ak_fail(err, AK_LEDGER_ENDED, "record", by, "the ledger ended with record #%" PRIu64, by);
	ak_authority_free(&a);
	return st;
}

void ak_crl_lists_clear(ak_crl_lists *l)
{
	for (size_t i = 0; i < l->n; i++)
		ak_crl_free(&l->crl[i]);
}

ak_status ak_crl_lists_read(const ak_timestamp_options *o, ak_crl_lists *l, ak_error *err)
{
	ak_status st = o->n_crls > AK_CRLS_MAX ? ak_fail(err, AK_LIMIT, "crls", o->n_crls, "over %d", AK_CRLS_MAX) : AK_OK;

	l->n = 0;
	for (size_t i = 0; st == AK_OK && i < o->n_crls; i++) {
		st = ak_crl_parse(o->crls[i], &l->crl[i], err);
		l->n += st == AK_OK;
	}
	if (st != AK_OK)
		ak_crl_lists_clear(l);
	return st;
}

ak_status ak_time_post(const ak_timestamp_options *o, ak_span imprint, uint8_t nonce[AK_TIME_NONCE], ak_buf *tsr, ak_error *err)
{
	ak_fetch f = { .url = o->url, .sent = "application/timestamp-query", .wanted = "application/timestamp-reply", .seconds = o->seconds };
	ak_buf request;
	ak_status st = ak_fetch_check_url(o->url, err);

	ak_buf_init(&request, AK_STAMP_REQUEST_MAX);
	if (st == AK_OK)
		st = ak_random(nonce, AK_TIME_NONCE, err);
	if (st == AK_OK)
		st = ak_stamp_request(imprint, (ak_span){ nonce, AK_TIME_NONCE }, &request, err);
	f.body = ak_buf_span(&request);
	if (st == AK_OK)
		st = ak_fetch_post(&f, tsr, err);
	ak_buf_clear(&request);
	return st;
}

/* A token over this imprint that counts, or nothing. */
ak_status ak_time_obtain(const ak_circle *c, const ak_timestamp_options *o, const ak_crl_lists *l, const ak_digest *imprint, ak_buf *tsr, ak_stamped *found,
                        ak_error *err)
{
	uint8_t nonce[AK_TIME_NONCE];
	const ak_stamp_query q = {
		.imprint = { imprint->b, AK_DIGEST_LEN }, .nonce = { nonce, AK_TIME_NONCE }, .now = o->now + AK_STAMP_SKEW_S,
		.crls = (const ak_crl *const *)l->crl, .n_crls = l->n,
	};
	ak_status st = ak_time_post(o, q.imprint, nonce, tsr, err);

	return st == AK_OK ? ak_stamp_judge((const ak_pins *const *)c->pins, c->n, ak_buf_span(tsr), &q, found, err) : st;
}

/* ---- telling ---- */

static ak_status put_time(ak_json *o, const char *name, int64_t t, ak_error *err)
{
	char text[AK_UTCTIME_LEN + 1];

	ak_utctime_format(t, text);
	return ak_json_set(o, name, ak_json_new_str(text), err);
}

/* "1", "0.5", "0.000001" */
static ak_json *seconds_text(uint64_t us)
{
	char text[40];
	int n = snprintf(text, sizeof(text), "%llu.%06llu", (unsigned long long)(us / 1000000), (unsigned long long)(us % 1000000));

	while (n > 0 && text[n - 1] == '0')
		text[--n] = '\0';
	if (n > 0 && text[n - 1] == '.')
		text[n - 1] = '\0';
	return ak_json_new_str(text);
}

ak_status ak_time_put_token(const char *keyid, const char *authority, const char *operator_name, const ak_stamp_info *i, const char *url, bool is_new,
                       ak_json **out, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = AK_OK;

	if (keyid != NULL)
		st = ak_json_set(o, "keyid", ak_json_new_str(keyid), err);
	if (st == AK_OK)
		st = ak_json_set(o, "authority", ak_json_new_str(authority), err);
	if (st == AK_OK && operator_name != NULL)
		st = ak_json_set(o, "operator", ak_json_new_str(operator_name), err);
	if (st == AK_OK)
		st = ak_json_set(o, "policy", ak_json_new_str(i->policy), err);
	if (st == AK_OK)
		st = ak_json_set(o, "serial", ak_json_new_str(i->serial), err);
	if (st == AK_OK)
		st = put_time(o, "time", i->time, err);
	if (st == AK_OK)
		st = put_time(o, "earliest", i->earliest, err);
	if (st == AK_OK)
		st = put_time(o, "latest", i->latest, err);
	if (st == AK_OK)
		st = ak_json_set(o, "accuracy", i->has_accuracy ? seconds_text(i->accuracy_us) : ak_json_new_null(), err);
	if (st == AK_OK)
		st = ak_json_set(o, "url", ak_json_new_str(url), err);
	if (st == AK_OK)
		st = ak_json_set(o, "new", ak_json_new_bool(is_new), err);
	if (st != AK_OK)
		ak_json_free(o);
	else
		*out = o;
	return st;
}

/* ---- for renewals ---- */

struct ak_time_circle {
	ak_circle who;
	ak_crl_lists crls;
	ak_tsa *tsa; /* all of them in a row; what they point at is who's */
	ak_stamp_query query;
};

ak_status ak_time_circle_open(ak_ledger *l, const ak_timestamp_options *o, bool lenient, ak_time_circle **out, ak_error *err)
{
	ak_time_circle *c = ak_mem_alloc(sizeof(*c));
	ak_error why = { 0 };
	size_t n = 0;
	ak_status st;

	if (c == NULL)
		return ak_no_memory(err, "timestamp");
	st = ak_circle_of(l, ak_span_str("akashi"), &c->who, &why);
	if (st == AK_NOT_FOUND && lenient && why.where != NULL && strcmp(why.where, "profile.time_authorities") == 0)
		st = AK_OK;
	else if (st != AK_OK && err != NULL)
		*err = why;
	if (st == AK_OK)
		st = ak_crl_lists_read(o, &c->crls, err);
	if (st == AK_OK) {
		c->tsa = ak_mem_array(c->who.authorities + 1, sizeof(*c->tsa));
		st = c->tsa == NULL ? ak_no_memory(err, "timestamp") : AK_OK;
	}
	for (size_t i = 0; st == AK_OK && i < c->who.n; i++) {
		for (size_t k = 0; k < ak_pins_n(c->who.pins[i]) && n < c->who.authorities; k++)
			c->tsa[n++] = ak_pins_all(c->who.pins[i])[k];
	}
	if (st == AK_OK) {
		c->query = (ak_stamp_query){ .now = o->now + AK_STAMP_SKEW_S, .tsa = c->tsa, .n_tsa = n,
			                     .crls = (const ak_crl *const *)c->crls.crl, .n_crls = c->crls.n };
		*out = c;
	} else {
		ak_time_circle_free(&c);
	}
	return st;
}

const ak_stamp_query *ak_time_circle_query(const ak_time_circle *c)
{
	return &c->query;
}

void ak_time_circle_free(ak_time_circle **c)
{
	if (*c == NULL)
		return;
	ak_circle_clear(&(*c)->who);
	ak_crl_lists_clear(&(*c)->crls);
	ak_mem_free((*c)->tsa);
	ak_mem_free(*c);
	*c = NULL;
}

ak_status ak_time_ask(const ak_timestamp_options *o, ak_span imprint, ak_buf *tsr, ak_error *err)
{
	uint8_t nonce[AK_TIME_NONCE];
	ak_stamp_query q = { .nonce = { nonce, AK_TIME_NONCE }, .imprint = imprint, .now = o->now + AK_STAMP_SKEW_S };
	ak_stamp_found found;
	ak_error why = { 0 };
	ak_stamp *s = NULL;
	ak_status st = ak_time_post(o, imprint, nonce, tsr, err);

	if (st == AK_OK)
		st = ak_stamp_parse(ak_buf_span(tsr), &s, err);
	/* Imprint, nonce and clock are looked at before anything is asked of authorities, of which there are none here. */
	if (st == AK_OK && ak_stamp_verify(s, &q, &found, &why) != AK_NO_TRUSTED_SIG) {
		st = why.status;
		if (err != NULL)
			*err = why;
	}
	ak_stamp_free(&s);
	return st;
}
