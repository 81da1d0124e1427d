/* SPDX-License-Identifier: Apache-2.0 */
#include "csv_file.h"

#include "files.h"
#include "out.h"
#include "term.h"

#include <string.h>
#include <strings.h>

enum { ROOM = 512 };

int ak_csv_option(const ak_cli *c, ak_csv_encoding *out)
{
	static const struct {
		const char *name;
		ak_csv_encoding e;
	} known[] = {
		{ "utf-8", AK_CSV_UTF8 },  { "utf8", AK_CSV_UTF8 },       { "utf-8-bom", AK_CSV_UTF8_BOM },
		{ "cp932", AK_CSV_CP932 }, { "shift_jis", AK_CSV_CP932 }, { "windows-31j", AK_CSV_CP932 },
	};
	const char *text = ak_opt_value(&c->opts, OPT_ENCODING);

	*out = AK_CSV_UTF8;
	if (text == NULL)
		return EXIT_HOLDS;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcasecmp(text, known[i].name) == 0) {
			*out = known[i].e;
			return EXIT_HOLDS;
		}
	}
	return ak_out_usage(c, MSG_NOT_AN_ENCODING, text, NULL);
}

int ak_csv_open(const ak_cli *c, const ak_msg *heads, size_t n, ak_csv_out *out)
{
	ak_csv_encoding e;
	int code = ak_csv_option(c, &e);

	if (code != EXIT_HOLDS)
		return code;
	ak_csv_begin(out, e);
	for (size_t i = 0; i < n; i++)
		ak_csv_put(out, ak_msg_text(heads[i], c->ja));
	ak_csv_end_row(out);
	return EXIT_HOLDS;
}

/* "row 3, column 2 (登録番号): …" */
static const char *placed(const ak_cli *c, size_t row, size_t column, const char *name, const char *what, char room[ROOM])
{
	if (row == 0)
		(void)snprintf(room, ROOM, "%s", what);
	else if (column == 0)
		(void)ak_out_text(c, room, ROOM, MSG_CSV_ROW, AK_NUM(row), what, NULL);
	else if (*name == '\0')
		(void)ak_out_text(c, room, ROOM, MSG_CSV_ROW_COLUMN, AK_NUM(row), AK_NUM(column), what, NULL);
	else
		(void)ak_out_text(c, room, ROOM, MSG_CSV_ROW_NAMED, AK_NUM(row), AK_NUM(column), name, what, NULL);
	return room;
}

static int tell(const ak_cli *c, const char *path, const ak_csv *t, const ak_csv_fault *f)
{
	ak_status st = f->what == MSG_NO_MEMORY ? AK_NO_MEMORY : f->what == MSG_CSV_NO_CP932 ? AK_NOT_HELD : AK_BAD_FORMAT;
	const char *name = t == NULL || f->column == 0 || f->row < 2 ? "" : ak_csv_cell(t, 0, f->column - 1);
	char room[ROOM];

	return ak_out_fault(c, st, path, MSG_WHAT, placed(c, f->row, f->column, name, ak_msg_text(f->what, c->ja), room), NULL);
}

/* The first line parted by tabs, with no comma in it. */
static bool is_tabbed(ak_span bytes)
{
	const uint8_t *end = bytes.len == 0 ? NULL : memchr(bytes.data, '\n', bytes.len);
	const size_t n = end == NULL ? bytes.len : (size_t)(end - bytes.data);

	return n > 0 && memchr(bytes.data, '\t', n) != NULL && memchr(bytes.data, ',', n) == NULL;
}

int ak_csv_read(const ak_cli *c, const char *path, ak_csv_encoding e, ak_csv *out)
{
	ak_csv_fault fault = { 0 };
	ak_file file = { 0 };
	int code = ak_file_read(c, path, AK_CSV_BYTES, &file);

	*out = (ak_csv){ 0 };
	if (code != EXIT_HOLDS)
		return code;
	if (file.len >= 4 && memcmp(file.data, "PK\003\004", 4) == 0)
		code = ak_out_fault(c, AK_BAD_FORMAT, path, MSG_CSV_WORKBOOK, NULL);
	else if (is_tabbed(ak_file_span(&file)))
		code = ak_out_fault(c, AK_BAD_FORMAT, path, MSG_CSV_TABS, NULL);
	else if (!ak_csv_parse(ak_file_span(&file), e, out, &fault))
		code = tell(c, path, out, &fault);
	ak_file_drop(&file);
	return code;
}

int ak_csv_write(const ak_cli *c, const char *path, const ak_csv_out *o)
{
	int code;

	if (o->failed)
		return tell(c, path, NULL, &o->fault);
	code = ak_file_write(c, path, (ak_span){ (const uint8_t *)o->data, o->len }, AK_WRITE_REPLACE);
	if (code != EXIT_HOLDS)
		return code;
	if (o->formulas > 0)
		ak_out_note(c, MSG_CSV_FORMULAS, AK_NUM(o->formulas), AK_NUM(o->formula_row), AK_NUM(o->formula_column), NULL);
	if (strcmp(path, "-") != 0)
		ak_out_note(c, MSG_SVG_WRITTEN, path, NULL);
	return code;
}

bool ak_csv_same_name(const char *cell, const char *name)
{
	size_t n = strlen(name);

	while (*cell == ' ')
		cell++;
	if (strncasecmp(cell, name, n) != 0)
		return false;
	cell += n;
	while (*cell == ' ')
		cell++;
	return *cell == '\0';
}

int ak_csv_columns(const ak_cli *c, const char *path, const ak_csv *t, const ak_csv_name *names, size_t n,
		   size_t column[AK_CSV_FIELDS])
{
	for (size_t i = 0; i < AK_CSV_FIELDS; i++)
		column[i] = AK_CSV_NONE;
	for (size_t k = 0; k < t->columns; k++) {
		for (size_t i = 0; i < n; i++) {
			if (!ak_csv_same_name(ak_csv_cell(t, 0, k), names[i].name))
				continue;
			if (column[names[i].field] != AK_CSV_NONE)
				return ak_csv_bad(c, path, t, 0, k, ak_msg_text(MSG_CSV_TWICE, c->ja));
			column[names[i].field] = k;
			break;
		}
	}
	return EXIT_HOLDS;
}

int ak_csv_bad(const ak_cli *c, const char *path, const ak_csv *t, size_t row, size_t column, const char *what)
{
	char room[ROOM];

	return ak_out_fault(c, AK_BAD_FORMAT, path, MSG_WHAT,
			    placed(c, row < t->rows ? t->number[row] : row + 1, column == AK_CSV_NONE ? 0 : column + 1,
				   column == AK_CSV_NONE ? "" : ak_csv_cell(t, 0, column), what, room),
			    NULL);
}
