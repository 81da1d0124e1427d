/* SPDX-License-Identifier: Apache-2.0 */
/* Every page of the index ends in a checksum over its bytes and its place.
 *
 * SQLite finds damage to the structure of a file, not to what is in it: a flipped bit in a row would change
 * an answer, and one in a key would make a row disappear.  So whole pages are checked when they are read from
 * the file and completed when they are written to it; a page that fails is an I/O error.  The last eight bytes
 * of a page are kept free for this by SQLite itself ("reserved bytes").  Journals carry checksums of SQLite's.
 */
#include "store/index_internal.h"

#include "base/fail.h"

#include <stdio.h>
#include <string.h>

struct ak_index_vfs {
	sqlite3_vfs base; /* first: SQLite hands us pointers to it */
	sqlite3_vfs *real;
	char name[48];
};

/* Our file, with SQLite's own behind it in the same allocation. */
typedef struct paged {
	sqlite3_file base;
	sqlite3_file *real;
} paged;

static sqlite3_file *real_of(sqlite3_file *f)
{
	return ((paged *)f)->real;
}

uint64_t ak_index_sum(const uint8_t *p, size_t len, uint64_t seed)
{
	uint64_t h = seed ^ UINT64_C(0x9e3779b97f4a7c15), v;

	/* In the machine's own byte order, for speed: a cache is not carried to another machine, and is
	 * discarded there. */
	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&v, p, sizeof(v));
		h = (h ^ v) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	for (; len != 0; p++, len--)
		h = (h ^ *p) * UINT64_C(0x100000001b3);
	return h ^ h >> 29;
}

static bool whole_page(int n, sqlite3_int64 at)
{
	return n == AK_INDEX_PAGE && at % AK_INDEX_PAGE == 0;
}

static uint64_t page_sum(const uint8_t *page, sqlite3_int64 at)
{
	return ak_index_sum(page, AK_INDEX_PAGE - AK_INDEX_PAGE_TAIL, (uint64_t)at);
}

static int paged_close(sqlite3_file *f)
{
	return real_of(f)->pMethods == NULL ? SQLITE_OK : real_of(f)->pMethods->xClose(real_of(f));
}

static int paged_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
	const uint8_t *page = out;
	int rc = real_of(f)->pMethods->xRead(real_of(f), out, n, at);

	if (rc == SQLITE_OK && whole_page(n, at) &&
	    page_sum(page, at) != ak_get_be64(page + AK_INDEX_PAGE - AK_INDEX_PAGE_TAIL))
		return SQLITE_IOERR_DATA;
	return rc;
}

static int paged_write(sqlite3_file *f, const void *in, int n, sqlite3_int64 at)
{
	uint8_t page[AK_INDEX_PAGE];

	if (!whole_page(n, at))
		return real_of(f)->pMethods->xWrite(real_of(f), in, n, at);
	memcpy(page, in, sizeof(page));
	ak_put_be64(page + AK_INDEX_PAGE - AK_INDEX_PAGE_TAIL, page_sum(page, at));
	return real_of(f)->pMethods->xWrite(real_of(f), page, n, at);
}

static int paged_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int paged_sync(sqlite3_file *f, int flags)
{
	return real_of(f)->pMethods->xSync(real_of(f), flags);
}

static int paged_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static int paged_lock(sqlite3_file *f, int level)
{
	return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int paged_unlock(sqlite3_file *f, int level)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int paged_reserved(sqlite3_file *f, int *out)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), out);
}

static int paged_control(sqlite3_file *f, int op, void *arg)
{
	return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int paged_sector(sqlite3_file *f)
{
	return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int paged_traits(sqlite3_file *f)
{
	return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

/* Version 1: no shared memory and no mapping, so that no page goes past paged_read. */
static const sqlite3_io_methods *paged_methods(void)
{
	static const sqlite3_io_methods methods = {
		.iVersion = 1,
		.xClose = paged_close,
		.xRead = paged_read,
		.xWrite = paged_write,
		.xTruncate = paged_truncate,
		.xSync = paged_sync,
		.xFileSize = paged_size,
		.xLock = paged_lock,
		.xUnlock = paged_unlock,
		.xCheckReservedLock = paged_reserved,
		.xFileControl = paged_control,
		.xSectorSize = paged_sector,
		.xDeviceCharacteristics = paged_traits,
	};

	return &methods;
}

/* Only the database itself has pages; journals and temporary files are opened as they are. */
static int vfs_file(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
	sqlite3_vfs *real = ((ak_index_vfs *)v)->real;
	paged *p = (paged *)f;
	int rc;

	if ((flags & SQLITE_OPEN_MAIN_DB) == 0)
		return real->xOpen(real, name, f, flags, out_flags);
	p->base.pMethods = NULL;
	p->real = (sqlite3_file *)(void *)(p + 1);
	p->real->pMethods = NULL;
	rc = real->xOpen(real, name, p->real, flags, out_flags);
	if (rc == SQLITE_OK)
		p->base.pMethods = paged_methods();
	return rc;
}

ak_status ak_index_vfs_open(ak_index_vfs **out, ak_error *err)
{
	sqlite3_vfs *real = sqlite3_vfs_find(NULL);
	ak_index_vfs *v = ak_mem_alloc(sizeof(*v));

	if (v == NULL)
		return ak_no_memory(err, "index");
	if (real == NULL) {
		ak_mem_free(v);
		return ak_fail(err, AK_INTERNAL, "index", 0, "SQLite has no file system");
	}
	/* All other calls go straight to SQLite's own functions: they take what they need from the members
	 * copied here. */
	v->base = *real;
	v->base.pNext = NULL;
	v->base.szOsFile = real->szOsFile + (int)sizeof(paged);
	v->base.xOpen = vfs_file;
	v->real = real;
	(void)snprintf(v->name, sizeof(v->name), "akashi-index-%p", (void *)v);
	v->base.zName = v->name;
	if (sqlite3_vfs_register(&v->base, 0) != SQLITE_OK) {
		ak_mem_free(v);
		return ak_fail(err, AK_INTERNAL, "index", 0, "SQLite refuses a file system");
	}
	*out = v;
	return AK_OK;
}

void ak_index_vfs_free(ak_index_vfs **v)
{
	if (v == NULL || *v == NULL)
		return;
	(void)sqlite3_vfs_unregister(&(*v)->base);
	ak_mem_free(*v);
	*v = NULL;
}

const char *ak_index_vfs_name(const ak_index_vfs *v)
{
	return v->name;
}
