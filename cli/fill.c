/* SPDX-License-Identifier: Apache-2.0 */
#include "fill.h"

#include "term.h"

#include <string.h>

/* As sh reads it: in single quotes, each of its own quotes outside of them. */
static void put_word(FILE *to, const char *s)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789%+,-./:=@_";
	const char *p = s;

	while (*p != '\0' && (strchr(plain, *p) != NULL || (unsigned char)*p >= 0x80))
		p++;
	if (*p == '\0' && p != s) {
		ak_term_put(to, s);
		return;
	}
	(void)fputc('\'', to);
	while (*s != '\0') {
		char piece[256];
		size_t n = strcspn(s, "'");

		if (n >= sizeof(piece)) {
			n = sizeof(piece) - 1;
			while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80) /* between characters */
				n--;
		}
		(void)snprintf(piece, sizeof(piece), "%.*s", (int)n, s);
		ak_term_put(to, piece);
		s += n;
		if (*s == '\'') {
			(void)fputs("'\\''", to);
			s++;
		}
	}
	(void)fputc('\'', to);
}

static void put_option(const ak_cli *c, FILE *to, ak_opt_id id)
{
	const char *value = ak_opt_value(&c->opts, id);

	if (value == NULL)
		return;
	(void)fputs(id == OPT_DIR ? " -C " : " --trust ", to);
	put_word(to, value);
}

/* What stands at `t`, from its brace on: how many bytes of the template were used; 0: an ordinary brace. */
static size_t put_mark(const ak_cli *c, FILE *to, const char *t, const char *const *arg, size_t n)
{
	bool word = t[1] == '$';
	const char *digit = t + 1 + (word ? 1 : 0);

	if (!word && (t[1] == 'C' || t[1] == 'T') && t[2] == '}') {
		put_option(c, to, t[1] == 'C' ? OPT_DIR : OPT_TRUST);
		return 3;
	}
	if (*digit < '1' || *digit > '9' || digit[1] != '}')
		return 0;
	if ((size_t)(*digit - '1') < n && word)
		put_word(to, arg[*digit - '1']);
	else if ((size_t)(*digit - '1') < n)
		ak_term_put(to, arg[*digit - '1']);
	return word ? 4 : 3;
}

/* The template is ours and goes out as it is; arguments may be anybody's. */
void ak_fill(const ak_cli *c, FILE *to, const char *t, const char *const *arg, size_t n)
{
	if (to == stderr) /* what was said on stdout comes before it; a failure to write stays noted in the stream */
		(void)fflush(stdout);
	while (*t != '\0') {
		size_t used, plain = strcspn(t, "{");

		(void)fwrite(t, 1, plain, to);
		t += plain;
		if (*t == '\0')
			break;
		used = put_mark(c, to, t, arg, n);
		if (used == 0)
			(void)fputc(*t, to);
		t += used == 0 ? 1 : used;
	}
}
