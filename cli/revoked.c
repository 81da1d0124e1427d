/* SPDX-License-Identifier: Apache-2.0 */
#include "revoked.h"

#include "answer.h"
#include "js.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { HEX = 64 };

char *ak_revoked_key(const ak_cli *c, ak_ledger *l, const char *keyid)
{
	char shown[HEX + 8], text[AK_CELL_ROOM];
	char *who = l == NULL ? NULL : ak_answer_member(c, l, keyid);

	if (c->full || strlen(keyid) <= 12)
		(void)snprintf(shown, sizeof(shown), "%.64s", keyid);
	else
		(void)snprintf(shown, sizeof(shown), "%.4s…%s", keyid, keyid + strlen(keyid) - 4);
	if (who != NULL)
		(void)ak_out_text(c, text, sizeof(text), MSG_NAME_AND_WORD, who, shown, NULL);
	else if (l != NULL)
		(void)ak_out_text(c, text, sizeof(text), MSG_NAME_AND_WORD, ak_msg_text(MSG_REVOKED_NOBODY, c->ja), shown, NULL);
	else
		(void)snprintf(text, sizeof(text), "%s", shown);
	free(who);
	return strdup(text);
}

void ak_revoked_print(const ak_cli *c, ak_ledger *l, const json_t *about, FILE *to, size_t indent)
{
	const json_t *v;
	size_t i;

	json_array_foreach(about, i, v) {
		const char *subject = json_is_string(v) ? json_string_value(v) : "";
		char *who;

		if (strncmp(subject, "akashi/key:", 11) != 0)
			continue;
		who = ak_revoked_key(c, l, subject + 11);
		ak_term_spaces(to, indent);
		ak_out_wrapped(c, to, indent, MSG_REVOKED_KEY, who == NULL ? subject + 11 : who, NULL);
		free(who);
	}
}

int ak_revoked_check(const ak_cli *c, ak_ledger *l, const char *file, const json_t *body)
{
	const json_t *key;
	size_t i;
	int code = EXIT_HOLDS;

	json_array_foreach(ak_js_at(body, "keys"), i, key) {
		const char *id = ak_js_str(key, "id");
		ak_error e = { .status = AK_NOT_AUTHORISED, .where = "revocation.keys", .at = i };
		char *who, *other, next[AK_NEXT_ROOM];

		if (strlen(id) != HEX || strspn(id, "0123456789abcdef") != HEX || code != EXIT_HOLDS)
			continue;
		who = ak_answer_member(c, l, id);
		other = who != NULL ? NULL : ak_answer_holder(c, l, id);
		if (who == NULL) {
			(void)ak_out_text(c, e.detail, sizeof(e.detail), other != NULL ? MSG_REVOKE_KEYSET : MSG_REVOKE_NOBODY, id, other, NULL);
			(void)ak_out_text(c, next, sizeof(next), other != NULL ? MSG_NEXT_REVOKE_KEYSET : MSG_NEXT_REVOKE_NOBODY, NULL);
			code = ak_out_told(c, file, &e, next);
		}
		free(other);
		free(who);
	}
	return code;
}
