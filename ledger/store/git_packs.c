/* SPDX-License-Identifier: Apache-2.0 */
/* Opening the packs, after a look at what libgit2 takes on trust.
 *
 * libgit2 1.5 follows the offsets of a pack's index without comparing them with the pack's length: a damaged index
 * makes it read beyond its memory.  So before it sees a pack: the index is version 2 and exactly as long as its
 * counts say, its fan-out table rises, each offset lies in the pack, and the pack is the one it was made for and
 * has not been cut.  That is 4 bytes to look at for each object; names and contents are checked when they are read.
 *
 *     index  ff 't' 'O' 'c'  be32 2  256 * be32 fan-out  n * 20 names  n * be32 CRC
 *            n * be32 offset (or, with the top bit, a place among the)  m * be64 offset  20 of the pack  20
 */
#include "store/git_internal.h"

#include "base/fail.h"

#include <git2/sys/odb_backend.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_LEN = 8 + 256 * 4, SUM_LEN = 20, PACK_HEAD_LEN = 12, BLOCK = 8192 };

typedef struct pair {
	int index, pack; /* descriptors */
	uint64_t index_len, pack_len;
	uint32_t n; /* objects */
} pair;

static bool read_at(int fd, void *out, size_t n, uint64_t at)
{
	uint8_t *p = out;

	while (n != 0) {
		ssize_t got = pread(fd, p, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
		at += (uint64_t)got;
	}
	return true;
}

static bool check_head(pair *p)
{
	uint8_t head[HEAD_LEN], pack[PACK_HEAD_LEN];
	uint32_t last = 0;

	if (p->index_len < HEAD_LEN + 2 * SUM_LEN || !read_at(p->index, head, sizeof(head), 0) ||
	    memcmp(head, "\377tOc\0\0\0\2", 8) != 0)
		return false;
	for (size_t i = 0; i < 256; i++) {
		uint32_t v = ak_get_be32(head + 8 + 4 * i);

		if (v < last)
			return false;
		last = v;
	}
	p->n = last;
	return p->pack_len >= PACK_HEAD_LEN + SUM_LEN && read_at(p->pack, pack, sizeof(pack), 0) &&
	       memcmp(pack, "PACK", 4) == 0 && ak_get_be32(pack + 8) == p->n;
}

/* The sum that ends the pack is the one the index names. */
static bool check_sums(const pair *p)
{
	uint8_t named[SUM_LEN], has[SUM_LEN];

	return read_at(p->index, named, SUM_LEN, p->index_len - 2 * SUM_LEN) &&
	       read_at(p->pack, has, SUM_LEN, p->pack_len - SUM_LEN) && memcmp(named, has, SUM_LEN) == 0;
}

/* All of `count` offsets of `width` bytes from `at` on are below `end`.  Those of four bytes with the top bit are
 * counted and are places among the wide ones. */
static bool check_offsets(const pair *p, uint64_t at, uint64_t count, size_t width, uint64_t end, uint64_t *wide)
{
	uint8_t block[BLOCK];

	while (count != 0) {
		size_t n = count < BLOCK / width ? (size_t)count : BLOCK / width;

		if (!read_at(p->index, block, n * width, at))
			return false;
		for (size_t i = 0; i < n; i++) {
			uint64_t v = width == 8 ? ak_get_be64(block + 8 * i) : ak_get_be32(block + 4 * i);

			if (width == 4 && v >> 31 != 0) {
				if (v - (UINT64_C(1) << 31) > *wide)
					return false;
				(*wide)++;
			} else if (v < PACK_HEAD_LEN || v >= end) {
				return false;
			}
		}
		at += n * width;
		count -= n;
	}
	return true;
}

static bool check_pair(pair *p)
{
	uint64_t names, wide = 0, end;

	if (!check_head(p) || !check_sums(p))
		return false;
	end = p->pack_len - SUM_LEN;
	names = HEAD_LEN + (uint64_t)p->n * 24;
	return p->index_len >= names + (uint64_t)p->n * 4 + 2 * SUM_LEN &&
	       check_offsets(p, names, p->n, 4, end, &wide) &&
	       p->index_len == names + (uint64_t)p->n * 4 + wide * 8 + 2 * SUM_LEN &&
	       check_offsets(p, names + (uint64_t)p->n * 4, wide, 8, end, &wide);
}

static ak_status check_pack(int dir, const char *index, ak_error *err)
{
	size_t n = strlen(index);
	char pack[256];
	struct stat a, b;
	pair p = { -1, -1, 0, 0, 0 };
	ak_status st = AK_OK;

	if (n + 2 > sizeof(pack))
		return ak_fail(err, AK_BAD_FORMAT, "git.pack", 0, "%.100s: name too long", index);
	(void)snprintf(pack, sizeof(pack), "%.*s.pack", (int)(n - 4), index);
	p.pack = openat(dir, pack, O_RDONLY | O_CLOEXEC);
	if (p.pack < 0 && errno == ENOENT)
		return AK_OK; /* on its way in or out: libgit2 passes over it too */
	p.index = openat(dir, index, O_RDONLY | O_CLOEXEC);
	if (p.pack < 0 || p.index < 0 || fstat(p.index, &a) != 0 || fstat(p.pack, &b) != 0) {
		st = errno == ENOENT ? AK_OK
		                     : ak_fail(err, AK_IO, "git.pack", 0, "%.100s: %s", index, strerror(errno));
	} else {
		p.index_len = (uint64_t)a.st_size;
		p.pack_len = (uint64_t)b.st_size;
		if (!check_pair(&p))
			st = ak_fail(err, AK_BAD_FORMAT, "git.pack", 0,
			             "%.100s or its pack is damaged; `git index-pack` makes a new index", index);
	}
	if (p.index >= 0)
		(void)close(p.index);
	if (p.pack >= 0)
		(void)close(p.pack);
	return st;
}

enum { PATH_ROOM = 4200 };

static ak_status check_packs(const char *objects, char path[PATH_ROOM], ak_error *err)
{
	const struct dirent *e;
	ak_status st = AK_OK;
	DIR *d;

	(void)snprintf(path, PATH_ROOM, "%s/pack", objects);
	d = opendir(path);
	if (d == NULL && errno == ENOENT)
		return AK_OK;
	if (d == NULL)
		return ak_fail(err, AK_IO, "git.pack", 0, "%.150s: %s", path, strerror(errno));
	while (st == AK_OK && (e = readdir(d)) != NULL) {
		size_t n = strlen(e->d_name);

		if (n > 4 && strcmp(e->d_name + n - 4, ".idx") == 0)
			st = check_pack(dirfd(d), e->d_name, err);
	}
	(void)closedir(d);
	return st;
}

/* What stock git may keep beside packs and we do not read: without it the ledger is whole, or cannot be had. */
static ak_status refuse_others(const char *objects, char path[PATH_ROOM], ak_error *err)
{
	(void)snprintf(path, PATH_ROOM, "%s/info/alternates", objects);
	if (access(path, F_OK) == 0) {
		(void)ak_fail(err, AK_NOT_HELD, "git.alternates", 0,
		              "%.150s borrows objects from another repository; clone it whole", objects);
		return ak_fail_values(err, AK_NOT_HELD, "all objects in it", "info/alternates");
	}
	(void)snprintf(path, PATH_ROOM, "%s/pack/multi-pack-index", objects);
	if (access(path, F_OK) == 0) {
		(void)ak_fail(err, AK_NOT_HELD, "git.pack", 0,
		              "%.150s has a multi-pack-index; `git repack -ad` removes it", objects);
		return ak_fail_values(err, AK_NOT_HELD, "an index beside each pack", "pack/multi-pack-index");
	}
	return AK_OK;
}

ak_status ak_git_open_packs(ak_git *g, ak_error *err)
{
	git_odb_backend *packs = NULL;
	char objects[4096], path[PATH_ROOM];
	ak_status st;
	int rc = snprintf(objects, sizeof(objects), "%sobjects", g->dir);

	if (rc < 0 || (size_t)rc >= sizeof(objects))
		return ak_fail(err, AK_LIMIT, "git.objects", 0, "the path is too long");
	st = refuse_others(objects, path, err);
	if (st == AK_OK)
		st = check_packs(objects, path, err);
	if (st != AK_OK)
		return st;
	rc = git_odb_new(&g->odb);
	if (rc >= 0)
		rc = git_odb_backend_pack(&packs, objects);
	if (rc < 0)
		return ak_git_fail(err, rc, "git.objects", objects);
	rc = git_odb_add_backend(g->odb, packs, 1);
	if (rc < 0) {
		packs->free(packs);
		return ak_git_fail(err, rc, "git.objects", objects);
	}
	return AK_OK;
}
