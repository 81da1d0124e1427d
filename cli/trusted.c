/* SPDX-License-Identifier: Apache-2.0 */
/* Does the trust file at hand name the ledger at hand?  Asked before its answers are given for this ledger's. */
#include "cli.h"
#include "files.h"
#include "js.h"
#include "out.h"

#include <stdlib.h>

enum { TRUST_FILE_MAX = 65536 };

/* Whether a trust file names this ledger: its origin, as verify goes by it, and `whole`: all that it says besides. */
static bool names_ledger(ak_ledger *l, ak_span trust, bool *whole)
{
	ak_text json = { 0 };
	json_t *o = NULL;
	bool origin;

	if (ak_ledger_check_trust(l, trust, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	ak_text_free(&json);
	origin = o == NULL || ak_js_true(o, "origin"); /* what cannot be read is told where it is used */
	*whole = o == NULL || ak_js_true(o, "ok");
	json_decref(o);
	return origin;
}

int ak_cli_trust_names(const ak_cli *c, ak_ledger *l, const ak_file *trust)
{
	bool whole;

	if (names_ledger(l, ak_file_span(trust), &whole))
		return EXIT_HOLDS;
	(void)ak_out_fault(c, AK_WRONG_LEDGER, c->trust_path, MSG_TRUST_NOT_OF_THIS, NULL);
	return EXIT_NOT_DECIDED;
}

void ak_cli_note_trust(const ak_cli *c, ak_ledger *l)
{
	char path[AK_PATH_MAX], *text;
	bool whole = true;
	FILE *f;
	size_t n;

	ak_cli_usual_trust(path);
	f = path[0] == '\0' || !ak_file_exists(path) ? NULL : fopen(path, "rb");
	text = f == NULL ? NULL : malloc(TRUST_FILE_MAX);
	if (text != NULL) {
		n = fread(text, 1, TRUST_FILE_MAX, f);
		if (!names_ledger(l, (ak_span){ (const uint8_t *)text, n }, &whole))
			ak_out_note(c, MSG_TRUST_NOTE_OTHER, path, NULL);
		else if (!whole)
			ak_out_note(c, MSG_TRUST_NOTE_UNFIT, path, NULL);
	}
	free(text);
	if (f != NULL)
		(void)fclose(f); /* was only read */
}
