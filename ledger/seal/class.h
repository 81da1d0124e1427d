/* SPDX-License-Identifier: Apache-2.0 */
/* class.h - what of a body may stand in the open (internal to seal/)
 *
 * A field whose definition has x-class `commit` holds a commitment and nothing else: digest text, `{"...":<digest>}`, or an object whose members
 * are all in its `_sd` (FORMAT 13.2).  One of class `never` does not stand in a body at all.  This is asked of who seals, not of readers: a record
 * that is sealed all the same is judged as any other, and erased where it has to be.  The same holds of the documents of a closed record.
 */
#ifndef AK_SEAL_CLASS_H
#define AK_SEAL_CLASS_H

#include "base/fail.h"
#include "codec/json.h"

/* AK_SCHEMA at "body.class", with the field as a pointer and never with its value.  `schema` is one that ak_schema_check has passed. */
AK_MUST_USE ak_status ak_class_check(const ak_json *schema, const ak_json *body, ak_error *err);

/* Of a type whose publication is `closed` every document is a commitment, under a name that begins with its kind: AK_SCHEMA at "document.class", with
 * its place, counted from 1, and never with its name.  `type` is as the profile has it, `subject` the list of a statement that parses; one without
 * documents has in it no more than the digest of its body. */
AK_MUST_USE ak_status ak_class_documents(const ak_json *type, const ak_json *subject, ak_error *err);

#endif
