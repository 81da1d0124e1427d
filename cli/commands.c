/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include <string.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))
#define LIST(...) .options = (const ak_opt_id[]){ __VA_ARGS__ }, .n_options = N(((const ak_opt_id[]){ __VA_ARGS__ }))
#define EXAMPLES(...) \
	.examples = (const char *const[]){ __VA_ARGS__ }, .n_examples = N(((const char *const[]){ __VA_ARGS__ }))

const ak_opt_id ak_common_options[] = { OPT_DIR, OPT_JSON, OPT_LANG, OPT_QUIET, OPT_FULL, OPT_HELP };
const size_t ak_common_options_n = N(ak_common_options);

static const ak_command table[] = {
	{ .name = "verify", .run = ak_cmd_verify, .operands = "LISTING", .least = 1, .most = 1,
	  .summary = MSG_HELP_VERIFY, .about = MSG_HELP_VERIFY_ABOUT,
	  EXAMPLES("akashi verify C24-0101-2 --trust ismap.trust --as-of 2026-11-21",
	           "akashi verify C24-0101-2 --trust ismap.trust --evidence report.pdf:report.pdf.salt",
	           "akashi verify C24-0101-2 --trust ismap.trust --contract 2026-10-01..2027-03-31 --region 東日本",
	           "akashi verify C24-0101-2 --trust ismap.trust --contract 2026-10-01..2027-03-31 --case 文書管理 --report C24-0101-2.html"),
	  LIST(OPT_TRUST, OPT_AS_OF, OPT_KNOWN_AT, OPT_EVIDENCE, OPT_SCHEME, OPT_CONTRACT, OPT_SERVICE, OPT_REGION, OPT_USE, OPT_CONFIRMED,
	       OPT_REPORT, OPT_CASE) },
	{ .name = "bundle", .run = ak_cmd_bundle, .operands = "LISTING | --all FOLDER", .most = 1,
	  .summary = MSG_HELP_BUNDLE, .about = MSG_HELP_BUNDLE_ABOUT,
	  EXAMPLES("akashi bundle C24-0101-2 -C ismap.git", "akashi bundle C24-0101-2 --since 5 -o for-the-buyer.akashi",
	           "akashi bundle --all public -C ismap.git"),
	  LIST(OPT_OUT, OPT_ALL, OPT_SINCE, OPT_WHOLE, OPT_SCHEME) },
	{ .name = "trace", .run = ak_cmd_trace, .operands = "LISTING", .least = 1, .most = 1,
	  .summary = MSG_HELP_TRACE, .about = MSG_HELP_TRACE_ABOUT,
	  EXAMPLES("akashi trace C24-0101-2 --trust ismap.trust --as-of 2026-11-21", "akashi trace C24-0101-2 --trust ismap.trust --svg history.svg --lang ja"),
	  LIST(OPT_TRUST, OPT_AS_OF, OPT_KNOWN_AT, OPT_SCHEME, OPT_SVG) },
	{ .name = "list", .run = ak_cmd_list, .operands = "", .summary = MSG_HELP_LIST,
	  EXAMPLES("akashi list -C ismap.git", "akashi list -C ismap.git --csv list.csv --encoding utf-8-bom"),
	  LIST(OPT_KNOWN_AT, OPT_CSV, OPT_ENCODING) },
	{ .name = "show", .run = ak_cmd_show, .operands = "RECORD", .least = 1, .most = 1,
	  .summary = MSG_HELP_SHOW, .about = MSG_HELP_RECORD_ABOUT,
	  EXAMPLES("akashi show '#409'", "akashi show 409 --raw | head -1"), LIST(OPT_KNOWN_AT, OPT_RAW) },
	{ .name = "log", .run = ak_cmd_log, .operands = "[SUBJECT]", .most = 1,
	  .summary = MSG_HELP_LOG, .about = MSG_HELP_LOG_ABOUT,
	  EXAMPLES("akashi log C24-0101-2", "akashi log kakuu-iaas", "akashi log --type decision --limit 20"),
	  LIST(OPT_KNOWN_AT, OPT_TYPE, OPT_LIMIT) },
	{ .name = "search", .run = ak_cmd_search, .operands = "WORD…", .least = 1, .most = 64, .summary = MSG_HELP_SEARCH,
	  EXAMPLES("akashi search 架空の雲"), LIST(OPT_KNOWN_AT, OPT_LIMIT) },
	{ .name = "status", .run = ak_cmd_status, .operands = "", .summary = MSG_HELP_STATUS,
	  EXAMPLES("akashi status --trust ismap.trust --as-of 2026-11-21", "akashi status --trust ismap.trust --coverage"),
	  LIST(OPT_TRUST, OPT_AS_OF, OPT_KNOWN_AT, OPT_COVERAGE) },
	{ .name = "plan", .run = ak_cmd_plan, .operands = "FROM..TO", .least = 1, .most = 1,
	  .summary = MSG_HELP_PLAN, .about = MSG_HELP_PLAN_ABOUT,
	  EXAMPLES("akashi plan 2026-04-01..2027-03-31", "akashi plan 令和8年4月1日..令和9年3月31日 --listing C24-0101-2 -C ismap.git --trust ismap.trust"),
	  LIST(OPT_LISTING, OPT_TRUST, OPT_AS_OF, OPT_SCHEME, OPT_CSV, OPT_ENCODING) },
	{ .name = "calendar", .run = ak_cmd_calendar, .operands = "[LISTING]", .most = 1,
	  .summary = MSG_HELP_CALENDAR, .about = MSG_HELP_CALENDAR_ABOUT,
	  EXAMPLES("akashi calendar -C ismap.git --trust ismap.trust", "akashi calendar C24-0101-2 --trust ismap.trust --ics renewals.ics",
	           "akashi calendar --trust ismap.trust --svg calendar.svg --csv calendar.csv --encoding utf-8-bom"),
	  LIST(OPT_TRUST, OPT_AS_OF, OPT_KNOWN_AT, OPT_SCHEME, OPT_SVG, OPT_CSV, OPT_ICS, OPT_ENCODING) },
	{ .name = "reconcile", .run = ak_cmd_reconcile, .operands = "FILE", .least = 1, .most = 1,
	  .summary = MSG_HELP_RECONCILE, .about = MSG_HELP_RECONCILE_ABOUT,
	  EXAMPLES("akashi reconcile portal.csv -C ismap.git --trust ismap.trust --as-of 2026-11-21",
	           "akashi reconcile portal.csv --encoding cp932 --trust ismap.trust --csv differences.csv"),
	  LIST(OPT_TRUST, OPT_AS_OF, OPT_KNOWN_AT, OPT_ENCODING, OPT_CSV) },
	{ .name = "diff", .run = ak_cmd_diff, .operands = "OLD NEW", .least = 2, .most = 2,
	  .summary = MSG_HELP_DIFF, .about = MSG_HELP_DIFF_ABOUT,
	  EXAMPLES("akashi diff '#42' '#47' -C ismap.git", "akashi diff '#47' statement.json -C ismap.git --lang ja --html comparison.html"),
	  LIST(OPT_HTML) },
	{ .name = "audit", .run = ak_cmd_audit, .operands = "", .summary = MSG_HELP_AUDIT, .about = MSG_HELP_AUDIT_ABOUT,
	  EXAMPLES("akashi audit -C ismap-ledger --trust ismap.trust", "akashi audit -C ismap.git --trust ismap.trust --with-remote"),
	  LIST(OPT_TRUST, OPT_NO_TRUST, OPT_THREADS, OPT_NO_SIGNATURES, OPT_WITH_REMOTE) },
	{ .name = "remote", .run = ak_cmd_remote, .operands = "[show | set URL | none]", .most = 2,
	  .summary = MSG_HELP_REMOTE, .about = MSG_HELP_REMOTE_ABOUT,
	  EXAMPLES("akashi remote set git@host.example:ismap.git -C ismap.git", "akashi remote show -C ismap.git", "akashi remote none -C ismap.git") },
	{ .name = "consistency", .run = ak_cmd_consistency, .operands = "OLD NEW | --proof FILE", .most = 2,
	  .summary = MSG_HELP_CONSISTENCY, .about = MSG_HELP_CONSISTENCY_ABOUT,
	  EXAMPLES("akashi consistency checkpoint-of-june checkpoint-of-july -C ismap.git --trust ismap.trust -o july.consistency",
	           "akashi consistency 1 2 -C ismap.git --trust ismap.trust", "akashi consistency --proof july.consistency --trust ismap.trust"),
	  LIST(OPT_TRUST, OPT_OUT, OPT_PROOF) },
	{ .name = "trust", .run = ak_cmd_trust, .operands = "show FILE | init | check FILE", .least = 1, .most = 2,
	  .summary = MSG_HELP_TRUST, .about = MSG_HELP_TRUST_ABOUT,
	  EXAMPLES("akashi trust show ismap.trust", "akashi trust show ismap.trust --qr --svg fingerprint.svg", "akashi trust init -C ismap.git -o ismap.trust",
	           "akashi trust check ismap.trust -C ismap.git"),
	  LIST(OPT_OUT, OPT_QR, OPT_SVG) },
	{ .name = "witness", .run = ak_cmd_witness, .operands = "cosign | heartbeat | add LINEFILE… | key", .least = 1, .most = AK_OPERANDS_MAX,
	  .summary = MSG_HELP_WITNESS, .about = MSG_HELP_WITNESS_ABOUT,
	  EXAMPLES("akashi witness key --key w.key --name witness.example/w1",
	           "akashi witness cosign -C ismap-ledger --trust ismap.trust --key w.key --first -o w1.line",
	           "akashi witness add w1.line -C ismap.git --trust ismap.trust",
	           "akashi witness heartbeat -C ismap.git --key hb.key --first", "akashi witness heartbeat -C ismap.git --key hb.key"),
	  LIST(OPT_TRUST, OPT_KEY, OPT_NAME, OPT_STATE, OPT_FIRST, OPT_OUT, OPT_OPERATOR, OPT_ADOPT_HEAD, OPT_PASSPHRASE_FD) },
	{ .name = "draft", .run = ak_cmd_draft, .operands = "TYPE | profile | keyset | --meeting TABLE | --after FOLDER", .least = 0, .most = 1,
	  .summary = MSG_HELP_DRAFT, .about = MSG_HELP_DRAFT_ABOUT,
	  EXAMPLES("akashi draft decision --listing C24-0101-2 --outcome registered -o d.json",
	           "akashi draft audit-report --commit report.pdf:result-report --service kakuu-iaas -o report.json",
	           "akashi draft listing --fields",
	           "akashi draft --meeting 審議一覧.csv -o meeting-25",
	           "akashi draft --meeting 審議一覧.csv --encoding cp932 --set /meeting=第25回 --set-date /decided_on=令和8年11月20日 -o meeting-25",
	           "akashi draft profile --scheme ismap -o profile.json",
	           ("akashi draft keyset --origin ledger.example/ismap --root-keys a.pub,b.pub,c.pub --threshold 2 "
	            "--operator op.pub --heartbeat hb.pub -o g.json")),
	  LIST(OPT_SET, OPT_SET_DATE, OPT_SET_JSON, OPT_SET_DIGEST, OPT_LISTING, OPT_SERVICE, OPT_OUTCOME, OPT_BODY, OPT_FIELDS, OPT_REF,
	       OPT_NO_REFS, OPT_DOCUMENT, OPT_COMMIT, OPT_ISSUED, OPT_SCHEME, OPT_OUT, OPT_FORCE, OPT_ORIGIN, OPT_ROOT_KEYS, OPT_THRESHOLD,
	       OPT_OPERATOR, OPT_HEARTBEAT, OPT_MEETING, OPT_AFTER, OPT_ENCODING) },
	{ .name = "party", .run = ak_cmd_party, .operands = "NAME", .least = 1, .most = 1,
	  .summary = MSG_HELP_PARTY, .about = MSG_HELP_PARTY_ABOUT,
	  EXAMPLES("akashi party koh-audit --role auditor --name-ja 甲監査法人 --name-en 'Koh Audit' "
	           "--member lead:lead.pub:業務執行責任者 -o koh.json"),
	  LIST(OPT_ROLE, OPT_NAME_JA, OPT_NAME_EN, OPT_MEMBER, OPT_OFFICE, OPT_CUSTODIAN, OPT_APPROVAL, OPT_SCHEME, OPT_ISSUED,
	       OPT_OUT, OPT_FORCE) },
	{ .name = "sign", .run = ak_cmd_sign, .operands = "FILE… | FOLDER", .least = 1, .most = AK_OPERANDS_MAX,
	  .summary = MSG_HELP_SIGN, .about = MSG_HELP_SIGN_ABOUT,
	  EXAMPLES("akashi sign d.json --key me.key", "akashi sign d.dsse.json --key other.key --yes",
	           "akashi sign d.dsse.json --add from-the-chair.dsse.json", "akashi sign --show d.dsse.json",
	           "akashi sign d.json --key agent:chair@agency.example", "akashi sign d.json --key 'pkcs11:token=seat-1;object=sign'",
	           "akashi sign meeting-25 --key me.key --yes", "akashi sign --show meeting-25"),
	  LIST(OPT_KEY, OPT_YES, OPT_OUT, OPT_ADD, OPT_SHOW, OPT_PROFILE, OPT_PASSPHRASE_FD) },
	{ .name = "check", .run = ak_cmd_check, .operands = "FILE…", .least = 1, .most = AK_OPERANDS_MAX,
	  .summary = MSG_HELP_CHECK, .about = MSG_HELP_CHECK_ABOUT,
	  EXAMPLES("akashi check d.json", "akashi check --submission application.json statement.dsse.json report.dsse.json plan.json"),
	  LIST(OPT_SUBMISSION) },
	{ .name = "seal", .run = ak_cmd_seal, .operands = "FILE… | FOLDER | -", .least = 1, .most = AK_OPERANDS_MAX,
	  .summary = MSG_HELP_SEAL, .about = MSG_HELP_SEAL_ABOUT,
	  EXAMPLES("akashi seal d.dsse.json", "akashi seal agenda.jsonl", "cat *.dsse.json | jq -c . | akashi seal -", "akashi seal meeting-25"),
	  LIST(OPT_OPERATOR, OPT_OLD_OPERATOR, OPT_ADOPT_HEAD, OPT_PASSPHRASE_FD) },
	{ .name = "correct", .run = ak_cmd_correct, .operands = "RECORD", .least = 1, .most = 1,
	  .summary = MSG_HELP_CORRECT, .about = MSG_HELP_CORRECT_ABOUT,
	  EXAMPLES("akashi correct '#412' --field /expires_on --to 2027-07-31 --reason 誤記の訂正 -o c.json"),
	  LIST(OPT_FIELD, OPT_TO, OPT_TO_JSON, OPT_REASON, OPT_ISSUED, OPT_OUT, OPT_FORCE) },
	{ .name = "annul", .run = ak_cmd_annul, .operands = "RECORD", .least = 1, .most = 1,
	  .summary = MSG_HELP_ANNUL, .about = MSG_HELP_ANNUL_ABOUT,
	  EXAMPLES("akashi annul '#412' --reason 二重登載のため -o a.json"),
	  LIST(OPT_REASON, OPT_ISSUED, OPT_OUT, OPT_FORCE) },
	{ .name = "keygen", .run = ak_cmd_keygen, .operands = "-o FILE | --import KEY", .summary = MSG_HELP_KEYGEN, .about = MSG_HELP_KEYGEN_ABOUT,
	  EXAMPLES("akashi keygen -o me.key --pub me.pub", "akashi keygen --encrypt --alg p256 -o seat.key --pub seat.pub",
	           "akashi keygen --import id_ed25519 --encrypt -o me.key", "akashi keygen --import 'pkcs11:token=seat-1;object=sign' --pub seat.pub"),
	  LIST(OPT_OUT, OPT_ALG, OPT_PUB, OPT_ENCRYPT, OPT_IMPORT, OPT_PASSPHRASE_FD) },
	{ .name = "init", .run = ak_cmd_init, .operands = "DIR", .least = 1, .most = 1,
	  .summary = MSG_HELP_INIT, .about = MSG_HELP_INIT_ABOUT,
	  EXAMPLES("akashi init ismap.git --origin ledger.example/ismap --root-keys a.key,b.key,c.key --threshold 2 "
	           "--operator op.key --heartbeat hb.key --trust-out ismap.trust",
	           "akashi init try.git --origin ledger.example/try --make-keys keys",
	           "akashi init ismap.git --genesis g.dsse.json --operator op.key --remote git@host.example:ismap.git"),
	  LIST(OPT_ORIGIN, OPT_ROOT_KEYS, OPT_THRESHOLD, OPT_OPERATOR, OPT_HEARTBEAT, OPT_MAKE_KEYS, OPT_GENESIS, OPT_TRUST_OUT,
	       OPT_ISSUED, OPT_REMOTE, OPT_PASSPHRASE_FD) },
	{ .name = "help", .run = ak_cmd_help, .operands = "[COMMAND | TYPE]", .most = 1, .summary = MSG_HELP_HELP,
	  EXAMPLES("akashi help seal", "akashi help decision"), LIST(OPT_MAN, OPT_COMPLETION) },
	{ .name = "version", .run = ak_cmd_version, .operands = "", .summary = MSG_HELP_VERSION, EXAMPLES("akashi version") },
};

const ak_command *ak_command_at(size_t i)
{
	return i < N(table) ? &table[i] : NULL;
}

const ak_command *ak_command_find(const char *name)
{
	for (size_t i = 0; i < N(table); i++) {
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	}
	return NULL;
}
