/* SPDX-License-Identifier: Apache-2.0 */
/* The git store beyond store.h: what stock git says of it, what it says of damaged and foreign repositories. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "git_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>

/* libgit2 1.5 forgets a little memory when it opens a repository of format version 1, as two of the broken ones are.
 * Read by the leak checker, where there is one. */
const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2\n";
}

static void test_stock_git_accepts_it(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_store s = create(&f, &g);

	(void)state;
	seal(&f, s, 0, 1);
	seal(&f, s, 1, 99);  /* a pack */
	seal(&f, s, 100, 3); /* loose, in a new folder */
	seal(&f, s, 103, 0); /* cosignatures only */
	check_with_git(&f, 4);
	assert_int_equal(run("cd %s && test \"$(git ls-tree -r --name-only main | head -3 | tr '\\n' ' ')\" ="
	                     " 'README.md checkpoint records/00/00/00/00/00.jsonl '", f.repo), 0);
	assert_int_equal(run("cd %s && test \"$(git log -1 --format='%%an|%%ae|%%ai|%%cn|%%ci|%%s')\" ="
	                     " 'agency.example/evidence|operator@agency.example|2026-11-21 03:05:48 +0000|"
	                     "agency.example/evidence|2026-11-21 03:05:48 +0000|seal 0 from 103'", f.repo), 0);
	assert_int_equal(run("! git -C %s cat-file -p main | grep -q ^encoding", f.repo), 0);
	ak_git_free(&g);
	fixture_close(&f);
}

/* Loose objects are zlib streams of stored blocks: also those over 64 KiB, and the empty one. */
static void test_large_and_empty_records(void **state)
{
	static const size_t sizes[] = { 0, 1, 65527, 65528, 65534, 65535, 65536, 131070, 131071, 300000 };
	fixture f;
	ak_git *g = NULL;
	ak_store s = create(&f, &g);
	ak_error err = { 0 };
	uint8_t *big = malloc(300000);

	(void)state;
	assert_non_null(big);
	for (size_t i = 0; i < 300000; i++)
		big[i] = (uint8_t)(i * i >> 3);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ak_head h = { 0 };
		char id[AK_STORE_ID_MAX + 1];
		ak_change c = make_change(&f, i, 1);
		ak_span record = { big, sizes[i] };
		ak_buf b = { .max = AK_RECORD_MAX };

		c.records = &record;
		must(s.ops->head(s.ctx, &h, &err), &err);
		must(s.ops->stage(s.ctx, &h, &c, id, &err), &err);
		must(s.ops->publish(s.ctx, h.id, id, &err), &err);
		ak_head_clear(&h);
		must(s.ops->head(s.ctx, &h, &err), &err);
		must(s.ops->record(s.ctx, &h, i, &b, &err), &err);
		assert_true(ak_span_eq(ak_buf_span(&b), record));
		ak_buf_clear(&b);
		ak_head_clear(&h);
	}
	check_with_git(&f, sizeof(sizes) / sizeof(sizes[0]));
	free(big);
	ak_git_free(&g);
	fixture_close(&f);
}

static ak_status count_records(void *ctx, uint64_t seq, ak_span bytes, ak_error *err)
{
	uint64_t *next = ctx;
	char text[RECORD_TEXT];

	(void)err;
	record_text(seq, text);
	assert_int_equal(seq, *next);
	assert_true(ak_span_is(bytes, text));
	(*next)++;
	return AK_OK;
}

/* Packed objects, packed references, a clone with a work tree: the same ledger. */
static void test_after_gc_and_in_clones(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_store s = create(&f, &g);
	ak_error err = { 0 };
	ak_head h = { 0 };
	uint64_t next = 0;
	char path[160];

	(void)state;
	for (uint64_t i = 0; i < 5; i++)
		seal(&f, s, i, 1);
	seal(&f, s, 5, 300);
	assert_int_equal(run("git -C %s -c gc.pruneExpire=now gc -q", f.repo), 0);
	check_ledger(s, 305);
	must(s.ops->head(s.ctx, &h, &err), &err);
	must(ak_git_each_record(g, &h, 0, 305, count_records, &next, &err), &err);
	assert_int_equal(next, 305);
	next = 200;
	must(ak_git_each_record(g, &h, 200, 210, count_records, &next, &err), &err);
	assert_int_equal(next, 210);
	next = 300;
	assert_int_equal(ak_git_each_record(g, &h, 300, 306, count_records, &next, &err), AK_NOT_FOUND);
	assert_int_equal(err.at, 305);
	seal(&f, s, 305, 1);
	check_ledger(s, 306);
	ak_head_clear(&h);
	ak_git_free(&g);
	assert_int_equal(run("git clone -q %s %s/clone", f.repo, f.dir), 0);
	for (int i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof(path), "%s/clone%s", f.dir, i == 0 ? "" : "/.git");
		must(ak_git_open(path, &g, &err), &err);
		check_ledger(ak_git_port(g), 306);
		ak_git_free(&g);
	}
	fixture_close(&f);
}

static void test_files_of_the_head(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_store s = create(&f, &g);
	ak_error err = { 0 };
	ak_head h = { 0 };
	ak_buf b = { .max = 1000 };
	char path[40];

	(void)state;
	must(s.ops->head(s.ctx, &h, &err), &err);
	assert_int_equal(ak_git_file(g, &h, "README.md", 100, &b, &err), AK_NOT_FOUND);
	seal(&f, s, 0, 1);
	seal(&f, s, 1, 1); /* README.md stays */
	must(s.ops->head(s.ctx, &h, &err), &err);
	must(ak_git_file(g, &h, "README.md", 100, &b, &err), &err);
	assert_true(ak_span_is(ak_buf_span(&b), "# A ledger\n"));
	assert_int_equal(ak_git_file(g, &h, "README.md", 5, &b, &err), AK_LIMIT);
	assert_int_equal(ak_git_file(g, &h, "trust", 100, &b, &err), AK_NOT_FOUND);
	assert_string_equal(err.where, "git.file");
	assert_int_equal(ak_git_file(g, &h, "records", 100, &b, &err), AK_BAD_FORMAT);
	ak_git_record_path(1234067, path);
	assert_string_equal(path, "records/00/01/23/40/67.jsonl");
	ak_git_record_path(UINT64_C(9876543210), path);
	assert_string_equal(path, "records/98/76/54/32/10.jsonl");
	ak_buf_clear(&b);
	ak_head_clear(&h);
	ak_git_free(&g);
	fixture_close(&f);
}

/* -- repositories that are not ledgers, or not whole -- */

static const struct {
	const char *name, *make; /* run in the repository, which holds two sealed records */
	ak_status open, head;
	const char *where;
} broken[] = {
	{ "HEAD on another branch", "git symbolic-ref HEAD refs/heads/other", AK_BAD_FORMAT, AK_OK, "git.HEAD" },
	{ "HEAD detached", "git rev-parse main > x && mv x HEAD", AK_BAD_FORMAT, AK_OK, "git.HEAD" },
	{ "HEAD missing", "rm HEAD", AK_NOT_FOUND, AK_OK, "git" },
	{ "not a repository", "rm -r refs HEAD objects config", AK_NOT_FOUND, AK_OK, "git" },
	{ "objects borrowed", "echo /tmp > objects/info/alternates", AK_NOT_HELD, AK_OK, "git.alternates" },
	{ "multi-pack-index", "git repack -adq && git multi-pack-index write", AK_NOT_HELD, AK_OK, "git.pack" },
	{ "pack index of version 1", "git repack -adq; p=$(ls objects/pack/*.pack); rm -f objects/pack/*.idx;"
	  " git index-pack --index-version=1 $p", AK_BAD_FORMAT, AK_OK, "git.pack" },
	{ "SHA-256", "git config core.repositoryformatversion 1; git config extensions.objectformat sha256",
	  AK_UNKNOWN_VERSION, AK_OK, "git.objectformat" },
	{ "unknown extension", "git config core.repositoryformatversion 1; git config extensions.strange 1", AK_IO,
	  AK_OK, "git" },
	{ "main is a symbolic reference", "mv refs/heads/main refs/heads/x; echo 'ref: refs/heads/x' > refs/heads/main",
	  AK_OK, AK_BAD_FORMAT, "git.ref" },
	{ "main is garbage", "echo garbage > refs/heads/main", AK_OK, AK_IO, "git.ref" },
	{ "main names nothing", "echo 0123456789012345678901234567890123456789 > refs/heads/main", AK_OK, AK_IO,
	  "git.commit" },
	{ "main names a tree", "git rev-parse main^{tree} > x && mv x refs/heads/main", AK_OK, AK_BAD_FORMAT,
	  "git.commit" },
	{ "commit object is missing", "rm $(git rev-parse main | sed 's,^..,objects/&/,')", AK_OK, AK_IO, "git.commit" },
	{ "commit object is cut", "p=$(git rev-parse main | sed 's,^..,objects/&/,'); chmod u+w $p; head -c 40 $p > x;"
	  " cat x > $p", AK_OK, AK_BAD_FORMAT, "git.commit" },
	{ "commit object is another", "p=$(git rev-parse main | sed 's,^..,objects/&/,');"
	  " q=$(git rev-parse main~ | sed 's,^..,objects/&/,'); chmod u+w $p; cat $q > $p", AK_OK, AK_BAD_FORMAT,
	  "git.commit" },
	{ "checkpoint is missing", "t=$(git ls-tree main | grep -v checkpoint | git mktree);"
	  " c=$(git -c user.name=x -c user.email=x commit-tree -m x $t); git update-ref refs/heads/main $c", AK_OK,
	  AK_BAD_FORMAT, "git.checkpoint" },
	{ "checkpoint is a link", "t=$(git ls-tree main | sed '/checkpoint/s/100644/120000/' | git mktree);"
	  " c=$(git -c user.name=x -c user.email=x commit-tree -m x $t); git update-ref refs/heads/main $c", AK_OK,
	  AK_BAD_FORMAT, "git.file" },
	{ "checkpoint is a folder", "s=$(git rev-parse main:records); t=$(git ls-tree main | grep -v checkpoint |"
	  " (cat; printf '040000 tree %s\\tcheckpoint\\n' $s) | git mktree);"
	  " c=$(git -c user.name=x -c user.email=x commit-tree -m x $t); git update-ref refs/heads/main $c", AK_OK,
	  AK_BAD_FORMAT, "git.file" },
};

static void test_broken_repositories(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		fixture f;
		ak_git *g = NULL;
		ak_store s = create(&f, &g);
		ak_error err = { 0 };
		ak_head h = { 0 };
		ak_status st;

		seal(&f, s, 0, 1);
		seal(&f, s, 1, 1);
		ak_git_free(&g);
		if (run("cd %s && { %s; } >/dev/null 2>&1", f.repo, broken[i].make) != 0)
			fail_msg("%s: could not be made", broken[i].name);
		st = ak_git_open(f.repo, &g, &err);
		if (st != broken[i].open)
			fail_msg("%s: open gives %s: %s", broken[i].name, ak_status_name(st), err.detail);
		if (st == AK_OK) {
			s = ak_git_port(g);
			st = s.ops->head(s.ctx, &h, &err);
			if (st != broken[i].head)
				fail_msg("%s: head gives %s: %s", broken[i].name, ak_status_name(st), err.detail);
			assert_string_equal(h.id, "");
		}
		assert_string_equal(err.where, broken[i].where);
		assert_true(err.detail[0] != '\0');
		ak_git_free(&g);
		fixture_close(&f);
	}
}

/* Every record of a damaged ledger: an error, or the same answer as before; never "not there", never without end. */
static size_t read_damaged(const fixture *f, const char *what, long long at)
{
	ak_git *g = NULL;
	ak_error err = { 0 };
	size_t failed = 0;
	ak_store s;
	ak_status opened;

	(void)alarm(20);
	opened = ak_git_open(f->repo, &g, &err);
	if (opened != AK_OK) {
		assert_int_equal(opened, AK_BAD_FORMAT);
		assert_string_equal(err.where, "git.pack");
		return 1;
	}
	s = ak_git_port(g);
	for (uint64_t seq = 0; seq < 11; seq += 2) {
		ak_head h = { 0 };
		char text[RECORD_TEXT];
		ak_buf b = { .max = AK_RECORD_MAX };
		ak_status st = s.ops->head(s.ctx, &h, &err);

		if (st == AK_OK)
			st = s.ops->record(s.ctx, &h, seq, &b, &err);
		record_text(seq, text);
		if (st == AK_NOT_FOUND || (st == AK_OK && !ak_span_is(ak_buf_span(&b), text)))
			fail_msg("%s at %lld: record %llu gives %s", what, at, (unsigned long long)seq, ak_status_name(st));
		failed += st != AK_OK;
		ak_buf_clear(&b);
		ak_head_clear(&h);
	}
	ak_git_free(&g);
	(void)alarm(0);
	return failed;
}

static size_t damage_file(const fixture *f, const char *name)
{
	uint8_t *bytes;
	struct stat st;
	size_t failed = 0;
	int fd;

	assert_int_equal(chmod(name, 0644), 0);
	fd = open(name, O_RDWR);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	bytes = malloc((size_t)st.st_size);
	assert_non_null(bytes);
	assert_int_equal(pread(fd, bytes, (size_t)st.st_size, 0), st.st_size);
	for (off_t at = 0; at < st.st_size; at += 1 + st.st_size / 30) {
		uint8_t flipped = (uint8_t)(bytes[at] ^ 1u << at % 8);

		assert_int_equal(pwrite(fd, &flipped, 1, at), 1);
		failed += read_damaged(f, name, (long long)at);
		assert_int_equal(pwrite(fd, bytes + at, 1, at), 1);
		assert_int_equal(ftruncate(fd, at), 0);
		failed += read_damaged(f, name, (long long)-at);
		assert_int_equal(pwrite(fd, bytes, (size_t)st.st_size, 0), st.st_size);
	}
	assert_int_equal(close(fd), 0);
	free(bytes);
	return failed;
}

static void damage_all(const fixture *f)
{
	char list[160], name[160];
	size_t failed = 0;
	FILE *files;

	(void)snprintf(list, sizeof(list), "find %s/objects -type f -size -100 -print", f->repo);
	files = popen(list, "r");
	assert_non_null(files);
	while (fgets(name, sizeof(name), files) != NULL) {
		name[strcspn(name, "\n")] = '\0';
		failed += damage_file(f, name);
	}
	assert_int_equal(pclose(files), 0);
	assert_true(failed > 100);
}

static void test_every_object_damaged(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_store s = create(&f, &g);

	(void)state;
	seal(&f, s, 0, 1);
	seal(&f, s, 1, 10); /* a pack with its index */
	ak_git_free(&g);
	damage_all(&f);
	/* The same as stock git keeps it: one pack, with differences. */
	assert_int_equal(run("git -C %s gc -q", f.repo), 0);
	damage_all(&f);
	fixture_close(&f);
}

static void test_create_takes_only_a_free_place(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_error err = { 0 };
	char path[128];

	(void)state;
	fixture_open(&f);
	assert_int_equal(run("mkdir %s", f.repo), 0);
	must(ak_git_create(f.repo, &g, &err), &err); /* an empty folder is free */
	assert_int_equal(ak_git_dir(g)[strlen(ak_git_dir(g)) - 1], '/');
	ak_git_free(&g);
	assert_int_equal(ak_git_create(f.repo, &g, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "git");
	(void)snprintf(path, sizeof(path), "%s/config", f.repo);
	assert_int_equal(ak_git_create(path, &g, &err), AK_INVALID_ARGUMENT);
	assert_int_equal(ak_git_create("/proc/akashi", &g, &err), AK_IO);
	assert_int_equal(ak_git_open("/proc", &g, &err), AK_NOT_FOUND);
	/* A folder inside a ledger is not the ledger: never searched upwards. */
	(void)snprintf(path, sizeof(path), "%s/objects", f.repo);
	assert_int_equal(ak_git_open(path, &g, &err), AK_NOT_FOUND);
	assert_null(g);
	assert_int_equal(run("cd %s && test \"$(git config receive.denyNonFastForwards)"
	                     " $(git config receive.denyDeletes) $(git config transfer.fsckObjects)"
	                     " $(git config gc.auto)\" = 'true true true 0'", f.repo), 0);
	fixture_close(&f);
}

/* What the user's and the machine's configuration say changes nothing; not even nonsense in it. */
static void test_configuration_of_the_user_is_not_read(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_store s;
	ak_error err = { 0 };
	char home[128], was[512];

	(void)state;
	fixture_open(&f);
	assert_int_equal(run("mkdir -p %s/home/.config/git && echo '[broken' > %s/home/.gitconfig &&"
	                     " echo '[broken' > %s/home/.config/git/config", f.dir, f.dir, f.dir), 0);
	(void)snprintf(home, sizeof(home), "%s/home", f.dir);
	(void)snprintf(was, sizeof(was), "%s", getenv("HOME") == NULL ? "/" : getenv("HOME"));
	assert_int_equal(setenv("HOME", home, 1), 0);
	must(ak_git_create(f.repo, &g, &err), &err);
	s = ak_git_port(g);
	seal(&f, s, 0, 2);
	check_ledger(s, 2);
	ak_git_free(&g);
	must(ak_git_open(f.repo, &g, &err), &err);
	check_ledger(ak_git_port(g), 2);
	ak_git_free(&g);
	assert_int_equal(setenv("HOME", was, 1), 0);
	fixture_close(&f);
}

static void test_another_users_repository(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_error err = { 0 };

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: only root can give a folder away\n");
		return;
	}
	(void)create(&f, &g);
	ak_git_free(&g);
	(void)unsetenv("SUDO_UID");
	assert_int_equal(run("chown -R 12345 %s", f.repo), 0);
	assert_int_equal(ak_git_open(f.repo, &g, &err), AK_IO);
	assert_string_equal(err.where, "git.owner");
	assert_non_null(strstr(err.detail, "another user"));
	fixture_close(&f);
}

static void test_no_sealing_beside_a_work_tree(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_store s = create(&f, &g);
	ak_error err = { 0 };
	ak_head h = { 0 };
	char id[AK_STORE_ID_MAX + 1], path[128];
	ak_change c;

	(void)state;
	seal(&f, s, 0, 1);
	ak_git_free(&g);
	assert_int_equal(run("git clone -q %s %s/clone", f.repo, f.dir), 0);
	(void)snprintf(path, sizeof(path), "%s/clone", f.dir);
	must(ak_git_open(path, &g, &err), &err);
	s = ak_git_port(g);
	must(s.ops->head(s.ctx, &h, &err), &err);
	c = make_change(&f, 1, 1);
	assert_int_equal(s.ops->stage(s.ctx, &h, &c, id, &err), AK_INVALID_ARGUMENT);
	assert_string_equal(err.where, "git.bare");
	ak_head_clear(&h);
	ak_git_free(&g);
	fixture_close(&f);
}

/* -- what dead processes leave -- */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stock_git_accepts_it),
		cmocka_unit_test(test_large_and_empty_records),
		cmocka_unit_test(test_after_gc_and_in_clones),
		cmocka_unit_test(test_files_of_the_head),
		cmocka_unit_test(test_broken_repositories),
		cmocka_unit_test(test_every_object_damaged),
		cmocka_unit_test(test_create_takes_only_a_free_place),
		cmocka_unit_test(test_configuration_of_the_user_is_not_read),
		cmocka_unit_test(test_another_users_repository),
		cmocka_unit_test(test_no_sealing_beside_a_work_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
