/* SPDX-License-Identifier: Apache-2.0 */
#include "watcher.h"
#include "temp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static ak_span span_of(const ak_text *t)
{
	return (ak_span){ (const uint8_t *)t->data, t->len };
}

static ak_text copy_of(const ak_text *t)
{
	ak_text out = { 0 };
	ak_buf b;

	ak_buf_init(&b, 1 << 20);
	assert_int_equal(ak_buf_add(&b, t->data, t->len, NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &out, NULL), AK_OK);
	return out;
}

void watcher_open(watcher *a, const world *w, ak_secret *key)
{
	*a = (watcher){ .key = key, .trust = copy_of(&w->trust) };
	temp_dir(a->dir, sizeof(a->dir));
	(void)snprintf(a->state, sizeof(a->state), "%s/w1.state", a->dir);
}

void watcher_close(watcher *a)
{
	char cmd[128];

	(void)snprintf(cmd, sizeof(cmd), "rm -rf %s", a->dir);
	assert_int_equal(system(cmd), 0);
	ak_secret_free(&a->key);
	ak_text_free(&a->trust);
}

ak_status watcher_try(watcher *a, const world *w, const char *path, int64_t later, bool *ok, ak_json **report, ak_error *err)
{
	const ak_witness_options o = {
		.trust = span_of(&a->trust), .key = a->key, .name = a->heartbeat ? NULL : WATCHER_NAME, .state_path = a->state,
		.first = !a->begun, .heartbeat = a->heartbeat, .now = w->now + later,
	};
	ak_text json = { 0 };
	ak_status st = ak_witness_cosign(path == NULL ? w->ledger : path, &o, ok, &json, err);

	if (st == AK_OK && *ok)
		a->begun = true;
	if (st == AK_OK && report != NULL)
		assert_int_equal(ak_json_parse(span_of(&json), report, NULL), AK_OK);
	ak_text_free(&json);
	return st;
}

ak_text watcher_signs(watcher *a, const world *w, int64_t later, ak_json **report)
{
	ak_json *r = NULL;
	ak_error err = { 0 };
	ak_text line = { 0 };
	bool ok = false;
	ak_buf b;
	ak_status st = watcher_try(a, w, NULL, later, &ok, &r, &err);

	if (st != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(st), err.where == NULL ? "?" : err.where, err.detail);
	if (!ok)
		fail_msg("refused by %s: %s", ak_json_get_str(ak_json_get(r, "refusal"), "duty"),
		         ak_json_get_str(ak_json_get(r, "refusal"), "detail"));
	ak_buf_init(&b, 1 << 16);
	assert_int_equal(ak_buf_add_span(&b, ak_json_get_text(r, "line"), NULL), AK_OK);
	assert_int_equal(ak_buf_add_byte(&b, '\n', NULL), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &line, NULL), AK_OK);
	if (report != NULL)
		*report = r;
	else
		ak_json_free(r);
	return line;
}

/* The memory's bytes, or "" when there is none. */
static void slurp(const char *path, char *out, size_t size)
{
	FILE *f = fopen(path, "rb");
	size_t n = 0;

	if (f != NULL) {
		n = fread(out, 1, size - 1, f);
		(void)fclose(f);
	}
	out[n] = '\0';
}

size_t watcher_refuses_at(watcher *a, const world *w, const char *path, int64_t later, const char *duty, ak_status status,
			  int64_t seq)
{
	enum { ROOM = 1 << 17 };
	char *before = calloc(1, ROOM), *after = calloc(1, ROOM);
	ak_json *r = NULL;
	const ak_json *why;
	ak_error err = { 0 };
	int64_t at = -1;
	bool ok = true;
	size_t kept;
	ak_status st;

	assert_true(before != NULL && after != NULL);
	slurp(a->state, before, ROOM);
	st = watcher_try(a, w, path, later, &ok, &r, &err);
	if (st != AK_OK)
		fail_msg("%s at %s: %s, want a refusal by %s", ak_status_name(st), err.where == NULL ? "?" : err.where,
			 err.detail, duty);
	why = ak_json_get(r, "refusal");
	(void)ak_json_int(ak_json_get(why, "seq"), &at);
	if (ok || !ak_span_is(ak_json_get_text(why, "duty"), duty) ||
	    !ak_span_is(ak_json_get_text(why, "status"), ak_status_name(status)) || at != seq)
		fail_msg("%s %s %s #%lld (%s), want %s %s #%lld", ok ? "cosigned" : "refused", ak_json_get_str(why, "duty"),
			 ak_json_get_str(why, "status"), (long long)at, ak_json_get_str(why, "detail"), duty,
			 ak_status_name(status), (long long)seq);
	assert_null(ak_json_get(r, "line"));
	slurp(a->state, after, ROOM);
	assert_string_equal(before, after);
	kept = ak_json_len(ak_json_get(r, "kept"));
	free(before);
	free(after);
	ak_json_free(r);
	return kept;
}

size_t watcher_refuses(watcher *a, const world *w, const char *duty, ak_status status, int64_t seq)
{
	return watcher_refuses_at(a, w, NULL, 60, duty, status, seq);
}

void watcher_cannot(watcher *a, const world *w, ak_status status, const char *where)
{
	ak_error err = { 0 };
	bool ok = false;
	ak_status st = watcher_try(a, w, NULL, 60, &ok, NULL, &err);

	if (st != status || err.where == NULL || strcmp(err.where, where) != 0)
		fail_msg("%s at %s (%s), want %s at %s", ak_status_name(st), err.where == NULL ? "?" : err.where, err.detail,
		         ak_status_name(status), where);
}

ak_text watcher_trusted(const watcher *a, const world *w)
{
	const char *none = "quorum none\ncomplete none\n", *at = strstr(w->trust.data, none);
	ak_text key = { 0 }, out = { 0 };
	ak_buf b;

	assert_non_null(at);
	assert_int_equal(ak_witness_key(a->key, WATCHER_NAME, &key, NULL), AK_OK);
	ak_buf_init(&b, 1 << 16);
	assert_int_equal(ak_buf_add(&b, w->trust.data, (size_t)(at - w->trust.data), NULL), AK_OK);
	assert_int_equal(ak_buf_addf(&b, NULL, "witness w1 %s\nquorum w1\ncomplete w1\n%s", key.data, at + strlen(none)), AK_OK);
	assert_int_equal(ak_buf_take_text(&b, &out, NULL), AK_OK);
	ak_text_free(&key);
	return out;
}

ak_status watcher_publish(world *w, ak_text lines, const ak_text *trust, ak_json **report, ak_error *err)
{
	const ak_seal_options o = { .operator_key = w->op, .state_path = w->state, .now = w->now };
	ak_span in = span_of(&lines);
	ak_text json = { 0 };
	size_t failed = 9;
	ak_status st = ak_ledger_cosign(w->l, &in, 1, trust == NULL ? (ak_span){ 0 } : span_of(trust), &o, &json, &failed, err);

	if (st == AK_OK && report != NULL)
		assert_int_equal(ak_json_parse(span_of(&json), report, NULL), AK_OK);
	ak_text_free(&json);
	ak_text_free(&lines);
	return st;
}
