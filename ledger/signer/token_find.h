/* SPDX-License-Identifier: Apache-2.0 */
/* token_find.h - from a URI to a session with the token that it means (private to signer/) */
#ifndef AK_SIGNER_TOKEN_FIND_H
#define AK_SIGNER_TOKEN_FIND_H

#include "akashi/key.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/uri.h>

enum { AK_TOKEN_LABEL = 32 /* bytes of a label, of PKCS#11 */ };

typedef struct ak_token {
	P11KitUri *uri;
	CK_FUNCTION_LIST *own;  /* the driver that module-path names, else NULL */
	CK_FUNCTION_LIST **all; /* the drivers that are configured, else NULL   */
	CK_FUNCTION_LIST *f;    /* the driver of this token                     */
	CK_SESSION_HANDLE session;
	bool has_session;
	CK_FLAGS flags;
	char label[AK_TOKEN_LABEL + 1];
	ak_key_access access;
} ak_token;

/* {0} before; close after, also on failure. */
AK_MUST_USE ak_status ak_token_find(ak_token *t, const char *uri, const ak_key_access *access, ak_error *err);
/* As CKU_USER, or as CKU_CONTEXT_SPECIFIC for one signature.  Being logged in already is fine. */
AK_MUST_USE ak_status ak_token_login(const ak_token *t, CK_USER_TYPE user, ak_error *err);
void ak_token_close(ak_token *t);

/* What PKCS#11 said, as AK_IO. */
ak_status ak_token_failed(const ak_token *t, CK_RV rv, const char *doing, ak_error *err);

#endif
