/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/opening.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "crypto/hash.h"

#include <stdio.h>
#include <string.h>

#define KIND "\"akashi\":\"opening/"
#define HANDED "\"akashi\":\"disclosure/"

void ak_commitment(const uint8_t salt[AK_SALT_LEN], const ak_digest *document, ak_digest *out)
{
	ak_sha256_tagged(AK_TAG_COMMITMENT, (ak_span){ salt, AK_SALT_LEN }, (ak_span){ document->b, AK_DIGEST_LEN }, out);
}

bool ak_opening_sniff(ak_span text)
{
	char head[64];
	size_t n = 0;

	for (size_t i = 0; i < text.len && n + 1 < sizeof(head); i++) {
		uint8_t c = text.data[i];

		if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
			head[n++] = (char)c;
	}
	head[n] = '\0';
	return head[0] == '{' && (strncmp(head + 1, KIND, strlen(KIND)) == 0 || strncmp(head + 1, HANDED, strlen(HANDED)) == 0);
}

/* Exactly these members; values of any type. */
static bool has_only(const ak_json *o, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (ak_json_get(o, names[i]) == NULL)
			return false;
	}
	return ak_json_is(o, AK_JSON_OBJECT) && ak_json_len(o) == n;
}

static ak_status read_document(const ak_json *v, size_t at, ak_opening *out, ak_error *err)
{
	static const char *const names[] = { "commitment", "document", "kind", "name", "salt" };
	ak_opened_document *d = &out->document[out->n_documents];
	ak_digest want;

	if (!has_only(v, names, sizeof(names) / sizeof(names[0])))
		return ak_fail(err, AK_BAD_FORMAT, "opening.documents", at, "not exactly commitment, document, kind, name and salt");
	d->name = ak_json_get_text(v, "name");
	d->kind = ak_json_get_text(v, "kind");
	if (d->name.len == 0 || d->kind.len == 0)
		return ak_fail(err, AK_BAD_FORMAT, "opening.documents", at, "name and kind are text");
	if (!ak_digest_parse(ak_json_get_text(v, "commitment"), &d->commitment) || !ak_digest_parse(ak_json_get_text(v, "document"), &d->document))
		return ak_fail(err, AK_BAD_FORMAT, "opening.documents", at, "commitment and document are digests");
	if (!ak_hex_decode(ak_json_get_text(v, "salt"), d->salt, AK_SALT_LEN))
		return ak_fail(err, AK_BAD_FORMAT, "opening.documents.salt", at, "a salt is 64 hexadecimal digits: 32 random bytes");
	ak_commitment(d->salt, &d->document, &want);
	if (!ak_digest_eq(&want, &d->commitment))
		return ak_digest_mismatch(err, AK_BAD_FORMAT, "opening.documents.commitment", at, &want, &d->commitment);
	for (size_t i = 0; i < out->n_documents; i++) {
		if (memcmp(out->document[i].salt, d->salt, AK_SALT_LEN) == 0)
			return ak_fail(err, AK_BAD_FORMAT, "opening.documents.salt", at, "this salt was used before: two commitments with one salt can be told apart by nobody who should");
	}
	out->n_documents++;
	return AK_OK;
}

static ak_status read_field(const ak_json *v, size_t at, ak_opening *out, ak_json *salts, ak_error *err)
{
	static const char *const names[] = { "disclosure", "field" };
	ak_json *salt = NULL;
	ak_status st;

	if (!has_only(v, names, sizeof(names) / sizeof(names[0])) || !ak_span_starts(ak_json_get_text(v, "field"), "/"))
		return ak_fail(err, AK_BAD_FORMAT, "opening.fields", at, "not exactly a disclosure and the JSON pointer of its field");
	out->disclosure[out->n_fields] = ak_json_get_text(v, "disclosure");
	out->field[out->n_fields] = ak_json_get_text(v, "field");
	st = ak_disclosure_salt(out->disclosure[out->n_fields], &salt, err);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(salts); i++) {
		if (ak_json_equal(ak_json_at(salts, i), salt))
			st = ak_fail(err, AK_BAD_FORMAT, "disclosure.salt", at, "this salt was used before");
	}
	if (st == AK_OK)
		st = ak_json_add(salts, ak_json_ref(salt), err);
	ak_json_free(salt);
	if (st == AK_OK)
		out->n_fields++;
	else if (err != NULL && st == AK_BAD_FORMAT)
		err->at = at;
	return st;
}

static ak_status read_head(ak_opening *o, ak_error *err)
{
	static const char *const kept[] = { "akashi", "documents", "fields" };
	static const char *const handed[] = { "akashi", "documents", "fields", "genesis", "ledger", "record" };
	ak_span kind = ak_json_get_text(o->root, "akashi");

	o->handed_over = ak_span_is(kind, "disclosure/1");
	if (!o->handed_over && !ak_span_is(kind, "opening/1"))
		return ak_span_starts(kind, "opening/") || ak_span_starts(kind, "disclosure/")
		       ? ak_fail(err, AK_UNKNOWN_VERSION, "opening.akashi", 0, "a later version")
		       : ak_fail(err, AK_BAD_FORMAT, "opening.akashi", 0, "neither an opening nor a disclosure");
	if (!(o->handed_over ? has_only(o->root, handed, sizeof(handed) / sizeof(handed[0])) : has_only(o->root, kept, sizeof(kept) / sizeof(kept[0]))))
		return ak_fail(err, AK_BAD_FORMAT, "opening", 0, "members are missing, or there are others");
	if (!ak_json_is(ak_json_get(o->root, "documents"), AK_JSON_ARRAY) || !ak_json_is(ak_json_get(o->root, "fields"), AK_JSON_ARRAY))
		return ak_fail(err, AK_BAD_FORMAT, "opening", 0, "documents and fields are arrays");
	if (!o->handed_over)
		return AK_OK;
	o->ledger = ak_json_get_text(o->root, "ledger");
	if (!ak_origin_valid(o->ledger) || !ak_digest_parse(ak_json_get_text(o->root, "genesis"), &o->genesis) ||
	    !ak_digest_parse(ak_json_get_text(o->root, "record"), &o->record))
		return ak_fail(err, AK_BAD_FORMAT, "opening.record", 0, "ledger, genesis and record do not name a record");
	return AK_OK;
}

static ak_status read_parts(ak_opening *o, ak_error *err)
{
	const ak_json *documents = ak_json_get(o->root, "documents"), *fields = ak_json_get(o->root, "fields");
	ak_json *salts;
	ak_status st = AK_OK;

	if (ak_json_len(documents) > AK_DOCUMENTS_MAX || ak_json_len(fields) > AK_DISCLOSURES_MAX)
		return ak_fail(err, AK_BAD_FORMAT, "opening", 0, "over %d documents or %d fields", AK_DOCUMENTS_MAX, AK_DISCLOSURES_MAX);
	salts = ak_json_new_array();
	if (salts == NULL)
		return ak_no_memory(err, "opening");
	for (size_t i = 0; st == AK_OK && i < ak_json_len(documents); i++)
		st = read_document(ak_json_at(documents, i), i, o, err);
	for (size_t i = 0; st == AK_OK && i < ak_json_len(fields); i++)
		st = read_field(ak_json_at(fields, i), i, o, salts, err);
	ak_json_free(salts);
	return st;
}

ak_status ak_opening_parse(ak_span text, ak_opening *out, ak_error *err)
{
	ak_status st = ak_json_parse_most(text, AK_OPENING_MAX, &out->root, err);

	if (st == AK_OK)
		st = read_head(out, err);
	if (st == AK_OK)
		st = read_parts(out, err);
	if (st != AK_OK)
		ak_opening_clear(out);
	return st;
}

void ak_opening_clear(ak_opening *o)
{
	ak_json_free(o->root);
	memset(o, 0, sizeof(*o));
}

/* ---- against a record --------------------------------------------------------------------------------------------------- */

ak_status ak_opened_document_check(const ak_opened_document *d, const ak_statement *s, ak_error *err)
{
	char hex[2 * AK_DIGEST_LEN + 1];

	ak_hex_encode(d->commitment.b, AK_DIGEST_LEN, hex);
	for (size_t i = 0; i < ak_json_len(s->subject); i++) {
		const ak_json *v = ak_json_at(s->subject, i), *notes = ak_json_get(v, "annotations");

		if (!ak_span_is(ak_json_get_text(notes, "commitment"), "akashi-1") ||
		    !ak_span_is(ak_json_get_text(ak_json_get(v, "digest"), "sha256"), hex))
			continue;
		if (!ak_span_eq(ak_json_get_text(v, "name"), d->name))
			return ak_mismatch(err, AK_BAD_FORMAT, "opening.documents.name", i, ak_json_get_str(v, "name"), "another name");
		if (!ak_span_eq(ak_json_get_text(notes, "kind"), d->kind))
			return ak_mismatch(err, AK_BAD_FORMAT, "opening.documents.kind", i, ak_json_get_str(notes, "kind"), "another kind");
		return AK_OK;
	}
	return ak_fail(err, AK_NOT_FOUND, "opening.documents", 0, "no document of this record is committed to by it");
}

static ak_status put_document(const ak_sealed *s, const ak_opening *opening, size_t n, const ak_digest *want, size_t at, ak_json *list, ak_error *err)
{
	ak_error why = { 0 };

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < opening[i].n_documents; k++) {
			const ak_opened_document *d = &opening[i].document[k];

			if (ak_digest_eq(&d->document, want) && ak_opened_document_check(d, &s->statement, &why) == AK_OK)
				return ak_json_add(list, ak_json_copy(ak_json_at(ak_json_get(opening[i].root, "documents"), k)), err);
		}
	}
	return ak_fail(err, AK_NOT_FOUND, "disclose.document", at, "no opening here has a salt that leads from this document to a commitment in the record");
}

/* Is there a text that is the digest of this disclosure anywhere in v? */
static bool holds_digest(const ak_json *v, const char *hex, const char *url)
{
	const ak_json *member;
	ak_span key;

	if (ak_json_is(v, AK_JSON_STRING))
		return ak_span_is(ak_json_text(v), hex) || ak_span_is(ak_json_text(v), url);
	for (size_t i = 0; ak_json_is(v, AK_JSON_ARRAY) && i < ak_json_len(v); i++) {
		if (holds_digest(ak_json_at(v, i), hex, url))
			return true;
	}
	for (void *it = NULL; ak_json_is(v, AK_JSON_OBJECT) && ak_json_next(v, &it, &key, &member);) {
		if (holds_digest(member, hex, url))
			return true;
	}
	return false;
}

static ak_status put_field(const ak_sealed *s, const ak_opening *opening, size_t n, const char *want, size_t at, ak_json *list, ak_error *err)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < opening[i].n_fields; k++) {
			char hex[AK_DIGEST_TEXT_LEN + 1], url[64];
			ak_digest d;

			if (!ak_span_is(opening[i].field[k], want))
				continue;
			ak_disclosure_digest(opening[i].disclosure[k], &d);
			ak_digest_format(&d, hex);
			ak_disclosure_url(&d, url);
			if (holds_digest(s->statement.body, hex, url))
				return ak_json_add(list, ak_json_copy(ak_json_at(ak_json_get(opening[i].root, "fields"), k)), err);
		}
	}
	return ak_fail(err, AK_NOT_FOUND, "disclose.field", at, "no opening here has a disclosure of %.100s whose digest is in the record", want);
}

/* The fields together have to resolve, each where it says. */
static ak_status fields_resolve(const ak_sealed *s, const ak_json *fields, ak_error *err)
{
	ak_span part[AK_DISCLOSURES_MAX];
	ak_json *resolved = NULL, *found = NULL;
	size_t n = ak_json_len(fields);
	ak_status st;

	for (size_t i = 0; i < n; i++)
		part[i] = ak_json_get_text(ak_json_at(fields, i), "disclosure");
	st = ak_disclosures_resolve(s->statement.body, part, n, &resolved, &found, err);
	ak_json_free(resolved);
	ak_json_free(found);
	return st;
}

ak_status ak_opening_choose(const ak_sealed *s, const ak_opening *opening, size_t n, const ak_choice *choice, ak_json **out, ak_error *err)
{
	ak_json *o, *documents = ak_json_new_array(), *fields = ak_json_new_array();
	ak_status st = documents == NULL || fields == NULL ? ak_no_memory(err, "disclose") : AK_OK;

	if (st == AK_OK && (choice->n_documents > AK_DOCUMENTS_MAX || choice->n_fields > AK_DISCLOSURES_MAX))
		st = ak_fail(err, AK_LIMIT, "disclose", 0, "over %d documents or %d fields", AK_DOCUMENTS_MAX, AK_DISCLOSURES_MAX);
	for (size_t i = 0; st == AK_OK && i < choice->n_documents; i++)
		st = put_document(s, opening, n, &choice->document[i], i, documents, err);
	for (size_t i = 0; st == AK_OK && i < choice->n_fields; i++)
		st = put_field(s, opening, n, choice->field[i], i, fields, err);
	if (st == AK_OK)
		st = fields_resolve(s, fields, err);
	o = ak_json_new_object();
	if (st == AK_OK)
		st = ak_json_set(o, "akashi", ak_json_new_str("disclosure/1"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "documents", ak_json_ref(documents), err);
	if (st == AK_OK)
		st = ak_json_set(o, "fields", ak_json_ref(fields), err);
	if (st == AK_OK)
		st = ak_json_set(o, "genesis", ak_json_new_digest(s->statement.has_genesis ? &s->statement.genesis : &s->id), err);
	if (st == AK_OK)
		st = ak_json_set(o, "ledger", ak_json_new_text(s->statement.ledger), err);
	if (st == AK_OK)
		st = ak_json_set(o, "record", ak_json_new_digest(&s->id), err);
	if (st == AK_OK)
		*out = o;
	else
		ak_json_free(o);
	ak_json_free(documents);
	ak_json_free(fields);
	return st;
}
