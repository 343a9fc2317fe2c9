#include "doppel/augment/plan/float_map.h"

#include <fmt/format.h>

#include <opencv2/core.hpp>

#include "doppel/base/error.h"

namespace doppel::augment {

void check_map(const FloatMap& map, Size image) {
  const cv::Mat& values = map.values;
  if (values.depth() != CV_32F || values.channels() > kMostChannels)
    throw Error(fmt::format("the map '{}' must hold floats (CV_32F) of 1 to {} channels; it holds {} of {}",
                            map.name, kMostChannels, cv::depthToString(values.depth()), values.channels()));
  if (map.kind == MapKind::Flow && values.channels() < 2)
    throw Error(
        fmt::format("the map '{}' is a flow, which needs two channels or more; it has one", map.name));
  if (map.colors && map.kind != MapKind::Image)
    throw Error(fmt::format("the map '{}' is no image, and can't get the image's colours", map.name));
  if (map.filter != Filter::Nearest && map.filter != Filter::Bilinear)
    throw Error(fmt::format("the map '{}' is read nearest or bilinear, not {}", map.name,
                            kFilterNames[static_cast<std::size_t>(map.filter)]));
  if (values.rows != image.height || values.cols != image.width)
    throw Error(fmt::format("the map '{}' is {}x{}, but its image is {}x{} (height x width)", map.name,
                            values.rows, values.cols, image.height, image.width));
}

}  // namespace doppel::augment
