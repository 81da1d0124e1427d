/* SPDX-License-Identifier: Apache-2.0 */
#include "temp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PATH_MOST = 63 };

void temp_dir(char *dir, size_t size)
{
	const char *in = getenv("TMPDIR");
	const int n = snprintf(dir, size, "%s/akashi-test-XXXXXX", in == NULL || in[0] != '/' ? "/tmp" : in);

	if (n < 0 || (size_t)n >= size || n > PATH_MOST)
		fail_msg("TMPDIR is too long a name: %s", in);
	if (mkdtemp(dir) == NULL)
		fail_msg("no folder can be made: %s", dir);
}
