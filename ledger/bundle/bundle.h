/* SPDX-License-Identifier: Apache-2.0 */
/* bundle.h - the proof file: evidence about one listing as bytes (internal; FORMAT, Bundle)
 *
 * A bundle is one gzip member around one canonical JSON document:
 *
 *   {"akashi":"bundle/1","bases":[{"header","proof","seq"}…],"checkpoint":[line…],"last":{"header","proof","seq"},
 *    "leaves":[digest…],"records":[{"header","proof","seq","signatures","statement"}…],"scheme":"ismap",
 *    "since":{"proof","root","size"},"subject":"ismap/listing:…","subjects":[{"id","proof"}…]}
 *
 * "leaves" and "since" are there when the evidence has them.  Lines of records and headers are JSON strings whose text is
 * the exact line; where a package is cut out of line 2, "statement" is an array of what stood before and after it, and
 * "package" its digest.  Bases and records ascend by seq, subjects by id, no two alike.
 *
 * There is one text for each piece of evidence: what the reader takes, the writer gives, byte for byte.  The bytes of gzip
 * around it may differ between versions of zlib; its header may not.
 *
 * The reader looks at form and limits only.  Whether anything in it is true is for verify/ to find out.
 */
#ifndef AK_BUNDLE_BUNDLE_H
#define AK_BUNDLE_BUNDLE_H

#include "verify/evidence.h"

enum {
	AK_BUNDLE_JSON_MAX = 64 * 1024 * 1024, /* bytes of the JSON text                                      */
	AK_BUNDLE_FILE_MAX = AK_BUNDLE_JSON_MAX + AK_BUNDLE_JSON_MAX / 512, /* deflate adds less than that       */
	AK_BUNDLE_RATIO_MAX = 200,             /* bytes of text for each byte of the file, its frame included */
	AK_BUNDLE_VALUES_MAX = 1 << 20,        /* JSON values of the text; nearly all are digests and lines, of 60 bytes and more */
	AK_BUNDLE_SUBJECT_MAX = 128,           /* bytes                                                       */
};

/* Bytes of the package with this SHA-256, which live for ever; false when they are not at hand. */
typedef bool ak_package_fn(const ak_digest *digest, ak_span *bytes);

/* A package that a record carries (FORMAT 17) need not travel with it: who judges has to hold its exact bytes in any case. */
typedef struct ak_bundle_cut {
	uint64_t seq;   /* of the record                                    */
	size_t at, len; /* where the package's bytes are in its line 2      */
	ak_digest package;
} ak_bundle_cut;

typedef struct ak_bundle {
	char scheme[AK_NAME_MAX + 1];
	char subject[AK_BUNDLE_SUBJECT_MAX + 1]; /* "<scheme>/listing:<name>" */
	ak_evidence e;                           /* owned; its records are whole */
	ak_bundle_cut *cut;                      /* owned; ascending by seq      */
	size_t n_cut, cap_cut;
} ak_bundle;

void ak_bundle_clear(ak_bundle *b);
/* The bare name of the listing. */
const char *ak_bundle_listing(const ak_bundle *b);

/* Cut out of the records the packages that `find` has. */
AK_MUST_USE ak_status ak_bundle_cut_out(ak_bundle *b, ak_package_fn *find, ak_error *err);

/* The JSON text.  Evidence that no bundle can hold: AK_LIMIT where "bundle.size", AK_INVALID_ARGUMENT. */
AK_MUST_USE ak_status ak_bundle_format(const ak_bundle *b, ak_buf *out, ak_error *err);
/* AK_BAD_FORMAT, where "bundle.<member>" and at the index in that member's array: not this form.  AK_UNKNOWN_VERSION, where
 * "bundle.akashi": a later one.  AK_LIMIT: over a limit, one of them that the records put together again have no more bytes
 * than a text may.  AK_NOT_HELD, where "bundle.records": a package was cut out that `find` (or NULL) does not have.  What json.h
 * and jcs.h refuse keeps its place. */
AK_MUST_USE ak_status ak_bundle_parse(ak_span text, ak_package_fn *find, ak_bundle *out, ak_error *err);

/* SHA-256 of the text without cosignatures: the same for all bundles of one listing at one size, however often the head
 * was cosigned since.  (One with "since" is another text, and so is one that more was cut out of.) */
AK_MUST_USE ak_status ak_bundle_digest(const ak_bundle *b, ak_digest *out, ak_error *err);

/* The file: the text in gzip (gzip.c). */
AK_MUST_USE ak_status ak_bundle_pack(ak_span text, ak_buf *out, ak_error *err);
/* Never more than AK_BUNDLE_JSON_MAX bytes come out, nor more than AK_BUNDLE_RATIO_MAX times the file: AK_LIMIT, where
 * "container.size", "container.ratio".  A small file has no exemption: text that is mostly digests never comes near.
 * AK_BAD_FORMAT, at the offset in the file:
 *   container.header    not the ten bytes that ak_bundle_pack writes
 *   container.gzip      the deflate stream is damaged or cut
 *   container.padding   bits after the last block that are not zero
 *   container.crc, container.isize
 *   container.trailing  anything after the member, be it another member */
AK_MUST_USE ak_status ak_bundle_unpack(ak_span file, ak_buf *out, ak_error *err);

/* Both at once. */
AK_MUST_USE ak_status ak_bundle_write(const ak_bundle *b, ak_buf *file, ak_error *err);
AK_MUST_USE ak_status ak_bundle_read(ak_span file, ak_package_fn *find, ak_bundle *out, ak_error *err);

#endif
