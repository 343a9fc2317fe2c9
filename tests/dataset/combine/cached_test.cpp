#include "doppel/dataset/combine/cached.h"

#include <gtest/gtest.h>

#include <atomic>

#include "dataset/levels.h"
#include "doppel/dataset/open/open_data.h"

namespace doppel::dataset {
namespace {

/// Counts what is asked of it.
class AskedSource final : public Source {
 public:
  std::size_t size() const override { return inner_->size(); }
  Item read(std::size_t index) const override {
    ++reads;
    return inner_->read(index);
  }
  void prepare(std::size_t) const override { ++prepares; }
  std::string name(std::size_t index) const override { return inner_->name(index); }
  int label(std::size_t index) const override { return inner_->label(index); }
  const std::vector<std::string>& classes() const override { return inner_->classes(); }
  mutable std::atomic<int> reads{0}, prepares{0};

 private:
  SourcePtr inner_ = levels(10, 0);
};

TEST(Cached, AsksForWhatItKeepsOnce) {
  const auto source = std::make_shared<AskedSource>();
  const Cached cached(source, 1 << 20, Cached::Keep::Decoded);
  for (int round = 0; round < 3; ++round)
    for (std::size_t i = 0; i < 10; ++i) {
      cached.prepare(i);
      EXPECT_EQ(level_of(cached, i), static_cast<int>(i));
    }
  EXPECT_EQ(source->reads, 10);
  EXPECT_EQ(source->prepares, 10);
  EXPECT_EQ(cached.kept(), 10U);
}

TEST(Cached, KeepsNoMoreThanItMayAndNeverDropsIt) {
  const auto source = std::make_shared<AskedSource>();
  const std::size_t each = sizeof(Item) + 6;  // 2 x 3 pixels
  const Cached cached(source, 3 * each, Cached::Keep::Encoded);
  for (int round = 0; round < 2; ++round)
    for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(level_of(cached, i), static_cast<int>(i));
  EXPECT_EQ(cached.kept(), 3U);
  EXPECT_EQ(cached.bytes(), 3 * each);
  EXPECT_EQ(source->reads, 10 + 7);
  const Cached none(source, 0, Cached::Keep::Encoded);
  EXPECT_EQ(level_of(none, 4), 4);
  EXPECT_EQ(none.kept(), 0U);
}

TEST(Cached, ImagesAreTheSameEncodedOrDecoded) {
  const SourcePtr photos = open_data("sample:photos").train;
  for (const auto keep : {Cached::Keep::Encoded, Cached::Keep::Decoded}) {
    const Cached cached(photos, 2'000'000, keep);
    for (int round = 0; round < 2; ++round)
      for (std::size_t i = 0; i < photos->size(); ++i)
        EXPECT_EQ(cv::norm(load(cached, i).image, load(*photos, i).image, cv::NORM_INF), 0);
    EXPECT_LE(cached.bytes(), 2'000'000U);
    EXPECT_GT(cached.kept(), 0U);
    EXPECT_EQ(cached.read(0).encoded.empty(), keep == Cached::Keep::Decoded);
  }
}

}  // namespace
}  // namespace doppel::dataset
