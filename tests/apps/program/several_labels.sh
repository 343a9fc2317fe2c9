#!/usr/bin/env bash
# Labels that don't exclude each other: red, bright, both or neither, from a table to an exported network.
source "$(dirname "$0")/../program.sh"

# image NAME RED LEVEL: 8 x 8 pixels; red ones have no green and no blue.
image() {
  local pixel
  pixel=$(printf '\\0%03o\\0%03o\\0%03o' "$3" $(($2 ? 0 : $3)) $(($2 ? 0 : $3)))
  { printf 'P6\n8 8\n255\n'; for _ in {1..64}; do printf '%b' "$pixel"; done; } >"$1"
}
mkdir -p data/images
echo "path,labels,split" >data/labels.csv
for part in train test; do
  for i in {0..15}; do
    for kind in red-bright red bright none; do
      red=0 level=$((40 + 3 * i)) labels=
      case $kind in red*) red=1 labels=red ;; esac
      case $kind in *bright) level=$((180 + 3 * i)) labels=${labels:+$labels;}bright ;; esac
      image "data/images/$part-$kind-$i.ppm" $red $level
      echo "images/$part-$kind-$i.ppm,$labels,$part" >>data/labels.csv
    done
  done
done

expect 0 "with none of the classes" inspect data/labels.csv
few=(train data/labels.csv --recipe none --batch 16 --net "conv1x1(16)-relu-gap-fc" --lr 0.02)
expect 0 "test mAP 100.00 %" "${few[@]}" --loss binary --label-smoothing 0 --epochs 30 --tensorboard --out run --json run.json
grep -q '"map"' run.json && grep -q '"f1_macro"' run.json && grep -q '"exact_match"' run.json || fail "the result lacks what is measured"
grep -q '"test_map"' run/metrics.jsonl || fail "metrics.jsonl has no mAP"
! grep -q '"test_accuracy"' run/metrics.jsonl || fail "several labels have no accuracy"
grep -q 'outputs: independent' run/run.yaml || fail "run.yaml doesn't say what the outputs are"
grep -q 'mean average precision' run/report.html || fail "the report has no mAP"
grep -q 'best test mAP' run/report.html || fail "the report has no best mAP"
[ ! -e run/confusion.png ] || fail "independent labels were drawn as a confusion"

# A network that has learned little is wrong about some, which the report shows.
quietly "${few[@]}" --loss binary --epochs 1 --out short
grep -qE "is there, given|isn't labelled, given" short/report.html || fail "the report shows no mistake"

expect 0 "mAP 100.00 %" eval run data/labels.csv --json eval.json
grep -q '"average_precision": 1.0' eval.json || fail "eval has no average precision"
expect 0 "2 views" eval run data/labels.csv --tta flip
expect 2 "don't exclude each other" eval run data/labels.csv --out confusion.png

# Both where both are there, the best of neither; --top as ever.
expect 0 "red" predict run data/images/test-red-bright-3.ppm
grep -q bright out || fail "one of two labels alone is predicted"
expect 0 "bright" predict run data/images/test-bright-3.ppm
! grep -q "red [0-9]" out || fail "a label below one half is shown"
expect 0 "%" predict run data/images/test-none-3.ppm
[ "$(grep -o ' %' out | wc -l)" -eq 1 ] || fail "of no label the best alone is shown"
expect 0 "red" predict run data/images/test-bright-3.ppm --top 2

expect 0 "parameters" export run run.onnx --probabilities
grep -aq Sigmoid run.onnx || fail "the exported network ends without a sigmoid"
! grep -aq Softmax run.onnx || fail "the exported network ends in a softmax"

# What carries them: packs, shards and JSON lines say the same.
quietly pack data/labels.csv packed
quietly augment data/labels.csv --recipe none --copies 0 --format webdataset --out shards
quietly augment data/labels.csv --recipe none --copies 0 --format jsonl --out lines
for copy in packed shards lines; do
  expect 0 "test mAP 100.00 %" train $copy --recipe none --batch 16 --net "conv1x1(16)-relu-gap-fc" --lr 0.02 \
    --loss binary --label-smoothing 0 --epochs 30 --out "of-$copy"
done

# The best epoch is the one with the best mAP; weights go to classes.
expect 0 "best.safetensors" "${few[@]}" --loss binary --epochs 4 --valid 0.25 --patience 2 --class-weights balanced --out patient

# Where classes exclude each other, several labels share an image, with a word; none of them is no label.
expect 0 "images with several labels: 16; they are shared equally; --loss binary learns them as independent" \
  "${few[@]}" --epochs 1 --out shared
[ "$(grep -c 'several labels' out)" -eq 1 ] || fail "it is told more than once"
grep -q 'which are left out: 16' out || fail "images without a label are learned from"
[ -s shared/confusion.png ] || fail "classes that exclude each other have no confusion"

# Single labels with binary loss have an accuracy, too; classes are no fractions.
expect 0 "accuracy" train sample:digits --net "conv3x3(4,s4)-relu-fc" --epochs 1 --loss binary --out digits
grep -q '"test_accuracy"' digits/metrics.jsonl && grep -q '"test_map"' digits/metrics.jsonl || fail "digits lack a measure"
printf 'path,labels\nimages/train-red-1.ppm,0.5;1.5\n' >data/fractions.csv
expect 1 "numbers with fractions are no classes" train data/fractions.csv --loss binary --out fractions
