/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c - the whole of a program that judges a proof bundle with libakashi-verify
 *
 *	cc judge.c $(pkg-config --cflags --libs libakashi-verify) -o judge
 *	./judge C24-0101-2.akashi ismap.trust
 */
#include <akashi/verify.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST = 64 * 1024 * 1024 };

static ak_span read_file(const char *path, uint8_t *room)
{
	FILE *f = fopen(path, "rb");
	size_t n = f == NULL ? 0 : fread(room, 1, MOST, f);

	if (f == NULL || ferror(f) != 0)
		perror(path);
	if (f != NULL)
		(void)fclose(f);
	return (ak_span){ room, n };
}

int main(int argc, char **argv)
{
	uint8_t *bundle = malloc(MOST), *trust = malloc(MOST);
	ak_verdict verdict = AK_VERDICT_UNVERIFIABLE;
	ak_text report = { 0 };
	ak_error e = { 0 };
	int code = 3;

	if (argc != 3 || bundle == NULL || trust == NULL) {
		(void)fprintf(stderr, "usage: judge BUNDLE TRUST\n");
		return 2;
	}
	/* The library has no clock and reads no file: what it judges by is what it is given. */
	const ak_verify_options ask = { .trust = read_file(argv[2], trust), .now = (int64_t)time(NULL) };

	if (ak_bundle_verify(read_file(argv[1], bundle), &ask, &verdict, &report, &e) == AK_OK) {
		(void)printf("%s\n%s\n", ak_verdict_name(verdict), report.data);
		code = verdict == AK_VERDICT_VALID ? 0 : verdict == AK_VERDICT_UNVERIFIABLE ? 3 : 1;
	} else {
		(void)fprintf(stderr, "%s at %s: %s\n", ak_status_name(e.status), e.where, e.detail);
	}
	ak_text_free(&report);
	free(bundle);
	free(trust);
	return code;
}
