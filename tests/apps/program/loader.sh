#!/usr/bin/env bash
# The loader: the same batches for any number of workers. And how fast training is.
source "$(dirname "$0")/../program.sh"

hashes=$(for workers in 0 1 2 3 8; do
  "$doppel" bench load sample:digits --recipe digits --epochs 1 --workers "$workers" --prefetch $((workers + 1)) --json load.json >/dev/null
  grep '"hash"' load.json | tail -1
done | sort -u | wc -l)
[ "$hashes" -eq 1 ] || fail "$hashes different hashes"
grep -q '"images_per_second"' load.json
expect 0 "images/s" bench train --net lenet5 --batch 32 --seconds 0.1 --json train.json
grep -q '"images_per_second"' train.json

# On one core a loader still has a worker, and a library says nothing of its own about it.
core=$(sed -n 's/^Cpus_allowed_list:\s*\([0-9]*\).*/\1/p' /proc/self/status)
taskset -c "$core" "$doppel" bench load sample:digits --epochs 1 --no-hash >out 2>&1 || fail "no loader on one core"
taskset -c "$core" "$doppel" augment sample:digits --recipe none --copies 0 --threads 3 --out one --format folder >>out 2>&1 || fail "nothing augmented on one core"
! grep -i tbb out || fail "a library speaks of its workers"
