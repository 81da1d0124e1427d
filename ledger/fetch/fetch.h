/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.h - one question over HTTP, and its answer (internal)
 *
 * For what proves itself: the answer is checked by whoever asked, whatever way it came.  So plain http is taken as https is, and a
 * certificate of https that does not hold is refused all the same.  A redirection is not followed: whoever is asked answers.
 * Proxies are those of the environment as libcurl reads it (https_proxy, no_proxy).  No layer below `api` sees this one.
 */
#ifndef AK_FETCH_FETCH_H
#define AK_FETCH_FETCH_H

#include "base/bytes.h"

enum {
	AK_FETCH_URL_MAX = 1000,    /* bytes */
	AK_FETCH_SECONDS_MAX = 600,
	AK_FETCH_SECONDS = 30,      /* for the whole of it, when none are given */
	AK_FETCH_CONNECT_S = 10,
};

typedef struct ak_fetch {
	const char *url;           /* http:// or https://, without user name and password */
	const char *sent, *wanted; /* media types: of the body, and which the answer has to be of */
	ak_span body;
	unsigned seconds;          /* until it is given up; 0: AK_FETCH_SECONDS */
} ak_fetch;

/* Is that an address that can be asked?  AK_INVALID_ARGUMENT. */
AK_MUST_USE ak_status ak_fetch_check_url(const char *url, ak_error *err);

/* POST the body and append the answer to `out`, whose ceiling bounds it.  AK_IO: nobody there, too slow, another status than 200 or
 * another media type (the reason in err->detail).  AK_LIMIT: a longer answer. */
AK_MUST_USE ak_status ak_fetch_post(const ak_fetch *f, ak_buf *out, ak_error *err);

#endif
