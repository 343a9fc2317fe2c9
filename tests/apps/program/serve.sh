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
posts 422 'no recipe was named' /api/save "{\"hash\":\"$first\"}"
gives 200 '"words":' "/api/plan/$strong/1/0/0?explain=1"
grep -qF '"microseconds"' body || fail "nothing is said of costs"
gives 422 'there is no image 99999' "/api/tile/$strong/1/0/99999"
gives 422 'there is no recipe' "/api/tile/0123456789abcdef/1/0/0"
gives 422 "not 'gif'" "/api/tile/$strong/1/0/0?format=gif"
gives 422 'size must be from 16 to 2048' "/api/tile/$strong/1/0/0?size=5000"
gives 200 JFIF "/api/tile/$strong/1/0/0?format=jpeg&draft=1"

# Tiles are those of `doppel preview`, bit for bit: of one variant the sheet is the original, and beside it what is made of it.
posts 200 '"hash"' /api/recipe '{"preset":"strong"}'
[ "$(hash_of)" = "$strong" ] || fail "a preset has another hash than the same one at the start"
cat >compare.py <<'PYTHON'
import sys
from PIL import Image
sheet, tile = (Image.open(name).convert("RGB") for name in sys.argv[1:3])
side, gap = int(sys.argv[3]), 12
left = gap + side + gap + (side - tile.width) // 2
assert sheet.crop((left, gap, left + tile.width, gap + tile.height)).tobytes() == tile.tobytes(), sys.argv
PYTHON
if python3 -c 'import PIL' 2>/dev/null; then
  images=$("$doppel" preview sample:photos --count 1 --recipe none --seed 1 --out x.png --plans plans >/dev/null; get '/api/images?count=1' >/dev/null; sed -n 's/.*"all":\([0-9]*\).*/\1/p' body)
  for seed in 1 7 18446744073709551615; do
    for side in 96 192; do
      quietly preview sample:photos --recipe strong --count 1 --seed "$seed" --side "$side" --out sheet.png
      found=no
      for ((index = 0; index < images && index < 100; ++index)); do
        [ "$(get "/api/tile/$strong/$seed/0/$index?size=$side")" = 200 ] || fail "no tile $index"
        if python3 compare.py sheet.png body "$side" 2>/dev/null; then found=yes; break; fi
      done
      [ $found = yes ] || fail "no tile of seed $seed and side $side is the one of the sheet"
    done
  done
fi

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

# A recipe's file is written when that is asked for, and nothing else is.
mkdir elsewhere && cd elsewhere
printf -- '- HorizontalFlip\n' >../mine.yaml
serve sample:digits --recipe ../mine.yaml
posts 200 '"hash"' /api/recipe '{"yaml":"- VerticalFlip"}'
posts 200 'mine.yaml' /api/save "{\"hash\":\"$(hash_of)\"}"
grep -q VerticalFlip ../mine.yaml || fail "the recipe wasn't written"
gives 200 '"all":' '/api/images?class=7'
gives 422 "no image of a class 'cat'" '/api/images?class=cat'
posts 422 'cat' /api/recipe '{"yaml":"- HorizontalFlip: {only_labels: [cat]}"}'
stop
rm -f address said body out
[ -z "$(ls)" ] || fail "something was written: $(ls)"
cd ..

# Data that is empty, and data of which some can't be read.
mkdir empty
expect 1 "empty" serve empty
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
