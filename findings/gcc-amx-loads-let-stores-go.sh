#!/usr/bin/env bash
# GCC's functions for AMX's tiles are assembly that doesn't say what memory it reads: _tile_loadd names an address and a stride, not the 16 lines
# behind them, and _tile_loadconfig the first 8 of the 64 bytes. So with -O2 a store to what a tile is about to load is gone where the same place is
# written again behind it, and the tile gets what was there before; of a configuration that is filled in just before, bytes from the ninth on may be
# left out. _tile_stored is right. Clang 14 keeps all stores. The header has the same lines in Debian 13's GCC 14.2.0-19.
# Who uses tiles with GCC writes the loads as assembly with a "memory" clobber, or puts such a barrier before each.
#
# Seen with Debian 12's g++-12 12.2.0-14+deb12u1, -O2: in `load` no store of 7 is left, in `store` (the same by assembly with the clobber) it is;
# in `configure` no store of the rows, 16, is left.
#
# Exit codes: 0 as seen, 1 otherwise, 77 where the package can't be had. Needs apt, dpkg, libc6-dev and x86-64.
set -euo pipefail
[ "$(uname -m)" = x86_64 ] && command -v apt-get >/dev/null || { echo "needs apt on x86-64"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
chmod 755 .
version=12.2.0-14+deb12u1
apt-get download -qq "g++-12=$version" "gcc-12=$version" "cpp-12=$version" "libgcc-12-dev=$version" libisl23 libmpc3 libmpfr6 libgmp10 \
  >/dev/null 2>&1 || { echo "g++-12 $version can't be had"; exit 77; }
for package in *.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu
gcc=$work/root/usr/bin/x86_64-linux-gnu-g++-12
cat >tiles.cpp <<'CPP'
#include <immintrin.h>

extern "C" void load(short* values) {
  values[0] = 7;
  _tile_loadd(0, values, 64);
  values[0] = 8;
}

extern "C" void store(short* values) {
  values[0] = 7;
  asm volatile("tileloadd (%0,%1,1), %%tmm0" ::"r"(values), "r"(64L) : "memory");
  values[0] = 8;
}

extern "C" void configure(unsigned char* settings) {
  settings[48] = 16;
  _tile_loadconfig(settings);
  settings[48] = 9;
}
CPP
"$gcc" -B"$work/root/usr/lib/gcc/x86_64-linux-gnu/12/" -O2 -mamx-tile -S -o tiles.s tiles.cpp || { echo "g++-12 $version doesn't run here"; exit 77; }
stores() { sed -n "/^$1:/,/ret/p" tiles.s | grep -cE "(mov[bwl][[:space:]]+\\\$$2,)" || true; }
echo "load: $(stores load 7) stores of 7, $(stores load 8) of 8; by assembly: $(stores store 7) and $(stores store 8); configure: $(stores configure 16) of 16, $(stores configure 9) of 9"
[ "$(stores load 7) $(stores load 8) $(stores store 7) $(stores store 8) $(stores configure 16) $(stores configure 9)" = "0 1 1 1 0 1" ] || { cat tiles.s; exit 1; }
