#include "doppel/nn/engine/limits.h"

#include <gtest/gtest.h>

#include "doppel/base/cores.h"
#include "doppel/nn/engine/executor.h"
#include "emulated_tiles.h"
#include "engine/limit_loops.h"

namespace doppel::nn {
namespace {

TEST(Limits, AreThoseOfAMachineThatCanBe) {
  const MachineLimits limits = measure_limits(1);
  EXPECT_EQ(limits.threads, 1);
  // From a slow core without vectors, to one with two units of 16 floats at 6 GHz.
  EXPECT_GT(limits.f32_flops, 0.1e9);
  EXPECT_LT(limits.f32_flops, 500e9);
  EXPECT_EQ(limits.bf16_flops > 0, has_bf16());
  EXPECT_LT(limits.bf16_flops, 16'000e9);  // AMX multiplies 16 times as fast
  EXPECT_GT(limits.bytes, 0.1e9);
  EXPECT_LT(limits.bytes, 1000e9);
}

TEST(Limits, NoMoreThreadsWorkThanThereAreCores) {
  EXPECT_EQ(measure_limits().threads, usable_cores());
  EXPECT_EQ(measure_limits(100'000).threads, usable_cores());
}

TEST(Limits, LoopsComputeWhatTheyCount) {
  // s = s / 2 + 1 comes to 2, in twelve sums.
  EXPECT_FLOAT_EQ(engine::float_products(100).sum, 24);
  EXPECT_DOUBLE_EQ(engine::float_products(200).flops, 2 * engine::float_products(100).flops);
  if (__builtin_cpu_supports("avx512bw")) {
    // 32 products of 1 more each turn, to one of four tiles.
    const engine::EmulatedTiles tiles;
    EXPECT_FLOAT_EQ(engine::tile_products(40).sum, 320);
    EXPECT_DOUBLE_EQ(engine::tile_products(40).flops, 40 * 16 * 16 * 32 * 2);
  }
  if (!has_bf16()) return;
  // 1 · 1 + 1 · 1 more each turn, in twelve sums.
  EXPECT_FLOAT_EQ(engine::bf16_products(100).sum, 2400);
  EXPECT_DOUBLE_EQ(engine::bf16_products(100).flops, 100 * 12 * 16 * 4);
}

}  // namespace
}  // namespace doppel::nn
