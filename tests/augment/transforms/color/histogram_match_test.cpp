#include "doppel/augment/transforms/color/histogram_match.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "augment/test_images.h"
#include "augment/transforms/color/on_color.h"
#include "dataset/temporary_folder.h"
#include "doppel/codec/png.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(HistogramMatch, TonesBecomeAsFrequentAsInTheReference) {
  // Red even over all levels, green the darkest quarter, blue black or white.
  const dataset::TemporaryFolder folder;
  const std::string file = (folder.path() / "tones.png").string();
  cv::Mat reference(16, 16, CV_8UC3);
  for (int i = 0; i < 256; ++i)
    reference.at<cv::Vec3b>(i / 16, i % 16) = {static_cast<unsigned char>(i),
                                               static_cast<unsigned char>(i / 4),
                                               static_cast<unsigned char>(i < 128 ? 0 : 255)};
  write_png(file, reference);
  Sample sample;
  sample.image = wavy(60, 70, 3);
  const cv::Mat out = Recipe{HistogramMatch{{file}, {1, 1}, 1}}.apply(sample, {}).image;
  const auto at_rank = [&](int channel, double rank) -> double {
    cv::Mat one;
    cv::extractChannel(out, one, channel);
    std::vector<unsigned char> levels(one.begin<unsigned char>(), one.end<unsigned char>());
    std::ranges::sort(levels);
    return levels[static_cast<std::size_t>(rank * static_cast<double>(levels.size()))];
  };
  for (const double rank : {0.1, 0.3, 0.5, 0.7, 0.9}) {
    EXPECT_NEAR(at_rank(0, rank), 255 * rank, 4) << rank;
    EXPECT_NEAR(at_rank(1, rank), 64 * rank, 2) << rank;
  }
  EXPECT_EQ(at_rank(2, 0.4), 0);
  EXPECT_EQ(at_rank(2, 0.6), 255);
  // Halfway there.
  const cv::Mat half = Recipe{HistogramMatch{{file}, {0.5, 0.5}, 1}}.apply(sample, {}).image;
  cv::Mat blend;
  cv::addWeighted(out, 0.5, sample.image, 0.5, 0, blend);
  EXPECT_LE(largest_difference(half, blend), 1);
}

TEST(HistogramMatch, ChoosesAReferenceAndNamesOneThatIsMissing) {
  const dataset::TemporaryFolder folder;
  const std::string dark = (folder.path() / "dark.png").string(),
                    light = (folder.path() / "light.png").string();
  write_png(dark, cv::Mat(4, 4, CV_8UC3, cv::Scalar::all(20)));
  write_png(light, cv::Mat(4, 4, CV_8UC1, cv::Scalar(220)));  // grey will do
  const HistogramMatch match{{dark, light}, {0.5, 1}, 1};
  int lights = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed)
    lights += drawn_op<op::MatchHistogram>(match, seed).quantiles.back() > 0.5;
  EXPECT_NEAR(lights, 200, 45);
  expect_fills(0.5, 1, [&](std::uint64_t seed) { return drawn_op<op::MatchHistogram>(match, seed).share; });
  EXPECT_TRUE((Recipe{HistogramMatch{.p = 1}}.draw(flat_sample(4, 4, 0.5), {}).ops.empty()));  // has none
  const HistogramMatch missing{{"/no/such/file.png"}, {0, 1}, 1};
  EXPECT_NE(error_of([&] { Recipe{missing}.draw(flat_sample(4, 4, 0.5), {}); }).find("/no/such/file.png"),
            std::string::npos);
}

}  // namespace
}  // namespace doppel::augment
