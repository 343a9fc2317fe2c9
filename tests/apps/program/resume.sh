#!/usr/bin/env bash
# Killed in the middle and resumed: the same weights.
source "$(dirname "$0")/../program.sh"

net='INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC ; N=1 M=2 K=1 pool=yes'
slow=(train sample:digits --net "$net" --epochs 4 --batch 32)
quietly "${slow[@]}" --out whole
"$doppel" "${slow[@]}" --out stopped >/dev/null 2>&1 &
pid=$!
appears stopped/metrics.jsonl "$pid"
kill -INT "$pid" 2>/dev/null || true
stopped=0
wait "$pid" || stopped=$?
[ "$stopped" -le 1 ] || fail "a stop ended with $stopped"
quietly "${slow[@]}" --out stopped --resume
cmp whole/model.safetensors stopped/model.safetensors || fail "resumed weights differ"

# Of other data it doesn't go on, though all paths and counts are the same.
# images FOLDER LEVEL…: class folders a and b, of an image for each level in turn.
images() {
  local at=$1 number=0 level
  shift
  rm -rf "$at" && mkdir -p "$at/a" "$at/b"
  for level in "$@"; do
    { printf 'P5 16 16 255\n'; head -c 256 /dev/zero | tr '\0' "$level"; } >"$at/$([ $((number % 2)) -eq 0 ] && echo a || echo b)/$number.pgm"
    number=$((number + 1))
  done
}
few=(few --net 'conv3x3(4)-relu-gap-fc' --batch 4 --recipe none --out of_few)
gan=(gan few --steps 2 --batch 4 --score-steps 0 --out gan_of_few)
study=(study few --fractions 1 --seeds 1 --steps 2 --gan-steps 0 --out study_of_few)
images few a b a b a b a b a b a b a b a b
quietly train "${few[@]}" --epochs 1
quietly "${gan[@]}"
quietly "${study[@]}"
mv few/a few/c && mv few/b few/a && mv few/c few/b
expect 2 "other names or labels of what is learned from" train "${few[@]}" --epochs 2 --resume
expect 2 "other names or labels of what is learned from" "${gan[@]}" --resume
expect 2 "was made with hash of the names and labels to learn from" "${study[@]}"
images few x y x y x y x y x y x y x y x y
expect 2 "other images to learn from" train "${few[@]}" --epochs 2 --resume
expect 2 "other images to learn from" "${gan[@]}" --resume
expect 2 "was made with hash of the images to learn from" "${study[@]}"
images few a b a b a b a b a b a b a b a b
mv few copied && ln -s copied few
quietly train "${few[@]}" --epochs 2 --resume
quietly "${gan[@]}" --resume
quietly "${study[@]}"
