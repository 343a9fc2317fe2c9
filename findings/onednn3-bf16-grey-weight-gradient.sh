#!/usr/bin/env bash
# oneDNN 3.7's weight gradient of a bfloat16 convolution in blocks of 16 channels falls back to its reference loop where the image has
# one channel, and only there: with three it has a fast kernel, as it has for one channel in floats. So the first layer of a network for
# grey images may train far slower in bfloat16 than in floats, and nothing but the kernel's name says why.
#
# Seen with Debian 13's libdnnl-dev 3.7.2+ds-2, a 3x3 convolution of 28x28 images, 32 filters, on a processor with AVX-512 BF16:
#   bf16, 1 channel:  ref:any      bf16, 3 channels:  jit…      f32, 1 channel:  jit…
#
# Exit codes: 0 as seen, 1 otherwise, 77 where the packages or the processor's bfloat16 can't be had. Needs root and debootstrap.
set -euo pipefail
grep -q avx512_bf16 /proc/cpuinfo || { echo "this processor doesn't multiply bfloat16"; exit 77; }
[ "$(id -u)" -eq 0 ] && command -v debootstrap >/dev/null || { echo "needs root and debootstrap"; exit 77; }
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase trixie "$root" http://deb.debian.org/debian >"$root.log" 2>&1 || { echo "no Debian 13 to be had"; exit 77; }
rm -f "$root.log"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
chroot "$root" sh -c 'apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends g++ libdnnl-dev=3.7.2+ds-2' \
  >/dev/null 2>&1 || { echo "this version can't be had"; exit 77; }
cat >"$root/tmp/kernels.cpp" <<'CPP'
#include <cstdio>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
using namespace dnnl;
int main() {
  using Type = memory::data_type;
  using Tag = memory::format_tag;
  const engine cpu(engine::kind::cpu, 0);
  for (const auto& [name, type, channels] : {std::tuple{"bf16", Type::bf16, 1}, {"bf16", Type::bf16, 3}, {"f32", Type::f32, 1}}) {
    const memory::desc in({8, channels, 28, 28}, type, Tag::nchw), out({8, 32, 28, 28}, type, Tag::nChw16c);
    const memory::desc weights({32, channels, 3, 3}, type, Tag::any), gradient({32, channels, 3, 3}, Type::f32, Tag::any);
    const convolution_forward::primitive_desc forward(cpu, prop_kind::forward_training, algorithm::convolution_direct, in, weights,
                                                      memory::desc(), out, {1, 1}, {1, 1}, {1, 1});
    const convolution_backward_weights::primitive_desc back(cpu, algorithm::convolution_direct, in, gradient, memory::desc(), out,
                                                            {1, 1}, {1, 1}, {1, 1}, forward);
    const std::string kernel = back.impl_info_str();
    std::printf("%s %d: %s\n", name, channels, kernel.substr(0, kernel.find_first_of(":_")).c_str());
  }
}
CPP
chroot "$root" sh -c 'cd /tmp && g++ -std=c++20 kernels.cpp -ldnnl -o kernels && ./kernels' | tee "$root/seen"
diff "$root/seen" - <<'SEEN'
bf16 1: ref
bf16 3: jit
f32 1: jit
SEEN
