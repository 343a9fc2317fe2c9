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

TEST(Batch, NumbersWeightsAndLabelsBecomeTensors) {
  Batch batch = small_batch();
  batch.numbers = {{1, 2.5}, {-3, 4}, {}};
  batch.weights = {1, 0.5, 0};
  const Tensor numbers = dense_numbers(batch);
  EXPECT_EQ(numbers.shape(), (std::vector<std::int64_t>{3, 2}));
  EXPECT_TRUE(std::ranges::equal(numbers.values<float>(), std::vector<float>{1, 2.5F, -3, 4, 0, 0}));
  EXPECT_TRUE(std::ranges::equal(dense_weights(batch).values<float>(), std::vector<float>{1, 0.5F, 0}));
  EXPECT_TRUE(
      std::ranges::equal(dense_labels(batch).values<std::int64_t>(), std::vector<std::int64_t>{2, 0, -1}));
  batch.numbers[1] = {7};
  EXPECT_EQ(error_of([&] { dense_numbers(batch); }),
            "one image of a batch has 2 numbers to learn, another 1");
  EXPECT_EQ(dense_numbers(small_batch()).count(), 0);
}

TEST(Batch, MasksAreStackedWhereAllHaveAsMany) {
  Batch batch = small_batch();
  EXPECT_EQ(error_of([&] { stacked_masks(batch); }), "one image of a batch has 0 masks, another 1");
  batch.targets[0].masks = {cv::Mat(2, 2, CV_8U, cv::Scalar(3))};
  const Tensor one = stacked_masks(batch);
  EXPECT_EQ(one.shape(), (std::vector<std::int64_t>{3, 2, 2}));
  EXPECT_EQ(one.type(), DType::U8);
  EXPECT_TRUE(std::ranges::equal(one.values<unsigned char>(),
                                 std::vector<unsigned char>{3, 3, 3, 3, 1, 1, 1, 1, 0, 0, 0, 0}));
  for (std::size_t r : {0, 1}) batch.targets[r].masks.emplace_back(2, 2, CV_32S, cv::Scalar(70000));
  const Tensor two = stacked_masks(batch);
  EXPECT_EQ(two.shape(), (std::vector<std::int64_t>{3, 2, 2, 2}));
  EXPECT_EQ(two.values<std::int64_t>()[3], 3);
  EXPECT_EQ(two.values<std::int64_t>()[4], 70000);
  batch.targets[1].masks[1] = cv::Mat(1, 2, CV_8U, cv::Scalar(0));
  EXPECT_EQ(error_of([&] { stacked_masks(batch); }), "masks of one batch have different sizes");
}

TEST(Batch, KeypointsArePadded) {
  Batch batch = small_batch();
  batch.targets[0].keypoints = {{1, 2, 0, 1, 0, 1}, {3, 4, 0, 1, 1, 0}};
  batch.targets[1].keypoints = {{5, 6, 0, 1, 0, 0.5}};
  const Tensor points = padded_keypoints(batch);
  EXPECT_EQ(points.shape(), (std::vector<std::int64_t>{3, 2, 3}));
  EXPECT_TRUE(std::ranges::equal(points.values<float>(), std::vector<float>{1, 2, 1, 3, 4, 0, 5, 6, 0.5F, -1,
                                                                            -1, 0, -1, -1, 0, -1, -1, 0}));
  EXPECT_EQ(padded_keypoints(batch, 1).count(), 9);
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
  EXPECT_FALSE(changed([](Batch& b) { b.weights = {1, 1, 0}; }))
      << "as a loader has it, of rows that fill up";
  EXPECT_TRUE(changed([](Batch& b) { b.weights = {1, 2, 0}; }));
  EXPECT_TRUE(changed([](Batch& b) { b.numbers = {{}, {1}, {}}; }));
  EXPECT_TRUE(changed([](Batch& b) { b.targets[1].fields = {{"a", "b"}}; }));
  EXPECT_TRUE(changed([](Batch& b) { b.targets[1].fields = {{"a", std::vector<double>{1, 2}}}; }));
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
