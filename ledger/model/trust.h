/* SPDX-License-Identifier: Apache-2.0 */
/* trust.h - the trust file: what a verifier believes before it looks (FORMAT, Trust file)
 *
 * Lines of the C2SP tlog-policy (log, witness, group, quorum) and akashi's own:
 *     log <vkey> [<url>]                  exactly one; its name is the ledger's origin
 *     witness <name> <vkey> [<url>]       0x04 keys
 *     group <name> all|any|<k> <member>…
 *     quorum <name>|none                  exactly one
 *     genesis sha256:…                    exactly one: pins the root keys
 *     complete <witness or group>|none    exactly one
 *     fresh P<n>D                         exactly one, 1 <= n <= 3650
 *     keyset sha256:…                     at most one: the chain must pass through that record
 *     profile <scheme> sha256:…           at most 64: packages that may be relied on
 * White space is space and tab; lines end in newline, the last one too; blank lines and lines whose first non-blank is
 * '#' are ignored; allowed bytes 0x09 0x0A 0x20-0x7E 0x80-0xFF, and the whole is UTF-8.  Witnesses and groups share one
 * name space; what members, quorum and complete name stands on earlier lines; a name is a member at most once; two
 * lines (log or witness) with one public key are an error; `none` names nothing else.  An unknown line, or a field too
 * many, is an error.  Pure: that keys are sound is
 * for verify/trust_read.h to see.
 */
#ifndef AK_MODEL_TRUST_H
#define AK_MODEL_TRUST_H

#include "codec/note.h"
#include "model/statement.h"

enum {
	AK_TRUST_MAX = 65536, /* bytes */
	AK_TRUST_WITNESSES_MAX = 32,
	AK_TRUST_GROUPS_MAX = 32,
	AK_TRUST_MEMBERS_MAX = AK_TRUST_WITNESSES_MAX + AK_TRUST_GROUPS_MAX, /* never all used: a group is no member of itself */
	AK_TRUST_PINS_MAX = 64,
	AK_TRUST_FRESH_MAX = 3650, /* days */
};

/* A witness (0 .. n_witnesses-1), a group (AK_TRUST_WITNESSES_MAX + i), or nobody. */
#define AK_TRUST_NONE (-1)

typedef struct ak_trust_witness {
	char name[AK_NOTE_NAME_MAX + 1];
	ak_vkey key;
	uint64_t line; /* from 1 */
} ak_trust_witness;

typedef struct ak_trust_group {
	char name[AK_NOTE_NAME_MAX + 1];
	size_t k, n;
	int member[AK_TRUST_MEMBERS_MAX];
} ak_trust_group;

typedef struct ak_trust_pin {
	char scheme[AK_NAME_MAX + 1];
	ak_digest digest;
} ak_trust_pin;

typedef struct ak_trust {
	ak_vkey log;
	uint64_t log_line; /* from 1 */
	ak_trust_witness witness[AK_TRUST_WITNESSES_MAX];
	size_t n_witnesses;
	ak_trust_group group[AK_TRUST_GROUPS_MAX];
	size_t n_groups;
	int quorum, complete;
	ak_digest genesis, keyset;
	bool has_keyset;
	int32_t fresh_days;
	ak_trust_pin pin[AK_TRUST_PINS_MAX];
	size_t n_pins;
} ak_trust;

/* AK_BAD_FORMAT: err->where "trust.<kind of line>", "trust.line" for an unknown kind, "trust.text" for bytes that may
 * not be there; err->at the line number from 1, or 0 when a line is missing or the file is too long.  A key of a type
 * that this program does not know is AK_UNKNOWN_VERSION in the same place. */
AK_MUST_USE ak_status ak_trust_parse(ak_span text, ak_sha256_fn *sha, ak_trust *out, ak_error *err);

/* Does `who` (quorum or complete) hold when exactly the marked witnesses have signed?  NONE: true. */
bool ak_trust_met(const ak_trust *t, int who, const bool signed_by[AK_TRUST_WITNESSES_MAX]);
/* Name of a witness or group; "none". */
const char *ak_trust_name(const ak_trust *t, int who);
bool ak_trust_pins(const ak_trust *t, ak_span scheme, const ak_digest *digest);

/* 12 words from a fixed list of 256 easily told apart (first 12 bytes of the digest), separated by blanks, and all 32 bytes as
 * groups of 5 decimal digits (each 16 bits); for reading aloud. */
AK_MUST_USE ak_status ak_fingerprint_words(const ak_digest *d, ak_buf *out, ak_error *err);
AK_MUST_USE ak_status ak_fingerprint_digits(const ak_digest *d, ak_buf *out, ak_error *err);

#endif
