/* SPDX-License-Identifier: Apache-2.0 */
#include "phrase.h"

#include "term.h"

#include <string.h>

enum { PARTS_MAX = 9 };

typedef struct part {
	const char *from;
	size_t len;
} part;

static const struct {
	const char *en, *ja;
} phrases[] = {
#define AK_PHRASE(en, ja) { en, ja },
#include "phrases_stamp.def"
#include "phrases.def"
#undef AK_PHRASE
};

static const ak_status statuses[] = {
#define AK_S(value, name, cls, en, ja) AK_##name,
#include "akashi/errors.def"
#undef AK_S
};

static bool is_blank(const char *t)
{
	return t[0] == '{' && t[1] >= '1' && t[1] <= '9' && t[2] == '}';
}

/* Where `lit` (len bytes) next stands at or after `text`; the end of the text for nothing. */
static const char *next_of(const char *text, const char *lit, size_t len)
{
	if (len == 0)
		return text + strlen(text);
	for (; *text != '\0'; text++) {
		if (strncmp(text, lit, len) == 0)
			return text;
	}
	return NULL;
}

/* Each blank takes the least that lets the words after it follow; no blank takes nothing. */
static bool fits(const char *text, const char *t, part blank[PARTS_MAX])
{
	while (*t != '\0') {
		size_t which, len;
		const char *end;

		if (!is_blank(t)) {
			if (*text++ != *t++)
				return false;
			continue;
		}
		which = (size_t)(t[1] - '1');
		t += 3;
		for (len = 0; t[len] != '\0' && !is_blank(t + len);)
			len++;
		end = *text == '\0' ? NULL : next_of(text + 1, t, len);
		if (end == NULL)
			return false;
		/* The last words of all must also be the last of the text. */
		for (const char *later; t[len] == '\0' && len > 0 && end[len] != '\0'; end = later) {
			later = next_of(end + 1, t, len);
			if (later == NULL)
				return false;
		}
		blank[which] = (part){ text, (size_t)(end - text) };
		text = end;
	}
	return *text == '\0';
}

static void put(char out[AK_PHRASE_MAX], size_t *used, const char *s, size_t n)
{
	if (n >= AK_PHRASE_MAX - *used)
		n = AK_PHRASE_MAX - 1 - *used;
	memcpy(out + *used, s, n);
	*used += n;
}

static void fill(char out[AK_PHRASE_MAX], const char *t, const part blank[PARTS_MAX])
{
	size_t used = 0;

	while (*t != '\0') {
		if (is_blank(t)) {
			const part *p = &blank[t[1] - '1'];

			char said[AK_PHRASE_MAX], dated[AK_PHRASE_MAX];

			/* A date that was filled in is somebody's; one among the words shows the stored form. */
			(void)snprintf(said, sizeof(said), "%.*s", (int)p->len, p->from);
			(void)ak_term_dates(true, said, dated, sizeof(dated));
			put(out, &used, dated, strlen(dated));
			t += 3;
		} else {
			put(out, &used, t++, 1);
		}
	}
	out[used] = '\0';
}

const char *ak_phrase_ja(const char *text, char out[AK_PHRASE_MAX])
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (strcmp(ak_status_text(statuses[i]), text) == 0)
			return ak_status_text_ja(statuses[i]);
	}
	for (size_t i = 0; i < sizeof(phrases) / sizeof(phrases[0]); i++) {
		part blank[PARTS_MAX] = { { "", 0 } };

		if (!fits(text, phrases[i].en, blank))
			continue;
		fill(out, phrases[i].ja, blank);
		return out;
	}
	return NULL;
}

const char *ak_phrase(const ak_cli *c, const char *text, char out[AK_PHRASE_MAX])
{
	const char *said;

	if (!c->ja)
		return text;
	said = ak_phrase_ja(text, out);
	return said != NULL ? said : ak_term_dates(true, text, out, AK_PHRASE_MAX);
}

const char *ak_phrase_value(const ak_cli *c, const char *where, const char *text, char out[AK_PHRASE_MAX])
{
	const char *said;

	if (!c->ja || where == NULL || strncmp(where, "schema", 6) != 0)
		return ak_phrase(c, text, out);
	said = ak_phrase_ja(text, out);
	return said != NULL ? said : text;
}

ak_status ak_phrase_status_named(const char *name)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (strcmp(ak_status_name(statuses[i]), name) == 0)
			return statuses[i];
	}
	return AK_INTERNAL;
}

const char *ak_phrase_status(const ak_cli *c, const char *name)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (strcmp(ak_status_name(statuses[i]), name) == 0)
			return c->ja ? ak_status_text_ja(statuses[i]) : ak_status_text(statuses[i]);
	}
	return name;
}
