// A run of pixel ops, compiled for one picture: stages over rows of planar floats in [0, 1].
#pragma once

#include <array>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <span>
#include <vector>

#include "doppel/augment/op.h"

namespace doppel::augment {

/// One row of up to three colour planes.
struct PixelRow {
  int y = 0, width = 0, planes = 0;
  std::array<float*, 3> plane{};
};

/// Changes rows in place. A stage knows its op and what it needed of the whole picture, nothing else.
class PixelStage {
 public:
  virtual ~PixelStage() = default;
  virtual void run(const PixelRow& row) const = 0;
  /// True where each channel's result is a function of that channel's value alone: such stages collapse to a
  /// table.
  virtual bool is_table() const { return false; }
};

/// What some ops ask of the picture as it is before them.
struct PictureMeans {
  std::array<double, 3> mean{};  ///< per channel, in [0, 1]
  std::array<double, 3> sky{};   ///< the same over the top third
  double luma(int planes) const {
    return planes == 1 ? mean[0] : 0.299 * mean[0] + 0.587 * mean[1] + 0.114 * mean[2];
  }
};

/// Compiles and runs ops [first, last) of a plan, all of kind Pixel.
class PixelProgram {
 public:
  PixelProgram(std::span<const Op> ops, const cv::Mat& image);
  /// True where an op needs means, so that the image given to the constructor must be whole.
  static bool needs_picture(std::span<const Op> ops);

  void run(const PixelRow& row) const;
  /// True where 256 values per channel say all.
  bool is_table() const;
  /// The tables of an 8-bit picture: result of level v in channel c.
  std::array<std::array<float, 256>, 3> tables(int planes) const;
  bool empty() const { return stages_.empty(); }

 private:
  PictureMeans means(const cv::Mat& image) const;
  std::vector<std::unique_ptr<PixelStage>> stages_;
};

/// Splits row y of an image of 1, 3 or 4 channels into float planes; alpha is left out.
void load_row(const cv::Mat& image, int y, const PixelRow& row);

}  // namespace doppel::augment
