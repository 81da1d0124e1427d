/* SPDX-License-Identifier: Apache-2.0 */
/* TSTInfo (RFC 3161, 2.4.2), of DER that was walked before. */
#include "stamp/part.h"

#include "base/fail.h"
#include "base/utctime.h"
#include "pki/walk.h"

#include <stdio.h>
#include <string.h>

static const char where[] = "timestamp.info";

enum { MICROS = 1000000, NANOS = 1000000000, IMPLICIT_0 = 0x80, IMPLICIT_1 = 0x81, CONSTRUCTED_0 = 0xa0, CONSTRUCTED_1 = 0xa1 };

ak_status ak_stamp_take(ak_span all, ak_span *in, uint8_t tag, const char *place, ak_span *content, ak_error *err)
{
	ak_span rest = *in;
	uint8_t found;

	if (!ak_walk_take(&rest, &found, content) || found != tag)
		return ak_fail(err, AK_BAD_FORMAT, place, in->len == 0 ? all.len : (uint64_t)(in->data - all.data),
		               "a value is missing or of the wrong kind");
	*in = rest;
	return AK_OK;
}

bool ak_stamp_next_is(ak_span in, uint8_t tag)
{
	return in.len != 0 && in.data[0] == tag;
}

bool ak_stamp_oid_text(ak_span oid, char out[AK_OID_TEXT_MAX])
{
	size_t used = 0, i = 0;

	out[0] = '\0';
	while (i < oid.len) {
		uint64_t arc = 0, first = 0;
		bool more = true;
		int n;

		while (more && i < oid.len) {
			if (arc >> 56 != 0)
				return false;
			arc = arc << 7 | (oid.data[i] & 0x7f);
			more = (oid.data[i++] & 0x80) != 0;
		}
		if (more)
			return false;
		if (used == 0) {
			first = arc < 80 ? arc / 40 : 2;
			n = snprintf(out, AK_OID_TEXT_MAX, "%llu.%llu", (unsigned long long)first, (unsigned long long)(arc - first * 40));
		} else {
			n = snprintf(out + used, AK_OID_TEXT_MAX - used, ".%llu", (unsigned long long)arc);
		}
		if (n < 0 || (size_t)n >= AK_OID_TEXT_MAX - used)
			return false;
		used += (size_t)n;
	}
	return used != 0;
}

bool ak_stamp_oid_is(ak_span oid, const char *dotted)
{
	char text[AK_OID_TEXT_MAX];

	return ak_stamp_oid_text(oid, text) && strcmp(text, dotted) == 0;
}

size_t ak_stamp_hash_len(ak_span oid)
{
	return ak_stamp_oid_is(oid, "2.16.840.1.101.3.4.2.1") ? 32 :
	       ak_stamp_oid_is(oid, "2.16.840.1.101.3.4.2.2") ? 48 :
	       ak_stamp_oid_is(oid, "2.16.840.1.101.3.4.2.3") ? 64 : 0;
}

static ak_status read_imprint(ak_span all, ak_span in, ak_stamp_info *out, ak_error *err)
{
	ak_span algorithm = { 0 }, oid = { 0 }, hash = { 0 };
	ak_status st = ak_stamp_take(all, &in, AK_TAG_SEQUENCE, where, &algorithm, err);

	if (st == AK_OK)
		st = ak_stamp_take(all, &algorithm, AK_TAG_OID, where, &oid, err);
	if (st == AK_OK)
		st = ak_stamp_take(all, &in, AK_TAG_OCTET_STRING, where, &hash, err);
	if (st != AK_OK)
		return st;
	if (in.len != 0 || (algorithm.len != 0 && !(algorithm.len == 2 && algorithm.data[0] == AK_TAG_NULL)))
		return ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(oid.data - all.data), "the imprint has more than a hash");
	out->imprint_len = ak_stamp_hash_len(oid);
	if (out->imprint_len == 0)
		return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.imprint", 0, "made with a hash that is not taken: only SHA-256, SHA-384 and SHA-512 are");
	if (hash.len != out->imprint_len)
		return ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(hash.data - all.data), "a hash of the wrong length");
	memcpy(out->imprint, hash.data, hash.len);
	return AK_OK;
}

static ak_status read_serial(ak_span n, ak_stamp_info *out, ak_error *err)
{
	bool negative = n.len != 0 && (n.data[0] & 0x80) != 0;
	uint8_t b[21];
	size_t at = 0;
	char *to = out->serial;

	if (n.len == 0 || n.len > sizeof(b))
		return ak_fail(err, AK_BAD_FORMAT, where, n.len, "a serial number of over 160 bits");
	memcpy(b, n.data, n.len);
	if (negative) { /* they occur: shown, as what they are */
		unsigned int carry = 1;

		*to++ = '-';
		for (size_t i = n.len; i-- > 0;) {
			carry += (uint8_t)~b[i];
			b[i] = (uint8_t)carry;
			carry >>= 8;
		}
	}
	while (at + 1 < n.len && b[at] == 0)
		at++;
	for (; at < n.len; at++, to += 2)
		(void)snprintf(to, 3, "%02x", b[at]);
	return AK_OK;
}

/* A small number that is not negative. */
static bool small(ak_span n, uint64_t *out)
{
	if (n.len == 0 || n.len > 5 || (n.data[0] & 0x80) != 0)
		return false;
	*out = 0;
	for (size_t i = 0; i < n.len; i++)
		*out = *out << 8 | n.data[i];
	return true;
}

/* "20261121030405.25Z" -> seconds, and nanoseconds; `more` when there is a fraction beyond these */
static bool read_time(ak_span t, int64_t *s, uint32_t *ns, bool *more)
{
	char text[AK_UTCTIME_LEN + 1];
	const char *d = (const char *)t.data;
	size_t digits = 0;

	*ns = 0;
	*more = false;
	if (t.len < 15 || t.data[t.len - 1] != 'Z')
		return false;
	(void)snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", d, d + 4, d + 6, d + 8, d + 10, d + 12);
	if (!ak_utctime_parse(ak_span_str(text), s))
		return false;
	if (t.len > 15 && (t.data[14] != '.' || t.len < 17))
		return false;
	for (size_t i = 15; i + 1 < t.len; i++, digits++) {
		if (t.data[i] < '0' || t.data[i] > '9')
			return false;
		if (digits < 9)
			*ns = *ns * 10 + (uint32_t)(t.data[i] - '0');
		else
			*more = true;
	}
	for (; digits != 0 && digits < 9; digits++)
		*ns *= 10;
	return true;
}

static ak_status read_accuracy(ak_span in, ak_stamp_info *out, ak_error *err)
{
	uint64_t s = 0, ms = 0, us = 0;
	bool good = in.len != 0;
	ak_span v = { 0 };
	uint8_t tag;

	if (ak_stamp_next_is(in, AK_TAG_INTEGER))
		good = ak_walk_take(&in, &tag, &v) && small(v, &s);
	if (good && ak_stamp_next_is(in, IMPLICIT_0))
		good = ak_walk_take(&in, &tag, &v) && small(v, &ms) && ms >= 1 && ms <= 999;
	if (good && ak_stamp_next_is(in, IMPLICIT_1))
		good = ak_walk_take(&in, &tag, &v) && small(v, &us) && us >= 1 && us <= 999;
	if (!good || in.len != 0)
		return ak_fail(err, AK_BAD_FORMAT, where, 0, "the accuracy is not in its form");
	if (s > AK_ACCURACY_MAX)
		return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.accuracy", 0, "the time may be wrong by more than a day");
	out->accuracy_us = s * MICROS + ms * 1000 + us;
	out->has_accuracy = true;
	return AK_OK;
}

/* Extensions that have to be understood are not: none is known here. */
static ak_status read_extensions(ak_span all, ak_span in, ak_error *err)
{
	ak_status st = AK_OK;

	while (st == AK_OK && in.len != 0) {
		ak_span one = { 0 }, oid = { 0 }, critical = { 0 }, value = { 0 };

		st = ak_stamp_take(all, &in, AK_TAG_SEQUENCE, where, &one, err);
		if (st == AK_OK)
			st = ak_stamp_take(all, &one, AK_TAG_OID, where, &oid, err);
		if (st == AK_OK && ak_stamp_next_is(one, AK_TAG_BOOLEAN)) {
			st = ak_stamp_take(all, &one, AK_TAG_BOOLEAN, where, &critical, err);
			if (st == AK_OK)
				st = ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.extensions", 0, "an extension that must be understood and is not");
		}
		if (st == AK_OK)
			st = ak_stamp_take(all, &one, AK_TAG_OCTET_STRING, where, &value, err);
	}
	return st;
}

static ak_status read_optional(ak_span all, ak_span in, ak_stamp_info *out, ak_span *nonce, ak_error *err)
{
	ak_span v = { 0 };
	ak_status st = AK_OK;

	if (ak_stamp_next_is(in, AK_TAG_SEQUENCE)) {
		st = ak_stamp_take(all, &in, AK_TAG_SEQUENCE, where, &v, err);
		if (st == AK_OK)
			st = read_accuracy(v, out, err);
	}
	if (st == AK_OK && ak_stamp_next_is(in, AK_TAG_BOOLEAN)) {
		st = ak_stamp_take(all, &in, AK_TAG_BOOLEAN, where, &v, err);
		if (st == AK_OK && v.data[0] == 0)
			st = ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(v.data - all.data), "a default is written out");
	}
	if (st == AK_OK && ak_stamp_next_is(in, AK_TAG_INTEGER))
		st = ak_stamp_take(all, &in, AK_TAG_INTEGER, where, nonce, err);
	if (st == AK_OK && ak_stamp_next_is(in, CONSTRUCTED_0))
		st = ak_stamp_take(all, &in, CONSTRUCTED_0, where, &v, err);
	if (st == AK_OK && ak_stamp_next_is(in, CONSTRUCTED_1)) {
		st = ak_stamp_take(all, &in, CONSTRUCTED_1, where, &v, err);
		if (st == AK_OK)
			st = read_extensions(all, v, err);
	}
	if (st == AK_OK && in.len != 0)
		st = ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(in.data - all.data), "more than a TSTInfo has");
	return st;
}

/* The seconds that the instant lies in for certain. */
static void span_time(ak_stamp_info *i, bool more)
{
	uint64_t acc = i->accuracy_us * 1000, late = i->nanos + acc + (more ? 1 : 0);

	i->latest = i->time + (int64_t)((late + NANOS - 1) / NANOS);
	i->earliest = acc <= i->nanos ? i->time : i->time - (int64_t)((acc - i->nanos + NANOS - 1) / NANOS);
}

ak_status ak_stamp_read_info(ak_span all, ak_span t, ak_stamp_info *out, ak_span *nonce, ak_error *err)
{
	ak_span in = { 0 }, version = { 0 }, policy = { 0 }, imprint = { 0 }, serial = { 0 }, when = { 0 };
	ak_stamp_info i = { 0 };
	bool more = false;
	ak_status st = ak_stamp_take(all, &t, AK_TAG_SEQUENCE, where, &in, err);

	if (st == AK_OK)
		st = ak_stamp_take(all, &in, AK_TAG_INTEGER, where, &version, err);
	if (st == AK_OK)
		st = ak_stamp_take(all, &in, AK_TAG_OID, where, &policy, err);
	if (st == AK_OK)
		st = ak_stamp_take(all, &in, AK_TAG_SEQUENCE, where, &imprint, err);
	if (st == AK_OK)
		st = ak_stamp_take(all, &in, AK_TAG_INTEGER, where, &serial, err);
	if (st == AK_OK)
		st = ak_stamp_take(all, &in, AK_TAG_GENERALIZED_TIME, where, &when, err);
	if (st != AK_OK)
		return st;
	if (version.len != 1 || version.data[0] != 1)
		return ak_fail(err, AK_BAD_TIMESTAMP, where, 0, "a version of TSTInfo that is not 1");
	if (!ak_stamp_oid_text(policy, i.policy))
		return ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(policy.data - all.data), "a policy too long to be one");
	if (!read_time(when, &i.time, &i.nanos, &more))
		return ak_fail(err, AK_BAD_FORMAT, where, (uint64_t)(when.data - all.data), "genTime is no time");
	*nonce = (ak_span){ 0 };
	st = read_imprint(all, imprint, &i, err);
	if (st == AK_OK)
		st = read_serial(serial, &i, err);
	if (st == AK_OK)
		st = read_optional(all, in, &i, nonce, err);
	if (st != AK_OK)
		return st;
	span_time(&i, more);
	*out = i;
	return AK_OK;
}
