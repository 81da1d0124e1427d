/* SPDX-License-Identifier: Apache-2.0 */
#include "model/checkpoint.h"

#include "base/fail.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

static bool read_root(ak_span line, ak_digest *out)
{
	/* Full from the start, so it never grows: this borrows, and is not cleared. */
	ak_buf b = { .data = out->b, .cap = AK_DIGEST_LEN, .max = AK_DIGEST_LEN };

	return ak_base64_decode(line, &b, NULL) && b.len == AK_DIGEST_LEN;
}

static bool size_valid(uint64_t size)
{
	return size >= 1 && size <= AK_CHECKPOINT_SIZE_MAX;
}

ak_status ak_checkpoint_parse(ak_span text, ak_checkpoint *out, ak_error *err)
{
	const size_t whole = text.len;
	ak_checkpoint c = { 0 };
	ak_span line;
	size_t at = 0; /* where the line starts */

	if (!ak_span_line(&text, &line) || !ak_origin_valid(line))
		return ak_fail(err, AK_BAD_FORMAT, "checkpoint.origin", at,
		               "first line must be a ledger origin");
	memcpy(c.origin, line.data, line.len);
	at = whole - text.len;
	if (!ak_span_line(&text, &line) || !ak_decimal_parse(line, &c.size) || !size_valid(c.size))
		return ak_fail(err, AK_BAD_FORMAT, "checkpoint.size", at,
		               "second line must be the number of records");
	at = whole - text.len;
	if (!ak_span_line(&text, &line) || !read_root(line, &c.root))
		return ak_fail(err, AK_BAD_FORMAT, "checkpoint.root", at,
		               "third line must be the base64 of 32 bytes");
	if (text.len != 0)
		return ak_fail(err, AK_BAD_FORMAT, "checkpoint.extension", whole - text.len,
		               "extension lines are not allowed");
	*out = c;
	return AK_OK;
}

ak_status ak_checkpoint_format(const ak_checkpoint *c, ak_buf *out, ak_error *err)
{
	ak_status st;

	if (!ak_origin_valid(ak_span_str(c->origin)))
		return ak_fail(err, AK_INVALID_ARGUMENT, "checkpoint.origin", 0, "not a ledger origin");
	if (!size_valid(c->size))
		return ak_fail(err, AK_INVALID_ARGUMENT, "checkpoint.size", 0, "not a number of records");
	st = ak_buf_addf(out, err, "%s\n%" PRIu64 "\n", c->origin, c->size);
	if (st == AK_OK)
		st = ak_base64_encode((ak_span){ c->root.b, AK_DIGEST_LEN }, out, err);
	if (st == AK_OK)
		st = ak_buf_add_byte(out, '\n', err);
	return st;
}
