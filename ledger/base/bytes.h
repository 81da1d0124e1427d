/* SPDX-License-Identifier: Apache-2.0 */
/* bytes.h - an owned, bounded buffer, and helpers for borrowed spans (internal)
 *
 * ak_buf owns its bytes.  { 0 } is a valid empty buffer that may hold nothing;
 * ak_buf_clear() empties it and keeps its ceiling; clearing twice is a no-op.
 * Every buffer is born with a ceiling: growing past it is AK_LIMIT, not an
 * allocation, so no input from disk can make us allocate what it says it needs.
 *
 * All of akashi's own allocations go through ak_mem_*; tests make them fail.
 */
#ifndef AK_BASE_BYTES_H
#define AK_BASE_BYTES_H

#include "akashi/types.h"

typedef struct ak_buf {
	uint8_t *data;
	size_t len; /* bytes in use                                  */
	size_t cap; /* bytes allocated                               */
	size_t max; /* bytes this buffer may ever hold; set at birth */
} ak_buf;

void *ak_mem_alloc(size_t size);             /* zeroed; NULL when out of memory */
void *ak_mem_array(size_t n, size_t size);   /* zeroed; overflow gives NULL     */
void *ak_mem_resize(void *old, size_t size); /* size > 0; new bytes undefined   */
void ak_mem_free(void *p);                   /* NULL is fine                    */
ak_status ak_no_memory(ak_error *err, const char *where); /* AK_NO_MEMORY      */

/* Grow an array to hold at least `want` elements of `size` bytes.  *items and
 * *cap change only on success. */
AK_MUST_USE ak_status ak_mem_grow(void **items, size_t *cap, size_t want,
                                  size_t size, ak_error *err);

void ak_buf_init(ak_buf *b, size_t max);
void ak_buf_clear(ak_buf *b);
/* Clear, overwriting the bytes first: for secrets.  Growing moves bytes and leaves the old ones
 * behind, so reserve all the room before a secret goes in. */
void ak_buf_wipe(ak_buf *b);
AK_MUST_USE ak_status ak_buf_reserve(ak_buf *b, size_t more, ak_error *err);
AK_MUST_USE ak_status ak_buf_add(ak_buf *b, const void *data, size_t len,
                                 ak_error *err);
AK_MUST_USE ak_status ak_buf_add_span(ak_buf *b, ak_span s, ak_error *err);
AK_MUST_USE ak_status ak_buf_add_str(ak_buf *b, const char *s, ak_error *err);
AK_MUST_USE ak_status ak_buf_add_byte(ak_buf *b, uint8_t c, ak_error *err);
AK_MUST_USE ak_status ak_buf_addf(ak_buf *b, ak_error *err, const char *fmt, ...)
	AK_PRINTF(3, 4);
ak_span ak_buf_span(const ak_buf *b);

/* Move the bytes out as a NUL-terminated text; the buffer becomes empty. */
AK_MUST_USE ak_status ak_buf_take_text(ak_buf *b, ak_text *out, ak_error *err);

ak_span ak_span_str(const char *s); /* NULL gives the empty span */
bool ak_span_eq(ak_span a, ak_span b);
bool ak_span_is(ak_span a, const char *s);
int ak_span_cmp(ak_span a, ak_span b); /* bytewise, shorter first: <0, 0, >0 */
bool ak_span_starts(ak_span a, const char *prefix);
/* Where `what` is in `in` first; an empty one is at 0. */
bool ak_span_find(ak_span in, ak_span what, size_t *at);

/* Cut `in` at the first newline.  True: *line is the bytes before it and `in`
 * the bytes after.  False: no newline; neither argument changes. */
bool ak_span_line(ak_span *in, ak_span *line);

/* A NUL-terminated copy; free with ak_mem_free.  NULL when out of memory. */
char *ak_span_dup(ak_span s);

/* Big-endian numbers. */
void ak_put_be32(uint8_t out[4], uint32_t v);
void ak_put_be64(uint8_t out[8], uint64_t v);
uint32_t ak_get_be32(const uint8_t in[4]);
uint64_t ak_get_be64(const uint8_t in[8]);

#endif
