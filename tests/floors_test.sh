#!/usr/bin/env bash
# Includes point down: from a module to those below it, and within a module from floor to floor (docs/architecture.md).
# usage: floors_test.sh SOURCE
set -euo pipefail
cd "$1"
floors="augment/base augment/kernels augment/codec augment/plan augment/render augment/draft augment/transforms augment/recipe augment/import augment/linear
  dataset/sources dataset/order dataset/combine dataset/batch dataset/analysis dataset/loader dataset/pack dataset/write dataset/open
  nn/base nn/model nn/formats nn/distributed nn/engine nn/train nn/gan nn/study apps/report apps"

mapfile -t sources < <(find augment/include augment/src dataset/include dataset/src nn/include nn/src apps \( -name '*.h' -o -name '*.cpp' \))
[ ${#sources[@]} -gt 300 ]

# upward FILE…: each include that points up, as FILE: include (its floor above the file's).
upward() {
  awk -v floors="$floors" '
    BEGIN { count = split(floors, names, /[ \n]+/); for (i = 1; i <= count; ++i) height[names[i]] = i }
    # The floor of a public header, as doppel/dataset/sources/coco.h: doppel/MODULE/FLOOR/…; base and codec are floors of augment.
    function floor_of_header(path, part) {
      split(path, part, "/")
      return part[2] == "base" || part[2] == "codec" ? "augment/" part[2] : part[2] "/" part[3]
    }
    # The floor of a file: MODULE/include/…, MODULE/src/FLOOR/….
    function floor_of(path, part) {
      split(path, part, "/")
      if (part[1] == "apps") return part[2] == "report" ? "apps/report" : "apps"
      return part[2] == "include" ? floor_of_header(substr(path, length(part[1] "/include/") + 1)) : part[1] "/" part[3]
    }
    FNR == 1 {
      from = floor_of(FILENAME)
      split(FILENAME, place, "/")
      if (!(from in height)) print FILENAME ": " from " is no floor"
    }
    /^#include "/ {
      split($0, quoted, "\"")
      include = quoted[2]
      if (include ~ /^doppel\//) to = floor_of_header(include)
      else if (place[1] == "apps") { if (place[2] != "report" || system("test -e apps/report/" include) == 0) next; to = "apps" }
      else if (index(include, "/")) { split(include, part, "/"); to = place[1] "/" part[1] }
      else next
      if (!(to in height)) { if (include !~ /^\.\.?\//) print FILENAME ": " include " is on no floor"; next }
      if (height[to] > height[from]) print FILENAME ": " include " (" to " is above " from ")"
    }' "$@"
}

# It sees what it should.
mkdir -p "${TMPDIR:-/tmp}/floors.$$/dataset/src/loader"
trap 'rm -rf "${TMPDIR:-/tmp}/floors.$$"' EXIT
(
  cd "${TMPDIR:-/tmp}/floors.$$"
  printf '#include "doppel/nn/train/trainer.h"\n#include "pack/notes.h"\n#include "batch/x.h"\n#include "here.h"\n' >dataset/src/loader/up.cpp
  [ "$(upward dataset/src/loader/up.cpp | wc -l)" -eq 2 ]
) || { echo "floors_test.sh doesn't see what points up"; exit 1; }

found=$(upward "${sources[@]}")
[ -z "$found" ] || { echo "$found"; exit 1; }
