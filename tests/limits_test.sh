#!/usr/bin/env bash
# Each row of docs/limits.md names the tests that hold it, which are there.
# usage: limits_test.sh SOURCE
set -euo pipefail
cd "$1"
rows=0
bad=0
while IFS='|' read -r _ what _ held _; do
  case "$what" in ' what ' | ' reader ' | --*) continue ;; esac
  rows=$((rows + 1))
  held=${held//[ ]/}
  [ -n "$held" ] || { echo "docs/limits.md: no test is named for:$what" && bad=1; }
  for test in ${held//,/ }; do
    [ -f "tests/$test" ] || { echo "docs/limits.md: there is no tests/$test, which is to hold:$what" && bad=1; }
  done
done < <(grep '^|' docs/limits.md)
[ "$rows" -ge 25 ] || { echo "docs/limits.md: only $rows rows were found" && bad=1; }
exit $bad
