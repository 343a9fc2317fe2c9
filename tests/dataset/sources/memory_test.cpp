#include "doppel/dataset/sources/memory.h"

#include <gtest/gtest.h>

#include "error_of.h"

namespace doppel::dataset {
namespace {

TEST(InMemory, HandsOverWhatItWasGiven) {
  std::vector<augment::Sample> samples(2);
  samples[0].image = cv::Mat(2, 3, CV_8UC1, cv::Scalar(7));
  samples[0].label = 1;
  samples[0].boxes = {{0, 0, 2, 1, 1}};
  const InMemory source(samples, {"a", "b"});
  ASSERT_EQ(source.size(), 2U);
  EXPECT_EQ(source.label(0), 1);
  EXPECT_EQ(source.label(1), -1);  // as an empty sample has it
  EXPECT_EQ(load(source, 0).boxes, samples[0].boxes);
  EXPECT_EQ(load(source, 0).image.at<unsigned char>(1, 2), 7);
  EXPECT_EQ(source.name(1), "sample 1");
}

TEST(InMemory, LabelsMustBeClasses) {
  std::vector<augment::Sample> samples(2);
  const auto error = [&](int label) {
    samples[1].label = label;
    return error_of([&] { InMemory(samples, {"a", "b"}); });
  };
  EXPECT_EQ(error(1), "");
  EXPECT_EQ(error(-1), "");
  EXPECT_EQ(error(2), "sample 1: label 2 is outside the 2 classes");
  EXPECT_NE(error(-2), "");
}

}  // namespace
}  // namespace doppel::dataset
