#!/usr/bin/env bash
# What networks are measured by: each layer beside what the machine could do, and each convolution's kernels.
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

# A 1x1 convolution has one kernel; a wide one has what this processor has.
wide="conv3x3(32)-relu-conv3x3(32)-relu-conv1x1(16)-relu-fc"
expect 0 "one thread takes" bench kernels --net "$wide" --batch 8 --json kernels.json
shows '^conv1 +conv3x3\(32\) +1x28x28 +direct +nothing to time' '^conv2 +conv3x3\(32\) +32x28x28 +[a-z0-9]+ ' '^conv3 +conv1x1\(16\) .*nothing to time'
grep -q '"candidates"' kernels.json || fail "--json has no candidates"
expect 0 "it has no convolutions" bench kernels --net fc
expect 0 "nothing is to be timed" bench kernels --net "conv3x3(8)-fc" --batch 2 --write
expect 2 "--shape must be" bench kernels --shape 28x28

# The rule needs no clock, and writes nothing. What is timed, on request, is kept for this processor alone; what
# is no time is timed anew, and written over.
if grep -qE '^conv2 .* expected: direct [0-9.]+ ms' <("$doppel" bench kernels --net "$wide" --batch 8); then
  file=cache/doppel/kernels.json
  quietly bench train --net "$wide" --batch 8 --seconds 0
  [ ! -e "$file" ] || fail "times were kept that nobody asked for"
  expect 0 "$file: from now on" bench kernels --net "$wide" --batch 8 --write
  "$doppel" bench kernels --net "$wide" --batch 8 >first
  grep -qE '^conv2 .* [a-z0-9]+ +direct [0-9.]+ ms' first || fail "what was timed isn't gone by"
  "$doppel" bench kernels --net "$wide" --batch 8 >again
  cmp first again || fail "it was timed again"
  sed 's/"[0-9a-f]*, isa /"1234, isa /; s/\(: \)[0-9.e-]*\(,\?\)$/\11234.5\2/' "$file" >other.json
  grep -q 1234.5 other.json || fail "the file isn't as this test takes it"
  cp other.json "$file"
  expect 0 "conv2" bench kernels --net "$wide" --batch 8 --write
  grep -q 1234500 out && fail "another processor's times are this one's"
  [ "$(grep -c 1234.5 "$file")" -eq "$(grep -c 1234.5 other.json)" ] || fail "another processor's times are gone"
  for wrong in '"1.0"' null -1 0 1e999 '{}' 'NaN'; do
    sed "s/\(\"direct\": \)[0-9.e-]*/\1$wrong/" "$file" >wrong.json
    cp wrong.json "$file"
    expect 0 "conv2" bench kernels --net "$wide" --batch 8 --write
    cmp -s wrong.json "$file" && fail "$wrong was taken for a time"
    grep -qE '^conv2 .* direct [0-9.]+ ms' out || fail "nothing was timed beside $wrong"
  done
  # A kernel that nobody has heard of: those that there are get timed again.
  sed -i 's/"winograd4x4":/"magic":/' "$file"
  expect 0 "conv2" bench kernels --net "$wide" --batch 8 --write
  grep -q magic out && fail "a kernel called magic was believed"
  # oneDNN's own switch: other instructions, other times; and where it has no AVX-512, no bfloat16.
  DNNL_MAX_CPU_ISA=AVX2 expect 0 "nothing to time" bench kernels --net "$wide" --batch 8 --write
  shows '^conv2 +conv3x3\(32\) +32x28x28 +(direct|winograd4x4) +direct [0-9.]+ ms, winograd4x4 [0-9.]+ ms'
fi
DNNL_MAX_CPU_ISA=AVX2 expect 0 "bfloat16    no" version
DNNL_MAX_CPU_ISA=AVX2 expect 2 "--precision bf16 needs a processor" bench train --precision bf16
