/* SPDX-License-Identifier: Apache-2.0 */
/* A revocation list on its way into the ledger: what it says of keys enrolled here, drafted for the operator to sign. */
#include "commands.h"
#include "draft.h"
#include "files.h"
#include "js.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_FILE_MAX = 8 * 1024 * 1024 };

/* Whoever seals it should know whose signatures end with it. */
static void tell(const ak_cli *c, const json_t *body)
{
	const json_t *one;
	size_t i;

	ak_out_note(c, MSG_CRL_READ, ak_js_str(body, "issuer"), ak_js_str(body, "this_update"), ak_js_str(body, "next_update"), NULL);
	json_array_foreach(ak_js_at(body, "revoked"), i, one)
		ak_out_note(c, MSG_CRL_REVOKED, ak_js_str(one, "id"), ak_js_str(one, "date"), ak_js_str(one, "reason"), NULL);
	if (i == 0)
		ak_out_note(c, MSG_CRL_NONE, NULL);
}

static int draft(ak_cli *c, ak_ledger *l, const char *path, const ak_text *body)
{
	const char *slash = strrchr(path, '/');
	ak_document document = { .name = slash == NULL ? path : slash + 1, .kind = "crl" };
	ak_draft_options o = { .type = "crl", .now = c->now, .body = { (const uint8_t *)body->data, body->len }, .documents = &document, .n_documents = 1 };
	json_t *read = json_loadb(body->data, body->len, 0, NULL);
	ak_text text = { 0 };
	ak_error e = { 0 };
	int code;

	if (read == NULL)
		return ak_out_no_memory(c);
	code = ak_file_digest(c, path, &document.digest);
	if (code == EXIT_HOLDS && ak_ledger_draft(l, &o, &text, &e) != AK_OK)
		code = ak_out_refused(c, path, &e, NULL);
	if (code == EXIT_HOLDS)
		code = ak_drafting_finish(c, &text);
	if (code == EXIT_HOLDS)
		tell(c, read);
	ak_text_free(&text);
	json_decref(read);
	return code;
}

int ak_cmd_crl(ak_cli *c)
{
	const char *path = c->opts.operand[0];
	ak_ledger *l = NULL;
	ak_text body = { 0 };
	ak_error e = { 0 };
	ak_file f = { 0 };
	int code = ak_drafting_can_write(c);

	if (code == EXIT_HOLDS && strcmp(path, "-") == 0)
		code = ak_out_usage(c, MSG_CRL_STDIN, NULL); /* it is read twice, and its name enters the record */
	if (code == EXIT_HOLDS)
		code = ak_file_read(c, path, LIST_FILE_MAX, &f);
	if (code == EXIT_HOLDS)
		code = ak_cli_open(c, &l);
	ak_drafting_caution(c, l);
	if (code == EXIT_HOLDS && ak_ledger_read_crl(l, ak_file_span(&f), c->now, &body, &e) != AK_OK)
		code = ak_out_refused(c, path, &e, NULL);
	if (code == EXIT_HOLDS)
		code = draft(c, l, path, &body);
	ak_text_free(&body);
	ak_ledger_free(&l);
	ak_file_drop(&f);
	return code;
}
