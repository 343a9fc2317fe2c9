#include "sources/coco_polygon.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <opencv2/core.hpp>
#include <random>
#include <sstream>

#include "error_of.h"
#include "sources/run_length.h"

namespace doppel::dataset {
namespace {

using Polygon = std::vector<double>;

std::vector<std::int32_t> corners_of(const Polygon& polygon) {
  std::vector<std::int32_t> corners;
  for (const double number : polygon) corners.push_back(polygon_corner(number));
  return corners;
}

/// Painted as value 7 into a mask that holds 3s.
cv::Mat painted_polygons(cv::Size size, const std::vector<Polygon>& polygons) {
  cv::Mat mask(size, CV_32S, cv::Scalar(3));
  for (const Polygon& polygon : polygons) {
    const cv::Mat before = mask.clone();
    cv::Mat alone(size, CV_32S, cv::Scalar(0));
    const cv::Rect box = paint_polygon(corners_of(polygon), 7, alone);
    EXPECT_EQ(box, paint_polygon(corners_of(polygon), 7, mask));
    cv::Rect seen;
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x)
        if (alone.at<int>(y, x) == 7) seen |= cv::Rect(x, y, 1, 1);
    EXPECT_EQ(box, seen);
    EXPECT_EQ(cv::countNonZero(mask != cv::max(before, alone)), 0);
  }
  return mask == 7;
}

std::vector<std::uint32_t> runs_of(const cv::Mat& mask) {
  std::vector<std::uint32_t> runs{0};
  bool object = false;
  for (int x = 0; x < mask.cols; ++x)
    for (int y = 0; y < mask.rows; ++y) {
      if ((mask.at<unsigned char>(y, x) != 0) != object) runs.push_back(0), object = !object;
      ++runs.back();
    }
  return runs;
}

/// The published rule the long way: every fifth of a pixel of the outline is visited, and a pixel is the
/// object's where the outline passes its column's centre an odd number of times above it.
bool is_inside(const Polygon& polygon, int column, int row, std::map<int, std::vector<int>>& passed) {
  if (passed.empty()) {
    std::vector<std::pair<int, int>> trace;
    const std::size_t n = polygon.size() / 2;
    const auto fifths = [](double v) { return static_cast<int>(5 * v + .5); };
    for (std::size_t k = 0; k < n; ++k) {
      std::pair a{fifths(polygon[2 * k]), fifths(polygon[2 * k + 1])};
      std::pair b{fifths(polygon[2 * ((k + 1) % n)]), fifths(polygon[2 * ((k + 1) % n) + 1])};
      const int wide = std::abs(a.first - b.first), high = std::abs(a.second - b.second);
      const bool along_x = wide >= high, back = along_x ? a.first > b.first : a.second > b.second;
      if (back) std::swap(a, b);
      std::vector<std::pair<int, int>> edge;
      for (int t = 0; t <= std::max(wide, high) && wide + high > 0; ++t) {
        if (along_x)
          edge.emplace_back(a.first + t,
                            static_cast<int>(a.second + double(b.second - a.second) / wide * t + .5));
        else
          edge.emplace_back(static_cast<int>(a.first + double(b.first - a.first) / high * t + .5),
                            a.second + t);
      }
      if (back) std::ranges::reverse(edge);
      trace.insert(trace.end(), edge.begin(), edge.end());
    }
    passed[-1] = {};
    for (std::size_t i = 1; i < trace.size(); ++i) {
      const auto [x0, y0] = trace[i - 1];
      const auto [x1, y1] = trace[i];
      const double centre = (std::min(x0, x1) + .5) / 5 - .5;
      if (x0 == x1 || std::floor(centre) != centre || centre < 0) continue;
      const double crossed = std::ceil((std::min(y0, y1) + .5) / 5 - .5);
      passed[static_cast<int>(centre)].push_back(std::max(0, static_cast<int>(crossed)));
    }
  }
  const auto at = passed.find(column);
  return at != passed.end() &&
         std::ranges::count_if(at->second, [&](int first) { return first <= row; }) % 2 == 1;
}

TEST(CocoPolygon, HasThePixelsOfCocosOwnRasteriser) {
  std::ifstream table(DOPPEL_DATASET_DATA "/coco_polygons.txt");
  cv::Size size;
  std::string shapes, text;
  int area = 0, lines = 0;
  for (; table >> size.height >> size.width >> shapes >> area >> text; ++lines) {
    std::vector<Polygon> polygons;
    std::istringstream each(shapes);
    for (std::string shape; std::getline(each, shape, ';');) {
      polygons.emplace_back();
      std::istringstream numbers(shape);
      for (std::string number; std::getline(numbers, number, ',');)
        polygons.back().push_back(std::stod(number));
    }
    const cv::Mat mask = painted_polygons(size, polygons);
    EXPECT_EQ(cv::countNonZero(mask), area) << shapes;
    EXPECT_EQ(runs_of(mask), runs_from_text(text)) << shapes;
  }
  EXPECT_EQ(lines, 200);
}

TEST(CocoPolygon, IsFilledByThePublishedRule) {
  std::mt19937 random(7);
  const auto whole = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  for (int k = 0; k < 10'000; ++k) {
    const cv::Size size(whole(1, 24), whole(1, 24));
    const int step = std::vector{1, 2, 10, 100}[static_cast<std::size_t>(whole(0, 3))];
    const int margin = whole(0, 2) == 0 ? 12 : 0;
    Polygon polygon;
    for (int corner = whole(3, 9); corner > 0; --corner)
      for (const int side : {size.width, size.height})
        polygon.push_back(whole(-margin * step, (side + margin) * step) / double(step));
    const cv::Mat mask = painted_polygons(size, {polygon});
    std::map<int, std::vector<int>> passed;
    int wrong = 0;
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x)
        wrong += (mask.at<unsigned char>(y, x) != 0) != is_inside(polygon, x, y, passed);
    ASSERT_EQ(wrong, 0) << size << ": " << testing::PrintToString(polygon);
  }
}

TEST(CocoPolygon, IsAsFarAsItsImageGoes) {
  // Millions of pixels wide, and done at once.
  const double far = 1e8;
  EXPECT_EQ(cv::countNonZero(painted_polygons({30, 20}, {{-far, -far, far, -far, far, far, -far, far}})),
            600);
  EXPECT_EQ(cv::countNonZero(painted_polygons({30, 20}, {{40, 0, far, 0, far, far, 40, far}})), 0);
  EXPECT_EQ(cv::countNonZero(painted_polygons({1, 1}, {{0, 0, 1, 0, 1, 1, 0, 1}})), 1);
  for (const double lie :
       {1.1e8, -1e300, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()})
    EXPECT_NE(error_of([&] { (void)polygon_corner(lie); }).find("where no image is"), std::string::npos);
}

TEST(CocoPolygon, NeedsThreeCorners) {
  EXPECT_EQ(cv::countNonZero(painted_polygons({30, 20}, {{}, {4, 5}, {4, 5, 12, 12}, {3, 3, 3, 3, 3, 3}})),
            0);
}

}  // namespace
}  // namespace doppel::dataset
