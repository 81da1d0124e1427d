/* SPDX-License-Identifier: Apache-2.0 */
/* sshsig.h - OpenSSH signatures (PROTOCOL.sshsig) with Ed25519, as git uses them (internal)
 *
 *   to sign = "SSHSIG" string(namespace) string("") string("sha512") string(SHA-512(message))
 *   blob    = "SSHSIG" u32(1) string(public key) string(namespace) string("") string("sha512")
 *             string(signature);  armor: base64 in lines of 70 between BEGIN and END lines
 * The hash of the message is passed in: codec does no cryptography.
 *
 * A namespace is 1 to 255 bytes, else AK_INVALID_ARGUMENT.  Errors of parsing are AK_BAD_FORMAT:
 * "sshsig.armor" with the offset in the armor, "sshsig.base64" with the offset in the joined
 * lines, any other field with the offset in the decoded blob.
 */
#ifndef AK_CODEC_SSHSIG_H
#define AK_CODEC_SSHSIG_H

#include "base/bytes.h"

enum {
	AK_SSHSIG_MAX = 4096, /* bytes of armor */
	AK_SSHSIG_NAMESPACE_MAX = 255,
};

AK_MUST_USE ak_status ak_sshsig_message(const char *name_space, const uint8_t sha512[64],
                                        ak_buf *out, ak_error *err);
/* Armored text without a final newline, as git's gpgsig header wants it. */
AK_MUST_USE ak_status ak_sshsig_armor(const char *name_space, const uint8_t pub[32],
                                      const uint8_t sig[64], ak_buf *out, ak_error *err);
/* Strict: what it accepts is what ak_sshsig_armor writes (hash "sha512", Ed25519, lines of 70,
 * no final newline). */
AK_MUST_USE ak_status ak_sshsig_parse(ak_span armor, const char *name_space, uint8_t pub[32],
                                      uint8_t sig[64], ak_error *err);
/* "ssh-ed25519 <base64>" for allowed_signers files. */
AK_MUST_USE ak_status ak_sshsig_public_line(const uint8_t pub[32], ak_buf *out, ak_error *err);

#endif
