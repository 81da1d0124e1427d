/* SPDX-License-Identifier: Apache-2.0 */
/* error.h - status codes and the caller-owned error record
 *
 * Every fallible function returns ak_status and takes, as its last argument, an
 * optional ak_error.  There is no global or per-thread "last error".
 *
 *   Ownership:  the caller owns the record; filling it never allocates.
 *   Outputs:    on any status but AK_OK output arguments are left untouched;
 *               only an ak_buf being appended to may hold a partial result.
 *   Threads:    safe; no shared state.
 */
#ifndef AKASHI_ERROR_H
#define AKASHI_ERROR_H

#include <stdint.h>

#if defined(__GNUC__)
#define AK_API          __attribute__((visibility("default")))
#define AK_MUST_USE     __attribute__((warn_unused_result))
#define AK_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define AK_API
#define AK_MUST_USE
#define AK_PRINTF(f, a)
#endif

typedef enum ak_status {
#define AK_S(value, name, cls, en, ja) AK_##name = (value),
#include "akashi/errors.def"
#undef AK_S
} ak_status;

/* What a status lets you conclude. */
typedef enum ak_class {
	AK_CLASS_OK,      /* checked, and it holds                     */
	AK_CLASS_REJECT,  /* checked, and it does not hold             */
	AK_CLASS_UNKNOWN, /* could not be checked: retry or fix access */
	AK_CLASS_USAGE,   /* asked wrongly                             */
} ak_class;

enum {
	AK_ERROR_DETAIL_MAX = 240, /* bytes, including the NUL */
	AK_ERROR_VALUE_MAX = 120,
};

typedef struct ak_error {
	ak_status status;
	const char *where; /* static: thing and field, e.g. "header.prev"        */
	uint64_t at;       /* byte offset in the input, or record number         */
	char detail[AK_ERROR_DETAIL_MAX];  /* one line, may be cut, or ""        */
	char expected[AK_ERROR_VALUE_MAX]; /* what was required, or ""           */
	char found[AK_ERROR_VALUE_MAX];    /* what was there, or ""              */
} ak_error;

AK_API const char *ak_status_name(ak_status s);    /* "AK_CHAIN_BROKEN"; never NULL */
AK_API const char *ak_status_text(ak_status s);    /* English; never NULL           */
AK_API const char *ak_status_text_ja(ak_status s); /* Japanese; never NULL          */
AK_API ak_class ak_status_class(ak_status s);      /* an unlisted status is UNKNOWN */

#endif
