/* SPDX-License-Identifier: Apache-2.0 */
#include "rotation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum { BODY_ROOM = 4096, KEY_ROOM = 400 };

rotation rotation_of(const world *w)
{
	return (rotation){ .number = 2, .holder = { "root-a", "root-b", "root-c" }, .root = { w->root[0], w->root[1], w->root[2] },
		           .op = w->op, .heartbeat = w->heartbeat };
}

void rotation_replace(rotation *r, size_t at, const char *holder, const ak_secret *key)
{
	r->holder[at] = holder;
	r->root[at] = key;
}

ak_text rotation_draft(world *w, const rotation *r)
{
	char body[BODY_ROOM], key[KEY_ROOM];
	size_t n = (size_t)snprintf(body, sizeof(body), "{\"number\":%d,\"threshold\":2,\"root\":[", r->number);

	for (size_t i = 0; i < WORLD_ROOTS && r->root[i] != NULL; i++) {
		world_key_json(r->root[i], key, sizeof(key));
		n += (size_t)snprintf(body + n, sizeof(body) - n, "%s{\"holder\":\"%s\",\"key\":%s}", i == 0 ? "" : ",", r->holder[i], key);
	}
	world_key_json(r->op, key, sizeof(key));
	n += (size_t)snprintf(body + n, sizeof(body) - n, "],\"operator\":%s", key);
	world_key_json(r->heartbeat, key, sizeof(key));
	n += (size_t)snprintf(body + n, sizeof(body) - n, ",\"heartbeat\":%s%s}", key, r->more == NULL ? "" : r->more);
	assert_true(n < sizeof(body));
	return world_draft(w, "akashi", "keyset", r->issued, body, NULL);
}

ak_text rotation_signed(world *w, const rotation *r, ak_secret *const *keys)
{
	return world_sign(rotation_draft(w, r), keys);
}

ak_status rotation_seal_as(world *w, ak_text e, const ak_secret *op, const char *state, const ak_secret *old, const char *old_state,
                           ak_error *err)
{
	const ak_seal_options o = { .operator_key = op, .old_operator_key = old, .state_path = state == NULL ? w->state : state,
		                    .old_state_path = old_state, .now = w->now += 60 };
	ak_span in = { (const uint8_t *)e.data, e.len };
	ak_text json = { 0 };
	size_t failed;
	ak_status st = ak_ledger_seal(w->l, &in, 1, &o, &json, &failed, err);

	ak_text_free(&json);
	ak_text_free(&e);
	return st;
}

ak_status rotation_seal(world *w, ak_text e, const ak_secret *op, const ak_secret *old, ak_error *err)
{
	return rotation_seal_as(w, e, op, NULL, old, NULL, err);
}
