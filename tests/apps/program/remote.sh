#!/usr/bin/env bash
# Data on the network is as data on the disk: from a store that signs, fails, stalls and cuts off, and from web servers.
source "$(dirname "$0")/../program.sh"

serve=$(dirname "$doppel")/../tests/serve_objects
if [ ! -e "$(dirname "$doppel")/../libdoppel_http.so" ]; then
  expect 1 "libcurl4-openssl-dev" inspect s3://b/x
  exit
fi
mkdir -p store/b home
export HOME=$PWD/home DOPPEL_CACHE=none AWS_ACCESS_KEY_ID=AK AWS_SECRET_ACCESS_KEY=SK
unset AWS_SESSION_TOKEN AWS_PROFILE AWS_REGION AWS_ENDPOINT_URL_S3 AWS_CA_BUNDLE http_proxy https_proxy HTTPS_PROXY ALL_PROXY
server=
finish() {  # as end(), with the exit code that is there now
  local code=$?
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  (exit "$code")
  end
}
trap finish EXIT
start() {  # OPTIONS of serve_objects…
  [ -z "$server" ] || { kill "$server"; wait "$server" 2>/dev/null || true; }
  : >port
  "$serve" store "$@" >port 2>server.log &
  server=$!
  for _ in $(seq 200); do
    [ ! -s port ] || break
    sleep 0.05
  done
  AWS_ENDPOINT_URL=http://127.0.0.1:$(cat port)
  export AWS_ENDPOINT_URL
}
digest() {  # DATA OPTIONS…: of an epoch
  "$doppel" bench load "$@" --recipe standard --epochs 1 2>err | grep -o 'hash [0-9a-f]*' || { cat err >&2; return 1; }
}

# A pack is written to the store as to the disk, and goes on where it was stopped.
start key=AK secret=SK
quietly pack sample:digits --shard 300 --out s3://b/pack
quietly pack sample:digits --shard 300 --out local
for shard in local/train/*.tar local/test/*.tar; do
  cmp "$shard" "store/b/pack/${shard#local/}" || fail "$shard is another one in the store"
done
rm store/b/pack/train/00001.tar
touch -d '2001-01-01' store/b/pack/train/00000.tar
quietly pack sample:digits --shard 300 --out s3://b/pack
cmp local/train/00001.tar store/b/pack/train/00001.tar || fail "a missing shard wasn't written again"
[ "$(date -r store/b/pack/train/00000.tar +%Y)" = 2001 ] || fail "a shard that was there was written again"
expect 2 "lie in each other" pack s3://b/pack --out s3://b/pack/again
echo x >store/b/other
expect 2 "isn't a pack's" pack sample:photos --out s3://b
expect 2 "can't be written to" pack sample:photos --out "$AWS_ENDPOINT_URL/b/new"
quietly verify s3://b/pack

# An epoch of any form of the data has the digest that it has from the disk.
cp -r "$source/dataset/sample/photos" store/b/photos
(cd store/b/photos && tar cf ../shard.tar --exclude='*.md' *.jpg)
(cd store/b && python3 -c 'import shutil; shutil.make_archive("photos", "zip", "photos")')
pictures=$(cd store/b/photos && ls *.jpg)
{ echo path,label; for one in $pictures; do echo "photos/$one,x"; done; } >store/b/list.csv
for data in pack photos photos.zip list.csv shard.tar; do
  from=store/b/$data
  [ "$(digest "$from")" = "$(digest "s3://b/$data")" ] || fail "s3://b/$data has another digest"
done
start pages=1
for data in pack photos list.csv shard.tar; do
  [ "$(digest "store/b/$data")" = "$(digest "$AWS_ENDPOINT_URL/b/$data")" ] || fail "http: $data has another digest"
done

# A server that lists nothing has packs, all of whose shards are found by name.
start
for data in pack pack/train; do
  [ "$(digest "store/b/$data")" = "$(digest "$AWS_ENDPOINT_URL/b/$data")" ] || fail "an unlisted $data has another digest"
done
expect 0 "$("$doppel" verify store/b/pack)" verify "$AWS_ENDPOINT_URL/b/pack"
start pages=1

# A table names pictures anywhere, and one of a store none of another.
sed "s#photos/#$AWS_ENDPOINT_URL/b/photos/#; s#,x#?sig=secret,x#" store/b/list.csv | sed 's#path?sig#path#' >near.csv
[ "$(digest near.csv)" = "$(digest store/b/list.csv)" ] || fail "a table of addresses: another digest"
expect 0 "train: 5 samples" inspect near.csv
! grep -q secret out || fail "what an address is signed with is shown"
sed "s#photos/#http://127.0.0.2:1/b/photos/#" store/b/list.csv >store/b/away.csv
expect 1 "is in another store than" inspect "$AWS_ENDPOINT_URL/b/away.csv"

# So it has from a store that fails, stalls and cuts off, and from the cache.
start key=AK secret=SK fails=0.05 stalls=0.02 truncates=0.05
for cache in none cache cache; do
  [ "$(digest local/train)" = "$(digest s3://b/pack/train --cache "$cache")" ] || fail "a bad server, cache $cache: another digest"
done
grep -q 'of them again' err || grep -q '^network: ' err || fail "nothing is said of the network"

# Training learns the same, and goes on to the same weights.
small=(--net 'conv3x3(8,s2)-relu-fc' --epochs 2 --batch 32 --threads 1)
quietly train local "${small[@]}" --out near
quietly train s3://b/pack "${small[@]}" --out far --cache cache
cmp near/model.safetensors far/model.safetensors || fail "data from the network gives other weights"

# Ctrl-C is heard while nothing comes: within a second or two, not after the store's minute.
start key=AK secret=SK
"$doppel" train s3://b/pack --net 'conv3x3(4)-gap-fc' --epochs 1000 --batch 8 --out waiting >log 2>&1 &
training=$!
appears waiting/metrics.jsonl "$training"
kill -STOP "$server"
sleep 0.5
kill -INT "$training"
for _ in $(seq 50); do kill -0 "$training" 2>/dev/null || break; sleep 0.1; done
if kill -0 "$training" 2>/dev/null; then fail "a wait for the network doesn't hear Ctrl-C"; kill -KILL "$training"; fi
kill -CONT "$server"
wait "$training" && fail "an interrupted run ended well" || [ $? -eq 1 ] || fail "a run that waits for the network dies of Ctrl-C: $(cat log)"
grep -q "goes on from here" log || { fail "an interrupted run says nothing"; cat log; }
! grep -q "left out" log || fail "samples are left out for Ctrl-C"

# What can't be had is said, by name.
start key=AK secret=SK
expect 1 "there is no file or folder 's3://b/nothing'" inspect s3://b/nothing
expect 1 "NoSuchBucket" inspect s3://nobucket/x
expect 1 "names no bucket" inspect s3://
expect 1 "hf://datasets/OWNER/NAME" inspect hf://models/x/y
expect 1 "a name and password in an address" inspect https://me:pw@127.0.0.1/x
AWS_SECRET_ACCESS_KEY=wrong expect 1 "SignatureDoesNotMatch; asked with the credentials of \$AWS_ACCESS_KEY_ID" inspect s3://b/pack
AWS_ACCESS_KEY_ID='' expect 1 "nobody said who is asking" inspect s3://b/pack
AWS_PROFILE=none expect 1 "there is no profile 'none'" inspect s3://b/pack
AWS_ENDPOINT_URL=http://127.0.0.1:1 expect 1 "nothing came from 127.0.0.1:1" inspect s3://b/pack
expect 2 "no number of bytes" inspect sample:photos --cache-size lots
expect 2 "--cache needs a folder, or none" inspect sample:photos --cache
if command -v openssl >/dev/null; then
  openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null
  port=$((20100 + $$ % 800))
  (cd store/b && exec openssl s_server -accept "127.0.0.1:$port" -cert ../../cert.pem -key ../../key.pem -HTTP -quiet >/dev/null 2>&1) &
  secure=$!
  sleep 1
  expect 1 "doesn't show a certificate that is trusted here" inspect "https://127.0.0.1:$port/shard.tar"
  kill "$secure"
fi

# A cache that can't be is said, and nothing is lost.
: >file
[ "$(digest local/train)" = "$(digest s3://b/pack/train --cache file)" ] || fail "a cache that can't be: another digest"
grep -q 'the cache file' err || fail "a cache that can't be isn't said"
