/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/ssh_key.h"

#include "base/fail.h"
#include "codec/ssh.h"

enum { ED25519_LEN = 32, POINT_LEN = 65 };

static const char where[] = "ssh.key", ed25519[] = "ssh-ed25519", p256[] = "ecdsa-sha2-nistp256", rsa[] = "ssh-rsa";

static ak_status not_whole(ak_error *err)
{
	return ak_fail(err, AK_BAD_FORMAT, where, 0, "not a whole SSH public key");
}

static ak_status read_ed25519(ak_span rest, ak_pubkey **out, ak_error *err)
{
	ak_span raw;

	if (!ak_ssh_take_string(&rest, &raw) || rest.len != 0 || raw.len != ED25519_LEN)
		return not_whole(err);
	return ak_pubkey_from_ed25519(raw.data, out, err);
}

static ak_status read_p256(ak_span rest, ak_pubkey **out, ak_error *err)
{
	ak_span point;

	if (!ak_ssh_take_str(&rest, "nistp256") || !ak_ssh_take_string(&rest, &point) || rest.len != 0 || point.len != POINT_LEN)
		return not_whole(err);
	return ak_pubkey_from_p256(point.data, out, err);
}

static ak_status read_rsa(ak_span rest, ak_pubkey **out, ak_error *err)
{
	ak_span e, n;

	if (!ak_ssh_take_string(&rest, &e) || !ak_ssh_take_string(&rest, &n) || rest.len != 0)
		return not_whole(err);
	return ak_pubkey_from_rsa(n, e, out, err);
}

ak_status ak_ssh_key_read(ak_span blob, ak_pubkey **out, ak_error *err)
{
	ak_span type;

	if (!ak_ssh_take_string(&blob, &type))
		return not_whole(err);
	if (ak_span_is(type, ed25519))
		return read_ed25519(blob, out, err);
	if (ak_span_is(type, p256))
		return read_p256(blob, out, err);
	if (ak_span_is(type, rsa))
		return read_rsa(blob, out, err);
	return ak_fail(err, AK_NOT_FOUND, where, 0, "another kind of key");
}

ak_status ak_ssh_signature_read(ak_span blob, ak_key_alg alg, ak_buf *out, ak_error *err)
{
	static const char *const names[] = { [AK_KEY_ED25519] = ed25519, [AK_KEY_P256] = p256, [AK_KEY_RSA] = "rsa-sha2-256" };
	ak_span value, r, s;

	if (!ak_ssh_take_str(&blob, names[alg]) || !ak_ssh_take_string(&blob, &value) || blob.len != 0)
		return ak_fail(err, AK_BAD_FORMAT, "ssh.signature", 0, "not a signature of kind %s", names[alg]);
	if (alg != AK_KEY_P256)
		return ak_buf_add_span(out, value, err);
	if (!ak_ssh_take_string(&value, &r) || !ak_ssh_take_string(&value, &s) || value.len != 0)
		return ak_fail(err, AK_BAD_FORMAT, "ssh.signature", 0, "not two numbers");
	return ak_ecdsa_der(r, s, out, err);
}
