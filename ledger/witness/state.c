/* SPDX-License-Identifier: Apache-2.0 */
#include "witness/state.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "codec/note.h"
#include "store/durable.h"

#include <string.h>

enum { STATE_MAX = 256 * 1024, STATE_MODE = 0600 };

#define FORMAT "akashi-witness/1"

void ak_witness_state_clear(ak_witness_state *s)
{
	ak_buf_clear(&s->note);
	ak_buf_clear(&s->file);
	*s = (ak_witness_state){ 0 };
}

static bool take_apart(const ak_json *root, ak_witness_state *s, ak_error *err)
{
	ak_note note;

	return ak_span_is(ak_json_get_text(root, "format"), FORMAT) &&
	       ak_digest_parse(ak_json_get_text(root, "genesis"), &s->genesis) &&
	       ak_hex_decode(ak_json_get_text(root, "operator"), s->operator_key, sizeof(s->operator_key)) &&
	       ak_json_int(ak_json_get(root, "time"), &s->time) && s->time >= 0 &&
	       ak_base64_decode(ak_json_get_text(root, "note"), &s->note, err) &&
	       ak_note_parse(ak_buf_span(&s->note), &note, err) == AK_OK &&
	       ak_checkpoint_parse(note.text, &s->checkpoint, err) == AK_OK && s->checkpoint.size > 0;
}

static ak_status parse(ak_witness_state *s, ak_error *err)
{
	ak_json *root = NULL;
	ak_error why = { 0 };
	bool good = ak_json_parse(ak_buf_span(&s->file), &root, &why) == AK_OK && take_apart(root, s, &why);

	ak_json_free(root);
	s->known = good;
	if (good)
		return AK_OK;
	return why.status == AK_NO_MEMORY
	       ? ak_no_memory(err, "witness.state")
	       : ak_fail(err, AK_IO, "witness.state", 0, "the file that remembers the head cosigned last is damaged: restore it, "
	                 "it guards against cosigning two histories");
}

ak_status ak_witness_state_read(const char *path, ak_witness_state *out, ak_error *err)
{
	ak_witness_state s = { 0 };
	ak_status st;

	ak_buf_init(&s.file, STATE_MAX);
	ak_buf_init(&s.note, AK_NOTE_MAX);
	st = ak_durable_read(path, STATE_MAX, &s.file, err);
	if (st == AK_OK)
		st = parse(&s, err);
	else if (st == AK_NOT_FOUND)
		st = AK_OK;
	if (st != AK_OK)
		ak_witness_state_clear(&s);
	else
		*out = s;
	return st;
}

static ak_status format(const ak_witness_state *s, ak_buf *out, ak_error *err)
{
	ak_json *root = ak_json_new_object();
	char genesis[AK_DIGEST_TEXT_LEN + 1], key[2 * sizeof(s->operator_key) + 1];
	ak_buf b64;
	ak_status st;

	ak_buf_init(&b64, STATE_MAX);
	ak_digest_format(&s->genesis, genesis);
	ak_hex_encode(s->operator_key, sizeof(s->operator_key), key);
	st = ak_base64_encode(ak_buf_span(&s->note), &b64, err);
	if (st == AK_OK)
		st = ak_json_set(root, "format", ak_json_new_str(FORMAT), err);
	if (st == AK_OK)
		st = ak_json_set(root, "genesis", ak_json_new_str(genesis), err);
	if (st == AK_OK)
		st = ak_json_set(root, "note", ak_json_new_text(ak_buf_span(&b64)), err);
	if (st == AK_OK)
		st = ak_json_set(root, "operator", ak_json_new_str(key), err);
	if (st == AK_OK)
		st = ak_json_set(root, "time", ak_json_new_int(s->time), err);
	if (st == AK_OK)
		st = ak_jcs_write(root, out, err);
	ak_json_free(root);
	ak_buf_clear(&b64);
	return st;
}

/* AK_OK only when the file holds exactly these bytes; none means that it is absent. */
static ak_status still(const char *path, ak_span was, ak_error *err)
{
	ak_buf now;
	ak_status st;

	ak_buf_init(&now, STATE_MAX);
	st = ak_durable_read(path, STATE_MAX, &now, err);
	if (st == AK_NOT_FOUND)
		st = AK_OK;
	if (st == AK_OK && !ak_span_eq(ak_buf_span(&now), was))
		st = ak_fail(err, AK_CONFLICT, "witness.state", 0,
			     "the witness's memory changed while it was checking: ask again");
	ak_buf_clear(&now);
	return st;
}

ak_status ak_witness_state_swap(const char *path, const ak_witness_state *was, const ak_witness_state *next, ak_error *err)
{
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, STATE_MAX);
	st = format(next, &text, err);
	if (st == AK_OK)
		st = still(path, ak_buf_span(&was->file), err);
	if (st == AK_OK)
		st = ak_durable_write(path, ak_buf_span(&text), STATE_MODE, err);
	ak_buf_clear(&text);
	return st;
}
