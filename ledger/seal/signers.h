/* SPDX-License-Identifier: Apache-2.0 */
/* signers.h - whose signatures a record carries that is to be sealed (internal to seal/)
 *
 * In an exchange file a keyid is a hint, and a signature is judged by the key that verifies it; in a sealed line 3 it is
 * under that key's id, or it counts for nothing (FORMAT 6.3, 6.4).  Here the one becomes the other.
 */
#ifndef AK_SEAL_SIGNERS_H
#define AK_SEAL_SIGNERS_H

#include "verify/authority.h"
#include "verify/candidate.h"

enum {
	AK_OWN_KEYS_MAX = 64,    /* about has room for no more              */
	AK_SIGNER_TRIES = 16384, /* of other keys than keyids name, in one record */
};

/* The keys that a record of a core type brings in, which sign it to prove that they are held. */
typedef struct ak_own_keys {
	ak_pubkey *key[AK_OWN_KEYS_MAX]; /* owned */
	size_t n;
} ak_own_keys;

void ak_own_keys_clear(ak_own_keys *k);
/* Keys that are not sound are left out: who judges the record says so. */
AK_MUST_USE ak_status ak_own_keys_read(const ak_statement *s, ak_own_keys *out, ak_error *err);

/* Put every signature under the id of the key that verifies it: the one its keyid names, else the first of `own`, then of those
 * that `a` knows, in order of enrolment.  Several by one key become one, the one that named it if there is one.  *unnamed is how
 * many no key was found for; they stay as they are, but for those under an id that is another's.  So does a line with
 * time-stamp tokens, which is not sealed. */
AK_MUST_USE ak_status ak_signers_name(const ak_authority *a, const ak_own_keys *own, ak_candidate *c, size_t *unnamed,
                                      ak_error *err);
/* Has signature `i` a part in the record, which is judged as *j says: it counts (while too few have signed: it would count), or shows
 * that a key is held that the record names? */
bool ak_signer_has_part(const ak_own_keys *own, const ak_sealed *s, size_t i, const ak_judgement *j);
/* Has each signature a part in the record, which is authorised as *j says?  A relay cannot make us store what has none.  After
 * ak_signers_name.  AK_BAD_SIGNATURE; AK_KEY_REUSED when a keyset names a party's key. */
AK_MUST_USE ak_status ak_signers_check(const ak_authority *a, const ak_own_keys *own, const ak_sealed *s, uint64_t seq,
                                       const ak_judgement *j, ak_error *err);

#endif
