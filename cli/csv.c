/* SPDX-License-Identifier: Apache-2.0 */
#include "csv.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

static const char mark[] = "\xEF\xBB\xBF";

static bool fail(ak_csv_fault *f, ak_msg what, size_t row, size_t column)
{
	*f = (ak_csv_fault){ what, row, column };
	return false;
}

/* ---- encodings ------------------------------------------------------------------------------------------------- */

/* How many bytes from the first are text in UTF-8: all, or up to one that is not. */
static size_t utf8_bytes(const unsigned char *p, size_t n)
{
	size_t i = 0;

	while (i < n) {
		unsigned c = p[i], more = c < 0x80                ? 0
					  : c >= 0xC2 && c < 0xE0 ? 1
					  : c >= 0xE0 && c < 0xF0 ? 2
					  : c >= 0xF0 && c < 0xF5 ? 3
								  : 9;

		if (more == 9 || n - i <= more)
			return i;
		for (unsigned k = 1; k <= more; k++) {
			if ((p[i + k] & 0xC0) != 0x80)
				return i;
		}
		if ((c == 0xE0 && p[i + 1] < 0xA0) || (c == 0xED && p[i + 1] > 0x9F) || (c == 0xF0 && p[i + 1] < 0x90) ||
		    (c == 0xF4 && p[i + 1] > 0x8F))
			return i;
		i += 1 + more;
	}
	return n;
}

/* The row and column of a byte.  Of both encodings, no byte inside a character is a quote, a comma or a line end. */
static bool fail_at(ak_csv_fault *f, ak_msg what, const char *in, size_t at)
{
	size_t row = 1, column = 1;
	bool quoted = false;

	for (size_t i = 0; i < at; i++) {
		if (in[i] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (in[i] == '\n') {
			row++;
			column = 1;
		} else if (in[i] == ',') {
			column++;
		}
	}
	return fail(f, what, row, column);
}

/* All of `in` into a buffer of its own; false when some of it has no place there. */
static bool convert(const char *to, const char *from, const char *in, size_t n, size_t room, char **out, size_t *len,
		    ak_csv_fault *fault)
{
	iconv_t cd = iconv_open(to, from);
	union {
		const char *in;
		char *out;
	} src = { .in = in }; /* iconv reads it, and never writes */
	char *at, *buf = malloc(room + 1);
	const size_t all = n;
	size_t left = room, r;

	*out = NULL;
	if (cd == (iconv_t)-1 || buf == NULL) {
		if (cd != (iconv_t)-1)
			(void)iconv_close(cd);
		free(buf);
		return fail(fault, cd == (iconv_t)-1 ? MSG_CSV_NO_CP932 : MSG_NO_MEMORY, 0, 0);
	}
	at = buf;
	r = iconv(cd, &src.out, &n, &at, &left);
	if (r != (size_t)-1)
		r = iconv(cd, NULL, NULL, &at, &left);
	(void)iconv_close(cd);
	if (r == (size_t)-1 || n != 0) {
		free(buf);
		return fail_at(fault, MSG_CSV_NOT_CP932, in, all - n);
	}
	*len = room - left;
	buf[*len] = '\0';
	*out = buf;
	return true;
}

/* A character of CP932 takes two bytes at most, and three in UTF-8 at most. */
static bool from_cp932(const char *in, size_t n, char **out, size_t *len, ak_csv_fault *fault)
{
	return convert("UTF-8", "CP932", in, n, 3 * n, out, len, fault);
}

static bool to_cp932(const char *text, size_t n, char **out, size_t *len, ak_csv_fault *fault)
{
	char *bytes = NULL, *back = NULL;
	size_t bytes_len = 0, back_len = 0;

	*out = NULL;
	if (!convert("CP932", "UTF-8", text, n, 2 * n, &bytes, &bytes_len, fault))
		return fail(fault, fault->what == MSG_CSV_NOT_CP932 ? MSG_CSV_LOSS : fault->what, 0, 0);
	if (!from_cp932(bytes, bytes_len, &back, &back_len, fault) || back_len != n || memcmp(back, text, n) != 0) {
		bool whole = back != NULL;

		free(back);
		free(bytes);
		return whole ? fail(fault, MSG_CSV_LOSS, 0, 0) : false;
	}
	free(back);
	*out = bytes;
	*len = bytes_len;
	return true;
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

typedef struct reading {
	const char *p, *end;
	char *to; /* in out->text: where the next byte of a cell goes */
	ak_csv *out;
	size_t room;        /* cells that out->cell has room for */
	size_t row, column; /* counted from 1 */
	bool all_empty;     /* the row so far */
	ak_csv_fault *fault;
} reading;

static bool wrong(reading *r, ak_msg what)
{
	return fail(r->fault, what, r->row, r->column);
}

/* Room for one row more. */
static bool grow(reading *r, size_t row)
{
	size_t need = (row + 1) * AK_CSV_COLUMNS;
	const char **cell;
	size_t *number;

	if (row > 0)
		need = (row + 1) * r->out->columns;
	if (need <= r->room)
		return true;
	need += need / 2 + 64;
	cell = realloc(r->out->cell, need * sizeof(*cell));
	if (cell != NULL)
		r->out->cell = cell;
	number = realloc(r->out->number, need * sizeof(*number));
	if (number != NULL)
		r->out->number = number;
	if (cell == NULL || number == NULL)
		return wrong(r, MSG_NO_MEMORY);
	r->room = need;
	return true;
}

static bool at_row_end(const reading *r)
{
	return r->p == r->end || *r->p == '\n' || (*r->p == '\r' && r->p + 1 < r->end && r->p[1] == '\n');
}

static bool read_quoted(reading *r)
{
	for (r->p++;; r->p++) {
		if (r->p == r->end)
			return wrong(r, MSG_CSV_OPEN_QUOTE);
		if (*r->p == '"') {
			if (r->p + 1 < r->end && r->p[1] == '"')
				r->p++;
			else
				break;
		}
		*r->to++ = *r->p;
	}
	r->p++;
	return at_row_end(r) || *r->p == ',' ? true : wrong(r, MSG_CSV_AFTER_QUOTE);
}

static bool read_plain(reading *r)
{
	for (; !at_row_end(r) && *r->p != ','; r->p++) {
		if (*r->p == '"')
			return wrong(r, MSG_CSV_QUOTE_INSIDE);
		if (*r->p == '\r')
			return wrong(r, MSG_CSV_LONE_CR);
		*r->to++ = *r->p;
	}
	return true;
}

static bool read_cell(reading *r, size_t at)
{
	const char *begin = r->to;

	if (r->column > AK_CSV_COLUMNS)
		return wrong(r, MSG_CSV_COLUMNS);
	if (r->row > 1 && r->column > r->out->columns)
		return wrong(r, MSG_CSV_RAGGED);
	if (!(r->p < r->end && *r->p == '"' ? read_quoted(r) : read_plain(r)))
		return false;
	if (r->to - begin > AK_CSV_CELL)
		return wrong(r, MSG_CSV_CELL);
	r->all_empty = r->all_empty && r->to == begin;
	*r->to++ = '\0';
	r->out->cell[at] = begin;
	return true;
}

/* One row and its end; a row of empty cells only is taken back, but for the first. */
static bool read_row(reading *r)
{
	size_t kept = r->out->rows, first = kept * r->out->columns;

	r->column = 1;
	r->all_empty = true;
	if (kept > AK_CSV_ROWS)
		return wrong(r, MSG_CSV_ROWS);
	if (!grow(r, kept))
		return false;
	for (;; r->column++, r->p++) {
		if (!read_cell(r, first + r->column - 1))
			return false;
		if (at_row_end(r))
			break;
	}
	if (kept > 0 && r->all_empty) {
		/* nothing in it, however wide */
	} else if (kept > 0 && r->column != r->out->columns) {
		return wrong(r, MSG_CSV_RAGGED);
	} else {
		if (kept == 0)
			r->out->columns = r->column;
		r->out->number[kept] = r->row;
		r->out->rows++;
	}
	if (r->p < r->end)
		r->p += *r->p == '\r' ? 2 : 1;
	r->row++;
	return true;
}

static bool read_all(const char *text, size_t n, ak_csv *out, ak_csv_fault *fault)
{
	reading r = { .p = text, .end = text + n, .out = out, .row = 1, .fault = fault };

	/* Every cell takes its bytes and a NUL, which stands for the comma or line end behind it. */
	out->text = malloc(n + 2);
	if (out->text == NULL)
		return fail(fault, MSG_NO_MEMORY, 0, 0);
	r.to = out->text;
	while (r.p < r.end) {
		if (!read_row(&r))
			return false;
	}
	return out->rows > 0 ? true : fail(fault, MSG_CSV_EMPTY, 0, 0);
}

bool ak_csv_parse(ak_span bytes, ak_csv_encoding e, ak_csv *out, ak_csv_fault *fault)
{
	const char *in = (const char *)bytes.data, *nul;
	size_t n = bytes.len;
	char *decoded = NULL;
	bool fine, marked = n >= 3 && memcmp(in, mark, 3) == 0;

	*out = (ak_csv){ 0 };
	if (n > AK_CSV_BYTES)
		return fail(fault, MSG_FILE_TOO_BIG, 0, 0);
	if (marked) {
		in += 3;
		n -= 3;
	}
	if (n > 0 && (nul = memchr(in, '\0', n)) != NULL)
		return fail_at(fault, MSG_CSV_NUL, in, (size_t)(nul - in));
	if (e == AK_CSV_CP932 && !marked) {
		if (!from_cp932(in, n, &decoded, &n, fault))
			return false;
		in = decoded;
	} else if (utf8_bytes((const unsigned char *)in, n) != n) {
		return fail_at(fault, MSG_CSV_NOT_UTF8, in, utf8_bytes((const unsigned char *)in, n));
	}
	fine = n == 0 ? fail(fault, MSG_CSV_EMPTY, 0, 0) : read_all(in, n, out, fault);
	free(decoded);
	return fine;
}

void ak_csv_free(ak_csv *t)
{
	free(t->text);
	free(t->cell);
	free(t->number);
	*t = (ak_csv){ 0 };
}

const char *ak_csv_cell(const ak_csv *t, size_t row, size_t column)
{
	return row < t->rows && column < t->columns ? t->cell[row * t->columns + column] : "";
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

static void spoil(ak_csv_out *o, ak_msg what)
{
	if (!o->failed)
		o->fault = (ak_csv_fault){ what, o->row, o->column };
	o->failed = true;
}

static void add(ak_csv_out *o, const char *bytes, size_t n)
{
	if (o->failed || n == 0)
		return;
	if (o->len + n > AK_CSV_BYTES) {
		spoil(o, MSG_FILE_TOO_BIG);
		return;
	}
	if (o->len + n > o->room) {
		size_t room = 2 * (o->len + n) + 256;
		char *data = realloc(o->data, room);

		if (data == NULL) {
			spoil(o, MSG_NO_MEMORY);
			return;
		}
		o->data = data;
		o->room = room;
	}
	memcpy(o->data + o->len, bytes, n);
	o->len += n;
}

void ak_csv_begin(ak_csv_out *o, ak_csv_encoding e)
{
	*o = (ak_csv_out){ .encoding = e, .row = 1, .column = 1 };
	if (e == AK_CSV_UTF8_BOM)
		add(o, mark, 3);
}

/* No byte of a character of CP932 behind the first is '"' or ',', so that quoting may come after encoding. */
static void put_bytes(ak_csv_out *o, const char *bytes, size_t n)
{
	bool quoted =
		n > 0 && (bytes[0] == ' ' || bytes[n - 1] == ' ' || memchr(bytes, ',', n) != NULL ||
			  memchr(bytes, '"', n) != NULL || memchr(bytes, '\n', n) != NULL || memchr(bytes, '\r', n) != NULL);

	if (!quoted) {
		add(o, bytes, n);
		return;
	}
	add(o, "\"", 1);
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] == '"')
			add(o, "\"", 1);
		add(o, bytes + i, 1);
	}
	add(o, "\"", 1);
}

void ak_csv_put(ak_csv_out *o, const char *text)
{
	ak_csv_fault fault = { 0 };
	size_t n = strlen(text), len = 0;
	char *bytes = NULL;

	if (o->column > 1)
		add(o, ",", 1);
	if (n > AK_CSV_CELL) {
		spoil(o, MSG_CSV_CELL);
	} else if (utf8_bytes((const unsigned char *)text, n) != n) {
		spoil(o, MSG_CSV_NOT_UTF8);
	} else if (o->encoding != AK_CSV_CP932 || n == 0) {
		put_bytes(o, text, n);
	} else if (to_cp932(text, n, &bytes, &len, &fault)) {
		put_bytes(o, bytes, len);
		free(bytes);
	} else {
		spoil(o, fault.what);
	}
	if (n > 0 && strchr("=+-@\t\r", text[0]) != NULL && o->formulas++ == 0) {
		o->formula_row = o->row;
		o->formula_column = o->column;
	}
	o->column++;
}

void ak_csv_end_row(ak_csv_out *o)
{
	add(o, "\r\n", 2);
	o->row++;
	o->column = 1;
}

void ak_csv_clear(ak_csv_out *o)
{
	free(o->data);
	*o = (ak_csv_out){ 0 };
}
