#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A static akashi-verify judges in a root that holds nothing but itself and two files.
. "$(dirname "$0")/lib.sh"
: "${BUILD:?}"
want 0 cmake -S "$AKASHI_SOURCE" -B "$BUILD/static" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DAK_TESTS=OFF -DAK_STATIC_VERIFY=ON
want 0 cmake --build "$BUILD/static" --target akashi-verify
[ $failed = 0 ] || { finish; exit 1; }
program=$BUILD/static/cli/akashi-verify
if file "$program" 2>/dev/null | grep -q 'dynamically' || readelf -l "$program" | grep -q INTERP; then bad "it is not static"; else ok; fi
mkdir -p "$work/bare/state"
cp "$program" "$work/bare/akashi-verify"
want 0 "$AKASHI" bundle C24-0101-2 -C "$STORY/ledger.git" -o "$work/bare/one.akashi"
cp "$STORY/trust" "$work/bare/trust"
into() { env -i PATH="$PATH:/usr/sbin" XDG_STATE_HOME=/state LANG=ja_JP.UTF-8 "$@"; }
if [ "$(id -u)" = 0 ]; then in_root=(chroot "$work/bare"); else in_root=(unshare -r chroot "$work/bare"); fi
if ! "${in_root[@]}" /akashi-verify --version >/dev/null 2>&1; then
	if [ "$(id -u)" != 0 ]; then echo "skipped: no right to change the root here"; finish; exit 77; fi
fi
want 0 into "${in_root[@]}" /akashi-verify /one.akashi --trust /trust --as-of $day
has "有効  C24-0101-2" "$work/out"
want 0 into "${in_root[@]}" /akashi-verify /one.akashi --trust /trust --as-of $day --json
if [ "$(jq -r .memory.outcome "$work/out")" = same ]; then ok; else bad "it does not remember in a bare root"; fi
finish
