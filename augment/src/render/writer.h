// The last pass: float rows, or bytes through a table, into a batch slot or an image.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "bands.h"
#include "doppel/augment/render/render.h"
#include "pixel_stage.h"

namespace doppel::augment {

/// What Normalize subtracts from and divides each channel by.
struct ChannelNorms {
  std::array<double, 3> mean{}, std{1, 1, 1};
  /// The op's own numbers for a group's channels, the last for all channels that it doesn't name.
  static ChannelNorms of(const op::Normalize& op, const BandGroup& group = {});
  /// Those that give an image with these stats mean 0 and deviation 1, as a `per_image` op asks for it.
  static ChannelNorms of(const op::Normalize& op, const ImageStats& stats, int planes);
};

/// Writes a group's rows to a Target: 8 and 16 bits rounded, or floats normalised.
class Writer {
 public:
  /// Folds the plan's Normalize, where there is one, into the target's own mean and std.
  Writer(const Target& target, const BandGroup& group, const std::optional<ChannelNorms>& norms = {});
  /// Of a grey, RGB or RGBA image.
  explicit Writer(const Target& target, const std::optional<ChannelNorms>& norms = {})
      : Writer(target, plain_group(target.channels), norms) {}

  /// Row y from float planes in [0, 1]; alpha, where a plain target has it, from the source row.
  void write(const PixelRow& row, const cv::Mat& source, int source_y) const;

  /// Unchanged bytes straight to float planes, where the target has them.
  bool takes_planes() const {
    return group_.plain && target_.layout == Layout::CHW &&
           (target_.type == PixelType::F32 || target_.type == PixelType::BF16);
  }
  void write_planes(const unsigned char* source, int y) const;

  /// Interleaved bytes: rows of the target have this form and can be written directly.
  bool is_plain_bytes() const { return target_.type == PixelType::U8 && target_.layout == Layout::HWC; }
  /// Interleaved numbers that an image of this depth has: its rows can be copied.
  bool is_like(int depth) const {
    return is_plain_bytes()
               ? depth == CV_8U
               : target_.type == PixelType::U16 && target_.layout == Layout::HWC && depth == CV_16U;
  }
  unsigned char* row(int y) const;
  std::size_t row_bytes() const;

 private:
  void store(const float* v, int n, std::size_t plane, std::size_t first, int step) const;

  Target target_;
  BandGroup group_;
  std::array<float, 4> scale_{}, offset_{};
};

}  // namespace doppel::augment
