/* SPDX-License-Identifier: Apache-2.0 */
/* recheck.h - a report (../report.h) in place of a bundle: was it edited, and what is to be said of it
 *
 *   page      drawn again from what is embedded, it has the same bytes
 *   verdict   judged again, as of the day and by the trust file of the report, the verdict is the one embedded
 *
 * A page by another version of the program that cannot be drawn again is not checked: the digest in it shows damage, and no more.
 */
#ifndef AK_CLI_VERIFY_RECHECK_H
#define AK_CLI_VERIFY_RECHECK_H

#include "out.h"
#include "report.h"

typedef enum ak_found { AK_FOUND_SAME, AK_FOUND_OTHER, AK_FOUND_OPEN } ak_found;

typedef struct ak_recheck {
	ak_report_file file;
	json_t *embedded; /* the verdict in it */
	ak_use use;       /* what it was asked of; points into `embedded` */
	bool use_asked;
	uint64_t known_at;
	ak_found page, verdict;
} ak_recheck;

/* Take the report apart and compare; says itself what is wrong.  Clear it also after a failure. */
int ak_recheck_open(const ak_cli *c, ak_span page, ak_recheck *out);
void ak_recheck_close(ak_recheck *k);

/* Before the verdict: that the report was edited, or whose trust file it is judged by. */
void ak_recheck_before(const ak_cli *c, const ak_recheck *k, bool own_trust);
/* After it: what was compared. */
void ak_recheck_after(const ak_cli *c, const ak_recheck *k, bool own_trust, bool same_trust);
/* {"format","exit","report":{…},"verdict":{…}} (API, Reports); `code` is returned unless the answer is lost. */
int ak_recheck_json(const ak_cli *c, const ak_recheck *k, const char *trust, json_t *verdict, int code);
/* The exit code, when the verdict alone would give `code`. */
int ak_recheck_exit(const ak_recheck *k, int code);

#endif
