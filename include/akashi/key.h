/* SPDX-License-Identifier: Apache-2.0 */
/* key.h - private keys: files of them (PKCS#8 PEM), and keys that stay with an agent or on a token
 *
 * The library reads no files and asks nobody: bytes come in, bytes go out, and what a token wants to know is asked through ak_key_access.  Secret
 * text should be wiped by whoever holds it (ak_text_wipe).
 */
#ifndef AKASHI_KEY_H
#define AKASHI_KEY_H

#include "akashi/types.h"

typedef struct ak_secret ak_secret; /* a private key in memory */

/* alg: "ed25519" or "p256".  AK_INVALID_ARGUMENT for others. */
AK_API AK_MUST_USE ak_status ak_secret_generate(const char *alg, ak_secret **out, ak_error *err);
/* PKCS#8 in PEM; `passphrase` counts only where it is encrypted.  AK_INVALID_ARGUMENT: it is, and the passphrase is NULL or wrong;
 * AK_BAD_FORMAT; AK_WEAK_KEY: a kind of key that is not taken. */
AK_API AK_MUST_USE ak_status ak_secret_read(ak_span pem, const char *passphrase, ak_secret **out, ak_error *err);
/* The key as such a file, in plain.  AK_INVALID_ARGUMENT: it is kept elsewhere and does not leave that place. */
AK_API AK_MUST_USE ak_status ak_secret_pem(const ak_secret *k, ak_text *out, ak_error *err);
/* The same, encrypted: PBES2 (RFC 8018) with AES-256-CBC and PBKDF2, HMAC-SHA-256, 600,000 rounds.  The passphrase has 1 to 1024 bytes. */
AK_API AK_MUST_USE ak_status ak_secret_pem_encrypted(const ak_secret *k, const char *passphrase, ak_text *out, ak_error *err);

/* How to get at keys that are kept elsewhere.  What it points to must live as long as the key. */
typedef struct ak_key_access {
	const char *agent; /* the ssh-agent's socket, usually $SSH_AUTH_SOCK; NULL: there is none */
	void *ctx;
	/* Asks for the PIN of a token: puts it, with its end, into out[room] and says true; NULL: nobody to ask.  `what` is the token's
	 * label.  Called on the thread that opens or signs. */
	bool (*ask)(void *ctx, const char *what, char *out, size_t room);
} ak_key_access;

/* Does this name a key that is kept elsewhere: "agent:…", "pkcs11:…"? */
AK_API bool ak_secret_is_held(const char *name);
/* Such a key.  agent:WHICH is a key of the ssh-agent by comment, by fingerprint ("SHA256:…") or by akashi's id, or the
 * only one; pkcs11:… is a key on a token (RFC 7512; module-path names the driver).  Some want their PIN for each
 * signature.  AK_NOT_FOUND no such key; AK_IO it does not answer or refuses; AK_INVALID_ARGUMENT
 * a name that fits several keys or holds a PIN, a wrong PIN; AK_WEAK_KEY a kind of key that is not taken. */
AK_API AK_MUST_USE ak_status ak_secret_open(const char *name, const ak_key_access *access, ak_secret **out, ak_error *err);

/* A private key as other programs keep it: PEM or DER of PKCS#8, PKCS#1 or SEC 1, OpenSSH's own form, PKCS#12.  AK_INVALID_ARGUMENT
 * when it is encrypted and the passphrase is NULL or wrong; OpenSSH's own encryption is not read (use its agent). */
AK_API AK_MUST_USE ak_status ak_secret_import(ak_span file, const char *passphrase, ak_secret **out, ak_error *err);

AK_API void ak_secret_free(ak_secret **k);
AK_API void ak_text_wipe(ak_text *t); /* overwrite, then free */

/* {"id":"<64 hex>","spki":"<base64>","algorithm":"ed25519","pem":["-----BEGIN PUBLIC KEY-----"…],"ssh":"ssh-ed25519 …" (Ed25519
 * only)}; "pem" are its lines, and "id" and "spki" are what keyset and party records hold. */
AK_API AK_MUST_USE ak_status ak_secret_public(const ak_secret *k, ak_text *json, ak_error *err);
/* The same from a public key: PEM, a line of OpenSSH ("ssh-ed25519 AAAA… comment"), or the X.509 certificate (PEM or DER) that holds
 * it.  Nothing else of a certificate is looked at. */
AK_API AK_MUST_USE ak_status ak_public_read(ak_span pem, ak_text *json, ak_error *err);

/* The certificate chain of a key, as a party record may carry it: PEM blocks, the key's own certificate first and the pinned root last; or one certificate in
 * DER.  At most 10 of 16 KiB.  {"key":"<64 hex of the leaf's key>","certificate":["<base64 of DER>"…],
 * "chain":[{"subject":RFC 4514,"issuer":RFC 4514,"holder":TEXT,"serial":HEX,"not_before":TIME,"not_after":TIME,"sha256":"sha256:…"}…]}.
 * AK_BAD_FORMAT; AK_PERSONAL_DATA when one carries what must not stand in a public record, with the name of the field.  Whether they form a path is judged
 * where they are used: the texts in it are the issuers' and unproven. */
AK_API AK_MUST_USE ak_status ak_certificates_read(ak_span file, ak_text *json, ak_error *err);

#endif
