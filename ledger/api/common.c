/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "codec/sshsig.h"

#include <stdio.h>
#include <string.h>

enum { ANSWER_MAX = 256 * 1024 * 1024 };

ak_status ak_api_text(ak_json *v, ak_text *out, ak_error *err)
{
	return ak_jcs_text(v, ANSWER_MAX, out, err);
}

ak_status ak_api_pretty(ak_json *v, ak_text *out, ak_error *err)
{
	ak_buf b;
	ak_status st;

	if (v == NULL)
		return ak_no_memory(err, "answer");
	ak_buf_init(&b, ANSWER_MAX);
	st = ak_json_write_pretty(v, &b, err);
	ak_json_free(v);
	if (st == AK_OK)
		st = ak_buf_take_text(&b, out, err);
	ak_buf_clear(&b);
	return st;
}

ak_status ak_api_profile(ak_span scheme, ak_span package, ak_profile *out, ak_error *err)
{
	ak_json *v = NULL;
	ak_status st;

	if (ak_span_is(scheme, "akashi"))
		return AK_OK;
	if (package.len == 0)
		return ak_shipped_profile(scheme, out, err);
	st = ak_json_parse(package, &v, err);
	if (st != AK_OK)
		return st;
	st = ak_profile_init(v, out, err);
	if (st != AK_OK) {
		ak_json_free(v);
		return st;
	}
	if (!ak_span_eq(out->scheme, scheme)) {
		ak_profile_clear(out);
		return ak_fail(err, AK_INVALID_ARGUMENT, "profile", 0, "the package is of another scheme");
	}
	return AK_OK;
}

ak_json *ak_api_digest(const ak_digest *d)
{
	return ak_json_new_digest(d);
}

ak_json *ak_api_span(ak_span s)
{
	return ak_json_new_text(s);
}

static ak_status set_encoded(ak_json *o, const char *key, ak_span bytes, ak_error *err)
{
	ak_buf b;
	ak_status st;

	ak_buf_init(&b, 2 * AK_SPKI_MAX);
	st = ak_base64_encode(bytes, &b, err);
	if (st == AK_OK)
		st = ak_json_set(o, key, ak_json_new_text(ak_buf_span(&b)), err);
	ak_buf_clear(&b);
	return st;
}

/* PEM has newlines, which the JSON profile does not allow in text: as an array of lines. */
static ak_status set_pem(ak_json *o, const ak_pubkey *k, ak_error *err)
{
	ak_json *lines = ak_json_new_array();
	ak_span rest, line;
	ak_buf b;
	ak_status st;

	ak_buf_init(&b, 4 * AK_SPKI_MAX);
	st = ak_pubkey_to_pem(k, &b, err);
	rest = ak_buf_span(&b);
	while (st == AK_OK && ak_span_line(&rest, &line))
		st = ak_json_add(lines, ak_json_new_text(line), err);
	ak_buf_clear(&b);
	if (st != AK_OK) {
		ak_json_free(lines);
		return st;
	}
	return ak_json_set(o, "pem", lines, err);
}

ak_status ak_api_add_row(ak_json *list, const ak_json *row, const char *reason, const char *key, const char *word, const char *unknown,
                         ak_error *err)
{
	ak_json *copy = ak_json_copy(row);
	ak_status st = AK_OK;

	if (reason != NULL) {
		st = ak_json_set(copy, key, ak_json_new_str(word), err);
		if (st == AK_OK && unknown != NULL)
			st = ak_json_set(copy, unknown, ak_json_new_null(), err);
		if (st == AK_OK)
			st = ak_json_set(copy, "reason", ak_json_new_str(reason), err);
	}
	if (st == AK_OK)
		return ak_json_add(list, copy, err);
	ak_json_free(copy);
	return st;
}

ak_status ak_api_public(const ak_pubkey *k, ak_json **out, ak_error *err)
{
	static const char *const algs[] = { "ed25519", "p256", "rsa" };
	ak_json *o = ak_json_new_object();
	char hex[2 * AK_DIGEST_LEN + 1];
	uint8_t raw[32];
	ak_status st;

	ak_hex_encode(ak_pubkey_id(k)->b, AK_DIGEST_LEN, hex);
	st = ak_json_set(o, "id", ak_json_new_str(hex), err);
	if (st == AK_OK)
		st = set_encoded(o, "spki", ak_pubkey_spki(k), err);
	if (st == AK_OK)
		st = ak_json_set(o, "algorithm", ak_json_new_str(algs[ak_pubkey_alg(k)]), err);
	if (st == AK_OK)
		st = set_pem(o, k, err);
	if (st == AK_OK && ak_pubkey_raw_ed25519(k, raw)) {
		ak_buf b;

		ak_buf_init(&b, 512);
		st = ak_sshsig_public_line(raw, &b, err);
		if (st == AK_OK)
			st = ak_json_set(o, "ssh", ak_json_new_text(ak_buf_span(&b)), err);
		ak_buf_clear(&b);
	}
	if (st != AK_OK)
		ak_json_free(o);
	else
		*out = o;
	return st;
}

/* Bytes of the first `n` characters; all of them when there are no more. */
static size_t first_characters(ak_span s, size_t n)
{
	size_t at = 0;

	for (; at < s.len; at++) {
		if ((s.data[at] & 0xc0) != 0x80 && n-- == 0)
			break;
	}
	return at;
}

ak_status ak_api_add_cut(ak_buf *out, ak_span s, ak_cut *c, ak_error *err)
{
	size_t n;
	ak_status st;

	if (c->cut)
		return AK_OK;
	n = first_characters(s, c->left);
	st = ak_buf_add(out, s.data, n, err);
	for (size_t i = 0; i < n; i++)
		c->left -= (s.data[i] & 0xc0) != 0x80;
	c->cut = n < s.len;
	return st == AK_OK && c->cut ? ak_buf_add_str(out, "…", err) : st;
}

static const char *const telling[] = { "listing", "service", "auditor", "party", "scheme", "number",
                                       "outcome", "kind", "field" };

ak_status ak_api_title(const ak_statement *s, ak_buf *out, ak_error *err)
{
	ak_cut cut = { .left = AK_TITLE_CHARS };
	ak_status st = ak_api_add_cut(out, s->type, &cut, err);

	for (size_t i = 0; st == AK_OK && i < sizeof(telling) / sizeof(telling[0]); i++) {
		const ak_json *v = ak_json_get(s->body, telling[i]);
		char digits[24];
		ak_span text;
		int64_t n;

		if (ak_json_is(v, AK_JSON_STRING)) {
			text = ak_json_text(v);
		} else if (ak_json_int(v, &n)) {
			(void)snprintf(digits, sizeof(digits), "%lld", (long long)n);
			text = ak_span_str(digits);
		} else {
			continue;
		}
		st = ak_api_add_cut(out, ak_span_str(" "), &cut, err);
		if (st == AK_OK)
			st = ak_api_add_cut(out, text, &cut, err);
	}
	return st;
}
