/* SPDX-License-Identifier: Apache-2.0 */
/* remote.h - a remote as a ledger's commit point (FORMAT 11.6)
 *
 * With a remote, sealing and publishing cosignatures acknowledge nothing before the remote's refs/heads/main is the new head: moved by
 * stock git (the program `git`, found in PATH), never forced.  The address lies in the repository's git configuration, `akashi.remote`
 * and `remote.origin.url`, where git finds it too.  It is a path, file:///…, ssh://…, user@host:path or https://…, of at most 1000
 * bytes, and holds no password or token: keys come from ssh-agent, names and passwords from git's credential helpers, and nothing is
 * asked at a terminal.  Each of asking, fetching and pushing has `akashi.remoteTimeout` seconds (120; 1 to 3600).
 *
 * Errors of all of these, and of ak_ledger_seal and ak_ledger_cosign on a ledger with a remote, by `where`:
 *     remote.unreachable  AK_IO  it did not answer, or not as a git repository; nothing was signed, or what was is sent by the next seal
 *     remote.timeout      AK_IO  it took too long; the same
 *     remote.refused      AK_IO  it answered, and did not take the new head (a hook, a full disk); the same
 *     remote.head         AK_CONFLICT: it moved on meanwhile.  AK_FORK: it is behind what this ledger had; expected and found name both
 *     remote.history      AK_FORK: it has another history; expected and found name both
 *     remote.unsaid       AK_INVALID_ARGUMENT: a clone, and nobody said whether its commit point is where it came from
 *     remote.url          AK_INVALID_ARGUMENT: no such address
 *     git.run             AK_IO: there is no git
 */
#ifndef AKASHI_REMOTE_H
#define AKASHI_REMOTE_H

#include "akashi/ledger.h"

/* Before a ledger is made: does a repository answer there, and has it no ledger yet?  AK_CONFLICT, "remote.taken": it has one. */
AK_API AK_MUST_USE ak_status ak_remote_is_free(const char *url, ak_error *err);

/* Make `url` the commit point; NULL: there is none, what is durable here counts.  Before that a remote that is empty or behind is
 * brought to the head here, and one that continues it is taken over: only when it is signed by the operator key in force at its end,
 * head and commit, and its records give the signed root. */
AK_API AK_MUST_USE ak_status ak_ledger_set_remote(ak_ledger *l, const char *url, ak_error *err);

/* What the remote has, against the repository at `path`: {"url":null|"…","commit_point":bool,"relation":null|"same"|"ahead"|"behind"|"apart"|
 * "unreachable","here":{"commit","size"},"there":null|{"commit","size"},"problem":null|{"status","where","detail"}}.  commit_point false
 * with a url: a clone of which nobody said it.  Sizes are as the heads say; nothing is verified, and nothing here changes, but that
 * what the remote is ahead by is fetched. */
AK_API AK_MUST_USE ak_status ak_repository_remote(const char *path, ak_text *json, ak_error *err);

#endif
