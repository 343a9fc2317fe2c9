#!/usr/bin/env bash
# Two processes train one network; told to stop, both do, and go on to the same weights.
source "$(dirname "$0")/../program.sh"

net='INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC ; N=1 M=2 K=1 pool=yes'
slow=(train sample:digits --net "$net" --epochs 4 --batch 32)
for place in 2/2@localhost:1 0/2@localhost:0 0/2@localhost:99999 0/2@localhost:http; do
  expect 2 "isn't RANK/WORLD@HOST:PORT" train sample:digits --group "$place" --out bad
done
expect 2 "a group has at most" train sample:digits --group 0/999999@localhost:7000 --out bad
expect 127 "no-such-ssh: No such file or directory" launch --hosts a,b --ssh no-such-ssh -- train sample:digits --out bad
OMPI_COMM_WORLD_SIZE=2 expect 2 "under mpirun wants a place" train sample:digits --group-engine gloo --out bad
# No two processes have one number, nor then one of the 16 million addresses of this machine.
host=127.$((1 + $$ / 65536)).$(($$ / 256 % 256)).$(($$ % 256))
pair() {  # PORT NAME OPTIONS…: both, of which the second writes nothing
  local place=$host:$1 name=$2
  shift 2
  "$doppel" "${slow[@]}" --threads 1 --group "1/2@$place" --out "$name" "$@" >/dev/null 2>second.log &
  local second=$! ended=0
  echo "$second" >second.pid
  "$doppel" "${slow[@]}" --threads 1 --group "0/2@$place" --out "$name" "$@" >/dev/null 2>first.log || ended=$?
  wait "$second" || [ $? -eq "$ended" ] || fail "the second process: $(tail -n1 second.log)"
}
pair 20001 together
pair 20002 parted &
pairs=$!
appears parted/metrics.jsonl "$pairs"
kill -INT "$(cat second.pid)" 2>/dev/null || true
wait "$pairs"
pair 20003 parted --resume
cmp together/model.safetensors parted/model.safetensors || fail "two processes, stopped and resumed: $(tail -n1 first.log)"

# The same weights from one process, from two and from four, and from a run that goes on with fewer. The last batch is
# of 24 images.
same=(train sample:digits --net 'conv3x3(8,s2)-bn-relu-dropout(0.2)-fc(32)-relu-fc' --epochs 2 --batch 32 --shards 8)
quietly "${same[@]}" --out alone
for n in 2 4; do
  quietly launch -n "$n" -- "${same[@]}" --out "by$n"
  grep -q '^\[0\] ' out || fail "lines without their process's number"
  cmp alone/model.safetensors "by$n/model.safetensors" || fail "$n processes give other weights than one"
done
pair 20004 fewer &
pairs=$!
appears fewer/metrics.jsonl "$pairs"
kill -INT "$(cat second.pid)" 2>/dev/null || true
wait "$pairs"
quietly "${slow[@]}" --threads 1 --out fewer --resume
cmp together/model.safetensors fewer/model.safetensors || fail "a run of two processes that one finished"

# Copies of data that differ in what a picture shows are told apart, and a start that is refused writes nothing.
quietly augment sample:digits --copies 0 --out here
cp -r here there
pictures=($(find there/train -name '*.png' | sort))
cp "${pictures[-1]}" "${pictures[0]}"
"$doppel" train there --epochs 1 --threads 1 --group "1/2@$host:20015" --out unlike >/dev/null 2>second.log &
second=$!
expect 1 "what pictures of the training data show of process 1 isn't that of process 0" \
  train here --epochs 1 --threads 1 --group "0/2@$host:20015" --out unlike
! wait "$second" || fail "copies that differ: the second process trained"
[ ! -e unlike/run.yaml ] || fail "a start that was refused has written"

# Who is killed or stops answering is named by the other, soon.
long=(train sample:digits --net "$net" --epochs 5000 --batch 32 --threads 1 --group-patience 2)
fails_with() {  # PORT SIGNAL MOST TEXT
  local place=$host:$1 second first start
  "$doppel" "${long[@]}" --group "1/2@$place" --out lost >/dev/null 2>second.log &
  second=$!
  "$doppel" "${long[@]}" --group "0/2@$place" --out lost >/dev/null 2>first.log &
  first=$!
  appears lost/metrics.jsonl "$first"
  kill "-$2" "$second"
  start=$(date +%s%N)
  ! wait "$first" || fail "$2 of one process: the other went on"
  [ $((($(date +%s%N) - start) / 1000000)) -lt "$3" ] || fail "$2 was noticed after $((($(date +%s%N) - start) / 1000000)) ms"
  grep -qF "$4" first.log || fail "$2: $(tail -n1 first.log)"
  kill -CONT "$second" 2>/dev/null || true
  ! wait "$second" || fail "$2: the other ended well"
  rm -r lost
}
fails_with 20005 KILL 4000 "process 1 of the group has gone"
fails_with 20006 STOP 9000 "process 1 of the group doesn't answer"

# A group that can do with fewer goes on from the last checkpoint without whoever is killed: here with the same weights.
elastic=(train sample:digits --net 'conv3x3(8,s2)-bn-relu-dropout(0.2)-fc(32)-relu-fc' --epochs 30 --batch 32 --checkpoint-every 3 --threads 1)
lose_one() {  # PORT WORLD OPTIONS…
  local port=$1 world=$2 rank first last
  shift 2
  for ((rank = 1; rank < world; ++rank)); do
    "$doppel" "${elastic[@]}" --elastic 1 --group "$rank/$world@$host:$port" --out broken "$@" >"$rank.log" 2>&1 &
    last=$!
  done
  "$doppel" "${elastic[@]}" --elastic 1 --group "0/$world@$host:$port" --out broken "$@" >first.log 2>&1 &
  first=$!
  appears broken/metrics.jsonl "$first"
  kill -KILL "$last"
  wait "$first" || fail "what was left didn't go on: $(tail -n 2 first.log)"
  wait "$last" 2>/dev/null || true
  grep -q "has gone.*the other $((world - 1)) go on, this one as 0" first.log || fail "who was lost wasn't said: $(cat first.log)"
}
lose_one 20008 2 --shards 8
quietly "${elastic[@]}" --shards 8 --out unbroken
cmp unbroken/model.safetensors broken/model.safetensors || fail "a group that lost one gives other weights"
rm -r broken
lose_one 20009 3
[ -s broken/model.safetensors ] || fail "three that lost one: $(tail -n 2 1.log)"

# The launcher: its exit code is the process's, a signal goes to all.
expect 2 "processes can't be shared out evenly to 2 hosts" launch -n 3 --hosts a,b -- train DATA
expect 1 "[1] doppel: " launch -n 2 -- train missing --out x
# Who waits for one that failed before they had met is ended.
SECONDS=0
expect 2 "by2 holds a run already" launch -n 2 -- "${same[@]}" --out by2
[ "$SECONDS" -lt 30 ] || fail "who waited for a process that had failed ended after $SECONDS s"
"$doppel" launch -n 2 -- "${long[@]}" --out interrupted >/dev/null 2>&1 &
launched=$!
appears interrupted/metrics.jsonl "$launched"
kill -INT "$launched"
wait "$launched" && fail "an interrupted run ended well" || true
[ -s interrupted/checkpoint.safetensors ] || fail "an interrupted run left no checkpoint"

# A checkpoint within an epoch: a killed run goes on from it, to the same weights.
stepped=(train sample:digits --net 'conv3x3(8,s2)-bn-relu-dropout(0.2)-fc(32)-relu-fc' --epochs 8 --batch 32 --shards 8 --checkpoint-every 3)
quietly "${stepped[@]}" --out whole
"$doppel" "${stepped[@]}" --out killed >/dev/null 2>&1 &
killed=$!
appears killed/metrics.jsonl "$killed"
kill -KILL "$killed" 2>/dev/null || true
wait "$killed" 2>/dev/null || true
quietly launch -n 2 -- "${stepped[@]}" --out killed --resume
cmp whole/model.safetensors killed/model.safetensors || fail "a killed run that two processes finished"

# A key.
echo secret >key
echo guess >guess
"$doppel" "${same[@]}" --group "1/2@$host:20007" --group-key guess --out keyed >/dev/null 2>second.log &
expect 1 "1 had another key" "${same[@]}" --group "0/2@$host:20007" --group-key key --group-wait 2 --out keyed
wait $! && fail "a guessed key was taken" || true
grep -q "has another key" second.log || fail "a guessed key: $(tail -n1 second.log)"

# MPI, where it is.
if command -v mpirun >/dev/null && [ -e "$(dirname "$doppel")/../libdoppel_mpi.so" ]; then
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  mpirun --oversubscribe --bind-to none -n 2 "$doppel" "${same[@]}" --threads 1 --out mpi >mpi.log 2>&1 || { fail "mpirun"; cat mpi.log; }
  cmp alone/model.safetensors mpi/model.safetensors || fail "MPI gives other weights"
fi
