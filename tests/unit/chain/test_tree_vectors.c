/* SPDX-License-Identifier: Apache-2.0 */
/* The proof checkers against the files of transparency-dev/merkle.  This layer has no JSON
 * reader and needs none for these: one object a file, names unique, no escapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "chain/tree.h"

#include "base/text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define VECTORS AK_SHARED_DIR "/vectors/merkle"
enum { FILE_MAX = 65536 };

/* The bytes after "name": or NULL. */
static const char *member(const char *json, const char *name)
{
	char quoted[32];
	const char *p;

	(void)snprintf(quoted, sizeof(quoted), "\"%s\":", name);
	p = strstr(json, quoted);
	if (p == NULL)
		return NULL;
	p += strlen(quoted);
	return p + strspn(p, " \n");
}

static uint64_t number(const char *json, const char *name)
{
	const char *p = member(json, name);
	uint64_t v;

	if (p == NULL)
		fail_msg("no member %s in %s", name, json);
	if (!ak_decimal_parse((ak_span){ (const uint8_t *)p, strspn(p, "0123456789") }, &v))
		fail_msg("%s is no number in %s", name, json);
	return v;
}

/* One quoted base64 string at *p; moves *p behind it.  False: not 32 bytes long, and then it
 * cannot even be put to the checkers. */
static bool digest_at(const char **p, ak_digest *out)
{
	size_t n = strcspn(*p + 1, "\"");
	ak_buf b;
	bool ok;

	assert_int_equal(**p, '"');
	ak_buf_init(&b, 4096);
	assert_true(ak_base64_decode((ak_span){ (const uint8_t *)*p + 1, n }, &b, NULL));
	ok = b.len == sizeof(out->b);
	if (ok)
		memcpy(out->b, b.data, b.len);
	ak_buf_clear(&b);
	*p += n + 2;
	return ok;
}

static bool digest(const char *json, const char *name, ak_digest *out)
{
	const char *p = member(json, name);

	if (p == NULL)
		fail_msg("no member %s in %s", name, json);
	return strncmp(p, "null", 4) != 0 && digest_at(&p, out);
}

static bool proof(const char *json, ak_tree_proof *out)
{
	const char *p = member(json, "proof");

	out->n = 0;
	if (p == NULL)
		fail_msg("no proof in %s", json);
	if (strncmp(p, "null", 4) == 0)
		return true;
	assert_int_equal(*p++, '[');
	for (;;) {
		p += strspn(p, ", \n");
		if (*p == ']')
			return true;
		if (out->n > AK_TREE_LEVELS || !digest_at(&p, &out->hash[out->n++]))
			return false;
	}
}

static bool inclusion(const char *json)
{
	ak_digest leaf, root;
	ak_tree_proof p;

	return digest(json, "leafHash", &leaf) && digest(json, "root", &root) &&
	       proof(json, &p) &&
	       ak_tree_check_inclusion(&leaf, number(json, "leafIdx"), number(json, "treeSize"),
	                               &p, &root, NULL) == AK_OK;
}

static bool consistency(const char *json)
{
	ak_digest root1, root2;
	ak_tree_proof p;

	return digest(json, "root1", &root1) && digest(json, "root2", &root2) &&
	       proof(json, &p) &&
	       ak_tree_check_consistency(number(json, "size1"), &root1, number(json, "size2"),
	                                 &root2, &p, NULL) == AK_OK;
}

/* Inclusion in a subtree is inclusion in a tree of its own; the range rule is the caller's. */
static bool subtree_inclusion(const char *json)
{
	uint64_t start = number(json, "start"), end = number(json, "end");
	uint64_t index = number(json, "leafIdx"), ceil = 1;
	ak_digest leaf, root;
	ak_tree_proof p;

	if (start > end || index < start)
		return false;
	while (ceil != 0 && ceil < end - start)
		ceil *= 2;
	if (ceil == 0 ? start != 0 : start % ceil != 0)
		return false;
	return digest(json, "leafHash", &leaf) && digest(json, "root", &root) &&
	       proof(json, &p) &&
	       ak_tree_check_inclusion(&leaf, index - start, end - start, &p, &root, NULL) == AK_OK;
}

typedef struct tally {
	bool (*accepts)(const char *json);
	size_t accepted, rejected;
} tally;

static void judge(const char *path, tally *t)
{
	static char json[FILE_MAX];
	FILE *f = fopen(path, "rb");
	const char *want;
	size_t n;
	bool got;

	if (f == NULL)
		fail_msg("cannot read %s", path);
	n = fread(json, 1, sizeof(json) - 1, f);
	(void)fclose(f);
	json[n] = '\0';
	want = member(json, "wantErr");
	if (want == NULL)
		fail_msg("%s: no wantErr", path);
	got = t->accepts(json);
	if (got != (strncmp(want, "false", 5) == 0))
		fail_msg("%s: %s", path, got ? "accepted" : "refused");
	if (got)
		t->accepted++;
	else
		t->rejected++;
}

static void judge_folder(const char *path, tally *t)
{
	DIR *d = opendir(path);
	const struct dirent *e;

	if (d == NULL)
		fail_msg("cannot list %s", path);
	while ((e = readdir(d)) != NULL) {
		char inside[1024];
		struct stat s;

		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(inside, sizeof(inside), "%s/%s", path, e->d_name);
		assert_int_equal(stat(inside, &s), 0);
		if (S_ISDIR(s.st_mode))
			judge_folder(inside, t);
		else
			judge(inside, t);
	}
	(void)closedir(d);
}

static void every_file_is_judged_as_it_says(void **state)
{
	static const struct row {
		const char *folder;
		bool (*accepts)(const char *json);
		size_t accept, reject;
	} rows[] = {
		{ VECTORS "/inclusion", inclusion, 3, 52 },
		{ VECTORS "/consistency", consistency, 3, 40 },
		{ VECTORS "/subtreeinclusion", subtree_inclusion, 8, 110 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tally t = { .accepts = rows[i].accepts };

		judge_folder(rows[i].folder, &t);
		print_message("%s: %zu accepted, %zu refused\n",
		              rows[i].folder + sizeof(VECTORS), t.accepted, t.rejected);
		assert_int_equal(t.accepted, rows[i].accept);
		assert_int_equal(t.rejected, rows[i].reject);
	}
	print_message("subtreeconsistency: 45 unsupported: no format here uses it\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_is_judged_as_it_says),
	};
	struct stat s;

	if (stat(VECTORS, &s) != 0) {
		(void)puts("skipped: vectors not present");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
