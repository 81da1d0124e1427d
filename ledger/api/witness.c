/* SPDX-License-Identifier: Apache-2.0 */
#include "akashi/witness.h"

#include "api/api.h"
#include "base/fail.h"
#include "base/utctime.h"
#include "crypto/hash.h"
#include "seal/cosign.h"
#include "verify/trust_read.h"
#include "witness/witness.h"

#include <string.h>

/* ---- the answer of a witness --------------------------------------------------------------------------------- */

static ak_json *instant(int64_t t)
{
	char text[AK_UTCTIME_LEN + 1];

	ak_utctime_format(t, text);
	return ak_json_new_str(text);
}

static ak_status put_head(const ak_witness_answer *a, ak_json *o, ak_error *err)
{
	ak_status st = ak_json_set(o, "ok", ak_json_new_bool(a->cosigned), err);

	if (st == AK_OK)
		st = ak_json_set(o, "origin", ak_json_new_str(a->checkpoint.origin), err);
	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_new_int((int64_t)a->checkpoint.size), err);
	if (st == AK_OK)
		st = ak_json_set(o, "root", ak_api_digest(&a->checkpoint.root), err);
	if (st == AK_OK)
		st = ak_json_set(o, "genesis", ak_api_digest(&a->genesis), err);
	if (st == AK_OK)
		st = ak_json_set(o, "since", ak_json_new_int((int64_t)a->since), err);
	if (st == AK_OK)
		st = ak_json_set(o, "replayed", ak_json_new_int((int64_t)a->replayed), err);
	return st;
}

static ak_status put_line(const ak_witness_answer *a, ak_json *o, ak_error *err)
{
	ak_span line = ak_buf_span(&a->line);
	ak_status st = ak_json_set(o, "name", ak_json_new_str(a->name), err);

	line.len -= line.len > 0; /* without its newline */
	if (st == AK_OK)
		st = ak_json_set(o, "time", instant(a->time), err);
	return st == AK_OK ? ak_json_set(o, "line", ak_json_new_text(line), err) : st;
}

static ak_status put_text(ak_status why, ak_json *o, ak_error *err)
{
	ak_json *t = ak_json_new_object();
	ak_status st = ak_json_set(t, "ja", ak_json_new_str(ak_status_text_ja(why)), err);

	if (st == AK_OK)
		st = ak_json_set(t, "en", ak_json_new_str(ak_status_text(why)), err);
	if (st != AK_OK) {
		ak_json_free(t);
		return st;
	}
	return ak_json_set(o, "text", t, err);
}

static ak_status put_refusal(const ak_witness_answer *a, ak_json *o, ak_error *err)
{
	ak_json *r = ak_json_new_object();
	ak_status st = ak_json_set(r, "duty", ak_json_new_str(a->duty), err);

	if (st == AK_OK)
		st = ak_json_set(r, "seq", a->seq < 0 ? ak_json_new_null() : ak_json_new_int(a->seq), err);
	if (st == AK_OK)
		st = ak_json_set(r, "status", ak_json_new_str(ak_status_name(a->why.status)), err);
	if (st == AK_OK)
		st = put_text(a->why.status, r, err);
	if (st == AK_OK)
		st = ak_json_set(r, "where", ak_json_new_str(a->why.where == NULL ? "" : a->why.where), err);
	if (st == AK_OK)
		st = ak_json_set(r, "detail", ak_json_new_str(a->why.detail), err);
	if (st == AK_OK)
		st = ak_json_set(r, "expected", ak_json_new_str(a->why.expected), err);
	if (st == AK_OK)
		st = ak_json_set(r, "found", ak_json_new_str(a->why.found), err);
	if (st != AK_OK) {
		ak_json_free(r);
		return st;
	}
	return ak_json_set(o, "refusal", r, err);
}

static ak_status put_kept(const ak_witness_answer *a, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < 2; i++) {
		if (a->kept[i][0] != '\0')
			st = ak_json_add(list, ak_json_new_str(a->kept[i]), err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "kept", list, err);
}

static ak_status answer(const ak_witness_answer *a, ak_text *json, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = put_head(a, o, err);

	if (st == AK_OK && a->cosigned)
		st = put_line(a, o, err);
	if (st == AK_OK && !a->cosigned)
		st = put_refusal(a, o, err);
	if (st == AK_OK && !a->cosigned)
		st = put_kept(a, o, err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}

/* *out stays NULL for an empty text. */
static ak_status read_trust(ak_span text, ak_trust **out, ak_error *err)
{
	ak_trust *t;
	ak_status st;

	if (text.len == 0)
		return AK_OK;
	t = ak_mem_alloc(sizeof(*t));
	if (t == NULL)
		return ak_no_memory(err, "trust");
	st = ak_trust_read(text, t, err);
	if (st != AK_OK)
		ak_mem_free(t);
	else
		*out = t;
	return st;
}

ak_status ak_witness_cosign(const char *path, const ak_witness_options *o, bool *ok, ak_text *json, ak_error *err)
{
	ak_witness_answer a = { 0 };
	ak_trust *trust = NULL;
	ak_status st = read_trust(o->trust, &trust, err);
	const ak_witness_ask ask = {
		.path = path, .state_path = o->state_path, .trust = trust, .key = o->key->key, .name = o->name,
		.heartbeat = o->heartbeat, .first = o->first, .now = o->now, .clock = o->clock,
		.clock_ctx = o->clock_ctx,
	};

	if (st == AK_OK)
		st = ak_witness_run(&ask, &a, err);
	if (st == AK_OK)
		st = answer(&a, json, err);
	if (st == AK_OK)
		*ok = a.cosigned;
	ak_witness_answer_clear(&a);
	ak_mem_free(trust);
	return st;
}

ak_status ak_witness_key(const ak_secret *key, const char *name, ak_text *vkey, ak_error *err)
{
	ak_vkey v = { .type = AK_NOTE_COSIGNATURE };
	ak_buf out;
	ak_status st;

	if (!ak_note_name_valid(ak_span_str(name)))
		return ak_fail(err, AK_INVALID_ARGUMENT, "witness.name", 0, "no name for a witness");
	if (!ak_pubkey_raw_ed25519(ak_seckey_public(key->key), v.key))
		return ak_fail(err, AK_WEAK_KEY, "witness.key", 0, "a key that cosigns must be Ed25519");
	memcpy(v.name, name, strlen(name) + 1);
	ak_note_key_id(ak_span_str(name), v.type, v.key, ak_sha256, v.id);
	ak_buf_init(&out, 1024);
	st = ak_vkey_format(&v, &out, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&out, vkey, err);
	ak_buf_clear(&out);
	return st;
}

/* ---- publishing what witnesses signed ----------------------------------------------------------------------- */

static ak_status put_entry(const ak_cosign_entry *e, ak_json *list, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "name", ak_json_new_str(e->name), err);

	if (st == AK_OK)
		st = ak_json_set(o, "time", instant(e->time), err);
	if (st == AK_OK)
		st = ak_json_set(o, "added", ak_json_new_bool(e->added), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(list, o, err);
}

static ak_status published_answer(const ak_books *b, bool published, const ak_cosign_entry *e, size_t n, ak_text *json,
				  ak_error *err)
{
	ak_json *o = ak_json_new_object(), *list = ak_json_new_array();
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = put_entry(&e[i], list, err);
	if (st == AK_OK)
		st = ak_json_set(o, "lines", ak_json_ref(list), err);
	if (st == AK_OK)
		st = ak_json_set(o, "origin", ak_json_new_str(b->checkpoint.origin), err);
	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_new_int((int64_t)b->checkpoint.size), err);
	if (st == AK_OK)
		st = ak_json_set(o, "root", ak_api_digest(&b->checkpoint.root), err);
	if (st == AK_OK)
		st = ak_json_set(o, "published", ak_json_new_bool(published), err);
	ak_json_free(list);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}

ak_status ak_ledger_cosign(ak_ledger *l, const ak_span *lines, size_t n, ak_span trust_text, const ak_seal_options *o,
                           ak_text *json, size_t *failed, ak_error *err)
{
	const ak_sealer s = { .operator_key = o->operator_key->key, .state_path = o->state_path, .adopt_head = o->adopt_head,
	                      .now = o->now, .clock = o->clock, .clock_ctx = o->clock_ctx };
	ak_cosign_entry *e = ak_mem_array(AK_NOTE_SIGNATURES_MAX, sizeof(*e));
	ak_trust *trust = NULL;
	bool published = false;
	size_t n_entries = 0;
	ak_status st;

	*failed = SIZE_MAX;
	if (e == NULL)
		return ak_no_memory(err, "cosign");
	st = read_trust(trust_text, &trust, err);
	if (st == AK_OK)
		st = ak_seal_cosign(l->b, &s, trust, lines, n, e, AK_NOTE_SIGNATURES_MAX, &n_entries, &published, failed, err);
	if (st == AK_OK)
		st = published_answer(l->b, published, e, n_entries, json, err);
	ak_mem_free(trust);
	ak_mem_free(e);
	return st;
}
