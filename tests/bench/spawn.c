/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE /* wait4 */
#include "bench.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

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
	(void)fprintf(stderr, "bench_ledger: %s", what);
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

ak_text slurp(const char *path)
{
	ak_text t = { 0 };
	FILE *f = fopen(path, "rb");
	long n;

	if (f == NULL || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0)
		die(path, NULL);
	t.data = room((size_t)n + 1, 1);
	t.len = fread(t.data, 1, (size_t)n, f);
	if (fclose(f) != 0 || t.len != (size_t)n)
		die(path, NULL);
	return t;
}

void spill(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(bytes, 1, len, f) != len || fclose(f) != 0)
		die(path, NULL);
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

spent run(char *const argv[])
{
	posix_spawn_file_actions_t quiet;
	struct rusage use;
	double start;
	int status;
	pid_t pid;

	if (posix_spawn_file_actions_init(&quiet) != 0 ||
	    posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0) != 0)
		die("posix_spawn_file_actions", NULL);
	start = now_seconds();
	if (posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ) != 0)
		die(argv[0], NULL);
	if (wait4(pid, &status, 0, &use) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		die(argv[0], NULL);
	start = now_seconds() - start;
	(void)posix_spawn_file_actions_destroy(&quiet);
	return (spent){ start, seconds(use.ru_utime) + seconds(use.ru_stime), use.ru_maxrss };
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), ascending);
	return n == 0 ? 0 : values[n / 2];
}
