/* SPDX-License-Identifier: Apache-2.0 */
/* disclosure.h - single fields that are not public: RFC 9901 disclosures (FORMAT 13.2; internal)
 *
 *   disclosure = base64url(JSON [salt, name, value])   a member of an object;   base64url([salt, value])   an element of an array
 *   digest     = SHA-256(the ASCII bytes of that text)
 *
 * A digest stands in a body in one of three places: in an array "_sd" of the object that the member belongs to, and as
 * {"...": digest} in the place of an element, both in base64url; or as digest text (sha256:…) in the place of the value itself.
 * Whoever has a body and no disclosure learns nothing of the value: the salt is 32 random bytes.  Pure but for that.
 */
#ifndef AK_VERIFY_DISCLOSURE_H
#define AK_VERIFY_DISCLOSURE_H

#include "codec/json.h"

enum {
	AK_DISCLOSURES_MAX = 64,             /* resolved together */
	AK_DISCLOSURE_MAX = 1 << 20,         /* bytes of one, as base64url */
	AK_DISCLOSURE_SALT_MIN = 22,         /* characters of base64url: 128 bits */
};

/* Make one of `value` (any JSON value; not taken over), under a fresh salt.  `name` is empty for an element of an array.  "_sd" and
 * "..." are no names: AK_INVALID_ARGUMENT. */
AK_MUST_USE ak_status ak_disclosure_make(ak_span name, const ak_json *value, ak_buf *disclosure, ak_digest *digest, ak_error *err);
void ak_disclosure_digest(ak_span disclosure, ak_digest *out);
/* A digest as _sd has it: base64url without padding. */
enum { AK_DISCLOSURE_URL = 43 };
void ak_disclosure_url(const ak_digest *d, char out[AK_DISCLOSURE_URL + 1]);
/* Its salt, when it has one that cannot be guessed: else AK_BAD_FORMAT, where "disclosure.salt".  Freed with ak_json_free. */
AK_MUST_USE ak_status ak_disclosure_salt(ak_span disclosure, ak_json **salt, ak_error *err);

/* Put the values in their places in a copy of `body`; what was not disclosed goes on being digests, decoys are dropped.  *found is an array of
 * {"field":<JSON pointer>,"value":…}, in the order in which the body is read.  AK_BAD_FORMAT with the number of the disclosure in err->at, where
 *   "disclosure.form"       not base64url of an array [salt, name, value] or [salt, value] of that kind
 *   "disclosure.arity"      three parts in the place of an element, two in that of a member
 *   "disclosure.name"       "_sd", "...", or another name than the place has
 *   "disclosure.taken"      a member of that name is there already
 *   "disclosure.repeated"   a digest that stands in the body twice, or the same disclosure given twice
 *   "disclosure._sd"        "_sd" or "_sd_alg" in a form, or of an algorithm, that is not ours
 * and AK_NOT_FOUND, where "disclosure.unreferenced": nothing in the body is its digest. */
AK_MUST_USE ak_status ak_disclosures_resolve(const ak_json *body, const ak_span *disclosure, size_t n, ak_json **resolved,
                                             ak_json **found, ak_error *err);

#endif
