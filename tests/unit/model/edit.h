/* SPDX-License-Identifier: Apache-2.0 */
/* edit.h - the smallest change to a good text that breaks a rule: one replacement */
#ifndef TESTS_MODEL_EDIT_H
#define TESTS_MODEL_EDIT_H

#include "base/bytes.h"

#include <string.h>

/* `good` with the one occurrence of `from` replaced. */
static void edit(ak_buf *out, const char *good, const char *from, const char *to)
{
	const char *p = strstr(good, from);

	if (p == NULL || strstr(p + 1, from) != NULL)
		fail_msg("'%s' does not occur once in %s", from, good);
	ak_buf_init(out, 16 * 1024 * 1024);
	assert_int_equal(ak_buf_add(out, good, (size_t)(p - good), NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(out, to, NULL), AK_OK);
	assert_int_equal(ak_buf_add_str(out, p + strlen(from), NULL), AK_OK);
}

#endif
