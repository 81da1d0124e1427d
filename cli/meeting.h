/* SPDX-License-Identifier: Apache-2.0 */
/* meeting.h - what a meeting decided: its drafts, their index, and the papers made of them
 *
 * A session is a folder: meeting.json (the index), a draft for each case in the order of the agenda, beside it the envelope once
 * somebody has signed, and papers for people.  The index, {"akashi":"meeting/1","stage":"decisions" or "after","scheme","ledger","genesis",
 * "size": of the ledger when it was made,"made": an instant,"agenda":null|{"name","digest"},"cases":[…]}, a case:
 *   no            as on the agenda, or its place
 *   row           in the table
 *   matter        fields as the scheme names them (agenda.h)
 *   words         {"matter","outcome"}: {"ja","en"} of what stands in those fields
 *   file          of the draft; the envelope is beside it
 *   type, statement   of the record, and the digest of the statement that is to be signed
 *   rows, then, findings, warnings, refusal, judged_on   as ak_ledger_meeting() gave them
 * Whoever reads an index believes none of it: what is signed and sealed is in drafts and envelopes, and their digests are compared.
 *
 * Functions that return an int report what is wrong themselves and return an exit code: EXIT_HOLDS to go on.
 */
#ifndef AK_CLI_MEETING_H
#define AK_CLI_MEETING_H

#include "out.h"
#include "report_parts.h"

enum { AK_CASE_ROOM = 512, AK_MEETING_INDEX_MAX = 32 * 1024 * 1024 };

/* ---- making (meeting_make.c, meeting_after.c) ------------------------------------------------------------------------ */

int ak_meeting_draft(ak_cli *c); /* draft --meeting TABLE -o FOLDER */
int ak_meeting_after(ak_cli *c); /* draft --after FOLDER: what follows once its records are sealed, into FOLDER/after */
/* The same, for who has just sealed: `sealed` has {"seq","id"} for each case.  *made: false when nothing follows, or when it is there
 * already. */
int ak_meeting_follow(const ak_cli *c, ak_ledger *l, const char *folder, const json_t *index, const json_t *sealed, bool *made);

/* ---- reading (meeting_index.c) --------------------------------------------------------------------------------------- */

int ak_meeting_read(const ak_cli *c, const char *folder, json_t **index);
/* The envelope of a case where it is there, else its draft; freed with free(), NULL without memory. */
char *ak_meeting_file(const char *folder, const json_t *one);
char *ak_meeting_envelope(const char *folder, const json_t *one);
/* "議案3 更新 C24-0101-2 架空の雲 IaaS" */
const char *ak_case_label(const ak_cli *c, const json_t *one, char out[AK_CASE_ROOM]);
const char *ak_case_number(const json_t *one);
const char *ak_case_subject(const json_t *one);                    /* what it is called on paper */
const char *ak_case_word(const ak_cli *c, const json_t *one, const char *field); /* of its matter or outcome, "" for none */
const char *ak_case_outcome(const ak_cli *c, const json_t *one);   /* that of the matter where it has none of its own */
const json_t *ak_case_row(const json_t *one, const char *what, size_t i); /* NULL past the last */
/* {"ja","en"}-columns of a row: "label", "text", "party". */
const char *ak_row_text(const ak_cli *c, const json_t *row, const char *name);

/* What has to be said before anybody signs: flags of the matter, what the rules found, what is refused; freed with json_decref().  Each as a
 * finding.  `effects`: what the rules say because it was decided so, instead. */
json_t *ak_case_flags(const json_t *one, bool effects);
bool ak_flag_is_bad(const json_t *flag); /* more than a warning, and decided */

/* ---- papers ---------------------------------------------------------------------------------------------------------- */

/* For the meeting_*_html functions.  sealed and note: NULL before sealing. */
typedef struct ak_papers {
	const json_t *index, *sealed; /* sealed: {"seq","id","time"} for each case */
	const char *note;             /* the checkpoint as signed, with its line ends */
	uint64_t size;                /* of the ledger in it */
	size_t one;                   /* the case of a notice */
} ak_papers;

void ak_meeting_review(FILE *f, const ak_cli *c, const void *papers);  /* meeting_review.c */
void ak_meeting_minutes(FILE *f, const ak_cli *c, const void *papers); /* meeting_minutes.c */
void ak_meeting_notice(FILE *f, const ak_cli *c, const void *papers);  /* meeting_notice.c */

/* Parts that the papers share (meeting_paper.c). */
void ak_paper_begin(const ak_sheet *s, const ak_papers *p, ak_msg title);
void ak_paper_blanks(const ak_sheet *s, const ak_msg *blanks, size_t n); /* to be filled in with a pen */
void ak_paper_pair(const ak_sheet *s, ak_msg head, const char *text);     /* a row of a table: heading and text; nothing for "" */
void ak_paper_end(const ak_sheet *s);

/* ---- sealing (meeting_seal.c) ---------------------------------------------------------------------------------------- */

/* The envelopes of a session in the order of its index, as paths to be freed each, and the array; refused when one is missing or is not of the
 * statement that the index names. */
int ak_meeting_envelopes(const ak_cli *c, const char *folder, const json_t *index, char ***path, size_t *n);
/* Where each of them is on record, {"seq","id","time"}; refused when one is not. */
int ak_meeting_find(const ak_cli *c, ak_ledger *l, const char *folder, const json_t *index, json_t **sealed);
/* After sealing: papers and what follows, into the folder. */
int ak_meeting_sealed(ak_cli *c, ak_ledger *l, const char *folder, const json_t *index);

#endif
