#!/usr/bin/env bash
# Every public type, function and field says what it means (docs/api/Doxyfile).
# usage: api_docs_test.sh SOURCE
set -euo pipefail
cd "$1"
command -v doxygen >/dev/null || { echo "doxygen isn't installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# check INPUT: the warnings of doxygen about it.
check() {
  sed -e "s|^INPUT .*|INPUT = $1|" -e "s|^OUTPUT_DIRECTORY .*|OUTPUT_DIRECTORY = $work|" docs/api/Doxyfile >"$work/Doxyfile"
  printf 'GENERATE_HTML = NO\nGENERATE_XML = YES\nWARN_LOGFILE = %s/log\n' "$work" >>"$work/Doxyfile"
  doxygen "$work/Doxyfile" >/dev/null 2>&1
  grep -E 'is not documented|not found|parameter' "$work/log" || true
}

# It sees what it should.
mkdir "$work/probe"
printf '#pragma once\n/// Documented.\nstruct Said {\n  int here = 0;  ///< documented\n  int silent = 0;\n};\n' >"$work/probe/probe.h"
check "$work/probe" | grep -q 'silent' || { echo "api_docs_test.sh doesn't see what is undocumented"; exit 1; }

found=$(check 'augment/include dataset/include nn/include')
[ -z "$found" ] || { echo "$found" | head -n 40; echo "$(wc -l <<<"$found") in all"; exit 1; }
