// The same batches whatever the workers, the depth, or where one begins; errors that name the sample.
#include "doppel/dataset/loader/loader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "dataset/levels.h"
#include "dataset/temporary_folder.h"
#include "doppel/augment/transforms/crop/resize.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/codec/jpeg.h"
#include "doppel/dataset/combine/subset.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/sources/image_folder.h"
#include "doppel/dataset/sources/memory.h"
#include "error_of.h"

namespace doppel::dataset {
namespace {

using augment::Recipe;

SourcePtr digits() { return open_data("sample:digits").train; }

std::vector<std::uint64_t> digests(LoaderOptions options, std::uint64_t epoch, std::uint64_t first = 0,
                                   const std::string& recipe = "digits") {
  options.seed = 5;
  Loader loader(std::make_shared<Subset>(digits(),
                                         [] {
                                           std::vector<std::size_t> some(300);
                                           for (std::size_t i = 0; i < some.size(); ++i) some[i] = i * 3;
                                           return some;
                                         }()),
                Recipe::load(recipe), options);
  std::vector<std::uint64_t> all;
  for (const Batch& batch : loader.epoch(epoch, first)) all.push_back(digest(batch));
  return all;
}

TEST(Loader, BatchesAreTheSameForAnyWorkersAndDepth) {
  const auto expected = digests({.batch = 32, .workers = 0, .prefetch = 1}, 2);
  ASSERT_EQ(expected.size(), 10U);
  for (const int workers : {1, 2, 3, 8})
    for (const std::size_t prefetch : {1U, 2U, 5U})
      EXPECT_EQ(digests({.batch = 32, .workers = workers, .prefetch = prefetch}, 2), expected)
          << workers << " " << prefetch;
  EXPECT_NE(digests({.batch = 32, .workers = 0}, 1), expected);
}

TEST(Loader, ResumesInTheMiddleOfAnEpoch) {
  const auto expected = digests({.batch = 32}, 3);
  for (const std::uint64_t first : {1U, 4U, 9U})
    EXPECT_EQ(digests({.batch = 32, .workers = 3}, 3, first),
              std::vector(expected.begin() + static_cast<std::ptrdiff_t>(first), expected.end()));
}

TEST(Loader, EpochsFollowWithoutASeamAndStoppingHalfWayIsFine) {
  Loader loader(digits(), Recipe::load("digits"), {.batch = 100, .seed = 1});
  std::vector<std::uint64_t> straight;
  for (std::uint64_t e = 0; e < 3; ++e)
    for (const Batch& batch : loader.epoch(e)) straight.push_back(digest(batch));
  ASSERT_EQ(straight.size(), 60U);
  int taken = 0;
  for (const Batch& batch : loader.epoch(1)) {
    EXPECT_EQ(digest(batch), straight[20 + static_cast<std::size_t>(taken)]);
    if (++taken == 7) break;
  }
  EXPECT_EQ(digest(*loader.epoch(1, 7).begin()), straight[27]);
  EXPECT_EQ(digest(*loader.epoch(0).begin()), straight[0]);
}

TEST(Loader, EpochsBeyondThoseAnnouncedComeToo) {
  Loader loader(digits(), {}, {.batch = 300, .epochs = 1});
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    std::size_t batches = 0;
    for (const Batch& batch : loader.epoch(epoch)) {
      EXPECT_EQ(batch.epoch, epoch);
      ++batches;
    }
    EXPECT_EQ(batches, loader.steps());
  }
}

TEST(Loader, EverySampleComesOncePerEpoch) {
  Loader loader(digits(), {}, {.batch = 64});
  std::vector<int> seen(loader.source().size());
  for (const Batch& batch : loader.epoch(4))
    for (std::size_t r = 0; r < batch.size(); ++r) {
      ++seen[batch.indices[r]];
      EXPECT_EQ(batch.labels[r], loader.source().label(batch.indices[r]));
    }
  for (const int n : seen) EXPECT_EQ(n, 1);
}

TEST(Loader, ThePoolIsAllTheMemory) {
  Loader loader(digits(), {}, {.batch = 50, .prefetch = 2});
  const std::size_t batches = 3U * 50 * 28 * 28 * 4;
  EXPECT_GE(loader.memory_bytes(), batches + 16'000'000);
  EXPECT_EQ(loader.memory_bytes() % 16'000'000, batches);
  std::set<const void*> pixels;
  for (const Batch& batch : loader.epoch(0)) pixels.insert(batch.images.data());
  EXPECT_LE(pixels.size(), 3U);
}

TEST(Loader, ATensorThatIsKeptIsNotOverwritten) {
  Loader loader(digits(), {}, {.batch = 50, .prefetch = 2});
  std::vector<Tensor> kept;
  std::vector<std::vector<float>> copies;
  for (const Batch& batch : loader.epoch(0)) {
    kept.push_back(batch.images);
    copies.emplace_back(batch.images.values<float>().begin(), batch.images.values<float>().end());
  }
  for (std::size_t i = 0; i < kept.size(); ++i)
    EXPECT_TRUE(std::ranges::equal(kept[i].values<float>(), copies[i]));
}

/// Three JPEGs of two classes; the second is cut off in the middle.
void write_broken_folder(const std::filesystem::path& root) {
  cv::Mat image(40, 40, CV_8UC3, cv::Scalar(10, 120, 240));
  const auto bytes = encode_jpeg(image, 90);
  std::filesystem::create_directories(root / "a");
  std::filesystem::create_directories(root / "b");
  write_file(root / "a/1.jpg", bytes);
  write_file(root / "a/2.jpg", std::span(bytes).first(bytes.size() / 2));
  write_file(root / "b/3.jpg", bytes);
}

TEST(Loader, AnEpochOfNothingIsAnError) {
  const TemporaryFolder folder;
  write_broken_folder(folder.path());
  Loader loader(ImageFolder{folder.path()}, {}, {.batch = 2});
  std::size_t rows = 0;
  for (const Batch& batch : loader.epoch(0)) rows += batch.size();
  EXPECT_EQ(rows, 2U);
  for (const char* name : {"a/1.jpg", "b/3.jpg"})
    write_file(folder.path() / name, std::span<const unsigned char>());
  // The epoch that was prepared may still have what was read before.
  const std::string said = error_of([&] {
    for (const Batch& batch : loader.epoch(7)) rows += batch.size();
  });
  EXPECT_NE(said.find("none of 3 samples can be used; "), said.npos) << said;
  EXPECT_EQ(rows, 2U);
  // An epoch whose rest alone is empty ends.
  EXPECT_EQ(error_of([&] {
              for (const Batch& batch : loader.epoch(9, 1)) rows += batch.size();
            }),
            "");
}

TEST(Loader, ColoursOfBandsAreRefusedBeforeSamplesAreLeftOut) {
  std::vector<augment::Sample> samples(4);
  for (augment::Sample& sample : samples) sample.image = cv::Mat::zeros(8, 8, CV_8UC(6));
  const auto source = std::make_shared<InMemory>(samples, std::vector<std::string>{});
  const auto recipe = augment::Recipe::from_yaml("- Hue: {p: 0.2}\n");
  EXPECT_THROW(Loader(source, recipe, {.batch = 2}), UsageError);
  EXPECT_NO_THROW(Loader(
      source, augment::Recipe::from_yaml("transforms:\n  - Hue: {p: 0.2}\nrgb: [2, 1, 0]\n"), {.batch = 2}));
}

TEST(Loader, ABrokenImageIsSkippedCountedAndNamed) {
  const TemporaryFolder folder;
  write_broken_folder(folder.path());
  Loader loader(ImageFolder{folder.path()}, {}, {.batch = 3, .order = LoaderOptions::Order::Sequential});
  int batches = 0;
  for (const Batch& batch : loader.epoch(0)) {
    EXPECT_EQ(batch.size(), 2U);
    EXPECT_EQ(batch.images.shape()[0], 2);
    EXPECT_EQ(batch.labels, (std::vector{0, 1}));
    EXPECT_NEAR(batch.images.values<float>()[static_cast<std::size_t>(3 * 1600 + 5)], 10 / 255.0, 0.02);
    ++batches;
  }
  EXPECT_EQ(batches, 1);
  const LoaderReport report = loader.report();
  EXPECT_EQ(report.skipped, 1U);
  EXPECT_TRUE(report.reasons.at(0).name.ends_with("a/2.jpg"));
}

TEST(Loader, UnderFailABrokenImageIsThrownWithItsName) {
  const TemporaryFolder folder;
  write_broken_folder(folder.path());
  for (const int workers : {0, 2}) {
    Loader loader(ImageFolder{folder.path()}, {},
                  {.batch = 3,
                   .workers = workers,
                   .order = LoaderOptions::Order::Sequential,
                   .on_error = LoaderOptions::OnError::Fail});
    try {
      for (const Batch& batch : loader.epoch(0)) FAIL() << batch.size();
      FAIL();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("a/2.jpg: not a whole JPEG"), std::string::npos)
          << error.what();
    }
  }
}

TEST(Loader, ImagesOfDifferentSizesAskForAResize) {
  std::vector<augment::Sample> samples(2);
  samples[0].image = cv::Mat(8, 8, CV_8UC1, cv::Scalar(0));
  samples[1].image = cv::Mat(9, 8, CV_8UC1, cv::Scalar(0));
  for (auto& s : samples) s.label = 0;
  Loader loader(InMemory(samples, {"x"}), {}, {.batch = 2, .on_error = LoaderOptions::OnError::Fail});
  try {
    loader.epoch(0).begin();
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("sample"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("end the recipe with Resize"), std::string::npos);
  }
  Loader resized(InMemory(samples, {"x"}), Recipe{augment::Resize{.size = {4, 4}}}, {.batch = 2});
  EXPECT_EQ(resized.epoch(0).begin()->size(), 2U);
}

TEST(Loader, WrongOptionsAreRefused) {
  EXPECT_THROW(Loader(digits(), {}, {.batch = 0}), UsageError);
  EXPECT_THROW(Loader(digits(), {}, {.prefetch = 0}), UsageError);
  EXPECT_THROW(Loader(digits(), {}, {.channels = 65}), UsageError);
  EXPECT_THROW(Loader(digits(), {}, {.batch = 4000, .last = LoaderOptions::LastBatch::Drop}), UsageError);
  EXPECT_THROW(Loader(InMemory({}, {}), {}, {}), Error);
  Loader loader(digits(), {}, {.batch = 1000});
  EXPECT_THROW(loader.epoch(0, 2).begin(), UsageError);
}

TEST(Loader, LastBatchIsShortOrDropped) {
  Loader shorter(digits(), {}, {.batch = 600}),
      dropped(digits(), {}, {.batch = 600, .last = LoaderOptions::LastBatch::Drop});
  EXPECT_EQ(shorter.steps(), 4U);
  EXPECT_EQ(dropped.steps(), 3U);
  std::size_t last = 0;
  for (const Batch& batch : shorter.epoch(0)) last = batch.size();
  EXPECT_EQ(last, 200U);
}

TEST(Loader, BoxesMasksAndKeypointsComeAlong) {
  augment::Sample s;
  s.image = cv::Mat(20, 30, CV_8UC3, cv::Scalar::all(0));
  s.masks = {cv::Mat(20, 30, CV_8UC1, cv::Scalar(1))};
  s.boxes = {{1, 2, 11, 12, 0, 1}};
  s.keypoints = {{3, 4, 0, 1, 0, 1}};
  s.label = 0;
  Loader loader(InMemory({s}, {"x"}), Recipe{augment::Resize{.size = {40, 60}}},
                {.batch = 1, .type = augment::PixelType::U8, .layout = augment::Layout::HWC});
  const Batch& batch = *loader.epoch(0).begin();
  EXPECT_EQ(batch.images.shape(), (std::vector<std::int64_t>{1, 40, 60, 3}));
  EXPECT_EQ(batch.targets[0].boxes[0].x1, 22);
  EXPECT_EQ(batch.targets[0].keypoints[0].y, 8);
  EXPECT_EQ(batch.targets[0].masks[0].size(), cv::Size(60, 40));
}

TEST(Loader, DestroyingItWithWorkInFlightIsClean) {
  for (int i = 0; i < 20; ++i) {
    Loader loader(digits(), Recipe::load("digits"), {.batch = 64, .workers = 4, .prefetch = 6});
    EXPECT_EQ(loader.epoch(static_cast<std::uint64_t>(i)).begin()->size(), 64U);
  }
}

/// What it has begun goes on, whoever asked for it.
TEST(Loader, ConsumersThreadsMayComeAndGo) {
  const auto expected = digests({.batch = 32, .workers = 0}, 0);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::size_t> some(300);
    for (std::size_t i = 0; i < some.size(); ++i) some[i] = i * 3;
    Loader loader(std::make_shared<Subset>(digits(), std::move(some)), Recipe::load("digits"),
                  {.batch = 32, .workers = 3, .seed = 5, .prefetch = 6});
    auto at = loader.epoch(0).begin();
    for (std::size_t k = 0; k < 4; ++k) {
      EXPECT_EQ(digest(*at), expected[k]);
      std::thread([&] { ++at; }).join();
    }
  }
}

TEST(Loader, GoesOnFromItsState) {
  const SourcePtr source = levels(160, 0);
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
  EXPECT_THROW(Loader(levels(161, 0), recipe, {.batch = 12, .seed = 4}).resume(state), UsageError);
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

}  // namespace
}  // namespace doppel::dataset
