/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"

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
		{ "imported", MSG_WORD_IMPORTED },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i].stored, stored) == 0)
			return ak_msg_text(words[i].word, c->ja);
	}
	return stored;
}
