#!/usr/bin/env bash
# The networks that come along know what they were trained on.
# usage: models.sh DOPPEL SOURCE
source "$(dirname "$0")/../program.sh"

quietly eval "$source/nn/models/mnist.safetensors" sample:digits
grep -qE 'accuracy (99|100)' out || fail "mnist: $(grep accuracy out)"
quietly export "$source/nn/models/fashion_mnist.safetensors" fashion.onnx
