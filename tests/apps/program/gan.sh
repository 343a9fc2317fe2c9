#!/usr/bin/env bash
# A GAN, measured, and its images: the same again by number.
source "$(dirname "$0")/../program.sh"

gan=(gan sample:digits --steps 6 --every 3 --batch 16 --score-steps 20)
expect 0 "right of" "${gan[@]}" --out gan --json gan.json
grep -q '"coverage"' gan.json
for file in report.html samples.webp best.safetensors; do [ -s "gan/$file" ] || fail "gan/$file is missing"; done
[ "$(wc -l <gan/gan.jsonl)" -eq 2 ]
expect 2 "holds a GAN already" "${gan[@]}" --out gan
expect 0 "30 images of 10 classes" generate gan --count 30 --out made
expect 0 "1 images of 10 classes" generate gan --count 1 --first 7 --out remade
cmp made/7/00000007.png remade/7/00000007.png || fail "an image isn't the same again"
expect 0 "train: 30 samples, 10 classes" inspect made
expect 0 "30 images of 10 classes" generate gan --count 30 --pack --out packed
expect 0 "30 samples, all as they were packed" verify packed
expect 0 "10 classes" inspect packed
expect 1 "isn't empty" generate gan --count 1 --out made
expect 2 "was never trained" generate gan --label ten --out made2
