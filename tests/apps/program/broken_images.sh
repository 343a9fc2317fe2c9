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
expect 1 "photos/a/broken.png: not a whole PNG" "${tiny[@]}" --on-error fail --out failing
