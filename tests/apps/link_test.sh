#!/usr/bin/env bash
# Installs into an empty prefix, builds the example against it by CMake and by pkg-config, and runs all from there.
# usage: link_test.sh BUILD SOURCE
set -euo pipefail
build=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/prefix" >/dev/null
# Nothing that is installed knows where it was built: two folders make the same packages.
if grep -rlP "(?<![\w.-])(\Q$source\E|\Q$build\E)(?![\w.-])" "$work/prefix" >"$work/paths"; then
  echo "these hold the path of the sources or of the build:" && cat "$work/paths" && exit 1
fi
cp -r "$source/examples/stream_batches" "$work/example"
cmake -S "$work/example" -B "$work/example/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$work/example/build" >/dev/null
first=$(DOPPEL_SAMPLE="$work/prefix/share/doppel/sample" "$work/example/build/stream_batches")
echo "$first"
[ "$(wc -l <<<"$first")" -eq 4 ]
grep -q 'epoch 1 step 1: 1 x 3 x 64 x 64' <<<"$first"
[ "$first" = "$(DOPPEL_SAMPLE="$work/prefix/share/doppel/sample" "$work/example/build/stream_batches")" ]
# The same by pkg-config.
pc=$(find "$work/prefix" -name doppel.pc)
PKG_CONFIG_PATH=$(dirname "$pc") sh -c "c++ '$work/example/main.cpp' -o '$work/by_pc' \$(pkg-config --static --cflags --libs doppel)"
[ "$first" = "$(DOPPEL_SAMPLE="$work/prefix/share/doppel/sample" "$work/by_pc")" ]
# The installed program finds the sample that was installed with it.
(cd / && env -u DOPPEL_SAMPLE "$work/prefix/bin/doppel" inspect sample:digits | grep -q 'train: 2000 samples')
if "$work/example/build/stream_batches" /no/such/folder 2>"$work/err"; then exit 1; fi
grep -q "there is no file or folder '/no/such/folder'" "$work/err"
# Training by the library.
cp -r "$source/examples/finetune" "$work/finetune"
cmake -S "$work/finetune" -B "$work/finetune/build" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_BUILD_TYPE=Release >/dev/null
cmake --build "$work/finetune/build" >/dev/null
export DOPPEL_SAMPLE="$work/prefix/share/doppel/sample"
"$work/prefix/bin/doppel" train sample:digits --epochs 1 --out "$work/run" >/dev/null 2>&1
"$work/finetune/build/finetune" sample:digits small28 "$work/run/model.safetensors" "$work/tuned.safetensors" >"$work/tuned"
grep -q 'all epoch 2: loss' "$work/tuned"
[ -s "$work/tuned.safetensors" ]
