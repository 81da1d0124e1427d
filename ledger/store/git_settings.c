/* SPDX-License-Identifier: Apache-2.0 */
/* The settings of the repository that packs are built in: one value, kept nowhere.
 *
 * libgit2's pack builder compares every object with its ten neighbours to find differences, and can only be
 * told not to by size.  That search is nine tenths of the time of a batch; `git gc` does it better, later.
 * The size above which it does not search is core.bigFileThreshold; libgit2 1.5 reads it from
 * pack.deltaCacheSize instead, so both answer. */
#include "store/git_internal.h"

#include <git2/sys/config.h>

#include <string.h>

static void entry_free(git_config_entry *e)
{
	ak_mem_free(e);
}

static int settings_open(git_config_backend *b, git_config_level_t level, const git_repository *repo)
{
	(void)b, (void)level, (void)repo;
	return 0;
}

static int settings_get(git_config_backend *b, const char *key, git_config_entry **out)
{
	static const char *const names[] = { "core.bigfilethreshold", "pack.deltacachesize" };
	git_config_entry *e;
	size_t i = 0;

	(void)b;
	while (i < 2 && strcmp(key, names[i]) != 0)
		i++;
	if (i == 2)
		return GIT_ENOTFOUND;
	e = ak_mem_alloc(sizeof(*e));
	if (e == NULL)
		return GIT_ERROR;
	e->name = names[i];
	e->value = "1";
	e->level = GIT_CONFIG_LEVEL_APP;
	e->free = entry_free;
	*out = e;
	return 0;
}

static void settings_free(git_config_backend *b)
{
	ak_mem_free(b);
}

static int settings_snapshot(git_config_backend **out, git_config_backend *b);

static git_config_backend *settings_new(void)
{
	git_config_backend *b = ak_mem_alloc(sizeof(*b));

	if (b == NULL)
		return NULL;
	b->version = GIT_CONFIG_BACKEND_VERSION;
	b->readonly = 1;
	b->open = settings_open;
	b->get = settings_get;
	b->snapshot = settings_snapshot;
	b->free = settings_free;
	return b;
}

static int settings_snapshot(git_config_backend **out, git_config_backend *b)
{
	(void)b;
	*out = settings_new();
	return *out == NULL ? GIT_ERROR : 0;
}

int ak_git_pack_settings(git_config **out)
{
	git_config_backend *b = settings_new();
	git_config *c = NULL;
	int rc = b == NULL ? GIT_ERROR : git_config_new(&c);

	if (rc < 0) {
		ak_mem_free(b);
		return rc;
	}
	rc = git_config_add_backend(c, b, GIT_CONFIG_LEVEL_APP, NULL, 0);
	if (rc < 0) {
		ak_mem_free(b);
		git_config_free(c);
		return rc;
	}
	*out = c;
	return 0;
}
