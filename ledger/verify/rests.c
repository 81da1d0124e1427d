/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/rests.h"

#include "base/fail.h"
#include "base/strmap.h"
#include "base/text.h"

#include <string.h>

typedef struct marking {
	const ak_proven *p;
	size_t n;          /* records that are known */
	ak_strmap subject; /* of the erased records: each id, and each name alone */
	bool *on;
} marking;

/* <scheme>/<kind>:<name>; a body has the name alone as a rule. */
static ak_status add_subject(marking *m, ak_span id, ak_error *err)
{
	const uint8_t *colon = memchr(id.data, ':', id.len);
	ak_status st = ak_strmap_put(&m->subject, id, 1, err);

	if (st == AK_OK && colon != NULL)
		st = ak_strmap_put(&m->subject, (ak_span){ colon + 1, id.len - (size_t)(colon + 1 - id.data) }, 1, err);
	return st;
}

static ak_status gather(marking *m, size_t *n_erased, size_t *newest, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < m->n; i++) {
		const ak_statement *s = &m->p->rec[i].statement;

		if (!m->p->rec[i].erased)
			continue;
		*newest = i;
		++*n_erased;
		for (size_t k = 0; st == AK_OK && k < ak_statement_n_about(s); k++)
			st = add_subject(m, ak_statement_about(s, k), err);
	}
	return st;
}

/* Is a text in `json`, which is canonical, an id or a name of the subjects?  No member's name counts, and no text with an escape in it:
 * a subject has neither quote nor backslash nor control character. */
static bool names_subject(const marking *m, ak_span json)
{
	for (size_t i = 0; i < json.len; i++) {
		const size_t from = i + 1;
		uint64_t is = 0;

		if (json.data[i] != '"')
			continue;
		for (i++; i < json.len && json.data[i] != '"'; i++)
			i += json.data[i] == '\\';
		if (i < json.len && (i + 1 == json.len || json.data[i + 1] != ':') &&
		    ak_strmap_get(&m->subject, (ak_span){ json.data + from, i - from }, &is))
			return true;
	}
	return false;
}

static bool shares_subject(const marking *m, const ak_sealed *s)
{
	uint64_t is = 0;

	for (size_t k = 0; k < ak_statement_n_about(&s->statement); k++) {
		if (ak_strmap_get(&m->subject, ak_statement_about(&s->statement, k), &is))
			return true;
	}
	return names_subject(m, ak_sealed_body(s));
}

/* References lead back, so one way through is enough. */
static bool refers_to_one(const marking *m, size_t i)
{
	const ak_statement *s = &m->p->rec[i].statement;

	for (size_t k = 0; k < ak_statement_n_refs(s); k++) {
		ak_digest id;
		size_t at;

		(void)ak_statement_ref(s, k, &id);
		if (ak_proven_find(m->p, &id, &at) && at < i && m->on[at])
			return true;
	}
	return false;
}

ak_status ak_rests_mark(const ak_proven *p, uint64_t known_at, bool **out, size_t *newest, ak_error *err)
{
	marking m = { .p = p };
	size_t n_erased = 0;
	ak_status st;

	*out = NULL;
	ak_strmap_init(&m.subject, 47);
	while (m.n < p->n_rec && p->rec[m.n].header.seq < known_at)
		m.n++;
	st = gather(&m, &n_erased, newest, err);
	if (st == AK_OK && n_erased != 0) {
		m.on = ak_mem_array(p->n_rec, sizeof(*m.on));
		if (m.on == NULL)
			st = ak_no_memory(err, "rules");
		for (size_t i = 0; m.on != NULL && i < m.n; i++)
			m.on[i] = p->rec[i].erased || shares_subject(&m, &p->rec[i]) || refers_to_one(&m, i);
		*out = m.on;
	}
	ak_strmap_clear(&m.subject);
	return st;
}

bool ak_rests_doubt(const ak_proven *p, const bool *on, size_t newest, int64_t seq)
{
	for (size_t i = 0; i < p->n_rec; i++) {
		if (seq >= 0 && p->rec[i].header.seq == (uint64_t)seq)
			return on[i] || i < newest;
	}
	return seq < 0;
}

ak_status ak_rests_gaps(const ak_proven *p, const bool *on, size_t newest, const char *name, ak_json *root, ak_error *err)
{
	const ak_json *rows = ak_json_get(root, name);
	ak_json *list = ak_json_new_array();
	bool before = false;
	ak_status st = list == NULL ? ak_no_memory(err, "report") : AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(rows); i++) {
		ak_json *row = ak_json_copy(ak_json_at(rows, i));
		int64_t seq = -1;
		bool doubt;

		if (row == NULL) {
			st = ak_no_memory(err, "report");
			break;
		}
		(void)ak_json_int(ak_json_get(row, "record"), &seq);
		doubt = ak_rests_doubt(p, on, newest, seq);
		if (doubt || before)
			st = ak_json_set(row, "gap_days", ak_json_new_null(), err);
		before = doubt;
		if (st == AK_OK)
			st = ak_json_add(list, ak_json_ref(row), err);
		ak_json_free(row);
	}
	if (st == AK_OK)
		return ak_json_set(root, name, list, err);
	ak_json_free(list);
	return st;
}
