/* SPDX-License-Identifier: Apache-2.0 */
#include "model/trust.h"

#include "base/fail.h"
#include "base/text.h"

#include <string.h>

enum { WHO_MAX = AK_TRUST_WITNESSES_MAX + AK_TRUST_GROUPS_MAX };

typedef struct reader {
	ak_trust t;
	ak_sha256_fn *sha;
	const char *where; /* "trust.<kind>" of this line */
	uint64_t line;     /* from 1 */
	ak_span rest;      /* fields not taken yet */
	bool member[WHO_MAX]; /* is a member of some group already */
} reader;

typedef ak_status line_fn(reader *r, ak_error *err);

static ak_status bad(const reader *r, ak_error *err, const char *what)
{
	return ak_fail(err, AK_BAD_FORMAT, r->where, r->line, "%s", what);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The next run of bytes that are not blank; empty at the end of the line. */
static ak_span next_field(ak_span *rest)
{
	size_t from = 0, to;

	while (from < rest->len && is_blank(rest->data[from]))
		from++;
	to = from;
	while (to < rest->len && !is_blank(rest->data[to]))
		to++;
	{
		ak_span field = { rest->data + from, to - from };

		*rest = (ak_span){ rest->data + to, rest->len - to };
		return field;
	}
}

static bool more_fields(const reader *r)
{
	ak_span rest = r->rest;

	return next_field(&rest).len != 0;
}

/* ---- names ------------------------------------------------------------------------------------------------ */

const char *ak_trust_name(const ak_trust *t, int who)
{
	if (who >= 0 && (size_t)who < t->n_witnesses)
		return t->witness[who].name;
	if (who >= AK_TRUST_WITNESSES_MAX && (size_t)(who - AK_TRUST_WITNESSES_MAX) < t->n_groups)
		return t->group[who - AK_TRUST_WITNESSES_MAX].name;
	return "none";
}

/* A witness or group of that name on an earlier line. */
static bool find(const ak_trust *t, ak_span name, int *who)
{
	for (int i = 0; i < (int)t->n_witnesses; i++) {
		if (ak_span_is(name, t->witness[i].name)) {
			*who = i;
			return true;
		}
	}
	for (int i = 0; i < (int)t->n_groups; i++) {
		if (ak_span_is(name, t->group[i].name)) {
			*who = AK_TRUST_WITNESSES_MAX + i;
			return true;
		}
	}
	return false;
}

static ak_status take_new_name(reader *r, char out[AK_NOTE_NAME_MAX + 1], ak_error *err)
{
	ak_span name = next_field(&r->rest);
	int who;

	if (name.len == 0)
		return bad(r, err, "has no name");
	if (name.len > AK_NOTE_NAME_MAX)
		return bad(r, err, "the name is over 255 bytes");
	if (ak_span_is(name, "none"))
		return bad(r, err, "'none' cannot be a name");
	if (find(&r->t, name, &who))
		return bad(r, err, "the name is used on an earlier line");
	memcpy(out, name.data, name.len);
	out[name.len] = '\0';
	return AK_OK;
}

/* A name of an earlier line, or "none". */
static ak_status take_who(reader *r, int *who, ak_error *err)
{
	ak_span name = next_field(&r->rest);

	if (name.len == 0)
		return bad(r, err, "needs a witness, a group or none");
	if (ak_span_is(name, "none"))
		*who = AK_TRUST_NONE;
	else if (!find(&r->t, name, who))
		return bad(r, err, "no witness or group of this name on an earlier line");
	return AK_OK;
}

/* ---- fields ----------------------------------------------------------------------------------------------- */

static ak_status take_vkey(reader *r, uint8_t type, ak_vkey *out, ak_error *err)
{
	ak_error why = { 0 };
	ak_status st = ak_vkey_parse(next_field(&r->rest), r->sha, out, &why);

	if (st != AK_OK)
		return ak_fail(err, st, r->where, r->line, "not a verifier key: %s: %s%s%s%s%s",
		               why.where, why.detail, why.expected[0] == '\0' ? "" : ": expected ",
		               why.expected, why.found[0] == '\0' ? "" : ", found ", why.found);
	if (out->type != type)
		return bad(r, err, type == AK_NOTE_ED25519
		                       ? "a log key has type 01 (Ed25519)"
		                       : "a witness key has type 04 (Ed25519 cosignature)");
	return AK_OK;
}

/* One key in two places would let one holder count twice, or watch itself. */
static ak_status check_key_is_new(const reader *r, const ak_vkey *k, ak_error *err)
{
	bool used = r->t.log.name[0] != '\0' && memcmp(r->t.log.key, k->key, sizeof(k->key)) == 0;

	for (size_t i = 0; i < r->t.n_witnesses; i++)
		used = used || memcmp(r->t.witness[i].key.key, k->key, sizeof(k->key)) == 0;
	return used ? bad(r, err, "the public key is on an earlier line") : AK_OK;
}

static ak_status take_digest(reader *r, ak_digest *out, ak_error *err)
{
	if (!ak_digest_parse(next_field(&r->rest), out))
		return bad(r, err, "needs sha256: and 64 lower-case hex digits");
	return AK_OK;
}

/* ---- lines ------------------------------------------------------------------------------------------------ */

static ak_status read_log(reader *r, ak_error *err)
{
	ak_vkey k;
	ak_status st = take_vkey(r, AK_NOTE_ED25519, &k, err);

	if (st == AK_OK && !ak_origin_valid(ak_span_str(k.name)))
		st = bad(r, err, "the key's name is not a ledger origin");
	if (st == AK_OK)
		st = check_key_is_new(r, &k, err);
	if (st != AK_OK)
		return st;
	r->t.log = k;
	r->t.log_line = r->line;
	(void)next_field(&r->rest); /* the URL is for programs that go online */
	return AK_OK;
}

static ak_status read_witness(reader *r, ak_error *err)
{
	ak_trust_witness w = { 0 };
	ak_status st = take_new_name(r, w.name, err);

	if (st == AK_OK)
		st = take_vkey(r, AK_NOTE_COSIGNATURE, &w.key, err);
	if (st == AK_OK)
		st = check_key_is_new(r, &w.key, err);
	if (st != AK_OK)
		return st;
	w.line = r->line;
	r->t.witness[r->t.n_witnesses++] = w;
	(void)next_field(&r->rest);
	return AK_OK;
}

static ak_status take_member(reader *r, ak_trust_group *g, ak_error *err)
{
	int who = AK_TRUST_NONE;
	ak_status st = take_who(r, &who, err);

	if (st != AK_OK)
		return st;
	if (who == AK_TRUST_NONE)
		return bad(r, err, "'none' cannot be a member");
	if (r->member[who])
		return bad(r, err, "a name is a member twice");
	/* No overflow: a name is a member once, and there are no more names than places. */
	r->member[who] = true;
	g->member[g->n++] = who;
	return AK_OK;
}

static ak_status read_group(reader *r, ak_error *err)
{
	ak_trust_group *g = &r->t.group[r->t.n_groups]; /* not looked at by find() before it is counted */
	ak_status st = take_new_name(r, g->name, err);
	uint64_t k = 0;
	ak_span need;

	if (st != AK_OK)
		return st;
	need = next_field(&r->rest);
	if (!ak_span_is(need, "all") && !ak_span_is(need, "any") && !ak_decimal_parse(need, &k))
		return bad(r, err, "needs all, any or a number after the name");
	while (st == AK_OK && more_fields(r))
		st = take_member(r, g, err);
	if (st != AK_OK)
		return st;
	if (g->n == 0)
		return bad(r, err, "has no members");
	if (ak_span_is(need, "all"))
		k = g->n;
	else if (ak_span_is(need, "any"))
		k = 1;
	if (k < 1 || k > g->n)
		return bad(r, err, "the number must be from 1 to the number of members");
	g->k = (size_t)k;
	r->t.n_groups++;
	return AK_OK;
}

static ak_status read_quorum(reader *r, ak_error *err)
{
	return take_who(r, &r->t.quorum, err);
}

static ak_status read_complete(reader *r, ak_error *err)
{
	return take_who(r, &r->t.complete, err);
}

static ak_status read_genesis(reader *r, ak_error *err)
{
	return take_digest(r, &r->t.genesis, err);
}

static ak_status read_keyset(reader *r, ak_error *err)
{
	r->t.has_keyset = true;
	return take_digest(r, &r->t.keyset, err);
}

static ak_status read_fresh(reader *r, ak_error *err)
{
	ak_span f = next_field(&r->rest);
	uint64_t days;

	if (f.len < 3 || f.data[0] != 'P' || f.data[f.len - 1] != 'D' ||
	    !ak_decimal_parse((ak_span){ f.data + 1, f.len - 2 }, &days) || days < 1 ||
	    days > AK_TRUST_FRESH_MAX)
		return bad(r, err, "needs a number of days from P1D to P3650D");
	r->t.fresh_days = (int32_t)days;
	return AK_OK;
}

static ak_status read_profile(reader *r, ak_error *err)
{
	ak_trust_pin *pin = &r->t.pin[r->t.n_pins];
	ak_span scheme = next_field(&r->rest);

	if (!ak_name_valid(scheme))
		return bad(r, err, "needs a scheme name");
	memcpy(pin->scheme, scheme.data, scheme.len);
	r->t.n_pins++;
	return take_digest(r, &pin->digest, err);
}

/* ---- the file --------------------------------------------------------------------------------------------- */

static const struct kind {
	const char *word, *where;
	line_fn *read;
	size_t least, most; /* lines of this kind */
} kinds[] = {
	{ "log", "trust.log", read_log, 1, 1 },
	{ "witness", "trust.witness", read_witness, 0, AK_TRUST_WITNESSES_MAX },
	{ "group", "trust.group", read_group, 0, AK_TRUST_GROUPS_MAX },
	{ "quorum", "trust.quorum", read_quorum, 1, 1 },
	{ "genesis", "trust.genesis", read_genesis, 1, 1 },
	{ "complete", "trust.complete", read_complete, 1, 1 },
	{ "fresh", "trust.fresh", read_fresh, 1, 1 },
	{ "keyset", "trust.keyset", read_keyset, 0, 1 },
	{ "profile", "trust.profile", read_profile, 0, AK_TRUST_PINS_MAX },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static ak_status read_line(reader *r, ak_span line, size_t seen[KINDS], ak_error *err)
{
	ak_span word;
	ak_status st;

	r->rest = line;
	word = next_field(&r->rest);
	if (word.len == 0 || word.data[0] == '#')
		return AK_OK;
	for (size_t i = 0; i < KINDS; i++) {
		if (!ak_span_is(word, kinds[i].word))
			continue;
		r->where = kinds[i].where;
		if (seen[i]++ == kinds[i].most)
			return ak_fail(err, AK_BAD_FORMAT, r->where, r->line,
			               "at most %zu such line(s) are allowed", kinds[i].most);
		st = kinds[i].read(r, err);
		if (st == AK_OK && more_fields(r))
			return bad(r, err, "something follows at the end of the line");
		return st;
	}
	r->where = "trust.line";
	return bad(r, err, "unknown kind of line");
}

/* Every byte must be one that a policy file may have; names and comments must be text. */
static ak_status check_bytes(reader *r, ak_span text, ak_error *err)
{
	size_t stop = text.len, odd = 0;

	r->where = "trust.text";
	r->line = 0;
	if (text.len > AK_TRUST_MAX)
		return ak_fail(err, AK_BAD_FORMAT, r->where, 0, "%zu bytes, at most %d are allowed",
		               text.len, AK_TRUST_MAX);
	if (!ak_utf8_valid(text, &odd))
		stop = odd;
	r->line = 1;
	for (size_t i = 0; i < stop; i++) {
		uint8_t c = text.data[i];

		if (c == '\n')
			r->line++;
		else if ((c < 0x20 && c != '\t') || c == 0x7f)
			return bad(r, err, c == '\r' ? "carriage return: lines end in newline only"
			                             : "control character");
	}
	if (stop < text.len)
		return bad(r, err, "not UTF-8");
	if (text.len != 0 && text.data[text.len - 1] != '\n')
		return bad(r, err, "the last line does not end in a newline");
	return AK_OK;
}

static ak_status read_all(reader *r, ak_span text, ak_error *err)
{
	size_t seen[KINDS] = { 0 };
	ak_span line;
	ak_status st = check_bytes(r, text, err);

	r->line = 0;
	while (st == AK_OK && ak_span_line(&text, &line)) {
		r->line++;
		st = read_line(r, line, seen, err);
	}
	r->line = 0;
	for (size_t i = 0; st == AK_OK && i < KINDS; i++) {
		r->where = kinds[i].where;
		if (seen[i] < kinds[i].least)
			st = bad(r, err, "the file has no such line");
	}
	return st;
}

ak_status ak_trust_parse(ak_span text, ak_sha256_fn *sha, ak_trust *out, ak_error *err)
{
	reader *r = ak_mem_alloc(sizeof(*r));
	ak_status st;

	if (r == NULL)
		return ak_no_memory(err, "trust");
	r->sha = sha;
	st = read_all(r, text, err);
	if (st == AK_OK)
		*out = r->t;
	ak_mem_free(r);
	return st;
}

bool ak_trust_met(const ak_trust *t, int who, const bool signed_by[AK_TRUST_WITNESSES_MAX])
{
	bool holds[WHO_MAX] = { false };

	if (who == AK_TRUST_NONE)
		return true;
	for (size_t i = 0; i < t->n_witnesses; i++)
		holds[i] = signed_by[i];
	/* Members stand before their group, so one pass settles all. */
	for (size_t i = 0; i < t->n_groups; i++) {
		const ak_trust_group *g = &t->group[i];
		size_t n = 0;

		for (size_t m = 0; m < g->n; m++)
			n += holds[g->member[m]] ? 1 : 0;
		holds[AK_TRUST_WITNESSES_MAX + i] = n >= g->k;
	}
	return who >= 0 && who < WHO_MAX && holds[who];
}

bool ak_trust_pins(const ak_trust *t, ak_span scheme, const ak_digest *digest)
{
	for (size_t i = 0; i < t->n_pins; i++) {
		if (ak_span_is(scheme, t->pin[i].scheme) && ak_digest_eq(&t->pin[i].digest, digest))
			return true;
	}
	return false;
}
