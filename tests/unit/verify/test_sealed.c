/* SPDX-License-Identifier: Apache-2.0 */
/* What is remembered of a signature: how it did under the key that its keyid names, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/dsse.h"
#include "verify/sealed.h"

static const char line[] = "{\"statement\":1}";

typedef struct world {
	ak_seckey *mine, *other;
	ak_buf signature;
	ak_signature sig[2]; /* both the bytes that `mine` made; the second says it is by `other` */
	ak_sealed s;
} world;

static void open_world(world *w)
{
	ak_buf pae;

	*w = (world){ 0 };
	ak_buf_init(&pae, 4096);
	ak_buf_init(&w->signature, 4096);
	assert_int_equal(ak_seckey_generate(AK_KEY_ED25519, &w->mine, NULL), AK_OK);
	assert_int_equal(ak_seckey_generate(AK_KEY_ED25519, &w->other, NULL), AK_OK);
	assert_int_equal(ak_dsse_pae(AK_DSSE_TYPE, ak_span_str(line), &pae, NULL), AK_OK);
	assert_int_equal(ak_seckey_sign(w->mine, ak_buf_span(&pae), &w->signature, NULL), AK_OK);
	ak_buf_clear(&pae);
	w->sig[0] = (ak_signature){ *ak_pubkey_id(ak_seckey_public(w->mine)), ak_buf_span(&w->signature) };
	w->sig[1] = (ak_signature){ *ak_pubkey_id(ak_seckey_public(w->other)), ak_buf_span(&w->signature) };
	w->s.lines.statement = ak_span_str(line);
	w->s.signatures = (ak_signatures){ .sig = w->sig, .n = 2 };
}

static void close_world(world *w)
{
	ak_seckey_free(&w->mine);
	ak_seckey_free(&w->other);
	ak_buf_clear(&w->signature);
}

/* Both signatures are by `mine`; only the first says so. */
static void a_signature_is_under_its_own_keys_id(void **state)
{
	world w;
	bool yes = false;

	(void)state;
	open_world(&w);
	assert_int_equal(ak_sealed_signed_by(&w.s, ak_seckey_public(w.mine), &yes, NULL), AK_OK);
	assert_true(yes);
	assert_int_equal(ak_sealed_signed_by(&w.s, ak_seckey_public(w.other), &yes, NULL), AK_OK);
	assert_false(yes);
	w.sig[0].keyid.b[0] ^= 1; /* now of nobody */
	w.s.result[0].state = AK_SIG_UNTRIED;
	yes = true;
	assert_int_equal(ak_sealed_signed_by(&w.s, ak_seckey_public(w.mine), &yes, NULL), AK_OK);
	assert_false(yes);
	/* In an exchange file it would be found. */
	assert_int_equal(ak_sealed_made_by(&w.s, 0, ak_seckey_public(w.mine), &yes, NULL), AK_OK);
	assert_true(yes);
	assert_int_equal(ak_sealed_made_by(&w.s, 1, ak_seckey_public(w.mine), &yes, NULL), AK_OK);
	assert_true(yes);
	assert_int_equal(ak_sealed_made_by(&w.s, 1, ak_seckey_public(w.other), &yes, NULL), AK_OK);
	assert_false(yes);
	assert_int_equal(w.s.result[0].state, AK_SIG_UNTRIED);
	close_world(&w);
}

static void remembers_only_what_the_keyid_names(void **state)
{
	world w;
	bool good = false;

	(void)state;
	open_world(&w);
	/* Under a key that is not named: no, whoever made it, and not remembered. */
	assert_int_equal(ak_sealed_verify(&w.s, 0, ak_seckey_public(w.other), &good, NULL), AK_OK);
	assert_false(good);
	assert_int_equal(w.s.result[0].state, AK_SIG_UNTRIED);
	assert_int_equal(ak_sealed_verify(&w.s, 1, ak_seckey_public(w.mine), &good, NULL), AK_OK);
	assert_false(good);
	assert_int_equal(w.s.result[1].state, AK_SIG_UNTRIED);
	/* Under the named one. */
	assert_int_equal(ak_sealed_verify(&w.s, 0, ak_seckey_public(w.mine), &good, NULL), AK_OK);
	assert_true(good);
	assert_int_equal(w.s.result[0].state, AK_SIG_GOOD);
	assert_int_equal(ak_sealed_verify(&w.s, 1, ak_seckey_public(w.other), &good, NULL), AK_OK);
	assert_false(good);
	assert_int_equal(w.s.result[1].state, AK_SIG_BAD);
	/* What is remembered is of that key alone. */
	assert_int_equal(ak_sealed_verify(&w.s, 0, ak_seckey_public(w.other), &good, NULL), AK_OK);
	assert_false(good);
	assert_int_equal(ak_sealed_verify(&w.s, 1, ak_seckey_public(w.mine), &good, NULL), AK_OK);
	assert_false(good);
	assert_int_equal(w.s.result[0].state, AK_SIG_GOOD);
	assert_int_equal(w.s.result[1].state, AK_SIG_BAD);
	close_world(&w);
}

static void tries_the_keys_that_were_set(void **state)
{
	world w;

	(void)state;
	open_world(&w);
	assert_int_equal(ak_sealed_try(&w.s, NULL), AK_OK); /* none is */
	assert_int_equal(w.s.result[0].state, AK_SIG_UNTRIED);
	assert_int_equal(w.s.result[1].state, AK_SIG_UNTRIED);
	w.s.result[0].key = ak_seckey_public(w.mine);
	w.s.result[1].key = ak_seckey_public(w.other);
	assert_int_equal(ak_sealed_try(&w.s, NULL), AK_OK);
	assert_int_equal(w.s.result[0].state, AK_SIG_GOOD);
	assert_int_equal(w.s.result[1].state, AK_SIG_BAD);
	assert_null(w.s.result[0].key);
	assert_null(w.s.result[1].key);
	close_world(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_signature_is_under_its_own_keys_id),
		cmocka_unit_test(remembers_only_what_the_keyid_names),
		cmocka_unit_test(tries_the_keys_that_were_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
