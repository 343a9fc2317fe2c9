#include "serve/mask_outline.h"

#include <array>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace doppel::apps {
namespace {

/// Steps from corner to corner of pixels: right, down, left, up.
const std::array<cv::Point, 4> kEdgeSteps{cv::Point(1, 0), {0, 1}, {-1, 0}, {0, -1}};
/// From a corner that was come to by a step: the pixel ahead on the right. That on the left is the next
/// step's.
const std::array<cv::Point, 4> kEdgeAhead{cv::Point(0, 0), {-1, 0}, {-1, -1}, {0, -1}};

class EdgeWalk {
 public:
  explicit EdgeWalk(const cv::Mat& mask) : mask_(mask), walked_(cv::Mat::zeros(mask.size(), CV_8U)) {}

  /// Whether an edge begins above this pixel that nobody walked along yet.
  bool begins(int x, int y) const {
    return is_inside({x, y}) && !is_inside({x, y - 1}) && walked_.at<unsigned char>(y, x) == 0;
  }
  /// Along the edge above this pixel, with what is inside on the right, until it closes.
  std::vector<cv::Point> from(int x, int y) {
    std::vector<cv::Point> corners;
    const cv::Point start(x, y);
    cv::Point at = start;
    std::size_t way = 0;
    do {
      if (way == 0) walked_.at<unsigned char>(at) = 1;
      at += kEdgeSteps[way];
      const std::size_t next = turned(at, way);
      if (next != way) corners.push_back(at);
      way = next;
    } while (at != start || way != 0);
    return corners;
  }

 private:
  bool is_inside(cv::Point p) const {
    return p.x >= 0 && p.y >= 0 && p.x < mask_.cols && p.y < mask_.rows && mask_.at<unsigned char>(p) != 0;
  }
  std::size_t turned(cv::Point at, std::size_t way) const {
    if (!is_inside(at + kEdgeAhead[way])) return (way + 1) % 4;
    return is_inside(at + kEdgeAhead[(way + 3) % 4]) ? (way + 3) % 4 : way;
  }
  const cv::Mat& mask_;
  cv::Mat walked_;
};

/// Fewer corners around the same.
std::vector<cv::Point> straightened(const std::vector<cv::Point>& corners) {
  constexpr double kMoved = 0.75, kMostLost = 0.05;
  std::vector<cv::Point> fewer;
  cv::approxPolyDP(corners, fewer, kMoved, true);
  if (fewer.size() < 3) return corners;
  const double area = cv::contourArea(corners);
  return std::abs(cv::contourArea(fewer) - area) <= kMostLost * area ? fewer : corners;
}

}  // namespace

std::vector<std::vector<cv::Point>> mask_outlines(const cv::Mat& mask, std::size_t most) {
  EdgeWalk walk(mask);
  std::vector<std::vector<cv::Point>> outlines;
  for (int y = 0; y < mask.rows; ++y)
    for (int x = 0; x < mask.cols; ++x)
      if (outlines.size() < most && walk.begins(x, y)) outlines.push_back(straightened(walk.from(x, y)));
  return outlines;
}

}  // namespace doppel::apps
