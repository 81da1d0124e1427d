/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of a small authority made by openssl: what holds holds, every byte of it counts, lists say what they say and no more, and running out of
 * memory is neither. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "oom.h"
#include "pki/path.h"
#include "pki/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 65536, NOW = 1800000000 /* 2027-01-15 */ };

static char dir[64];
static ak_cert *root, *sub, *leaf, *stranger;
static ak_crl *sub_list, *root_list, *revoked_list, *stale_list, *foreign_list;

static const char script[] =
	"set -e; exec >log 2>&1\n"
	"printf '[ca]\\ndefault_ca=d\\n[d]\\ndatabase=i\\nserial=s\\nnew_certs_dir=.\\ndefault_md=sha256\\npolicy=p\\nunique_subject=no\\n[p]\\ncommonName=supplied\\n[req]\\ndistinguished_name=n\\n[n]\\n' >c\n"
	": >i; echo 1000 >s\n"
	"ids='subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid'\n"
	"ca='basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign'\n"
	"make() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $1.key; openssl req -new -config c -key $1.key -subj /CN=$1 -out r;\n"
	"  printf '%s\\n' \"$3\" >e; self=; [ $1 != $2 ] || self=-selfsign; openssl ca -batch -notext -config c $self -cert $2.crt -keyfile $2.key -in r -extfile e"
	" -startdate 20260101000000Z -enddate 20300101000000Z -out $1.crt; openssl x509 -in $1.crt -outform DER -out $1.der; }\n"
	"make root root \"$ca\nsubjectKeyIdentifier=hash\"\n"
	"make sub root \"$ca\n$ids\"\n"
	"make leaf sub \"basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n$ids\"\n"
	"make stranger stranger \"$ca\nsubjectKeyIdentifier=hash\"\n"
	"list() { openssl ca -config c -gencrl -cert $1.crt -keyfile $1.key -crl_lastupdate $3 -crl_nextupdate $4 -out x; openssl crl -in x -outform DER -out $2.crl; }\n"
	"list sub sub 20270101000000Z 20270201000000Z\n"
	"list root root 20270101000000Z 20270201000000Z\n"
	"list sub stale 20260601000000Z 20260701000000Z\n"
	"openssl ca -config c -cert sub.crt -keyfile sub.key -revoke leaf.crt -crl_reason keyCompromise\n"
	"list sub revoked 20270101000000Z 20270201000000Z\n"
	"cp stranger.key sub2.key; openssl req -x509 -new -config c -key stranger.key -subj /CN=sub -out sub2.crt\n"
	"list sub2 foreign 20270101000000Z 20270201000000Z\n";

static void read_file(const char *name, ak_buf *out)
{
	static uint8_t bytes[FILE_MAX];
	char path[128];
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "rb");
	assert_non_null(f);
	n = fread(bytes, 1, sizeof(bytes), f);
	assert_int_equal(fclose(f), 0);
	ak_buf_init(out, FILE_MAX);
	assert_int_equal(ak_buf_add(out, bytes, n, NULL), AK_OK);
}

static ak_cert *cert(const char *name)
{
	ak_cert *c = NULL;
	ak_error e = { 0 };
	ak_buf b;

	read_file(name, &b);
	if (ak_cert_parse(ak_buf_span(&b), &c, &e) != AK_OK)
		fail_msg("%s: %s", name, e.detail);
	ak_buf_clear(&b);
	return c;
}

static ak_crl *list(const char *name)
{
	ak_crl *c = NULL;
	ak_error e = { 0 };
	ak_buf b;

	read_file(name, &b);
	if (ak_crl_parse(ak_buf_span(&b), &c, &e) != AK_OK)
		fail_msg("%s: %s", name, e.detail);
	ak_buf_clear(&b);
	return c;
}

static int make(void **state)
{
	char path[128], line[256];
	FILE *f;

	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/akashi-test-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/make.sh", dir);
	f = fopen(path, "w");
	if (f == NULL || fputs(script, f) < 0 || fclose(f) != 0)
		return -1;
	(void)snprintf(line, sizeof(line), "cd %s && { bash make.sh || { cat log; false; }; }", dir);
	if (system(line) != 0)
		return -1;
	root = cert("root.der"), sub = cert("sub.der"), leaf = cert("leaf.der"), stranger = cert("stranger.der");
	sub_list = list("sub.crl"), root_list = list("root.crl"), revoked_list = list("revoked.crl");
	stale_list = list("stale.crl"), foreign_list = list("foreign.crl");
	return 0;
}

static int drop(void **state)
{
	char line[128];

	(void)state;
	ak_cert_free(&root), ak_cert_free(&sub), ak_cert_free(&leaf), ak_cert_free(&stranger);
	ak_crl_free(&sub_list), ak_crl_free(&root_list), ak_crl_free(&revoked_list), ak_crl_free(&stale_list), ak_crl_free(&foreign_list);
	(void)snprintf(line, sizeof(line), "rm -rf %s", dir);
	return system(line);
}

static ak_status ask(const ak_cert *l, const ak_cert *issuer, const ak_cert *anchor, int64_t at, const ak_crl *const *lists, size_t n, ak_path *path, ak_error *err)
{
	ak_path_query q = { 0 };

	q.leaf = l;
	q.others = &issuer;
	q.n_others = 1;
	q.roots = &anchor;
	q.n_roots = 1;
	q.at = at;
	q.purpose = AK_PURPOSE_SIGNATURE;
	q.crls = lists;
	q.n_crls = n;
	q.revocation = n != 0;
	return ak_path_check(&q, path, err);
}

static void holds_at_its_time_only(void **state)
{
	ak_path path = { 0 };

	(void)state;
	assert_int_equal(ask(leaf, sub, root, NOW, NULL, 0, &path, NULL), AK_OK);
	assert_int_equal(path.n, 3);
	assert_true(path.certs[0] == leaf && path.certs[1] == sub && path.certs[2] == root);
	assert_int_equal(path.not_before, 1767225600);
	assert_int_equal(path.not_after, 1893456000);
	assert_int_equal(ask(leaf, sub, root, path.not_before, NULL, 0, NULL, NULL), AK_OK);
	assert_int_equal(ask(leaf, sub, root, path.not_after, NULL, 0, NULL, NULL), AK_OK);
	assert_int_equal(ask(leaf, sub, root, path.not_before - 1, NULL, 0, NULL, NULL), AK_BAD_CERTIFICATE);
	assert_int_equal(ask(leaf, sub, root, path.not_after + 1, NULL, 0, NULL, NULL), AK_BAD_CERTIFICATE);
	assert_int_equal(ask(leaf, sub, stranger, NOW, NULL, 0, NULL, NULL), AK_BAD_CERTIFICATE);
	assert_int_equal(ask(leaf, stranger, root, NOW, NULL, 0, NULL, NULL), AK_BAD_CERTIFICATE);
	/* A pinned issuer need not be self-signed; it is the end of the path. */
	assert_int_equal(ask(leaf, root, sub, NOW, NULL, 0, &path, NULL), AK_OK);
	assert_int_equal(path.n, 2);
	assert_int_equal(ask(sub, sub, root, NOW, NULL, 0, NULL, NULL), AK_BAD_CERTIFICATE); /* an issuer signs no documents */
}

static void lists_say_what_they_say(void **state)
{
	const struct {
		const char *name;
		const ak_crl *list[2];
		ak_status want;
	} rows[] = {
		{ "both lists, not named", { sub_list, root_list }, AK_OK },
		{ "revoked", { revoked_list, root_list }, AK_BAD_CERTIFICATE },
		{ "revoked, and of the issuer nothing is known", { revoked_list, revoked_list }, AK_BAD_CERTIFICATE },
		{ "a list is missing", { sub_list, sub_list }, AK_NOT_HELD },
		{ "a list has run out", { stale_list, root_list }, AK_NOT_HELD },
		{ "a list signed by another key", { foreign_list, root_list }, AK_NOT_HELD },
	};
	ak_revoked r = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_error e = { 0 };
		ak_status st = ask(leaf, sub, root, NOW, rows[i].list, 2, NULL, &e);

		if (st != rows[i].want)
			fail_msg("%s: %s: %s", rows[i].name, ak_status_name(st), e.detail);
	}
	assert_false(ak_crl_find(sub_list, leaf, &r));
	assert_true(ak_crl_find(revoked_list, leaf, &r));
	assert_false(ak_crl_find(root_list, leaf, &r)); /* another issuer's */
	assert_string_equal(ak_revoked_reason(r.reason), "keyCompromise");
	assert_true(r.date > 0);
	assert_int_equal(ak_crl_check_form(sub_list, NULL), AK_OK);
	assert_int_equal(ak_crl_check_issuer(sub_list, sub, NULL), AK_OK);
	assert_int_equal(ak_crl_check_issuer(sub_list, root, NULL), AK_NOT_FOUND);
	assert_int_equal(ak_crl_check_issuer(foreign_list, sub, NULL), AK_BAD_SIGNATURE);
}

/* Whatever is changed in a certificate below the root is refused, by the reader or by the path. */
static void every_bit_counts(const ak_cert *c)
{
	ak_span der = ak_cert_der(c);
	static uint8_t copy[AK_CERT_MAX];
	size_t read = 0;

	for (size_t bit = 0; bit < 8 * der.len; bit++) {
		ak_cert *changed = NULL;
		ak_status st;

		memcpy(copy, der.data, der.len);
		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (ak_cert_parse((ak_span){ copy, der.len }, &changed, NULL) != AK_OK)
			continue;
		read++;
		/* One bit in each byte: the path is what takes time. */
		st = bit % 8 != bit / 8 % 8 ? AK_BAD_CERTIFICATE
		     : ask(c == leaf ? changed : leaf, c == sub ? changed : sub, root, NOW, NULL, 0, NULL, NULL);
		if (ak_status_class(st) != AK_CLASS_REJECT)
			fail_msg("bit %zu: %s", bit, ak_status_name(st));
		assert_int_equal(ak_cert_check_public(changed, NULL) == AK_INTERNAL, false);
		ak_cert_free(&changed);
	}
	assert_true(read > der.len); /* strings and signatures */
	for (size_t n = 0; n < der.len; n++) {
		ak_cert *cut = NULL;

		assert_int_equal(ak_cert_parse((ak_span){ der.data, n }, &cut, NULL), AK_BAD_FORMAT);
		assert_null(cut);
	}
	memcpy(copy, der.data, der.len);
	copy[der.len] = 0;
	assert_int_equal(ak_cert_parse((ak_span){ copy, der.len + 1 }, &(ak_cert *){ NULL }, NULL), AK_BAD_FORMAT);
}

static void every_bit_of_the_leaf(void **state)
{
	(void)state;
	every_bit_counts(leaf);
}

static void every_bit_of_the_issuer(void **state)
{
	(void)state;
	every_bit_counts(sub);
}

static void every_bit_of_a_list(void **state)
{
	ak_span der = ak_crl_der(revoked_list);
	static uint8_t copy[FILE_MAX];

	(void)state;
	for (size_t bit = 0; bit < 8 * der.len; bit++) {
		ak_crl *changed = NULL;

		memcpy(copy, der.data, der.len);
		copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (ak_crl_parse((ak_span){ copy, der.len }, &changed, NULL) != AK_OK)
			continue;
		if (bit % 8 == bit / 8 % 8)
			assert_int_not_equal(ak_crl_check_issuer(changed, sub, NULL), AK_OK);
		ak_crl_free(&changed);
	}
	for (size_t n = 0; n < der.len; n++)
		assert_int_equal(ak_crl_parse((ak_span){ der.data, n }, &(ak_crl *){ NULL }, NULL), AK_BAD_FORMAT);
}

static void strict_der(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t n;
		bool good;
	} rows[] = {
		{ "NULL", "\x05\x00", 2, true },
		{ "NULL that holds something", "\x05\x01\x00", 3, false },
		{ "long length where a short one will do", "\x04\x81\x01\x00", 4, false },
		{ "indefinite length", "\x30\x80\x00\x00", 4, false },
		{ "leading zero in a length", "\x04\x82\x00\x80", 4, false },
		{ "bytes after the value", "\x05\x00\x00", 3, false },
		{ "past the end", "\x04\x02\x00", 3, false },
		{ "nothing", "", 0, false },
		{ "INTEGER without bytes", "\x02\x00", 2, false },
		{ "INTEGER with a byte too many", "\x02\x02\x00\x01", 4, false },
		{ "negative INTEGER with a byte too many", "\x02\x02\xff\x80", 4, false },
		{ "negative INTEGER", "\x02\x01\x80", 3, true },
		{ "BOOLEAN 1", "\x01\x01\x01", 3, false },
		{ "BOOLEAN true", "\x01\x01\xff", 3, true },
		{ "OID with a leading 80", "\x06\x02\x80\x01", 4, false },
		{ "OID not ended", "\x06\x02\x2a\x83", 4, false },
		{ "OID", "\x06\x03\x55\x04\x09", 5, true },
		{ "BIT STRING with an unused bit set", "\x03\x02\x01\x01", 4, false },
		{ "BIT STRING", "\x03\x02\x01\x02", 4, true },
		{ "BIT STRING of nothing with unused bits", "\x03\x01\x01", 3, false },
		{ "OCTET STRING in parts", "\x24\x04\x04\x02\x00\x00", 6, false },
		{ "SEQUENCE as a primitive", "\x10\x00", 2, false },
		{ "tag of two bytes", "\xbf\x81\x00\x00", 4, false },
		{ "UTCTime without seconds", "\x17\x0b" "2701010000Z", 13, false },
		{ "UTCTime", "\x17\x0d" "270101000000Z", 15, true },
		{ "GeneralizedTime with a fraction that ends in 0", "\x18\x12" "20270101000000.10Z", 20, false },
		{ "GeneralizedTime with a fraction", "\x18\x11" "20270101000000.1Z", 19, true },
		{ "GeneralizedTime with an offset", "\x18\x13" "20270101000000+0900", 21, false },
	};
	ak_walk w = { "der", 100, 8, 4, NULL, NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ak_status st = ak_walk_der(&w, (ak_span){ (const uint8_t *)rows[i].bytes, rows[i].n }, NULL);

		if (st != (rows[i].good ? AK_OK : AK_BAD_FORMAT))
			fail_msg("%s: %s", rows[i].name, ak_status_name(st));
	}
	assert_int_equal(ak_walk_der(&w, ak_span_str("\x30\x06\x30\x04\x30\x02\x30"), NULL), AK_BAD_FORMAT); /* the last has no length */
	assert_int_equal(ak_walk_der(&w, (ak_span){ (const uint8_t *)"\x30\x06\x30\x04\x30\x02\x30\x00", 8 }, NULL), AK_OK);
	w.depth = 3;
	assert_int_equal(ak_walk_der(&w, (ak_span){ (const uint8_t *)"\x30\x06\x30\x04\x30\x02\x30\x00", 8 }, NULL), AK_BAD_FORMAT);
	w.depth = 4, w.values = 3;
	assert_int_equal(ak_walk_der(&w, (ak_span){ (const uint8_t *)"\x30\x06\x30\x04\x30\x02\x30\x00", 8 }, NULL), AK_BAD_FORMAT);
	w.values = 8, w.bytes = 7;
	assert_int_equal(ak_walk_der(&w, (ak_span){ (const uint8_t *)"\x30\x06\x30\x04\x30\x02\x30\x00", 8 }, NULL), AK_BAD_FORMAT);
}

static ak_status parse_and_check(void *ctx)
{
	const ak_crl *const lists[] = { sub_list, root_list };
	ak_cert *c = NULL;
	ak_status st = ak_cert_parse(ak_cert_der(leaf), &c, NULL);

	(void)ctx;
	if (st == AK_OK)
		st = ak_cert_check_public(c, NULL);
	if (st == AK_OK)
		st = ask(c, sub, root, NOW, lists, 2, NULL, NULL);
	ak_cert_free(&c);
	return st;
}

static ak_status read_list(void *ctx)
{
	ak_crl *c = NULL;
	ak_status st = ak_crl_parse(ak_crl_der(revoked_list), &c, NULL);

	(void)ctx;
	if (st == AK_OK)
		st = ak_crl_check_form(c, NULL);
	ak_crl_free(&c);
	return st;
}

static void without_memory(void **state)
{
	const oom_plan plan = { .points = 200, .may_keep = true };

	(void)state;
	oom_sweep_plan("certificate and path", parse_and_check, NULL, &plan);
	oom_sweep_plan("list", read_list, NULL, &plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strict_der),
		cmocka_unit_test(holds_at_its_time_only),
		cmocka_unit_test(lists_say_what_they_say),
		cmocka_unit_test(every_bit_of_the_leaf),
		cmocka_unit_test(every_bit_of_the_issuer),
		cmocka_unit_test(every_bit_of_a_list),
		cmocka_unit_test(without_memory),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
