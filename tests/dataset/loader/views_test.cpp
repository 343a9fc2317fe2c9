// Several pictures of each sample from one decoding; maps and outlines in batches.
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "doppel/augment/transforms/color/brightness.h"
#include "doppel/augment/transforms/color/standardize.h"
#include "doppel/augment/transforms/crop/random_resized_crop.h"
#include "doppel/augment/transforms/crop/resize.h"
#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/structure/sequence.h"
#include "doppel/codec/jpeg.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/sources/memory.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

using augment::Recipe;

/// Twelve JPEGs that count how often they're read.
class CountedJpegs final : public Source {
 public:
  CountedJpegs() {
    for (int i = 0; i < 12; ++i) {
      cv::Mat image = augment::wavy(90 + i, 120, 3);
      image += cv::Scalar::all(i);
      files_.push_back(encode_jpeg(image, 90));
    }
  }
  std::size_t size() const override { return files_.size(); }
  Item read(std::size_t index) const override {
    ++reads;
    return {files_[index], {}};
  }
  std::string name(std::size_t index) const override { return "jpeg " + std::to_string(index); }
  int label(std::size_t) const override { return -1; }
  const std::vector<std::string>& classes() const override { return classes_; }
  mutable std::atomic<int> reads{0};

 private:
  std::vector<std::vector<unsigned char>> files_;
  std::vector<std::string> classes_;
};

Recipe crops(double least) {
  return {augment::RandomResizedCrop{.size = {32, 32}, .scale = {least, 1}},
          augment::HorizontalFlip{.p = 0.5}, augment::Brightness{}};
}

LoaderOptions with_views(int workers = 2) {
  LoaderOptions options{.batch = 5, .workers = workers, .seed = 3};
  options.views = {{crops(0.5), {32, 32}}, {crops(0.5), {}}, {crops(0.1), {16, 20}}, {{}, {8, 8}}};
  return options;
}

TEST(Views, AreATensorEachFromOneDecoding) {
  const auto source = std::make_shared<CountedJpegs>();
  Loader loader(source, {}, with_views(0));
  const int before = source->reads;
  std::size_t rows = 0;
  for (const Batch& batch : loader.epoch(0)) {
    ASSERT_EQ(batch.views.size(), 3U);
    const auto n = static_cast<std::int64_t>(batch.size());
    EXPECT_EQ(batch.images.shape(), (std::vector<std::int64_t>{n, 3, 32, 32}));
    EXPECT_EQ(batch.views[0].shape(), (std::vector<std::int64_t>{n, 3, 32, 32}));
    EXPECT_EQ(batch.views[1].shape(), (std::vector<std::int64_t>{n, 3, 16, 20}));
    EXPECT_EQ(batch.views[2].shape(), (std::vector<std::int64_t>{n, 3, 8, 8}));
    // The same recipe draws other numbers.
    EXPECT_FALSE(std::ranges::equal(batch.images.values<float>(), batch.views[0].values<float>()));
    rows += batch.size();
    if (rows == 12) break;
  }
  EXPECT_EQ(rows, 12U);
  EXPECT_EQ(loader.report().decoded, static_cast<std::size_t>(source->reads - before));
  EXPECT_GE(loader.report().decoded, 12U);
}

std::vector<std::uint64_t> view_digests(LoaderOptions options, std::uint64_t epoch = 1) {
  Loader loader(std::make_shared<CountedJpegs>(), {}, std::move(options));
  std::vector<std::uint64_t> all;
  for (const Batch& batch : loader.epoch(epoch)) all.push_back(digest(batch));
  return all;
}

TEST(Views, AreTheSameForAnyWorkersAndDifferByEpochSeedAndView) {
  const auto expected = view_digests(with_views(0));
  EXPECT_EQ(view_digests(with_views(3)), expected);
  EXPECT_NE(view_digests(with_views(0), 2), expected);
  LoaderOptions other = with_views(0);
  other.views[3].size = {8, 9};
  EXPECT_NE(view_digests(other), expected);
}

TEST(Views, TheFirstIsWhatItsRecipeAloneGives) {
  const auto source = std::make_shared<CountedJpegs>();
  Loader views(source, {}, {.batch = 4, .seed = 3, .views = {{crops(0.9), {}}, {crops(0.9), {}}}});
  Loader alone(source, crops(0.9), {.batch = 4, .seed = 3});
  const Batch a = views.peek(0, 1), b = alone.peek(0, 1);
  EXPECT_TRUE(std::ranges::equal(a.images.values<float>(), b.images.values<float>()));
  EXPECT_EQ(views.memory_bytes() - alone.memory_bytes(), 4 * 4 * 3 * 32 * 32 * sizeof(float));
  EXPECT_NE(views.explain(a, 0).find("\nview 1: "), std::string::npos);
  EXPECT_NE(views.state().substr(0, 40), alone.state().substr(0, 40));
}

TEST(Views, ALastBatchIsFilledUpAndBadRowsAreLeftOut) {
  LoaderOptions options = with_views(0);
  options.last = LoaderOptions::LastBatch::Pad;
  Loader loader(std::make_shared<CountedJpegs>(), {}, options);
  const Batch last = loader.peek(0, 2);
  EXPECT_EQ(last.valid, 2U);
  EXPECT_EQ(last.views[2].shape()[0], 5);
  const auto values = last.views[2].values<float>();
  EXPECT_TRUE(std::all_of(values.end() - 3 * 3 * 8 * 8, values.end(), [](float v) { return v == 0; }));
}

TEST(Views, AreSizedBeforeTheyAreNormalized) {
  const auto source = std::make_shared<CountedJpegs>();
  const augment::Standardize last{.channels = augment::Standardize::Channels::Together};
  LoaderOptions options{.batch = 3, .seed = 3};
  options.views = {{{last}, {24, 16}},
                   {{augment::Sequence{.of = {last}}}, {24, 16}},
                   {{augment::Sequence{.of = {last}, .p = 0}}, {24, 16}}};
  const Batch batch = Loader(source, {}, options).peek(0, 0);
  const auto mean = [](std::span<const float> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  };
  ASSERT_EQ(batch.views.size(), 2U);
  EXPECT_NEAR(mean(batch.images.values<float>()), 0, 1e-4);
  EXPECT_NEAR(mean(batch.views[0].values<float>()), 0, 1e-4);
  EXPECT_GT(mean(batch.views[1].values<float>()), 0.2);
}

TEST(Views, WrongOnesAreRefused) {
  const auto source = std::make_shared<CountedJpegs>();
  EXPECT_NE(error_of([&] {
              Loader(source, crops(0.5), with_views());
            }).find("there is a recipe and there are views"),
            std::string::npos);
  LoaderOptions options = with_views();
  options.views[1].size = {0, 5};
  EXPECT_NE(error_of([&] { Loader(source, {}, options); }).find("view 1 is to be 0x5"), std::string::npos);
}

TEST(Views, AreReadFromYaml) {
  const auto views = views_from_yaml(
      "views:\n- {recipe: [HorizontalFlip], size: [8, 12]}\n- standard\n- {size: 9}\n- [HorizontalFlip]\n");
  ASSERT_EQ(views.size(), 4U);
  EXPECT_EQ(views[0].size, (Size{8, 12}));
  EXPECT_EQ(views[0].recipe.transforms().size(), 1U);
  EXPECT_EQ(views[1].recipe.yaml(), Recipe::load("standard").yaml());
  EXPECT_EQ(views[2].size, (Size{9, 9}));
  EXPECT_TRUE(views[2].recipe.transforms().empty());
  EXPECT_EQ(views[3].recipe.transforms().size(), 1U);
  const auto said = [](const char* text) { return error_of([&] { views_from_yaml(text, "v.yaml"); }); };
  EXPECT_NE(said("[]").find("v.yaml: views are a list of one or more"), std::string::npos);
  EXPECT_NE(said("- {size: 8}\n- {sice: 8}").find("v.yaml: view 1: it has recipe and size, not 'sice'"),
            std::string::npos);
  EXPECT_NE(said("- {size: [8]}").find("size must be [height, width]"), std::string::npos);
  EXPECT_NE(said("- {recipe: [HorizontalFlop]}").find("v.yaml: view 0"), std::string::npos);
}

TEST(BatchMaps, AreStackedByName) {
  std::vector<augment::Sample> samples;
  for (int i = 0; i < 3; ++i) {
    augment::Sample sample;
    sample.image = augment::wavy(6, 8, 3);
    sample.maps = {{.name = "depth", .values = cv::Mat(6, 8, CV_32F, cv::Scalar(i + 1))},
                   {.name = "flow",
                    .values = cv::Mat(6, 8, CV_32FC2, cv::Scalar(i, 2)),
                    .kind = augment::MapKind::Flow}};
    sample.outlines = {{.points = {{1, 1}, {7, 1}, {7, 5}}, .label = 0}};
    samples.push_back(std::move(sample));
  }
  const auto source = std::make_shared<InMemory>(samples, std::vector<std::string>{"x"});
  Loader loader(
      source, Recipe{augment::HorizontalFlip{.p = 1}},
      {.batch = 4, .order = LoaderOptions::Order::Sequential, .last = LoaderOptions::LastBatch::Pad});
  const Batch batch = loader.peek(0, 0);
  const Tensor depth = stacked_maps(batch, "depth"), flow = stacked_maps(batch, "flow");
  EXPECT_EQ(depth.shape(), (std::vector<std::int64_t>{4, 1, 6, 8}));
  EXPECT_EQ(flow.shape(), (std::vector<std::int64_t>{4, 2, 6, 8}));
  EXPECT_EQ(depth.values<float>()[2 * 48 + 5], 3);
  EXPECT_EQ(depth.values<float>()[3 * 48], 0);
  EXPECT_EQ(flow.values<float>()[2 * 96 + 5], -2);
  EXPECT_EQ(flow.values<float>()[2 * 96 + 48 + 5], 2);
  EXPECT_EQ(batch.targets[0].outlines[0].points[0], (Point{7, 1}));
  EXPECT_NE(error_of([&] { stacked_maps(batch, "heat"); }).find("row 0 of a batch has no map called 'heat'"),
            std::string::npos);
  const std::uint64_t before = digest(batch);
  Batch changed = batch;
  changed.targets[1].maps[0].values = changed.targets[1].maps[0].values + 1;
  EXPECT_NE(digest(changed), before);
  changed = batch;
  changed.targets[1].outlines[0].points[0].x += 1;
  EXPECT_NE(digest(changed), before);
  changed = batch;
  changed.targets[1].maps.clear();
  EXPECT_NE(error_of([&] { stacked_maps(changed, "depth"); }).find("row 1"), std::string::npos);
  changed = batch;
  changed.targets[2].maps[0].values = cv::Mat(5, 8, CV_32F, cv::Scalar(1));
  EXPECT_NE(error_of([&] { stacked_maps(changed, "depth"); }).find("differ: one is 6x8"), std::string::npos);
}

}  // namespace
}  // namespace doppel::dataset
