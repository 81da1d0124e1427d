/* SPDX-License-Identifier: Apache-2.0 */
#include "basis.h"

#include "answer.h"
#include "js.h"
#include "scheme.h"
#include "term.h"

#include <string.h>

enum { FOUND_ROOM = AK_CELL_ROOM + 64, LINE_ROOM = FOUND_ROOM + AK_SCHEME_TEXT + AK_TERM_DIGEST_MAX + 8 };

static void label(const ak_cli *c, FILE *to, ak_msg m, size_t indent, size_t width)
{
	ak_term_spaces(to, indent);
	ak_term_pad(to, ak_msg_text(m, c->ja), width);
}

/* NULL: not in this ledger. */
static json_t *look_up(ak_ledger *l, const char *record)
{
	ak_text json = { 0 };
	json_t *o = NULL;

	if (ak_ledger_show(l, record, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	ak_text_free(&json);
	return o;
}

/* " #47  title of it" */
static void put_found(const ak_cli *c, ak_ledger *l, const char *record, char *out, size_t room)
{
	char title[AK_CELL_ROOM], number[24];
	json_t *o = look_up(l, record);

	if (o == NULL)
		(void)snprintf(out, room, "  %s", ak_msg_text(MSG_REF_NOT_HERE, c->ja));
	else
		(void)snprintf(out, room, " #%s  %s", ak_term_number(ak_js_num(o, "seq"), number), ak_answer_title(c, o, title));
	json_decref(o);
}

static void print_refs(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *o, size_t indent, size_t width)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(o, "refs"), i, v) {
		char digest[AK_TERM_DIGEST_MAX], named[AK_SCHEME_TEXT], number[24], found[FOUND_ROOM] = "", text[LINE_ROOM];
		const char *rel = ak_js_str(v, "rel"), *record = ak_js_str(v, "record");

		if (l != NULL)
			put_found(c, l, record, found, sizeof(found));
		else if (ak_js_has(v, "seq"))
			(void)snprintf(found, sizeof(found), " #%s", ak_term_number(ak_js_num(v, "seq"), number));
		(void)snprintf(text, sizeof(text), "%s%s  %s", c->full ? rel : ak_scheme_rel(c, ak_js_str(o, "type"), rel, named), found,
		               ak_term_digest(c->full, record, digest));
		label(c, to, i == 0 ? MSG_HEAD_REFS : MSG_NONE, indent, width);
		ak_term_wrap(to, text, indent + width, ak_out_text_width(c));
		(void)fputc('\n', to);
	}
}

static void print_documents(const ak_cli *c, FILE *to, const json_t *o, size_t indent, size_t width)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(o, "subject"), i, v) {
		bool hidden = *ak_js_str(v, "annotations.commitment") != '\0' || *ak_js_str(v, "annotations.confidential") != '\0';
		const char *name = ak_js_str(v, "name"), *kind = ak_js_str(v, "annotations.kind");
		char digest[AK_TERM_DIGEST_MAX], text[80];

		if (!ak_js_has(v, "annotations"))
			continue; /* the digest of the body itself */
		(void)snprintf(text, sizeof(text), "sha256:%.64s", ak_js_str(v, "digest.sha256"));
		label(c, to, MSG_HEAD_DOCUMENT, indent, width);
		/* A confidential file's own name is not on record: it goes by its kind. */
		ak_out_line(c, to, !hidden ? MSG_DOCUMENT_OPEN : strcmp(name, kind) == 0 ? MSG_DOCUMENT_OF_KIND : MSG_DOCUMENT_HIDDEN, name,
		            kind, ak_term_digest(c->full, text, digest), NULL);
	}
}

void ak_basis_print(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *o, size_t indent, size_t width)
{
	print_refs(c, l, to, o, indent, width);
	print_documents(c, to, o, indent, width);
}
