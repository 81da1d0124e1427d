/* SPDX-License-Identifier: Apache-2.0 */
/* How SQLite joins.
 *
 * Where no index fits, SQLite makes one for that one run of the statement.  Over many records it must; over the few that stand behind one listing,
 * making it costs more than looking at each row.  So for few records it is told not to.
 *
 * Few records can still have many rows, since a view may take a body apart.  A statement that takes more than AK_RULES_STEPS_FEW is therefore begun again
 * with such indexes, under the full limit, and so is whatever is asked of these records after it.  All of this depends on the records and the package
 * only, so who asks, and what the sandbox was used for before, changes no answer. */
#include "base/fail.h"
#include "rules/db.h"

/* Statements that are prepared already are prepared again by SQLite when they are next run. */
static ak_status set(ak_rules *r, bool indexing, ak_error *err)
{
	ak_status st;

	if (r->indexing == indexing)
		return AK_OK;
	st = ak_rules_own(r, indexing ? "PRAGMA automatic_index = ON" : "PRAGMA automatic_index = OFF", err);
	if (st == AK_OK)
		r->indexing = indexing;
	return st;
}

ak_status ak_rules_plan(ak_rules *r, ak_error *err)
{
	return set(r, r->n_facts > AK_RULES_FEW, err);
}

bool ak_rules_once_more(ak_rules *r, ak_status *st, ak_error *err)
{
	if (*st != AK_STOPPED || r->stop != AK_STOP_STEPS || r->indexing)
		return false;
	*st = set(r, true, err);
	return *st == AK_OK;
}
