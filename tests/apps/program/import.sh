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
seq 9 >names.txt && echo 4 >>names.txt
expect 0 "2 classes are called '4'; here they are called '4 (3)', '4 (9)'" import run.onnx --classes names.txt --out twice
expect 2 "of levels from 0 to 255 say --levels, too" import run.onnx --mean 123.7 --std 58.4 --out never
expect 2 "takes 1 number, or 1" import run.onnx --mean 0.1,0.2 --out never
expect 2 "leaves nothing to --mean" import levels.onnx --mean 0.1 --out never
expect 2 "again isn't empty" import run.onnx --out again
mkdir held && echo "not a run" >held/notes.txt
expect 2 "held isn't empty" import run.onnx --out held
[ ! -e held/model.safetensors ] || fail "a network was written beside other files"
expect 2 "notes.txt is a file, where a folder is needed" import run.onnx --out held/notes.txt
expect 2 "only .onnx files" import run/model.safetensors --out never
head -c 200 run.onnx >cut.onnx
expect 1 "cut.onnx:" import cut.onnx --out never
[ ! -e never ] || fail "a refused import leaves a folder"
expect 2 "says itself that its images are 28x28" import run.onnx --size 64 --out never
expect 2 "doppel import run.onnx --out RUN" eval run.onnx sample:digits

# Files of other tools have no words of doppel's: without its metadata, and with a further output.
python3 - <<'PYTHON' || fail "no file of another tool"
def fields(data):
    at = 0
    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]; at += 1
            value |= (byte & 127) << shift; shift += 7
            if byte < 128: return value
    while at < len(data):
        start, key = at, number()
        length = number()
        if key & 7 == 2:
            body = data[at:at + length]; at += length
        else:
            body = None
        yield key >> 3, data[start:at], body
def size(n):
    out = b""
    while n > 127: out += bytes([n & 127 | 128]); n >>= 7
    return out + bytes([n])
def message(number, body): return bytes([number << 3 | 2]) + size(len(body)) + body
for name in "run", "levels":
    out = b""
    for number, field, body in fields(open(name + ".onnx", "rb").read()):
        if number == 7: field = message(7, body + message(12, message(1, b"features")))
        if number != 14: out += field
    open(name + "-other.onnx", "wb").write(out)
PYTHON
expect 0 "nothing says how images are normalised" import run-other.onnx --out other
expect 0 "its first output is read; features is left out" import levels-other.onnx --out other-levels
grep -q "the graph's own numbers are of levels" out || fail "levels aren't seen"
quietly eval other-levels sample:digits --json other.json
same_accuracy before.json other.json || fail "another tool's network of levels tells other classes"

# What normalises images in the file does so in training.
expect 0 "images are normalised as levels.onnx does it" train sample:digits --net levels.onnx --weights levels.onnx --per-class 4 --epochs 1 --lr 1e-9 --recipe none --out same
quietly eval same sample:digits --json same.json
same_accuracy before.json same.json || fail "what the file's images are normalised by isn't kept"
