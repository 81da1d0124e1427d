/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

#include "js.h"
#include "term.h"

#include <string.h>

const char *ak_answer_word(const ak_cli *c, const char *stored)
{
	static const struct {
		const char *stored;
		ak_msg word;
	} words[] = {
		{ "valid", MSG_WORD_VALID },         { "invalid", MSG_WORD_INVALID },
		{ "expired", MSG_WORD_EXPIRED },     { "suspended", MSG_WORD_SUSPENDED },
		{ "warning", MSG_WORD_WARNING },     { "unverifiable", MSG_WORD_UNVERIFIABLE },
		{ "evidence-not-on-record", MSG_WORD_NOT_ON_RECORD }, { "stale", MSG_WORD_STALE },
		{ "completeness", MSG_WORD_COMPLETENESS }, { "unknown-version", MSG_WORD_UNKNOWN_VERSION },
		{ "cannot-decide", MSG_WORD_CANNOT_DECIDE }, { "not-found", MSG_WORD_NOT_FOUND },
		{ "tampered", MSG_WORD_TAMPERED },   { "decided", MSG_WORD_DECIDED },
		{ "imported", MSG_WORD_IMPORTED },   { "evidence", MSG_WORD_EVIDENCE },
		{ "other-ledger", MSG_WORD_OTHER_LEDGER }, { "erased", MSG_WORD_ERASED }, { "fork", MSG_WORD_FORK },
		{ "rules", MSG_NONE }, { "use", MSG_NONE }, /* the verdict says it all */
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].stored, stored) == 0)
			return ak_msg_text(words[i].word, c->ja);
	}
	return stored;
}

const char *ak_answer_standing(const ak_cli *c, const char *stored)
{
	static const struct {
		const char *stored;
		ak_msg word;
	} words[] = {
		{ "registered", MSG_STANDING_REGISTERED },     { "lapsed", MSG_STANDING_LAPSED },
		{ "deregistered", MSG_STANDING_DEREGISTERED }, { "not-yet", MSG_STANDING_NOT_YET },
		{ "unknown", MSG_STANDING_UNKNOWN },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].stored, stored) == 0)
			return ak_msg_text(words[i].word, c->ja);
	}
	return stored;
}

const char *ak_answer_erased(const json_t *row, char *room, size_t size)
{
	const json_t *seq;
	size_t used = 0, i;

	room[0] = '\0';
	json_array_foreach(ak_js_at(row, "erased"), i, seq) {
		if (used + 32 < size)
			used += (size_t)snprintf(room + used, size - used, "%s#%llu", used == 0 ? "" : " ", (unsigned long long)json_integer_value(seq));
		else if (used + 8 < size) /* many: not all of their numbers */
			return (void)snprintf(room + used, size - used, " …"), room;
	}
	return room;
}

const char *ak_answer_auditor(const ak_cli *c, const json_t *row, char *room, size_t size)
{
	char erased[AK_ERASED_ROOM];

	if (ak_js_len(row, "erased") == 0)
		return ak_answer_standing(c, ak_js_str(row, "standing"));
	return ak_out_text(c, room, size, MSG_STANDING_ERASED, ak_answer_erased(row, erased, sizeof(erased)), NULL);
}

static void list_names(const json_t *names, char text[AK_CELL_ROOM])
{
	const json_t *name;
	size_t used = 0, i;

	text[0] = '\0';
	json_array_foreach(names, i, name) {
		if (used + 128 < AK_CELL_ROOM) {
			used += (size_t)snprintf(text + used, AK_CELL_ROOM - used, "%s%.100s", used == 0 ? "" : ", ", json_string_value(name));
		} else { /* that there are more is said */
			(void)snprintf(text + used, AK_CELL_ROOM - used, ", … (%zu)", json_array_size(names));
			break;
		}
	}
}

void ak_answer_put_erased(const ak_cli *c, const json_t *names, bool note)
{
	char text[AK_CELL_ROOM];

	list_names(names, text);
	if (*text != '\0' && note)
		ak_out_note(c, MSG_LIST_ERASED, text, NULL);
	else if (*text != '\0')
		ak_out_wrapped(c, stdout, 0, MSG_LIST_ERASED, text, NULL);
}

void ak_answer_put_lost(const ak_cli *c, const json_t *names)
{
	char text[AK_CELL_ROOM];

	list_names(names, text);
	if (*text != '\0')
		ak_out_wrapped(c, stdout, 0, MSG_LIST_LOST, text, NULL);
}

const char *ak_answer_check(const ak_cli *c, const char *id)
{
	static const struct {
		const char *id;
		ak_msg name;
	} names[] = {
		{ "header", MSG_CHECK_RECORDS },       { "records", MSG_CHECK_RECORDS },        { "statement", MSG_CHECK_STATEMENT },
		{ "digests", MSG_CHECK_DIGESTS },      { "chain", MSG_CHECK_CHAIN },            { "tree", MSG_CHECK_TREE },
		{ "map", MSG_CHECK_MAP },              { "about", MSG_CHECK_ABOUT },            { "base", MSG_CHECK_BASE },
		{ "repeat", MSG_CHECK_REPEAT },        { "checkpoint", MSG_CHECK_CHECKPOINT },  { "commit", MSG_CHECK_COMMITS },
		{ "git", MSG_CHECK_GIT },              { "dsse", MSG_CHECK_SIGNATURES_NAME },   { "authority", MSG_CHECK_AUTHORITY },
		{ "witnesses", MSG_CHECK_WITNESSES },  { "trust", MSG_CHECK_TRUST },            { "genesis", MSG_CHECK_GENESIS },
		{ "inclusion", MSG_CHECK_INCLUSION },  { "container", MSG_CHECK_CONTAINER },    { "closure", MSG_CHECK_CLOSURE },
		{ "binding", MSG_CHECK_BINDING },      { "signatures", MSG_CHECK_SIGNATURES_NAME }, { "issued", MSG_CHECK_ISSUED },
		{ "keys", MSG_CHECK_KEYS },            { "roles", MSG_CHECK_ROLES },            { "references", MSG_CHECK_REFERENCES },
		{ "schema", MSG_CHECK_SCHEMA },        { "compromise", MSG_CHECK_COMPROMISE },  { "timestamps", MSG_CHECK_TIMESTAMPS },
		{ "clock", MSG_CHECK_CLOCK },          { "evidence", MSG_CHECK_EVIDENCE },      { "freshness", MSG_CHECK_FRESHNESS },
		{ "also", MSG_CHECK_ALSO },
		{ "rules", MSG_CHECK_RULES },          { "completeness", MSG_CHECK_COMPLETENESS }, { "memory", MSG_CHECK_MEMORY },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(names[i].id, id) == 0)
			return ak_msg_text(names[i].name, c->ja);
	}
	return id;
}

bool ak_answer_warned(const json_t *r, const char *id)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(r, "warnings"), i, v) {
		if (strcmp(ak_js_str(v, "id"), id) == 0)
			return true;
	}
	return false;
}

const char *ak_answer_complete(const ak_cli *c, const json_t *r, char *out, size_t size)
{
	const char *by = ak_js_str(r, "completeness.by");
	uint64_t n = ak_js_num(r, "completeness.records"), all = ak_js_num(r, "ledger.size"), known = ak_js_num(r, "known_at");
	bool word = strcmp(by, "operator") == 0;
	char text[512];

	*out = '\0';
	if (n == 0 || (!word && !ak_js_true(r, "completeness.met")))
		return out;
	if (word)
		(void)ak_out_text(c, text, sizeof(text), n == 1 ? MSG_COMPLETE_OPERATOR_ONE : MSG_COMPLETE_OPERATOR, AK_NUM(n), NULL);
	else
		(void)ak_out_text(c, text, sizeof(text), n == 1 ? MSG_COMPLETE_BY_ONE : MSG_COMPLETE_BY, AK_NUM(n), by, NULL);
	if (known > 0 && known < all)
		return ak_out_text(c, out, size, MSG_COMPLETE_THEN, AK_NUM(known), text, NULL);
	(void)snprintf(out, size, "%s", text);
	return out;
}

ak_msg ak_answer_core_type(const char *type)
{
	static const struct {
		const char *type;
		ak_msg name;
	} core[] = {
		{ "keyset", MSG_TYPE_KEYSET },
		{ "profile", MSG_TYPE_PROFILE },
		{ "party", MSG_TYPE_PARTY },
		{ "revocation", MSG_TYPE_REVOCATION },
		{ "timestamp", MSG_TYPE_TIMESTAMP },
		{ "closing", MSG_TYPE_CLOSING },
		{ "erasure", MSG_TYPE_ERASURE },
		{ "erased", MSG_TYPE_ERASED },
		{ "crl", MSG_TYPE_CRL },
	};

	for (size_t i = 0; i < sizeof(core) / sizeof(core[0]); i++) {
		if (strcmp(core[i].type, type) == 0)
			return core[i].name;
	}
	return MSG_NONE;
}

const char *ak_answer_erased_for(const ak_cli *c, const char *reason)
{
	return strcmp(reason, "personal-data") == 0  ? ak_msg_text(MSG_ERASE_PERSONAL, c->ja)
	       : strcmp(reason, "confidential") == 0 ? ak_msg_text(MSG_ERASE_CONFIDENTIAL, c->ja)
	       : strcmp(reason, "order") == 0        ? ak_msg_text(MSG_ERASE_ORDER, c->ja) : reason;
}
