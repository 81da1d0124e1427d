/* SPDX-License-Identifier: Apache-2.0 */
/* vector_file.h - read third-party test vectors, which are not part of this tree
 *
 * A runner calls vectors_or_skip("signed-notes") first in main: without the folder the
 * process ends with status 77, which the test driver shows as "skipped".
 */
#ifndef TESTS_SUPPORT_VECTOR_FILE_H
#define TESTS_SUPPORT_VECTOR_FILE_H

#include "base/bytes.h"

enum { VECTOR_COLUMNS_MAX = 8 };

void vectors_or_skip(const char *folder);

/* The bytes of <vectors>/<folder>/<name>; fails the test when they cannot be read. */
void vector_read(const char *folder, ak_span name, ak_buf *out);

/* Call fn for every row of a tab-separated file after its heading; columns that a row lacks
 * are empty.  Answers how many rows there were. */
typedef void vector_row_fn(const ak_span column[VECTOR_COLUMNS_MAX]);
size_t vector_rows(const char *folder, const char *table, vector_row_fn *fn);

#endif
