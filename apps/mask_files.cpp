#include "mask_files.h"

#include <fmt/format.h>

#include <opencv2/imgproc.hpp>

#include "doppel/dataset/sources/file_source.h"
#include "doppel/nn/train/segmentation.h"

namespace doppel::apps {

std::vector<PaletteColor> class_colors(std::size_t classes) {
  std::vector<PaletteColor> colors;
  for (std::size_t c = 0; c < classes; ++c) {
    // Bits of the number go to red, green and blue in turns, from the highest.
    PaletteColor color{};
    for (std::size_t bit = 0; bit < 8; ++bit)
      for (std::size_t k = 0; k < 3; ++k)
        if (((c >> (3 * bit + k)) & 1) != 0)
          color[k] = static_cast<unsigned char>(color[k] | (1U << (7 - bit)));
    colors.push_back(color);
  }
  return colors;
}

cv::Mat mask_of(std::span<const float> logits, const nn::Shape& shape, cv::Size size) {
  const auto area = static_cast<std::size_t>(shape.height) * static_cast<std::size_t>(shape.width);
  std::vector<float> wide;
  for (int c = 0; c < shape.channels; ++c) {
    // OpenCV only reads it.
    const cv::Mat plane(shape.height, shape.width, CV_32F,
                        const_cast<float*>(logits.data() + static_cast<std::size_t>(c) * area));
    cv::Mat resized;
    cv::resize(plane, resized, size, 0, 0, cv::INTER_LINEAR);
    wide.insert(wide.end(), resized.ptr<float>(), resized.ptr<float>() + resized.total());
  }
  const std::vector<unsigned char> best = nn::most_probable(wide, shape.channels);
  cv::Mat mask(size, CV_8UC1);
  std::ranges::copy(best, mask.ptr());
  return mask;
}

cv::Mat with_mask(const cv::Mat& image, const cv::Mat& mask) {
  const std::vector<PaletteColor> colors = class_colors(256);
  cv::Mat out = image.clone();
  for (int y = 0; y < mask.rows; ++y)
    for (int x = 0; x < mask.cols; ++x) {
      const unsigned char c = mask.at<unsigned char>(y, x);
      if (c == 0) continue;
      for (int k = 0; k < 3; ++k) {
        unsigned char& level = out.at<cv::Vec3b>(y, x)[k];
        level = static_cast<unsigned char>((level + colors[c][static_cast<std::size_t>(k)] + 1) / 2);
      }
    }
  return out;
}

std::string MaskNames::next(const std::string& image) {
  const std::string stem = dataset::stem_of_name(image);
  std::string name = stem;
  for (int turn = 2; !taken_.insert(name).second; ++turn) name = fmt::format("{}-{}", stem, turn);
  return name;
}

}  // namespace doppel::apps
