/* SPDX-License-Identifier: Apache-2.0 */
/* envelope.h - a confidential file for several recipients: CMS AuthEnvelopedData (RFC 5083, 5084; FORMAT 28; internal)
 *
 * AES-256-GCM; a key for each certificate, by RSA-OAEP (SHA-256) or by ECDH (X9.63 with SHA-256, AES wrap).  Stock tools open it:
 * openssl cms -decrypt -inform DER.  What is read is strict DER (pki/walk.h) of exactly this kind before OpenSSL sees it; content that is
 * encrypted and not authenticated is refused, and so is a tag that was cut.
 *
 * Who the recipients are is not authenticated by CMS: whoever has the file can take one out of it, and who can open it can add one.
 * All of it is held in memory: AK_ENVELOPE_PLAIN_MAX bounds it.
 */
#ifndef AK_ENVELOPE_ENVELOPE_H
#define AK_ENVELOPE_ENVELOPE_H

#include "pki/cert.h"

enum {
	AK_ENVELOPE_PLAIN_MAX = 128 * 1024 * 1024,               /* bytes */
	AK_ENVELOPE_MAX = AK_ENVELOPE_PLAIN_MAX + 1024 * 1024,
	AK_ENVELOPE_RECIPIENTS_MAX = 64,
	AK_ENVELOPE_KEY_MAX = 64 * 1024,                         /* bytes of a private key's file */
};

/* Append the DER, for the holders of these certificates.  err->at is which of them is refused: AK_WEAK_KEY (RSA under 2048 bits, a curve other
 * than P-256, P-384 and P-521, another kind of key), AK_BAD_CERTIFICATE (not valid at `now`, or its key usage is not for this),
 * AK_INVALID_ARGUMENT (one given twice).  Whether they trace to anybody is not asked: who encrypts chooses the recipients. */
AK_MUST_USE ak_status ak_envelope_seal(ak_cert *const *to, size_t n, int64_t now, ak_span plain, ak_buf *out, ak_error *err);

/* Is it of that form?  AK_BAD_FORMAT, where "envelope"; AK_LIMIT. */
AK_MUST_USE ak_status ak_envelope_check(ak_span der, ak_error *err);

/* Called for each recipient: the issuer as RFC 4514 writes it and the serial number in hex, or the key identifier in hex; what there is none of is "". */
typedef ak_status ak_envelope_recipient_fn(void *ctx, const char *issuer, const char *serial, const char *key, ak_error *err);
AK_MUST_USE ak_status ak_envelope_recipients(ak_span der, ak_envelope_recipient_fn *fn, void *ctx, ak_error *err);

/* Append the plain bytes; wipe the buffer.  `key` is a private key in PEM; AK_INVALID_ARGUMENT, where "envelope.key": none, or passphrase missing (NULL) or wrong; AK_LIMIT, where "key.derivation", as crypto/kdf.h says.
 * AK_BAD_SIGNATURE, where "envelope.content": not for this key, or changed since: these two cannot be told apart.  Nothing is appended. */
AK_MUST_USE ak_status ak_envelope_open(ak_span der, ak_span key, const char *passphrase, ak_buf *out, ak_error *err);

#endif
