#!/usr/bin/env bash
# Losses that are NaN: back to the start, at half the rate, until it holds.
source "$(dirname "$0")/../program.sh"

expect 0 "Back to step 0, at half the rate (5000)" gan sample:digits --steps 6 --every 3 --batch 16 --score-steps 0 --lr 10000 --out fell
grep -q '"event"' fell/gan.jsonl
expect 1 "going back 4 times hasn't helped" gan sample:digits --steps 6 --every 3 --batch 16 --score-steps 0 --lr 1e30 --out fell-again
