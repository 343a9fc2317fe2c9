#!/usr/bin/env bash
# oneDNN 2.6 takes convolutions and transposed ones of floats in blocks of 16 channels also where the processor has AVX2 and no AVX-512. It
# doesn't say that it has nothing for them there: both run in its reference loops, a thousand times as long as the same in blocks of 8, which
# AVX2's kernels take. Who writes the layout down himself, and tries it on a processor with AVX-512 alone, sees none of it; `any` chooses well.
#
# Seen with Debian 12's libdnnl-dev 2.6.3-1, DNNL_MAX_CPU_ISA=AVX2, 8 images of 64 channels, one thread of an AMD EPYC (Zen 3, which has no
# AVX-512 in any case): 0.46 ms in blocks of 8, 646 ms in blocks of 16.
#
# Exit codes: 0 as seen, 1 otherwise, 77 where the packages or AVX2 can't be had. Needs apt, dpkg and g++.
set -euo pipefail
grep -qw avx2 /proc/cpuinfo || { echo "this processor has no AVX2"; exit 77; }
command -v apt-get >/dev/null && command -v g++ >/dev/null || { echo "needs apt and g++"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
chmod 755 .
apt-get download -qq libdnnl-dev=2.6.3-1 libdnnl2=2.6.3-1 ocl-icd-libopencl1 >/dev/null 2>&1 || { echo "libdnnl-dev 2.6.3-1 can't be had"; exit 77; }
for package in *.deb; do dpkg -x "$package" root; done
libraries=root/usr/lib/x86_64-linux-gnu
cat >blocks.cpp <<'CPP'
#include <chrono>
#include <cstdio>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <vector>
using namespace dnnl;
using Clock = std::chrono::steady_clock;
int main() {
  using Type = memory::data_type;
  using Tag = memory::format_tag;
  const engine cpu(engine::kind::cpu, 0);
  stream queue(cpu);
  double first = 0;
  for (const auto& [name, tag] : {std::pair{"nChw8c", Tag::nChw8c}, {"nChw16c", Tag::nChw16c}}) {
    const memory::desc in({8, 64, 7, 7}, Type::f32, tag), out({8, 32, 14, 14}, Type::f32, tag), weights({32, 64, 4, 4}, Type::f32, Tag::any);
    const deconvolution_forward::primitive_desc made(
        {prop_kind::forward_training, algorithm::deconvolution_direct, in, weights, out, {2, 2}, {1, 1}, {1, 1}}, cpu);
    const memory::desc cin({8, 64, 14, 14}, Type::f32, tag), cout({8, 32, 14, 14}, Type::f32, tag), cw({32, 64, 3, 3}, Type::f32, Tag::any);
    const convolution_forward::primitive_desc conv(
        {prop_kind::forward_training, algorithm::convolution_direct, cin, cw, cout, {1, 1}, {1, 1}, {1, 1}}, cpu);
    memory x(in, cpu), w(made.weights_desc(), cpu), y(out, cpu);
    deconvolution_forward run(made);
    double best = 1e9;
    for (int i = 0; i < 5; ++i) {
      const auto begun = Clock::now();
      run.execute(queue, {{DNNL_ARG_SRC, x}, {DNNL_ARG_WEIGHTS, w}, {DNNL_ARG_DST, y}});
      queue.wait();
      best = std::min(best, std::chrono::duration<double>(Clock::now() - begun).count());
    }
    const std::string a = made.impl_info_str(), b = conv.impl_info_str();
    if (first == 0) first = best;
    std::printf("%s: deconvolution %s, convolution %s%s\n", name, a.c_str(), b.c_str(), best > 20 * first ? ", more than 20 times as slow" : "");
    std::fprintf(stderr, "%g ms\n", best * 1e3);
  }
}
CPP
g++ -std=c++20 -O1 -isystem root/usr/include blocks.cpp -L"$libraries" -l:libdnnl.so.2 -Wl,--allow-shlib-undefined -o blocks
DNNL_MAX_CPU_ISA=AVX2 OMP_NUM_THREADS=1 LD_LIBRARY_PATH=$libraries ./blocks | tee seen
diff seen - <<'SEEN'
nChw8c: deconvolution jit:avx2, convolution jit:avx2
nChw16c: deconvolution ref:any, convolution ref:any, more than 20 times as slow
SEEN
