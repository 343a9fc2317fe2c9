#!/usr/bin/env bash
# What training is told: what it does, and what it refuses.
source "$(dirname "$0")/../program.sh"

net='INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC ; N=1 M=2 K=1 pool=yes'
expect 2 "must not be the test set" train sample:digits --patience 2 --out bad
expect 2 "must be one of adamw" train sample:digits --optimizer adagrad --out bad
expect 2 "must be one of cosine" train sample:digits --schedule cosin --out bad
expect 2 "--freeze and --freeze-until conv1 exclude each other" train sample:digits --freeze --freeze-until conv1 --out bad
expect 2 "--columns says label twice: label=a and label=b" train sample:digits --columns label=a,path=c,label=b --out bad
expect 2 "--columns says path twice" inspect sample:digits --columns path=a,path=a
expect 2 "whitening needs a first layer" train sample:digits --net "$net" --whiten --epochs 1 --out unwhitened
expect 0 "test accuracy" train sample:digits --net "$net" --epochs 4 --valid-every 2 --out seldom
[ "$(grep -c test_accuracy seldom/metrics.jsonl)" -eq 2 ] || fail "--valid-every 2 in 4 epochs"
expect 0 "best.safetensors" train sample:digits --net "$net" --weights seldom/model.safetensors --freeze --lr-head 2 --loss focal --class-weights balanced --optimizer muon --plateau 1 --patience 1 --accumulate 2 --init orthogonal --tensorboard --epochs 2 --valid 0.2 --out tuned
ls tuned/tensorboard/events.out.tfevents.* >/dev/null
expect 0 "what doesn't learn stays as it was drawn" train sample:digits --net "$net" --freeze --epochs 3 --per-class 2 --out frozen
[ "$(grep -c test_accuracy frozen/metrics.jsonl)" -eq 1 ] || fail "20 images are measured as often as learned from"
expect 0 "validation accuracy" train sample:digits --net 'conv3x3(4,s2)-relu-fc' --epochs 1 --valid 0.2 --out split
expect 0 "test accuracy" train sample:digits --net "conv2x2(8,valid)-gelu-conv3x3(16)-pool-bn-gelu-gap-fc" --whiten --init dirac --epochs 1 --out whitened
