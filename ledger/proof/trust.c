/* SPDX-License-Identifier: Apache-2.0 */
#include "akashi/trust.h"

#include "base/fail.h"
#include "codec/jcs.h"
#include "crypto/hash.h"
#include "held/shipped.h"
#include "verify/report.h"
#include "verify/trust_read.h"

#include <stdio.h>

enum { TEXT_MAX = 1 << 20 }; /* a trust file is much shorter */

static ak_status put_fingerprint(ak_span text, ak_json *o, ak_error *err)
{
	ak_json *f = ak_json_new_object();
	ak_buf words, digits;
	ak_digest d;
	ak_status st;

	ak_sha256(text, &d);
	ak_buf_init(&words, 1024);
	ak_buf_init(&digits, 1024);
	st = ak_fingerprint_words(&d, &words, err);
	if (st == AK_OK)
		st = ak_fingerprint_digits(&d, &digits, err);
	if (st == AK_OK)
		st = ak_json_set(f, "sha256", ak_json_new_digest(&d), err);
	if (st == AK_OK)
		st = ak_json_set(f, "digits", ak_json_new_text(ak_buf_span(&digits)), err);
	if (st == AK_OK)
		st = ak_json_set(f, "words", ak_json_new_text(ak_buf_span(&words)), err);
	ak_buf_clear(&digits);
	ak_buf_clear(&words);
	if (st != AK_OK) {
		ak_json_free(f);
		return st;
	}
	return ak_json_set(o, "fingerprint", f, err);
}

static ak_status put_vkey(const ak_vkey *k, const char *name, ak_json *o, ak_error *err)
{
	ak_buf b;
	ak_status st;

	ak_buf_init(&b, 1024);
	st = ak_vkey_format(k, &b, err);
	if (st == AK_OK)
		st = ak_json_set(o, name, ak_json_new_text(ak_buf_span(&b)), err);
	ak_buf_clear(&b);
	return st;
}

static ak_status put_witnesses(const ak_trust *t, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < t->n_witnesses; i++) {
		ak_json *w = ak_json_new_object();

		st = ak_json_set(w, "name", ak_json_new_str(t->witness[i].name), err);
		if (st == AK_OK)
			st = put_vkey(&t->witness[i].key, "key", w, err);
		if (st != AK_OK)
			ak_json_free(w);
		else
			st = ak_json_add(list, w, err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "witnesses", list, err);
}

static ak_status put_groups(const ak_trust *t, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < t->n_groups; i++) {
		const ak_trust_group *g = &t->group[i];
		ak_json *v = ak_json_new_object(), *members = ak_json_new_array();

		st = ak_json_set(v, "name", ak_json_new_str(g->name), err);
		if (st == AK_OK)
			st = ak_json_set(v, "k", ak_json_new_int((int64_t)g->k), err);
		for (size_t m = 0; st == AK_OK && m < g->n; m++)
			st = ak_json_add(members, ak_json_new_str(ak_trust_name(t, g->member[m])), err);
		if (st == AK_OK)
			st = ak_json_set(v, "members", ak_json_ref(members), err);
		ak_json_free(members);
		if (st != AK_OK)
			ak_json_free(v);
		else
			st = ak_json_add(list, v, err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "groups", list, err);
}

static ak_status put_pins(const ak_trust *t, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < t->n_pins; i++) {
		ak_json *p = ak_json_new_object();

		st = ak_json_set(p, "scheme", ak_json_new_str(t->pin[i].scheme), err);
		if (st == AK_OK)
			st = ak_json_set(p, "digest", ak_json_new_digest(&t->pin[i].digest), err);
		if (st == AK_OK)
			st = ak_json_set(p, "held", ak_json_new_bool(ak_held_by_program(NULL,
			                 ak_span_str(t->pin[i].scheme), &t->pin[i].digest)), err);
		if (st != AK_OK)
			ak_json_free(p);
		else
			st = ak_json_add(list, p, err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "profiles", list, err);
}

static ak_status put_warnings(const ak_trust *t, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = AK_OK;

	if (t->quorum == AK_TRUST_NONE)
		st = ak_json_add(list, ak_report_words("立会機関を求めていない。台帳の分岐に対する保護はない",
		                                       "no witness quorum: no protection against a fork"), err);
	if (st == AK_OK && t->complete == AK_TRUST_NONE)
		st = ak_json_add(list, ak_report_words("記録に欠落がないことは運用者の申告による",
		                                       "completeness is on the operator's word"), err);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "warnings", list, err);
}

static ak_status describe(const ak_trust *t, ak_span text, ak_json *o, ak_error *err)
{
	char fresh[16];
	ak_status st = ak_json_set(o, "ok", ak_json_new_bool(true), err);

	(void)snprintf(fresh, sizeof(fresh), "P%dD", (int)t->fresh_days);
	if (st == AK_OK)
		st = ak_json_set(o, "origin", ak_json_new_str(t->log.name), err);
	if (st == AK_OK)
		st = put_vkey(&t->log, "log", o, err);
	if (st == AK_OK)
		st = ak_json_set(o, "genesis", ak_json_new_digest(&t->genesis), err);
	if (st == AK_OK)
		st = put_witnesses(t, o, err);
	if (st == AK_OK)
		st = put_groups(t, o, err);
	if (st == AK_OK)
		st = ak_json_set(o, "quorum", ak_json_new_str(ak_trust_name(t, t->quorum)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "complete", ak_json_new_str(ak_trust_name(t, t->complete)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "fresh", ak_json_new_str(fresh), err);
	if (st == AK_OK)
		st = ak_json_set(o, "keyset", t->has_keyset ? ak_json_new_digest(&t->keyset) : ak_json_new_null(), err);
	if (st == AK_OK)
		st = put_pins(t, o, err);
	if (st == AK_OK)
		st = put_fingerprint(text, o, err);
	return st == AK_OK ? put_warnings(t, o, err) : st;
}

ak_status ak_trust_describe(ak_span trust, ak_text *json, ak_error *err)
{
	ak_trust *t = ak_mem_alloc(sizeof(*t));
	ak_json *o;
	ak_status st;

	if (t == NULL)
		return ak_no_memory(err, "trust");
	st = ak_trust_read(trust, t, err);
	if (st != AK_OK) {
		ak_mem_free(t);
		return st;
	}
	o = ak_json_new_object();
	st = describe(t, trust, o, err);
	ak_mem_free(t);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_jcs_text(o, TEXT_MAX, json, err);
}
