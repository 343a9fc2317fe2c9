// Batches of a like aspect.
#include <gtest/gtest.h>

#include <map>
#include <numeric>

#include "doppel/augment/transforms/color/normalize.h"
#include "doppel/augment/transforms/color/standardize.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/structure/one_of.h"
#include "doppel/augment/transforms/structure/sequence.h"
#include "doppel/base/error.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/sources/memory.h"

namespace doppel::dataset {
namespace {

/// 30 wide, 20 high and 13 square images in turn.
SourcePtr images() {
  std::vector<augment::Sample> samples;
  const auto add = [&](int count, int height, int width) {
    for (int i = 0; i < count; ++i) {
      augment::Sample sample;
      sample.image = cv::Mat(height + i % 3, width + i % 2, CV_8UC3, cv::Scalar(i, height, width));
      sample.boxes = {{1, 1, width - 1.0, height - 1.0, 0}};
      samples.push_back(sample);
    }
  };
  add(30, 20, 40);
  add(20, 40, 20);
  add(13, 30, 30);
  return std::make_shared<InMemory>(samples, std::vector<std::string>{});
}

LoaderOptions options(std::size_t batch) {
  return {.batch = batch, .workers = 2, .seed = 3, .epochs = 2, .buckets = {{16, 32}, {32, 16}, {24, 24}}};
}

std::vector<float> values_of(const Batch& batch) {
  const auto values = batch.images.values<float>();
  return {values.begin(), values.end()};
}

TEST(Buckets, ABatchHoldsOneSizeAndEverySampleComesOnce) {
  Loader loader(images(), {}, options(8));
  EXPECT_EQ(loader.steps(), 4U + 3 + 2);
  std::vector<std::vector<std::int64_t>> orders;
  for (const std::uint64_t epoch : {0, 1}) {
    std::map<std::size_t, int> seen;
    std::vector<std::int64_t> widths;
    for (const Batch& batch : loader.epoch(epoch)) {
      const auto& shape = batch.images.shape();
      widths.push_back(shape[3]);
      for (const std::size_t index : batch.indices) {
        ++seen[index];
        EXPECT_EQ(shape[3], index < 30 ? 32 : index < 50 ? 16 : 24) << index;
      }
      EXPECT_EQ(shape[2], 48 - (shape[3] == 24 ? 24 : shape[3]));
      for (std::size_t row = 0; row < batch.size(); ++row) {
        const auto plane = static_cast<std::size_t>(shape[2] * shape[3]);
        const auto values = batch.images.values<float>().subspan(row * 3 * plane, plane);
        EXPECT_NEAR(values[plane / 2] * 255,
                    batch.indices[row] < 30   ? static_cast<double>(batch.indices[row])
                    : batch.indices[row] < 50 ? static_cast<double>(batch.indices[row] - 30)
                                              : static_cast<double>(batch.indices[row] - 50),
                    0.01);
        ASSERT_EQ(batch.targets[row].boxes.size(), 1U);
        EXPECT_LE(batch.targets[row].boxes[0].x1, static_cast<double>(shape[3]));
      }
    }
    EXPECT_EQ(seen.size(), 63U);
    orders.push_back(widths);
  }
  EXPECT_NE(orders[0], orders[1]);
}

TEST(Buckets, AreTheSameForAnyWorkersWorldAndAfterAResume) {
  const auto hash = [](Loader& loader, std::uint64_t epoch, std::uint64_t from) {
    std::uint64_t value = 0;
    for (const Batch& batch : loader.epoch(epoch, from)) value = digest(batch, value);
    return value;
  };
  Loader one(images(), {}, options(8));
  for (const int workers : {0, 1, 5}) {
    LoaderOptions other = options(8);
    other.workers = workers;
    other.prefetch = 1 + static_cast<std::size_t>(workers);
    Loader loader(images(), {}, other);
    EXPECT_EQ(hash(loader, 1, 0), hash(one, 1, 0));
    EXPECT_EQ(hash(loader, 1, 5), hash(one, 1, 5));
  }
  // The ranks' rows are those of the whole batch.
  for (std::uint64_t step = 0; step < one.steps(); ++step) {
    const Batch whole = one.peek(0, step);
    std::vector<std::size_t> indices;
    for (const int rank : {0, 1, 2}) {
      LoaderOptions part = options(8);
      part.rank = rank;
      part.world = 3;
      const Batch batch = Loader(images(), {}, part).peek(0, step);
      indices.insert(indices.end(), batch.indices.begin(), batch.indices.end());
    }
    EXPECT_EQ(indices, whole.indices);
  }
}

TEST(Buckets, ShortBatchesAreDroppedOrPadded) {
  LoaderOptions drop = options(8);
  drop.last = LoaderOptions::LastBatch::Drop;
  Loader dropping(images(), {}, drop);
  EXPECT_EQ(dropping.steps(), 3U + 2 + 1);
  for (const Batch& batch : dropping.epoch(0)) EXPECT_EQ(batch.size(), 8U);
  LoaderOptions pad = options(8);
  pad.last = LoaderOptions::LastBatch::Pad;
  Loader padding(images(), {}, pad);
  std::size_t valid = 0;
  for (const Batch& batch : padding.epoch(0)) {
    EXPECT_EQ(batch.size(), 8U);
    valid += batch.valid;
  }
  EXPECT_EQ(valid, 63U);
}

/// The first batch of a recipe, and its numbers.
Batch first_bucket(const augment::Recipe& recipe) { return Loader(images(), recipe, options(8)).peek(0, 0); }

TEST(Buckets, FitBeforeWhatNormalizes) {
  using augment::Normalize, augment::OneOf, augment::Sequence, augment::Standardize;
  const augment::HorizontalFlip flip{.p = 1};
  const Normalize normalize{.mean = {0.25}, .std = {0.5}};
  const Standardize standardize{.channels = Standardize::Channels::Together};
  const std::vector<float> plain = values_of(first_bucket({flip}));
  std::vector<float> normalized = plain;
  for (float& v : normalized) v = (v - 0.25F) / 0.5F;
  const auto expect_near = [](const std::vector<float>& a, const std::vector<float>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 1e-4) << i;
  };
  expect_near(values_of(first_bucket({flip, normalize})), normalized);
  expect_near(values_of(first_bucket({Sequence{.of = {flip, normalize}}})), normalized);
  expect_near(values_of(first_bucket({flip, OneOf{augment::Transform(normalize)}.with_chance(1)})),
              normalized);
  expect_near(values_of(first_bucket({flip, Sequence{.of = {normalize}, .p = 0}})), plain);
  const std::vector<float> standard = values_of(first_bucket({flip, standardize}));
  expect_near(values_of(first_bucket({Sequence{.of = {flip, standardize}}})), standard);
  EXPECT_NEAR(std::accumulate(standard.begin(), standard.end(), 0.0), 0, 1e-2);
  // Now and then: whether or not it is drawn, the size is right.
  Loader loader(images(), {flip, Sequence{.of = {Sequence{.of = {normalize}, .p = 0.5}}, .p = 0.8}},
                options(8));
  std::size_t rows = 0;
  for (const Batch& batch : loader.epoch(0)) rows += batch.size();
  EXPECT_EQ(rows, 63U);
  EXPECT_EQ(loader.report().skipped, 0U);
}

TEST(Buckets, WrongOnesAreRefused) {
  LoaderOptions weighted = options(8);
  weighted.order = LoaderOptions::Order::Balanced;
  EXPECT_THROW(Loader(images(), {}, weighted), UsageError);
  LoaderOptions empty = options(8);
  empty.buckets.push_back({0, 5});
  EXPECT_THROW(Loader(images(), {}, empty), UsageError);
  LoaderOptions none = options(60);
  none.last = LoaderOptions::LastBatch::Drop;
  EXPECT_THROW(Loader(images(), {}, none), UsageError);
}

}  // namespace
}  // namespace doppel::dataset
