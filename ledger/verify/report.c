/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/report.h"

#include "base/fail.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

static const char notice_ja[] =
	"登録は絶対的な安全やリスクゼロを保証するものではない。最終的な責任は情報システムの管理者が負う。";
static const char notice_en[] =
	"A listing does not guarantee absolute safety or zero risk. Final responsibility stays with the "
	"administrator of the information system.";

ak_json *ak_report_words(const char *ja, const char *en)
{
	ak_json *w = ak_json_new_object();

	if (ak_json_set(w, "ja", ak_json_new_str(ja), NULL) != AK_OK ||
	    ak_json_set(w, "en", ak_json_new_str(en), NULL) != AK_OK) {
		ak_json_free(w);
		return NULL;
	}
	return w;
}

ak_json *ak_report_text(const char *s)
{
	return s == NULL ? ak_json_new_null() : ak_json_new_str(s);
}

/* Add an empty array and answer a borrowed pointer to it. */
static ak_status add_array(ak_json *root, const char *key, ak_json **out, ak_error *err)
{
	ak_json *a = ak_json_new_array();
	ak_status st = ak_json_set(root, key, a, err);

	if (st == AK_OK)
		*out = a;
	return st;
}

ak_status ak_report_open(ak_report *r, ak_error *err)
{
	ak_report n = { .root = ak_json_new_object() };
	ak_status st = ak_json_set(n.root, "format", ak_json_new_str("akashi-verdict/1"), err);

	if (st == AK_OK)
		st = add_array(n.root, "checks", &n.checks, err);
	if (st == AK_OK)
		st = add_array(n.root, "findings", &n.findings, err);
	if (st == AK_OK)
		st = add_array(n.root, "warnings", &n.warnings, err);
	if (st == AK_OK)
		st = ak_json_set(n.root, "notice", ak_report_words(notice_ja, notice_en), err);
	if (st != AK_OK)
		ak_report_clear(&n);
	else
		*r = n;
	return st;
}

void ak_report_clear(ak_report *r)
{
	ak_json_free(r->root);
	*r = (ak_report){ 0 };
}

/* Into the list, when all could be put into it. */
static ak_status add(ak_json *list, ak_json *made, ak_status st, ak_error *err)
{
	if (st == AK_OK)
		return ak_json_add(list, made, err);
	ak_json_free(made);
	return st;
}

static ak_json *check_of(const char *id, const char *rule, const char *outcome)
{
	ak_json *c = ak_json_new_object();

	if (ak_json_set(c, "id", ak_json_new_str(id), NULL) != AK_OK ||
	    ak_json_set(c, "rule", ak_report_text(rule), NULL) != AK_OK ||
	    ak_json_set(c, "outcome", ak_json_new_str(outcome), NULL) != AK_OK) {
		ak_json_free(c);
		return NULL;
	}
	return c;
}

ak_status ak_report_passed(ak_report *r, const char *id, const char *rule, uint64_t count, ak_error *err)
{
	ak_json *c = check_of(id, rule, "passed");
	ak_status st = AK_OK;

	if (count != 0 && c != NULL)
		st = ak_json_set(c, "count", ak_json_new_int((int64_t)count), err);
	return add(r->checks, c, st, err);
}

/* `document` is taken over; `disclosed` NULL: the whole of it. */
static ak_status put_evidence(ak_report *r, size_t n, const char *file, ak_json *document, const ak_json *disclosed, ak_json *records,
                              ak_error *err)
{
	ak_json *c = check_of("evidence", "A10", "passed");
	ak_status st = ak_json_set(c, "document", document, err);

	if (st == AK_OK)
		st = ak_json_set(c, "count", ak_json_new_int((int64_t)n), err);
	if (st == AK_OK)
		st = ak_json_set(c, "file", ak_json_new_str(file), err);
	if (st == AK_OK && disclosed != NULL)
		st = ak_json_set(c, "disclosed", ak_json_copy(disclosed), err);
	if (st == AK_OK)
		st = ak_json_set(c, "records", ak_json_ref(records), err);
	return add(r->checks, c, st, err);
}

ak_status ak_report_document(ak_report *r, const char *file, const char *name, ak_json *records, ak_error *err)
{
	return put_evidence(r, 1, file, ak_report_text(name), NULL, records, err);
}

ak_status ak_report_disclosed(ak_report *r, const char *file, const ak_json *found, ak_json *records, ak_error *err)
{
	return put_evidence(r, ak_json_len(found), file, ak_json_new_null(), found, records, err);
}

static ak_status put_failed(ak_report *r, const char *id, const char *rule, const char *effect, int64_t record,
                            const ak_error *why, ak_error *err)
{
	ak_json *c = check_of(id, rule, "failed");
	ak_status st = ak_json_set(c, "effect", ak_json_new_str(effect), err);

	if (st == AK_OK)
		st = ak_json_set(c, "status", ak_json_new_str(ak_status_name(why->status)), err);
	if (st == AK_OK)
		st = ak_json_set(c, "where", ak_report_text(why->where), err);
	if (st == AK_OK)
		st = ak_json_set(c, "record", record < 0 ? ak_json_new_null() : ak_json_new_int(record), err);
	if (st == AK_OK)
		st = ak_json_set(c, "detail", ak_json_new_str(why->detail), err);
	if (st == AK_OK)
		st = ak_json_set(c, "expected", ak_json_new_str(why->expected), err);
	if (st == AK_OK)
		st = ak_json_set(c, "found", ak_json_new_str(why->found), err);
	return add(r->checks, c, st, err);
}

ak_status ak_report_failed(ak_report *r, const char *id, const char *rule, int64_t record, const ak_error *why, ak_error *err)
{
	r->failed = true;
	return put_failed(r, id, rule, "invalid", record, why, err);
}

ak_status ak_report_void(ak_report *r, const char *id, const char *rule, int64_t record, const ak_error *why, ak_error *err)
{
	return put_failed(r, id, rule, "void", record, why, err);
}

ak_status ak_report_not_checked(ak_report *r, const char *id, const char *rule, const char *why, ak_error *err)
{
	ak_json *c = check_of(id, rule, "not-checked");
	ak_status st = ak_json_set(c, "detail", ak_json_new_str(why), err);

	return add(r->checks, c, st, err);
}

static ak_json *warning_of(const char *id, const char *ja, const char *en)
{
	ak_json *w = ak_json_new_object();

	if (ak_json_set(w, "id", ak_json_new_str(id), NULL) != AK_OK ||
	    ak_json_set(w, "text", ak_report_words(ja, en), NULL) != AK_OK) {
		ak_json_free(w);
		return NULL;
	}
	return w;
}

ak_status ak_report_warning(ak_report *r, const char *id, const char *ja, const char *en, ak_error *err)
{
	return ak_json_add(r->warnings, warning_of(id, ja, en), err);
}

static ak_status warn_of_record(ak_report *r, ak_json *w, uint64_t seq, const char *why, ak_error *err)
{
	ak_status st = w == NULL ? ak_no_memory(err, "report") : ak_json_set(w, "record", ak_json_new_int((int64_t)seq), err);

	if (st == AK_OK)
		st = ak_json_set(w, "detail", ak_json_new_str(why), err);
	return add(r->warnings, w, st, err);
}

ak_status ak_report_void_record(ak_report *r, uint64_t seq, const ak_error *why, ak_error *err)
{
	char ja[300], en[300];

	(void)snprintf(ja, sizeof(ja), "記録 #%" PRIu64 " は効力を持たない（%s）", seq, ak_status_text_ja(why->status));
	(void)snprintf(en, sizeof(en), "record #%" PRIu64 " has no effect (%s)", seq, ak_status_text(why->status));
	return warn_of_record(r, warning_of("void-record", ja, en), seq, why->detail, err);
}

ak_status ak_report_erased(ak_report *r, uint64_t seq, uint64_t by, ak_error *err)
{
	char ja[300], en[300];
	ak_json *w;
	ak_status st;

	(void)snprintf(ja, sizeof(ja), "記録 #%" PRIu64 " の内容は、記録 #%" PRIu64 " により消去されている。これに依拠することは検証できない", seq, by);
	(void)snprintf(en, sizeof(en), "record #%" PRIu64 " was erased by record #%" PRIu64 ": what rests on it cannot be verified", seq, by);
	w = warning_of("erased", ja, en);
	st = w == NULL ? ak_no_memory(err, "report") : ak_json_set(w, "record", ak_json_new_int((int64_t)seq), err);
	if (st == AK_OK)
		st = ak_json_set(w, "erasure", ak_json_new_int((int64_t)by), err);
	if (st != AK_OK) {
		ak_json_free(w);
		return st;
	}
	return ak_json_add(r->warnings, w, err);
}

ak_status ak_report_lost_authority(ak_report *r, uint64_t seq, const char *ja, const char *en, const char *why, const char *key,
                                   uint64_t cutoff, uint64_t revocation, ak_error *err)
{
	ak_json *w = warning_of("authority-lost", ja, en);
	ak_status st = w == NULL ? ak_no_memory(err, "report") : AK_OK;

	if (st == AK_OK && key != NULL) {
		st = ak_json_set(w, "key", ak_json_new_str(key), err);
		if (st == AK_OK)
			st = ak_json_set(w, "cutoff", ak_json_new_int((int64_t)cutoff), err);
		if (st == AK_OK)
			st = ak_json_set(w, "revocation", ak_json_new_int((int64_t)revocation), err);
	}
	if (st != AK_OK) {
		ak_json_free(w);
		return st;
	}
	return warn_of_record(r, w, seq, why, err);
}

ak_status ak_report_idle_correction(ak_report *r, uint64_t seq, uint64_t target, const char *why, ak_error *err)
{
	char ja[300], en[300];

	(void)snprintf(ja, sizeof(ja), "訂正 #%" PRIu64 " は記録 #%" PRIu64 " に何も及ぼさない。訂正前の値または項目が、その時の本文と合わない", seq, target);
	(void)snprintf(en, sizeof(en), "correction #%" PRIu64 " changes nothing in record #%" PRIu64 ": its field or the value before is not what stands there",
	               seq, target);
	return warn_of_record(r, warning_of("correction-without-effect", ja, en), seq, why, err);
}
