#include "doppel/augment/transforms/color/fourier_adapt.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <string>

#include "augment/test_images.h"
#include "augment/transforms/color/on_color.h"
#include "dataset/temporary_folder.h"
#include "doppel/codec/png.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(FourierAdapt, TakesTheLookAndLeavesTheDetail) {
  const dataset::TemporaryFolder folder;
  const std::string file = (folder.path() / "look.png").string();
  write_png(file, cv::Mat(9, 7, CV_8UC3, cv::Scalar(90, 120, 150)));
  Sample sample;
  sample.image = cv::Mat(0.3 * wavy(40, 50, 4));
  const cv::Mat out = Recipe{FourierAdapt{{file}, {0, 0}, 1}}.apply(sample, {}).image;
  // Of the mean alone: each pixel's distance from it stays, and so does alpha.
  const cv::Scalar mean = cv::mean(sample.image), look(90, 120, 150);
  for (int c = 0; c < 4; ++c) {
    cv::Mat before, after;
    cv::extractChannel(sample.image, before, c);
    cv::extractChannel(out, after, c);
    before.convertTo(before, CV_32F, 1, c == 3 ? 0 : look[c] - mean[c]);
    after.convertTo(after, CV_32F);
    EXPECT_LE(cv::norm(before, after, cv::NORM_INF), 1) << c;
  }
  // With more frequencies the reference's calm takes more of the waves away.
  const auto waves = [&](double beta) {
    cv::Scalar level, deviation;
    cv::meanStdDev(Recipe{FourierAdapt{{file}, {beta, beta}, 1}}.apply(sample, {}).image, level, deviation);
    return deviation[0];
  };
  EXPECT_LT(waves(0.06), 0.8 * waves(0));
  EXPECT_LT(waves(0.3), 0.8 * waves(0.06));
}

TEST(FourierAdapt, ChoosesAReferenceAndNamesOneThatIsMissing) {
  const FourierAdapt adapt{{"a.png", "b.png"}, {0, 0.05}, 1};
  int first = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed)
    first += drawn_op<op::FourierAdapt>(adapt, seed).file == "a.png";
  EXPECT_NEAR(first, 200, 45);
  expect_fills(0, 0.05, [&](std::uint64_t seed) { return drawn_op<op::FourierAdapt>(adapt, seed).beta; });
  EXPECT_TRUE((Recipe{FourierAdapt{.p = 1}}.draw(flat_sample(4, 4, 0.5), {}).ops.empty()));  // has none
  const FourierAdapt missing{{"/no/such/file.png"}, {0, 0.05}, 1};
  EXPECT_NE(error_of([&] { Recipe{missing}.apply(flat_sample(4, 4, 0.5), {}); }).find("/no/such/file.png"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::augment
