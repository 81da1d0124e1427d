/* SPDX-License-Identifier: Apache-2.0 */
/* The scheme that is meant where a question names a listing and no scheme. */
#include "api/api.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/schema.h"
#include "held/shipped.h"

#include <stdio.h>
#include <string.h>

/* Is a record about <scheme>/listing:<listing>? */
static ak_status has(ak_books *b, const char *scheme, const char *listing, bool *yes, ak_error *err)
{
	char id[AK_SUBJECT_ID_MAX + 2];
	int len = snprintf(id, sizeof(id), "%s/listing:%s", scheme, listing);
	uint64_t newest;
	ak_status st;

	*yes = false;
	if (len < 0 || (size_t)len >= sizeof(id) || !ak_subject_id_valid(ak_span_str(id)))
		return AK_OK; /* who asks about it is told so */
	st = ak_index_newest(b->index, ak_span_str(id), &newest, err);
	*yes = st == AK_OK;
	return st == AK_NOT_FOUND ? AK_OK : st;
}

/* `scheme` is what out holds until now, or another one that has the listing too. */
static ak_status take(ak_span scheme, char out[AK_NAME_MAX + 1], ak_error *err)
{
	if (out[0] != '\0')
		return ak_fail(err, AK_INVALID_ARGUMENT, "scheme", 0, "listings of this name are in the schemes %s and %.*s: say which",
		               out, (int)scheme.len, (const char *)scheme.data);
	if (scheme.len > AK_NAME_MAX)
		return ak_fail(err, AK_LIMIT, "scheme", 0, "the name of a scheme is too long");
	memcpy(out, scheme.data, scheme.len);
	out[scheme.len] = '\0';
	return AK_OK;
}

/* Has one of the records about it an effect?  A void one says nothing about where a listing is. */
static ak_status stands(ak_books *b, const char *scheme, const char *listing, bool *yes, ak_error *err)
{
	char id[AK_SUBJECT_ID_MAX + 2];
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st;

	*yes = false;
	(void)snprintf(id, sizeof(id), "%s/listing:%s", scheme, listing);
	st = ak_index_about(b->index, ak_span_str(id), &seqs, &n, err);
	for (size_t i = 0; st == AK_OK && !*yes && i < n; i++)
		st = ak_api_authorised(b, seqs[i], yes, err);
	ak_mem_free(seqs);
	return st;
}

/* Of the schemes that this program ships: the one that has the listing.  Where several do, void records do not count.  out stays empty
 * where none has. */
static ak_status find_shipped(ak_books *b, const char *listing, char out[AK_NAME_MAX + 1], ak_error *err)
{
	const char *having[2] = { NULL, NULL };
	const ak_held_package *p, *before = NULL;
	ak_status st = AK_OK;
	size_t n = 0;
	bool yes;

	for (size_t i = 0; st == AK_OK && n < 2 && (p = ak_held_at(i)) != NULL; before = p, i++) {
		if (before != NULL && strcmp(before->scheme, p->scheme) == 0)
			continue; /* versions of a scheme stand together */
		st = has(b, p->scheme, listing, &yes, err);
		if (st == AK_OK && yes)
			having[n++] = p->scheme;
	}
	if (st == AK_OK && n == 1)
		return take(ak_span_str(having[0]), out, err);
	before = NULL;
	for (size_t i = 0; st == AK_OK && n > 1 && (p = ak_held_at(i)) != NULL; before = p, i++) {
		if (before != NULL && strcmp(before->scheme, p->scheme) == 0)
			continue;
		st = stands(b, p->scheme, listing, &yes, err);
		if (st == AK_OK && yes)
			st = take(ak_span_str(p->scheme), out, err);
	}
	return st;
}

ak_status ak_api_scheme(ak_books *b, const char *listing, char out[AK_NAME_MAX + 1], ak_error *err)
{
	ak_authority *a = NULL;
	const ak_profile *p, *only = NULL;
	bool yes = false;
	size_t n = 0;
	ak_status st;

	out[0] = '\0';
	st = listing == NULL ? AK_OK : find_shipped(b, listing, out, err);
	if (st != AK_OK || out[0] != '\0')
		return st;
	st = ak_books_authority(b, NULL, 0, NULL, 0, &a, err);
	for (; st == AK_OK && (p = ak_authority_profile_at(a, n)) != NULL; n++) {
		char scheme[AK_NAME_MAX + 1];

		only = n == 0 ? p : NULL;
		(void)snprintf(scheme, sizeof(scheme), "%.*s", (int)p->scheme.len, (const char *)p->scheme.data);
		yes = false;
		if (listing != NULL)
			st = has(b, scheme, listing, &yes, err);
		if (st == AK_OK && yes)
			st = take(p->scheme, out, err);
	}
	if (st == AK_OK && out[0] == '\0')
		st = take(only != NULL ? only->scheme : ak_span_str(AK_USUAL_SCHEME), out, err);
	ak_authority_free(&a);
	return st;
}

ak_status ak_ledger_scheme(ak_ledger *l, const char *listing, ak_text *scheme, ak_error *err)
{
	char meant[AK_NAME_MAX + 1];
	ak_buf text;
	ak_status st = ak_api_scheme(l->b, listing, meant, err);

	ak_buf_init(&text, sizeof(meant));
	if (st == AK_OK)
		st = ak_buf_add_str(&text, meant, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&text, scheme, err);
	ak_buf_clear(&text);
	return st;
}

/* ---- record types ------------------------------------------------------------------------------------------------- */

typedef struct listing_types {
	ak_json *list;
	ak_span scheme;
	const char *asked; /* NULL: list them; else look for this one only */
	bool known;
	ak_error *err;
	ak_status st;
} listing_types;

static bool take_type(void *ctx, ak_span name, const ak_json *type)
{
	listing_types *t = ctx;
	const ak_json *title = ak_json_get(type, "title");
	ak_json *o;

	t->known = t->known || (t->asked != NULL && ak_span_is(name, t->asked));
	if (t->asked != NULL)
		return !t->known;
	o = ak_json_new_object();
	t->st = ak_json_set(o, "en", ak_json_new_text(ak_json_get_text(title, "en")), t->err);
	if (t->st == AK_OK)
		t->st = ak_json_set(o, "ja", ak_json_new_text(ak_json_get_text(title, "ja")), t->err);
	if (t->st == AK_OK)
		t->st = ak_json_set(o, "scheme", ak_json_new_text(t->scheme), t->err);
	if (t->st == AK_OK)
		t->st = ak_json_set(o, "type", ak_json_new_text(name), t->err);
	if (t->st == AK_OK)
		t->st = ak_json_add(t->list, ak_json_ref(o), t->err);
	ak_json_free(o);
	return t->st == AK_OK;
}

static void take_types(const ak_profile *p, listing_types *t)
{
	t->scheme = p->scheme;
	(void)ak_json_each(ak_json_get(p->package, "types"), take_type, t);
}

static ak_status each_type(ak_books *b, listing_types *t)
{
	ak_authority *a = NULL;
	const ak_profile *p;

	t->st = ak_books_authority(b, NULL, 0, NULL, 0, &a, t->err);
	if (t->st == AK_OK)
		take_types(&b->core, t);
	for (size_t n = 0; t->st == AK_OK && (p = ak_authority_profile_at(a, n)) != NULL; n++)
		take_types(p, t);
	ak_authority_free(&a);
	return t->st;
}

ak_status ak_ledger_types(ak_ledger *l, ak_text *json, ak_error *err)
{
	listing_types t = { .list = ak_json_new_array(), .err = err };
	ak_status st = t.list == NULL ? ak_no_memory(err, "types") : each_type(l->b, &t);

	if (st != AK_OK) {
		ak_json_free(t.list);
		return st;
	}
	return ak_api_text(t.list, json, err);
}

ak_status ak_api_type_known(ak_books *b, const char *type, ak_error *err)
{
	listing_types t = { .asked = type, .err = err };
	uint64_t *seqs = NULL;
	size_t n = 0;
	ak_status st = ak_index_of_type(b->index, type, &seqs, &n, err);

	ak_mem_free(seqs);
	if (st == AK_OK && n == 0)
		st = each_type(b, &t);
	if (st == AK_OK && n == 0 && !t.known)
		st = ak_fail(err, AK_UNKNOWN_TYPE, "type", 0, "no record here is of type '%s', and no profile of this ledger defines it", type);
	return st;
}
