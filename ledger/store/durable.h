/* SPDX-License-Identifier: Apache-2.0 */
/* durable.h - small files that survive power loss, and the writer's lock (internal)
 *
 * ak_durable_write: parent folder opened first, temporary file beside the target, write, fsync, rename,
 * fsync of the folder.  When it returns AK_OK the new bytes survive; on failure the old bytes are still there,
 * except when `where` is "folder" and its fsync failed: then the new bytes are there and may not survive power loss.
 * The mode is exactly the one given, whatever the umask.
 * The lock is an advisory lock on an open file (fcntl OFD lock): the kernel drops it when its holder dies,
 * so a lock left by a dead process never has to be waited for.
 */
#ifndef AK_STORE_DURABLE_H
#define AK_STORE_DURABLE_H

#include "base/bytes.h"

AK_MUST_USE ak_status ak_durable_write(const char *path, ak_span bytes, unsigned mode, ak_error *err);
/* AK_NOT_FOUND when absent; AK_LIMIT when over `max`. */
AK_MUST_USE ak_status ak_durable_read(const char *path, size_t max, ak_buf *out, ak_error *err);
/* New file only: AK_INVALID_ARGUMENT when it exists. */
AK_MUST_USE ak_status ak_durable_create(const char *path, ak_span bytes, unsigned mode, ak_error *err);

typedef struct ak_lock ak_lock;
/* AK_LOCKED when another process still holds it after wait_ms. */
AK_MUST_USE ak_status ak_lock_take(const char *path, unsigned wait_ms, ak_lock **out, ak_error *err);
void ak_lock_release(ak_lock **l);

#endif
