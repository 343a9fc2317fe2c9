#include "loader/fetch_ahead.h"

#include <gtest/gtest.h>

#include "dataset/counted_parts.h"
#include "dataset/temporary_folder.h"
#include "doppel/dataset/combine/repeat.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/pack/pack.h"

namespace doppel::dataset {
namespace {

using augment::Recipe;

/// The photos ten times, by parts.
class FetchAheadTest : public ::testing::Test {
 protected:
  FetchAheadTest() {
    write_pack(*open_data("sample:photos").train, folder_.path(), {});
    source_ = std::make_shared<CountedParts>(std::make_shared<Repeat>(
        std::make_shared<PackSource>(folder_.path(), PackSource::Images::ByParts), 10));
  }
  EpochFunction work(const std::string& recipe, std::size_t ahead) const {
    EpochFunction work(source_, Recipe::from_yaml(recipe),
                       {.batch = 5, .epochs = 2, .order = LoaderOptions::Order::Sequential}, {3, 64, 64});
    work.ahead_bytes = ahead;
    return work;
  }
  TemporaryFolder folder_;
  std::shared_ptr<const CountedParts> source_;
};

TEST_F(FetchAheadTest, AsksForWhatWillBeReadAndNoMore) {
  for (const std::string recipe :
       {"[RandomResizedCrop: {size: [64, 64]}]", "[RandomResizedCrop: {size: [16, 16]}]",
        "[CenterCrop: {size: [64, 64]}, AutoContrast: {}]", "[MixUp: {p: 1}, Resize: {size: [64, 64]}]"}) {
    const auto source = std::make_shared<CountedParts>(source_);
    // The ahead of a consumer alone may meet rows that are being read already: those it leaves out.
    Loader loader(source, Recipe::from_yaml(recipe),
                  {.batch = 5, .workers = 1, .epochs = 1, .order = LoaderOptions::Order::Sequential});
    for (const Batch& batch : loader.epoch(0)) EXPECT_EQ(batch.size(), 5U);
    const auto fetched = source->was_fetched.all(), read = source->was_read.all();
    if (recipe.find("MixUp") != recipe.npos) continue;  // partners are read as often as they are met
    for (const auto& [index, asked] : fetched) {
      ASSERT_EQ(asked.size(), 1U) << recipe;
      ASSERT_TRUE(read.contains(index)) << recipe;
      EXPECT_NE(std::ranges::find(read.at(index), asked[0]), read.at(index).end()) << recipe;
    }
  }
}

TEST_F(FetchAheadTest, AsksForPartnersAsAWhole) {
  const EpochFunction work = this->work("[MixUp: {p: 1}, Resize: {size: [64, 64]}]", 100'000'000);
  FetchAhead ahead(work, {0, 0});
  ahead.allow(1);
  source_->was_fetched.wait_for(50);
  std::size_t whole = 0;
  for (const auto& [index, asked] : source_->was_fetched.all())
    for (const auto& parts : asked)
      whole += parts == std::vector<FilePart>{{0, source_->unread(index)->bytes}};
  EXPECT_GE(whole, 60U) << "fifty samples and their partners";
}

TEST_F(FetchAheadTest, KeepsWithinItsBytesUntilRowsAreRead) {
  constexpr std::size_t kMost = 400'000;
  const EpochFunction work = this->work("[RandomResizedCrop: {size: [64, 64]}]", kMost);
  FetchAhead ahead(work, {0, 0});
  ahead.allow(1);
  source_->was_fetched.wait_for(2);
  EXPECT_LE(source_->was_fetched.bytes(), kMost);
  // Each row that is read makes room.
  for (std::uint64_t position = 0; position < 50; ++position) {
    const FetchAhead::Reading reading(&ahead, 0, position);
    EXPECT_LE(source_->was_fetched.all().size(), 50U);
  }
  EXPECT_GT(source_->was_fetched.bytes(), 0U);
}

TEST_F(FetchAheadTest, LeavesOutRowsThatAreReadAlready) {
  const EpochFunction work = this->work("[RandomResizedCrop: {size: [64, 64]}]", 100'000'000);
  FetchAhead ahead(work, {0, 0});
  const FetchAhead::Reading first(&ahead, 0, 3), second(&ahead, 0, 7);
  ahead.allow(1);
  source_->was_fetched.wait_for(48);
  EXPECT_FALSE(source_->was_fetched.all().contains(3));
  EXPECT_FALSE(source_->was_fetched.all().contains(7));
}

TEST_F(FetchAheadTest, GoesOnWhereItIsToldTo) {
  const EpochFunction work = this->work("[RandomResizedCrop: {size: [64, 64]}]", 100'000'000);
  FetchAhead ahead(work, {0, 9});
  ahead.allow(1);
  source_->was_fetched.wait_for(5);
  const auto end = source_->was_fetched.all();
  EXPECT_TRUE(end.contains(49));
  EXPECT_FALSE(end.contains(44));
  ahead.restart({0, 8});
  source_->was_fetched.wait_for(10);
  EXPECT_TRUE(source_->was_fetched.all().contains(40));
  EXPECT_FALSE(source_->was_fetched.all().contains(39));
}

TEST_F(FetchAheadTest, IsOnFromTheFirstBatchAndCountsAsMemory) {
  const LoaderOptions options{.batch = 5, .workers = 2, .epochs = 1};
  Loader far(source_, Recipe::from_yaml("[RandomResizedCrop: {size: [64, 64]}]"), options);
  Loader near(std::make_shared<PackSource>(folder_.path()),
              Recipe::from_yaml("[RandomResizedCrop: {size: [64, 64]}]"), options);
  EXPECT_EQ(far.memory_bytes(), near.memory_bytes() + 16'000'000);
  EXPECT_EQ(source_->was_fetched.bytes(), 0U);
  const Loader::Epoch epoch = far.epoch(0);
  auto batch = epoch.begin();
  source_->was_fetched.wait_for(30);  // of three batches in flight
  for (; batch != std::default_sentinel; ++batch) {}
  LoaderOptions tight = options;
  tight.memory = near.memory_bytes() + 1'000'000;
  Loader small(source_, Recipe::from_yaml("[RandomResizedCrop: {size: [64, 64]}]"), tight);
  EXPECT_LE(small.memory_bytes(), tight.memory);
}

}  // namespace
}  // namespace doppel::dataset
