/* SPDX-License-Identifier: Apache-2.0 */
/* akashi-verify - judge a proof bundle, offline, from one file; see akashi-verify(1)
 *
 * Reads the bundle, or a report that holds one, the trust file and what --also and --evidence name; writes to the memory of heads
 * seen and the report that --report asks for, and nowhere else; knows no network and no git.
 */
#include "evidence.h"
#include "files.h"
#include "help.h"
#include "js.h"
#include "memory.h"
#include "recheck.h"
#include "use.h"
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

enum { GIVEN_MAX = AK_REPORT_MAX, ENVELOPE_MAX = 8 * 1024 * 1024, ALSO_MAX = 64 };

static const ak_opt_id common[] = { OPT_JSON, OPT_LANG, OPT_QUIET, OPT_FULL, OPT_HELP, OPT_VERSION };
static const ak_opt_id own[] = { OPT_TRUST, OPT_AS_OF, OPT_KNOWN_AT, OPT_ALSO, OPT_SUBJECT, OPT_EVIDENCE, OPT_NO_STATE,
                                 OPT_CONTRACT, OPT_SERVICE, OPT_REGION, OPT_USE, OPT_CONFIRMED, OPT_REPORT, OPT_CASE, OPT_FORCE };
static const char *const examples[] = {
	"akashi-verify C24-0101-2.akashi --trust ismap.trust",
	"akashi-verify C24-0101-2.akashi --trust ismap.trust --as-of 2026-11-21 --lang ja",
	"akashi-verify C24-0101-2.akashi --trust ismap.trust --json | jq -r .verdict",
	"akashi-verify C24-0101-2.akashi --trust ismap.trust --contract 2026-04-01..2027-03-31 --report C24-0101-2.html",
	"akashi-verify C24-0101-2.html --trust ismap.trust",
};

enum { N_COMMON = sizeof(common) / sizeof(common[0]), N_OWN = sizeof(own) / sizeof(own[0]) };

/* What one run reads. */
typedef struct job {
	ak_file given;    /* the file named: a bundle, or a report */
	ak_span bundle;   /* in it */
	bool is_report, own_trust;
	ak_recheck report;
	ak_file trust;
	ak_file also_file[ALSO_MAX];
	ak_span also[ALSO_MAX];
	ak_evidence_args evidence;
	ak_use_args use;
	ak_memory_file memory;
	char genesis[96];
} job;

static void drop(job *j)
{
	ak_memory_file_close(&j->memory);
	for (size_t i = 0; i < ALSO_MAX; i++)
		ak_file_drop(&j->also_file[i]);
	ak_evidence_drop(&j->evidence);
	ak_recheck_close(&j->report);
	ak_file_drop(&j->given);
	ak_file_drop(&j->trust);
}

/* A bundle is worth no word when the trust file is bad. */
static int read_trust(ak_cli *c, job *j)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *o;
	int code = ak_cli_trust(c, &j->trust);

	if (code != EXIT_HOLDS)
		return code;
	if (ak_trust_describe(ak_file_span(&j->trust), &json, &e) != AK_OK)
		return ak_out_refused(c, c->trust_path, &e, NULL);
	o = ak_js_parse(&json);
	(void)snprintf(j->genesis, sizeof(j->genesis), "%s", ak_js_str(o, "genesis"));
	json_decref(o);
	ak_text_free(&json);
	return EXIT_HOLDS;
}

static int read_also(const ak_cli *c, job *j, ak_verify_options *o)
{
	const char *path;
	int code = EXIT_HOLDS;

	for (size_t i = 0; code == EXIT_HOLDS && (path = ak_opt_nth(&c->opts, OPT_ALSO, i)) != NULL; i++) {
		if (i == ALSO_MAX)
			return ak_out_usage(c, MSG_OPT_TOO_MANY, NULL);
		code = ak_file_read(c, path, ENVELOPE_MAX, &j->also_file[i]);
		j->also[i] = ak_file_span(&j->also_file[i]);
		o->n_also = i + 1;
	}
	o->also = j->also;
	return code;
}

/* A report is judged as it says itself, where the command line does not say otherwise; by its own trust file only when there is no other. */
static int read_report(ak_cli *c, job *j)
{
	int code = ak_recheck_open(c, ak_file_span(&j->given), &j->report);

	if (code == EXIT_HOLDS && ak_report_asked(c))
		return ak_out_usage(c, MSG_RECHECK_NO_REPORT, c->opts.operand[0], ak_opt_get(OPT_REPORT)->name, NULL);
	j->bundle = ak_file_span(&j->report.file.bundle);
	j->own_trust = ak_cli_trust_known(c);
	return code;
}

static int read_given(ak_cli *c, job *j)
{
	int code = ak_file_read(c, c->opts.operand[0], GIVEN_MAX, &j->given);

	j->own_trust = true;
	if (code != EXIT_HOLDS)
		return code;
	j->is_report = ak_report_sniff(ak_file_span(&j->given));
	if (j->is_report)
		return read_report(c, j);
	j->bundle = ak_file_span(&j->given);
	return EXIT_HOLDS;
}

static int read_job(ak_cli *c, job *j, ak_verify_options *o)
{
	int code = ak_cli_number(c, OPT_KNOWN_AT, 1, INT64_MAX, &o->known_at);

	if (code == EXIT_HOLDS)
		code = ak_use_read(c, &j->use);
	if (code == EXIT_HOLDS)
		code = ak_report_check_options(c);
	if (code == EXIT_HOLDS)
		code = read_given(c, j);
	if (code == EXIT_HOLDS && j->own_trust)
		code = read_trust(c, j);
	if (code == EXIT_HOLDS)
		code = read_also(c, j, o);
	if (code == EXIT_HOLDS)
		code = ak_evidence_read(c, &j->evidence);
	return code;
}

/* ---- the answer ------------------------------------------------------------------------------------------------------ */

static bool same_trust(const job *j)
{
	return j->trust.len == j->report.file.trust.len && memcmp(j->trust.data, j->report.file.trust.data, j->trust.len) == 0;
}

static int tell_report(const ak_cli *c, const job *j, json_t *verdict, int code)
{
	code = ak_recheck_exit(&j->report, code);
	if (c->json)
		return ak_recheck_json(c, &j->report, !j->own_trust ? "its-own" : same_trust(j) ? "same" : "other", verdict, code);
	ak_recheck_before(c, &j->report, j->own_trust);
	ak_verdict_print(c, verdict);
	ak_memory_file_tell(c, &j->memory, verdict);
	ak_recheck_after(c, &j->report, j->own_trust, j->own_trust && same_trust(j));
	return code;
}

static int tell(ak_cli *c, const job *j, const ak_verify_options *o, const ak_text *json, const json_t *verdict, int code)
{
	bool taken = ak_report_asked(c) && strcmp(ak_opt_value(&c->opts, OPT_REPORT), "-") == 0;
	int written = EXIT_HOLDS;
	const bool json_wanted = c->json;

	if (c->json && !taken)
		ak_out_json_text(json);
	else if (!taken) {
		ak_verdict_print(c, verdict);
		ak_memory_file_tell(c, &j->memory, verdict);
	}
	c->json = c->json && taken; /* what is wrong with the report is no second answer */
	if (ak_report_asked(c))
		written = ak_report_make(c, j->bundle, o, verdict);
	c->json = json_wanted;
	return written == EXIT_HOLDS ? code : written;
}

/* The file at fault, and not the bundle. */
static const char *blamed(const ak_cli *c, const ak_error *e)
{
	const char *also = strcmp(e->where == NULL ? "" : e->where, "also") == 0 ? ak_opt_nth(&c->opts, OPT_ALSO, (size_t)e->at) : NULL;

	return also != NULL ? also : c->opts.operand[0];
}

/* A bundle is a gzip file: what does not begin as one was never one, and who wrote it did nothing wrong. */
static bool no_bundle(const job *j, const ak_error *e)
{
	return e->status == AK_BAD_FORMAT && (j->bundle.len < 2 || j->bundle.data[0] != 0x1f || j->bundle.data[1] != 0x8b);
}

/* The verdict, and what is remembered from now on.  The memory comes first: what could not be written is not said to be kept. */
static int ask(const ak_cli *c, job *j, ak_verify_options *o, ak_verdict *verdict, ak_text *json)
{
	char next[AK_NEXT_ROOM];
	ak_text remembered = { 0 };
	ak_error e = { 0 };
	ak_status st;

	o->new_memory = &remembered;
	st = ak_bundle_verify(j->bundle, o, verdict, json, &e);
	if (st == AK_OK && remembered.len > 0 && !ak_memory_file_write(&j->memory, &remembered)) {
		ak_text_free(&remembered);
		ak_text_free(json);
		o->memory_lost = j->memory.lost;
		st = ak_bundle_verify(j->bundle, o, verdict, json, &e);
	}
	o->new_memory = NULL;
	ak_text_free(&remembered);
	if (st == AK_OK)
		return EXIT_HOLDS;
	if (blamed(c, &e) == c->opts.operand[0] && no_bundle(j, &e)) {
		(void)snprintf(e.detail, sizeof(e.detail), "this is not evidence, but another kind of file");
		return ak_out_refused(c, c->opts.operand[0], &e, ak_out_text(c, next, sizeof(next), MSG_NEXT_BUNDLE, NULL));
	}
	return ak_out_refused(c, blamed(c, &e), &e,
	                      blamed(c, &e) == c->opts.operand[0] ? NULL : ak_out_text(c, next, sizeof(next), MSG_NEXT_ALSO, NULL));
}

/* The tasks are those of the scheme that the bundle says it is about; what is no bundle is refused later. */
static int check_task(const ak_cli *c, const job *j)
{
	ak_text about = { 0 };
	json_t *o = NULL;
	int code = EXIT_HOLDS;

	if (j->use.use.task == NULL || ak_bundle_describe(j->bundle, &about, &(ak_error){ 0 }) != AK_OK)
		return EXIT_HOLDS;
	o = ak_js_parse(&about);
	if (o != NULL)
		code = ak_use_check(c, c->opts.operand[0], &j->use.use, ak_js_str(o, "scheme"));
	json_decref(o);
	ak_text_free(&about);
	return code;
}

static int judge(ak_cli *c, job *j, ak_verify_options *o)
{
	ak_verdict verdict = AK_VERDICT_UNVERIFIABLE;
	ak_text json = { 0 };
	json_t *report = NULL;
	int code = ask(c, j, o, &verdict, &json);

	if (code != EXIT_HOLDS)
		return code;
	report = ak_js_parse(&json);
	code = ak_verdict_exit(verdict);
	if (report == NULL)
		code = ak_out_fault(c, AK_INTERNAL, NULL, MSG_ANSWER_UNREADABLE, NULL);
	else if (j->is_report)
		code = tell_report(c, j, report, code);
	else
		code = tell(c, j, o, &json, report, code);
	json_decref(report);
	ak_text_free(&json);
	return code;
}

/* What is asked: by the command line, else by the report. */
static void put_question(const job *j, const char *as_of, ak_verify_options *o)
{
	o->trust = ak_file_span(j->own_trust ? &j->trust : &j->report.file.trust);
	o->as_of = *as_of != '\0' ? as_of : NULL;
	o->use = j->use.asked ? &j->use.use : NULL;
	ak_evidence_put(&j->evidence, o);
	if (!j->is_report)
		return;
	if (o->as_of == NULL)
		o->as_of = ak_js_str(j->report.embedded, "as_of");
	if (o->use == NULL && j->report.use_asked)
		o->use = &j->report.use;
	if (o->known_at == 0)
		o->known_at = j->report.known_at;
}

static int verify(ak_cli *c)
{
	ak_verify_options o = { .subject = ak_opt_value(&c->opts, OPT_SUBJECT), .now = c->now };
	job *j = calloc(1, sizeof(*j));
	ak_span known;
	char as_of[11];
	int code;

	if (j == NULL)
		return ak_out_no_memory(c);
	j->memory.lock = -1;
	code = ak_cli_day(c, OPT_AS_OF, as_of);
	if (code == EXIT_HOLDS)
		code = read_job(c, j, &o);
	if (code == EXIT_HOLDS)
		code = check_task(c, j);
	if (code == EXIT_HOLDS && j->own_trust && !ak_opt_has(&c->opts, OPT_NO_STATE)) {
		ak_memory_file_open(j->genesis, &j->memory);
		known = ak_file_span(&j->memory.text);
		o.memory = j->memory.lost[0] == '\0' ? &known : NULL;
		o.memory_lost = j->memory.lost[0] == '\0' ? NULL : j->memory.lost;
	}
	if (code == EXIT_HOLDS) {
		put_question(j, as_of, &o);
		code = judge(c, j, &o);
	}
	drop(j);
	free(j);
	return code;
}

static const ak_command self = {
	.name = "akashi-verify", .run = verify, .operands = "FILE.akashi|REPORT.html", .least = 1, .most = 1,
	.examples = examples, .n_examples = sizeof(examples) / sizeof(examples[0]), .options = own, .n_options = N_OWN,
	.summary = MSG_HELP_BUNDLE_VERIFY, .about = MSG_HELP_BUNDLE_VERIFY_ABOUT,
};

static int version(const ak_cli *c)
{
	if (c->json)
		return ak_out_json(c, json_pack("{s:s,s:s}", "program", "akashi-verify", "version", AK_VERSION), EXIT_HOLDS);
	(void)printf("akashi-verify %s\n", AK_VERSION);
	return EXIT_HOLDS;
}

static int run(ak_cli *c, int argc, char **argv)
{
	ak_opt_id allowed[N_COMMON + N_OWN];
	ak_opt_fault fault;
	int at = 1, code;

	memcpy(allowed, common, sizeof(common));
	memcpy(allowed + N_COMMON, own, sizeof(own));
	c->command = &self;
	fault = ak_opt_parse(&c->opts, argc, argv, &at, allowed, N_COMMON + N_OWN, false);
	if (fault != AK_OPT_FINE)
		ak_opt_after_fault(&c->opts, argc, argv, at, allowed, N_COMMON + N_OWN);
	code = ak_cli_settle(c);
	if (fault != AK_OPT_FINE)
		return ak_cli_bad_option(c, fault, argv[at]);
	if (code != EXIT_HOLDS)
		return code;
	if (ak_opt_has(&c->opts, OPT_VERSION))
		return version(c);
	if (ak_opt_has(&c->opts, OPT_HELP) || argc == 1) {
		ak_help_command(c, argc == 1 ? stderr : stdout, &self);
		return argc == 1 ? EXIT_USAGE : EXIT_HOLDS;
	}
	return ak_cli_run(c);
}

int main(int argc, char **argv)
{
	return ak_cli_main(self.name, common, N_COMMON, run, argc, argv);
}
