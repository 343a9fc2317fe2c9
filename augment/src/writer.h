// The last pass: float rows, or levels through a table, into a batch slot or an image.
#pragma once

#include <span>
#include <vector>

#include "doppel/augment/render.h"
#include "pixel_program.h"

namespace doppel::augment {

/// Writes rows to a Target: 8 bits rounded, or floats normalised.
class Writer {
 public:
  /// Folds the plan's Normalize, where there is one, into the target's own mean and std.
  Writer(const Target& target, const op::Normalize* normalize);

  /// Row y from float planes in [0, 1]; alpha, where the target has it, from the source row.
  void write(const PixelRow& row, const cv::Mat& source, int source_y) const;
  /// Row y of an 8-bit source through tables of its channels (empty: as they are).
  void write_levels(const unsigned char* source, int channels, int y) const;
  void set_tables(const std::array<std::array<float, 256>, 3>& tables);

 private:
  struct Slot {
    std::size_t first, step;
  };
  Slot slot(int channel, int y) const;
  void put(int channel, int y, std::span<const float> values) const;

  Target target_;
  std::array<float, 4> scale_{}, offset_{};
  std::array<std::array<float, 256>, 4> floats_{};
  std::array<std::array<unsigned char, 256>, 4> bytes_{};
};

}  // namespace doppel::augment
