/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a zlib stream (RFC 1950) that is wholly in memory, for loose objects.
 *
 * libgit2 1.5 never comes back from a loose object whose stream is cut, so loose objects do not go through it.  The
 * output has a ceiling, and the stream must end exactly where the input does.
 */
#include "store/git_internal.h"

#include "base/fail.h"

#include <zlib.h>

enum { STEP = 64 * 1024 };

static ak_status status_of(int rc, const ak_buf *out, ak_error *err)
{
	if (rc == Z_MEM_ERROR)
		return ak_no_memory(err, "git.object");
	return ak_fail(err, AK_BAD_FORMAT, "git.object", out->len, "the zlib stream is damaged or cut");
}

static ak_status run(z_stream *z, ak_buf *out, ak_error *err)
{
	int rc = Z_OK;

	while (rc != Z_STREAM_END) {
		size_t room = out->max - out->len < STEP ? out->max - out->len : STEP;
		uint8_t one = 0;
		ak_status st = ak_buf_reserve(out, room, err);

		if (st != AK_OK)
			return st;
		/* With the buffer full the stream may still have its end to tell, and nothing else. */
		z->next_out = room == 0 ? &one : out->data + out->len;
		z->avail_out = room == 0 ? 1 : (uInt)room;
		rc = inflate(z, Z_NO_FLUSH);
		if (room == 0 && z->avail_out == 0)
			return ak_fail(err, AK_LIMIT, "git.object", out->max, "over %zu bytes", out->max);
		if (room != 0)
			out->len += room - z->avail_out;
		if (rc != Z_OK && rc != Z_STREAM_END)
			return status_of(rc, out, err);
	}
	if (z->avail_in != 0)
		return ak_fail(err, AK_BAD_FORMAT, "git.object", out->len, "bytes after the zlib stream");
	return AK_OK;
}

ak_status ak_git_inflate(ak_span in, ak_buf *out, ak_error *err)
{
	z_stream z = { 0 };
	ak_status st;
	int rc;

	if (in.len > UINT32_MAX)
		return ak_fail(err, AK_LIMIT, "git.object", in.len, "too long");
	z.next_in = (Bytef *)(uintptr_t)in.data; /* zlib reads it only */
	z.avail_in = (uInt)in.len;
	rc = inflateInit(&z);
	if (rc != Z_OK)
		return status_of(rc, out, err);
	st = run(&z, out, err);
	(void)inflateEnd(&z);
	return st;
}

uint32_t ak_git_adler32(uint32_t sum, ak_span s)
{
	return (uint32_t)adler32_z(sum, s.data, s.len);
}
