#!/usr/bin/env bash
# docs/transforms.md is of this catalogue. Strengths are measured: they may differ by a level between processors.
# usage: gallery.sh DOPPEL SOURCE
source "$(dirname "$0")/../program.sh"

expect 0 " transforms" gallery --out gallery
plain() { sed 's/ \*Strength [0-9]*\.\*//' "$1"; }
diff <(plain gallery/transforms.md) <(plain "$source/docs/transforms.md") || fail "docs/transforms.md is not up to date: run ./dev docs"
diff gallery/settings.md "$source/docs/settings.md" || fail "docs/settings.md is not up to date: run ./dev docs"
for image in gallery/gallery/*.jpg; do [ -s "$source/docs/gallery/$(basename "$image")" ]; done
