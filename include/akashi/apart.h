/* SPDX-License-Identifier: Apache-2.0 */
/* apart.h - signing apart: requests and answers that travel by mail (FORMAT, Signing apart)
 *
 * A request holds the exact bytes that are to be signed; an answer holds one signature over them, and the public key that it
 * is by.  Both are blocks of plain ASCII, between lines "-----BEGIN AKASHI SIGNING REQUEST-----" or "-----BEGIN AKASHI SIGNATURE-----" and
 * the same with END.  What stands around a block is for people and is never read; a block is taken through CRLF, quoting with ">", spaces at the ends of
 * lines and a byte order mark.  Everything that arrived otherwise than it was written is AK_BAD_FORMAT with its line in err->at.
 *
 * What a request means is shown by ak_exchange_show() on the envelope that ak_request_read() gives: out of the bytes that are signed.
 */
#ifndef AKASHI_APART_H
#define AKASHI_APART_H

#include "akashi/key.h"
#include "akashi/types.h"

typedef enum ak_apart_kind {
	AK_APART_NONE,    /* neither; JSON, which drafts and envelopes are, is not looked into */
	AK_APART_REQUEST, /* with answers or without */
	AK_APART_ANSWER,
} ak_apart_kind;
/* What kind of block a text holds, by its first lines alone. */
AK_API ak_apart_kind ak_apart_kind_of(ak_span text);

/* The request for what a draft or an envelope holds; its signatures are not in it.  `profile` as in ak_exchange_sign(). */
AK_API AK_MUST_USE ak_status ak_request_write(ak_span draft_or_envelope, ak_span profile, ak_text *block, ak_error *err);
/* An envelope without signatures over the very bytes of the request.  AK_NOT_FOUND: there is none in the text; AK_BAD_FORMAT also
 * when there are two that differ. */
AK_API AK_MUST_USE ak_status ak_request_read(ak_span text, ak_text *envelope, ak_error *err);

/* The signature that `key` made in this envelope, to be sent back.  AK_NOT_FOUND when there is none by it. */
AK_API AK_MUST_USE ak_status ak_answer_write(ak_span envelope, const ak_secret *key, ak_text *block, ak_error *err);
/* Every answer in a text, looked at by itself: [{"statement","keyid","algorithm"}…], for people to see what they were sent. */
AK_API AK_MUST_USE ak_status ak_answer_show(ak_span text, ak_text *json, ak_error *err);

/* The answers in a text that are to this statement ("sha256:…"), written again one after the other: of a mail that answers many requests those for
 * one.  All in the text are read: AK_BAD_FORMAT when any of them is changed, AK_NOT_FOUND when none is to it. */
AK_API AK_MUST_USE ak_status ak_answer_pick(ak_span text, const char *statement, ak_text *blocks, ak_error *err);

/* Add what somebody sent back to a draft or an envelope: every answer in a text, or the signatures of another envelope.
 * *added: how many signatures are new; what is there already is no error, and a signature that only goes by the id of an answer's key gives
 * way to it.  All or nothing: AK_BAD_FORMAT when one is over another statement (where "answer.statement", "dsse.payload"), AK_BAD_SIGNATURE when
 * an answer's does not verify with its key, AK_WEAK_KEY, AK_NOT_FOUND when there is no answer. */
AK_API AK_MUST_USE ak_status ak_exchange_add(ak_span draft_or_envelope, ak_span profile, ak_span sent, ak_text *envelope, size_t *added,
                                             ak_error *err);

#endif
