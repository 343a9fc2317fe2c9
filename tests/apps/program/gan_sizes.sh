#!/usr/bin/env bash
# GANs of images that are neither square nor of a preset's own size.
source "$(dirname "$0")/../program.sh"

tiny=(--steps 2 --batch 4 --score-steps 0)
expect 0 "steps of 4: " gan sample:digits --size 16x24 "${tiny[@]}" --out wide
grep -q "^size: 16x24$" wide/run.yaml || fail "run.yaml doesn't say the size"
expect 0 "MB of values and gradients" gan sample:digits --size 12 --preset residual "${tiny[@]}" --out small
expect 0 "3 images" generate wide --count 3 --out made
expect 0 "all 16x24" inspect made
# The networks that it chose, said again, are the same ones.
expect 0 "2 steps" gan --config small/run.yaml --out again
cmp small/best.safetensors again/best.safetensors || fail "run.yaml gave another GAN"
expect 0 "3 steps" gan --config wide/run.yaml --steps 3 --out wide --resume
expect 2 "size = '16x24', not '24x16'" gan sample:digits --size 24x16 "${tiny[@]}" --out wide --resume
for bad in 30 4 260 28x 64x30; do
  expect 2 "the size '$bad' is none of a GAN: it is SIDE or HEIGHTxWIDTH" gan sample:digits --size $bad "${tiny[@]}" --out bad
done
[ ! -e bad ] || fail "a refused run left a folder"
