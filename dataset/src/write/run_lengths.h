// Masks as COCO's run-length codes.
#pragma once

#include <cstdint>
#include <map>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

namespace doppel::dataset::write {

/// Runs of background and object in turn, column by column, beginning with background.
struct Runs {
  std::vector<std::uint32_t> counts;
  std::uint64_t area = 0;  ///< pixels of the object
};

/// Of every instance in a mask (CV_8U or CV_32S), by its number; 0 is background.
std::map<int, Runs> runs_of_instances(const cv::Mat& mask);

/// COCO's compressed text: numbers in 5-bit groups as ASCII from '0', from the fourth on as differences to
/// the one two before.
std::string text_of_runs(const std::vector<std::uint32_t>& counts);

}  // namespace doppel::dataset::write
