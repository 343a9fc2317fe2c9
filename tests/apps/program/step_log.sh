#!/usr/bin/env bash
# steps.jsonl: what a run says of itself while it goes on is only ever appended, and each line is whole.
source "$(dirname "$0")/../program.sh"

# count FILE TEXT: lines that begin so.
count() { grep -c "^$2" "$1" || true; }
# whole FILE: every line is an object.
whole() {
  [ "$(grep -c '^{.*}$' "$1")" -eq "$(wc -l <"$1")" ] || fail "$1 has lines that aren't whole: $(cat "$1")"
}

small=(train sample:digits --net lenet --epochs 2 --batch 64)
quietly "${small[@]}" --out run
whole run/steps.jsonl
head -n 1 run/steps.jsonl | grep -q '^{"begin":"train","pid":[0-9]*,"started":[1-9][0-9]*,"time":[0-9.e]*,"network":' ||
  fail "the first line: $(head -n 1 run/steps.jsonl)"
[ "$(count run/steps.jsonl '{"step":')" -ge 1 ] || fail "no step: $(cat run/steps.jsonl)"
grep '^{"epoch":' run/steps.jsonl >epochs
cmp epochs run/metrics.jsonl || fail "epochs differ from metrics.jsonl"
[ "$(tail -n 1 run/steps.jsonl)" = '{"end":"done"}' ] || fail "the last line: $(tail -n 1 run/steps.jsonl)"

# Stopped, it says so; going on appends.
"$doppel" train sample:digits --net lenet --epochs 8 --batch 16 --out stopped >/dev/null 2>&1 &
pid=$!
appears stopped/metrics.jsonl "$pid"
started=$(head -n 1 stopped/steps.jsonl | sed 's/.*"started":\([0-9]*\).*/\1/')
[ "$started" = "$(sed 's/.*) //' "/proc/$pid/stat" | cut -d ' ' -f 20)" ] || fail "started at $started by the file"
kill -INT "$pid"
wait "$pid" || true
[ "$(tail -n 1 stopped/steps.jsonl)" = '{"end":"stopped"}' ] || fail "stopped: $(tail -n 1 stopped/steps.jsonl)"
cp stopped/steps.jsonl before
printf '{"half' >>stopped/steps.jsonl
quietly train sample:digits --net lenet --epochs 8 --batch 16 --out stopped --resume
[ "$(count stopped/steps.jsonl '{"half$')" -eq 1 ] || fail "half a line isn't ended"
sed -i '/^{"half$/d' stopped/steps.jsonl
cmp -n "$(wc -c <before)" before stopped/steps.jsonl || fail "what was there has changed"
[ "$(count stopped/steps.jsonl '{"begin":"train"')" -eq 2 ] || fail "it didn't begin twice"
whole stopped/steps.jsonl

# The GAN's sheets are named as they are written, the study's results as they come.
quietly gan sample:digits --steps 20 --every 10 --score-steps 0 --out gan
whole gan/steps.jsonl
for sheet in $(sed -n 's/^{"file":"\([^"]*\)".*/\1/p' gan/steps.jsonl); do
  [ -s "gan/$sheet" ] || fail "no $sheet"
done
[ "$(count gan/steps.jsonl '{"file":')" -ge 2 ] || fail "sheets: $(cat gan/steps.jsonl)"
[ "$(tail -n 1 gan/steps.jsonl)" = '{"end":"done"}' ] || fail "the GAN's last line"
quietly study sample:digits --fractions 40 --seeds 1 --steps 4 --gan-steps 0 --out study
whole study/steps.jsonl
[ "$(count study/steps.jsonl '{"result":')" -ge 2 ] || fail "results: $(cat study/steps.jsonl)"

# A pipe of its name waits for nobody.
mkdir piped && mkfifo piped/steps.jsonl
"$doppel" train sample:digits --net 'gap-fc' --epochs 1 --out piped >log 2>&1 &
pid=$!
for _ in $(seq 200); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
kill -KILL "$pid" 2>/dev/null && fail "a run waits for a reader of steps.jsonl" || true
wait "$pid" || fail "a run ended with $?: $(cat log)"
grep -q "piped/steps.jsonl: it isn't a file; the run goes on without it" log || fail "nothing is said of a pipe: $(cat log)"
[ -p piped/steps.jsonl ] || fail "the pipe is gone"
