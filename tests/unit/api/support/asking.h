/* SPDX-License-Identifier: Apache-2.0 */
/* asking.h - the questions that need no name of a listing: what a ledger answers as a whole */
#ifndef AK_TEST_ASKING_H
#define AK_TEST_ASKING_H

#include "attack.h"

#include <stdio.h>

enum { ASK_LIST, ASK_VOID, ASK_SEARCH, ASK_STATUS, ASK_LOG, ASK_SHOW, QUESTIONS };

/* `record` is what ASK_SHOW is about. */
static inline ak_status ask(ak_ledger *l, const world *w, size_t question, uint64_t record, ak_text *out, ak_error *err)
{
	char name[24];

	(void)snprintf(name, sizeof(name), "%llu", (unsigned long long)record);
	switch (question) {
	case ASK_LIST:
		return ak_ledger_list(l, out, err);
	case ASK_VOID:
		return ak_ledger_list_void(l, out, err);
	case ASK_SEARCH:
		return ak_ledger_search(l, "名", 0, out, err);
	case ASK_STATUS:
		return ak_ledger_status(l, (ak_span){ (const uint8_t *)w->trust.data, w->trust.len }, LISTED_ON, 0, w->now, out, err);
	case ASK_LOG:
		return ak_ledger_log(l, NULL, NULL, 0, out, err);
	default:
		return ak_ledger_show(l, name, out, err);
	}
}

#endif
