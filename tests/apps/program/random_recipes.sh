#!/usr/bin/env bash
# A hundred recipes that nobody wrote: the page's tiles are those of `doppel preview`, bit for bit.
source "$(dirname "$0")/../program.sh"
source "$(dirname "$0")/../web.sh"
python=$(for one in /usr/bin/python3 python3; do "$one" -c 'import PIL' 2>/dev/null && echo "$one" && break; done || true)
[ -n "$python" ] || { echo "skipped: Python's PIL isn't there"; exit 0; }

cat >compare.py <<'PYTHON'
import io, json, random, subprocess, sys, urllib.error, urllib.request
from PIL import Image
doppel, base, token = sys.argv[1:]
side, gap, wanted = 64, 12, 100
rng = random.Random(27)

def ask(path, body=None):
    headers = {"X-Doppel-Token": token, "Content-Type": "application/json"}
    return urllib.request.urlopen(urllib.request.Request(base + path, body and json.dumps(body).encode(), headers)).read()
def tile(recipe, seed, index):
    return Image.open(io.BytesIO(ask(f"/api/tile/{recipe}/{seed}/0/{index}?size={side}"))).convert("RGB")
def shows(sheet, image, column):
    left = gap + column * (side + gap) + (side - image.width) // 2
    return sheet.crop((left, gap, left + image.width, gap + image.height)).tobytes() == image.tobytes()

catalogue = json.loads(ask("/api/transforms"))
plain = [one for one in catalogue if one["family"] != "structure"]
nodes = [one for one in catalogue if one["family"] == "structure"]

def number(field, usual):
    """Near what is usual, within the bounds."""
    reach = abs(usual) or 0.5
    low, high = max(field.get("low", -1e9), usual - reach), min(field.get("high", 1e9), usual + reach)
    return rng.uniform(low, high)
def value(field):
    kind, usual = field["kind"], field["value"]
    if kind == "bool": return rng.random() < 0.5
    if kind == "choice": return rng.choice(field["words"])
    if kind == "fill": return rng.choice(field["words"] + [[round(rng.random(), 3) for _ in range(3)]])
    if kind == "number": return number(field, usual)
    if kind == "whole": return round(number(field, usual))
    if kind == "range": return sorted(number(field, v) for v in usual)
    if kind == "whole range": return sorted(round(number(field, v)) for v in usual)
    return usual
def transform(depth):
    if depth < 2 and rng.random() < 0.3:
        one = rng.choice(nodes)
        fields = {f["name"]: [transform(depth + 1) for _ in range(rng.randint(1, 3))]
                  for f in one["fields"] if f["kind"] == "transforms"}
        return {one["name"]: {**fields, "p": 1}} if any(f["name"] == "p" for f in one["fields"]) else {one["name"]: fields}
    one = rng.choice(plain)
    return {one["name"]: {f["name"]: value(f) if f["name"] != "p" else 0.9 for f in one["fields"] if rng.random() < 0.6 or f["name"] == "p"}}

none = json.loads(ask("/api/recipe", {"preset": "none"}))["hash"]
count = json.loads(ask("/api/data"))["images"]
compared, tried, changed, wrong, index_of = 0, 0, 0, [], {}
while compared < wanted and tried < 4 * wanted:
    tried += 1
    recipe = [transform(0) for _ in range(rng.randint(1, 4))]
    seed = rng.choice([3, 27, 2**63 + 5])
    try:
        booked = json.loads(ask("/api/recipe", {"tree": {"transforms": recipe}}))
        if seed in index_of: image = tile(booked["hash"], seed, index_of[seed])
    except urllib.error.HTTPError as error:  # fields that don't go together
        if error.code != 422: sys.exit(f"{recipe}: {error.code} {error.read()}")
        continue
    with open("random.yaml", "w") as file: file.write(booked["yaml"])
    ran = subprocess.run([doppel, "preview", "sample:photos", "--recipe", "random.yaml", "--count", "1", "--side", str(side), "--seed", str(seed), "--out", "sheet.png"],
                         capture_output=True, text=True)
    if seed not in index_of and ran.returncode: continue
    if ran.returncode: sys.exit(f"the page draws what preview doesn't: {booked['yaml']}\n{ran.stderr}")
    sheet = Image.open("sheet.png").convert("RGB")
    if seed not in index_of:
        index_of[seed] = next(i for i in range(count) if shows(sheet, tile(none, seed, i), 0))
        image = tile(booked["hash"], seed, index_of[seed])
    compared += 1
    changed += image.tobytes() != tile(none, seed, index_of[seed]).tobytes()
    if not shows(sheet, image, 1): wrong.append(booked["yaml"])
if compared < wanted: sys.exit(f"only {compared} of {tried} random recipes can be drawn")
if changed < wanted // 2: sys.exit(f"only {changed} of {compared} random recipes change anything")
if wrong: sys.exit(f"{len(wrong)} of {compared} tiles are others than preview's, the first by\n{wrong[0]}")
PYTHON
serve sample:photos
"$python" compare.py "$doppel" "$base" "$token" || fail "the page's tiles are others than preview's"
