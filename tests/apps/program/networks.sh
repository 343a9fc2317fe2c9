#!/usr/bin/env bash
# Wrong networks, and files that hold none.
source "$(dirname "$0")/../program.sh"

expect 2 "column 12: there is no layer 'rleu'; did you mean 'relu'?" train sample:digits --net 'conv3x3(8)-rleu-fc' --out never
expect 2 "doesn't fit into" train sample:digits --net '[pool]*6-fc' --out never
expect 2 "there are 10 classes" train sample:digits --net 'fc(9)' --out never
expect 2 "--shape must be" bench train --shape 28x28

quietly train sample:digits --net 'conv3x3(4,s2)-relu-fc' --epochs 1 --per-class 4 --out run
quietly export run run.onnx
expect 1 "no PyTorch file" train sample:digits --weights "$(cp run.onnx run.pth; echo run.pth)" --out bad
expect 1 "there is no trained network" eval nowhere sample:digits
head -c 200 run/model.safetensors >cut.safetensors
expect 1 "not a whole safetensors file" eval cut.safetensors sample:digits
