// One image by several threads.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "doppel/base/random.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

/// Sums, pools, planes at the beginning, filters that don't fill blocks, and heads of one value.
constexpr std::array kSplitNetworks{
    "conv7x7(64,s2)-bn-relu-maxpool3x3(s2,p1)-add[conv1x1(32)-bn-relu-conv3x3(32)-bn-relu-conv1x1(64)-bn|]-"
    "relu-"
    "gap-fc(10)",
    "conv3x3(48)-relu-conv5x5(32)-lrelu(0.1)-conv3x3(20)-relu-conv3x3(64,s2)-add[conv3x3(64)|conv1x1(64)|]-"
    "relu-"
    "flatten-fc(10)",
    "conv3x3(32)-relu-cat[conv1x1(16)|conv3x3(32,g4)]-conv3x3(32)"};

std::vector<float> one_image(std::uint64_t seed) {
  std::vector<float> image(std::size_t{3} * 24 * 24);
  for (std::size_t i = 0; i < image.size(); ++i)
    image[i] = static_cast<float>(Stream{.seed = seed}.split("at", i).normal("v"));
  return image;
}

std::vector<float> output_of(Executor& executor, std::uint64_t seed) {
  const auto out = executor.predict(one_image(seed), 1);
  return {out.begin(), out.end()};
}

ExecutorOptions of_one(int shards, int threads, Precision precision) {
  return {.batch = 1,
          .shards = shards,
          .threads = threads,
          .mode = ExecutorOptions::Mode::Inference,
          .precision = precision};
}

TEST(SplitConv, GivesWhatTheWholeGives) {
  for (const char* text : kSplitNetworks)
    for (const Precision precision : {Precision::F32, Precision::BF16}) {
      if (precision == Precision::BF16 && !has_bf16()) continue;
      SCOPED_TRACE(text);
      Model model(build_graph(parse_network(text), {3, 24, 24}), 3);
      Executor whole(model, of_one(1, 2, precision));
      const std::vector<float> expected = output_of(whole, 1);
      const float near = precision == Precision::BF16 ? 0.05F : 2e-4F;
      for (const int shards : {2, 3, 16}) {
        Executor split(model, of_one(shards, 2, precision));
        const std::vector<float> found = output_of(split, 1);
        ASSERT_EQ(found.size(), expected.size());
        float size = 1;
        for (const float v : expected) size = std::max(size, std::abs(v));
        for (std::size_t i = 0; i < found.size(); ++i)
          ASSERT_NEAR(found[i], expected[i], near * size) << shards;
      }
    }
}

TEST(SplitConv, PiecesMayTurnTheirValues) {
  if (!has_bf16()) GTEST_SKIP() << "this processor doesn't multiply bfloat16";
  for (const char* text : kSplitNetworks) {
    SCOPED_TRACE(text);
    Model model(build_graph(parse_network(text), {3, 24, 24}), 3);
    ExecutorOptions options = of_one(4, 2, Precision::BF16);
    Executor blocks(model, options);
    for (const auto& [node, kernel] : blocks.chosen_kernels()) options.kernels[node] = "bf16_nhwc";
    Executor turned(model, options);
    EXPECT_GT(
        std::ranges::count(turned.chosen_kernels(), "bf16_nhwc", [](const auto& c) { return c.second; }), 0);
    const std::vector<float> expected = output_of(blocks, 1), found = output_of(turned, 1);
    float size = 1;
    for (const float v : expected) size = std::max(size, std::abs(v));
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], expected[i], 0.05F * size);
  }
}

TEST(SplitConv, ThreadsDoNotChangeABit) {
  for (const char* text : kSplitNetworks) {
    Model model(build_graph(parse_network(text), {3, 24, 24}), 3);
    Executor one(model, of_one(4, 1, Precision::F32)), many(model, of_one(4, 4, Precision::F32));
    EXPECT_EQ(output_of(one, 1), output_of(many, 1)) << text;
  }
}

TEST(SplitConv, ReadsParametersThatChanged) {
  Model model(build_graph(parse_network(kSplitNetworks[1]), {3, 24, 24}), 3);
  Executor executor(model, of_one(4, 2, Precision::F32));
  const std::vector<float> before = output_of(executor, 1);
  for (Parameter& p : model.parameters())
    for (float& v : p.value) v *= 0.5F;
  executor.parameters_changed();
  const std::vector<float> after = output_of(executor, 1);
  EXPECT_NE(before, after);
  Executor anew(model, of_one(4, 2, Precision::F32));
  EXPECT_EQ(output_of(anew, 1), after);
}

}  // namespace
}  // namespace doppel::nn
