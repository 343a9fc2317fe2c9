#!/usr/bin/env bash
# Runs that are watched: how they stand, what they append, their pictures, and stopping them.
source "$(dirname "$0")/../program.sh"
source "$(dirname "$0")/../web.sh"

# state NAME: of a run, as the list has it.
state() {
  get /api/runs >/dev/null
  sed 's/{"name":/\n&/g' body | sed -n "s/^{\"name\":\"$1\".*\"state\":\"\([a-z]*\)\".*/\1/p"
}
# waits NAME STATE: for ten seconds at most.
waits() {
  for _ in {1..100}; do
    [ "$(state "$1")" != "$2" ] || return 0
    sleep 0.1
  done
  fail "$1 is '$(state "$1")', not $2"
}

quietly train sample:digits --net lenet --epochs 1 --out runs/done
quietly gan sample:digits --steps 20 --every 10 --score-steps 0 --out runs/made/gan
# Of a version before steps.jsonl; half of a line; no run at all.
mkdir -p runs/old runs/other/deep
cp runs/done/run.yaml runs/done/metrics.jsonl runs/old
printf '{"step":3,"of":9}\nno JSON\n{"step":4,' >runs/other/deep/steps.jsonl
mkdir runs/empty runs/piped
mkfifo runs/piped/steps.jsonl  # which nobody writes into
serve runs
gives 200 '"name":"done","kind":"train","state":"done"' /api/runs
gives 200 '"name":"made/gan","kind":"gan","state":"done"' /api/runs
gives 200 '"name":"old","kind":"train","state":"ended"' /api/runs
gives 200 '"name":"other/deep","kind":"unknown","state":"ended"' /api/runs
gives 200 '"name":"piped","kind":"unknown","state":"ended"' /api/runs
! grep -q '"name":"empty"' body || fail "a folder without a run is listed"
gives 200 '"lines":[{"begin":"train"' '/api/runs/lines/0?from=0'
gives 200 '"lines":[{"begin":"gan"' '/api/runs/lines/1?from=0'
gives 200 '"lines":[{"epoch":1' '/api/runs/lines/2?from=0'
gives 200 '"lines":[{"step":3,"of":9}],"next":26,' '/api/runs/lines/3?from=0'
gives 200 '"damaged":1' '/api/runs/lines/3?from=0'
first=$(sed -n 's/.*"first":"\([0-9a-f]*\)".*/\1/p' body)
# What comes is the rest; where it began anew, all of it.
printf '"of":9}\n' >>runs/other/deep/steps.jsonl
gives 200 '"lines":[{"step":4,"of":9}],"next":44,' "/api/runs/lines/3?from=26&first=$first"
gives 200 '"anew":false' "/api/runs/lines/3?from=26&first=$first"
printf '{"step":1,"of":9}\n' >runs/other/deep/steps.jsonl
gives 200 '"lines":[{"step":1,"of":9}]' "/api/runs/lines/3?from=44&first=$first"
gives 200 '"anew":true' "/api/runs/lines/3?from=44&first=$first"
gives 200 PNG /api/runs/picture/0/confusion.png
gives 200 PNG /api/runs/picture/1/samples_000020.png
for wrong in 0/..%2frun.yaml 0/run.yaml 0/none.png 9/confusion.png x/confusion.png 0/..%2f..%2fruns%2fdone%2fconfusion.png; do
  gives 422 error "/api/runs/picture/$wrong"
done
ln -s ../made/gan/samples_000020.png runs/done/linked.png
gives 422 "no picture 'linked.png'" /api/runs/picture/0/linked.png
posts 422 "isn't running" /api/runs/stop/0 '{}'
refused 401 "$base/api/runs"
refused 401 -X POST -H 'Content-Type: application/json' --data '{}' "$base/api/runs/stop/0"
rm -r runs/old
[ "$(state old)" = gone ] || fail "a run whose folder is gone is '$(state old)'"
gives 200 '"lines":[]' '/api/runs/lines/2?from=0'

# One that begins while they are watched appears, goes on, and stops where that is asked for.
"$doppel" train sample:digits --epochs 2000 --out runs/new >/dev/null 2>&1 &
run=$!
appears runs/new/metrics.jsonl "$run"
waits new running
gives 200 '"seconds_left":' /api/runs
gives 405 '' /api/runs/stop/5
posts 200 '"stopping":"new"' /api/runs/stop/5 '{}'
wait "$run" || true
waits new stopped
posts 422 "isn't running" /api/runs/stop/5 '{}'
# A log that names a process that isn't the run's stops nobody.
sleep 60 &
sleeper=$!
printf '{"begin":"train","pid":%d,"started":1,"time":1}\n' "$sleeper" >>runs/new/steps.jsonl
[ "$(state new)" = ended ] || fail "another process is taken for the run: $(state new)"
posts 422 "isn't running" /api/runs/stop/5 '{}'
kill -0 "$sleeper" || fail "somebody else was stopped"
kill "$sleeper"
stop

# A folder that is empty, or isn't there yet.
mkdir none later
serve none later/runs
grep -qF 'later/runs: no run is there yet' said || fail "nothing is said of waiting: $(cat said)"
gives 200 '"runs":[]' /api/runs
gives 200 '"folders":["none","later/runs"]' /api/runs
quietly train sample:digits --net lenet --epochs 1 --out later/runs/first
gives 200 '"name":"runs/first","kind":"train","state":"done"' /api/runs
stop
expect 1 "" serve nowhere/at/all
expect 1 "" serve missing.json

expect 2 "some of these are folders of runs" serve runs sample:digits
expect 2 "--recipe is for data" serve runs --recipe strong
