/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* wait4 */
#include "bench.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

double now_seconds(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) != 0)
		die("clock_gettime", NULL);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void die(const char *what, const ak_error *err)
{
	(void)fprintf(stderr, "bench: %s", what);
	if (err != NULL)
		(void)fprintf(stderr, ": %s: %s: %s (expected %s, found %s)", ak_status_name(err->status),
		              err->where == NULL ? "" : err->where, err->detail, err->expected, err->found);
	(void)fputc('\n', stderr);
	exit(1);
}

void need(ak_status st, const char *what, const ak_error *err)
{
	if (st != AK_OK)
		die(what, err);
}

void *room(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p == NULL)
		die("out of memory", NULL);
	return p;
}

FILE *open_file(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);

	if (f == NULL)
		die(path, NULL);
	return f;
}

void write_file(const char *path, const char *bytes, size_t len)
{
	FILE *f = open_file(path, "wb");

	if (fwrite(bytes, 1, len, f) != len || fclose(f) != 0)
		die(path, NULL);
}

unsigned processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : (unsigned)n;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

double cpu_seconds(void)
{
	struct rusage use;

	if (getrusage(RUSAGE_SELF, &use) != 0)
		die("getrusage", NULL);
	return seconds(use.ru_utime) + seconds(use.ru_stime);
}

static spent wait_for(pid_t pid, double start, const char *what)
{
	struct rusage use;
	int status;

	if (wait4(pid, &status, 0, &use) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die(what, NULL);
	return (spent){ now_seconds() - start, seconds(use.ru_utime) + seconds(use.ru_stime), use.ru_maxrss };
}

spent run(char *const argv[])
{
	posix_spawn_file_actions_t quiet;
	double start;
	pid_t pid;

	if (posix_spawn_file_actions_init(&quiet) != 0 ||
	    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0) != 0)
		die("posix_spawn_file_actions", NULL);
	start = now_seconds();
	if (posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ) != 0)
		die(argv[0], NULL);
	(void)posix_spawn_file_actions_destroy(&quiet);
	return wait_for(pid, start, argv[0]);
}

spent apart(void (*fn)(void *ctx), void *ctx)
{
	double start = now_seconds();
	pid_t pid;

	if (fflush(NULL) != 0)
		die("flush", NULL);
	pid = fork();
	if (pid < 0)
		die("fork", NULL);
	if (pid == 0) {
		fn(ctx);
		exit(0);
	}
	return wait_for(pid, start, "a part of the run");
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *values, size_t n)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof(*values), ascending);
	return values[n / 2];
}
