/* SPDX-License-Identifier: Apache-2.0 */
#include "signing.h"

#include "answer.h"
#include "basis.h"
#include "body.h"
#include "draft.h"
#include "js.h"
#include "phrase.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BODY_LINES = 40 };

ak_span ak_signing_now(const ak_signing *s)
{
	return s->now.data != NULL ? (ak_span){ (const uint8_t *)s->now.data, s->now.len } : ak_file_span(&s->input);
}

/* d.json -> d.dsse.json; an envelope is its own target. */
static char *target(const char *path, bool is_draft)
{
	size_t n = strlen(path), room = n + sizeof(".dsse.json");
	char *out = malloc(room);

	if (out == NULL)
		return NULL;
	if (!is_draft || strcmp(path, "-") == 0)
		(void)snprintf(out, room, "%s", path);
	else if (n > 5 && strcmp(path + n - 5, ".json") == 0)
		(void)snprintf(out, room, "%.*s.dsse.json", (int)(n - 5), path);
	else
		(void)snprintf(out, room, "%s.dsse.json", path);
	return out;
}

int ak_signing_show(const ak_cli *c, const char *path, ak_span bytes, ak_span profile, json_t **out)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	int code;

	if (ak_exchange_show(bytes, profile, &json, &e) != AK_OK)
		return ak_out_refused(c, path, &e, NULL);
	code = ak_answer(c, &json, out);
	ak_text_free(&json);
	return code;
}

int ak_signing_read(ak_cli *c, const char *path, ak_signing *s)
{
	const char *out = ak_opt_value(&c->opts, OPT_OUT), *profile = ak_opt_value(&c->opts, OPT_PROFILE);
	bool is_draft;
	int code = ak_file_read(c, path, AK_FILE_MAX, &s->input);

	if (code == EXIT_HOLDS && profile != NULL)
		code = ak_file_read(c, profile, AK_FILE_MAX, &s->profile);
	if (code == EXIT_HOLDS)
		code = ak_signing_show(c, path, ak_file_span(&s->input), ak_file_span(&s->profile), &s->shown);
	if (code != EXIT_HOLDS)
		return code;
	is_draft = strcmp(ak_js_str(s->shown, "kind"), "draft") == 0;
	s->out = out != NULL ? strdup(out) : target(path, is_draft);
	if (s->out == NULL)
		return ak_out_no_memory(c);
	/* Another member may have signed this draft already: to sign it anew would drop that signature. */
	if (is_draft && strcmp(s->out, "-") != 0 && ak_file_exists(s->out) && !ak_opt_has(&c->opts, OPT_SHOW))
		return ak_out_fault(c, AK_INVALID_ARGUMENT, s->out, MSG_ENVELOPE_EXISTS, s->out, NULL);
	ak_scheme_use_bytes(c, ak_file_span(&s->profile));
	ak_scheme_use(c, s->ledger, *ak_js_str(s->shown, "scheme") != '\0' ? ak_js_str(s->shown, "scheme") : NULL);
	return EXIT_HOLDS;
}

void ak_signing_describe(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *o, json_t *body)
{
	const char *title = ak_js_lang(o, "title", c->ja), *type = ak_js_str(o, "type");
	char digest[AK_TERM_DIGEST_MAX], date[AK_TERM_DATE_MAX], named[AK_SCHEME_TEXT], room[AK_CELL_ROOM], about[256];

	if (ak_scheme_type(c, type, named) != type || *title == '\0')
		title = ak_scheme_type(c, type, named);
	(void)snprintf(about, sizeof(about), "  %.200s", ak_answer_about(o, room));
	ak_out_line(c, to, MSG_SIGN_WHAT, title, about[2] != '\0' ? about : "", NULL);
	ak_out_line(c, to, MSG_SIGN_WHERE, ak_js_str(o, "ledger"), ak_term_date(c->ja, ak_js_str(o, "issued"), date), NULL);
	ak_body_print(c, l, to, type, body, 4, c->full ? SIZE_MAX : BODY_LINES);
	ak_basis_print(c, l, to, o, 4, 16);
	if (*ak_js_str(o, "statement") != '\0')
		ak_out_line(c, to, MSG_SIGN_DIGEST, ak_term_digest(c->full, ak_js_str(o, "statement"), digest), NULL);
	if (*ak_js_str(o, "words") != '\0')
		ak_out_wrapped(c, to, 4, MSG_SIGN_WORDS, ak_js_str(o, "words"), NULL);
}

/* "1 of 3 signatures; 4 of 5 members have not signed", as far as the ledger here can tell. */
void ak_signing_count(const ak_cli *c, const ak_signing *s, const char *file, const json_t *shown)
{
	ak_text json = { 0 };
	json_t *o = NULL;
	uint64_t counted, of;
	char why[AK_PHRASE_MAX];
	bool enough;

	if (s->ledger != NULL && ak_ledger_check(s->ledger, ak_signing_now(s), c->now, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	counted = ak_js_num(o, "signatures.counted");
	of = ak_js_num(o, "signatures.of");
	enough = ak_js_true(o, "would_seal");
	if (ak_js_num(o, "signatures.needed") > 0 && enough)
		ak_out_wrapped(c, stdout, 2, MSG_SIGNED_ENOUGH, file, AK_NUM(counted), AK_NUM(ak_js_num(o, "signatures.needed")), NULL);
	else if (ak_js_num(o, "signatures.needed") > 0 && of > counted)
		ak_out_line(c, stdout, MSG_SIGNED_OF, file, AK_NUM(counted), AK_NUM(ak_js_num(o, "signatures.needed")),
		            AK_NUM(of - counted), AK_NUM(of), NULL);
	else if (ak_js_num(o, "signatures.needed") > 0 && counted >= ak_js_num(o, "signatures.needed"))
		ak_out_wrapped(c, stdout, 2, MSG_SIGNED_YET, file, AK_NUM(counted), AK_NUM(ak_js_num(o, "signatures.needed")),
		               ak_phrase(c, ak_js_str(o, "refusal.detail"), why), NULL);
	else if (ak_js_num(o, "signatures.needed") > 0)
		ak_out_line(c, stdout, MSG_SIGNED_ALL, file, AK_NUM(counted), AK_NUM(ak_js_num(o, "signatures.needed")), NULL);
	else
		ak_out_wrapped(c, stdout, 2, enough ? MSG_SIGNED_COUNT_ENOUGH : MSG_SIGNED_COUNT, file, AK_NUM(ak_js_len(shown, "signatures")), NULL);
	json_decref(o);
	ak_text_free(&json);
}

bool ak_signing_agreed(const ak_cli *c, ak_msg question, size_t n, int *code)
{
	char line[64];

	if (ak_opt_has(&c->opts, OPT_YES))
		return true;
	if (c->json || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO)) {
		*code = ak_out_usage(c, MSG_SIGN_NEEDS_YES, NULL);
		return false;
	}
	ak_out_put(c, stderr, question, AK_NUM(n), NULL);
	(void)fflush(stderr);
	if (fgets(line, sizeof(line), stdin) != NULL && (strcmp(line, "y\n") == 0 || strcmp(line, "Y\n") == 0 || strcmp(line, "yes\n") == 0))
		return true;
	ak_out_note(c, MSG_SIGN_NOT_DONE, NULL);
	*code = EXIT_DOES_NOT_HOLD;
	return false;
}

/* Said before anybody is asked to agree to half a statement. */
int ak_signing_blanks(const ak_cli *c, const char *path, const json_t *shown)
{
	char *blanks;
	int code;

	if (ak_js_len(shown, "blanks") == 0)
		return EXIT_HOLDS;
	blanks = ak_drafting_blanks(c, ak_js_str(shown, "type"), ak_js_at(shown, "blanks"));
	code = ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_BLANKS_LEFT, blanks == NULL ? "" : blanks, NULL);
	free(blanks);
	return code;
}

char *ak_signing_who(const ak_cli *c, const ak_signing *s, const ak_secret *k)
{
	ak_text json = { 0 };
	json_t *o = NULL;
	char *who;

	if (ak_secret_public(k, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	who = ak_answer_who(c, s->ledger, ak_js_str(o, "id"));
	json_decref(o);
	ak_text_free(&json);
	return who;
}

/* A draft that its type refuses is refused here, before anybody has signed it; without a ledger there is nobody to ask. */
int ak_signing_refused(const ak_cli *c, const ak_signing *s, const char *path)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	json_t *o = NULL;
	int code = EXIT_HOLDS;

	if (s->ledger == NULL || ak_ledger_check(s->ledger, ak_file_span(&s->input), c->now, &json, NULL) != AK_OK)
		return EXIT_HOLDS;
	o = ak_js_parse(&json);
	ak_text_free(&json);
	if (strcmp(ak_js_str(o, "refusal.status"), "AK_SCHEMA") == 0) {
		e = (ak_error){ .status = AK_SCHEMA, .where = ak_js_str(o, "refusal.where") };
		(void)snprintf(e.detail, sizeof(e.detail), "%s", ak_js_str(o, "refusal.detail"));
		(void)snprintf(e.expected, sizeof(e.expected), "%s", ak_js_str(o, "refusal.expected"));
		(void)snprintf(e.found, sizeof(e.found), "%s", ak_js_str(o, "refusal.found"));
		code = ak_out_refused(c, path, &e, NULL);
	}
	json_decref(o);
	return code;
}

/* What this ledger says of an envelope and of the signature by that key in it: false when it cannot tell. */
static bool has_no_part(const ak_cli *c, const ak_signing *s, const ak_text *envelope, const char *id, char role[AK_SCHEME_TEXT])
{
	ak_text json = { 0 };
	json_t *o = NULL;
	const json_t *v;
	bool none = false;
	size_t i;

	if (ak_ledger_check(s->ledger, (ak_span){ (const uint8_t *)envelope->data, envelope->len }, c->now, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	json_array_foreach(ak_js_at(o, "signatures.signers"), i, v) {
		const char *keyid = ak_js_str(v, "keyid");

		none = none || (strlen(keyid) > 7 && strcmp(keyid + 7, id) == 0 && json_is_false(ak_js_at(v, "part")));
	}
	(void)snprintf(role, AK_SCHEME_TEXT, "%s", ak_js_str(o, "signatures.role"));
	json_decref(o);
	ak_text_free(&json);
	return none;
}

/* The envelope that the signature would make is asked about; it is shown to nobody. */
bool ak_signing_in_vain(const ak_cli *c, const ak_signing *s, const ak_secret *k, char role[AK_SCHEME_TEXT])
{
	ak_text trial = { 0 }, json = { 0 };
	json_t *key = NULL;
	bool vain;

	role[0] = '\0';
	if (s->ledger == NULL || ak_exchange_sign(ak_signing_now(s), ak_file_span(&s->profile), k, &trial, NULL) != AK_OK)
		return false;
	if (ak_secret_public(k, &json, NULL) == AK_OK)
		key = ak_js_parse(&json);
	vain = key != NULL && has_no_part(c, s, &trial, ak_js_str(key, "id"), role);
	json_decref(key);
	ak_text_free(&json);
	ak_text_free(&trial);
	return vain;
}

/* A signature without a part in the record makes of its file one that is never sealed.  Told before anybody agrees to it; refused
 * where others have signed that file already, and would lose what they signed. */
int ak_signing_part(const ak_cli *c, const ak_signing *s, const char *path, const ak_secret *k)
{
	const bool others = s->now.data != NULL || ak_js_len(s->shown, "signatures") > 0;
	char role[AK_SCHEME_TEXT], named[AK_SCHEME_TEXT], text[AK_CELL_ROOM];
	const char *type = ak_scheme_type(c, ak_js_str(s->shown, "type"), named), *by;
	ak_text json = { 0 };
	json_t *key = NULL;
	char *holder;
	int code = EXIT_HOLDS;

	if (!ak_signing_in_vain(c, s, k, role))
		return EXIT_HOLDS;
	if (ak_secret_public(k, &json, NULL) == AK_OK)
		key = ak_js_parse(&json);
	by = *role == '\0' ? ak_msg_text(MSG_ROOT_HOLDERS, c->ja) : ak_scheme_role(c, role);
	holder = ak_answer_holder(c, s->ledger, ak_js_str(key, "id"));
	if (holder != NULL)
		(void)ak_out_text(c, text, sizeof(text), MSG_SIGN_NO_PART, holder, type, by, NULL);
	else
		(void)ak_out_text(c, text, sizeof(text), MSG_SIGN_NOBODY, type, by, NULL);
	if (others)
		code = ak_out_fault(c, AK_NOT_AUTHORISED, path, MSG_SIGN_WOULD_SPOIL, text, NULL);
	else if (!c->json)
		ak_out_wrapped(c, stderr, 2, MSG_WARNING, text, NULL);
	free(holder);
	json_decref(key);
	ak_text_free(&json);
	return code;
}

void ak_signing_clear(ak_signing *s)
{
	ak_file_drop(&s->input);
	ak_file_drop(&s->profile);
	ak_text_free(&s->now);
	json_decref(s->shown);
	free(s->out);
}
