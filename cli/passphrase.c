/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* explicit_bzero() */
#include "passphrase.h"

#include "out.h"
#include "term.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

enum { PASSPHRASE_LEAST = 8 /* bytes of a new one */, FD_MAX = 1023 };

void ak_passphrase_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}

void ak_secrets_guard(void)
{
	const struct rlimit none = { 0, 0 };

	/* A kernel that refuses leaves things as they were: there is nothing better to do. */
	(void)setrlimit(RLIMIT_CORE, &none);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* A line, byte by byte: what follows it stays there for the next question, and no buffer keeps a copy. */
static bool read_line(int fd, char *out, size_t room)
{
	size_t n = 0;

	for (;;) {
		char ch = '\n';
		ssize_t got = read(fd, &ch, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || (got == 0 && n == 0) || (got == 1 && ch == '\0'))
			break;
		if (got == 0 || ch == '\n') {
			out[n] = '\0';
			return true;
		}
		if (n + 1 == room)
			break;
		out[n++] = ch;
	}
	ak_passphrase_wipe(out, room);
	return false;
}

static bool on_terminal(const ak_cli *c, ak_msg question, const char *what, char *out, size_t room)
{
	FILE *tty = fopen("/dev/tty", "r+");
	struct termios before, silent;
	bool got = false;

	if (tty == NULL)
		return false;
	if (tcgetattr(fileno(tty), &before) == 0) {
		silent = before;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		ak_out_put(c, tty, question, what, NULL);
		(void)fflush(tty);
		if (tcsetattr(fileno(tty), TCSAFLUSH, &silent) == 0) {
			got = read_line(fileno(tty), out, room);
			(void)tcsetattr(fileno(tty), TCSAFLUSH, &before);
			(void)fputc('\n', tty);
		}
	}
	(void)fclose(tty);
	return got;
}

/* The descriptor of --passphrase-fd, or -1; ak_cli_number() has told what is wrong with it. */
static bool given_fd(const ak_cli *c, int *fd)
{
	uint64_t n = 0;

	if (!ak_opt_has(&c->opts, OPT_PASSPHRASE_FD))
		return false;
	*fd = ak_cli_number(c, OPT_PASSPHRASE_FD, 0, FD_MAX, &n) == EXIT_HOLDS ? (int)n : -1;
	return true;
}

bool ak_passphrase_ask(const ak_cli *c, ak_msg question, const char *what, char *out, size_t room)
{
	int fd = -1;

	if (given_fd(c, &fd))
		return fd >= 0 && read_line(fd, out, room);
	return on_terminal(c, question, what, out, room);
}

int ak_passphrase_new(const ak_cli *c, const char *path, char out[AK_PASSPHRASE_ROOM])
{
	char again[AK_PASSPHRASE_ROOM] = "";
	int code = EXIT_HOLDS, fd = -1;

	if (!ak_passphrase_ask(c, MSG_PASSPHRASE_NEW, path, out, AK_PASSPHRASE_ROOM))
		return ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_KEY_NO_TERMINAL, NULL);
	if (strlen(out) < PASSPHRASE_LEAST)
		code = ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_PASSPHRASE_SHORT, AK_NUM(PASSPHRASE_LEAST), NULL);
	else if (!given_fd(c, &fd) && (!ak_passphrase_ask(c, MSG_PASSPHRASE_AGAIN, path, again, sizeof(again)) || strcmp(out, again) != 0))
		code = ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_PASSPHRASE_DIFFERS, NULL);
	ak_passphrase_wipe(again, sizeof(again));
	if (code != EXIT_HOLDS)
		ak_passphrase_wipe(out, AK_PASSPHRASE_ROOM);
	return code;
}

static bool ask_pin(void *ctx, const char *what, char *out, size_t room)
{
	return ak_passphrase_ask(ctx, MSG_TOKEN_PIN, what, out, room);
}

ak_key_access ak_passphrase_access(const ak_cli *c)
{
	/* The context comes back to ask_pin() as it went. */
	return (ak_key_access){ .agent = getenv("SSH_AUTH_SOCK"), .ctx = (void *)(uintptr_t)c, .ask = ask_pin };
}
