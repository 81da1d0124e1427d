/* SPDX-License-Identifier: Apache-2.0 */
#include "apart.h"

#include "answer.h"
#include "js.h"
#include "qr.h"
#include "scheme.h"
#include "staged.h"
#include "term.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Mail programs break lines at 76 or 78. */
enum { MAIL_WIDTH = 76, LABEL = 12 };

static const char sum[] = "sed '1,/^Digest/d;/^-----END/,$d' FILE | base64 -di | sha256sum";

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

char *ak_apart_path(const char *path, const char *suffix)
{
	static const char *const ends[] = { ".request.txt", ".dsse.json", ".json", ".txt" };
	size_t n = strlen(path), room = n + strlen(suffix) + 1;
	char *out = malloc(room);

	if (out == NULL)
		return NULL;
	if (strcmp(path, "-") == 0) {
		(void)snprintf(out, room, "-");
		return out;
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t len = strlen(ends[i]);

		if (n > len && strcmp(path + n - len, ends[i]) == 0) {
			n -= len;
			break;
		}
	}
	(void)snprintf(out, room, "%.*s%s", (int)n, path, suffix);
	return out;
}

void ak_apart_use_held(ak_cli *c, const char *scheme)
{
	ak_text json = { 0 };

	if (c->package == NULL && *scheme != '\0' && ak_package_held(scheme, &json, NULL) == AK_OK)
		ak_scheme_use_bytes(c, span_of(&json));
	ak_text_free(&json);
}

/* ---- the words of a request -------------------------------------------------------------------------------------- */

typedef struct request {
	const json_t *shown, *meaning; /* the second without its digest, which has a place of its own */
	const ak_qr *qr;
} request;

/* What would be too wide for a mail goes on in the next line. */
void ak_mail_narrow(FILE *to, char *text)
{
	char *line = text, *end;

	while ((end = strchr(line, '\n')) != NULL) {
		size_t indent = strspn(line, " ");

		*end = '\0';
		if (ak_term_width(line) > MAIL_WIDTH) {
			ak_term_spaces(to, indent);
			ak_term_wrap(to, line + indent, indent, MAIL_WIDTH);
		} else {
			(void)fputs(line, to);
		}
		(void)fputc('\n', to);
		line = end + 1;
	}
}

/* "  digits      12345 23456 …", so many to a line. */
void ak_mail_groups(const ak_cli *c, FILE *to, ak_msg name, const char *text, size_t each)
{
	ak_term_spaces(to, 2);
	ak_term_pad(to, ak_msg_text(name, c->ja), LABEL);
	for (size_t i = 1; *text != '\0'; i++) {
		size_t n = strcspn(text, " ");

		(void)fprintf(to, "%.*s", (int)n, text);
		text += n + strspn(text + n, " ");
		(void)fputc(*text == '\0' || i % each == 0 ? '\n' : ' ', to);
		if (*text != '\0' && i % each == 0)
			ak_term_spaces(to, LABEL + 2);
	}
}

/* The digest in groups, as people compare it. */
void ak_mail_hex(const ak_cli *c, FILE *to, const char *digest)
{
	char groups[100];
	size_t n = 0;

	if (strncmp(digest, "sha256:", 7) == 0)
		digest += 7;
	for (size_t i = 0; i < 64 && digest[i] != '\0'; i++) {
		if (i > 0 && i % 8 == 0)
			groups[n++] = ' ';
		groups[n++] = digest[i];
	}
	groups[n] = '\0';
	ak_mail_groups(c, to, MSG_APART_HEX, groups, 4);
}

/* All that stands before the block.  It is made from the statement and the definition that this program holds alone, so that whoever
 * gets it can make it again and compare. */
static void draw_words(FILE *to, const ak_cli *c, const void *what)
{
	const request *r = what;

	ak_out_line(c, to, MSG_APART_TITLE, NULL);
	(void)fputc('\n', to);
	ak_out_line(c, to, MSG_APART_WHAT, NULL);
	ak_signing_describe(c, NULL, to, r->meaning, json_object_get(r->shown, "body"));
	(void)fputc('\n', to);
	ak_out_wrapped(c, to, 0, MSG_APART_DIGEST, NULL);
	ak_mail_groups(c, to, MSG_APART_DIGITS, ak_js_str(r->shown, "digits"), 8);
	ak_mail_groups(c, to, MSG_APART_WORDS, ak_js_str(r->shown, "words"), 6);
	ak_mail_hex(c, to, ak_js_str(r->shown, "statement"));
	if (r->qr != NULL)
		ak_qr_print(c, to, r->qr);
	(void)fputc('\n', to);
	ak_out_line(c, to, MSG_APART_HOW, NULL);
	(void)fputs("    akashi sign FILE --key KEY\n", to);
	ak_out_wrapped(c, to, 0, MSG_APART_HOW_THEN, NULL);
	ak_out_line(c, to, MSG_APART_CHECK, NULL);
	(void)fprintf(to, "    %s\n\n", sum);
}

static void draw_narrow(FILE *to, const ak_cli *c, const void *what)
{
	size_t len = 0;
	char *text = ak_staged_text(c, draw_words, what, &len);

	if (text != NULL)
		ak_mail_narrow(to, text);
	free(text);
}

/* A run like this one that writes a mail.  Freed with free(); NULL without memory. */
ak_cli *ak_mail_run(const ak_cli *c)
{
	ak_cli *m = malloc(sizeof(*m));

	if (m == NULL)
		return NULL;
	*m = *c;
	m->json = m->quiet = m->full = m->colour = false;
	m->width = MAIL_WIDTH;
	return m;
}

/* In this language, whatever this run's terminal, options and ledger are.  NULL without memory. */
static char *words_of(const ak_cli *c, const ak_signing *s, bool ja)
{
	const char *scheme = ak_js_str(s->shown, "scheme");
	ak_cli *plain = ak_mail_run(c);
	ak_qr qr = { 0 };
	json_t *meaning = json_copy(s->shown);
	request r = { .shown = s->shown, .meaning = meaning };
	size_t len = 0;
	char *text;

	if (plain == NULL || meaning == NULL) {
		free(plain);
		json_decref(meaning);
		return NULL;
	}
	(void)json_object_del(meaning, "statement");
	(void)json_object_del(meaning, "words");
	plain->ja = ja;
	plain->package = NULL;
	ak_scheme_use_bytes(plain, ak_file_span(&s->profile));
	ak_apart_use_held(plain, scheme);
	if (ak_qr_make(ak_js_str(s->shown, "statement"), &qr))
		r.qr = &qr;
	text = ak_staged_text(plain, draw_narrow, &r, &len);
	ak_scheme_drop(plain);
	free(plain);
	json_decref(meaning);
	ak_qr_drop(&qr);
	return text;
}

int ak_apart_request(ak_cli *c, const ak_signing *s, const char *path)
{
	const char *asked = ak_opt_value(&c->opts, OPT_OUT);
	char *out = asked != NULL ? strdup(asked) : ak_apart_path(path, ".request.txt"), *words = words_of(c, s, c->ja), *whole = NULL, *facts = NULL;
	ak_text block = { 0 };
	ak_error e = { 0 };
	size_t room;
	int code;

	if (out == NULL || words == NULL) {
		code = ak_out_no_memory(c);
		goto out;
	}
	if (ak_request_write(ak_signing_now(s), ak_file_span(&s->profile), &block, &e) != AK_OK) {
		code = ak_out_refused(c, path, &e, NULL);
		goto out;
	}
	facts = ak_apart_facts(c, s);
	room = strlen(words) + (facts == NULL ? 0 : strlen(facts)) + block.len + 1;
	whole = malloc(room);
	if (whole == NULL) {
		code = ak_out_no_memory(c);
		goto out;
	}
	(void)snprintf(whole, room, "%s%s%s", words, facts == NULL ? "" : facts, block.data);
	code = ak_file_write(c, out, (ak_span){ (const uint8_t *)whole, room - 1 }, AK_WRITE_REPLACE);
	if (code == EXIT_HOLDS && strcmp(out, "-") != 0) {
		if (c->json)
			code = ak_out_json(c, json_pack("{s:s,s:O,s:O,s:O}", "request", out, "statement", json_object_get(s->shown, "statement"),
			                                "digits", json_object_get(s->shown, "digits"), "words", json_object_get(s->shown, "words")), EXIT_HOLDS);
		else
			ak_out_wrapped(c, stdout, 2, MSG_APART_WRITTEN, out, path, NULL);
	}
out:
	ak_text_free(&block);
	free(whole);
	free(facts);
	free(words);
	free(out);
	return code;
}

/* ---- reading a request -------------------------------------------------------------------------------------------- */

int ak_apart_open(const ak_cli *c, const char *path, ak_signing *s, ak_file *mail)
{
	ak_text envelope = { 0 };
	ak_error e = { 0 };
	size_t at = 0;

	switch (ak_apart_kind_of(ak_file_span(&s->input))) {
	case AK_APART_NONE:
		while (at < s->input.len && strchr(" \t\r\n", s->input.data[at]) != NULL)
			at++;
		if (at == s->input.len || s->input.data[at] == '{' || s->input.data[at] == '[')
			return EXIT_HOLDS;
		return ak_out_fault(c, AK_BAD_FORMAT, path, MSG_APART_NO_BLOCK, NULL);
	case AK_APART_ANSWER:
		return ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_APART_IS_ANSWER, path, NULL);
	case AK_APART_REQUEST:
		break;
	}
	if (ak_request_read(ak_file_span(&s->input), &envelope, &e) != AK_OK)
		return ak_out_refused(c, path, &e, NULL);
	*mail = s->input;
	s->input = (ak_file){ envelope.data, envelope.len };
	s->request = true;
	return EXIT_HOLDS;
}

/* Mail breaks lines elsewhere, loses spaces, and puts ">" before lines: what is left without these is compared.  Also of the bytes before the block.
 * starts[i] (may be NULL): is text[i], of what is left, the first of a line? */
static size_t squeeze(char *text, size_t len, bool *starts)
{
	bool line = true;
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\0')
			continue;
		if (strchr(" \t\r\n>", text[i]) != NULL) {
			line = line || text[i] == '\n';
			continue;
		}
		if (starts != NULL)
			starts[n] = line;
		text[n++] = text[i];
		line = false;
	}
	text[n] = '\0';
	return n;
}

/* The words from the beginning of a line of the mail to the end of one: what stands before or behind a field in its own line would be part of it. */
static bool says(const char *mail, const bool *starts, char *words)
{
	const size_t n = words == NULL ? 0 : squeeze(words, strlen(words), NULL);

	for (const char *at = n == 0 ? NULL : strstr(mail, words); at != NULL; at = strstr(at + 1, words)) {
		if (starts[at - mail] && (at[n] == '\0' || starts[at - mail + (ptrdiff_t)n]))
			return true;
	}
	return false;
}

void ak_apart_compare(const ak_cli *c, const ak_signing *s, const ak_file *mail)
{
	static const char begin[] = "-----BEGIN AKASHI SIGNING REQUEST-----";
	char *text = malloc(mail->len + 1), *ja, *en;
	bool *starts = calloc(mail->len + 1, sizeof(*starts));
	size_t at = 0, n;

	if (text == NULL || starts == NULL) {
		free(text);
		free(starts);
		return;
	}
	while (at + sizeof(begin) - 1 <= mail->len && memcmp(mail->data + at, begin, sizeof(begin) - 1) != 0)
		at++;
	memcpy(text, mail->data, at);
	n = squeeze(text, at, starts);
	ja = words_of(c, s, true);
	en = words_of(c, s, false);
	/* A block alone says nothing that could be wrong. */
	if (n > 0 && !(n == 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) && !says(text, starts, ja) && !says(text, starts, en))
		ak_out_wrapped(c, stderr, 2, MSG_APART_OTHER_WORDS, NULL);
	free(en);
	free(ja);
	free(starts);
	free(text);
}
