#!/usr/bin/env bash
# patchelf 0.14.3 (Debian 12) takes --replace-needed and --set-rpath in one call, exits with 0, and does something else: no library's name is
# replaced, and the run path becomes the first new name that --replace-needed was given. In two calls both are done. So who gives a library new
# neighbours must ask for one thing at a time, and look at the result.
#
# Seen with Debian 12's patchelf 0.14.3-1:
#   together:  NEEDED libz.so.1, RPATH libother.so
#   one by one:  NEEDED libother.so, RPATH /somewhere
#
# Exit codes: 0 as seen, 1 otherwise, 77 where patchelf 0.14.3 isn't there.
set -euo pipefail
[ "$(patchelf --version 2>/dev/null)" = "patchelf 0.14.3" ] && command -v c++ readelf >/dev/null || { echo "needs patchelf 0.14.3, c++ and readelf"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo 'extern "C" const char* zlibVersion(); const char* ask() { return zlibVersion(); }' >ask.cpp
c++ -shared -fPIC ask.cpp -o plain.so -lz 2>/dev/null || { echo "needs zlib's headers"; exit 77; }
shown() { readelf -d "$1" | sed -n 's/.*(NEEDED).*\[\(lib[zo].*\)\]/NEEDED \1/p; s/.*(R\(UN\)*PATH).*\[\(.*\)\]/RPATH \2/p' | sort | paste -sd, | sed 's/,/, /g'; }
cp plain.so together.so
patchelf --replace-needed libz.so.1 libother.so --force-rpath --set-rpath /somewhere together.so
cp plain.so single.so
patchelf --replace-needed libz.so.1 libother.so single.so
patchelf --force-rpath --set-rpath /somewhere single.so
echo "together:  $(shown together.so)"
echo "one by one:  $(shown single.so)"
[ "$(shown together.so)" = "NEEDED libz.so.1, RPATH libother.so" ] && [ "$(shown single.so)" = "NEEDED libother.so, RPATH /somewhere" ]
