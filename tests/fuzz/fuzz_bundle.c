/* SPDX-License-Identifier: Apache-2.0 */
/* Properties: what is read as a bundle is written as the same text, and read again from its file; what is judged gets a status
 * or a verdict; and for one trust file no bundle of that ledger at that size is valid but the one that it made.
 *
 * An input that begins with a brace is the text of a bundle, any other its file. */
#include "akashi/verify.h"
#include "base/text.h"
#include "bundle/bundle.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of the ledger of corpus/bundle/valid and its like, whose keys are gone. */
static const char trust[] =
	"log ledger.example/ismap+8a939cff+AZCywQSnd6yGAVlRBhtv87pU7W5haJXZBidm2n/1Sd0W\n"
	"genesis sha256:614ec06471e32e1b195f3c163e208b397b9506819ae68ce34b86210aead15a03\n"
	"quorum none\ncomplete none\nfresh P7D\n"
	"profile demo sha256:435bf5236f1cc897cc730c582631a51c5bd90a13f890a1128b8285527054a837\n";
static const char valid[] = "sha256:1e1fb9ff05af07c5cd36a7783496bfe0af71d5ab4b93c7f2ba2c794fc2bef9aa";

enum { NOW = 1780279200 }; /* 2026-06-01 */

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_round(ak_span text, ak_bundle *b)
{
	ak_bundle again = { 0 };
	ak_buf once, file;

	ak_buf_init(&once, AK_BUNDLE_JSON_MAX);
	ak_buf_init(&file, AK_BUNDLE_FILE_MAX);
	must(ak_bundle_format(b, &once, NULL) == AK_OK);
	must(ak_span_eq(ak_buf_span(&once), text));
	must(ak_bundle_write(b, &file, NULL) == AK_OK);
	/* A text that is all alike packs too well to be a bundle. */
	if (ak_bundle_read(ak_buf_span(&file), NULL, &again, NULL) == AK_OK)
		ak_bundle_clear(&again);
	else
		must(text.len > file.len * AK_BUNDLE_RATIO_MAX);
	ak_buf_clear(&once);
	ak_buf_clear(&file);
}

static void check_verdict(ak_span file, ak_bundle *b)
{
	const ak_verify_options o = { .trust = ak_span_str(trust), .as_of = "2026-05-31", .now = NOW };
	ak_verdict v = AK_VERDICT_VALID;
	ak_text json = { 0 };
	ak_digest known, d;

	if (ak_bundle_verify(file, &o, &v, &json, NULL) != AK_OK) {
		must(json.data == NULL);
		return;
	}
	must(json.len != 0);
	ak_text_free(&json);
	if (v != AK_VERDICT_VALID)
		return;
	b->e.since.size = 0; /* with a proof from any size */
	must(ak_digest_parse(ak_span_str(valid), &known));
	must(ak_bundle_digest(b, &d, NULL) == AK_OK);
	must(ak_digest_eq(&d, &known));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ak_span in = { data, size }, bytes = in;
	ak_buf text, file;
	ak_bundle b = { 0 };

	ak_buf_init(&text, AK_BUNDLE_JSON_MAX);
	ak_buf_init(&file, AK_BUNDLE_FILE_MAX);
	if (size > 0 && data[0] == '{') {
		must(ak_bundle_pack(in, &file, NULL) == AK_OK);
		bytes = ak_buf_span(&file);
	}
	if (ak_bundle_unpack(bytes, &text, NULL) == AK_OK && ak_bundle_parse(ak_buf_span(&text), NULL, &b, NULL) == AK_OK) {
		check_round(ak_buf_span(&text), &b);
		check_verdict(bytes, &b);
		ak_bundle_clear(&b);
	}
	ak_buf_clear(&text);
	ak_buf_clear(&file);
	return 0;
}
