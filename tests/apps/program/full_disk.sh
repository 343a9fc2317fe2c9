#!/usr/bin/env bash
# A disk that fills up: said in one line, and nothing half-written is left.
source "$(dirname "$0")/../program.sh"

net='INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC ; N=1 M=2 K=1 pool=yes'
quietly gan sample:digits --steps 2 --batch 4 --score-steps 0 --out gan
(
  trap '' XFSZ
  ulimit -f 8
  expect 1 "can't write full-made/" generate gan --count 300 --out full-made
  expect 1 "can't write full-gan" gan sample:digits --steps 2 --batch 4 --score-steps 0 --out full-gan
  [ "$failures" -eq 0 ]
) || fail "a GAN on a full disk"
# While the checkpoint is written.
(
  ulimit -f 200
  trap '' XFSZ
  expect 1 "can't write full_disk/checkpoint.safetensors: File too large" train sample:digits --net "$net" --epochs 1 --out full_disk
  [ "$failures" -eq 0 ]
) || fail "training on a full disk"
[ ! -e full_disk/checkpoint.safetensors ]
