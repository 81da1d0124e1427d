/* SPDX-License-Identifier: Apache-2.0 */
/* envelope.h - confidential files, encrypted for several recipients, kept beside a ledger (FORMAT 28)
 *
 * A file is encrypted as CMS AuthEnvelopedData with AES-256-GCM, at most 128 MiB, for 1 to 64 X.509 certificates, and can be kept in the ledger's
 * repository under a name of its own: no part of what is sealed, left behind by git clone and push, and free to be dropped without
 * breaking any proof.  That a file is the one sealed is shown by its commitment (disclosure.h), never by where it is kept.
 */
#ifndef AKASHI_ENVELOPE_H
#define AKASHI_ENVELOPE_H

#include "akashi/ledger.h"

/* certs: each PEM or DER of one certificate.  *out is DER.  AK_WEAK_KEY, AK_BAD_CERTIFICATE, AK_BAD_FORMAT, AK_INVALID_ARGUMENT (given twice): err->at
 * which of them.  AK_LIMIT: too large. */
AK_API AK_MUST_USE ak_status ak_envelope_make(ak_span plain, const ak_span *certs, size_t n, int64_t now, ak_text *out, ak_error *err);
/* `key`: private key in PEM.  Where "envelope.key": it, or its passphrase, is wrong.  AK_BAD_SIGNATURE: not for this key, or changed.  Wipe *out. */
AK_API AK_MUST_USE ak_status ak_envelope_read(ak_span envelope, ak_span key, const char *passphrase, ak_text *out, ak_error *err);
/* {"bytes","digest":"sha256:…","recipients":[{"issuer","serial"}|{"key"}…]}.  Who the recipients are is what the file says: CMS does not authenticate it. */
AK_API AK_MUST_USE ak_status ak_envelope_describe(ak_span envelope, ak_text *json, ak_error *err);

/* Names: 1 to 63 of a-z, 0-9 and '-', not '-' first.  Put: what is no such envelope is refused, and so is a name that is taken (AK_CONFLICT). */
AK_API AK_MUST_USE ak_status ak_ledger_evidence_put(ak_ledger *l, const char *name, ak_span envelope, ak_error *err);
AK_API AK_MUST_USE ak_status ak_ledger_evidence_get(ak_ledger *l, const char *name, ak_text *out, ak_error *err); /* AK_NOT_FOUND */
/* [{"name", … as ak_envelope_describe, or "problem": what is wrong with it}…] */
AK_API AK_MUST_USE ak_status ak_ledger_evidence_list(ak_ledger *l, ak_text *json, ak_error *err);
/* *gone: its bytes are gone too; else git still has them in a pack, until it prunes. */
AK_API AK_MUST_USE ak_status ak_ledger_evidence_drop(ak_ledger *l, const char *name, bool *gone, ak_error *err);

#endif
