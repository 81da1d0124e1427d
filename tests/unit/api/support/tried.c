/* SPDX-License-Identifier: Apache-2.0 */
#include "tried.h"

#include "base/strmap.h"
#include "crypto/hash.h"
#include "crypto/key.h"

#include <pthread.h>

ak_status __real_ak_pubkey_check(const ak_pubkey *k, ak_span message, ak_span sig, ak_error *err);
ak_status __wrap_ak_pubkey_check(const ak_pubkey *k, ak_span message, ak_span sig, ak_error *err);

enum { MOST = 1 << 20 /* remembered; a table of 32-byte keys */ };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool on;
static ak_strmap good;

void tried_once(void)
{
	(void)pthread_mutex_lock(&lock);
	if (!on)
		ak_strmap_init(&good, 1);
	on = true;
	(void)pthread_mutex_unlock(&lock);
}

/* Key and signature are of fixed length once hashed, so no two triples are written alike. */
static void name_of(const ak_pubkey *k, ak_span message, ak_span sig, ak_digest *name)
{
	ak_digest parts[3] = { *ak_pubkey_id(k), { { 0 } }, { { 0 } } };

	ak_sha256(sig, &parts[1]);
	ak_sha256(message, &parts[2]);
	ak_sha256((ak_span){ (const uint8_t *)parts, sizeof(parts) }, name);
}

static bool known(const ak_digest *name)
{
	uint64_t one;
	bool is;

	(void)pthread_mutex_lock(&lock);
	is = ak_strmap_get(&good, (ak_span){ name->b, sizeof(name->b) }, &one);
	(void)pthread_mutex_unlock(&lock);
	return is;
}

static void note(const ak_digest *name)
{
	(void)pthread_mutex_lock(&lock);
	if (good.n < MOST && ak_strmap_put(&good, (ak_span){ name->b, sizeof(name->b) }, 1, NULL) != AK_OK)
		on = false; /* without memory for it, each is tried again */
	(void)pthread_mutex_unlock(&lock);
}

static bool wanted(void)
{
	bool is;

	(void)pthread_mutex_lock(&lock);
	is = on;
	(void)pthread_mutex_unlock(&lock);
	return is;
}

ak_status __wrap_ak_pubkey_check(const ak_pubkey *k, ak_span message, ak_span sig, ak_error *err)
{
	ak_digest name;
	ak_status st;

	if (!wanted())
		return __real_ak_pubkey_check(k, message, sig, err);
	name_of(k, message, sig, &name);
	if (known(&name))
		return AK_OK;
	st = __real_ak_pubkey_check(k, message, sig, err);
	if (st == AK_OK)
		note(&name);
	return st;
}
