/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/fetch.h"

#include "base/fail.h"
#include "fetch/libcurl.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char where[] = "fetch";

enum { HEADER_MAX = 200 };

ak_status ak_fetch_check_url(const char *url, ak_error *err)
{
	size_t n = url == NULL ? 0 : strlen(url), skip;
	const char *slash, *at;

	if (n == 0 || n > AK_FETCH_URL_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "url", n, "an address of 1 to %d bytes", AK_FETCH_URL_MAX);
	skip = strncmp(url, "https://", 8) == 0 ? 8 : strncmp(url, "http://", 7) == 0 ? 7 : 0;
	for (size_t i = 0; i < n; i++) {
		if (url[i] <= 0x20 || url[i] > 0x7e)
			skip = 0;
	}
	if (skip == 0 || skip == n)
		return ak_fail(err, AK_INVALID_ARGUMENT, "url", 0, "an address that begins with http:// or https:// and is plain ASCII");
	slash = strpbrk(url + skip, "/?#");
	at = strchr(url + skip, '@');
	if (at != NULL && (slash == NULL || at < slash)) /* it would be in the list of processes, and in answers */
		return ak_fail(err, AK_INVALID_ARGUMENT, "url", 0, "an address without user name and password");
	return AK_OK;
}

typedef struct answer {
	ak_buf *out;
	size_t before; /* bytes that were there */
	ak_status st;
	ak_error err;
} answer;

static size_t take(char *data, size_t size, size_t n, void *ctx)
{
	answer *a = ctx;

	if (a->st == AK_OK)
		a->st = ak_buf_add(a->out, data, size * n, &a->err);
	return a->st == AK_OK ? size * n : 0;
}

/* "application/timestamp-reply; charset=binary" */
static bool is_type(const char *got, const char *wanted)
{
	size_t n = strlen(wanted);

	return got != NULL && strncasecmp(got, wanted, n) == 0 && (got[n] == '\0' || got[n] == ';' || got[n] == ' ');
}

static bool set_up(const ak_libcurl *l, CURL *c, const ak_fetch *f, struct curl_slist *headers, answer *a)
{
	long seconds = f->seconds == 0 ? AK_FETCH_SECONDS : f->seconds;

	return l->setopt(c, CURLOPT_URL, f->url) == CURLE_OK &&
	       l->setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       l->setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK && l->setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       l->setopt(c, CURLOPT_TIMEOUT, seconds) == CURLE_OK &&
	       l->setopt(c, CURLOPT_CONNECTTIMEOUT, seconds < AK_FETCH_CONNECT_S ? seconds : (long)AK_FETCH_CONNECT_S) == CURLE_OK &&
	       l->setopt(c, CURLOPT_HTTPHEADER, headers) == CURLE_OK && l->setopt(c, CURLOPT_POST, 1L) == CURLE_OK &&
	       l->setopt(c, CURLOPT_POSTFIELDS, (const char *)f->body.data) == CURLE_OK &&
	       l->setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)f->body.len) == CURLE_OK &&
	       l->setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)(a->out->max - a->before)) == CURLE_OK &&
	       l->setopt(c, CURLOPT_USERAGENT, "akashi") == CURLE_OK && l->setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
	       l->setopt(c, CURLOPT_WRITEDATA, a) == CURLE_OK;
}

static ak_status judge(const ak_libcurl *l, CURL *c, const ak_fetch *f, CURLcode code, const answer *a, ak_error *err)
{
	const char *type = NULL;
	long status = 0;

	if (a->st == AK_NO_MEMORY || code == CURLE_OUT_OF_MEMORY)
		return ak_no_memory(err, where);
	if (a->st == AK_LIMIT || code == CURLE_FILESIZE_EXCEEDED)
		return ak_fail(err, AK_LIMIT, where, a->out->max - a->before, "the answer is longer than %zu bytes", a->out->max - a->before);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return ak_fail(err, AK_IO, where, 0, "no whole answer within %u seconds", f->seconds == 0 ? AK_FETCH_SECONDS : f->seconds);
	if (code != CURLE_OK)
		return ak_fail(err, AK_IO, where, (uint64_t)code, "%s", l->strerror(code));
	if (l->getinfo(c, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status != 200)
		return ak_fail(err, AK_IO, where, (uint64_t)status, status >= 300 && status < 400 ? "it sends us elsewhere (status %ld), which is not followed"
		                                                                                    : "it answers with status %ld", status);
	if (l->getinfo(c, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK || !is_type(type, f->wanted))
		return ak_fail(err, AK_IO, where, 0, "the answer is not said to be %s", f->wanted);
	return AK_OK;
}

ak_status ak_fetch_post(const ak_fetch *f, ak_buf *out, ak_error *err)
{
	char sent[HEADER_MAX], wanted[HEADER_MAX];
	struct curl_slist *headers = NULL, *more;
	answer a = { .out = out, .before = out->len };
	ak_libcurl l;
	CURL *c = NULL;
	ak_status st = ak_fetch_check_url(f->url, err);

	if (st != AK_OK)
		return st;
	if (f->seconds > AK_FETCH_SECONDS_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "seconds", f->seconds, "at most %d", AK_FETCH_SECONDS_MAX);
	(void)snprintf(sent, sizeof(sent), "Content-Type: %s", f->sent);
	(void)snprintf(wanted, sizeof(wanted), "Accept: %s", f->wanted);
	st = ak_libcurl_open(&l, err);
	if (st != AK_OK)
		return st;
	if (l.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		ak_libcurl_close(&l);
		return ak_fail(err, AK_INTERNAL, where, 0, "libcurl cannot be used");
	}
	headers = l.slist_append(NULL, sent);
	more = headers == NULL ? NULL : l.slist_append(headers, wanted);
	c = more == NULL ? NULL : l.init();
	if (c == NULL || !set_up(&l, c, f, headers, &a))
		st = ak_no_memory(err, where);
	else
		st = judge(&l, c, f, l.perform(c), &a, err);
	if (c != NULL)
		l.cleanup(c);
	l.slist_free_all(headers);
	l.global_cleanup();
	ak_libcurl_close(&l);
	if (st != AK_OK)
		out->len = a.before;
	return st;
}
