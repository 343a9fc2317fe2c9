#!/usr/bin/env bash
# GCC 12 turns x * (1 / (1 + e(clamp(-x, -87, 88)))) in a loop into two products: one by the quotient, and one of every x by the quotient's value at
# the bound, 1 / (1 + e(88)), which it works out while compiling; a mask picks between them. That value, 6e-39, is below the smallest normal
# float, so each turn of the vectorised loop multiplies by a subnormal number, though no x comes near the bound: Intel's processors take a microcode
# assist for that, AMD's don't. The source has no subnormal number in it. A bound of 64 leaves none in the code.
#
# Seen with Debian 12's g++-12 12.2.0-14+deb12u1, -O3 -mavx512f -fno-trapping-math: below. On an Intel Xeon (Ice Lake) the loop took 4.1 ns a value
# with the first bound and 0.6 with the second.
#
# Exit codes: 0 as seen, 1 otherwise, 77 where the package can't be had. Needs apt, dpkg, libc6-dev and x86-64.
set -euo pipefail
[ "$(uname -m)" = x86_64 ] && command -v apt-get >/dev/null || { echo "needs apt on x86-64"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
chmod 755 .
version=12.2.0-14+deb12u1
apt-get download -qq "g++-12=$version" "gcc-12=$version" "cpp-12=$version" "libgcc-12-dev=$version" "libstdc++-12-dev=$version" libisl23 libmpc3 libmpfr6 libgmp10 \
  >/dev/null 2>&1 || { echo "g++-12 $version can't be had"; exit 77; }
for package in *.deb; do dpkg -x "$package" root; done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu
gcc=$work/root/usr/bin/x86_64-linux-gnu-g++-12
cat >silu.cpp <<'CPP'
#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

inline float exp_of(float x) {
  const float n = (x * 1.44269504F + 12582912.F) - 12582912.F, r = (x - n * 0.693359375F) + n * 2.12194440e-4F;
  const float sum = ((r / 6 + 0.5F) * r + 1) * r + 1;
  return sum * std::bit_cast<float>(static_cast<std::uint32_t>(static_cast<std::int32_t>(n) + 127) << 23);
}

void silu(const float* __restrict x, std::size_t count, float* __restrict y) {
  for (std::size_t i = 0; i < count; ++i)
    y[i] = x[i] * (1 / (1 + exp_of(std::min(std::max(-x[i], -FAR + 1), FAR))));
}
CPP
for far in 88.F 64.F; do
  "$gcc" -std=c++20 -O3 -mavx512f -fno-trapping-math -fno-math-errno -ffp-contract=off -DFAR="$far" -S silu.cpp -o silu.s
  # Constants are .long lines; a subnormal one is above 0 and below 2^23.
  echo "bound $far: $(awk '$1 == ".long" && $2 > 1024 && $2 < 8388608' silu.s | wc -l) subnormal constant(s)"
done | tee seen
diff seen - <<'SEEN'
bound 88.F: 1 subnormal constant(s)
bound 64.F: 0 subnormal constant(s)
SEEN
