/* SPDX-License-Identifier: Apache-2.0 */
/* schema.h - a subset of JSON Schema 2020-12, enough for record bodies (internal)
 *
 * Keywords: type enum const properties required additionalProperties propertyNames
 * minProperties maxProperties items prefixItems minItems maxItems uniqueItems contains
 * minContains maxContains minimum maximum exclusiveMinimum exclusiveMaximum multipleOf
 * (integers) minLength maxLength (code points) pattern (codec/pattern.h) oneOf anyOf allOf not
 * if/then/else dependentRequired dependentSchemas $ref to "#", "#/$defs/..." or any local pointer,
 * $defs, boolean schemas.  $id only on the whole schema (below, it would change what $ref means)
 * and $schema only as draft 2020-12.  Annotations (title description $comment default examples
 * and every name starting "x-") are ignored.  `format` is an assertion for akashi's own formats:
 *     "akashi-date" (2021, 2021-09, 2021-09-13, RFC 3339), "akashi-day" (2021-09-13 only),
 *     "akashi-digest" ("sha256:<hex>"), "akashi-subject" (a subject id)
 * and an annotation for every other name.  Any other keyword is "unsupported": the schema is
 * refused when it is loaded (AK_UNKNOWN_VERSION), never half applied.
 */
#ifndef AK_CODEC_SCHEMA_H
#define AK_CODEC_SCHEMA_H

#include "codec/json.h"

/* AK_OK when every keyword of `schema`, and of what its references lead to, is supported
 * (else AK_UNKNOWN_VERSION) and well formed (else AK_BAD_FORMAT).  err->detail begins with the
 * place in the schema ("/properties/name/patern: ..."). */
AK_MUST_USE ak_status ak_schema_check(const ak_json *schema, ak_error *err);

/* AK_OK when `value` is valid.  AK_SCHEMA otherwise: err->where is "schema.<keyword>", err->detail
 * begins with the JSON pointer of the offending place ("/services/0/name: ...", for a missing
 * member its own), expected and found are filled.  The schema should have passed
 * ak_schema_check; one that has not may also give AK_UNKNOWN_VERSION or AK_BAD_FORMAT.
 * Bounded: at most AK_SCHEMA_STEPS_MAX applications of a subschema, then AK_STOPPED. */
enum { AK_SCHEMA_STEPS_MAX = 200000 };
AK_MUST_USE ak_status ak_schema_validate(const ak_json *schema, const ak_json *value, ak_error *err);

/* Bytes [A-Za-z0-9._:/-], 1..128, as in docs/FORMAT.md "Subject ids". */
enum { AK_SUBJECT_ID_MAX = 128 };
bool ak_subject_id_valid(ak_span id);

#endif
