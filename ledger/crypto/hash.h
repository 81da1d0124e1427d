/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - SHA-256, SHA-384 and SHA-512 (FIPS 180-4), on OpenSSL (internal)
 *
 * One-shot functions cannot fail: their state is on the stack (hash.c says what that costs
 * and saves).  Prefix bytes separate the domains of docs/FORMAT.md.
 */
#ifndef AK_CRYPTO_HASH_H
#define AK_CRYPTO_HASH_H

#include "base/bytes.h"

enum {
	AK_TAG_LEAF = 0x00,       /* RFC 6962 leaf = record id       */
	AK_TAG_NODE = 0x01,       /* RFC 6962 inner node             */
	AK_TAG_CHAIN = 0x03,      /* subject chain step              */
	AK_TAG_MAP_LEAF = 0x04,   /* subject map leaf                */
	AK_TAG_MAP_NODE = 0x05,   /* subject map inner node          */
	AK_TAG_COMMITMENT = 0x06, /* salted document commitment      */
};

void ak_sha256(ak_span in, ak_digest *out);
void ak_sha384(ak_span in, uint8_t out[48]);
void ak_sha512(ak_span in, uint8_t out[64]);
enum { AK_SHA1_LEN = 20 };
void ak_sha1(ak_span in, uint8_t out[AK_SHA1_LEN]); /* the sum that ends a git pack; protects nothing */
/* SHA-256(tag || a || b): small inputs only (a, b up to 64 bytes use no heap; longer ones
 * are streamed). */
void ak_sha256_tagged(uint8_t tag, ak_span a, ak_span b, ak_digest *out);

typedef struct ak_sha256_ctx ak_sha256_ctx; /* for files */
AK_MUST_USE ak_status ak_sha256_open(ak_sha256_ctx **out, ak_error *err);
AK_MUST_USE ak_status ak_sha256_update(ak_sha256_ctx *c, ak_span in, ak_error *err);
AK_MUST_USE ak_status ak_sha256_close(ak_sha256_ctx **c, ak_digest *out, ak_error *err); /* frees */
void ak_sha256_free(ak_sha256_ctx **c);

/* SHA-384 or SHA-512 of what does not fit in memory: as ak_sha256_*; 48 or 64 bytes come out. */
typedef struct ak_sha512_ctx ak_sha512_ctx;
AK_MUST_USE ak_status ak_sha512_open(bool as_384, ak_sha512_ctx **out, ak_error *err);
AK_MUST_USE ak_status ak_sha512_update(ak_sha512_ctx *c, ak_span in, ak_error *err);
AK_MUST_USE ak_status ak_sha512_close(ak_sha512_ctx **c, uint8_t *out, ak_error *err); /* frees */
void ak_sha512_free(ak_sha512_ctx **c);

AK_MUST_USE ak_status ak_random(uint8_t *out, size_t len, ak_error *err);

#endif
