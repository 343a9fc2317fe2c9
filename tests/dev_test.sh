#!/usr/bin/env bash
# ./dev where things aren't as it would like: another system, no root, no network, a full disk, two at once.
# usage: dev_test.sh SOURCE
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$1/dev" "$work/dev"
cd "$work"
failures=0
mkdir stubs
export PATH=$work/stubs:$PATH

# stub NAME <<'SCRIPT': a program that stands in for the system's.
stub() { { echo '#!/bin/bash' && cat; } >"stubs/$1" && chmod +x "stubs/$1"; }
# expect CODE TEXT COMMAND…
expect() {
  local code=$1 text=$2 got=0
  shift 2
  "$@" >out 2>&1 || got=$?
  if [ "$got" -ne "$code" ] || { [ -n "$text" ] && ! grep -qF -- "$text" out; }; then
    echo "FAILED: $* -> $got (wanted $code and '$text')"
    cat out
    failures=$((failures + 1))
  fi
}

expect 0 "usage: ./dev COMMAND" ./dev
expect 2 "there is no command 'demmo'; did you mean 'demo'?" ./dev demmo
expect 2 "on needs bookworm or trixie" ./dev on sid test
expect 2 "which command?" ./dev on trixie

# A system that isn't known: what is missing, by what it is called anywhere; with everything there it goes on.
printf 'ID=fedora\nVERSION_ID=43\nPRETTY_NAME="Fedora Linux 43"\n' >os-release
export DOPPEL_OS_RELEASE=$work/os-release
stub c++ <<<'exit 1'
expect 1 "Fedora Linux 43 isn't known here" ./dev setup
grep -q 'oneDNN 2.6 or later .*oneapi/dnnl/dnnl.hpp.* libdnnl-dev' out || { echo "FAILED: oneDNN isn't named" && failures=$((failures + 1)); }
grep -q 'docs/building.md' out
for tool in c++ cmake ninja ccache pkg-config; do stub $tool <<<'exit 0'; done
expect 0 "" ./dev setup
rm stubs/*

# Debian, but nothing can be installed.
printf 'ID=debian\nVERSION_ID=13\n' >os-release
stub dpkg-query <<<'exit 1'
stub id <<<'echo 1000'
stub sudo <<<'echo "you are not in the sudoers file" >&2; exit 1'
expect 1 "as root: apt-get update && apt-get install" ./dev setup
grep -q '^  libdnnl-dev$' out || { echo "FAILED: the missing packages aren't named" && failures=$((failures + 1)); }
rm stubs/id stubs/sudo
stub apt-get <<<'echo "E: Unable to fetch some archives"; exit 100'
stub id <<<'echo 0'
expect 1 "is there a network" ./dev setup
stub dpkg-query <<<'echo "install ok installed"'
expect 0 "" ./dev setup

# A disk that fills up in mid-build, and a compiler that is too old.
stub cmake <<<'exit 0'
stub ninja <<<'echo "No space left on device"; exit 1'
stub df <<<'printf "Filesystem 1M Used Available Use Mounted\n/dev/x 1 1 3 100 /\n"'
expect 1 "the disk is full (3 MB left)" ./dev demo
grep -q "only 3 MB are free here" out || { echo "FAILED: nothing was said before" && failures=$((failures + 1)); }
stub cmake <<<'echo "GCC 10.2.1, which is too old for doppel" >&2; exit 1'
expect 1 "too old for doppel" ./dev demo

# Two at once take turns.
stub cmake <<<'exit 0'
exec 9>build/.dev.lock
flock 9
./dev setup >waited 2>&1 &
second=$!
until grep -q 'waiting until' waited || ! kill -0 $second; do read -rt 0.05 <> <(:) || true; done
kill -0 $second || { echo "FAILED: it didn't wait" && failures=$((failures + 1)); }
flock -u 9
wait $second || { echo "FAILED: it didn't go on" && failures=$((failures + 1)); }

[ "$failures" -eq 0 ] || exit 1
echo "./dev says what is wrong"
