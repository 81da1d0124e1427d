/* SPDX-License-Identifier: Apache-2.0 */
#include "akashi/envelope.h"

#include "api/api.h"
#include "base/fail.h"
#include "crypto/hash.h"
#include "envelope/envelope.h"
#include "store/git_evidence.h"

static ak_status read_certs(const ak_span *certs, size_t n, ak_cert **out, ak_error *err)
{
	for (size_t i = 0; i < n; i++) {
		ak_cert *one[AK_CHAIN_MAX] = { NULL };
		size_t k = 0;
		ak_status st = ak_certs_read(certs[i], one, &k, err);

		/* A chain names its leaf first; nobody means to encrypt for an authority. */
		if (st == AK_OK) {
			out[i] = one[0];
			one[0] = NULL;
			ak_certs_free(one + 1, k - 1);
		} else {
			if (err != NULL)
				err->at = i;
			return st;
		}
	}
	return AK_OK;
}

ak_status ak_envelope_make(ak_span plain, const ak_span *certs, size_t n, int64_t now, ak_text *out, ak_error *err)
{
	ak_cert *to[AK_ENVELOPE_RECIPIENTS_MAX] = { NULL };
	ak_buf der;
	ak_status st;

	if (n == 0 || n > AK_ENVELOPE_RECIPIENTS_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "envelope.recipient", n, "1 to %d recipients", AK_ENVELOPE_RECIPIENTS_MAX);
	ak_buf_init(&der, AK_ENVELOPE_MAX);
	st = read_certs(certs, n, to, err);
	if (st == AK_OK)
		st = ak_envelope_seal(to, n, now, plain, &der, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&der, out, err);
	ak_buf_clear(&der);
	ak_certs_free(to, n);
	return st;
}

ak_status ak_envelope_read(ak_span envelope, ak_span key, const char *passphrase, ak_text *out, ak_error *err)
{
	ak_buf plain;
	ak_status st;

	ak_buf_init(&plain, AK_ENVELOPE_MAX + 1);
	st = ak_buf_reserve(&plain, envelope.len + 1, err);
	if (st == AK_OK)
		st = ak_envelope_open(envelope, key, passphrase, &plain, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&plain, out, err);
	ak_buf_wipe(&plain);
	return st;
}

static ak_status put_recipient(void *ctx, const char *issuer, const char *serial, const char *key, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = AK_OK;

	if (*key != '\0')
		st = ak_json_set(o, "key", ak_json_new_str(key), err);
	if (st == AK_OK && *serial != '\0')
		st = ak_json_set(o, "issuer", ak_json_new_str(issuer), err);
	if (st == AK_OK && *serial != '\0')
		st = ak_json_set(o, "serial", ak_json_new_str(serial), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(ctx, o, err);
}

static ak_status describe(ak_span envelope, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_digest d;
	ak_status st = list == NULL ? ak_no_memory(err, "envelope") : ak_envelope_recipients(envelope, put_recipient, list, err);

	ak_sha256(envelope, &d);
	if (st == AK_OK)
		st = ak_json_set(o, "bytes", ak_json_new_int((int64_t)envelope.len), err);
	if (st == AK_OK)
		st = ak_json_set(o, "digest", ak_api_digest(&d), err);
	if (st == AK_OK)
		st = ak_json_set(o, "recipients", ak_json_ref(list), err);
	ak_json_free(list);
	return st;
}

ak_status ak_envelope_describe(ak_span envelope, ak_text *json, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = describe(envelope, o, err);

	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}

ak_status ak_ledger_evidence_put(ak_ledger *l, const char *name, ak_span envelope, ak_error *err)
{
	ak_status st = ak_envelope_check(envelope, err);

	return st == AK_OK ? ak_git_evidence_put(l->b->git, name, envelope, err) : st;
}

ak_status ak_ledger_evidence_get(ak_ledger *l, const char *name, ak_text *out, ak_error *err)
{
	ak_buf bytes;
	ak_status st;

	ak_buf_init(&bytes, AK_ENVELOPE_MAX);
	st = ak_git_evidence_get(l->b->git, name, AK_ENVELOPE_MAX, &bytes, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&bytes, out, err);
	ak_buf_clear(&bytes);
	return st;
}

typedef struct listing {
	ak_git *g;
	ak_json *list;
} listing;

static ak_status put_file(void *ctx, const char *name, ak_error *err)
{
	listing *w = ctx;
	ak_json *o = ak_json_new_object();
	ak_error why = { 0 };
	ak_buf bytes;
	ak_status st = ak_json_set(o, "name", ak_json_new_str(name), err), got;

	ak_buf_init(&bytes, AK_ENVELOPE_MAX);
	got = ak_git_evidence_get(w->g, name, AK_ENVELOPE_MAX, &bytes, &why);
	if (got == AK_OK)
		got = describe(ak_buf_span(&bytes), o, &why);
	if (st == AK_OK && got != AK_OK)
		st = ak_json_set(o, "problem", ak_json_new_str(why.detail[0] != '\0' ? why.detail : ak_status_text(got)), err);
	ak_buf_clear(&bytes);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(w->list, o, err);
}

ak_status ak_ledger_evidence_list(ak_ledger *l, ak_text *json, ak_error *err)
{
	listing w = { .g = l->b->git, .list = ak_json_new_array() };
	ak_status st = w.list == NULL ? ak_no_memory(err, "evidence") : ak_git_evidence_each(w.g, put_file, &w, err);

	if (st != AK_OK) {
		ak_json_free(w.list);
		return st;
	}
	return ak_api_text(w.list, json, err);
}

ak_status ak_ledger_evidence_drop(ak_ledger *l, const char *name, bool *gone, ak_error *err)
{
	return ak_git_evidence_drop(l->b->git, name, gone, err);
}
