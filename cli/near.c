/* SPDX-License-Identifier: Apache-2.0 */
#include "near.h"

#include "js.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { NAME_ROOM = 160 };

/* How many letters have to be changed, added or left out; upper case as lower. */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_ROOM], n = strlen(b);

	if (n >= NAME_ROOM)
		return SIZE_MAX;
	for (size_t k = 0; k <= n; k++)
		row[k] = k;
	for (size_t i = 1; *a != '\0'; a++, i++) {
		size_t before = row[0];

		row[0] = i;
		for (size_t k = 1; k <= n; k++) {
			const size_t changed = before + (tolower((unsigned char)*a) != tolower((unsigned char)b[k - 1]));

			before = row[k];
			row[k] = changed < row[k] + 1 ? changed : row[k] + 1;
			row[k] = row[k] < row[k - 1] + 1 ? row[k] : row[k - 1] + 1;
		}
	}
	return row[n];
}

static bool is_like(const json_t *row, const char *asked)
{
	enum { SLIPS = 2 };
	const char *listing = ak_js_str(row, "listing");

	return distance(listing, asked) <= SLIPS || strstr(listing, asked) != NULL || strstr(ak_js_str(row, "service"), asked) != NULL ||
	       strstr(ak_js_str(row, "provider"), asked) != NULL;
}

bool ak_near_known(ak_ledger *l, const char *listing)
{
	ak_text json = { 0 };
	json_t *rows = NULL;
	const json_t *v;
	bool known = false;
	size_t i;

	if (ak_ledger_log(l, listing, NULL, 1, &json, NULL) != AK_OK)
		return true; /* what is wrong is told elsewhere */
	rows = ak_js_parse(&json);
	ak_text_free(&json);
	json_array_foreach(ak_js_at(json_array_get(rows, 0), "about"), i, v) {
		const char *at = json_is_string(v) ? strstr(json_string_value(v), "/listing:") : NULL;

		known = known || (at != NULL && strcmp(at + strlen("/listing:"), listing) == 0);
	}
	json_decref(rows);
	return known;
}

json_t *ak_near_to(ak_ledger *l, const char *asked)
{
	enum { SHOWN = 5 };
	ak_text json = { 0 };
	json_t *rows = NULL, *near = json_array();
	const json_t *row;
	size_t i;

	if (ak_ledger_list(l, &json, NULL) == AK_OK)
		rows = ak_js_parse(&json);
	ak_text_free(&json);
	json_array_foreach(rows, i, row) {
		if (json_array_size(near) < SHOWN && is_like(row, asked))
			(void)json_array_append(near, json_object_get(row, "listing"));
	}
	json_decref(rows);
	return near;
}

void ak_near_tell(const ak_cli *c, const json_t *near)
{
	char list[NAME_ROOM * 5] = "";
	const json_t *v;
	size_t i, used = 0;

	json_array_foreach(near, i, v)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%.140s", i > 0 ? c->ja ? "、" : ", " : "", json_string_value(v));
	if (used > 0)
		ak_out_note(c, MSG_BUNDLE_NEAR, list, NULL);
	else
		ak_out_note(c, MSG_BUNDLE_NONE_NEAR, NULL);
}
