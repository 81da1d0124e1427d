/* SPDX-License-Identifier: Apache-2.0 */
#include "model/record.h"

#include "base/fail.h"

static ak_status check_line(const char *what, ak_span line, ak_span file, ak_error *err)
{
	uint64_t at = (uint64_t)(line.data - file.data);

	if (line.len == 0)
		return ak_fail(err, AK_BAD_FORMAT, "record.lines", at, "the %s line is empty", what);
	return AK_OK;
}

ak_status ak_record_split(ak_span file, ak_lines *out, ak_error *err)
{
	ak_span rest = file;
	ak_lines l;
	ak_status st;

	if (!ak_span_line(&rest, &l.header) || !ak_span_line(&rest, &l.statement) ||
	    !ak_span_line(&rest, &l.signatures))
		return ak_fail(err, AK_BAD_FORMAT, "record.lines", file.len - rest.len,
		               "a record is three lines, each ended by a newline");
	if (rest.len != 0)
		return ak_fail(err, AK_BAD_FORMAT, "record.lines", file.len - rest.len,
		               "%zu bytes after the third line", rest.len);
	if (file.len > AK_RECORD_LINES_MAX)
		return ak_fail(err, AK_BAD_FORMAT, "record.lines", AK_RECORD_LINES_MAX, "over %d bytes", AK_RECORD_LINES_MAX);
	st = check_line("header", l.header, file, err);
	if (st == AK_OK)
		st = check_line("statement", l.statement, file, err);
	if (st == AK_OK)
		st = check_line("signatures", l.signatures, file, err);
	if (st == AK_OK)
		*out = l;
	return st;
}

bool ak_record_within_limits(const ak_lines *l)
{
	return l->header.len <= AK_HEADER_MAX && l->statement.len <= AK_STATEMENT_MAX && l->signatures.len <= AK_SIGNATURES_MAX;
}

ak_status ak_record_join(const ak_lines *l, ak_buf *out, ak_error *err)
{
	const ak_span part[] = { l->header, l->statement, l->signatures };
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < 3; i++) {
		st = ak_buf_add_span(out, part[i], err);
		if (st == AK_OK)
			st = ak_buf_add_byte(out, '\n', err);
	}
	return st;
}
