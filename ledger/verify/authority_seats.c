/* SPDX-License-Identifier: Apache-2.0 */
/* Seats that come again.  A quorum counts members, and a member is what its id says (FORMAT 16.7): that two ids stand for one person no
 * reader can prove.  That they bear one seat's name it can see, and tell. */
#include "verify/authority_state.h"

#include "base/text.h"
#include "verify/report.h"

#include <stdio.h>
#include <string.h>

typedef struct looking {
	const ak_authority *a;
	const ak_statement *s;
	ak_span party;
	ak_json *list;
} looking;

enum { TEXT_MAX = 900, SHOWN = 120 };

/* The next character that is no space, of UTF-8: one byte at a time, U+3000 passed over. */
static int next_byte(ak_span *s)
{
	while (s->len > 0) {
		const uint8_t c = s->data[0];
		size_t n = 1;

		if (s->len >= 3 && memcmp(s->data, "\xe3\x80\x80", 3) == 0)
			n = 3;
		s->data += n;
		s->len -= n;
		if (n == 1 && c != ' ')
			return c;
	}
	return -1;
}

/* People write one seat with a space and without. */
static bool same_seat(ak_span x, ak_span y)
{
	int c;

	do {
		c = next_byte(&x);
		if (c != next_byte(&y))
			return false;
	} while (c >= 0);
	return true;
}

static const ak_json *members_in(const looking *l)
{
	return ak_json_get(l->s->body, "members");
}

/* What the record says of a member that it names again goes before what was said of it. */
static bool is_named(const looking *l, const char *who)
{
	for (size_t i = 0; i < ak_json_len(members_in(l)); i++) {
		if (ak_span_is(ak_json_get_text(ak_json_at(members_in(l), i), "member"), who))
			return true;
	}
	return false;
}

/* Does a key of it count from here on? */
static bool is_live(const ak_authority *a, size_t member_at)
{
	for (size_t k = a->members[member_at].first_key; k != NO_KEY; k = a->keys[k].next) {
		if (ak_auth_key_valid(a, k, NO_CUTOFF - 1))
			return true;
	}
	return false;
}

static ak_status tell(const looking *l, const char *id, size_t at, ak_span found, ak_span who, ak_span other, ak_span of_party,
                      const char *ja, const char *en, ak_error *err)
{
	char field[48];
	ak_json *o = ak_json_new_object();
	ak_status st = ak_json_set(o, "id", ak_json_new_str(id), err);

	(void)snprintf(field, sizeof(field), strcmp(id, "key-taken") == 0 ? "/members/%zu/keys" : "/members/%zu/seat", at);
	if (st == AK_OK)
		st = ak_json_set(o, "field", ak_json_new_str(field), err);
	if (st == AK_OK)
		st = ak_json_set(o, "found", ak_json_new_text(found), err);
	if (st == AK_OK)
		st = ak_json_set(o, "member", ak_json_new_text(who), err);
	if (st == AK_OK)
		st = ak_json_set(o, "other", ak_json_new_text(other), err);
	if (st == AK_OK)
		st = ak_json_set(o, "party", ak_json_new_text(of_party), err);
	if (st == AK_OK)
		st = ak_json_set(o, "text", ak_report_words(ja, en), err);
	if (st != AK_OK) {
		ak_json_free(o);
		return st;
	}
	return ak_json_add(l->list, o, err);
}

/* Whole characters, so that a text stays UTF-8. */
static int shown(ak_span s)
{
	size_t n = s.len;

	if (n > SHOWN) {
		n = SHOWN;
		while (n > 0 && (s.data[n] & 0xc0) == 0x80)
			n--;
	}
	return (int)n;
}

static ak_status tell_twice(const looking *l, size_t at, ak_span seat, ak_span who, ak_span other, ak_error *err)
{
	char ja[TEXT_MAX], en[TEXT_MAX];
	const int n = shown(seat), m = (int)who.len, o = (int)other.len;
	const char *s = (const char *)seat.data, *x = (const char *)who.data, *y = (const char *)other.data;

	(void)snprintf(ja, sizeof(ja), "席「%.*s」は構成員 %.*s の席でもある。定足数は構成員の識別名で数えるので、%.*s と %.*s が同一人であれば一人が二人と数えられる。同じ席に鍵を追加するときは、識別名を %.*s とする",
	               n, s, o, y, o, y, m, x, o, y);
	(void)snprintf(en, sizeof(en), "the seat '%.*s' is member %.*s's as well: a quorum counts member ids, so if %.*s and %.*s are one person, that person counts twice. A new key for the same seat is enrolled under the id %.*s",
	               n, s, o, y, o, y, m, x, o, y);
	return tell(l, "seat-twice", at, seat, who, other, l->party, ja, en, err);
}

static ak_status tell_elsewhere(const looking *l, size_t at, ak_span seat, ak_span who, const party *p, const char *other, ak_error *err)
{
	char ja[TEXT_MAX], en[TEXT_MAX];
	const int n = shown(seat);
	const char *s = (const char *)seat.data;

	(void)snprintf(ja, sizeof(ja), "席「%.*s」は、同じ役割の組織 %s の構成員 %s の席でもある。定足数は一つの組織の中で数えるが、同一人の席であるかどうかを確かめること", n, s, p->name, other);
	(void)snprintf(en, sizeof(en), "the seat '%.*s' is also that of member %s of %s, which has the same role. A quorum is counted within one party; make sure that it is not one person's seat in two", n, s,
	               other, p->name);
	return tell(l, "seat-elsewhere", at, seat, who, ak_span_str(other), ak_span_str(p->name), ja, en, err);
}

/* In this record, in the members after it; and of those enrolled, in the same party. */
static ak_status look_in_party(const looking *l, size_t at, ak_span seat, ak_span who, ak_error *err)
{
	size_t party_at;
	ak_status st = AK_OK;

	for (size_t k = at + 1; st == AK_OK && k < ak_json_len(members_in(l)); k++) {
		const ak_json *other = ak_json_at(members_in(l), k);

		if (same_seat(seat, ak_json_get_text(other, "seat")))
			st = tell_twice(l, at, seat, ak_json_get_text(other, "member"), who, err);
	}
	if (!ak_auth_find_party(l->a, l->party, &party_at))
		return st;
	for (size_t m = l->a->parties[party_at].first_member; st == AK_OK && m != NO_KEY; m = l->a->members[m].next) {
		const member *other = &l->a->members[m];

		if (other->seat != NULL && !is_named(l, other->name) && same_seat(seat, ak_span_str(other->seat)) && is_live(l->a, m))
			st = tell_twice(l, at, seat, who, ak_span_str(other->name), err);
	}
	return st;
}

/* Is there a type that more than one person of this role has to sign?  Where one is enough, seats of many parties are called alike
 * ("in charge"), and nobody adds them up. */
static bool has_quorum(const ak_profile *p, const char *role)
{
	const ak_json *types = p == NULL ? NULL : ak_json_get(p->package, "types"), *type;
	void *it = NULL;
	ak_span named;

	while (ak_json_is(types, AK_JSON_OBJECT) && ak_json_next(types, &it, &named, &type)) {
		const ak_json *signing = ak_json_get(type, "signing");

		for (size_t i = 0; i < ak_json_len(signing); i++) {
			int64_t k = 0;

			if (ak_span_is(ak_json_get_text(ak_json_at(signing, i), "role"), role) && ak_json_int(ak_json_get(ak_json_at(signing, i), "threshold"), &k) && k > 1)
				return true;
		}
	}
	return false;
}

/* A role that the party has, or gets by this record, and the other has too. */
static bool shares_quorum(const looking *l, const party *other)
{
	size_t own = 0;
	const bool known = ak_auth_find_party(l->a, l->party, &own);

	for (size_t i = 0; i < other->n_roles; i++) {
		const char *full = other->role[i], *slash = strchr(full, '/');
		const ak_span scheme = { (const uint8_t *)full, (size_t)(slash - full) };
		const ak_json *roles = ak_json_get(l->s->body, "roles");
		bool has = known && ak_auth_has_role(l->a, own, full);

		for (size_t k = 0; !has && k < ak_json_len(roles); k++)
			has = ak_span_eq(scheme, l->s->scheme) && ak_span_is(ak_json_text(ak_json_at(roles, k)), slash + 1);
		if (has && has_quorum(ak_authority_profile(l->a, scheme), slash + 1))
			return true;
	}
	return false;
}

static ak_status look_elsewhere(const looking *l, size_t at, ak_span seat, ak_span who, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t p = 0; st == AK_OK && p < l->a->n_parties; p++) {
		const party *other = &l->a->parties[p];

		if (ak_span_is(l->party, other->name) || !shares_quorum(l, other))
			continue;
		for (size_t m = other->first_member; st == AK_OK && m != NO_KEY; m = l->a->members[m].next) {
			if (l->a->members[m].seat != NULL && same_seat(seat, ak_span_str(l->a->members[m].seat)) && is_live(l->a, m))
				st = tell_elsewhere(l, at, seat, who, other, l->a->members[m].name, err);
		}
	}
	return st;
}

/* Refused in any case; told while nobody has signed yet.  `before`: keys of the record itself, once sealed, are not meant. */
static ak_status look_at_keys(const looking *l, size_t at, const ak_json *item, uint64_t before, ak_error *err)
{
	const ak_json *keys = ak_json_get(item, "keys");
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(keys); i++) {
		ak_span hex = ak_json_get_text(ak_json_at(keys, i), "id");
		char ja[TEXT_MAX], en[TEXT_MAX], text[AK_DIGEST_TEXT_LEN + 1];
		const char *whose = "root, operator or heartbeat", *of = "";
		ak_digest id;
		size_t k;

		(void)snprintf(text, sizeof(text), "sha256:%.*s", hex.len == 64 ? 64 : 0, (const char *)hex.data);
		if (!ak_digest_parse(ak_span_str(text), &id) || (k = ak_auth_find_key(l->a, &id)) == NO_KEY || l->a->keys[k].from >= before ||
		    ak_auth_is_renewal(l->a, l->s, NO_CUTOFF - 1, item, ak_json_at(keys, i), &id))
			continue;
		if (l->a->keys[k].owner == OWNER_MEMBER) {
			whose = l->a->members[l->a->keys[k].member].name;
			of = l->a->parties[l->a->members[l->a->keys[k].member].party].name;
		}
		(void)snprintf(ja, sizeof(ja), "鍵 %s は %s%s%s のものとして登録されている。鍵の持主は一つであり、この記録は登載できない", text, of, *of != '\0' ? " " : "", whose);
		(void)snprintf(en, sizeof(en), "key %s is enrolled as that of %s%s%s: a key has one owner, once, and this record cannot be sealed", text, of, *of != '\0' ? " " : "", whose);
		st = tell(l, "key-taken", at, hex, ak_json_get_text(item, "member"), ak_span_str(whose), ak_span_str(of), ja, en, err);
	}
	return st;
}

ak_status ak_authority_seats(const ak_authority *a, const ak_statement *s, uint64_t before, ak_json *list, ak_error *err)
{
	const looking l = { a, s, ak_json_get_text(s->body, "party"), list };
	ak_status st = AK_OK;

	for (size_t i = 0; st == AK_OK && i < ak_json_len(members_in(&l)); i++) {
		const ak_json *item = ak_json_at(members_in(&l), i);
		ak_span seat = ak_json_get_text(item, "seat"), who = ak_json_get_text(item, "member");

		if (seat.len > 0)
			st = look_in_party(&l, i, seat, who, err);
		if (st == AK_OK && seat.len > 0)
			st = look_elsewhere(&l, i, seat, who, err);
		if (st == AK_OK)
			st = look_at_keys(&l, i, item, before, err);
	}
	return st;
}
