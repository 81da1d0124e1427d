/* SPDX-License-Identifier: Apache-2.0 */
#include "model/signatures.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ak_signatures_clear(ak_signatures *s)
{
	ak_mem_free(s->sig);
	ak_buf_clear(&s->bytes);
	ak_json_free(s->timestamps);
	*s = (ak_signatures){ 0 };
}

static ak_status bad(ak_error *err, const char *where, size_t at, const char *what)
{
	return ak_fail(err, AK_BAD_FORMAT, where, at, "%s", what);
}

static ak_status bad_count(ak_error *err, size_t n, const char *what)
{
	char found[24];

	(void)bad(err, "signatures", n, what);
	(void)snprintf(found, sizeof(found), "%zu", n);
	(void)ak_fail_values(err, AK_BAD_FORMAT, "1 to 64 signatures", found);
	return AK_BAD_FORMAT;
}

static ak_status bad_twice(ak_error *err, size_t i, const ak_digest *keyid, const char *what)
{
	char found[AK_DIGEST_TEXT_LEN + 1];

	ak_digest_format(keyid, found);
	(void)bad(err, "signatures.signatures", i, what);
	(void)ak_fail_values(err, AK_BAD_FORMAT, "each keyid once, in ascending order", found);
	return AK_BAD_FORMAT;
}

static ak_status read_signature(const ak_json *item, size_t i, ak_signatures *s, ak_error *err)
{
	ak_span sig = ak_json_get_text(item, "sig");
	size_t from = s->bytes.len;

	if (ak_json_len(item) != 2 || sig.len == 0 ||
	    !ak_digest_parse(ak_json_get_text(item, "keyid"), &s->sig[i].keyid))
		return bad(err, "signatures.signatures", i,
		           "must be {\"keyid\":\"sha256:…\",\"sig\":\"<base64>\"}");
	if (i > 0 && memcmp(s->sig[i - 1].keyid.b, s->sig[i].keyid.b, AK_DIGEST_LEN) >= 0)
		return bad_twice(err, i, &s->sig[i].keyid, "not sorted by keyid, or two signatures of one keyid");
	if (!ak_base64_decode(sig, &s->bytes, NULL) || s->bytes.len - from > AK_SIG_BYTES_MAX)
		return bad(err, "signatures.signatures", i,
		           "sig must be canonical base64 of at most 1024 bytes");
	/* The buffer was reserved whole before, so it does not move. */
	s->sig[i].sig = (ak_span){ s->bytes.data + from, s->bytes.len - from };
	return AK_OK;
}

static bool has_keyid(const ak_signatures *s, const ak_digest *keyid)
{
	for (size_t i = 0; i < s->n; i++) {
		if (ak_digest_eq(&s->sig[i].keyid, keyid))
			return true;
	}
	return false;
}

static int stamp_cmp(const ak_json *a, const ak_json *b)
{
	int c = ak_span_cmp(ak_json_get_text(a, "keyid"), ak_json_get_text(b, "keyid"));

	return c != 0 ? c : ak_span_cmp(ak_json_get_text(a, "tsr"), ak_json_get_text(b, "tsr"));
}

static ak_status check_tsr(ak_span tsr, size_t i, ak_error *err)
{
	ak_error why = { 0 };
	ak_buf der;
	bool ok;

	ak_buf_init(&der, AK_TSR_MAX);
	ok = ak_base64_decode(tsr, &der, &why);
	ak_buf_clear(&der);
	if (ok)
		return AK_OK;
	if (why.status == AK_NO_MEMORY)
		return ak_no_memory(err, "signatures.timestamps");
	return bad(err, "signatures.timestamps", i, "tsr must be canonical base64 of at most 32 KiB");
}

/* `s` needs only its keyids. */
static ak_status check_timestamps(const ak_json *list, const ak_signatures *s, ak_error *err)
{
	size_t n = ak_json_len(list);

	if (!ak_json_is(list, AK_JSON_ARRAY))
		return bad(err, "signatures.timestamps", 0, "must be an array");
	for (size_t i = 0; i < n; i++) {
		const ak_json *t = ak_json_at(list, i);
		ak_span tsr = ak_json_get_text(t, "tsr");
		ak_digest keyid;
		ak_status st;

		if (ak_json_len(t) != 2 || tsr.len == 0 ||
		    !ak_digest_parse(ak_json_get_text(t, "keyid"), &keyid) || !has_keyid(s, &keyid))
			return bad(err, "signatures.timestamps", i,
			           "must be {\"keyid\":<of a signature>,\"tsr\":\"<base64>\"}");
		if (i > 0 && stamp_cmp(ak_json_at(list, i - 1), t) >= 0)
			return bad(err, "signatures.timestamps", i, "not sorted, or repeated");
		st = check_tsr(tsr, i, err);
		if (st != AK_OK)
			return st;
	}
	return AK_OK;
}

ak_status ak_signatures_parse(ak_span line, ak_signatures *out, ak_error *err)
{
	ak_signatures s = { 0 };
	ak_json *root = NULL;
	const ak_json *list;
	ak_status st;

	if (line.len > AK_SIGNATURES_MAX)
		return ak_fail(err, AK_BAD_FORMAT, "signatures", AK_SIGNATURES_MAX,
		               "%zu bytes, at most %d are allowed", line.len, AK_SIGNATURES_MAX);
	st = ak_jcs_parse(line, &root, err);
	if (st != AK_OK)
		return st;
	list = ak_json_get(root, "signatures");
	s.n = ak_json_len(list);
	if (ak_json_len(root) != 2 || !ak_json_is(list, AK_JSON_ARRAY) || s.n == 0 ||
	    s.n > AK_SIGNERS_MAX) {
		st = bad_count(err, s.n, "members must be exactly signatures (1 to 64) and timestamps");
		goto out;
	}
	ak_buf_init(&s.bytes, line.len);
	s.sig = ak_mem_array(s.n, sizeof(*s.sig));
	if (s.sig == NULL) {
		st = ak_no_memory(err, "signatures");
		goto out;
	}
	st = ak_buf_reserve(&s.bytes, line.len, err);
	for (size_t i = 0; st == AK_OK && i < s.n; i++)
		st = read_signature(ak_json_at(list, i), i, &s, err);
	if (st == AK_OK)
		st = check_timestamps(ak_json_get(root, "timestamps"), &s, err);
	s.n_timestamps = ak_json_len(ak_json_get(root, "timestamps"));
	if (st == AK_OK && s.n_timestamps != 0)
		s.timestamps = ak_json_ref((ak_json *)(uintptr_t)ak_json_get(root, "timestamps"));
out:
	ak_json_free(root);
	if (st != AK_OK)
		ak_signatures_clear(&s);
	else
		*out = s;
	return st;
}

static int by_keyid(const void *a, const void *b)
{
	const ak_dsse_signature *const *x = a, *const *y = b;

	return strcmp((*x)->keyid, (*y)->keyid);
}

/* What a line 3 of these signatures would have to be; fills keyid of `ids`. */
static ak_status check_order(const ak_dsse *e, const ak_dsse_signature *const *order,
                             ak_signature *ids, ak_error *err)
{
	const ak_signatures s = { .sig = ids, .n = e->n_sigs };

	for (size_t i = 0; i < e->n_sigs; i++) {
		if (!ak_digest_parse(ak_span_str(order[i]->keyid), &ids[i].keyid))
			return bad(err, "signatures.signatures", i, "a keyid must be sha256: and 64 hex digits");
		if (i > 0 && ak_digest_eq(&ids[i - 1].keyid, &ids[i].keyid))
			return bad_twice(err, i, &ids[i].keyid, "two signatures of one keyid");
		if (order[i]->sig.len == 0 || order[i]->sig.len > AK_SIG_BYTES_MAX)
			return bad(err, "signatures.signatures", i, "a signature has 1 to 1024 bytes");
	}
	return e->timestamps == NULL ? AK_OK : check_timestamps(e->timestamps, &s, err);
}

static ak_status one_json(const ak_dsse_signature *g, ak_json *list, ak_error *err)
{
	ak_json *item = ak_json_new_object();
	ak_buf b64;
	ak_status st = item == NULL ? ak_no_memory(err, "signatures") : AK_OK;

	ak_buf_init(&b64, 2 * AK_SIG_BYTES_MAX);
	if (st == AK_OK)
		st = ak_base64_encode(ak_buf_span(&g->sig), &b64, err);
	if (st == AK_OK)
		st = ak_json_set(item, "keyid", ak_json_new_str(g->keyid), err);
	if (st == AK_OK)
		st = ak_json_set(item, "sig", ak_json_new_text(ak_buf_span(&b64)), err);
	ak_buf_clear(&b64);
	if (st != AK_OK) {
		ak_json_free(item);
		return st;
	}
	return ak_json_add(list, item, err);
}

ak_status ak_signatures_from_dsse(const ak_dsse *e, ak_buf *line, ak_error *err)
{
	const ak_dsse_signature *order[AK_SIGNERS_MAX];
	ak_signature ids[AK_SIGNERS_MAX];
	ak_json *root = ak_json_new_object(), *list = ak_json_new_array();
	ak_json *stamps = e->timestamps != NULL ? ak_json_ref(e->timestamps) : ak_json_new_array();
	ak_status st = AK_OK;

	if (root == NULL || list == NULL || stamps == NULL)
		st = ak_no_memory(err, "signatures");
	else if (e->n_sigs == 0 || e->n_sigs > AK_SIGNERS_MAX)
		st = bad_count(err, e->n_sigs, "there must be 1 to 64 signatures");
	for (size_t i = 0; st == AK_OK && i < e->n_sigs; i++)
		order[i] = &e->sigs[i];
	if (st == AK_OK)
		qsort(order, e->n_sigs, sizeof(order[0]), by_keyid);
	if (st == AK_OK)
		st = check_order(e, order, ids, err);
	for (size_t i = 0; st == AK_OK && i < e->n_sigs; i++)
		st = one_json(order[i], list, err);
	if (st == AK_OK) {
		st = ak_json_set(root, "signatures", ak_json_ref(list), err);
		if (st == AK_OK)
			st = ak_json_set(root, "timestamps", ak_json_ref(stamps), err);
	}
	if (st == AK_OK)
		st = ak_jcs_write(root, line, err);
	ak_json_free(stamps);
	ak_json_free(list);
	ak_json_free(root);
	return st;
}

ak_status ak_signatures_to_dsse(ak_span statement, ak_span line, ak_dsse *out, ak_error *err)
{
	ak_signatures s = { 0 };
	ak_json *root = NULL;
	ak_dsse e;
	ak_status st;

	ak_dsse_init(&e);
	st = ak_signatures_parse(line, &s, err);
	if (st != AK_OK)
		return st;
	memcpy(e.type, AK_DSSE_TYPE, sizeof(AK_DSSE_TYPE));
	st = ak_buf_add_span(&e.payload, statement, err);
	for (size_t i = 0; st == AK_OK && i < s.n; i++) {
		char keyid[AK_DIGEST_TEXT_LEN + 1];

		ak_digest_format(&s.sig[i].keyid, keyid);
		st = ak_dsse_add_signature(&e, keyid, s.sig[i].sig, err);
	}
	if (st == AK_OK)
		st = ak_json_parse(line, &root, err);
	if (st == AK_OK && ak_json_len(ak_json_get(root, "timestamps")) > 0) {
		e.timestamps = ak_json_copy(ak_json_get(root, "timestamps"));
		if (e.timestamps == NULL)
			st = ak_no_memory(err, "signatures");
	}
	ak_json_free(root);
	ak_signatures_clear(&s);
	if (st != AK_OK)
		ak_dsse_clear(&e);
	else
		*out = e;
	return st;
}
