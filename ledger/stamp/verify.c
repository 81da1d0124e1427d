/* SPDX-License-Identifier: Apache-2.0 */
/* Is it one authority's word on this message, at a time when that authority's word counted? */
#include "stamp/part.h"

#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"
#include "crypto/der.h"
#include "crypto/hash.h"
#include "crypto/ossl.h"
#include "pki/path.h"
#include "pki/walk.h"

#include <openssl/cms.h>
#include <stdio.h>
#include <string.h>

static const char where[] = "timestamp";

enum { PROBE = 64 * 1024 /* bytes: more than a check allocates at a time */ };

/* ---- what is stamped, and when ---- */

static ak_status check_imprint(const ak_stamp_info *i, const ak_stamp_query *q, ak_error *err)
{
	uint8_t hash[64];
	ak_digest d;

	if (q->message.data == NULL) {
		if (q->imprint.len == i->imprint_len && memcmp(q->imprint.data, i->imprint, i->imprint_len) == 0)
			return AK_OK;
	} else {
		if (i->imprint_len == 32) {
			ak_sha256(q->message, &d);
			memcpy(hash, d.b, sizeof(d.b));
		} else if (i->imprint_len == 48) {
			ak_sha384(q->message, hash);
		} else {
			ak_sha512(q->message, hash);
		}
		if (memcmp(hash, i->imprint, i->imprint_len) == 0)
			return AK_OK;
	}
	return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.imprint", 0, "it is over something else");
}

static ak_status check_nonce(const ak_stamp *s, const ak_stamp_query *q, ak_error *err)
{
	ak_span in, content;
	ak_buf b;
	ak_status st;

	if (q->nonce.len == 0)
		return AK_OK;
	ak_buf_init(&b, AK_STAMP_REQUEST_MAX);
	st = ak_der_put_unsigned(&b, q->nonce, err);
	in = ak_buf_span(&b);
	if (st == AK_OK && (!ak_der_take(&in, AK_DER_INTEGER, &content) || !ak_span_eq(content, s->nonce)))
		st = ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.nonce", 0, "it answers another request");
	ak_buf_clear(&b);
	return st;
}

static ak_status check_now(const ak_stamp_info *i, const ak_stamp_query *q, ak_error *err)
{
	char at[AK_UTCTIME_LEN + 1], now[AK_UTCTIME_LEN + 1];

	if (i->time <= q->now)
		return AK_OK;
	ak_utctime_format(i->time, at);
	ak_utctime_format(q->now, now);
	return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.time", 0, "it is of %s, which is after %s", at, now);
}

/* ---- who signed it ---- */

typedef struct bag {
	ak_cert *own[AK_STAMP_CERTS_MAX]; /* owned: out of the token */
	size_t n_own;
	const ak_cert *all[AK_STAMP_CERTS_MAX];
	size_t n;
} bag;

static void bag_clear(bag *b)
{
	for (size_t i = 0; i < b->n_own; i++)
		ak_cert_free(&b->own[i]);
}

/* Out of the token's set, in its order; what is no certificate by our reading is passed over, as it would be in a path. */
static ak_status fill_bag(CMS_ContentInfo *cms, const ak_stamp_query *q, bag *b, ak_error *err)
{
	STACK_OF(X509) *list = CMS_get1_certs(cms);
	ak_status st = AK_OK;

	for (size_t i = 0; i < q->n_others && b->n < AK_STAMP_CERTS_MAX; i++)
		b->all[b->n++] = q->others[i];
	for (int i = 0; st == AK_OK && i < (list == NULL ? 0 : sk_X509_num(list)) && b->n < AK_STAMP_CERTS_MAX; i++) {
		unsigned char *der = NULL;
		int len = i2d_X509(sk_X509_value(list, i), &der);
		ak_error why = { 0 };

		if (len > 0 && ak_cert_parse((ak_span){ der, (size_t)len }, &b->own[b->n_own], &why) == AK_OK) {
			b->all[b->n++] = b->own[b->n_own++];
		} else if (why.status == AK_NO_MEMORY) {
			st = ak_no_memory(err, where);
		}
		OPENSSL_free(der);
	}
	sk_X509_pop_free(list, X509_free);
	if (ak_ossl_drain() && st == AK_OK)
		st = ak_no_memory(err, where);
	return st;
}

/* The value of a signed attribute that is there once and has one value of type SEQUENCE. */
static bool attribute(const CMS_SignerInfo *si, int nid, ak_span *out, bool *there)
{
	int at = CMS_signed_get_attr_by_NID(si, nid, -1);
	X509_ATTRIBUTE *a;
	ASN1_TYPE *t;

	*there = at >= 0;
	if (at < 0)
		return true;
	a = CMS_signed_get_attr(si, at);
	if (CMS_signed_get_attr_by_NID(si, nid, at) >= 0 || a == NULL || X509_ATTRIBUTE_count(a) != 1)
		return false;
	t = X509_ATTRIBUTE_get0_type(a, 0);
	if (t == NULL || t->type != V_ASN1_SEQUENCE)
		return false;
	*out = (ak_span){ ASN1_STRING_get0_data(t->value.sequence), (size_t)ASN1_STRING_length(t->value.sequence) };
	return true;
}

/* SigningCertificate and SigningCertificateV2 (RFC 2634, RFC 5816): the first entry is of the signer.  Which hash? */
static bool first_entry(ak_span value, bool v2, size_t *len, ak_span *hash)
{
	ak_span parts, list, one, algorithm, oid;
	uint8_t tag;

	*len = v2 ? 32 : AK_SHA1_LEN;
	if (!ak_walk_take(&value, &tag, &parts) || !ak_walk_take(&parts, &tag, &list) || tag != AK_TAG_SEQUENCE ||
	    !ak_walk_take(&list, &tag, &one) || tag != AK_TAG_SEQUENCE)
		return false;
	if (v2 && ak_stamp_next_is(one, AK_TAG_SEQUENCE)) {
		if (!ak_walk_take(&one, &tag, &algorithm) || !ak_walk_take(&algorithm, &tag, &oid) || tag != AK_TAG_OID)
			return false;
		*len = ak_stamp_hash_len(oid);
	}
	return *len != 0 && ak_walk_take(&one, &tag, hash) && tag == AK_TAG_OCTET_STRING && hash->len == *len;
}

static bool is_named(const ak_cert *c, size_t len, ak_span hash)
{
	uint8_t mine[64];

	if (len == AK_DIGEST_LEN)
		return memcmp(ak_cert_id(c)->b, hash.data, AK_DIGEST_LEN) == 0;
	if (len == AK_SHA1_LEN)
		ak_sha1(ak_cert_der(c), mine);
	else if (len == 48)
		ak_sha384(ak_cert_der(c), mine);
	else
		ak_sha512(ak_cert_der(c), mine);
	return memcmp(mine, hash.data, len) == 0;
}

/* The one certificate that the signed attributes name, if it is at hand; both attributes have to agree. */
static ak_status find_signer(const CMS_SignerInfo *si, const bag *b, const ak_cert **out, ak_error *err)
{
	static const int nids[] = { NID_id_smime_aa_signingCertificate, NID_id_smime_aa_signingCertificateV2 };
	ak_span value = { 0 }, hash[2] = { 0 };
	size_t len[2] = { 0 };
	bool there[2];

	for (int i = 0; i < 2; i++) {
		if (!attribute(si, nids[i], &value, &there[i]) || (there[i] && !first_entry(value, i == 1, &len[i], &hash[i])))
			return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.signer", 0, "it names its certificate in no known way");
	}
	if (!there[0] && !there[1])
		return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.signer", 0, "it does not say by which certificate it was signed");
	for (size_t i = 0; i < b->n; i++) {
		const ak_cert *c = b->all[i];

		if (CMS_SignerInfo_cert_cmp((CMS_SignerInfo *)(uintptr_t)si, ak_cert_x509(c)) == 0 && (!there[0] || is_named(c, len[0], hash[0])) &&
		    (!there[1] || is_named(c, len[1], hash[1]))) {
			*out = c;
			return AK_OK;
		}
	}
	return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.signer", 0, "the certificate that it says it was signed by is not in it");
}

static bool strong_algorithms(CMS_SignerInfo *si)
{
	static const int good[] = { NID_rsaEncryption, NID_sha256WithRSAEncryption, NID_sha384WithRSAEncryption, NID_sha512WithRSAEncryption,
		                    NID_rsassaPss, NID_ecdsa_with_SHA256, NID_ecdsa_with_SHA384, NID_ecdsa_with_SHA512 };
	X509_ALGOR *digest = NULL, *signature = NULL;
	const ASN1_OBJECT *o;
	int md, sig;

	CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, &signature);
	X509_ALGOR_get0(&o, NULL, NULL, digest);
	md = OBJ_obj2nid(o);
	X509_ALGOR_get0(&o, NULL, NULL, signature);
	sig = OBJ_obj2nid(o);
	if (md != NID_sha256 && md != NID_sha384 && md != NID_sha512)
		return false;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (sig == good[i])
			return true;
	}
	return false;
}

static bool says_tst_info(const CMS_SignerInfo *si)
{
	ASN1_OBJECT *tst = OBJ_nid2obj(NID_id_smime_ct_TSTInfo), *type = OBJ_nid2obj(NID_pkcs9_contentType);
	const ASN1_OBJECT *said = CMS_signed_get0_data_by_OBJ(si, type, -3, V_ASN1_OBJECT);

	return said != NULL && OBJ_cmp(said, tst) == 0;
}

/* One signature, over what was read, by the certificate it names. */
static ak_status check_signature(CMS_ContentInfo *cms, const bag *b, const ak_cert **signer, ak_error *err)
{
	STACK_OF(CMS_SignerInfo) *list = CMS_get0_SignerInfos(cms);
	CMS_SignerInfo *si;
	ak_status st;

	if (list == NULL || sk_CMS_SignerInfo_num(list) != 1)
		return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.signer", 0, "it has no signer, or more than one");
	si = sk_CMS_SignerInfo_value(list, 0);
	if (!strong_algorithms(si))
		return ak_ossl_fail(err, AK_BAD_TIMESTAMP, "timestamp.signer", "it is signed by an algorithm that is weak or not taken");
	if (!says_tst_info(si))
		return ak_ossl_fail(err, AK_BAD_TIMESTAMP, "timestamp.signer", "its signature is not said to be over a time stamp");
	st = find_signer(si, b, signer, err);
	if (st != AK_OK)
		return st;
	CMS_SignerInfo_set1_signer_cert(si, ak_cert_x509(*signer));
	if (CMS_verify(cms, NULL, NULL, NULL, NULL, CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) != 1)
		return ak_ossl_fail(err, AK_BAD_SIGNATURE, "timestamp.signature", "the authority's signature does not verify");
	return AK_OK;
}

/* ---- whether it counts ---- */

static bool has_policy(const ak_tsa *t, const char *policy)
{
	for (size_t i = 0; i < t->n_policies; i++) {
		if (strcmp(t->policies[i], policy) == 0)
			return true;
	}
	return false;
}

/* RFC 3161, 4: a key that may have been lost proves nothing; one that was given up proves what came before. */
static bool revoked_for(const ak_revoked *r, int64_t latest)
{
	bool given_up = r->reason == 0 || r->reason == 3 || r->reason == 4 || r->reason == 5;

	return !given_up || r->invalid <= latest || r->date <= latest;
}

/* Once another authority has stamped the token itself, it is known to have been there: who takes the key later cannot make it. */
static bool after_renewal(const ak_revoked *r, const ak_stamp_query *q)
{
	return q->renewed_at != 0 && r->invalid > q->renewed_at && r->date > q->renewed_at;
}

static ak_status check_lists(const ak_path *p, const ak_stamp_query *q, int64_t latest, ak_error *err)
{
	for (size_t i = 0; i < q->n_crls; i++) {
		for (size_t k = 0; k + 1 < p->n; k++) {
			ak_revoked r;

			if (ak_crl_find(q->crls[i], p->certs[k], &r) && ak_crl_check_issuer(q->crls[i], p->certs[k + 1], NULL) == AK_OK &&
			    !after_renewal(&r, q) && revoked_for(&r, latest))
				return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.revoked", k, "the authority's certificate was revoked (%s)",
				               ak_revoked_reason(r.reason));
		}
	}
	return AK_OK;
}

static bool has_list(const ak_stamp_query *q, const ak_cert *issuer, int64_t since)
{
	for (size_t i = 0; i < q->n_crls; i++) {
		if (ak_crl_this_update(q->crls[i]) >= since && ak_crl_check_issuer(q->crls[i], issuer, NULL) == AK_OK)
			return true;
	}
	return false;
}

static ak_status find_unlisted(const ak_path *p, const ak_stamp_query *q, int64_t since, ak_stamp_unlisted *out, ak_error *err)
{
	size_t k = 1;
	ak_buf name;
	ak_status st;

	*out = (ak_stamp_unlisted){ 0 };
	while (k < p->n && has_list(q, p->certs[k], since))
		k++;
	if (k >= p->n)
		return AK_OK;
	out->is = true;
	out->key = *ak_cert_key(p->certs[k]);
	ak_buf_init(&name, AK_CERT_TEXT_MAX);
	st = ak_cert_subject(p->certs[k], &name, NULL);
	if (st == AK_OK && name.len <= AK_STAMP_ISSUER_MAX && memchr(name.data, 0, name.len) == NULL)
		memcpy(out->issuer, name.data, name.len);
	ak_buf_clear(&name);
	return st == AK_NO_MEMORY ? ak_no_memory(err, where) : AK_OK;
}

static ak_status check_authority(const ak_stamp_info *i, const ak_stamp_query *q, const bag *b, const ak_cert *signer, const ak_tsa *t,
                                 ak_stamp_found *out, ak_error *err)
{
	const ak_cert *root = t->root != NULL ? t->root : signer;
	const ak_path_query pq = {
		.leaf = signer, .others = b->all, .n_others = b->n, .roots = &root, .n_roots = 1, .at = i->time, .purpose = AK_PURPOSE_TIMESTAMP,
	};
	ak_path path = { 0 };
	ak_error why = { 0 };
	ak_status st;

	if (t->certificate != NULL ? !ak_digest_eq(t->certificate, ak_cert_id(signer)) : t->root == NULL)
		return ak_fail(err, AK_NO_TRUSTED_SIG, where, 0, "it is by no authority that counts here");
	st = ak_path_check(&pq, &path, &why);
	if (st == AK_NO_MEMORY)
		return ak_no_memory(err, where);
	if (st != AK_OK && t->certificate == NULL && why.status == AK_BAD_CERTIFICATE) /* of another root, or of this one and not fit */
		return ak_fail(err, AK_NO_TRUSTED_SIG, where, 0, "it does not lead to the root of %s: %.120s", t->name, why.detail);
	if (st != AK_OK)
		return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.certificate", why.at, "the certificate of %s does not hold at that time: %.120s", t->name, why.detail);
	if (i->earliest < path.not_before || i->latest > path.not_after)
		return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.certificate", 0, "the time is not within what the certificates of %s are valid in", t->name);
	if (i->earliest < t->from || i->latest > t->until)
		return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.window", 0, "the time is outside of those in which tokens of %s count", t->name);
	if (!has_policy(t, i->policy))
		return ak_fail(err, AK_BAD_TIMESTAMP, "timestamp.policy", 0, "made under policy %s, which does not count for %s", i->policy, t->name);
	st = check_lists(&path, q, i->latest, err);
	if (st != AK_OK)
		return st;
	*out = (ak_stamp_found){ .by = t, .not_after = path.not_after };
	return find_unlisted(&path, q, i->time, &out->unlisted, err);
}

/* "tsa.example, other.example" */
static void list_names(const ak_stamp_query *q, char out[AK_ERROR_VALUE_MAX])
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < q->n_tsa && n + 1 < AK_ERROR_VALUE_MAX; i++) {
		(void)snprintf(out + n, AK_ERROR_VALUE_MAX - n, "%s%s", i == 0 ? "" : ", ", q->tsa[i].name);
		n += strlen(out + n);
	}
}

static ak_status of_nobody(const ak_stamp_query *q, const ak_cert *signer, ak_error *err)
{
	char expected[AK_ERROR_VALUE_MAX], found[AK_DIGEST_TEXT_LEN + 1];

	list_names(q, expected);
	ak_digest_format(ak_cert_id(signer), found);
	return ak_fail_values(err, AK_NO_TRUSTED_SIG, expected, found);
}

/* The first authority of which it is; if none, what speaks against the one that comes nearest. */
static ak_status find_authority(const ak_stamp_info *i, const ak_stamp_query *q, const bag *b, const ak_cert *signer, ak_stamp_found *out,
                                ak_error *err)
{
	ak_error nearest = { 0 };
	ak_status st = ak_fail(&nearest, AK_NO_TRUSTED_SIG, where, 0, "it is by no authority that counts here");

	for (size_t k = 0; k < q->n_tsa; k++) {
		ak_error why = { 0 };
		ak_status one = check_authority(i, q, b, signer, &q->tsa[k], out, &why);

		if (one == AK_OK)
			return AK_OK;
		if (k == 0 || st == AK_NO_TRUSTED_SIG || one == AK_NO_MEMORY) {
			st = one;
			nearest = why;
		}
		if (st == AK_NO_MEMORY)
			break;
	}
	if (err != NULL)
		*err = nearest;
	return st == AK_NO_TRUSTED_SIG ? of_nobody(q, signer, err) : st;
}

static ak_status judge(const ak_stamp *s, CMS_ContentInfo *cms, const ak_stamp_query *q, ak_stamp_found *out, ak_buf *holder, ak_error *err)
{
	ak_stamp_found found = { 0 };
	const ak_cert *signer = NULL;
	bag b = { 0 };
	ak_status st = fill_bag(cms, q, &b, err);

	if (st == AK_OK)
		st = check_signature(cms, &b, &signer, err);
	if (st == AK_OK)
		st = find_authority(&s->info, q, &b, signer, &found, err);
	if (st == AK_OK && holder != NULL)
		st = ak_cert_holder(signer, holder, err);
	if (st == AK_OK)
		*out = found;
	bag_clear(&b);
	return st;
}

static ak_status check_once(const ak_stamp *s, const ak_stamp_query *q, ak_stamp_found *out, ak_buf *holder, ak_error *err)
{
	const unsigned char *p = s->token.data;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)s->token.len);
	ak_status st = AK_OK;

	if (cms == NULL || p != s->token.data + s->token.len)
		st = ak_ossl_fail(err, AK_BAD_FORMAT, where, "not a token");
	if (st == AK_OK)
		st = judge(s, cms, q, out, holder, err);
	CMS_ContentInfo_free(cms);
	if (ak_ossl_drain() && st != AK_NO_MEMORY)
		st = ak_no_memory(err, where);
	return st;
}

static bool has_memory(void)
{
	void *p = OPENSSL_malloc(PROBE);

	OPENSSL_free(p);
	return p != NULL;
}

ak_status ak_stamp_verify_named(const ak_stamp *s, const ak_stamp_query *q, ak_stamp_found *out, ak_buf *holder, ak_error *err)
{
	const size_t before = holder == NULL ? 0 : holder->len;
	ak_status st = check_imprint(&s->info, q, err);

	if (st == AK_OK)
		st = check_nonce(s, q, err);
	if (st == AK_OK)
		st = check_now(&s->info, q, err);
	if (st != AK_OK)
		return st;
	st = check_once(s, q, out, holder, err);
	/* As in a path: what OpenSSL could not allocate may look like a bad signature, so a bad answer has to be given twice. */
	if (st != AK_OK && st != AK_NO_MEMORY) {
		if (holder != NULL)
			holder->len = before;
		st = has_memory() ? check_once(s, q, out, holder, err) : ak_no_memory(err, where);
	}
	return st;
}

ak_status ak_stamp_verify(const ak_stamp *s, const ak_stamp_query *q, ak_stamp_found *out, ak_error *err)
{
	return ak_stamp_verify_named(s, q, out, NULL, err);
}

size_t ak_tsa_operators(const ak_tsa *const *by, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		bool seen = false;

		for (size_t k = 0; !seen && k < i; k++)
			seen = strcmp(by[i]->operator_name, by[k]->operator_name) == 0;
		count += !seen;
	}
	return count;
}
