/* SPDX-License-Identifier: Apache-2.0 */
#include "files.h"
#include "js.h"
#include "out.h"
#include "report.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

bool ak_report_asked(const ak_cli *c)
{
	return ak_opt_has(&c->opts, OPT_REPORT);
}

/* What makes no sense without a report. */
static int check_alone(const ak_cli *c)
{
	const char *report = ak_opt_get(OPT_REPORT)->name;

	if (ak_opt_has(&c->opts, OPT_CASE))
		return ak_out_usage(c, MSG_REPORT_CASE_ALONE, ak_opt_get(OPT_CASE)->name, report, NULL);
	return ak_opt_has(&c->opts, OPT_FORCE) ? ak_out_usage(c, MSG_REPORT_WITH, ak_opt_get(OPT_FORCE)->name, report, NULL) : EXIT_HOLDS;
}

/* Told before anything is judged: one that was filed is not lost for it (adr/0021). */
static int check_place(const ak_cli *c)
{
	const char *path = ak_opt_value(&c->opts, OPT_REPORT);

	if (strcmp(path, "-") == 0 || ak_opt_has(&c->opts, OPT_FORCE) || !ak_file_exists(path))
		return EXIT_HOLDS;
	return ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_REPORT_EXISTS, NULL);
}

/* A page is judged again from the bundle alone: what else an answer may rest on does not travel in it. */
int ak_report_check_options(const ak_cli *c)
{
	const char *report = ak_opt_get(OPT_REPORT)->name;
	const char *title = ak_opt_value(&c->opts, OPT_CASE);
	enum { KANJI_BYTES = 3 };

	if (!ak_report_asked(c))
		return check_alone(c);
	if (ak_opt_has(&c->opts, OPT_EVIDENCE))
		return ak_out_usage(c, MSG_REPORT_NO_EVIDENCE, report, ak_opt_get(OPT_EVIDENCE)->name, NULL);
	if (ak_opt_has(&c->opts, OPT_ALSO))
		return ak_out_usage(c, MSG_REPORT_NO_ALSO, report, ak_opt_get(OPT_ALSO)->name, NULL);
	if (title != NULL && strlen(title) > AK_REPORT_TEXT_MAX)
		return ak_out_usage(c, MSG_REPORT_TOO_LONG, ak_opt_get(OPT_CASE)->name, AK_NUM(AK_REPORT_TEXT_MAX), AK_NUM(AK_REPORT_TEXT_MAX / KANJI_BYTES), NULL);
	if (strlen(ak_file_base(ak_opt_value(&c->opts, OPT_REPORT))) > AK_REPORT_TEXT_MAX)
		return ak_out_usage(c, MSG_REPORT_TOO_LONG, report, AK_NUM(AK_REPORT_TEXT_MAX), AK_NUM(AK_REPORT_TEXT_MAX / KANJI_BYTES), NULL);
	return check_place(c);
}

static bool settle(const ak_cli *c, ak_report_settings *out)
{
	const char *title = ak_opt_value(&c->opts, OPT_CASE), *path = ak_opt_value(&c->opts, OPT_REPORT);
	time_t now = (time_t)c->now;
	ak_report_settings s = { .ja = c->ja };
	json_t *text = json_string(title == NULL ? "" : title), *name = json_string(ak_file_base(path));
	struct tm tm;
	bool good = text != NULL && name != NULL && gmtime_r(&now, &tm) != NULL; /* NULL also for what is no UTF-8 */

	json_decref(text);
	json_decref(name);
	if (!good)
		return false;
	(void)snprintf(s.title, sizeof(s.title), "%s", title == NULL ? "" : title);
	(void)snprintf(s.file, sizeof(s.file), "%s", strcmp(path, "-") == 0 ? "report.html" : ak_file_base(path));
	(void)snprintf(s.version, sizeof(s.version), "%s", AK_VERSION);
	if (strftime(s.made, sizeof(s.made), "%Y-%m-%dT%H:%M:%SZ", &tm) != sizeof(s.made) - 1)
		return false;
	*out = s;
	return true;
}

/* What was told and what the page would say. */
static bool agree(const json_t *told, const ak_text *paper)
{
	json_t *o = ak_js_parse(paper);
	bool same = strcmp(ak_js_str(told, "verdict"), ak_js_str(o, "verdict")) == 0 && strcmp(ak_js_str(told, "reason"), ak_js_str(o, "reason")) == 0;

	json_decref(o);
	return same;
}

/* Heads seen before decide: they are this machine's, and a page that is judged again elsewhere would say something better. */
static int refuse_memory(const ak_cli *c, const char *path, const json_t *told)
{
	const bool older = strcmp(ak_js_str(told, "memory.outcome"), "older") == 0;
	ak_error e = { .status = AK_NOT_ALONE, .where = "memory" };

	(void)snprintf(e.detail, sizeof(e.detail), "not written: heads seen before on this machine decide here, and a report cannot carry them");
	(void)ak_out_refused(c, path, &e, ak_msg_text(older ? MSG_NEXT_FRESHER : MSG_NEXT_FORK, c->ja));
	return (int)ak_js_num(told, "exit");
}

int ak_report_make(const ak_cli *c, ak_span bundle, const ak_verify_options *o, const json_t *told)
{
	const char *path = ak_opt_value(&c->opts, OPT_REPORT);
	ak_verify_options alone = *o;
	ak_report_settings set;
	ak_verdict verdict;
	ak_text json = { 0 };
	ak_error e = { 0 };
	char *html = NULL;
	size_t len = 0;
	int code;

	alone.memory = NULL;
	alone.memory_lost = NULL;
	alone.new_memory = NULL;
	if (!settle(c, &set))
		return ak_out_usage(c, MSG_REPORT_NOT_TEXT, ak_opt_get(OPT_CASE)->name, ak_opt_get(OPT_REPORT)->name, NULL);
	if (ak_bundle_verify(bundle, &alone, &verdict, &json, &e) != AK_OK)
		return ak_out_refused(c, path, &e, NULL);
	if (!agree(told, &json)) {
		code = ak_js_has(told, "memory") ? refuse_memory(c, path, told) : ak_out_fault(c, AK_INTERNAL, path, MSG_REPORT_NOT_ALONE, NULL);
	} else if (ak_report_render(&(ak_report){ bundle, o->trust, { (const uint8_t *)json.data, json.len }, &set }, &html, &len, &e) != AK_OK) {
		code = ak_out_refused(c, path, &e, NULL);
	} else {
		code = ak_file_write(c, path, (ak_span){ (const uint8_t *)html, len },
		                     ak_opt_has(&c->opts, OPT_FORCE) ? AK_WRITE_REPLACE : AK_WRITE_NEW);
		if (code == EXIT_HOLDS && strcmp(path, "-") != 0)
			ak_out_note(c, MSG_SVG_WRITTEN, path, NULL);
	}
	free(html);
	ak_text_free(&json);
	return code;
}
