#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Each check is a mistake somebody could make again.  Usage: mistakes.sh BUILD
#
# What code calls is read from its objects, not its text: a comment may say what code may not do.  BUILD is a plain
# build (preset dev): sanitizers bring symbols of their own.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${1:?usage: mistakes.sh BUILD}
rc=0

bad() { printf 'lint: %s\n' "$1" >&2; rc=1; }
# Print what a check found, indented; true when it found something.
found() { local lines; lines=$(cat); [ -n "$lines" ] && printf '%s\n' "$lines" | sed 's/^/    /' >&2; }

shopt -s nullglob
archives=("$build"/ledger/libak_*.a)
[ ${#archives[@]} -ge 12 ] || bad "only ${#archives[@]} layers found in $build: build the preset dev first"

# "archive:object symbol", without leading underscores and the endings that hardening and large files bring.
called() {
	nm -Au "${archives[@]}" 2>/dev/null |
		sed -nE 's/^[^:]*\/lib(ak_[a-z]+)\.a:([^:]*):.* U _*([A-Za-z0-9_]+)$/\1:\2 \3/p' | sed -E 's/_chk$//; s/isoc99_//'
}
calls=$(called)

nm -g --defined-only "${archives[@]}" 2>/dev/null | awk 'NF == 3 && $3 !~ /^ak_/' | found &&
	bad "a name with external linkage must begin with ak_ (or be static)"

grep -E ' (strcpy|strcat|strncpy|strncat|stpcpy|v?sprintf|strtok|atoi|atol|atoll|gets|asctime|ctime|localtime|gmtime|rand|tmpnam|mktemp|alloca|signal|system|popen)$' \
	<<<"$calls" | found && bad "banned call: unbounded, locale-bound, without an error, or with hidden state"

# strto*() skip blanks and signs and depend on errno; ledger/base/text.h has strict ones.
grep -E ' (strtol|strtoul|strtoll|strtoull|strtod|sscanf|fscanf|scanf)$' <<<"$calls" | found &&
	bad "numbers are read with ledger/base/text.h"

grep -E ' (exit|_exit|quick_exit|abort|assert_fail|puts|putchar|v?f?printf|vprintf|perror|psignal)$' <<<"$calls" | found &&
	bad "a library neither prints nor ends the process"

grep -E ' (getenv|secure_getenv|setlocale|time|gettimeofday|clock|clock_gettime|setenv|putenv|umask|chdir)$' <<<"$calls" | found &&
	bad "a library reads no clock and no environment, and changes nothing of the process"

# malloc and friends only behind ak_mem_* (ledger/base/bytes.h), so that sweeps reach every allocation.
grep -E ' (malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf|vasprintf|open_memstream)$' <<<"$calls" |
	grep -v '^ak_base:bytes\.c\.o ' | found && bad "allocation that goes past ak_mem_*"

# State that outlives a call: writable data in any object (constant tables with addresses in them are .data.rel.ro).
nm -A "${archives[@]}" 2>/dev/null | awk 'NF > 2 && $(NF-1) ~ /^[bBdDC]$/' | grep -vE ' (\.bss|\.data)$' |
	while read -r line; do
		object=${line%%: *} symbol=${line##* }
		archive=${object%:*} member=${object##*:}
		objdump -t "$archive" 2>/dev/null |
			awk -v m="$member" -v s="$symbol" '$1 == m ":" { on = 1 } /file format/ { on = ($1 == m ":") } on && $NF == s && $0 !~ /rel\.ro/ { print m, s }'
	done | found && bad "a library keeps no state of its own: no writable global or static"

python3 tests/lint/names.py || rc=1

flags=$(pkg-config --cflags jansson libgit2 sqlite3 libcrypto p11-kit-1 libcurl)
for h in include/akashi/*.h ledger/*/*.h; do
	case $h in include/*) name=${h#include/} ;; *) name=${h#ledger/} ;; esac
	# shellcheck disable=SC2086
	printf '#include "%s"\n' "$name" | "${CC:-cc}" -std=c17 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -Werror \
		-Iinclude -Iledger $flags -x c -fsyntax-only - || bad "$h does not compile on its own"
done
for h in include/akashi/*.h; do
	printf '#include "%s"\n' "${h#include/}" | "${CXX:-c++}" -std=c++17 -Wall -Wextra -Wpedantic -Werror \
		-Iinclude -x c++ -fsyntax-only - || bad "$h is not usable from C++"
done

# What the command line may see.
grep -nE '^#include "(base|codec|crypto|model|chain|rules|pack|held|verify|store|seal|api)/' cli/*.[ch] | found &&
	bad "cli/ includes include/akashi only"

for f in include/akashi/* ledger/*/*.[ch] ledger/*/*/*.c cli/*.[ch] cli/*.def tests/*/*.[ch] tests/*/*/*.[ch] tests/*/*/*/*.[ch]; do
	n=$(wc -l <"$f")
	case $f in tests/*) most=1000 ;; *) most=700 ;; esac # tables of cases may be long
	[ "$n" -le $most ] || bad "$f has $n lines: split it by theme"
	if [ "$n" -gt 500 ] && [ "$n" -le $most ]; then printf 'lint: note: %s has %s lines; 500 is the aim\n' "$f" "$n"; fi
done

files() { git ls-files -co --exclude-standard 2>/dev/null || find . -type f -not -path './.git/*' -not -path './build/*'; }
files | grep -E '\.(c|h|def|sh|py|cmake)$|CMakeLists\.txt$|^(cli/(deps|quickstart)|tests/run|\.ci/run|tests/bench/ledger)$' |
	while read -r f; do head -n 3 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$f"; done | found &&
	bad "no SPDX line at its head"

files | grep -E '\.(c|h|def|sh|py|sql|cmake|md|json)$|CMakeLists\.txt$|^(cli|tests)/[a-z]+$' | grep -v '^tests/lint/' |
	xargs -d '\n' grep -nIE '\b(TODO|FIXME|XXX|HACK)\b|not implemented|unimplemented' | found &&
	bad "work left for later: do it, or write it down in docs/"

exit $rc
