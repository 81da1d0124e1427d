/* SPDX-License-Identifier: Apache-2.0 */
/* The whole page: its head, the sections, and the elements that it embeds. */
#include "base64.h"
#include "js.h"
#include "report_parts.h"

#include "akashi/document.h"
#include "akashi/trust.h"

#include <stdlib.h>
#include <string.h>

static ak_status digest(ak_span bytes, ak_digest *out, ak_error *err)
{
	ak_hasher *h = NULL;
	ak_status st = ak_hasher_open(&h, err), closed;

	if (st != AK_OK)
		return st;
	st = ak_hasher_add(h, bytes, err);
	closed = ak_hasher_close(&h, out, err);
	return st != AK_OK ? st : closed;
}

static ak_span span_of(const char *text)
{
	return (ak_span){ (const uint8_t *)text, strlen(text) };
}

static ak_status hex_of(ak_span bytes, char hex[65], ak_error *err)
{
	ak_digest d;
	ak_status st = digest(bytes, &d, err);

	for (size_t i = 0; st == AK_OK && i < AK_DIGEST_LEN; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", d.b[i]);
	return st;
}

ak_status ak_report_digest(ak_span page, char text[AK_REPORT_DIGEST], ak_error *err)
{
	char hex[65];
	ak_status st = hex_of(page, hex, err);

	if (st == AK_OK)
		(void)snprintf(text, AK_REPORT_DIGEST, "sha256:%s", hex);
	return st;
}

/* ---- head ----------------------------------------------------------------------------------------------------------- */

/* Nothing is loaded, nothing runs: the one style sheet is named by its digest. */
static ak_status put_head(const ak_sheet *s, ak_error *err)
{
	char *hash = NULL, title[512];
	ak_digest d;
	ak_status st = digest(span_of(ak_report_style), &d, err);

	if (st != AK_OK)
		return st;
	hash = ak_base64_line((ak_span){ d.b, sizeof(d.b) });
	if (hash == NULL)
		return AK_NO_MEMORY;
	(void)fprintf(s->f, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
	              "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'\">\n"
	              "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>",
	              s->c->ja ? "ja" : "en", hash);
	ak_html_cut(s, ak_out_text(s->c, title, sizeof(title), MSG_REPORT_PAGE_TITLE, ak_js_str(s->r, "listing.name"), NULL), 100);
	(void)fprintf(s->f, "</title>\n<style>%s</style>\n</head>\n", ak_report_style);
	free(hash);
	return AK_OK;
}

/* ---- what is embedded ----------------------------------------------------------------------------------------------- */

static void put_element(FILE *f, const char *name, const char *type, ak_span bytes)
{
	(void)fprintf(f, AK_REPORT_OPEN, type, name);
	ak_base64_lines(f, bytes);
	(void)fputs(AK_REPORT_CLOSE, f);
}

static char *settings_text(const ak_report_settings *set)
{
	json_t *o = json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "case", set->title, "file", set->file, "format", "akashi-report/1",
	                      "lang", set->ja ? "ja" : "en", "made", set->made, "version", set->version);
	char *text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT | JSON_SORT_KEYS);

	json_decref(o);
	return text;
}

static ak_status put_body(const ak_sheet *s)
{
	char *settings = settings_text(s->rep->set);

	if (settings == NULL)
		return AK_NO_MEMORY;
	(void)fputs("<body>\n<main>\n", s->f);
	ak_report_head(s);
	ak_report_chain(s);
	ak_report_time(s);
	ak_report_found(s);
	ak_report_recheck(s);
	ak_report_annex(s);
	(void)fputs("</main>\n", s->f);
	put_element(s->f, "bundle", "application/gzip", s->rep->bundle);
	put_element(s->f, "trust", "text/x-akashi-trust", s->rep->trust);
	put_element(s->f, "verdict", "application/x-akashi-verdict", s->rep->verdict);
	put_element(s->f, "settings", "application/x-akashi-settings", span_of(settings));
	free(settings);
	return AK_OK;
}

/* Begun before the digest of what stands before it is known. */
static ak_status put_page(const ak_sheet *s, ak_error *err)
{
	ak_status st = put_head(s, err);

	return st == AK_OK ? put_body(s) : st;
}

static ak_status close_page(char **html, size_t *len, ak_error *err)
{
	char text[AK_REPORT_DIGEST], *whole = NULL;
	size_t size = 0;
	ak_status st = ak_report_digest((ak_span){ (const uint8_t *)*html, *len }, text, err);
	FILE *f;

	if (st != AK_OK)
		return st;
	f = open_memstream(&whole, &size);
	if (f == NULL)
		return AK_NO_MEMORY;
	(void)fwrite(*html, 1, *len, f);
	(void)fprintf(f, AK_REPORT_OPEN "%s\n" AK_REPORT_CLOSE AK_REPORT_END, "text/x-akashi-digest", "page", text);
	if (fclose(f) != 0) {
		free(whole);
		return AK_NO_MEMORY;
	}
	free(*html);
	*html = whole;
	*len = size;
	return AK_OK;
}

static ak_status read_trust(ak_span trust, json_t **out, ak_error *err)
{
	ak_text json = { 0 };
	ak_status st = ak_trust_describe(trust, &json, err);

	if (st != AK_OK)
		return st;
	*out = ak_js_parse(&json);
	ak_text_free(&json);
	return *out == NULL ? AK_NO_MEMORY : AK_OK;
}

ak_status ak_report_render(const ak_report *r, char **html, size_t *len, ak_error *err)
{
	ak_cli *paper = calloc(1, sizeof(*paper)); /* nothing of this run shows on the page */
	json_t *verdict = json_loadb((const char *)r->verdict.data, r->verdict.len, JSON_REJECT_DUPLICATES, NULL), *trust = NULL;
	ak_annex annex = { 0 };
	ak_sheet s = { .c = paper, .rep = r, .r = verdict, .annex = &annex };
	char *page = NULL;
	size_t size = 0;
	bool lost = true;
	ak_status st = paper == NULL ? AK_NO_MEMORY : AK_OK;

	if (st == AK_OK && !json_is_object(verdict)) {
		*err = (ak_error){ .status = AK_BAD_FORMAT, .where = "report.verdict" };
		st = AK_BAD_FORMAT;
	}
	if (st == AK_OK)
		st = read_trust(r->trust, &trust, err);
	if (st == AK_OK)
		st = hex_of(r->bundle, s.bundle_hex, err);
	if (st == AK_OK)
		st = hex_of(r->trust, s.trust_hex, err);
	if (st != AK_OK)
		goto out;
	paper->ja = r->set->ja;
	s.trust = trust;
	ak_report_fit(&s);
	s.f = open_memstream(&page, &size);
	st = s.f == NULL ? AK_NO_MEMORY : put_page(&s, err);
	if (s.f != NULL) {
		lost = ferror(s.f) != 0;
		lost = fclose(s.f) != 0 || lost;
	}
	if (st == AK_OK && lost)
		st = AK_NO_MEMORY;
	if (st == AK_OK)
		st = close_page(&page, &size, err);
	if (st == AK_OK) {
		*html = page;
		*len = size;
		page = NULL;
	}
out:
	if (st == AK_NO_MEMORY)
		*err = (ak_error){ .status = AK_NO_MEMORY, .where = "report" };
	free(page);
	ak_annex_drop(&annex);
	json_decref(trust);
	json_decref(verdict);
	free(paper);
	return st;
}
