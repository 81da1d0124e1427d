/* SPDX-License-Identifier: Apache-2.0 */
/* A commit object:
 *
 *     tree <40 hex> / parent <40 hex>, any number / other headers, each further line of one beginning with a space /
 *     empty line / message
 *
 * Tree and parents are what a history hangs by: they come first, and nowhere else, or one reader would follow another
 * history than the next.  All the rest is compared byte by byte with what sealing writes, by who audits.
 */
#include "store/git_internal.h"

#include "base/fail.h"
#include "base/text.h"

#include <string.h>

static ak_status malformed(ak_error *err, ak_span raw, ak_span at, const char *what)
{
	return ak_fail(err, AK_BAD_FORMAT, "git.commit", at.data == NULL ? raw.len : (size_t)(at.data - raw.data),
	               "%s", what);
}

static bool take_line(ak_span *rest, const char *name, ak_span *value)
{
	ak_span after = *rest, line;
	size_t n = strlen(name);

	if (!ak_span_line(&after, &line) || !ak_span_starts(line, name))
		return false;
	*value = (ak_span){ line.data + n, line.len - n };
	*rest = after;
	return true;
}

static bool parse_id(ak_span hex, git_oid *out)
{
	return ak_hex_decode(hex, out->id, sizeof(out->id));
}

/* What follows tree and parents, up to and with the empty line. */
static ak_status parse_others(ak_span raw, ak_span *rest, ak_git_headers *h, ak_error *err)
{
	ak_span line;

	for (;;) {
		ak_span at = *rest;

		if (!ak_span_line(rest, &line) || line.len == 0)
			return AK_OK;
		if (ak_span_starts(line, "tree ") || ak_span_starts(line, "parent "))
			return malformed(err, raw, at, "a tree or parent twice or out of order");
		h->n_signatures += ak_span_starts(line, "gpgsig ");
	}
}

ak_status ak_git_commit_parse(ak_span raw, ak_git_headers *out, ak_error *err)
{
	ak_git_headers h = { 0 };
	ak_span rest = raw, v;
	git_oid id;
	ak_status st;

	if (!take_line(&rest, "tree ", &v) || !parse_id(v, &h.tree))
		return malformed(err, raw, rest, "does not begin with its tree");
	while (ak_span_starts(rest, "parent ")) {
		if (!take_line(&rest, "parent ", &v) || !parse_id(v, &id))
			return malformed(err, raw, rest, "malformed parent");
		if (h.n_parents++ == 0)
			h.parent = id;
	}
	st = parse_others(raw, &rest, &h, err);
	if (st == AK_OK)
		*out = h;
	return st;
}

ak_status ak_git_commit_split(ak_span raw, ak_buf *signature, ak_buf *rest, ak_error *err)
{
	ak_span at = raw, line;
	bool inside = false;
	size_t n = 0;
	ak_status st = AK_OK;

	while (st == AK_OK && ak_span_line(&at, &line) && line.len != 0) {
		ak_span text = line;
		bool more = inside && line.data[0] == ' ';

		if (ak_span_starts(line, "gpgsig ")) {
			inside = true;
			n++;
			text = (ak_span){ line.data + 7, line.len - 7 };
		} else if (more) {
			text = (ak_span){ line.data + 1, line.len - 1 };
		} else {
			inside = false;
		}
		if (inside && n > 1) /* only the first is shown */
			continue;
		if (more)
			st = ak_buf_add_byte(signature, '\n', err);
		if (st == AK_OK)
			st = ak_buf_add_span(inside ? signature : rest, text, err);
		if (st == AK_OK && !inside)
			st = ak_buf_add_byte(rest, '\n', err);
	}
	if (st == AK_OK)
		st = ak_buf_add_byte(rest, '\n', err);
	return st == AK_OK ? ak_buf_add_span(rest, at, err) : st;
}
