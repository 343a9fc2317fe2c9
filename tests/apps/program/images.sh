#!/usr/bin/env bash
# What sheets and curves promise, as far as it can be seen without looking at them.
source "$(dirname "$0")/../program.sh"

# width PNG and height PNG: by its header.
width() { od -An -tu4 --endian=big -j16 -N4 "$1"; }
height() { od -An -tu4 --endian=big -j20 -N4 "$1"; }
# columns PNG SIDE: tiles side by side, 12 pixels apart.
columns() { echo $((($(width "$1") - 12) / ($2 + 12))); }
# sheet COUNT COLUMNS TILES: every original begins a row, and no variant is lost.
sheet() {
  expect 0 "sheet.png: $3 tiles" preview sample:digits --recipe digits --count "$1" --side 40 --out sheet.png
  [ "$(columns sheet.png 40)" -eq "$2" ] || fail "a sheet of $1 variants has $(columns sheet.png 40) columns, not $2"
}
sheet 1 2 2
sheet 5 6 6
sheet 10 5 13
sheet 24 7 28
sheet 40 6 44
expect 0 "tiles" preview sample:photos --catalogue --side 64 --out sheet.png
[ "$(columns sheet.png 64)" -eq 6 ] || fail "a catalogue has $(columns sheet.png 64) columns"

# Captions: words, and in JSON the matrix behind them.
expect 0 "tiles" preview sample:digits --recipe digits --count 2 --side 112 --out sheet.png --json plans.json
grep -q '"original: train-images' plans.json || fail "an original isn't named"
grep -qE '"(zoom|width)[^"]*rotate [0-9.]+° (left|right)[^"]* \[[^"]*\]"' plans.json || fail "no words beside a matrix"
expect 0 "rotate" preview sample:digits --recipe digits --explain
cp sheet.png "$(printf 'long%.0s' {1..40}).png"
expect 0 "2 tiles" preview long*.png --recipe none --count 1 --side 40 --out narrow.png
[ "$(height narrow.png)" -gt $((14 * 14)) ] || fail "a long name isn't wrapped"
[ "$(height narrow.png)" -le $((12 + 40 + 6 + 14 * 14 + 12)) ] || fail "a caption is longer than 14 lines"

# What training prints: two lines, unless more is asked for.
few=(train sample:digits --per-class 20 --epochs 2 --net "conv3x3(4)-pool-fc")
expect 0 "network conv3x3(4)-pool-fc: 4 layers" "${few[@]}" --recipe digits --out run
grep -q "recipe digits, 200 training images, 2 epochs: about " out || fail "no word about recipe and time"
! grep -qE "MFLOP|shards|kernels" out || fail "train prints what is for --verbose"
expect 0 "MFLOP" "${few[@]}" --recipe digits --out verbose --verbose
grep -q "shards; kernels" out || fail "--verbose says nothing of kernels"

# Why training looks worse, where it does: in the terminal, the report and below the curves.
note="label smoothing (0.9) adds to it"
expect 0 ": $note, and augmented images are harder" "${few[@]}" --recipe digits --label-smoothing 0.9 --out smooth
grep -qF "$note, and augmented" smooth/report.html || fail "the report has no note"
expect 0 ": $note" "${few[@]}" --recipe none --label-smoothing 0.9 --out plain
! grep -q "augmented images are harder" out || fail "nothing was augmented"
expect 0 "test accuracy" "${few[@]}" --recipe none --label-smoothing 0 --out none
! grep -q "is above the" out || fail "a note without a reason"
[ "$(height smooth/curves.png)" -gt "$(height none/curves.png)" ] || fail "no note below the curves"
