// What a net's values and gradients share memory by: none that are needed at once lie over each other.
#include "engine/lifetimes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "doppel/base/random.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/loss.h"
#include "doppel/nn/model/notation.h"

namespace doppel::nn {
namespace {

using engine::Buffer;

TEST(Lifetimes, OnlyWhatIsNeverNeededAtOnceSharesMemory) {
  struct Need {
    std::unique_ptr<Buffer> buffer;
    int first, last;
  };
  for (std::uint64_t turn = 0; turn < 50; ++turn) {
    const Stream stream = Stream{.seed = 5}.split("turn", turn);
    engine::Lifetimes lifetimes;
    std::vector<Need> needs;
    std::size_t all = 0;
    for (std::uint64_t i = 0; i < 30; ++i) {
      const Stream one = stream.split("buffer", i);
      const int first = one.integer("first", 0, 20), last = first + one.integer("length", 0, 4);
      const auto count = static_cast<std::size_t>(one.integer("count", 1, 1000));
      needs.push_back({std::make_unique<Buffer>(count, Buffer::Later()), first, last});
      lifetimes.need(*needs.back().buffer, last, last);
      lifetimes.need(*needs.back().buffer, first, first);  // and what lies between
      all += count;
    }
    const Buffer memory = lifetimes.share_memory();
    EXPECT_LT(memory.count(), all * 2 / 3);
    for (const Need& a : needs) {
      EXPECT_GE(a.buffer->data(), memory.data());
      EXPECT_LE(a.buffer->data() + a.buffer->count(), memory.data() + memory.count());
      for (const Need& b : needs) {
        const bool at_once = a.first <= b.last && b.first <= a.last;
        const bool over = a.buffer->data() < b.buffer->data() + b.buffer->count() &&
                          b.buffer->data() < a.buffer->data() + a.buffer->count();
        EXPECT_FALSE(&a != &b && at_once && over);
      }
    }
  }
}

TEST(Lifetimes, WhatHasMemoryKeepsIt) {
  Buffer own(100);
  float* const before = own.data();
  engine::Lifetimes lifetimes;
  lifetimes.need(own, 0, 1);
  EXPECT_EQ(lifetimes.share_memory().count(), 0U);
  EXPECT_EQ(own.data(), before);
}

/// Without a norm shards meet nowhere by themselves, and values are large enough for them to be made to.
constexpr const char* kLarge =
    "conv3x3(32)-relu-add[conv3x3(32)-relu-conv3x3(32)|]-relu-conv3x3(32)-relu-cat[conv1x1(16)|conv3x3(16)]-"
    "pool-conv3x3(32)-relu-gap-fc";
constexpr Shape kImages{3, 64, 64};
constexpr int kRows = 32;

std::vector<float> random_images() {
  std::vector<float> images(static_cast<std::size_t>(kRows * kImages.count()));
  for (std::size_t i = 0; i < images.size(); ++i) images[i] = std::sin(static_cast<float>(i) * 0.7F);
  return images;
}

/// All gradients after one batch, cut into `parts`.
std::vector<float> gradients(int parts, int shards, int threads) {
  Model model(build_graph(parse_network(kLarge), kImages, 5), 3);
  const std::vector<float> images = random_images();
  std::vector<int> labels(kRows);
  for (int i = 0; i < kRows; ++i) labels[static_cast<std::size_t>(i)] = i % 5;
  const int rows = kRows / parts;
  Executor executor(model, {.batch = rows, .shards = shards, .threads = threads});
  std::vector<float> sums;
  for (int part = 0; part < parts; ++part) {
    const auto numbers = static_cast<std::size_t>(rows * kImages.count());
    executor.train(std::span(images).subspan(static_cast<std::size_t>(part) * numbers, numbers),
                   std::span<const int>(labels).subspan(static_cast<std::size_t>(part * rows),
                                                        static_cast<std::size_t>(rows)),
                   CrossEntropy{.smoothing = 0}, 1);
    std::size_t at = 0;
    for (const Parameter& p : model.parameters()) {
      sums.resize(std::max(sums.size(), at + p.grad.size()));
      for (const float g : p.grad) sums[at++] += g / static_cast<float>(parts);
    }
  }
  return sums;
}

TEST(Lifetimes, GradientsAreThoseOfSmallBatches) {
  const std::vector<float> small = gradients(16, 1, 1);
  for (const int shards : {1, 2, 4}) {
    const std::vector<float> large = gradients(1, shards, 0);
    ASSERT_EQ(large.size(), small.size());
    for (std::size_t i = 0; i < small.size(); ++i)
      ASSERT_NEAR(large[i], small[i], 2e-4) << i << ", " << shards;
    EXPECT_EQ(large, gradients(1, shards, 1)) << "threads change bits";
  }
}

TEST(Lifetimes, InferenceGivesWhatTrainingDoesInLessMemory) {
  Model model(build_graph(parse_network(kLarge), kImages, 5), 3);
  const std::vector<float> images = random_images();
  Executor training(model, {.batch = kRows, .shards = 2});
  Executor inference(model, {.batch = kRows, .shards = 2, .mode = ExecutorOptions::Mode::Inference});
  const auto expected = training.forward(images, kRows, 1);
  for (int turn = 0; turn < 3; ++turn) {
    const auto logits = inference.predict(images, kRows);
    ASSERT_EQ(logits.size(), expected.size());
    for (std::size_t i = 0; i < logits.size(); ++i) ASSERT_NEAR(logits[i], expected[i], 1e-4);
  }
  EXPECT_LT(inference.memory_bytes(), training.memory_bytes() / 2);
}

}  // namespace
}  // namespace doppel::nn
