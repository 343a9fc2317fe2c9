#!/usr/bin/env bash
# Which transforms help: a study that leaves out one after the other.
source "$(dirname "$0")/../program.sh"

expect 0 "without" study sample:digits --audit --fractions 100 --seeds 1 --steps 3 --gan-steps 0 --out audit
