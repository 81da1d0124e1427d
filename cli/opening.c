/* SPDX-License-Identifier: Apache-2.0 */
#include "opening.h"

#include "files.h"
#include "js.h"
#include "secrets.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SALT = 32, HEAD = 256 };

static const char suffix[] = ".opening.json";

char *ak_opening_path(const char *stem)
{
	size_t room = strlen(stem) + sizeof(suffix);
	char *path = malloc(room);

	if (path != NULL)
		(void)snprintf(path, room, "%s%s", stem, suffix);
	return path;
}

json_t *ak_opening_document(const char *name, const char *kind, const ak_digest *document, const ak_digest *commitment, const uint8_t salt[SALT])
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * SALT + 1];
	char *of = ak_file_digest_text(document), *to = ak_file_digest_text(commitment);
	json_t *o = NULL;

	for (size_t i = 0; i < SALT; i++) {
		hex[2 * i] = digits[salt[i] >> 4];
		hex[2 * i + 1] = digits[salt[i] & 15];
	}
	hex[sizeof(hex) - 1] = '\0';
	if (of != NULL && to != NULL)
		o = json_pack("{s:s,s:s,s:s,s:s,s:s}", "name", name, "kind", kind, "document", of, "commitment", to, "salt", hex);
	ak_secrets_wipe(hex, sizeof(hex));
	free(of);
	free(to);
	return o;
}

/* Into one buffer of the right size: json_dumps() leaves the ones that were too small behind as they are. */
static char *text_of(const json_t *o)
{
	enum { HOW = JSON_INDENT(1) | JSON_SORT_KEYS };
	size_t n = o == NULL ? 0 : json_dumpb(o, NULL, 0, HOW);
	char *text = n == 0 ? NULL : malloc(n + 1);

	if (text != NULL && json_dumpb(o, text, n, HOW) != n) {
		ak_secrets_wipe(text, n);
		free(text);
		return NULL;
	}
	if (text != NULL)
		text[n] = '\0';
	return text;
}

int ak_opening_write(const ak_cli *c, const char *stem, json_t *documents, json_t *fields, char **path)
{
	json_t *o = json_pack("{s:s,s:o,s:o}", "akashi", "opening/1", "documents", documents != NULL ? documents : json_array(),
	                      "fields", fields != NULL ? fields : json_array());
	char *text = text_of(o), *file = ak_opening_path(stem);
	int code;

	ak_secrets_free_json(o);
	if (text == NULL || file == NULL)
		code = ak_out_no_memory(c);
	else if (ak_file_exists(file))
		code = ak_out_fault(c, AK_INVALID_ARGUMENT, file, MSG_OPENING_EXISTS, NULL);
	else
		code = ak_file_write(c, file, (ak_span){ (const uint8_t *)text, strlen(text) }, AK_WRITE_SECRET);
	ak_secrets_free_text(text);
	if (code == EXIT_HOLDS)
		*path = file;
	else
		free(file);
	return code;
}

bool ak_opening_is(const char *path)
{
	uint8_t head[HEAD];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* NONBLOCK: to see what it is without waiting */
	struct stat what;
	ssize_t n;
	bool is;

	if (fd < 0)
		return false;
	ak_secrets_guard();
	n = fstat(fd, &what) == 0 && S_ISREG(what.st_mode) ? read(fd, head, sizeof(head)) : -1;
	(void)close(fd);
	is = n > 0 && ak_opening_looks_like((ak_span){ head, (size_t)n });
	ak_secrets_wipe(head, sizeof(head));
	return is;
}

int ak_opening_read(const ak_cli *c, const char *path, ak_file *out, json_t **what)
{
	ak_text json = { 0 };
	ak_error e = { 0 };
	int code;

	ak_secrets_guard();
	code = ak_file_read(c, path, AK_OPENING_FILE_MAX, out);

	if (code != EXIT_HOLDS)
		return code;
	if (ak_opening_describe(ak_file_span(out), &json, &e) != AK_OK)
		return ak_out_refused(c, path, &e, NULL);
	*what = ak_js_parse(&json);
	ak_secrets_wipe(json.data, json.len);
	ak_text_free(&json);
	return *what == NULL ? ak_out_no_memory(c) : EXIT_HOLDS;
}
