#!/usr/bin/env bash
# What networks are measured by: each layer beside what the machine could do.
source "$(dirname "$0")/../program.sh"
export XDG_CACHE_HOME=$PWD/cache
net="conv3x3(32)-bn-relu-conv3x3(32)-relu-pool-fc"

# shows TEXT…: each somewhere in what was printed last.
shows() {
  local text
  for text in "$@"; do grep -qE -- "$text" out || { fail "there is no '$text'"; cat out; }; done
}

expect 0 "images/s" bench train --net "$net" --batch 8 --seconds 0 --explain --json train.json
shows 'this machine with [0-9]+ thread.* GFLOP/s of f32, .* GB/s' '^node +layer +pass +ms +GFLOP +MB +limit ms +by +of limit$' \
  '^conv1 +conv3x3\(32\) +forward .* (f32|memory) +[0-9]+ %$' '^conv1 +conv3x3\(32\) +backward ' '^bn1 +bn +backward .* 0\.000 .* memory +' \
  '^fc1 +fc\(10\) +parameters ' '^all +forward ' '^all +backward ' '^all +parameters ' '^all +[0-9.]+ .* %$' '^a batch took [0-9.]+ ms'
grep -q '"limited_by"' train.json || fail "--json doesn't have the explanation"
expect 0 "images/s" bench predict --net "$net" --batch 8 --seconds 0 --explain
shows '^conv2 .* forward ' '^all +forward '
grep -q backward out && fail "a prediction goes back"
expect 0 "images/s" bench train --net "$net" --batch 8 --seconds 0
grep -q 'of limit' out && fail "nobody asked"

DNNL_MAX_CPU_ISA=AVX2 expect 0 "bfloat16    no" version
DNNL_MAX_CPU_ISA=AVX2 expect 2 "--precision bf16 needs a processor" bench train --precision bf16
