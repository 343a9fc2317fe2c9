#!/usr/bin/env bash
# Masks that are learned: from pictures with masks to predicted ones and an exported network.
source "$(dirname "$0")/../program.sh"

# image NAME SEED: 24 x 20 grey pixels, a light square where the mask is 1; mask NAME SEED LEVEL: the same as a BMP of 8 bits.
square() { x0=$((2 + $1 * 7 % 12)) y0=$((2 + $1 * 5 % 9)) size=$((5 + $1 % 4)); }
image() {
  square "$2"
  { printf 'P5\n24 20\n255\n'
    for ((y = 0; y < 20; ++y)); do for ((x = 0; x < 24; ++x)); do
      if ((x >= x0 && x < x0 + size && y >= y0 && y < y0 + size)); then printf '\310'; else printf '\074'; fi
    done; done; } >"$1"
}
# Rows from below, a palette of 256 greys.
little() { printf '%b' "$(printf '\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"; }
mask() {
  square "$2"
  { printf 'BM'; little $((1078 + 480)); little 0; little 1078; little 40; little 24; little 20; printf '\1\0\10\0'
    for n in 0 480 0 0 256 0; do little "$n"; done
    for ((n = 0; n < 256; ++n)); do little $((n * 0x010101)); done
    for ((y = 19; y >= 0; --y)); do for ((x = 0; x < 24; ++x)); do
      if ((x >= x0 && x < x0 + size && y >= y0 && y < y0 + size)); then printf '%b' "$3"; else printf '\0'; fi
    done; done; } >"$1"
}
for part in train test; do mkdir -p "data/images/$part" "data/masks/$part"; done
for i in {0..29}; do
  part=train
  [ $((i % 3)) -ne 1 ] || part=test
  image "data/images/$part/$i.pgm" "$i"
  mask "data/masks/$part/$i.bmp" "$i" '\1'
done

small='conv3x3(8)-bn-relu-cat[|pool-conv3x3(16)-bn-relu-conv3x3(16)-bn-relu-deconv2x2(8)]-conv3x3(8)-bn-relu-conv1x1(classes)'
few=(train data --net "$small" --batch 4 --lr 0.01)
expect 2 "networks that end in conv1x1(classes)" train data --loss segmentation --net small28 --out none
expect 2 "conv1x1(classes), with that word for the number of filters, as unet_small does; this one ends in conv1x1(2)" train data --loss segmentation --net 'conv3x3(8)-relu-conv1x1(2)' --out none
expect 1 "masks are learned by doppel train with --loss segmentation" "${few[@]}" --out none
expect 2 "--per-class is for classes of images" "${few[@]}" --loss segmentation --per-class 3 --out none
expect 0 "test mean IoU" "${few[@]}" --loss segmentation --epochs 12 --tensorboard --out run --json run.json
grep -q 'recipe masks' out || fail "masks aren't augmented by what is for them"
python3 - <<'PY' || fail "a square isn't learned"
import json, sys
test = json.load(open("run.json"))["test"]
sys.exit(not (test["mean_iou"] > 0.9 and test["pixel_accuracy"] > 0.95 and test["classes"]["1"]["iou"] > 0.85))
PY
grep -q '"test_iou"' run/metrics.jsonl || fail "metrics.jsonl has no IoU"
! grep -q '"accuracy"' run/metrics.jsonl || fail "masks have no accuracy of images"
grep -q 'outputs: masks' run/run.yaml || fail "run.yaml doesn't say that masks are told"
grep -q 'mean IoU' run/report.html && grep -q 'best test mean IoU' run/report.html || fail "the report has no IoU"
grep -q 'mask_fill: 255' run/recipe.yaml || fail "what comes in from beyond the image counts"

# The best epoch is chosen by the IoU, and a run goes on to the same bits.
expect 0 "validation mean IoU" "${few[@]}" --loss segmentation --dice 0.3 --valid 0.2 --patience 9 --class-weights balanced --epochs 3 --out whole
expect 0 "validation mean IoU" "${few[@]}" --loss segmentation --dice 0.3 --valid 0.2 --patience 9 --class-weights balanced --epochs 2 --out parts
[ -e whole/best.safetensors ] || fail "the best epoch isn't kept"
expect 2 "dice" "${few[@]}" --loss segmentation --valid 0.2 --patience 9 --class-weights balanced --epochs 3 --out parts --resume

# Two processes learn from each batch together.
place=127.$((1 + $$ / 65536)).$(($$ / 256 % 256)).$(($$ % 256)):20041
"$doppel" "${few[@]}" --loss segmentation --epochs 1 --threads 1 --group "1/2@$place" --out pair >/dev/null 2>second.log &
second=$!
expect 0 "test mean IoU" "${few[@]}" --loss segmentation --epochs 1 --threads 1 --group "0/2@$place" --out pair
wait "$second" || { fail "the second process"; cat second.log; }

expect 0 "IoU" eval run data --json eval.json
grep -q '"mean_iou"' eval.json || fail "eval doesn't say the mean IoU"
expect 2 "it isn't for masks" eval run data --tta flip
expect 2 "--out is for networks that tell classes" eval run data --out confusion.png

# Masks as large as their images, whatever the network reads.
mkdir -p several/a several/b
cp data/images/test/1.pgm several/a/x.pgm
cp data/images/test/4.pgm several/b/x.pgm
{ printf 'P5\n48 40\n255\n'; head -c 1920 /dev/zero; } >several/wide.pgm
expect 0 "told/x-2.png" predict run several --out told --overlay shown --json told.json
[ -e told/x.png ] && [ -e told/wide.png ] && [ -e shown/x.png ] || fail "a mask is missing"
[ "$(od -An -tu1 -j16 -N8 told/wide.png | tr -s ' ')" = " 0 0 0 48 0 0 0 40" ] || fail "a mask isn't as large as its image"
grep -q '"shares"' told.json || fail "predict doesn't say what masks show"
expect 2 "--top is for" predict run several --top 2
# What is predicted is a data set again, and true.
mkdir -p again
cp -r data/images/test again/images
expect 0 "again/masks" predict run again/images --out again/masks
expect 0 "mean IoU" eval run again
expect 0 "[batch, 2, 20, 24]" export run run.onnx --probabilities --preprocess --fold
[ -s run.onnx ] || fail "nothing was exported"
# It's the same run again where it's imported, with the classes and how images are normalised.
for how in "" --fold "--probabilities --preprocess"; do
  # shellcheck disable=SC2086
  quietly export run whole.onnx $how
  rm -rf from-onnx told-again && expect 0 "conv1x1(classes," import whole.onnx --out from-onnx
  quietly predict from-onnx several --out told-again --json told-again.json
  for mask in told/*.png; do cmp "$mask" "told-again/$(basename "$mask")" || fail "an imported network ($how) tells other masks"; done
  cmp <(sed 's/told-again/told/g' told-again.json) told.json || fail "an imported network ($how) tells other classes"
done
expect 0 "mean IoU" eval from-onnx data
expect 0 "tensors from whole.onnx" train data --loss segmentation --net whole.onnx --weights whole.onnx --epochs 1 --out onwards

# 0 and 255 alone are background and foreground.
mkdir -p binary/images binary/masks
for i in 0 1 2 3; do
  cp "data/images/train/$((3 * i)).pgm" binary/images
  mask "binary/masks/$((3 * i)).bmp" "$((3 * i))" '\377'
done
expect 0 "255 is class 1" train binary --loss segmentation --net "$small" --epochs 1 --batch 2 --valid 0.3 --out foreground
expect 0 "mean IoU" eval foreground binary

# What can't be learned.
cp -r binary bad
mask bad/masks/0.bmp 0 '\0'
for i in 3 6 9; do mask "bad/masks/$i.bmp" "$i" '\0'; done
expect 1 "are of one class" train bad --loss segmentation --net "$small" --out none
{ head -c 1078 bad/masks/0.bmp; head -c 480 /dev/zero | tr '\0' '\377'; } >full.bmp
for i in 0 3 6 9; do cp full.bmp "bad/masks/$i.bmp"; done
expect 1 "no pixel of its masks counts" train bad --loss segmentation --net "$small" --out none
mask bad/masks/0.bmp 0 '\7'
expect 1 "its mask holds 7, but there are 2 classes" eval run bad
cp -r binary odd
{ printf 'P5\n10 10\n255\n'; head -c 100 /dev/zero; } >odd/images/0.pgm
expect 0 "a mask of 24x20 for an image of 10x10" train odd --loss segmentation --net "$small" --epochs 1 --out none
[ -z "$source" ] || expect 2 "for networks that tell masks" predict "$source/nn/models/mnist.safetensors" data/images/test/1.pgm --out told
expect 1 "masks are learned by doppel train with --loss segmentation" study data --out none
# Boxes are no masks, alone or where other images' objects have both.
mkdir -p boxes/images
for i in 0 1 2 3; do cp "data/images/train/$((3 * i)).pgm" "boxes/images/$i.pgm"; done
coco() {
  printf '{"images":['; for i in 0 1 2 3; do [ $i = 0 ] || printf ,; printf '{"id":%s,"file_name":"%s.pgm"}' $i $i; done
  printf '],"categories":[{"id":1,"name":"square"}],"annotations":['
  for i in 0 1 2 3; do [ $i = 0 ] || printf ,; printf '{"id":%s,"image_id":%s,"category_id":1,"bbox":[2,2,9,9]%s}' $i $i "$([ $i -lt $1 ] && printf ',"segmentation":[[2,2,11,2,11,11,2,11]]')"; done
  printf ']}'
}
coco 0 >boxes/instances.json
expect 1 "its objects have boxes alone, and masks or polygons of them are missing" train boxes/instances.json --loss segmentation --net "$small" --out none
coco 2 >boxes/instances.json
expect 0 "images without a mask, which are left out: 2" train boxes/instances.json --loss segmentation --net "$small" --epochs 1 --batch 2 --out boxed
# Pictures that lack their mask stay behind, with a word.
cp -r binary part && rm part/masks/6.bmp
expect 0 "images without a mask, left out: 1 (images/6.pgm)" train part --loss segmentation --net "$small" --epochs 1 --batch 2 --out parted
rm part/masks/*
mask part/masks/77.bmp 0 '\1'
expect 1 "has a mask of its name in" inspect part
# A class is in as many images as show it.
printf 'name,r,g,b\nground,0,0,0\nsquare,1,1,1\nsky,9,9,9\n' >data/class_dict.csv
expect 0 "3 classes" inspect data --json inspect.json --html inspect.html
grep -q '^  square  *20$' out || { fail "inspect doesn't count images by their masks"; cat out; }
# No mask is written over the picture that it is of.
mkdir own && cp again/masks/*.png own/
first=$(ls own | head -n 1)
cp "own/$first" kept.png
expect 2 "would be written over the image itself" predict run "own/$first" --out own
cmp -s "own/$first" kept.png || fail "predict has written over its picture"
