#!/usr/bin/env bash
# A network in an ONNX file becomes a run, and what it tells stays the same.
source "$(dirname "$0")/../program.sh"

quietly train sample:digits --net 'conv3x3(8,s2)-bn-relu-add[conv3x3(8)-silu|]-gap-fc' --epochs 1 --per-class 20 --out run
quietly export run run.onnx --fold
quietly eval run sample:digits --json before.json
expect 0 "10 classes" import run.onnx --out again
expect 0 "accuracy" eval again sample:digits --json after.json
same_accuracy() { python3 - "$1" "$2" <<'PYTHON'
import json, sys
a, b = (json.load(open(path))["accuracy"] for path in sys.argv[1:])
sys.exit(abs(a - b) > 1e-3)
PYTHON
}
same_accuracy before.json after.json || fail "an imported network tells other classes"

# Levels that the graph normalises itself.
quietly export run levels.onnx --preprocess --probabilities
quietly import levels.onnx --out levels
quietly eval levels sample:digits --json levels.json
same_accuracy before.json levels.json || fail "a network of levels tells other classes"

# Training goes on with it.
expect 0 "tensors from run.onnx" train sample:digits --net run.onnx --weights run.onnx --per-class 4 --epochs 1 --out on

printf 'a\nb\n' >names.txt
expect 2 "names.txt names 2 classes, but the network tells 10" import run.onnx --classes names.txt --out never
expect 2 "takes 1 number, or 1" import run.onnx --mean 0.1,0.2 --out never
expect 2 "leaves nothing to --mean" import levels.onnx --mean 0.1 --out never
expect 2 "holds a run already" import run.onnx --out again
expect 2 "only .onnx files" import run/model.safetensors --out never
head -c 200 run.onnx >cut.onnx
expect 1 "cut.onnx:" import cut.onnx --out never
[ ! -e never ] || fail "a refused import leaves a folder"
expect 2 "says itself that its images are 28x28" import run.onnx --size 64 --out never
expect 2 "doppel import run.onnx --out RUN" eval run.onnx sample:digits

# What normalises images in the file does so in training.
expect 0 "images are normalised as levels.onnx does it" train sample:digits --net levels.onnx --weights levels.onnx --per-class 4 --epochs 1 --lr 1e-9 --recipe none --out same
quietly eval same sample:digits --json same.json
same_accuracy before.json same.json || fail "what the file's images are normalised by isn't kept"
