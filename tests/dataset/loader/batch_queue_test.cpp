#include "loader/batch_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "dataset/levels.h"
#include "dataset/written_files.h"
#include "doppel/base/error.h"
#include "doppel/dataset/sources/image_folder.h"

namespace doppel::dataset {
namespace {

/// Twenty grey images, of which 13 can't be had.
class Unlucky final : public Source {
 public:
  enum class Throws { Own, Foreign, NoException, InName };
  explicit Unlucky(Throws throws) : throws_(throws) {}
  std::size_t size() const override { return 20; }
  Item read(std::size_t index) const override {
    if (index == kBad) {
      if (throws_ == Throws::NoException) throw 42;
      if (throws_ == Throws::Own) throw Error("the shelf is empty");
      throw std::runtime_error("the shelf is empty");
    }
    Item item;
    item.sample.image = cv::Mat(4, 4, CV_8U, cv::Scalar(static_cast<double>(index)));
    return item;
  }
  std::string name(std::size_t index) const override {
    if (throws_ == Throws::InName) throw std::runtime_error("no name either");
    return "image-" + std::to_string(index);
  }
  int label(std::size_t) const override { return -1; }
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  static constexpr std::size_t kBad = 13;
  Throws throws_;
  std::vector<std::string> classes_;
};

TEST(BatchQueue, FillsWhatItSchedulesAndHandsItOverInOrder) {
  BatchQueue queue(EpochFunction(
      levels(20, 0), {}, {.batch = 8, .prefetch = 2, .epochs = 1, .order = LoaderOptions::Order::Sequential},
      {1, 2, 3}));
  EXPECT_FALSE(queue.run_one());      // nothing is scheduled
  EXPECT_EQ(queue.schedule(0), 16U);  // two batches, a row a piece
  EXPECT_EQ(queue.schedule(0), 16U);  // the same
  EXPECT_TRUE(queue.run_one());
  EXPECT_EQ(queue.schedule(0), 15U);
  EXPECT_TRUE(queue.run_one());
  for (std::uint64_t step = 0; step < 3; ++step) {
    EXPECT_EQ(queue.position(), (std::pair<std::uint64_t, std::uint64_t>{0, step}));
    queue.take();  // does what nobody has done
    queue.schedule(0);
    const Batch& batch = *queue.current();
    EXPECT_EQ(batch.step, step);
    EXPECT_EQ(batch.size(), step == 2 ? 4U : 8U);
    for (std::size_t row = 0; row < batch.size(); ++row) EXPECT_EQ(batch.indices[row], 8 * step + row);
  }
  EXPECT_EQ(queue.position().first, 1U);
  EXPECT_EQ(queue.report().samples, 20U);
  queue.restart(0, 1);
  queue.schedule(0);
  queue.take();
  EXPECT_EQ(queue.current()->indices[0], 8U);
  EXPECT_EQ(digest(queue.make(0, 1)), digest(*queue.current()));
  queue.stop();
  EXPECT_FALSE(queue.run_one());
}

/// As `for batch in loader: x = batch.images` does: the last one is held while the next is asked for.
TEST(BatchQueue, MemoryComesBackFromWhoHoldsTheLastBatch) {
  Loader loader(levels(200, 0), {}, {.batch = 8, .workers = 0, .prefetch = 2, .epochs = 1});
  const std::size_t alone = loader.memory_bytes();
  std::set<const void*> places;
  Tensor held;
  std::vector<Tensor> kept;
  for (const Batch& batch : loader.epoch(0)) {
    held = batch.images;
    places.insert(held.data());
  }
  EXPECT_LE(places.size(), 5U);
  EXPECT_EQ(loader.memory_bytes(), alone + held.bytes());  // of one that was given back
  for (const Batch& batch : loader.epoch(1)) kept.push_back(batch.images);
  EXPECT_EQ(loader.memory_bytes(), alone + 4 * held.bytes());
}

TEST(BatchQueue, BatchesLieWhereTheAllocatorSays) {
  std::set<const void*> given;
  const auto allocator = [&](std::size_t bytes) {
    EXPECT_EQ(bytes, 8U * 2 * 3 * 4);
    std::shared_ptr<void> memory(std::aligned_alloc(64, 192), std::free);
    given.insert(memory.get());
    return memory;
  };
  Loader loader(levels(40, 0), {}, {.batch = 8, .workers = 1, .prefetch = 2, .allocator = allocator});
  for (const Batch& batch : loader.epoch(0)) EXPECT_TRUE(given.contains(batch.images.data()));
  EXPECT_EQ(given.size(), 3U);
}

TEST(BatchQueue, WhatEndsTheWaitingLeavesTheLoaderWhereItWas) {
  bool stop = false;
  const auto poll = [&] {
    if (std::exchange(stop, false)) throw std::runtime_error("enough");
  };
  Loader loader(levels(40, 0), {}, {.batch = 8, .workers = 0, .prefetch = 1, .while_waiting = poll});
  Loader::Iterator at = loader.epoch(0).begin();
  const std::string state = loader.state();
  const std::uint64_t next = digest(loader.peek(0, 1));
  stop = true;
  EXPECT_THROW(++at, std::runtime_error);
  EXPECT_EQ(loader.state(), state);
  EXPECT_EQ(digest(*loader.resume(state).begin()), next);
}

TEST(BatchQueue, WhateverASourceThrowsIsSkippedWithItsName) {
  for (const auto throws : {Unlucky::Throws::Own, Unlucky::Throws::Foreign, Unlucky::Throws::NoException,
                            Unlucky::Throws::InName}) {
    Loader loader(Unlucky(throws), {}, {.batch = 4, .workers = 3, .epochs = 1});
    std::size_t rows = 0;
    for (const Batch& batch : loader.epoch(0)) rows += batch.size();
    EXPECT_EQ(rows, 19U);
    const LoaderReport report = loader.report();
    ASSERT_EQ(report.skipped, 1U);
    EXPECT_EQ(report.reasons[0].name, throws == Unlucky::Throws::InName ? "sample 13" : "image-13");
  }
}

TEST(BatchQueue, UnderFailItReachesTheConsumerOnce) {
  for (const auto throws : {Unlucky::Throws::Own, Unlucky::Throws::Foreign, Unlucky::Throws::NoException}) {
    Loader loader(Unlucky(throws), {},
                  {.batch = 4, .workers = 3, .epochs = 1, .on_error = LoaderOptions::OnError::Fail});
    int thrown = 0;
    const std::uint64_t steps = loader.steps();
    for (std::uint64_t step = 0; step < steps; ++step) try {
        (void)loader.epoch(0, step).begin();
      } catch (const Error& error) {
        ++thrown;
        EXPECT_NE(std::string(error.what()).find("image-13"), std::string::npos) << error.what();
      }
    EXPECT_EQ(thrown, 1);
  }
}

TEST(BatchQueue, ReplacesBadSamplesByOnesOfTheirClass) {
  const TemporaryFolder folder;
  const auto good = read_file(std::filesystem::path(DOPPEL_SAMPLE_FOLDER) / "photos/chelsea.jpg");
  for (const char* name : {"a/1.jpg", "a/2.jpg", "a/3.jpg", "b/1.jpg", "b/2.jpg", "b/3.jpg"}) {
    const auto file = folder.path() / name;
    std::filesystem::create_directories(file.parent_path());
    if (std::string_view(name) == "b/2.jpg")
      write_file(file, "not an image");
    else
      write_file(file, good);
  }
  const auto run = [&](int workers, LoaderOptions::OnError policy) {
    Loader loader(ImageFolder(folder.path()), augment::Recipe::from_yaml("[Resize: {size: [16, 16]}]"),
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

}  // namespace
}  // namespace doppel::dataset
