/* SPDX-License-Identifier: Apache-2.0 */
/* Negative tests N81 to N87: the newest commit written anew by stock git and signed again, one thing in it changed. */
#include "negative.h"

#include "api/api.h"
#include "codec/sshsig.h"
#include "crypto/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { COMMIT_MAX = 1 << 13, COMMAND_MAX = 2048 };

static void run(const world *w, const char *what)
{
	char cmd[COMMAND_MAX];

	assert_true(snprintf(cmd, sizeof(cmd), "cd %s && export GIT_INDEX_FILE=%s/index && { %s ; }", w->ledger, w->dir, what) <
	            (int)sizeof(cmd));
	if (system(cmd) != 0)
		fail_msg("could not be made: %s", what);
}

static void path_of(const world *w, char path[160])
{
	(void)snprintf(path, 160, "%s/commit", w->dir);
}

static size_t slurp(const world *w, char text[COMMIT_MAX])
{
	char path[160];
	FILE *f;
	size_t n;

	path_of(w, path);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(text, 1, COMMIT_MAX - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	return n;
}

static void armor(const ak_secret *k, const char *name_space, const char *commit, ak_buf *out)
{
	uint8_t hash[64], raw[32];
	ak_buf message, sig;

	ak_buf_init(&message, AK_SSHSIG_MAX);
	ak_buf_init(&sig, 64);
	ak_buf_init(out, AK_SSHSIG_MAX);
	ak_sha512(ak_span_str(commit), hash);
	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(k->key), raw));
	assert_int_equal(ak_sshsig_message(name_space, hash, &message, NULL), AK_OK);
	assert_int_equal(ak_seckey_sign(k->key, ak_buf_span(&message), &sig, NULL), AK_OK);
	assert_int_equal(ak_sshsig_armor(name_space, raw, sig.data, out, NULL), AK_OK);
	assert_int_equal(ak_buf_add_byte(out, 0, NULL), AK_OK);
	ak_buf_clear(&message);
	ak_buf_clear(&sig);
}

/* The file `commit` is unsigned: sign it `times` times and make it the head. */
static void sign_and_publish(world *w, const ak_secret *k, const char *name_space, int times)
{
	char text[COMMIT_MAX], path[160], *end;
	ak_buf sig;
	FILE *f;

	(void)slurp(w, text);
	armor(k, name_space, text, &sig);
	end = strstr(text, "\n\n");
	assert_non_null(end);
	path_of(w, path);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, (size_t)(end + 1 - text), f), end + 1 - text);
	for (int i = 0; i < times; i++) {
		(void)fputs("gpgsig ", f);
		for (const char *c = (const char *)sig.data; *c != '\0'; c++)
			(void)fputs(*c == '\n' ? "\n " : (char[2]){ *c, '\0' }, f);
		(void)fputc('\n', f);
	}
	(void)fputs(end + 1, f);
	assert_int_equal(fclose(f), 0);
	ak_buf_clear(&sig);
	run(w, "git hash-object -w -t commit --literally ../commit >../id && cp ../id refs/heads/main");
}

static void is_broken(world *w, const negative *row)
{
	ak_json *report = NULL;
	const ak_json *first;
	bool good = world_audit(w, &report);

	first = ak_json_at(ak_json_get(report, "errors"), 0);
	if (good || !ak_span_is(ak_json_get_text(first, "check"), row->check) ||
	    !ak_span_is(ak_json_get_text(first, "status"), ak_status_name(row->status)) ||
	    !ak_span_is(ak_json_get_text(first, "where"), row->where))
		fail_msg("%s: %s, %s %s at %s (%s)", row->name, good ? "good" : "not good", ak_json_get_str(first, "check"),
		         ak_json_get_str(first, "status"), ak_json_get_str(first, "where"), ak_json_get_str(first, "detail"));
	ak_json_free(report);
}

static void unsign(world *w, const char *filter)
{
	char cmd[COMMAND_MAX / 2];

	(void)snprintf(cmd, sizeof(cmd), "git cat-file commit main | sed '/^gpgsig/d;/^ /d' | %s >../commit", filter);
	run(w, cmd);
}

/* The filter a on what is signed. */
static void commit_differs(world *w, const negative *row)
{
	unsign(w, row->a);
	sign_and_publish(w, w->op, "git", 1);
	if (row->status == AK_OK)
		attack_is_sound(w, 0);
	else
		is_broken(w, row);
}

static void signed_twice(world *w, const negative *row)
{
	unsign(w, row->a);
	sign_and_publish(w, w->op, "git", 2);
	is_broken(w, row);
}

/* A header a after the signature: it is part of what is signed. */
static void header_after(world *w, const negative *row)
{
	char filter[COMMAND_MAX / 4];

	(void)snprintf(filter, sizeof(filter), "sed '/^committer/a %s'", row->a);
	unsign(w, filter);
	sign_and_publish(w, w->op, "git", 1);
	(void)snprintf(filter, sizeof(filter), "git cat-file commit main | sed '/^%.12s/d;/END SSH/a %s' >../commit", row->a, row->a);
	run(w, filter);
	run(w, "git hash-object -w -t commit --literally ../commit >../id && cp ../id refs/heads/main");
	is_broken(w, row);
}

/* By the key that stood there before it, or by one that has nothing to do with it. */
static void signed_by_another(world *w, const negative *row)
{
	unsign(w, row->a);
	sign_and_publish(w, strcmp(row->b, "stranger") == 0 ? w->stranger : w->root[0], "git", 1);
	is_broken(w, row);
}

static void another_namespace(world *w, const negative *row)
{
	unsign(w, row->a);
	sign_and_publish(w, w->op, "file", 1);
	is_broken(w, row);
}

/* The tree after the commands a: B is a blob of somebody's, R the newest record. */
static void tree_differs(world *w, const negative *row)
{
	char cmd[COMMAND_MAX / 2];

	(void)snprintf(cmd, sizeof(cmd), "git read-tree main && B=$(echo other | git hash-object -w --stdin) && R=$(git ls-tree -r --name-only main records"
	               " | tail -1) && %s && git write-tree >../tree", row->a);
	run(w, cmd);
	unsign(w, "sed \"1s/.*/tree $(cat ../tree)/\"");
	sign_and_publish(w, w->op, "git", 1);
	is_broken(w, row);
}

/* A tree that no index makes, of the lines of git-ls-tree and one more. */
static void tree_of_lines(world *w, const negative *row)
{
	char cmd[COMMAND_MAX / 2];

	(void)snprintf(cmd, sizeof(cmd), "B=$(echo other | git hash-object -w --stdin) && { git cat-file tree main^{tree} >../t; %s; } && git hash-object -w -t tree"
	               " --literally ../t >../tree", row->a);
	run(w, cmd);
	unsign(w, "sed \"1s/.*/tree $(cat ../tree)/\"");
	sign_and_publish(w, w->op, "git", 1);
	is_broken(w, row);
}

/* The branch two commits back (one would be taken for a seal that died, and finished): nothing in it is wrong, so only who has seen
 * more can tell. */
static void ref_moved_back(world *w, const negative *row)
{
	run(w, "git rev-parse main~2 >../id && cp ../id refs/heads/main");
	ak_ledger_free(&w->l);
	assert_int_equal(ak_ledger_open(w->ledger, &w->l, NULL), AK_OK);
	attack_is_sound(w, 0);
	(void)attack_refused(w, negative_envelope(w), row->status, row->where);
}

/* The branch moved back, and on from there. */
static void force_pushed(world *w, const negative *row)
{
	ak_text decision;

	(void)world_seal(w, negative_envelope(w));
	run(w, "cp refs/heads/main ../was && git rev-parse main~ >../id && cp ../id refs/heads/main");
	ak_ledger_free(&w->l);
	assert_int_equal(ak_ledger_open(w->ledger, &w->l, NULL), AK_OK);
	decision = world_sign(world_draft(w, "ismap", "application", NULL, NEGATIVE_APPLICATION, NULL), world_signers(w, "application"));
	(void)attack_forge(w, decision); /* who holds the operator key can */
	(void)attack_refused(w, negative_envelope(w), row->status, row->where);
}

static void unrelated_history(world *w, const negative *row)
{
	char cmd[400];
	world other;

	world_open_bare(&other);
	ak_ledger_free(&w->l);
	(void)snprintf(cmd, sizeof(cmd), "rm -rf %s && cp -a %s %s", w->ledger, other.ledger, w->ledger);
	assert_int_equal(system(cmd), 0);
	world_close(&other);
	is_broken(w, row);
}

#define ADD(mode, path) "git update-index --add --cacheinfo " mode ",$B," path

static const negative rows[] = {
	{ "N81_signed_again_as_it_was", commit_differs, "cat", NULL, AK_OK, NULL, NULL, NULL },
	{ "N81a_two_trees", commit_differs, "sed 1p", NULL, AK_BAD_FORMAT, "git.commit", "git", NULL },
	{ "N81b_two_authors", commit_differs, "sed '/^author/p'", NULL, AK_GIT_HISTORY, "commit.author", "commit", NULL },
	{ "N81b_no_author", commit_differs, "sed '/^author/d'", NULL, AK_GIT_HISTORY, "commit.author", "commit", NULL },
	{ "N81b_author_after_committer", commit_differs, "sed '/^author/{h;d};/^committer/G'", NULL, AK_GIT_HISTORY, "commit.author", "commit", NULL },
	{ "N81b_no_blank_before_the_address", commit_differs, "sed '/^author/s/ </</'", NULL, AK_GIT_HISTORY, "commit.author", "commit", NULL },
	{ "N81b_another_header_before_the_signature", commit_differs, "sed '/^committer/a mergetag x'", NULL, AK_GIT_HISTORY, "commit.headers", "commit", NULL },
	{ "N81b_another_header_after_the_signature", header_after, "gpgsig-sha256 x", NULL, AK_GIT_HISTORY, "commit.headers", "commit", NULL },
	{ "N81b_text_hidden_in_a_header", header_after, "x-secret a name and an address", NULL, AK_GIT_HISTORY, "commit.headers", "commit", NULL },
	{ "N81c_two_signatures", signed_twice, "cat", NULL, AK_GIT_HISTORY, "commit.tree", "commit", NULL },
	{ "N82_headers_end_in_cr", commit_differs, "sed '1,/^$/s/$/\\r/'", NULL, AK_BAD_FORMAT, "git.commit", "git", NULL },
	{ "N82_one_header_ends_in_cr", commit_differs, "sed '/^committer/s/$/\\r/'", NULL, AK_GIT_HISTORY, "commit.time", "commit", NULL },
	{ "N83_dated_back", commit_differs, "sed 's/> [0-9]* /> 1700000000 /'", NULL, AK_GIT_HISTORY, "commit.time", "commit", NULL },
	{ "N83_time_is_no_number", commit_differs, "sed '/^author/s/> [0-9]/> x/'", NULL, AK_GIT_HISTORY, "commit.time", "commit", NULL },
	{ "N83_time_before_1970", commit_differs, "sed '/^author/s/> [0-9]/> -1/'", NULL, AK_GIT_HISTORY, "commit.time", "commit", NULL },
	{ "N83_no_time_zone", commit_differs, "sed '/^author/s/ +0000//'", NULL, AK_GIT_HISTORY, "commit.time", "commit", NULL },
	{ "N83_minus_zero", commit_differs, "sed '/^author/s/+0000/-0000/'", NULL, AK_GIT_HISTORY, "commit.time", "commit", NULL },
	{ "N83_minus_zero_of_the_committer", commit_differs, "sed '/^committer/s/+0000/-0000/'", NULL, AK_GIT_HISTORY, "commit.time", "commit", NULL },
	{ "N83_dated_back_by_a_key_not_in_force", signed_by_another, "sed 's/> [0-9]* /> 1700000000 /'", "root", AK_NO_TRUSTED_SIG, "commit.signature", "commit", NULL },
	{ "N84_signed_by_a_stranger", signed_by_another, "cat", "stranger", AK_NO_TRUSTED_SIG, "commit.signature", "commit", NULL },
	{ "N84_signed_by_a_root_holder", signed_by_another, "cat", "root", AK_NO_TRUSTED_SIG, "commit.signature", "commit", NULL },
	{ "N84_in_the_name_of_another", commit_differs, "sed '/^author/s/ .* </ somebody </'", NULL, AK_GIT_HISTORY, "commit.author", "commit", NULL },
	{ "N85_namespace_file", another_namespace, "cat", NULL, AK_BAD_FORMAT, "sshsig.namespace", "commit", NULL },
	{ "N86a_ref_moved_back", ref_moved_back, NULL, NULL, AK_FORK, "operator.state", NULL, NULL },
	{ "N86a_force_pushed", force_pushed, NULL, NULL, AK_FORK, "operator.state", NULL, NULL },
	{ "N86a_unrelated_history", unrelated_history, NULL, NULL, AK_WRONG_LEDGER, "genesis", "chain", NULL },
	{ "N86b_extra_file", tree_differs, ADD("100644", "zzz"), NULL, AK_GIT_HISTORY, "commit.tree", "commit", NULL },
	{ "N86b_extra_file_among_the_records", tree_differs, ADD("100644", "records/00/x"), NULL, AK_GIT_HISTORY, "commit.tree", "commit", NULL },
	{ "N86c_symlink", tree_differs, ADD("120000", "README.md"), NULL, AK_GIT_HISTORY, "commit.tree", "commit", NULL },
	{ "N86c_submodule", tree_differs, "git update-index --add --cacheinfo 160000,$(git rev-parse main),sub", NULL, AK_GIT_HISTORY, "commit.tree", "commit", NULL },
	{ "N86c_git_path", tree_of_lines, "perl -0777 -pi -e 's/100644 README.md\\0/100644 .git\\0/' ../t", NULL, AK_GIT_HISTORY, "commit.tree", "commit", NULL },
	{ "N86c_executable", tree_differs, "R=records/00/00/00/00/00.jsonl && git update-index --cacheinfo 100755,$(git rev-parse main:$R),$R", NULL, AK_BAD_FORMAT, "git.record", "git", NULL },
	/* What a collision of SHA-1 would give: another file where git has the old one. */
	{ "N87_another_blob_for_a_record", tree_differs, "C=$(git cat-file blob main:$R | sed '2s/a/b/' | git hash-object -w --stdin) && git update-index --cacheinfo 100644,$C,$R",
	  NULL, AK_CHAIN_BROKEN, "header.statement", "statement", NULL },
};

int main(void)
{
	return negative_run("negative: git", rows, sizeof(rows) / sizeof(rows[0]));
}
