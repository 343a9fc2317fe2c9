#include "engine/onednn.h"

#include <gtest/gtest.h>

#include <bit>
#include <csignal>

namespace doppel::nn::engine {
namespace {

using Tag = dnnl::memory::format_tag;

EngineContext two_shards() {
  EngineContext context;
  context.batch = 4;
  context.shards = 2;
  return context;
}

TEST(OneDnn, FormatsThatOurKernelsKnowAreRecognised) {
  const dnnl::memory::dims dims{2, 32, 5, 6};
  EXPECT_EQ(format_of({dims, kFloat, Tag::nChw16c}), (Format{Tag::nChw16c, 16}));
  EXPECT_EQ(format_of({dims, kBf16, Tag::nChw8c}), (Format{Tag::nChw8c, 8}));
  EXPECT_EQ(format_of({dims, kFloat, Tag::nchw}), kPlain);
  EXPECT_EQ(format_of({dims, kFloat, Tag::nhwc}), kPlain);
}

TEST(OneDnn, LayoutsAreCopiedChannelByChannel) {
  const EngineContext context = two_shards();
  std::vector<float> plain(20 * 2), blocks(32 * 2, -1.F), again(40);
  for (std::size_t i = 0; i < plain.size(); ++i) plain[i] = static_cast<float>(i);
  const dnnl::memory::dims dims{1, 20, 1, 2};
  const OneDnnScope scope;
  const dnnl::memory of_plain = view(context, {dims, kFloat, Tag::nchw}, plain.data()),
                     of_blocks = view(context, {dims, kFloat, Tag::nChw16c}, blocks.data());
  reorder(context, of_plain, of_blocks);
  EXPECT_EQ(blocks[0], 0);
  EXPECT_EQ(blocks[1], 2);            // channel 1, pixel 0
  EXPECT_EQ(blocks[16], 1);           // channel 0, pixel 1
  EXPECT_EQ(blocks[32 + 3], 2 * 19);  // the last channel, pixel 0
  EXPECT_EQ(blocks[32 + 4], 0);       // what fills a block up is 0
  reorder(context, of_blocks, view(context, {dims, kFloat, Tag::nchw}, again.data()));
  EXPECT_EQ(again, plain);
}

TEST(OneDnn, GradientsOfLanesAreAddedUpWhereTheyHaveRows) {
  EngineContext context = two_shards();
  LaneGradients gradients;
  EXPECT_FALSE(gradients.has_memory());
  gradients.take_memory({{3}, kFloat, Tag::x}, 2, 2);
  const Shard first{0, 0, 2}, second{1, 2, 2};
  for (int i = 0; i < 3; ++i) gradients.weights(first)[i] = 1, gradients.weights(second)[i] = 10;
  gradients.biases(first)[1] = 5;
  gradients.biases(second)[1] = 7;
  context.rows = 1;  // the second shard has none: what it holds is old
  EXPECT_EQ(gradients.sum_weights(context)[2], 1);
  context.rows = 4;
  EXPECT_EQ(gradients.sum_weights(context)[2], 11);
  EXPECT_EQ(gradients.sum_biases(context)[1], 12);
}

TEST(OneDnn, WhatIsReadIsRoundedOnlyWhereItMust) {
  Blob blob;
  blob.shape = {.channels = 2, .height = 1, .width = 1};
  blob.allocate(4, true);
  blob.take_memory();
  for (int r = 0; r < 4; ++r) blob.row(r)[0] = blob.grad_row(r)[0] = 1.001F * static_cast<float>(r);
  const Shard shard{1, 2, 2};
  const Factor floats(blob, false, 4), rounded(blob, true, 4);
  floats.convert(shard);
  EXPECT_EQ(floats.rows(shard), blob.row(2));
  rounded.convert(shard);
  EngineContext context = two_shards();
  context.need_bf16(4);
  for (void* const rows : {rounded.rows(shard), bf16_gradient(context, shard, blob)})
    EXPECT_EQ(std::bit_cast<float>(std::uint32_t{static_cast<std::uint16_t*>(rows)[2]} << 16), 3);
}

TEST(OneDnn, ScratchGrowsForEachShardAndNeverShrinks) {
  EngineContext context = two_shards();
  context.need_scratch(1000);
  ASSERT_EQ(context.scratch.size(), 2U);
  const float* const before = context.scratch[1]->data();
  context.need_scratch(10);
  EXPECT_EQ(context.scratch[1]->data(), before);
  context.need_scratch(4000);
  EXPECT_GE(context.scratch[1]->count() * sizeof(float), 4000U);
  EXPECT_NE(context.scratch[0]->data(), context.scratch[1]->data());
}

TEST(OneDnn, SignalsWaitAndOpenMpRunsAlone) {
  const int threads = omp_get_max_threads();
  const auto blocked = [](int signal) {
    sigset_t now;
    pthread_sigmask(SIG_SETMASK, nullptr, &now);
    return sigismember(&now, signal) == 1;
  };
  {
    const OneDnnScope scope;
    EXPECT_EQ(omp_get_max_threads(), 1);
    EXPECT_TRUE(blocked(SIGALRM) && blocked(SIGINT));
    EXPECT_FALSE(blocked(SIGSEGV) || blocked(SIGABRT));  // what a fault raises isn't held back
  }
  EXPECT_EQ(omp_get_max_threads(), threads);
  EXPECT_FALSE(blocked(SIGALRM));
}

}  // namespace
}  // namespace doppel::nn::engine
