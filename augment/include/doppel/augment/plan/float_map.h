// Maps of numbers that belong to an image: depths, heatmaps, flows, further images of the same scene.
#pragma once

#include <array>
#include <opencv2/core/mat.hpp>
#include <string>
#include <string_view>

#include "doppel/base/geometry.h"

namespace doppel::augment {

/// What a map's numbers are. Flow: the first two channels are a vector in pixels, to the right and down,
/// which is turned and scaled as the image is there; what further channels hold stays as it is, as do all
/// others' numbers. Image: a further image, in shares of the full range.
enum class MapKind : unsigned char { Values, Depth, Heatmap, Flow, Image };
/// As manifests write them, in the order of MapKind.
inline constexpr std::array<std::string_view, 5> kMapKindNames{"values", "depth", "heatmap", "flow", "image"};

/// How maps of a kind are read between their pixels unless something else is said: depths by Nearest, since a
/// mean of near and far is neither; others Bilinear.
constexpr Filter usual_filter(MapKind kind) {
  return kind == MapKind::Depth ? Filter::Nearest : Filter::Bilinear;
}

/// A number or several at each pixel of an image. It gets the image's geometry (crops, flips, warps, bends,
/// padding), not its colours, noise and covers, unless it's an image that is to get those, too. NaN stays
/// NaN; read Bilinear, it makes NaN of every pixel that it has a part in.
struct FloatMap {
  std::string name;                  ///< what it's known as; no two of a sample are called the same
  cv::Mat values;                    ///< as large as the image, CV_32F, 1 to kMostChannels channels
  MapKind kind = MapKind::Values;    ///< what the numbers are
  Filter filter = Filter::Bilinear;  ///< Nearest or Bilinear
  float fill = 0;                    ///< what shows beyond the image, where that shows a colour
  bool colors = false;  ///< of an Image: it gets the image's colours, noise, covers and fill, too
};

/// Throws Error, with the map's name, where it isn't CV_32F of 1 to kMostChannels channels (a flow: of 2 or
/// more) and as large as its image, where `colors` are asked for of something else than an Image, or where
/// its filter is neither Nearest nor Bilinear.
void check_map(const FloatMap& map, Size image);

}  // namespace doppel::augment
