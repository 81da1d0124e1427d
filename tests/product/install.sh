#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# make install: headers, libraries and pkg-config are enough for a stranger's program; the library reaches for nothing else.
. "$(dirname "$0")/lib.sh"
: "${BUILD:?}"
want 0 cmake --build "$BUILD" --target akashi akashi-verify akashi-static akashi-shared akashi-verify-static akashi-verify-shared
want 0 cmake --install "$BUILD" --prefix "$work/placed"
[ $failed = 0 ] || { finish; exit 1; }
pc=$(dirname "$(find "$work/placed" -name libakashi-verify.pc)")
export PKG_CONFIG_PATH=$pc
want 0 "$AKASHI" bundle C24-0101-2 -C "$STORY/ledger.git" -o "$work/one.akashi"

example=$AKASHI_SOURCE/docs/examples/judge.c
[ "$(wc -l <"$example")" -lt 60 ] || bad "the example has grown to 60 lines"
read -r -a flags <<<"$(pkg-config --cflags --libs libakashi-verify)"
want 0 cc -std=c17 -Wall -Wextra -Werror "$example" "${flags[@]}" -o "$work/judge"
code=0
LD_LIBRARY_PATH=$(dirname "$pc") "$work/judge" "$work/one.akashi" "$STORY/trust" >"$work/out" 2>"$work/err" || code=$?
if { [ $code = 0 ] || [ $code = 3 ]; } && jq -e '.format == "akashi-verdict/1"' <(tail -n +2 "$work/out") >/dev/null; then ok; else
	bad "the example does not judge (exit $code)"; cat "$work/err"; fi
read -r -a flags <<<"$(pkg-config --static --cflags --libs libakashi-verify)"
want 0 cc -std=c17 "$example" -L"$work" "${flags[@]}" -o "$work/judge2"

# What the verifier's library may not reach for, and what it may not show.
so=$(find "$work/placed" -name 'libakashi-verify.so' | head -n 1)
nm -D --undefined-only "$so" | awk '{ print $2 }' | sed 's/@.*//' >"$work/needs"
nm -D --defined-only "$so" | awk '{ print $3 }' >"$work/gives"
if grep -qE '^(git_|curl_|socket$|connect$|getaddrinfo$|open$|open64$|openat|fopen|creat|write$|unlink|rename|mkdir|system$|popen|exec|fork$|time$|clock_gettime$|getenv$|printf$|puts$|exit$|abort$)' "$work/needs"; then
	bad "libakashi-verify reaches for what it may not"
	grep -E '^(git_|curl_|socket|connect|getaddrinfo|open|fopen|creat|write|unlink|rename|mkdir|system|popen|exec|fork|time|clock_gettime|getenv|printf|puts|exit|abort)' "$work/needs"
else ok; fi
if grep -vE '^ak_' "$work/gives" | grep -q .; then bad "it shows names of others:"; grep -vE '^ak_' "$work/gives"; else ok; fi
for name in $(grep -ohE '\bak_[a-z_]+\(' "$work"/placed/include/akashi/{verify,trust,document,consistency}.h | tr -d '(' | sort -u); do
	grep -qx "$name" "$work/gives" || case $name in *_fn) ;; *) bad "$name is declared and not there" ;; esac
done
for p in akashi akashi-verify; do
	want 0 env LD_LIBRARY_PATH= "$work/placed/bin/$p" --version
	if ldd "$work/placed/bin/$p" | grep -q "$work"; then bad "$p looks for libraries in a build"; fi
done
if ldd "$work/placed/bin/akashi-verify" | grep -qE 'libgit2|libcurl|libssl|libssh'; then bad "akashi-verify links git or the network"; else ok; fi
finish
