#!/usr/bin/env bash
# A GAN that begins with another's weights, blocks that keep theirs, and copies that are refused.
source "$(dirname "$0")/../program.sh"

net=(--generator "fc(784)-picture28x28-tanh" --discriminator "conv4x4(4,s4)-lrelu(0.2)-fc")
tiny=(--steps 2 --batch 4 --score-steps 0 "${net[@]}")
quietly gan sample:digits "${tiny[@]}" --out first
expect 0 "begins with the weights of first/best.safetensors; of 10 classes it knows 10" \
  gan sample:digits "${tiny[@]}" --weights first --freeze-d 1 --lecam 0.1 --out second
grep -q "^weights: .*/first$" second/run.yaml || fail "run.yaml doesn't say whose weights"
# Classes of which one is known.
mkdir -p few/3 few/new
quietly generate first --label 3 --count 4 --out made
cp made/3/*.png few/3 && cp made/3/*.png few/new
expect 0 "of 2 classes it knows 1" gan few "${tiny[@]}" --weights first --out third
# It goes on.
expect 0 "3 steps" gan --config second/run.yaml --steps 3 --out second --resume
expect 2 "lecam = 0.1, not 0.2" gan --config second/run.yaml --lecam 0.2 --out second --resume

expect 1 "there is no GAN at" gan sample:digits "${tiny[@]}" --weights nowhere --out bad
expect 2 "was trained with another latent than '7': say --latent \"64\"" gan sample:digits "${tiny[@]}" --latent 7 --weights first --out bad
expect 2 "it makes images of 1x28x28, but these are" gan sample:photos --unconditional --steps 2 --batch 4 --weights first --out bad
expect 2 "the discriminator has 1 blocks" gan sample:digits "${tiny[@]}" --weights first --freeze-d 2 --out bad
expect 0 "stays as it was drawn" gan sample:digits "${tiny[@]}" --freeze-d 1 --out drawn
expect 2 "no-copies needs what is measured" gan sample:digits "${tiny[@]}" --no-copies --out bad
[ ! -e bad ] || fail "a refused run left a folder"

# Of a generator that gives one grey image, which was learned from. All is written and kept.
expect 0 "best state" gan sample:digits --steps 2 --batch 4 --score-steps 20 "${net[@]}" --no-copies --out honest
grep -q '"copies_above_real": false' honest/quality.json || fail "copies aren't counted"
quietly generate first --count 60 --out noise
mkdir -p one/train/a one/train/b one/test/a one/test/b
cp noise/[0-3]/*.png one/train/a && cp noise/[4-6]/*.png one/train/b
cp noise/7/*.png one/test/a && cp noise/8/*.png one/test/b
{ printf 'P5 28 28 255\n' && head -c 784 /dev/zero | tr '\0' '\200'; } | tee one/train/a/grey.pgm >one/train/b/grey.pgm
grey=(gan one --steps 2 --batch 4 --score-steps 20 --generator "fc(784)-softmax-picture28x28-tanh"
  --discriminator "conv4x4(4,s4)-lrelu(0.2)-fc")
expect 1 "1000 of 1000 images are copies of training images" "${grey[@]}" --no-copies --out copied
for file in best.safetensors quality.json report.html; do [ -s "copied/$file" ] || fail "copied/$file is missing"; done
expect 0 "1 images" generate copied --count 1 --out from-copied
expect 0 "best state" "${grey[@]}" --out copied --resume

# What others measure by is read before the first step.
expect 1 "nowhere.pth" gan sample:digits --steps 2 --batch 4 --score-steps 20 --features nowhere.pth --out bad
expect 1 "best.safetensors" gan sample:digits --steps 2 --batch 4 --score-steps 20 --features honest/best.safetensors --out bad
expect 2 "measures beside what is measured" gan sample:digits --steps 2 --batch 4 --score-steps 0 --features honest/best.safetensors --out bad
[ ! -e bad ] || fail "a refused run left a folder"
