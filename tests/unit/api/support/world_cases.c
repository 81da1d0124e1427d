/* SPDX-License-Identifier: Apache-2.0 */
/* Cases shared with the rules' tests (tests/rules), sealed record by record into a world. */
#include "world.h"

#include "codec/jcs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static ak_json *read_case(const char *name)
{
	char path[512];
	ak_json *v = NULL;
	ak_buf b;
	FILE *f;
	int c;

	(void)snprintf(path, sizeof(path), "%s/tests/rules/base/%s.json", AK_SOURCE_DIR, name);
	f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("cannot read %s", path);
	ak_buf_init(&b, 1 << 20);
	while ((c = fgetc(f)) != EOF)
		assert_int_equal(ak_buf_add_byte(&b, (uint8_t)c, NULL), AK_OK);
	(void)fclose(f);
	assert_int_equal(ak_json_parse(ak_buf_span(&b), &v, NULL), AK_OK);
	ak_buf_clear(&b);
	return v;
}

typedef struct ref_list {
	char text[16][96];
	const char *list[17];
	size_t n;
} ref_list;

static bool add_ref(void *ctx, ak_span rel, const ak_json *label)
{
	ref_list *r = ctx;

	(void)snprintf(r->text[r->n], sizeof(r->text[0]), "%.*s=%s", (int)rel.len, (const char *)rel.data,
	               (const char *)ak_json_text(label).data);
	r->list[r->n] = r->text[r->n];
	r->n++;
	return true;
}

/* A case has ids of its own: what is corrected or annulled is named by the id that it has here. */
static void name_target(world *w, const ak_json *r, ak_json *body)
{
	const char *label = ak_json_get_str(ak_json_get(r, "refs"), ak_json_is(ak_json_pointer(r, ak_span_str("/refs/corrects")), AK_JSON_STRING)
	                                                            ? "corrects" : "annuls");
	ak_text shown = { 0 };
	ak_json *v = NULL;
	char number[24];
	ak_error err = { 0 };

	if (label == NULL || ak_json_get(body, "record") == NULL)
		return;
	(void)snprintf(number, sizeof(number), "#%llu", (unsigned long long)world_seq(w, label));
	if (ak_ledger_show(w->l, number, &shown, &err) != AK_OK)
		fail_msg("show %s: %s", number, err.detail);
	assert_int_equal(ak_json_parse((ak_span){ (const uint8_t *)shown.data, shown.len }, &v, NULL), AK_OK);
	assert_int_equal(ak_json_set(body, "record", ak_json_copy(ak_json_get(v, "id")), NULL), AK_OK);
	ak_json_free(v);
	ak_text_free(&shown);
}

void world_play_record(world *w, const ak_json *r)
{
	const char *issued = ak_json_get_str(r, "issued");
	ref_list refs = { .n = 0 };
	ak_json *said = ak_json_copy(ak_json_get(r, "body"));
	ak_buf body;

	assert_non_null(said);
	name_target(w, r, said);
	ak_buf_init(&body, 1 << 20);
	assert_int_equal(ak_jcs_write(said, &body, NULL), AK_OK);
	ak_json_free(said);
	assert_int_equal(ak_buf_add_byte(&body, 0, NULL), AK_OK);
	(void)ak_json_each(ak_json_get(r, "refs"), add_ref, &refs);
	(void)world_add(w, ak_json_get_str(r, "label"), ak_json_get_str(r, "type"),
	                issued != NULL ? issued : ak_json_get_str(r, "sealed_on"), (const char *)body.data, refs.list);
	ak_buf_clear(&body);
}

void world_play(world *w, const char *name)
{
	ak_json *v = read_case(name);
	const ak_json *records = ak_json_get(v, "records");

	for (size_t i = 0; i < ak_json_len(records); i++)
		world_play_record(w, ak_json_at(records, i));
	ak_json_free(v);
}
