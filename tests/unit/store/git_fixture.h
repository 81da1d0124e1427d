/* SPDX-License-Identifier: Apache-2.0 */
/* git_fixture.h - a repository made by the git store, and stock git's opinion of it.  Include after cmocka.h. */
#ifndef TEST_GIT_FIXTURE_H
#define TEST_GIT_FIXTURE_H

#include "store_fixture.h"

static inline ak_store create(fixture *f, ak_git **g)
{
	ak_error err = { 0 };

	fixture_open(f);
	must(ak_git_create(f->repo, g, &err), &err);
	return ak_git_port(*g);
}

static inline void write_allowed_signers(const fixture *f)
{
	char path[128];
	ak_error err = { 0 };
	uint8_t pub[32];
	ak_buf b;
	FILE *out;

	ak_buf_init(&b, 1000);
	assert_true(ak_pubkey_raw_ed25519(ak_seckey_public(f->key), pub));
	must(ak_buf_add_str(&b, "operator@agency.example namespaces=\"git\" ", &err), &err);
	must(ak_sshsig_public_line(pub, &b, &err), &err);
	(void)snprintf(path, sizeof(path), "%s/allowed", f->dir);
	out = fopen(path, "w");
	assert_non_null(out);
	(void)fprintf(out, "%.*s\n", (int)b.len, (const char *)b.data);
	assert_int_equal(fclose(out), 0);
	ak_buf_clear(&b);
}

/* Stock git accepts every object, and every commit's signature. */
static inline void check_with_git(const fixture *f, size_t commits)
{
	write_allowed_signers(f);
	assert_int_equal(run("git -C %s fsck --strict --no-dangling 2>&1 | (! grep .)", f->repo), 0);
	assert_int_equal(run("test $(git -C %s rev-list main | wc -l) = %zu", f->repo, commits), 0);
	assert_int_equal(run("for c in $(git -C %s rev-list main); do git -C %s -c gpg.format=ssh"
	                     " -c gpg.ssh.allowedSignersFile=%s/allowed verify-commit $c >%s/out 2>&1 &&"
	                     " grep -q 'Good \"git\" signature for operator@agency.example' %s/out || exit 1; done",
	                     f->repo, f->repo, f->dir, f->dir, f->dir), 0);
}

#endif
