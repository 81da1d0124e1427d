/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - building the verdict report (internal) */
#ifndef AK_VERIFY_REPORT_H
#define AK_VERIFY_REPORT_H

#include "codec/json.h"
#include "rules/sandbox.h"

typedef struct ak_report {
	ak_json *root;   /* owned */
	ak_json *checks; /* borrowed from root, as are the next two */
	ak_json *findings, *warnings;
	bool failed;     /* some engine check failed */
} ak_report;

AK_MUST_USE ak_status ak_report_open(ak_report *r, ak_error *err);
void ak_report_clear(ak_report *r);

/* A check that held (count: how many things it held for; 0: not said). */
AK_MUST_USE ak_status ak_report_passed(ak_report *r, const char *id, const char *rule, uint64_t count, ak_error *err);
/* The check "evidence" of a file that is sealed: what its document is called there (or NULL) and in which records. */
AK_MUST_USE ak_status ak_report_document(ak_report *r, const char *file, const char *name, ak_json *records, ak_error *err);
/* The same of fields that were disclosed: `found` is [{"field","value"}…] (disclosure.h). */
AK_MUST_USE ak_status ak_report_disclosed(ak_report *r, const char *file, const ak_json *found, ak_json *records, ak_error *err);
/* A check that failed, described by an error record; `record` is the one at fault, AK_NO_RECORD when it is not about one. */
enum { AK_NO_RECORD = -1 };
AK_MUST_USE ak_status ak_report_failed(ak_report *r, const char *id, const char *rule, int64_t record, const ak_error *why,
                                       ak_error *err);
/* Failed for a record that has no effect on the verdict by itself (it is void): "effect" is "void". */
AK_MUST_USE ak_status ak_report_void(ak_report *r, const char *id, const char *rule, int64_t record, const ak_error *why,
                                     ak_error *err);
AK_MUST_USE ak_status ak_report_not_checked(ak_report *r, const char *id, const char *rule, const char *why, ak_error *err);
AK_MUST_USE ak_status ak_report_warning(ak_report *r, const char *id, const char *ja, const char *en, ak_error *err);
/* The warning "void-record": which one and, in English only, why. */
AK_MUST_USE ak_status ak_report_void_record(ak_report *r, uint64_t seq, const ak_error *why, ak_error *err);
/* The warning "erased": which record, and by which one. */
AK_MUST_USE ak_status ak_report_erased(ak_report *r, uint64_t seq, uint64_t by, ak_error *err);
/* The warning "authority-lost": which record and why, in English; and unless `key` is NULL, whose signature counts up to which
 * record by which revocation. */
AK_MUST_USE ak_status ak_report_lost_authority(ak_report *r, uint64_t seq, const char *ja, const char *en, const char *why,
                                               const char *key, uint64_t cutoff, uint64_t revocation, ak_error *err);
/* The warning "correction-without-effect", of a correction that stands. */
AK_MUST_USE ak_status ak_report_idle_correction(ak_report *r, uint64_t seq, uint64_t target, const char *why, ak_error *err);

/* {"ja":…,"en":…} */
ak_json *ak_report_words(const char *ja, const char *en);
/* Text, or null when s is NULL. */
ak_json *ak_report_text(const char *s);

#endif
