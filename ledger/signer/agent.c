/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/agent.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/ssh.h"
#include "crypto/hash.h"
#include "signer/ssh_key.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* Of the protocol. */
enum { ASK_KEYS = 11, TELL_KEYS = 12, ASK_SIGNATURE = 13, TELL_SIGNATURE = 14, SAY_FAILURE = 5, RSA_SHA256 = 2, HEAD = 4 };
enum { KEYS_MAX = 256, NAMES_MAX = 400 };

static const char where[] = "agent";

/* ---- one question, one answer ---- */

static ak_status failed(ak_error *err, const char *doing)
{
	int why = errno;

	if (why == EAGAIN || why == EWOULDBLOCK)
		return ak_fail(err, AK_IO, where, 0, "%s: no answer within %d seconds", doing, AK_AGENT_WAIT);
	return ak_fail(err, AK_IO, where, 0, "%s: %s", doing, strerror(why));
}

static ak_status call(const char *path, int *out, ak_error *err)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval wait = { .tv_sec = AK_AGENT_WAIT };
	int fd;

	if (strlen(path) >= sizeof(to.sun_path))
		return ak_fail(err, AK_IO, where, 0, "the path of the agent's socket is over %zu bytes", sizeof(to.sun_path) - 1);
	memcpy(to.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return failed(err, "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) != 0 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		ak_status st = failed(err, "the agent cannot be reached");

		(void)close(fd);
		return st;
	}
	*out = fd;
	return AK_OK;
}

static ak_status say(int fd, ak_span s, ak_error *err)
{
	while (s.len > 0) {
		ssize_t n = send(fd, s.data, s.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed(err, "the agent does not listen");
		s = (ak_span){ s.data + n, s.len - (size_t)n };
	}
	return AK_OK;
}

static ak_status hear(int fd, size_t n, ak_buf *out, ak_error *err)
{
	uint8_t part[4096];

	while (n > 0) {
		ssize_t got = recv(fd, part, n < sizeof(part) ? n : sizeof(part), 0);
		ak_status st;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return failed(err, "the agent does not answer");
		if (got == 0)
			return ak_fail(err, AK_IO, where, 0, "the agent hung up in the middle of its answer");
		st = ak_buf_add(out, part, (size_t)got, err);
		if (st != AK_OK)
			return st;
		n -= (size_t)got;
	}
	return AK_OK;
}

/* Ask `question`; `answer` gets what came, which must begin with the byte `kind`. */
static ak_status ask(const char *at, const ak_buf *question, uint8_t kind, ak_buf *answer, ak_error *err)
{
	uint8_t head[HEAD];
	ak_status st;
	int fd = -1;

	st = call(at, &fd, err);
	if (st != AK_OK)
		return st;
	ak_put_be32(head, (uint32_t)question->len);
	st = say(fd, (ak_span){ head, sizeof(head) }, err);
	if (st == AK_OK)
		st = say(fd, ak_buf_span(question), err);
	if (st == AK_OK)
		st = hear(fd, HEAD, answer, err);
	if (st == AK_OK) {
		uint32_t n = ak_get_be32(answer->data);

		ak_buf_clear(answer);
		st = n == 0 || n > AK_AGENT_MAX
			     ? ak_fail(err, AK_IO, where, 0, "the agent announces an answer of %u bytes; 1 to %d are taken", (unsigned)n, AK_AGENT_MAX)
			     : hear(fd, n, answer, err);
	}
	(void)close(fd); /* was only talked on */
	if (st == AK_OK && answer->data[0] != kind)
		st = ak_fail(err, AK_IO, where, 0, answer->data[0] == SAY_FAILURE ? "the agent refuses" : "the agent answers something else");
	return st;
}

/* ---- which key ---- */

typedef struct choice {
	const char *which, *at;
	ak_pubkey *found;
	ak_buf blob;           /* of the key found */
	size_t fits, passed_by;
	char names[NAMES_MAX]; /* of keys that could be meant */
} choice;

/* "SHA256:…" as ssh-add -l prints it: base64 without padding. */
static ak_status fingerprint(ak_span blob, ak_buf *out, ak_error *err)
{
	ak_digest d;
	ak_status st;

	ak_sha256(blob, &d);
	st = ak_buf_add_str(out, "SHA256:", err);
	if (st == AK_OK)
		st = ak_base64_encode((ak_span){ d.b, sizeof(d.b) }, out, err);
	while (st == AK_OK && out->len > 0 && out->data[out->len - 1] == '=')
		out->len--;
	return st;
}

static ak_status fits(const char *which, const ak_pubkey *k, ak_span blob, ak_span comment, bool *yes, ak_error *err)
{
	char id[AK_DIGEST_TEXT_LEN + 1];
	ak_buf print;
	ak_status st;

	ak_digest_format(ak_pubkey_id(k), id);
	ak_buf_init(&print, 128);
	st = fingerprint(blob, &print, err);
	*yes = st == AK_OK && (*which == '\0' || ak_span_is(comment, which) || ak_span_is(ak_buf_span(&print), which) ||
	                       strcmp(id, which) == 0 || strcmp(id + strlen("sha256:"), which) == 0);
	ak_buf_clear(&print);
	return st;
}

static void add_name(choice *c, ak_span comment)
{
	size_t at = strlen(c->names);

	(void)snprintf(c->names + at, sizeof(c->names) - at, "%s\"%.*s\"", at > 0 ? ", " : "", (int)(comment.len < 60 ? comment.len : 60),
	               (const char *)comment.data);
}

static ak_status look_at(choice *c, ak_span blob, ak_span comment, ak_error *err)
{
	ak_pubkey *k = NULL;
	bool yes = false;
	ak_status st = ak_ssh_key_read(blob, &k, NULL);

	if (st == AK_NO_MEMORY)
		return ak_no_memory(err, where);
	if (st != AK_OK) {
		c->passed_by++;
		return AK_OK;
	}
	st = fits(c->which, k, blob, comment, &yes, err);
	if (st == AK_OK && yes && ++c->fits == 1) {
		st = ak_buf_add_span(&c->blob, blob, err);
		c->found = k;
		k = NULL;
	}
	if (st == AK_OK && (yes || c->fits == 0))
		add_name(c, comment);
	ak_pubkey_free(&k);
	return st;
}

static ak_status look_through(choice *c, ak_span answer, ak_error *err)
{
	ak_status st = AK_OK;
	uint32_t n = 0;

	answer = (ak_span){ answer.data + 1, answer.len - 1 };
	if (!ak_ssh_take_u32(&answer, &n) || n > KEYS_MAX)
		return ak_fail(err, AK_IO, where, 0, "the agent says it has %u keys; %d are looked at", (unsigned)n, KEYS_MAX);
	for (uint32_t i = 0; st == AK_OK && i < n; i++) {
		ak_span blob, comment;

		if (!ak_ssh_take_string(&answer, &blob) || !ak_ssh_take_string(&answer, &comment))
			return ak_fail(err, AK_IO, where, i, "the agent's list of keys is not whole");
		st = look_at(c, blob, comment, err);
	}
	return st;
}

static ak_status choose(choice *c, ak_error *err)
{
	ak_buf question, answer;
	ak_status st;

	ak_buf_init(&question, AK_AGENT_MAX);
	ak_buf_init(&answer, AK_AGENT_MAX);
	st = ak_buf_add_byte(&question, ASK_KEYS, err);
	if (st == AK_OK)
		st = ask(c->at, &question, TELL_KEYS, &answer, err);
	if (st == AK_OK)
		st = look_through(c, ak_buf_span(&answer), err);
	ak_buf_clear(&question);
	ak_buf_clear(&answer);
	if (st != AK_OK)
		return st;
	if (c->fits == 0)
		return ak_fail(err, AK_NOT_FOUND, where, 0, "no such key with the agent; it has %s%s", *c->names != '\0' ? c->names : "none that can be used",
		               c->passed_by > 0 ? " (and others of kinds that akashi does not take)" : "");
	if (c->fits > 1)
		return ak_fail(err, AK_INVALID_ARGUMENT, where, 0, "which of the agent's keys? %s", c->names);
	return AK_OK;
}

/* ---- the key ---- */

typedef struct held {
	ak_key_alg alg;
	ak_buf blob;
	char *at;
} held;

static ak_status sign(void *ctx, ak_span message, ak_buf *sig, ak_error *err)
{
	const held *h = ctx;
	ak_buf question, answer;
	ak_span rest, blob;
	ak_status st;

	if (message.len > AK_AGENT_MAX - h->blob.len - 64)
		return ak_fail(err, AK_LIMIT, where, message.len, "agents take messages of up to %d bytes; sign this with a key file or a token", AK_AGENT_MAX);
	ak_buf_init(&question, AK_AGENT_MAX);
	ak_buf_init(&answer, AK_AGENT_MAX);
	st = ak_buf_add_byte(&question, ASK_SIGNATURE, err);
	if (st == AK_OK)
		st = ak_ssh_put_string(&question, ak_buf_span(&h->blob), err);
	if (st == AK_OK)
		st = ak_ssh_put_string(&question, message, err);
	if (st == AK_OK)
		st = ak_ssh_put_u32(&question, h->alg == AK_KEY_RSA ? RSA_SHA256 : 0, err);
	if (st == AK_OK)
		st = ask(h->at, &question, TELL_SIGNATURE, &answer, err);
	if (st == AK_OK) {
		rest = (ak_span){ answer.data + 1, answer.len - 1 };
		st = ak_ssh_take_string(&rest, &blob) && rest.len == 0 ? ak_ssh_signature_read(blob, h->alg, sig, err)
		                                                       : ak_fail(err, AK_IO, where, 0, "the agent's signature is not whole");
	}
	ak_buf_clear(&question);
	ak_buf_clear(&answer);
	return st;
}

static void let_go(void *ctx)
{
	held *h = ctx;

	ak_buf_clear(&h->blob);
	ak_mem_free(h->at);
	ak_mem_free(h);
}

ak_status ak_agent_open(const char *which, const char *socket, ak_seckey **out, ak_error *err)
{
	choice c = { .which = which, .at = socket };
	ak_key_holder holder = { .sign = sign, .free = let_go };
	held *h;
	ak_status st;

	if (socket == NULL || *socket == '\0')
		return ak_fail(err, AK_IO, where, 0, "no agent is running here: SSH_AUTH_SOCK is not set");
	h = ak_mem_alloc(sizeof(*h));
	if (h == NULL)
		return ak_no_memory(err, where);
	h->at = ak_span_dup(ak_span_str(socket));
	if (h->at == NULL) {
		ak_mem_free(h);
		return ak_no_memory(err, where);
	}
	ak_buf_init(&c.blob, AK_AGENT_MAX);
	st = choose(&c, err);
	if (st == AK_OK) {
		h->alg = ak_pubkey_alg(c.found);
		h->blob = c.blob;
		c.blob = (ak_buf){ 0 };
		holder.ctx = h;
		st = ak_seckey_held(c.found, &holder, out, err);
		c.found = NULL;
		h = NULL;
	}
	ak_pubkey_free(&c.found);
	ak_buf_clear(&c.blob);
	if (h != NULL)
		let_go(h);
	return st;
}
