/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/sshsig.h"

#include "base/fail.h"
#include "base/text.h"
#include "codec/ssh.h"

#include <string.h>

#define MAGIC "SSHSIG"
#define HASH "sha512"
#define KEY_TYPE "ssh-ed25519"
#define BEGIN "-----BEGIN SSH SIGNATURE-----"
#define END "-----END SSH SIGNATURE-----"

enum {
	LINE_LEN = 70,
	PUB_LEN = 32,
	SIG_LEN = 64,
	HASH_LEN = 64,
	VERSION = 1,
	PUBLIC_KEY_MAX = 128, /* bytes of a public key in wire form */
};

static ak_status check_namespace(const char *name_space, ak_error *err)
{
	size_t n = name_space == NULL ? 0 : strlen(name_space);

	if (n == 0 || n > AK_SSHSIG_NAMESPACE_MAX)
		return ak_fail(err, AK_INVALID_ARGUMENT, "sshsig.namespace", n,
		               "not 1 to %d bytes", AK_SSHSIG_NAMESPACE_MAX);
	return AK_OK;
}

static ak_status add_str(ak_buf *b, const char *s, ak_error *err)
{
	return ak_ssh_put_string(b, ak_span_str(s), err);
}

/* string(string("ssh-ed25519") string(value)): how keys and signatures are wrapped */
static ak_status add_typed(ak_buf *b, const uint8_t *value, size_t len, ak_error *err)
{
	uint32_t all = (uint32_t)(4 + strlen(KEY_TYPE) + 4 + len);
	ak_status st = ak_ssh_put_u32(b, all, err);

	if (st == AK_OK)
		st = add_str(b, KEY_TYPE, err);
	if (st == AK_OK)
		st = ak_ssh_put_string(b, (ak_span){ value, len }, err);
	return st;
}

/* What "to sign" and the blob have in common: namespace, reserved, hash name. */
static ak_status add_context(ak_buf *b, const char *name_space, ak_error *err)
{
	ak_status st = add_str(b, name_space, err);

	if (st == AK_OK)
		st = add_str(b, "", err);
	if (st == AK_OK)
		st = add_str(b, HASH, err);
	return st;
}

ak_status ak_sshsig_message(const char *name_space, const uint8_t sha512[64],
                            ak_buf *out, ak_error *err)
{
	ak_status st = check_namespace(name_space, err);

	if (st == AK_OK)
		st = ak_buf_add_str(out, MAGIC, err);
	if (st == AK_OK)
		st = add_context(out, name_space, err);
	if (st == AK_OK)
		st = ak_ssh_put_string(out, (ak_span){ sha512, HASH_LEN }, err);
	return st;
}

static ak_status add_blob(ak_buf *b, const char *name_space, const uint8_t *pub,
                          const uint8_t *sig, ak_error *err)
{
	ak_status st = ak_buf_add_str(b, MAGIC, err);

	if (st == AK_OK)
		st = ak_ssh_put_u32(b, VERSION, err);
	if (st == AK_OK)
		st = add_typed(b, pub, PUB_LEN, err);
	if (st == AK_OK)
		st = add_context(b, name_space, err);
	if (st == AK_OK)
		st = add_typed(b, sig, SIG_LEN, err);
	return st;
}

static ak_status add_lines(ak_buf *out, ak_span b64, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < b64.len; i += LINE_LEN) {
		size_t n = b64.len - i < LINE_LEN ? b64.len - i : LINE_LEN;

		st = ak_buf_add(out, b64.data + i, n, err);
		if (st == AK_OK)
			st = ak_buf_add_byte(out, '\n', err);
	}
	return st;
}

ak_status ak_sshsig_armor(const char *name_space, const uint8_t pub[32],
                          const uint8_t sig[64], ak_buf *out, ak_error *err)
{
	ak_buf blob, b64;
	ak_status st;

	ak_buf_init(&blob, AK_SSHSIG_MAX);
	ak_buf_init(&b64, AK_SSHSIG_MAX);
	st = check_namespace(name_space, err);
	if (st == AK_OK)
		st = add_blob(&blob, name_space, pub, sig, err);
	if (st == AK_OK)
		st = ak_base64_encode(ak_buf_span(&blob), &b64, err);
	if (st == AK_OK)
		st = ak_buf_add_str(out, BEGIN "\n", err);
	if (st == AK_OK)
		st = add_lines(out, ak_buf_span(&b64), err);
	if (st == AK_OK)
		st = ak_buf_add_str(out, END, err);
	ak_buf_clear(&b64);
	ak_buf_clear(&blob);
	return st;
}

ak_status ak_sshsig_public_line(const uint8_t pub[32], ak_buf *out, ak_error *err)
{
	ak_buf wire;
	ak_status st;

	ak_buf_init(&wire, PUBLIC_KEY_MAX);
	st = add_str(&wire, KEY_TYPE, err);
	if (st == AK_OK)
		st = ak_ssh_put_string(&wire, (ak_span){ pub, PUB_LEN }, err);
	if (st == AK_OK)
		st = ak_buf_add_str(out, KEY_TYPE " ", err);
	if (st == AK_OK)
		st = ak_base64_encode(ak_buf_span(&wire), out, err);
	ak_buf_clear(&wire);
	return st;
}

/* Collect the base64 between BEGIN and END; lines are full except the last. */
static ak_status join_lines(ak_span armor, ak_buf *b64, ak_error *err)
{
	ak_span rest = armor, line;
	size_t last = LINE_LEN;
	ak_status st;

	if (!ak_span_line(&rest, &line) || !ak_span_is(line, BEGIN))
		return ak_fail(err, AK_BAD_FORMAT, "sshsig.armor", 0, "no BEGIN line");
	while (ak_span_line(&rest, &line)) {
		if (line.len == 0 || line.len > LINE_LEN || last != LINE_LEN)
			return ak_fail(err, AK_BAD_FORMAT, "sshsig.armor",
			               (uint64_t)(line.data - armor.data),
			               "lines are not of %d bytes", LINE_LEN);
		last = line.len;
		st = ak_buf_add_span(b64, line, err);
		if (st != AK_OK)
			return st;
	}
	if (!ak_span_is(rest, END))
		return ak_fail(err, AK_BAD_FORMAT, "sshsig.armor", armor.len - rest.len,
		               "no END line");
	return AK_OK;
}

/* The inverse of add_typed: exactly `len` bytes, nothing after them. */
static bool take_typed(ak_span *in, uint8_t *value, size_t len)
{
	ak_span all, v;

	if (!ak_ssh_take_string(in, &all) || !ak_ssh_take_str(&all, KEY_TYPE) ||
	    !ak_ssh_take_string(&all, &v) || v.len != len || all.len != 0)
		return false;
	memcpy(value, v.data, len);
	return true;
}

static ak_status read_blob(ak_span blob, const char *name_space, uint8_t *pub,
                           uint8_t *sig, ak_error *err)
{
	const size_t head = strlen(MAGIC) + 4;
	const char *where = NULL;
	ak_span rest;

	if (blob.len < head || !ak_span_starts(blob, MAGIC))
		return ak_fail(err, AK_BAD_FORMAT, "sshsig.magic", 0, "not an SSH signature");
	if (ak_get_be32(blob.data + strlen(MAGIC)) != VERSION)
		return ak_fail(err, AK_BAD_FORMAT, "sshsig.version", strlen(MAGIC),
		               "not version %d", VERSION);
	rest = (ak_span){ blob.data + head, blob.len - head };
	if (!take_typed(&rest, pub, PUB_LEN))
		where = "sshsig.key";
	else if (!ak_ssh_take_str(&rest, name_space))
		where = "sshsig.namespace";
	else if (!ak_ssh_take_str(&rest, ""))
		where = "sshsig.reserved";
	else if (!ak_ssh_take_str(&rest, HASH))
		where = "sshsig.hash";
	else if (!take_typed(&rest, sig, SIG_LEN))
		where = "sshsig.signature";
	else if (rest.len != 0)
		where = "sshsig.end";
	if (where != NULL)
		return ak_fail(err, AK_BAD_FORMAT, where, blob.len - rest.len,
		               "not what an Ed25519 signature over %s in namespace "
		               "\"%s\" has here", HASH, name_space);
	return AK_OK;
}

ak_status ak_sshsig_parse(ak_span armor, const char *name_space, uint8_t pub[32],
                          uint8_t sig[64], ak_error *err)
{
	uint8_t key[PUB_LEN], value[SIG_LEN];
	ak_error why = { 0 };
	ak_buf b64, blob;
	ak_status st;

	if (armor.len > AK_SSHSIG_MAX)
		return ak_fail(err, AK_BAD_FORMAT, "sshsig.armor", AK_SSHSIG_MAX,
		               "over %d bytes", AK_SSHSIG_MAX);
	ak_buf_init(&b64, AK_SSHSIG_MAX);
	ak_buf_init(&blob, AK_SSHSIG_MAX);
	st = check_namespace(name_space, err);
	if (st == AK_OK)
		st = join_lines(armor, &b64, err);
	if (st != AK_OK)
		goto out;
	if (!ak_base64_decode(ak_buf_span(&b64), &blob, &why)) {
		st = ak_fail(err, why.status, "sshsig.base64", why.at, "%s", why.detail);
		goto out;
	}
	st = read_blob(ak_buf_span(&blob), name_space, key, value, err);
	if (st != AK_OK)
		goto out;
	memcpy(pub, key, sizeof(key));
	memcpy(sig, value, sizeof(value));
out:
	ak_buf_clear(&blob);
	ak_buf_clear(&b64);
	return st;
}
