/* SPDX-License-Identifier: Apache-2.0 */
/* The genesis keyset: which key files make it up, and its draft. */
#include "keys.h"

#include "files.h"
#include "out.h"
#include "term.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void ak_keyset_files_clear(ak_keyset_files *k)
{
	for (size_t i = 0; i < k->n; i++)
		free(k->path[i]);
	free(k->operator_path);
	free(k->heartbeat_path);
	*k = (ak_keyset_files){ 0 };
}

/* "keys/root-a.key" is held by root-a; a file name that is no name of a holder gives root-<i>. */
static void holder_of(const char *path, size_t i, char out[AK_HOLDER_MAX + 1])
{
	const char *base = ak_file_base(path);
	size_t n = strspn(base, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (n == 0 || n > AK_HOLDER_MAX || base[0] < 'a' || (base[n] != '\0' && base[n] != '.'))
		(void)snprintf(out, AK_HOLDER_MAX + 1, "root-%zu", i + 1);
	else
		(void)snprintf(out, AK_HOLDER_MAX + 1, "%.*s", (int)n, base);
}

static int add_root(const ak_cli *c, ak_keyset_files *k, const char *spec, size_t len)
{
	const char *equals = memchr(spec, '=', len);
	size_t name = equals == NULL ? 0 : (size_t)(equals - spec);
	char *path;

	if (k->n == AK_ROOTS_MAX)
		return ak_out_usage(c, MSG_TOO_MANY_ROOTS, AK_NUM(AK_ROOTS_MAX), NULL);
	if (equals != NULL) {
		spec += name + 1;
		len -= name + 1;
	}
	if (len == 0 || (equals != NULL && (name == 0 || name > AK_HOLDER_MAX)))
		return ak_out_usage(c, MSG_BAD_ROOT_KEYS, NULL);
	path = strndup(spec, len);
	if (path == NULL)
		return ak_out_no_memory(c);
	if (equals != NULL)
		(void)snprintf(k->holder[k->n], sizeof(k->holder[0]), "%.*s", (int)name, equals - name);
	else
		holder_of(path, k->n, k->holder[k->n]);
	for (size_t i = 0; i < k->n; i++) {
		if (strcmp(k->holder[i], k->holder[k->n]) == 0) {
			(void)ak_out_usage(c, MSG_HOLDER_TWICE, k->holder[i], NULL);
			free(path);
			return EXIT_USAGE;
		}
	}
	k->path[k->n++] = path;
	return EXIT_HOLDS;
}

static int add_roots(const ak_cli *c, ak_keyset_files *k, const char *list)
{
	int code = EXIT_HOLDS;

	for (;;) {
		size_t n = strcspn(list, ",");

		code = add_root(c, k, list, n);
		if (code != EXIT_HOLDS || list[n] == '\0')
			return code;
		list += n + 1;
	}
}

static char *in_folder(const char *folder, const char *name)
{
	size_t room = strlen(folder) + strlen(name) + 2;
	char *p = malloc(room);

	if (p != NULL)
		(void)snprintf(p, room, "%s/%s", folder, name);
	return p;
}

/* x.key -> x.pub; freed with free(). */
static char *public_path(const char *path)
{
	size_t room = strlen(path) + 1;
	char *pub = malloc(room);

	if (pub != NULL)
		(void)snprintf(pub, room, "%.*s.pub", (int)(room - 5), path);
	return pub;
}

static int make_one(const ak_cli *c, ak_keyset_files *k, const char *folder, const char *name, char **path)
{
	char *pub;
	int code;

	*path = in_folder(folder, name);
	if (*path == NULL)
		return ak_out_no_memory(c);
	pub = public_path(*path);
	if (pub == NULL)
		return ak_out_no_memory(c);
	code = ak_keys_make(c, "ed25519", *path, pub, NULL);
	if (code == EXIT_HOLDS)
		k->made++;
	free(pub);
	return code;
}

static void unmake_one(const char *path)
{
	char *pub = public_path(path);

	(void)unlink(path);
	if (pub != NULL)
		(void)unlink(pub);
	free(pub);
}

void ak_keyset_files_unmake(const ak_cli *c, const ak_keyset_files *k)
{
	for (size_t i = 0; i < k->made && i < k->n; i++)
		unmake_one(k->path[i]);
	if (k->made > k->n)
		unmake_one(k->operator_path);
	if (k->made > k->n + 1)
		unmake_one(k->heartbeat_path);
	if (k->made_folder)
		(void)rmdir(ak_opt_value(&c->opts, OPT_MAKE_KEYS)); /* stays where somebody put something else into it */
}

static int make_all(const ak_cli *c, const char *folder, ak_keyset_files *k)
{
	static const char *const roots[] = { "root-1.key", "root-2.key", "root-3.key" };
	bool there = ak_file_exists(folder);
	int code = ak_file_make_folder(c, folder, true);

	k->made_folder = code == EXIT_HOLDS && !there;
	for (size_t i = 0; code == EXIT_HOLDS && i < sizeof(roots) / sizeof(roots[0]); i++) {
		code = make_one(c, k, folder, roots[i], &k->path[k->n]);
		holder_of(roots[i], i, k->holder[k->n]);
		k->n++;
	}
	if (code == EXIT_HOLDS)
		code = make_one(c, k, folder, "operator.key", &k->operator_path);
	if (code == EXIT_HOLDS)
		code = make_one(c, k, folder, "heartbeat.key", &k->heartbeat_path);
	return code;
}

static int named(const ak_cli *c, ak_keyset_files *k)
{
	const char *op = ak_opt_value(&c->opts, OPT_OPERATOR), *beat = ak_opt_value(&c->opts, OPT_HEARTBEAT), *list;
	int code = EXIT_HOLDS;

	if (!ak_opt_has(&c->opts, OPT_ROOT_KEYS))
		return ak_out_usage(c, MSG_OPT_MISSING, "--root-keys FILE,…", NULL);
	if (op == NULL || beat == NULL)
		return ak_out_usage(c, MSG_OPT_MISSING, op == NULL ? "--operator FILE" : "--heartbeat FILE", NULL);
	for (size_t i = 0; code == EXIT_HOLDS && (list = ak_opt_nth(&c->opts, OPT_ROOT_KEYS, i)) != NULL; i++)
		code = add_roots(c, k, list);
	if (code != EXIT_HOLDS)
		return code;
	k->operator_path = strdup(op);
	k->heartbeat_path = strdup(beat);
	return k->operator_path == NULL || k->heartbeat_path == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}

int ak_keyset_files_read(const ak_cli *c, ak_keyset_files *k)
{
	const char *folder = ak_opt_value(&c->opts, OPT_MAKE_KEYS);
	int code;

	if (!ak_opt_has(&c->opts, OPT_ORIGIN))
		return ak_out_usage(c, MSG_OPT_MISSING, "--origin NAME", NULL);
	if (folder != NULL && (ak_opt_has(&c->opts, OPT_ROOT_KEYS) || ak_opt_has(&c->opts, OPT_OPERATOR) || ak_opt_has(&c->opts, OPT_HEARTBEAT)))
		return ak_out_usage(c, MSG_NOT_TOGETHER, "--make-keys", "--root-keys, --operator, --heartbeat", NULL);
	code = folder != NULL ? make_all(c, folder, k) : named(c, k);
	if (code != EXIT_HOLDS)
		return code;
	k->threshold = folder != NULL ? 2 : 0;
	code = ak_cli_number(c, OPT_THRESHOLD, 1, k->n, &k->threshold);
	if (code == EXIT_HOLDS && k->threshold == 0)
		return ak_out_usage(c, MSG_OPT_MISSING, "--threshold K", NULL);
	return code;
}

int ak_keyset_draft(const ak_cli *c, const ak_keyset_files *k, ak_text *draft)
{
	ak_text root[AK_ROOTS_MAX] = { 0 }, op = { 0 }, beat = { 0 };
	const char *holder[AK_ROOTS_MAX], *json[AK_ROOTS_MAX];
	char issued[11];
	ak_error e = { 0 };
	int code = ak_cli_date(c, OPT_ISSUED, issued);
	ak_genesis g = { .origin = ak_opt_value(&c->opts, OPT_ORIGIN), .threshold = (size_t)k->threshold, .n_holders = k->n,
		         .holder = holder, .root_key = json };

	for (size_t i = 0; code == EXIT_HOLDS && i < k->n; i++) {
		code = ak_file_public(c, k->path[i], &root[i]);
		holder[i] = k->holder[i];
		json[i] = root[i].data;
	}
	if (code == EXIT_HOLDS)
		code = ak_file_public(c, k->operator_path, &op);
	if (code == EXIT_HOLDS)
		code = ak_file_public(c, k->heartbeat_path, &beat);
	if (code == EXIT_HOLDS) {
		g.operator_key = op.data;
		g.heartbeat_key = beat.data;
		if (issued[0] == '\0')
			ak_cli_today(c, issued);
		g.issued = issued;
		if (ak_genesis_draft(&g, draft, &e) != AK_OK)
			code = ak_out_refused(c, NULL, &e, NULL);
	}
	for (size_t i = 0; i < k->n; i++)
		ak_text_free(&root[i]);
	ak_text_free(&op);
	ak_text_free(&beat);
	return code;
}
