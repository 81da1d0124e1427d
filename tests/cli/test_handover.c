/* SPDX-License-Identifier: Apache-2.0 */
/* What a handover warns of: each thing that was forgotten, and its nearest neighbour that was not. */
#include "handover.h"

#include "js.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* 2026-11-23 in Japan */
#define NOW INT64_C(1795395600)
#define GOOD \
	"\"as_of\":\"2026-11-23\",\"trust\":{\"quorum\":\"w\"},\"rotated\":{\"age_days\":364},\"sealed\":{\"age_days\":9},\"heartbeat\":{\"age_days\":1}"

static void warns(const char *members, const char *want)
{
	char text[2048], got[256] = "";
	json_t *all, *list, *a;
	size_t i;

	(void)snprintf(text, sizeof(text), "{%s}", members);
	all = json_loads(text, 0, NULL); /* of a member that stands twice the later one counts */
	assert_non_null(all);
	list = ak_handover_alerts(NOW, all);
	assert_non_null(list);
	json_array_foreach(list, i, a) {
		size_t used = strlen(got);

		assert_true(*ak_js_str(a, "text.ja") != '\0' && *ak_js_str(a, "text.en") != '\0');
		assert_null(strstr(ak_js_str(a, "text.en"), "{1}"));
		(void)snprintf(got + used, sizeof(got) - used, "%s%s", used > 0 ? " " : "", ak_js_str(a, "id"));
	}
	json_decref(list);
	json_decref(all);
	if (strcmp(got, want) != 0)
		fail_msg("%s: warns of \"%s\", want \"%s\"", members, got, want);
}

static void nothing_is_forgotten(void **state)
{
	(void)state;
	warns(GOOD, "");
}

static void a_heartbeat_that_stopped(void **state)
{
	(void)state;
	warns(GOOD ",\"heartbeat\":{\"age_days\":2}", "heartbeat-missing");
	warns(GOOD ",\"heartbeat\":null", "heartbeat-missing");
	/* A record says as much as a heartbeat. */
	warns(GOOD ",\"heartbeat\":null,\"sealed\":{\"age_days\":1}", "");
}

static void a_rotation_that_is_due(void **state)
{
	(void)state;
	warns(GOOD ",\"rotated\":{\"age_days\":365}", "rotation-due");
	warns(GOOD ",\"trust\":{\"quorum\":\"none\"}", "no-quorum");
}

static void a_ledger_that_ended_asks_for_no_heartbeat(void **state)
{
	(void)state;
	warns(GOOD ",\"heartbeat\":null,\"rotated\":{\"age_days\":900},\"closing\":{\"day\":\"2026-10-01\"}", "ledger-ended");
}

#define SEAT(keys) GOOD ",\"parties\":[{\"party\":\"committee\",\"members\":[{\"member\":\"m2\",\"keys\":[" keys "]}]}]"

static void a_seat_without_a_key(void **state)
{
	(void)state;
	warns(SEAT("{\"id\":\"a\",\"last\":9}"), "seat-without-key");
	warns(SEAT(""), "seat-without-key");
	warns(SEAT("{\"id\":\"a\",\"last\":9},{\"id\":\"b\",\"last\":null}"), "");
}

static void what_ends_soon(void **state)
{
	(void)state;
	warns(GOOD ",\"listings\":[{\"listing\":\"x\",\"expires_on\":\"2027-02-21\"}]", "listing-expires");
	warns(GOOD ",\"listings\":[{\"listing\":\"x\",\"expires_on\":\"2027-02-22\"}]", "");
	warns(GOOD ",\"listings\":[{\"listing\":\"x\",\"expires_on\":\"2026-11-22\"}]", "");
	/* Deleted today, in this month, or nobody knows when; and what is to be deleted tomorrow. */
	warns(GOOD ",\"listings\":[{\"listing\":\"x\",\"expires_on\":\"2027-02-21\",\"ended\":{\"on\":\"2026-11-23\"}}]", "");
	warns(GOOD ",\"listings\":[{\"listing\":\"x\",\"expires_on\":\"2027-02-21\",\"ended\":{\"on\":\"2026-11\"}}]", "");
	warns(GOOD ",\"listings\":[{\"listing\":\"x\",\"expires_on\":\"2027-02-21\",\"ended\":{\"on\":null}}]", "");
	warns(GOOD ",\"listings\":[{\"listing\":\"x\",\"expires_on\":\"2027-02-21\",\"ended\":{\"on\":\"2026-11-24\"}}]", "listing-expires");
	warns(GOOD ",\"auditors\":[{\"auditor\":\"x\",\"days_left\":90}]", "auditor-expires");
	warns(GOOD ",\"auditors\":[{\"auditor\":\"x\",\"days_left\":91}]", "");
	warns(GOOD ",\"auditors\":[{\"auditor\":\"x\",\"days_left\":null}]", "");
	warns(GOOD ",\"certificates\":[{\"party\":\"x\",\"member\":\"seal\",\"days_left\":90}]", "certificate-ends");
	warns(GOOD ",\"certificates\":[{\"party\":\"x\",\"member\":\"seal\",\"days_left\":91}]", "");
	warns(GOOD ",\"certificates\":[{\"party\":\"x\",\"member\":\"seal\",\"days_left\":-3}]", "certificate-ends");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_forgotten),
		cmocka_unit_test(a_heartbeat_that_stopped),
		cmocka_unit_test(a_rotation_that_is_due),
		cmocka_unit_test(a_ledger_that_ended_asks_for_no_heartbeat),
		cmocka_unit_test(a_seat_without_a_key),
		cmocka_unit_test(what_ends_soon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
