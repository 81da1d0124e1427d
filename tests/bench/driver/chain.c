/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"

#include "base/text.h"
#include "codec/dsse.h"
#include "codec/jcs.h"
#include "held/shipped.h"
#include "seal/draft.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COMMITTEE = 5, THRESHOLD = 3, LABELS = 256, LABEL = 96, REFS = 16, BODY_MAX = 64 * 1024, CASE_MAX = 1024 * 1024 };

typedef struct label {
	char name[LABEL]; /* "<listing>/<label>", or the label alone for an auditor's registration */
	uint64_t seq;
} label;

struct cast {
	const char *cases;
	ak_secret *committee[COMMITTEE], *secretariat, *examiners, *auditor, *provider;
	label sealed[LABELS];
	size_t n;
};

/* What is sealed for one listing. */
typedef struct play {
	cast *c;
	ak_ledger *l;
	const place *p;
	const char *listing, *service;
} play;

cast *cast_enrol(ak_ledger *l, const place *p, const char *cases)
{
	cast *c = room(1, sizeof(*c));

	c->cases = cases;
	for (size_t i = 0; i < COMMITTEE; i++)
		c->committee[i] = place_key();
	c->secretariat = place_key();
	c->examiners = place_key();
	c->auditor = place_key();
	c->provider = place_key();
	{
		const enrolment all[] = {
			{ "committee", "ISMAP運営委員会", "committee", "委員", c->committee, COMMITTEE },
			{ "secretariat", "事務局", "secretariat", "事務局", &c->secretariat, 1 },
			{ "ops-support", "運用支援機関", "ops-support", "審査", &c->examiners, 1 },
			{ "koh-audit", "甲監査法人", "auditor", "業務執行責任者", &c->auditor, 1 },
			{ "kakuu-kumo", "株式会社架空の雲", "provider", "統括責任者", &c->provider, 1 },
		};

		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
			place_enrol(l, p, &all[i]);
	}
	return c;
}

void cast_free(cast **c)
{
	for (size_t i = 0; i < COMMITTEE; i++)
		ak_secret_free(&(*c)->committee[i]);
	ak_secret_free(&(*c)->secretariat);
	ak_secret_free(&(*c)->examiners);
	ak_secret_free(&(*c)->auditor);
	ak_secret_free(&(*c)->provider);
	free(*c);
	*c = NULL;
}

static ak_text sign(const cast *c, const char *type, ak_text draft)
{
	const struct { const char *type; ak_secret *const *key; } one[] = {
		{ "provider-statement", &c->provider }, { "application", &c->provider }, { "renewal-application", &c->provider },
		{ "improvement-plan", &c->provider }, { "audit-report", &c->auditor }, { "technical-review", &c->examiners },
		{ "listing", &c->secretariat },
	};

	for (size_t i = 0; i < sizeof(one) / sizeof(one[0]); i++) {
		if (strcmp(one[i].type, type) == 0)
			return place_sign(draft, one[i].key, 1);
	}
	return place_sign(draft, c->committee, THRESHOLD);
}

/* ---- labels ------------------------------------------------------------------------------------------------------ */

static bool shared(const char *name)
{
	return strncmp(name, "auditor-", 8) == 0;
}

static void full_name(const play *y, const char *name, char out[LABEL])
{
	(void)snprintf(out, LABEL, "%s%s%s", shared(name) ? "" : y->listing, shared(name) ? "" : "/", name);
}

static const label *find(const play *y, const char *name)
{
	char full[LABEL];

	full_name(y, name, full);
	for (size_t i = 0; i < y->c->n; i++) {
		if (strcmp(y->c->sealed[i].name, full) == 0)
			return &y->c->sealed[i];
	}
	return NULL;
}

/* ---- a record ---------------------------------------------------------------------------------------------------- */

/* "record" of each says which by its number. */
static size_t find_refs(const play *y, const ak_json *refs, ak_named_ref out[REFS], char number[REFS][24])
{
	const ak_json *value;
	size_t n = 0;
	ak_span rel;

	for (void *it = NULL; ak_json_next(refs, &it, &rel, &value); n++) {
		const label *to = find(y, (const char *)ak_json_text(value).data);

		if (to == NULL || n == REFS)
			die("a case refers to what was not sealed", NULL);
		(void)snprintf(number[n], sizeof(number[n]), "#%llu", (unsigned long long)to->seq);
		out[n] = (ak_named_ref){ (const char *)rel.data, number[n] };
	}
	return n;
}

/* The case is about one listing and one service: they are given other names. */
static ak_text make_body(const play *y, const ak_json *body)
{
	ak_json *v = ak_json_copy(body);
	ak_text text = { 0 };
	ak_error e = { 0 };

	if (v != NULL && ak_json_get(v, "listing") != NULL)
		need(ak_json_set(v, "listing", ak_json_new_str(y->listing), &e), "body", &e);
	if (v != NULL && ak_json_get(v, "service") != NULL)
		need(ak_json_set(v, "service", ak_json_new_str(y->service), &e), "body", &e);
	if (v != NULL && ak_json_get(v, "services") != NULL)
		need(ak_json_pointer_set(v, ak_span_str("/services/0/id"), ak_json_new_str(y->service), &e), "body", &e);
	need(ak_jcs_text(v, BODY_MAX, &text, &e), "body", &e);
	return text;
}

static void seal_record(const play *y, const ak_json *record)
{
	const char *type = ak_json_get_str(record, "type"), *name = ak_json_get_str(record, "label");
	const ak_json *refs = ak_json_get(record, "refs");
	label *made = &y->c->sealed[y->c->n];
	char number[REFS][24];
	ak_named_ref named[REFS];
	ak_text body = make_body(y, ak_json_get(record, "body")), draft = { 0 };
	ak_document paper = { .name = "document.pdf", .kind = type };
	ak_draft_options o = { .scheme = "ismap", .type = type, .issued = ak_json_get_str(record, "sealed_on"),
		               .now = (int64_t)time(NULL), .body = { (const uint8_t *)body.data, body.len }, .refs = named,
		               .documents = &paper };
	ak_error e = { 0 };

	if (y->c->n == LABELS)
		die("too many records in the cases", NULL);
	full_name(y, name, made->name);
	ak_put_be32(paper.digest.b, (uint32_t)y->c->n);
	o.n_documents = strcmp(type, "provider-statement") == 0 || strcmp(type, "audit-report") == 0 ||
	                strcmp(type, "improvement-plan") == 0;
	o.n_refs = find_refs(y, refs, named, number);
	need(ak_ledger_draft(y->l, &o, &draft, &e), made->name, &e);
	place_seal(y->l, y->p, sign(y->c, type, draft), &made->seq);
	y->c->n++;
	ak_text_free(&body);
}

/* ---- a case ------------------------------------------------------------------------------------------------------ */

static ak_json *read_case(const cast *c, const char *name)
{
	char path[BENCH_PATH], *text = room(CASE_MAX, 1);
	ak_json *v = NULL;
	ak_error e = { 0 };
	size_t n;
	FILE *f;

	if (snprintf(path, sizeof(path), "%s/%s.json", c->cases, name) >= (int)sizeof(path))
		die("the path is too long", NULL);
	f = open_file(path, "rb");
	n = fread(text, 1, CASE_MAX, f);
	(void)fclose(f);
	need(ak_json_parse((ak_span){ (const uint8_t *)text, n }, &v, &e), path, &e);
	free(text);
	return v;
}

static void play_case(const play *y, const char *name, bool with_base)
{
	ak_json *v = read_case(y->c, name);
	const ak_json *records = ak_json_get(v, "records");
	const char *base = ak_json_get_str(v, "base");

	if (with_base && base != NULL)
		play_case(y, base, false);
	for (size_t i = 0; i < ak_json_len(records); i++) {
		const ak_json *r = ak_json_at(records, i);
		const char *called = ak_json_get_str(r, "label");

		if (!shared(called) || find(y, called) == NULL)
			seal_record(y, r);
	}
	ak_json_free(v);
}

void cast_play(cast *c, ak_ledger *l, const place *p, const char *name, const char *listing, const char *service)
{
	const play y = { c, l, p, listing, service };

	play_case(&y, name, true);
}

/* ---- the same case of many listings at once ----------------------------------------------------------------------- */

enum { MANY = 500, STATEMENT_ROOM = 256 * 1024 };

typedef struct many {
	cast *c;
	ak_ledger *l;
	const place *p;
	const ak_json *records;
	ak_profile core, scheme;
	size_t from, n;
	char (*id)[AK_DIGEST_TEXT_LEN + 1]; /* of each record of the case, of each listing */
} many;

static void play_of(const many *m, size_t i, char listing[32], char service[32], play *y)
{
	(void)snprintf(listing, 32, "C24-%04zu-2", m->from + i);
	(void)snprintf(service, 32, "service-%zu", m->from + i);
	*y = (play){ m->c, m->l, m->p, listing, service };
}

/* What the i-th listing's record refers to: its own, or one that all share. */
static const char *id_of(const many *m, const play *y, const char *name, size_t i, char number[24])
{
	for (size_t r = 0; !shared(name) && r < ak_json_len(m->records); r++) {
		if (strcmp(ak_json_get_str(ak_json_at(m->records, r), "label"), name) == 0)
			return m->id[r * m->n + i];
	}
	if (find(y, name) == NULL)
		die("a case refers to what was not sealed", NULL);
	(void)snprintf(number, 24, "#%llu", (unsigned long long)find(y, name)->seq);
	return number;
}

/* Of the first listing of a batch the whole draft is made, of the others what is different: that is their body, their document, and the
 * references to records of their own. */
static ak_json *first_draft(const many *m, size_t r, size_t i)
{
	const ak_json *record = ak_json_at(m->records, r), *refs = ak_json_get(record, "refs"), *value;
	const char *type = ak_json_get_str(record, "type");
	char listing[32], service[32], number[REFS][24];
	ak_named_ref named[REFS];
	ak_document paper = { .name = "document.pdf", .kind = type };
	ak_draft_options o = { .scheme = "ismap", .type = type, .issued = ak_json_get_str(record, "sealed_on"), .now = (int64_t)time(NULL),
		               .refs = named, .documents = &paper };
	ak_text body, text = { 0 };
	ak_json *draft = NULL;
	ak_error e = { 0 };
	ak_span rel;
	play y;

	play_of(m, i, listing, service, &y);
	body = make_body(&y, ak_json_get(record, "body"));
	o.body = (ak_span){ (const uint8_t *)body.data, body.len };
	o.n_documents = strcmp(type, "provider-statement") == 0 || strcmp(type, "audit-report") == 0 || strcmp(type, "improvement-plan") == 0;
	for (void *it = NULL; o.n_refs < REFS && ak_json_next(refs, &it, &rel, &value); o.n_refs++)
		named[o.n_refs] = (ak_named_ref){ (const char *)rel.data, id_of(m, &y, (const char *)ak_json_text(value).data, i, number[o.n_refs]) };
	need(ak_ledger_draft(m->l, &o, &text, &e), type, &e);
	need(ak_json_parse((ak_span){ (const uint8_t *)text.data, text.len }, &draft, &e), "draft", &e);
	ak_text_free(&text);
	ak_text_free(&body);
	return draft;
}

static void set(ak_json *draft, const char *pointer, ak_json *v)
{
	ak_error e = { 0 };

	need(ak_json_pointer_set(draft, ak_span_str(pointer), v, &e), pointer, &e);
}

static ak_json *next_draft(const many *m, size_t r, size_t i, const ak_json *first)
{
	const ak_json *record = ak_json_at(m->records, r), *labels = ak_json_get(record, "refs"), *refs = ak_json_get(first, "refs");
	ak_json *draft = ak_json_copy(first), *body = NULL;
	char listing[32], service[32], pointer[40], hex[2 * AK_DIGEST_LEN + 1];
	ak_digest paper = { { 0 } };
	ak_text text;
	ak_error e = { 0 };
	play y;

	play_of(m, i, listing, service, &y);
	text = make_body(&y, ak_json_get(record, "body"));
	need(ak_json_parse((ak_span){ (const uint8_t *)text.data, text.len }, &body, &e), "body", &e);
	ak_text_free(&text);
	set(draft, "/body", body);
	ak_put_be32(paper.b, (uint32_t)(r << 16 | (m->from + i)));
	ak_hex_encode(paper.b, sizeof(paper.b), hex);
	if (ak_json_len(ak_json_get(first, "documents")) > 0)
		set(draft, "/documents/0/digest", ak_json_new_strf("sha256:%s", hex));
	for (size_t k = 0; k < ak_json_len(refs); k++) {
		const char *name = ak_json_get_str(labels, ak_json_get_str(ak_json_at(refs, k), "rel"));

		if (name == NULL || shared(name))
			continue;
		(void)snprintf(pointer, sizeof(pointer), "/refs/%zu/record", k);
		set(draft, pointer, ak_json_new_str(id_of(m, &y, name, i, (char[24]){ 0 })));
	}
	return draft;
}

static ak_text make_envelope(const many *m, const char *type, const ak_json *draft)
{
	ak_text text = { 0 };
	ak_buf out;
	ak_error e = { 0 };
	ak_dsse d;

	ak_dsse_init(&d);
	memcpy(d.type, AK_DSSE_TYPE, sizeof(AK_DSSE_TYPE));
	need(ak_draft_statement(draft, &m->core, &m->scheme, &d.payload, &e), type, &e);
	ak_buf_init(&out, STATEMENT_ROOM);
	need(ak_dsse_format(&d, &out, &e), "envelope", &e);
	need(ak_buf_take_text(&out, &text, &e), "envelope", &e);
	ak_dsse_clear(&d);
	return sign(m->c, type, text);
}

/* One batch: from the i-th listing on. */
static void seal_many(many *m, size_t r, size_t at, size_t n)
{
	const char *type = ak_json_get_str(ak_json_at(m->records, r), "type");
	const ak_seal_options o = { .operator_key = m->p->op, .state_path = m->p->state, .now = (int64_t)time(NULL) };
	ak_text *envelope = room(n, sizeof(*envelope)), json = { 0 };
	ak_span *span = room(n, sizeof(*span));
	ak_json *first = first_draft(m, r, at), *v = NULL;
	size_t failed = SIZE_MAX;
	ak_error e = { 0 };

	for (size_t i = 0; i < n; i++) {
		ak_json *draft = next_draft(m, r, at + i, first);

		envelope[i] = make_envelope(m, type, draft);
		span[i] = (ak_span){ (const uint8_t *)envelope[i].data, envelope[i].len };
		ak_json_free(draft);
	}
	need(ak_ledger_seal(m->l, span, n, &o, &json, &failed, &e), "seal", &e);
	need(ak_json_parse((ak_span){ (const uint8_t *)json.data, json.len }, &v, &e), "what seal answers", &e);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(m->id[r * m->n + at + i], sizeof(m->id[0]), "%s", ak_json_get_str(ak_json_at(ak_json_get(v, "sealed"), i), "id"));
		ak_text_free(&envelope[i]);
	}
	ak_json_free(v);
	ak_json_free(first);
	ak_text_free(&json);
	free(span);
	free(envelope);
}

void cast_play_many(cast *c, ak_ledger *l, const place *p, const char *name, size_t from, size_t n)
{
	ak_json *v = read_case(c, name);
	many m = { .c = c, .l = l, .p = p, .records = ak_json_get(v, "records"), .from = from, .n = n };
	const play all = { c, l, p, "", "" };
	ak_error e = { 0 };

	need(ak_core_profile(&m.core, &e), "profile", &e);
	need(ak_shipped_profile(ak_span_str("ismap"), &m.scheme, &e), "profile", &e);
	m.id = room(ak_json_len(m.records) * n, sizeof(*m.id));
	for (size_t r = 0; r < ak_json_len(m.records); r++) {
		const char *called = ak_json_get_str(ak_json_at(m.records, r), "label");

		for (size_t at = 0; !shared(called) && at < n; at += MANY)
			seal_many(&m, r, at, n - at < MANY ? n - at : MANY);
		if (shared(called) && find(&all, called) == NULL)
			seal_record(&all, ak_json_at(m.records, r));
	}
	free(m.id);
	ak_profile_clear(&m.scheme);
	ak_profile_clear(&m.core);
	ak_json_free(v);
}
