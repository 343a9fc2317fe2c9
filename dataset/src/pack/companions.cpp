#include "companions.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "doppel/codec/image.h"
#include "doppel/codec/png.h"
#include "doppel/codec/tiff.h"

namespace doppel::dataset::pack {
namespace {

/// OpenCV averages areas of up to four channels at a time.
cv::Mat scaled_map(const augment::FloatMap& map, cv::Size size) {
  const bool nearest = map.filter == Filter::Nearest;
  const double ways[] = {double(size.width) / map.values.cols, double(size.height) / map.values.rows};
  std::vector<cv::Mat> planes;
  cv::split(map.values, planes);
  for (std::size_t c = 0; c < planes.size(); ++c) {
    cv::Mat scaled;
    cv::resize(planes[c], scaled, size, 0, 0, nearest ? cv::INTER_NEAREST : cv::INTER_AREA);
    if (map.kind == augment::MapKind::Flow && c < 2) scaled *= ways[c];
    planes[c] = scaled;
  }
  cv::Mat scaled;
  cv::merge(planes, scaled);
  return scaled;
}

Companion packed_map(const cv::Mat& values, std::size_t number) {
  const int channels = values.channels();
  const auto whole = whole_map(values);
  const cv::Mat& numbers = whole ? whole->numbers : values;
  const bool png = whole && (channels == 1 || channels == 3);
  return {fmt::format("map{}.{}", number, png ? "png" : "tif"),
          png ? encode_png(numbers) : encode_tiff(numbers, FourChannels::Bands),
          whole ? whole->unit : MapUnit{}};
}

}  // namespace

std::vector<Companion> companions_of(const augment::Sample& sample, Size image, Size packed) {
  const cv::Size size(packed.width, packed.height);
  std::vector<Companion> files;
  for (std::size_t k = 0; k < sample.masks.size(); ++k) {
    cv::Mat fitted = sample.masks[k];
    if (fitted.size() != size) cv::resize(sample.masks[k], fitted, size, 0, 0, cv::INTER_NEAREST);
    files.push_back({fmt::format("mask{}.png", k), encode_mask(fitted)});
  }
  for (std::size_t k = 0; k < sample.maps.size(); ++k) {
    const augment::FloatMap& map = sample.maps[k];
    augment::check_map(map, image);
    files.push_back(packed_map(map.values.size() == size ? map.values : scaled_map(map, size), k));
  }
  return files;
}

cv::Mat read_map_file(std::span<const unsigned char> bytes, const MapUnit& unit, long pixels) {
  const long most = std::min(pixels, DecodeOptions().max_pixels);
  // The limit is that of 16 bytes a pixel; those of a map's 64 channels are 256.
  const cv::Mat stored =
      decode_image(bytes, {.depth = ImageDepth::AsStored, .any_floats = true, .max_pixels = 16 * most});
  return stored.depth() == CV_32F ? stored : map_values(stored, unit);
}

}  // namespace doppel::dataset::pack
