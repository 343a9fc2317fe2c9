// Orders, ranks, padding, replacement, and going on where one was.
#include <gtest/gtest.h>

#include <map>
#include <opencv2/core.hpp>
#include <set>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/dataset/combine/cached.h"
#include "doppel/dataset/combine/concat.h"
#include "doppel/dataset/combine/mix.h"
#include "doppel/dataset/combine/repeat.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/order/sampler.h"
#include "doppel/dataset/sources/image_folder.h"
#include "doppel/dataset/sources/memory.h"

namespace doppel::dataset {
namespace {

using augment::Recipe;

/// n samples of one pixel's value, in classes of unequal sizes: of every 16, one, two, four and nine.
SourcePtr uneven(int n) {
  std::vector<augment::Sample> samples;
  for (int i = 0; i < n; ++i) {
    augment::Sample sample;
    sample.image = cv::Mat(8, 8, CV_8UC1, cv::Scalar(i % 256));
    sample.label = i % 16 < 1 ? 0 : i % 16 < 3 ? 1 : i % 16 < 7 ? 2 : 3;
    samples.push_back(sample);
  }
  return std::make_shared<InMemory>(std::move(samples), std::vector<std::string>{"a", "b", "c", "d"});
}

std::vector<Batch> batches(const SourcePtr& source, LoaderOptions options, std::uint64_t epoch = 0) {
  options.seed = 9;
  Loader loader(source, Recipe::from_yaml("[Brightness: {p: 1}]"), options);
  std::vector<Batch> all;
  for (const Batch& batch : loader.epoch(epoch)) {
    all.push_back(batch);
    all.back().images = Tensor(batch.images.type(), batch.images.shape());
    std::copy_n(static_cast<const char*>(batch.images.data()), batch.images.bytes(),
                static_cast<char*>(all.back().images.data()));
  }
  return all;
}

TEST(Weighted, FollowsItsWeights) {
  const std::vector<double> weights{1, 0, 3, 0.5, 5.5};
  const Weighted weighted(weights);
  std::vector<int> counts(5);
  constexpr int kDraws = 40000;
  for (std::uint64_t p = 0; p < kDraws; ++p) ++counts[weighted(p, 7, 1)];
  for (std::size_t i = 0; i < 5; ++i) EXPECT_NEAR(counts[i] / double(kDraws), weights[i] / 10, 0.01) << i;
  EXPECT_EQ(counts[1], 0);
  EXPECT_EQ(weighted(17, 7, 1), weighted(17, 7, 1));
  EXPECT_THROW(Weighted(std::vector<double>{0, 0}), UsageError);
  EXPECT_THROW(Weighted(std::vector<double>{1, -1}), UsageError);
}

TEST(Balanced, HasEveryClassInEveryRoundAndEverySampleOfAClassInTurn) {
  const SourcePtr source = uneven(160);
  const Balanced balanced(*source);
  std::map<int, std::vector<std::size_t>> seen;
  for (std::uint64_t round = 0; round < 40; ++round) {
    std::set<int> classes;
    for (std::uint64_t k = 0; k < 4; ++k) {
      const std::size_t index = balanced(4 * round + k, 3, 2);
      classes.insert(source->label(index));
      seen[source->label(index)].push_back(index);
    }
    EXPECT_EQ(classes.size(), 4U) << round;
  }
  // Ten samples of the rarest class: each comes once in ten rounds.
  for (std::size_t pass = 0; pass < 4; ++pass)
    EXPECT_EQ(std::set<std::size_t>(seen[0].begin() + std::ptrdiff_t(10 * pass),
                                    seen[0].begin() + std::ptrdiff_t(10 * pass + 10))
                  .size(),
              10U);
}

TEST(Loader, OrdersGiveWhatTheySay) {
  const SourcePtr source = uneven(160);
  std::map<int, int> counts;
  for (const Batch& batch : batches(source, {.batch = 16, .order = LoaderOptions::Order::Balanced}))
    for (const int label : batch.labels) ++counts[label];
  for (const auto& [label, n] : counts) EXPECT_EQ(n, 40) << label;
  std::vector<double> weights(160, 0.0);
  weights[5] = weights[6] = 1;
  for (const Batch& batch :
       batches(source, {.batch = 16, .order = LoaderOptions::Order::Weighted, .weights = weights}))
    for (const std::size_t index : batch.indices) EXPECT_TRUE(index == 5 || index == 6);
  EXPECT_THROW(batches(source, {.order = LoaderOptions::Order::Weighted, .weights = {1, 2}}), UsageError);
  // Repeats follow each other, and are augmented differently.
  const auto repeated = batches(source, {.batch = 16, .repeats = 4});
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

TEST(Loader, AnyWorldSeesTheSameGlobalBatches) {
  const SourcePtr source = uneven(150);  // the last batch is short
  for (const auto last :
       {LoaderOptions::LastBatch::Short, LoaderOptions::LastBatch::Drop, LoaderOptions::LastBatch::Pad}) {
    const auto whole = batches(source, {.batch = 20, .last = last}, 3);
    for (const int world : {2, 3, 5, 20}) {
      std::vector<std::vector<Batch>> ranks;
      for (int rank = 0; rank < world; ++rank) {
        ranks.push_back(batches(source, {.batch = 20, .rank = rank, .world = world, .last = last}, 3));
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
  EXPECT_THROW(batches(source, {.batch = 4, .rank = 5, .world = 5}), UsageError);
  EXPECT_THROW(batches(source, {.batch = 4, .rank = 0, .world = 5}), UsageError);
}

TEST(Loader, PadsTheLastBatch) {
  const auto all = batches(uneven(50), {.batch = 16, .last = LoaderOptions::LastBatch::Pad});
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].valid, 16U);
  EXPECT_EQ(all[3].valid, 2U);
  ASSERT_EQ(all[3].size(), 16U);
  for (std::size_t r = 2; r < 16; ++r) {
    EXPECT_EQ(all[3].labels[r], -1);
    EXPECT_EQ(all[3].images.values<float>()[r * 64 + 5], 0);
  }
}

TEST(Loader, GoesOnFromItsState) {
  const SourcePtr source = uneven(160);
  const Recipe recipe = Recipe::from_yaml("[HorizontalFlip: {}, Brightness: {p: 1}]");
  Loader one(source, recipe, {.batch = 12, .workers = 2, .seed = 4});
  std::vector<std::uint64_t> straight;
  std::string state = one.state();
  EXPECT_LT(state.size(), 120U);
  for (const Batch& batch : one.epoch(0)) {
    straight.push_back(digest(batch));
    if (straight.size() == 5) state = one.state();
  }
  Loader two(source, recipe, {.batch = 12, .workers = 0, .seed = 4, .prefetch = 1});
  std::size_t step = 5;
  for (const Batch& batch : two.resume(state)) EXPECT_EQ(digest(batch), straight[step++]);
  EXPECT_EQ(step, straight.size());
  // At the end of an epoch the state is the next one's begin.
  EXPECT_EQ(two.resume(one.state()).begin()->epoch, 1U);
  EXPECT_THROW(Loader(source, recipe, {.batch = 12, .seed = 5}).resume(state), UsageError);
  EXPECT_THROW(Loader(source, recipe, {.batch = 13, .seed = 4}).resume(state), UsageError);
  EXPECT_THROW(Loader(uneven(161), recipe, {.batch = 12, .seed = 4}).resume(state), UsageError);
  EXPECT_THROW(Loader(source, Recipe{}, {.batch = 12, .seed = 4}).resume(state), UsageError);
  EXPECT_THROW(two.resume("nonsense"), UsageError);
}

TEST(Loader, PeeksAndExplains) {
  Loader loader(open_data("sample:digits").train, Recipe::load("digits"), {.batch = 32, .seed = 2});
  std::vector<std::uint64_t> digests;
  for (const Batch& batch : loader.epoch(1)) {
    digests.push_back(digest(batch));
    if (digests.size() == 4) {
      EXPECT_EQ(digest(loader.peek(1, 2)), digests[2]);
      const std::string text = loader.explain(batch, 3);
      EXPECT_NE(text.find("epoch 1, step 3, row 3: train-images"), std::string::npos) << text;
      EXPECT_NE(text.find("rotate"), std::string::npos) << text;
    }
    if (digests.size() == 8) break;
  }
  EXPECT_EQ(digest(loader.peek(1, 7)), digests[7]);
  EXPECT_THROW(loader.peek(0, 63), UsageError);
  EXPECT_THROW(loader.explain(loader.peek(0, 0), 32), UsageError);
}

TEST(Loader, ReplacesBadSamplesByOnesOfTheirClass) {
  const TemporaryFolder folder;
  const auto good = read_file(std::filesystem::path(DOPPEL_SAMPLE_FOLDER) / "photos/chelsea.jpg");
  for (const char* name : {"a/1.jpg", "a/2.jpg", "a/3.jpg", "b/1.jpg", "b/2.jpg", "b/3.jpg"}) {
    const auto file = folder.path() / name;
    std::filesystem::create_directories(file.parent_path());
    if (std::string_view(name) == "b/2.jpg")
      write_file(file, "not a picture");
    else
      write_file(file, good);
  }
  const auto run = [&](int workers, LoaderOptions::OnError policy) {
    Loader loader(ImageFolder(folder.path()), Recipe::from_yaml("[Resize: {size: [16, 16]}]"),
                  {.batch = 3, .workers = workers, .seed = 1, .on_error = policy});
    std::vector<std::size_t> indices;
    for (const Batch& batch : loader.epoch(0))
      indices.insert(indices.end(), batch.indices.begin(), batch.indices.end());
    return std::pair(indices, loader.report());
  };
  const auto [indices, report] = run(2, LoaderOptions::OnError::Replace);
  EXPECT_EQ(indices.size(), 6U);
  EXPECT_EQ(std::ranges::count(indices, 4U), 0);
  EXPECT_EQ(std::ranges::count_if(indices, [](std::size_t i) { return i >= 3; }), 3);
  EXPECT_EQ(report.replaced, 1U);
  EXPECT_EQ(report.skipped, 0U);
  ASSERT_EQ(report.reasons.size(), 1U);
  EXPECT_NE(report.reasons[0].name.find("b/2.jpg"), std::string::npos);
  EXPECT_EQ(run(0, LoaderOptions::OnError::Replace).first, indices);
  EXPECT_EQ(run(1, LoaderOptions::OnError::Skip).first.size(), 5U);
  EXPECT_THROW(run(1, LoaderOptions::OnError::Fail), Error);
}

TEST(Combinators, JoinMixRepeatAndKeep) {
  const SourcePtr digits = open_data("sample:digits").train, small = uneven(32);
  const Concat both({small, digits});
  ASSERT_EQ(both.size(), 2032U);
  EXPECT_EQ(both.classes().size(), 14U);
  EXPECT_EQ(both.classes()[static_cast<std::size_t>(both.label(32))],
            digits->classes()[static_cast<std::size_t>(digits->label(0))]);
  EXPECT_EQ(both.read(40).sample.label, both.label(40));
  const Mix mix({small, digits}, std::vector<double>{3, 1}, 5000);
  int from_small = 0;
  for (std::size_t i = 0; i < 5000; ++i) {
    from_small += mix.source_of(i) == 0;
    EXPECT_LE(std::abs(from_small - 0.75 * double(i + 1)), 1.01) << i;
  }
  EXPECT_THROW(Mix({small}, std::vector<double>{0}), UsageError);
  EXPECT_THROW(Mix({small}, std::vector<double>{1, 2}), UsageError);
  EXPECT_EQ(Repeat(small, 3).size(), 96U);
  EXPECT_EQ(Repeat(small, 3).name(40), small->name(8));
  const SourcePtr photos = open_data("sample:photos").train;
  for (const auto keep : {Cached::Keep::Encoded, Cached::Keep::Decoded}) {
    const Cached cached(photos, 2'000'000, keep);
    for (int round = 0; round < 2; ++round)
      for (std::size_t i = 0; i < photos->size(); ++i)
        EXPECT_EQ(cv::norm(load(cached, i).image, load(*photos, i).image, cv::NORM_INF), 0);
    EXPECT_LE(cached.bytes(), 2'000'000U);
    EXPECT_GT(cached.kept(), 0U);
  }
}

}  // namespace
}  // namespace doppel::dataset
