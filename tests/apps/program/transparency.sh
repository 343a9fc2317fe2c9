#!/usr/bin/env bash
# Transparent images: put over what is told, said once, remembered by the network, kept where files are written.
source "$(dirname "$0")/../program.sh"
stored=$source/tests/augment/data/images

for part in train test; do
  for class in a b; do
    mkdir -p "data/$part/$class"
    for i in 1 2 3 4; do cp "$stored/rgba.png" "data/$part/$class/$i.png"; done
  done
done

few=(train data --batch 4 --recipe none --net "conv3x3(4)-gap-fc")
expect 0 "transparent images, 8 of 8 looked at, are put over white (--alpha white)" "${few[@]}" --epochs 1 --out white
[ "$(grep -c transparent out)" -eq 1 ] || fail "transparency is told more than once"
expect 0 "show the colours below their transparency" "${few[@]}" --epochs 1 --alpha drop --out drop
expect 0 "keep their alpha, a fourth channel" "${few[@]}" --epochs 1 --alpha keep --out keep
for run in white drop keep; do
  expect 0 "accuracy" eval $run data
  expect 0 "a" predict $run data/test/a/1.png
done
grep -q "alpha: keep" keep/run.yaml || fail "run.yaml doesn't say what became of transparency"
! cmp -s white/model.safetensors drop/model.safetensors || fail "--alpha drop changed nothing"
expect 2 "was made with alpha = white, not black" "${few[@]}" --alpha black --epochs 2 --out white --resume
expect 0 "[batch, 4, " export keep keep.onnx --preprocess

# Packs of pixels have none; files do.
expect 0 "samples" pack data packed --images raw --alpha black
expect 2 "alpha can't be kept" pack data other --images raw --alpha keep
quietly augment data --recipe none --copies 1 --out kept
quietly augment data --recipe none --copies 1 --alpha white --out opaque
expect 0 "transparent images" train kept --epochs 1 --batch 4 --recipe none --net "conv3x3(4)-gap-fc" --out of-kept
"$doppel" train opaque --epochs 1 --batch 4 --recipe none --net "conv3x3(4)-gap-fc" --out of-opaque >out 2>&1
! grep -q transparent out || fail "transparency went into files that were to have none"

# inspect names them, and what else is read in part: 16 bits of which few levels are left, frames after the first.
mkdir odd
cp "$stored/rgba.png" "$stored/animated.webp" odd
expect 0 "transparent images, which are put over white unless --alpha says otherwise: 8" inspect data
expect 0 "of several frames or pages, of which the first is read: 1 (odd/animated.webp)" inspect odd
