#include "doppel/augment/transforms/quality/jpeg_compression.h"

#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>
#include <set>
#include <vector>

#include "augment/test_images.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/codec/jpeg.h"

namespace doppel::augment {
namespace {

TEST(JpegCompression, LosesLittleAtHighQualityAndMoreAtLower) {
  for (const int channels : {1, 3})
    for (const int depth : {CV_8U, CV_32F}) {
      Sample sample;
      sample.image = wavy(40, 56, channels, depth);
      double before = 0;
      for (const int quality : {98, 60, 20, 5}) {
        const cv::Mat out = Recipe{JpegCompression{{quality, quality}, 1}}.apply(sample, {}).image;
        const double loss = cv::norm(out, sample.image, cv::NORM_L1) / double(out.total() * out.channels()) *
                            (depth == CV_32F ? 255 : 1);
        EXPECT_GT(loss, before) << quality;
        if (quality == 98) { EXPECT_LT(loss, channels == 1 ? 1.5 : 10); }  // fine colours are halved
        before = loss;
      }
    }
  EXPECT_GT(encode_jpeg(wavy(40, 56, 1), 95).size(), encode_jpeg(wavy(40, 56, 1), 20).size());
}

TEST(JpegCompression, GreysStayGrey) {
  Sample sample;
  cv::cvtColor(wavy(40, 56, 1), sample.image, cv::COLOR_GRAY2RGB);
  const cv::Mat out = Recipe{JpegCompression{{15, 15}, 1}}.apply(sample, {}).image;
  std::vector<cv::Mat> planes;
  cv::split(out, planes);
  EXPECT_LE(largest_difference(planes[0], planes[1]), 1);
  EXPECT_LE(largest_difference(planes[0], planes[2]), 1);
}

TEST(JpegCompression, QualitiesIncludeBothEnds) {
  Sample sample;
  sample.image = wavy(8, 8, 1);
  std::set<int> drawn;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Plan plan = Recipe{JpegCompression{{50, 53}, 1}}.draw(sample, {.seed = seed});
    drawn.insert(std::get<op::Jpeg>(plan.ops.at(0)).quality);
  }
  EXPECT_EQ(drawn, (std::set{50, 51, 52, 53}));
}

}  // namespace
}  // namespace doppel::augment
