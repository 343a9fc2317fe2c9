#!/usr/bin/env bash
# Clang takes the readers, for which `./dev fuzz` needs it: it's stricter than GCC. As one unit, so that their unnamed namespaces
# have no name twice, whichever of them share a unit.
# usage: clang_test.sh SOURCE INCLUDE…; skipped where there is no clang++
set -euo pipefail
command -v clang++ >/dev/null || exit 77
source=$1
shift
cd "$source"
flags=(-std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wshadow -Werror -ferror-limit=0 -ftemplate-backtrace-limit=1)
for include in "$@"; do flags+=(-isystem "$include"); done
for module in augment dataset; do flags+=("-I$module/include"); done
printf '#include "%s"\n' dataset/src/sources/*.cpp | clang++ "${flags[@]}" -Idataset/src -I. -x c++ -

clang++ "${flags[@]}" -Iaugment/src -Idataset/src -Itests tests/fuzz/mend.cpp

# And what tells GCC to pass over a warning that Clang doesn't know, or uses views, of which Clang 14 knows few.
mapfile -t sources < <(grep -lE 'pragma GCC diagnostic ignored|std::views::|ranges::subrange' augment/src/*/*.cpp dataset/src/*/*.cpp nn/src/*/*.cpp)
[ ${#sources[@]} -gt 0 ]
for source in "${sources[@]}"; do
  clang++ "${flags[@]}" -Inn/include "-I${source%%/src/*}/src" "$source"
done
