/* SPDX-License-Identifier: Apache-2.0 */
#include "signing.h"

#include "answer.h"
#include "apart.h"
#include "basis.h"
#include "body.h"
#include "js.h"
#include "phrase.h"
#include "revoked.h"
#include "scheme.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* The envelope that is there already, of the same document, instead of the draft or request. */
static int go_on(const ak_cli *c, const char *path, ak_signing *s)
{
	ak_file there = { 0 };
	json_t *shown = NULL;
	int code = ak_file_read(c, s->out, AK_FILE_MAX, &there);

	if (code == EXIT_HOLDS)
		code = ak_signing_show(c, s->out, ak_file_span(&there), ak_file_span(&s->profile), &shown);
	if (code == EXIT_HOLDS && (*ak_js_str(shown, "statement") == '\0' || strcmp(ak_js_str(shown, "statement"), ak_js_str(s->shown, "statement")) != 0))
		code = ak_out_fault(c, AK_INVALID_ARGUMENT, s->out, MSG_ENVELOPE_OTHER, path, NULL);
	if (code == EXIT_HOLDS) {
		ak_file_drop(&s->input);
		s->input = there;
		there = (ak_file){ 0 };
		json_decref(s->shown);
		s->shown = shown;
		shown = NULL;
		s->there = true;
	}
	json_decref(shown);
	ak_file_drop(&there);
	return code;
}

int ak_signing_read(ak_cli *c, const char *path, ak_signing *s)
{
	const char *out = ak_opt_value(&c->opts, OPT_OUT), *profile = ak_opt_value(&c->opts, OPT_PROFILE);
	ak_file mail = { 0 };
	bool is_draft;
	int code = ak_file_read(c, path, AK_FILE_MAX, &s->input);

	if (code == EXIT_HOLDS && profile != NULL)
		code = ak_file_read(c, profile, AK_FILE_MAX, &s->profile);
	if (code == EXIT_HOLDS)
		code = ak_apart_open(c, path, s, &mail);
	if (code == EXIT_HOLDS)
		code = ak_signing_commit(c, path, s);
	if (code == EXIT_HOLDS)
		code = ak_signing_show(c, path, ak_file_span(&s->input), ak_file_span(&s->profile), &s->shown);
	if (code != EXIT_HOLDS)
		goto out;
	is_draft = strcmp(ak_js_str(s->shown, "kind"), "draft") == 0;
	s->out = out != NULL ? strdup(out) : s->request ? ak_apart_path(path, ".dsse.json") : target(path, is_draft);
	if (s->out == NULL) {
		code = ak_out_no_memory(c);
		goto out;
	}
	s->there = strcmp(s->out, path) == 0;
	/* Another member may have signed this draft already: to sign it anew would drop that signature; what is added goes to it. */
	if ((is_draft || (s->request && ak_opt_has(&c->opts, OPT_ADD))) && strcmp(s->out, "-") != 0 && ak_file_exists(s->out) &&
	    !ak_opt_has(&c->opts, OPT_SHOW) && !ak_opt_has(&c->opts, OPT_REQUEST)) {
		code = ak_opt_has(&c->opts, OPT_ADD) ? go_on(c, path, s) : ak_out_fault(c, AK_INVALID_ARGUMENT, s->out, MSG_ENVELOPE_EXISTS, s->out, NULL);
		if (code != EXIT_HOLDS)
			goto out;
	}
	ak_scheme_use_bytes(c, ak_file_span(&s->profile));
	ak_scheme_use(c, s->ledger, *ak_js_str(s->shown, "scheme") != '\0' ? ak_js_str(s->shown, "scheme") : NULL);
	if (!c->json) /* without a ledger, what this program holds */
		ak_apart_use_held(c, ak_js_str(s->shown, "scheme"));
	if (s->request)
		ak_apart_compare(c, s, &mail);
	if (s->request)
		ak_apart_facts_read(s, &mail);
out:
	ak_file_drop(&mail);
	return code;
}

void ak_signing_describe(const ak_cli *c, ak_ledger *l, FILE *to, const json_t *o, json_t *body)
{
	const char *title = ak_js_lang(o, "title", c->ja), *type = ak_js_str(o, "type");
	char digest[AK_TERM_DIGEST_MAX], date[AK_TERM_DATE_MAX], named[AK_SCHEME_TEXT], room[AK_CELL_ROOM], about[256];

	if (ak_scheme_type(c, type, named) != type || *title == '\0')
		title = ak_scheme_type(c, type, named);
	(void)snprintf(about, sizeof(about), "  %.200s", ak_answer_about(o, room));
	ak_out_line(c, to, MSG_SIGN_WHAT, title, about[2] != '\0' ? about : "", NULL);
	ak_out_line(c, to, MSG_SIGN_WHERE, ak_js_str(o, "scheme"), ak_js_str(o, "ledger"), ak_term_date(c->ja, ak_js_str(o, "issued"), date), NULL);
	ak_body_print(c, l, to, type, body, 4, SIZE_MAX); /* whoever signs has seen all of it */
	ak_basis_print(c, l, to, o, 4, 16);
	if (*ak_js_str(o, "statement") != '\0')
		ak_out_line(c, to, MSG_SIGN_DIGEST, ak_term_digest(c->full, ak_js_str(o, "statement"), digest), NULL);
	if (*ak_js_str(o, "words") != '\0')
		ak_out_wrapped(c, to, 4, MSG_SIGN_WORDS, ak_js_str(o, "words"), NULL);
}

void ak_signing_tell(const ak_cli *c, const ak_signing *s, FILE *to)
{
	ak_signing_describe(c, s->ledger, to, s->shown, json_object_get(s->shown, "body"));
	ak_apart_facts_tell(c, s, to);
}

bool ak_signing_silent(const ak_cli *c)
{
	return c->json || (c->quiet && ak_opt_has(&c->opts, OPT_YES));
}

/* Of an enrolment: whose keys are in it and have not signed it, "desk, m2"; how many, of *all. */
static size_t unsigned_keys(const ak_cli *c, const json_t *shown, char *out, size_t room, size_t *all)
{
	const json_t *m, *k, *g;
	size_t i, n, s, used = 0, count = 0;

	*out = '\0';
	*all = 0;
	if (strcmp(ak_js_str(shown, "type"), "party") != 0)
		return 0;
	json_array_foreach(ak_js_at(shown, "body.members"), i, m) {
		json_array_foreach(ak_js_at(m, "keys"), n, k) {
			bool has = false;

			(*all)++;
			json_array_foreach(ak_js_at(shown, "signatures"), s, g) {
				const char *keyid = ak_js_str(g, "keyid");

				has = has || (strlen(keyid) > 7 && strcmp(keyid + 7, ak_js_str(k, "id")) == 0) || strcmp(keyid, ak_js_str(k, "id")) == 0;
			}
			if (has)
				continue;
			count++;
			if (used + 80 < room)
				used += (size_t)snprintf(out + used, room - used, "%s%.64s", used == 0 ? "" : c->ja ? "、" : ", ", ak_js_str(m, "member"));
		}
	}
	return count;
}

/* How it is sealed: a keyset that changes the operator with the keys of both. */
static void next_seal(const ak_cli *c, const ak_signing *s, const char *file, const json_t *shown, char out[AK_NEXT_ROOM])
{
	const char *op = ak_js_str(shown, "body.operator.id"), *now;
	ak_text json = { 0 };
	json_t *head = NULL;

	if (strcmp(ak_js_str(shown, "type"), "keyset") == 0 && ak_ledger_head(s->ledger, &json, NULL) == AK_OK)
		head = ak_js_parse(&json);
	now = ak_js_str(head, "operator");
	(void)ak_out_text(c, out, AK_NEXT_ROOM, strlen(now) > 7 && strcmp(now + 7, op) != 0 ? MSG_NEXT_SEAL_OPERATOR : MSG_NEXT_SEAL, file, NULL);
	json_decref(head);
	ak_text_free(&json);
}

/* "1 of 3 signatures; 4 of 5 members have not signed", as far as the ledger here can tell. */
void ak_signing_count(const ak_cli *c, const ak_signing *s, const char *file, const json_t *shown)
{
	ak_text json = { 0 };
	json_t *o = NULL;
	uint64_t counted, of;
	char why[AK_PHRASE_MAX], keys[AK_PHRASE_MAX], wanted[AK_PHRASE_MAX * 2], next[AK_NEXT_ROOM] = "";
	size_t enrolled;
	const size_t n = unsigned_keys(c, shown, keys, sizeof(keys), &enrolled);
	bool enough;

	if (s->ledger != NULL && ak_ledger_check(s->ledger, ak_signing_now(s), c->now, &json, NULL) == AK_OK)
		o = ak_js_parse(&json);
	counted = ak_js_num(o, "signatures.counted");
	of = ak_js_num(o, "signatures.of");
	enough = ak_js_true(o, "would_seal");
	if (enough)
		next_seal(c, s, file, shown, next);
	if (n > 0)
		(void)ak_out_text(c, wanted, sizeof(wanted), MSG_SIGNED_KEYS_WANTED, AK_NUM(n), keys, NULL);
	if (ak_signing_spoilt(c, s->ledger, file, o))
		goto out;
	if (enough && counted < ak_js_num(o, "signatures.needed")) /* by a mode that asks for fewer: a key may end itself */
		ak_out_wrapped(c, stdout, 2, MSG_SIGNED_COUNT_ENOUGH, file, AK_NUM(ak_js_len(shown, "signatures")), next, NULL);
	else if (ak_js_num(o, "signatures.needed") > 0 && enough)
		ak_out_wrapped(c, stdout, 2, MSG_SIGNED_ENOUGH, file, AK_NUM(counted), AK_NUM(ak_js_num(o, "signatures.needed")), next, NULL);
	else if (ak_js_num(o, "signatures.needed") > 0 && counted >= ak_js_num(o, "signatures.needed") && n > 0)
		ak_out_wrapped(c, stdout, 2, MSG_SIGNED_YET, file, AK_NUM(counted), AK_NUM(ak_js_num(o, "signatures.needed")), wanted, NULL);
	else if (ak_js_num(o, "signatures.needed") > counted && of > counted) {
		ak_out_line(c, stdout, MSG_SIGNED_OF, file, AK_NUM(counted), AK_NUM(ak_js_num(o, "signatures.needed")),
		            AK_NUM(of - counted), AK_NUM(of), NULL);
		if (enrolled > 0)
			ak_out_wrapped(c, stdout, 2, MSG_SIGNED_POSSESSION, AK_NUM(enrolled - n), AK_NUM(enrolled), NULL);
	} else if (ak_js_num(o, "signatures.needed") > 0 && counted >= ak_js_num(o, "signatures.needed"))
		ak_out_wrapped(c, stdout, 2, MSG_SIGNED_YET, file, AK_NUM(counted), AK_NUM(ak_js_num(o, "signatures.needed")),
		               ak_phrase(c, ak_js_str(o, "refusal.detail"), why), NULL);
	else if (ak_js_num(o, "signatures.needed") > 0)
		ak_out_line(c, stdout, MSG_SIGNED_ALL, file, AK_NUM(counted), AK_NUM(ak_js_num(o, "signatures.needed")), NULL);
	else
		ak_out_wrapped(c, stdout, 2, enough ? MSG_SIGNED_COUNT_ENOUGH : MSG_SIGNED_COUNT, file, AK_NUM(ak_js_len(shown, "signatures")), next, NULL);
out:
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
	if (fgets(line, sizeof(line), stdin) != NULL && (strcmp(line, "y\n") == 0 || strcmp(line, "Y\n") == 0 || strcmp(line, "yes\n") == 0 ||
	    strcmp(line, "ｙ\n") == 0 || strcmp(line, "Ｙ\n") == 0 || strcmp(line, "はい\n") == 0)) /* an input method that is on */
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

int ak_signing_ended(const ak_cli *c, ak_ledger *l, const char *path)
{
	json_t *closing = ak_answer_ended(l);
	char date[AK_TERM_DATE_MAX];
	int code = EXIT_HOLDS;

	if (closing != NULL)
		code = ak_out_fault(c, AK_LEDGER_ENDED, path, MSG_ENDED_SIGN, ak_term_date(c->ja, ak_js_str(closing, "day"), date), AK_NUM(ak_js_num(closing, "record")),
		                    ak_answer_successor(c, closing), NULL);
	json_decref(closing);
	return code;
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
	} else if (strcmp(ak_js_str(s->shown, "type"), "revocation") == 0 && strcmp(ak_js_str(o, "refusal.status"), "AK_WRONG_LEDGER") != 0) {
		code = ak_revoked_check(c, s->ledger, path, ak_js_at(s->shown, "body"));
	} else if (!c->json && !c->quiet) {
		ak_warnings_print(c, ak_js_at(o, "warnings"), ak_js_str(s->shown, "type"), stderr, 2);
	}
	json_decref(o);
	return code;
}

/* What this ledger says of an envelope and of the signature by that key in it: false when it cannot tell. */
static bool has_no_part(const ak_cli *c, const ak_signing *s, const ak_text *envelope, const char *id, char role[AK_SCHEME_TEXT], char why[AK_PHRASE_MAX])
{
	char text[AK_PHRASE_MAX];
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
	if (why != NULL && strstr(ak_js_str(o, "refusal.detail"), "certificate") != NULL)
		(void)snprintf(why, AK_PHRASE_MAX, "%s", ak_phrase(c, ak_js_str(o, "refusal.detail"), text));
	json_decref(o);
	ak_text_free(&json);
	return none;
}

/* The envelope that the signature would make is asked about; it is shown to nobody. */
static bool in_vain(const ak_cli *c, const ak_signing *s, const ak_secret *k, char role[AK_SCHEME_TEXT], char why[AK_PHRASE_MAX])
{
	ak_text trial = { 0 }, json = { 0 };
	json_t *key = NULL;
	bool vain;

	role[0] = '\0';
	if (s->ledger == NULL || ak_exchange_sign(ak_signing_now(s), ak_file_span(&s->profile), k, &trial, NULL) != AK_OK)
		return false;
	if (ak_secret_public(k, &json, NULL) == AK_OK)
		key = ak_js_parse(&json);
	vain = key != NULL && has_no_part(c, s, &trial, ak_js_str(key, "id"), role, why);
	json_decref(key);
	ak_text_free(&json);
	ak_text_free(&trial);
	return vain;
}

bool ak_signing_in_vain(const ak_cli *c, const ak_signing *s, const ak_secret *k, char role[AK_SCHEME_TEXT])
{
	return in_vain(c, s, k, role, NULL);
}

/* An enrolment in a role that the scheme does not have: then nobody's signature counts, and that is what is wrong. */
static bool no_such_role(const ak_cli *c, const ak_signing *s, const char *path, int *code)
{
	const json_t *roles = json_object_get(c->package, "roles"), *v;
	size_t i;

	if (strcmp(ak_js_str(s->shown, "type"), "party") != 0 || json_object_size(roles) == 0)
		return false;
	json_array_foreach(ak_js_at(s->shown, "body.roles"), i, v) {
		if (!json_is_string(v) || json_object_get(roles, json_string_value(v)) != NULL)
			continue;
		*code = ak_out_fault(c, AK_NOT_AUTHORISED, path, MSG_SIGN_NO_SUCH_ROLE, json_string_value(v), NULL);
		return true;
	}
	return false;
}

/* A signature without a part in the record makes of its file one that is never sealed: it is not made. */
int ak_signing_part(const ak_cli *c, const ak_signing *s, const char *path, const ak_secret *k)
{
	char role[AK_SCHEME_TEXT], named[AK_SCHEME_TEXT], text[AK_CELL_ROOM], why[AK_PHRASE_MAX] = "";
	const char *type = ak_scheme_type(c, ak_js_str(s->shown, "type"), named), *by;
	ak_text json = { 0 };
	json_t *key = NULL;
	char *holder;
	int code = EXIT_HOLDS;

	if (!in_vain(c, s, k, role, why))
		return EXIT_HOLDS;
	if (ak_secret_public(k, &json, NULL) == AK_OK)
		key = ak_js_parse(&json);
	if (no_such_role(c, s, path, &code)) {
		json_decref(key);
		ak_text_free(&json);
		return code;
	}
	by = *role == '\0' ? ak_msg_text(MSG_ROOT_HOLDERS, c->ja) : ak_scheme_role(c, role);
	holder = ak_answer_holder(c, s->ledger, ak_js_str(key, "id"));
	if (holder != NULL && *why != '\0')
		(void)ak_out_text(c, text, sizeof(text), MSG_SIGN_NOT_COUNTED, holder, why, NULL);
	else if (holder != NULL)
		(void)ak_out_text(c, text, sizeof(text), MSG_SIGN_NO_PART, holder, type, by, NULL);
	else
		(void)ak_out_text(c, text, sizeof(text), MSG_SIGN_NOBODY, type, by, NULL);
	code = ak_out_fault(c, AK_NOT_AUTHORISED, path, MSG_SIGN_WOULD_SPOIL, text, NULL);
	free(holder);
	json_decref(key);
	ak_text_free(&json);
	return code;
}

void ak_signing_clear(ak_signing *s)
{
	if (!s->written)
		ak_documents_undo(&s->committed);
	ak_documents_clear(&s->committed);
	ak_file_drop(&s->input);
	ak_file_drop(&s->profile);
	ak_text_free(&s->now);
	ak_text_free(&s->answers);
	json_decref(s->shown);
	free(s->out);
	free(s->facts);
}
