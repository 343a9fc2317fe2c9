#!/usr/bin/env bash
# A broken image is skipped and named, or fails by name.
source "$(dirname "$0")/../program.sh"

mkdir -p photos/a photos/b
quietly preview sample:photos --recipe strong --count 6 --out photos/a/1.png
quietly preview sample:photos --recipe mix --count 6 --out photos/b/2.png
head -c 3000 photos/a/1.png >photos/a/broken.png
tiny=(train photos --epochs 1 --size 16 --net 'conv3x3(4)-relu-fc' --recipe none)
expect 0 "photos/a/broken.png: not a whole PNG" inspect photos
expect 0 "left out" "${tiny[@]}" --out skipping
expect 0 "tiles" preview photos --count 9 --recipe light --out few.png
grep -q "left out: photos/a/broken.png: not a whole PNG" out || fail "preview does not say what it leaves out"
expect 1 "photos/a/broken.png: not a whole PNG" "${tiny[@]}" --on-error fail --out failing

# Where none can be read, nothing is measured: it is said, and fails.
mkdir -p ruins/a ruins/b
for i in 1 2 3 4 5 6 7 8; do head -c "$((2000 + i))" photos/a/1.png >"ruins/a/$i.png"; echo "no image $i" >"ruins/b/$i.png"; done
expect 1 "doppel: ruins: none of its 16 images can be read; the first: ruins/a/1.png: not a whole PNG" inspect ruins --json ruins.json --out sheet.png --html page.html
grep -q "none of them can be read:" out && grep -q "    ruins/a/1.png: not a whole PNG" out && grep -q "    and 6 more" out || { fail "inspect doesn't name the first"; cat out; }
! grep -qE "mean|sizes|channels|nan" out || { fail "inspect measures what can't be read"; cat out; }
[ "$(python3 -c 'import json; print(len(json.load(open("ruins.json"))["train"]["broken"]))')" = 16 ] || fail "ruins.json lacks what is broken"
[ ! -e sheet.png ] && [ -s page.html ] || fail "a sheet of nothing, or no page"

# What files say of themselves moves no cursor.
mkdir -p told
printf 'path,label\n%s,a\n' "$(printf 'x\033[2J.png')" >told/train.csv
expect 1 'x\x1b[2J.png' inspect told/train.csv
! grep -q "$(printf '\033')" out || fail "a control character is printed"

# No library says on its own what it thinks of a file.
mkdir -p halves/a
for file in "$source"/tests/augment/data/images/*; do
  [ "$(stat -c %s "$file")" -lt 200000 ] || continue
  head -c $(($(stat -c %s "$file") * 2 / 3)) "$file" >"halves/a/${file##*/}"
done
"$doppel" inspect halves >out 2>err || true
[ "$(grep -cE '^    halves/a/' out)" -gt 3 ] || fail "pictures that are cut aren't named: $(tail -n5 out)"
[ "$(grep -cvE '^(doppel: .*|)$' err)" -eq 0 ] || fail "a library's words: $(head -n5 err)"
