/* SPDX-License-Identifier: Apache-2.0 */
/* ssh.h - the data types of SSH (RFC 4251 section 5), in which agents talk and OpenSSH keeps keys (internal)
 *
 * Reading cuts a value off the front of a span; false, and nothing changes, when it is not whole there.
 */
#ifndef AK_CODEC_SSH_H
#define AK_CODEC_SSH_H

#include "base/bytes.h"

bool ak_ssh_take_u32(ak_span *in, uint32_t *out);
bool ak_ssh_take_string(ak_span *in, ak_span *out);
bool ak_ssh_take_str(ak_span *in, const char *want); /* a string that is exactly this */

AK_MUST_USE ak_status ak_ssh_put_u32(ak_buf *b, uint32_t v, ak_error *err);
/* AK_LIMIT when it is longer than a length can say. */
AK_MUST_USE ak_status ak_ssh_put_string(ak_buf *b, ak_span s, ak_error *err);

#endif
