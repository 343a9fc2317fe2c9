#!/usr/bin/env bash
# Help, and wrong words.
source "$(dirname "$0")/../program.sh"

expect 0 "usage: doppel COMMAND" --help
expect 2 "usage: doppel COMMAND"
expect 2 "did you mean 'train'?" trian
expect 2 "did you mean --recipe?" preview sample:photos --recepi light --out x.png
for command in transforms inspect preview gallery train eval predict export gan generate study "bench load" "bench train" "bench gan"; do
  # shellcheck disable=SC2086
  expect 0 "usage: doppel $command" $command --help
  [ "$(wc -l <out)" -le 75 ] || fail "$command --help is longer than a screen"
done
