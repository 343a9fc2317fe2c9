// The outline of an instance along the edges of its pixels.
#pragma once

#include <map>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "doppel/base/geometry.h"

namespace doppel::dataset::write {

/// Of every instance in a mask (CV_8U or CV_32S; 0 is background) one polygon, whose inside by the even-odd
/// rule is exactly its pixels. Parts and holes are joined by lines that are walked there and back.
std::map<int, std::vector<Point>> outlines_of_instances(const cv::Mat& mask);

}  // namespace doppel::dataset::write
