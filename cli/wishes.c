/* SPDX-License-Identifier: Apache-2.0 */
#include "wishes.h"

#include "files.h"
#include "out.h"

#include <stdlib.h>
#include <string.h>

void ak_wishes_free(ak_wishes *w)
{
	for (size_t i = 0; w != NULL && i < w->n_texts; i++)
		free(w->text[i]);
	free(w);
}

static char *keep(ak_wishes *w, char *text)
{
	if (text != NULL)
		w->text[w->n_texts++] = text;
	return text;
}

/* Cut "left=right" into two; NULL without memory, *right NULL without '='. */
static char *cut(ak_wishes *w, const char *spec, char **right)
{
	char *left = keep(w, strdup(spec));
	char *equals = left == NULL ? NULL : strchr(left, '=');

	*right = equals == NULL ? NULL : equals + 1;
	if (equals != NULL)
		*equals = '\0';
	return left;
}

static int date_wish(const ak_cli *c, ak_wishes *w, const char *spec, char **value)
{
	char stored[11];
	ak_error e = { 0 };

	if (ak_date_normalise(*value, stored, &e) != AK_OK)
		return ak_out_usage(c, MSG_NOT_A_DATE, spec, *value, NULL);
	*value = keep(w, strdup(stored));
	return *value == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

/* The digest of a file that stays where it is: minutes, an approval. */
static int digest_wish(const ak_cli *c, ak_wishes *w, char **value)
{
	ak_digest d;
	int code = ak_file_digest(c, *value, &d);

	if (code != EXIT_HOLDS)
		return code;
	*value = keep(w, ak_file_digest_text(&d));
	return *value == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

static int wish(const ak_cli *c, ak_wishes *w, ak_opt_id id, const char *spec)
{
	char *value, *pointer = cut(w, spec, &value);
	int code = EXIT_HOLDS;

	if (pointer == NULL)
		return ak_out_no_memory(c);
	if (*pointer != '/' || value == NULL)
		return ak_out_usage(c, MSG_BAD_SET, ak_opt_get(id)->name, spec, NULL);
	if (id == OPT_SET_DATE)
		code = date_wish(c, w, pointer, &value);
	else if (id == OPT_SET_DIGEST)
		code = digest_wish(c, w, &value);
	if (code == EXIT_HOLDS)
		w->set[w->n_set++] = (ak_assignment){ pointer, value, id == OPT_SET_JSON };
	return code;
}

int ak_wishes_read(const ak_cli *c, ak_wishes *w)
{
	static const struct {
		ak_opt_id id;
		const char *pointer;
	} shortcuts[] = { { OPT_LISTING, "/listing" }, { OPT_SERVICE, "/service" }, { OPT_OUTCOME, "/outcome" } };
	int code = EXIT_HOLDS;

	for (size_t i = 0; i < sizeof(shortcuts) / sizeof(shortcuts[0]); i++) {
		const char *value = ak_opt_value(&c->opts, shortcuts[i].id);

		if (value != NULL)
			w->set[w->n_set++] = (ak_assignment){ shortcuts[i].pointer, value, false };
	}
	for (size_t i = 0; code == EXIT_HOLDS && i < c->opts.n_given; i++) {
		ak_opt_id id = c->opts.given[i].id;
		const char *spec = c->opts.given[i].value;

		if (id == OPT_SET || id == OPT_SET_DATE || id == OPT_SET_JSON || id == OPT_SET_DIGEST) {
			code = wish(c, w, id, spec);
		} else if (id == OPT_REF) {
			char *record, *rel = cut(w, spec, &record);

			if (rel == NULL)
				code = ak_out_no_memory(c);
			else if (*rel == '\0' || record == NULL)
				code = ak_out_usage(c, MSG_BAD_REF, spec, NULL);
			else
				w->ref[w->n_refs++] = (ak_named_ref){ rel, record };
		}
	}
	return code;
}
