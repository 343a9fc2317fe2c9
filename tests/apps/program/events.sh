#!/usr/bin/env bash
# The stream of what changes: what it says, how many there may be, and how they end.
source "$(dirname "$0")/../program.sh"
source "$(dirname "$0")/../web.sh"

# says FILE TEXT: within ten seconds.
says() {
  for _ in {1..100}; do
    ! grep -qF -- "$2" "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  fail "the stream doesn't say '$2': $(cat "$1")"
}
# listens: a stream more, on a descriptor of its own.
streams=()
listens() {
  local one
  exec {one}<>/dev/tcp/127.0.0.1/"$port" || return 1
  printf 'GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nX-Doppel-Token: %s\r\n\r\n' "$port" "$token" >&"$one"
  streams+=("$one")
}
hangs_up() {
  for one in "${streams[@]}"; do exec {one}>&-; done
  streams=()
}
memory() { awk '/^VmRSS/ {print $2}' "/proc/$server/status"; }

mkdir -p data/a
cp "$(ls "$source"/dataset/sample/photos/*/*.jpg "$source"/dataset/sample/photos/*.jpg 2>/dev/null | head -n 1)" data/a/1.jpg
printf -- '- HorizontalFlip\n' >mine.yaml
serve data --recipe mine.yaml
refused 401 "$base/api/events"
gives 405 'by GET' /api/events -H 'Content-Type: application/json' --data '{}'
[ "$(get /api/events -I)" = 200 ] || fail "HEAD of a stream isn't answered"
gives 200 '"hash":' /api/data
flip=$(hash_of)
gives 200 PNG "/api/tile/$flip/1/0/0"
curl -sN -D headers -H "X-Doppel-Token: $token" "$base/api/events" >said_first &
first=$!
curl -sN -H "X-Doppel-Token: $token" "$base/api/events" >said_second &
second=$!
says headers 'application/x-ndjson'
grep -qF "Content-Security-Policy: default-src 'self'" headers || fail "a stream hasn't the headers of other answers"
printf -- '- VerticalFlip\n' >mine.yaml
for one in said_first said_second; do says "$one" '{"recipe":"'; done
cp data/a/1.jpg data/a/2.jpg
says said_first '{"data":true}'
printf 'broken' >data/a/1.jpg
says said_first '{"images":[0]}'
gives 422 '1.jpg' "/api/tile/$flip/1/0/0"
# What one page saves is told to all, by its version, which the one that saved knows.
posts 200 '"hash"' /api/recipe '{"yaml":"- Transpose"}'
transposed=$(hash_of)
gives 200 'VerticalFlip' /api/data
posts 200 'mine.yaml' /api/save "{\"hash\":\"$transposed\",\"version\":\"$(version_of_file)\"}"
for one in said_first said_second; do says "$one" "{\"recipe\":\"$(version_of_file)\"}"; done
printf -- '- Rotat\n' >mine.yaml
for _ in {1..100}; do [ "$(grep -cF recipe said_first)" -lt 3 ] || break; sleep 0.1; done
gives 200 'HorizontalFlip' /api/data  # what can't be read is no page's beginning
gives 422 '"line":1' /api/file
kill "$first" "$second"

# Sixteen at most, and who goes makes room.
streams_of_20() {
  local line one count=0
  for _ in {1..20}; do listens; done
  for one in "${streams[@]}"; do
    line=
    read -r -t 10 line <&"$one" || true
    [[ "$line" != *' 200 '* ]] || count=$((count + 1))
  done
  [ "$count" -eq 16 ]
}
for _ in {1..30}; do
  ! streams_of_20 || break
  hangs_up  # those before haven't all gone yet
  sleep 0.2
done
[ "${#streams[@]}" -eq 20 ] || fail "of twenty streams not sixteen are let in"
[ "$(get /api/events -D headers)" = 503 ] || fail "there are more streams than sixteen"
grep -qi '^retry-after: ' headers || fail "nothing says when to ask again"
hangs_up
full=503
for _ in {1..50}; do
  full=$(get /api/events -m 0.3 || true)
  [ "$full" = 503 ] || break
  sleep 0.1
done
[ "$full" = 200 ] || fail "those that have gone still count: $full"

# Two hundred at once take little memory, and keep nobody waiting.
before=$(memory)
for _ in {1..200}; do listens || true; done
best=10
for _ in {1..10}; do
  took=$(curl -s -o body -w '%{time_total}' -H "X-Doppel-Token: $token" "$base/api/images?count=1")
  best=$(printf '%s\n%s\n' "$best" "$took" | sort -g | head -n 1)
done
grep -qF '"all":' body || fail "others aren't answered while streams are open"
[ "$(printf '%s < 0.05\n' "$best" | awk '{print ($1 < $3)}')" -eq 1 ] || fail "an answer takes $best s while streams are open"
[ $(($(memory) - before)) -lt 30000 ] || fail "streams took $(($(memory) - before)) KB"

# Ctrl-C doesn't wait for them.
started=$SECONDS
kill -INT "$server"
code=0
wait "$server" || code=$?
server=
[ "$code" -eq 0 ] || fail "Ctrl-C ends it with code $code"
[ $((SECONDS - started)) -le 2 ] || fail "Ctrl-C takes $((SECONDS - started)) s while streams are open"
hangs_up

# Runs: which of them there is more of.
mkdir -p runs/one
printf '{"step":1,"of":9}\n' >runs/one/steps.jsonl
serve runs
curl -sN -H "X-Doppel-Token: $token" "$base/api/events" >>said_runs &
says said_runs '{"runs":[0]}'
: >said_runs
printf '{"step":2,"of":9}\n' >>runs/one/steps.jsonl
says said_runs '{"runs":[0]}'
mkdir runs/two
printf '{"step":1,"of":9}\n' >runs/two/steps.jsonl
says said_runs '{"runs":[1]}'
: >said_runs
rm -r runs/two
says said_runs '{"runs":[1]}'
