/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/good_lines.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "verify/cosignature.h"

#include <string.h>

typedef enum sort { OPERATOR, COSIGNATURE } sort;

/* All that the signature hangs on: text, key, and the line as it stands. */
static void name(sort what, ak_span text, const ak_note_line *l, const uint8_t key[32], ak_digest *out)
{
	uint8_t of[AK_DIGEST_LEN + 32];
	ak_digest d;

	ak_sha256(text, &d);
	memcpy(of, d.b, AK_DIGEST_LEN);
	memcpy(of + AK_DIGEST_LEN, key, 32);
	ak_sha256_tagged((uint8_t)what, (ak_span){ of, sizeof(of) }, l->raw, out);
}

static bool have(const ak_good_lines *g, const ak_digest *line)
{
	for (size_t i = 0; i < g->n && i < AK_GOOD_LINES_MAX; i++) {
		if (ak_digest_eq(&g->line[i], line))
			return true;
	}
	return false;
}

static void put(ak_good_lines *g, const ak_digest *line)
{
	g->line[g->n++ % AK_GOOD_LINES_MAX] = *line;
}

ak_status ak_good_operator_line(ak_good_lines *g, ak_span text, ak_span origin, const ak_note_line *l, const uint8_t key[32],
                                ak_error *err)
{
	ak_digest line;
	ak_status st;

	if (g == NULL || !ak_span_eq(l->name, origin))
		return ak_operator_line_check(text, origin, l, key, err);
	name(OPERATOR, text, l, key, &line);
	if (have(g, &line))
		return AK_OK;
	st = ak_operator_line_check(text, origin, l, key, err);
	if (st == AK_OK)
		put(g, &line);
	return st;
}

ak_status ak_good_cosignature(ak_good_lines *g, ak_span text, const ak_note_line *l, const uint8_t key[32], bool *good, int64_t *time,
                              ak_error *err)
{
	ak_digest line;
	ak_status st;

	if (g == NULL)
		return ak_cosignature_check(text, l, key, good, time, err);
	name(COSIGNATURE, text, l, key, &line);
	*good = have(g, &line);
	if (*good) {
		*time = (int64_t)ak_get_be64(l->blob);
		return AK_OK;
	}
	st = ak_cosignature_check(text, l, key, good, time, err);
	if (st == AK_OK && *good)
		put(g, &line);
	return st;
}
