/* SPDX-License-Identifier: Apache-2.0 */
/* head.h - the signed head that sealing builds on, and the one it leaves (internal to seal/) */
#ifndef AK_SEAL_HEAD_H
#define AK_SEAL_HEAD_H

#include "crypto/key.h"
#include "seal/books.h"

/* The head built on must be signed by the operator key in force (NULL: there is none): else whoever can write to the repository
 * would have us sign over theirs.  AK_NO_TRUSTED_SIG, where "checkpoint.signature". */
AK_MUST_USE ak_status ak_head_check(const ak_books *b, const ak_pubkey *op, ak_error *err);

/* Append the signed head, in memory: the checkpoint, this key's line and, of a rotation, that of the operator before it (NULL: none). */
AK_MUST_USE ak_status ak_head_note(const ak_seckey *key, const ak_seckey *before, const ak_checkpoint *c, ak_buf *note, ak_error *err);

/* Is the commit signed by this operator key?  signature: its armored text; signed_bytes: what that covers.  `at`: said in errors. */
AK_MUST_USE ak_status ak_head_check_commit(const ak_pubkey *op, const char *id, uint64_t at, ak_span signature, ak_span signed_bytes,
                                           ak_error *err);

#endif
