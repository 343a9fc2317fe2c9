#!/usr/bin/env bash
# 12 bits in 16, and five bands, from the file to a network and back to files.
source "$(dirname "$0")/../program.sh"

# image FILE DEPTH CLASS SEED: 24x24 of 16-bit numbers below 4096, brighter to the right or to the bottom.
image() {
  perl -e '
    my ($depth, $class, $seed) = @ARGV;
    srand($seed);
    print $depth == 1 ? "P5\n24 24\n65535\n" : "P7\nWIDTH 24\nHEIGHT 24\nDEPTH $depth\nMAXVAL 65535\nENDHDR\n";
    my $phase = rand(600);
    for my $y (0 .. 23) { for my $x (0 .. 23) { for my $c (0 .. $depth - 1) {
      print pack("n", int(120 * ($class ? $y : $x) + 100 * $c + $phase + rand(200)));
    } } }' "$2" "$3" "$4" >"$1"
}
for part in train test; do
  mkdir -p "bands/$part/across" "bands/$part/down" "grey/$part/across" "grey/$part/down"
  for i in $(seq 1 $([ $part = train ] && echo 40 || echo 10)); do
    seed=$((i + (${#part} * 1000)))
    image "bands/$part/across/$i.pam" 5 0 $seed
    image "bands/$part/down/$i.pam" 5 1 $seed
    image "grey/$part/across/$i.pgm" 1 0 $seed
    image "grey/$part/down/$i.pgm" 1 1 $seed
  done
done

expect 0 "train: 80 samples, 2 classes" inspect bands
expect 0 "train: 80 samples, 2 classes" inspect grey
grep -q 'images of 16 bits whose numbers end below an eighth' out || { fail "nothing said of 16 bits that use little of their range"; cat out; }

# As a network sees them: five channels, in the range that was said; the model remembers it.
printf -- '- HorizontalFlip: {p: 0}\n- GaussianNoise: {p: 0.3}\n' >r.yaml
quietly train bands --net 'conv3x3(8)-relu-pool-fc' --recipe r.yaml --range 0,4095 --epochs 6 --lr 0.01 --out run
expect 0 "accuracy 100" eval run bands
expect 0 "down" predict run bands/test/down/1.pam
expect 0 "across" predict run bands/test/across/1.pam
quietly train grey --net 'conv3x3(8)-relu-pool-fc' --recipe none --range measured --epochs 6 --lr 0.01 --out run2
expect 0 "accuracy 100" eval run2 grey

# Written out again, nothing is cut to 8 bits.
expect 0 "--range LOW,HIGH, or --range measured, makes that their range" augment grey --recipe none --copies 0 --out copy --format folder
cmp grey/train/down/3.pgm copy/train/down/3-*.pgm || fail "a copy differs"
printf -- '- HorizontalFlip: {p: 1}\n' >flip.yaml
quietly augment bands --recipe flip.yaml --copies 1 --out flipped --format folder
find flipped/train -name '*.tif' | grep -q . || { fail "no TIFF was written"; find flipped | head; }
quietly augment grey --recipe flip.yaml --copies 1 --out flipped2 --format folder
find flipped2/train -name '*.png' | grep -q . || { fail "no PNG was written"; find flipped2 | head; }
expect 1 "can't be written so" augment bands --recipe flip.yaml --copies 1 --out no1 --format folder --images jpeg
expect 0 "train: 160 samples" inspect flipped

# Packs keep all; what holds 8 bits alone is refused by name.
expect 0 "--range LOW,HIGH, or --range measured, makes that their range" pack bands --out pack
quietly pack bands --range 0,4095 --out ranged
! grep -q 'they are dark' out || fail "what was given a range is called dark"
expect 0 "80 samples" inspect pack
expect 2 "a JPEG holds 8 bits of grey or RGB; this image has 5 channels of 16 bits" pack bands --images jpeg --out no2

# To look at: stretched, with the bands that were chosen; what needs colours is refused by name.
printf 'rgb: [4, 2, 0]\ntransforms:\n- Rotate: {p: 1}\n- HueSaturationValue: {p: 1}\n' >bands.yaml
quietly preview bands --recipe bands.yaml --count 4 --out sheet.png
expect 0 "left out, since they need colours: " preview bands --catalogue --side 32 --out catalogue.png
printf -- '- OneOf: {of: [HueSaturationValue: {p: 1}], p: 1}\n' >colours.yaml
expect 2 "needs red, green and blue; an image with 5 channels has bands" preview bands --recipe colours.yaml --count 1 --out x.png
# What fails leaves nothing behind.
mkdir own
for out in no3 own; do
  expect 2 "HueSaturationValue (op Hsv) needs red, green and blue" augment bands --recipe colours.yaml --copies 1 --out "$out" --format folder
done
[ ! -e no1 ] && [ ! -e no2 ] && [ ! -e no3 ] && rmdir own || { fail "a command that failed leaves something"; find no1 no2 no3 own; }
expect 2 "--range is LOW,HIGH" inspect grey --range 7
expect 2 "--range is LOW,HIGH" inspect grey --range 9,9
quietly bench load bands --recipe none --type u16 --epochs 1 --no-hash
expect 2 "HueSaturationValue (op Hsv) needs red, green and blue" train bands --recipe colours.yaml --epochs 1 --batch 64 --out run3
printf 'rgb: [2, 1, 0]\ntransforms:\n- HueSaturationValue: {p: 1}\n- MixUp: {p: 1}\n' >mixed.yaml
expect 0 "160 images of 80 samples" augment bands --recipe mixed.yaml --copies 1 --out mixed --format folder --only-part train
expect 0 "5 bands (80)" inspect bands
# Four channels of which none is alpha are bands as five are: shown, written, packed and learned from.
for part in train test; do
  mkdir -p "four/$part/across" "four/$part/down"
  for i in 1 2 3 4 5 6 7 8; do
    image "four/$part/across/$i.pam" 4 0 $((i + ${#part}))
    image "four/$part/down/$i.pam" 4 1 $((i + ${#part}))
  done
done
expect 0 "4 bands (16)" inspect four
! grep -q transparent out || fail "a fourth band is taken for alpha"
quietly augment four --recipe flip.yaml --copies 1 --out four2 --format folder
expect 0 "4 bands (32)" inspect four2
quietly pack four four.pack
expect 0 "4 bands (16)" inspect four.pack
! grep -q transparent out || fail "a fourth band is taken for alpha in a pack"
expect 2 ".pam: a JPEG holds 8 bits" pack four four.jpegs --images jpeg
expect 2 "HueSaturationValue (op Hsv) needs red, green and blue; an image with 4 channels has bands" augment four --recipe colours.yaml --copies 1 --out no4 --format folder
expect 0 "images with 4 channels: no augmentation, for presets change colours" train four --range measured --epochs 2 --net 'conv3x3(4)-relu-gap-fc' --out run_four
expect 0 "across" predict run_four four/test/across/1.pam --top 2
expect 2 "a GAN makes grey, RGB or RGBA; these images have 5 channels" gan bands --steps 1 --out gan
expect 0 "no augmentation, for presets change colours" train bands --range measured --epochs 1 --net 'conv3x3(4)-relu-gap-fc' --out run4

# Floats that aren't from black to white, as a CT's hounsfields.
for i in 1 2 3; do
  for class in a b; do
    mkdir -p "ct/$class"
    perl -e 'print "Pf\n8 8\n-1.0\n"; print pack("f<", -1000 + 20 * $_ + $ARGV[0]) for 0 .. 63' "$i" >"ct/$class/$i.pfm"
  done
done
expect 0 "outside 0 to 1, as hounsfields do" inspect ct
expect 0 "outside 0 to 1, as hounsfields do" preview ct --recipe light --out ct.png
expect 0 "outside 0 to 1, as hounsfields do" train ct --epochs 1 --net 'conv3x3(4)-relu-gap-fc' --recipe none --out run5
quietly preview ct --recipe light --range measured --out ct.png
! grep -qF "outside 0 to 1" out || { fail "it's said although a range was given"; cat out; }

# The same as arrays, a .npy for each image: read alike, and written as what all read.
for file in bands/test/*/*.pam; do
  array=arrays/$(basename "$(dirname "$file")")/$(basename "$file" .pam).npy
  mkdir -p "$(dirname "$array")"
  perl -0777 -ne '
    s/^.*?ENDHDR\n//s;
    my $head = "{\x27descr\x27: \x27<u2\x27, \x27fortran_order\x27: False, \x27shape\x27: (24, 24, 5), }\n";
    print "\x93NUMPY\x01\x00", pack("v", length $head), $head, pack("v*", unpack("n*", $_))' "$file" >"$array"
done
expect 0 "train: 20 samples, 2 classes" inspect arrays
expect 0 "accuracy 100" eval run arrays
quietly augment arrays --recipe flip.yaml --copies 1 --out arrays2 --format folder
expect 0 "train: 40 samples" inspect arrays2
quietly augment arrays --recipe flip.yaml --copies 1 --out arrays3 --format webdataset
expect 0 "train: 40 samples" inspect arrays3
quietly pack arrays --out packed
expect 0 "20 samples" inspect packed

# What a window shows a network would be shown in eval and predict as it is.
printf -- '- Window: {center: 2000, width: 4000}\n' >window.yaml
expect 2 "window.yaml: begins with Window, which eval and predict don't apply: say what it shows as --range LOW,HIGH" train arrays --recipe window.yaml --epochs 1 --out no3
printf -- '- Window: {center: [0.5, 0.6], width: 1}\n' >share.yaml
quietly train arrays --recipe share.yaml --range 0,4095 --net fc --epochs 1 --out run3
