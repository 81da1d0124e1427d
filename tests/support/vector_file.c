/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "vector_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 8 * 1024 * 1024 };

static void path_of(const char *folder, ak_span name, char path[1024])
{
	int n = snprintf(path, 1024, "%s/vectors/%s/%.*s", AK_SHARED_DIR, folder,
	                 (int)name.len, name.len == 0 ? "" : (const char *)name.data);

	assert_true(n > 0 && n < 1024);
}

void vectors_or_skip(const char *folder)
{
	char path[1024];
	FILE *f;

	path_of(folder, ak_span_str("README.md"), path);
	f = fopen(path, "rb");
	if (f == NULL) {
		puts("skipped: vectors not present");
		exit(77);
	}
	(void)fclose(f);
}

void vector_read(const char *folder, ak_span name, ak_buf *out)
{
	char path[1024];
	uint8_t part[4096];
	size_t n;
	FILE *f;

	path_of(folder, name, path);
	f = fopen(path, "rb");
	if (f == NULL)
		fail_msg("%s cannot be read", path);
	ak_buf_init(out, FILE_MAX);
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		assert_int_equal(ak_buf_add(out, part, n, NULL), AK_OK);
	assert_false(ferror(f));
	(void)fclose(f);
}

size_t vector_rows(const char *folder, const char *table, vector_row_fn *fn)
{
	ak_span rest, line;
	size_t n = 0;
	ak_buf b;

	vector_read(folder, ak_span_str(table), &b);
	rest = ak_buf_span(&b);
	assert_true(ak_span_line(&rest, &line)); /* the heading */
	while (ak_span_line(&rest, &line)) {
		ak_span column[VECTOR_COLUMNS_MAX] = { { 0 } };

		for (size_t i = 0; i < VECTOR_COLUMNS_MAX && line.len > 0; i++) {
			const uint8_t *tab = memchr(line.data, '\t', line.len);
			size_t len = tab == NULL ? line.len : (size_t)(tab - line.data);
			size_t used = tab == NULL ? len : len + 1;

			column[i] = (ak_span){ line.data, len };
			line = (ak_span){ line.data + used, line.len - used };
		}
		fn(column);
		n++;
	}
	ak_buf_clear(&b);
	return n;
}
