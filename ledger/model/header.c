/* SPDX-License-Identifier: Apache-2.0 */
#include "model/header.h"

#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"

#include <inttypes.h>
#include <string.h>

#define V_MAX UINT64_C(9007199254740991) /* 2^53 - 1, as in all our JSON */
#define TIME_MAX INT64_C(253402300799) /* 9999-12-31T23:59:59Z            */

/* A cursor over the line: every taker moves it past what it matched. */
typedef struct cursor {
	ak_span line;
	size_t at;
} cursor;

static bool take(cursor *c, const char *literal)
{
	size_t n = strlen(literal);

	if (c->line.len - c->at < n || memcmp(c->line.data + c->at, literal, n) != 0)
		return false;
	c->at += n;
	return true;
}

static bool take_digest(cursor *c, ak_digest *out)
{
	if (c->line.len - c->at < AK_DIGEST_TEXT_LEN ||
	    !ak_digest_parse((ak_span){ c->line.data + c->at, AK_DIGEST_TEXT_LEN }, out))
		return false;
	c->at += AK_DIGEST_TEXT_LEN;
	return true;
}

static bool take_number(cursor *c, uint64_t max, uint64_t *out)
{
	size_t n = 0;

	while (c->at + n < c->line.len && c->line.data[c->at + n] >= '0' &&
	       c->line.data[c->at + n] <= '9')
		n++;
	if (!ak_decimal_parse((ak_span){ c->line.data + c->at, n }, out) || *out > max)
		return false;
	c->at += n;
	return true;
}

static bool take_time(cursor *c, int64_t *out)
{
	if (c->line.len - c->at < AK_UTCTIME_LEN ||
	    !ak_utctime_parse((ak_span){ c->line.data + c->at, AK_UTCTIME_LEN }, out))
		return false;
	c->at += AK_UTCTIME_LEN;
	return true;
}

static ak_status bad(ak_error *err, const char *where, const cursor *c, const char *want)
{
	return ak_fail(err, AK_BAD_FORMAT, where, c->at, "expected %s", want);
}

ak_status ak_header_parse(ak_span line, ak_header *out, ak_error *err)
{
	cursor c = { line, 0 };
	ak_header h = { 0 };
	size_t at_v;
	uint64_t v;

	if (line.len > AK_HEADER_MAX)
		return ak_fail(err, AK_BAD_FORMAT, "header", AK_HEADER_MAX,
		               "%zu bytes, at most %d are allowed", line.len, AK_HEADER_MAX);
	if (!take(&c, "{\"prev\":\"") || !take_digest(&c, &h.prev))
		return bad(err, "header.prev", &c, "{\"prev\":\"sha256:<64 hex>\"");
	if (!take(&c, "\",\"seq\":") || !take_number(&c, AK_SEQ_MAX, &h.seq))
		return bad(err, "header.seq", &c, "\"seq\":<number of at most ten digits>");
	if (!take(&c, ",\"signatures\":\"") || !take_digest(&c, &h.signatures))
		return bad(err, "header.signatures", &c, "\"signatures\":\"sha256:<64 hex>\"");
	if (!take(&c, "\",\"statement\":\"") || !take_digest(&c, &h.statement))
		return bad(err, "header.statement", &c, "\"statement\":\"sha256:<64 hex>\"");
	if (!take(&c, "\",\"subjects\":\"") || !take_digest(&c, &h.subjects))
		return bad(err, "header.subjects", &c, "\"subjects\":\"sha256:<64 hex>\"");
	if (!take(&c, "\",\"time\":\"") || !take_time(&c, &h.time))
		return bad(err, "header.time", &c, "\"time\":\"YYYY-MM-DDTHH:MM:SSZ\"");
	at_v = c.at;
	if (!take(&c, "\",\"v\":") || !take_number(&c, V_MAX, &v) || !take(&c, "}"))
		return bad(err, "header.v", &c, "\"v\":1}");
	if (c.at != line.len)
		return bad(err, "header.end", &c, "nothing after the header");
	if (v != 1)
		return ak_fail(err, AK_UNKNOWN_VERSION, "header.v", at_v,
		               "record #%" PRIu64 " is of format %" PRIu64 ", which this program does not know", h.seq, v);
	*out = h;
	return AK_OK;
}

ak_status ak_header_format(const ak_header *h, ak_buf *out, ak_error *err)
{
	char prev[AK_DIGEST_TEXT_LEN + 1], sigs[AK_DIGEST_TEXT_LEN + 1];
	char statement[AK_DIGEST_TEXT_LEN + 1], subjects[AK_DIGEST_TEXT_LEN + 1];
	char time[AK_UTCTIME_LEN + 1];

	if (h->seq > AK_SEQ_MAX)
		return ak_fail(err, AK_LIMIT, "header.seq", h->seq, "the ledger is full");
	if (h->time < 0 || h->time > TIME_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "header.time", h->seq,
		               "%" PRId64 " is outside the years 1970 to 9999", h->time);
	ak_digest_format(&h->prev, prev);
	ak_digest_format(&h->signatures, sigs);
	ak_digest_format(&h->statement, statement);
	ak_digest_format(&h->subjects, subjects);
	ak_utctime_format(h->time, time);
	return ak_buf_addf(out, err,
	                   "{\"prev\":\"%s\",\"seq\":%" PRIu64 ",\"signatures\":\"%s\","
	                   "\"statement\":\"%s\",\"subjects\":\"%s\",\"time\":\"%s\",\"v\":1}",
	                   prev, h->seq, sigs, statement, subjects, time);
}
