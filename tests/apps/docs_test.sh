#!/usr/bin/env bash
# Every doppel command and every recipe in README.md and docs/ runs as it stands.
# usage: docs_test.sh DOPPEL SOURCE
set -euo pipefail
doppel=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p build/apps
ln -s "$doppel" build/apps/doppel
ln -s "$source/nn" nn

# Commands: indented lines that begin with build/apps/doppel, a backslash at the end going on in the next.
commands=$(cat "$source/README.md" "$source"/docs/*.md | sed -e ':a' -e '/\\$/N; s/\\\n//; ta' | sed -n 's/^    \(build\/apps\/doppel .*\)/\1/p')
[ "$(wc -l <<<"$commands")" -ge 6 ]
while IFS= read -r command; do
  echo "$ $command"
  bash -c "$command" >log 2>&1 </dev/null || { cat log; exit 1; }
done <<<"$commands"

# The networks that come along know what they were trained on.
"$doppel" eval nn/models/mnist.safetensors sample:digits | grep -qE 'accuracy (99|100)'
"$doppel" export nn/models/fashion_mnist.safetensors fashion.onnx >/dev/null

# Recipes: blocks of YAML.
awk '/^```yaml$/{n++; file=sprintf("%02d.yaml", n); next} /^```/{file=""} file{print > file}' "$source/README.md" "$source"/docs/*.md
[ "$(ls ./*.yaml | wc -l)" -ge 5 ]
for recipe in ./*.yaml; do
  # Labels in the examples are of other data: their names are checked against classes, so give it those classes.
  mkdir -p data/left data/right
  cp "$source/dataset/sample/photos/chelsea.jpg" data/left/1.jpg
  cp "$source/dataset/sample/photos/coffee.jpg" data/right/2.jpg
  input=data
  grep -qE 'labels: \[[0-9]' "$recipe" && input=sample:digits
  "$doppel" preview "$input" --recipe "$recipe" --count 3 --out sheet.png >log 2>&1 || { cat log "$recipe"; exit 1; }
done

# The gallery is of this catalogue. Strengths are measured: they may differ by a level between processors.
"$doppel" gallery --out gallery >/dev/null
plain() { sed 's/ \*Strength [0-9]*\.\*//' "$1"; }
diff <(plain gallery/transforms.md) <(plain "$source/docs/transforms.md") || { echo "docs/transforms.md is not up to date: run ./dev docs"; exit 1; }
for picture in gallery/gallery/*.jpg; do [ -s "$source/docs/gallery/$(basename "$picture")" ]; done
