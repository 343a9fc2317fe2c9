#!/usr/bin/env bash
# Numbers that are learned: how bright an image is, from a table to an exported network.
source "$(dirname "$0")/../program.sh"

# image NAME LEVEL: 8 x 8 grey pixels.
image() {
  local pixel
  pixel=$(printf '\\0%03o' "$2")
  { printf 'P5\n8 8\n255\n'; for _ in {1..64}; do printf '%b' "$pixel"; done; } >"$1"
}
mkdir -p data/images
echo "path,light,dark,w,note,split" >data/table.csv
for i in {0..47}; do
  level=$((5 * i + 7))
  part=train
  [ $((i % 4)) -ne 1 ] || part=test
  image "data/images/$i.pgm" $level
  echo "images/$i.pgm,$level.5,$((1000 - 4 * level)),$((1 + i % 2)),n$i,$part" >>data/table.csv
done

# A column of fractions is no label, and the error says how to go on.
sed 's/light/label/' data/table.csv >data/label.csv
expect 1 "--columns target=NAME learns them as numbers" inspect data/label.csv
expect 0 "columns kept as fields: light, dark, w, note" inspect data/table.csv --ignore
expect 1 "no column is called 'lite'" train data/table.csv --loss mse --columns target=lite --out none
expect 2 "--loss is mse, mae or huber, not cross-entropy" train data/table.csv --columns target=light --out none
expect 2 "are for classes" train data/table.csv --columns target=light --loss mae --class-weights balanced --out none
sed 's/,4,/,-4,/; s/,1,n/,-1,n/' data/table.csv >data/negative.csv
expect 1 "the weight w is '-1'" inspect data/negative.csv --ignore --columns weight=w

columns=(--columns "target=light+dark,weight=w")
head -n 1 data/table.csv >data/alike.csv && tail -n +2 data/table.csv | awk -F, -v OFS=, '{$2 = 8; print}' >>data/alike.csv
expect 0 "8 to 8, mean 8, std 0" inspect data/alike.csv --ignore --columns "target=$(head -n 1 data/table.csv | cut -d, -f 2)"
expect 0 "light: in 36 images, 7.5 to 242.5" inspect data/table.csv "${columns[@]}"
quietly pack data/table.csv packed "${columns[@]}"
quietly augment data/table.csv "${columns[@]}" --copies 0 --format csv --out written
head -n 1 written/train.csv | grep -q "path,label,light,dark" || fail "a written table has no numbers"
few=(train data/table.csv "${columns[@]}" --batch 8 --net "gap-fc(16)-relu-fc-softmax" --lr 0.02 --valid-every 5)
expect 0 "test MAE" "${few[@]}" --loss mse --epochs 60 --tensorboard --out run --json run.json
grep -q "the softmax at the network's end is left out" out || fail "numbers were made probabilities"
grep -q "no augmentation" out || fail "it isn't said that nothing is augmented"
grep -q '"r2":0.9[89]' run.json || grep -q '"r2": 0.9[89]' run.json || { fail "brightness isn't learned"; cat run.json; }
grep -q '"test_mae"' run/metrics.jsonl && grep -q '"test_r2"' run/metrics.jsonl || fail "metrics.jsonl has no errors"
! grep -q 'accuracy' run/metrics.jsonl || fail "numbers have no accuracy"
grep -q 'numbers: \["light","dark"\]' run/run.yaml || fail "run.yaml doesn't say what is told"
grep -q 'mean absolute error' run/report.html || fail "the report has no errors"
grep -q 'best test R2' run/report.html || fail "the report has no best R2"
[ ! -e run/confusion.png ] || fail "numbers were drawn as a confusion"
expect 0 "test MAE" "${few[@]}" --loss huber --huber-delta 0.5 --epochs 2 --out huber
expect 0 "validation MAE" train data/table.csv "${columns[@]}" --loss mae --valid 0.2 --patience 1 --epochs 2 --batch 8 --net "gap-fc" --out mae

expect 0 "RMSE" eval run data/table.csv "${columns[@]}" --json eval.json
grep -q '"light"' eval.json || fail "eval doesn't name what it measured"
expect 0 "2 views" eval run data/table.csv "${columns[@]}" --tta flip
expect 2 "tells 2 numbers of an image, but 1 columns" eval run data/table.csv --columns target=light
expect 2 "--out is for networks that tell classes" eval run data/table.csv "${columns[@]}" --out confusion.png

# Packs and tables that are written hold the same numbers.
expect 0 "RMSE" eval run packed --json packed.json
expect 0 "RMSE" eval run written/test.csv --columns target=light+dark --json written.json
for file in packed.json written.json; do
  [ "$(grep -o '"mae":[0-9.e-]*' "$file")" = "$(grep -o '"mae":[0-9.e-]*' eval.json)" ] || fail "$file has other errors"
done

# The numbers in their own units.
expect 0 "light" predict run data/images/20.pgm --json predict.json
awk '{ light = $3 + 0; dark = $5 + 0; exit !(light > 95 && light < 120 && dark > 520 && dark < 625) }' out ||
  { fail "what is predicted is far off"; cat out; }
grep -q '"numbers"' predict.json || fail "predict writes no numbers"
expect 0 "parameters" export run run.onnx
grep -aq numbers_scaled run.onnx || fail "the exported network gives standardised numbers"
expect 2 "tells numbers" export run run.onnx --probabilities

# A network that ends in a sigmoid gets no second one.
mkdir -p several/images
cp data/images/*.pgm several/images
{ echo "path,labels"; for i in {0..47}; do echo "images/$i.pgm,$([ "$i" -lt 24 ] || echo bright)"; done; } >several/labels.csv
expect 0 "the sigmoid at the network's end is left out" train several/labels.csv --loss binary --net "gap-fc-sigmoid" --epochs 1 --batch 8 --out binary
! grep -q 'network:.*sigmoid' binary/run.yaml || fail "the sigmoid is still there"

expect 2 "has no columns of numbers" train sample:digits --columns target=age --loss mse --out never
