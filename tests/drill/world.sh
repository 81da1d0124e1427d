# SPDX-License-Identifier: Apache-2.0
# world FOLDER: a small ledger for drills, made by the command line: ismap.git, ismap.trust, and under keys/ what lies with many people
# in truth.  Dates are counted from today.  One listing, C24-0101-2, decided by seats m1, m2 and m3 of five.  All names are invented.
# With AUTHORITIES, a file, the profile names these time-stamping authorities; with STAMP_URL what seat m2 signs is stamped from there.

# day N: so many days ago
day() { date -u -d "$1 days ago" +%F; }

# quietly COMMAND…: nothing to see unless it fails
quietly() {
	"$@" >world.log 2>&1 && return 0
	printf 'FAIL  the world of the drill: %s\n' "$*" >&2
	sed 's/^/      /' world.log >&2
	exit 1
}

# sealed NAME KEY… [-- NAME KEY…]…: sign each draft NAME.json by these keys, and seal them all at once
sealed() {
	local files='' name keys
	while [ $# -gt 0 ]; do
		name=$1 keys=''
		shift
		while [ $# -gt 0 ] && [ "$1" != -- ]; do keys="$keys --key keys/$1.key"; shift; done
		[ $# -eq 0 ] || shift
		# shellcheck disable=SC2086
		quietly akashi sign "$name.json" -C ismap.git --yes $keys
		case ${STAMP_URL:+$keys} in *m2*) quietly akashi timestamp "$name.dsse.json" -C ismap.git --url "$STAMP_URL" ;; esac
		files="$files $name.dsse.json"
	done
	# shellcheck disable=SC2086
	quietly akashi seal -C ismap.git $files
}

world() {
	local from to
	mkdir -p "$1" && cd "$1" || exit 3
	quietly akashi init ismap.git --origin ledger.example/ismap --make-keys keys
	for k in m1 m2 m3 m4 m5 desk support lead provider; do quietly akashi keygen -o keys/$k.key --pub keys/$k.pub; done
	quietly akashi draft profile -C ismap.git -o profile.json
	if [ -n "${AUTHORITIES:-}" ]; then
		jq --slurpfile a "$AUTHORITIES" '.body.package | .time_authorities = $a[0] | .version += "-timed"' profile.json >package.json
		quietly akashi draft profile --body package.json -C ismap.git -o profile.json --force
	fi
	sealed profile root-1 root-2
	quietly akashi trust init -C ismap.git -o ismap.trust
	quietly akashi party secretariat -C ismap.git --role secretariat --name-ja 事務局 --name-en Secretariat --member desk:keys/desk.pub:事務局担当 -o secretariat.json
	quietly akashi party committee -C ismap.git --role committee --name-ja 運営委員会 --name-en 'Steering Committee' --member m1:keys/m1.pub:委員甲 \
		--member m2:keys/m2.pub:委員乙 --member m3:keys/m3.pub:委員丙 --member m4:keys/m4.pub:委員丁 --member m5:keys/m5.pub:委員戊 -o committee.json
	quietly akashi party support -C ismap.git --role ops-support --name-ja 運用支援機関 --member desk:keys/support.pub:審査担当 -o support.json
	sealed secretariat desk root-1 root-2 -- committee m1 m2 m3 m4 m5 root-1 root-2 -- support support root-1 root-2
	quietly akashi party koh-audit -C ismap.git --role auditor --name-ja 甲監査法人 --name-en 'Koh Audit' --member lead:keys/lead.pub:業務執行責任者 -o koh.json
	quietly akashi party kakuu -C ismap.git --role provider --name-ja 株式会社架空の雲 --name-en 'Kakuu Cloud' --member desk:keys/provider.pub:申請担当 -o kakuu.json
	sealed koh lead desk -- kakuu provider desk
	from=$(date -u -d '600 days ago' +%Y-%m-01)
	to=$(date -u -d "$from +1 year -1 day" +%F)
	quietly akashi draft auditor-registration -C ismap.git --issued "$(day 610)" --set /auditor=koh-audit --set /kind=initial --set-date "/registered_on=$(day 610)" \
		--set-date "/valid_from=$(day 605)" --set-date "/valid_until=$(date -u -d "$(day 605) +2 years -1 day" +%F)" --set /meeting=第22回 -o registration.json
	printf 'statement\n' >statement.pdf
	printf 'report\n' >report.pdf
	quietly akashi draft provider-statement -C ismap.git --issued "$(day 220)" --document statement.pdf:provider-statement --set /provider=kakuu --service kakuu-iaas \
		--set-json '/services=[{"id":"kakuu-iaas","name":"架空の雲 IaaS"}]' --set-date "/stated_on=$(day 220)" --set-date "/period/from=$from" --set-date "/period/to=$to" -o statement.json
	sealed registration m1 m2 m3 -- statement provider
	quietly akashi draft audit-report -C ismap.git --issued "$(day 210)" --commit report.pdf:result-report --set /auditor=koh-audit --service kakuu-iaas --set /provider=kakuu \
		--set /cycle=initial --set-date "/period/from=$from" --set-date "/period/to=$to" --set-date "/report_date=$(day 210)" --set /findings=none --set /report_no=甲-001 -o report.json
	sealed report lead
	quietly akashi draft application -C ismap.git --issued "$(day 205)" --set /provider=kakuu --service kakuu-iaas --set-date "/applied_on=$(day 205)" -o application.json
	sealed application provider
	quietly akashi draft technical-review -C ismap.git --issued "$(day 195)" --service kakuu-iaas --set-date "/reviewed_on=$(day 195)" --outcome accepted -o review.json
	sealed review support
	quietly akashi draft decision -C ismap.git --issued "$(day 185)" --service kakuu-iaas --set /kind=initial --outcome registered --set-date "/decided_on=$(day 185)" \
		--set /meeting=第23回 -o decision.json
	sealed decision m1 m2 m3
	# A token leaves a second open; only what is sealed after that shows that it was there before.
	[ -z "${STAMP_URL:-}" ] || sleep 2
	quietly akashi draft listing -C ismap.git --issued "$(day 183)" --listing C24-0101-2 --set /basis=decided \
		--set-json '/services=[{"id":"kakuu-iaas","name":"架空の雲 IaaS"}]' --set-json '/provider={"name":"株式会社架空の雲","party":"kakuu"}' \
		--set-date "/registered_on=$(day 185)" --set-date "/expires_on=$(date -u -d "$from +28 months -1 day" +%F)" \
		--ref decided-by=\#12 --ref statement=\#8 -o listing.json
	sealed listing desk
	rm -f world.log ./*.dsse.json ./*.json
}

# last: the number of the newest record
last() { echo $(($(git -C ismap.git cat-file -p main:checkpoint | sed -n 2p) - 1)); }

# reviewed SERVICE: one more service of the provider's in the world here, as far as its review; its statement is record $stated, its period
# ends and begins with $from and $to
reviewed() {
	from=$(date -u -d '600 days ago' +%Y-%m-01)
	to=$(date -u -d "$from +1 year -1 day" +%F)
	cp report.pdf "$1.pdf"
	quietly akashi draft provider-statement -C ismap.git --issued "$(day 220)" --document statement.pdf:provider-statement --set /provider=kakuu --service "$1" \
		--set-json "/services=[{\"id\":\"$1\",\"name\":\"$1\"}]" --set-date "/stated_on=$(day 220)" --set-date "/period/from=$from" --set-date "/period/to=$to" -o "$1-stated.json"
	sealed "$1-stated" provider
	stated=$(last)
	quietly akashi draft audit-report -C ismap.git --issued "$(day 210)" --commit "$1.pdf:result-report" --set /auditor=koh-audit --service "$1" --set /provider=kakuu \
		--set /cycle=initial --set-date "/period/from=$from" --set-date "/period/to=$to" --set-date "/report_date=$(day 210)" --set /findings=none --set "/report_no=$1" \
		--ref "audits=#$stated" -o "$1-report.json"
	sealed "$1-report" lead
	quietly akashi draft application -C ismap.git --issued "$(day 205)" --set /provider=kakuu --service "$1" --set-date "/applied_on=$(day 205)" -o "$1-applied.json"
	sealed "$1-applied" provider
	quietly akashi draft technical-review -C ismap.git --issued "$(day 195)" --service "$1" --set-date "/reviewed_on=$(day 195)" --outcome accepted -o "$1-review.json"
	sealed "$1-review" support
}

# decided SERVICE, registered LISTING SERVICE: and what the committee decides on it, by seats m1, m2 and m3
decided() {
	quietly akashi draft decision -C ismap.git --issued "$(day 185)" --service "$1" --set /kind=initial --outcome registered --set-date "/decided_on=$(day 185)" \
		--set /meeting=第23回 -o "$1-decision.json"
	sealed "$1-decision" m1 m2 m3
}
listed() {
	quietly akashi draft listing -C ismap.git --issued "$(day 183)" --listing "$1" --set /basis=decided --set-json "/services=[{\"id\":\"$2\",\"name\":\"$2\"}]" \
		--set-json '/provider={"name":"株式会社架空の雲","party":"kakuu"}' --set-date "/registered_on=$(day 185)" \
		--set-date "/expires_on=$(date -u -d "$from +28 months -1 day" +%F)" --ref "decided-by=#$(last)" --ref "statement=#$stated" -o "$2-listed.json"
	sealed "$2-listed" desk
}
