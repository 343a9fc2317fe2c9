// What the loader's options promise: types, memory, traces, reading ahead.
#include <gtest/gtest.h>

#include <atomic>
#include <bit>
#include <nlohmann/json.hpp>
#include <thread>

#include "dataset/temporary_folder.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/loader/trace.h"
#include "doppel/dataset/open/open_data.h"

namespace doppel::dataset {
namespace {

SourcePtr photos() { return open_data("sample:photos").train; }

augment::Recipe cropped() {
  return augment::Recipe::from_yaml(
      "- RandomResizedCrop: {size: [40, 48]}\n- Brightness: {factor: [0.7, 1.3], p: 1}\n");
}

TEST(LoaderOptions, Bf16IsTheFloatRoundedToEven) {
  for (const auto layout : {augment::Layout::CHW, augment::Layout::HWC})
    for (const bool straight : {false, true}) {
      const augment::Recipe recipe =
          straight ? augment::Recipe::from_yaml("- RandomResizedCrop: {size: [40, 48]}\n") : cropped();
      LoaderOptions options{
          .batch = 3, .layout = layout, .mean = {0.4F, 0.5F, 0.6F, 0}, .std = {0.2F, 0.3F, 0.4F, 1}};
      Loader floats(photos(), recipe, options);
      options.type = augment::PixelType::BF16;
      Loader halves(photos(), recipe, options);
      const Batch a = floats.peek(0, 0), b = halves.peek(0, 0);
      ASSERT_EQ(b.images.type(), DType::BF16);
      ASSERT_EQ(b.images.bytes() * 2, a.images.bytes());
      for (std::size_t i = 0; i < static_cast<std::size_t>(a.images.count()); ++i) {
        const float exact = a.images.values<float>()[i];
        const auto half = std::bit_cast<float>(std::uint32_t{b.images.values<std::uint16_t>()[i]} << 16);
        ASSERT_NEAR(half, exact, std::abs(exact) / 256 + 1e-30) << i;
      }
      EXPECT_EQ(floats.memory_bytes() % 16'000'000, 2 * (halves.memory_bytes() % 16'000'000));
    }
}

TEST(LoaderOptions, MemoryBoundsTheBatchesAndSaysWhenItCannot) {
  const std::size_t batch = 2U * 3 * 40 * 48 * 4;
  LoaderOptions options{.batch = 2, .workers = 0, .prefetch = 8, .memory = 16'000'000 + 4 * batch};
  const Loader loader(photos(), cropped(), options);
  EXPECT_EQ(loader.options().prefetch, 3U);
  EXPECT_LE(loader.memory_bytes(), options.memory);
  options.memory = 16'000'000;
  try {
    Loader(photos(), cropped(), options);
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("16 MB of memory aren't enough"), std::string::npos)
        << error.what();
  }
}

TEST(LoaderOptions, ATraceHasEverySamplesSpans) {
  const TemporaryFolder folder;
  const auto trace = std::make_shared<Trace>();
  Loader loader(photos(), cropped(), {.batch = 2, .workers = 2, .epochs = 1, .trace = trace});
  for (const Batch& batch : loader.epoch(0)) EXPECT_GT(batch.size(), 0U);
  trace->write(folder.path() / "trace.json");
  const auto bytes = read_file(folder.path() / "trace.json");
  const auto json = nlohmann::json::parse(bytes.begin(), bytes.end());
  std::map<std::string, int> spans;
  for (const auto& event : json.at("traceEvents")) {
    EXPECT_EQ(event.at("ph"), "X");
    EXPECT_GE(event.at("dur").get<double>(), 0);
    ++spans[event.at("name")];
  }
  const int n = static_cast<int>(loader.source().size());
  EXPECT_EQ(spans["read"], n);
  EXPECT_EQ(spans["render"], n);
  EXPECT_EQ(spans["decode"], 2 * n);  // the header, then the pixels
}

/// A disk of a tenth of a millisecond and more; counts what it was told to fetch.
class Slow final : public Source {
 public:
  std::size_t size() const override { return 400; }
  Item read(std::size_t index) const override {
    const auto until = std::chrono::steady_clock::now() + std::chrono::microseconds(400);
    while (std::chrono::steady_clock::now() < until) {}
    Item item;
    item.sample.image = cv::Mat(4, 4, CV_8U, cv::Scalar(static_cast<double>(index % 251)));
    return item;
  }
  void prepare(std::size_t index) const override {
    if (index < size()) ++prepared;
  }
  std::string name(std::size_t index) const override { return std::to_string(index); }
  int label(std::size_t) const override { return -1; }
  const std::vector<std::string>& classes() const override { return classes_; }
  mutable std::atomic<int> prepared{0};

 private:
  std::vector<std::string> classes_;
};

TEST(LoaderOptions, SlowReadsAreFetchedAheadAndChangeNothing) {
  const auto slow = std::make_shared<Slow>();
  std::uint64_t with = 0;
  {
    Loader loader(slow, {}, {.batch = 16, .workers = 2, .epochs = 1});
    for (const Batch& batch : loader.epoch(0)) with = digest(batch, with);
  }
  EXPECT_GT(slow->prepared, 100);
  std::uint64_t without = 0;
  Loader alone(slow, {}, {.batch = 16, .workers = 0, .epochs = 1});
  for (const Batch& batch : alone.epoch(0)) without = digest(batch, without);
  EXPECT_EQ(with, without);
}

TEST(KFold, FoldsAreDisjointCompleteAndStratified) {
  const SourcePtr source = open_data("sample:digits").train;
  const std::vector<Split> folds = k_fold(source, 7, 3);
  ASSERT_EQ(folds.size(), 7U);
  std::map<std::string, int> names;
  for (const Split& fold : folds) {
    EXPECT_EQ(fold.train->size() + fold.rest->size(), source->size());
    std::map<int, int> labels;
    for (std::size_t i = 0; i < fold.rest->size(); ++i)
      ++names[fold.rest->name(i)], ++labels[fold.rest->label(i)];
    for (const auto& [label, n] : labels) EXPECT_NEAR(n, 200.0 / 7, 1) << label;
  }
  EXPECT_EQ(names.size(), source->size());
  EXPECT_THROW(k_fold(source, 1, 0), UsageError);
  EXPECT_THROW(k_fold(source, source->size() + 1, 0), UsageError);
}

}  // namespace
}  // namespace doppel::dataset
