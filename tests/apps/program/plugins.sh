#!/usr/bin/env bash
# Operations of one's own, from a library that was built as an outsider does it.
source "$(dirname "$0")/../program.sh"

printf -- '- Custom: {op: vignette, arguments: [0.2], to: [0.8]}\n- Custom: {op: mirror_left}\n' >own.yaml
expect 2 "own.yaml:1: Custom: no operation 'vignette' is registered" preview "$source/dataset/sample/photos/coffee.jpg" --recipe own.yaml --out x.png
quietly --plugin "$DOPPEL_PLUGIN" preview "$source/dataset/sample/photos/coffee.jpg" --recipe own.yaml --out a.png --plans plans
quietly preview "$source/dataset/sample/photos/coffee.jpg" --recipe own.yaml --out b.png --plugin="$DOPPEL_PLUGIN"
cmp a.png b.png
grep -q 'function: vignette' plans/* || fail "plans don't name the operation"
plan=(plans/*.yaml)
expect 1 "no operation 'vignette' is registered" preview "$source/dataset/sample/photos/coffee.jpg" --replay "${plan[1]}" --out x.png
mkfifo pipe.so
expect 2 "can't load the plug-in pipe.so: it isn't a file" --plugin pipe.so transforms
# A run tells which there were; a file loads no code by itself.
short=(--net fc --size 8 --epochs 1)
quietly train sample:digits --plugin "$DOPPEL_PLUGIN" --recipe own.yaml "${short[@]}" --out run
grep -qF "plugins: [\"$DOPPEL_PLUGIN\"]" run/run.yaml || fail "run.yaml doesn't name the plug-in: $(cat run/run.yaml)"
expect 2 "run/run.yaml: was made with --plugin $DOPPEL_PLUGIN, which a file doesn't load by itself" train --config run/run.yaml --out again
quietly train --plugin "$DOPPEL_PLUGIN" --config run/run.yaml --out again
cmp run/model.safetensors again/model.safetensors
! grep -q "by itself" out || fail "a plug-in that is loaded is asked for"

expect 2 "can't load the plug-in none.so" --plugin none.so preview "$source/dataset/sample/photos/coffee.jpg" --out x.png
echo text >text.so
expect 2 "can't load the plug-in text.so" --plugin text.so preview "$source/dataset/sample/photos/coffee.jpg" --out x.png
expect 2 "--plugin needs a file" preview "$source/dataset/sample/photos/coffee.jpg" --plugin
