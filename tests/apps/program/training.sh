#!/usr/bin/env bash
# Training: the textbook's line, twice the same, evaluated, used.
source "$(dirname "$0")/../program.sh"

net='INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC ; N=1 M=2 K=1 pool=yes'
expect 0 "test accuracy" train sample:digits --net "$net" --epochs 2 --out run --json run.json
quietly train sample:digits --net "$net" --epochs 2 --out again --threads 1 --workers 0
cmp run/model.safetensors again/model.safetensors || fail "one thread makes another network"
for file in model.safetensors checkpoint.safetensors run.yaml recipe.yaml metrics.jsonl curves.png confusion.png first_batch.png mistakes.png steps.jsonl; do
  [ -s "run/$file" ] || fail "run/$file is missing"
done
grep -q '"accuracy"' run.json
grep -q '<title>' run/report.html
grep -q 'What is taken for what' run/report.html
expect 2 "add --resume" train sample:digits --out run
expect 2 "run holds a run already; choose another folder" gan sample:digits --steps 2 --score-steps 0 --out run
expect 2 "was made with epochs = 2, not 1" train sample:digits --net "$net" --epochs 1 --out run --resume
expect 0 "precision" eval run sample:digits --json eval.json --out confusion.png
quietly inspect sample:digits --out sheet.png
expect 0 "%" predict run "$work/sheet.png"
expect 0 "levels from 0 to 255" export run run.onnx --preprocess --fold --probabilities
grep -q classes run.onnx
expect 2 "ends in .onnx" export run run.model
expect 0 "named as in doppel" export run weights.safetensors
expect 0 "mean" eval run sample:digits --tta crops --corruptions
