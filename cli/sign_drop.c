/* SPDX-License-Identifier: Apache-2.0 */
/* Taking a signature out of an envelope: one that has no part in the record, and keeps the others' from being sealed. */
#include "answer.h"
#include "js.h"
#include "signing.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS_LEAST = 8 };

/* Key ids go with and without the name of their digest. */
static const char *bare(const char *keyid)
{
	return strncmp(keyid, "sha256:", 7) == 0 ? keyid + 7 : keyid;
}

/* A list without the members whose key id begins so; the first id that went is told.  How many went. */
static size_t filter(json_t *list, const char *digits, char gone[AK_CELL_ROOM])
{
	size_t n = 0;

	for (size_t i = json_array_size(list); i > 0; i--) {
		const char *keyid = ak_js_str(json_array_get(list, i - 1), "keyid");

		if (strncmp(bare(keyid), digits, strlen(digits)) != 0)
			continue;
		(void)snprintf(gone, AK_CELL_ROOM, "%s%s", bare(keyid) == keyid ? "sha256:" : "", keyid);
		(void)json_array_remove(list, i - 1);
		n++;
	}
	return n;
}

static int drop_one(const ak_cli *c, const char *path, ak_signing *s, json_t *envelope, const char *asked)
{
	const char *digits = bare(asked);
	json_t *signatures = json_object_get(envelope, "signatures");
	char gone[AK_CELL_ROOM] = "", stamps[AK_CELL_ROOM];
	char *who;

	if (strlen(digits) < DIGITS_LEAST || strspn(digits, "0123456789abcdef") != strlen(digits))
		return ak_out_usage(c, MSG_DROP_SHORT, asked, NULL);
	if (filter(signatures, digits, gone) == 0)
		return ak_out_fault(c, AK_NOT_FOUND, path, MSG_DROP_NONE, digits, NULL);
	if (json_array_size(signatures) == 0)
		return ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_DROP_LAST, NULL);
	(void)filter(json_object_get(envelope, "timestamps"), digits, stamps); /* what was stamped is gone */
	if (json_array_size(json_object_get(envelope, "timestamps")) == 0)
		(void)json_object_del(envelope, "timestamps");
	who = ak_answer_who_by_id(c, s->ledger, gone);
	if (!c->json)
		ak_out_note(c, MSG_DROPPED, path, who == NULL ? gone : who, NULL);
	free(who);
	return EXIT_HOLDS;
}

int ak_signing_drop(const ak_cli *c, const char *path, ak_signing *s)
{
	const ak_span now = ak_signing_now(s);
	const char *asked;
	json_t *envelope;
	char *text = NULL;
	ak_span one;
	ak_text left = { 0 };
	ak_error e = { 0 };
	int code = EXIT_HOLDS;

	if (!ak_opt_has(&c->opts, OPT_DROP))
		return EXIT_HOLDS;
	envelope = json_loadb((const char *)now.data, now.len, 0, NULL);
	if (json_array_size(json_object_get(envelope, "signatures")) == 0)
		code = ak_out_fault(c, AK_INVALID_ARGUMENT, NULL, MSG_DROP_DRAFT, path, NULL);
	for (size_t i = 0; code == EXIT_HOLDS && (asked = ak_opt_nth(&c->opts, OPT_DROP, i)) != NULL; i++)
		code = drop_one(c, path, s, envelope, asked);
	if (code == EXIT_HOLDS && (text = json_dumps(envelope, JSON_COMPACT)) == NULL)
		code = ak_out_no_memory(c);
	if (code == EXIT_HOLDS) {
		one = (ak_span){ (const uint8_t *)text, strlen(text) };
		if (ak_exchange_merge(&one, 1, &left, &e) != AK_OK)
			code = ak_out_refused(c, path, &e, NULL);
	}
	if (code == EXIT_HOLDS) {
		ak_text_free(&s->now);
		s->now = left;
	}
	free(text);
	json_decref(envelope);
	return code;
}

const char *ak_signing_partless(const json_t *check, char id[AK_DROP_DIGITS + 1])
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(check, "signatures.signers"), i, v) {
		if (!json_is_false(ak_js_at(v, "part")))
			continue;
		(void)snprintf(id, AK_DROP_DIGITS + 1, "%s", bare(ak_js_str(v, "keyid")));
		return id;
	}
	return NULL;
}

bool ak_signing_spoilt(const ak_cli *c, ak_ledger *l, const char *path, const json_t *check)
{
	const json_t *v;
	bool spoilt = false;
	size_t i;

	json_array_foreach(ak_js_at(check, "signatures.signers"), i, v) {
		const char *keyid = ak_js_str(v, "keyid");
		char id[AK_DROP_DIGITS + 1];
		char *who;

		if (!json_is_false(ak_js_at(v, "part")))
			continue;
		who = ak_answer_who_by_id(c, l, keyid);
		(void)snprintf(id, sizeof(id), "%s", bare(keyid));
		ak_out_wrapped(c, stdout, 2, MSG_SIGN_SPOILT, path, who == NULL ? keyid : who, id, NULL);
		free(who);
		spoilt = true;
	}
	return spoilt;
}
