#!/usr/bin/env bash
# A GAN, measured, and its images: the same again by number.
source "$(dirname "$0")/../program.sh"

gan=(gan sample:digits --steps 6 --every 3 --batch 16 --score-steps 20)
expect 0 "right of" "${gan[@]}" --out gan --json gan.json
grep -q '"coverage"' gan.json
for file in report.html samples.webp best.safetensors; do [ -s "gan/$file" ] || fail "gan/$file is missing"; done
[ "$(wc -l <gan/gan.jsonl)" -eq 2 ]
expect 2 "holds a GAN already" "${gan[@]}" --out gan
exec 9<gan && flock -n 9  # as a run holds it
expect 1 "another run writes into gan" "${gan[@]}" --out gan
exec 9<&-
cp gan/run.yaml kept.yaml
for more in "" --resume; do expect 2 "gan holds a GAN already; choose another folder" train sample:digits --epochs 1 --out gan $more; done
expect 2 "gan holds a GAN already; choose another folder" study sample:digits --out gan
cmp gan/run.yaml kept.yaml || fail "a refused run changed a GAN's"
expect 2 "is a GAN's, which makes images and tells nothing of them" eval gan sample:digits
expect 2 "is a GAN's, which makes images and tells nothing of them" predict gan/best.safetensors few.png
expect 0 "30 images of 10 classes" generate gan --count 30 --out made
expect 0 "1 images of 10 classes" generate gan --count 1 --first 7 --out remade
cmp made/7/00000007.png remade/7/00000007.png || fail "an image isn't the same again"
expect 0 "train: 30 samples, 10 classes" inspect made
expect 0 "30 images of 10 classes" generate gan --count 30 --pack --out packed
expect 0 "30 samples, all as they were packed" verify packed
expect 0 "10 classes" inspect packed
expect 2 "was made with another count" generate gan --count 1 --out made
expect 0 "30 images are there already" generate gan --count 30 --out made
expect 0 "30 images are there already" generate gan --count 30 --pack --out packed

# Stopped, it goes on: here when it has written all images, but can't say so.
got=0
(ulimit -f 2 && "$doppel" generate gan --count 30 --out stopped) >out 2>&1 || got=$?
[ "$got" -eq 1 ] && grep -q "File too large" out || { fail "a full disk -> $got"; cat out; }
expect 0 "doppel generate was stopped here" inspect stopped
expect 0 "30 images of 10 classes" generate gan --count 30 --out stopped
diff -r made stopped || fail "a run that was stopped ends otherwise"
expect 2 "was never trained" generate gan --label ten --out made2

# A data set's small classes, as large as its largest.
for c in 0 1 2; do mkdir -p "few/$c" && cp made/$c/*.png "few/$c/"; done
rm few/1/00000001.png && find few/2 -name '*.png' | sort | tail -n +2 | xargs rm
for c in 3 4 5 6 7 8 9; do mkdir -p "few/$c" && cp made/$c/*.png "few/$c/"; done
expect 0 "1: 2 real, 1 made, 1 kept" generate gan --like few --out added
expect 0 "2: 1 real, 2 made, 2 kept; one real image is all that is known of it" generate gan --like few --out added2
cmp added/1/00000000.png added2/1/00000000.png || fail "what is added isn't the same again"
[ "$(find added -name '*.png' | wc -l)" -eq 3 ] || fail "not what was lacking"
expect 2 "nothing is lacking" generate gan --like made --out added3
expect 2 "leave --count out" generate gan --like few --count 3 --out added3
expect 2 "but the GAN has" generate gan --like sample:photos --out added3

# Within bounds, and on the way between classes.
expect 0 "30 images" generate gan --count 30 --truncation 0.5 --out usual
grep -q '"truncation":0.5' usual/provenance.jsonl || fail "provenance doesn't say the truncation"
cmp -s made/3/00000003.png usual/3/00000003.png && fail "truncation changes nothing"
for bad in 0 10; do expect 2 "truncation" generate gan --truncation $bad --out bad; done
expect 0 "from class to class" generate gan --interpolate 3,8 --out walk.webp
[ "$(head -c 12 walk.webp | tail -c 4)" = WEBP ] || fail "the walk is no WebP"
expect 0 "from class to class" generate gan --interpolate 3,3 --out same.webp
expect 2 "two of the classes 0, 1, 2" generate gan --interpolate 3,ten --out bad.webp
expect 2 "ends in .webp" generate gan --interpolate 3,8 --out bad
expect 2 "exclude each other" generate gan --interpolate 3,8 --count 5 --out bad.webp
