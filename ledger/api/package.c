/* SPDX-License-Identifier: Apache-2.0 */
/* The definitions of schemes that this library ships. */
#include "akashi/exchange.h"
#include "api/api.h"
#include "base/fail.h"
#include "held/held.h"

#include <string.h>

ak_status ak_packages_held(ak_text *json, ak_error *err)
{
	ak_json *list = ak_json_new_array();
	const ak_held_package *p;
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && (p = ak_held_at(i)) != NULL; i++) {
		ak_json *o = ak_json_new_object();

		st = ak_json_set(o, "scheme", ak_json_new_str(p->scheme), err);
		if (st == AK_OK)
			st = ak_json_set(o, "version", ak_json_new_str(p->version), err);
		if (st == AK_OK)
			st = ak_json_set(o, "digest", ak_api_digest(&p->digest), err);
		if (st == AK_OK)
			st = ak_json_add(list, ak_json_ref(o), err);
		ak_json_free(o);
	}
	if (st != AK_OK) {
		ak_json_free(list);
		return st;
	}
	return ak_api_text(list, json, err);
}

ak_status ak_package_held(const char *scheme, ak_text *json, ak_error *err)
{
	const ak_held_package *p = ak_held_find(scheme, NULL);
	ak_buf bytes;
	ak_status st;

	if (p == NULL)
		return ak_mismatch(err, AK_NOT_HELD, "scheme", 0, "a scheme that this program ships", scheme);
	ak_buf_init(&bytes, p->bytes.len);
	st = ak_buf_add_span(&bytes, p->bytes, err);
	if (st == AK_OK)
		st = ak_buf_take_text(&bytes, json, err);
	ak_buf_clear(&bytes);
	return st;
}
