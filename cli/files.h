/* SPDX-License-Identifier: Apache-2.0 */
/* files.h - reading and writing files; private keys with the care they need
 *
 * Functions that return an int report what is wrong themselves and return an exit code: EXIT_HOLDS to go on.
 * Text that ak_file_read() gives is freed with ak_file_drop(), which overwrites it: it may have been a key.
 */
#ifndef AK_CLI_FILES_H
#define AK_CLI_FILES_H

#include "cli.h"

enum {
	AK_FILE_MAX = 64 * 1024 * 1024, /* more than any envelope, JSON Lines of a batch included */
	AK_KEY_FILE_MAX = 64 * 1024,
};

/* "-" is stdin.  A named pipe is refused: reading would wait for whoever writes to it. */
int ak_file_read(const ak_cli *c, const char *path, size_t most, ak_file *out);
void ak_file_drop(ak_file *f);
ak_span ak_file_span(const ak_file *f);
/* Why a system call failed, in words. */
const char *ak_file_why(const ak_cli *c, int error);
const char *ak_file_why_in(bool ja, int error);
bool ak_file_exists(const char *path);

/* What can be made again at any time from what is kept elsewhere - a bundle, a picture, a table, signatures added to a file - replaces what is
 * there.  What somebody may have worked on, filed or lost otherwise - a draft, a key, a trust file, evidence, a receipt, a report - is new,
 * and replaces only where the command has --force and it is given. */
typedef enum ak_write {
	AK_WRITE_NEW,     /* fail when the file is there                     */
	AK_WRITE_REPLACE, /* a temporary file beside it, renamed onto it     */
	AK_WRITE_SECRET,  /* as NEW, readable by its owner only              */
} ak_write;
int ak_file_write(const ak_cli *c, const char *path, ak_span bytes, ak_write how);
/* As AK_WRITE_REPLACE, and says nothing: false, and errno, when the file is as it was. */
bool ak_file_swap(const char *path, ak_span bytes);
/* For its owner only, or as the umask says; there already is fine. */
int ak_file_make_folder(const ak_cli *c, const char *path, bool for_owner_only);

/* A private key: "agent:…" and "pkcs11:…" are kept elsewhere, anything else is a file, refused when others than its owner can read it.
 * Passphrases and PINs are asked for (passphrase.h). */
int ak_file_secret(const ak_cli *c, const char *path, ak_secret **out);
/* A file of a secret that others can read is refused. */
int ak_file_owner_only(const ak_cli *c, const char *path);
/* A public key as the JSON of ak_secret_public(): from such JSON, from PEM, a line of OpenSSH or a certificate, or
 * from a private key. */
int ak_file_public(const ak_cli *c, const char *path, ak_text *json);

/* SHA-256 of a file of any size. */
int ak_file_digest(const ak_cli *c, const char *path, ak_digest *out);
char *ak_file_digest_text(const ak_digest *d); /* "sha256:…", freed with free(); NULL without memory */

const char *ak_file_base(const char *path); /* what follows the last '/' */

#endif
