/* SPDX-License-Identifier: Apache-2.0 */
/* ossl.h - OpenSSL's errors as ours (private to crypto/)
 *
 * OpenSSL keeps failed calls in a queue per thread.  Whoever makes a call fail empties it,
 * so that nothing is left for a later reader to mistake for news.
 */
#ifndef AK_CRYPTO_OSSL_H
#define AK_CRYPTO_OSSL_H

#include "base/fail.h"

/* Fill *err with `what` and the reason OpenSSL gives, empty its queue, and return `status`;
 * or AK_NO_MEMORY when that is what it ran out of.  Reasons are OpenSSL's fixed texts:
 * they hold no bytes of the input. */
ak_status ak_ossl_fail(ak_error *err, ak_status status, const char *where, const char *what);

/* The same, of what a passphrase does not open: AK_INVALID_ARGUMENT.  A wrong one makes junk of it, of which OpenSSL says one thing or another;
 * only that it lacks an algorithm is told. */
ak_status ak_ossl_fail_locked(ak_error *err, const char *where, const char *what);

/* Empty the queue; true when an allocation inside OpenSSL failed. */
bool ak_ossl_drain(void);

#endif
