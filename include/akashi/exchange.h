/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.h - drafts and the signed envelopes that travel between signers, without a ledger
 *
 * A draft is a small JSON file a person can finish:
 *   {"akashi":"draft/1","type":"decision","scheme":"ismap","ledger":"…","genesis":"sha256:…","base":"sha256:…",
 *    "issued":"2026-05-18","refs":[{"rel":"review","record":"sha256:…"}],
 *    "documents":[{"name":"report.pdf","kind":"…","digest":"sha256:…","commitment":true?}],"body":{…}}
 * A value that begins with "«" is a blank to fill in ("«meeting: 会議名»"); signing refuses while one is left.
 * Signing turns the draft into the canonical statement and the first signature makes the DSSE envelope
 * (*.dsse.json); further signers add theirs to the envelope.  The bytes signed are shown as they are.
 */
#ifndef AKASHI_EXCHANGE_H
#define AKASHI_EXCHANGE_H

#include "akashi/document.h"
#include "akashi/key.h"
#include "akashi/types.h"

/* Add a signature to a draft or to an envelope.  `profile` may be empty: the packages shipped are used to find the
 * type's subjects; else the canonical bytes of a profile package.  AK_INVALID_ARGUMENT when blanks are left (detail
 * names them); AK_KEY_REUSED when this key has signed already, whatever keyid that goes by; AK_BAD_SIGNATURE when something
 * else goes by this key's id. */
AK_API AK_MUST_USE ak_status ak_exchange_sign(ak_span draft_or_envelope, ak_span profile, const ak_secret *key,
                                              ak_text *envelope, ak_error *err);
/* What is in a draft or an envelope, as JSON: {"kind":"draft|envelope","type","scheme","ledger","issued","about":[…],
 * "statement":"sha256:…","words":"…","digits":"…","blanks":["/meeting"…],"refs":[…],"subject":[…],"signatures":[{"keyid","verifies":null}…],
 * "body":{…},"title":{"ja","en"}}.  A draft has no "signatures", and while it has blanks
 * no "about", "refs", "subject", "statement", "words" and "digits"; an envelope has no "blanks". */
AK_API AK_MUST_USE ak_status ak_exchange_show(ak_span draft_or_envelope, ak_span profile, ak_text *json, ak_error *err);
/* Merge the signatures and time stamps of envelopes over one and the same statement: what is there already counts once.  AK_BAD_FORMAT, where
 * "dsse.payload": err->at is over another statement; AK_INVALID_ARGUMENT: no envelope, or over
 * 64 signatures.  None is verified. */
AK_API AK_MUST_USE ak_status ak_exchange_merge(const ak_span *envelopes, size_t n, ak_text *envelope, ak_error *err);

/* The definitions of schemes that this library ships: [{"scheme","version","digest"}…]; and the newest of one scheme as it would be sealed
 * (FORMAT 17.1; "akashi": the format's own types), AK_NOT_HELD when there is none. */
AK_API AK_MUST_USE ak_status ak_packages_held(ak_text *json, ak_error *err);
AK_API AK_MUST_USE ak_status ak_package_held(const char *scheme, ak_text *json, ak_error *err);

/* SHA-256(0x06 || salt || SHA-256(document)) (FORMAT, Commitments).  Makes a fresh salt of 32 bytes, which is a secret.
 * AK_INTERNAL: the system gave no randomness. */
AK_API AK_MUST_USE ak_status ak_commit_document(const ak_digest *document, ak_digest *commitment, uint8_t salt[32], ak_error *err);

#endif
