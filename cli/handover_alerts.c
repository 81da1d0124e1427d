/* SPDX-License-Identifier: Apache-2.0 */
#include "handover.h"

#include "js.h"
#include "messages.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BEAT_DAYS = 2, ROTATION_DAYS = 365, AHEAD_DAYS = 90, TEXT_MAX = 512, DAY_S = 86400, JST_S = 9 * 3600 };

/* {1} in a text of the table. */
static void fill(char out[TEXT_MAX], ak_msg m, bool ja, const char *what)
{
	const char *text = ak_msg_text(m, ja), *at = strstr(text, "{1}");

	if (at == NULL)
		(void)snprintf(out, TEXT_MAX, "%s", text);
	else
		(void)snprintf(out, TEXT_MAX, "%.*s%s%s", (int)(at - text), text, what, at + 3);
}

static bool add(json_t *list, const char *id, ak_msg m, const char *what)
{
	char ja[TEXT_MAX], en[TEXT_MAX];

	fill(ja, m, true, what);
	fill(en, m, false, what);
	return json_array_append_new(list, json_pack("{s:s,s:{s:s,s:s}}", "id", id, "text", "ja", ja, "en", en)) == 0;
}

static bool older(const json_t *all, const char *what, uint64_t days)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "%s.age_days", what);
	return !ak_js_has(all, what) || ak_js_num(all, path) >= days;
}

static bool add_seats(json_t *list, const json_t *all)
{
	const json_t *party, *member, *key;
	char what[200];
	size_t i, k, n;

	json_array_foreach(ak_js_at(all, "parties"), i, party) {
		json_array_foreach(ak_js_at(party, "members"), k, member) {
			bool counts = false;

			json_array_foreach(ak_js_at(member, "keys"), n, key)
				counts = counts || !ak_js_has(key, "last");
			(void)snprintf(what, sizeof(what), "%.63s/%.63s", ak_js_str(party, "party"), ak_js_str(member, "member"));
			if (!counts && !add(list, "seat-without-key", MSG_ALERT_SEAT, what))
				return false;
		}
	}
	return true;
}

/* Deleted or withdrawn by now: then nobody waits for its end.  Dates of this form sort as text. */
static bool has_ended(const json_t *row, const char *as_of)
{
	return ak_js_has(row, "ended") && strncmp(ak_js_str(row, "ended.on"), as_of, strlen(ak_js_str(row, "ended.on"))) <= 0;
}

static bool add_ending(json_t *list, const json_t *all, int64_t now)
{
	const time_t then = (time_t)(now + JST_S + (int64_t)AHEAD_DAYS * DAY_S);
	const json_t *row;
	struct tm tm;
	char limit[16];
	size_t i;

	if (gmtime_r(&then, &tm) == NULL || strftime(limit, sizeof(limit), "%Y-%m-%d", &tm) == 0)
		return true;
	json_array_foreach(ak_js_at(all, "listings"), i, row) {
		const char *end = ak_js_str(row, "expires_on");

		if (*end != '\0' && !has_ended(row, ak_js_str(all, "as_of")) && strcmp(end, ak_js_str(all, "as_of")) >= 0 && strcmp(end, limit) <= 0 &&
		    !add(list, "listing-expires", MSG_ALERT_LISTING, ak_js_str(row, "listing")))
			return false;
	}
	json_array_foreach(ak_js_at(all, "auditors"), i, row) {
		if (ak_js_has(row, "days_left") && ak_js_num(row, "days_left") <= AHEAD_DAYS && !add(list, "auditor-expires", MSG_ALERT_AUDITOR, ak_js_str(row, "auditor")))
			return false;
	}
	json_array_foreach(ak_js_at(all, "certificates"), i, row) {
		char what[200];

		(void)snprintf(what, sizeof(what), "%.63s/%.63s", ak_js_str(row, "party"), ak_js_str(row, "member"));
		if (json_integer_value(json_object_get(row, "days_left")) <= AHEAD_DAYS && !add(list, "certificate-ends", MSG_ALERT_CERTIFICATE, what))
			return false;
	}
	return true;
}

json_t *ak_handover_alerts(int64_t now, const json_t *all)
{
	json_t *list = json_array();
	bool ok = list != NULL, closed = ak_js_has(all, "closing");

	if (ok && closed)
		ok = add(list, "ledger-ended", MSG_ALERT_ENDED, ak_js_str(all, "closing.day"));
	if (ok && !closed && older(all, "heartbeat", BEAT_DAYS) && older(all, "sealed", BEAT_DAYS))
		ok = add(list, "heartbeat-missing", MSG_ALERT_HEARTBEAT, "");
	if (ok && !closed && older(all, "rotated", ROTATION_DAYS))
		ok = add(list, "rotation-due", MSG_ALERT_ROTATION, "");
	if (ok && strcmp(ak_js_str(all, "trust.quorum"), "none") == 0)
		ok = add(list, "no-quorum", MSG_ALERT_QUORUM, "");
	if (ok && !closed)
		ok = add_seats(list, all);
	if (ok && !closed)
		ok = add_ending(list, all, now);
	if (!ok) {
		json_decref(list);
		return NULL;
	}
	return list;
}
