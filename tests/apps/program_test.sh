#!/usr/bin/env bash
# The program as a user meets it: results, messages and exit codes.
# usage: program_test.sh DOPPEL
set -euo pipefail
doppel=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failures=0

# expect CODE TEXT COMMAND…: the exit code, and a text somewhere in what is printed. Errors are one line.
expect() {
  local code=$1 text=$2 got=0
  shift 2
  "$doppel" "$@" >out 2>&1 || got=$?
  if [ "$got" -ne "$code" ] || ! grep -qF -- "$text" out; then
    echo "FAILED: doppel $* -> $got (wanted $code and '$text')"
    cat out
    failures=$((failures + 1))
  elif [ "$code" -ne 0 ] && [ "$(grep -c '^doppel: ' out)" -gt 1 ]; then
    echo "FAILED: more than one line of error from doppel $*"
    failures=$((failures + 1))
  fi
}

# Help, and wrong words.
expect 0 "usage: doppel COMMAND" --help
expect 2 "usage: doppel COMMAND"
expect 2 "did you mean 'train'?" trian
expect 2 "did you mean --recipe?" preview sample:photos --recepi light --out x.png
for command in transforms inspect preview gallery train eval predict export gan generate study "bench load" "bench train" "bench gan"; do
  # shellcheck disable=SC2086
  expect 0 "usage: doppel $command" $command --help
  [ "$(wc -l <out)" -le 50 ] || { echo "FAILED: $command --help is longer than a screen"; failures=$((failures + 1)); }
done

# Seeing.
expect 0 "HorizontalFlip" transforms
expect 0 "angle" transforms Rotate --json rotate.json
grep -q '"default": "\[-30, 30\]"' rotate.json
expect 2 "did you mean 'Rotate'?" transforms Rotat
expect 0 "train: 2000 samples, 10 classes" inspect sample:digits --out sheet.png --json inspect.json
expect 0 "tiles" preview sample:photos --recipe strong --count 6 --out preview.png --json plans.json
expect 0 "tiles" preview sample:photos --catalogue --side 64 --out catalogue.png
expect 0 "all in one go" preview sample:photos --recipe strong --explain
expect 0 "plans: 3 plans" preview preview.png --recipe light --count 2 --plans plans --out planned.png
expect 0 "2 tiles" preview preview.png --replay plans/plan-001.yaml --out replayed.png
expect 1 "was drawn for" preview catalogue.png --replay plans/plan-001.yaml --out x.png
expect 2 "exclude each other" preview preview.png --catalogue --replay plans/plan-001.yaml --out x.png
printf 'source: [4, 4]\nops:\n  - Nonsense: {}\n' >nonsense.yaml
expect 2 "nonsense.yaml:3: there is no op 'Nonsense'" preview preview.png --replay nonsense.yaml --out x.png
expect 0 "tiles" preview sample:photos --recipe mix --count 6 --out mixed.png
expect 0 "153 transforms" gallery --out gallery
for picture in sheet preview catalogue replayed mixed; do head -c 8 "$picture.png" | od -An -tx1 | grep -q '89 50 4e 47'; done

# Wrong recipes: the file, the line, and the right word.
printf -- '- HorizontalFlip\n- Rotate:\n    angel: [-10, 10]\n' >misspelt.yaml
expect 2 "misspelt.yaml:3: Rotate has no field 'angel'; did you mean 'angle'?" preview sample:photos --recipe misspelt.yaml --out x.png
printf -- '- Rotate: {angle: [10, -10]}\n' >upside.yaml
expect 2 "upside down; write [-10, 10]" preview sample:photos --recipe upside.yaml --out x.png
printf -- '- RandomCrop: {size: [2000, 2000]}\n' >large.yaml
expect 1 "is larger than the picture" preview sample:photos --recipe large.yaml --out x.png
expect 1 "is larger than the picture" train sample:digits --recipe large.yaml --on-error fail --out never --epochs 1
expect 2 "neither a readable file nor a preset" preview sample:photos --recipe nothing.yaml --out x.png
expect 1 "No such file or directory" preview sample:photos --out no/such/folder/x.png

# Wrong data.
expect 1 "there is no file or folder '/no/such'" inspect /no/such
expect 2 "the samples are sample:digits and sample:photos" inspect sample:nothing
mkdir -p empty/a empty/b
expect 1 "holds no images" train empty --out never
expect 1 "no classes to learn" train sample:photos --out never

# Wrong networks.
expect 2 "column 12: there is no layer 'rleu'; did you mean 'relu'?" train sample:digits --net 'conv3x3(8)-rleu-fc' --out never
expect 2 "doesn't fit into" train sample:digits --net '[pool]*6-fc' --out never
expect 2 "there are 10 classes" train sample:digits --net 'fc(9)' --out never
expect 2 "--shape must be" bench train --shape 28x28

# The loader: the same batches for any number of workers.
hashes=$(for workers in 0 1 2 3 8; do
  "$doppel" bench load sample:digits --recipe digits --epochs 1 --workers "$workers" --prefetch $((workers + 1)) --json load.json >/dev/null
  grep '"hash"' load.json | tail -1
done | sort -u | wc -l)
[ "$hashes" -eq 1 ] || { echo "FAILED: $hashes different hashes"; failures=$((failures + 1)); }
grep -q '"images_per_second"' load.json
expect 0 "images/s" bench train --net lenet5 --batch 32 --seconds 0.1 --json train.json
grep -q '"images_per_second"' train.json

# Training: the textbook's line, twice the same, evaluated, used.
net='INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC ; N=1 M=2 K=1 pool=yes'
expect 0 "test accuracy" train sample:digits --net "$net" --epochs 2 --out run --json run.json
"$doppel" train sample:digits --net "$net" --epochs 2 --out again --threads 1 --workers 0 >/dev/null 2>&1
cmp run/model.safetensors again/model.safetensors
for file in model.safetensors checkpoint.safetensors run.yaml recipe.yaml metrics.jsonl curves.png confusion.png first_batch.png; do
  [ -s "run/$file" ] || { echo "FAILED: run/$file is missing"; failures=$((failures + 1)); }
done
grep -q '"accuracy"' run.json
expect 1 "add --resume" train sample:digits --out run
expect 1 "was made with epochs = 2" train sample:digits --net "$net" --epochs 3 --out run --resume
expect 0 "precision" eval run sample:digits --json eval.json --out confusion.png
expect 0 "%" predict run "$work/sheet.png"
expect 0 "levels from 0 to 255" export run run.onnx --preprocess --fold --probabilities
grep -q classes run.onnx
expect 2 "ends in .onnx" export run run.model
expect 0 "named as in doppel" export run weights.safetensors
grep -q '<title>' run/report.html
grep -q 'What is taken for what' run/report.html
expect 0 "mean" eval run sample:digits --tta crops --corruptions
expect 2 "must not be the test set" train sample:digits --patience 2 --out bad
expect 2 "must be one of adamw" train sample:digits --optimizer adagrad --out bad
expect 0 "best.safetensors" train sample:digits --net "$net" --weights run/model.safetensors --freeze --lr-head 2 --loss focal --class-weights balanced --optimizer muon --plateau 1 --patience 1 --accumulate 2 --init orthogonal --tensorboard --epochs 2 --valid 0.2 --out tuned
ls tuned/tensorboard/events.out.tfevents.* >/dev/null
expect 0 "what doesn't learn stays as it was drawn" train sample:digits --net "$net" --freeze --epochs 3 --per-class 2 --out frozen
[ "$(grep -c test_accuracy frozen/metrics.jsonl)" -eq 1 ] || { echo "FAILED: 20 pictures are measured as often as learned from"; failures=$((failures + 1)); }
expect 0 "test accuracy" train sample:digits --net "conv2x2(8,valid)-gelu-conv3x3(16)-pool-bn-gelu-gap-fc" --whiten --init dirac --epochs 1 --out whitened
expect 2 "whitening needs a first layer" train sample:digits --net "$net" --whiten --epochs 1 --out unwhitened
expect 0 "test accuracy" train sample:digits --net "$net" --epochs 4 --valid-every 2 --out seldom
[ "$(grep -c test_accuracy seldom/metrics.jsonl)" -eq 2 ] || { echo "FAILED: --valid-every 2 in 4 epochs"; failures=$((failures + 1)); }

printf -- '- JpegCompression: {p: 1}\n' >jpeg.yaml
# A GAN, stopped, resumed, and its pictures: the same again by number.
gan=(gan sample:digits --steps 6 --every 3 --batch 16 --score-steps 20)
expect 0 "right of" "${gan[@]}" --out gan --json gan.json
grep -q '"coverage"' gan.json
[ -s gan/report.html ] && [ -s gan/samples.webp ] && [ -s gan/best.safetensors ]
[ "$(wc -l <gan/gan.jsonl)" -eq 2 ]
expect 0 "6 steps" gan sample:digits --steps 6 --every 3 --batch 16 --score-steps 0 --out unmeasured
expect 1 "holds a GAN already" "${gan[@]}" --out gan
expect 0 "30 pictures of 10 classes" generate gan --count 30 --out made
expect 0 "1 pictures of 10 classes" generate gan --count 1 --first 7 --out remade
cmp made/7/00000007.png remade/7/00000007.png || { echo "FAILED: a picture isn't the same again"; failures=$((failures + 1)); }
expect 0 "train: 30 samples, 10 classes" inspect made
expect 0 "30 pictures of 10 classes" generate gan --count 30 --pack --out packed
expect 0 "30 samples, all as they were packed" verify packed
expect 0 "10 classes" inspect packed
# Losses that are no number: back to the start, at half the rate, until it holds.
expect 0 "Back to step 0, at half the rate (5000)" gan sample:digits --steps 6 --every 3 --batch 16 --score-steps 0 --lr 10000 --out fell
grep -q '"event"' fell/gan.jsonl
expect 1 "going back 4 times hasn't helped" gan sample:digits --steps 6 --every 3 --batch 16 --score-steps 0 --lr 1e30 --out fell-again
# A class of one picture, one class alone, pictures of several sizes, a full disk.
mkdir -p few/a few/b one/a mixed/a
cp made/0/*.png made/1/*.png few/a && cp made/2/00000002.png few/b && cp made/*/*.png one/a
for i in 1 2 3 4; do
  { printf 'P5 %d 30 255\n' $((20 + i)) && head -c $(((20 + i) * 30)) /dev/zero; } >mixed/a/$i.pgm
done
tiny=(--steps 2 --batch 4 --score-steps 5)
expect 0 "2 steps" gan few "${tiny[@]}" --out few-gan
expect 0 "2 steps" gan one "${tiny[@]}" --out one-gan
expect 0 "4 pictures of 2 classes" generate few-gan --count 4 --out few-made
expect 0 "pictures of several sizes become 64x64" gan mixed "${tiny[@]}" --out mixed-gan
(
  trap '' XFSZ
  ulimit -f 8
  expect 1 "can't be written" generate gan --count 300 --out full-made
  expect 1 "can't write full-gan" gan sample:digits --steps 2 --batch 4 --score-steps 0 --out full-gan
  [ "$failures" -eq 0 ]
) || failures=$((failures + 1))
expect 1 "isn't empty" generate gan --count 1 --out made
expect 2 "was never trained" generate gan --label ten --out made2
expect 1 "too few pass the filter" generate gan --count 3 --filter sample:digits --confidence 1 --out made3
expect 2 "there is no preset" gan sample:digits --preset biggan --out bad
expect 1 "has none" gan sample:photos --out bad
expect 0 "2 steps" gan sample:photos --unconditional --steps 2 --batch 4 --preset wgan-gp --spectral --out photos
# Labels serve the measures of a GAN that makes no classes.
expect 0 "coverage" gan sample:digits --unconditional --steps 2 --batch 4 --every 1 --score-steps 4 --out no-classes
grep -q '"classification_accuracy_score": null' no-classes/quality.json && grep -q '"class": "9"' no-classes/quality.json ||
  { echo "FAILED: the measures of a GAN without classes"; failures=$((failures + 1)); }
expect 0 "3 pictures of 1 classes" generate photos --count 3 --out photos-made
expect 2 "Jpeg" gan sample:digits --augment jpeg.yaml --out bad
expect 2 "isn't affine" gan sample:digits --augment jpeg.yaml --out bad
# A study goes on where it stopped, and is refused another's folder.
study=(study sample:digits --fractions 1,100 --seeds 1 --steps 4 --gan-steps 3)
expect 0 "100 real pictures" "${study[@]}" --out study
[ "$(wc -l <study/results.jsonl)" -eq 18 ] && [ -s study/study.html ] && [ -s study/study.svg ]
head -n 7 study/results.jsonl >some && mv some study/results.jsonl
expect 0 "100 real pictures" "${study[@]}" --out study
[ "$(wc -l <study/results.jsonl)" -eq 18 ] || { echo "FAILED: the study didn't go on"; failures=$((failures + 1)); }
expect 1 "holds another study" study sample:digits --steps 5 --out study
expect 0 "without" study sample:digits --audit --fractions 100 --seeds 1 --steps 3 --gan-steps 0 --out audit
expect 2 "above 0, with commas" study sample:digits --fractions 1,x --out bad
expect 2 "must be one of cosine" train sample:digits --schedule cosin --out bad
expect 1 "no PyTorch file" train sample:digits --weights run.onnx --out bad
expect 1 "there is no trained network" eval nowhere sample:digits
head -c 200 run/model.safetensors >cut.safetensors
expect 1 "not a whole safetensors file" eval cut.safetensors sample:digits
expect 0 "validation accuracy" train sample:digits --net 'conv3x3(4,s2)-relu-fc' --epochs 1 --valid 0.2 --out split

# Killed in the middle and resumed: the same weights.
slow=(train sample:digits --net "$net" --epochs 4 --batch 32)
"$doppel" "${slow[@]}" --out whole >/dev/null 2>&1
"$doppel" "${slow[@]}" --out stopped >/dev/null 2>&1 &
pid=$!
for _ in $(seq 300); do [ -s stopped/metrics.jsonl ] && break; read -rt 0.05 <> <(:) || true; done
kill -INT "$pid" 2>/dev/null || true
stopped=0
wait "$pid" || stopped=$?
[ "$stopped" -le 1 ] || { echo "FAILED: a stop ended with $stopped"; failures=$((failures + 1)); }
"$doppel" "${slow[@]}" --out stopped --resume >/dev/null 2>&1
cmp whole/model.safetensors stopped/model.safetensors || { echo "FAILED: resumed weights differ"; failures=$((failures + 1)); }

# Two processes train one network; told to stop, both do, and go on to the same weights.
expect 2 "isn't RANK/WORLD@HOST:PORT" train sample:digits --group 2/2@localhost:1 --out bad
port=$((20000 + $$ % 20000))
pair() {  # NAME OPTIONS…: both, of which the second writes nothing
  local name=$1
  shift
  "$doppel" "${slow[@]}" --threads 1 --group "1/2@127.0.0.1:$port" --out "$name" "$@" >/dev/null 2>second.log &
  local second=$! ended=0
  echo "$second" >second.pid
  "$doppel" "${slow[@]}" --threads 1 --group "0/2@127.0.0.1:$port" --out "$name" "$@" >/dev/null 2>first.log || ended=$?
  wait "$second" || [ $? -eq "$ended" ] || { echo "FAILED: the second process: $(tail -n1 second.log)"; failures=$((failures + 1)); }
  port=$((port + 1))
}
pair together
pair parted &
pairs=$!
for _ in $(seq 300); do [ -s parted/metrics.jsonl ] && break; read -rt 0.05 <> <(:) || true; done
kill -INT "$(cat second.pid)" 2>/dev/null || true
wait "$pairs"
port=$((port + 1))
pair parted --resume
cmp together/model.safetensors parted/model.safetensors ||
  { echo "FAILED: two processes, stopped and resumed: $(tail -n1 first.log)"; failures=$((failures + 1)); }

# A broken picture is skipped and named, or fails by name.
mkdir -p photos/a photos/b
cp preview.png photos/a/1.png
cp catalogue.png photos/b/2.png
head -c 3000 preview.png >photos/a/broken.png
expect 0 "photos/a/broken.png: not a whole PNG" inspect photos
expect 0 "left out" train photos --epochs 1 --size 16 --net 'conv3x3(4)-relu-fc' --recipe none --out skipping
expect 1 "photos/a/broken.png: not a whole PNG" train photos --epochs 1 --size 16 --net 'conv3x3(4)-relu-fc' --recipe none --on-error fail --out failing

# A disk that fills up while the checkpoint is written: said in one line, and nothing half-written is left.
(
  ulimit -f 200
  trap '' XFSZ
  if "$doppel" train sample:digits --net "$net" --epochs 1 --out full_disk >full 2>&1; then exit 1; fi
  grep -q "can't write full_disk/checkpoint.safetensors: File too large" full
) || { echo "FAILED: full disk"; cat full; failures=$((failures + 1)); }
[ ! -e full_disk/checkpoint.safetensors ]

[ "$failures" -eq 0 ] || exit 1
echo "all of the program's promises hold"
