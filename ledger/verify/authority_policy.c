/* SPDX-License-Identifier: Apache-2.0 */
/* Signing modes: root, members, office, mixed.  The mode "as" is in authority_as.c. */
#include "verify/authority_state.h"

#include "base/fail.h"
#include "base/text.h"
#include "base/utctime.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

ak_status ak_auth_resolve(const ak_authority *a, ak_sealed *r, resolved *out, ak_error *err)
{
	ak_status st = AK_OK;

	for (size_t i = 0; i < AK_SIGNERS_MAX; i++)
		out->key[i] = NO_KEY;
	for (size_t i = 0; st == AK_OK && i < r->signatures.n; i++) {
		size_t k = ak_auth_find_key(a, &r->signatures.sig[i].keyid);
		bool good = false;

		if (k == NO_KEY)
			continue;
		st = ak_sealed_verify(r, i, a->keys[k].pub, &good, err);
		if (st == AK_OK && good)
			out->key[i] = k;
	}
	return st;
}

typedef struct tally {
	size_t party;
	bool found;             /* some party was counted at all */
	size_t persons, offices;
	size_t of;              /* persons of that party who could have signed (offices, when only those count) */
} tally;

/* Do not count twice: has an earlier signature already spoken for this member? */
static bool member_seen(const ak_authority *a, const resolved *res, size_t i, size_t member_at,
                        const bool counted[])
{
	for (size_t k = 0; k < i; k++) {
		if (counted[k] && a->keys[res->key[k]].member == member_at)
			return true;
	}
	return false;
}

typedef struct question {
	const char *role;    /* "<scheme>/<role>" */
	ak_span party;       /* empty: any party  */
	const char *only;    /* NULL: any party   */
	uint64_t seq;
	const bool *in_doubt; /* signatures of keys that the root calls compromised, which do not count; NULL: they do */
	int64_t time;        /* of sealing */
	size_t persons_needed;
	bool wants_office;
} question;

static bool may_count(const ak_authority *a, size_t k, size_t party_at, const question *q)
{
	return !(k == NO_KEY || a->keys[k].owner != OWNER_MEMBER ||
	         a->members[a->keys[k].member].party != party_at || !ak_auth_key_counts(a, k, q->seq, q->time));
}

static tally count_party(const ak_authority *a, const resolved *res, size_t n, size_t party_at,
                         const question *q, bool counted[])
{
	tally t = { .party = party_at, .found = true };

	for (size_t i = 0; i < n; i++) {
		size_t m;

		counted[i] = false;
		if ((q->in_doubt != NULL && q->in_doubt[i]) || !may_count(a, res->key[i], party_at, q))
			continue;
		m = a->keys[res->key[i]].member;
		if (member_seen(a, res, i, m, counted))
			continue;
		counted[i] = true;
		if (a->members[m].office)
			t.offices++;
		else
			t.persons++;
	}
	return t;
}

static bool enough(const tally *t, const question *q)
{
	return t->persons >= q->persons_needed && (!q->wants_office || t->offices > 0);
}

/* Which of two that both have signed enough, or both not: most persons, then most offices, then by name. */
static bool better(const ak_authority *a, const tally *t, const tally *best)
{
	if (t->persons != best->persons)
		return t->persons > best->persons;
	if (t->offices != best->offices)
		return t->offices > best->offices;
	return strcmp(a->parties[t->party].name, a->parties[best->party].name) < 0;
}

static bool asked_for(const ak_authority *a, size_t party_at, const question *q)
{
	const char *name = a->parties[party_at].name;

	return ak_auth_has_role(a, party_at, q->role) && (q->party.len == 0 || ak_span_is(q->party, name)) &&
	       (q->only == NULL || strcmp(q->only, name) == 0);
}

/* A party of the asked role that has signed enough, if there is one. */
static tally best_party(const ak_authority *a, const resolved *res, size_t n, const question *q,
                        bool counted[AK_SIGNERS_MAX])
{
	tally best = { 0 };

	for (size_t i = 0; i < n; i++) {
		bool c[AK_SIGNERS_MAX];
		size_t p;
		tally t;

		if (res->key[i] == NO_KEY || a->keys[res->key[i]].owner != OWNER_MEMBER)
			continue;
		p = a->members[a->keys[res->key[i]].member].party;
		if (!asked_for(a, p, q))
			continue;
		t = count_party(a, res, n, p, q, c);
		if (!best.found || (enough(&t, q) && !enough(&best, q)) ||
		    (enough(&t, q) == enough(&best, q) && better(a, &t, &best))) {
			best = t;
			memcpy(counted, c, n * sizeof(c[0]));
		}
	}
	return best;
}

/* Members of a party, persons or offices, who hold a key that counts there. */
static size_t members_of(const ak_authority *a, size_t party_at, bool offices, const question *q)
{
	size_t n = 0;

	for (size_t m = a->parties[party_at].first_member; m != NO_KEY; m = a->members[m].next) {
		bool has = false;

		for (size_t k = a->members[m].first_key; !has && k != NO_KEY; k = a->keys[k].next)
			has = ak_auth_key_counts(a, k, q->seq, q->time);
		n += has && a->members[m].office == offices;
	}
	return n;
}

/* Nobody counted has signed: of how many could there have been, in the party that has most? */
static size_t most_members(const ak_authority *a, const question *q, bool offices)
{
	size_t most = 0;

	for (size_t p = 0; p < a->n_parties; p++) {
		size_t n = asked_for(a, p, q) ? members_of(a, p, offices, q) : 0;

		most = n > most ? n : most;
	}
	return most;
}

static void copy_text(char *to, size_t size, ak_span s)
{
	(void)snprintf(to, size, "%.*s", (int)s.len, (const char *)s.data);
}

static bool has_evidence(const ak_json *policy, const ak_json *body)
{
	ak_digest d;

	return ak_digest_parse(ak_json_text(ak_json_pointer(body, ak_json_get_text(policy, "evidence"))), &d);
}

/* A record may need several policies (a party, every role of it): who counted for one has had a part. */
static void mark_counted(ak_judgement *j, const bool counted[], size_t n)
{
	for (size_t i = 0; i < n && i < j->n_signers; i++)
		j->signer[i].counted = j->signer[i].counted || counted[i];
}

/* The same for one that is not met, or not yet. */
static void mark_tallied(ak_judgement *j, const bool counted[], size_t n)
{
	for (size_t i = 0; i < n && i < j->n_signers; i++)
		j->signer[i].tallied = j->signer[i].tallied || counted[i];
}

/* One policy of the kinds members, office, mixed. */
static bool party_policy(ak_authority *a, ak_sealed *r, const ak_json *policy, ak_span scheme,
                         const ak_json *party_body, const resolved *res, question *q,
                         ak_judgement *j)
{
	ak_span mode = ak_json_get_text(policy, "mode"), role = ak_json_get_text(policy, "role");
	ak_span pointer = ak_json_get_text(policy, "party");
	bool counted[AK_SIGNERS_MAX] = { false };
	bool wants_office = !ak_span_is(mode, "members"), wants_persons = !ak_span_is(mode, "office");
	char full[2 * AK_NAME_MAX + 2];
	int64_t k = 0;
	tally t;

	(void)snprintf(full, sizeof(full), "%.*s/%.*s", (int)scheme.len, (const char *)scheme.data,
	               (int)role.len, (const char *)role.data);
	q->role = full;
	q->party = (ak_span){ 0 };
	if (pointer.len != 0) {
		q->party = ak_json_text(ak_json_pointer(party_body, pointer));
		if (q->party.len == 0)
			return false; /* the body names nobody: nobody can sign for it */
	}
	if (wants_persons)
		(void)ak_json_int(ak_json_get(policy, "threshold"), &k);
	q->persons_needed = (size_t)k;
	q->wants_office = wants_office;
	t = best_party(a, res, r->signatures.n, q, counted);
	t.of = t.found ? members_of(a, t.party, !wants_persons, q) : most_members(a, q, !wants_persons);
	copy_text(j->role, sizeof(j->role), role);
	copy_text(j->party, sizeof(j->party),
	          t.found ? ak_span_str(a->parties[t.party].name) : q->party);
	j->counted = wants_persons ? t.persons : t.offices;
	j->needed = wants_persons ? (size_t)k : 1;
	j->of = t.of;
	mark_tallied(j, counted, r->signatures.n);
	if (!t.found || (wants_persons && t.persons < (size_t)k) ||
	    (wants_office && (t.offices == 0 || !has_evidence(policy, r->statement.body))))
		return false;
	copy_text(j->mode, sizeof(j->mode), mode);
	mark_counted(j, counted, r->signatures.n);
	return true;
}

static bool root_policy(const ak_authority *a, const ak_sealed *r, const resolved *res, ak_judgement *j)
{
	bool counted[AK_SIGNERS_MAX] = { false };
	size_t n = 0;

	for (size_t h = 0; h < a->set.n; h++) {
		for (size_t i = 0; i < r->signatures.n; i++) {
			if (res->key[i] == a->set.root[h].key) {
				counted[i] = true;
				n++;
				break;
			}
		}
	}
	j->role[0] = j->party[0] = '\0';
	j->counted = n;
	j->needed = a->set.threshold;
	j->of = a->set.n;
	mark_tallied(j, counted, r->signatures.n);
	if (a->set.number == 0 || n < a->set.threshold)
		return false;
	copy_text(j->mode, sizeof(j->mode), ak_span_str("root"));
	mark_counted(j, counted, r->signatures.n);
	return true;
}

/* The operator in force (FORMAT 16.7.2). */
static bool operator_policy(const ak_authority *a, const ak_sealed *r, const resolved *res, ak_judgement *j)
{
	bool counted[AK_SIGNERS_MAX] = { false };

	copy_text(j->role, sizeof(j->role), ak_span_str("operator"));
	j->party[0] = '\0';
	j->counted = 0;
	j->needed = j->of = 1;
	for (size_t i = 0; a->set.number != 0 && j->counted == 0 && i < r->signatures.n; i++) {
		counted[i] = res->key[i] == a->set.operator_key;
		j->counted = counted[i];
	}
	mark_tallied(j, counted, r->signatures.n);
	if (j->counted == 0)
		return false;
	copy_text(j->mode, sizeof(j->mode), ak_span_str("operator"));
	mark_counted(j, counted, r->signatures.n);
	return true;
}

bool ak_auth_root_satisfied(const ak_authority *a, const ak_sealed *r, uint64_t seq, const resolved *res, ak_judgement *j)
{
	bool yes = root_policy(a, r, res, j);

	if (!yes)
		(void)ak_auth_voidf(j, AK_NOT_AUTHORISED, "signatures", seq,
		                    "needs %zu of %zu root signatures, has %zu", j->needed, j->of,
		                    j->counted);
	return yes;
}

enum { APART_MAX = 160 };

/* When the record was sealed, if it is one that is kept. */
static bool time_of(const ak_authority *a, uint64_t seq, char out[AK_UTCTIME_LEN + 1])
{
	for (size_t i = 0; i < a->n_told; i++) {
		if (a->told[i].seq == seq) {
			ak_utctime_format(a->told[i].time, out);
			return true;
		}
	}
	return false;
}

static void tell_ended(const ak_authority *a, size_t key_at, size_t n, char out[APART_MAX])
{
	const cutoff *c = ak_auth_cutoff(a, ak_pubkey_id(a->keys[key_at].pub));
	char time[AK_UTCTIME_LEN + 1];

	if (c->root < c->other || !time_of(a, c->other, time))
		(void)snprintf(out, APART_MAX, "; %zu not counted: the key was revoked and counts up to record %" PRIu64, n, c->root < c->other ? c->root : c->other);
	else
		(void)snprintf(out, APART_MAX, "; %zu not counted: the key was ended by record %" PRIu64 " of %s, %s", n, c->other, time,
		               c->listed ? "a list of revoked certificates" : "a revocation");
}

/* Good signatures by keys that would count, but for their end or their certificates: said, so that nobody looks for a missing signature. */
static void tell_apart(const ak_authority *a, const ak_sealed *r, const resolved *res, uint64_t seq, char out[APART_MAX])
{
	size_t lapsed = 0, ended = 0, first = NO_KEY;

	for (size_t i = 0; i < r->signatures.n; i++) {
		size_t k = res->key[i];

		if (k == NO_KEY || a->keys[k].owner != OWNER_MEMBER || a->keys[k].from >= seq)
			continue;
		if (!ak_auth_key_valid(a, k, seq)) {
			first = ended++ == 0 ? k : first;
		} else if (!ak_auth_key_counts(a, k, seq, r->header.time)) {
			lapsed++;
		}
	}
	out[0] = '\0';
	if (ended != 0)
		tell_ended(a, first, ended, out);
	else if (lapsed != 0)
		(void)snprintf(out, APART_MAX, "; %zu not counted: the key's certificate does not hold at the time of sealing", lapsed);
}

/* Members of the party, also those whose keys have ended: else more signatures are needed than there is anybody to give them. */
static size_t members_ever(const ak_authority *a, const ak_judgement *j, uint64_t seq)
{
	size_t n = 0, party_at;

	if (!ak_auth_find_party(a, ak_span_str(j->party), &party_at))
		return j->of;
	for (size_t m = a->parties[party_at].first_member; m != NO_KEY; m = a->members[m].next) {
		bool had = false;

		for (size_t k = a->members[m].first_key; !had && k != NO_KEY; k = a->keys[k].next)
			had = a->keys[k].from < seq;
		n += had;
	}
	return n;
}

static ak_status try_policies(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_asking *ask, const resolved *res,
                              const bool *in_doubt, ak_judgement *j, bool *yes, ak_error *err)
{
	ak_judgement nearest = *j;
	bool have_nearest = false, tallied[AK_SIGNERS_MAX] = { false };
	ak_status st = AK_OK;

	*yes = false;
	for (size_t k = 0; k < j->n_signers; k++)
		tallied[k] = j->signer[k].tallied;
	for (size_t i = 0; st == AK_OK && !*yes && i < ak_json_len(ask->policies); i++) {
		const ak_json *p = ak_json_at(ask->policies, i);
		ak_span mode = ak_json_get_text(p, "mode");
		question q = { .seq = seq, .time = r->header.time, .in_doubt = in_doubt, .only = ask->party };
		ak_judgement t = *j;

		for (size_t k = 0; k < j->n_signers; k++)
			t.signer[k].tallied = tallied[k];
		if (ak_span_is(mode, "root"))
			*yes = root_policy(a, r, res, &t) && (q.only == NULL || q.only[0] == '\0');
		else if (ak_span_is(mode, "operator"))
			*yes = operator_policy(a, r, res, &t);
		else if (ak_span_is(mode, "as"))
			st = ak_auth_as(a, r, seq, p, ask, res, &t, yes, err);
		else
			*yes = party_policy(a, r, p, ask->scheme, ask->named->body, res, &q, &t);
		for (size_t k = 0; k < j->n_signers; k++)
			tallied[k] = t.signer[k].tallied;
		if (*yes)
			*j = t;
		else if (!have_nearest || t.counted > nearest.counted)
			nearest = t, have_nearest = true;
	}
	if (st != AK_OK || *yes)
		return st;
	*j = nearest;
	for (size_t k = 0; k < j->n_signers; k++)
		j->signer[k].tallied = tallied[k];
	if (j->why.status == AK_OK) {
		bool tell_party = j->party[0] != '\0' && strcmp(j->party, j->role) != 0;
		const char *as = j->role[0] == '\0' ? "root" : j->role, *of = tell_party ? j->party : "";
		char apart[APART_MAX];

		tell_apart(a, r, res, seq, apart);
		if (j->of == 0) /* nobody in that role has signed, so there is no party whose members could be counted */
			(void)ak_auth_voidf(j, AK_NOT_AUTHORISED, "signatures", seq, "%.*s needs %zu %s signatures%s%s, has none%s",
			                    (int)r->statement.type.len, (const char *)r->statement.type.data, j->needed, as,
			                    tell_party ? " of " : "", of, apart);
		else
			(void)ak_auth_voidf(j, AK_NOT_AUTHORISED, "signatures", seq, "%.*s needs %zu of %zu %s signatures%s%s, has %zu%s",
			                    (int)r->statement.type.len, (const char *)r->statement.type.data, j->needed,
			                    j->of < j->needed ? members_ever(a, j, seq) : j->of, as, tell_party ? " of " : "", of, j->counted, apart);
	}
	return AK_OK;
}

/* Whose key the root calls compromised, and nobody says that it is older than that. */
static void doubt(const ak_authority *a, const ak_sealed *r, const resolved *res, bool in_doubt[])
{
	for (size_t i = 0; i < r->signatures.n; i++) {
		const cutoff *c = res->key[i] == NO_KEY ? NULL : ak_auth_cutoff(a, ak_pubkey_id(a->keys[res->key[i]].pub));

		in_doubt[i] = c != NULL && c->compromise &&
		              (a->hooks.older == NULL || !a->hooks.older(a->hooks.ctx, r, i, c->root));
	}
}

ak_status ak_auth_ask(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_asking *ask, const resolved *res,
                      ak_judgement *j, bool *yes, ak_error *err)
{
	const ak_judgement clean = *j;
	bool in_doubt[AK_SIGNERS_MAX];
	ak_status st;

	doubt(a, r, res, in_doubt);
	st = try_policies(a, r, seq, ask, res, in_doubt, j, yes, err);

	/* Only when nothing else carries it does a key count whose compromise was declared later. */
	if (st == AK_OK && !*yes) {
		ak_judgement with = clean;

		st = try_policies(a, r, seq, ask, res, NULL, &with, yes, err);
		if (st == AK_OK && *yes) {
			*j = with;
			j->compromised = true;
		}
	}
	return st;
}

ak_status ak_auth_satisfied(ak_authority *a, ak_sealed *r, uint64_t seq, const ak_json *policies, ak_span scheme,
                            const resolved *res, ak_judgement *j, bool *yes, ak_error *err)
{
	const ak_asking ask = { policies, scheme, &r->statement, NULL, 0, NULL };

	return ak_auth_ask(a, r, seq, &ask, res, j, yes, err);
}

ak_status ak_authority_unverified(const ak_authority *a, ak_sealed *r, size_t *n, ak_error *err)
{
	resolved res;
	ak_status st = ak_auth_resolve(a, r, &res, err);

	*n = 0;
	for (size_t i = 0; st == AK_OK && i < r->signatures.n; i++)
		*n += res.key[i] == NO_KEY;
	return st;
}
