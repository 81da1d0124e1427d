/* SPDX-License-Identifier: Apache-2.0 */
#include "spare_git.h"

#include "oom.h"

#include <git2.h>
#include <git2/sys/alloc.h>
#include <stdint.h>
#include <string.h>

#ifdef __GLIBC__

/* The allocator behind the one that a sweep replaces. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void __libc_free(void *p);

static void *take(size_t n, const char *file, int line)
{
	(void)file, (void)line;
	return __libc_malloc(n);
}

static void *take_zeroed(size_t n, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return __libc_calloc(n, size);
}

static void *take_array(size_t n, size_t size, const char *file, int line)
{
	return size != 0 && n > SIZE_MAX / size ? NULL : take(n * size, file, line);
}

static void *resize(void *old, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return __libc_realloc(old, size);
}

static void *resize_array(void *old, size_t n, size_t size, const char *file, int line)
{
	return size != 0 && n > SIZE_MAX / size ? NULL : resize(old, n * size, file, line);
}

static char *copy_part(const char *s, size_t n, const char *file, int line)
{
	char *p = take(n + 1, file, line);

	if (p != NULL) {
		memcpy(p, s, n);
		p[n] = '\0';
	}
	return p;
}

static char *copy(const char *s, const char *file, int line)
{
	return copy_part(s, strlen(s), file, line);
}

static char *copy_at_most(const char *s, size_t n, const char *file, int line)
{
	return copy_part(s, strnlen(s, n), file, line);
}

static void give(void *p)
{
	__libc_free(p);
}

void spare_git(void)
{
	static git_allocator a = {
		.gmalloc = take, .gcalloc = take_zeroed, .gstrdup = copy, .gstrndup = copy_at_most, .gsubstrdup = copy_part,
		.grealloc = resize, .greallocarray = resize_array, .gmallocarray = take_array, .gfree = give,
	};

	if (oom_available())
		(void)git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &a);
}

#else

void spare_git(void)
{
}

#endif
