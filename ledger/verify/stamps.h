/* SPDX-License-Identifier: Apache-2.0 */
/* stamps.h - the tokens of a record, by the authorities that profiles in force name (internal; FORMAT 24)
 *
 * A token counts when it proves, by an authority that the scheme's profile in force at the record names (for core types of scheme
 * akashi: any scheme's), that the signature with its keyid was there at a time that is not later than AK_STAMP_SKEW_S after the
 * record was sealed.  Any other is skipped and never counted; it is told, and no error.
 */
#ifndef AK_VERIFY_STAMPS_H
#define AK_VERIFY_STAMPS_H

#include "model/profile.h"
#include "stamp/stamp.h"
#include "verify/sealed.h"

enum { AK_STAMP_SKEW_S = 300 };

/* The authorities that a package names, ready to be asked. */
typedef struct ak_pins ak_pins;
/* AK_SCHEMA: not in the form of FORMAT 17.1. */
AK_MUST_USE ak_status ak_pins_read(const ak_json *package, ak_pins **out, ak_error *err);
void ak_pins_free(ak_pins **p);
size_t ak_pins_n(const ak_pins *p); /* NULL: 0 */
const ak_tsa *ak_pins_all(const ak_pins *p);

typedef struct ak_stamped {
	char authority[64], operator_name[64];
	ak_stamp_info info;
} ak_stamped;

/* Judge one token as ak_stamp_verify does, by all these authorities; those of the question are not looked at. */
AK_MUST_USE ak_status ak_stamp_judge(const ak_pins *const *pins, size_t n_pins, ak_span tsr, const ak_stamp_query *question,
                                     ak_stamped *out, ak_error *err);

/* Judge all tokens of the record, and set for each of its signatures whether and by when it is known to have been there: of
 * several tokens the latest time, never the earliest.  *n_good tokens count; *why says what is wrong with the first that does not. */
AK_MUST_USE ak_status ak_stamps_try(ak_sealed *s, const ak_pins *const *pins, size_t n_pins, size_t *n_good, ak_error *why, ak_error *err);

#endif
