/* SPDX-License-Identifier: Apache-2.0 */
/* A match walks the text once and carries the set of program places that are alive. */
#include "codec/pattern_impl.h"

#include "base/fail.h"

ak_pattern *ak_pattern_new(void)
{
	ak_pattern *p = ak_mem_alloc(sizeof(*p));

	if (p != NULL && ak_pattern_compile(p, (ak_span){ 0 }, NULL) != AK_OK) {
		ak_pattern_free(p);
		return NULL;
	}
	return p;
}

void ak_pattern_free(ak_pattern *p)
{
	if (p == NULL)
		return;
	ak_mem_free(p->code);
	ak_mem_free(p->ranges);
	ak_mem_free(p->slot);
	ak_mem_free(p);
}

uint32_t ak_pattern_char(ak_span s, size_t *i)
{
	uint8_t b = s.data[(*i)++];
	size_t more = b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : b >= 0xc0 ? 1 : 0;
	uint32_t c = more == 3 ? b & 0x07 : more == 2 ? b & 0x0f : more == 1 ? b & 0x1f : b;

	if (s.len - *i < more)
		return b;
	for (; more > 0; more--)
		c = c << 6 | (s.data[(*i)++] & 0x3f);
	return c;
}

static bool accepts(const ak_pattern *p, const struct ak_pattern_op *op, uint32_t c)
{
	switch (op->kind) {
	case AK_OP_CHAR:
		return op->c == c;
	case AK_OP_ANY:
		return c != '\n' && c != '\r' && c != 0x2028 && c != 0x2029;
	case AK_OP_SET:
		for (size_t i = op->c; i < op->c + (uint32_t)op->x; i++) {
			if (c >= p->ranges[i].lo && c <= p->ranges[i].hi)
				return !op->negated;
		}
		return op->negated;
	case AK_OP_SPLIT:
	case AK_OP_JUMP:
	case AK_OP_START:
	case AK_OP_END:
	case AK_OP_MATCH:
		break;
	}
	return false;
}

static void note(ak_pattern *p, size_t pc, size_t *n_todo)
{
	if (pc < p->n && p->slot[pc].seen != p->round) {
		p->slot[pc].seen = p->round;
		p->slot[(*n_todo)++].todo = (uint16_t)pc;
		p->work++;
	}
}

/* Make `pc` and all it leads to without eating text live in list `to`.  True at AK_OP_MATCH. */
static bool follow(ak_pattern *p, int to, size_t pc, bool first, bool last)
{
	size_t n = 0;

	note(p, pc, &n);
	while (n > 0) {
		const struct ak_pattern_op *op = &p->code[pc = p->slot[--n].todo];

		switch (op->kind) {
		case AK_OP_MATCH:
			return true;
		case AK_OP_SPLIT:
			note(p, (size_t)((int64_t)pc + op->y), &n);
			note(p, (size_t)((int64_t)pc + op->x), &n);
			break;
		case AK_OP_JUMP:
			note(p, (size_t)((int64_t)pc + op->x), &n);
			break;
		case AK_OP_START:
		case AK_OP_END:
			if (op->kind == AK_OP_START ? first : last)
				note(p, pc + 1, &n);
			break;
		case AK_OP_CHAR:
		case AK_OP_ANY:
		case AK_OP_SET:
			p->slot[p->n_live[to]++].live[to] = (uint16_t)pc;
			break;
		}
	}
	return false;
}

ak_status ak_pattern_match(ak_pattern *p, ak_span text, uint64_t *budget,
                           bool *matched, ak_error *err)
{
	bool tied = p->n != 0 && p->code[0].kind == AK_OP_START;
	size_t i = 0;
	int now = 0;
	bool hit;

	p->work = 1;
	p->round++;
	p->n_live[now] = 0;
	hit = follow(p, now, 0, true, text.len == 0);
	while (!hit && i < text.len && !(tied && p->n_live[now] == 0)) {
		uint32_t c = ak_pattern_char(text, &i);
		int next = 1 - now;

		if (*budget < p->work)
			return ak_fail(err, AK_STOPPED, "pattern", i, "too much work");
		*budget -= p->work;
		p->work = 1;
		p->round++;
		p->n_live[next] = 0;
		for (size_t k = 0; !hit && k < p->n_live[now]; k++) {
			size_t pc = p->slot[k].live[now];

			if (accepts(p, &p->code[pc], c))
				hit = follow(p, next, pc + 1, false, i == text.len);
		}
		if (!hit && !tied)
			hit = follow(p, next, 0, false, i == text.len);
		now = next;
	}
	*matched = hit;
	return AK_OK;
}
