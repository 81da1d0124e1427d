/* SPDX-License-Identifier: Apache-2.0 */
/* A commit object:
 *
 *     tree <40 hex> / parent <40 hex>, any number / author <person> / committer <person> /
 *     other headers, each further line of one beginning with a space / empty line / message
 *     person = <name> " <" <address> "> " <seconds> " " <sign> <hhmm>
 *
 * What stock git calls "Good" may still show one reader other headers than the next (two trees, two authors):
 * here each of the four comes once and in this place, else the commit is malformed.
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

/* Where the last `c` of s stands, or s.len. */
static size_t last_of(ak_span s, uint8_t c)
{
	for (size_t i = s.len; i-- > 0;) {
		if (s.data[i] == c)
			return i;
	}
	return s.len;
}

static bool parse_offset(ak_span s, int *out)
{
	int v = 0;

	if (s.len != 5 || (s.data[0] != '+' && s.data[0] != '-'))
		return false;
	for (size_t i = 1; i < 5; i++) {
		if (s.data[i] < '0' || s.data[i] > '9')
			return false;
		v = v * 10 + (s.data[i] - '0');
	}
	v = v / 100 * 60 + v % 100;
	*out = s.data[0] == '-' ? -v : v;
	return true;
}

static bool parse_person(ak_span s, ak_git_person *out)
{
	ak_git_person p = { 0 };
	size_t close = last_of(s, '>'), open = last_of((ak_span){ s.data, close }, '<'), space;
	ak_span times;
	uint64_t t;

	if (close == s.len || open == close || memchr(s.data, 0, s.len) != NULL)
		return false;
	p.name = (ak_span){ s.data, open != 0 && s.data[open - 1] == ' ' ? open - 1 : open };
	p.email = (ak_span){ s.data + open + 1, close - open - 1 };
	times = (ak_span){ s.data + close + 1, s.len - close - 1 };
	space = last_of(times, ' ');
	if (times.len < 2 || times.data[0] != ' ' || space == 0 || space == times.len)
		return false;
	if (!ak_decimal_parse((ak_span){ times.data + 1, space - 1 }, &t) || t > INT64_MAX ||
	    !parse_offset((ak_span){ times.data + space + 1, times.len - space - 1 }, &p.offset_min))
		return false;
	p.time = (int64_t)t;
	*out = p;
	return true;
}

static bool is_core(ak_span line)
{
	return ak_span_starts(line, "tree ") || ak_span_starts(line, "parent ") || ak_span_starts(line, "author ") ||
	       ak_span_starts(line, "committer ");
}

/* The headers after the committer, up to and with the empty line. */
static ak_status parse_others(ak_span raw, ak_span *rest, ak_git_headers *h, ak_error *err)
{
	ak_span line;
	bool first = true;

	for (;;) {
		ak_span at = *rest;

		if (!ak_span_line(rest, &line))
			return malformed(err, raw, at, "no empty line after the headers");
		if (line.len == 0)
			return AK_OK;
		if (is_core(line) || (first && line.data[0] == ' '))
			return malformed(err, raw, at, "a header twice or out of order");
		if (memchr(line.data, 0, line.len) != NULL || line.data[line.len - 1] == '\r')
			return malformed(err, raw, at, "a header with a NUL, or ended by CR");
		h->n_signatures += ak_span_starts(line, "gpgsig ");
		first = false;
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
	if (!take_line(&rest, "author ", &v) || !parse_person(v, &h.author))
		return malformed(err, raw, rest, "no author, or a malformed one");
	if (!take_line(&rest, "committer ", &v) || !parse_person(v, &h.committer))
		return malformed(err, raw, rest, "no committer, or a malformed one");
	st = parse_others(raw, &rest, &h, err);
	if (st != AK_OK)
		return st;
	h.message = rest;
	*out = h;
	return AK_OK;
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
