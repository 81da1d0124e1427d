/* SPDX-License-Identifier: Apache-2.0 */
/* erased.h - records whose line 2 was erased, and what proves that (internal; FORMAT 15.8, 16.12)
 *
 * Of an erased record lines 1 and 3 stay, and line 2 is a statement of the reserved type "erased" that nobody signed, made in one way
 * from the header, the subjects, the ledger and the ids of record and erasure.  Its digest is not the header's: that is how it is told.
 * It is believed only when a later, authorised erasure record names it: who reads place-holders (ak_sealed_parse_erased) collects them as
 * gaps, and is not done before every gap is proven.
 */
#ifndef AK_VERIFY_ERASED_H
#define AK_VERIFY_ERASED_H

#include "verify/sealed.h"

/* Append the line 2 of a place-holder.  `about` is the canonical array as it stood, ledger and genesis the texts of the statement. */
AK_MUST_USE ak_status ak_erased_format(ak_span about, ak_span ledger, ak_span genesis, const ak_header *h, const ak_digest *record,
                                       const ak_digest *erasure, ak_buf *out, ak_error *err);
/* Append the whole place-holder of a record. */
AK_MUST_USE ak_status ak_erased_file(const ak_sealed *s, const ak_digest *erasure, ak_buf *out, ak_error *err);
/* Is line 2 of `s`, whose header and id are set, a place-holder byte for byte?  Then *erasure is the record that it names.  Whether ledger
 * and genesis in it are the right ones is for ak_gaps_add: a line alone does not say. */
AK_MUST_USE ak_status ak_erased_look(const ak_sealed *s, bool *yes, ak_digest *erasure, ak_error *err);
/* How such a record stands: without effect, AK_ERASED. */
ak_status ak_erased_why(const ak_sealed *s, ak_error *err);

typedef struct ak_gap {
	uint64_t seq;
	ak_digest id, erasure; /* of the record; of the one that the place-holder names */
	ak_digest about;       /* digest of the canonical array                         */
	ak_digest want, found; /* line 2: as the header says, as it is                  */
	bool foreign;          /* it names another ledger or genesis: nothing proves it   */
	bool proven;
} ak_gap;

typedef struct ak_gaps {
	ak_gap *gap;
	size_t n, cap;
} ak_gaps;

void ak_gaps_clear(ak_gaps *g);
/* `origin` and `genesis` are those of the ledger that is read: a place-holder that names others is none of its own, and stays a gap. */
AK_MUST_USE ak_status ak_gaps_add(ak_gaps *g, const ak_sealed *erased, const char *origin, const ak_digest *genesis, ak_error *err);
/* `by` is authorised: an erasure proves the gap that names it, and that it names, when it is about the same.  Any other record proves none. */
void ak_gaps_prove(ak_gaps *g, const ak_sealed *by);
/* AK_CHAIN_BROKEN at "header.statement" of the first gap that nothing proves. */
ak_status ak_gaps_check(const ak_gaps *g, ak_error *err);

#endif
