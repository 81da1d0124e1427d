/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/stamps.h"

#include "base/fail.h"
#include "base/text.h"
#include "model/time_authority.h"

#include <stdio.h>
#include <string.h>

struct ak_pins {
	ak_json *package; /* one reference: names and policies are in it */
	ak_time_authority entry[AK_TIME_AUTHORITIES_MAX];
	ak_cert *root[AK_TIME_AUTHORITIES_MAX]; /* owned */
	ak_tsa tsa[AK_TIME_AUTHORITIES_MAX];
	size_t n;
};

static ak_status read_root(ak_span text, size_t i, ak_cert **out, ak_error *err)
{
	ak_error why = { 0 };
	ak_buf der;
	ak_status st;

	ak_buf_init(&der, AK_CERT_MAX);
	st = ak_base64_decode(text, &der, &why) ? ak_cert_parse(ak_buf_span(&der), out, &why) : AK_BAD_FORMAT;
	ak_buf_clear(&der);
	if (why.status == AK_NO_MEMORY)
		return ak_no_memory(err, "profile.time_authorities");
	return st == AK_OK ? AK_OK
	                   : ak_fail(err, AK_SCHEMA, "profile.time_authorities", i, "entry %zu: root is no certificate: %.100s", i + 1, why.detail);
}

ak_status ak_pins_read(const ak_json *package, ak_pins **out, ak_error *err)
{
	ak_pins *p = ak_mem_alloc(sizeof(*p));
	ak_error why = { 0 };
	ak_status st;

	if (p == NULL)
		return ak_no_memory(err, "profile.time_authorities");
	p->package = ak_json_ref((ak_json *)(uintptr_t)package);
	st = ak_time_authorities_read(package, p->entry, &p->n, &why);
	if (st != AK_OK) {
		if (err != NULL)
			*err = why;
		if (st == AK_BAD_FORMAT) {
			st = AK_SCHEMA;
			if (err != NULL)
				err->status = AK_SCHEMA;
		}
	}
	for (size_t i = 0; st == AK_OK && i < p->n; i++) {
		const ak_time_authority *t = &p->entry[i];

		if (!t->has_certificate)
			st = read_root(t->root, i, &p->root[i], err);
		p->tsa[i] = (ak_tsa){
			.name = t->name, .operator_name = t->operator_name, .certificate = t->has_certificate ? &t->certificate : NULL, .root = p->root[i],
			.policies = t->policy, .n_policies = t->n_policies, .from = t->from, .until = t->until,
		};
	}
	if (st != AK_OK)
		ak_pins_free(&p);
	else
		*out = p;
	return st;
}

void ak_pins_free(ak_pins **p)
{
	if (*p == NULL)
		return;
	for (size_t i = 0; i < AK_TIME_AUTHORITIES_MAX; i++)
		ak_cert_free(&(*p)->root[i]);
	ak_json_free((*p)->package);
	ak_mem_free(*p);
	*p = NULL;
}

size_t ak_pins_n(const ak_pins *p)
{
	return p == NULL ? 0 : p->n;
}

const ak_tsa *ak_pins_all(const ak_pins *p)
{
	return p->tsa;
}

ak_status ak_stamp_judge(const ak_pins *const *pins, size_t n_pins, ak_span tsr, const ak_stamp_query *question, ak_stamped *out, ak_error *err)
{
	ak_stamp *s = NULL;
	ak_stamp_found found = { 0 };
	ak_status st = ak_stamp_parse(tsr, &s, err), refused = AK_OK;

	for (size_t i = 0; st == AK_OK && found.by == NULL && i < n_pins; i++) {
		ak_stamp_query q = *question;
		ak_error why = { 0 };
		ak_status one;

		q.n_tsa = ak_pins_n(pins[i]);
		q.tsa = q.n_tsa == 0 ? NULL : ak_pins_all(pins[i]);
		one = ak_stamp_verify(s, &q, &found, &why);
		if (one == AK_OK)
			break;
		found.by = NULL;
		if (one == AK_NO_MEMORY) {
			st = ak_no_memory(err, "timestamp");
		} else if (refused == AK_OK || one != AK_NO_TRUSTED_SIG) {
			refused = one;
			if (err != NULL)
				*err = why;
		}
	}
	if (st == AK_OK && found.by == NULL)
		st = refused != AK_OK ? refused : ak_fail(err, AK_NO_TRUSTED_SIG, "timestamp", 0, "no profile in force names an authority");
	if (st == AK_OK && found.by != NULL) {
		ak_stamped r = { .info = *ak_stamp_get_info(s) };

		(void)snprintf(r.authority, sizeof(r.authority), "%s", found.by->name);
		(void)snprintf(r.operator_name, sizeof(r.operator_name), "%s", found.by->operator_name);
		*out = r;
	}
	ak_stamp_free(&s);
	return st;
}

static ak_status try_one(ak_sealed *s, const ak_json *entry, const ak_pins *const *pins, size_t n_pins, bool *good, ak_error *why, ak_error *err)
{
	ak_span keyid = ak_json_get_text(entry, "keyid");
	ak_stamped found;
	ak_error no = { 0 };
	ak_digest id;
	ak_buf der;
	size_t i = 0;
	ak_status st;

	*good = false;
	if (!ak_digest_parse(keyid, &id))
		return AK_OK; /* line 3 was read: there is no such entry */
	while (i < s->signatures.n && !ak_digest_eq(&s->signatures.sig[i].keyid, &id))
		i++;
	if (i == s->signatures.n)
		return AK_OK;
	ak_buf_init(&der, AK_STAMP_MAX);
	st = ak_base64_decode(ak_json_get_text(entry, "tsr"), &der, &no) ? AK_OK : no.status;
	if (st == AK_OK) {
		const ak_stamp_query q = { .message = s->signatures.sig[i].sig, .now = s->header.time + AK_STAMP_SKEW_S };

		st = ak_stamp_judge(pins, n_pins, ak_buf_span(&der), &q, &found, &no);
	}
	ak_buf_clear(&der);
	if (no.status == AK_NO_MEMORY)
		return ak_no_memory(err, "timestamp");
	if (st != AK_OK) {
		if (why->status == AK_OK)
			*why = no;
		return AK_OK;
	}
	*good = true;
	if (!s->result[i].stamped || found.info.latest > s->result[i].stamped_by)
		s->result[i].stamped_by = found.info.latest;
	s->result[i].stamped = true;
	return AK_OK;
}

ak_status ak_stamps_try(ak_sealed *s, const ak_pins *const *pins, size_t n_pins, size_t *n_good, ak_error *why, ak_error *err)
{
	const ak_json *list = s->signatures.timestamps;
	ak_status st = AK_OK;

	*n_good = 0;
	*why = (ak_error){ 0 };
	for (size_t i = 0; i < s->signatures.n; i++)
		s->result[i].stamped = false;
	for (size_t i = 0; st == AK_OK && i < ak_json_len(list); i++) {
		bool good;

		st = try_one(s, ak_json_at(list, i), pins, n_pins, &good, why, err);
		*n_good += st == AK_OK && good;
	}
	return st;
}
