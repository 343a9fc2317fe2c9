// The arguments of Keras' ImageDataGenerator, each as the type that it takes.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/base/fields.h"
#include "python_value.h"

namespace doppel::augment {

/// In their order, which those without a name follow.
inline constexpr std::array<std::string_view, 23> kKerasArguments{"featurewise_center",
                                                                  "samplewise_center",
                                                                  "featurewise_std_normalization",
                                                                  "samplewise_std_normalization",
                                                                  "zca_whitening",
                                                                  "zca_epsilon",
                                                                  "rotation_range",
                                                                  "width_shift_range",
                                                                  "height_shift_range",
                                                                  "brightness_range",
                                                                  "shear_range",
                                                                  "zoom_range",
                                                                  "channel_shift_range",
                                                                  "fill_mode",
                                                                  "cval",
                                                                  "horizontal_flip",
                                                                  "vertical_flip",
                                                                  "rescale",
                                                                  "preprocessing_function",
                                                                  "data_format",
                                                                  "validation_split",
                                                                  "interpolation_order",
                                                                  "dtype"};

/// How far to shift along one axis.
struct KerasShift {
  std::vector<double> values{};  ///< to choose from, each with either sign; empty: by `most`
  double most = 0;               ///< to either side
  bool whole = false;            ///< by whole pixels, to less than `most`
  bool pixels = false;           ///< else shares of the side
};

/// What a generator was told. Each function throws UsageError with the place where the value is of another
/// type or can't be drawn from.
class KerasArguments {
 public:
  explicit KerasArguments(std::string_view text);

  /// True where it was given, and isn't None.
  bool has(std::string_view name) const { return find(name) != nullptr; }
  bool flag(std::string_view name) const;
  double number(std::string_view name, double initial, Bounds bounds = {}) const;
  /// [low, high]; nothing where it isn't there.
  std::optional<Range> range(std::string_view name, Bounds bounds) const;
  /// zoom_range: one number z stands for [1 - z, 1 + z].
  Range zoom() const;
  KerasShift shift(std::string_view name) const;
  /// One of several words.
  std::string_view word(std::string_view name, std::span<const std::string_view> words) const;
  /// As it was written; empty where it isn't there.
  std::string code(std::string_view name) const;

 private:
  const PythonArgument* find(std::string_view name) const;
  [[noreturn]] static void fail(const PythonArgument& argument, const std::string& what);
  static void check(const PythonArgument& argument, double value, const Bounds& bounds);

  std::map<std::string, PythonArgument, std::less<>> given_;
};

}  // namespace doppel::augment
