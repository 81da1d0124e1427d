/* SPDX-License-Identifier: Apache-2.0 */
/* statement.h - line 2 of a record: the signed in-toto Statement v1 (FORMAT, Statement)
 *
 *   {"_type":"https://in-toto.io/Statement/v1",
 *    "predicate":{"about":[…],"base":"sha256:…","body":{…},"genesis":"sha256:…","issued":"2026-05-18",
 *                 "ledger":"ledger.example/ismap","refs":[{"record":"sha256:…","rel":"audits"}],"scheme":"ismap"},
 *    "predicateType":"urn:akashi:decision:v1","subject":[{"digest":{"sha256":"…"},"name":"body"}]}
 *
 * The bytes are canonical JSON with exactly these members (`genesis` is absent only in record 0).
 * about: 1-64 subject ids, sorted, unique.  refs: at most 256, sorted by (rel, record), unique.
 * What the body says is checked against its type elsewhere.  Pure.
 */
#ifndef AK_MODEL_STATEMENT_H
#define AK_MODEL_STATEMENT_H

#include "codec/json.h"

enum {
	AK_STATEMENT_MAX = 4 * 1024 * 1024, /* bytes */
	AK_ABOUT_MAX = 64,
	AK_REFS_MAX = 256,
	AK_DOCUMENTS_MAX = 64,
	AK_NAME_MAX = 63,    /* type, scheme */
	AK_REL_MAX = 32,
	AK_ORIGIN_MAX = 255,
};

typedef struct ak_statement {
	ak_json *root; /* owned; everything below is borrowed from it */
	ak_span type, scheme, ledger, issued;
	const ak_json *about, *body, *refs, *subject;
	bool has_genesis;
	ak_digest genesis, base;
} ak_statement;

void ak_statement_clear(ak_statement *s);
/* `line` is without its newline.  AK_BAD_FORMAT (err->at: the byte for "json.…" and "jcs", the element for arrays), or
 * AK_UNKNOWN_VERSION for another statement or predicate version. */
AK_MUST_USE ak_status ak_statement_parse(ak_span line, ak_statement *out, ak_error *err);
size_t ak_statement_n_about(const ak_statement *s);
ak_span ak_statement_about(const ak_statement *s, size_t i);
size_t ak_statement_n_refs(const ak_statement *s);
ak_span ak_statement_ref(const ak_statement *s, size_t i, ak_digest *record); /* answers rel */

bool ak_name_valid(ak_span name);     /* type and scheme names: [a-z][a-z0-9-]{0,62} */
bool ak_rel_valid(ak_span rel);       /* [a-z][a-z0-9-]{0,31} */
bool ak_origin_valid(ak_span origin); /* 1-255 of [a-z0-9./-], no leading or trailing '/', '.' or '-' */
bool ak_type_is_core(ak_span type);   /* one of FORMAT 15: no scheme defines it */
bool ak_type_gives_standing(ak_span type); /* all of these but timestamp and erasure: what authority is made of */

#endif
