/* SPDX-License-Identifier: Apache-2.0 */
/* openssh.h - the body of "OPENSSH PRIVATE KEY" (OpenSSH's PROTOCOL.key) (private to signer/)
 *
 *	"openssh-key-v1" 0, string cipher, string kdf, string kdf options, u32 number of keys, string public key …,
 *	string of (u32 check, u32 check, { string kind, its numbers, string comment } …, 1 2 3 … up to the block size)
 */
#ifndef AK_SIGNER_OPENSSH_H
#define AK_SIGNER_OPENSSH_H

#include "crypto/key.h"

/* One key, not encrypted.  AK_INVALID_ARGUMENT when it is encrypted: its key derivation is OpenSSH's own. */
AK_MUST_USE ak_status ak_openssh_read(ak_span body, ak_seckey **out, ak_error *err);

#endif
