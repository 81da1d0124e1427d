/* SPDX-License-Identifier: Apache-2.0 */
/* part.h - what the files of this layer share */
#ifndef AK_PACK_PART_H
#define AK_PACK_PART_H

#include "pack/pack.h"

/* Say which file (or place) an error is about: "file: what was wrong". */
ak_status ak_pack_named(ak_error *err, const ak_error *why, ak_status st, const char *name);

/* files.c: `path` is within `folder`.  Absent optional files give AK_OK and an untouched output. */
AK_MUST_USE ak_status ak_pack_read_json(const char *folder, const char *path, bool optional, ak_json **out, ak_error *err);
/* Append the lines of a text file to an array. */
AK_MUST_USE ak_status ak_pack_read_lines(const char *folder, const char *path, bool optional, ak_json *lines,
                                         ak_error *err);
/* Every NAME.sql of a folder: set NAME -> its lines. */
AK_MUST_USE ak_status ak_pack_read_sql(const char *folder, const char *sub, ak_json *object, ak_error *err);

/* type.c: what the package holds of the type that profile.json describes as `source`. */
AK_MUST_USE ak_status ak_pack_type(const char *folder, const ak_json *defs, const ak_json *source, ak_json **out,
                                   ak_error *err);

/* check.c, check_type.c, check_sql.c */
bool ak_pack_word(ak_span s, size_t max);     /* [a-z0-9][a-z0-9-]* */
AK_MUST_USE ak_status ak_pack_labels(const ak_json *v, const char *place, ak_error *err); /* "ja" and "en" */
/* Every member of `v` is among `known` (NULL-terminated). */
AK_MUST_USE ak_status ak_pack_members(const ak_json *v, const char *const *known, const char *place, ak_error *err);
AK_MUST_USE ak_status ak_pack_policies(const ak_json *package, const ak_json *list, const char *place, ak_error *err);
AK_MUST_USE ak_status ak_pack_check_types(const ak_json *package, ak_error *err);
AK_MUST_USE ak_status ak_pack_check_sql(const ak_json *package, ak_error *err);

#endif
