/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"
#include "base/fail.h"
#include "held/held.h"
#include "proof/ask.h"
#include "verify/proof_check.h"

#include <inttypes.h>
#include <stdio.h>

/* Trusts the ledger as it is: only whether the proofs hold is asked.  *t was zero. */
static ak_status own_trust(ak_books *b, ak_trust *t, ak_error *err)
{
	const ak_digest none = { { 0 } };
	ak_authority *a = NULL;
	ak_status st = ak_books_authority(b, &none, 0, NULL, 0, &a, err);

	if (st != AK_OK)
		return st;
	t->quorum = t->complete = AK_TRUST_NONE;
	t->genesis = b->genesis;
	(void)snprintf(t->log.name, sizeof(t->log.name), "%s", b->checkpoint.origin);
	if (ak_authority_operator(a) == NULL || !ak_pubkey_raw_ed25519(ak_authority_operator(a), t->log.key))
		st = ak_fail(err, AK_NOT_AUTHORISED, "keyset", 0, "the ledger has no standing keyset");
	ak_authority_free(&a);
	return st;
}

/* What was drawn rests on the index, which is a cache; what is handed out does not. */
static ak_status check_proofs(ak_books *b, const ak_bundle *drawn, ak_error *err)
{
	ak_trust *trust = ak_mem_alloc(sizeof(*trust));
	ak_question q = { .trust = trust, .scheme = drawn->scheme, .listing = ak_bundle_listing(drawn),
	                  .now = b->state.last_time, .core = &b->core };
	ak_proven p = { 0 };
	ak_report r = { 0 };
	ak_status st = trust == NULL ? ak_no_memory(err, "bundle") : own_trust(b, trust, err);

	if (st == AK_OK)
		st = ak_report_open(&r, err);
	if (st == AK_OK)
		st = ak_prove(&drawn->e, &q, &r, &p, err);
	if (st == AK_OK && (!p.sound || !p.closed))
		st = ak_fail(err, AK_MAP_MISMATCH, "bundle", b->checkpoint.size, "the ledger's proofs do not hold: audit it");
	ak_proven_clear(&p);
	ak_report_clear(&r);
	ak_mem_free(trust);
	return st;
}

static ak_status make(ak_books *b, const char *scheme, const char *listing, uint64_t since, bool whole, ak_text *bundle,
                      ak_error *err)
{
	ak_bundle drawn = { 0 };
	ak_buf file;
	ak_status st = ak_api_draw(b, NULL, scheme, listing, since, &drawn, err);

	ak_buf_init(&file, AK_BUNDLE_FILE_MAX);
	if (st == AK_OK)
		st = check_proofs(b, &drawn, err);
	if (st == AK_OK && !whole)
		st = ak_bundle_cut_out(&drawn, ak_held_bytes, err);
	if (st == AK_OK)
		st = ak_bundle_write(&drawn, &file, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&file, bundle, err);
	ak_buf_clear(&file);
	ak_bundle_clear(&drawn);
	return st;
}

ak_status ak_ledger_bundle(ak_ledger *l, const char *scheme, const char *listing, uint64_t since, bool whole, ak_text *bundle,
                           ak_error *err)
{
	char meant[AK_NAME_MAX + 1];
	ak_status st = scheme == NULL ? ak_api_scheme(l->b, listing, meant, err) : AK_OK;

	scheme = scheme == NULL ? meant : scheme;
	if (st == AK_OK)
		st = ak_ask_listing(scheme, listing, err);
	if (st != AK_OK)
		return st;
	if (since > l->b->checkpoint.size)
		return ak_fail(err, AK_INVALID_ARGUMENT, "since", since, "the ledger has only %" PRIu64 " records",
		               l->b->checkpoint.size);
	st = make(l->b, scheme, listing, since, whole, bundle, err);
	if ((st == AK_MAP_MISMATCH || st == AK_NOT_FOUND) && !l->b->index_fresh) {
		st = ak_books_rebuild(l->b, err);
		if (st == AK_OK)
			st = make(l->b, scheme, listing, since, whole, bundle, err);
	}
	return st;
}
