#!/usr/bin/env bash
# tests/coverage.py counts the lines of readers by file, also of two that compile as one, and fails where a file is below what is wanted.
# usage: coverage_test.sh SOURCE CXX; skipped where the compiler isn't GCC, or there is no gcov
set -euo pipefail
source=$(realpath "$1")
compiler=$2
command -v gcov >/dev/null && "$compiler" --version | grep -q 'Free Software Foundation' || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p augment/src/codec augment/src/render build
printf 'int half(int x) {\n  return x / 2;\n}\n' >augment/src/codec/half.cpp
printf 'int sign(int x) {\n  if (x < 0)\n    return -1;\n  if (x > 0)\n    return 1;\n  return 0;\n}\n' >augment/src/codec/sign.cpp
printf 'int none() {\n  return 0;\n}\n' >augment/src/render/none.cpp
{ printf '#include "%s"\n' "$work"/augment/src/*/*.cpp && echo 'int main() { return half(0) + sign(-1) + 1; }'; } >build/one.cpp
cd build

expect() {  # CODE TEXT COMMAND…
  local code=$1 text=$2 got=0
  shift 2
  "$@" >out 2>&1 || got=$?
  [ "$got" -eq "$code" ] && grep -qF -- "$text" out || { echo "FAILED: $* -> $got (wanted $code and '$text')" && cat out && exit 1; }
}
count() { python3 "$source/tests/coverage.py" "$work/build" "$work" "$@"; }
expect 1 "nothing was counted" count
"$compiler" --coverage -o one one.cpp
./one
expect 1 "| sign.cpp 50 % |" count
grep -q '^| augment/src/codec | 2 | ' out
grep -qF "  50.0 %  augment/src/codec/sign.cpp (3 lines)" out
expect 0 "augment/src/codec/sign.cpp: 4-6" count --missed augment/src/codec/sign.cpp
expect 1 "augment/src/render/none.cpp is no reader" count --missed augment/src/render/none.cpp
