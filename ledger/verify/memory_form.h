/* SPDX-License-Identifier: Apache-2.0 */
/* memory_form.h - parts of a memory as JSON: notes, and pairs of them that convict (internal; for memory.c and consistency_notes.c)
 *
 * A fork is {"a":[line…],"b":[line…]}: two notes of one size with different roots.  Or b is larger, and with it come "root", which its
 * history has at the size of a and which is not that of a, and "proof", RFC 6962 consistency that shows so.
 */
#ifndef AK_VERIFY_MEMORY_FORM_H
#define AK_VERIFY_MEMORY_FORM_H

#include "codec/json.h"
#include "verify/memory.h"

/* AK_BAD_FORMAT with words for whoever has to do with the file. */
ak_status ak_memory_damaged(ak_error *err, const char *where);
/* Is it an object with these members and no other? */
bool ak_memory_only(const ak_json *o, const char *const *name, size_t n);
/* A note as an array of its lines. */
AK_MUST_USE ak_status ak_memory_lines(ak_span note, ak_json **out, ak_error *err);
/* The note of such lines, added to *out. */
AK_MUST_USE ak_status ak_memory_note_text(const ak_json *lines, ak_buf *out, ak_error *err);
/* A whole memory of the form of memory.h; *out is owned by the caller. */
AK_MUST_USE ak_status ak_memory_read(ak_span text, ak_json **out, ak_error *err);
/* A note of this ledger, of which there is one form only: no line holds a newline. */
AK_MUST_USE ak_status ak_memory_note(const ak_json *lines, ak_span origin, ak_checkpoint *c, bool *good, ak_error *err);

/* One fork; *good: it is of its form, and convicts. */
AK_MUST_USE ak_status ak_memory_fork(const ak_json *fork, ak_span origin, ak_checkpoint of[2], bool *good, ak_error *err);
/* All of them. */
AK_MUST_USE ak_status ak_memory_forks(const ak_json *forks, ak_span origin, ak_error *err);
/* Is it there already?  Kept once, however often it is shown: the places are for other forks. */
AK_MUST_USE ak_status ak_memory_has_fork(const ak_json *m, const ak_checkpoint of[2], bool *has, ak_error *err);
/* Put the note of a head of `m` and that of another together.  `since` NULL: they are of one size. */
AK_MUST_USE ak_status ak_memory_put_fork(ak_json *m, const ak_json *head, ak_span note, const ak_tree_since *since, ak_error *err);

#endif
