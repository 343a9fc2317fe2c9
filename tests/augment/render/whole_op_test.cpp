#include "render/whole_op.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "augment/test_images.h"
#include "error_of.h"

namespace doppel::augment {
namespace {

TEST(WholeOp, NothingFurtherThanItsReachIsRead) {
  const std::vector<Op> ops{op::GaussianBlur{1.1},
                            op::BoxBlur{5},
                            op::MedianBlur{3},
                            op::LineBlur{6, 30, 1},
                            op::EllipseBlur{2, 1, 40},
                            op::DiscBlur{3, 0.5},
                            op::Scatter{2, 2, 0.7},
                            op::Kernel{std::vector<double>(25, 0.04)},
                            op::Unsharp{1, 2},
                            op::Morphology{op::Morphology::Mode::Dilate, 3.2},
                            op::Edges{},
                            op::BayerMosaic{},
                            op::Jpeg{30},
                            op::SnowSettle{1}};
  const cv::Mat image = wavy(80, 90, 3);
  cv::Mat changed = image.clone();
  const cv::Point at(41, 37);
  changed.at<cv::Vec3b>(at) = {255, 0, 255};
  for (const Op& op : ops) {
    const int reach = reach_of(op, size_of(image));
    ASSERT_LT(reach, 30) << name_of(op);
    cv::Mat difference = apply_whole(op, image) != apply_whole(op, changed);
    difference(cv::Rect(at.x - reach, at.y - reach, 2 * reach + 1, 2 * reach + 1)).setTo(0);
    EXPECT_EQ(cv::countNonZero(difference.reshape(1)), 0) << name_of(op) << " reaches " << reach;
  }
  for (const Op& op : {Op(op::Clahe{}), Op(op::ZoomBlur{}), Op(op::Superpixels{})})
    EXPECT_EQ(reach_of(op, {80, 90}), 90) << name_of(op);
  EXPECT_EQ(reach_of(op::Text{}, {80, 90}), 0);
}

TEST(WholeOp, AlphaIsLeftAsItIs) {
  const cv::Mat image = wavy(20, 23, 4);
  const auto colors_of = [](const cv::Mat& rgba) {
    cv::Mat planes[4], colors;
    cv::split(rgba, planes);
    cv::merge(planes, 3, colors);
    return colors;
  };
  for (const Op& op : std::vector<Op>{op::GaussianBlur{2}, op::Downscale{0.5}, op::Halftone{}}) {
    const cv::Mat out = apply_whole(op, image);
    cv::Mat before, after;
    cv::extractChannel(image, before, 3);
    cv::extractChannel(out, after, 3);
    EXPECT_EQ(largest_difference(after, before), 0) << name_of(op);
    EXPECT_EQ(largest_difference(colors_of(out), apply_whole(op, colors_of(image))), 0) << name_of(op);
  }
}

TEST(WholeOp, OthersAreRefusedByName) {
  EXPECT_EQ(error_of([] { apply_whole(op::Gamma{}, wavy(4, 5, 3)); }),
            "the op Gamma reached the whole-image stage");
}

}  // namespace
}  // namespace doppel::augment
