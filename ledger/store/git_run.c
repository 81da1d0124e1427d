/* SPDX-License-Identifier: Apache-2.0 */
/* Stock git, run for what it carries to and from a remote (adr/0026).
 *
 * A program of its own in a session of its own, so that nothing it starts can ask at a terminal: what needs a passphrase fails at
 * once, keys come from an agent, names and tokens from git's credential helpers.  It has until the deadline; then it and all that
 * it started are killed.  Its end is awaited by a descriptor of the process, not by its pipes, which a connection that ssh keeps
 * open for later would hold.
 */
#define _GNU_SOURCE /* environ, pidfd_open, pipe2, POSIX_SPAWN_SETSID */
#include "store/git_internal.h"

#include "base/fail.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FD_TIMER, FD_CHILD, FD_OUT, FD_TOLD, FDS, ENV_MAX = 4096 };

static bool starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* What says where a repository lies, or would put up a window to ask, is not handed on. */
static bool hand_on(const char *entry)
{
	static const char *const held_back[] = {
		"GIT_DIR=", "GIT_WORK_TREE=", "GIT_INDEX_FILE=", "GIT_OBJECT_DIRECTORY=", "GIT_ALTERNATE_OBJECT_DIRECTORIES=",
		"GIT_COMMON_DIR=", "GIT_NAMESPACE=", "GIT_PREFIX=", "GIT_SHALLOW_FILE=", "GIT_GRAFT_FILE=", "GIT_QUARANTINE_PATH=",
		"GIT_TERMINAL_PROMPT=", "GIT_ASKPASS=", "SSH_ASKPASS=", "SSH_ASKPASS_REQUIRE=", "LC_ALL=", "LANGUAGE=",
	};

	for (size_t i = 0; i < sizeof(held_back) / sizeof(held_back[0]); i++) {
		if (starts(entry, held_back[i]))
			return false;
	}
	return true;
}

/* Borrowed from this process's environment, and from here. */
static ak_status make_environment(char ***out, ak_error *err)
{
	static const char *const added[] = { "GIT_TERMINAL_PROMPT=0", "SSH_ASKPASS_REQUIRE=never", "LC_ALL=C" };
	size_t n = 0, k = 0;
	char **env;

	while (environ != NULL && environ[n] != NULL)
		n++;
	if (n > ENV_MAX)
		return ak_fail(err, AK_LIMIT, "git.run", n, "the environment has too many entries");
	env = ak_mem_array(n + sizeof(added) / sizeof(added[0]) + 1, sizeof(*env));
	if (env == NULL)
		return ak_no_memory(err, "git.run");
	for (size_t i = 0; i < n; i++) {
		if (hand_on(environ[i]))
			env[k++] = environ[i];
	}
	for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++)
		env[k++] = (char *)(uintptr_t)added[i];
	env[k] = NULL;
	*out = env;
	return AK_OK;
}

static int spawn(const char *const argv[], char **env, int out, int told, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, usual;
	int rc = posix_spawn_file_actions_init(&files);

	if (rc != 0)
		return rc;
	rc = posix_spawnattr_init(&attr);
	if (rc != 0) {
		(void)posix_spawn_file_actions_destroy(&files);
		return rc;
	}
	(void)sigemptyset(&none);
	(void)sigemptyset(&usual);
	(void)sigaddset(&usual, SIGPIPE);
	rc = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(&files, told, STDERR_FILENO);
	if (rc == 0)
		rc = posix_spawnattr_setsigmask(&attr, &none);
	if (rc == 0)
		rc = posix_spawnattr_setsigdefault(&attr, &usual);
	if (rc == 0)
		rc = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (rc == 0)
		rc = posix_spawnp(pid, argv[0], &files, &attr, (char *const *)(uintptr_t)argv, env);
	(void)posix_spawnattr_destroy(&attr);
	(void)posix_spawn_file_actions_destroy(&files);
	return rc;
}

/* Take what is there now; what is over the buffer's bound is read and dropped, and for want of memory too (*lost).  False: no more
 * will come. */
static bool drain(int fd, ak_buf *to, bool *lost)
{
	uint8_t block[4096];
	ssize_t n;

	do {
		n = read(fd, block, sizeof(block));
		if (n > 0) {
			size_t room = to->max - to->len;

			*lost = ak_buf_add(to, block, (size_t)n < room ? (size_t)n : room, NULL) != AK_OK || *lost;
		}
	} while (n > 0 || (n < 0 && errno == EINTR));
	return n < 0 && errno == EAGAIN;
}

/* Until the child has ended.  False at the deadline. */
static bool attend(struct pollfd p[FDS], ak_buf *out, ak_buf *told, bool *lost)
{
	for (;;) {
		int n = poll(p, FDS, -1);

		if (n < 0 && errno != EINTR)
			return false;
		if (n < 0)
			continue;
		if (p[FD_OUT].revents != 0 && !drain(p[FD_OUT].fd, out, lost))
			p[FD_OUT].fd = -1;
		if (p[FD_TOLD].revents != 0 && !drain(p[FD_TOLD].fd, told, lost))
			p[FD_TOLD].fd = -1;
		if (p[FD_CHILD].revents != 0)
			return true;
		if (p[FD_TIMER].revents != 0)
			return false;
	}
}

static ak_status finish(pid_t pid, bool in_time, unsigned timeout_s, int *code, ak_error *err)
{
	int how = 0;
	pid_t r;

	if (!in_time)
		(void)kill(-pid, SIGKILL);
	do {
		r = waitpid(pid, &how, 0);
	} while (r < 0 && errno == EINTR);
	if (!in_time)
		return ak_fail(err, AK_IO, "remote.timeout", 0, "no answer from the remote within %u seconds", timeout_s);
	if (r != pid)
		return ak_fail(err, AK_IO, "git.run", 0, "how git ended is not known: %s", strerror(errno));
	*code = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
	return AK_OK;
}

static ak_status watch(pid_t pid, int out_fd, int told_fd, unsigned timeout_s, ak_buf *out, ak_buf *told, int *code, ak_error *err)
{
	const struct itimerspec at = { .it_value = { .tv_sec = (time_t)timeout_s } };
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	int child = pidfd_open(pid, 0);
	struct pollfd p[FDS] = { { timer, POLLIN, 0 }, { child, POLLIN, 0 }, { out_fd, POLLIN, 0 }, { told_fd, POLLIN, 0 } };
	bool lost = false;
	bool in_time = timer >= 0 && child >= 0 && timerfd_settime(timer, 0, &at, NULL) == 0 && attend(p, out, told, &lost);
	ak_status st = finish(pid, in_time, timeout_s, code, err);

	if (st == AK_OK) {
		(void)drain(out_fd, out, &lost);
		(void)drain(told_fd, told, &lost);
	}
	if (st == AK_OK && lost)
		st = ak_no_memory(err, "git.run");
	if (timer >= 0)
		(void)close(timer);
	if (child >= 0)
		(void)close(child);
	return st;
}

static void close_pair(int fd[2])
{
	for (int i = 0; i < 2; i++) {
		if (fd[i] >= 0)
			(void)close(fd[i]);
		fd[i] = -1;
	}
}

ak_status ak_git_run(const char *const argv[], unsigned timeout_s, ak_buf *out, ak_buf *told, int *code, ak_error *err)
{
	int a[2] = { -1, -1 }, b[2] = { -1, -1 }, rc;
	char **env = NULL;
	pid_t pid = -1;
	ak_status st = make_environment(&env, err);

	if (st != AK_OK)
		return st;
	if (pipe2(a, O_CLOEXEC) != 0 || pipe2(b, O_CLOEXEC) != 0 || fcntl(a[0], F_SETFL, O_NONBLOCK) != 0 ||
	    fcntl(b[0], F_SETFL, O_NONBLOCK) != 0) {
		st = ak_fail(err, AK_IO, "git.run", 0, "no pipe: %s", strerror(errno));
		goto out;
	}
	rc = spawn(argv, env, a[1], b[1], &pid);
	if (rc != 0) {
		st = rc == ENOMEM ? ak_no_memory(err, "git.run")
		                  : ak_fail(err, AK_IO, "git.run", 0, "git cannot be run, which a remote needs: %s", strerror(rc));
		goto out;
	}
	(void)close(a[1]);
	(void)close(b[1]);
	a[1] = b[1] = -1;
	st = watch(pid, a[0], b[0], timeout_s, out, told, code, err);
out:
	close_pair(a);
	close_pair(b);
	ak_mem_free(env);
	return st;
}
