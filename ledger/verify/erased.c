/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/erased.h"

#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"
#include "chain/tree.h"
#include "codec/jcs.h"
#include "crypto/hash.h"

#include <stdio.h>

enum { BODY_MAX = 256 };

ak_status ak_erased_format(ak_span about, ak_span ledger, ak_span genesis, const ak_header *h, const ak_digest *record,
                           const ak_digest *erasure, ak_buf *out, ak_error *err)
{
	char time[AK_UTCTIME_LEN + 1], of[AK_DIGEST_TEXT_LEN + 1], by[AK_DIGEST_TEXT_LEN + 1], body[BODY_MAX], hex[2 * AK_DIGEST_LEN + 1];
	ak_digest d;
	ak_status st;

	ak_utctime_format(h->time, time);
	ak_digest_format(record, of);
	ak_digest_format(erasure, by);
	(void)snprintf(body, sizeof(body), "{\"erasure\":\"%s\",\"record\":\"%s\"}", by, of);
	ak_sha256(ak_span_str(body), &d);
	ak_hex_encode(d.b, sizeof(d.b), hex);
	st = ak_buf_add_str(out, "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicate\":{\"about\":", err);
	if (st == AK_OK)
		st = ak_buf_add_span(out, about, err);
	if (st == AK_OK)
		st = ak_buf_addf(out, err, ",\"base\":\"%.*s\",\"body\":%s,\"genesis\":\"%.*s\",\"issued\":\"%s\",\"ledger\":\"%.*s\",\"refs\":[],"
		                 "\"scheme\":\"akashi\"},\"predicateType\":\"urn:akashi:erased:v1\",\"subject\":[{\"digest\":{\"sha256\":\"%s\"},"
		                 "\"name\":\"body\"}]}", (int)genesis.len, (const char *)genesis.data, body, (int)genesis.len,
		                 (const char *)genesis.data, time, (int)ledger.len, (const char *)ledger.data, hex);
	return st;
}

static ak_status format_of(const ak_sealed *s, const ak_digest *erasure, ak_buf *out, ak_error *err)
{
	char genesis[AK_DIGEST_TEXT_LEN + 1];
	ak_span about = { 0 };

	if (!s->statement.has_genesis || !ak_jcs_member(s->lines.statement, "predicate", "about", &about))
		return ak_fail(err, AK_BAD_FORMAT, "statement.genesis", s->header.seq, "the first record cannot be erased");
	ak_digest_format(&s->statement.genesis, genesis);
	return ak_erased_format(about, s->statement.ledger, ak_span_str(genesis), &s->header, &s->id, erasure, out, err);
}

ak_status ak_erased_file(const ak_sealed *s, const ak_digest *erasure, ak_buf *out, ak_error *err)
{
	ak_lines lines = s->lines;
	ak_buf line;
	ak_status st;

	ak_buf_init(&line, AK_STATEMENT_MAX);
	st = format_of(s, erasure, &line, err);
	if (st == AK_OK) {
		lines.statement = ak_buf_span(&line);
		st = ak_record_join(&lines, out, err);
	}
	ak_buf_clear(&line);
	return st;
}

ak_status ak_erased_look(const ak_sealed *s, bool *yes, ak_digest *erasure, ak_error *err)
{
	ak_buf want;
	ak_status st;

	*yes = false;
	if (!ak_span_is(s->statement.type, "erased") || !ak_span_is(s->statement.scheme, "akashi") || !s->statement.has_genesis ||
	    !ak_digest_parse(ak_json_get_text(s->statement.body, "erasure"), erasure))
		return AK_OK;
	ak_buf_init(&want, AK_STATEMENT_MAX);
	st = format_of(s, erasure, &want, err);
	*yes = st == AK_OK && ak_span_eq(ak_buf_span(&want), s->lines.statement);
	ak_buf_clear(&want);
	return st == AK_LIMIT ? AK_OK : st;
}

ak_status ak_erased_why(const ak_sealed *s, ak_error *err)
{
	char by[AK_DIGEST_TEXT_LEN + 1];

	ak_digest_format(&s->erasure, by);
	return ak_fail(err, AK_ERASED, "statement", s->header.seq, "its text was erased by record %s", by);
}

void ak_gaps_clear(ak_gaps *g)
{
	ak_mem_free(g->gap);
	*g = (ak_gaps){ 0 };
}

static void digest_about(const ak_sealed *s, ak_digest *out)
{
	ak_span about = { 0 };

	(void)ak_jcs_member(s->lines.statement, "predicate", "about", &about);
	ak_sha256(about, out);
}

ak_status ak_gaps_add(ak_gaps *g, const ak_sealed *erased, const char *origin, const ak_digest *genesis, ak_error *err)
{
	ak_gap *gap;
	ak_status st = ak_mem_grow((void **)&g->gap, &g->cap, g->n + 1, sizeof(*g->gap), err);

	if (st != AK_OK)
		return st;
	gap = &g->gap[g->n++];
	*gap = (ak_gap){ .seq = erased->header.seq, .id = erased->id, .erasure = erased->erasure, .want = erased->header.statement };
	gap->foreign = !ak_span_is(erased->statement.ledger, origin) || !ak_digest_eq(&erased->statement.genesis, genesis);
	digest_about(erased, &gap->about);
	ak_sha256(erased->lines.statement, &gap->found);
	return AK_OK;
}

void ak_gaps_prove(ak_gaps *g, const ak_sealed *by)
{
	ak_digest about, record;

	if (g->n == 0 || by->erased || !ak_span_is(by->statement.type, "erasure") ||
	    !ak_digest_parse(ak_json_get_text(by->statement.body, "record"), &record))
		return;
	digest_about(by, &about);
	for (size_t i = 0; i < g->n; i++) {
		ak_gap *gap = &g->gap[i];

		gap->proven = gap->proven || (!gap->foreign && gap->seq < by->header.seq && ak_digest_eq(&gap->id, &record) &&
		                              ak_digest_eq(&gap->erasure, &by->id) && ak_digest_eq(&gap->about, &about));
	}
}

ak_status ak_gaps_check(const ak_gaps *g, ak_error *err)
{
	for (size_t i = 0; i < g->n; i++) {
		if (!g->gap[i].proven)
			return ak_digest_mismatch(err, AK_CHAIN_BROKEN, "header.statement", g->gap[i].seq, &g->gap[i].want, &g->gap[i].found);
	}
	return AK_OK;
}
