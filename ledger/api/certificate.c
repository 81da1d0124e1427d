/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and revocation lists, taken apart for people and for the records that carry them. */
#include "api/api.h"

#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"
#include "pki/crl.h"

static ak_status put_text(ak_json *o, const char *name, ak_status (*get)(const ak_cert *, ak_buf *, ak_error *), const ak_cert *c, ak_error *err)
{
	ak_buf b;
	ak_status st;

	ak_buf_init(&b, AK_CERT_TEXT_MAX);
	st = get(c, &b, err);
	if (st == AK_OK && !ak_utf8_valid(ak_buf_span(&b), &(size_t){ 0 }))
		st = ak_fail(err, AK_BAD_FORMAT, "certificate.name", 0, "a name that is not UTF-8");
	if (st == AK_OK)
		st = ak_json_set(o, name, ak_json_new_text(ak_buf_span(&b)), err);
	ak_buf_clear(&b);
	return st;
}

static ak_status put_time(ak_json *o, const char *name, int64_t t, ak_error *err)
{
	char text[AK_UTCTIME_LEN + 1];

	ak_utctime_format(t, text);
	return ak_json_set(o, name, ak_json_new_str(text), err);
}

/* {"subject","issuer","holder","serial","not_before","not_after","sha256"} */
static ak_status describe(const ak_cert *c, ak_json **out, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = put_text(o, "subject", ak_cert_subject, c, err);

	if (st == AK_OK)
		st = put_text(o, "issuer", ak_cert_issuer, c, err);
	if (st == AK_OK)
		st = put_text(o, "holder", ak_cert_holder, c, err);
	if (st == AK_OK)
		st = put_text(o, "serial", ak_cert_serial, c, err);
	if (st == AK_OK)
		st = put_time(o, "not_before", ak_cert_not_before(c), err);
	if (st == AK_OK)
		st = put_time(o, "not_after", ak_cert_not_after(c), err);
	if (st == AK_OK)
		st = ak_json_set(o, "sha256", ak_json_new_digest(ak_cert_id(c)), err);
	if (st != AK_OK)
		ak_json_free(o);
	else
		*out = o;
	return st;
}

static ak_status add_one(const ak_cert *c, ak_json *list, ak_json *chain, ak_error *err)
{
	ak_json *o = NULL;
	ak_buf b;
	ak_status st = ak_cert_check_public(c, err);

	ak_buf_init(&b, 2 * AK_CERT_MAX);
	if (st == AK_OK)
		st = ak_base64_encode(ak_cert_der(c), &b, err);
	if (st == AK_OK)
		st = ak_json_add(list, ak_json_new_text(ak_buf_span(&b)), err);
	if (st == AK_OK)
		st = describe(c, &o, err);
	if (st == AK_OK)
		st = ak_json_add(chain, o, err);
	ak_buf_clear(&b);
	return st;
}

ak_status ak_certificates_read(ak_span file, ak_text *json, ak_error *err)
{
	ak_cert *certs[AK_CHAIN_MAX];
	ak_json *o, *list, *chain;
	char hex[2 * AK_DIGEST_LEN + 1];
	size_t n = 0;
	ak_status st = ak_certs_read(file, certs, &n, err);

	if (st != AK_OK)
		return st;
	o = ak_json_new_object();
	list = ak_json_new_array();
	chain = ak_json_new_array();
	for (size_t i = 0; st == AK_OK && i < n; i++) {
		st = add_one(certs[i], list, chain, err);
		if (st == AK_PERSONAL_DATA && err != NULL)
			err->at = i + 1;
	}
	ak_hex_encode(ak_cert_key(certs[0])->b, AK_DIGEST_LEN, hex);
	if (st == AK_OK)
		st = ak_json_set(o, "key", ak_json_new_str(hex), err);
	if (st == AK_OK)
		st = ak_json_set(o, "certificate", ak_json_ref(list), err);
	if (st == AK_OK)
		st = ak_json_set(o, "chain", ak_json_ref(chain), err);
	ak_certs_free(certs, n);
	ak_json_free(list);
	ak_json_free(chain);
	if (st == AK_OK)
		return ak_api_text(o, json, err);
	ak_json_free(o);
	return st;
}

/* ---- revocation lists ---- */

static ak_status put_revoked(void *ctx, const ak_digest *keyid, const ak_cert *cert, const ak_revoked *how, ak_error *err)
{
	ak_json *list = ctx, *o = ak_json_new_object();
	char hex[2 * AK_DIGEST_LEN + 1];
	ak_status st;

	ak_hex_encode(keyid->b, AK_DIGEST_LEN, hex);
	st = ak_json_set(o, "id", ak_json_new_str(hex), err);
	if (st == AK_OK)
		st = ak_json_set(o, "certificate", ak_json_new_digest(ak_cert_id(cert)), err);
	if (st == AK_OK)
		st = put_time(o, "date", how->date, err);
	if (st == AK_OK)
		st = ak_json_set(o, "reason", ak_json_new_str(ak_revoked_reason(how->reason)), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(list, o, err);
}

static ak_status put_list(const ak_crl *c, const ak_digest *issuer, ak_json *o, ak_error *err)
{
	char hex[2 * AK_DIGEST_LEN + 1];
	int64_t next = 0;
	ak_buf b;
	ak_status st;

	ak_hex_encode(issuer->b, AK_DIGEST_LEN, hex);
	(void)ak_crl_next_update(c, &next); /* ak_crl_check_form has seen that there is one */
	ak_buf_init(&b, AK_CERT_TEXT_MAX);
	st = ak_crl_issuer(c, &b, err);
	if (st == AK_OK && !ak_utf8_valid(ak_buf_span(&b), &(size_t){ 0 }))
		st = ak_fail(err, AK_BAD_FORMAT, "crl.issuer", 0, "a name that is not UTF-8");
	if (st == AK_OK)
		st = ak_json_set(o, "issuer", ak_json_new_text(ak_buf_span(&b)), err);
	ak_buf_clear(&b);
	ak_buf_init(&b, 256);
	if (st == AK_OK)
		st = ak_crl_number(c, &b, err);
	if (st == AK_OK && b.len != 0)
		st = ak_json_set(o, "number", ak_json_new_text(ak_buf_span(&b)), err);
	ak_buf_clear(&b);
	if (st == AK_OK)
		st = ak_json_set(o, "digest", ak_json_new_digest(ak_crl_id(c)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "issuer_key", ak_json_new_str(hex), err);
	if (st == AK_OK)
		st = put_time(o, "this_update", ak_crl_this_update(c), err);
	return st == AK_OK ? put_time(o, "next_update", next, err) : st;
}

ak_status ak_ledger_read_crl(ak_ledger *l, ak_span list, int64_t now, ak_text *body, ak_error *err)
{
	ak_json *o = ak_json_new_object(), *revoked = ak_json_new_array();
	ak_authority *a = NULL;
	ak_crl *c = NULL;
	ak_digest issuer;
	ak_status st = ak_crl_parse(list, &c, err);

	if (st == AK_OK)
		st = ak_crl_check_form(c, err);
	if (st == AK_OK && ak_crl_this_update(c) > now)
		st = ak_fail(err, AK_CLOCK, "crl.this_update", 0, "the list is from later than this computer's clock");
	if (st == AK_OK)
		st = ak_books_authority(l->b, NULL, 0, NULL, 0, &a, err);
	if (st == AK_OK)
		st = ak_authority_on_list(a, c, &issuer, put_revoked, revoked, err);
	if (st == AK_OK)
		st = put_list(c, &issuer, o, err);
	if (st == AK_OK)
		st = ak_json_set(o, "revoked", ak_json_ref(revoked), err);
	ak_authority_free(&a);
	ak_crl_free(&c);
	ak_json_free(revoked);
	if (st == AK_OK)
		return ak_api_text(o, body, err);
	ak_json_free(o);
	return st;
}
