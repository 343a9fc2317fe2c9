#!/usr/bin/env bash
# Data on the network, over a link of 1 Gbit/s to a store that takes 20 ms to answer: whole shards, crops, the cache, and a store
# that behaves badly. As root; needs iproute2 and the program serve_objects of the tests.
# usage: remote.sh BUILD PHOTOS   DELAY_MS=20, COPIES=40: times each photograph is in the data
set -euo pipefail
build=$(realpath "$1") photos=$(realpath "$2")
here=$(dirname "$(realpath "$0")")
doppel=$build/apps/doppel delay=${DELAY_MS:-20} copies=${COPIES:-40}
work=${TMPDIR:-/var/tmp}/doppel-remote-$$
mkdir -p "$work/store/b" "$work/photos"
trap 'rm -rf "$work"' EXIT
for photo in "$photos"/*.jpg; do
  for ((k = 0; k < copies; ++k)); do cp "$photo" "$work/photos/$k-$(basename "$photo")"; done
done
"$doppel" pack "$work/photos" --out "$work/store/b/tiles" >/dev/null
"$doppel" pack "$work/photos" --images raw --out "$work/store/b/raw" >/dev/null
printf -- '- RandomResizedCrop: {size: 224}\n' >"$work/crop.yaml"

# The client's part, in its own host.
cat >"$work/client.sh" <<'CLIENT'
set -euo pipefail
doppel=$1 work=$2 port=$3
export AWS_ENDPOINT_URL=http://10.77.0.1:$port DOPPEL_CACHE=none
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_PROFILE
sleep 1
load() { "$doppel" bench load "$@" --epochs "${EPOCHS:-1}" --batch 16 --prefetch 6 --no-hash 2>"$work/err"; }
rate() { sed -n 's/^epoch [0-9]* *\([0-9]*\) images.*/\1/p' | tail -n 1; }
travelled() { sed -n 's/^network: \([0-9.]*\) MB.*/\1/p' "$work/err"; }
size_of() { stat -c %s "$work/store/b/$1"/*.tar | awk '{sum += $1} END {print sum / 1e6}'; }
images=$(ls "$work/photos" | wc -l)

raw=$(load s3://b/raw --recipe none --type u8 | rate)
awk -v r="$raw" -v mb="$(size_of raw)" -v n="$images" 'BEGIN {printf "whole shards: %.1f MB/s, %.2f of the link (125 MB/s)\n", r * mb / n, r * mb / n / 125}'
load s3://b/tiles --recipe "$work/crop.yaml" >/dev/null
awk -v got="$(travelled)" -v all="$(size_of tiles)" 'BEGIN {printf "RandomResizedCrop: %.1f of %.1f MB travelled, %.2f\n", got, all, got / all}'
near=$(EPOCHS=3 load "$work/store/b/tiles" --recipe "$work/crop.yaml" | rate)
load s3://b/tiles --recipe none --cache "$work/cache" >/dev/null
far=$(EPOCHS=3 load s3://b/tiles --recipe "$work/crop.yaml" --cache "$work/cache" | rate)
awk -v far="$far" -v near="$near" 'BEGIN {printf "from the cache: %d images/s, %.2f of %d from the disk\n", far, far / near, near}'
touch "$work/done"
CLIENT
cat >"$work/host.sh" <<'HOST'
work=$1 rank=$2 build=$3 delay=$4
if [ "$rank" = 1 ]; then bash "$work/client.sh" "$build/apps/doppel" "$work" 9000 || touch "$work/done"; exit; fi
"$build/tests/serve_objects" "$work/store" port=9000 host=10.77.0.1 delay="$delay" >/dev/null &
server=$!
while [ ! -e "$work/done" ]; do sleep 0.2; done
kill "$server"
HOST
"$here/hosts.sh" 2 bash "$work/host.sh" "$work" '{rank}' "$build" "$delay"

# Here, a store that fails 5 % of requests, stalls and cuts off.
"$build/tests/serve_objects" "$work/store" fails=0.05 stalls=0.01 truncates=0.05 >"$work/port" &
server=$!
sleep 1
hash() { "$doppel" bench load "$1" --recipe standard --epochs 1 --cache none 2>/dev/null | grep -o 'hash .*'; }
[ "$(AWS_ENDPOINT_URL=http://127.0.0.1:$(cat "$work/port") hash s3://b/tiles)" = "$(hash "$work/store/b/tiles")" ] &&
  echo "a store that fails, stalls and cuts off: the same digest" || echo "a store that fails: ANOTHER DIGEST"
kill "$server"
