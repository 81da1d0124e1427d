/* SPDX-License-Identifier: Apache-2.0 */
#include "passphrase.h"

#include "out.h"
#include "term.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>

enum { PASSPHRASE_LEAST = 8 /* bytes of a new one */, TRIES = 3, FD_MAX = 1023 };

void ak_passphrase_wipe(void *p, size_t n)
{
	ak_secrets_wipe(p, n);
}

/* ---- signals while the terminal does not show what is typed -------------------------------------------------------- */

/* Each would leave the terminal silent for whoever types next. */
static const int kept[] = { SIGINT, SIGTERM, SIGTSTP, SIGQUIT, SIGHUP };
enum { KEPT = sizeof(kept) / sizeof(kept[0]) };

typedef struct keeping {
	struct sigaction before[KEPT];
	sigset_t mask;
} keeping;

static volatile sig_atomic_t came;

static void note(int which)
{
	came = which;
}

/* They come in only while read_line() waits; one that this process was told to ignore stays ignored. */
static bool keep_signals(keeping *k)
{
	struct sigaction take = { .sa_handler = note };
	sigset_t set;

	came = 0;
	(void)sigemptyset(&take.sa_mask);
	(void)sigemptyset(&set);
	for (size_t i = 0; i < KEPT; i++)
		(void)sigaddset(&set, kept[i]);
	if (sigprocmask(SIG_BLOCK, &set, &k->mask) != 0)
		return false;
	for (size_t i = 0; i < KEPT; i++)
		if (sigaction(kept[i], NULL, &k->before[i]) == 0 && k->before[i].sa_handler != SIG_IGN)
			(void)sigaction(kept[i], &take, NULL);
	return true;
}

/* What came in now does what it does. */
static void give_signals_back(const keeping *k)
{
	for (size_t i = 0; i < KEPT; i++)
		(void)sigaction(kept[i], &k->before[i], NULL);
	(void)sigprocmask(SIG_SETMASK, &k->mask, NULL);
	if (came != 0)
		(void)raise((int)came);
}

/* False: a signal came before there was anything to read. */
static bool wait_for(int fd, const sigset_t *mask)
{
	fd_set set;

	if (fd >= FD_SETSIZE)
		return false;
	do {
		FD_ZERO(&set);
		FD_SET(fd, &set);
		if (pselect(fd + 1, &set, NULL, NULL, NULL, mask) > 0)
			return true;
	} while (errno == EINTR && came == 0);
	return false;
}

/* A line, byte by byte: what follows it stays there for the next question, and no buffer keeps a copy.  `mask`: of the signals that end it,
 * or NULL. */
static bool read_line(int fd, const sigset_t *mask, char *out, size_t room)
{
	size_t n = 0;

	for (;;) {
		char ch = '\n';
		ssize_t got = mask != NULL && !wait_for(fd, mask) ? -1 : read(fd, &ch, 1);

		if (got < 0 && mask != NULL && came != 0)
			break;
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

/* *again: it was stopped and goes on, and nobody sees the question any more. */
static bool ask_silently(const ak_cli *c, FILE *tty, ak_msg question, const char *what, char *out, size_t room, bool *again)
{
	struct termios before, silent;
	keeping k;
	bool got = false;

	*again = false;
	if (!keep_signals(&k))
		return false;
	if (tcgetattr(fileno(tty), &before) == 0) {
		silent = before;
		silent.c_lflag &= ~(tcflag_t)ECHO;
		ak_out_put(c, tty, question, what, NULL);
		(void)fflush(tty);
		if (tcsetattr(fileno(tty), TCSAFLUSH, &silent) == 0) {
			got = read_line(fileno(tty), &k.mask, out, room);
			(void)tcsetattr(fileno(tty), TCSAFLUSH, &before);
			(void)fputc('\n', tty);
			(void)fflush(tty);
		}
	}
	*again = came == SIGTSTP;
	give_signals_back(&k);
	return got;
}

static bool on_terminal(const ak_cli *c, ak_msg question, const char *what, char *out, size_t room)
{
	FILE *tty = fopen("/dev/tty", "r+");
	bool got, again;

	if (tty == NULL)
		return false;
	do {
		got = ask_silently(c, tty, question, what, out, room, &again);
	} while (!got && again);
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
		return fd >= 0 && read_line(fd, NULL, out, room);
	return on_terminal(c, question, what, out, room);
}

int ak_passphrase_missing(const ak_cli *c, const char *path)
{
	ak_error e = { .status = AK_INVALID_ARGUMENT, .where = "" };
	const bool given = ak_opt_has(&c->opts, OPT_PASSPHRASE_FD);
	char next[AK_NEXT_ROOM];

	(void)ak_out_text(c, e.detail, sizeof(e.detail), given ? MSG_KEY_NO_LINE : MSG_KEY_NO_TERMINAL, given ? ak_opt_value(&c->opts, OPT_PASSPHRASE_FD) : NULL, NULL);
	return ak_out_told(c, path, &e, ak_out_text(c, next, sizeof(next), MSG_NEXT_PASSPHRASE_FD, NULL));
}

bool ak_passphrase_once_more(const ak_cli *c, const char *what, size_t *wrong, char out[AK_PASSPHRASE_ROOM])
{
	ak_passphrase_wipe(out, AK_PASSPHRASE_ROOM);
	if (ak_opt_has(&c->opts, OPT_PASSPHRASE_FD) || ++*wrong >= TRIES)
		return false;
	return ak_passphrase_ask(c, MSG_PASSPHRASE_ONCE_MORE, what, out, AK_PASSPHRASE_ROOM);
}

int ak_passphrase_new(const ak_cli *c, const char *path, char out[AK_PASSPHRASE_ROOM])
{
	char again[AK_PASSPHRASE_ROOM] = "";
	int code = EXIT_HOLDS, fd = -1;

	if (!ak_passphrase_ask(c, MSG_PASSPHRASE_NEW, path, out, AK_PASSPHRASE_ROOM))
		return ak_passphrase_missing(c, path);
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
