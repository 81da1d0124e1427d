/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict.h"

#include "answer.h"
#include "findings.h"
#include "js.h"
#include "phrase.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>

enum { INDENT = 2, SERVICE_LEAST = 16, PROVIDER_LEAST = 6, TEXT_MAX = 1024, NEXT_MAX = 512 };

static bool says(const json_t *r, const char *verdict)
{
	return strcmp(ak_js_str(r, "verdict"), verdict) == 0;
}

static bool because(const json_t *r, const char *reason)
{
	return strcmp(ak_js_str(r, "reason"), reason) == 0;
}

ak_msg ak_verdict_word(const json_t *r)
{
	if (says(r, "valid"))
		return MSG_VERDICT_VALID;
	if (says(r, "expired"))
		return MSG_VERDICT_EXPIRED;
	if (says(r, "suspended"))
		return MSG_VERDICT_SUSPENDED;
	if (says(r, "invalid"))
		return MSG_VERDICT_INVALID;
	if (because(r, "evidence-not-on-record"))
		return MSG_VERDICT_NOT_ON_RECORD;
	return because(r, "not-found") ? MSG_VERDICT_NOT_FOUND : MSG_VERDICT_CANNOT_SAY;
}

/* Absent altogether, or named by records that do not list it: {1} the ledger, {2} its size. */
static ak_msg not_found(const json_t *r)
{
	return ak_js_num(r, "completeness.records") == 0 ? MSG_WHY_NOT_FOUND : MSG_WHY_NONE_LISTS;
}

/* Word, name, service and provider, the day at the right; the service gives way when it is long, then the provider. */
static size_t print_headline(const ak_cli *c, const json_t *r)
{
	const char *word = ak_msg_text(ak_verdict_word(r), c->ja), *name = ak_js_str(r, "listing.name");
	const char *service = ak_js_lang(r, "listing.service", c->ja), *provider = ak_js_lang(r, "listing.provider", c->ja);
	size_t width = ak_out_text_width(c), indent = ak_term_width(word) + 2, used, room;
	size_t brackets = *provider == '\0' ? 0 : ak_term_width(ak_msg_text(MSG_IN_BRACKETS, c->ja)) - 3; /* {1} */
	char date[AK_TERM_DATE_MAX], day[128], cut[2][TEXT_MAX], by[TEXT_MAX] = "";

	(void)ak_out_text(c, day, sizeof(day), MSG_AS_OF, ak_term_date(c->ja, ak_js_str(r, "as_of"), date), NULL);
	used = indent + ak_term_width(name) + 2 + 2 + ak_term_width(day) + brackets;
	room = used < width ? width - used : 0;
	if (!c->full && ak_term_width(service) + ak_term_width(provider) > room) {
		size_t left = ak_term_width(provider) + SERVICE_LEAST < room ? room - ak_term_width(provider) : SERVICE_LEAST;

		service = ak_term_cut(service, left, cut[0], sizeof(cut[0]));
		left = ak_term_width(service) < room ? room - ak_term_width(service) : 0;
		provider = left < PROVIDER_LEAST ? "" : ak_term_cut(provider, left, cut[1], sizeof(cut[1]));
	}
	if (*provider != '\0')
		(void)ak_out_text(c, by, sizeof(by), MSG_IN_BRACKETS, provider, NULL);
	ak_out_paint(c, stdout, says(r, "valid") ? AK_PAINT_GOOD : says(r, "unverifiable") ? AK_PAINT_UNSURE : AK_PAINT_BAD);
	(void)fputs(word, stdout);
	ak_out_plain(c, stdout);
	(void)fputs("  ", stdout);
	ak_term_put(stdout, name);
	(void)fputs("  ", stdout);
	ak_term_put(stdout, service);
	ak_term_put(stdout, by);
	used = indent + ak_term_width(name) + 2 + ak_term_width(service) + ak_term_width(by);
	ak_term_spaces(stdout, used + 2 + ak_term_width(day) < width ? width - used - ak_term_width(day) : 2);
	ak_term_put(stdout, day);
	(void)fputc('\n', stdout);
	return indent;
}

static size_t count_warnings(const json_t *r)
{
	const json_t *f;
	size_t i, n = 0;

	json_array_foreach(ak_js_at(r, "findings"), i, f)
		n += strcmp(ak_js_str(f, "severity"), "warning") == 0;
	return n;
}

/* Until when, and whether something should be looked at. */
static void print_good(const ak_cli *c, const json_t *r, size_t indent)
{
	const char *until = ak_js_str(r, "listing.expires_on");
	size_t warnings = count_warnings(r);
	char date[AK_TERM_DATE_MAX];

	ak_term_spaces(stdout, indent);
	if (*until != '\0')
		ak_out_put(c, stdout, MSG_LISTED_UNTIL, ak_term_date(c->ja, until, date), NULL);
	if (ak_js_true(r, "listing.carried"))
		ak_out_put(c, stdout, MSG_RENEWAL_PENDING, NULL);
	if (warnings > 0)
		ak_out_put(c, stdout, warnings == 1 ? MSG_ONE_WARNING : MSG_WARNINGS, AK_NUM(warnings), NULL);
	if (*until == '\0' && !ak_js_true(r, "listing.carried") && warnings == 0)
		ak_out_put(c, stdout, MSG_NO_EXPIRY, NULL);
	(void)fputc('\n', stdout);
}

static void reason_line(const ak_cli *c, ak_msg m, const char *a, const char *b, size_t indent)
{
	ak_term_spaces(stdout, indent);
	ak_out_wrapped(c, stdout, indent, m, a, b, NULL);
}

/* "7" of "P7D" */
static const char *days_of(const char *period, char room[24])
{
	size_t n = strspn(period + (*period == 'P'), "0123456789");

	(void)snprintf(room, 24, "%.*s", n > 20 ? 20 : (int)n, period + (*period == 'P'));
	return room;
}

/* How many records were looked at: all, or those before known_at. */
static uint64_t looked_at(const json_t *r)
{
	uint64_t size = ak_js_num(r, "ledger.size"), known = ak_js_num(r, "known_at");

	return known > 0 && known < size ? known : size;
}

/* Why these checks were not made. */
static void print_not_made(const ak_cli *c, const json_t *r, const char *id, size_t indent)
{
	char text[AK_PHRASE_MAX];
	const json_t *k;
	size_t i;

	json_array_foreach(ak_js_at(r, "checks"), i, k) {
		if (strcmp(ak_js_str(k, "id"), id) != 0 || strcmp(ak_js_str(k, "outcome"), "not-checked") != 0)
			continue;
		ak_term_spaces(stdout, indent);
		ak_term_wrap(stdout, ak_phrase(c, ak_js_str(k, "detail"), text), indent, ak_out_text_width(c));
		(void)fputc('\n', stdout);
	}
}

/* What to do: a clock that is wrong comes before anything that others have to do. */
static void next_line(const ak_cli *c, const json_t *r, ak_msg next, size_t indent)
{
	reason_line(c, MSG_NEXT, ak_msg_text(ak_answer_warned(r, "clock-ahead") ? MSG_NEXT_CLOCK : next, c->ja), "", indent);
}

static bool lacks_quorum(const json_t *r)
{
	return *ak_js_str(r, "witnesses.policy") != '\0' && strcmp(ak_js_str(r, "witnesses.policy"), "none") != 0 &&
	       !ak_js_true(r, "witnesses.met");
}

static void print_quorum(const ak_cli *c, const json_t *r, size_t indent)
{
	reason_line(c, MSG_WHY_QUORUM, ak_js_str(r, "witnesses.policy"), AK_NUM(ak_js_num(r, "witnesses.got")), indent);
	next_line(c, r, MSG_NEXT_COSIGNED, indent);
}

/* Dates in this form sort as text. */
bool ak_verdict_ended(const json_t *r)
{
	const char *day = ak_js_str(r, "closing.day");

	return *day != '\0' && strcmp(ak_js_str(r, "as_of"), day) > 0;
}

static void print_ended(const ak_cli *c, const json_t *r, size_t indent)
{
	const char *successor = ak_js_str(r, "closing.successor.ledger");
	char date[AK_TERM_DATE_MAX], next[NEXT_MAX];

	reason_line(c, MSG_WHY_ENDED, ak_term_date(c->ja, ak_js_str(r, "closing.day"), date), "", indent);
	if (*successor == '\0')
		reason_line(c, MSG_NEXT, ak_msg_text(MSG_NEXT_NO_SUCCESSOR, c->ja), "", indent);
	else
		reason_line(c, MSG_NEXT, ak_out_text(c, next, sizeof(next), MSG_NEXT_SUCCESSOR, successor, NULL), "", indent);
}

static void print_stale(const ak_cli *c, const json_t *r, size_t indent)
{
	const char *until = ak_js_str(r, "freshness.known_until");
	char date[AK_TERM_DATE_MAX], days[24];

	if (lacks_quorum(r)) {
		print_quorum(c, r, indent);
		return;
	}
	if (ak_verdict_ended(r)) {
		print_ended(c, r, indent);
		return;
	}
	if (strcmp(ak_js_str(r, "memory.outcome"), "older") == 0)
		reason_line(c, MSG_WHY_OLDER, "", "", indent);
	else if (*until == '\0')
		reason_line(c, MSG_WHY_NO_TIME, "", "", indent);
	else
		reason_line(c, MSG_WHY_STALE, ak_term_date(c->ja, until, date), days_of(ak_js_str(r, "freshness.fresh"), days), indent);
	next_line(c, r, MSG_NEXT_FRESHER, indent);
}

static void print_incomplete(const ak_cli *c, const json_t *r, size_t indent)
{
	if (!ak_js_has(r, "completeness")) { /* nothing was judged */
		reason_line(c, MSG_WHY_NOT_CLOSED, "", "", indent);
		reason_line(c, MSG_NEXT, ak_msg_text(MSG_NEXT_WHOLE, c->ja), "", indent);
	} else if (lacks_quorum(r)) {
		print_quorum(c, r, indent);
	} else {
		reason_line(c, MSG_WHY_INCOMPLETE, ak_js_str(r, "completeness.by"), "", indent);
		next_line(c, r, MSG_NEXT_COSIGNED, indent);
	}
}

/* Is it a record's own form that is not known, and no profile that the reader lacks? */
static bool of_later_format(const json_t *r)
{
	const json_t *k;
	size_t i;

	json_array_foreach(ak_js_at(r, "checks"), i, k) {
		if (strcmp(ak_js_str(k, "outcome"), "not-checked") == 0 && strstr(ak_js_str(k, "detail"), " is of format ") != NULL)
			return true;
	}
	return false;
}

/* Why no verdict: what the rules' findings do not say themselves. */
static void print_unsure(const ak_cli *c, const json_t *r, size_t indent)
{
	if (because(r, "stale")) {
		print_stale(c, r, indent);
	} else if (because(r, "evidence-not-on-record")) {
		reason_line(c, strcmp(ak_js_str(r, "listing.basis"), "imported") == 0 ? MSG_WHY_IMPORTED : MSG_WHY_NO_EVIDENCE,
		            ak_js_lang(r, "listing.source", c->ja), "", indent);
	} else if (because(r, "completeness")) {
		print_incomplete(c, r, indent);
	} else if (because(r, "unknown-version")) {
		reason_line(c, MSG_WHY_VERSION, "", "", indent);
		reason_line(c, MSG_NEXT, ak_msg_text(of_later_format(r) ? MSG_NEXT_VERSION : MSG_NEXT_NEWER, c->ja), "", indent);
	} else if (because(r, "not-found")) {
		reason_line(c, not_found(r), ak_js_str(r, "ledger.origin"), AK_NUM(looked_at(r)), indent);
	} else if (because(r, "other-ledger")) {
		print_not_made(c, r, "container", indent);
		reason_line(c, MSG_NEXT, ak_msg_text(MSG_NEXT_RIGHT_TRUST, c->ja), "", indent);
	} else if (because(r, "evidence")) {
		print_not_made(c, r, "evidence", indent);
	} else if (because(r, "fork")) {
		reason_line(c, MSG_WHY_CONVICTED, AK_NUM(ak_js_num(r, "memory.size")), "", indent);
		reason_line(c, MSG_NEXT, ak_msg_text(MSG_NEXT_FORK, c->ja), "", indent);
	} else if (because(r, "erased")) {
		reason_line(c, MSG_WHY_ERASED, "", "", indent);
	} else if (because(r, "cannot-decide")) {
		reason_line(c, MSG_WHY_CANNOT_DECIDE, "", "", indent);
	}
}

/* A check that failed, with its evidence. */
static void print_failed_check(const ak_cli *c, const json_t *k, size_t indent)
{
	char digest[2][AK_TERM_DIGEST_MAX], text[2][AK_PHRASE_MAX];
	const char *expected = ak_js_str(k, "expected"), *found = ak_js_str(k, "found"), *detail = ak_js_str(k, "detail");
	const char *where = ak_js_str(k, "where");
	char record[64] = "", all[2 * AK_PHRASE_MAX];

	if (ak_js_has(k, "record"))
		(void)ak_out_text(c, record, sizeof(record), MSG_RECORD_N, AK_NUM(ak_js_num(k, "record")), NULL);
	(void)snprintf(all, sizeof(all), "%s%s%s%s", record, strchr(where, '.') != NULL ? where : ak_answer_check(c, ak_js_str(k, "id")),
	               *detail == '\0' ? "" : ": ", ak_phrase(c, detail, text[0]));
	ak_term_spaces(stdout, indent);
	ak_out_paint(c, stdout, AK_PAINT_BAD);
	(void)fputs("✗ ", stdout);
	ak_out_plain(c, stdout);
	ak_term_wrap(stdout, all, indent + 2, ak_out_text_width(c));
	(void)fputc('\n', stdout);
	if (strcmp(ak_js_str(k, "status"), "AK_WRONG_LEDGER") == 0 && strcmp(where, "genesis") == 0) {
		ak_term_spaces(stdout, indent + 2);
		ak_out_wrapped(c, stdout, indent + 2, MSG_OTHER_GENESIS, NULL);
	}
	if (*expected == '\0' && *found == '\0')
		return;
	expected = ak_term_digest(c->full, ak_phrase(c, expected, text[0]), digest[0]);
	found = ak_term_digest(c->full, ak_phrase(c, found, text[1]), digest[1]);
	ak_term_spaces(stdout, indent + 2);
	ak_out_wrapped(c, stdout, indent + 2, *expected == '\0' ? MSG_FOUND : *found == '\0' ? MSG_EXPECTED : MSG_EXPECTED_FOUND,
	               *expected == '\0' ? found : expected, found, NULL);
}

/* Failed, and the verdict rests on it: not for a record without effect, of which the warnings tell, nor for a rule, whose findings do. */
static bool counts(const json_t *k)
{
	const char *id = ak_js_str(k, "id");

	return strcmp(ak_js_str(k, "outcome"), "failed") == 0 && strcmp(ak_js_str(k, "effect"), "void") != 0 && !(*id >= 'A' && *id <= 'Z');
}

/* What a finding of the same rule tells already: one that says why it was not made. */
static bool told_by_finding(const json_t *r, const char *rule)
{
	const json_t *f;
	size_t i;

	json_array_foreach(ak_js_at(r, "findings"), i, f) {
		const char *why = ak_js_str(f, "reason");

		if (strcmp(ak_js_str(f, "rule"), rule) == 0 && (strcmp(why, "stale") == 0 || strcmp(why, "authority-lost") == 0 || strcmp(why, "erased") == 0))
			return true;
	}
	return false;
}

static void print_checks(const ak_cli *c, const json_t *r, size_t indent)
{
	char text[AK_PHRASE_MAX];
	const json_t *k;
	size_t i;

	json_array_foreach(ak_js_at(r, "checks"), i, k) {
		if (counts(k))
			print_failed_check(c, k, indent);
	}
	json_array_foreach(ak_js_at(r, "checks"), i, k) {
		if (strcmp(ak_js_str(k, "outcome"), "not-checked") != 0 || because(r, ak_js_str(k, "id")))
			continue;
		if (because(r, "completeness") && lacks_quorum(r) &&
		    (strcmp(ak_js_str(k, "id"), "witnesses") == 0 || strcmp(ak_js_str(k, "id"), "freshness") == 0))
			continue; /* said above, as are these */
		if ((because(r, "stale") && strcmp(ak_js_str(k, "id"), "freshness") == 0) || told_by_finding(r, ak_js_str(k, "id")) ||
		    because(r, "other-ledger") || (because(r, "fork") && strcmp(ak_js_str(k, "id"), "memory") == 0) ||
		    (because(r, "not-found") && strcmp(ak_js_str(k, "id"), "rules") == 0))
			continue;
		ak_term_spaces(stdout, indent);
		ak_out_wrapped(c, stdout, indent + 2, MSG_WAS_NOT_CHECKED, ak_answer_check(c, ak_js_str(k, "id")),
		               ak_phrase(c, ak_js_str(k, "detail"), text), NULL);
	}
}

static const json_t *with_record(const json_t *rows, uint64_t seq)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		if (ak_js_has(row, "record") && ak_js_num(row, "record") == seq)
			return row;
	}
	return NULL;
}

/* Of the records that seal a document, the one the listing rests on; else the newest. */
static uint64_t record_of(const json_t *r, const json_t *k, bool *rests)
{
	const json_t *records = ak_js_at(k, "records"), *seq;
	uint64_t found = 0;
	size_t i;

	*rests = false;
	json_array_foreach(records, i, seq) {
		found = (uint64_t)json_integer_value(seq);
		*rests = with_record(ak_js_at(r, "chain"), found) != NULL;
		if (*rests)
			break;
	}
	return found;
}

/* Which record seals it, of what period, and whether that still matters: last year's report is no proof of this year. */
static void print_sealed_in(const ak_cli *c, const json_t *r, const json_t *k)
{
	bool rests;
	uint64_t seq = record_of(r, k, &rests);
	const json_t *h = with_record(ak_js_at(r, "history"), seq);
	const char *first = ak_js_str(h, "first"), *last = ak_js_str(h, "last");
	char date[2][AK_TERM_DATE_MAX], period[2 * AK_TERM_DATE_MAX + 16] = "";

	if (*first != '\0' || *last != '\0')
		(void)ak_out_text(c, period, sizeof(period), MSG_EVIDENCE_PERIOD, ak_term_date(c->ja, first, date[0]),
		                  ak_term_date(c->ja, last, date[1]), NULL);
	ak_term_spaces(stdout, INDENT + 2);
	ak_out_wrapped(c, stdout, INDENT + 2, rests ? MSG_EVIDENCE_RESTS : MSG_EVIDENCE_PAST, AK_NUM(seq), ak_js_lang(h, "label", c->ja),
	               period, NULL);
}

/* The holder's own papers, compared with what was sealed. */
static void print_disclosed(const ak_cli *c, const json_t *k)
{
	const json_t *v;
	size_t i;

	json_array_foreach(ak_js_at(k, "disclosed"), i, v) {
		const json_t *value = json_object_get(v, "value");
		char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

		if (i > 0)
			ak_term_spaces(stdout, INDENT + 2);
		ak_out_wrapped(c, stdout, INDENT + 4, MSG_EVIDENCE_DISCLOSED, ak_js_str(v, "field"), json_is_string(value) ? json_string_value(value) : text == NULL ? "?" : text, NULL);
		free(text);
	}
}

static void print_evidence(const ak_cli *c, const json_t *r)
{
	const json_t *k;
	size_t i;

	json_array_foreach(ak_js_at(r, "checks"), i, k) {
		if (strcmp(ak_js_str(k, "id"), "evidence") != 0 || strcmp(ak_js_str(k, "outcome"), "passed") != 0)
			continue;
		ak_term_spaces(stdout, INDENT);
		ak_out_paint(c, stdout, AK_PAINT_GOOD);
		(void)fputs("✓ ", stdout);
		ak_out_plain(c, stdout);
		if (ak_js_len(k, "disclosed") > 0)
			print_disclosed(c, k);
		else
			ak_out_line(c, stdout, MSG_EVIDENCE_MATCHES, NULL);
		if (json_array_size(ak_js_at(k, "records")) > 0)
			print_sealed_in(c, r, k);
	}
}

/* A program without a ledger has nothing but a bundle to speak of. */
static bool of_bundle(const ak_cli *c)
{
	return c->program != NULL && strcmp(c->program, "akashi-verify") == 0;
}

/* Before all else: this is not what is known now. */
static void print_known_then(const ak_cli *c, const json_t *r, size_t indent)
{
	uint64_t known = ak_js_num(r, "known_at"), size = ak_js_num(r, "ledger.size");

	if (known > 0 && known < size)
		reason_line(c, MSG_KNOWN_THEN, AK_NUM(known), AK_NUM(size), indent);
}

void ak_verdict_answer(const ak_cli *c, const json_t *r)
{
	size_t indent = print_headline(c, r), i;
	const json_t *f;

	print_known_then(c, r, indent);
	if (says(r, "valid"))
		print_good(c, r, indent);
	else if (says(r, "unverifiable"))
		print_unsure(c, r, indent);
	else if (because(r, "tampered"))
		reason_line(c, of_bundle(c) ? MSG_WHY_TAMPERED_BUNDLE : MSG_WHY_TAMPERED, "", "", indent);
	else if (because(r, "fork"))
		reason_line(c, MSG_WHY_FORK, "", "", indent);
	if (because(r, "use"))
		reason_line(c, MSG_WHY_USE, ak_answer_word(c, ak_js_str(r, "use.listing_verdict")), "", indent);
	if (because(r, "evidence") && ak_js_has(r, "evidence") && !says(r, ak_js_str(r, "evidence.listing_verdict")))
		reason_line(c, MSG_WHY_EVIDENCE, ak_answer_word(c, ak_js_str(r, "evidence.listing_verdict")), "", indent);
	json_array_foreach(ak_js_at(r, "findings"), i, f) { /* what decided comes before the chain */
		if (!says(r, "valid") && says(r, ak_js_str(f, "severity")))
			ak_finding_print(c, f, indent);
	}
	if (!says(r, "valid"))
		print_checks(c, r, indent);
	if (says(r, "invalid") && because(r, "fork"))
		reason_line(c, MSG_NEXT, ak_msg_text(MSG_NEXT_FORK, c->ja), "", indent);
	if (because(r, "tampered") || (says(r, "invalid") && because(r, "fork")))
		reason_line(c, MSG_NOTHING_ELSE_JUDGED, "", "", indent);
	(void)fputc('\n', stdout);
}

void ak_verdict_rest(const ak_cli *c, const json_t *r)
{
	const json_t *f;
	size_t i, n = 0;

	print_evidence(c, r);
	json_array_foreach(ak_js_at(r, "findings"), i, f) {
		if (says(r, "valid") || !says(r, ak_js_str(f, "severity"))) {
			ak_finding_print(c, f, INDENT);
			n++;
		}
	}
	if (says(r, "valid"))
		print_checks(c, r, INDENT);
	if (n > 0)
		(void)fputc('\n', stdout);
	ak_verdict_ground(c, r);
}

void ak_verdict_print(const ak_cli *c, const json_t *r)
{
	ak_verdict_answer(c, r);
	ak_verdict_use(c, r);
	ak_verdict_chain(c, r);
	ak_verdict_rest(c, r);
}

int ak_verdict_exit(ak_verdict v)
{
	switch (v) {
	case AK_VERDICT_VALID:
		return EXIT_HOLDS;
	case AK_VERDICT_INVALID:
	case AK_VERDICT_EXPIRED:
	case AK_VERDICT_SUSPENDED:
		return EXIT_DOES_NOT_HOLD;
	case AK_VERDICT_UNVERIFIABLE:
		break;
	}
	return EXIT_NOT_DECIDED;
}
