/* SPDX-License-Identifier: Apache-2.0 */
/* closure.h - what a record brings into evidence: one rule for who draws it and who checks it (internal; DESIGN 3.8)
 *
 * evidence.h says what closed evidence is.
 */
#ifndef AK_VERIFY_CLOSURE_H
#define AK_VERIFY_CLOSURE_H

#include "verify/sealed.h"

typedef struct ak_wants {
	ak_status (*subject)(void *ctx, ak_span id, ak_error *err);
	/* Referred to; NULL together with `base`: only what judging signatures needs is followed. */
	ak_status (*record)(void *ctx, const ak_digest *id, ak_error *err);
	ak_status (*base)(void *ctx, const ak_digest *id, ak_error *err);
	void *ctx;
} ak_wants;

/* Ask for everything that `s` brings; `referred`: some record that is here refers to it. */
AK_MUST_USE ak_status ak_closure_of(const ak_sealed *s, bool referred, const ak_wants *w, ak_error *err);

AK_MUST_USE ak_status ak_want_key(const ak_wants *w, const ak_digest *keyid, ak_error *err);
AK_MUST_USE ak_status ak_want_profile(const ak_wants *w, ak_span scheme, ak_error *err);

#endif
