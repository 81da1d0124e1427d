/* SPDX-License-Identifier: Apache-2.0 */
/* renew.h - for decades: what proves when a ledger's checkpoints were there, until when, and keeping it so (FORMAT 25)
 *
 * A time stamp ends with the certificates of who made it.  Renewing it in time, again and again, is what makes it last: the record
 * that comes of it is an evidence record of RFC 4998.  docs/RENEWAL.md tells when and how.
 */
#ifndef AKASHI_RENEW_H
#define AKASHI_RENEW_H

#include "akashi/timestamp.h"

/* {"now","within":days,"proofs":[{"record":seq,"token":n,"size","form":"rfc3161"|"rfc4998","state","problem":null|{"status","where","text",
 * "detail"},"proven","authority","operator","last","last_authority","last_operator","until","days_left","digest","chains","stamps"}…],
 * "next":null|{"record","size","until","days_left"},"good","due","lapsed","unproven"}
 *
 * state: "good"; "due" (it ends within so many days: renew it); "lapsed" (it was not renewed in time and proves nothing any more);
 * "carried" (a later record carries it on); "unproven" (it is worth nothing, as "problem" says; then the times are null).
 * proven: the checkpoint was there at that time at the latest.  until: so far it holds; null when no end is known.  next: of those that
 * hold, the one that ends first.  good, due, lapsed and unproven are numbers of proofs.
 * `within` days, 0 to 36500.  Of `o` the clock and the lists count. */
AK_API AK_MUST_USE ak_status ak_ledger_times(ak_ledger *l, const ak_timestamp_options *o, uint32_t within, ak_text *json, ak_error *err);

typedef struct ak_renew_options {
	uint32_t within;    /* days: proofs that end within so many are renewed */
	bool has_size;      /* only those of the checkpoint of this size, due or not */
	uint64_t size;
	const char *digest; /* "sha384", "sha512": begin a new chain under it in each that has another digest, due or not, which also
	                       covers the records themselves; NULL: renew */
} ak_renew_options;
/* Renew by one token for each proof that is asked for, and seal the evidence records, one record each, as one batch.  All or nothing: an
 * authority that fails at one leaves the ledger as it was.  As ak_ledger_seal, with the member "renewed":[{"record":seq of the new one,"from":seq,
 * "size","proven","until","was":until before,"digest","chains","stamps","authority"}…].  Nothing to do is AK_OK with "renewed":[] and
 * "sealed":[]. */
AK_API AK_MUST_USE ak_status ak_ledger_renew(ak_ledger *l, const ak_renew_options *r, const ak_timestamp_options *o, const ak_seal_options *seal,
                                             ak_text *json, ak_error *err);

#endif
