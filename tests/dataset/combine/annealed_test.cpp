#include "doppel/dataset/combine/annealed.h"

#include <gtest/gtest.h>

#include <map>

#include "doppel/base/error.h"
#include "doppel/dataset/sources/memory.h"

namespace doppel::dataset {
namespace {

SourcePtr images(int count, int value) {
  std::vector<augment::Sample> samples(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    samples[static_cast<std::size_t>(i)].image = cv::Mat(1, 1, CV_8UC1, cv::Scalar(value + i));
    samples[static_cast<std::size_t>(i)].label = i % 2;
  }
  return std::make_shared<InMemory>(std::move(samples), std::vector<std::string>{"a", "b"});
}

int pixel(const Source& source, std::size_t index) { return source.read(index).sample.image.at<uchar>(0, 0); }

TEST(Annealed, TheExtraShareHoldsAndThenFallsToNothing) {
  const Annealed mixed(images(30, 0), images(20, 100), 0.25, 1000, 7);
  const auto extras = [&](std::size_t first, std::size_t last) {
    int count = 0;
    for (std::size_t i = first; i < last; ++i) {
      EXPECT_EQ(pixel(mixed, i) >= 100, mixed.is_extra(i));
      count += mixed.is_extra(i);
    }
    return count;
  };
  for (std::size_t at = 0; at < 800; at += 100) EXPECT_EQ(extras(at, at + 100), 25);
  EXPECT_EQ(extras(800, 1000), 25);  // half of what it was
  EXPECT_EQ(extras(960, 1000), 1);
}

TEST(Annealed, TheShareKnowsWhereEachAddedSampleComes) {
  const Annealed mixed(images(30, 0), images(20, 100), 0.25, 1000, 7);
  const AnnealedShare share{0.25, 1000, 0.8};
  std::size_t number = 0;
  for (std::size_t i = 0; i < 1000; ++i)
    if (mixed.is_extra(i)) { EXPECT_EQ(share.place_of(number++), i); }
  EXPECT_EQ(number, share.extras(1000));
  EXPECT_EQ(share.place_of(number), 1000U);
}

TEST(Annealed, EachSampleComesOnceBeforeAnyComesAgain) {
  const Annealed alone(images(30, 0), nullptr, 0.5, 95, 7), again(images(30, 0), nullptr, 0, 95, 7);
  std::map<int, int> seen;
  std::vector<int> first, second;
  for (std::size_t i = 0; i < 95; ++i) {
    EXPECT_FALSE(alone.is_extra(i));
    ++seen[pixel(alone, i)];
    EXPECT_EQ(pixel(alone, i), pixel(again, i));
    EXPECT_EQ(alone.label(i), pixel(alone, i) % 2);
    if (i < 30) first.push_back(pixel(alone, i));
    if (i >= 30 && i < 60) second.push_back(pixel(alone, i));
    if (i % 30 == 29) {
      for (const auto& [value, count] : seen) EXPECT_EQ(count, static_cast<int>(i / 30 + 1)) << value;
    }
  }
  EXPECT_NE(first, second);
}

TEST(Annealed, RefusesWhatCannotBeMixed) {
  EXPECT_THROW(Annealed(images(3, 0), images(3, 0), 1.5, 10, 1), UsageError);
  EXPECT_THROW(Annealed(images(0, 0), nullptr, 0, 10, 1), UsageError);
  const auto other =
      std::make_shared<InMemory>(std::vector<augment::Sample>(1), std::vector<std::string>{"c", "d"});
  EXPECT_THROW(Annealed(images(3, 0), other, 0.5, 10, 1), UsageError);
}

}  // namespace
}  // namespace doppel::dataset
