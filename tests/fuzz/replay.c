/* SPDX-License-Identifier: Apache-2.0 */
/* Run a fuzz harness over files, and over the files in folders, given as arguments: the
 * corpus is a regression test with any compiler; libFuzzer is needed only to find more.
 * Ends with 0 when every input was run, 2 when one could not be read or there was none. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 16 * 1024 * 1024 };

static size_t replayed;

static int replay_file(const char *path, size_t size)
{
	/* Exactly as long as the input, so that a sanitizer sees one byte too far. */
	uint8_t *in = size > INPUT_MAX ? NULL : malloc(size == 0 ? 1 : size);
	FILE *f = fopen(path, "rb");
	int rc = 2;

	if (in == NULL || f == NULL || fread(in, 1, size, f) != size) {
		(void)fprintf(stderr, "%s: cannot be read\n", path);
		goto out;
	}
	(void)LLVMFuzzerTestOneInput(in, size);
	replayed++;
	rc = 0;
out:
	if (f != NULL)
		(void)fclose(f);
	free(in);
	return rc;
}

static int replay_entry(const char *folder, const char *name)
{
	char path[4096];
	struct stat s;
	int n = snprintf(path, sizeof(path), "%s/%s", folder, name);

	if (n < 0 || (size_t)n >= sizeof(path) || stat(path, &s) != 0) {
		(void)fprintf(stderr, "%s/%s: cannot be read\n", folder, name);
		return 2;
	}
	return S_ISREG(s.st_mode) ? replay_file(path, (size_t)s.st_size) : 0;
}

/* Not into folders inside: a corpus is flat. */
static int replay_folder(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;
	int rc = 0;

	if (d == NULL) {
		perror(path);
		return 2;
	}
	while (rc == 0 && (e = readdir(d)) != NULL) {
		if (e->d_name[0] != '.')
			rc = replay_entry(path, e->d_name);
	}
	(void)closedir(d);
	return rc;
}

int main(int argc, char **argv)
{
	int rc = 0;

	for (int i = 1; rc == 0 && i < argc; i++) {
		struct stat s;

		if (stat(argv[i], &s) != 0) {
			perror(argv[i]);
			return 2;
		}
		rc = S_ISDIR(s.st_mode) ? replay_folder(argv[i])
		                        : replay_file(argv[i], (size_t)s.st_size);
	}
	if (rc == 0 && replayed == 0) {
		(void)fprintf(stderr, "nothing to replay\n");
		return 2;
	}
	(void)printf("%zu inputs\n", replayed);
	return rc;
}
