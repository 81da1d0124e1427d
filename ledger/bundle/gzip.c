/* SPDX-License-Identifier: Apache-2.0 */
/* One gzip member (RFC 1952) with a fixed header, read and written in memory.  The frame is ours and only the deflate
 * stream is zlib's: its gzip reader accepts names, comments, times, several members and whatever follows. */
#include "bundle/bundle.h"

#include "base/fail.h"

#include <string.h>
#include <zlib.h>

enum { HEADER = 10, TRAILER = 8, STEP = 64 * 1024, LEVEL = 9, WINDOW = -15 /* no frame */, MEMORY = 9 };

/* Deflate, no flags, no time, best compression, Unix: what `gzip -9n` writes too. */
static const uint8_t header[HEADER] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3 };

static voidpf take(voidpf ctx, uInt n, uInt size)
{
	(void)ctx;
	return ak_mem_array(n, size);
}

static void give(voidpf ctx, voidpf p)
{
	(void)ctx;
	ak_mem_free(p);
}

static void put_le32(uint8_t out[4], uint32_t v)
{
	for (int i = 0; i < 4; i++)
		out[i] = (uint8_t)(v >> (8 * i));
}

static uint32_t get_le32(const uint8_t in[4])
{
	return (uint32_t)in[0] | (uint32_t)in[1] << 8 | (uint32_t)in[2] << 16 | (uint32_t)in[3] << 24;
}

static ak_status compress_all(z_stream *z, ak_buf *out, ak_error *err)
{
	int rc = Z_OK;

	while (rc == Z_OK) {
		ak_status st = ak_buf_reserve(out, STEP, err);

		if (st != AK_OK)
			return st;
		z->next_out = out->data + out->len;
		z->avail_out = STEP;
		rc = deflate(z, Z_FINISH);
		out->len += STEP - z->avail_out;
	}
	return rc == Z_STREAM_END ? AK_OK : ak_fail(err, AK_INTERNAL, "container.gzip", 0, "deflate: %d", rc);
}

ak_status ak_bundle_pack(ak_span text, ak_buf *out, ak_error *err)
{
	z_stream z = { .zalloc = take, .zfree = give };
	uint8_t trailer[TRAILER];
	ak_status st;
	int rc;

	if (text.len > AK_BUNDLE_JSON_MAX)
		return ak_fail(err, AK_LIMIT, "bundle.size", text.len, "over %d bytes", AK_BUNDLE_JSON_MAX);
	rc = deflateInit2(&z, LEVEL, Z_DEFLATED, WINDOW, MEMORY, Z_DEFAULT_STRATEGY);
	if (rc != Z_OK)
		return rc == Z_MEM_ERROR ? ak_no_memory(err, "container") : ak_fail(err, AK_INTERNAL, "container.gzip", 0, "deflate: %d", rc);
	z.next_in = (Bytef *)(uintptr_t)text.data; /* zlib reads it only */
	z.avail_in = (uInt)text.len;
	st = ak_buf_add(out, header, HEADER, err);
	if (st == AK_OK)
		st = compress_all(&z, out, err);
	(void)deflateEnd(&z);
	put_le32(trailer, (uint32_t)crc32_z(0, text.data, text.len));
	put_le32(trailer + 4, (uint32_t)text.len);
	return st == AK_OK ? ak_buf_add(out, trailer, TRAILER, err) : st;
}

static ak_status too_much(const ak_buf *out, ak_error *err)
{
	if (out->max == AK_BUNDLE_JSON_MAX)
		return ak_fail(err, AK_LIMIT, "container.size", out->max, "over %zu bytes when unpacked", out->max);
	return ak_fail(err, AK_LIMIT, "container.ratio", out->max, "over %d times its own size when unpacked",
	               AK_BUNDLE_RATIO_MAX);
}

/* What zlib tells of its state between blocks. */
static bool after_last_block(const z_stream *z)
{
	return (z->data_type & 64) != 0 && (z->data_type & 128) != 0;
}

/* *unused: bits of the last byte that belong to no block.  zlib drops them in silence, but stops before that at the end of
 * each block when asked to. */
static ak_status inflate_all(z_stream *z, ak_buf *out, unsigned *unused, ak_error *err)
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
		rc = inflate(z, Z_BLOCK);
		if (after_last_block(z))
			*unused = (unsigned)z->data_type & 7;
		if (room == 0 && z->avail_out == 0)
			return too_much(out, err);
		if (room != 0)
			out->len += room - z->avail_out;
		if (rc == Z_MEM_ERROR)
			return ak_no_memory(err, "container");
		if (rc != Z_OK && rc != Z_STREAM_END)
			return ak_fail(err, AK_BAD_FORMAT, "container.gzip", HEADER + z->total_in, "damaged or cut");
	}
	return AK_OK;
}

/* What follows the deflate stream at `end` of the file. */
static ak_status check_end(ak_span file, size_t end, unsigned unused, ak_span text, ak_error *err)
{
	const uint8_t *t = file.data + end;

	if (file.data[end - 1] >> (8 - unused) != 0)
		return ak_fail(err, AK_BAD_FORMAT, "container.padding", end - 1, "bits after the last block");
	if (file.len - end < TRAILER)
		return ak_fail(err, AK_BAD_FORMAT, "container.gzip", file.len, "cut");
	if (get_le32(t) != (uint32_t)crc32_z(0, text.data, text.len))
		return ak_fail(err, AK_BAD_FORMAT, "container.crc", end, "the checksum is of other bytes");
	if (get_le32(t + 4) != (uint32_t)text.len)
		return ak_fail(err, AK_BAD_FORMAT, "container.isize", end + 4, "the length is of other bytes");
	if (file.len - end != TRAILER)
		return ak_fail(err, AK_BAD_FORMAT, "container.trailing", end + TRAILER, "bytes after the end");
	return AK_OK;
}

static ak_status check_header(ak_span file, ak_error *err)
{
	for (size_t i = 0; i < HEADER; i++) {
		if (i == file.len || file.data[i] != header[i])
			return ak_fail(err, AK_BAD_FORMAT, "container.header", i, "not the header of a bundle");
	}
	return AK_OK;
}

ak_status ak_bundle_unpack(ak_span file, ak_buf *out, ak_error *err)
{
	z_stream z = { .zalloc = take, .zfree = give };
	size_t most = file.len > AK_BUNDLE_JSON_MAX / AK_BUNDLE_RATIO_MAX ? AK_BUNDLE_JSON_MAX : file.len * AK_BUNDLE_RATIO_MAX;
	unsigned unused = 0;
	ak_buf text;
	ak_status st = check_header(file, err);
	int rc;

	if (st != AK_OK)
		return st;
	if (file.len > AK_BUNDLE_FILE_MAX)
		return ak_fail(err, AK_LIMIT, "container.size", file.len, "over %d bytes", AK_BUNDLE_FILE_MAX);
	rc = inflateInit2(&z, WINDOW);
	if (rc != Z_OK)
		return rc == Z_MEM_ERROR ? ak_no_memory(err, "container") : ak_fail(err, AK_INTERNAL, "container.gzip", 0, "inflate: %d", rc);
	ak_buf_init(&text, most);
	z.next_in = (Bytef *)(uintptr_t)(file.data + HEADER); /* zlib reads it only */
	z.avail_in = (uInt)(file.len - HEADER);
	st = inflate_all(&z, &text, &unused, err);
	if (st == AK_OK)
		st = check_end(file, file.len - z.avail_in, unused, ak_buf_span(&text), err);
	(void)inflateEnd(&z);
	if (st != AK_OK) {
		ak_buf_clear(&text);
		return st;
	}
	ak_buf_clear(out);
	*out = text;
	return AK_OK;
}
