/* SPDX-License-Identifier: Apache-2.0 */
#include "messages.h"

typedef struct pair {
	const char *en, *ja;
} pair;

static const pair texts[] = {
	[MSG_NONE] = { "", "" },
#define AK_M(key, en, ja) [MSG_##key] = { en, ja },
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
};

const char *ak_msg_text(ak_msg m, bool ja)
{
	if (m < MSG_NONE || m >= MSG_END)
		m = MSG_NONE;
	return ja ? texts[m].ja : texts[m].en;
}
