#include "loader/epoch_function.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "dataset/levels.h"
#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

/// n samples of one pixel's value, in classes of unequal sizes: of every 16, one, two, four and nine.
SourcePtr uneven_classes(int n) {
  std::vector<augment::Sample> samples;
  for (int i = 0; i < n; ++i) {
    augment::Sample sample;
    sample.image = cv::Mat(8, 8, CV_8UC1, cv::Scalar(i % 256));
    sample.label = i % 16 < 1 ? 0 : i % 16 < 3 ? 1 : i % 16 < 7 ? 2 : 3;
    samples.push_back(sample);
  }
  return std::make_shared<InMemory>(std::move(samples), std::vector<std::string>{"a", "b", "c", "d"});
}

std::vector<Batch> batches_of(const SourcePtr& source, LoaderOptions options, std::uint64_t epoch = 0) {
  options.seed = 9;
  Loader loader(source, augment::Recipe::from_yaml("[Brightness: {p: 1}]"), options);
  std::vector<Batch> all;
  for (const Batch& batch : loader.epoch(epoch)) {
    all.push_back(batch);
    all.back().images = Tensor(batch.images.type(), batch.images.shape());
    std::copy_n(static_cast<const char*>(batch.images.data()), batch.images.bytes(),
                static_cast<char*>(all.back().images.data()));
  }
  return all;
}

/// The function itself, of images that are as large as it needs them.
EpochFunction function_of(const SourcePtr& source, LoaderOptions options) {
  return {source, {}, std::move(options), {1, 8, 8}};
}

TEST(EpochFunction, RanksShareEachBatchWithoutGapOrOverlap) {
  for (const int world : {1, 3, 7})
    for (const auto last : {LoaderOptions::LastBatch::Short, LoaderOptions::LastBatch::Pad}) {
      std::uint64_t next = 0;
      std::size_t valid = 0;
      const SourcePtr source = uneven_classes(50);
      for (std::uint64_t step = 0; step < 4; ++step)
        for (int rank = 0; rank < world; ++rank) {
          const EpochFunction work =
              function_of(source, {.batch = 16, .rank = rank, .world = world, .last = last});
          EXPECT_EQ(work.steps, 4U);
          const EpochFunction::Rows rows = work.rows_of(0, step);
          EXPECT_EQ(rows.first, next);
          EXPECT_LE(rows.count(), work.most_rows());
          next = rows.last;
          valid += rows.valid();
        }
      EXPECT_EQ(next, last == LoaderOptions::LastBatch::Pad ? 64U : 50U);
      EXPECT_EQ(valid, 50U);
    }
  EXPECT_EQ(function_of(uneven_classes(50), {.batch = 16, .last = LoaderOptions::LastBatch::Drop}).steps, 3U);
}

TEST(EpochFunction, AReplacementIsAnotherOfTheClassAndTheSameEveryTime) {
  const SourcePtr source = uneven_classes(160);
  const EpochFunction work = function_of(source, {.batch = 16, .seed = 4});
  std::set<std::size_t> seen;
  for (std::uint64_t k = 1; k < 20; ++k) {
    const std::size_t one = work.replacement(3, 70, 6, k);
    EXPECT_NE(one, 6U);
    EXPECT_EQ(source->label(one), source->label(6));
    EXPECT_EQ(work.replacement(3, 70, 6, k), one);
    seen.insert(one);
  }
  EXPECT_GT(seen.size(), 10U);
}

TEST(EpochFunction, ASampleThatComesAgainDrawsByItsPlace) {
  const SourcePtr source = uneven_classes(16);
  const EpochFunction once = function_of(source, {.batch = 4}),
                      twice = function_of(source, {.batch = 4, .repeats = 2});
  EXPECT_EQ(once.stream_of(1, 5, 3).bits("x"), once.stream_of(1, 5, 9).bits("x"));
  EXPECT_NE(once.stream_of(1, 5, 3).bits("x"), once.stream_of(2, 5, 3).bits("x"));
  EXPECT_NE(twice.stream_of(1, 5, 3).bits("x"), twice.stream_of(1, 5, 9).bits("x"));
  EXPECT_EQ(twice.positions, 32U);
  EXPECT_EQ(twice.sample_at(0, 6), twice.sample_at(0, 7));
}

TEST(EpochFunction, OrdersGiveWhatTheySay) {
  const SourcePtr source = uneven_classes(160);
  std::map<int, int> counts;
  for (const Batch& batch : batches_of(source, {.batch = 16, .order = LoaderOptions::Order::Balanced}))
    for (const int label : batch.labels) ++counts[label];
  for (const auto& [label, n] : counts) EXPECT_EQ(n, 40) << label;
  std::vector<double> weights(160, 0.0);
  weights[5] = weights[6] = 1;
  for (const Batch& batch :
       batches_of(source, {.batch = 16, .order = LoaderOptions::Order::Weighted, .weights = weights}))
    for (const std::size_t index : batch.indices) EXPECT_TRUE(index == 5 || index == 6);
  EXPECT_THROW(batches_of(source, {.order = LoaderOptions::Order::Weighted, .weights = {1, 2}}), UsageError);
  // Repeats follow each other, and are augmented differently.
  const auto repeated = batches_of(source, {.batch = 16, .repeats = 4});
  ASSERT_EQ(repeated.size(), 40U);
  std::map<std::size_t, int> times;
  int different = 0;
  for (const Batch& batch : repeated)
    for (std::size_t r = 0; r < 16; ++r) {
      ++times[batch.indices[r]];
      if (r % 4 == 0) continue;
      EXPECT_EQ(batch.indices[r], batch.indices[r - 1]);
      different += batch.images.values<float>()[r * 64] != batch.images.values<float>()[(r - 1) * 64];
    }
  for (const auto& [index, n] : times) EXPECT_EQ(n, 4) << index;
  EXPECT_GT(different, 300);
}

TEST(EpochFunction, AnyWorldSeesTheSameGlobalBatches) {
  const SourcePtr source = uneven_classes(150);  // the last batch is short
  for (const auto last :
       {LoaderOptions::LastBatch::Short, LoaderOptions::LastBatch::Drop, LoaderOptions::LastBatch::Pad}) {
    const auto whole = batches_of(source, {.batch = 20, .last = last}, 3);
    for (const int world : {2, 3, 5, 20}) {
      std::vector<std::vector<Batch>> ranks;
      for (int rank = 0; rank < world; ++rank) {
        ranks.push_back(batches_of(source, {.batch = 20, .rank = rank, .world = world, .last = last}, 3));
        ASSERT_EQ(ranks.back().size(), whole.size());
      }
      for (std::size_t step = 0; step < whole.size(); ++step) {
        std::vector<std::size_t> indices;
        std::vector<float> pixels;
        std::size_t valid = 0;
        for (const auto& rank : ranks) {
          const Batch& part = rank[step];
          indices.insert(indices.end(), part.indices.begin(), part.indices.end());
          const auto values = part.images.values<float>();
          pixels.insert(pixels.end(), values.begin(), values.end());
          valid += part.valid;
        }
        const auto expected = whole[step].images.values<float>();
        ASSERT_EQ(indices, whole[step].indices) << world;
        ASSERT_TRUE(std::ranges::equal(pixels, expected)) << world;
        ASSERT_EQ(valid, whole[step].valid);
      }
    }
  }
  EXPECT_THROW(batches_of(source, {.batch = 4, .rank = 5, .world = 5}), UsageError);
  EXPECT_THROW(batches_of(source, {.batch = 4, .rank = 0, .world = 5}), UsageError);
}

TEST(EpochFunction, PadsTheLastBatch) {
  const auto all = batches_of(uneven_classes(50), {.batch = 16, .last = LoaderOptions::LastBatch::Pad});
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].valid, 16U);
  EXPECT_EQ(all[3].valid, 2U);
  ASSERT_EQ(all[3].size(), 16U);
  for (std::size_t r = 2; r < 16; ++r) {
    EXPECT_EQ(all[3].labels[r], -1);
    EXPECT_EQ(all[3].images.values<float>()[r * 64 + 5], 0);
  }
}

}  // namespace
}  // namespace doppel::dataset
