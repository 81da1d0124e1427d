/* SPDX-License-Identifier: Apache-2.0 */
#include "standings.h"

#include "findings.h"
#include "js.h"
#include "term.h"

#include <string.h>

const char *ak_standings_date(const ak_cli *c, const char *stored, char room[AK_CELL_ROOM])
{
	char date[AK_TERM_DATE_MAX];

	(void)snprintf(room, AK_CELL_ROOM, "%s", ak_term_date(c->ja, stored, date));
	return *room != '\0' ? room : "—";
}

const ak_standings_degree ak_standings_reaches[AK_STANDINGS_REACHES] = {
	{ "full-chain", MSG_COVERAGE_FULL, MSG_COVERAGE_FULL_IS },
	{ "operator-attested", MSG_COVERAGE_OPERATOR, MSG_COVERAGE_OPERATOR_IS },
	{ "public-list", MSG_COVERAGE_PUBLIC, MSG_COVERAGE_PUBLIC_IS },
	{ "none", MSG_COVERAGE_NONE, MSG_COVERAGE_NONE_IS },
};

const char *ak_standings_reach(const ak_cli *c, const char *stored)
{
	for (size_t i = 0; i < AK_STANDINGS_REACHES; i++) {
		if (strcmp(ak_standings_reaches[i].stored, stored) == 0)
			return ak_msg_text(ak_standings_reaches[i].word, c->ja);
	}
	return stored;
}

static const char *listing_cell(const ak_cli *c, const json_t *row, size_t column, char room[AK_CELL_ROOM])
{
	switch (column) {
	case 0:
		return ak_js_str(row, "listing");
	case 1:
		return ak_answer_word(c, ak_js_str(row, "verdict"));
	case 2:
		return ak_standings_date(c, ak_js_str(row, "expires_on"), room);
	case 3:
		return ak_js_lang(row, "service", c->ja);
	case 4:
		return ak_js_lang(row, "provider", c->ja);
	default:
		return ak_finding_reason(c, row, room, AK_CELL_ROOM);
	}
}

/* "valid 1 · expired 1": how many of each, best first. */
static void sum_up(const ak_cli *c, const json_t *listings)
{
	static const char *const verdicts[] = { "valid", "suspended", "expired", "invalid", "unverifiable" };
	const json_t *row;
	const char *gap = "";
	size_t i;

	for (size_t k = 0; k < sizeof(verdicts) / sizeof(verdicts[0]); k++) {
		uint64_t n = 0;

		json_array_foreach(listings, i, row)
			n += strcmp(ak_js_str(row, "verdict"), verdicts[k]) == 0;
		if (n == 0)
			continue;
		(void)fputs(gap, stdout);
		ak_out_put(c, stdout, MSG_STATUS_COUNT, ak_answer_word(c, verdicts[k]), AK_NUM(n), NULL);
		gap = " · ";
	}
	(void)fputs(*gap != '\0' ? "\n\n" : "\n", stdout);
}

void ak_standings_head(const ak_cli *c, const json_t *o)
{
	char date[AK_TERM_DATE_MAX];

	ak_out_line(c, stdout, MSG_STATUS_AS_OF, ak_term_date(c->ja, ak_js_str(o, "as_of"), date), AK_NUM(ak_js_num(o, "known_at")), NULL);
}

/* That there is no listing is another thing than that none of them counts. */
void ak_standings_missing(const ak_cli *c, const json_t *o)
{
	if (ak_js_len(o, "void") > 0)
		ak_out_line(c, stdout, MSG_VOID_LISTINGS, AK_NUM(ak_js_len(o, "void")), NULL);
	else if (ak_js_len(o, "listings") == 0)
		ak_out_line(c, stdout, MSG_NO_LISTINGS, NULL);
}

void ak_standings_print(const ak_cli *c, const json_t *o)
{
	static const ak_msg heads[] = { MSG_HEAD_LISTING, MSG_HEAD_STANDING, MSG_HEAD_EXPIRES,
		                        MSG_HEAD_SERVICE, MSG_HEAD_PROVIDER, MSG_HEAD_REASON };
	const json_t *listings = ak_js_at(o, "listings");

	sum_up(c, listings);
	ak_standings_missing(c, o);
	ak_answer_table(c, listings, heads, sizeof(heads) / sizeof(heads[0]), listing_cell);
}
