#!/usr/bin/env bash
# Google Benchmark's real_time of a benchmark with ->Threads(2)->UseRealTime() means something else in 1.9 than in 1.7: there the time of one
# iteration among all threads, here that of one thread's iteration, and items_per_second likewise. A table that compares threads:2 with
# threads:1 therefore says "no gain" after an upgrade where nothing got slower; the JSON names no change.
#
# Seen with Debian 12's libbenchmark 1.7.1-1 and Debian 13's 1.9.1-1 on x86-64, for an iteration that sleeps 2 ms:
#   1.7.1: threads:2 over threads:1 is 0.5      1.9.1: it is 1
#
# Exit codes: 0 as seen, 1 otherwise, 77 where the packages can't be had. Needs root and debootstrap.
set -euo pipefail
[ "$(id -u)" -eq 0 ] && command -v debootstrap >/dev/null || { echo "needs root and debootstrap"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# seen SUITE VERSION: the ratio of both times, rounded to halves.
seen() {
  local root=$work/$1
  debootstrap --variant=minbase "$1" "$root" http://deb.debian.org/debian >/dev/null 2>&1 || { echo "no $1 to be had"; exit 77; }
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  chroot "$root" sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends g++ libbenchmark-dev=$2" \
    >/dev/null 2>&1 || { echo "libbenchmark $2 can't be had"; exit 77; }
  cat >"$root/tmp/main.cpp" <<'CPP'
#include <benchmark/benchmark.h>
#include <chrono>
#include <thread>
static void nap(benchmark::State& state) {
  for (auto _ : state) std::this_thread::sleep_for(std::chrono::milliseconds(2));
}
BENCHMARK(nap)->Threads(1)->Threads(2)->UseRealTime()->Iterations(100);
BENCHMARK_MAIN();
CPP
  chroot "$root" sh -c 'cd /tmp && g++ -O1 main.cpp -lbenchmark -lpthread -o nap && ./nap --benchmark_format=csv 2>/dev/null' |
    awk -F, -v version="${2%%-*}" '/threads:1/ {one = $3} /threads:2/ {two = $3} END {printf "%s: %.1f\n", version, int(two / one * 2 + 0.5) / 2}'
}
{ seen bookworm 1.7.1-1; seen trixie 1.9.1-1; } | tee "$work/seen"
diff "$work/seen" - <<'SEEN'
1.7.1: 0.5
1.9.1: 1.0
SEEN
