#!/usr/bin/env bash
# Builds every fuzzer into $OUT, with its seeds and the libraries that it needs, by the compiler, flags and engine that the environment names:
# CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE, OUT and WORK, as OSS-Fuzz sets them.
set -euo pipefail
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && git rev-parse --show-toplevel 2>/dev/null || echo "$SRC/doppel")
# The system's libraries of C++ are made for GCC's standard library.
export CXXFLAGS=${CXXFLAGS//-stdlib=libc++/}
cmake -S "$source" -B "$WORK/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -DDOPPEL_BUILD_APPS=OFF \
  -DDOPPEL_BUILD_TESTS=OFF -DDOPPEL_BUILD_FUZZERS=ON -DDOPPEL_FUZZING_ENGINE="$LIB_FUZZING_ENGINE" -DCMAKE_INSTALL_RPATH='$ORIGIN/lib' -DCMAKE_BUILD_WITH_INSTALL_RPATH=ON
ninja -C "$WORK/build"
mkdir -p "$OUT/lib"
for program in "$WORK"/build/tests/fuzz/fuzz_*; do
  [ -x "$program" ] && [ -f "$program" ] || continue
  reader=${program##*/fuzz_}
  cp "$program" "$OUT/"
  # What isn't there where the fuzzers run comes with them.
  ldd "$program" | awk '$3 ~ /^\// && $1 !~ /^(libc|libm|libgcc_s|libpthread|librt|libdl|ld-linux.*)\.so/ {print $3}' | xargs -r cp -Lnt "$OUT/lib"
  (cd "$source/tests/fuzz/seeds/$reader" && python3 -m zipfile -c "$OUT/fuzz_${reader}_seed_corpus.zip" .)
done
