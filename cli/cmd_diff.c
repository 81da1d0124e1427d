/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "diff.h"
#include "files.h"
#include "js.h"
#include "scheme.h"
#include "svg.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 200 };

/* ---- the two sides: {"name","type","scheme","issued","body"} -------------------------------------------------------- */

static bool names_a_record(const char *text)
{
	if (*text == '#' || strncmp(text, "sha256:", 7) == 0)
		return true;
	return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static int take(const ak_cli *c, const ak_text *json, const char *name, json_t **out)
{
	static const char *const kept[] = { "type", "scheme", "issued", "body" };
	json_t *o = NULL, *side = json_pack("{s:s}", "name", name);
	int code = side == NULL ? ak_out_no_memory(c) : ak_answer(c, json, &o);

	for (size_t i = 0; code == EXIT_HOLDS && i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (json_object_set(side, kept[i], json_object_get(o, kept[i])) != 0)
			code = ak_out_no_memory(c);
	}
	json_decref(o);
	if (code == EXIT_HOLDS)
		*out = side;
	else
		json_decref(side);
	return code;
}

static int from_record(const ak_cli *c, ak_ledger *l, const char *name, json_t **out)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	int code;

	if (ak_ledger_show(l, name, &json, &e) != AK_OK)
		return ak_out_refused(c, name, &e, NULL);
	code = take(c, &json, name, out);
	ak_text_free(&json);
	if (code == EXIT_HOLDS && strcmp(ak_js_str(*out, "type"), "erased") == 0) /* what stands there is not what was said */
		code = ak_out_fault(c, AK_ERASED, name, MSG_DIFF_ERASED, NULL);
	return code;
}

static int from_file(const ak_cli *c, const char *path, json_t **out)
{
	ak_file file = { 0 };
	ak_text json = { 0 };
	ak_error e = { 0 };
	int code = ak_file_read(c, path, AK_FILE_MAX, &file);

	if (code != EXIT_HOLDS)
		return code;
	if (ak_exchange_show(ak_file_span(&file), (ak_span){ 0 }, &json, &e) != AK_OK)
		code = ak_out_refused(c, path, &e, NULL);
	else
		code = take(c, &json, ak_file_base(path), out);
	ak_text_free(&json);
	ak_file_drop(&file);
	return code;
}

/* The names of the scheme: from the ledger where one is open, else as this program ships them. */
static void use_names(ak_cli *c, ak_ledger *l, const json_t *side)
{
	ak_text package = { 0 };

	ak_scheme_use(c, l, ak_js_str(side, "scheme"));
	if (c->package == NULL && ak_package_held(ak_js_str(side, "scheme"), &package, NULL) == AK_OK)
		ak_scheme_use_bytes(c, (ak_span){ (const uint8_t *)package.data, package.len });
	ak_text_free(&package);
}

/* ---- side by side --------------------------------------------------------------------------------------------------- */

/* A cell as lines of at most `width`. */
typedef struct cell {
	char *text;
	char *line[LINES_MAX];
	size_t lines;
} cell;

static bool make_cell(cell *out, const char *text, size_t width)
{
	size_t len = 0;
	FILE *m = open_memstream(&out->text, &len);

	out->lines = 0;
	if (m == NULL)
		return false;
	ak_term_wrap(m, text, 0, width);
	if (fclose(m) != 0)
		return false;
	for (char *p = out->text; p != NULL && out->lines < LINES_MAX; out->lines++) {
		out->line[out->lines] = p;
		p = strchr(p, '\n');
		if (p != NULL)
			*p++ = '\0';
	}
	return true;
}

static void print_cells(const char *const text[3], const size_t width[3])
{
	cell cells[3] = { { 0 } };
	size_t most = 0;
	bool fine = true;

	for (size_t k = 0; k < 3; k++) {
		fine = make_cell(&cells[k], text[k], width[k]) && fine;
		if (cells[k].lines > most)
			most = cells[k].lines;
	}
	for (size_t i = 0; fine && i < most; i++) {
		for (size_t k = 0; k < 3; k++) {
			ak_term_pad(stdout, i < cells[k].lines ? cells[k].line[i] : "", k == 2 ? 0 : width[k]);
			(void)fputs(k == 2 ? "\n" : " │ ", stdout);
		}
	}
	for (size_t k = 0; k < 3; k++)
		free(cells[k].text);
}

static void rule(const size_t width[3])
{
	for (size_t k = 0; k < 3; k++) {
		for (size_t i = 0; i < width[k]; i++)
			(void)fputs("─", stdout);
		(void)fputs(k == 2 ? "\n" : "─┼─", stdout);
	}
}

static const char *side_head(const ak_cli *c, const json_t *o, const char *side, ak_msg word, char out[AK_DIFF_TEXT])
{
	char date[AK_TERM_DATE_MAX];

	(void)snprintf(out, AK_DIFF_TEXT, "%s: %.300s  %s", ak_msg_text(word, c->ja), ak_js_str(json_object_get(o, side), "name"),
		       ak_term_date(c->ja, ak_js_str(json_object_get(o, side), "issued"), date));
	return out;
}

static void print(const ak_cli *c, const json_t *o)
{
	const char *type = ak_js_str(o, "type");
	size_t all = ak_out_width(c) - 6, n = ak_js_len(o, "rows"), i;
	const size_t width[3] = { all * 3 / 10, all * 35 / 100, all - all * 3 / 10 - all * 35 / 100 };
	char field[AK_DIFF_TEXT], old[AK_DIFF_TEXT], new[AK_DIFF_TEXT], room[AK_SCHEME_TEXT];
	const json_t *row;

	ak_out_line(c, stdout, MSG_DIFF_TITLE, ak_scheme_type(c, type, room), NULL);
	(void)fputc('\n', stdout);
	print_cells((const char *[]){ ak_msg_text(MSG_HEAD_FIELD, c->ja), side_head(c, o, "old", MSG_HEAD_OLD, old),
				      side_head(c, o, "new", MSG_HEAD_NEW, new) },
		    width);
	rule(width);
	json_array_foreach(ak_js_at(o, "rows"), i, row)
		print_cells((const char *[]){ ak_diff_field(c, type, row, field), ak_diff_value(c, row, "old", old),
					      ak_diff_value(c, row, "new", new) },
			    width);
	(void)fputc('\n', stdout);
	ak_out_line(c, stdout, n == 0 ? MSG_DIFF_SAME : n == 1 ? MSG_DIFF_COUNT_ONE : MSG_DIFF_COUNT, AK_NUM(n), NULL);
}

static int answer(const ak_cli *c, json_t *o)
{
	const char *html = ak_opt_value(&c->opts, OPT_HTML);
	int code = html != NULL ? ak_svg_write(c, html, ak_diff_html, o) : EXIT_HOLDS;

	if (code != EXIT_HOLDS)
		return code;
	code = ak_js_len(o, "rows") == 0 ? EXIT_HOLDS : EXIT_DOES_NOT_HOLD;
	if (c->json && (html == NULL || strcmp(html, "-") != 0))
		return ak_out_json(c, json_incref(o), code);
	if (html == NULL)
		print(c, o);
	return code;
}

static int compare(ak_cli *c, json_t *old, json_t *new)
{
	const char *a = ak_js_str(old, "type"), *b = ak_js_str(new, "type");
	json_t *o;
	int code;

	if (strcmp(a, b) != 0 || strcmp(ak_js_str(old, "scheme"), ak_js_str(new, "scheme")) != 0)
		return ak_out_usage(c, MSG_DIFF_TYPES, ak_js_str(old, "name"), a, ak_js_str(new, "name"), b, NULL);
	o = json_pack("{s:s,s:s,s:{s:O,s:O},s:{s:O,s:O},s:o}", "type", a, "scheme", ak_js_str(old, "scheme"), "old", "name",
		      json_object_get(old, "name"), "issued", json_object_get(old, "issued"), "new", "name",
		      json_object_get(new, "name"), "issued", json_object_get(new, "issued"), "rows",
		      ak_diff_make(json_object_get(old, "body"), json_object_get(new, "body")));
	code = o == NULL ? ak_out_no_memory(c) : answer(c, o);
	json_decref(o);
	return code;
}

int ak_cmd_diff(ak_cli *c)
{
	const char *const *name = c->opts.operand;
	json_t *side[2] = { NULL, NULL };
	ak_ledger *l = NULL;
	int code = EXIT_HOLDS;

	if (names_a_record(name[0]) || names_a_record(name[1]))
		code = ak_cli_open(c, &l);
	for (size_t i = 0; code == EXIT_HOLDS && i < 2; i++)
		code = names_a_record(name[i]) ? from_record(c, l, name[i], &side[i]) : from_file(c, name[i], &side[i]);
	if (code == EXIT_HOLDS) {
		use_names(c, l, side[0]);
		code = compare(c, side[0], side[1]);
	}
	json_decref(side[0]);
	json_decref(side[1]);
	ak_ledger_free(&l);
	return code;
}
