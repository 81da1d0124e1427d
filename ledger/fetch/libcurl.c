/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/libcurl.h"

#include "base/fail.h"

#include <dlfcn.h>
#include <string.h>

/* The name of its interface since 2006; a library with another interface would have another name. */
static const char name[] = "libcurl.so.4";

static ak_status missing(ak_error *err)
{
	const char *why = dlerror();

	return ak_fail(err, AK_IO, "fetch", 0, "libcurl cannot be used: %s", why == NULL ? name : why);
}

ak_status ak_libcurl_open(ak_libcurl *out, ak_error *err)
{
	ak_libcurl l = { .handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) };
	const struct {
		const char *name;
		void *to; /* the place of a function's address */
	} wanted[] = {
		{ "curl_global_init", &l.global_init },
		{ "curl_global_cleanup", &l.global_cleanup },
		{ "curl_easy_init", &l.init },
		{ "curl_easy_cleanup", &l.cleanup },
		{ "curl_easy_setopt", &l.setopt },
		{ "curl_easy_getinfo", &l.getinfo },
		{ "curl_easy_perform", &l.perform },
		{ "curl_easy_strerror", &l.strerror },
		{ "curl_slist_append", &l.slist_append },
		{ "curl_slist_free_all", &l.slist_free_all },
	};

	if (l.handle == NULL)
		return missing(err);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		void *at = dlsym(l.handle, wanted[i].name);

		if (at == NULL) {
			ak_status st = missing(err);

			ak_libcurl_close(&l);
			return st;
		}
		/* POSIX: an address from dlsym is one of a function; C has no conversion for it. */
		memcpy(wanted[i].to, &at, sizeof(at));
	}
	*out = l;
	return AK_OK;
}

void ak_libcurl_close(ak_libcurl *l)
{
	if (l->handle != NULL)
		(void)dlclose(l->handle);
	*l = (ak_libcurl){ 0 };
}
