/* SPDX-License-Identifier: Apache-2.0 */
/* part.h - what the files of this layer share */
#ifndef AK_PACK_PART_H
#define AK_PACK_PART_H

#include "pack/pack.h"

enum { AK_PACK_PATH = 1024 }; /* bytes of a path */

/* Say which file (or place) an error is about: "file: what was wrong". */
ak_status ak_pack_named(ak_error *err, const ak_error *why, ak_status st, const char *name);

/* source.c: where a package is read from. */
typedef struct ak_pack_source {
	const char *folder;        /* of the scheme                                               */
	char base[AK_PACK_PATH];   /* the folder that it reuses, "" for none                      */
	ak_json *fill;             /* name -> text for {name}; NULL: braces are left as they are   */
} ak_pack_source;

/* profile.json, with that of the reused folder under it and every {name} filled in; both outputs are the caller's to free. */
AK_MUST_USE ak_status ak_pack_open(const char *folder, ak_pack_source *src, ak_json **profile, ak_error *err);
void ak_pack_close(ak_pack_source *src);
/* RFC 7396; `patch` stays the caller's. */
AK_MUST_USE ak_status ak_pack_merge(ak_json *into, const ak_json *patch, ak_error *err);
/* Append `text` of the file `path` with its names filled in. */
AK_MUST_USE ak_status ak_pack_fill(const ak_pack_source *src, ak_span text, const char *path, ak_buf *out, ak_error *err);

/* files.c: `path` is within the folder, or else within the one it reuses.  Absent optional files give AK_OK and an untouched
 * output. */
AK_MUST_USE ak_status ak_pack_read_json(const ak_pack_source *src, const char *path, bool optional, ak_json **out,
                                        ak_error *err);
/* Append the lines of a text file of one folder to an array. */
AK_MUST_USE ak_status ak_pack_read_lines(const ak_pack_source *src, const char *folder, const char *path, bool optional,
                                         ak_json *lines, ak_error *err);
/* Every NAME.sql of a sub-folder: set NAME -> its lines.  One of the folder replaces that of the one it reuses. */
AK_MUST_USE ak_status ak_pack_read_sql(const ak_pack_source *src, const char *sub, ak_json *object, ak_error *err);

/* type.c: what the package holds of the type that profile.json describes as `source`. */
AK_MUST_USE ak_status ak_pack_type(const ak_pack_source *src, const ak_json *defs, const ak_json *source, ak_json **out,
                                   ak_error *err);

/* check.c, check_type.c */
bool ak_pack_word(ak_span s, size_t max);     /* [a-z0-9][a-z0-9-]* */
AK_MUST_USE ak_status ak_pack_labels(const ak_json *v, const char *place, ak_error *err); /* "ja" and "en" */
/* Every member of `v` is among `known` (NULL-terminated). */
AK_MUST_USE ak_status ak_pack_members(const ak_json *v, const char *const *known, const char *place, ak_error *err);
AK_MUST_USE ak_status ak_pack_policies(const ak_json *package, const ak_json *list, const char *place, ak_error *err);
AK_MUST_USE ak_status ak_pack_check_types(const ak_json *package, ak_error *err);

#endif
