// One resampling: the fused geometry of a run of ops.
#pragma once

#include <array>
#include <opencv2/core/mat.hpp>
#include <optional>

#include "area.h"
#include "plan/geometry/path.h"
#include "plan/geometry/run.h"
#include "scale.h"

namespace doppel::augment {

/// How often an image is halved before it is read: until less than two source pixels lie under one output
/// pixel, at the centre of the output.
int halvings(const Path& path, Size out);

/// Half as large by 2x2 means; an odd last row or column counts twice.
cv::Mat halve(const cv::Mat& image);

/// Reads output rows from a source through a run of ops. The source must outlive it. For one thread.
class Sampler {
 public:
  /// Masks are read by Nearest and with colour 0 whatever the run says.
  enum class Target { Image, Mask };
  Sampler(const cv::Mat& source, std::span<const Op> ops, const GeometryRun& run,
          Target target = Target::Image);
  /// Of an image of size `whole` that has been halved some times: source_halvings() says how often it may
  /// be.
  Sampler(const cv::Mat& source, std::span<const Op> ops, const GeometryRun& run, Size whole, int halved);
  Size size() const { return out_; }
  int type() const { return source_.type(); }
  /// "lattice", "scaling", "area", "nearest", "bilinear" or "bicubic": how pixels are read.
  std::string_view way_name() const;
  /// Writes rows [first, last) to `rows`, interleaved, `stride` bytes apart.
  void read(int first, int last, unsigned char* rows, std::size_t stride) const;

 private:
  void set_border();
  /// By areas from `least` source pixels to one on.
  void choose_way(const GeometryRun& run, bool mask, double least);
  enum class Way { Lattice, Scale, Area, Nearest, Bilinear, Bicubic };
  void read_lattice(int first, int last, unsigned char* rows, std::size_t stride) const;
  bool read_straight();
  void read_lattice_pixels(int y, unsigned char* row) const;
  void read_nearest(int y, unsigned char* row) const;
  template <class T>
  void read_between(int y, unsigned char* row) const;

  cv::Mat source_;
  Path path_;
  Size out_;
  Fill fill_;
  /// The border's colour, of each channel, in numbers of the source's type.
  alignas(float) std::array<unsigned char, kMostChannels * sizeof(float)> border_;
  Way way_;
  mutable std::optional<AreaReader> area_;    ///< Area; Scale where the next isn't
  mutable std::optional<ScaleReader> scale_;  ///< Scale of 8-bit colour
};

}  // namespace doppel::augment
