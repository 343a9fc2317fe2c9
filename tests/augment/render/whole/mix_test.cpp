// Blend and Join.
#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/render/through.h"
#include "augment/test_images.h"
#include "error_of.h"
#include "render/whole_op.h"

namespace doppel::augment {
namespace {

TEST(MixOps, BlendIsTheWeightedSumOfItsBranches) {
  const cv::Mat image = flat_image(10, 12, cv::Scalar(0.4, 0.6, 0.8));
  const Plan same{{10, 12}, {}}, inverted{{10, 12}, {op::Solarize{op::Solarize::Mode::Invert, 0}}};
  op::Blend blend{.branches = {same, inverted}, .weights = {0.75, 0.25}, .share = 0.5};
  // 0.4 + 0.5 · (0.75 · 0.4 + 0.25 · 0.6 - 0.4)
  EXPECT_LT(
      cv::norm(through(blend, image) - flat_image(10, 12, cv::Scalar(0.425, 0.575, 0.725)), cv::NORM_INF),
      1e-5);
  blend.share = 0;
  EXPECT_LT(cv::norm(through(blend, image) - image, cv::NORM_INF), 1e-6);
  blend.branches = {Plan{{10, 12}, {op::Crop{0, 0, {5, 5}}}}};
  blend.weights = {1};
  EXPECT_EQ(error_of([&] { through(blend, image); }), "Blend: a branch changes the image's size");
}

TEST(MixOps, MasksSayWhereABlendShows) {
  using Mask = op::Blend::Mask;
  const cv::Mat black = flat_image(40, 60, cv::Scalar(0), 1);
  op::Blend white{.branches = {Plan{{40, 60}, {op::Solarize{op::Solarize::Mode::Invert, 0}}}},
                  .weights = {1}};
  const auto shown = [&](Mask mask) {
    white.mask = mask;
    return through(white, black);
  };
  EXPECT_EQ(cv::mean(shown(Mask::All))[0], 1);
  white.boxes = {10, 5, 30, 15, 50, 30, 99, 99};  // the second is cut
  const cv::Mat boxes = shown(Mask::Boxes);
  EXPECT_EQ(cv::countNonZero(boxes), 20 * 10 + 10 * 10);
  EXPECT_EQ(boxes.at<float>(5, 10), 1);
  white.scale = 0.25;  // squares of 10
  const cv::Mat checker = shown(Mask::Checker);
  for (int y = 0; y < 40; ++y)
    for (int x = 0; x < 60; ++x) ASSERT_EQ(checker.at<float>(y, x), (x / 10 + y / 10) % 2 == 0 ? 1 : 0);
  const cv::Mat gradient = shown(Mask::Gradient);  // rises to the right
  for (int x = 0; x < 60; ++x) EXPECT_NEAR(gradient.at<float>(17, x), (x + 0.5) / 60, 1e-5);
  double mean = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    white.seed = seed;
    mean += cv::mean(shown(Mask::Noise))[0] / 20;
  }
  EXPECT_NEAR(mean, 0.5, 0.08);
}

TEST(MixOps, JoinAveragesPastesAndCuts) {
  using Mode = op::Join::Mode;
  const cv::Mat image = flat_image(8, 10, cv::Scalar::all(0.2));
  Sample partner;
  partner.image = cv::Mat(8, 10, CV_8UC1, cv::Scalar(204));  // 0.8, as grey bytes
  partner.masks = {cv::Mat(8, 10, CV_8U, cv::Scalar(0))};
  partner.masks[0](cv::Rect(1, 1, 2, 3)).setTo(5);
  partner.masks[0](cv::Rect(6, 1, 2, 3)).setTo(6);
  partner.instance_mask = 0;
  const std::vector<Sample> partners{partner};
  const auto joined = [&](const op::Join& join) { return apply_mix(join, image, partners); };
  const auto at = [](const cv::Mat& out, int x, int y) { return out.at<cv::Vec3f>(y, x)[1]; };
  EXPECT_NEAR(at(joined({.plan = {}, .share = 0.25}), 3, 3), 0.35, 1e-5);
  const cv::Mat pasted = joined({.mode = Mode::Paste, .plan = {}, .x = 4, .y = -2});
  EXPECT_NEAR(at(pasted, 4, 5), 0.8, 1e-5);
  EXPECT_NEAR(at(pasted, 3, 5), 0.2, 1e-5);
  EXPECT_NEAR(at(pasted, 4, 6), 0.2, 1e-5);
  EXPECT_NEAR(at(joined({.mode = Mode::Paste, .plan = {}, .x = 4, .feather = 2}), 4, 3), 0.2 + 0.6 * 0.25,
              1e-5);
  EXPECT_EQ(cv::norm(joined({.mode = Mode::Paste, .plan = {}, .x = 40}), image, cv::NORM_INF), 0);
  const cv::Mat cut = joined({.mode = Mode::Cut, .plan = {}, .x = 1, .values = {5}});
  EXPECT_NEAR(at(cut, 2, 1), 0.8, 1e-5);
  EXPECT_NEAR(at(cut, 7, 1), 0.2, 1e-5);
  EXPECT_NEAR(cv::sum(cut)[0], 80 * 0.2 + 6 * 0.6, 1e-3);
  // What is done to the partner first: another size, which an average doesn't take.
  op::Join small{.plan = {Plan{{8, 10}, {op::Crop{0, 0, {4, 4}}}}}};
  EXPECT_EQ(error_of([&] { joined(small); }), "Join: averaged images must have the same size");
  small.mode = Mode::Paste;
  EXPECT_NEAR(cv::sum(joined(small))[0], 80 * 0.2 + 16 * 0.6, 1e-3);
  small.partner = 2;
  EXPECT_EQ(error_of([&] { joined(small); }), "the plan needs 3 more samples, but 1 are given");
}

TEST(MixOps, MasksComeInAsTheirImagesDoUnderNewNumbers) {
  using Mode = op::Join::Mode;
  Sample partner;
  partner.image = wavy(2, 3, 1);
  const cv::Mat numbers = (cv::Mat_<unsigned char>(2, 3) << 0, 1, 2, 1, 1, 0);
  partner.masks = {numbers};
  partner.instance_mask = 0;
  const std::vector<Sample> partners{partner};
  const cv::Mat mask(3, 4, CV_32S, cv::Scalar(9));
  const auto values = [&](const op::Join& join, int place = 0) {
    const cv::Mat out = join_mask(join, mask, partners, place);
    return std::vector<int>(out.begin<int>(), out.end<int>());
  };
  EXPECT_EQ(values({.plan = {}, .share = 0.5}), std::vector<int>(12, 9));
  EXPECT_EQ(values({.mode = Mode::Paste, .plan = {}, .x = 1, .y = 1, .values = {1}, .names = {70}}),
            (std::vector{9, 9, 9, 9, 9, 0, 70, 2, 9, 70, 70, 0}));
  EXPECT_EQ(values({.mode = Mode::Cut, .plan = {}, .values = {1}, .names = {70}}),
            (std::vector{9, 70, 9, 9, 70, 70, 9, 9, 9, 9, 9, 9}));
  // A mask that the partner hasn't: nothing is there.
  EXPECT_EQ(values({.mode = Mode::Cut, .plan = {}, .values = {1}}, 1),
            (std::vector{9, 0, 9, 9, 0, 0, 9, 9, 9, 9, 9, 9}));
}

}  // namespace
}  // namespace doppel::augment
