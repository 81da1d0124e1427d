/* SPDX-License-Identifier: Apache-2.0 */
/* profile.h - one scheme's data, as compiled into a package (FORMAT, Profile package)
 *
 * A view of the package's JSON: record types, the subjects they are about, who may sign them.
 * The package was checked when it was compiled and, before that is relied on, again here.
 * Pure: digests arrive from outside.
 */
#ifndef AK_MODEL_PROFILE_H
#define AK_MODEL_PROFILE_H

#include "codec/json.h"
#include "model/statement.h"

enum { AK_PROFILE_MAX = 1024 * 1024 /* bytes of a package (FORMAT 17.1), wherever one is made or judged */ };

typedef struct ak_profile {
	ak_json *package; /* owned (one reference) */
	ak_span scheme, version;
	ak_digest digest; /* SHA-256 of the package's canonical bytes; set by whoever made it */
	bool held;        /* shipped or pinned: its meaning may be relied on                  */
} ak_profile;

/* Takes one reference of `package` on success. AK_BAD_FORMAT when a member needed here is missing or of
 * the wrong shape (types, about, signing policies). */
AK_MUST_USE ak_status ak_profile_init(ak_json *package, ak_profile *out, ak_error *err);
/* The same of a package that was accepted before: nothing is checked. */
void ak_profile_again(ak_json *package, ak_profile *out);
void ak_profile_clear(ak_profile *p);

/* A record type, or NULL. */
const ak_json *ak_profile_type(const ak_profile *p, ak_span type);
bool ak_type_exclusive(const ak_json *type);
const ak_json *ak_type_schema(const ak_json *type);
const ak_json *ak_type_signing(const ak_json *type); /* array of policies */
const ak_json *ak_profile_enrolled_by(const ak_profile *p, ak_span role); /* array of policies or NULL */

/* The subjects that a body of this type is about: sorted, unique ids in `out`, n of them.  AK_SCHEMA when there
 * are none, too many, or one is not a subject id. */
typedef struct ak_subjects {
	char id[AK_ABOUT_MAX][129];
	size_t n;
} ak_subjects;
AK_MUST_USE ak_status ak_about_derive(const ak_json *type, const ak_json *body, ak_subjects *out, ak_error *err);
/* The same by a list of rules that stands elsewhere (FORMAT 5.3, 17.4). */
AK_MUST_USE ak_status ak_about_by_rules(const ak_json *rules, const ak_json *body, ak_subjects *out, ak_error *err);
/* AK_ABOUT_MISMATCH unless the statement names exactly the subjects that its type and body give, all of
 * its own scheme or core ids. */
AK_MUST_USE ak_status ak_about_check(const ak_json *type, const ak_statement *s, ak_error *err);

/* A name in <scheme>/<kind>:<name> against the profile's grammar of that kind (if it has one). */
AK_MUST_USE ak_status ak_profile_check_name(const ak_profile *p, ak_span subject_id, ak_error *err);

#endif
