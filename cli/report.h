/* SPDX-License-Identifier: Apache-2.0 */
/* report.h - the paper for the file of a purchase (検証結果書): a verdict as one HTML page that can be checked again
 *
 * The page is made from a verdict's JSON and the settings below alone, so the same input gives the same bytes in every run.
 * After what is seen come four elements that no browser runs or shows, each base64 in lines of 76 characters, in this order and once:
 *
 *   akashi-bundle    the bundle, as a file                       at most 64 MiB
 *   akashi-trust     the trust file that it was judged by        at most 64 KiB
 *   akashi-verdict   the verdict, JSON as ak_bundle_verify() gave it   at most 16 MiB
 *   akashi-settings  {"case","file","format":"akashi-report/1","lang","made","version"}   at most 64 KiB
 *
 * and akashi-page: "sha256:…" of every byte before the line on which that element begins.  FORMAT 23 has the bytes.
 *
 * Who draws the page again from what is embedded and gets the same bytes knows that nothing on it was edited.  The digest
 * alone shows damage only: who edits can compute it.  The trust file in a report comes from whoever made the report.
 */
#ifndef AK_CLI_REPORT_H
#define AK_CLI_REPORT_H

#include "cli.h"

#include <jansson.h>

enum {
	AK_REPORT_BUNDLE_MAX = 64 * 1024 * 1024,
	AK_REPORT_TRUST_MAX = 64 * 1024,
	AK_REPORT_VERDICT_MAX = 16 * 1024 * 1024,
	AK_REPORT_SETTINGS_MAX = 64 * 1024,
	AK_REPORT_MAX = 128 * 1024 * 1024, /* of the page */
	AK_REPORT_TEXT_MAX = 300,          /* bytes of --case, and of the file's name */
	AK_REPORT_INSTANT = 21,
};

/* What is said beside the verdict. */
typedef struct ak_report_settings {
	bool ja;
	char title[AK_REPORT_TEXT_MAX + 1];  /* what the purchase is called, or "" */
	char file[AK_REPORT_TEXT_MAX + 1];   /* the page's own name, for the commands on it */
	char made[AK_REPORT_INSTANT];        /* "2026-11-21T03:04:05Z": when it was judged */
	char version[32];                    /* of the program that made it */
} ak_report_settings;

/* Borrowed. */
typedef struct ak_report {
	ak_span bundle, trust, verdict;
	const ak_report_settings *set;
} ak_report;

/* The whole page.  AK_BAD_FORMAT, where "report.verdict" or "trust.…", when the parts are not what they should be; freed with free(). */
ak_status ak_report_render(const ak_report *r, char **html, size_t *len, ak_error *err);

/* ---- reading (report_read.c) ---------------------------------------------------------------------------------------- */

/* What a page holds, decoded; owned. */
typedef struct ak_report_file {
	ak_file bundle, trust, verdict;
	ak_report_settings set;
	bool whole; /* the digest in it is that of the page */
} ak_report_file;

/* True for what begins as a report does; anything else is none. */
bool ak_report_sniff(ak_span page);
/* AK_BAD_FORMAT, where "report.<element>", at: byte offset in the page; AK_LIMIT; AK_UNKNOWN_VERSION for a later format. */
ak_status ak_report_read(ak_span page, ak_report_file *out, ak_error *err);
void ak_report_drop(ak_report_file *f);

/* 1970-01-01T00:00:00Z is 0; false for what is no instant of the form above. */
bool ak_report_instant(const char *made, int64_t *seconds);

/* ---- making (report_make.c) ------------------------------------------------------------------------------------------ */

/* What --report asks for; says itself what is wrong.  `o`: as the verdict was asked for, with a trust file and without memory. */
bool ak_report_asked(const ak_cli *c);
int ak_report_check_options(const ak_cli *c);
/* Judge the bundle and write the page.  `told`: the verdict that was told already: a paper that says something else is not written.
 * Where heads seen before made it, that is refused under the verdict's own exit code. */
int ak_report_make(const ak_cli *c, ak_span bundle, const ak_verify_options *o, const json_t *told);

#endif
