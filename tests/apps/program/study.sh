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

# A processor without bfloat16 multiplies floats, unless bfloat16 is asked for.
export DNNL_MAX_CPU_ISA=AVX2
expect 0 "100 real images" study sample:digits --fractions 100 --seeds 1 --steps 2 --gan-steps 0 --out floats
expect 2 "needs a processor that multiplies bfloat16" study sample:digits --precision bf16 --fractions 100 --out never
