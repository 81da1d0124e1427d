/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/token.h"

#include "base/fail.h"
#include "crypto/hash.h"
#include "signer/token_find.h"

#include <string.h>

enum { ATTRIBUTE_MAX = 1100 /* an RSA modulus of 8192 bits, and some room */, ED25519_LEN = 32, P256_LEN = 32 };

static const char where[] = "token";

typedef struct held {
	ak_token t;
	CK_OBJECT_HANDLE key;
	CK_KEY_TYPE kind;
	bool each_time; /* wants its PIN for each signature */
} held;

/* ---- finding the key ---- */

/* The only object of this class with this label and id, where they are given. */
static ak_status only_object(const held *h, CK_OBJECT_CLASS class, CK_ATTRIBUTE *label, CK_ATTRIBUTE *id, CK_OBJECT_HANDLE *out, ak_error *err)
{
	CK_ATTRIBUTE want[3] = { { CKA_CLASS, &class, sizeof(class) } };
	CK_OBJECT_HANDLE found[2];
	CK_ULONG n_want = 1, n = 0;
	CK_RV rv;

	if (id != NULL && id->ulValueLen > 0)
		want[n_want++] = *id;
	if (label != NULL && label->ulValueLen > 0)
		want[n_want++] = *label;
	rv = h->t.f->C_FindObjectsInit(h->t.session, want, n_want);
	if (rv == CKR_OK) {
		rv = h->t.f->C_FindObjects(h->t.session, found, 2, &n);
		(void)h->t.f->C_FindObjectsFinal(h->t.session); /* a search that was only read */
	}
	if (rv != CKR_OK)
		return ak_token_failed(&h->t, rv, "looking for the key", err);
	if (n == 0)
		return ak_fail(err, AK_NOT_FOUND, where, 0, "token %s: %s", h->t.label,
		               class == CKO_PRIVATE_KEY ? "no such private key" : "the public half of the key is not on it");
	if (n > 1)
		return ak_fail(err, AK_INVALID_ARGUMENT, where, 0, "token %s: several keys fit: name one with object= or id=", h->t.label);
	*out = found[0];
	return AK_OK;
}

static ak_status read_attribute(const held *h, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, uint8_t value[ATTRIBUTE_MAX], size_t *len, ak_error *err)
{
	CK_ATTRIBUTE a = { type, value, ATTRIBUTE_MAX };
	CK_RV rv = h->t.f->C_GetAttributeValue(h->t.session, object, &a, 1);

	if (rv != CKR_OK)
		return ak_token_failed(&h->t, rv, "reading the key", err);
	if (a.ulValueLen > ATTRIBUTE_MAX)
		return ak_fail(err, AK_IO, where, 0, "token %s: an attribute that is not there, or too long", h->t.label);
	*len = a.ulValueLen;
	return AK_OK;
}

static ak_status find_key(held *h, ak_error *err)
{
	CK_ATTRIBUTE *label = p11_kit_uri_get_attribute(h->t.uri, CKA_LABEL), *id = p11_kit_uri_get_attribute(h->t.uri, CKA_ID);
	CK_BBOOL each_time = CK_FALSE;
	CK_ATTRIBUTE always = { CKA_ALWAYS_AUTHENTICATE, &each_time, sizeof(each_time) };
	uint8_t kind[ATTRIBUTE_MAX];
	size_t n = 0;
	ak_status st = only_object(h, CKO_PRIVATE_KEY, label, id, &h->key, err);

	if (st == AK_OK)
		st = read_attribute(h, h->key, CKA_KEY_TYPE, kind, &n, err);
	if (st != AK_OK)
		return st;
	if (n != sizeof(h->kind))
		return ak_fail(err, AK_IO, where, 0, "token %s: the kind of the key is not one", h->t.label);
	memcpy(&h->kind, kind, sizeof(h->kind));
	/* Old tokens do not know the attribute: then no PIN is wanted each time. */
	h->each_time = h->t.f->C_GetAttributeValue(h->t.session, h->key, &always, 1) == CKR_OK && each_time == CK_TRUE;
	return AK_OK;
}

/* ---- its public half ---- */

/* The point, out of its OCTET STRING or, on tokens that leave that out, as it is. */
static ak_span point_of(const uint8_t *p, size_t n, size_t want)
{
	if (n == want + 2 && p[0] == 0x04 && p[1] == want)
		return (ak_span){ p + 2, want };
	return (ak_span){ p, n };
}

static ak_status read_point(const held *h, ak_pubkey **out, ak_error *err)
{
	bool edwards = h->kind == CKK_EC_EDWARDS;
	size_t want = edwards ? ED25519_LEN : 1 + 2 * P256_LEN, n = 0;
	uint8_t id[ATTRIBUTE_MAX], label[ATTRIBUTE_MAX], value[ATTRIBUTE_MAX];
	CK_ATTRIBUTE by_id = { CKA_ID, id, 0 }, by_label = { CKA_LABEL, label, 0 };
	CK_OBJECT_HANDLE public = 0;
	ak_span point;
	ak_status st = read_attribute(h, h->key, CKA_ID, id, &n, err);

	by_id.ulValueLen = n;
	if (st == AK_OK && n == 0) {
		st = read_attribute(h, h->key, CKA_LABEL, label, &n, err);
		by_label.ulValueLen = n;
	}
	if (st == AK_OK)
		st = only_object(h, CKO_PUBLIC_KEY, &by_label, &by_id, &public, err);
	if (st == AK_OK)
		st = read_attribute(h, public, CKA_EC_POINT, value, &n, err);
	if (st != AK_OK)
		return st;
	point = point_of(value, n, want);
	if (point.len != want)
		return ak_fail(err, AK_WEAK_KEY, where, 0, "token %s: a curve other than %s", h->t.label, edwards ? "Ed25519" : "P-256");
	return edwards ? ak_pubkey_from_ed25519(point.data, out, err) : ak_pubkey_from_p256(point.data, out, err);
}

static ak_status read_rsa(const held *h, ak_pubkey **out, ak_error *err)
{
	uint8_t n[ATTRIBUTE_MAX], e[ATTRIBUTE_MAX];
	size_t n_len = 0, e_len = 0;
	ak_status st = read_attribute(h, h->key, CKA_MODULUS, n, &n_len, err);

	if (st == AK_OK)
		st = read_attribute(h, h->key, CKA_PUBLIC_EXPONENT, e, &e_len, err);
	return st == AK_OK ? ak_pubkey_from_rsa((ak_span){ n, n_len }, (ak_span){ e, e_len }, out, err) : st;
}

static ak_status read_public(const held *h, ak_pubkey **out, ak_error *err)
{
	if (h->kind == CKK_EC || h->kind == CKK_EC_EDWARDS)
		return read_point(h, out, err);
	if (h->kind == CKK_RSA)
		return read_rsa(h, out, err);
	return ak_fail(err, AK_WEAK_KEY, where, 0, "token %s: a key that is neither Ed25519, P-256 nor RSA", h->t.label);
}

/* ---- signing ---- */

static ak_status sign_raw(const held *h, CK_MECHANISM_TYPE mechanism, ak_span data, uint8_t sig[AK_SIGNATURE_MAX], size_t *len, CK_RV *rv,
                          ak_error *err)
{
	CK_MECHANISM how = { mechanism, NULL, 0 };
	CK_ULONG n = AK_SIGNATURE_MAX;
	ak_status st;

	*rv = h->t.f->C_SignInit(h->t.session, &how, h->key);
	if (*rv != CKR_OK)
		return ak_token_failed(&h->t, *rv, "signing", err);
	if (h->each_time) {
		st = ak_token_login(&h->t, CKU_CONTEXT_SPECIFIC, err);
		if (st != AK_OK)
			return st;
	}
	/* PKCS#11 takes what it only reads as if it wrote there. */
	*rv = h->t.f->C_Sign(h->t.session, (CK_BYTE_PTR)(uintptr_t)data.data, data.len, sig, &n);
	if (*rv != CKR_OK)
		return ak_token_failed(&h->t, *rv, "signing", err);
	*len = n;
	return AK_OK;
}

static ak_status sign_ecdsa(const held *h, ak_span message, ak_buf *out, ak_error *err)
{
	uint8_t sig[AK_SIGNATURE_MAX];
	size_t n = 0;
	ak_digest d;
	ak_status st;
	CK_RV rv;

	ak_sha256(message, &d);
	st = sign_raw(h, CKM_ECDSA, (ak_span){ d.b, sizeof(d.b) }, sig, &n, &rv, err);
	if (st != AK_OK)
		return st;
	if (n != (size_t)2 * P256_LEN)
		return ak_fail(err, AK_IO, where, 0, "token %s: a signature of %zu bytes", h->t.label, n);
	return ak_ecdsa_der((ak_span){ sig, P256_LEN }, (ak_span){ sig + P256_LEN, P256_LEN }, out, err);
}

/* A token that only pads gets the DigestInfo of SHA-256 (RFC 8017 section 9.2). */
static ak_status sign_rsa(const held *h, ak_span message, uint8_t sig[AK_SIGNATURE_MAX], size_t *n, ak_error *err)
{
	static const uint8_t head[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };
	uint8_t info[sizeof(head) + AK_DIGEST_LEN];
	ak_digest d;
	CK_RV rv;
	ak_status st = sign_raw(h, CKM_SHA256_RSA_PKCS, message, sig, n, &rv, err);

	if (st == AK_OK || rv != CKR_MECHANISM_INVALID)
		return st;
	ak_sha256(message, &d);
	memcpy(info, head, sizeof(head));
	memcpy(info + sizeof(head), d.b, sizeof(d.b));
	return sign_raw(h, CKM_RSA_PKCS, (ak_span){ info, sizeof(info) }, sig, n, &rv, err);
}

static ak_status sign(void *ctx, ak_span message, ak_buf *out, ak_error *err)
{
	const held *h = ctx;
	uint8_t sig[AK_SIGNATURE_MAX];
	size_t n = 0;
	ak_status st;
	CK_RV rv;

	if (h->kind == CKK_EC)
		return sign_ecdsa(h, message, out, err);
	if (h->kind == CKK_RSA)
		st = sign_rsa(h, message, sig, &n, err);
	else
		st = sign_raw(h, CKM_EDDSA, message, sig, &n, &rv, err);
	return st == AK_OK ? ak_buf_add(out, sig, n, err) : st;
}

static void let_go(void *ctx)
{
	held *h = ctx;

	ak_token_close(&h->t);
	ak_mem_free(h);
}

ak_status ak_token_open(const char *uri, const ak_key_access *access, ak_seckey **out, ak_error *err)
{
	ak_key_holder holder = { .sign = sign, .free = let_go };
	held *h = ak_mem_alloc(sizeof(*h));
	ak_pubkey *pub = NULL;
	ak_status st;

	if (h == NULL)
		return ak_no_memory(err, where);
	st = ak_token_find(&h->t, uri, access, err);
	if (st == AK_OK)
		st = ak_token_login(&h->t, CKU_USER, err);
	if (st == AK_OK)
		st = find_key(h, err);
	if (st == AK_OK)
		st = read_public(h, &pub, err);
	if (st != AK_OK) {
		let_go(h);
		return st;
	}
	holder.ctx = h;
	return ak_seckey_held(pub, &holder, out, err);
}
