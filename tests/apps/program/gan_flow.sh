#!/usr/bin/env bash
# A flow by the commands of a GAN: its run and its images.
source "$(dirname "$0")/../program.sh"

flow=(gan sample:digits --preset flow --batch 8 --per-class 4 --size 8 --sample-steps 2 --every 1)
expect 0 "learning" "${flow[@]}" --steps 2 --score-steps 0 --out flow
grep -q " D " out && fail "a flow has no discriminator"
grep -q '"loss"' flow/steps.jsonl || fail "steps.jsonl doesn't say the loss"
grep -q 'loss: velocity' flow/run.yaml || fail "run.yaml doesn't say what it is"
expect 0 "4 steps" "${flow[@]}" --steps 4 --score-steps 0 --out flow --resume

expect 0 "10 images of 10 classes" generate flow --count 10 --out made
expect 0 "1 images of 10 classes" generate flow --count 1 --first 7 --out remade
cmp made/7/00000007.png remade/7/00000007.png || fail "an image isn't the same again"
expect 0 "10 images" generate flow --count 10 --sample-steps 5 --out longer
grep -q ', 5 steps' longer/provenance.jsonl || fail "provenance doesn't say the steps"
cmp -s made/7/00000007.png longer/7/00000007.png && fail "the steps change nothing"
expect 2 "ONNX" export flow flow.onnx
expect 2 "--lecam is of a discriminator, and a flow has none" "${flow[@]}" --steps 1 --lecam 0.1 --score-steps 0 --out bad
