/* SPDX-License-Identifier: Apache-2.0 */
/* watcher.h - a witness for tests: a key, a memory in a folder of its own, and a trust file
 *
 * Functions that take an ak_json ** give the report when it is not NULL; the caller frees it.
 */
#ifndef AK_TEST_WATCHER_H
#define AK_TEST_WATCHER_H

#include "world.h"

#define WATCHER_NAME "witness.example/w1"

typedef struct watcher {
	char dir[64], state[96];
	ak_secret *key;    /* owned */
	ak_text trust;     /* owned; what this witness itself believes */
	bool begun;        /* has cosigned, or tried to, once          */
	bool heartbeat;
} watcher;

/* Takes over the key. */
void watcher_open(watcher *a, const world *w, ak_secret *key);
void watcher_close(watcher *a);

/* Ask it to cosign the ledger at `path` (NULL: w's) at w->now + `later` seconds. */
ak_status watcher_try(watcher *a, const world *w, const char *path, int64_t later, bool *ok, ak_json **report, ak_error *err);
/* It cosigns; answers the line with its newline. */
ak_text watcher_signs(watcher *a, const world *w, int64_t later, ak_json **report);
/* It refuses by this duty, with this status, at this record (-1: none), and its memory stays as it was.  Answers how many notes
 * it kept. */
size_t watcher_refuses(watcher *a, const world *w, const char *duty, ak_status status, int64_t seq);
size_t watcher_refuses_at(watcher *a, const world *w, const char *path, int64_t later, const char *duty, ak_status status,
			  int64_t seq);
/* It cannot say: this status at this place. */
void watcher_cannot(watcher *a, const world *w, ak_status status, const char *where);

/* w's trust file, with this witness as quorum and as who vouches for the map. */
ak_text watcher_trusted(const watcher *a, const world *w);

/* Publish lines; frees them.  `trust` may be NULL. */
ak_status watcher_publish(world *w, ak_text lines, const ak_text *trust, ak_json **report, ak_error *err);

#endif
