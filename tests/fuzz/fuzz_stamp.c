/* SPDX-License-Identifier: Apache-2.0 */
/* The input is a time-stamping authority's answer, or a bare token.  Properties: what is read from an answer is in bounds; its token, taken by itself,
 * says the same; nothing in it is believed by an authority of which nothing is pinned; judging it changes nothing and does not crash. */
#include "stamp/stamp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void judge(const ak_stamp *s)
{
	static const char *const policies[] = { "1.2.3.4.1" };
	static const ak_digest nobody;
	const ak_tsa tsa = { .name = "x", .operator_name = "x", .certificate = &nobody, .policies = policies, .n_policies = 1, .from = INT64_MIN, .until = INT64_MAX };
	const ak_stamp_info *i = ak_stamp_get_info(s);
	const ak_stamp_query q = { .imprint = { i->imprint, i->imprint_len }, .now = INT64_MAX, .tsa = &tsa, .n_tsa = 1 };
	ak_stamp_found found = { 0 };

	must(ak_stamp_verify(s, &q, &found, NULL) != AK_OK && found.by == NULL);
}

static void look(const ak_stamp *s)
{
	const ak_stamp_info *i = ak_stamp_get_info(s);
	ak_stamp *bare = NULL;

	must(i->imprint_len == 32 || i->imprint_len == 48 || i->imprint_len == 64);
	must(i->earliest <= i->time && i->time <= i->latest && i->latest - i->earliest <= 2 * AK_ACCURACY_MAX + 2);
	must(strlen(i->policy) < sizeof(i->policy) && strlen(i->serial) < sizeof(i->serial));
	must(ak_stamp_parse_token(ak_stamp_token(s), &bare, NULL) == AK_OK);
	must(memcmp(ak_stamp_get_info(bare)->imprint, i->imprint, i->imprint_len) == 0 && ak_stamp_get_info(bare)->time == i->time);
	ak_stamp_free(&bare);
	judge(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ak_stamp *s = NULL;

	if (ak_stamp_parse((ak_span){ data, size }, &s, NULL) == AK_OK)
		look(s);
	else
		must(s == NULL);
	ak_stamp_free(&s);
	if (ak_stamp_parse_token((ak_span){ data, size }, &s, NULL) == AK_OK)
		look(s);
	ak_stamp_free(&s);
	return 0;
}
