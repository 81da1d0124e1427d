/* SPDX-License-Identifier: Apache-2.0 */
/* One revocation ends keys of two parties (FORMAT 16.8, 21.3): it counts for who asks about one of them and has never heard of
 * the other. */
#include "attack.h"

#include "api/api.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const withdraws[] = { "withdraws=report-1", NULL };

static ak_text withdrawal(world *w)
{
	return world_sign(world_draft(w, "ismap", "report-withdrawal", NULL,
	                              "{\"auditor\":\"koh-audit\",\"service\":\"kumo-iaas\",\"withdrawn_on\":\"2026-05-30\",\"reason\":\"x\"}", withdraws),
	                  world_signers(w, "report-withdrawal"));
}

static void keys_of_two_parties_end_together(void **state)
{
	ak_secret *other = world_new_key("p256"), *own[] = { other, NULL }, *roots[] = { 0, 0, NULL };
	char body[1024], key[400], one[72], two[72];
	uint64_t seq;
	world w;

	world_branch(*state, &w);
	roots[0] = w.root[0], roots[1] = w.root[1];
	world_key_json(other, key, sizeof(key));
	(void)snprintf(body, sizeof(body), "{\"party\":\"other-audit\",\"name\":{\"ja\":\"監査\",\"en\":\"a\"},\"roles\":[\"auditor\"],\"members\":"
	               "[{\"member\":\"lead\",\"seat\":\"席\",\"kind\":\"person\",\"keys\":[%s]}]}", key);
	(void)world_seal(&w, attack_party(&w, body, own));
	attack_keyid(w.auditor, one);
	attack_keyid(other, two);
	(void)snprintf(body, sizeof(body), "{\"keys\":[{\"id\":\"%s\"},{\"id\":\"%s\"}],\"reason\":\"superseded\"}", one + 7, two + 7);
	(void)world_seal(&w, world_sign(world_draft(&w, "akashi", "revocation", NULL, body, NULL), roots));
	/* Nobody seals what the first of them signs, though the other party is nowhere in it ... */
	(void)attack_refused(&w, withdrawal(&w), AK_NOT_AUTHORISED, "signatures");
	/* ... and where it was laid all the same, audit and verdict agree that it is void. */
	seq = attack_forge(&w, withdrawal(&w));
	attack_is_void(&w, seq, AK_NOT_AUTHORISED);
	attack_verdict(&w, 0, AK_VERDICT_VALID, "");
	ak_secret_free(&other);
	world_close(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(keys_of_two_parties_end_together) };

	return cmocka_run_group_tests(tests, attack_world_open, attack_world_close);
}
