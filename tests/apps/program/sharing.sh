#!/usr/bin/env bash
# What several processes measure, study and pack together is what one does.
source "$(dirname "$0")/../program.sh"

expect 2 "'predict' doesn't share its work among processes: launch starts train, eval, " launch -n 2 -- predict x y

# Figures to the last digit, where the processes divide a batch's 16 parts; else those that are shown.
net='conv3x3(32,s2)-bn-relu-conv3x3(32)-bn-relu-dropout(0.2)-gap-fc'
quietly train sample:digits --net "$net" --epochs 2 --batch 32 --out run
shown() { sed 's/^\[0\] //' out | grep -E '^(accuracy|[0-9])'; }
measure() {  # NAME OPTIONS…: one process, and several
  local name=$1 n
  shift
  quietly eval run sample:digits --json "$name.json" "$@"
  shown >"$name.txt"
  for n in 2 3 4; do
    quietly launch -n "$n" -- eval run sample:digits --json "$name.$n.json" --out confusion.png "$@"
    cmp "$name.txt" <(shown) || fail "eval $*: $n processes say something else"
    [ "$n" -eq 3 ] || cmp "$name.json" "$name.$n.json" || fail "eval $*: $n processes give other figures than one"
  done
  [ -s confusion.png ] || fail "no confusion matrix of several processes"
}
measure plain
measure mirrored --tta flip
quietly augment sample:digits --recipe none --copies 0 --out few --format folder
find few -name '*.png' ! -name '*0.png' -delete  # every tenth is left
quietly eval run few --corruptions --json corrupt.json
quietly launch -n 2 -- eval run few --corruptions --json corrupt.2.json
cmp corrupt.json corrupt.2.json || fail "figures of corrupted images differ"
host=127.$((1 + $$ / 65536)).$(($$ / 256 % 256)).$(($$ % 256))
"$doppel" eval run sample:digits --tta flip --group "1/2@$host:20001" >/dev/null 2>second.log &
expect 1 "tta of process 1 isn't that of process 0 (flip, not none)" eval run sample:digits --group "0/2@$host:20001"
wait $! && fail "another --tta was taken" || true
"$doppel" eval run few --group "1/2@$host:20003" >/dev/null 2>second.log &
expect 1 "the data of process 1 isn't that of process 0" eval run sample:digits --group "0/2@$host:20003"
wait $! && fail "other data were taken" || true
"$doppel" pack sample:digits packed --group "1/2@$host:20002" >/dev/null 2>second.log &
expect 1 "the command of process 1 isn't that of process 0" eval run sample:digits --group "0/2@$host:20002"
wait $! && fail "another command was taken" || true

# Independent labels, numbers and masks are joined, too.
quietly train sample:digits --loss binary --net 'conv3x3(8,s2)-relu-gap-fc' --epochs 1 --batch 32 --out binary
quietly eval binary sample:digits --json binary.json
quietly launch -n 2 -- eval binary sample:digits --json binary.2.json
cmp binary.json binary.2.json || fail "figures of independent labels differ"

# A pack: the same files and the same report.
quietly pack sample:digits one --shard 100 --json one.json
quietly launch -n 3 -- pack sample:digits three --shard 100 --json three.json
diff -r one three || fail "three processes pack other files than one"
cmp one.json three.json || fail "three processes report another pack than one"
rm three/train/00001.tar
quietly launch -n 2 -- pack sample:digits three --shard 100
diff -r one three || fail "a pack that was gone on with differs"

# A study: the same results, each from one process, and its GANs.
study=(study few --fractions 100,50 --steps 10 --batch 16 --gan-steps 10 --seeds)
quietly "${study[@]}" 2 --out alone
quietly launch -n 3 -- "${study[@]}" 2 --out shared
cmp <(sort alone/results.jsonl) <(sort shared/results.jsonl) || fail "results of a study that was shared differ"
cmp alone/study_findings.json shared/study_findings.json || fail "findings of a study that was shared differ"
ls shared/results.*.jsonl 2>/dev/null && fail "results of others are left over" || true
[ "$(ls shared/gans | wc -l)" -eq 4 ] || fail "not one GAN for each seed and number of images: $(ls shared/gans)"
# One that is killed is named by the others, which lose nothing that was known; another number goes on.
"$doppel" launch -n 2 -- "${study[@]}" 40 --out broken >/dev/null 2>launch.log &
launched=$!
appears broken/results.1.jsonl "$launched"
pkill -KILL -P "$launched" -n
! wait "$launched" || fail "a study that lost a process ended well"
grep -q "process [01] of the group has gone" launch.log || fail "who was killed wasn't named: $(tail -n 2 launch.log)"
known=$(cat broken/results*.jsonl | wc -l)
quietly "${study[@]}" 2 --out broken
[ "$(wc -l <broken/results.jsonl)" -ge "$known" ] || fail "results of a study were lost"
cmp <(sort alone/results.jsonl) <(grep -E '"seed":[12]}?[,}]' broken/results.jsonl | sort) || fail "a study that was gone on with differs"

# A GAN: the same networks, also where it's stopped and gone on with by another number.
gan=(gan few --batch 32 --shards 4 --score-steps 5 --every 4)
quietly "${gan[@]}" --steps 8 --out gan
quietly launch -n 2 -- "${gan[@]}" --steps 8 --out gan.2
cmp gan/gan.safetensors gan.2/gan.safetensors || fail "two processes train another GAN than one"
[ -s gan.2/report.html ] || fail "two processes wrote no report of a GAN: $(tail -n 2 out)"
quietly launch -n 4 -- "${gan[@]}" --steps 4 --out gan.4
cp -r gan.4 gan.1
quietly launch -n 2 -- "${gan[@]}" --steps 8 --out gan.4 --resume
quietly "${gan[@]}" --steps 8 --out gan.1 --resume
cmp gan.1/gan.safetensors gan.4/gan.safetensors || fail "a GAN gone on with by fewer processes differs"
