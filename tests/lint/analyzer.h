/* SPDX-License-Identifier: Apache-2.0 */
/* analyzer.h - put before each file by tidy.sh
 *
 * The analyzer sees one file at a time and would think that what reports a failure may return
 * AK_OK.  It returns the status it is given.
 */
#ifndef AK_LINT_ANALYZER_H
#define AK_LINT_ANALYZER_H

#ifdef AK_ANALYZER_GNU /* the file begins with this, and system headers must not come before it */
#define _GNU_SOURCE
#endif

#if __has_include("base/fail.h")

#include "base/bytes.h"
#include "base/fail.h"

#define ak_fail(err, status, ...) ((void)ak_fail(err, status, __VA_ARGS__), (status))
#define ak_mismatch(err, status, ...) ((void)ak_mismatch(err, status, __VA_ARGS__), (status))
#define ak_digest_mismatch(err, status, ...) ((void)ak_digest_mismatch(err, status, __VA_ARGS__), (status))
#define ak_no_memory(err, where) ((void)ak_no_memory(err, where), AK_NO_MEMORY)

#elif __has_include("out.h") /* the command line: these return an exit code that is not 0 */

#include "out.h"

#define ak_out_no_memory(c) ((void)ak_out_no_memory(c), EXIT_NOT_DECIDED)
#define ak_out_usage(...) ((void)ak_out_usage(__VA_ARGS__), EXIT_USAGE)
#define ak_out_fault(...) ((void)ak_out_fault(__VA_ARGS__), EXIT_NOT_DECIDED)
#define ak_out_refused(...) ((void)ak_out_refused(__VA_ARGS__), EXIT_NOT_DECIDED)

#endif

#endif
