#!/usr/bin/env bash
# Every doppel command of a page runs as it stands, in the page's order.
# usage: commands.sh DOPPEL SOURCE PAGE
source "$(dirname "$0")/../program.sh"
page=$3
mkdir -p build/apps
ln -s "$doppel" build/apps/doppel
ln -s "$source/nn" nn

# Indented lines that begin with build/apps/doppel, a backslash at the end going on in the next.
commands=$(sed -e ':a' -e '/\\$/N; s/\\\n//; ta' "$source/$page" | sed -n 's/^    \(build\/apps\/doppel .*\)/\1/p')
[ "$page" != README.md ] || [ "$(wc -l <<<"$commands")" -ge 6 ]
while IFS= read -r command; do
  [ -n "$command" ] || continue
  if [ "$page" != README.md ] && grep -qxF "    $command" "$source/README.md"; then continue; fi  # run there
  echo "$ $command"
  bash -c "$command" >log 2>&1 </dev/null || { fail "$page: $command"; cat log; exit 1; }
done <<<"$commands"
