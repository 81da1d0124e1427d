/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of SQLite whose work grows with the product of two texts, and which nothing can stop while they run: the same here, with that work put
 * on the meter before it is done.  What they answer is what SQLite answers. */
#include "rules/db.h"

#include <string.h>

enum { BYTES_A_STEP = 64 };

typedef struct span {
	const char *p;
	size_t n;
} span;

/* All arguments as text; false: one of them is NULL, and so is the answer. */
static bool take(sqlite3_context *c, int n, sqlite3_value **v, span *out)
{
	for (int i = 0; i < n; i++) {
		if (sqlite3_value_type(v[i]) == SQLITE_NULL)
			return false;
		out[i].p = (const char *)sqlite3_value_text(v[i]);
		out[i].n = (size_t)sqlite3_value_bytes(v[i]);
		if (out[i].p == NULL && out[i].n == 0) { /* no bytes at all */
			out[i].p = "";
		} else if (out[i].p == NULL) {
			sqlite3_result_error_nomem(c);
			return false;
		}
	}
	return true;
}

/* False: it would take more than is left, and the statement is at its end. */
static bool pay(sqlite3_context *c, size_t text, size_t other)
{
	ak_rules *r = sqlite3_user_data(c);
	const uint64_t steps = (uint64_t)text * (uint64_t)other / BYTES_A_STEP; /* each of 20 MiB at most */

	r->steps += steps;
	if (!r->metered || r->steps <= r->steps_max)
		return true;
	r->stop = AK_STOP_STEPS;
	sqlite3_result_error_code(c, SQLITE_INTERRUPT);
	return false;
}

/* A byte that begins no character. */
static bool is_rest(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

static const char *find(span in, span what)
{
	const char *p = in.p, *end = in.p + in.n;

	while (what.n <= (size_t)(end - p) && (p = memchr(p, what.p[0], (size_t)(end - p) - what.n + 1)) != NULL) {
		if (memcmp(p, what.p, what.n) == 0)
			return p;
		p++;
	}
	return NULL;
}

/* Where a character begins: in a text nothing else is found. */
static const char *find_whole(span in, span what)
{
	const char *p = find(in, what), *end = in.p + in.n;

	while (p != NULL && p != in.p && is_rest(*p))
		p = find((span){ p + 1, (size_t)(end - p) - 1 }, what);
	return p;
}

static sqlite3_int64 place_of(span in, const char *at, bool bytes)
{
	sqlite3_int64 place = 1;

	if (at == NULL)
		return 0;
	if (bytes)
		return at - in.p + 1;
	for (const char *p = in.p + 1; p <= at; p++)
		place += !is_rest(*p);
	return place;
}

/* A blob that was read as text is one from then on, for the rows to come too: so it is read from a copy. */
static void instr(sqlite3_context *c, int n, sqlite3_value **v)
{
	const bool bytes = sqlite3_value_type(v[0]) == SQLITE_BLOB && sqlite3_value_type(v[1]) == SQLITE_BLOB;
	sqlite3_value *own[2] = { NULL, NULL }, *use[2] = { v[0], v[1] };
	span s[2] = { { "", 0 }, { "", 0 } };

	for (size_t i = 0; i < 2; i++) {
		if (sqlite3_value_type(v[i]) == SQLITE_BLOB)
			use[i] = own[i] = sqlite3_value_dup(v[i]);
	}
	if (use[0] == NULL || use[1] == NULL)
		sqlite3_result_error_nomem(c);
	else if (take(c, n, use, s) && pay(c, s[0].n, s[1].n))
		sqlite3_result_int64(c, s[1].n == 0 ? 1 : place_of(s[0], bytes ? find(s[0], s[1]) : find_whole(s[0], s[1]), bytes));
	sqlite3_value_free(own[0]);
	sqlite3_value_free(own[1]);
}

static void replace(sqlite3_context *c, int n, sqlite3_value **v)
{
	const size_t most = (size_t)sqlite3_limit(sqlite3_context_db_handle(c), SQLITE_LIMIT_LENGTH, -1);
	size_t times = 0, used = 0;
	const char *at;
	char *out;
	span s[3] = { { "", 0 }, { "", 0 }, { "", 0 } }, rest;

	if (!take(c, 2, v, s))
		return;
	if (s[1].n == 0 || s[1].p[0] == '\0') { /* whatever stands in its place */
		sqlite3_result_text64(c, s[0].p, s[0].n, SQLITE_TRANSIENT, SQLITE_UTF8);
		return;
	}
	if (!take(c, n - 2, v + 2, s + 2) || !pay(c, s[0].n, s[1].n))
		return;
	for (rest = s[0]; (at = find(rest, s[1])) != NULL; times++)
		rest = (span){ at + s[1].n, rest.n - (size_t)(at - rest.p) - s[1].n };
	if (s[0].n - times * s[1].n + times * s[2].n > most) {
		sqlite3_result_error_toobig(c);
		return;
	}
	out = sqlite3_malloc64(s[0].n - times * s[1].n + times * s[2].n + 1);
	if (out == NULL) {
		sqlite3_result_error_nomem(c);
		return;
	}
	for (rest = s[0]; (at = find(rest, s[1])) != NULL; rest = (span){ at + s[1].n, rest.n - (size_t)(at - rest.p) - s[1].n }) {
		memcpy(out + used, rest.p, (size_t)(at - rest.p));
		used += (size_t)(at - rest.p);
		memcpy(out + used, s[2].p, s[2].n);
		used += s[2].n;
	}
	memcpy(out + used, rest.p, rest.n);
	sqlite3_result_text64(c, out, used + rest.n, sqlite3_free, SQLITE_UTF8);
}

static size_t char_len(span s)
{
	size_t n = 1;

	while (n < s.n && (unsigned char)s.p[0] >= 0xc0 && is_rest(s.p[n]))
		n++;
	return n;
}

/* Bytes of the character of `set` that the text begins or ends with; 0: none. */
static size_t one_of(span text, span set, bool at_end)
{
	while (set.n > 0) {
		const size_t n = char_len(set);

		if (n <= text.n && memcmp(at_end ? text.p + text.n - n : text.p, set.p, n) == 0)
			return n;
		set = (span){ set.p + n, set.n - n };
	}
	return 0;
}

static void trim_sides(sqlite3_context *c, int n, sqlite3_value **v, bool left, bool right)
{
	size_t k;
	span s[2] = { { "", 0 }, { "", 0 } };

	if (!take(c, n, v, s) || !pay(c, s[0].n, s[1].n))
		return;
	s[1].n = strnlen(s[1].p, s[1].n); /* a set ends with a NUL */
	while (left && s[0].n > 0 && (k = one_of(s[0], s[1], false)) > 0)
		s[0] = (span){ s[0].p + k, s[0].n - k };
	while (right && s[0].n > 0 && (k = one_of(s[0], s[1], true)) > 0)
		s[0].n -= k;
	sqlite3_result_text64(c, s[0].p, s[0].n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void trim(sqlite3_context *c, int n, sqlite3_value **v)
{
	trim_sides(c, n, v, true, true);
}

static void ltrim(sqlite3_context *c, int n, sqlite3_value **v)
{
	trim_sides(c, n, v, true, false);
}

static void rtrim(sqlite3_context *c, int n, sqlite3_value **v)
{
	trim_sides(c, n, v, false, true);
}

int ak_rules_text_functions(ak_rules *r)
{
	static const struct {
		const char *name;
		int args;
		void (*fn)(sqlite3_context *c, int n, sqlite3_value **v);
	} own[] = { { "instr", 2, instr }, { "replace", 3, replace }, { "trim", 2, trim }, { "ltrim", 2, ltrim }, { "rtrim", 2, rtrim } };
	int rc = SQLITE_OK;

	for (size_t i = 0; rc == SQLITE_OK && i < sizeof(own) / sizeof(own[0]); i++)
		rc = sqlite3_create_function_v2(r->db, own[i].name, own[i].args, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, r, own[i].fn, NULL,
		                                NULL, NULL);
	return rc;
}
