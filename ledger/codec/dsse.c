/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/dsse.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"

#include <stdio.h>
#include <string.h>

enum {
	/* Base64 of a signature of the greatest length. */
	SIG_TEXT_MAX = (AK_DSSE_SIG_MAX + 2) / 3 * 4,
};

void ak_dsse_init(ak_dsse *e)
{
	*e = (ak_dsse){ 0 };
	ak_buf_init(&e->payload, AK_DSSE_PAYLOAD_MAX);
}

void ak_dsse_clear(ak_dsse *e)
{
	for (size_t i = 0; i < e->n_sigs; i++)
		ak_buf_clear(&e->sigs[i].sig);
	ak_mem_free(e->sigs);
	ak_json_free(e->timestamps);
	ak_buf_clear(&e->payload);
	ak_dsse_init(e);
}

static ak_status wrong(ak_error *err, const char *where, uint64_t at, const char *why, const char *expected, const char *found)
{
	(void)ak_fail(err, AK_BAD_FORMAT, where, at, "%s", why);
	(void)ak_fail_values(err, AK_BAD_FORMAT, expected, found);
	return AK_BAD_FORMAT;
}

/* How long it is, where that is what is wrong. */
static ak_status wrong_length(ak_error *err, const char *where, uint64_t at, size_t most, const char *of_what, size_t found)
{
	char want[64], got[24];

	(void)snprintf(want, sizeof(want), "1 to %zu %s", most, of_what);
	(void)snprintf(got, sizeof(got), "%zu", found);
	(void)ak_fail(err, AK_BAD_FORMAT, where, at, "not %s", want);
	(void)ak_fail_values(err, AK_BAD_FORMAT, want, got);
	return AK_BAD_FORMAT;
}

/* Visible ASCII only: then bytes and characters count alike, whoever computes the PAE. */
static bool type_valid(ak_span type)
{
	if (type.len == 0 || type.len > AK_DSSE_TYPE_MAX)
		return false;
	for (size_t i = 0; i < type.len; i++) {
		if (type.data[i] <= 0x20 || type.data[i] >= 0x7f)
			return false;
	}
	return true;
}

ak_status ak_dsse_pae(const char *type, ak_span body, ak_buf *out, ak_error *err)
{
	ak_status st;

	if (!type_valid(ak_span_str(type)))
		return ak_fail(err, AK_INVALID_ARGUMENT, "dsse.payloadType", 0,
		               "not 1 to %d visible ASCII characters", AK_DSSE_TYPE_MAX);
	st = ak_buf_addf(out, err, "DSSEv1 %zu %s %zu ", strlen(type), type, body.len);
	if (st == AK_OK)
		st = ak_buf_add_span(out, body, err);
	return st;
}

static bool holds(ak_span text, char c)
{
	return text.len != 0 && memchr(text.data, c, text.len) != NULL;
}

/* Which of the characters that tell the two alphabets apart occur. */
static void survey(ak_span text, bool *standard, bool *url)
{
	*standard = holds(text, '+') || holds(text, '/');
	*url = holds(text, '-') || holds(text, '_');
}

/* Append `text` to `out` with the URL-safe characters replaced by the standard ones. */
static ak_status to_standard(ak_span text, ak_buf *out, ak_error *err)
{
	ak_status st = ak_buf_add_span(out, text, err);

	if (st != AK_OK)
		return st;
	for (size_t i = 0; i < out->len; i++) {
		if (out->data[i] == '-')
			out->data[i] = '+';
		else if (out->data[i] == '_')
			out->data[i] = '/';
	}
	return AK_OK;
}

/* Decode either alphabet; errors keep the offset in the text in err->at. */
static ak_status decode(ak_span text, const char *where, ak_buf *out, ak_error *err)
{
	ak_buf plain = { 0 };
	ak_error why = { 0 };
	bool standard, url;
	ak_status st = AK_OK;

	survey(text, &standard, &url);
	if (standard && url)
		return wrong(err, where, 0, "two base64 alphabets in one text", "'+' and '/', or '-' and '_'", "both");
	if (url) {
		ak_buf_init(&plain, text.len);
		st = to_standard(text, &plain, err);
		if (st != AK_OK)
			goto out;
		text = ak_buf_span(&plain);
	}
	if (!ak_base64_decode(text, out, &why))
		st = ak_fail(err, why.status, where, why.at, "%s", why.detail);
out:
	ak_buf_clear(&plain);
	return st;
}

/* The string member `key`, which is required. */
static ak_status need_text(const ak_json *object, const char *key, const char *where,
                           uint64_t at, ak_span *out, ak_error *err)
{
	const ak_json *v = ak_json_get(object, key);

	if (!ak_json_is(v, AK_JSON_STRING)) {
		(void)ak_fail(err, AK_BAD_FORMAT, where, at, "\"%s\" is %s", key, v == NULL ? "missing" : "not a string");
		(void)ak_fail_values(err, AK_BAD_FORMAT, "text", ak_json_type_name(v));
		return AK_BAD_FORMAT;
	}
	*out = ak_json_text(v);
	return AK_OK;
}

static ak_status read_type(const ak_json *root, ak_dsse *e, ak_error *err)
{
	ak_span type;
	ak_status st = need_text(root, "payloadType", "dsse.payloadType", 0, &type, err);

	if (st != AK_OK)
		return st;
	if (!type_valid(type))
		return wrong_length(err, "dsse.payloadType", 0, AK_DSSE_TYPE_MAX, "visible ASCII characters", type.len);
	memcpy(e->type, type.data, type.len);
	e->type[type.len] = '\0';
	return AK_OK;
}

static ak_status read_payload(const ak_json *root, ak_dsse *e, ak_error *err)
{
	ak_span text;
	ak_status st = need_text(root, "payload", "dsse.payload", 0, &text, err);

	return st == AK_OK ? decode(text, "dsse.payload", &e->payload, err) : st;
}

static ak_status append(ak_dsse *e, ak_dsse_signature *s, ak_error *err)
{
	ak_dsse_signature *grown =
		ak_mem_resize(e->sigs, (e->n_sigs + 1) * sizeof(*grown));

	if (grown == NULL)
		return ak_no_memory(err, "dsse.signatures");
	e->sigs = grown;
	e->sigs[e->n_sigs++] = *s;
	return AK_OK;
}

static ak_status read_signature(const ak_json *v, size_t i, ak_dsse *e, ak_error *err)
{
	const ak_json *keyid = ak_json_get(v, "keyid");
	ak_dsse_signature s = { 0 };
	ak_span text, id;
	ak_status st;

	if (!ak_json_is(v, AK_JSON_OBJECT))
		return wrong(err, "dsse.signatures", i, "not an object", "an object", ak_json_type_name(v));
	st = need_text(v, "sig", "dsse.signatures.sig", i, &text, err);
	if (st != AK_OK)
		return st;
	id = ak_json_text(keyid);
	if (keyid != NULL && !ak_json_is(keyid, AK_JSON_STRING))
		return wrong(err, "dsse.signatures.keyid", i, "not a string", "text", ak_json_type_name(keyid));
	if (id.len > AK_DSSE_KEYID_MAX)
		return wrong_length(err, "dsse.signatures.keyid", i, AK_DSSE_KEYID_MAX, "bytes", id.len);
	if (text.len == 0 || text.len > SIG_TEXT_MAX)
		return wrong_length(err, "dsse.signatures.sig", i, AK_DSSE_SIG_MAX, "bytes", text.len / 4 * 3);
	if (id.len != 0)
		memcpy(s.keyid, id.data, id.len);
	ak_buf_init(&s.sig, SIG_TEXT_MAX);
	st = decode(text, "dsse.signatures.sig", &s.sig, err);
	if (st == AK_OK && s.sig.len > AK_DSSE_SIG_MAX)
		st = wrong_length(err, "dsse.signatures.sig", i, AK_DSSE_SIG_MAX, "bytes", s.sig.len);
	if (st == AK_OK)
		st = append(e, &s, err);
	if (st != AK_OK) {
		ak_buf_clear(&s.sig);
		if (err != NULL)
			err->at = i;
	}
	return st;
}

static ak_status read_signatures(const ak_json *root, ak_dsse *e, ak_error *err)
{
	const ak_json *list = ak_json_get(root, "signatures");
	size_t n = ak_json_len(list);
	ak_status st = AK_OK;

	if (!ak_json_is(list, AK_JSON_ARRAY))
		return wrong(err, "dsse.signatures", 0, "missing or not an array", "an array", ak_json_type_name(list));
	if (n > AK_DSSE_SIGNATURES_MAX)
		return wrong_length(err, "dsse.signatures", n, AK_DSSE_SIGNATURES_MAX, "signatures", n);
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = read_signature(ak_json_at(list, i), i, e, err);
	return st;
}

static ak_status read_timestamps(const ak_json *root, ak_dsse *e, ak_error *err)
{
	const ak_json *v = ak_json_get(root, "timestamps");

	if (v == NULL)
		return AK_OK;
	if (!ak_json_is(v, AK_JSON_ARRAY))
		return wrong(err, "dsse.timestamps", 0, "not an array", "an array", ak_json_type_name(v));
	e->timestamps = ak_json_copy(v);
	return e->timestamps == NULL ? ak_no_memory(err, "dsse.timestamps") : AK_OK;
}

ak_status ak_dsse_parse(ak_span text, ak_dsse *out, ak_error *err)
{
	ak_json *root = NULL;
	ak_dsse e;
	ak_status st;

	ak_dsse_init(&e);
	st = ak_json_parse(text, &root, err);
	if (st != AK_OK)
		return st;
	if (!ak_json_is(root, AK_JSON_OBJECT))
		st = wrong(err, "dsse", 0, "not an object", "an object", ak_json_type_name(root));
	if (st == AK_OK)
		st = read_type(root, &e, err);
	if (st == AK_OK)
		st = read_payload(root, &e, err);
	if (st == AK_OK)
		st = read_signatures(root, &e, err);
	if (st == AK_OK)
		st = read_timestamps(root, &e, err);
	ak_json_free(root);
	if (st != AK_OK) {
		ak_dsse_clear(&e);
		return st;
	}
	*out = e;
	return AK_OK;
}

ak_status ak_dsse_add_signature(ak_dsse *e, const char *keyid, ak_span sig,
                                ak_error *err)
{
	ak_span id = ak_span_str(keyid);
	ak_dsse_signature s = { 0 };
	size_t at;
	ak_status st;

	if (id.len > AK_DSSE_KEYID_MAX || !ak_utf8_valid(id, &at))
		return ak_fail(err, AK_INVALID_ARGUMENT, "dsse.signatures.keyid", e->n_sigs,
		               "not UTF-8 of at most %d bytes", AK_DSSE_KEYID_MAX);
	if (sig.len == 0 || sig.len > AK_DSSE_SIG_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "dsse.signatures.sig", e->n_sigs,
		               "not 1 to %d bytes", AK_DSSE_SIG_MAX);
	if (e->n_sigs >= AK_DSSE_SIGNATURES_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "dsse.signatures", e->n_sigs,
		               "over %d signatures", AK_DSSE_SIGNATURES_MAX);
	if (id.len != 0)
		memcpy(s.keyid, id.data, id.len);
	ak_buf_init(&s.sig, AK_DSSE_SIG_MAX);
	st = ak_buf_add_span(&s.sig, sig, err);
	if (st == AK_OK)
		st = append(e, &s, err);
	if (st != AK_OK)
		ak_buf_clear(&s.sig);
	return st;
}

/* Set member `key` to the base64 of `bytes`. */
static ak_status set_base64(ak_json *object, const char *key, ak_span bytes,
                            ak_error *err)
{
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, AK_JSON_TEXT_MAX);
	st = ak_base64_encode(bytes, &text, err);
	if (st == AK_OK)
		st = ak_json_set(object, key, ak_json_new_text(ak_buf_span(&text)), err);
	ak_buf_clear(&text);
	return st;
}

static ak_status write_signature(const ak_dsse_signature *s, ak_json *list,
                                 ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = o == NULL ? ak_no_memory(err, "dsse.signatures") : AK_OK;

	if (st == AK_OK && s->keyid[0] != '\0')
		st = ak_json_set(o, "keyid", ak_json_new_str(s->keyid), err);
	if (st == AK_OK)
		st = set_base64(o, "sig", ak_buf_span(&s->sig), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(list, o, err); /* takes o, also when it fails */
}

static ak_status write_signatures(const ak_dsse *e, ak_json *root, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = list == NULL ? ak_no_memory(err, "dsse.signatures") : AK_OK;

	for (size_t i = 0; st == AK_OK && i < e->n_sigs; i++)
		st = write_signature(&e->sigs[i], list, err);
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(root, "signatures", list, err);
}

ak_status ak_dsse_format(const ak_dsse *e, ak_buf *out, ak_error *err)
{
	ak_json *root;
	ak_status st;

	if (!type_valid(ak_span_str(e->type)))
		return ak_fail(err, AK_INVALID_ARGUMENT, "dsse.payloadType", 0,
		               "not 1 to %d visible ASCII characters", AK_DSSE_TYPE_MAX);
	root = ak_json_new_object();
	if (root == NULL)
		return ak_no_memory(err, "dsse");
	st = ak_json_set(root, "payloadType", ak_json_new_str(e->type), err);
	if (st == AK_OK)
		st = set_base64(root, "payload", ak_buf_span(&e->payload), err);
	if (st == AK_OK)
		st = write_signatures(e, root, err);
	if (st == AK_OK && e->timestamps != NULL)
		st = ak_json_set(root, "timestamps", ak_json_copy(e->timestamps), err);
	if (st == AK_OK)
		st = ak_jcs_write(root, out, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(out, '\n', err);
	ak_json_free(root);
	return st;
}
