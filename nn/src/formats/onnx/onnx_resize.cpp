// How images are enlarged.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"
#include "onnx_operators.h"

namespace doppel::nn {
namespace {

/// Which pixel of a side of `size` a Resize to the nearest shows at `at`, or -1 where its words aren't known.
/// (ONNX's operators, Resize: coordinate_transformation_mode, nearest_mode.)
int nearest_shown(int at, int factor, int size, const std::string& places, const std::string& rounding) {
  double x = 0;
  if (places == "asymmetric")
    x = static_cast<double>(at) / factor;
  else if (places == "half_pixel" || places == "pytorch_half_pixel" || places == "half_pixel_symmetric")
    x = (at + 0.5) / factor - 0.5;
  else if (places == "tf_half_pixel_for_nn")
    x = (at + 0.5) / factor;
  else if (places == "align_corners")
    x = factor * size == 1 ? 0 : static_cast<double>(at) * (size - 1) / (factor * size - 1);
  else
    return -1;
  if (rounding == "round_prefer_floor")
    x = std::ceil(x - 0.5);
  else if (rounding == "round_prefer_ceil")
    x = std::floor(x + 0.5);
  else if (rounding == "floor")
    x = std::floor(x);
  else if (rounding == "ceil")
    x = std::ceil(x);
  else
    return -1;
  return std::clamp(static_cast<int>(x), 0, size - 1);
}

/// Each pixel as often as the factor says.
bool is_plain_repeat(int factor, int size, const std::string& places, const std::string& rounding) {
  for (int at = 0; at < factor * size; ++at)
    if (nearest_shown(at, factor, size, places, rounding) != at / factor) return false;
  return true;
}

/// The whole number by which all of [N, C, H, W] are enlarged, but N and C not at all.
int factor_of(const std::vector<double>& by) {
  if (by.size() != 4 || by[0] != 1 || by[1] != 1)
    throw Error("enlarges something else than rows and columns");
  if (by[2] != by[3] || by[2] < 1 || by[2] > 64 || by[2] != std::round(by[2]))
    throw Error("doesn't enlarge by a whole factor");
  return static_cast<int>(by[2]);
}

}  // namespace

void OnnxOperators::resize(const OnnxNode& node) {
  const OnnxState x = plain(node, 0);
  const bool old = node.op == "Upsample" || node.inputs.size() == 2;
  const Shape& shape = shape_of(x);
  if (shape.flat) throw Error("enlarges a vector");
  if (node.has("axes")) throw Error("enlarges sides that it names");
  const Numbers scales =
      node.has("scales") ? node.attributes.at("scales").reals : vector_of(node, old ? 1 : 2);
  std::vector<double> by(scales.begin(), scales.end());
  if (node.inputs.size() > 3)
    if (const auto sizes = wholes(node, 3, "sizes"); sizes.size() == 4)
      by = {1, static_cast<double>(sizes[1]) / shape.channels, static_cast<double>(sizes[2]) / shape.height,
            static_cast<double>(sizes[3]) / shape.width};
  const int factor = factor_of(by);
  const std::string mode = node.text("mode", "nearest"),
                    places = node.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel"),
                    rounding = node.text("nearest_mode", old ? "floor" : "round_prefer_floor");
  const bool bilinear = mode == "linear";
  if ((!bilinear && mode != "nearest") ||
      (bilinear && places != "half_pixel" && places != "pytorch_half_pixel"))
    throw Error(fmt::format("enlarges in a way that no layer does: {}, {}", mode, places));
  if (!bilinear && (!is_plain_repeat(factor, shape.height, places, rounding) ||
                    !is_plain_repeat(factor, shape.width, places, rounding)))
    throw Error(
        fmt::format("enlarges in a way that no layer does: {} by {}, {}, {}, which isn't each pixel {} times",
                    mode, factor, places, rounding, factor));
  give(node, pieces_.layer(Upsample{factor, bilinear}, x.piece, node.called()));
}

}  // namespace doppel::nn
