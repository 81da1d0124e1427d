/* SPDX-License-Identifier: Apache-2.0 */
/* What to do next, of an error alone. */
#include "out.h"

#include "term.h"

#include <string.h>

static ak_msg next_of_remote(const ak_error *e)
{
	if (e->status == AK_IO)
		return strcmp(e->where, "remote.locked") == 0 ? MSG_NEXT_REMOTE_LOCK : MSG_NEXT_REMOTE_REACH;
	if (e->status == AK_CONFLICT)
		return strcmp(e->where, "remote.taken") == 0 ? MSG_NEXT_REMOTE_CLONE : MSG_NEXT_REMOTE_AGAIN;
	if (e->status == AK_FORK)
		return strcmp(e->where, "remote.head") == 0 ? MSG_NEXT_REMOTE_BACK : MSG_NEXT_EVIDENCE;
	return strcmp(e->where, "remote.unsaid") == 0 ? MSG_NEXT_REMOTE_SAY : MSG_NONE;
}

static ak_msg next_step(const ak_error *e)
{
	const char *where = e->where == NULL ? "" : e->where;

	if (strncmp(where, "remote.", 7) == 0)
		return next_of_remote(e);
	switch (e->status) {
	case AK_HELD_BACK:
	case AK_CONFLICT:
		return MSG_NEXT_DRAFT_ANEW;
	case AK_BAD_CERTIFICATE:
		return strstr(e->detail, "certificate root") != NULL ? MSG_NEXT_CERTIFICATE : strstr(e->detail, "issuer certificate") != NULL ? MSG_NEXT_CHAIN : MSG_NONE;
	case AK_NOT_AUTHORISED:
		if (strncmp(e->detail, "the profile in force has no role ", 33) == 0)
			return MSG_NEXT_ROLE;
		if (strcmp(where, "body.record") == 0 && strstr(e->detail, "others rest on it") != NULL)
			return MSG_NEXT_CORE;
		if (strcmp(where, "operator.key") == 0 || strcmp(where, "operator.old_key") == 0)
			return MSG_NEXT_OPERATOR;
		return strcmp(where, "cosignature") == 0 ? MSG_NEXT_WITNESS_LINE : MSG_NEXT_SIGN_MORE;
	case AK_NO_TRUSTED_SIG:
		return strcmp(where, "cosignature") == 0 ? MSG_NEXT_WITNESS_LINE : MSG_NEXT_SIGN_MORE;
	case AK_WRONG_LEDGER:
		return MSG_NEXT_OTHER_LEDGER;
	case AK_ERASED:
		return MSG_NEXT_ERASED;
	case AK_LEDGER_ENDED:
		return MSG_NEXT_ENDED;
	case AK_SCHEMA:
		return strcmp(where, "body.class") == 0 ? MSG_NEXT_CLASS : strcmp(where, "document.class") == 0 ? MSG_NEXT_CLOSED : MSG_NEXT_SCHEMA;
	case AK_DANGLING:
		return MSG_NEXT_DANGLING;
	case AK_REPEATED:
		return strcmp(where, "batch") == 0 ? MSG_NEXT_TWICE : strcmp(where, "submission") == 0 ? MSG_NEXT_PAPER_TWICE : MSG_NEXT_REPEATED;
	case AK_BAD_FORMAT:
		return strncmp(where, "trust.", 6) == 0 ? MSG_NEXT_TRUST : strcmp(where, "armour") == 0 ? MSG_NEXT_ARMOUR : MSG_NEXT_FORM;
	case AK_BAD_SIGNATURE:
		return strcmp(where, "envelope.content") == 0 ? MSG_NEXT_ENVELOPE : MSG_NEXT_SIGN_ANEW;
	case AK_ABOUT_MISMATCH:
		return MSG_NEXT_SUBJECTS;
	case AK_LOCKED:
		return MSG_NEXT_LOCKED;
	case AK_CLOCK:
		if (strcmp(where, "evidence_record.archiveTimeStamp") == 0)
			return strstr(e->detail, "ended") != NULL ? MSG_NEXT_STAMP_ENDED : MSG_NEXT_STAMP_LATER;
		return strcmp(where, "statement.issued") == 0 ? MSG_NEXT_ISSUED : MSG_NEXT_CLOCK;
	case AK_UNKNOWN_TYPE:
		return MSG_NEXT_TYPE;
	case AK_KEY_REUSED:
		return strcmp(where, "dsse.signatures") == 0 ? MSG_NEXT_HAND_ON : MSG_NEXT_OTHER_KEY;
	case AK_WEAK_KEY:
		return MSG_NEXT_OTHER_KEY;
	case AK_CHAIN_BROKEN:
	case AK_TREE_MISMATCH:
	case AK_MAP_MISMATCH:
	case AK_GIT_HISTORY:
		return MSG_NEXT_EVIDENCE;
	case AK_FORK:
		return strcmp(where, "operator.state") == 0 ? MSG_NEXT_NEWEST : MSG_NEXT_EVIDENCE;
	case AK_UNKNOWN_VERSION:
		if (strcmp(where, "header.v") == 0)
			return MSG_NEXT_VERSION;
		/* fall through */
	case AK_NOT_HELD:
		if (strncmp(where, "draft.", 6) == 0)
			return MSG_NEXT_NEWER_PROGRAM;
		return strncmp(where, "git.", 4) == 0 ? MSG_NEXT_CLONE : MSG_NEXT_NEWER;
	case AK_NOT_FOUND:
	case AK_INVALID_ARGUMENT:
		if (strcmp(where, "operator.old_key") == 0)
			return MSG_NEXT_OPERATOR;
		if (strcmp(where, "use.task") == 0 && *e->expected == '\0')
			return MSG_NEXT_NO_TASKS;
		return strcmp(where, "record") == 0 ? MSG_NEXT_RECORD : strcmp(where, "field") == 0 ? MSG_NEXT_FIELD
		       : strcmp(where, "subject") == 0 ? MSG_NEXT_WORDS : strcmp(where, "witness.name") == 0 ? MSG_NEXT_WITNESS_NAME : MSG_NONE;
	default:
		return MSG_NONE;
	}
}

/* What was typed full-width, as it would be asked for. */
static const char *half_width(const ak_error *e, char *out, size_t room)
{
	const char *typed = ak_term_half_width(e->found, out, room);

	return typed != NULL ? typed : ak_term_half_width(e->expected, out, room);
}

const char *ak_out_next(const ak_cli *c, const char *file, const ak_error *e, char room[AK_NEXT_ROOM])
{
	char typed[sizeof(e->found)];
	ak_msg m = next_step(e);

	if (m == MSG_NONE && half_width(e, typed, sizeof(typed)) != NULL)
		return ak_out_text(c, room, AK_NEXT_ROOM, MSG_NEXT_HALF_WIDTH, typed, NULL);
	return ak_out_text(c, room, AK_NEXT_ROOM, m, file == NULL ? "FILE" : file, NULL);
}
