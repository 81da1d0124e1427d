/* SPDX-License-Identifier: Apache-2.0 */
#include "seal/state.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/jcs.h"
#include "store/durable.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { STATE_MAX = 1024 * 1024, STATE_MODE = 0600 };

#define PUBLISHED "\"published\":"

void ak_sign_state_clear(ak_sign_state *s)
{
	ak_buf_clear(&s->commit);
	*s = (ak_sign_state){ 0 };
}

static ak_status parse(ak_span text, ak_sign_state *s, ak_error *err)
{
	ak_json *root = NULL;
	ak_span origin, was;
	int64_t size = -1, published = 0;
	ak_error why = { 0 };
	ak_status st = ak_json_parse(text, &root, &why);

	if (ak_status_class(st) == AK_CLASS_UNKNOWN) {
		if (err != NULL)
			*err = why;
		return st;
	}
	origin = ak_json_get_text(root, "origin");
	was = ak_json_get_text(root, "was");
	if (!ak_origin_valid(origin) || was.len > AK_STORE_ID_MAX ||
	    !ak_json_int(ak_json_get(root, "size"), &size) || size < 1 ||
	    !ak_json_int(ak_json_get(root, "published"), &published) || (published != 0 && published != 1) ||
	    !ak_digest_parse(ak_json_get_text(root, "root"), &s->root) ||
	    !ak_base64_decode(ak_json_get_text(root, "commit"), &s->commit, &why)) {
		st = why.status == AK_NO_MEMORY
		     ? ak_no_memory(err, "operator.state")
		     : ak_fail(err, AK_BAD_FORMAT, "operator.state", 0, "the file beside the operator key is damaged: "
		               "restore it, it guards against signing twice");
	} else {
		memcpy(s->origin, origin.data, origin.len);
		memcpy(s->was, was.data, was.len);
		s->size = (uint64_t)size;
		s->published = published == 1;
		s->known = true;
	}
	ak_json_free(root);
	return st;
}

ak_status ak_sign_state_read(const char *path, ak_sign_state *out, ak_error *err)
{
	ak_sign_state s = { 0 };
	ak_buf text;
	ak_status st;

	ak_buf_init(&text, STATE_MAX);
	ak_buf_init(&s.commit, STATE_MAX);
	st = ak_durable_read(path, STATE_MAX, &text, err);
	if (st == AK_OK)
		st = parse(ak_buf_span(&text), &s, err);
	else if (st == AK_NOT_FOUND)
		st = AK_OK;
	ak_buf_clear(&text);
	if (st != AK_OK)
		ak_sign_state_clear(&s);
	else
		*out = s;
	return st;
}

ak_status ak_sign_state_write(const char *path, const ak_sign_state *s, ak_error *err)
{
	ak_json *root = ak_json_new_object();
	char hex[AK_DIGEST_TEXT_LEN + 1];
	ak_buf text, b64;
	ak_status st;

	ak_buf_init(&text, 2 * STATE_MAX);
	ak_buf_init(&b64, 2 * STATE_MAX);
	ak_digest_format(&s->root, hex);
	st = ak_base64_encode(ak_buf_span(&s->commit), &b64, err);
	if (st == AK_OK)
		st = ak_json_set(root, "commit", ak_json_new_text(ak_buf_span(&b64)), err);
	if (st == AK_OK)
		st = ak_json_set(root, "origin", ak_json_new_str(s->origin), err);
	if (st == AK_OK)
		st = ak_json_set(root, "published", ak_json_new_int(s->published), err);
	if (st == AK_OK)
		st = ak_json_set(root, "root", ak_json_new_str(hex), err);
	if (st == AK_OK)
		st = ak_json_set(root, "size", ak_json_new_int((int64_t)s->size), err);
	if (st == AK_OK)
		st = ak_json_set(root, "was", ak_json_new_str(s->was), err);
	if (st == AK_OK)
		st = ak_jcs_write(root, &text, err);
	if (st == AK_OK)
		st = ak_durable_write(path, ak_buf_span(&text), STATE_MODE, err);
	ak_json_free(root);
	ak_buf_clear(&b64);
	ak_buf_clear(&text);
	return st;
}

void ak_sign_state_published(const char *path)
{
	static const char mark[] = PUBLISHED;
	ak_buf text;
	int fd;

	ak_buf_init(&text, STATE_MAX);
	if (ak_durable_read(path, STATE_MAX, &text, NULL) != AK_OK)
		goto out;
	for (size_t i = 0; i + sizeof(mark) <= text.len; i++) {
		if (memcmp(text.data + i, mark, sizeof(mark) - 1) != 0)
			continue;
		fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			break;
		/* Should this fail, the next seal finds the head in its place and needs no mark. */
		if (pwrite(fd, "1", 1, (off_t)(i + sizeof(mark) - 1)) != 1)
			text.len = 0;
		(void)close(fd);
		break;
	}
out:
	ak_buf_clear(&text);
}

/* The root the ledger had at an earlier size, from complete subtrees of the index. */
static ak_status root_at(ak_books *b, uint64_t size, ak_digest *out, ak_error *err)
{
	const ak_tree_source src = ak_index_tree_source(b->index);
	ak_frontier f = { .size = size };
	uint64_t done = 0;

	for (unsigned level = AK_TREE_LEVELS; level-- > 0;) {
		ak_status st;

		if ((size >> level & 1) == 0)
			continue;
		st = src.node(src.ctx, level, done >> level, &f.node[level], err);
		if (st != AK_OK)
			return st;
		done += UINT64_C(1) << level;
	}
	ak_frontier_root(&f, out);
	return AK_OK;
}

static ak_status forked(const ak_sign_state *s, const ak_books *b, const char *why, ak_error *err)
{
	return ak_fail(err, AK_FORK, "operator.state", s->size,
	               "%s: this key has signed a head of %" PRIu64 " records, the repository has %" PRIu64
	               "; bring the newer repository back, never sign over it", why, s->size,
	               b->checkpoint.size);
}

ak_status ak_sign_state_check(const ak_sign_state *s, ak_books *b, bool *pending, ak_error *err)
{
	ak_digest root;
	ak_status st;

	*pending = false;
	if (!s->known)
		return AK_OK;
	if (b->checkpoint.size != 0 && strcmp(s->origin, b->checkpoint.origin) != 0)
		return ak_mismatch(err, AK_WRONG_LEDGER, "operator.state", 0, b->checkpoint.origin, s->origin);
	if (s->size <= b->checkpoint.size) {
		st = root_at(b, s->size, &root, err);
		if (st != AK_OK)
			return st;
		return ak_digest_eq(&root, &s->root) ? AK_OK
		       : forked(s, b, "the repository holds another history", err);
	}
	if (strcmp(s->was, b->head.id) != 0)
		return forked(s, b, "the repository is older than its operator key knows", err);
	*pending = true;
	return AK_OK;
}
