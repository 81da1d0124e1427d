/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.h - regular expressions for schemas and id grammars (internal)
 *
 * A subset of ECMA 262 with the u flag, read the same everywhere: no locale, no C library.
 * Text and pattern are UTF-8; one unit is one code point; a pattern matches anywhere in the
 * text unless ^ and $ tie it to the ends.
 *
 *   x  .  [a-z]  [^a-z]  ( )  (?: )  a|b  * + ? {n} {n,} {n,m}  ^ $
 *   \d \D \w \W \s \S (in brackets only the lower case ones), and \ before ^$\.*+?()[]{}|/ and,
 *   in brackets, before -
 *
 * Anything else (look-around, back references, lazy quantifiers, \p, \b, \u, [:alpha:]) is
 * refused.  Matching runs all alternatives side by side: its time grows with the length of
 * the text times the size of the pattern, never exponentially.
 */
#ifndef AK_CODEC_PATTERN_H
#define AK_CODEC_PATTERN_H

#include "base/bytes.h"

enum {
	AK_PATTERN_CODE_MAX = 2048,  /* after writing out {n,m} */
	AK_PATTERN_RANGES_MAX = 512,
	AK_PATTERN_REPEAT_MAX = 1000,
	AK_PATTERN_NEST_MAX = 16,
};

typedef struct ak_pattern ak_pattern;

ak_pattern *ak_pattern_new(void); /* matches the empty text; NULL when out of memory */
void ak_pattern_free(ak_pattern *p); /* NULL is fine */

/* Make *p match `source`, whatever it matched before.  AK_UNKNOWN_VERSION when it is outside
 * the subset, AK_LIMIT when it is too large; err->at is the offset in `source`.  After a failure
 * *p matches nothing. */
AK_MUST_USE ak_status ak_pattern_compile(ak_pattern *p, ak_span source, ak_error *err);

/* *budget goes down by the work done; AK_STOPPED when it is used up. Not const: the working
 * memory is inside, so one pattern serves one thread. */
AK_MUST_USE ak_status ak_pattern_match(ak_pattern *p, ak_span text, uint64_t *budget,
                                       bool *matched, ak_error *err);

#endif
