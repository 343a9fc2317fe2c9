#!/usr/bin/env bash
# Two runs into one folder, signals, pipes in place of files, limits of the system, and what the program is built with.
source "$(dirname "$0")/../program.sh"

# refused_while PID TEXT COMMAND…: a command that is refused while another runs.
refused_while() {
  local pid=$1 text=$2
  shift 2
  expect 1 "$text" "$@"
  kill -0 "$pid" 2>/dev/null || fail "the first run had ended before the second was tried: $*"
}

# One run at a time; whose process was killed holds nothing, and its halves go.
net='conv3x3(4)-bn-relu-gap-fc'
long=(train sample:digits --net "$net" --epochs 1000 --batch 8 --out run)
"$doppel" "${long[@]}" >/dev/null 2>&1 &
first=$!
appears run/metrics.jsonl "$first"
refused_while "$first" "another run writes into run (process $first)" "${long[@]}" --resume
kill -KILL "$first"
wait "$first" 2>/dev/null || true
touch "run/model.safetensors.$first.tmp" "run/model.safetensors.$$.tmp" run/mine.tmp
"$doppel" "${long[@]}" --resume >log 2>&1 &
second=$!
for _ in $(seq 200); do [ -e "run/model.safetensors.$first.tmp" ] || break; sleep 0.05; done
[ ! -e "run/model.safetensors.$first.tmp" ] || fail "what a killed run left half written is still there"
[ -e "run/model.safetensors.$$.tmp" ] && [ -e run/mine.tmp ] || fail "files of processes that run were removed"
sleep 1
kill -INT "$second"
wait "$second" && fail "an interrupted run ended well" || true
grep -q "goes on from here" log || { fail "an interrupted run says nothing"; cat log; }

# A GAN's judge hears it; a second time ends everything at once.
gan=(gan sample:digits --steps 5 --batch 4 --score-steps 100000)
"$doppel" "${gan[@]}" --out judged >log 2>&1 &
judge=$!
for _ in $(seq 100); do [ -s judged/run.yaml ] && break; sleep 0.1; done
refused_while "$judge" "another run writes into judged" "${gan[@]}" --out judged
sleep 1
kill -INT "$judge"
for _ in $(seq 30); do kill -0 "$judge" 2>/dev/null || break; sleep 0.1; done
if kill -0 "$judge" 2>/dev/null; then fail "a GAN's judge doesn't hear Ctrl-C"; kill -KILL "$judge"; fi
wait "$judge" && fail "an interrupted judge ended well" || [ $? -eq 1 ] || fail "an interrupted judge died"

study=(study sample:digits --fractions 1 --seeds 1 --steps 100000 --out study)
"$doppel" "${study[@]}" >study.log 2>&1 &
studying=$!
appears study.log "$studying"  # it has timed what is to be done
sleep 1
refused_while "$studying" "another run writes into study" "${study[@]}"
kill -INT "$studying"
for _ in $(seq 30); do kill -0 "$studying" 2>/dev/null || break; sleep 0.1; done
if kill -0 "$studying" 2>/dev/null; then fail "a study doesn't hear Ctrl-C"; kill -KILL "$studying"; fi
wait "$studying" && fail "an interrupted study ended well" || true

# Whoever is told twice ends at once, whatever it does.
"$doppel" train sample:digits --net "$net" --epochs 1000 --batch 8 --out twice >/dev/null 2>&1 &
twice=$!
appears twice/metrics.jsonl "$twice"
kill -INT "$twice"
sleep 0.7
kill -INT "$twice" 2>/dev/null || true
wait "$twice" && fail "a run that was told to stop twice ended well" || true

# A folder that is held: pack, generate and augment ask for it as the others do.
quietly gan sample:digits --steps 2 --batch 4 --score-steps 0 --out gan
cp -r gan begun
rm begun/gan.safetensors
expect 0 "was stopped before its first checkpoint: it begins again" gan sample:digits --steps 2 --batch 4 --score-steps 0 --out begun --resume
cmp gan/gan.safetensors begun/gan.safetensors || fail "a GAN that begins again isn't the one that began"
expect 2 "there is no checkpoint" gan sample:digits --steps 2 --batch 4 --score-steps 0 --out neverbegun --resume
mkdir held
python3 -c 'import fcntl, os, time
fd = os.open("held", os.O_RDONLY)
fcntl.flock(fd, fcntl.LOCK_EX)
open("holding", "w").write("yes")
time.sleep(600)' &
holder=$!
appears holding "$holder"
refused_while "$holder" "another run writes into held (process $holder)" pack sample:photos held
refused_while "$holder" "another run writes into held (process $holder)" generate gan --count 4 --out held
refused_while "$holder" "another run writes into held (process $holder)" augment sample:photos --copies 1 --out held
kill "$holder"
wait "$holder" 2>/dev/null || true
quietly pack sample:photos held

# Whoever has no handler of his own ends at once, and leaves nothing that stops the next run.
printf -- '- GaussianBlur: {p: 1}\n' >r.yaml
heard() {  # COMMAND…: ends within a second of Ctrl-C, if it hasn't ended before
  set -m  # without it what runs in the background ignores Ctrl-C
  "$doppel" "$@" >log 2>&1 &
  local pid=$! until
  set +m
  sleep 0.3
  kill -INT "$pid" 2>/dev/null || return 0
  until=$((SECONDS + 3))
  while kill -0 "$pid" 2>/dev/null && [ "$SECONDS" -lt "$until" ]; do sleep 0.05; done
  if kill -0 "$pid" 2>/dev/null; then fail "doesn't hear Ctrl-C: $*"; kill -KILL "$pid"; fi
  wait "$pid" 2>/dev/null || true
}
heard pack sample:digits packing --shard 4
heard generate gan --count 100000 --out generating
heard generate gan --count 100000 --pack --out generating2
heard augment sample:digits --copies 50 --out augmenting
heard preview sample:photos --count 500 --out preview.png
heard inspect sample:digits
quietly train sample:digits --net 'fc(1500)-fc(1500)-fc' --epochs 1 --batch 500 --out wide
for moment in 0.02 0.05 0.1 0.2; do  # whenever it's heard, the file is whole or isn't there
  # In the foreground: else timeout sends the signal twice, and the second may end it where it is.
  timeout --foreground -s INT "$moment" "$doppel" export wide wide.onnx >out 2>&1 || true
  [ -z "$(find . -maxdepth 1 -name 'wide.onnx*.tmp')" ] || fail "an export that was stopped after $moment s is still there, half written"
  [ ! -e wide.onnx ] || quietly import wide.onnx --out "imported$moment"
done
quietly pack sample:digits packing --shard 4
[ -z "$(find packing -name '*.tmp')" ] || fail "what was stopped is still there, half written"

# What names hold reaches a terminal as text alone; a run that was stopped before its first checkpoint begins again; a
# cache that can't be is said once.
esc=$(printf '\033[31mred')
mkdir -p "names/$esc" "names/b$esc"
cp "$source"/dataset/sample/photos/*.jpg "names/$esc"
cp "$source"/dataset/sample/photos/*.jpg "names/b$esc"
tiny=(train names --net 'conv3x3(4)-gap-fc' --size 16 --batch 4 --epochs 1 --out named)
printf x >nocache
XDG_CACHE_HOME=$PWD/nocache "$doppel" "${tiny[@]}" >out 2>&1 || { fail "train without a cache -> $?"; cat out; }
[ "$(grep -c 'kernels are timed in each run' out)" -le 1 ] || fail "a cache that can't be is said more than once"
cp out printed
for words in "inspect names" "eval named names" "predict named names" "pack names namedpack" "verify namedpack" \
  "preview names --explain --out named.png" "augment names --out namedout"; do
  # shellcheck disable=SC2086
  "$doppel" $words >>printed 2>&1 || { fail "doppel $words -> $?"; tail -n 3 printed; }
done
if LC_ALL=C grep -q "$(printf '\033')" printed; then fail "control characters of names are printed"; LC_ALL=C grep -a "$(printf '\033')" printed | head -n 5 | cat -v; fi
heard eval named names --corruptions
rm named/checkpoint.safetensors named/model.safetensors
expect 0 "was stopped before its first checkpoint: it begins again" "${tiny[@]}" --resume
expect 2 "there is no checkpoint" train names --net 'conv3x3(4)-gap-fc' --size 16 --batch 4 --epochs 1 --out neverbegun --resume

# Pipes and devices where files are expected.
mkdir -p pipes/a pipes/b
cp "$source"/dataset/sample/photos/*.jpg pipes/a
cp "$source"/dataset/sample/photos/*.jpg pipes/b
ln -s /dev/zero pipes/a/zero.jpg
mkfifo pipes/b/pipe.jpg all.tar all.csv all.npy all.parquet all.json
for kind in tar csv npy parquet json; do
  got=0
  timeout 20 "$doppel" inspect "all.$kind" >out 2>&1 || got=$?
  if [ "$got" -eq 124 ]; then fail "inspect of a named pipe all.$kind waits for ever"; fi
  [ "$got" -ne 0 ] || fail "inspect of a named pipe all.$kind succeeds"
done
timeout 60 "$doppel" inspect pipes >out 2>&1 || { fail "inspect of pipes -> $?"; cat out; }
timeout 60 "$doppel" pack pipes packed >out 2>&1 || { fail "pack of pipes -> $?"; cat out; }

# Limits, and standard streams that are closed or full.
got=0
(ulimit -f 8 && "$doppel" pack sample:digits small) >out 2>&1 || got=$?
[ "$got" -eq 1 ] && grep -q "File too large" out || { fail "a file that may grow no further -> $got"; cat out; }
got=0
"$doppel" transforms >/dev/full 2>out || got=$?
[ "$got" -eq 1 ] && grep -q "No space left" out || { fail "a full standard output -> $got"; cat out; }
"$doppel" transforms | head -n 1 >/dev/null || true
"$doppel" train sample:digits --net "$net" --epochs 1 --out quiet >&- 2>&- || fail "train without standard streams -> $?"
[ -s quiet/model.safetensors ] || fail "train without standard streams wrote no model"

# More shards than files may be open at first; a bit that flips in one is found while it's read.
quietly pack sample:digits many --shard 8
(ulimit -Sn 100 && "$doppel" verify many) >out 2>&1 || { fail "a pack of many shards isn't read"; cat out; }
quietly pack sample:photos flipped --images raw --size 64
python3 -c 'f = open("flipped/00000.tar", "r+b"); f.seek(3000); b = f.read(1); f.seek(3000); f.write(bytes([b[0] ^ 1]))'
expect 0 "bytes have changed" inspect flipped

# Labels that are corrected reach a pack that is made again.
printf 'path,label\n' >m.csv
for f in "$source"/dataset/sample/photos/*.jpg; do printf '%s,a\n' "$(basename "$f")" >>m.csv; cp "$f" .; done
sed -i '$ s/,a$/,b/' m.csv
quietly pack m.csv relabelled
sed -i '2 s/,a$/,b/' m.csv
quietly pack m.csv relabelled
[ "$(tar xOf relabelled/00000.tar 000000000.cls)" = 1 ] || fail "a corrected label doesn't reach the pack"
expect 0 "1 shards were there already" pack m.csv relabelled
grep -q "mean 0\." out || fail "of a pack that was there no mean is told"

# What the program is built with, where it is built so by default.
if command -v readelf >/dev/null; then
  readelf -Ws "$doppel" >symbols
  readelf -WhdlS "$doppel" >facts
  if grep -q __stack_chk_fail symbols; then
    grep -q 'BIND_NOW' facts || fail "relocations aren't done before main() begins"
    grep -q GNU_RELRO facts || fail "relocations can be written to"
    grep GNU_STACK facts | grep -qv RWE || fail "the stack can be executed"
    grep -q 'DYN (' facts || fail "the program isn't position-independent"
    grep -q '__memcpy_chk' symbols || fail "copies aren't checked"
  elif grep -q '^CMAKE_BUILD_TYPE:.*=Release' "$(dirname "$doppel")/../CMakeCache.txt" 2>/dev/null &&
    grep -q '^DOPPEL_HARDENING:BOOL=ON' "$(dirname "$doppel")/../CMakeCache.txt"; then
    fail "stacks aren't guarded"
  fi
fi

# A file is in the way of each folder, which is said before anything long begins.
echo words >taken
for command in "train sample:digits --out" "gan sample:digits --score-steps 0 --out" "study sample:digits --out" \
  "augment sample:digits --recipe digits --out" "preview sample:digits --recipe digits --out x.png --plans"; do
  for place in taken taken/below; do expect 2 "taken is a file" $command "$place"; done
done
expect 2 "taken isn't a pack's" pack sample:digits --out taken
[ "$(cat taken)" = words ] || fail "a file was written over"
