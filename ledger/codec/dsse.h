/* SPDX-License-Identifier: Apache-2.0 */
/* dsse.h - DSSE v1.0.2: pre-authentication encoding and the JSON envelope (internal)
 *
 *   PAE = "DSSEv1" SP len(type) SP type SP len(body) SP body     lengths: decimal, bytes
 *
 * The envelope is the exchange file between signers (*.dsse.json):
 *   {"payload": base64, "payloadType": "...", "signatures": [{"keyid": "...", "sig": base64}, ...]}
 * payloadType is 1..127 visible ASCII characters; keyid may be absent.  Reading accepts the standard
 * and the URL-safe base64 alphabet, padded, never both in one string; unknown members are ignored;
 * writing gives standard base64 and canonical JSON with a final newline, without an empty keyid.
 * akashi's own files may also have "timestamps" (an array), which is carried through as it is.
 *
 * Signature checking is not done here, nor is counting: an envelope may hold no signature (a draft),
 * or the same one twice.  Every limit below is part of the exchange format: beyond it, AK_BAD_FORMAT.
 * err->at: the index of the signature for "dsse.signatures.…", the offset in the base64 text for
 * "dsse.payload" and in the JSON for what does not parse at all.
 */
#ifndef AK_CODEC_DSSE_H
#define AK_CODEC_DSSE_H

#include "codec/json.h"

#define AK_DSSE_TYPE "application/vnd.in-toto+json"

enum {
	AK_DSSE_SIGNATURES_MAX = 64,
	AK_DSSE_SIG_MAX = 4096,      /* bytes, decoded */
	AK_DSSE_TYPE_MAX = 127,
	AK_DSSE_KEYID_MAX = 256,
	AK_DSSE_PAYLOAD_MAX = AK_JSON_TEXT_MAX / 4 * 3, /* what fits a JSON text as base64 */
};

typedef struct ak_dsse_signature {
	char keyid[AK_DSSE_KEYID_MAX + 1]; /* "" when absent; a hint (FORMAT 6.4) */
	ak_buf sig;                        /* owned */
} ak_dsse_signature;

typedef struct ak_dsse {
	char type[AK_DSSE_TYPE_MAX + 1];
	ak_buf payload; /* owned: the exact bytes that are signed */
	ak_dsse_signature *sigs;
	size_t n_sigs;
	ak_json *timestamps; /* member "timestamps" of akashi's own files, or NULL; owned */
} ak_dsse;

void ak_dsse_init(ak_dsse *e);  /* empty; payload.max = AK_DSSE_PAYLOAD_MAX */
void ak_dsse_clear(ak_dsse *e); /* back to empty; twice is fine            */
/* On success *out is initialised and owned by the caller, else it is not touched. */
AK_MUST_USE ak_status ak_dsse_parse(ak_span text, ak_dsse *out, ak_error *err);
AK_MUST_USE ak_status ak_dsse_format(const ak_dsse *e, ak_buf *out, ak_error *err);
/* Append a signature (1..AK_DSSE_SIG_MAX bytes, copied); keyid may be NULL.  Nothing changes on failure. */
AK_MUST_USE ak_status ak_dsse_add_signature(ak_dsse *e, const char *keyid, ak_span sig, ak_error *err);

/* Append the PAE of (type, body); a type that an envelope cannot have is AK_INVALID_ARGUMENT. */
AK_MUST_USE ak_status ak_dsse_pae(const char *type, ak_span body, ak_buf *out, ak_error *err);

#endif
