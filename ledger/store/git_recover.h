/* SPDX-License-Identifier: Apache-2.0 */
/* git_recover.h - what a writer that died may have left staged (internal)
 *
 * stage() makes everything durable but two objects: the checkpoint's blob and the commit, which carry the operator's signatures.  Then
 * the signer is called, who remembers them, and only then are they written, the commit last.  So of a change that was remembered either
 * the commit is there, and all it needs, or these two can be made again: Ed25519 gives the same signature every time (RFC 8032 5.1.6).
 */
#ifndef AK_STORE_GIT_RECOVER_H
#define AK_STORE_GIT_RECOVER_H

#include "store/git.h"

/* The id that the commit with these bytes and this signature has, and whether it is in the repository. */
AK_MUST_USE ak_status ak_git_find_staged(ak_git *g, ak_span commit, ak_span armor, char id[AK_STORE_ID_MAX + 1],
                                         bool *there, ak_error *err);
/* *yes: this commit's tree is here, and the checkpoint in it is this one (which need not be here). */
AK_MUST_USE ak_status ak_git_is_checkpoint_of(ak_git *g, ak_span checkpoint, ak_span commit, bool *yes, ak_error *err);
/* Write these two as stage() would have, durably; also over what is there, which may be hollow. */
AK_MUST_USE ak_status ak_git_write_signed(ak_git *g, ak_span checkpoint, ak_span commit, ak_span armor, ak_error *err);
/* A change that was staged and can never be published: take away all of it that is signed, durably, temporary files too.  `commit`: its
 * unsigned bytes, `id` the signed one's.  Objects are never deleted (S3) but for these two, which no reference ever named.  The caller
 * holds the ledger's lock.  AK_IO, "git.objects": one lies in a pack. */
AK_MUST_USE ak_status ak_git_drop_staged(ak_git *g, ak_span commit, const char *id, ak_error *err);

#endif
