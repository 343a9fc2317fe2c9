// Mixing inside the loader: the same for any workers, soft labels that say what was mixed, instances that
// keep their masks, boxes and keypoints together.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "doppel/augment/transforms/flip/horizontal_flip.h"
#include "doppel/augment/transforms/mix/copy_paste.h"
#include "doppel/augment/transforms/mix/cut_mix.h"
#include "doppel/augment/transforms/mix/mix_up.h"
#include "doppel/augment/transforms/mix/mix_up_or_cut_mix.h"
#include "doppel/augment/transforms/mix/mosaic.h"
#include "doppel/augment/transforms/mix/resize_mix.h"
#include "doppel/base/error.h"
#include "doppel/dataset/combine/mix.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/sources/memory.h"

namespace doppel::dataset {
namespace {

constexpr int kSide = 48;

/// Image k is all grey level 20 · k + 10, with label k mod 5; two instances, a square each, have a box, a
/// keypoint and a value in the instance mask.
class Squares final : public Source {
 public:
  explicit Squares(int first_instance = 1) : first_(first_instance) {}
  std::size_t size() const override { return 12; }
  Item read(std::size_t index) const override {
    Item item;
    augment::Sample& s = item.sample;
    s.image = cv::Mat(kSide, kSide, CV_8UC3, cv::Scalar::all(level(index)));
    s.label = label(index);
    s.instance_mask = 1;
    s.masks = {cv::Mat::zeros(kSide, kSide, CV_8U), cv::Mat::zeros(kSide, kSide, CV_8U)};
    for (int i = 0; i < 2; ++i) {
      const int x = 6 + 20 * i + static_cast<int>(index) % 3, y = 10 + 2 * static_cast<int>(index) % 7;
      const cv::Rect square(x, y, 8, 8);
      s.masks[0](square).setTo(7);  // of the class
      s.masks[1](square).setTo(first_ + i);
      s.boxes.push_back({double(x), double(y), x + 8.0, y + 8.0, 7, 1, first_ + i});
      s.keypoints.push_back({x + 4.0, y + 4.0, 0, 1, 3, 1, first_ + i});
    }
    return item;
  }
  std::string name(std::size_t index) const override { return "square " + std::to_string(index); }
  int label(std::size_t index) const override { return static_cast<int>(index % 5); }
  const std::vector<std::string>& classes() const override { return classes_; }
  static int level(std::size_t index) { return 20 * static_cast<int>(index) + 10; }

 private:
  int first_;
  std::vector<std::string> classes_{"a", "b", "c", "d", "e"};
};

LoaderOptions bytes(int workers = 0) {
  return {.batch = 4,
          .workers = workers,
          .seed = 3,
          .type = augment::PixelType::U8,
          .layout = augment::Layout::HWC};
}

template <class Mix>
std::vector<std::uint64_t> digests(Mix mix, int workers) {
  Loader loader(Squares(), {augment::HorizontalFlip{}, mix}, bytes(workers));
  std::vector<std::uint64_t> all;
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch)
    for (const Batch& batch : loader.epoch(epoch)) all.push_back(digest(batch));
  return all;
}

TEST(Mixing, IsTheSameForAnyWorkers) {
  const auto check = [](auto mix) {
    const auto expected = digests(mix, 0);
    for (const int workers : {1, 3, 8}) EXPECT_EQ(digests(mix, workers), expected) << decltype(mix)::name;
  };
  check(augment::MixUp{.p = 1});
  check(augment::CutMix{.p = 1});
  check(augment::ResizeMix{.p = 1});
  check(augment::MixUpOrCutMix{.p = 1});
  check(augment::Mosaic{.p = 1});
  check(augment::CopyPaste{.p = 1});
}

/// Calls look(batch, row, pixels) for each row of a few epochs.
template <class Look>
void each_row(Loader& loader, int epochs, const Look& look) {
  for (int epoch = 0; epoch < epochs; ++epoch)
    for (const Batch& batch : loader.epoch(static_cast<std::uint64_t>(epoch)))
      for (std::size_t row = 0; row < batch.size(); ++row)
        look(batch, row,
             batch.images.values<std::uint8_t>().subspan(row * kSide * kSide * 3, kSide * kSide * 3));
}

TEST(Mixing, MixUpAveragesPixelsByTheShareOfTheLabel) {
  Loader loader(Squares(), {augment::MixUp{.alpha = 1, .p = 1}}, bytes());
  each_row(loader, 5, [](const Batch& batch, std::size_t row, std::span<const std::uint8_t> pixels) {
    const auto& shares = batch.targets[row].label_shares;
    ASSERT_FALSE(shares.empty());
    double total = 0;
    for (const auto& share : shares) total += share.share;
    EXPECT_NEAR(total, 1, 1e-9);
    if (shares.size() < 2) return;  // a partner of the same class
    // The partner is one of the images of the other class: some level must fit.
    const double own = Squares::level(batch.indices[row]);
    double nearest = 1e9;
    for (std::size_t k = 0; k < 12; ++k)
      if (static_cast<int>(k % 5) == shares[1].label)
        nearest = std::min(nearest,
                           std::abs(shares[0].share * own + shares[1].share * Squares::level(k) - pixels[0]));
    EXPECT_LE(nearest, 0.51);
  });
}

TEST(Mixing, NumbersWeightsAndIndependentLabelsAreMixedByTheSameShare) {
  std::vector<augment::Sample> samples;
  for (int k = 0; k < 6; ++k) {
    augment::Sample sample;
    sample.image = cv::Mat(8, 8, CV_8UC1, cv::Scalar(40 * k));
    sample.label = 0;
    sample.label_shares = {{0, 1}, {1 + k % 2, 1}};  // each has the first class, and one of two others
    sample.numbers = {40.0 * k, -1};
    sample.weight = 40 * k;
    sample.fields = {{"k", std::int64_t{k}}};
    samples.push_back(std::move(sample));
  }
  Loader loader(std::make_shared<InMemory>(std::move(samples), std::vector<std::string>{"a", "b", "c"},
                                           std::vector<std::string>{"level", "other"}),
                {augment::MixUp{.alpha = 1, .p = 1}}, bytes());
  for (const Batch& batch : loader.epoch(0))
    for (std::size_t row = 0; row < batch.size(); ++row) {
      ASSERT_EQ(batch.numbers[row].size(), 2U);
      const double level = batch.images.values<std::uint8_t>()[row * 64];
      EXPECT_NEAR(batch.numbers[row][0], level, 0.51);
      EXPECT_NEAR(batch.numbers[row][1], -1, 1e-12);
      EXPECT_NEAR(batch.weights[row], level, 0.51);
      EXPECT_EQ(batch.targets[row].fields[0].value,
                (augment::NamedValue{"k", std::int64_t(batch.indices[row])}.value));
      double others = 0;
      for (const auto& share : batch.targets[row].label_shares)
        if (share.label == 0)
          EXPECT_NEAR(share.share, 1, 1e-12) << "both have it";
        else
          others += share.share;
      EXPECT_NEAR(others, 1, 1e-12);
    }
}

TEST(Mixing, CutMixPastesTheAreaThatTheLabelSays) {
  Loader loader(Squares(), {augment::CutMix{.p = 1}}, bytes());
  int mixed = 0;
  each_row(loader, 5, [&](const Batch& batch, std::size_t row, std::span<const std::uint8_t> pixels) {
    const auto& shares = batch.targets[row].label_shares;
    if (shares.size() < 2) return;
    ++mixed;
    int pasted = 0;
    for (std::size_t i = 0; i < pixels.size(); i += 3)
      pasted += pixels[i] != Squares::level(batch.indices[row]);
    EXPECT_NEAR(pasted / double(kSide * kSide), shares[1].share, 1e-9);
    EXPECT_EQ(batch.labels[row], shares[shares[1].share > 0.5 ? 1U : 0U].label);
  });
  EXPECT_GT(mixed, 20);
}

TEST(Mixing, SoftLabelsAreRowsThatSumToOne) {
  Loader loader(Squares(), {augment::Mosaic{.p = 0.5}}, bytes());
  for (const Batch& batch : loader.epoch(0)) {
    const Tensor shares = soft_labels(batch, 5);
    EXPECT_EQ(shares.shape(), (std::vector<std::int64_t>{static_cast<std::int64_t>(batch.size()), 5}));
    for (std::size_t row = 0; row < batch.size(); ++row) {
      const auto one = shares.values<float>().subspan(row * 5, 5);
      EXPECT_NEAR(std::accumulate(one.begin(), one.end(), 0.0), 1, 1e-5);
      EXPECT_EQ(std::max_element(one.begin(), one.end()) - one.begin(), batch.labels[row]);
    }
    EXPECT_THROW(soft_labels(batch, 1), Error);
  }
}

/// Every box with an instance covers exactly its pixels of the instance mask, and its keypoint lies on them.
void check_bound(const Targets& targets) {
  std::vector<int> instances;
  for (const augment::Box& box : targets.boxes) {
    instances.push_back(box.instance);
    const cv::Mat mine = targets.masks[1] == box.instance;
    const int pixels = cv::countNonZero(mine);
    if (pixels == 0) {
      EXPECT_LT(box.visibility, 0.1);
      continue;
    }
    const cv::Rect seen = cv::boundingRect(mine);
    EXPECT_GE(seen.x + 1e-9, std::floor(box.x0));
    EXPECT_GE(seen.y + 1e-9, std::floor(box.y0));
    EXPECT_LE(seen.x + seen.width, std::ceil(box.x1) + 1e-9);
    EXPECT_LE(seen.y + seen.height, std::ceil(box.y1) + 1e-9);
    const double area = (box.x1 - box.x0) * (box.y1 - box.y0);
    if (box.visibility > 0.999) {
      // Nearest pixels of a box with sub-pixel edges: off by half a pixel along each edge.
      EXPECT_NEAR(pixels, area, box.x1 - box.x0 + box.y1 - box.y0 + 1);
    }
    EXPECT_EQ(cv::countNonZero(mine & (targets.masks[0] == 7)), pixels);
  }
  std::ranges::sort(instances);
  EXPECT_EQ(std::ranges::adjacent_find(instances), instances.end()) << "two objects with one number";
  for (const augment::Keypoint& k : targets.keypoints)
    if (k.visibility > 0) {
      EXPECT_EQ(targets.masks[1].at<unsigned char>(static_cast<int>(k.y), static_cast<int>(k.x)), k.instance);
    }
}

TEST(Mixing, InstancesKeepTheirNumbersMasksAndKeypoints) {
  const auto check = [](auto mix, int first) {
    Loader loader(Squares(first), {augment::HorizontalFlip{}, mix}, bytes());
    std::size_t most = 0;
    each_row(loader, 6, [&](const Batch& batch, std::size_t row, std::span<const std::uint8_t>) {
      check_bound(batch.targets[row]);
      most = std::max(most, batch.targets[row].boxes.size());
    });
    EXPECT_GT(most, 2U) << decltype(mix)::name;
  };
  check(augment::CopyPaste{.share = {1, 1}, .feather = {0, 0}, .p = 1}, 1);
  check(augment::CutMix{.p = 1}, 1);
  check(augment::Mosaic{.p = 1}, 1);
  check(augment::CopyPaste{.share = {1, 1}, .feather = {0, 0}, .p = 1}, 254);  // an 8-bit mask has room below
}

TEST(Mixing, WithoutOtherSamplesNothingIsMixed) {
  const augment::Sample sample = Squares().read(3).sample;
  const augment::Sample out =
      augment::Recipe{augment::MixUp{.p = 1}, augment::Mosaic{.p = 1}}.apply(sample, {});
  EXPECT_EQ(cv::norm(sample.image, out.image, cv::NORM_INF), 0);
  EXPECT_TRUE(out.label_shares.empty());
}

}  // namespace
}  // namespace doppel::dataset
