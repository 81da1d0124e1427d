/* SPDX-License-Identifier: Apache-2.0 */
#include "api/api.h"
#include "api/caution.h"

#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"
#include "codec/jcs.h"
#include "codec/note.h"
#include "codec/sshsig.h"
#include "crypto/hash.h"
#include "seal/seal.h"

#include <string.h>

ak_status ak_ledger_open(const char *path, ak_ledger **out, ak_error *err)
{
	ak_ledger *l = ak_mem_alloc(sizeof(*l));
	ak_status st;

	if (l == NULL)
		return ak_no_memory(err, "ledger");
	st = ak_books_open(path, &l->b, err);
	if (st == AK_OK && l->b->checkpoint.size == 0)
		st = ak_fail(err, AK_NOT_FOUND, "ledger", 0, "the repository holds no ledger yet");
	if (st != AK_OK)
		ak_ledger_free(&l);
	else
		*out = l;
	return st;
}

void ak_ledger_free(ak_ledger **l)
{
	if (*l == NULL)
		return;
	ak_seat_clear(&(*l)->seat);
	ak_books_free(&(*l)->b);
	ak_mem_free(*l);
	*l = NULL;
}

/* ---- genesis --------------------------------------------------------------------------------------------- */

/* {"id","spki"} out of what ak_secret_public answered. */
static ak_status key_member(const char *public_json, ak_json **out, ak_error *err)
{
	ak_json *v = NULL, *k = ak_json_new_object();
	ak_status st = ak_json_parse(ak_span_str(public_json), &v, err);

	if (st == AK_OK)
		st = ak_json_set(k, "id", ak_json_new_text(ak_json_get_text(v, "id")), err);
	if (st == AK_OK)
		st = ak_json_set(k, "spki", ak_json_new_text(ak_json_get_text(v, "spki")), err);
	ak_json_free(v);
	if (st != AK_OK)
		ak_json_free(k);
	else
		*out = k;
	return st;
}

static ak_status set_key(ak_json *o, const char *name, const char *public_json, ak_error *err)
{
	ak_json *k = NULL;
	ak_status st = key_member(public_json, &k, err);

	return st == AK_OK ? ak_json_set(o, name, k, err) : st;
}

static ak_status add_holder(const ak_genesis *g, size_t i, ak_json *root, ak_error *err)
{
	ak_json *h = ak_json_new_object();
	ak_status st = ak_json_set(h, "holder", ak_json_new_str(g->holder[i]), err);

	if (st == AK_OK)
		st = set_key(h, "key", g->root_key[i], err);
	if (st != AK_OK) {
		ak_json_free(h);
		return st;
	}
	return ak_json_add(root, h, err);
}

static ak_status genesis_body(const ak_genesis *g, ak_json **out, ak_error *err)
{
	ak_json *body = ak_json_new_object(), *root = ak_json_new_array();
	ak_status st = ak_json_set(body, "number", ak_json_new_int(1), err);

	if (st == AK_OK)
		st = ak_json_set(body, "threshold", ak_json_new_int((int64_t)g->threshold), err);
	for (size_t i = 0; st == AK_OK && i < g->n_holders; i++)
		st = add_holder(g, i, root, err);
	if (st == AK_OK)
		st = ak_json_set(body, "root", ak_json_ref(root), err);
	if (st == AK_OK)
		st = set_key(body, "operator", g->operator_key, err);
	if (st == AK_OK)
		st = set_key(body, "heartbeat", g->heartbeat_key, err);
	ak_json_free(root);
	if (st != AK_OK)
		ak_json_free(body);
	else
		*out = body;
	return st;
}

ak_status ak_genesis_draft(const ak_genesis *g, ak_text *draft, ak_error *err)
{
	static const ak_digest zero;
	ak_json *d, *body = NULL;
	ak_status st;

	if (!ak_origin_valid(ak_span_str(g->origin)))
		return ak_mismatch(err, AK_INVALID_ARGUMENT, "origin", 0,
		                   "a name such as ledger.example/ismap (a-z 0-9 . - /)", g->origin);
	st = genesis_body(g, &body, err);
	if (st != AK_OK)
		return st;
	d = ak_json_new_object();
	st = ak_json_set(d, "akashi", ak_json_new_str("draft/1"), err);
	if (st == AK_OK)
		st = ak_json_set(d, "type", ak_json_new_str("keyset"), err);
	if (st == AK_OK)
		st = ak_json_set(d, "scheme", ak_json_new_str("akashi"), err);
	if (st == AK_OK)
		st = ak_json_set(d, "ledger", ak_json_new_str(g->origin), err);
	if (st == AK_OK)
		st = ak_json_set(d, "base", ak_api_digest(&zero), err);
	if (st == AK_OK)
		st = ak_json_set(d, "issued", ak_json_new_str(g->issued), err);
	if (st == AK_OK)
		st = ak_json_set(d, "refs", ak_json_new_array(), err);
	if (st == AK_OK)
		st = ak_json_set(d, "body", ak_json_ref(body), err);
	ak_json_free(body);
	if (st != AK_OK) {
		ak_json_free(d);
		return st;
	}
	return ak_api_pretty(d, draft, err);
}

/* ---- sealing --------------------------------------------------------------------------------------------- */

static ak_status put_entry(const ak_sealed_entry *e, ak_json *list, ak_error *err)
{
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "seq", ak_json_new_int((int64_t)e->seq), err);
	ak_buf title;

	ak_buf_init(&title, 4096);
	if (st == AK_OK)
		st = ak_json_set(o, "id", ak_api_digest(&e->id), err);
	if (st == AK_OK)
		st = ak_json_set(o, "type", ak_json_new_str(e->type), err);
	if (st == AK_OK)
		st = ak_json_set(o, "about", ak_json_copy(e->statement.about), err);
	if (st == AK_OK)
		st = ak_api_title(&e->statement, &title, err);
	if (st == AK_OK)
		st = ak_json_set(o, "title", ak_json_new_text(ak_buf_span(&title)), err);
	ak_buf_clear(&title);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(list, o, err);
}

/* Take a member over from a definition: what it calls something. */
static ak_status put_copy(ak_json *to, const ak_json *from, const char *key, ak_error *err)
{
	const ak_json *v = ak_json_get(from, key);

	return v == NULL || ak_json_get(to, key) != NULL ? AK_OK : ak_json_set(to, key, ak_json_copy(v), err);
}

static ak_status put_type_name(ak_json *types, const ak_sealed_entry *e, ak_error *err)
{
	const ak_json *type = ak_json_get(ak_json_get(e->package, "types"), e->type);
	ak_json *o;
	ak_status st;

	if (type == NULL || ak_json_get(types, e->type) != NULL)
		return AK_OK;
	o = ak_json_new_object();
	st = put_copy(o, type, "title", err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_set(types, e->type, o, err);
}

/* What the scheme calls the types sealed, and the words of their titles: so that nobody has to read its whole definition again. */
static ak_status put_names(const ak_sealed_entry *e, size_t n, ak_json *answer, ak_error *err)
{
	ak_json *names = ak_json_new_object(), *types = ak_json_new_object(), *words = ak_json_new_object();
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < n; i++) {
		const ak_json *said = ak_json_get(e[i].package, "words");

		if (e[i].package == NULL)
			continue;
		st = put_type_name(types, &e[i], err);
		if (st == AK_OK)
			st = put_copy(words, said, "outcome", err);
		if (st == AK_OK)
			st = put_copy(words, said, "kind", err);
	}
	if (st == AK_OK)
		st = ak_json_set(names, "types", ak_json_ref(types), err);
	if (st == AK_OK)
		st = ak_json_set(names, "words", ak_json_ref(words), err);
	ak_json_free(types);
	ak_json_free(words);
	if (st != AK_OK) {
		ak_json_free(names);
		return st;
	}
	return ak_json_set(answer, "names", names, err);
}

/* What a person should look at.  The records are sealed, whatever becomes of this: what cannot be found out is left out. */
static ak_json *cautions_of(ak_books *b, const ak_sealed_entry *e, size_t n)
{
	ak_json *list = ak_json_new_array();
	ak_cautions kept = { 0 };
	ak_status st = list == NULL ? AK_NO_MEMORY : AK_OK;

	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = ak_cautions_put(b, &kept, &e[i].statement, e[i].seq, list, NULL);
	ak_cautions_clear(&kept);
	return list;
}

static ak_status seal_answer(ak_books *b, const ak_sealed_entry *e, size_t n, ak_text *json, ak_error *err)
{
	ak_json *o = ak_json_new_object(), *list = ak_json_new_array();
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = put_entry(&e[i], list, err);
	if (st == AK_OK)
		st = ak_json_set(o, "sealed", ak_json_ref(list), err);
	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_new_int((int64_t)b->checkpoint.size), err);
	if (st == AK_OK)
		st = ak_json_set(o, "root", ak_api_digest(&b->checkpoint.root), err);
	if (st == AK_OK)
		st = ak_json_set(o, "origin", ak_json_new_str(b->checkpoint.origin), err);
	if (st == AK_OK)
		st = ak_json_set(o, "warnings", cautions_of(b, e, n), err);
	if (st == AK_OK)
		st = put_names(e, n, o, err);
	ak_json_free(list);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}

static ak_status seal(ak_books *b, const char *origin, const ak_span *envelopes, size_t n,
                      const ak_seal_options *o, ak_text *json, size_t *failed, ak_error *err)
{
	const ak_sealer s = {
		.operator_key = o->operator_key->key,
		.old_operator_key = o->old_operator_key == NULL ? NULL : o->old_operator_key->key,
		.state_path = o->state_path,
		.old_state_path = o->old_state_path,
		.adopt_head = o->adopt_head,
		.now = o->now,
		.clock = o->clock,
		.clock_ctx = o->clock_ctx,
	};
	ak_sealed_entry *e = ak_mem_array(n, sizeof(*e));
	ak_status st;

	*failed = SIZE_MAX;
	if (e == NULL)
		return ak_no_memory(err, "seal");
	st = ak_seal(b, origin, envelopes, n, &s, e, failed, err);
	if (st == AK_OK)
		st = seal_answer(b, e, n, json, err);
	for (size_t i = 0; i < n; i++)
		ak_sealed_entry_clear(&e[i]);
	ak_mem_free(e);
	return st;
}

ak_status ak_ledger_seal(ak_ledger *l, const ak_span *envelopes, size_t n, const ak_seal_options *o,
                         ak_text *json, size_t *failed, ak_error *err)
{
	return seal(l->b, NULL, envelopes, n, o, json, failed, err);
}

/* The origin that a genesis envelope states. */
static ak_status genesis_origin(ak_span envelope, char origin[AK_ORIGIN_MAX + 1], ak_error *err)
{
	ak_statement s = { 0 };
	ak_dsse e;
	ak_status st = ak_dsse_parse(envelope, &e, err);

	if (st != AK_OK)
		return st;
	st = ak_statement_parse(ak_buf_span(&e.payload), &s, err);
	if (st == AK_OK) {
		memcpy(origin, s.ledger.data, s.ledger.len);
		origin[s.ledger.len] = '\0';
	}
	ak_statement_clear(&s);
	ak_dsse_clear(&e);
	return st;
}

ak_status ak_ledger_create(const char *path, ak_span genesis_envelope, const ak_secret *operator_key,
                           const char *state_path, int64_t now, ak_text *json, ak_error *err)
{
	const ak_seal_options o = { .operator_key = operator_key, .state_path = state_path, .now = now };
	char origin[AK_ORIGIN_MAX + 1];
	ak_git *git = NULL;
	ak_books *b = NULL;
	size_t failed;
	ak_status st = genesis_origin(genesis_envelope, origin, err);

	if (st == AK_OK)
		st = ak_git_create(path, &git, err);
	if (st == AK_OK)
		st = ak_books_from_git(git, &b, err);
	if (st == AK_OK)
		st = seal(b, origin, &genesis_envelope, 1, &o, json, &failed, err);
	ak_books_free(&b);
	return st;
}

/* ---- head, trust, allowed signers -------------------------------------------------------------------------- */

/* The profile in force for each scheme. */
static ak_status put_profiles(const ak_authority *a, ak_json *o, ak_error *err)
{
	ak_json *list = ak_json_new_array(), *v;
	const ak_profile *p;
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && (p = ak_authority_profile_at(a, i)) != NULL; i++) {
		v = ak_json_new_object();
		st = ak_json_set(v, "scheme", ak_api_span(p->scheme), err);
		if (st == AK_OK)
			st = ak_json_set(v, "version", ak_api_span(p->version), err);
		if (st == AK_OK)
			st = ak_json_set(v, "digest", ak_api_digest(&p->digest), err);
		if (st == AK_OK)
			st = ak_json_set(v, "held", ak_json_new_bool(ak_held_by_program(NULL, p->scheme, &p->digest)), err);
		if (st != AK_OK)
			ak_json_free(v);
		else
			st = ak_json_add(list, v, err);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_json_set(o, "profiles", list, err);
}

ak_status ak_ledger_head(ak_ledger *l, ak_text *json, ak_error *err)
{
	ak_books *b = l->b;
	ak_authority *a = NULL;
	ak_json *o = ak_json_new_object();
	char time[AK_UTCTIME_LEN + 1];
	ak_status st = ak_books_authority(b, NULL, 0, NULL, 0, &a, err);

	ak_utctime_format(b->state.last_time, time);
	if (st == AK_OK)
		st = ak_json_set(o, "origin", ak_json_new_str(b->checkpoint.origin), err);
	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_new_int((int64_t)b->checkpoint.size), err);
	if (st == AK_OK)
		st = ak_json_set(o, "root", ak_api_digest(&b->checkpoint.root), err);
	if (st == AK_OK)
		st = ak_json_set(o, "head_time", ak_json_new_str(time), err);
	if (st == AK_OK)
		st = ak_json_set(o, "genesis", ak_api_digest(&b->genesis), err);
	if (st == AK_OK)
		st = ak_json_set(o, "git_dir", ak_json_new_str(ak_git_dir(b->git)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "keyset", ak_json_new_int((int64_t)ak_authority_keyset_number(a)), err);
	if (st == AK_OK && ak_authority_operator(a) != NULL)
		st = ak_json_set(o, "operator", ak_api_digest(ak_pubkey_id(ak_authority_operator(a))), err);
	if (st == AK_OK)
		st = put_profiles(a, o, err);
	if (st == AK_OK)
		st = ak_api_closing(b, a, 0, o, err);
	ak_authority_free(&a);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_api_text(o, json, err);
}

static ak_status trust_text(const ak_books *b, const ak_authority *a, ak_buf *out, ak_error *err)
{
	ak_vkey log = { .type = AK_NOTE_ED25519 };
	char hex[AK_DIGEST_TEXT_LEN + 1];
	ak_status st;

	if (!ak_pubkey_raw_ed25519(ak_authority_operator(a), log.key))
		return ak_fail(err, AK_WEAK_KEY, "operator", 0, "the operator key is not Ed25519");
	memcpy(log.name, b->checkpoint.origin, strlen(b->checkpoint.origin) + 1);
	ak_note_key_id(ak_span_str(log.name), log.type, log.key, ak_sha256, log.id);
	st = ak_buf_addf(out, err, "# Trust file for %s. Compare its fingerprint with one you got elsewhere.\nlog ",
	                 b->checkpoint.origin);
	if (st == AK_OK)
		st = ak_vkey_format(&log, out, err);
	ak_digest_format(&b->genesis, hex);
	if (st == AK_OK)
		st = ak_buf_addf(out, err, "\ngenesis %s\nquorum none\ncomplete none\nfresh P7D\n", hex);
	return st;
}

ak_status ak_ledger_trust(ak_ledger *l, ak_text *trust, ak_error *err)
{
	ak_authority *a = NULL;
	ak_buf out;
	ak_status st = ak_books_authority(l->b, NULL, 0, NULL, 0, &a, err);

	if (st != AK_OK)
		return st;
	ak_buf_init(&out, AK_NOTE_MAX);
	st = ak_authority_operator(a) == NULL
	     ? ak_fail(err, AK_NOT_AUTHORISED, "keyset", 0, "the ledger has no standing keyset")
	     : trust_text(l->b, a, &out, err);
	for (size_t i = 0; st == AK_OK; i++) {
		const ak_profile *p = ak_authority_profile_at(a, i);
		char hex[AK_DIGEST_TEXT_LEN + 1];

		if (p == NULL)
			break;
		ak_digest_format(&p->digest, hex);
		st = ak_buf_addf(&out, err, "profile %.*s %s\n", (int)p->scheme.len,
		                 (const char *)p->scheme.data, hex);
	}
	if (st == AK_OK)
		st = ak_buf_take_text(&out, trust, err);
	ak_buf_clear(&out);
	ak_authority_free(&a);
	return st;
}

static ak_status signer_line(const ak_books *b, const ak_pubkey *pub, ak_buf *out, ak_error *err)
{
	size_t host = strcspn(b->checkpoint.origin, "/");
	uint8_t raw[32];
	ak_status st;

	if (!ak_pubkey_raw_ed25519(pub, raw))
		return AK_OK; /* of a keyset it is one */
	st = ak_buf_addf(out, err, "akashi@%.*s namespaces=\"git\" ", (int)host, b->checkpoint.origin);
	if (st == AK_OK)
		st = ak_sshsig_public_line(raw, out, err);
	return st == AK_OK ? ak_buf_add_str(out, "\n", err) : st;
}

/* What only a void keyset names has signed nothing: a line for it would make stock git accept whatever its owner commits. */
ak_status ak_ledger_allowed_signers(ak_ledger *l, ak_text *out, ak_error *err)
{
	ak_authority *a = NULL;
	const ak_pubkey *pub;
	ak_buf b;
	ak_status st = ak_books_authority(l->b, NULL, 0, NULL, 0, &a, err);

	ak_buf_init(&b, 1024 * 1024);
	for (size_t i = 0; st == AK_OK && (pub = ak_authority_operator_at(a, i)) != NULL; i++)
		st = signer_line(l->b, pub, &b, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&b, out, err);
	ak_buf_clear(&b);
	ak_authority_free(&a);
	return st;
}
