#!/usr/bin/env bash
# Two processes train one network; told to stop, both do, and go on to the same weights.
source "$(dirname "$0")/../program.sh"

net='INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC ; N=1 M=2 K=1 pool=yes'
slow=(train sample:digits --net "$net" --epochs 4 --batch 32)
expect 2 "isn't RANK/WORLD@HOST:PORT" train sample:digits --group 2/2@localhost:1 --out bad
# No two processes have one number, nor then one of the 16 million addresses of this machine.
host=127.$((1 + $$ / 65536)).$(($$ / 256 % 256)).$(($$ % 256))
pair() {  # PORT NAME OPTIONS…: both, of which the second writes nothing
  local place=$host:$1 name=$2
  shift 2
  "$doppel" "${slow[@]}" --threads 1 --group "1/2@$place" --out "$name" "$@" >/dev/null 2>second.log &
  local second=$! ended=0
  echo "$second" >second.pid
  "$doppel" "${slow[@]}" --threads 1 --group "0/2@$place" --out "$name" "$@" >/dev/null 2>first.log || ended=$?
  wait "$second" || [ $? -eq "$ended" ] || fail "the second process: $(tail -n1 second.log)"
}
pair 20001 together
pair 20002 parted &
pairs=$!
appears parted/metrics.jsonl "$pairs"
kill -INT "$(cat second.pid)" 2>/dev/null || true
wait "$pairs"
pair 20003 parted --resume
cmp together/model.safetensors parted/model.safetensors || fail "two processes, stopped and resumed: $(tail -n1 first.log)"
