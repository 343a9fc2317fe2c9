// Operations of one's own: pure functions that plans name.
#pragma once

#include <cstdint>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <vector>

#include "doppel/base/geometry.h"
#include "doppel/base/matrix.h"

namespace doppel::augment {

/// What a function is told beside the image.
struct CustomCall {
  std::span<const double> arguments;  ///< as the plan holds them
  std::uint64_t seed = 0;             ///< for draws of its own: the same in the same plan
};

/// A function on pixels, with what it does to sizes and places. All must be pure: the same for the same
/// input, on any thread, at any time.
struct CustomOp {
  std::string name;  ///< as plans and recipes call it
  /// Makes `out` of `in`, which stays as it is: 8 or 16 bits or floats, any number of channels. `out` has the
  /// type of `in`, and the size that `size` says.
  std::function<void(const cv::Mat& in, const CustomCall& call, cv::Mat& out)> pixels;
  /// Where a point of an image of that size goes; empty: all stay.
  std::function<Point(Point point, Size size, const CustomCall& call)> map = {};
  /// The size of the result; empty: as the image.
  std::function<Size(Size size, const CustomCall& call)> size = {};
  /// Moves a mask (one channel, CV_8U or CV_32S) as the pixels are moved; needed where masks come along and
  /// `map` or `size` are there.
  std::function<void(const cv::Mat& in, const CustomCall& call, cv::Mat& out)> mask = {};
};

/// Makes an operation known to all recipes and plans of this process. Throws UsageError for one without a
/// name or a function, and for a name that is taken.
void register_op(CustomOp op);
/// The names that are registered, in order.
std::vector<std::string> registered_ops();
/// Throws Error, with the near name, where there is none of that name.
const CustomOp& registered_op(const std::string& name);

/// What a library for `doppel --plugin` exports: `extern "C" int doppel_plugin(int version, OpRegistry&
/// registry)` registers its operations, and returns kPluginVersion where it was made for that one. Nothing is
/// thrown through it.
class OpRegistry {
 public:
  virtual ~OpRegistry() = default;
  virtual void add(CustomOp op) = 0;  ///< register_op() of the program
};
/// Grows with every change of what a plug-in sees.
inline constexpr int kPluginVersion = 1;
/// Loads such a library. Throws UsageError with its path where it can't be loaded, exports no such function,
/// or is of another version.
void load_plugin(const std::string& path);
/// The whole paths of those that are loaded, in their order.
std::vector<std::string> loaded_plugins();

}  // namespace doppel::augment
