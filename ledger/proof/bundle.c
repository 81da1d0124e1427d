/* SPDX-License-Identifier: Apache-2.0 */
#include "akashi/verify.h"

#include "base/fail.h"
#include "bundle/bundle.h"
#include "codec/jcs.h"
#include "held/held.h"
#include "model/checkpoint.h"
#include "proof/ask.h"

#include <stdio.h>
#include <string.h>

enum { REPORT_MAX = 256 * 1024 * 1024, DESCRIPTION_MAX = 64 * 1024 };

/* Is it about what was asked for? */
static ak_status check_subject(const ak_bundle *b, const ak_verify_options *o, ak_error *err)
{
	if (o->scheme != NULL && strcmp(o->scheme, b->scheme) != 0)
		return ak_mismatch(err, AK_NOT_FOUND, "bundle.subject", 0, o->scheme, b->scheme);
	if (o->listing != NULL && strcmp(o->listing, ak_bundle_listing(b)) != 0)
		return ak_mismatch(err, AK_NOT_FOUND, "bundle.subject", 0, o->listing, ak_bundle_listing(b));
	if (o->subject != NULL && strcmp(o->subject, strchr(o->subject, '/') == NULL ? ak_bundle_listing(b) : b->subject) != 0)
		return ak_mismatch(err, AK_NOT_FOUND, "bundle.subject", 0, o->subject, b->subject);
	return AK_OK;
}

static ak_status read_head(const ak_bundle *b, ak_checkpoint *out, ak_error *err)
{
	ak_note note;
	ak_status st = ak_note_parse(ak_buf_span(&b->e.checkpoint), &note, err);

	return st == AK_OK ? ak_checkpoint_parse(note.text, out, err) : st;
}

ak_status ak_bundle_verify(ak_span bundle, const ak_verify_options *o, ak_verdict *verdict, ak_text *json, ak_error *err)
{
	ak_bundle b = { 0 };
	ak_asked *a = NULL;
	ak_json *report = NULL;
	ak_text kept = { 0 };
	ak_checkpoint head = { 0 };
	ak_verdict v = AK_VERDICT_UNVERIFIABLE;
	ak_status st = ak_bundle_read(bundle, ak_held_bytes, &b, err);

	if (st != AK_OK)
		return st;
	st = check_subject(&b, o, err);
	if (st == AK_OK)
		st = ak_ask(o, b.scheme, ak_bundle_listing(&b), &a, err);
	/* A head that cannot be read is the verdict's business. */
	if (st == AK_OK && read_head(&b, &head, NULL) == AK_OK)
		st = ak_ask_known_at(o->known_at, head.size, err);
	if (st == AK_OK)
		st = ak_ask_judge(a, o, &b.e, &v, &report, &kept, err);
	if (st == AK_OK)
		st = ak_jcs_text(report, REPORT_MAX, json, err);
	if (st == AK_OK) {
		*verdict = v;
		ak_ask_keep(&kept, o);
	}
	ak_text_free(&kept);
	ak_asked_free(&a);
	ak_bundle_clear(&b);
	return st;
}

static ak_status describe(const ak_bundle *b, size_t bytes, ak_json *o, ak_error *err)
{
	ak_checkpoint head;
	ak_digest digest;
	ak_status st = read_head(b, &head, err);

	if (st == AK_OK)
		st = ak_bundle_digest(b, &digest, err);
	if (st == AK_OK)
		st = ak_json_set(o, "scheme", ak_json_new_str(b->scheme), err);
	if (st == AK_OK)
		st = ak_json_set(o, "listing", ak_json_new_str(ak_bundle_listing(b)), err);
	if (st == AK_OK)
		st = ak_json_set(o, "subject", ak_json_new_str(b->subject), err);
	if (st == AK_OK)
		st = ak_json_set(o, "origin", ak_json_new_str(head.origin), err);
	if (st == AK_OK)
		st = ak_json_set(o, "size", ak_json_new_int((int64_t)head.size), err);
	if (st == AK_OK)
		st = ak_json_set(o, "root", ak_json_new_digest(&head.root), err);
	if (st == AK_OK)
		st = ak_json_set(o, "digest", ak_json_new_digest(&digest), err);
	if (st == AK_OK)
		st = ak_json_set(o, "since", b->e.since.size == 0 ? ak_json_new_null()
		                                                  : ak_json_new_int((int64_t)b->e.since.size), err);
	if (st == AK_OK)
		st = ak_json_set(o, "records", ak_json_new_int((int64_t)b->e.n_records), err);
	if (st == AK_OK)
		st = ak_json_set(o, "subjects", ak_json_new_int((int64_t)b->e.n_subjects), err);
	return st == AK_OK ? ak_json_set(o, "bytes", ak_json_new_int((int64_t)bytes), err) : st;
}

ak_status ak_bundle_describe(ak_span bundle, ak_text *json, ak_error *err)
{
	ak_bundle b = { 0 };
	ak_json *o = NULL;
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, AK_BUNDLE_JSON_MAX);
	st = ak_bundle_unpack(bundle, &text, err);
	if (st == AK_OK)
		st = ak_bundle_parse(ak_buf_span(&text), ak_held_bytes, &b, err);
	if (st == AK_OK) {
		o = ak_json_new_object();
		st = describe(&b, text.len, o, err);
	}
	ak_buf_clear(&text);
	ak_bundle_clear(&b);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_jcs_text(o, DESCRIPTION_MAX, json, err);
}
