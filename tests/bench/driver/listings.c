/* SPDX-License-Identifier: Apache-2.0 */
/* Judges all listings of a ledger at once, at several sizes of it, and a few of them one by one.
 *
 *	bench_listings WORK CASES RUNS SIZE…
 *
 * WORK is an empty folder; CASES is tests/rules/base.  The ledger grows to each SIZE in turn (ascending, at most 10,000 listings, each with the
 * eight records of its first registration).  At each size the verdicts of all listings are asked for RUNS times, each time with a ledger just
 * opened, and of some listings alone; these must say the same.  Prints "name value" lines.
 */
#include "listing.h"

#include "base/text.h"
#include "codec/json.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define AS_OF "2026-11-21"

enum { ALONE = 20, SIZES_MAX = 8 };

static void say(const char *name, size_t at, double value)
{
	(void)printf("%s_%zu %.6g\n", name, at, value);
}

static ak_json *read_json(ak_text *t)
{
	ak_json *v = NULL;
	ak_error e = { 0 };

	need(ak_json_parse((ak_span){ (const uint8_t *)t->data, t->len }, &v, &e), "an answer", &e);
	ak_text_free(t);
	return v;
}

/* All at once: wall and processor time; the rows go to *out. */
static spent judge_all(const place *p, const ak_text *trust, ak_json **out)
{
	const ak_span span = { (const uint8_t *)trust->data, trust->len };
	const double at = now_seconds(), cpu = cpu_seconds();
	ak_ledger *l = NULL;
	ak_text json = { 0 };
	ak_error e = { 0 };
	spent took;

	need(ak_ledger_open(p->ledger, &l, &e), "open", &e);
	need(ak_ledger_verdicts(l, span, AS_OF, (int64_t)time(NULL), &json, &e), "verdicts", &e);
	took = (spent){ now_seconds() - at, cpu_seconds() - cpu, 0 };
	ak_ledger_free(&l);
	*out = read_json(&json);
	return took;
}

static void same(const ak_json *row, const ak_json *report, const char *member)
{
	if (!ak_json_equal(ak_json_get(row, member), ak_json_get(report, member)))
		die("a listing is judged otherwise alone than with all others", NULL);
}

/* Some of them by themselves, spread over all: seconds of a processor for each. */
static double judge_some(const place *p, const ak_text *trust, const ak_json *rows)
{
	const size_t n = ak_json_len(rows), step = n > ALONE ? n / ALONE : 1;
	double took = 0;
	size_t asked = 0;

	for (size_t i = 0; i < n && asked < ALONE; i += step, asked++) {
		const ak_json *row = ak_json_at(rows, i);
		const ak_verify_options o = { .trust = { (const uint8_t *)trust->data, trust->len }, .as_of = AS_OF, .now = (int64_t)time(NULL),
			                      .listing = ak_json_get_str(row, "listing") };
		const double at = cpu_seconds();
		ak_ledger *l = NULL;
		ak_json *report;
		ak_text json = { 0 };
		ak_verdict v;
		ak_error e = { 0 };

		need(ak_ledger_open(p->ledger, &l, &e), "open", &e);
		need(ak_ledger_verify(l, &o, &v, &json, &e), "verify", &e);
		took += cpu_seconds() - at;
		ak_ledger_free(&l);
		report = read_json(&json);
		same(row, report, "verdict");
		same(row, report, "reason");
		same(row, report, "assurance");
		ak_json_free(report);
	}
	return asked == 0 ? 0 : took / (double)asked;
}

static void measure(const place *p, size_t size, size_t runs)
{
	ak_text trust = { 0 };
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	double *wall = room(runs, sizeof(*wall)), *cpu = room(runs, sizeof(*cpu)), alone = 0;
	ak_text rows_text = { 0 };
	double at = now_seconds();

	need(ak_ledger_open(p->ledger, &l, &e), "open", &e);
	need(ak_ledger_trust(l, &trust, &e), "trust", &e);
	/* What is new since the last list is read into the index once, whoever asks next. */
	need(ak_ledger_list(l, &rows_text, &e), "list", &e);
	say("index_s", size, now_seconds() - at);
	ak_text_free(&rows_text);
	ak_ledger_free(&l);
	for (size_t i = 0; i < runs; i++) {
		ak_json *answer = NULL;
		const ak_json *rows;
		const spent took = judge_all(p, &trust, &answer);

		wall[i] = took.wall;
		cpu[i] = took.cpu;
		rows = ak_json_get(answer, "listings");
		if (ak_json_len(rows) != size)
			die("not all listings have a verdict", NULL);
		if (i == 0)
			alone = judge_some(p, &trust, rows);
		ak_json_free(answer);
	}
	say("all_s", size, median(wall, runs));
	say("cpu_s", size, median(cpu, runs));
	say("alone_ms", size, alone * 1e3);
	(void)fflush(stdout);
	free(cpu);
	free(wall);
	ak_text_free(&trust);
}

int main(int argc, char **argv)
{
	place *p = room(1, sizeof(*p));
	size_t have = 0, runs;
	ak_ledger *l = NULL;
	ak_error e = { 0 };
	cast *c;

	if (argc < 5 || argc > 4 + SIZES_MAX)
		die("usage: bench_listings WORK CASES RUNS SIZE…", NULL);
	runs = strtoul(argv[3], NULL, 10);
	place_make(argv[1], p);
	need(ak_ledger_open(p->ledger, &l, &e), "open", &e);
	c = cast_enrol(l, p, argv[2]);
	for (int i = 4; i < argc; i++) {
		const size_t size = strtoul(argv[i], NULL, 10);
		double at = now_seconds();

		if (runs == 0 || size <= have || size > 10000)
			die("sizes ascend to at most 10000, and at least one run", NULL);
		cast_play_many(c, l, p, "first", have, size - have);
		say("sealing_s", size, now_seconds() - at);
		have = size;
		/* Whoever reads the index keeps others from writing to it. */
		ak_ledger_free(&l);
		measure(p, size, runs);
		need(ak_ledger_open(p->ledger, &l, &e), "open", &e);
	}
	cast_free(&c);
	ak_ledger_free(&l);
	place_drop(p);
	free(p);
	return 0;
}
