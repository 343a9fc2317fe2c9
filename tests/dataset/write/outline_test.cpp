// Outlines whose inside is exactly the mask.
#include "write/outline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>
#include <random>

namespace doppel::dataset::write {
namespace {

/// Whether a point is inside by the even-odd rule.
bool is_inside_outline(const std::vector<Point>& polygon, Point p) {
  bool inside = false;
  for (std::size_t i = 0, j = polygon.size() - 1; i < polygon.size(); j = i++) {
    const Point a = polygon[i], b = polygon[j];
    if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (b.x - a.x) * (p.y - a.y) / (b.y - a.y)) inside = !inside;
  }
  return inside;
}

TEST(Outline, HoldsExactlyThePixels) {
  std::mt19937 bits(1);
  for (int round = 0; round < 200; ++round) {
    cv::Mat mask(1 + static_cast<int>(bits() % 12), 1 + static_cast<int>(bits() % 12), CV_32S, cv::Scalar(0));
    const unsigned sparse = 1 + bits() % 4;
    for (int& number : cv::Mat_<int>(mask))
      number = bits() % (sparse + 1) == 0 ? 0 : 1 + static_cast<int>(bits() % 2);
    const auto outlines = outlines_of_instances(mask);
    for (const auto& [instance, polygon] : outlines)
      for (int y = 0; y < mask.rows; ++y)
        for (int x = 0; x < mask.cols; ++x)
          ASSERT_EQ(is_inside_outline(polygon, {x + 0.5, y + 0.5}), mask.at<int>(y, x) == instance)
              << "round " << round << " instance " << instance << " at " << x << ", " << y;
  }
}

TEST(Outline, OfARectangleIsItsCorners) {
  cv::Mat mask(10, 12, CV_8U, cv::Scalar(0));
  mask(cv::Rect(2, 3, 5, 4)).setTo(7);
  const auto outlines = outlines_of_instances(mask);
  ASSERT_EQ(outlines.size(), 1U);
  EXPECT_EQ(outlines.at(7), (std::vector<Point>{{2, 3}, {7, 3}, {7, 7}, {2, 7}}));
}

}  // namespace
}  // namespace doppel::dataset::write
