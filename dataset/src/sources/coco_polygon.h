#pragma once
#include <opencv2/core.hpp>
#include <vector>
namespace doppel::dataset {
inline void paint_polygons(const std::vector<std::vector<double>>&, int, cv::Mat&) {}
}  // namespace doppel::dataset
