/* SPDX-License-Identifier: Apache-2.0 */
/* libcurl.h - libcurl, found when it is needed (internal)
 *
 * Linked, it brings some twenty libraries into every process, for Kerberos, LDAP and a second TLS among others, and they are a third of
 * the time of starting one (adr/0042).  Only two commands ever ask anything of another machine, so it is loaded then.
 * The functions are those of the same names, without `curl_` and, of easy handles, without `easy_`.
 */
#ifndef AK_FETCH_LIBCURL_H
#define AK_FETCH_LIBCURL_H

#include "base/bytes.h"

#include <curl/curl.h>

typedef struct ak_libcurl {
	void *handle;
	CURLcode (*global_init)(long flags);
	void (*global_cleanup)(void);
	CURL *(*init)(void);
	void (*cleanup)(CURL *c);
	CURLcode (*setopt)(CURL *c, CURLoption option, ...);
	CURLcode (*getinfo)(CURL *c, CURLINFO info, ...);
	CURLcode (*perform)(CURL *c);
	const char *(*strerror)(CURLcode code);
	struct curl_slist *(*slist_append)(struct curl_slist *list, const char *text);
	void (*slist_free_all)(struct curl_slist *list);
} ak_libcurl;

/* AK_IO when it is not there, or is another one than this was built for: nothing of it has to be closed. */
AK_MUST_USE ak_status ak_libcurl_open(ak_libcurl *out, ak_error *err);
/* It stays in the process: what it has begun there does not like to be taken away. */
void ak_libcurl_close(ak_libcurl *l);

#endif
