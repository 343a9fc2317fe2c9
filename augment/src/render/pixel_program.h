// A run of pixel ops, compiled for one image.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>
#include <vector>

#include "bands.h"
#include "base/pooled_vector.h"
#include "kernels/rows.h"
#include "kernels/tables.h"
#include "pixel_stage.h"

namespace doppel::augment {

/// Compiles ops of kind Pixel and runs them row by row.
class PixelProgram {
 public:
  /// `image` gives size and channels, and where an op needs it (see needs_image) its pixels; those of `group`
  /// are what changes.
  PixelProgram(std::span<const Op> ops, const cv::Mat& image, const BandGroup& group);
  /// Of a grey, RGB or RGBA image.
  PixelProgram(std::span<const Op> ops, const cv::Mat& image)
      : PixelProgram(ops, image, plain_group(image.channels())) {}
  PixelProgram(const PixelProgram&) = delete;
  PixelProgram& operator=(const PixelProgram&) = delete;

  /// True where an op must know the whole image, so that the image given to the constructor must be whole.
  static bool needs_image(std::span<const Op> ops);

  /// Row y of the image, which is row `from` of `rows`, through all stages; once each. What a stage had to
  /// know of the whole image was found by running those before it: their result is kept, not computed
  /// again, and `row` then points to it.
  void run(const cv::Mat& rows, int from, PixelRow& row) const;
  /// Row y of an 8-bit image to another, where it takes part of the row: the rest is copied. False where
  /// the whole row has to be run.
  bool run_part(const std::uint8_t* in, int channels, const PixelRow& row, std::uint8_t* out) const;
  /// True where 256 values per channel say all.
  bool is_table() const;
  /// True where the whole program can run on interleaved bytes: tables, and stages that cover.
  bool takes_bytes() const;
  bool empty() const { return stages_.empty(); }
  /// What the image is like after all stages; for Normalize of each image.
  ImageStats stats(const cv::Mat& image, ImageNeed need) const;

 private:
  friend class ByteProgram;
  /// Over all rows as `rows(y, row)` makes them.
  template <class Rows>
  ImageStats measure(const cv::Mat& image, ImageNeed need, const Rows& rows) const;
  void keep_row(PixelRow& row) const;
  void apply(const PixelRow& row) const;
  std::array<std::byte, 4096> store_;
  std::pmr::monotonic_buffer_resource memory_{store_.data(), store_.size(), &block_pool()};
  std::pmr::vector<StagePtr> stages_{&memory_};
  BandGroup group_;
  cv::Mat kept_;  ///< planes after the first `done_` stages, or empty
  std::size_t done_ = 0;
};

/// A program that takes bytes, made ready for a number of channels: tables merged, covers in between.
class ByteProgram {
 public:
  ByteProgram(const PixelProgram& program, int channels);
  /// Row y of `width` pixels from `in` to `out`.
  void run(const std::uint8_t* in, int y, int width, std::uint8_t* out) const;
  /// True where a pixel's place doesn't matter: several rows may run as one.
  bool is_table() const {
    return std::ranges::none_of(steps_, [](const Step& step) { return step.cover != nullptr; });
  }

 private:
  struct Step {
    explicit Step(const PixelStage& stage) : cover(&stage) {}  // leaves tables and form as they are
    Step(std::span<const StagePtr> stages, int channels) : form(tables_of(stages, channels, tables)) {}
    const PixelStage* cover = nullptr;  ///< or else tables
    std::array<ByteTable, 4> tables;    ///< the first alone where it serves all channels
    TableForm form;
  };
  /// Fills `tables` with what the stages make of each level.
  static TableForm tables_of(std::span<const StagePtr> stages, int channels,
                             std::array<ByteTable, 4>& tables);
  int channels_;
  PooledVector<Step> steps_;
};

/// What an image's numbers are.
inline NumberKind number_kind(const cv::Mat& image) {
  return image.depth() == CV_8U    ? NumberKind::U8
         : image.depth() == CV_16U ? NumberKind::U16
                                   : NumberKind::F32;
}

/// Splits row y of a group's channels into float planes.
void load_row(const cv::Mat& image, int y, const BandGroup& group, const PixelRow& row);

}  // namespace doppel::augment
