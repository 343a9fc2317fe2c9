#!/usr/bin/env bash
# The server of a recipe's page: what it answers, what it refuses, and how it ends.
source "$(dirname "$0")/../program.sh"
source "$(dirname "$0")/../web.sh"

serve sample:photos --recipe strong
[ "$(wc -l <address)" -eq 1 ] || fail "more than an address is printed: $(cat address)"
gives 200 '"images":' /api/data
strong=$(hash_of)
gives 200 '"name":"HorizontalFlip"' /api/transforms
gives 200 '"unit":"degrees"' /api/transforms
gives 200 '"index":0' '/api/images?count=3'
posts 200 '"hash"' /api/recipe '{"yaml":"- Rotate: {angle: [-20, 20]}"}'
first=$(hash_of)
posts 200 '"hash"' /api/recipe '{"tree":{"transforms":[{"Rotate":{"angle":[-20,20]}}]}}'
[ "$(hash_of)" = "$first" ] || fail "a tree is another recipe than its YAML"
posts 422 '"word":"Rotate"' /api/recipe '{"yaml":"- HorizontalFlip\n- Rotat: {angle: [-20, 20]}"}'
grep -qF '"line":2' body || fail "the line isn't said: $(cat body)"
posts 422 'must be a JSON object' /api/recipe 'no JSON'
posts 422 'nested too deep' /api/recipe "$(printf '{"tree":%s' "$(printf '[%.0s' {1..5000})")"
posts 422 "there is no op 'Flap'" /api/recipe '{"plan":"source: [9, 9]\nops:\n  - Flap: {}\n"}'
grep -qF '"line":3' body || fail "the line of a plan isn't said: $(cat body)"
posts 200 '"source":[9,9]' /api/recipe '{"plan":"{\"source\": [9, 9], \"ops\": []}"}'
plan=$(hash_of)
gives 422 'drawn for an image of 9x9' "/api/tile/$plan/1/0/0"
posts 422 'that is a plan' /api/save "{\"hash\":\"$plan\",\"version\":\"\"}"
gives 200 JFIF /api/example/Rotate/0
gives 422 "no transform 'Rotat'" /api/example/Rotat/0
gives 422 'there is no image 999' /api/example/Rotate/999
gives 422 'training must be from 0 to 100' "/api/tile/$strong/1/0/0?training=101"
gives 422 'no recipe was named' /api/file
posts 422 'no recipe was named' /api/save "{\"hash\":\"$first\",\"version\":\"\"}"
posts 422 'and version, of the file' /api/save "{\"hash\":\"$first\"}"
gives 200 '"words":' "/api/plan/$strong/1/0/0?explain=1"
grep -qF '"microseconds"' body || fail "nothing is said of costs"
gives 200 '"draws":50' "/api/drawn/$strong/1/0/0?count=50"
gives 422 'count must be from 1 to 1000' "/api/drawn/$strong/1/0/0?count=5000"
posts 200 '"hash"' /api/recipe '{"yaml":"- Normalize: {preset: dataset}"}'
gives 200 PNG "/api/tile/$(hash_of)/1/0/0"
gives 422 'there is no image 99999' "/api/tile/$strong/1/0/99999"
gives 422 'there is no recipe' "/api/tile/0123456789abcdef/1/0/0"
gives 422 "not 'gif'" "/api/tile/$strong/1/0/0?format=gif"
gives 422 'size must be from 16 to 2048' "/api/tile/$strong/1/0/0?size=5000"
gives 200 JFIF "/api/tile/$strong/1/0/0?format=jpeg&draft=1"
# Several by one answer are the same bytes, and an error among them is told in its place.
gives 200 PNG "/api/tile/$strong/1/3/1" && mv body one
gives 200 'there is no image 99999' "/api/tiles/$strong/1?of=3.1,0.99999,3.1"
printf '\0' >wanted
size=$(wc -c <one)
for shift in 0 8 16 24; do printf "\\x$(printf %02x $((size >> shift & 255)))" >>wanted; done
cat one >>wanted
cmp -n "$(wc -c <wanted)" wanted body || fail "the first of several tiles differs"
tail -c "$size" body | cmp - one || fail "the last of several tiles differs"
gives 422 'at most 96 tiles' "/api/tiles/$strong/1?of=$(printf '0.0,%.0s' {1..97})"
gives 422 'the index must be a whole number' "/api/tiles/$strong/1?of=3"

# Tiles are those of `doppel preview`, bit for bit: a preset's, and each transform of the catalogue's.
posts 200 '"hash"' /api/recipe '{"preset":"strong"}'
[ "$(hash_of)" = "$strong" ] || fail "a preset has another hash than the same one at the start"
cat >compare.py <<'PYTHON'
import io, json, sys, urllib.request
from PIL import Image
base, token, sheet, columns, side, seed, recipes = *sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6], sys.argv[7]
sheet = Image.open(sheet).convert("RGB")
gap = 12
def ask(path, body=None):
    headers = {"X-Doppel-Token": token, "Content-Type": "application/json"}
    return urllib.request.urlopen(urllib.request.Request(base + path, body and json.dumps(body).encode(), headers)).read()
def tile(recipe, index, epoch=0):
    return Image.open(io.BytesIO(ask(f"/api/tile/{recipe}/{seed}/{epoch}/{index}?size={side}"))).convert("RGB")
def place(image, column, top):  # where a sheet has a tile
    left = gap + column * (side + gap) + (side - image.width) // 2
    return sheet.crop((left, top, left + image.width, top + image.height)).tobytes() == image.tobytes()
none = json.loads(ask("/api/recipe", {"preset": "none"}))["hash"]
count = json.loads(ask("/api/data"))["images"]
index = next(i for i in range(count) if place(tile(none, i), 0, gap))
if recipes == "catalogue":
    recipes = [[{one["name"]: {"p": 1}}] for one in json.loads(ask("/api/transforms")) if one["family"] != "structure"]
    hashes = [json.loads(ask("/api/recipe", {"tree": one}))["hash"] for one in recipes]
else:
    hashes = [json.loads(ask("/api/recipe", {"preset": recipes}))["hash"]] * 2  # two epochs
missing, top = [], gap
tiles = [tile(none, index)] + [tile(one, index, 0 if len(hashes) > 2 else epoch) for epoch, one in enumerate(hashes)]
for row in range(0, len(tiles), columns):
    for column, image in enumerate(tiles[row:row + columns]):
        # A row's top: where the first of its tiles is found, below the captions of the row before.
        if column == 0:
            top = next((y for y in range(top, sheet.height - image.height + 1) if place(image, 0, y)), top)
        if not place(image, column, top): missing.append(row + column)
    top += 1
sys.exit(f"{recipes if isinstance(recipes, str) else 'catalogue'}: tiles {missing} of {len(tiles)} aren't the sheet's" if missing else 0)
PYTHON
python=$(for one in /usr/bin/python3 python3; do "$one" -c 'import PIL' 2>/dev/null && echo "$one" && break; done || true)
if [ -n "$python" ]; then
  for seed in 1 18446744073709551615; do
    quietly preview sample:photos --recipe strong --count 2 --seed "$seed" --side 192 --out sheet.png
    "$python" compare.py "$base" "$token" sheet.png 3 192 "$seed" strong || fail "tiles of seed $seed are others than preview's"
  done
  quietly preview sample:photos --catalogue --seed 3 --side 96 --out catalogue.png
  "$python" compare.py "$base" "$token" catalogue.png 6 96 3 catalogue || fail "the catalogue's tiles are others than preview's"
fi

# Objects of each class are counted without a pixel, of a pack and of shards as of what they were made of.
cat >coco.py <<'PYTHON'
import json, struct
for i in range(3):
    open(f"{i}.ppm", "wb").write(b"P6\n32 24\n255\n" + bytes([40 * i, 90, 200]) * 768)
boxes = [(1, "cat"), (1, "cat"), (1, "dog"), (2, "dog")]
json.dump({"images": [{"id": i + 1, "file_name": f"{i}.ppm", "width": 32, "height": 24} for i in range(3)],
           "annotations": [{"id": k + 1, "image_id": i, "category_id": {"cat": 1, "dog": 2}[name], "bbox": [2, 2, 9, 9], "area": 81, "iscrowd": 0} for k, (i, name) in enumerate(boxes)],
           "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}]}, open("coco.json", "w"))
PYTHON
mkdir counted && (cd counted && python3 ../coco.py)
quietly pack counted/coco.json --out packed
quietly augment counted/coco.json --recipe none --copies 0 --out sharded --format webdataset
for data in counted/coco.json packed sharded; do
  serve "$data" --recipe none
  gives 200 '{"images":1,"name":"cat","objects":2},{"images":2,"name":"dog","objects":2}' /api/classes
done
serve sample:photos --recipe strong

# Plans that mix other images in are replayed from the same data: picture, targets and shares of labels.
cat >replay.py <<'PYTHON'
import json, re, sys, urllib.error, urllib.request
base, token = sys.argv[1:]
def ask(path, body=None):
    headers = {"X-Doppel-Token": token, "Content-Type": "application/json"}
    return urllib.request.urlopen(urllib.request.Request(base + path, body and json.dumps(body).encode(), headers)).read()
def told(plan, index):
    try:
        ask(f"/api/tile/{json.loads(ask('/api/recipe', {'plan': plan}))['hash']}/1/0/{index}")
    except urllib.error.HTTPError as error:
        return json.loads(error.read())["error"]
    return "nothing"
wrong = []
for mix in ["Mosaic", {"Mosaic": {"grid": [3, 3]}}, "MixUp", "CutMix", "ResizeMix", "MixUpOrCutMix", "CopyPaste"]:
    name, fields = (mix, {}) if isinstance(mix, str) else next(iter(mix.items()))
    tree = {"transforms": ["HorizontalFlip", {name: {**fields, "p": 1}}, {"RandomCrop": {"size": [64, 64]}}]}
    recipe = json.loads(ask("/api/recipe", {"tree": tree}))["hash"]
    for index in range(4):
        first = json.loads(ask(f"/api/plan/{recipe}/5/2/{index}?explain=1"))
        plan = json.loads(ask("/api/recipe", {"plan": first["explained"]["yaml"]}))["hash"]
        again = json.loads(ask(f"/api/plan/{plan}/1/0/{index}?explain=1"))
        for one in (first, again):
            one["explained"] = one["explained"]["yaml"]
            one.pop("spared")
        if first != again: wrong.append(f"{name} of {index}: {[k for k in first if first[k] != again.get(k)]}")
        if ask(f"/api/tile/{recipe}/5/2/{index}") != ask(f"/api/tile/{plan}/1/0/{index}"): wrong.append(f"{name} of {index}: other pixels")
text = first["explained"] if "sample:" in first["explained"] else json.loads(ask(f"/api/plan/{json.loads(ask('/api/recipe', {'yaml': '- MixUp: {p: 1}'}))['hash']}/5/2/0?explain=1"))["explained"]["yaml"]
index = 0 if text is not first["explained"] else 3
for sample, want in [("999999", "the plan mixes image 999999 of its data set in; here there are"), ("-1", "doesn't say which")]:
    said = told(re.sub(r"sample: \d+", "sample: " + sample, text), index)
    if want not in said: wrong.append(f"sample {sample}: {said}")
said = told(re.sub(r"(plan:\s*\[\s*\{\s*source:\s*)\[\d+,\s*\d+\]", r"\1[7, 9]", text), index)
if "as an image of 7x9 (height x width), which is" not in said: wrong.append(said)
sys.exit("\n".join(wrong) or 0)
PYTHON
python3 replay.py "$base" "$token" || fail "plans that mix aren't replayed"

# What a page that isn't ours may try, each with its code.
refused 401 "$base/api/data"
refused 401 -H "X-Doppel-Token: ${token%?}x" "$base/api/data"
refused 401 -H "X-Doppel-Token;" "$base/api/data"
refused 401 "$base/api/nothing"
refused 421 -H 'Host: rebound.example' -H "X-Doppel-Token: $token" "$base/api/data"
refused 421 -H "Host: 127.0.0.1" -H "X-Doppel-Token: $token" "$base/api/data"
refused 421 -H "Host: 127.0.0.1:$((port + 1))" "$base/"
refused 200 -H "Host: localhost:$port" -H "X-Doppel-Token: $token" "$base/api/data"
refused 403 -H 'Origin: http://example.com' -H "X-Doppel-Token: $token" "$base/api/data"
refused 403 -H 'Origin: null' -H "X-Doppel-Token: $token" "$base/api/data"
refused 403 -H 'Sec-Fetch-Site: cross-site' "$base/"
refused 403 -H 'Sec-Fetch-Site: same-site' -H "X-Doppel-Token: $token" "$base/api/data"
refused 200 -H "Origin: $base" -H 'Sec-Fetch-Site: same-origin' -H "X-Doppel-Token: $token" "$base/api/data"
gives 415 'application/json' /api/recipe -H 'Content-Type: text/plain' --data '{}'
gives 415 'application/json' /api/recipe --data 'yaml=x'
gives 405 'GET and POST' /api/data -X DELETE
gives 405 'by POST' /api/recipe
gives 405 'by GET' /api/data -H 'Content-Type: application/json' --data '{}'
gives 404 'nothing of that name' '/api/../../../../etc/passwd' --path-as-is
gives 404 'nothing of that name' '/page/..%2f..%2fetc%2fpasswd' --path-as-is
head -c 1100000 /dev/zero | tr '\0' ' ' >large
gives 413 '1 MB' /api/recipe -H 'Content-Type: application/json' --data-binary @large
gives 413 '1 MB' /api/recipe -H 'Content-Type: application/json' -H 'Transfer-Encoding: chunked' --data-binary @large
gives 431 '8 KB' /api/data -H "X-Long: $(printf 'x%.0s' {1..9000})"
curl -s -D headers -o body "$base/" -H "X-Doppel-Token: $token"
for header in "Content-Security-Policy: default-src 'self'; frame-ancestors 'none'" 'X-Content-Type-Options: nosniff' \
  'Cross-Origin-Resource-Policy: same-origin' 'Cache-Control: no-store' 'Referrer-Policy: no-referrer'; do
  grep -qF "$header" headers || fail "no header $header: $(cat headers)"
done
! grep -qi '^access-control' headers || fail "another origin is let in"
printf 'nonsense\r\n\r\n' >/dev/tcp/127.0.0.1/"$port" || true

# A body of 200 MB is read no further than it may be, and takes no memory.
memory() { awk '/^VmRSS/ {print $2}' "/proc/$server/status"; }
before=$(memory)
head -c 200000000 /dev/zero | curl -s -o body -T - -X POST -H "X-Doppel-Token: $token" -H 'Content-Type: application/json' -H 'Expect:' "$base/api/recipe" || true
gives 200 '"images":' /api/data
[ $(($(memory) - before)) -lt 30000 ] || fail "a large body took $(($(memory) - before)) KB"

# Who connects and says nothing keeps nobody out: more than there is room for.
silent=()
for _ in {1..150}; do exec {one}<>/dev/tcp/127.0.0.1/"$port" && silent+=("$one"); done
gives 200 '"images":' /api/data --max-time 5
for one in "${silent[@]}"; do exec {one}>&-; done
gives 200 '"images":' /api/data

# A port that is taken; an end that is clean.
expect 1 "port $port is taken" serve sample:photos --port "$port"
kill -INT "$server"
code=0
wait "$server" || code=$?
[ "$code" -eq 0 ] || fail "Ctrl-C ends it with code $code"
server=

# `doppel preview --open` is the same.
rm -f address
"$doppel" preview sample:photos --open >address &
server=$!
appears address "$server"
grep -q '^http://127.0.0.1:[0-9]*/#' address || fail "preview --open prints no address"
stop

# A recipe's file is written when that is asked for, and nothing else is.
mkdir elsewhere && cd elsewhere
printf -- '- HorizontalFlip\n' >../mine.yaml
serve sample:digits --recipe ../mine.yaml
gives 200 '"version":' /api/data
version=$(version_of_file)
posts 200 '"hash"' /api/recipe '{"yaml":"- VerticalFlip"}'
posts 200 'mine.yaml' /api/save "{\"hash\":\"$(hash_of)\",\"version\":\"$version\"}"
version=$(version_of_file)
grep -q VerticalFlip ../mine.yaml || fail "the recipe wasn't written"
# Somebody else's change isn't lost without a word.
printf -- '- Transpose\n' >../mine.yaml
flip=$(posts 200 '"hash"' /api/recipe '{"yaml":"- VerticalFlip"}'; hash_of)
posts 422 'was changed meanwhile; save once more' /api/save "{\"hash\":\"$flip\",\"version\":\"$version\"}"
told=$(version_of_file)
grep -q Transpose ../mine.yaml || fail "it was written all the same"
posts 200 'mine.yaml' /api/save "{\"hash\":\"$flip\",\"version\":\"$told\"}"
# What can't be read isn't written over unasked, by a page that never saw it.
printf -- '- Transpos' >../mine.yaml
gives 200 '"version":"unread"' /api/data
posts 422 'was changed meanwhile' /api/save "{\"hash\":\"$flip\",\"version\":\"unread\"}"
told=$(version_of_file)
rm ../mine.yaml
gives 422 'mine.yaml is gone; save writes it anew' /api/file
posts 422 'was changed meanwhile' /api/save "{\"hash\":\"$flip\",\"version\":\"$told\"}"
posts 200 'mine.yaml' /api/save "{\"hash\":\"$flip\",\"version\":\"$(version_of_file)\"}"
posts 422 "there is no preset 'lihgt'; did you mean 'light'?" /api/recipe '{"preset":"lihgt"}'
grep -q VerticalFlip ../mine.yaml || fail "the second save wasn't written"
gives 200 '"all":' '/api/images?class=7'
gives 422 "no image of a class 'cat'" '/api/images?class=cat'
posts 422 'cat' /api/recipe '{"yaml":"- HorizontalFlip: {only_labels: [cat]}"}'
stop
rm -f address said body out
[ -z "$(ls)" ] || fail "something was written: $(ls)"
cd ..

# Data that is empty, and data of which some can't be read.
mkdir empty
expect 1 "empty" preview empty --open
expect 2 "no recipe 'strang'" serve sample:photos --recipe strang
mkdir -p partly/a partly/b
cp "$source"/dataset/sample/photos/*.jpg partly/a 2>/dev/null || quietly preview sample:photos --out partly/a/x.png
printf 'not an image' >partly/b/broken.jpg
head -c 3000 "$(ls partly/a/* | head -n 1)" >"partly/b/cut.$(ls partly/a/* | head -n 1 | sed 's/.*\.//')"
serve partly --recipe light
gives 200 '"index"' '/api/images?class=b'
light=$(get /api/data >/dev/null; hash_of)
index=$(get '/api/images?class=b' >/dev/null; sed -n 's/.*"index":\([0-9]*\).*broken.*/\1/p' body)
gives 422 'broken.jpg' "/api/tile/$light/1/0/${index:-0}"
gives 200 PNG "/api/tile/$light/1/0/0"

# Every image, read once, in the background: what is broken, and what comes twice.
cp "$(ls -d "$PWD"/partly/a/* | head -n 1)" partly/b/
serve partly
for _ in {1..100}; do
  gives 200 '"done":' /api/inspection
  ! grep -qF '"found":' body || break
  sleep 0.1
done
grep -qF '"broken":{"count":2,' body || fail "what is broken isn't found: $(head -c 600 body)"
grep -qF '"duplicates":{"count":1,"exact":1,"conflicts":1,' body || fail "the same image twice isn't found"
gives 200 PNG '/api/inspection/picture/0/0?size=64'
gives 422 'there is no image 9999 of part 0' /api/inspection/picture/0/9999
gives 422 'of part 7' /api/inspection/picture/7/0
refused 401 "$base/api/inspection"
