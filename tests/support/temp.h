/* SPDX-License-Identifier: Apache-2.0 */
/* temp.h - a new folder for one test: in $TMPDIR, else in /tmp
 *
 * tests/run names a folder in memory there, as most of what sealing takes on a disk is waiting for it.  No test claims that a disk keeps
 * what it was told to sync; that it is told, and in which order, is what tests/fault reads from the system calls.
 */
#ifndef TESTS_SUPPORT_TEMP_H
#define TESTS_SUPPORT_TEMP_H

#include <stddef.h>

/* The path, at most 63 bytes long so that a socket's name has room behind it, into `dir`; fails the test when there is none. */
void temp_dir(char *dir, size_t size);

#endif
