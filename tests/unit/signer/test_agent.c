/* SPDX-License-Identifier: Apache-2.0 */
/* An agent that answers as it likes: whatever it says, there is a sound signature or a clear refusal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "codec/ssh.h"
#include "signer/signer.h"
#include "temp.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWERS = 2, ROOM = 8192 };

typedef struct false_agent {
	char dir[64];
	ak_key_access access;
	struct sockaddr_un to;
	int at;
	pthread_t thread;
	ak_buf answer[ANSWERS]; /* to the first question and to the second, with their lengths before them */
} false_agent;

static void must(ak_status st, const ak_error *err)
{
	if (st != AK_OK)
		fail_msg("%s at %s: %s", ak_status_name(st), err->where, err->detail);
}

static void *serve(void *ctx)
{
	false_agent *f = ctx;

	for (size_t i = 0; i < ANSWERS; i++) {
		uint8_t question[ROOM];
		int fd = accept(f->at, NULL, NULL);

		if (fd < 0)
			return NULL;
		/* A question comes in two parts; a short one may leave the second part unread. */
		if (recv(fd, question, 4, MSG_WAITALL) == 4 && recv(fd, question, ak_get_be32(question) % ROOM, MSG_WAITALL) > 0)
			(void)send(fd, f->answer[i].data, f->answer[i].len, MSG_NOSIGNAL);
		(void)close(fd);
	}
	return NULL;
}

static void agent_open(false_agent *f)
{
	f->to.sun_family = AF_UNIX;
	temp_dir(f->dir, sizeof(f->dir));
	(void)snprintf(f->to.sun_path, sizeof(f->to.sun_path), "%s/agent", f->dir);
	f->at = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(f->at, (const struct sockaddr *)&f->to, sizeof(f->to)), 0);
	assert_int_equal(listen(f->at, 4), 0);
	f->access.agent = f->to.sun_path;
	for (size_t i = 0; i < ANSWERS; i++)
		ak_buf_init(&f->answer[i], ROOM);
}

static void agent_start(false_agent *f)
{
	assert_int_equal(pthread_create(&f->thread, NULL, serve, f), 0);
}

static void agent_close(false_agent *f)
{
	char line[128];

	(void)shutdown(f->at, SHUT_RDWR);
	(void)pthread_join(f->thread, NULL);
	(void)close(f->at);
	for (size_t i = 0; i < ANSWERS; i++)
		ak_buf_clear(&f->answer[i]);
	(void)snprintf(line, sizeof(line), "rm -rf %s", f->dir);
	assert_int_equal(system(line), 0);
}

/* An answer: its length, then its bytes. */
static void answer_with(ak_buf *out, const ak_buf *body)
{
	ak_error err = { 0 };

	ak_buf_clear(out);
	must(ak_ssh_put_string(out, ak_buf_span(body), &err), &err);
}

static void key_blob(const ak_seckey *k, ak_buf *out)
{
	uint8_t raw[32];
	ak_error err = { 0 };

	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(k), raw));
	must(ak_ssh_put_string(out, ak_span_str("ssh-ed25519"), &err), &err);
	must(ak_ssh_put_string(out, (ak_span){ raw, sizeof(raw) }, &err), &err);
}

static void list_of(const ak_seckey *k, uint32_t said, ak_buf *out)
{
	ak_error err = { 0 };
	ak_buf blob;

	ak_buf_init(&blob, ROOM);
	key_blob(k, &blob);
	must(ak_buf_add_byte(out, 12, &err), &err);
	must(ak_ssh_put_u32(out, said, &err), &err);
	must(ak_ssh_put_string(out, ak_buf_span(&blob), &err), &err);
	must(ak_ssh_put_string(out, ak_span_str("chair"), &err), &err);
	ak_buf_clear(&blob);
}

static void signature_of(const ak_seckey *k, const char *kind, ak_span message, ak_buf *out)
{
	ak_error err = { 0 };
	ak_buf sig, blob;

	ak_buf_init(&sig, ROOM);
	ak_buf_init(&blob, ROOM);
	must(ak_seckey_sign(k, message, &sig, &err), &err);
	must(ak_ssh_put_string(&blob, ak_span_str(kind), &err), &err);
	must(ak_ssh_put_string(&blob, ak_buf_span(&sig), &err), &err);
	must(ak_buf_add_byte(out, 14, &err), &err);
	must(ak_ssh_put_string(out, ak_buf_span(&blob), &err), &err);
	ak_buf_clear(&sig);
	ak_buf_clear(&blob);
}

static const char message[] = "what is signed";

typedef enum lie { NONE, OTHER_MESSAGE, OTHER_KEY, OTHER_KIND, REFUSES, SILENT, TOO_LONG, CUT, EMPTY, OTHER_ANSWER } lie;

static void tell(const ak_seckey *k, const ak_seckey *stranger, lie how, ak_buf *out)
{
	static const uint8_t huge[] = { 0x00, 0x10, 0x00, 0x01, 14 }, none[] = { 0, 0, 0, 0 };
	ak_span said = ak_span_str(how == OTHER_MESSAGE ? "something else" : message);
	ak_error err = { 0 };
	ak_buf body;

	ak_buf_init(&body, ROOM);
	switch (how) {
	case REFUSES:
		must(ak_buf_add_byte(&body, 5, &err), &err);
		break;
	case OTHER_ANSWER:
		must(ak_buf_add_byte(&body, 12, &err), &err);
		break;
	default:
		signature_of(how == OTHER_KEY ? stranger : k, how == OTHER_KIND ? "ssh-rsa" : "ssh-ed25519", said, &body);
	}
	answer_with(out, &body);
	if (how == SILENT)
		ak_buf_clear(out);
	if (how == CUT)
		out->len -= 7;
	if (how == TOO_LONG || how == EMPTY) {
		ak_buf_clear(out);
		must(ak_buf_add(out, how == EMPTY ? none : huge, how == EMPTY ? sizeof(none) : sizeof(huge), &err), &err);
	}
	ak_buf_clear(&body);
}

static void test_signatures_that_an_agent_gives(void **state)
{
	static const struct {
		lie how;
		ak_status want;
		const char *where;
	} rows[] = {
		{ NONE, AK_OK, "" },
		{ OTHER_MESSAGE, AK_INTERNAL, "signature" },
		{ OTHER_KEY, AK_INTERNAL, "signature" },
		{ OTHER_KIND, AK_BAD_FORMAT, "ssh.signature" },
		{ REFUSES, AK_IO, "agent" },
		{ SILENT, AK_IO, "agent" },
		{ TOO_LONG, AK_IO, "agent" },
		{ CUT, AK_IO, "agent" },
		{ EMPTY, AK_IO, "agent" },
		{ OTHER_ANSWER, AK_IO, "agent" },
	};
	ak_seckey *k = NULL, *stranger = NULL;
	ak_error err = { 0 };

	(void)state;
	must(ak_seckey_generate(AK_KEY_ED25519, &k, &err), &err);
	must(ak_seckey_generate(AK_KEY_ED25519, &stranger, &err), &err);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		false_agent f = { 0 };
		ak_seckey *held = NULL;
		ak_buf list, sig;
		ak_status st;

		ak_buf_init(&list, ROOM);
		ak_buf_init(&sig, ROOM);
		agent_open(&f);
		list_of(k, 1, &list);
		answer_with(&f.answer[0], &list);
		tell(k, stranger, rows[i].how, &f.answer[1]);
		agent_start(&f);
		must(ak_signer_open("agent:chair", &f.access, &held, &err), &err);
		st = ak_seckey_sign(held, ak_span_str(message), &sig, &err);
		if (st != rows[i].want || (st != AK_OK && strcmp(err.where, rows[i].where) != 0))
			fail_msg("row %zu: %s at %s: %s", i, ak_status_name(st), err.where, err.detail);
		assert_int_equal(sig.len, st == AK_OK ? 64 : 0);
		ak_seckey_free(&held);
		agent_close(&f);
		ak_buf_clear(&list);
		ak_buf_clear(&sig);
	}
	ak_seckey_free(&k);
	ak_seckey_free(&stranger);
}

/* A list of keys with one byte changed, cut at every place, or that announces more than it has. */
static void test_lists_that_are_not_whole(void **state)
{
	ak_seckey *k = NULL;
	ak_error err = { 0 };
	ak_buf whole;

	(void)state;
	ak_buf_init(&whole, ROOM);
	must(ak_seckey_generate(AK_KEY_ED25519, &k, &err), &err);
	list_of(k, 1, &whole);
	for (size_t n = 0; n <= whole.len + 2; n++) {
		false_agent f = { 0 };
		ak_seckey *held = NULL;
		ak_buf part;
		ak_status st;

		ak_buf_init(&part, ROOM);
		agent_open(&f);
		if (n <= whole.len)
			must(ak_buf_add(&part, whole.data, n, &err), &err);
		else
			list_of(k, n == whole.len + 1 ? 2 : UINT32_MAX, &part);
		answer_with(&f.answer[0], &part);
		agent_start(&f);
		st = ak_signer_open("agent:", &f.access, &held, &err);
		if (st != (n == whole.len ? AK_OK : AK_IO))
			fail_msg("%zu of %zu bytes: %s at %s: %s", n, whole.len, ak_status_name(st), err.where, err.detail);
		ak_seckey_free(&held);
		agent_close(&f);
		ak_buf_clear(&part);
	}
	ak_seckey_free(&k);
	ak_buf_clear(&whole);
}

static void test_no_agent_is_told(void **state)
{
	static const ak_key_access none = { 0 }, nowhere = { .agent = "/nowhere/agent" };
	ak_seckey *k = NULL;
	ak_error err = { 0 };

	(void)state;
	assert_int_equal(ak_signer_open("agent:x", &none, &k, &err), AK_IO);
	assert_int_equal(ak_signer_open("agent:x", &nowhere, &k, &err), AK_IO);
	assert_string_equal(err.where, "agent");
	assert_int_equal(ak_signer_open("smartcard:x", &none, &k, &err), AK_INVALID_ARGUMENT);
	assert_null(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signatures_that_an_agent_gives),
		cmocka_unit_test(test_lists_that_are_not_whole),
		cmocka_unit_test(test_no_agent_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
