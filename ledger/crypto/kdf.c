/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/kdf.h"

#include "base/bytes.h"
#include "base/fail.h"
#include "crypto/ossl.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <string.h>

static const char where[] = "key.derivation";

static ak_status damaged(ak_error *err)
{
	return ak_ossl_fail(err, AK_BAD_FORMAT, where, "how the passphrase becomes a key is not written in full");
}

static ak_status spend(uint64_t steps, uint64_t *spent, ak_error *err)
{
	if (steps > AK_KDF_STEPS_MAX || *spent > AK_KDF_STEPS_MAX - steps)
		return ak_fail(err, AK_LIMIT, where, 0, "the file asks for over %d steps to make a key of the passphrase", AK_KDF_STEPS_MAX);
	*spent += steps;
	return AK_OK;
}

/* A number that is too big for us is as good as the biggest of all: it is over every bound. */
static bool number(const ASN1_INTEGER *n, uint64_t *out)
{
	if ((ASN1_STRING_type((const ASN1_STRING *)n) & V_ASN1_NEG) != 0)
		return false;
	if (ASN1_INTEGER_get_uint64(out, n) != 1) {
		(void)ak_ossl_drain();
		*out = UINT64_MAX;
	}
	return *out != 0;
}

ak_status ak_kdf_admit_rounds(const ASN1_INTEGER *rounds, uint64_t *spent, ak_error *err)
{
	uint64_t n = 1;

	if (rounds != NULL && !number(rounds, &n))
		return damaged(err);
	return spend(n, spent, err);
}

static ak_status admit_pbkdf2(const ASN1_TYPE *given, uint64_t *spent, ak_error *err)
{
	PBKDF2PARAM *p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), given);
	ak_status st = p == NULL ? damaged(err) : ak_kdf_admit_rounds(p->iter, spent, err);

	PBKDF2PARAM_free(p);
	return st;
}

static ak_status admit_numbers(const SCRYPT_PARAMS *p, uint64_t *spent, ak_error *err)
{
	uint64_t n, r, parallel;

	if (!number(p->costParameter, &n) || !number(p->blockSize, &r) || !number(p->parallelizationParameter, &parallel))
		return damaged(err);
	/* Each is bounded first, so that no product of them runs over. */
	if (n > AK_KDF_MEMORY_MAX || r > AK_KDF_MEMORY_MAX || parallel > AK_KDF_MEMORY_MAX || 128 * r * n > AK_KDF_MEMORY_MAX ||
	    128 * r * parallel > AK_KDF_MEMORY_MAX)
		return ak_fail(err, AK_LIMIT, where, 0, "the file asks for over %d MiB of memory to make a key of the passphrase",
		               AK_KDF_MEMORY_MAX >> 20);
	return spend(n * r * parallel, spent, err);
}

static ak_status admit_scrypt(const ASN1_TYPE *given, uint64_t *spent, ak_error *err)
{
	SCRYPT_PARAMS *p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), given);
	ak_status st = p == NULL ? damaged(err) : admit_numbers(p, spent, err);

	SCRYPT_PARAMS_free(p);
	return st;
}

static ak_status admit_pbes1(const ASN1_TYPE *given, uint64_t *spent, ak_error *err)
{
	PBEPARAM *p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), given);
	ak_status st = p == NULL ? damaged(err) : ak_kdf_admit_rounds(p->iter, spent, err);

	PBEPARAM_free(p);
	return st;
}

/* PBES2, and PBMAC1 in the same form: the derivation and what is done with its key. */
static ak_status admit_pbes2(const ASN1_TYPE *given, uint64_t *spent, ak_error *err)
{
	PBE2PARAM *p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), given);
	ak_status st;

	if (p == NULL)
		return damaged(err);
	switch (OBJ_obj2nid(p->keyfunc->algorithm)) {
	case NID_id_pbkdf2:
		st = admit_pbkdf2(p->keyfunc->parameter, spent, err);
		break;
	case NID_id_scrypt:
		st = admit_scrypt(p->keyfunc->parameter, spent, err);
		break;
	default:
		st = ak_fail(err, AK_BAD_FORMAT, where, 0, "neither PBKDF2 nor scrypt makes the key of the passphrase");
	}
	PBE2PARAM_free(p);
	return st;
}

ak_status ak_kdf_admit(const X509_ALGOR *how, uint64_t *spent, ak_error *err)
{
	switch (OBJ_obj2nid(how->algorithm)) {
	case NID_pbes2:
	case NID_pbmac1:
		return admit_pbes2(how->parameter, spent, err);
	case NID_pbeWithMD5AndDES_CBC:
	case NID_pbeWithSHA1AndDES_CBC:
	case NID_pbeWithMD5AndRC2_CBC:
	case NID_pbeWithSHA1AndRC2_CBC:
	case NID_pbe_WithSHA1And3_Key_TripleDES_CBC:
	case NID_pbe_WithSHA1And2_Key_TripleDES_CBC:
	case NID_pbe_WithSHA1And128BitRC4:
	case NID_pbe_WithSHA1And40BitRC4:
	case NID_pbe_WithSHA1And128BitRC2_CBC:
	case NID_pbe_WithSHA1And40BitRC2_CBC:
		return admit_pbes1(how->parameter, spent, err);
	default:
		return ak_fail(err, AK_BAD_FORMAT, where, 0, "encrypted in a way that is not read");
	}
}

/* `labelled`: the file calls it an encrypted key. */
static ak_status admit_box(const unsigned char *der, long len, bool labelled, uint64_t *spent, ak_error *err)
{
	X509_SIG *box = d2i_X509_SIG(NULL, &der, len);
	const X509_ALGOR *how;
	ak_status st;

	if (box == NULL) {
		if (ak_ossl_drain())
			return ak_no_memory(err, where);
		/* Nothing that a passphrase opens; but what calls itself so and cannot be counted is not handed on: OpenSSL may read it otherwise. */
		return labelled ? ak_fail(err, AK_BAD_FORMAT, where, 0, "an encrypted key that is damaged") : AK_OK;
	}
	X509_SIG_get0(box, &how, NULL);
	st = ak_kdf_admit(how, spent, err);
	X509_SIG_free(box);
	return st;
}

/* (PEM with a DEK-Info line hashes once.) */
ak_status ak_kdf_admit_file(ak_span file, ak_error *err)
{
	BIO *in = BIO_new_mem_buf(file.data, (int)file.len);
	char *name = NULL, *header = NULL;
	unsigned char *der = NULL;
	uint64_t spent = 0;
	ak_status st = AK_OK;
	bool unread;
	long len;

	if (in == NULL)
		return ak_no_memory(err, where);
	if (file.len != 0 && file.data[0] == 0x30)
		st = admit_box(file.data, (long)file.len, false, &spent, err);
	ERR_clear_error();
	while (st == AK_OK && PEM_read_bio(in, &name, &header, &der, &len) == 1) {
		if (strcmp(name, "ENCRYPTED PRIVATE KEY") == 0)
			st = header[0] != '\0' ? ak_fail(err, AK_BAD_FORMAT, where, 0, "an encrypted key that is encrypted once more by its PEM header")
			                       : admit_box(der, len, true, &spent, err);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_clear_free(der, (size_t)len);
	}
	BIO_free(in);
	/* Who opens the file may pass over a block that ended this and open the next one, of which nothing is known. */
	unread = st == AK_OK && ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE;
	if (ak_ossl_drain() && st == AK_OK)
		return ak_no_memory(err, where);
	return unread ? ak_fail(err, AK_BAD_FORMAT, where, 0, "a part of it is no PEM") : st;
}
