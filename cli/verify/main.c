/* SPDX-License-Identifier: Apache-2.0 */
/* akashi-verify - judge a proof bundle, offline, from one file; see akashi-verify(1)
 *
 * Reads the bundle, the trust file and what --also and --evidence name; writes to the memory of heads seen and nowhere else;
 * knows no network and no git.
 */
#include "evidence.h"
#include "files.h"
#include "help.h"
#include "js.h"
#include "memory.h"
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

enum { BUNDLE_MAX = 64 * 1024 * 1024, ENVELOPE_MAX = 8 * 1024 * 1024, ALSO_MAX = 64 };

static const ak_opt_id common[] = { OPT_JSON, OPT_LANG, OPT_QUIET, OPT_FULL, OPT_HELP, OPT_VERSION };
static const ak_opt_id own[] = { OPT_TRUST, OPT_AS_OF, OPT_KNOWN_AT, OPT_ALSO, OPT_SUBJECT, OPT_EVIDENCE, OPT_NO_STATE };
static const char *const examples[] = {
	"akashi-verify C24-0101-2.akashi --trust ismap.trust",
	"akashi-verify C24-0101-2.akashi --trust ismap.trust --as-of 2026-11-21 --lang ja",
	"akashi-verify C24-0101-2.akashi --trust ismap.trust --json | jq -r .verdict",
};

enum { N_COMMON = sizeof(common) / sizeof(common[0]), N_OWN = sizeof(own) / sizeof(own[0]) };

/* What one run reads. */
typedef struct job {
	ak_file bundle, trust;
	ak_file also_file[ALSO_MAX];
	ak_span also[ALSO_MAX];
	ak_evidence_args evidence;
	ak_memory_file memory;
	char genesis[96];
} job;

static void drop(const ak_cli *c, job *j, const ak_text *remembered)
{
	ak_memory_file_close(c, &j->memory, remembered);
	for (size_t i = 0; i < ALSO_MAX; i++)
		ak_file_drop(&j->also_file[i]);
	ak_evidence_drop(&j->evidence);
	ak_file_drop(&j->bundle);
	ak_file_drop(&j->trust);
}

/* The trust file is looked at first: when it is bad, nothing else is worth a word. */
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

static int read_job(ak_cli *c, job *j, ak_verify_options *o)
{
	int code = ak_cli_number(c, OPT_KNOWN_AT, 1, INT64_MAX, &o->known_at);

	if (code == EXIT_HOLDS)
		code = read_trust(c, j);
	if (code == EXIT_HOLDS)
		code = ak_file_read(c, c->opts.operand[0], BUNDLE_MAX, &j->bundle);
	if (code == EXIT_HOLDS)
		code = read_also(c, j, o);
	if (code == EXIT_HOLDS)
		code = ak_evidence_read(c, &j->evidence);
	return code;
}

static int judge(const ak_cli *c, const job *j, const ak_verify_options *o)
{
	ak_verdict verdict = AK_VERDICT_UNVERIFIABLE;
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *report = NULL;
	int code;

	if (ak_bundle_verify(ak_file_span(&j->bundle), o, &verdict, &json, &e) != AK_OK)
		return ak_out_refused(c, c->opts.operand[0], &e, NULL);
	report = ak_js_parse(&json);
	code = ak_verdict_exit(verdict);
	if (report == NULL)
		code = ak_out_fault(c, AK_INTERNAL, NULL, MSG_ANSWER_UNREADABLE, NULL);
	else if (c->json)
		ak_out_json_text(&json);
	else
		ak_verdict_print(c, report);
	json_decref(report);
	ak_text_free(&json);
	return code;
}

static int verify(ak_cli *c)
{
	ak_verify_options o = { .subject = ak_opt_value(&c->opts, OPT_SUBJECT), .now = c->now };
	job *j = calloc(1, sizeof(*j));
	ak_text remembered = { 0 };
	ak_span known;
	char as_of[11];
	int code;

	if (j == NULL)
		return ak_out_no_memory(c);
	j->memory.lock = -1;
	code = ak_cli_date(c, OPT_AS_OF, as_of);
	if (code == EXIT_HOLDS)
		code = read_job(c, j, &o);
	if (code == EXIT_HOLDS && !ak_opt_has(&c->opts, OPT_NO_STATE)) {
		ak_memory_file_open(c, j->genesis, &j->memory);
		known = ak_file_span(&j->memory.text);
		o.memory = j->memory.lock >= 0 ? &known : NULL;
		o.new_memory = &remembered;
	}
	if (code == EXIT_HOLDS) {
		o.trust = ak_file_span(&j->trust);
		o.as_of = *as_of != '\0' ? as_of : NULL;
		o.evidence = j->evidence.file;
		o.n_evidence = j->evidence.n;
		code = judge(c, j, &o);
	}
	drop(c, j, &remembered);
	ak_text_free(&remembered);
	free(j);
	return code;
}

static const ak_command self = {
	.name = "akashi-verify", .run = verify, .operands = "FILE.akashi", .least = 1, .most = 1,
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
