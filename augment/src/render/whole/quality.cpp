// Loss of quality: codecs, resolution, sensors.
#include <webp/decode.h>
#include <webp/encode.h>
#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>
#include <vector>

#include "base/image_pool.h"
#include "doppel/base/error.h"
#include "doppel/codec/jpeg.h"
#include "interpolation.h"
#include "render/sampling/area.h"
#include "render/sampling/sampler.h"
#include "render/whole_op.h"
#include "repeat.h"

namespace doppel::augment {
namespace {

/// Runs `change` on an 8-bit form.
template <class Change>
cv::Mat on_bytes(const cv::Mat& image, Change change) {
  if (image.depth() == CV_8U) return change(image);
  cv::Mat bytes = pooled_like(image, CV_8UC(image.channels()));
  image.convertTo(bytes, CV_8U, 255);
  return pooled_floats(change(bytes));
}

cv::Mat webp_round_trip(const cv::Mat& image, int quality) {
  cv::Mat rgb = image.channels() == 1 ? pooled_like(image, CV_8UC3) : image;
  if (image.channels() == 1) cv::cvtColor(image, rgb, cv::COLOR_GRAY2RGB);
  std::uint8_t* bytes = nullptr;
  const std::size_t size = WebPEncodeRGB(rgb.ptr(), rgb.cols, rgb.rows, static_cast<int>(rgb.step[0]),
                                         static_cast<float>(quality), &bytes);
  if (size == 0)
    throw Error("WebP can't hold an image of " + std::to_string(image.rows) + "x" +
                std::to_string(image.cols) + " (at most 16383 a side)");
  cv::Mat out = pooled_like(image, CV_8UC3);
  const bool read =
      WebPDecodeRGBInto(bytes, size, out.ptr(), out.step[0] * static_cast<std::size_t>(out.rows),
                        static_cast<int>(out.step[0])) != nullptr;
  WebPFree(bytes);
  if (!read) throw Error("WebP didn't read back its own image");
  if (image.channels() == 3) return out;
  cv::Mat grey = pooled_like(image, CV_8U);
  cv::cvtColor(out, grey, cv::COLOR_RGB2GRAY);
  return grey;
}

/// Channel that an RGGB array sees at (x, y).
int bayer_channel(int x, int y) { return (y & 1) + (x & 1); }

/// Each missing value is the mean of those of its colour among the eight around.
template <class T>
cv::Mat mosaic(const cv::Mat& image) {
  cv::Mat out = pooled_like(image, image.type());
  for (int y = 0; y < image.rows; ++y)
    for (int x = 0; x < image.cols; ++x) {
      float sum[3] = {}, count[3] = {};
      for (int j = std::max(0, y - 1); j <= std::min(image.rows - 1, y + 1); ++j)
        for (int i = std::max(0, x - 1); i <= std::min(image.cols - 1, x + 1); ++i) {
          const int c = bayer_channel(i, j);
          sum[c] += static_cast<float>(image.ptr<T>(j)[i * 3 + c]);
          count[c] += 1;
        }
      for (int c = 0; c < 3; ++c) {
        // At an image's corner a colour may be missing.
        const float own = static_cast<float>(image.ptr<T>(y)[x * 3 + c]);
        const float v = c == bayer_channel(x, y) || count[c] == 0 ? own : sum[c] / count[c];
        out.ptr<T>(y)[x * 3 + c] = sizeof(T) == 1 ? static_cast<T>(v + 0.5F) : static_cast<T>(v);
      }
    }
  return out;
}

cv::Mat scaled_plane(const cv::Mat& plane, double zoom) {
  const Size size = size_of(plane);
  const double cx = size.width / 2.0, cy = size.height / 2.0;
  const std::array<Op, 1> ops{op::Warp{translation(cx, cy) * scaling(zoom, zoom) * translation(-cx, -cy),
                                       size,
                                       {Fill::Kind::Replicate, {}},
                                       Filter::Bilinear}};
  const Sampler sampler(plane, ops, geometry_run(ops, 0, size));
  cv::Mat out = pooled_like(plane, plane.type());
  sampler.read(0, out.rows, out.ptr(), out.step[0]);
  return out;
}

struct Quality {
  const cv::Mat& image;

  cv::Mat operator()(const op::Jpeg& o) const {
    return on_bytes(image, [&](const cv::Mat& bytes) { return decode_jpeg(encode_jpeg(bytes, o.quality)); });
  }
  cv::Mat operator()(const op::Webp& o) const {
    return on_bytes(image, [&](const cv::Mat& bytes) { return webp_round_trip(bytes, o.quality); });
  }
  cv::Mat operator()(const op::Downscale& o) const {
    const auto side = [&](int n) { return std::max(1, static_cast<int>(std::lround(n * o.factor))); };
    cv::Mat small = pooled_image(side(image.rows), side(image.cols), image.type()),
            out = pooled_like(image, image.type());
    if (o.down == Filter::Area)
      small = shrunk(image, size_of(small));
    else
      cv::resize(image, small, small.size(), 0, 0, interpolation_of(o.down));
    if (o.up == Filter::Nearest)
      repeat_pixels(small, out);
    else
      cv::resize(small, out, out.size(), 0, 0, interpolation_of(o.up));
    return out;
  }
  cv::Mat operator()(const op::BayerMosaic&) const {
    if (image.channels() != 3) return pooled_copy(image);
    return image.depth() == CV_8U ? mosaic<unsigned char>(image) : mosaic<float>(image);
  }
  cv::Mat operator()(const op::Interlace& o) const {
    cv::Mat out = pooled_copy(image);
    for (int y = 1; y < image.rows; y += 2)
      for (int x = 0; x < image.cols; ++x) {
        const int from = std::clamp(x - o.shift, 0, image.cols - 1);
        const std::size_t bytes = image.elemSize();
        std::copy_n(image.ptr(y) + static_cast<std::size_t>(from) * bytes, bytes,
                    out.ptr(y) + static_cast<std::size_t>(x) * bytes);
      }
    return out;
  }
  cv::Mat operator()(const op::Clahe& o) const {
    return on_bytes(image, [&](const cv::Mat& bytes) {
      const auto clahe =
          cv::createCLAHE(o.clip, {std::min(o.tiles, bytes.cols), std::min(o.tiles, bytes.rows)});
      cv::Mat out = pooled_like(bytes, bytes.type());
      if (bytes.channels() == 1) {
        clahe->apply(bytes, out);
        return out;
      }
      cv::Mat lab = pooled_like(bytes, CV_8UC3), light = pooled_like(bytes, CV_8U),
              other = pooled_like(bytes, CV_8U);
      cv::cvtColor(bytes, lab, cv::COLOR_RGB2Lab);
      cv::extractChannel(lab, light, 0);
      clahe->apply(light, other);
      cv::insertChannel(other, lab, 0);
      cv::cvtColor(lab, out, cv::COLOR_Lab2RGB);
      return out;
    });
  }
  cv::Mat operator()(const op::Chromatic& o) const {
    if (image.channels() != 3) return pooled_copy(image);
    cv::Mat plane = pooled_like(image, image.depth()), out = pooled_copy(image);
    for (const auto& [channel, zoom] : {std::pair{0, 1 + o.red}, {2, 1 + o.blue}}) {
      cv::extractChannel(image, plane, channel);
      cv::insertChannel(scaled_plane(plane, zoom), out, channel);
    }
    return out;
  }
  template <class O>
    requires(!QualityOp<O>)
  cv::Mat operator()(const O&) const {
    return {};
  }
};

}  // namespace

cv::Mat apply_quality(const Op& op, const cv::Mat& colors) { return std::visit(Quality{colors}, op); }

}  // namespace doppel::augment
