/* SPDX-License-Identifier: Apache-2.0 */
/* git_remote.h - the repository in which a ledger's head has to be before anything is acknowledged (internal; FORMAT 11.6)
 *
 * It is named in the ledger's own git configuration, where stock git finds it too:
 *     [remote "origin"]  url = URL      fetch = +refs/heads/main:refs/remotes/origin/main
 *     [akashi]           remote = origin | none      remoteTimeout = SECONDS
 * `akashi.remote` says whether the commit point is there.  Where it says nothing and there is a remote called origin, somebody has
 * cloned the ledger, and whether this is the place to seal is for a person to say.
 *
 * Heads are carried by stock git (git_run.c), never forced.  After a push that went wrong, what counts is what the remote has.
 */
#ifndef AK_STORE_GIT_REMOTE_H
#define AK_STORE_GIT_REMOTE_H

#include "store/git.h"

enum {
	AK_REMOTE_URL_MAX = 1000,      /* bytes */
	AK_REMOTE_TIMEOUT_S = 120,     /* for each of asking, fetching, pushing, unless akashi.remoteTimeout says otherwise */
	AK_REMOTE_TIMEOUT_MAX_S = 3600,
};

typedef struct ak_git_remote {
	char url[AK_REMOTE_URL_MAX + 1]; /* "": none */
	bool unsaid;                     /* url is of a remote called origin, of which nobody said that it is the commit point */
	unsigned timeout_s;
} ak_git_remote;

/* Fit to be kept and shown: a path, file://, ssh://, user@host:path or https://, without password or token.  A path becomes an
 * absolute one.  AK_INVALID_ARGUMENT, "remote.url". */
AK_MUST_USE ak_status ak_git_remote_of(const char *url, ak_git_remote *out, ak_error *err);
AK_MUST_USE ak_status ak_git_remote_get(ak_git *g, ak_git_remote *out, ak_error *err);
/* Make it the commit point; url "": there is none. */
AK_MUST_USE ak_status ak_git_remote_set(ak_git *g, const ak_git_remote *r, ak_error *err);

/* refs/heads/main there, as 40 hex digits, or "" when it has none.  `g` NULL: asked before there is a repository here.
 * AK_IO, "remote.unreachable" or "remote.timeout". */
AK_MUST_USE ak_status ak_git_remote_tip(ak_git *g, const ak_git_remote *r, char id[AK_STORE_ID_MAX + 1], ak_error *err);
/* Bring what that commit needs here, durably; no reference moves. */
AK_MUST_USE ak_status ak_git_remote_fetch(ak_git *g, const ak_git_remote *r, const char *id, ak_error *err);
/* Move the remote's head from was_id ("": it has none) to new_id, a descendant, with all it needs.  AK_OK: it is there.  AK_CONFLICT,
 * "remote.head": it is at another commit now.  AK_IO: "remote.refused" or, when a git that was killed there left its lock,
 * "remote.locked": it is where it was; any other, not known. */
AK_MUST_USE ak_status ak_git_remote_push(ak_git *g, const ak_git_remote *r, const char *was_id, const char *new_id, ak_error *err);

typedef enum ak_relation { AK_RELATION_SAME, AK_RELATION_AHEAD, AK_RELATION_BEHIND, AK_RELATION_APART } ak_relation;
/* How `there` stands to `here`, both commits of this repository or "", by first parents: AHEAD, it continues `here`. */
AK_MUST_USE ak_status ak_git_relate(ak_git *g, const char *here, const char *there, ak_relation *out, ak_error *err);

/* The same for the remote's head, which is fetched where it is not here yet; there_id is that head, or "". */
AK_MUST_USE ak_status ak_git_remote_compare(ak_git *g, const ak_git_remote *r, const char *here, char there_id[AK_STORE_ID_MAX + 1],
                                            ak_relation *out, ak_error *err);

/* Until called with "", the head is this commit and not what refs/heads/main names.  Publishing goes by the reference all the same. */
void ak_git_look_at(ak_git *g, const char *id);
/* Move refs/heads/main from was_id to new_id, which must continue it.  As `publish` of the store, over any number of commits. */
AK_MUST_USE ak_status ak_git_forward(ak_git *g, const char *was_id, const char *new_id, ak_error *err);
/* The commit object, and what of it is signed. */
AK_MUST_USE ak_status ak_git_commit_signature(ak_git *g, const char *id, ak_buf *signature, ak_buf *signed_bytes, ak_error *err);

#endif
