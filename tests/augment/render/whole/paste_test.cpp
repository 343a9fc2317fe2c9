// Overlay and Text.
#include <gtest/gtest.h>

#include <algorithm>

#include <opencv2/core.hpp>

#include "augment/render/through.h"
#include "augment/test_images.h"
#include "dataset/temporary_folder.h"
#include "doppel/codec/png.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(PasteOps, OverlaysRespectAlphaAndOpacity) {
  const dataset::TemporaryFolder folder;
  const std::string file = (folder.path() / "top.png").string();
  cv::Mat top(4, 6, CV_8UC4, cv::Scalar(255, 0, 102, 255));
  top.colRange(3, 6) = cv::Scalar(255, 0, 102, 0);
  write_png(file, top);
  const cv::Mat image = flat_image(10, 12, cv::Scalar::all(0.2));
  const cv::Mat out = through(op::Overlay{file, 2, 3, {4, 6}, 0.5}, image);
  EXPECT_LT(cv::norm(out.at<cv::Vec3f>(3, 2) - cv::Vec3f(0.6F, 0.1F, 0.3F)), 1e-5);
  EXPECT_LT(cv::norm(out.at<cv::Vec3f>(6, 4) - cv::Vec3f(0.6F, 0.1F, 0.3F)), 1e-5);
  for (const auto& [x, y] : {std::pair{1, 3}, {2, 2}, {2, 7}, {6, 4}})
    EXPECT_LT(cv::norm(out.at<cv::Vec3f>(y, x) - cv::Vec3f::all(0.2F)), 1e-6) << x;
  // Beyond the edges it is cut; scaled, it fills its rectangle; a grey image takes its luma.
  const cv::Mat cut = through(op::Overlay{file, -4, -6, {12, 16}, 1}, flat_image(10, 12, cv::Scalar(0.2), 1));
  EXPECT_NEAR(cut.at<float>(5, 3), 0.299 + 0.114 * 0.4, 0.003);
  EXPECT_NEAR(cut.at<float>(6, 0), 0.2, 1e-6);
  EXPECT_NEAR(cut.at<float>(0, 5), 0.2, 1e-6);
  const std::string missing = (folder.path() / "none.png").string();
  EXPECT_NE(error_of([&] { through(op::Overlay{missing}, image); }).find(missing), std::string::npos);
}

TEST(PasteOps, TextStandsOnItsLine) {
  const cv::Mat image = flat_image(80, 200, cv::Scalar::all(0));
  for (const double height : {12.0, 30.0}) {
    const op::Text text{"HEH", 20, 60, height, {1, 0.5, 0}, 1};
    const cv::Mat out = through(text, image);
    cv::Mat ink;
    cv::extractChannel(out, ink, 0);
    std::vector<cv::Point> where;
    cv::findNonZero(ink > 0.4F, where);
    ASSERT_FALSE(where.empty());
    const auto [left, right] = std::ranges::minmax(where, {}, &cv::Point::x);
    const auto [top, bottom] = std::ranges::minmax(where, {}, &cv::Point::y);
    const double pen = height * 0.1;  // half a stroke to either side
    EXPECT_NEAR(bottom.y + 1, 60, pen + 1);
    EXPECT_NEAR(bottom.y + 1 - top.y, height, 2 * pen + 1.5);
    EXPECT_NEAR(left.x, 20, 0.2 * height + 1);
    EXPECT_GT(right.x - left.x, 2 * height);
    EXPECT_LT(cv::norm(out - 0.5 * out.mul(cv::Scalar(2, 0, 2)), cv::NORM_INF), 0.501);
    double most = 0;
    cv::minMaxLoc(ink, nullptr, &most);
    EXPECT_NEAR(most, 1, 0.05);
    op::Text faint = text;
    faint.opacity = 0.5;
    EXPECT_LT(cv::norm(through(faint, image) - 0.5 * out, cv::NORM_INF), 1e-5);
  }
  EXPECT_EQ(cv::norm(through(op::Text{}, image), image, cv::NORM_INF), 0);
}

}  // namespace
}  // namespace doppel::augment
