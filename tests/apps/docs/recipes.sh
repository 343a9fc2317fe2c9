#!/usr/bin/env bash
# Every recipe in README.md and docs/ can be drawn as it stands.
# usage: recipes.sh DOPPEL SOURCE
source "$(dirname "$0")/../program.sh"

# Blocks of YAML.
awk '/^```yaml$/{n++; file=sprintf("%02d.yaml", n); next} /^```/{file=""} file{print > file}' "$source/README.md" "$source"/docs/*.md
[ "$(ls ./*.yaml | wc -l)" -ge 5 ]
# Labels in the examples are of other data: their names are checked against classes, so give it those classes.
mkdir -p data/left data/right
cp "$source/dataset/sample/photos/chelsea.jpg" data/left/1.jpg
cp "$source/dataset/sample/photos/coffee.jpg" data/right/2.jpg
for recipe in ./*.yaml; do
  input=data
  grep -qE 'labels: \[[0-9]' "$recipe" && input=sample:digits
  expect 0 "tiles" preview "$input" --recipe "$recipe" --count 3 --out sheet.png
  [ "$failures" -eq 0 ] || { cat "$recipe"; exit 1; }
done
