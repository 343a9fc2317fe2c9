#!/usr/bin/env bash
# A GAN's images on sheets, and its generator for other runtimes.
source "$(dirname "$0")/../program.sh"

quietly gan sample:digits --steps 2 --batch 4 --score-steps 0 --out gan \
  --generator "fc(784)-picture28x28-tanh" --discriminator "conv4x4(4,s4)-lrelu(0.2)-fc"
expect 0 "a sheet of 64 images" generate gan --out sheet.png
expect 0 "a sheet of 12 images" generate gan --count 12 --mixture 3:0.5,8:0.5 --out mixed.png
expect 0 "a sheet of 12 images" generate gan --count 12 --label 3 --out threes.png
expect 0 "a sheet of 12 images" generate gan --count 12 --mixture 3:1 --out threes-too.png
cmp threes.png threes-too.png || fail "all of a class isn't the class"
cmp -s mixed.png threes.png && fail "a mixture is no other image"
mkdir -p few/a few/b
quietly generate gan --count 20 --out made
cp made/[0-4]/*.png few/a && cp made/[5-9]/*.png few/b
expect 0 "a sheet of 12 images" generate gan --count 12 --beside few --out beside.png
for sheet in sheet mixed beside; do expect 0 "1 samples" inspect $sheet.png; done
for bad in 3 3:0.5 3:0.5,ten:0.5 3:-1,8:2; do
  expect 2 "mixture is A:SHARE,B:SHARE" generate gan --mixture "$bad" --out bad.png
done
expect 2 "ends in .png" generate gan --mixture 3:1 --out bad
expect 2 "exclude each other" generate gan --mixture 3:1 --label 3 --out bad.png
expect 2 "exclude each other" generate gan --like few --out bad.png
expect 2 "at most 400 images" generate gan --count 401 --out bad.png
expect 2 "its images have 3 channels" generate gan --beside sample:photos --out bad.png

expect 0 "latent [batch, 64], normal numbers, and class [batch, 10]" export gan gan.onnx
[ -s gan.onnx ] || fail "nothing is exported"
expect 0 "parameters" export gan folded.onnx --fold
expect 2 "ends in .onnx" export gan gan.safetensors
expect 2 "for networks that read images" export gan bad.onnx --preprocess
[ ! -e bad.onnx ] && [ ! -e bad.png ] || fail "what is refused left a file"
