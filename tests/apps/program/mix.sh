#!/usr/bin/env bash
# A GAN's images in training: the same again after a stop, and what can't be mixed.
source "$(dirname "$0")/../program.sh"

net=(--generator "fc(784)-picture28x28-tanh" --discriminator "conv4x4(4,s4)-lrelu(0.2)-fc")
quietly gan sample:digits --steps 2 --batch 4 --score-steps 0 --out gan "${net[@]}"
train=(train sample:digits --net "conv5x5(4,s4)-relu-fc" --batch 64 --epochs 2 --shards 2)
expect 0 "25 % of the images are made by gan (best.safetensors" "${train[@]}" --mix gan:gan --out whole
expect 0 "epoch   1/2" "${train[@]}" --mix gan:gan:0.25 --workers 1 --out again
cmp whole/model.safetensors again/model.safetensors || fail "the same run gave other weights"
expect 0 "epoch   1/2" "${train[@]}" --out without
cmp -s whole/model.safetensors without/model.safetensors && fail "the images made no difference"
expect 2 "mix = " "${train[@]}" --mix gan:gan:0.5 --out whole --resume
expect 0 "" "${train[@]}" --config whole/run.yaml --out configured
cmp whole/model.safetensors configured/model.safetensors || fail "run.yaml gave other weights"

# Of two processes each makes the images of its part of a batch: the weights are the same.
expect 0 "" launch -n 2 -- "${train[@]}" --mix gan:gan --out together
cmp whole/model.safetensors together/model.safetensors || fail "two processes gave other weights"

# Killed, or told to stop, it goes on to the same bits.
slow=(train sample:digits --net "[conv3x3(16)-bn-relu]*3-gap-fc" --batch 64 --epochs 4 --shards 2 --mix gan:gan:0.5)
quietly "${slow[@]}" --out unbroken
for signal in KILL INT; do
  "$doppel" "${slow[@]}" --out broken-$signal >/dev/null 2>&1 &
  pid=$!
  appears broken-$signal/metrics.jsonl "$pid"
  kill -$signal "$pid" 2>/dev/null || true
  wait "$pid" || true
  quietly "${slow[@]}" --out broken-$signal --resume
  cmp unbroken/model.safetensors broken-$signal/model.safetensors || fail "after SIG$signal, weights differ"
done

# Another state of the GAN isn't gone on with.
quietly gan sample:digits --steps 3 --batch 4 --score-steps 0 --out other "${net[@]}"
cp other/best.safetensors gan/best.safetensors
expect 2 "was made with the generated images of" "${train[@]}" --mix gan:gan --out whole --resume

expect 2 "is gan:RUN or gan:RUN:SHARE" "${train[@]}" --mix gan:gan:2 --out bad
expect 2 "is gan:RUN or gan:RUN:SHARE" "${train[@]}" --mix gan --out bad
expect 1 "there is no GAN at" "${train[@]}" --mix gan:nowhere --out bad
quietly gan sample:digits --unconditional --steps 2 --batch 4 --score-steps 0 --out all "${net[@]}"
expect 2 "it alone has all; the data alone has 0, 1, 2, 3, 4, …" "${train[@]}" --mix gan:all --out bad
[ ! -e bad ] || fail "a refused run left a folder"
