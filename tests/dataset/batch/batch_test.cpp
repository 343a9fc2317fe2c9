#include "doppel/dataset/batch/batch.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <opencv2/core.hpp>

#include "error_of.h"

namespace doppel::dataset {
namespace {

/// Three rows of 2 x 2 pixels: a label, a mixed label, and padding.
Batch small_batch() {
  Batch batch;
  batch.images = Tensor(DType::F32, {3, 1, 2, 2});
  batch.labels = {2, 0, -1};
  batch.targets.resize(3);
  batch.targets[0].boxes = {{0, 0, 1, 1, 2}, {1, 0, 2, 1.5, 0}};
  batch.targets[1].label_shares = {{0, 0.75}, {1, 0.25}};
  batch.targets[1].masks = {cv::Mat(2, 2, CV_8U, cv::Scalar(1))};
  batch.indices = {4, 9, 0};
  batch.positions = {0, 1, 2};
  batch.valid = 2;
  return batch;
}

TEST(Batch, SoftLabelsAreSharesThatSumToOne) {
  Batch batch = small_batch();
  batch.labels[2] = 1;
  const Tensor shares = soft_labels(batch, 3);
  EXPECT_EQ(shares.shape(), (std::vector<std::int64_t>{3, 3}));
  const std::vector<float> expected{0, 0, 1, 0.75F, 0.25F, 0, 0, 1, 0};
  EXPECT_TRUE(std::ranges::equal(shares.values<float>(), expected));
  EXPECT_EQ(error_of([&] { soft_labels(batch, 2); }), "label 2 is outside the 2 classes (0 to 1)");
}

TEST(Batch, SeveralLabelsAreEachThereOrShareAOne) {
  Batch batch = small_batch();
  batch.targets[1].label_shares = {{0, 1}, {1, 1}};
  batch.targets[2].label_shares = {{0, 0}};
  const Tensor as_they_are = soft_labels(batch, 3, Labels::Independent);
  EXPECT_TRUE(std::ranges::equal(as_they_are.values<float>(), std::vector<float>{0, 0, 1, 1, 1, 0, 0, 0, 0}));
  EXPECT_NE(error_of([&] { soft_labels(batch, 3); }).find("none of the classes"), std::string::npos);
  batch.targets[2].label_shares = {{2, 1}};
  const Tensor shared = soft_labels(batch, 3, Labels::Exclusive);
  EXPECT_TRUE(std::ranges::equal(shared.values<float>(), std::vector<float>{0, 0, 1, 0.5, 0.5, 0, 0, 0, 1}));
}

TEST(Batch, PaddedBoxesHaveMinusOneWhereThereIsNone) {
  const Tensor boxes = padded_boxes(small_batch());
  EXPECT_EQ(boxes.shape(), (std::vector<std::int64_t>{3, 2, 5}));
  const auto values = boxes.values<float>();
  EXPECT_EQ(std::vector<float>(values.begin() + 5, values.begin() + 10),
            (std::vector<float>{1, 0, 2, 1.5F, 0}));
  for (std::size_t i = 10; i < 30; ++i) EXPECT_EQ(values[i], -1);
  EXPECT_EQ(padded_boxes(small_batch(), 1).count(), 15);
  EXPECT_EQ(padded_boxes(small_batch(), 4).values<float>()[19], -1);
  EXPECT_EQ(padded_boxes(Batch()).count(), 0);
}

TEST(Batch, TheDigestKnowsEveryPartOfIt) {
  const std::uint64_t same = digest(small_batch());
  EXPECT_EQ(digest(small_batch()), same);
  EXPECT_NE(digest(small_batch(), 1), same);
  const auto changed = [&](const auto& change) {
    Batch batch = small_batch();
    change(batch);
    return digest(batch) != same;
  };
  EXPECT_TRUE(changed([](Batch& b) { b.epoch = 1; }));
  EXPECT_TRUE(changed([](Batch& b) { b.step = 1; }));
  EXPECT_TRUE(changed([](Batch& b) { b.images.values<float>()[7] = 1e-9F; }));
  EXPECT_TRUE(changed([](Batch& b) { std::swap(b.labels[0], b.labels[1]); }));
  EXPECT_TRUE(changed([](Batch& b) { b.indices[2] = 1; }));
  EXPECT_TRUE(changed([](Batch& b) { b.targets[0].boxes[1].y1 = 1.25; }));
  EXPECT_TRUE(changed([](Batch& b) { std::swap(b.targets[0].boxes[0], b.targets[0].boxes[1]); }));
  EXPECT_TRUE(changed([](Batch& b) { b.targets[1].masks[0].at<unsigned char>(1, 1) = 0; }));
  EXPECT_TRUE(changed([](Batch& b) { b.targets[1].label_shares[0].share = 0.5; }));
  EXPECT_TRUE(changed([](Batch& b) { b.targets[2].keypoints.push_back({1, 1}); }));
  EXPECT_TRUE(changed([](Batch& b) { b.targets[2].rotated_boxes.push_back({1, 1, 2, 2, 30}); }));
}

}  // namespace
}  // namespace doppel::dataset
