/* SPDX-License-Identifier: Apache-2.0 */
#include "held/shipped.h"

#include "base/fail.h"
#include "base/text.h"

bool ak_held_by_program(void *ctx, ak_span scheme, const ak_digest *digest)
{
	(void)ctx;
	for (size_t i = 0; i < ak_held_count(); i++) {
		const ak_held_package *p = ak_held_at(i);

		if (ak_span_is(scheme, p->scheme) && ak_digest_eq(&p->digest, digest))
			return true;
	}
	return false;
}

ak_status ak_shipped_profile(ak_span scheme, ak_profile *out, ak_error *err)
{
	const ak_held_package *found = NULL;
	ak_json *package = NULL;
	ak_profile p = { 0 };
	ak_status st;

	for (size_t i = 0; i < ak_held_count(); i++) {
		if (ak_span_is(scheme, ak_held_at(i)->scheme))
			found = ak_held_at(i); /* the last one held is the newest */
	}
	if (found == NULL)
		return ak_fail(err, AK_NOT_HELD, "profile", 0, "this program ships no profile for scheme '%.*s'",
		               (int)scheme.len, (const char *)scheme.data);
	st = ak_json_parse(found->bytes, &package, err);
	if (st == AK_OK)
		st = ak_profile_init(package, &p, err);
	if (st != AK_OK) {
		ak_json_free(package);
		return st;
	}
	p.digest = found->digest;
	p.held = true;
	*out = p;
	return AK_OK;
}

ak_status ak_core_profile(ak_profile *out, ak_error *err)
{
	return ak_shipped_profile(ak_span_str("akashi"), out, err);
}
