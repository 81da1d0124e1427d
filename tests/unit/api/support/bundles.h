/* SPDX-License-Identifier: Apache-2.0 */
/* bundles.h - bundles made, taken apart, put together again and asked about; texts and values are the caller's */
#ifndef AK_TEST_BUNDLES_H
#define AK_TEST_BUNDLES_H

#include "demo.h"

#include "api/api.h"

ak_span bundles_span(const ak_text *t);
ak_text bundles_make(world *w, const char *scheme, const char *listing, uint64_t since);
/* Its document, and a file around a document. */
ak_json *bundles_open(const ak_text *t);
ak_text bundles_close(const ak_json *v);

/* What is said of a bundle that was changed.  status AK_OK: there is a verdict; then why it failed, if it did. */
typedef struct bundles_said {
	ak_status status;
	ak_verdict verdict;
	char reason[40], check[40], where[60];
	size_t found; /* findings and warnings */
} bundles_said;

bundles_said bundles_ask_with(world *w, const ak_text *bundle, ak_verify_options o);
bundles_said bundles_ask(world *w, const ak_text *bundle, const char *as_of);
bundles_said bundles_ask_json(world *w, const ak_json *v, const char *as_of);
void bundles_is(bundles_said s, ak_verdict verdict, const char *reason, const char *check, const char *where, const char *what);
void bundles_refused(bundles_said s, ak_status status, const char *where, const char *what);
/* Ledger and bundle give the same answer, byte for byte. */
void bundles_same(world *w, const ak_text *bundle, const ak_verify_options *asked);

/* A copy of `v` without element i of an array. */
ak_json *bundles_without(const ak_json *v, const char *array, size_t i);
void bundles_set(ak_json *v, const char *pointer, ak_json *value);
int64_t bundles_number(const ak_json *v, const char *pointer);

/* What may become of listing L0 of scheme "demo". */
typedef struct bundles_scene {
	const char *name;
	void (*happens)(demo *d); /* NULL: nothing */
	ak_verdict verdict;
	const char *reason;
} bundles_scene;

enum { BUNDLES_SCENES = 7 };
extern const bundles_scene bundles_scenes[BUNDLES_SCENES];
/* Scene i on a branch of a ledger, and the bundle's document. */
ak_json *bundles_play(const demo *of, size_t i, demo *d);

#endif
