/* SPDX-License-Identifier: Apache-2.0 */
/* What a request says of a record that is to be erased: who signs it elsewhere has its digest and no ledger to look it up in.  The words that go
 * with the statement can be made again and are compared (apart.c); these can not, so they stand apart from them, and are told as what they are. */
#include "apart.h"

#include "body.h"
#include "js.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { MAIL_WIDTH = 76, FACTS_MAX = 1000 };

static const char *erased_by(const ak_signing *s)
{
	return strcmp(ak_js_str(s->shown, "type"), "erasure") == 0 ? ak_js_str(s->shown, "body.record") : "";
}

char *ak_apart_facts(const ak_cli *c, const ak_signing *s)
{
	char *what = *erased_by(s) == '\0' ? NULL : ak_body_of_erased(c, s->ledger, erased_by(s)), *text = NULL;
	size_t len = 0;
	FILE *f = what == NULL ? NULL : open_memstream(&text, &len);

	if (f != NULL) {
		ak_out_line(c, f, MSG_APART_FACTS, NULL);
		ak_term_spaces(f, 4);
		ak_term_wrap(f, what, 4, MAIL_WIDTH);
		(void)fputs("\n\n", f);
		if (fclose(f) != 0) {
			free(text);
			text = NULL;
		}
	}
	free(what);
	return text;
}

static size_t skip(const char *at, const char *end, const char *what)
{
	size_t n = 0;

	while (at + n < end && at[n] != '\0' && strchr(what, at[n]) != NULL)
		n++;
	return n;
}

/* Mail programs set spaces of their own. */
static bool same_words(const char *at, const char *end, const char *words)
{
	for (;; at++, words++) {
		at += skip(at, end, " \t\r");
		words += strspn(words, " ");
		if (at == end || *words == '\0')
			return at == end && *words == '\0';
		if (*at != *words)
			return false;
	}
}

static bool is_heading(const char *at, const char *end)
{
	return same_words(at, end, ak_msg_text(MSG_APART_FACTS, true)) || same_words(at, end, ak_msg_text(MSG_APART_FACTS, false));
}

/* A line that was broken goes on; letters that need no space between them get none. */
static void append(char *out, const char *at, const char *end)
{
	size_t n = strlen(out), len = (size_t)(end - at);

	if (n > 0 && n < FACTS_MAX && (unsigned char)out[n - 1] < 0x80)
		out[n++] = ' ';
	if (len > FACTS_MAX - n)
		len = FACTS_MAX - n;
	memcpy(out + n, at, len);
	out[n + len] = '\0';
}

static const char *line_end(const char *at, const char *stop)
{
	while (at < stop && *at != '\n')
		at++;
	return at;
}

void ak_apart_facts_read(ak_signing *s, const ak_file *mail)
{
	const char *at = (const char *)mail->data, *stop = at + mail->len;
	bool within = false;

	if (*erased_by(s) == '\0' || (s->facts = calloc(1, FACTS_MAX + 1)) == NULL)
		return;
	while (at < stop) {
		const char *line = at + skip(at, stop, " \t>"), *end = line_end(line, stop);

		at = end < stop ? end + 1 : stop;
		while (end > line && (end[-1] == '\r' || end[-1] == ' '))
			end--;
		if (end - line >= 5 && memcmp(line, "-----", 5) == 0)
			break;
		if (within && end == line)
			break;
		if (within)
			append(s->facts, line, end);
		else
			within = is_heading(line, end);
	}
	if (*s->facts == '\0') {
		free(s->facts);
		s->facts = NULL;
	}
}

void ak_apart_facts_tell(const ak_cli *c, const ak_signing *s, FILE *to)
{
	char *known = s->facts == NULL ? NULL : ak_body_of_erased(c, s->ledger, erased_by(s));

	if (s->facts != NULL && known == NULL) { /* else it has been told from the ledger */
		ak_out_wrapped(c, to, 4, MSG_APART_FACTS_SAID, NULL);
		ak_term_spaces(to, 6);
		ak_term_wrap(to, s->facts, 6, ak_out_text_width(c));
		(void)fputc('\n', to);
	}
	free(known);
}
