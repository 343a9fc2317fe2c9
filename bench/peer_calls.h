// The same work by one direct OpenCV call (or the few that it takes), for the transforms that have one.
#pragma once

#include <functional>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

namespace doppel::bench {

struct PeerCall {
  std::string transform;  ///< of the catalogue
  std::function<void(const cv::Mat& image, cv::Mat& out)> run;
};

std::vector<PeerCall> opencv_calls();

}  // namespace doppel::bench
