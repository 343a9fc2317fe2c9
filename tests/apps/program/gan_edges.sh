#!/usr/bin/env bash
# A GAN of a class of one image, of one class alone, of images of several sizes.
source "$(dirname "$0")/../program.sh"

quietly gan sample:digits --steps 2 --batch 4 --score-steps 0 --out gan
quietly generate gan --count 30 --out made
mkdir -p few/a few/b one/a mixed/a
cp made/0/*.png made/1/*.png few/a && cp made/2/00000002.png few/b && cp made/*/*.png one/a
for i in 1 2 3 4; do
  { printf 'P5 %d 30 255\n' $((20 + i)) && head -c $(((20 + i) * 30)) /dev/zero; } >mixed/a/$i.pgm
done
tiny=(--steps 2 --batch 4 --score-steps 5)
expect 0 "2 steps" gan few "${tiny[@]}" --out few-gan
expect 0 "2 steps" gan one "${tiny[@]}" --out one-gan
expect 0 "4 images of 2 classes" generate few-gan --count 4 --out few-made
expect 0 "images of several sizes become 64x64" gan mixed --steps 2 --batch 4 --score-steps 0 --out mixed-gan
