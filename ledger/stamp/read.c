/* SPDX-License-Identifier: Apache-2.0 */
/* TimeStampResp and the outside of its token, of strict DER. */
#include "stamp/part.h"

#include "base/fail.h"
#include "pki/walk.h"

#include <string.h>

static const char where[] = "timestamp";

enum { EXPLICIT_0 = 0xa0, REASON_MAX = 120 };

static ak_status walk(ak_span der, ak_error *err)
{
	const ak_walk w = { .where = where, .bytes = AK_STAMP_MAX, .values = AK_STAMP_VALUES_MAX, .depth = AK_STAMP_DEPTH_MAX };

	return ak_walk_der(&w, der, err);
}

/* The authority's own words, of which nothing but plain letters is taken. */
static void first_words(ak_span list, char out[REASON_MAX])
{
	ak_span v = { 0 };
	uint8_t tag;
	size_t n = 0;

	out[0] = '\0';
	if (!ak_walk_take(&list, &tag, &v))
		return;
	for (; n < v.len && n < REASON_MAX - 1; n++)
		out[n] = v.data[n] >= 0x20 && v.data[n] < 0x7f ? (char)v.data[n] : '?';
	out[n] = '\0';
}

static const char *failure(ak_span bits)
{
	static const struct {
		size_t bit;
		const char *what;
	} known[] = {
		{ 0, "unknown hash algorithm" }, { 2, "it does not take such requests" }, { 5, "it could not read the request" },
		{ 14, "its clock is not available" }, { 15, "it does not take the policy" }, { 16, "it does not take the extension" },
		{ 17, "information is not available" }, { 25, "it failed" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t byte = 1 + known[i].bit / 8;

		if (byte < bits.len && (bits.data[byte] >> (7 - known[i].bit % 8) & 1) != 0)
			return known[i].what;
	}
	return "";
}

static ak_status refused(unsigned int status, ak_span info, ak_error *err)
{
	static const char *const names[] = { "granted", "granted with changes", "refused", "asks to wait", "warns of its revocation",
		                             "says that it was revoked" };
	char words[REASON_MAX] = "";
	const char *reason = "";
	ak_span v = { 0 };
	uint8_t tag;

	while (ak_walk_take(&info, &tag, &v)) {
		if (tag == AK_TAG_SEQUENCE)
			first_words(v, words);
		else if (tag == AK_TAG_BIT_STRING)
			reason = failure(v);
	}
	return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.status", status, "the authority gives no token: %s%s%s%s%s",
	               status < sizeof(names) / sizeof(names[0]) ? names[status] : "an unknown status", *reason == '\0' ? "" : ", ", reason,
	               *words == '\0' ? "" : ", ", words);
}

static ak_status read_response(ak_span all, ak_span *token, ak_error *err)
{
	ak_span in = all, parts = { 0 }, info = { 0 }, status = { 0 };
	bool granted;
	ak_status st = ak_stamp_take(all, &in, AK_TAG_SEQUENCE, where, &parts, err);

	if (st == AK_OK)
		st = ak_stamp_take(all, &parts, AK_TAG_SEQUENCE, where, &info, err);
	if (st == AK_OK)
		st = ak_stamp_take(all, &info, AK_TAG_INTEGER, where, &status, err);
	if (st != AK_OK)
		return st;
	granted = status.len == 1 && status.data[0] <= 1;
	if (!granted && parts.len != 0)
		return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.status", 0, "a token beside a refusal");
	if (!granted)
		return refused(status.len == 1 ? status.data[0] : 0xff, info, err);
	if (parts.len == 0)
		return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.status", 0, "granted, and no token");
	*token = parts;
	return AK_OK;
}

/* ContentInfo { signedData, [0] SignedData { version, digestAlgorithms, { id-ct-TSTInfo, [0] OCTET STRING }, … } } */
static ak_status read_token(ak_span all, ak_span in, ak_span *content, ak_error *err)
{
	ak_span v = { 0 }, oid = { 0 }, data = { 0 }, set = { 0 }, inner = { 0 };
	ak_status st = ak_stamp_take(all, &in, AK_TAG_SEQUENCE, where, &v, err);

	if (st == AK_OK && in.len != 0)
		st = ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(in.data - all.data), "more than a token");
	if (st == AK_OK)
		st = ak_stamp_take(all, &v, AK_TAG_OID, where, &oid, err);
	if (st == AK_OK && !ak_stamp_oid_is(oid, "1.2.840.113549.1.7.2"))
		st = ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(oid.data - all.data), "a token that is not signed data");
	if (st == AK_OK)
		st = ak_stamp_take(all, &v, EXPLICIT_0, where, &data, err);
	if (st == AK_OK)
		st = ak_stamp_take(all, &data, AK_TAG_SEQUENCE, where, &inner, err);
	if (st == AK_OK)
		st = ak_stamp_take(all, &inner, AK_TAG_INTEGER, where, &v, err);
	if (st == AK_OK && (v.len != 1 || v.data[0] < 3 || v.data[0] > 5)) /* RFC 5652, 5.1: content that is not id-data */
		st = ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(v.data - all.data), "signed data of another version");
	if (st == AK_OK)
		st = ak_stamp_take(all, &inner, AK_TAG_SET, where, &set, err);
	if (st == AK_OK && set.len == 0)
		st = ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(inner.data - all.data), "no digest algorithm");
	if (st == AK_OK)
		st = ak_stamp_take(all, &inner, AK_TAG_SEQUENCE, where, &v, err);
	if (st == AK_OK)
		st = ak_stamp_take(all, &v, AK_TAG_OID, where, &oid, err);
	if (st == AK_OK && !ak_stamp_oid_is(oid, "1.2.840.113549.1.9.16.1.4"))
		st = ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(oid.data - all.data), "signed data that is no time stamp");
	if (st == AK_OK)
		st = ak_stamp_take(all, &v, EXPLICIT_0, where, &data, err);
	return st == AK_OK ? ak_stamp_take(all, &data, AK_TAG_OCTET_STRING, where, content, err) : st;
}

static ak_status parse(ak_span all, bool response, ak_stamp *s, ak_error *err)
{
	ak_span content = { 0 };
	ak_status st = walk(all, err);

	s->token = all;
	if (st == AK_OK && response)
		st = read_response(all, &s->token, err);
	if (st == AK_OK)
		st = read_token(all, s->token, &content, err);
	if (st == AK_OK)
		st = walk(content, err);
	if (st == AK_OK)
		st = ak_stamp_read_info(all, content, &s->info, &s->nonce, err);
	return st;
}

static ak_status take_in(ak_span der, bool response, ak_stamp **out, ak_error *err)
{
	ak_stamp *s;
	ak_status st;

	if (der.len == 0 || der.len > AK_STAMP_MAX)
		return ak_fail(err, AK_BAD_FORMAT, where, der.len, "1 to %d bytes", AK_STAMP_MAX);
	s = ak_mem_alloc(sizeof(*s));
	if (s == NULL)
		return ak_no_memory(err, where);
	s->der = ak_mem_alloc(der.len);
	if (s->der == NULL) {
		ak_mem_free(s);
		return ak_no_memory(err, where);
	}
	memcpy(s->der, der.data, der.len);
	s->len = der.len;
	st = parse((ak_span){ s->der, s->len }, response, s, err);
	if (st != AK_OK)
		ak_stamp_free(&s);
	else
		*out = s;
	return st;
}

ak_status ak_stamp_parse(ak_span der, ak_stamp **out, ak_error *err)
{
	return take_in(der, true, out, err);
}

ak_status ak_stamp_parse_token(ak_span der, ak_stamp **out, ak_error *err)
{
	return take_in(der, false, out, err);
}

void ak_stamp_free(ak_stamp **s)
{
	if (*s == NULL)
		return;
	ak_mem_free((*s)->der);
	ak_mem_free(*s);
	*s = NULL;
}

const ak_stamp_info *ak_stamp_get_info(const ak_stamp *s)
{
	return &s->info;
}

ak_span ak_stamp_token(const ak_stamp *s)
{
	return s->token;
}
