/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "commands.h"
#include "files.h"
#include "js.h"
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

enum { EVIDENCE_MAX = 64, SALT = 32, SALT_FILE_MAX = 128 };

typedef struct evidence {
	ak_evidence_file file[EVIDENCE_MAX];
	char *path[EVIDENCE_MAX];
	size_t n;
} evidence;

static int hex_value(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* 64 hex digits, as draft --commit wrote them. */
static int read_salt(const ak_cli *c, const char *path, uint8_t out[SALT])
{
	uint8_t salt[SALT];
	ak_file f = { 0 };
	bool good;
	int code = ak_file_read(c, path, SALT_FILE_MAX, &f);

	if (code != EXIT_HOLDS)
		return code;
	good = f.len == 2 * SALT || (f.len == 2 * SALT + 1 && f.data[2 * SALT] == '\n');
	for (size_t i = 0; good && i < SALT; i++) {
		int high = hex_value(f.data[2 * i]), low = hex_value(f.data[2 * i + 1]);

		good = high >= 0 && low >= 0;
		salt[i] = (uint8_t)((high & 15) << 4 | (low & 15));
	}
	ak_file_drop(&f);
	if (!good)
		return ak_out_fault(c, AK_BAD_FORMAT, path, MSG_NOT_A_SALT, NULL);
	memcpy(out, salt, SALT);
	return EXIT_HOLDS;
}

/* FILE or FILE:SALTFILE; a file whose own name has a colon is found because it is there. */
static int add_evidence(const ak_cli *c, evidence *e, const char *spec)
{
	ak_evidence_file *f = &e->file[e->n];
	char *path, *colon;
	int code;

	if (e->n == EVIDENCE_MAX)
		return ak_out_usage(c, MSG_OPT_TOO_MANY, NULL);
	path = strdup(spec);
	if (path == NULL)
		return ak_out_no_memory(c);
	e->path[e->n++] = path;
	colon = ak_file_exists(path) ? NULL : strrchr(path, ':');
	if (colon != NULL)
		*colon = '\0';
	f->name = ak_file_base(path);
	code = ak_file_digest(c, path, &f->digest);
	if (code == EXIT_HOLDS && colon != NULL) {
		f->has_salt = true;
		code = read_salt(c, colon + 1, f->salt);
	}
	return code;
}

static int exit_of_verdict(ak_verdict v)
{
	switch (v) {
	case AK_VERDICT_VALID:
		return EXIT_HOLDS;
	case AK_VERDICT_INVALID:
	case AK_VERDICT_EXPIRED:
	case AK_VERDICT_SUSPENDED:
		return EXIT_DOES_NOT_HOLD;
	case AK_VERDICT_UNVERIFIABLE:
		break;
	}
	return EXIT_NOT_DECIDED;
}

static int verify(const ak_cli *c, ak_ledger *l, const ak_verify_options *o)
{
	ak_verdict verdict = AK_VERDICT_UNVERIFIABLE;
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *report = NULL;
	int code;

	if (ak_ledger_verify(l, o, &verdict, &json, &e) != AK_OK)
		return ak_out_refused(c, o->listing, &e, NULL);
	code = ak_answer(c, &json, &report);
	if (code == EXIT_HOLDS) {
		if (c->json)
			ak_out_json_text(&json);
		else
			ak_verdict_print(c, report);
		code = exit_of_verdict(verdict);
	}
	json_decref(report);
	ak_text_free(&json);
	return code;
}

int ak_cmd_verify(ak_cli *c)
{
	ak_verify_options o = { .scheme = ak_opt_value(&c->opts, OPT_SCHEME), .listing = c->opts.operand[0], .now = c->now };
	evidence *ev = calloc(1, sizeof(*ev));
	ak_file trust = { 0 };
	ak_ledger *l = NULL;
	const char *spec;
	char as_of[11];
	int code = ev == NULL ? ak_out_no_memory(c) : ak_cli_date(c, OPT_AS_OF, as_of);

	if (code == EXIT_HOLDS)
		code = ak_cli_number(c, OPT_KNOWN_AT, 1, INT64_MAX, &o.known_at);
	if (code == EXIT_HOLDS)
		code = ak_cli_trust(c, &trust);
	for (size_t i = 0; code == EXIT_HOLDS && (spec = ak_opt_nth(&c->opts, OPT_EVIDENCE, i)) != NULL; i++)
		code = add_evidence(c, ev, spec);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	if (code == EXIT_HOLDS) {
		o.trust = ak_file_span(&trust);
		o.as_of = *as_of != '\0' ? as_of : NULL;
		o.evidence = ev->file;
		o.n_evidence = ev->n;
		code = verify(c, l, &o);
	}
	for (size_t i = 0; ev != NULL && i < ev->n; i++)
		free(ev->path[i]);
	free(ev);
	ak_file_drop(&trust);
	ak_ledger_free(&l);
	return code;
}
