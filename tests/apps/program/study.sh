#!/usr/bin/env bash
# A study goes on where it stopped, and is refused another's folder.
source "$(dirname "$0")/../program.sh"

study=(study sample:digits --fractions 1,100 --seeds 1 --steps 4 --gan-steps 3)
expect 0 "100 real images" "${study[@]}" --out study
[ "$(wc -l <study/results.jsonl)" -eq 18 ] || fail "$(wc -l <study/results.jsonl) results"
for file in study.html study.svg; do [ -s "study/$file" ] || fail "study/$file is missing"; done
head -n 7 study/results.jsonl >some && mv some study/results.jsonl
expect 0 "100 real images" "${study[@]}" --out study
[ "$(wc -l <study/results.jsonl)" -eq 18 ] || fail "the study didn't go on"
expect 2 "study.json: was made with steps = 4, not 5" study sample:digits --steps 5 --out study
expect 2 "above 0, with commas" study sample:digits --fractions 1,x --out bad

# Classes that are rare, and what helps them.
rare=(study sample:digits --imbalance 10,100 --fractions 500 --seeds 1 --steps 4 --gan-steps 3)
expect 0 "500 real images, 1 seeds: real, 1 in 100" "${rare[@]}" --out rare --json rare.json
[ "$(wc -l <rare/results.jsonl)" -eq 12 ] || fail "$(wc -l <rare/results.jsonl) results of two imbalances"
grep -q '"imbalance": *100' rare.json || fail "the findings don't say the imbalance"
grep -q "before half of the classes became rare, 1 in 100" rare/study.html || fail "the report doesn't say the imbalance"
head -n 7 rare/results.jsonl >some && mv some rare/results.jsonl
expect 0 "of rare classes" "${rare[@]}" --out rare
[ "$(wc -l <rare/results.jsonl)" -eq 12 ] || fail "the study of rare classes didn't go on"
for bad in 1 0 x 10,1.5; do expect 2 "whole numbers from 2" study sample:digits --imbalance $bad --out bad; done
expect 2 "exclude each other" study sample:digits --imbalance 10 --audit --out bad

# Ways of mixing a GAN's images in.
mixing=(study sample:digits --mixing --fractions 100 --seeds 1 --steps 4 --gan-steps 3)
expect 0 "GAN, filtered: " "${mixing[@]}" --out mixing
[ "$(wc -l <mixing/results.jsonl)" -eq 8 ] || fail "$(wc -l <mixing/results.jsonl) results of ways of mixing"
head -n 5 mixing/results.jsonl >some && mv some mixing/results.jsonl
expect 0 "GAN at first: " "${mixing[@]}" --out mixing
[ "$(wc -l <mixing/results.jsonl)" -eq 8 ] || fail "the study of ways of mixing didn't go on"
expect 2 "gan-steps must be above 0" study sample:digits --mixing --gan-steps 0 --out bad
expect 2 "exclude each other" study sample:digits --mixing --audit --out bad

# A processor without bfloat16 multiplies floats, unless bfloat16 is asked for.
export DNNL_MAX_CPU_ISA=AVX2
expect 0 "100 real images" study sample:digits --fractions 100 --seeds 1 --steps 2 --gan-steps 0 --out floats
expect 2 "needs a processor that multiplies bfloat16" study sample:digits --precision bf16 --fractions 100 --out never
