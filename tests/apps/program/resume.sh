#!/usr/bin/env bash
# Killed in the middle and resumed: the same weights.
source "$(dirname "$0")/../program.sh"

net='INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC ; N=1 M=2 K=1 pool=yes'
slow=(train sample:digits --net "$net" --epochs 4 --batch 32)
quietly "${slow[@]}" --out whole
"$doppel" "${slow[@]}" --out stopped >/dev/null 2>&1 &
pid=$!
appears stopped/metrics.jsonl "$pid"
kill -INT "$pid" 2>/dev/null || true
stopped=0
wait "$pid" || stopped=$?
[ "$stopped" -le 1 ] || fail "a stop ended with $stopped"
quietly "${slow[@]}" --out stopped --resume
cmp whole/model.safetensors stopped/model.safetensors || fail "resumed weights differ"
