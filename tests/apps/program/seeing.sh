#!/usr/bin/env bash
# What transforms, inspect and preview show, and plans that are drawn, kept and replayed.
source "$(dirname "$0")/../program.sh"

expect 0 "HorizontalFlip" transforms
expect 0 "angle" transforms Rotate --json rotate.json
grep -q '"default": "\[-30, 30\]"' rotate.json
expect 2 "did you mean 'Rotate'?" transforms Rotat
expect 0 "train: 2000 samples, 10 classes" inspect sample:digits --out sheet.png --json inspect.json
expect 0 "tiles" preview sample:photos --recipe strong --count 6 --out preview.png --json plans.json
expect 0 "tiles" preview sample:photos --catalogue --side 64 --out catalogue.png
expect 0 "all in one go" preview sample:photos --recipe strong --explain
expect 0 "plans: 3 plans" preview preview.png --recipe light --count 2 --plans plans --out planned.png
expect 0 "2 tiles" preview preview.png --replay plans/plan-001.yaml --out replayed.png
expect 1 "was drawn for" preview catalogue.png --replay plans/plan-001.yaml --out x.png
expect 2 "exclude each other" preview preview.png --catalogue --replay plans/plan-001.yaml --out x.png
printf 'source: [4, 4]\nops:\n  - Nonsense: {}\n' >nonsense.yaml
expect 2 "nonsense.yaml:3: there is no op 'Nonsense'" preview preview.png --replay nonsense.yaml --out x.png
expect 0 "tiles" preview sample:photos --recipe mix --count 6 --out mixed.png
# A plan that mixes other images in is replayed with them: the same sheet.
printf -- '- Mosaic: {p: 1}\n- HorizontalFlip: {p: 1}\n' >mosaic.yaml
expect 0 "2 plans" preview sample:photos --recipe mosaic.yaml --count 1 --plans mosaic --out mosaic.png
expect 0 "2 tiles" preview sample:photos --replay mosaic/plan-001.yaml --count 1 --out again.png
cmp mosaic.png again.png || fail "a plan that mixes images in is replayed otherwise"
expect 1 "mosaic/plan-001.yaml: the plan" preview "$source/dataset/sample/photos/raccoon.jpg" --replay mosaic/plan-001.yaml --out x.png
# What a recipe wants of the whole data set is measured, of grey images beside RGB, too.
printf -- '- Normalize: {preset: dataset}\n' >measured.yaml
expect 0 "tiles" preview sample:photos sample:digits --recipe measured.yaml --count 6 --out normalized.png
expect 0 "normalize" preview sample:digits --recipe measured.yaml --explain
for image in sheet preview catalogue replayed mixed; do
  head -c 8 "$image.png" | od -An -tx1 | grep -q '89 50 4e 47' || fail "$image.png is no PNG"
done

# Views: a tile for each of every original, as a loader draws them: the first by the sample's own stream.
printf -- '- {recipe: standard, size: [32, 32]}\n- recipe:\n    - HorizontalFlip: {p: 1}\n- none\n' >views.yaml
expect 0 "12 tiles" preview sample:photos --views views.yaml --count 9 --out views.png --json views.json
grep -qF '"view 0 (32 x 32): ' views.json || fail "the first view isn't told: $(head -c 400 views.json)"
grep -qF '"view 1: flip horizontal' views.json || fail "the second view isn't told: $(head -c 400 views.json)"
expect 2 "views have recipes of their own" preview sample:photos --views views.yaml --recipe strong --out x.png
expect 2 "exclude each other" preview sample:photos --views views.yaml --catalogue --out x.png
expect 1 "views.yaml" preview sample:photos --views sheet-that-isnt-there/views.yaml --out x.png
printf -- '- {size: [0, -5]}\n' >views.yaml
expect 2 "size must be" preview sample:photos --views views.yaml --out x.png
