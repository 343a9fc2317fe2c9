#!/usr/bin/env bash
# Builds the examples for other frameworks against an installed doppel and runs them, where the framework is installed.
# usage: examples_test.sh BUILD SOURCE
set -euo pipefail
build=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/prefix" >/dev/null
export DOPPEL_SAMPLE="$work/prefix/share/doppel/sample"
ran=0
# example NAME PROBE: PROBE finds the framework.
example() {
  if ! eval "$2"; then echo "without $1: its framework isn't installed"; return; fi
  cmake -S "$source/examples/$1" -B "$work/$1" -G Ninja -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_BUILD_TYPE=Release >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  cmake --build "$work/$1" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
  "$work/$1/$1" >"$work/out"
  cat "$work/out"
  ran=$((ran + 1))
}
example stream_to_torch 'ls /usr/lib/*/cmake/Torch/TorchConfig.cmake >/dev/null 2>&1'
if [ -f "$work/out" ]; then awk '/test accuracy/ && $(NF - 1) > 70 {good = 1} END {exit !good}' "$work/out"; rm "$work/out"; fi
example stream_to_opencv '[ -f /usr/include/opencv4/opencv2/dnn.hpp ]'
if [ -f "$work/out" ]; then [ "$(grep -c 'red 0\.[0-9]*, green 0\.[0-9]*, blue 0\.' "$work/out")" -eq 5 ]; fi
if [ "$ran" -eq 0 ]; then echo "skipped: neither LibTorch nor OpenCV's dnn is installed"; exit 77; fi
