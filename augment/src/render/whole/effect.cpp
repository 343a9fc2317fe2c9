// Other effects that need the whole image.
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/exact_math.h"
#include "base/image_pool.h"
#include "codec/image_file.h"
#include "doppel/base/random.h"
#include "filter.h"
#include "loops.h"
#include "morphology.h"
#include "render/stages/shapes.h"
#include "render/whole_op.h"
#include "superpixels.h"

namespace doppel::augment {
namespace {

/// Numbers from 0 to 1 as the image holds them.
cv::Mat like(const cv::Mat& floats, const cv::Mat& image) {
  cv::Mat out = pooled_like(image, image.type());
  floats.convertTo(out, image.depth(), image.depth() == CV_8U ? 255 : 1);
  return out;
}

cv::Mat luma_of(const cv::Mat& image) {
  if (image.channels() == 1) return image;
  cv::Mat grey = pooled_like(image, image.depth());
  cv::cvtColor(image, grey, cv::COLOR_RGB2GRAY);
  return grey;
}

float smooth(float edge0, float edge1, float x) {
  const float t = std::clamp((x - edge0) / (edge1 - edge0), 0.F, 1.F);
  return t * t * (3 - 2 * t);
}

/// In HLS: lightness rises to .96 and colour fades where it is light and where the image darkens downwards.
cv::Mat settle(const cv::Mat& image, double amount) {
  cv::Mat f = pooled_like(image, CV_32FC3), hls = pooled_like(image, CV_32FC3),
          light = pooled_like(image, CV_32F), slope = pooled_like(image, CV_32F);
  if (image.channels() == 1)
    cv::cvtColor(pooled_floats(image), f, cv::COLOR_GRAY2RGB);
  else
    image.convertTo(f, CV_32F, image.depth() == CV_8U ? 1 / 255.0 : 1);
  cv::cvtColor(f, hls, cv::COLOR_RGB2HLS);
  cv::extractChannel(hls, light, 1);
  const int reach = std::max(1, std::min(f.rows, f.cols) / 64);
  cv::blur(light, slope, {2 * reach + 1, 2 * reach + 1});
  const auto threshold = static_cast<float>(0.75 - 0.45 * amount);
  for (int y = 0; y < hls.rows; ++y) {
    auto* row = hls.ptr<cv::Vec3f>(y);
    const float* above = slope.ptr<float>(std::max(0, y - reach));
    const float* below = slope.ptr<float>(std::min(hls.rows - 1, y + reach));
    for (int x = 0; x < hls.cols; ++x) {
      const float up = 0.35F + 0.65F * smooth(-0.02F, 0.08F, above[x] - below[x]);
      const float m = std::min(1.F, static_cast<float>(amount) * 2) *
                      smooth(threshold, threshold + 0.25F, row[x][1]) * up;
      row[x][1] += m * (0.96F - row[x][1]);
      row[x][2] *= 1 - 0.9F * m;
    }
  }
  cv::cvtColor(hls, f, cv::COLOR_HLS2RGB);
  return like(image.channels() == 1 ? luma_of(f) : f, image);
}

/// The share of a square of side 1 that a disc on its centre covers.
double disc_share(double radius) {
  constexpr int kSteps = 200;
  double share = 0;
  for (int i = 0; i < kSteps; ++i) {
    const double x = (i + 0.5) / kSteps - 0.5, half = std::sqrt(std::max(0.0, radius * radius - x * x));
    share += std::min(1.0, 2 * half) / kSteps;
  }
  return share;
}

/// Radius of the disc that covers `share` of a cell; one that leaves no corner for all of it.
double dot_radius(double share) {
  static const std::array<double, 257> radii = [] {
    std::array<double, 257> all{};
    for (std::size_t i = 0; i < all.size(); ++i) {
      double low = 0, high = std::sqrt(0.5);
      for (int halving = 0; halving < 30; ++halving) {
        const double middle = (low + high) / 2;
        (disc_share(middle) < static_cast<double>(i) / 256 ? low : high) = middle;
      }
      all[i] = i > 0 ? high : 0;
    }
    return all;
  }();
  if (share >= 1) return 2;
  const double at = std::max(0.0, share) * 256;
  const auto i = static_cast<std::size_t>(at);
  return radii[i] + (at - static_cast<double>(i)) * (radii[i + 1] - radii[i]);
}

/// Every cell of a turned grid shows a dot of its colour on white, as large as the cell is dark.
cv::Mat halftone(const cv::Mat& image, const op::Halftone& o) {
  const double radians = o.angle / 57.295779513082321, c = exact::cos(radians) / o.cell,
               s = exact::sin(radians) / o.cell;
  cv::Mat out = pooled_floats(image);
  const int side = std::max(1, static_cast<int>(std::lround(o.cell))) | 1;
  const cv::Mat soft = pooled_floats(box(image, side));
  const int n = image.channels();
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols; ++x) {
      const double u = c * (x + 0.5) - s * (y + 0.5), v = s * (x + 0.5) + c * (y + 0.5);
      const double du = u - std::floor(u) - 0.5, dv = v - std::floor(v) - 0.5,
                   r = std::sqrt(du * du + dv * dv);
      const float* at = soft.ptr<float>(y) + x * n;
      for (int k = 0; k < n; ++k) {
        const double radius = dot_radius(1 - static_cast<double>(at[k]));
        const double ink = radius > 0 ? std::clamp((radius - r) * o.cell + 0.5, 0.0, 1.0) : 0;
        float& v_out = out.ptr<float>(y)[x * n + k];
        v_out =
            static_cast<float>(static_cast<double>(v_out) + o.share * (1 - ink - static_cast<double>(v_out)));
      }
    }
  return like(out, image);
}

cv::Mat edges(const cv::Mat& image, double share) {
  const int width = image.cols, n = image.channels();
  cv::Mat grey = pooled_image(image.rows, width + 2, CV_32F), strength = pooled_image(1, width, CV_32F),
          out = pooled_floats(image);
  cv::Mat inside = grey.colRange(1, width + 1);
  luma_of(image).convertTo(inside, CV_32F, image.depth() == CV_8U ? 1 / 255.0 : 1);
  const auto mirrored = [](int at, int count) {
    return cv::borderInterpolate(at, count, cv::BORDER_REFLECT_101);
  };
  for (int y = 0; y < grey.rows; ++y) {
    auto* row = grey.ptr<float>(y);
    row[0] = row[1 + mirrored(-1, width)];
    row[width + 1] = row[1 + mirrored(width, width)];
  }
  for (int y = 0; y < image.rows; ++y) {
    const auto row = [&](int at) { return grey.ptr<float>(mirrored(at, image.rows)); };
    sobel_row(row(y - 1), row(y), row(y + 1), width, strength.ptr<float>());
    blend_grey_row(strength.ptr<float>(), static_cast<float>(share), n, width, out.ptr<float>(y));
  }
  return like(out, image);
}

/// Amplitudes of frequencies up to `beta` of the short side from another image; phases stay.
cv::Mat fourier_adapt(const cv::Mat& image, const cv::Mat& reference, double beta) {
  cv::Mat f = pooled_floats(image), other = pooled_like(image, image.type());
  cv::resize(reference, other, image.size(), 0, 0, cv::INTER_AREA);
  other = pooled_floats(other);
  const int reach = static_cast<int>(beta * std::min(image.rows, image.cols));
  std::vector<cv::Mat> own(static_cast<std::size_t>(image.channels())), theirs(own.size());
  cv::split(f, own);
  cv::split(other, theirs);
  for (std::size_t c = 0; c < own.size(); ++c) {
    cv::Mat a, b;
    cv::dft(own[c], a, cv::DFT_COMPLEX_OUTPUT);
    cv::dft(theirs[c], b, cv::DFT_COMPLEX_OUTPUT);
    for (int j = -reach; j <= reach; ++j)
      for (int i = -reach; i <= reach; ++i) {
        const int y = (j + a.rows) % a.rows, x = (i + a.cols) % a.cols;
        auto& p = a.at<cv::Vec2f>(y, x);
        const auto& q = b.at<cv::Vec2f>(y, x);
        const float from = std::sqrt(p[0] * p[0] + p[1] * p[1]), to = std::sqrt(q[0] * q[0] + q[1] * q[1]);
        if (from > 1e-9F) p *= to / from;
      }
    cv::dft(a, own[c], cv::DFT_INVERSE | cv::DFT_SCALE | cv::DFT_REAL_OUTPUT);
  }
  cv::merge(own, f);
  return like(cv::min(cv::max(f, 0.0), 1.0), image);
}

/// Covered pixels show the image from (dx, dy) away, reflected at the edges.
cv::Mat textured(const cv::Mat& image, const op::Shapes& o) {
  cv::Mat out = pooled_copy(image);
  const std::size_t bytes = image.elemSize();
  for (int y = 0; y < image.rows; ++y)
    for (std::size_t i = 0; i + o.stride() <= o.shapes.size(); i += o.stride()) {
      const auto [x0, x1] = shape_span(o, std::span(o.shapes).subspan(i, o.stride()), y + 0.5);
      const int last = std::clamp(static_cast<int>(std::ceil(x1 - 0.5)), 0, image.cols),
                fy = cv::borderInterpolate(y + o.dy, image.rows, cv::BORDER_REFLECT_101);
      for (int x = std::clamp(static_cast<int>(std::ceil(x0 - 0.5)), 0, image.cols); x < last; ++x) {
        const int fx = cv::borderInterpolate(x + o.dx, image.cols, cv::BORDER_REFLECT_101);
        std::copy_n(image.ptr(fy) + static_cast<std::size_t>(fx) * bytes, bytes,
                    out.ptr(y) + static_cast<std::size_t>(x) * bytes);
      }
    }
  return out;
}

struct Effect {
  const cv::Mat& image;

  cv::Mat operator()(const op::SnowSettle& o) const { return settle(image, o.amount); }
  cv::Mat operator()(const op::Halftone& o) const { return halftone(image, o); }
  cv::Mat operator()(const op::Edges& o) const { return edges(image, o.share); }
  cv::Mat operator()(const op::Superpixels& o) const { return superpixels(image, o); }
  cv::Mat operator()(const op::Shapes& o) const { return textured(image, o); }
  cv::Mat operator()(const op::FourierAdapt& o) const {
    return fourier_adapt(image, image_from(o.file, image.channels()), o.beta);
  }
  cv::Mat operator()(const op::Morphology& o) const {
    return o.radius > 0 ? extremes(image, o) : pooled_copy(image);
  }
  cv::Mat operator()(const op::Cover& o) const {
    const cv::Mat soft = gaussian(image, std::max(1.0, std::min(image.rows, image.cols) / 10.0));
    cv::Mat out = pooled_copy(image);
    for (std::size_t h = 0; h + 3 < o.holes.size(); h += 4) {
      const cv::Rect hole = cv::Rect(static_cast<int>(o.holes[h]), static_cast<int>(o.holes[h + 1]),
                                     static_cast<int>(o.holes[h + 2]), static_cast<int>(o.holes[h + 3])) &
                            cv::Rect(0, 0, image.cols, image.rows);
      soft(hole).copyTo(out(hole));
    }
    return out;
  }
  template <class O>
    requires(!EffectOp<O>)
  cv::Mat operator()(const O&) const {
    return {};
  }
};

}  // namespace

cv::Mat apply_effect(const Op& op, const cv::Mat& colors) { return std::visit(Effect{colors}, op); }

}  // namespace doppel::augment
