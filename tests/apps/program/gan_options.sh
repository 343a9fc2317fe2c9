#!/usr/bin/env bash
# GANs that aren't measured, know no classes, or are refused.
source "$(dirname "$0")/../program.sh"

printf -- '- JpegCompression: {p: 1}\n' >jpeg.yaml
expect 0 "6 steps" gan sample:digits --steps 6 --every 3 --batch 16 --score-steps 0 --out unmeasured
expect 2 "must be one of rpgan" gan sample:digits --preset biggan --out bad
expect 1 "has none" gan sample:photos --out bad
expect 2 "Jpeg" gan sample:digits --augment jpeg.yaml --out bad
expect 2 "isn't affine" gan sample:digits --augment jpeg.yaml --out bad
expect 0 "2 steps" gan sample:photos --unconditional --steps 2 --batch 4 --preset wgan-gp --spectral --out photos
expect 0 "3 images of 1 classes" generate photos --count 3 --out photos-made
# Labels serve the measures of a GAN that makes no classes.
expect 0 "coverage" gan sample:digits --unconditional --steps 2 --batch 4 --every 1 --score-steps 4 --out no-classes
grep -q '"classification_accuracy_score": null' no-classes/quality.json && grep -q '"class": "9"' no-classes/quality.json ||
  fail "the measures of a GAN without classes"
