#!/usr/bin/env bash
# A filter that nothing passes is given up. The GAN is small: it's asked for 26,000 images until then.
source "$(dirname "$0")/../program.sh"

quietly gan sample:digits --steps 2 --batch 4 --score-steps 0 --out gan \
  --generator "fc(784)-picture28x28-tanh" --discriminator "conv4x4(4,s4)-lrelu(0.2)-fc"
expect 1 "too few pass the filter" generate gan --count 3 --filter sample:digits --confidence 1 --out made
