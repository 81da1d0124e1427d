/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/fallen.h"

#include "base/fail.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Does this revocation end the key at that record? */
static bool ends(const ak_sealed *s, const ak_digest *key, uint64_t cutoff)
{
	const ak_json *keys = ak_json_get(s->statement.body, "keys");
	int64_t last = (int64_t)s->header.seq;

	if (!ak_span_is(s->statement.type, "revocation"))
		return false;
	(void)ak_json_int(ak_json_get(s->statement.body, "last_valid_seq"), &last);
	for (size_t i = 0; (uint64_t)last == cutoff && i < ak_json_len(keys); i++) {
		ak_digest id;

		if (ak_digest_from_hex(ak_json_get_text(ak_json_at(keys, i), "id"), &id) && ak_digest_eq(&id, key))
			return true;
	}
	return false;
}

static bool find_revocation(const ak_proven *p, size_t n, const ak_judgement *by, const ak_digest *key, uint64_t cutoff,
                            uint64_t *seq)
{
	for (size_t i = 0; i < n; i++) {
		if (by[i].authorised && strcmp(by[i].mode, "root") == 0 && ends(&p->rec[i], key, cutoff)) {
			*seq = p->rec[i].header.seq;
			return true;
		}
	}
	return false;
}

/* A key that signed it, and that the root ended before it. */
static bool by_own_key(const ak_proven *p, size_t n, size_t at, const ak_judgement *by, const ak_authority *now, ak_fall *f)
{
	const ak_sealed *s = &p->rec[at];

	for (size_t i = 0; i < s->signatures.n; i++) {
		const ak_digest *id = &s->signatures.sig[i].keyid;
		ak_fall found = { .fell = true, .named = true, .via = s->header.seq, .key = *id };

		if (s->result[i].state != AK_SIG_GOOD || !ak_authority_root_cutoff(now, id, &found.cutoff) || found.cutoff >= s->header.seq ||
		    !find_revocation(p, n, by, id, found.cutoff, &found.revocation))
			continue;
		*f = found;
		return true;
	}
	return false;
}

/* Is it about this key? */
static bool is_about_key(const ak_sealed *s, const ak_digest *key)
{
	static const char stem[] = "akashi/key:";
	char id[sizeof(stem) + 2 * AK_DIGEST_LEN];

	memcpy(id, stem, sizeof(stem) - 1);
	ak_hex_encode(key->b, AK_DIGEST_LEN, id + sizeof(stem) - 1);
	for (size_t k = 0; k < ak_statement_n_about(&s->statement); k++) {
		if (ak_span_is(ak_statement_about(&s->statement, k), id))
			return true;
	}
	return false;
}

/* An enrolment of a key that signed it, or a record that it refers to, fell before. */
static bool by_another(const ak_proven *p, size_t at, const ak_fall *fall, ak_fall *f)
{
	const ak_sealed *s = &p->rec[at];

	for (size_t i = 0; i < at; i++) {
		bool rests = false;

		if (!fall[i].named)
			continue;
		for (size_t k = 0; !rests && k < s->signatures.n; k++)
			rests = ak_span_is(p->rec[i].statement.type, "party") && is_about_key(&p->rec[i], &s->signatures.sig[k].keyid);
		for (size_t k = 0; !rests && k < ak_statement_n_refs(&s->statement); k++) {
			ak_digest id;

			(void)ak_statement_ref(&s->statement, k, &id);
			rests = ak_digest_eq(&id, &p->rec[i].id);
		}
		if (!rests)
			continue;
		*f = fall[i];
		return true;
	}
	return false;
}

ak_status ak_fallen_find(const ak_proven *p, size_t n, const ak_judgement *sealed, const ak_judgement *by,
                         const ak_authority *now, ak_fall **out, ak_error *err)
{
	ak_fall *fall = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!sealed[i].authorised || by[i].authorised)
			continue;
		if (fall == NULL)
			fall = ak_mem_array(n, sizeof(*fall));
		if (fall == NULL)
			return ak_no_memory(err, "judge");
		fall[i].fell = true;
		if (!by_own_key(p, n, i, by, now, &fall[i]))
			(void)by_another(p, i, fall, &fall[i]);
	}
	*out = fall;
	return AK_OK;
}

/* The rest of a sentence about the fall, in both languages. */
static void say_why(const ak_fall *f, uint64_t seq, char key[AK_DIGEST_TEXT_LEN + 1], char *ja, char *en, size_t room)
{
	char on_ja[60] = "", on_en[60] = "";

	if (!f->named) {
		(void)snprintf(ja, room, "根が以前に遡って失効させた鍵に依拠する");
		(void)snprintf(en, room, "it rests on a key that the root revoked from before it on");
		return;
	}
	ak_digest_format(&f->key, key);
	if (f->via != seq) {
		(void)snprintf(on_ja, sizeof(on_ja), "依拠する記録 #%" PRIu64 " の", f->via);
		(void)snprintf(on_en, sizeof(on_en), "it rests on record #%" PRIu64 ": ", f->via);
	}
	(void)snprintf(ja, room, "%s鍵 %.19s… の署名は、失効 #%" PRIu64 " により #%" PRIu64 " まで数える", on_ja, key, f->revocation, f->cutoff);
	(void)snprintf(en, room, "%skey %.19s… counts up to #%" PRIu64 " only, as revocation #%" PRIu64 " says", on_en, key, f->cutoff, f->revocation);
}

ak_status ak_fallen_warn(const ak_proven *p, size_t i, const ak_fall *f, ak_report *r, ak_error *err)
{
	const uint64_t seq = p->rec[i].header.seq;
	char key[AK_DIGEST_TEXT_LEN + 1] = "", why_ja[300], why_en[300], ja[500], en[500];

	say_why(f, seq, key, why_ja, why_en, sizeof(why_ja));
	(void)snprintf(ja, sizeof(ja), "記録 #%" PRIu64 " は登載時に権限があったが、遡及する失効により失った（%s）。再び署名された記録が登載されるまで、これに依拠することは検証できない",
	               seq, why_ja);
	(void)snprintf(en, sizeof(en), "record #%" PRIu64 " had authority when it was sealed and lost it to a revocation that reaches back (%s); "
	               "what rests on it cannot be verified until it is signed and sealed anew", seq, why_en);
	return ak_report_lost_authority(r, seq, ja, en, why_en, f->named ? key : NULL, f->cutoff, f->revocation, err);
}
