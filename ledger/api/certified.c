/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of party keys: when they end, and whether they name the party that they are enrolled for. */
#include "api/api.h"

#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"
#include "pki/cert.h"
#include "verify/report.h"

#include <stdio.h>
#include <stdlib.h>

enum { DAY = 86400, POINTER_MAX = 80, WORDS_MAX = 1200 };

/* ---- when they end ---- */

/* A key that has ended needs no certificate any more. */
static ak_status put_row(const ak_json *party, const ak_json *member, const ak_json *key, int64_t now, ak_json *out, ak_error *err)
{
	const ak_json *certificate = ak_json_get(key, "certificate");
	ak_json *o;
	int64_t until;
	bool pinned;
	ak_status st;

	if (!ak_json_is(certificate, AK_JSON_OBJECT) || !ak_json_is(ak_json_get(key, "last"), AK_JSON_NULL))
		return AK_OK;
	pinned = ak_utctime_parse(ak_json_get_text(certificate, "until"), &until);
	o = ak_json_new_object();
	st = ak_json_set(o, "party", ak_json_copy(ak_json_get(party, "party")), err);
	if (st == AK_OK)
		st = ak_json_set(o, "member", ak_json_copy(ak_json_get(member, "member")), err);
	if (st == AK_OK)
		st = ak_json_set(o, "key", ak_json_copy(ak_json_get(key, "id")), err);
	if (st == AK_OK)
		st = ak_json_set(o, "organisation", ak_json_copy(ak_json_get(certificate, "organisation")), err);
	if (st == AK_OK)
		st = ak_json_set(o, "until", ak_json_copy(ak_json_get(certificate, "until")), err);
	if (st == AK_OK) /* whole days; what is over is below 0 */
		st = ak_json_set(o, "days_left", !pinned ? ak_json_new_null() : ak_json_new_int(until < now ? (until - now - DAY + 1) / DAY : (until - now) / DAY), err);
	if (st == AK_OK)
		return ak_json_add(out, o, err);
	ak_json_free(o);
	return st;
}

static ak_status put_rows(const ak_json *parties, int64_t now, ak_json *out, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(parties); i++) {
		const ak_json *party = ak_json_at(parties, i), *members = ak_json_get(party, "members");

		for (size_t m = 0; st == AK_OK && m < ak_json_len(members); m++) {
			const ak_json *member = ak_json_at(members, m), *keys = ak_json_get(member, "keys");

			for (size_t k = 0; st == AK_OK && k < ak_json_len(keys); k++)
				st = put_row(party, member, ak_json_at(keys, k), now, out, err);
		}
	}
	return st;
}

/* Times of this form sort as text; none, for what holds at no time, is first. */
static int by_until(const void *a, const void *b)
{
	const ak_json *const *x = a, *const *y = b;
	int c = ak_span_cmp(ak_json_get_text(*x, "until"), ak_json_get_text(*y, "until"));

	return c != 0 ? c : ak_span_cmp(ak_json_get_text(*x, "key"), ak_json_get_text(*y, "key"));
}

static ak_status put_sorted(const ak_json *found, ak_json *list, ak_error *err)
{
	const size_t n = ak_json_len(found);
	const ak_json **row = ak_mem_array(n + 1, sizeof(*row));
	ak_status st = AK_OK;

	if (row == NULL)
		return ak_no_memory(err, "certificates");
	for (size_t i = 0; i < n; i++)
		row[i] = ak_json_at(found, i);
	if (n > 1)
		qsort(row, n, sizeof(*row), by_until);
	for (size_t i = 0; st == AK_OK && i < n; i++)
		st = ak_json_add(list, ak_json_copy(row[i]), err);
	ak_mem_free(row);
	return st;
}

ak_status ak_api_certificates(const ak_authority *a, int64_t now, ak_json *o, ak_error *err)
{
	ak_json *told = ak_json_new_object(), *found = ak_json_new_array(), *list = ak_json_new_array();
	ak_status st = ak_authority_tell(a, now, told, err);

	if (st == AK_OK)
		st = put_rows(ak_json_get(told, "parties"), now, found, err);
	if (st == AK_OK)
		st = put_sorted(found, list, err);
	ak_json_free(found);
	ak_json_free(told);
	if (st == AK_OK)
		return ak_json_set(o, "certificates", list, err);
	ak_json_free(list);
	return st;
}

/* ---- whose name they bear ---- */

static uint8_t small(uint8_t b)
{
	return b >= 'A' && b <= 'Z' ? (uint8_t)(b + 32) : b;
}

/* Blanks and the case of ASCII letters make no other name. */
static bool same_name(ak_span a, ak_span b)
{
	for (size_t i = 0, k = 0;; i++, k++) {
		while (i < a.len && a.data[i] == ' ')
			i++;
		while (k < b.len && b.data[k] == ' ')
			k++;
		if (i == a.len || k == b.len)
			return i == a.len && k == b.len;
		if (small(a.data[i]) != small(b.data[k]))
			return false;
	}
}

static ak_status warn_name(const ak_json *name, ak_span organisation, size_t member, size_t key, ak_json *list, ak_error *err)
{
	ak_span ja = ak_json_get_text(name, "ja"), en = ak_json_get_text(name, "en");
	char ja_text[WORDS_MAX], en_text[WORDS_MAX], pointer[POINTER_MAX];
	ak_json *o;
	ak_status st;

	if (organisation.len == 0 || same_name(organisation, ja) || same_name(organisation, en))
		return AK_OK;
	if (en.len == 0)
		en = ja;
	(void)snprintf(pointer, sizeof(pointer), "/members/%zu/keys/%zu/certificate", member, key);
	(void)snprintf(ja_text, sizeof(ja_text), "鍵の証明書の名義は %.*s であり、当事者の名称 %.*s と異なる。同じ組織であることを確かめる", (int)organisation.len,
	               (const char *)organisation.data, (int)ja.len, (const char *)ja.data);
	(void)snprintf(en_text, sizeof(en_text), "the key is certified for %.*s, the party is called %.*s: make sure that they are one organisation",
	               (int)organisation.len, (const char *)organisation.data, (int)en.len, (const char *)en.data);
	o = ak_json_new_object();
	st = ak_json_set(o, "id", ak_json_new_str("certificate-name"), err);
	if (st == AK_OK)
		st = ak_json_set(o, "field", ak_json_new_str(pointer), err);
	if (st == AK_OK)
		st = ak_json_set(o, "found", ak_json_new_text(organisation), err);
	if (st == AK_OK)
		st = ak_json_set(o, "text", ak_report_words(ja_text, en_text), err);
	if (st == AK_OK)
		return ak_json_add(list, o, err);
	ak_json_free(o);
	return st;
}

/* What is no certificate, or names no organisation in one short text, is for others to say. */
static ak_status compare_name(const ak_json *name, const ak_json *item, size_t member, size_t key, ak_json *list, ak_error *err)
{
	const ak_json *chain = ak_json_get(item, "certificate");
	ak_error why = { 0 };
	ak_cert *c = NULL;
	ak_buf der, text;
	ak_status st = AK_OK;

	if (chain == NULL || ak_json_len(chain) == 0)
		return AK_OK;
	ak_buf_init(&der, AK_CERT_MAX);
	ak_buf_init(&text, AK_CERT_TEXT_MAX);
	if (!ak_base64_decode(ak_json_text(ak_json_at(chain, 0)), &der, &why))
		st = why.status;
	if (st == AK_OK)
		st = ak_cert_parse(ak_buf_span(&der), &c, &why);
	if (st == AK_OK)
		st = ak_cert_organisation(c, &text, &why);
	if (st == AK_OK && text.len <= AK_ORGANISATION_MAX && ak_utf8_valid(ak_buf_span(&text), &(size_t){ 0 }))
		st = warn_name(name, ak_buf_span(&text), member, key, list, &why);
	ak_cert_free(&c);
	ak_buf_clear(&der);
	ak_buf_clear(&text);
	if (st == AK_OK || ak_status_class(st) == AK_CLASS_REJECT)
		return AK_OK;
	if (err != NULL)
		*err = why;
	return st;
}

ak_status ak_api_certificate_names(const ak_json *body, ak_json *list, ak_error *err)
{
	const ak_json *members = ak_json_get(body, "members"), *name = ak_json_get(body, "name");
	ak_status st = AK_OK;

	for (size_t m = 0; st == AK_OK && m < ak_json_len(members); m++) {
		const ak_json *keys = ak_json_get(ak_json_at(members, m), "keys");

		for (size_t k = 0; st == AK_OK && k < ak_json_len(keys); k++)
			st = compare_name(name, ak_json_at(keys, k), m, k, list, err);
	}
	return st;
}
