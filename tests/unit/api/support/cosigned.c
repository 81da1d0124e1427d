/* SPDX-License-Identifier: Apache-2.0 */
#include "cosigned.h"

#include "api/api.h"
#include "codec/note.h"
#include "crypto/hash.h"
#include "crypto/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void witness_of(const ak_secret *k, ak_vkey *v)
{
	*v = (ak_vkey){ .name = "witness.example", .type = AK_NOTE_COSIGNATURE };
	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(k->key), v->key));
	ak_note_key_id(ak_span_str(v->name), v->type, v->key, ak_sha256, v->id);
}

void cosigned_demand(world *w, const ak_secret *witness)
{
	static const char none[] = "quorum none";
	const char *at = strstr(w->trust.data, none);
	ak_vkey v;
	ak_buf b;

	assert_non_null(at);
	witness_of(witness, &v);
	ak_buf_init(&b, 1 << 16);
	assert_int_equal(ak_buf_add(&b, w->trust.data, (size_t)(at - w->trust.data), NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(&b, "witness w1 ", NULL), AK_OK);
	assert_int_equal(ak_vkey_format(&v, &b, NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(&b, "\nquorum w1", NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(&b, at + strlen(none), NULL), AK_OK);
	ak_text_free(&w->trust);
	assert_int_equal(ak_buf_take_text(&b, &w->trust, NULL), AK_OK);
	ak_buf_clear(&b);
}

void cosigned_head(world *w, const ak_secret *witness)
{
	ak_buf *head = &w->l->b->head.checkpoint, msg, sig, blob;
	uint8_t time[8];
	ak_note note;
	ak_vkey v;

	witness_of(witness, &v);
	ak_buf_init(&msg, 1 << 16);
	ak_buf_init(&sig, 1024);
	ak_buf_init(&blob, 1024);
	assert_int_equal(ak_note_parse(ak_buf_span(head), &note, NULL), AK_OK);
	assert_int_equal(ak_cosignature_message((uint64_t)w->now, note.text, &msg, NULL), AK_OK);
	assert_int_equal(ak_seckey_sign(witness->key, ak_buf_span(&msg), &sig, NULL), AK_OK);
	ak_put_be64(time, (uint64_t)w->now);
	assert_int_equal(ak_buf_add(&blob, time, sizeof(time), NULL), AK_OK);
	assert_int_equal(ak_buf_add_span(&blob, ak_buf_span(&sig), NULL), AK_OK);
	assert_int_equal(ak_note_line_format(ak_span_str(v.name), v.id, ak_buf_span(&blob), head, NULL), AK_OK);
	ak_buf_clear(&msg);
	ak_buf_clear(&sig);
	ak_buf_clear(&blob);
}
