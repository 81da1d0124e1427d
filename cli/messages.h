/* SPDX-License-Identifier: Apache-2.0 */
/* messages.h - every text that people read, by key, in English and Japanese
 *
 * The texts are in messages.def (what commands say), messages_tools.def (working tools), messages_report.def (the report),
 * messages_meeting.def (a meeting and its papers), messages_apart.def (requests for signatures), messages_stamp.def (time stamps), messages_renew.def (renewing them), messages_drill.def (the end of a ledger, handing over), messages_evidence.def (what is not public) and messages_help.def (help).  {1} … {9} stand for arguments, which may come in another order in another language.  Texts may be
 * reworded; the keys of --json may not.
 */
#ifndef AK_CLI_MESSAGES_H
#define AK_CLI_MESSAGES_H

#include <stdbool.h>
#include <stdio.h>

typedef enum ak_msg {
	MSG_NONE, /* the empty text */
#define AK_M(key, en, ja) MSG_##key,
#include "messages.def"
#include "messages_apart.def"
#include "messages_drill.def"
#include "messages_evidence.def"
#include "messages_help.def"
#include "messages_meeting.def"
#include "messages_renew.def"
#include "messages_x509.def"
#include "messages_report.def"
#include "messages_stamp.def"
#include "messages_tools.def"
#undef AK_M
	MSG_END
} ak_msg;

const char *ak_msg_text(ak_msg m, bool ja); /* never NULL */

#endif
