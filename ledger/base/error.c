/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bytes.h"
#include "base/fail.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	ak_status status;
	ak_class cls;
	const char *name;
	const char *en;
	const char *ja;
} table[] = {
#define AK_S(value, name, cls, en, ja) \
	{ AK_##name, AK_CLASS_##cls, "AK_" #name, en, ja },
#include "akashi/errors.def"
#undef AK_S
};

static size_t row_of(ak_status s)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (table[i].status == s)
			return i;
	}
	return SIZE_MAX;
}

const char *ak_status_name(ak_status s)
{
	size_t i = row_of(s);

	return i == SIZE_MAX ? "AK_(unknown)" : table[i].name;
}

const char *ak_status_text(ak_status s)
{
	size_t i = row_of(s);

	return i == SIZE_MAX ? "unknown status" : table[i].en;
}

const char *ak_status_text_ja(ak_status s)
{
	size_t i = row_of(s);

	return i == SIZE_MAX ? "不明な状態" : table[i].ja;
}

ak_class ak_status_class(ak_status s)
{
	size_t i = row_of(s);

	/* An unlisted status is a bug; never let it read as success. */
	return i == SIZE_MAX ? AK_CLASS_UNKNOWN : table[i].cls;
}

/* A text that was cut to fit may end inside a character: take off what is not whole, so that it can be shown. */
static void mend_end(char *text)
{
	size_t n = strlen(text), at = n;
	ak_span s = { (const uint8_t *)text, n };

	if (!ak_utf8_valid(s, &at) && n - at < 4)
		text[at] = '\0';
}

ak_status ak_fail(ak_error *err, ak_status status, const char *where,
                  uint64_t at, const char *fmt, ...)
{
	ak_error e = { .status = status, .where = where, .at = at };
	va_list ap;

	if (err == NULL)
		return status;
	/* Into a record of its own: what is told may come out of *err itself. */
	va_start(ap, fmt);
	(void)vsnprintf(e.detail, sizeof(e.detail), fmt, ap);
	va_end(ap);
	mend_end(e.detail);
	*err = e;
	return status;
}

ak_status ak_mismatch(ak_error *err, ak_status status, const char *where,
                      uint64_t at, const char *expected, const char *found)
{
	ak_error e = { .status = status, .where = where, .at = at };

	if (err == NULL)
		return status;
	(void)snprintf(e.detail, sizeof(e.detail), "%s", ak_status_text(status));
	(void)snprintf(e.expected, sizeof(e.expected), "%s", expected);
	(void)snprintf(e.found, sizeof(e.found), "%s", found);
	mend_end(e.expected);
	mend_end(e.found);
	*err = e;
	return status;
}

ak_status ak_fail_values(ak_error *err, ak_status status, const char *expected, const char *found)
{
	if (err == NULL)
		return status;
	(void)snprintf(err->expected, sizeof(err->expected), "%s", expected);
	(void)snprintf(err->found, sizeof(err->found), "%s", found);
	mend_end(err->expected);
	mend_end(err->found);
	return status;
}

ak_status ak_digest_mismatch(ak_error *err, ak_status status, const char *where,
                             uint64_t at, const ak_digest *expected,
                             const ak_digest *found)
{
	char want[AK_DIGEST_TEXT_LEN + 1], got[AK_DIGEST_TEXT_LEN + 1];

	ak_digest_format(expected, want);
	ak_digest_format(found, got);
	return ak_mismatch(err, status, where, at, want, got);
}

void ak_text_free(ak_text *t)
{
	if (t == NULL)
		return;
	ak_mem_free(t->data);
	*t = (ak_text){ 0 };
}
