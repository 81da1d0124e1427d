/* SPDX-License-Identifier: Apache-2.0 */
/* erasing.h - erasures and place-holders for tests (FORMAT 15.8, 16.12) */
#ifndef AK_TEST_ERASING_H
#define AK_TEST_ERASING_H

#include "world.h"

ak_digest erasing_id(world *w, uint64_t seq);

/* An erasure of record `seq`, said to be about `subject`; NULL: about what that is about.  Nobody has signed it, or so many root keys. */
ak_text erasing_draft(world *w, uint64_t seq, const char *subject, const char *basis);
ak_text erasing_envelope(world *w, uint64_t seq, const char *subject, const char *basis, size_t n_roots);
/* The one that is to be: by two, about the same. */
ak_text erasing_of(world *w, uint64_t seq);

/* The place-holder of record `seq` that names `by`; about something else, of another ledger or genesis, when these are given. */
ak_buf erasing_holder(world *w, uint64_t seq, const ak_digest *by, const char *about);
ak_buf erasing_holder_in(world *w, uint64_t seq, const ak_digest *by, const char *about, const char *ledger, const char *other_genesis);

/* Put such a file in the place of the record by force, in a repository that is w's ledger from now on; w->l is NULL when that cannot be opened. */
void erasing_lay(world *w, uint64_t seq, const ak_digest *by, const char *about);
void erasing_lay_file(world *w, uint64_t seq, ak_buf file); /* frees it */
/* Erase it as a sealed erasure allows, into a folder of that name, which is w's ledger from now on. */
void erasing_done(world *w, uint64_t seq, const char *name);

/* As where nobody erased anything: corrupt, at the same check, place and record, for the audit and for who opens it. */
void erasing_is_corrupt(world *w, uint64_t seq);

#endif
