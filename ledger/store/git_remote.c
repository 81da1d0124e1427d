/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* realpath */
#include "store/git_remote.h"

#include "base/fail.h"
#include "base/text.h"
#include "store/git_internal.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REMOTE_NAME "origin"
#define FETCH_SPEC "+refs/heads/main:refs/remotes/" REMOTE_NAME "/main"

enum { OUT_MAX = 64 * 1024, TOLD_MAX = 16 * 1024, ARGS_MAX = 24, SPEC_MAX = 128, PATH_ROOM = 4200, REASON_ROOM = 160 };

/* ---- which URLs ------------------------------------------------------------------------------------------------ */

static bool starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static bool is_local(const char *url)
{
	return url[0] == '/' || starts(url, "file://");
}

static ak_status refuse(ak_error *err, const char *why)
{
	return ak_fail(err, AK_INVALID_ARGUMENT, "remote.url", 0, "%s", why);
}

/* What stands before the host is a user's name at most: a password or a token would lie open in the configuration. */
static ak_status check_user(const char *url, const char *after_scheme, ak_error *err)
{
	size_t host = strcspn(after_scheme, "/");
	const char *at = memchr(after_scheme, '@', host);

	if (at == NULL)
		return AK_OK;
	if (starts(url, "https://"))
		return refuse(err, "no user, password or token in the address: leave them to git's credential helper");
	if (memchr(after_scheme, ':', (size_t)(at - after_scheme)) != NULL)
		return refuse(err, "no password in the address: use a key, and ssh-agent");
	return AK_OK;
}

static ak_status make_absolute(const char *path, char out[AK_REMOTE_URL_MAX + 1], ak_error *err)
{
	char full[PATH_MAX];
	size_t n;

	if (realpath(path, full) == NULL)
		return refuse(err, "no such folder; an address begins with file://, ssh:// or https://, or is user@host:path");
	n = strlen(full);
	if (n > AK_REMOTE_URL_MAX)
		return refuse(err, "the path is too long");
	memcpy(out, full, n + 1);
	return AK_OK;
}

ak_status ak_git_remote_of(const char *url, ak_git_remote *out, ak_error *err)
{
	const char *scheme = strstr(url, "://"), *colon = strchr(url, ':'), *slash = strchr(url, '/');
	ak_git_remote r = { .timeout_s = AK_REMOTE_TIMEOUT_S };
	size_t n = strlen(url);
	ak_status st = AK_OK;

	for (size_t i = 0; i < n; i++) {
		if ((unsigned char)url[i] < 0x20 || url[i] == 0x7f)
			return refuse(err, "an address has no control characters");
	}
	if (n == 0 || n > AK_REMOTE_URL_MAX || url[0] == '-')
		return refuse(err, "an address is a path, or begins with file://, ssh:// or https://, or is user@host:path");
	(void)snprintf(r.url, sizeof(r.url), "%s", url);
	if (scheme != NULL && (slash == NULL || scheme < slash)) {
		if (!starts(url, "file:///") && !starts(url, "ssh://") && !starts(url, "https://"))
			return refuse(err, "only file://, ssh:// and https://: nothing else says who answers");
		st = check_user(url, scheme + 3, err);
	} else if (colon != NULL && (slash == NULL || colon < slash)) {
		if (colon[1] == ':' || colon == url)
			return refuse(err, "helpers of git's own (name::address) are not used");
	} else if (url[0] != '/') {
		st = make_absolute(url, r.url, err);
	}
	if (st == AK_OK)
		*out = r;
	return st;
}

/* ---- configuration --------------------------------------------------------------------------------------------- */

/* *found = false where it is not set. */
static ak_status get_text(const git_config *c, const char *name, ak_buf *out, bool *found, ak_error *err)
{
	git_buf b = { 0 };
	int rc = git_config_get_string_buf(&b, c, name);
	ak_status st;

	*found = rc >= 0;
	if (rc == GIT_ENOTFOUND) {
		git_error_clear();
		return AK_OK;
	}
	if (rc < 0)
		return ak_git_fail(err, rc, "git.config", name);
	out->len = 0;
	st = ak_buf_add(out, b.ptr, strlen(b.ptr), err);
	if (st == AK_OK)
		st = ak_buf_add_byte(out, 0, err);
	git_buf_dispose(&b);
	return st;
}

static ak_status get_timeout(const git_config *c, unsigned *out, ak_error *err)
{
	int64_t n = AK_REMOTE_TIMEOUT_S;
	int rc = git_config_get_int64(&n, c, "akashi.remoteTimeout");

	if (rc < 0 && rc != GIT_ENOTFOUND)
		return ak_git_fail(err, rc, "git.config", "akashi.remoteTimeout");
	git_error_clear();
	if (n < 1 || n > AK_REMOTE_TIMEOUT_MAX_S)
		return ak_fail(err, AK_INVALID_ARGUMENT, "git.config", 0, "akashi.remoteTimeout is 1 to %d seconds", (int)AK_REMOTE_TIMEOUT_MAX_S);
	*out = (unsigned)n;
	return AK_OK;
}

static ak_status read_remote(const git_config *c, ak_git_remote *r, ak_buf *text, ak_error *err)
{
	bool said = false, found = false;
	ak_status st = get_timeout(c, &r->timeout_s, err);

	if (st == AK_OK)
		st = get_text(c, "akashi.remote", text, &said, err);
	if (st != AK_OK || (said && strcmp((const char *)text->data, "none") == 0))
		return st;
	if (said && strcmp((const char *)text->data, REMOTE_NAME) != 0)
		return ak_mismatch(err, AK_BAD_FORMAT, "git.config", 0, "akashi.remote is " REMOTE_NAME " or none", (const char *)text->data);
	st = get_text(c, "remote." REMOTE_NAME ".url", text, &found, err);
	if (st != AK_OK || (!said && !found))
		return st;
	if (!found || text->len > AK_REMOTE_URL_MAX + 1 || text->len < 2)
		return ak_fail(err, AK_BAD_FORMAT, "git.config", 0, "remote." REMOTE_NAME ".url is missing or too long");
	r->unsaid = !said;
	(void)snprintf(r->url, sizeof(r->url), "%s", (const char *)text->data);
	return AK_OK;
}

ak_status ak_git_remote_get(ak_git *g, ak_git_remote *out, ak_error *err)
{
	ak_git_remote r = { .timeout_s = AK_REMOTE_TIMEOUT_S };
	git_config *c = NULL;
	ak_buf text;
	int rc = git_repository_config_snapshot(&c, g->repo);
	ak_status st;

	if (rc < 0)
		return ak_git_fail(err, rc, "git.config", g->dir);
	ak_buf_init(&text, OUT_MAX);
	st = read_remote(c, &r, &text, err);
	/* What stands in the configuration may have been put there by others than ak_git_remote_set. */
	if (st == AK_OK && r.url[0] != '\0' && !r.unsaid) {
		ak_git_remote checked;

		st = ak_git_remote_of(r.url, &checked, err);
	}
	ak_buf_clear(&text);
	git_config_free(c);
	if (st == AK_OK)
		*out = r;
	return st;
}

ak_status ak_git_remote_set(ak_git *g, const ak_git_remote *r, ak_error *err)
{
	git_config *c = NULL;
	ak_status st = AK_OK;
	int rc = git_repository_config(&c, g->repo);

	if (rc >= 0 && r->url[0] != '\0')
		rc = git_config_set_string(c, "remote." REMOTE_NAME ".url", r->url);
	if (rc >= 0 && r->url[0] != '\0')
		rc = git_config_set_string(c, "remote." REMOTE_NAME ".fetch", FETCH_SPEC);
	/* Last: from here on it is the commit point. */
	if (rc >= 0)
		rc = git_config_set_string(c, "akashi.remote", r->url[0] != '\0' ? REMOTE_NAME : "none");
	if (rc < 0)
		st = ak_git_fail(err, rc, "git.config", g->dir);
	git_config_free(c);
	return st;
}

/* ---- asking and carrying --------------------------------------------------------------------------------------- */

typedef struct call {
	const char *argv[ARGS_MAX];
	size_t n;
	char dir[PATH_ROOM];
	ak_buf out, told;
	int code;
} call;

static void call_clear(call *k)
{
	ak_buf_clear(&k->out);
	ak_buf_clear(&k->told);
}

static void call_add(call *k, const char *arg)
{
	if (k->n + 1 < ARGS_MAX) {
		k->argv[k->n++] = arg;
		k->argv[k->n] = NULL;
	}
}

static ak_status call_begin(call *k, const ak_git *g, ak_error *err)
{
	int n = g == NULL ? 0 : snprintf(k->dir, sizeof(k->dir), "--git-dir=%s", g->dir);

	k->n = 0;
	k->code = -1;
	ak_buf_init(&k->out, OUT_MAX);
	ak_buf_init(&k->told, TOLD_MAX);
	if (n < 0 || (size_t)n >= sizeof(k->dir))
		return ak_fail(err, AK_LIMIT, "git.objects", 0, "the path is too long");
	call_add(k, "git");
	if (g != NULL) {
		call_add(k, k->dir);
	} else { /* in no repository that happens to be around */
		call_add(k, "-C");
		call_add(k, "/");
	}
	return AK_OK;
}

/* One line that can stand in a message: no control characters, whole characters, or ASCII. */
static void plain(ak_span line, char out[REASON_ROOM])
{
	size_t n = line.len < REASON_ROOM - 1 ? line.len : REASON_ROOM - 1, at;
	bool whole;

	while (n > 0 && n < line.len && (line.data[n] & 0xc0) == 0x80)
		n--;
	whole = ak_utf8_valid((ak_span){ line.data, n }, &at);
	for (size_t i = 0; i < n; i++) {
		uint8_t b = line.data[i];

		out[i] = b < 0x20 || b == 0x7f || (b >= 0x80 && !whole) ? '?' : (char)b;
	}
	out[n] = '\0';
}

/* Of what git and the other side told, the first line that says why: one of the remote's own, else the first of all. */
static void reason(const call *k, char out[REASON_ROOM])
{
	ak_span best = { 0 };

	for (size_t i = 0, n; i < k->told.len; i += n + 1) {
		const uint8_t *from = k->told.data + i, *end = memchr(from, '\n', k->told.len - i);
		ak_span line = { from, end == NULL ? k->told.len - i : (size_t)(end - from) };
		bool theirs = ak_span_starts(line, "remote: ");

		n = line.len;
		while (line.len > 0 && (line.data[line.len - 1] == ' ' || line.data[line.len - 1] == '\r'))
			line.len--;
		if (theirs && line.len > 8) {
			best = (ak_span){ line.data + 8, line.len - 8 };
			break;
		}
		if (best.len == 0 && !ak_span_starts(line, "To ") && !ak_span_starts(line, "Warning: "))
			best = line;
	}
	if (best.len == 0)
		(void)snprintf(out, REASON_ROOM, "git ended with %d", k->code);
	else
		plain(best, out);
}

static ak_status unreachable(const call *k, ak_error *err)
{
	char why[REASON_ROOM];

	reason(k, why);
	return ak_fail(err, AK_IO, "remote.unreachable", 0, "the remote cannot be reached: %s", why);
}

/* "<40 hex>\trefs/heads/main\n", or nothing. */
static ak_status parse_tip(const call *k, char id[AK_STORE_ID_MAX + 1], ak_error *err)
{
	ak_span rest = ak_buf_span(&k->out), line;
	git_oid oid;

	id[0] = '\0';
	while (ak_span_line(&rest, &line)) {
		if (line.len != GIT_OID_HEXSZ + 1 + strlen(AK_GIT_REF) ||
		    memcmp(line.data + GIT_OID_HEXSZ, "\t" AK_GIT_REF, 1 + strlen(AK_GIT_REF)) != 0)
			continue;
		if (!ak_hex_decode((ak_span){ line.data, GIT_OID_HEXSZ }, oid.id, sizeof(oid.id)))
			return ak_fail(err, AK_BAD_FORMAT, "remote.head", 0, "the remote names no commit of SHA-1");
		git_oid_tostr(id, AK_STORE_ID_MAX + 1, &oid);
	}
	return AK_OK;
}

/* A question that ends well or not at all. */
static ak_status call_remote(call *k, const ak_git_remote *r, ak_error *err)
{
	ak_status st = ak_git_run(k->argv, r->timeout_s, &k->out, &k->told, &k->code, err);

	return st == AK_OK && k->code != 0 ? unreachable(k, err) : st;
}

ak_status ak_git_remote_tip(ak_git *g, const ak_git_remote *r, char id[AK_STORE_ID_MAX + 1], ak_error *err)
{
	call k;
	ak_status st = call_begin(&k, g, err);

	if (st != AK_OK)
		return st;
	call_add(&k, "ls-remote");
	call_add(&k, "--refs");
	call_add(&k, "--");
	call_add(&k, r->url);
	call_add(&k, AK_GIT_REF);
	st = call_remote(&k, r, err);
	if (st == AK_OK)
		st = parse_tip(&k, id, err);
	call_clear(&k);
	return st;
}

ak_status ak_git_remote_fetch(ak_git *g, const ak_git_remote *r, const char *id, ak_error *err)
{
	ak_git_object o = { 0 };
	git_oid oid;
	call k;
	ak_status st = ak_git_parse_id(id, &oid, err);

	if (st == AK_OK)
		st = call_begin(&k, g, err);
	if (st != AK_OK)
		return st;
	call_add(&k, "-c");
	call_add(&k, "core.fsync=all");
	call_add(&k, "-c");
	call_add(&k, "fetch.fsckObjects=true");
	call_add(&k, "fetch");
	call_add(&k, "--quiet");
	call_add(&k, "--no-tags");
	call_add(&k, "--no-write-fetch-head");
	call_add(&k, "--no-auto-maintenance");
	call_add(&k, "--no-recurse-submodules");
	call_add(&k, "--refmap=");
	call_add(&k, "--");
	call_add(&k, r->url);
	call_add(&k, AK_GIT_REF);
	st = call_remote(&k, r, err);
	call_clear(&k);
	if (st == AK_OK && git_odb_refresh(g->odb) < 0)
		st = ak_git_fail(err, -1, "git.objects", g->dir);
	if (st == AK_OK)
		st = ak_git_read(g, &oid, GIT_OBJECT_COMMIT, AK_GIT_COMMIT_MAX, "git.commit", &o, err);
	ak_git_object_clear(&o);
	return st;
}

/* It went wrong, or nobody knows: what is there now decides. */
static ak_status settle_push(ak_git *g, const ak_git_remote *r, const call *k, const char *was_id, const char *new_id, ak_error *err)
{
	char tip[AK_STORE_ID_MAX + 1], why[REASON_ROOM];
	ak_status st = ak_git_remote_tip(g, r, tip, err);

	if (st != AK_OK || strcmp(tip, new_id) == 0)
		return st;
	if (strcmp(tip, was_id) != 0) {
		(void)ak_fail(err, AK_CONFLICT, "remote.head", 0, "the remote's ledger moved on meanwhile; nothing was acknowledged");
		return ak_fail_values(err, AK_CONFLICT, was_id, tip);
	}
	reason(k, why);
	if (strstr(why, ".lock': File exists") != NULL)
		return ak_fail(err, AK_IO, "remote.locked", 0, "a git that ended early left its lock on the remote: %s", why);
	return ak_fail(err, AK_IO, "remote.refused", 0, "the remote did not take the new head: %s", why);
}

ak_status ak_git_remote_push(ak_git *g, const ak_git_remote *r, const char *was_id, const char *new_id, ak_error *err)
{
	char spec[SPEC_MAX];
	call k;
	ak_error why = { 0 };
	ak_status st = call_begin(&k, g, err);

	if (st != AK_OK)
		return st;
	(void)snprintf(spec, sizeof(spec), "%s:" AK_GIT_REF, new_id);
	call_add(&k, "-c");
	call_add(&k, "push.useForceIfIncludes=false");
	call_add(&k, "push");
	call_add(&k, "--porcelain");
	call_add(&k, "--no-force-with-lease");
	call_add(&k, "--no-follow-tags");
	call_add(&k, "--no-signed");
	call_add(&k, "--recurse-submodules=no");
	/* On this machine durability is ours to ask for; elsewhere it is the remote's configuration. */
	if (is_local(r->url))
		call_add(&k, "--receive-pack=git -c core.fsync=all -c core.fsyncMethod=fsync receive-pack");
	call_add(&k, "--");
	call_add(&k, r->url);
	call_add(&k, spec);
	st = ak_git_run(k.argv, r->timeout_s, &k.out, &k.told, &k.code, &why);
	if (st != AK_OK || k.code != 0) {
		ak_status after = settle_push(g, r, &k, was_id, new_id, err);

		/* Out of time and not there: that it took too long is what to say. */
		if (st != AK_OK && after != AK_OK && after != AK_CONFLICT && err != NULL)
			*err = why;
		st = st == AK_OK || after == AK_OK || after == AK_CONFLICT ? after : st;
	}
	call_clear(&k);
	return st;
}
