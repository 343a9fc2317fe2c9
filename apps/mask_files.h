// Masks that a network tells, as files.
#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "doppel/codec/png.h"
#include "doppel/nn/model/graph.h"

namespace doppel::apps {

/// A colour for each class, far from each other: Pascal VOC's, black for the first.
std::vector<PaletteColor> class_colors(std::size_t classes);

/// The most probable class of each pixel, CV_8U of `size`: logits [classes, H, W] are interpolated between
/// the network's pixels.
cv::Mat mask_of(std::span<const float> logits, const nn::Shape& shape, cv::Size size);

/// An RGB image, CV_8U, with a mask's colours over all but the first class.
cv::Mat with_mask(const cv::Mat& image, const cv::Mat& mask);

/// Names for masks in one folder: those of their images, numbered where two would be the same.
class MaskNames {
 public:
  /// "street" of "photos/street.jpg", later "street-2".
  std::string next(const std::string& image);

 private:
  std::set<std::string> taken_;
};

}  // namespace doppel::apps
