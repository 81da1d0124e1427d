/* SPDX-License-Identifier: Apache-2.0 */
/* pack.h - a scheme's folder made into one canonical document, the profile package (internal)
 *
 * docs/FORMAT.md, "Profile package", has the members.  Where the folder and the package differ:
 *
 *	profile.json          everything but schema bodies and SQL; a type's "schema" names a file of the folder, or
 *	                      "../common/NAME"
 *	x-about x-exclusive x-publication x-documents x-refs
 *	                      of a schema file become members of the type beside its schema
 *	../common/defs.json   the $defs that a schema refers to, and those that these refer to, are copied into it
 *	"reuses": NAME        the folder ../NAME is under this one: profile.json is a merge patch (RFC 7396) on its profile.json, a
 *	                      schema that is not here is taken from there (one with "x-reuses": true is a merge patch on it), and so are its views (before those here), rules and
 *	                      queries (unless one of that name is here).  What is reused is copied: the package stands alone,
 *	                      and its digest covers it.  What reuses another cannot itself be reused
 *	"fill": {NAME: TEXT}  in every file of the two folders {NAME} stands for TEXT, and {scheme} for the scheme
 *	../common/views.sql, views.sql, rules/ID.sql, queries/NAME.sql
 *	                      become arrays of lines: a text of the ledger holds no newline.  A tab becomes a space
 *
 * Only this layer reads files; it is used by the build and by whoever publishes a profile, not by the verifier.
 */
#ifndef AK_PACK_PACK_H
#define AK_PACK_PACK_H

#include "model/profile.h" /* AK_PROFILE_MAX: bytes of a package */

enum {
	AK_PACK_FILE_MAX = 1024 * 1024,      /* bytes of one source file                                 */
	AK_PACK_DEPTH_MAX = 27,              /* nesting: a record puts it four levels down; one is spare  */
};

/* Read and check; free with ak_json_free.  AK_IO when a file cannot be read, else AK_BAD_FORMAT, AK_SCHEMA ...; err->detail
 * begins with the file's name within the folder ("rules/C12.sql: ..."), or with the place in the package. */
AK_MUST_USE ak_status ak_pack_compile(const char *folder, ak_json **package, ak_error *err);

/* Is `package` in order: every member well formed, every schema supported, every role, type, kind of id and reference it
 * names there, every view, rule and query accepted by the sandbox and silent about an empty ledger. */
AK_MUST_USE ak_status ak_pack_check(const ak_json *package, ak_error *err);

/* SHA-256 of the canonical bytes, which are appended to `bytes` unless it is NULL. */
AK_MUST_USE ak_status ak_pack_digest(const ak_json *package, ak_buf *bytes, ak_digest *digest, ak_error *err);

#endif
