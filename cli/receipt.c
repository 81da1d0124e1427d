/* SPDX-License-Identifier: Apache-2.0 */
/* One page over one document: what it was, when it was there, who says so, and how to show that without this program.  A page of
 * its own: no script, nothing loaded.  The salt is in another file, so that the page can be handed around. */
#include "base64.h"
#include "files.h"
#include "js.h"
#include "opening.h"
#include "secrets.h"
#include "stamp.h"
#include "svg.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROOT_FILE_MAX = 256 * 1024, TEXT_MAX = 2048, NAME_ROOM = 1100, HEX = 64 };

typedef struct receipt {
	const char *document; /* base name */
	char *digest, *commitment, *token_digest; /* "sha256:…"; owned */
	char *opening;        /* path of the salt's file; owned */
	char *token;          /* path of the response; owned    */
	const char *root;
	const json_t *told;
	ak_text tsr;
} receipt;

static const char style[] =
	"@page{size:A4;margin:14mm 16mm}\n"
	"*{box-sizing:border-box}\n"
	"html{background:#e9e9e9;color:#1a1a1a;font-family:'Hiragino Sans','Yu Gothic',Meiryo,'Noto Sans CJK JP','Noto Sans JP','IPAexGothic',"
	"'Segoe UI',Arial,'DejaVu Sans',sans-serif;font-size:10.5pt;line-height:1.5}\n"
	"body{max-width:210mm;margin:0 auto;padding:14mm 16mm;background:#fff}\n"
	"h1{font-size:1.8em;text-align:center;letter-spacing:.15em;margin:0}\n"
	"html[lang=en] h1{letter-spacing:0}\n"
	".what{text-align:center;margin:0 0 .8em;color:#4d4d4d}\n"
	"h2{font-size:1.1em;margin:1em 0 .3em;padding-left:.4em;border-left:4px solid #1d4f91}\n"
	"p,ol{margin:.3em 0}\n"
	"p,li,td,th{overflow-wrap:anywhere}\n"
	"table{border-collapse:collapse;width:100%}\n"
	"th,td{border:1px solid #767676;padding:.2em .5em;text-align:left;vertical-align:top}\n"
	"th{background:#f0f0f0;width:11em}\n"
	".hex,pre{font-family:'DejaVu Sans Mono','Noto Sans Mono',Consolas,monospace;font-size:.82em}\n"
	".apart{border:2px solid #7a4f00;border-radius:4px;padding:.3em .8em}\n"
	"pre{background:#f4f4f4;border:1px solid #767676;padding:.3em .5em;margin:.15em 0 .4em;white-space:pre-wrap;overflow-wrap:anywhere}\n"
	".note{font-size:.9em;color:#4d4d4d}\n"
	"li,tr,.apart{break-inside:avoid}\n"
	"@media print{html{background:#fff}body{padding:0;max-width:none}.take{display:none}}\n";

/* ---- the page ---- */

static void say(FILE *f, const ak_cli *c, const char *tag, const char *text)
{
	(void)c;
	(void)fprintf(f, "<%s>", tag);
	ak_svg_escaped(f, text);
	(void)fprintf(f, "</%.*s>\n", (int)strcspn(tag, " "), tag);
}

static void say_msg(FILE *f, const ak_cli *c, const char *tag, ak_msg m)
{
	say(f, c, tag, ak_msg_text(m, c->ja));
}

static void row(FILE *f, const ak_cli *c, ak_msg label, const char *value, bool hex)
{
	(void)fputs("<tr><th scope=\"row\">", f);
	ak_svg_escaped(f, ak_msg_text(label, c->ja));
	(void)fputs(hex ? "</th><td class=\"hex\">" : "</th><td>", f);
	ak_svg_escaped(f, value);
	(void)fputs("</td></tr>\n", f);
}

/* 64 digits in eights, as people read them to each other. */
static void digest_row(FILE *f, const ak_cli *c, ak_msg label, const char *digest)
{
	const char *hex = strncmp(digest, "sha256:", 7) == 0 ? digest + 7 : digest;
	char text[HEX + 8] = "";
	size_t used = 0;

	for (size_t i = 0; i + 8 <= strlen(hex) && i < HEX; i += 8)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%.8s", i == 0 ? "" : " ", hex + i);
	row(f, c, label, text, true);
}

static void facts(FILE *f, const ak_cli *c, const receipt *r)
{
	char text[TEXT_MAX], time[AK_TERM_DATE_MAX], utc[AK_TERM_DATE_MAX];
	const char *when;

	(void)fputs("<table>\n", f);
	row(f, c, MSG_RECEIPT_DOCUMENT, r->document, false);
	digest_row(f, c, MSG_RECEIPT_DIGEST, r->digest);
	digest_row(f, c, MSG_RECEIPT_COMMITMENT, r->commitment);
	/* Other tools tell the time of a token by UTC. */
	when = ak_stamping_time(c, r->told, time);
	row(f, c, MSG_RECEIPT_TIME, !c->ja ? when : ak_out_text(c, text, sizeof(text), MSG_RECEIPT_TIME_BOTH, when,
	                                                        ak_term_instant(false, ak_js_str(r->told, "time"), utc), NULL), false);
	row(f, c, MSG_RECEIPT_ACCURACY, ak_stamping_accuracy(c, r->told, text, sizeof(text)), false);
	(void)snprintf(text, sizeof(text), "%.900s  %.1000s", ak_js_str(r->told, "authority"), ak_js_str(r->told, "url"));
	row(f, c, MSG_RECEIPT_AUTHORITY, text, false);
	row(f, c, MSG_RECEIPT_POLICY, ak_js_str(r->told, "policy"), true);
	row(f, c, MSG_RECEIPT_SERIAL, ak_js_str(r->told, "serial"), true);
	row(f, c, MSG_RECEIPT_TOKEN, ak_file_base(r->token), false);
	digest_row(f, c, MSG_RECEIPT_TOKEN_DIGEST, r->token_digest);
	(void)fputs("</table>\n", f);
}

/* A file's name as a shell takes it: in quotes when it has to be. */
static void shell_name(const char *name, char *out, size_t room)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/";
	size_t used = 0;

	if (*name != '-' && strspn(name, plain) == strlen(name)) {
		(void)snprintf(out, room, "%s", name);
		return;
	}
	used = (size_t)snprintf(out, room, "%s'", *name == '-' ? "./" : "");
	for (; *name != '\0' && used + 8 < room; name++)
		used += (size_t)snprintf(out + used, room - used, *name == '\'' ? "'\\''" : "%c", *name);
	(void)snprintf(out + used, room - used, "'");
}

/* A command of several lines; what is shown for a control character would be no command. */
static void say_command(FILE *f, char *text)
{
	(void)fputs("<pre>", f);
	for (char *line = text; line != NULL;) {
		char *end = strchr(line, '\n');

		if (end != NULL)
			*end = '\0';
		ak_svg_escaped(f, line);
		if (end != NULL)
			(void)fputc('\n', f);
		line = end == NULL ? NULL : end + 1;
	}
	(void)fputs("</pre>\n", f);
}

/* A browser breaks a long line behind any hyphen, in the middle of an option: each command has its own ends of lines, that a shell takes too. */
static void steps(FILE *f, const ak_cli *c, const receipt *r)
{
	char doc[NAME_ROOM], opening[NAME_ROOM], token[NAME_ROOM], root[NAME_ROOM], text[2 * NAME_ROOM + 512], epoch[40];
	const char *hex = r->commitment + 7;

	shell_name(r->document, doc, sizeof(doc));
	shell_name(ak_file_base(r->opening), opening, sizeof(opening));
	shell_name(ak_file_base(r->token), token, sizeof(token));
	shell_name(ak_file_base(r->root), root, sizeof(root));
	say_msg(f, c, "h2", MSG_RECEIPT_LATER);
	say_msg(f, c, "p", MSG_RECEIPT_LATER_WHAT);
	(void)fputs("<ol>\n<li>", f);
	ak_svg_escaped(f, ak_msg_text(MSG_RECEIPT_STEP_DIGEST, c->ja));
	(void)snprintf(text, sizeof(text), "sha256sum %s", doc);
	say_command(f, text);
	(void)fputs("</li>\n<li>", f);
	ak_svg_escaped(f, ak_msg_text(MSG_RECEIPT_STEP_COMMITMENT, c->ja));
	(void)snprintf(text, sizeof(text), "(printf '\\006'; \\\n  jq -r '.documents[0].salt' %s | xxd -r -p; \\\n  sha256sum <%s | cut -c1-64 | xxd -r -p) | sha256sum", opening, doc);
	say_command(f, text);
	(void)fputs("</li>\n<li>", f);
	(void)snprintf(epoch, sizeof(epoch), "$(date -d %s +%%s)", ak_js_str(r->told, "time"));
	ak_svg_escaped(f, ak_out_text(c, text, sizeof(text), MSG_RECEIPT_STEP_TOKEN, epoch, NULL));
	(void)snprintf(text, sizeof(text), "openssl ts -verify \\\n  -digest %s \\\n  -in %s \\\n  -CAfile %s", hex, token, root);
	say_command(f, text);
	(void)fputs("</li>\n</ol>\n", f);
}

static void draw(FILE *f, const ak_cli *c, const receipt *r, const char *base64)
{
	char text[TEXT_MAX], time[AK_TERM_DATE_MAX];

	(void)fprintf(f, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>",
	              c->ja ? "ja" : "en");
	ak_svg_escaped(f, ak_msg_text(MSG_RECEIPT_TITLE, c->ja));
	(void)fprintf(f, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", style);
	say_msg(f, c, "h1", MSG_RECEIPT_TITLE);
	say_msg(f, c, "p class=\"what\"", MSG_RECEIPT_WHAT);
	say(f, c, "p", ak_out_text(c, text, sizeof(text), MSG_RECEIPT_SAYS, ak_stamping_latest(c, r->told, time), ak_js_str(r->told, "authority"),
	                           ak_file_base(r->token), NULL));
	facts(f, c, r);
	say_msg(f, c, "h2", MSG_RECEIPT_APART);
	say(f, c, "p class=\"apart\"", ak_out_text(c, text, sizeof(text), MSG_RECEIPT_APART_WHAT, ak_file_base(r->opening), NULL));
	steps(f, c, r);
	say_msg(f, c, "p class=\"note\"", MSG_RECEIPT_NOTE);
	(void)fputs("<p class=\"take\"><a download=\"", f);
	ak_svg_escaped(f, ak_file_base(r->token));
	(void)fprintf(f, "\" href=\"data:application/timestamp-reply;base64,%s\">", base64);
	ak_svg_escaped(f, ak_msg_text(MSG_RECEIPT_TAKE_OUT, c->ja));
	(void)fputs("</a></p>\n</body>\n</html>\n", f);
}

static int write_page(const ak_cli *c, const char *page, const receipt *r, ak_write how)
{
	char *base64 = ak_base64_line((ak_span){ (const uint8_t *)r->tsr.data, r->tsr.len }), *text = NULL;
	size_t len = 0;
	FILE *f = base64 == NULL ? NULL : open_memstream(&text, &len);
	int code;

	if (f == NULL) {
		free(base64);
		return ak_out_no_memory(c);
	}
	draw(f, c, r, base64);
	free(base64);
	code = fclose(f) != 0 ? ak_out_no_memory(c) : ak_file_write(c, page, (ak_span){ (const uint8_t *)text, len }, how);
	free(text);
	return code;
}

/* ---- the files ---- */

/* "receipt.html" -> "receipt.tsr" */
static char *beside(const char *page)
{
	size_t n = strlen(page);
	char *path = n > 5 && strcmp(page + n - 5, ".html") == 0 ? malloc(n) : NULL;

	if (path != NULL)
		(void)snprintf(path, n, "%.*s.tsr", (int)(n - 5), page);
	return path;
}

/* "report.pdf" -> "report.pdf.receipt", whose opening lies beside that of a record that commits to the same document. */
static char *salt_of(const char *document)
{
	static const char suffix[] = ".receipt";
	size_t n = strlen(document);
	char *stem = malloc(n + sizeof(suffix));

	if (stem != NULL)
		(void)snprintf(stem, n + sizeof(suffix), "%s%s", document, suffix);
	return stem;
}

static int commit(const ak_cli *c, const char *document, receipt *r, ak_digest *commitment, json_t **list)
{
	uint8_t salt[32];
	ak_digest d;
	ak_error e = { 0 };
	int code;

	ak_secrets_guard();
	code = ak_file_digest(c, document, &d);
	if (code != EXIT_HOLDS)
		return code;
	if (ak_commit_document(&d, commitment, salt, &e) != AK_OK)
		return ak_out_refused(c, document, &e, NULL);
	r->digest = ak_file_digest_text(&d);
	r->commitment = ak_file_digest_text(commitment);
	*list = json_array();
	if (r->digest == NULL || r->commitment == NULL || *list == NULL ||
	    json_array_append_new(*list, ak_opening_document(r->document, "document", &d, commitment, salt)) != 0)
		code = ak_out_no_memory(c);
	ak_secrets_wipe(salt, sizeof(salt));
	return code;
}

static int write_all(const ak_cli *c, const char *page, const char *document, receipt *r, json_t *list)
{
	const ak_write how = ak_opt_has(&c->opts, OPT_FORCE) ? AK_WRITE_REPLACE : AK_WRITE_NEW;
	const ak_span tsr = { (const uint8_t *)r->tsr.data, r->tsr.len };
	ak_digest d;
	char *stem = salt_of(document);
	int code;

	if (stem == NULL) {
		ak_secrets_free_json(list);
		return ak_out_no_memory(c);
	}
	code = ak_opening_write(c, stem, list, NULL, &r->opening);
	free(stem);
	if (code != EXIT_HOLDS)
		return code;
	code = ak_file_write(c, r->token, tsr, how);
	if (code == EXIT_HOLDS) {
		code = ak_file_digest(c, r->token, &d);
		r->token_digest = code == EXIT_HOLDS ? ak_file_digest_text(&d) : NULL;
		if (code == EXIT_HOLDS && r->token_digest == NULL)
			code = ak_out_no_memory(c);
		if (code == EXIT_HOLDS)
			code = write_page(c, page, r, how);
		if (code != EXIT_HOLDS)
			(void)unlink(r->token);
	}
	if (code != EXIT_HOLDS)
		(void)unlink(r->opening);
	return code;
}

static int tell(const ak_cli *c, const char *page, const receipt *r, const ak_text *json)
{
	if (c->json) {
		json_t *o = ak_js_parse(json);

		if (o == NULL || json_object_set_new(o, "receipt", json_string(page)) != 0 || json_object_set_new(o, "token", json_string(r->token)) != 0 ||
		    json_object_set_new(o, "opening", json_string(r->opening)) != 0 || json_object_set_new(o, "document", json_string(r->digest)) != 0 ||
		    json_object_set_new(o, "commitment", json_string(r->commitment)) != 0) {
			json_decref(o);
			return ak_out_no_memory(c);
		}
		return ak_out_json(c, o, EXIT_HOLDS);
	}
	ak_stamping_tell(c, r->told);
	ak_out_wrapped(c, stdout, 0, MSG_STAMP_RECEIPT, page, r->token, NULL);
	ak_out_wrapped(c, stdout, 0, MSG_STAMP_SALT, r->opening, NULL);
	return EXIT_HOLDS;
}

int ak_receipt(ak_cli *c, const char *page, const char *document, const char *root, const ak_stamping *s)
{
	receipt r = { .document = ak_file_base(document), .root = root, .token = beside(page) };
	json_t *list = NULL, *told = NULL;
	ak_text json = { 0 };
	ak_digest commitment = { { 0 } };
	ak_file ca = { 0 };
	ak_error e = { 0 };
	int code = r.token == NULL ? ak_out_usage(c, MSG_STAMP_NOT_HTML, NULL) : ak_file_read(c, root, ROOT_FILE_MAX, &ca);

	if (code == EXIT_HOLDS && !ak_opt_has(&c->opts, OPT_FORCE) && (ak_file_exists(page) || ak_file_exists(r.token)))
		code = ak_out_fault(c, AK_INVALID_ARGUMENT, ak_file_exists(page) ? page : r.token, MSG_FILE_EXISTS, NULL);
	if (code == EXIT_HOLDS && ak_certificates_read(ak_file_span(&ca), &json, &e) == AK_BAD_FORMAT)
		code = ak_out_fault(c, AK_INVALID_ARGUMENT, root, MSG_STAMP_ROOT_BAD, NULL);
	ak_text_free(&json);
	e = (ak_error){ 0 };
	if (code == EXIT_HOLDS)
		code = commit(c, document, &r, &commitment, &list);
	if (code == EXIT_HOLDS && ak_timestamp_commitment(&commitment, ak_file_span(&ca), &s->o, &r.tsr, &json, &e) != AK_OK)
		code = ak_stamping_refused(c, s->o.url, &e);
	if (code == EXIT_HOLDS && (told = ak_js_parse(&json)) == NULL)
		code = ak_out_no_memory(c);
	r.told = told;
	if (code == EXIT_HOLDS) {
		code = write_all(c, page, document, &r, list);
		list = NULL; /* taken over */
	}
	if (code == EXIT_HOLDS)
		code = tell(c, page, &r, &json);
	ak_secrets_free_json(list);
	json_decref(told);
	ak_text_free(&json);
	ak_text_free(&r.tsr);
	ak_file_drop(&ca);
	free(r.digest);
	free(r.commitment);
	free(r.token_digest);
	free(r.opening);
	free(r.token);
	return code;
}
