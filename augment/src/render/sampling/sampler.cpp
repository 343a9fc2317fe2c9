#include "sampler.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/image_pool.h"
#include "kernels/copy.h"
#include "kernels/vbmi.h"
#include "kernels/warp.h"
#include "kernels/wide_pixels.h"
#include "render/bands.h"

namespace doppel::augment {
namespace {

/// Pixels go to pixels: axes kept or swapped, each forwards or backwards, by whole steps.
bool is_lattice(const Matrix3& map) {
  const auto& m = map.m;
  const auto unit = [](double a, double b) { return std::abs(a) == 1 && b == 0; };
  const bool straight = unit(m[0], m[1]) && unit(m[4], m[3]), swapped = unit(m[1], m[0]) && unit(m[3], m[4]);
  return map.is_affine() && (straight || swapped) && m[2] == std::floor(m[2]) && m[5] == std::floor(m[5]);
}

/// The fill's colour as numbers of the source.
std::array<float, kMostChannels> border_color(const cv::Mat& source, const Fill& fill) {
  const int channels = source.channels();
  const double full = source.depth() == CV_8U ? 255 : source.depth() == CV_16U ? 65535 : 1;
  std::array<float, kMostChannels> color;
  for (int c = 0; c < channels; ++c) {
    const auto v = static_cast<float>(color_of_channel(fill.color, channels, c) * full);
    color[static_cast<std::size_t>(c)] = full > 1 ? std::round(v) : v;
  }
  return color;
}

template <class T>
void put_numbers(const std::array<float, kMostChannels>& color, int channels, unsigned char* bytes) {
  for (int c = 0; c < channels; ++c) {
    const T v = static_cast<T>(color[static_cast<std::size_t>(c)]);
    std::memcpy(bytes + static_cast<std::size_t>(c) * sizeof v, &v, sizeof v);
  }
}

template <class T>
WarpSource<T> warp_source(const cv::Mat& image, Fill::Kind border, const unsigned char* color) {
  return {
      image.ptr<T>(), static_cast<std::ptrdiff_t>(image.step1()), image.cols, image.rows, image.channels(),
      border,         reinterpret_cast<const T*>(color)};
}

/// Any pixels' rows become columns.
void transpose_pixels(const cv::Mat& image, cv::Mat& out) {
  const std::size_t bytes = image.elemSize();
  if (image.channels() <= 4 && bytes != 16) return cv::transpose(image, out);
  constexpr int kTile = 16;
  for (int first = 0; first < out.rows; first += kTile)
    for (int x = 0; x < out.cols; ++x) {
      const unsigned char* from = image.ptr(x, first);
      for (int y = first; y < std::min(out.rows, first + kTile); ++y, from += bytes)
        std::memcpy(out.ptr(y, x), from, bytes);
    }
}

}  // namespace

int halvings(const Path& path, Size out) {
  double widest = path.stretch({out.width / 2.0, out.height / 2.0});
  int levels = 0;
  for (; widest >= 2 && levels < 16; widest /= 2) ++levels;
  return levels;
}

cv::Mat halve(const cv::Mat& image) {
  cv::Mat even = image;
  if (image.cols % 2 != 0 || image.rows % 2 != 0)
    cv::copyMakeBorder(image, even, 0, image.rows % 2, 0, image.cols % 2,
                       cv::BORDER_REPLICATE | cv::BORDER_ISOLATED);
  cv::Mat half = pooled_image(even.rows / 2, even.cols / 2, image.type());
  cv::resize(even, half, half.size(), 0, 0, cv::INTER_AREA);
  return half;
}

Sampler::Sampler(const cv::Mat& source, std::span<const Op> ops, const GeometryRun& run, Target target)
    : source_(source),
      path_(ops.first(run.count), {source.rows, source.cols}),
      out_(run.size),
      fill_(run.fill) {
  if (target == Target::Mask && fill_.kind == Fill::Kind::Color) fill_.color = {0, 0, 0, 0};
  set_border();
  choose_way(run, target == Target::Mask, 2);
}

Sampler::Sampler(const cv::Mat& source, std::span<const Op> ops, const GeometryRun& run, Size whole,
                 int halved)
    : source_(source), path_(ops.first(run.count), whole), out_(run.size), fill_(run.fill) {
  set_border();
  const double scale = std::ldexp(1, -halved);
  if (halved > 0) path_.scale_source(scale, scale);
  // What was halved is read by areas further on, as it would have been at once.
  choose_way(run, false, halved > 0 ? 1 : 2);
}

void Sampler::set_border() {
  if (fill_.kind != Fill::Kind::Color) return;
  const int channels = source_.channels();
  if (source_.depth() == CV_32S) return border_.fill(0);  // a mask's
  const auto color = border_color(source_, fill_);
  if (source_.depth() == CV_8U)
    put_numbers<unsigned char>(color, channels, border_.data());
  else if (source_.depth() == CV_16U)
    put_numbers<std::uint16_t>(color, channels, border_.data());
  else
    put_numbers<float>(color, channels, border_.data());
}

void Sampler::choose_way(const GeometryRun& run, bool mask, double least) {
  if (path_.matrix() && is_lattice(*path_.matrix()))
    way_ = Way::Lattice;
  else
    way_ = mask || run.filter == Filter::Nearest ? Way::Nearest
           : run.filter == Filter::Bicubic       ? Way::Bicubic
                                                 : Way::Bilinear;
  if (way_ == Way::Lattice || way_ == Way::Nearest) return;
  if (const Matrix3* back = path_.matrix(); back && shrinks_straight(*back, least)) {
    way_ = Way::Area;
    area_.emplace(source_, AreaAxis::Range{back->m[2], back->m[0], out_.width},
                  AreaAxis::Range{back->m[5], back->m[4], out_.height}, fill_.kind,
                  border_color(source_, fill_).data());
    return;
  }
  for (int levels = halvings(path_, out_); levels > 0 && (source_.cols > 1 || source_.rows > 1); --levels) {
    source_ = halve(source_);
    path_.scale_source(0.5, 0.5);
  }
  if (way_ == Way::Bilinear && read_straight()) way_ = Way::Scale;
}

std::string_view Sampler::way_name() const {
  constexpr std::array<std::string_view, 6> kNames{"lattice", "scaling",  "area",
                                                   "nearest", "bilinear", "bicubic"};
  return kNames[static_cast<std::size_t>(way_)];
}

/// Makes the reader of an image that is scaled without turning, by at most two; false where it isn't.
bool Sampler::read_straight() {
  const Matrix3* map = path_.matrix();
  if (!map || !map->is_affine()) return false;
  const auto& m = map->m;
  if (m[1] != 0 || m[3] != 0 || m[0] == 0 || m[4] == 0) return false;
  const AreaAxis::Range across{m[2], m[0], out_.width}, down{m[5], m[4], out_.height};
  const bool inside =
      ScaleReader::stays_inside(across, source_.cols) && ScaleReader::stays_inside(down, source_.rows);
  const bool colors = source_.channels() == 3 || source_.channels() == 4;
  if (source_.depth() == CV_8U && colors && (inside || fill_.kind != Fill::Kind::Color))
    scale_.emplace(source_, across, down, fill_.kind);
  else
    area_.emplace(source_, across, down, fill_.kind, border_color(source_, fill_).data(),
                  AreaAxis::Reads::Between);
  return true;
}

void Sampler::read(int first, int last, unsigned char* rows, std::size_t stride) const {
  if (way_ == Way::Lattice) return read_lattice(first, last, rows, stride);
  for (int y = first; y < last; ++y, rows += stride) {
    if (scale_)
      scale_->read(y, rows);
    else if (area_)
      area_->read(y, rows);
    else if (way_ == Way::Nearest)
      read_nearest(y, rows);
    else if (source_.depth() == CV_8U)
      read_between<unsigned char>(y, rows);
    else if (source_.depth() == CV_16U)
      read_between<std::uint16_t>(y, rows);
    else
      read_between<float>(y, rows);
  }
}

/// Whole rectangles by copies and flips where no border shows.
void Sampler::read_lattice(int first, int last, unsigned char* rows, std::size_t stride) const {
  const Matrix3& map = *path_.matrix();
  const auto source_pixel = [&](int x, int y) {
    const Point p = map({x + 0.5, y + 0.5});
    return cv::Point(static_cast<int>(std::floor(p.x)), static_cast<int>(std::floor(p.y)));
  };
  const cv::Point a = source_pixel(0, first), b = source_pixel(out_.width - 1, last - 1);
  const cv::Rect wanted(cv::Point(std::min(a.x, b.x), std::min(a.y, b.y)),
                        cv::Point(std::max(a.x, b.x) + 1, std::max(a.y, b.y) + 1));
  if ((wanted & cv::Rect(0, 0, source_.cols, source_.rows)) != wanted) {
    for (int y = first; y < last; ++y, rows += stride) read_lattice_pixels(y, rows);
    return;
  }
  const bool swapped = map.m[0] == 0;
  // The signs along the output's axes.
  const double sx = swapped ? map.m[3] : map.m[0], sy = swapped ? map.m[1] : map.m[4];
  const std::size_t pixel = source_.elemSize();
  const bool reversible = pixel <= 4 || pixel == 6 || pixel == 8;
  if (swapped || (sx < 0 && !(reversible && has_vbmi()))) {
    cv::Mat out(last - first, out_.width, source_.type(), rows, stride);
    if (!swapped) return cv::flip(source_(wanted), out, sy < 0 ? -1 : 1);
    transpose_pixels(source_(wanted), out);
    if (sx < 0 || sy < 0) cv::flip(out, out, sx < 0 && sy < 0 ? -1 : sx < 0 ? 1 : 0);
    return;
  }
  const auto step = static_cast<std::ptrdiff_t>(source_.step[0]) * (sy < 0 ? -1 : 1);
  const unsigned char* from = source_.ptr(sy < 0 ? wanted.y + wanted.height - 1 : wanted.y) +
                              static_cast<std::size_t>(wanted.x) * pixel;
  if (sx < 0)
    for (int y = first; y < last; ++y, from += step, rows += stride)
      reverse_pixels_wide(from, out_.width, static_cast<int>(pixel), rows);
  else
    copy_rows(from, step, pixel * static_cast<std::size_t>(out_.width), last - first, rows,
              static_cast<std::ptrdiff_t>(stride));
}

void Sampler::read_lattice_pixels(int y, unsigned char* row) const {
  const std::size_t bytes = source_.elemSize();
  for (int x = 0; x < out_.width; ++x, row += bytes) {
    const Point p = path_.source({x + 0.5, y + 0.5});
    const int sx = border_index(static_cast<int>(std::floor(p.x)), source_.cols, fill_.kind);
    const int sy = border_index(static_cast<int>(std::floor(p.y)), source_.rows, fill_.kind);
    std::memcpy(row,
                sx < 0 || sy < 0 ? border_.data() : source_.ptr(sy) + static_cast<std::size_t>(sx) * bytes,
                bytes);
  }
}

void Sampler::read_nearest(int y, unsigned char* row) const {
  const std::size_t bytes = source_.elemSize();
  std::array<float, kWarpBlock> u, v;
  std::array<std::int32_t, kWarpBlock> pixel;
  for (int first = 0; first < out_.width; first += kWarpBlock) {
    const int n = std::min(kWarpBlock, out_.width - first);
    path_.row(first, y, n, u.data(), v.data());
    nearest_pixels(source_.cols, source_.rows, fill_.kind, u.data(), v.data(), n, pixel.data());
    for (int i = 0; i < n; ++i, row += bytes) {
      const int at = pixel[static_cast<std::size_t>(i)];
      const unsigned char* from =
          at < 0 ? border_.data()
                 : source_.ptr(at / source_.cols) + static_cast<std::size_t>(at % source_.cols) * bytes;
      std::memcpy(row, from, bytes);
    }
  }
}

template <class T>
void Sampler::read_between(int y, unsigned char* row) const {
  const WarpSource<T> source = warp_source<T>(source_, fill_.kind, border_.data());
  std::array<float, kWarpBlock> u, v;
  T* out = reinterpret_cast<T*>(row);
  for (int first = 0; first < out_.width; first += kWarpBlock) {
    const int n = std::min(kWarpBlock, out_.width - first);
    path_.row(first, y, n, u.data(), v.data());
    if (way_ == Way::Bicubic)
      read_bicubic(source, u.data(), v.data(), n, out + first * source.channels);
    else
      read_bilinear(source, u.data(), v.data(), n, out + first * source.channels);
  }
}

}  // namespace doppel::augment
