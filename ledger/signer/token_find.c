/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/token_find.h"

#include "base/fail.h"
#include "signer/signer.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

enum { SLOTS_MAX = 64 };

static const char where[] = "token";

ak_status ak_token_failed(const ak_token *t, CK_RV rv, const char *doing, ak_error *err)
{
	if (rv == CKR_HOST_MEMORY)
		return ak_no_memory(err, where);
	return ak_fail(err, AK_IO, where, 0, "%s%s%s: %s", t->label, *t->label != '\0' ? ": " : "", doing, p11_kit_strerror(rv));
}

static ak_status parse(ak_token *t, const char *uri, ak_error *err)
{
	int why;

	t->uri = p11_kit_uri_new();
	if (t->uri == NULL)
		return ak_no_memory(err, where);
	why = p11_kit_uri_parse(uri, P11_KIT_URI_FOR_OBJECT_ON_TOKEN | P11_KIT_URI_FOR_MODULE, t->uri);
	if (why == P11_KIT_URI_NO_MEMORY)
		return ak_no_memory(err, where);
	if (why != P11_KIT_URI_OK)
		return ak_fail(err, AK_INVALID_ARGUMENT, "key.name", 0, "not a PKCS#11 URI (RFC 7512): %s", p11_kit_uri_message(why));
	if (p11_kit_uri_any_unrecognized(t->uri))
		return ak_fail(err, AK_INVALID_ARGUMENT, "key.name", 0, "the PKCS#11 URI has a part that is not known");
	if (p11_kit_uri_get_pin_value(t->uri) != NULL || p11_kit_uri_get_pin_source(t->uri) != NULL)
		return ak_fail(err, AK_INVALID_ARGUMENT, "key.name", 0,
		               "pin-value and pin-source are not taken: whoever lists processes reads the command line");
	return AK_OK;
}

static ak_status load(ak_token *t, ak_error *err)
{
	const char *path = p11_kit_uri_get_module_path(t->uri);
	CK_RV rv;

	if (path == NULL) {
		t->all = p11_kit_modules_load_and_initialize(0);
		return t->all == NULL ? ak_fail(err, AK_IO, where, 0, "no PKCS#11 driver can be used") : AK_OK;
	}
	t->own = p11_kit_module_load(path, P11_KIT_MODULE_CRITICAL);
	if (t->own == NULL)
		return ak_fail(err, AK_IO, where, 0, "the PKCS#11 driver of module-path cannot be loaded");
	rv = p11_kit_module_initialize(t->own);
	if (rv != CKR_OK) {
		p11_kit_module_release(t->own);
		t->own = NULL;
		return ak_token_failed(t, rv, "the PKCS#11 driver does not start", err);
	}
	return AK_OK;
}

/* Labels are filled up with blanks. */
static void read_label(const CK_TOKEN_INFO *info, char out[AK_TOKEN_LABEL + 1])
{
	size_t n = AK_TOKEN_LABEL;

	memcpy(out, info->label, AK_TOKEN_LABEL);
	while (n > 0 && (out[n - 1] == ' ' || out[n - 1] == '\0'))
		n--;
	out[n] = '\0';
}

typedef struct search {
	CK_FUNCTION_LIST *f;
	CK_SLOT_ID slot;
	CK_TOKEN_INFO info;
	size_t fits;
	char names[256];
} search;

static void note(search *s, const CK_TOKEN_INFO *info)
{
	size_t at = strlen(s->names);
	char label[AK_TOKEN_LABEL + 1];

	read_label(info, label);
	(void)snprintf(s->names + at, sizeof(s->names) - at, "%s\"%s\"", at > 0 ? ", " : "", label);
}

static void look_into(const ak_token *t, CK_FUNCTION_LIST *f, search *s)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG n = SLOTS_MAX;

	if (f->C_GetSlotList(CK_TRUE, slots, &n) != CKR_OK)
		return; /* a driver whose device is not there has no token for us */
	for (CK_ULONG i = 0; i < n; i++) {
		CK_TOKEN_INFO info = { 0 };

		if (f->C_GetTokenInfo(slots[i], &info) != CKR_OK || (info.flags & CKF_TOKEN_INITIALIZED) == 0)
			continue;
		if (p11_kit_uri_match_token_info(t->uri, &info) != 1)
			continue;
		note(s, &info);
		if (s->fits++ == 0) {
			s->f = f;
			s->slot = slots[i];
			s->info = info;
		}
	}
}

static ak_status choose(const ak_token *t, search *s, ak_error *err)
{
	if (t->own != NULL)
		look_into(t, t->own, s);
	for (size_t i = 0; t->all != NULL && t->all[i] != NULL; i++) {
		/* p11-kit's own store of certificates has no private keys. */
		if ((p11_kit_module_get_flags(t->all[i]) & P11_KIT_MODULE_TRUSTED) == 0)
			look_into(t, t->all[i], s);
	}
	if (s->fits == 0)
		return ak_fail(err, AK_NOT_FOUND, where, 0, "no such token is here: is it plugged in?");
	if (s->fits > 1)
		return ak_fail(err, AK_INVALID_ARGUMENT, where, 0, "which token? %s: name it with token=", s->names);
	return AK_OK;
}

ak_status ak_token_find(ak_token *t, const char *uri, const ak_key_access *access, ak_error *err)
{
	search s = { 0 };
	ak_status st;
	CK_RV rv;

	t->access = *access;
	st = parse(t, uri, err);
	if (st == AK_OK)
		st = load(t, err);
	if (st == AK_OK)
		st = choose(t, &s, err);
	if (st != AK_OK)
		return st;
	t->f = s.f;
	t->flags = s.info.flags;
	read_label(&s.info, t->label);
	rv = t->f->C_OpenSession(s.slot, CKF_SERIAL_SESSION, NULL, NULL, &t->session);
	if (rv != CKR_OK)
		return ak_token_failed(t, rv, "cannot be opened", err);
	t->has_session = true;
	return AK_OK;
}

ak_status ak_token_login(const ak_token *t, CK_USER_TYPE user, ak_error *err)
{
	char pin[AK_SIGNER_PIN_MAX] = "";
	CK_RV rv;

	if ((t->flags & CKF_LOGIN_REQUIRED) == 0 && user == CKU_USER)
		return AK_OK;
	if ((t->flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0) {
		rv = t->f->C_Login(t->session, user, NULL, 0);
	} else {
		if (t->access.ask == NULL || !t->access.ask(t->access.ctx, t->label, pin, sizeof(pin)))
			return ak_fail(err, AK_INVALID_ARGUMENT, "key.pin", 0, "token %s: its PIN is needed and was not given", t->label);
		rv = t->f->C_Login(t->session, user, (unsigned char *)pin, strlen(pin));
		OPENSSL_cleanse(pin, sizeof(pin));
	}
	switch (rv) {
	case CKR_OK:
	case CKR_USER_ALREADY_LOGGED_IN:
		return AK_OK;
	case CKR_PIN_INCORRECT:
	case CKR_PIN_INVALID:
	case CKR_PIN_LEN_RANGE:
		return ak_fail(err, AK_INVALID_ARGUMENT, "key.pin", 0, "token %s: the PIN is wrong; too many wrong ones lock the token", t->label);
	case CKR_PIN_LOCKED:
		return ak_fail(err, AK_IO, where, 0, "token %s: locked after too many wrong PINs; its issuer can unlock it", t->label);
	default:
		return ak_token_failed(t, rv, "login", err);
	}
}

void ak_token_close(ak_token *t)
{
	/* Nothing was changed on it; a token that is gone cannot be closed better. */
	if (t->has_session)
		(void)t->f->C_CloseSession(t->session);
	if (t->own != NULL) {
		(void)p11_kit_module_finalize(t->own);
		p11_kit_module_release(t->own);
	}
	if (t->all != NULL)
		p11_kit_modules_finalize_and_release(t->all);
	if (t->uri != NULL)
		p11_kit_uri_free(t->uri);
	*t = (ak_token){ 0 };
}
