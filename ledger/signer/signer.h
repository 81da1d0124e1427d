/* SPDX-License-Identifier: Apache-2.0 */
/* signer.h - private keys that stay where they are, behind one interface (internal)
 *
 *	agent:WHICH     a key of the ssh-agent.  WHICH is its comment, its fingerprint as `ssh-add -l`
 *	                prints it ("SHA256:…") or akashi's id of the key (64 hex digits); empty: the only key that can be used
 *	pkcs11:…        a key on a token, by RFC 7512 URI.  module-path names the driver, else all that p11-kit is configured with
 *
 * What is opened is an ak_seckey: nobody above knows where a key lies.  A name that fits several keys is refused with
 * their names.  No secret is in a name: a URI with pin-value or pin-source is AK_INVALID_ARGUMENT.
 *
 * Errors: AK_NOT_FOUND no such key, AK_IO agent or token that does not answer, refuses or went away, AK_INVALID_ARGUMENT a name
 * that cannot be read, fits several keys, or a PIN that is wrong; AK_WEAK_KEY a key that akashi does not take.
 */
#ifndef AK_SIGNER_SIGNER_H
#define AK_SIGNER_SIGNER_H

#include "akashi/key.h"
#include "crypto/key.h"

enum { AK_SIGNER_NAME_MAX = 1024, AK_SIGNER_PIN_MAX = 256 /* bytes, with its end */ };

bool ak_signer_is(const char *name);
/* What `access` points to must live as long as the key. */
AK_MUST_USE ak_status ak_signer_open(const char *name, const ak_key_access *access, ak_seckey **out, ak_error *err);

#endif
