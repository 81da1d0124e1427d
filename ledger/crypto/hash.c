/* SPDX-License-Identifier: Apache-2.0 */
/* A ledger is mostly 65-byte hashes.  On OpenSSL 3.0 the one-shot SHA256() and
 * EVP_Digest() look the algorithm up by name at every call and take about 900 ns for
 * that, an EVP_MD fetched in advance still 350 ns, and would have to be kept in a
 * global; the functions below take 150 ns, no heap and no lock.  They are marked
 * deprecated, not unsafe: the same assembly does the work.  Only this file uses them. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/hash.h"

#include "base/fail.h"
#include "crypto/ossl.h"

#include <limits.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <string.h>

struct ak_sha256_ctx {
	SHA256_CTX sha;
};

struct ak_sha512_ctx {
	SHA512_CTX sha;
	bool as_384; /* other first values, and fewer bytes taken */
};

/* These three only fail on a NULL argument, so their results say nothing. */
static void sha256_over(SHA256_CTX *c, ak_span in)
{
	if (in.len != 0)
		(void)SHA256_Update(c, in.data, in.len);
}

void ak_sha256(ak_span in, ak_digest *out)
{
	SHA256_CTX c;

	(void)SHA256_Init(&c);
	sha256_over(&c, in);
	(void)SHA256_Final(out->b, &c);
}

void ak_sha384(ak_span in, uint8_t out[48])
{
	SHA512_CTX c;

	(void)SHA384_Init(&c);
	if (in.len != 0)
		(void)SHA384_Update(&c, in.data, in.len);
	(void)SHA384_Final(out, &c);
}

void ak_sha512(ak_span in, uint8_t out[64])
{
	SHA512_CTX c;

	(void)SHA512_Init(&c);
	if (in.len != 0)
		(void)SHA512_Update(&c, in.data, in.len);
	(void)SHA512_Final(out, &c);
}

void ak_sha1(ak_span in, uint8_t out[AK_SHA1_LEN])
{
	SHA_CTX c;

	(void)SHA1_Init(&c);
	if (in.len != 0)
		(void)SHA1_Update(&c, in.data, in.len);
	(void)SHA1_Final(out, &c);
}

void ak_sha256_tagged(uint8_t tag, ak_span a, ak_span b, ak_digest *out)
{
	SHA256_CTX c;
	uint8_t head[129] = { tag };
	size_t n = 1;

	/* One update of whole blocks is quicker than three that leave remainders. */
	if (a.len <= 64 && b.len <= 64) {
		if (a.len != 0)
			memcpy(head + 1, a.data, a.len);
		if (b.len != 0)
			memcpy(head + 1 + a.len, b.data, b.len);
		n = 1 + a.len + b.len;
		a.len = 0;
		b.len = 0;
	}
	(void)SHA256_Init(&c);
	(void)SHA256_Update(&c, head, n);
	sha256_over(&c, a);
	sha256_over(&c, b);
	(void)SHA256_Final(out->b, &c);
}

ak_status ak_sha256_open(ak_sha256_ctx **out, ak_error *err)
{
	ak_sha256_ctx *c = ak_mem_alloc(sizeof(*c));

	if (c == NULL)
		return ak_no_memory(err, "sha256");
	(void)SHA256_Init(&c->sha);
	*out = c;
	return AK_OK;
}

ak_status ak_sha256_update(ak_sha256_ctx *c, ak_span in, ak_error *err)
{
	if (c == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "sha256", 0, "not open");
	sha256_over(&c->sha, in);
	return AK_OK;
}

ak_status ak_sha256_close(ak_sha256_ctx **c, ak_digest *out, ak_error *err)
{
	if (*c == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "sha256", 0, "not open");
	(void)SHA256_Final(out->b, &(*c)->sha);
	ak_sha256_free(c);
	return AK_OK;
}

void ak_sha256_free(ak_sha256_ctx **c)
{
	if (c == NULL)
		return;
	ak_mem_free(*c);
	*c = NULL;
}

ak_status ak_sha512_open(bool as_384, ak_sha512_ctx **out, ak_error *err)
{
	ak_sha512_ctx *c = ak_mem_alloc(sizeof(*c));

	if (c == NULL)
		return ak_no_memory(err, "sha512");
	c->as_384 = as_384;
	if (as_384)
		(void)SHA384_Init(&c->sha);
	else
		(void)SHA512_Init(&c->sha);
	*out = c;
	return AK_OK;
}

ak_status ak_sha512_update(ak_sha512_ctx *c, ak_span in, ak_error *err)
{
	if (c == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "sha512", 0, "not open");
	if (in.len != 0)
		(void)SHA512_Update(&c->sha, in.data, in.len);
	return AK_OK;
}

ak_status ak_sha512_close(ak_sha512_ctx **c, uint8_t *out, ak_error *err)
{
	if (*c == NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "sha512", 0, "not open");
	if ((*c)->as_384)
		(void)SHA384_Final(out, &(*c)->sha);
	else
		(void)SHA512_Final(out, &(*c)->sha);
	ak_sha512_free(c);
	return AK_OK;
}

void ak_sha512_free(ak_sha512_ctx **c)
{
	if (c == NULL)
		return;
	ak_mem_free(*c);
	*c = NULL;
}

ak_status ak_random(uint8_t *out, size_t len, ak_error *err)
{
	if (len > INT_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "random", len, "too many bytes");
	/* 0 and -1 both mean that the bytes are not random. */
	if (RAND_bytes(out, (int)len) != 1)
		return ak_ossl_fail(err, AK_INTERNAL, "random", "no random bytes");
	return AK_OK;
}
