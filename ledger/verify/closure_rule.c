/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/closure.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

ak_status ak_want_key(const ak_wants *w, const ak_digest *keyid, ak_error *err)
{
	char id[12 + 2 * AK_DIGEST_LEN + 1] = "akashi/key:";

	ak_hex_encode(keyid->b, AK_DIGEST_LEN, id + strlen(id));
	return w->subject(w->ctx, ak_span_str(id), err);
}

ak_status ak_want_profile(const ak_wants *w, ak_span scheme, ak_error *err)
{
	char id[AK_NAME_MAX + 20];

	(void)snprintf(id, sizeof(id), "akashi/profile:%.*s", (int)scheme.len, (const char *)scheme.data);
	return w->subject(w->ctx, ak_span_str(id), err);
}

/* A party record found through one of its keys brings the party itself. */
static ak_status want_parties(const ak_wants *w, const ak_statement *s, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_statement_n_about(s); i++) {
		ak_span id = ak_statement_about(s, i);

		if (ak_span_starts(id, "akashi/party:"))
			st = w->subject(w->ctx, id, err);
	}
	return st;
}

static ak_status want_refs(const ak_wants *w, const ak_statement *s, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_statement_n_refs(s); i++) {
		ak_digest id;

		(void)ak_statement_ref(s, i, &id);
		st = w->record(w->ctx, &id, err);
	}
	return st;
}

static ak_status want_about(const ak_wants *w, const ak_statement *s, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_statement_n_about(s); i++)
		st = w->subject(w->ctx, ak_statement_about(s, i), err);
	return st;
}

ak_status ak_closure_of(const ak_sealed *s, bool referred, const ak_wants *w, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t k = 0; st == AK_OK && k < s->signatures.n; k++)
		st = ak_want_key(w, &s->signatures.sig[k].keyid, err);
	if (st == AK_OK && ak_span_is(s->statement.type, "party"))
		st = want_parties(w, &s->statement, err);
	/* A revocation has no effect unless every key it names is enrolled, nor has a list: who met it by one of them needs the others too. */
	if (st == AK_OK && (ak_span_is(s->statement.type, "revocation") || ak_span_is(s->statement.type, "crl")))
		st = want_about(w, &s->statement, err);
	/* A party stands in a scheme whose profile says who enrols its roles. */
	if (st == AK_OK && !ak_span_is(s->statement.scheme, "akashi"))
		st = ak_want_profile(w, s->statement.scheme, err);
	if (st != AK_OK || w->record == NULL)
		return st;
	st = want_refs(w, &s->statement, err);
	if (st == AK_OK && referred)
		st = want_about(w, &s->statement, err);
	if (st == AK_OK && s->statement.has_genesis)
		st = w->base(w->ctx, &s->statement.base, err);
	return st;
}
