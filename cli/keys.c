/* SPDX-License-Identifier: Apache-2.0 */
/* Key files.  A private key that others can read is refused rather than used: who signs with it cannot know who else can. */
#include "files.h"
#include "keys.h"
#include "out.h"
#include "passphrase.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_private(const ak_file *f)
{
	return strstr(f->data, "PRIVATE KEY-----") != NULL;
}

static bool is_encrypted(const ak_file *f)
{
	return strstr(f->data, "-----BEGIN ENCRYPTED PRIVATE KEY-----") != NULL;
}

bool ak_keys_is_private(const char *path)
{
	char head[AK_KEY_FILE_MAX / 16] = "";
	FILE *f = ak_secret_is_held(path) || strcmp(path, "-") == 0 ? NULL : fopen(path, "rb");
	bool is;

	if (f == NULL)
		return false;
	head[fread(head, 1, sizeof(head) - 1, f)] = '\0';
	(void)fclose(f); /* was only read */
	is = strstr(head, "PRIVATE KEY-----") != NULL;
	ak_passphrase_wipe(head, sizeof(head));
	return is;
}

/* Whoever gave the other half of the pair, or a certificate of it, is told so, and not to hide it. */
static ak_msg public_half(const char *path)
{
	static const struct {
		const char *mark;
		ak_msg word;
	} kinds[] = {
		{ "-----BEGIN PUBLIC KEY-----", MSG_KEY_IS_PUBLIC }, { "ssh-", MSG_KEY_IS_PUBLIC }, { "ecdsa-sha2-", MSG_KEY_IS_PUBLIC },
		{ "-----BEGIN CERTIFICATE-----", MSG_KEY_IS_CERTIFICATE },
	};
	char head[32] = "";
	FILE *f = ak_keys_is_private(path) ? NULL : fopen(path, "rb");

	if (f == NULL)
		return MSG_NONE;
	head[fread(head, 1, sizeof(head) - 1, f)] = '\0';
	(void)fclose(f); /* was only read */
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strncmp(head, kinds[i].mark, strlen(kinds[i].mark)) == 0)
			return kinds[i].word;
	}
	return MSG_NONE;
}

int ak_file_owner_only(const ak_cli *c, const char *path)
{
	ak_msg public;
	struct stat st;

	if (strcmp(path, "-") == 0)
		return EXIT_HOLDS;
	if (stat(path, &st) != 0)
		return ak_out_fault(c, AK_IO, path, MSG_CANNOT_OPEN, ak_file_why(c, errno), NULL);
	public = S_ISREG(st.st_mode) ? public_half(path) : MSG_NONE;
	if (public != MSG_NONE)
		return ak_out_fault(c, AK_INVALID_ARGUMENT, path, public, path, NULL);
	if (S_ISREG(st.st_mode) && (st.st_mode & 077) != 0)
		return ak_out_fault(c, AK_INVALID_ARGUMENT, path, MSG_KEY_READABLE, path, NULL);
	return EXIT_HOLDS;
}

/* A wrong passphrase shows itself in many ways, in words that only OpenSSL's people know; a cipher that is not read is no such. */
bool ak_keys_wrong(const ak_error *e)
{
	static const char wrong[] = "the passphrase does not open ";

	return strncmp(e->detail, wrong, sizeof(wrong) - 1) == 0 && strstr(e->detail, "unsupported") == NULL && strstr(e->detail, "unknown") == NULL;
}

int ak_keys_refused(const ak_cli *c, const char *path, ak_error *e)
{
	char next[AK_NEXT_ROOM];

	if (e->where != NULL && strcmp(e->where, "key.pem") == 0)
		return ak_out_refused(c, path, e, ak_out_text(c, next, sizeof(next), MSG_NEXT_KEY_FORM, path, NULL));
	if (!ak_keys_wrong(e))
		return ak_out_refused(c, path, e, NULL);
	(void)snprintf(e->detail, sizeof(e->detail), "the passphrase does not open the key; it was not used");
	return ak_out_refused(c, path, e, ak_out_text(c, next, sizeof(next), MSG_NEXT_PASSPHRASE, NULL));
}

static int parse_secret(const ak_cli *c, const char *path, const ak_file *f, ak_secret **out)
{
	char passphrase[AK_PASSPHRASE_ROOM] = "";
	ak_error e = { 0 };
	ak_status st;
	size_t wrong = 0;
	int code = EXIT_HOLDS;

	if (is_encrypted(f) && !ak_passphrase_ask(c, MSG_PASSPHRASE, path, passphrase, sizeof(passphrase)))
		return ak_passphrase_missing(c, path);
	do {
		e = (ak_error){ 0 };
		st = ak_secret_read(ak_file_span(f), is_encrypted(f) ? passphrase : NULL, out, &e);
	} while (st != AK_OK && is_encrypted(f) && ak_keys_wrong(&e) && ak_passphrase_once_more(c, path, &wrong, passphrase));
	if (st != AK_OK)
		code = ak_keys_refused(c, path, &e);
	ak_passphrase_wipe(passphrase, sizeof(passphrase));
	return code;
}

/* With an agent or on a token. */
static int open_held(const ak_cli *c, const char *name, ak_secret **out)
{
	ak_key_access access = ak_passphrase_access(c);
	ak_error e = { 0 };

	return ak_secret_open(name, &access, out, &e) == AK_OK ? EXIT_HOLDS : ak_out_refused(c, name, &e, NULL);
}

int ak_file_secret(const ak_cli *c, const char *path, ak_secret **out)
{
	ak_file f = { 0 };
	int code;

	ak_secrets_guard();
	if (ak_secret_is_held(path))
		return open_held(c, path, out);
	code = ak_file_owner_only(c, path);
	if (code == EXIT_HOLDS)
		code = ak_file_read(c, path, AK_KEY_FILE_MAX, &f);
	if (code == EXIT_HOLDS)
		code = parse_secret(c, path, &f, out);
	ak_file_drop(&f);
	return code;
}

char *ak_keys_pem(const json_t *o)
{
	const json_t *lines = json_object_get(o, "pem");
	size_t room = 1, at = 0, i;
	const json_t *v;
	char *pem;

	json_array_foreach(lines, i, v)
		room += json_string_length(v) + 1;
	pem = room > 1 ? malloc(room) : NULL;
	if (pem == NULL)
		return NULL;
	json_array_foreach(lines, i, v) {
		size_t n = json_string_length(v);

		if (n > 0)
			memcpy(pem + at, json_string_value(v), n);
		at += n;
		pem[at++] = '\n';
	}
	pem[at] = '\0';
	return pem;
}

/* The JSON of keygen: its PEM is read again, so that id and spki cannot disagree with it. */
static int from_json(const ak_cli *c, const char *path, const ak_file *f, ak_text *json)
{
	json_t *o = json_loadb(f->data, f->len, 0, NULL);
	char *pem = ak_keys_pem(o);
	ak_error e = { 0 };
	int code = EXIT_HOLDS;

	if (pem == NULL)
		code = ak_out_fault(c, AK_BAD_FORMAT, path, MSG_KEY_NOT_PUBLIC, NULL);
	else if (ak_public_read((ak_span){ (const uint8_t *)pem, strlen(pem) }, json, &e) != AK_OK)
		code = ak_out_refused(c, path, &e, NULL);
	free(pem);
	json_decref(o);
	return code;
}

static int from_secret(const ak_cli *c, const char *path, ak_text *json)
{
	ak_secret *k = NULL;
	ak_error e = { 0 };
	int code = ak_file_secret(c, path, &k);

	if (code == EXIT_HOLDS && ak_secret_public(k, json, &e) != AK_OK)
		code = ak_out_refused(c, path, &e, NULL);
	ak_secret_free(&k);
	return code;
}

int ak_file_public(const ak_cli *c, const char *path, ak_text *json)
{
	ak_file f = { 0 };
	ak_error e = { 0 };
	int code;

	if (ak_secret_is_held(path))
		return from_secret(c, path, json);
	code = ak_file_read(c, path, AK_KEY_FILE_MAX, &f);
	if (code != EXIT_HOLDS)
		return code;
	if (is_private(&f) && strcmp(path, "-") != 0)
		code = from_secret(c, path, json);
	else if (f.data[strspn(f.data, " \t\r\n")] == '{')
		code = from_json(c, path, &f, json);
	else if (ak_public_read(ak_file_span(&f), json, &e) != AK_OK)
		code = ak_out_refused(c, path, &e, NULL);
	ak_file_drop(&f);
	return code;
}
