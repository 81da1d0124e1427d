/* SPDX-License-Identifier: Apache-2.0 */
/* What audit is shown of each commit: of ours, and of what others put on top. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "store_fixture.h"

typedef struct seen {
	const fixture *f;
	size_t n;
	char id[41];
	uint64_t next;
	size_t n_parents, n_added, signature_len;
	bool expected;
	char unexpected[256], checkpoint[64];
	bool verify;
} seen;

/* The signature covers exactly signed_bytes, and is ours. */
static void check_signature(const fixture *f, const ak_git_commit *c)
{
	uint8_t pub[32], sig[64], digest[64], ours[32];
	ak_error err = { 0 };
	ak_buf message = { .max = AK_SSHSIG_MAX };

	must(ak_sshsig_parse(c->signature, "git", pub, sig, &err), &err);
	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(f->key), ours));
	assert_memory_equal(pub, ours, sizeof(pub));
	ak_sha512(c->signed_bytes, digest);
	must(ak_sshsig_message("git", digest, &message, &err), &err);
	assert_true(ak_pubkey_verify(ak_seckey_public(f->key), ak_buf_span(&message), (ak_span){ sig, sizeof(sig) }));
	ak_buf_clear(&message);
}

static void check_raw(const fixture *f, const ak_git_commit *c)
{
	char line[256];
	uint8_t out[4096];
	FILE *p;
	size_t n;

	(void)snprintf(line, sizeof(line), "git -C %s cat-file commit %s", f->repo, c->id);
	p = popen(line, "r");
	assert_non_null(p);
	n = fread(out, 1, sizeof(out), p);
	assert_int_equal(pclose(p), 0);
	assert_true(ak_span_eq(c->raw, (ak_span){ out, n }));
}

/* What ak_git_commit_format() makes of the parts is what was sealed; what it makes without a signature is what was signed. */
static void check_format(const ak_git_commit *c)
{
	const char *blank = strstr((const char *)c->raw.data, "\n\n");
	char message[256];
	const ak_change as = { .name = "agency.example/evidence", .email = "operator@agency.example", .message = message,
		               .time = 1795230245 + (int64_t)c->first_seq };
	ak_buf b = { .max = 4096 };

	assert_non_null(blank);
	(void)snprintf(message, sizeof(message), "%.*s", (int)(c->raw.data + c->raw.len - (const uint8_t *)blank - 2), blank + 2);
	assert_int_equal(strncmp(message, "seal ", 5), 0);
	assert_int_equal(ak_git_commit_format(&as, c->tree, c->parent, c->signature, &b, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&b), c->raw));
	b.len = 0;
	assert_int_equal(ak_git_commit_format(&as, c->tree, c->parent, (ak_span){ 0 }, &b, NULL), AK_OK);
	assert_true(ak_span_eq(ak_buf_span(&b), c->signed_bytes));
	ak_buf_clear(&b);
}

static ak_status look(void *ctx, const ak_git_commit *c, ak_error *err)
{
	seen *s = ctx;

	(void)err;
	assert_string_equal(c->parent, s->id);
	assert_int_equal(c->first_seq, s->next);
	s->n++;
	s->next += c->n_added;
	s->n_parents = c->n_parents;
	s->n_added = c->n_added;
	s->signature_len = c->signature.len;
	s->expected = c->only_expected_changes;
	(void)snprintf(s->id, sizeof(s->id), "%s", c->id);
	(void)snprintf(s->unexpected, sizeof(s->unexpected), "%s", c->unexpected);
	(void)snprintf(s->checkpoint, sizeof(s->checkpoint), "%.*s", (int)c->checkpoint.len,
	               c->checkpoint.len == 0 ? "" : (const char *)c->checkpoint.data);
	if (s->verify) {
		check_signature(s->f, c);
		check_raw(s->f, c);
		check_format(c);
		assert_true(c->only_expected_changes);
	}
	return AK_OK;
}

static ak_status walk(ak_git *g, seen *s, ak_error *err)
{
	ak_store port = ak_git_port(g);
	ak_head h = { 0 };
	ak_status st = port.ops->head(port.ctx, &h, err);

	if (st == AK_OK)
		st = ak_git_walk(g, &h, look, s, err);
	ak_head_clear(&h);
	return st;
}

/* Cosignatures: a commit of its own, without records. */
static void test_commits_without_records(void **state)
{
	static const size_t sizes[] = { 1, 0, 98, 1, 0, 33 };
	fixture f;
	ak_git *g = NULL;
	ak_error err = { 0 };
	seen s = { .f = &f };
	uint64_t size = 0;

	(void)state;
	fixture_open(&f);
	must(ak_git_create(f.repo, &g, &err), &err);
	must(walk(g, &s, &err), &err);
	assert_int_equal(s.n, 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		seal(&f, ak_git_port(g), size, sizes[i]);
		size += sizes[i];
	}
	/* The fixture's checkpoint says only the size, so the last of them changes nothing: that is shown. */
	seal(&f, ak_git_port(g), size, 0);
	must(walk(g, &s, &err), &err);
	assert_int_equal(s.n, sizeof(sizes) / sizeof(sizes[0]) + 1);
	assert_int_equal(s.next, size);
	assert_int_equal(s.n_added, 0);
	assert_string_equal(s.unexpected, "checkpoint");
	ak_git_free(&g);
	fixture_close(&f);
}

static void test_every_field(void **state)
{
	static const size_t sizes[] = { 1, 98, 1, 1, 8, 9, 100, 33 };
	fixture f;
	ak_git *g = NULL;
	ak_error err = { 0 };
	seen s = { .f = &f, .verify = true };
	uint64_t size = 0;

	(void)state;
	fixture_open(&f);
	must(ak_git_create(f.repo, &g, &err), &err);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		seal(&f, ak_git_port(g), size, sizes[i]);
		size += sizes[i];
	}
	must(walk(g, &s, &err), &err);
	assert_int_equal(s.n, sizeof(sizes) / sizeof(sizes[0]));
	assert_int_equal(s.next, size);
	assert_int_equal(s.n_parents, 1);
	assert_string_equal(s.checkpoint, "checkpoint of size 251\n");
	/* The same after stock git has packed it. */
	assert_int_equal(run("git -C %s gc -q", f.repo), 0);
	s = (seen){ .f = &f, .verify = true };
	must(walk(g, &s, &err), &err);
	assert_int_equal(s.next, size);
	ak_git_free(&g);
	fixture_close(&f);
}

static ak_status refuse(void *ctx, const ak_git_commit *c, ak_error *err)
{
	size_t *n = ctx;

	(void)c, (void)err;
	return ++*n == 2 ? AK_STOPPED : AK_OK;
}

static void test_the_reader_may_stop_it(void **state)
{
	fixture f;
	ak_git *g = NULL;
	ak_error err = { 0 };
	ak_head h = { 0 };
	ak_store s;
	size_t n = 0;

	(void)state;
	fixture_open(&f);
	must(ak_git_create(f.repo, &g, &err), &err);
	s = ak_git_port(g);
	for (uint64_t i = 0; i < 4; i++)
		seal(&f, s, i, 1);
	must(s.ops->head(s.ctx, &h, &err), &err);
	assert_int_equal(ak_git_walk(g, &h, refuse, &n, &err), AK_STOPPED);
	assert_int_equal(n, 2);
	ak_head_clear(&h);
	ak_git_free(&g);
	fixture_close(&f);
}

/* -- what others do -- */

/* The ledger holds records 0-4.  `edit` changes the index of that tree; B is a blob, R the records' folder. */
#define R "records/00/00/00/00/"
#define ADD(mode, path) "git update-index --add --cacheinfo " mode ",$B," path ";"
#define NEW_CHECKPOINT ADD("100644", "checkpoint")
static const struct {
	const char *name, *edit;
	const char *unexpected; /* "": nothing */
	size_t n_added;
} foreign[] = {
	{ "record added", NEW_CHECKPOINT ADD("100644", R "05.jsonl"), "", 1 },
	{ "two records added", NEW_CHECKPOINT ADD("100644", R "05.jsonl") ADD("100644", R "06.jsonl"), "", 2 },
	{ "README and trust, but no record", NEW_CHECKPOINT ADD("100644", "README.md") ADD("100644", "trust"),
	  "README.md or trust without a record", 0 },
	{ "nothing but a checkpoint", NEW_CHECKPOINT, "", 0 },
	{ "nothing at all", ":", "checkpoint", 0 },
	{ "checkpoint not changed", ADD("100644", R "05.jsonl"), "checkpoint", 1 },
	{ "checkpoint removed", "git rm -q --cached checkpoint;", "checkpoint", 0 },
	{ "checkpoint made executable", ADD("100755", "checkpoint"), "checkpoint", 0 },
	{ "checkpoint made a link", ADD("120000", "checkpoint"), "checkpoint", 0 },
	{ "record removed", NEW_CHECKPOINT "git rm -q --cached " R "03.jsonl;", R "03.jsonl", 0 },
	{ "last record removed", NEW_CHECKPOINT "git rm -q --cached " R "04.jsonl;", R "04.jsonl", 0 },
	{ "all records removed", NEW_CHECKPOINT "git rm -q -r --cached records;", "records", 0 },
	{ "record changed", NEW_CHECKPOINT ADD("100644", R "03.jsonl"), R "03.jsonl", 0 },
	{ "record made executable", NEW_CHECKPOINT "git update-index --cacheinfo 100755,$(git rev-parse main:" R "03.jsonl)," R "03.jsonl;", R "03.jsonl", 0 },
	{ "record replaced by the next", NEW_CHECKPOINT "git rm -q --cached " R "04.jsonl;" ADD("100644", R "05.jsonl"),
	  R "04.jsonl", 1 },
	{ "new record is executable", NEW_CHECKPOINT ADD("100755", R "05.jsonl"), R "05.jsonl", 0 },
	{ "new record is a link", NEW_CHECKPOINT ADD("120000", R "05.jsonl"), R "05.jsonl", 0 },
	{ "a record is left out", NEW_CHECKPOINT ADD("100644", R "06.jsonl"), R "06.jsonl", 0 },
	{ "a record far away", NEW_CHECKPOINT ADD("100644", "records/00/00/01/00/05.jsonl"),
	  "records/00/00/01/00/05.jsonl", 0 },
	{ "another ending", NEW_CHECKPOINT ADD("100644", R "05.json"), R "05.json", 0 },
	{ "three digits", NEW_CHECKPOINT ADD("100644", R "005.jsonl"), R "005.jsonl", 0 },
	{ "no digits", NEW_CHECKPOINT ADD("100644", R "ab.jsonl"), R "ab.jsonl", 0 },
	{ "a folder for a record", NEW_CHECKPOINT ADD("100644", R "05.jsonl/x"), R "05.jsonl", 0 },
	{ "a record where folders are", NEW_CHECKPOINT ADD("100644", "records/00/05.jsonl"), "records/00/05.jsonl", 0 },
	{ "a file where a folder is due", NEW_CHECKPOINT ADD("100644", "records/00/01"), "records/00/01", 0 },
	{ "extra file at the top", NEW_CHECKPOINT ADD("100644", "zzz"), "zzz", 0 },
	{ "extra hidden file", NEW_CHECKPOINT ADD("100644", ".gitattributes"), ".gitattributes", 0 },
	{ "extra folder at the top", NEW_CHECKPOINT ADD("100644", "zzz/a"), "zzz", 0 },
	{ "a link to a repository",
	  NEW_CHECKPOINT "git update-index --add --cacheinfo 160000,$(git rev-parse main),sub;", "sub", 0 },
	{ "README removed", NEW_CHECKPOINT "git rm -q --cached README.md;", "README.md", 0 },
	{ "README made executable", NEW_CHECKPOINT ADD("100755", "README.md"), "README.md", 0 },
	{ "trust is a folder", NEW_CHECKPOINT ADD("100644", "trust/x"), "trust", 0 },
	{ "records is a file", NEW_CHECKPOINT "git rm -q -r --cached records;" ADD("100644", "records"), "records", 0 },
	{ "control characters in a name", NEW_CHECKPOINT ADD("100644", "\"$(printf 'a\\033[31mb')\""), "a?[31mb", 0 },
};

static void open_five(fixture *f, ak_git **g)
{
	ak_error err = { 0 };

	fixture_open(f);
	must(ak_git_create(f->repo, g, &err), &err);
	seal(f, ak_git_port(*g), 0, 2);
	seal(f, ak_git_port(*g), 2, 3);
}

static void test_foreign_commits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		fixture f;
		ak_git *g = NULL;
		ak_error err = { 0 };
		seen s = { .f = &f };

		open_five(&f, &g);
		if (run("cd %s && export GIT_INDEX_FILE=%s/index && git read-tree main &&"
		        " B=$(echo other | git hash-object -w --stdin) && { %s } && t=$(git write-tree) &&"
		        " c=$(git -c user.name=x -c user.email=x@x commit-tree -p main -m x $t) &&"
		        " git update-ref refs/heads/main $c", f.repo, f.dir,
		        strcmp(foreign[i].edit, ":") == 0 ? ":;" : foreign[i].edit) != 0)
			fail_msg("%s: could not be made", foreign[i].name);
		if (strncmp(foreign[i].unexpected, "checkpoint", 10) == 0 && strstr(foreign[i].edit, "checkpoint") != NULL) {
			/* The head cannot be read, but the history can. */
			ak_head h = { 0 };
			char line[160];
			FILE *p;

			(void)snprintf(line, sizeof(line), "git -C %s rev-parse main", f.repo);
			p = popen(line, "r");
			assert_non_null(p);
			assert_int_equal(fread(h.id, 1, 40, p), 40);
			assert_int_equal(pclose(p), 0);
			must(ak_git_walk(g, &h, look, &s, &err), &err);
		} else {
			must(walk(g, &s, &err), &err);
		}
		if (s.n != 3 || s.signature_len != 0 || s.n_added != foreign[i].n_added ||
		    s.expected != (foreign[i].unexpected[0] == '\0') || strcmp(s.unexpected, foreign[i].unexpected) != 0)
			fail_msg("%s: %zu added, unexpected \"%s\"", foreign[i].name, s.n_added, s.unexpected);
		ak_git_free(&g);
		fixture_close(&f);
	}
}

/* Trees and commits that the tools do not make, written byte by byte. */
#define TREE(text) "git cat-file tree main^{tree} >t; " text " | git hash-object -w -t tree --literally --stdin >x"
#define COMMIT_TREE "c=$(git -c user.name=x -c user.email=x@x commit-tree -p main -m x $(cat x))"
#define PUBLISH "echo $c >refs/heads/main"
#define COMMIT(edit) "git cat-file commit main | " edit " >x; c=$(git hash-object -w -t commit --literally x)"
#define PAPER(entry) "e=$(printf \"" entry "\"); (git ls-tree main | grep -v \"${e##*\t}\"; echo \"$e\") | git mktree --missing >x;" COMMIT_TREE ";" PUBLISH
static const struct {
	const char *name, *make;
	ak_status want;
	const char *unexpected; /* or, when the walk fails, where */
} crafted[] = {
	{ "tree entries twice", TREE("cat t t") ";" COMMIT_TREE ";" PUBLISH, AK_BAD_FORMAT, "git.tree" },
	{ "tree entries out of order",
	  TREE("(perl -0777 -ne '/(100644 checkpoint\\0.{20})/s; print $1' t; perl -0777 -pe 's/100644 checkpoint\\0.{20}//s' t)")
	  ";" COMMIT_TREE ";" PUBLISH, AK_BAD_FORMAT, "git.tree" },
	{ "a slash in a name", TREE("sed s,README.md,READ/E.md, t") ";" COMMIT_TREE ";" PUBLISH, AK_BAD_FORMAT, "git.tree" },
	{ "mode with a leading zero", TREE("sed s/100644.checkpoint/0100644\\ checkpoint/ t") ";" COMMIT_TREE ";" PUBLISH, AK_BAD_FORMAT,
	  "git.tree" },
	{ "tree is cut", TREE("head -c 50 t") ";" COMMIT_TREE ";" PUBLISH, AK_BAD_FORMAT, "git.tree" },
	{ "empty folder of records",
	  "e=$(git mktree </dev/null); l=$(git ls-tree main:records; printf '040000 tree %s\\t01\\n' $e);"
	  " r=$(echo \"$l\" | git mktree); (git ls-tree main | grep -v -e records -e checkpoint;"
	  " printf '040000 tree %s\\trecords\\n' $r; printf '100644 blob %s\\tcheckpoint\\n' $(git rev-parse main:README.md))"
	  " | git mktree >x;" COMMIT_TREE ";" PUBLISH, AK_OK, "records/01" },
	{ "merge", "c=$(git -c user.name=x -c user.email=x@x commit-tree -p main -p main~ -m x main^{tree});" PUBLISH, AK_OK,
	  "checkpoint" },
	{ "two trees", COMMIT("sed '1p'") ";" PUBLISH, AK_BAD_FORMAT, "git.commit" },
	{ "a tree further down", COMMIT("sed '/^author/{p;s/.*/tree 0123456789012345678901234567890123456789/}'") ";" PUBLISH, AK_BAD_FORMAT, "git.commit" },
	{ "a parent further down", COMMIT("sed '/^parent/{h;d};/^author/G'") ";" PUBLISH, AK_BAD_FORMAT, "git.commit" },
	{ "parent before the tree", COMMIT("sed '1{h;d};2G'") ";" PUBLISH, AK_BAD_FORMAT, "git.commit" },
	{ "signature twice", COMMIT("perl -0777 -pe 's/(gpgsig .*?END SSH SIGNATURE-----\\n)/$1$1/s'") ";" PUBLISH, AK_OK,
	  "gpgsig" },
	/* What else a commit says does not stop the walk: it is compared with what sealing writes. */
	{ "author after committer", COMMIT("sed '/^author/{h;d};/^committer/G'") ";" PUBLISH, AK_OK, "" },
	{ "no author", COMMIT("sed '/^author/d'") ";" PUBLISH, AK_OK, "" },
	{ "no empty line", COMMIT("sed '/^$/,$d'") ";" PUBLISH, AK_OK, "" },
	{ "tree line without its end", COMMIT("head -c 45") ";" PUBLISH, AK_BAD_FORMAT, "git.commit" },
	{ "README is missing", PAPER("100644 blob 0123456789012345678901234567890123456789\\tREADME.md"), AK_IO, "git.file" },
	{ "trust is missing", PAPER("100644 blob 0123456789012345678901234567890123456789\\ttrust"), AK_IO, "git.file" },
	{ "README has the null id", TREE("perl -0777 -pe 's/README.md\\0.{20}/\"README.md\\0\" . \"\\0\" x 20/se' t") ";" COMMIT_TREE ";" PUBLISH, AK_IO, "git.file" },
	{ "README is a tree", TREE("perl -0777 -pe '/records\\0(.{20})/s; $r=$1; s/README.md\\0.{20}/README.md\\0$r/s' t") ";" COMMIT_TREE ";" PUBLISH, AK_BAD_FORMAT, "git.file" },
	{ "README of 1 MiB", PAPER("100644 blob $(head -c 1048576 /dev/zero | git hash-object -w --stdin)\\tREADME.md"), AK_OK, "checkpoint" },
	{ "README over 1 MiB", PAPER("100644 blob $(head -c 1048577 /dev/zero | git hash-object -w --stdin)\\tREADME.md"), AK_LIMIT, "git.file" },
	{ "tree over 1 MiB", "(git ls-tree main; seq 40000 | sed \"s/.*/100644 blob $(git rev-parse main:README.md)\\tx&/\") | git mktree >x;" COMMIT_TREE ";" PUBLISH,
	  AK_LIMIT, "git.tree" },
	{ "commit over 1 MiB", COMMIT("(cat; head -c 1048576 /dev/zero)") ";" PUBLISH, AK_LIMIT, "git.commit" },
	{ "parent is missing",
	  COMMIT("sed 's/^parent .*/parent 0123456789012345678901234567890123456789/'") ";" PUBLISH, AK_IO, "git.commit" },
	{ "parent is a tree", COMMIT("sed \"s/^parent .*/parent $(git rev-parse main^{tree})/\"") ";" PUBLISH,
	  AK_BAD_FORMAT, "git.commit" },
	{ "parent in capitals", COMMIT("sed '/^parent /{y/abcdef/ABCDEF/;s/pArEnt/parent/}'") ";" PUBLISH, AK_BAD_FORMAT, "git.commit" },
	{ "shallow", "git rev-parse main >shallow", AK_NOT_HELD, "git.shallow" },
};

static void test_crafted_objects(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(crafted) / sizeof(crafted[0]); i++) {
		fixture f;
		ak_git *g = NULL;
		ak_error err = { 0 };
		seen s = { .f = &f };
		ak_status st;

		open_five(&f, &g);
		if (run("cd %s && { %s; } 2>/dev/null", f.repo, crafted[i].make) != 0)
			fail_msg("%s: could not be made", crafted[i].name);
		ak_git_free(&g);
		must(ak_git_open(f.repo, &g, &err), &err);
		st = walk(g, &s, &err);
		if (st != crafted[i].want)
			fail_msg("%s: %s at %s: %s", crafted[i].name, ak_status_name(st), err.where, err.detail);
		if (strcmp(st == AK_OK ? s.unexpected : err.where, crafted[i].unexpected) != 0)
			fail_msg("%s: \"%s\" at %s", crafted[i].name, s.unexpected, err.where);
		if (strcmp(crafted[i].name, "merge") == 0)
			assert_int_equal(s.n_parents, 2);
		/* Of two signatures one is shown, not both run together. */
		assert_true(s.signature_len < 400);
		ak_git_free(&g);
		fixture_close(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commits_without_records),
		cmocka_unit_test(test_every_field),
		cmocka_unit_test(test_the_reader_may_stop_it),
		cmocka_unit_test(test_foreign_commits),
		cmocka_unit_test(test_crafted_objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
