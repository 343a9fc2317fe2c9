#include "webp.h"

#include <webp/decode.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <utility>

#include "exif.h"
#include "image_size.h"
#include "numbers.h"

namespace doppel {
namespace {

using Bytes = std::span<const unsigned char>;

int webp_number(Bytes bytes, std::size_t at, std::size_t count) {
  return static_cast<int>(number_at(bytes, at, count, ByteOrder::Little));
}

WebPBitstreamFeatures webp_features(Bytes bytes) {
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK)
    throw Error("not a whole WebP");
  return features;
}

/// What `see` is shown: each chunk's name and content, cut where the file ends.
template <class See>
void walk_webp(Bytes bytes, const See& see) {
  constexpr std::size_t kRiff = 12, kHead = 8;
  for (std::size_t at = kRiff; at + kHead <= bytes.size();) {
    const std::size_t length = number_at(bytes, at + 4, 4, ByteOrder::Little);
    const Bytes rest = bytes.subspan(at + kHead);
    see(as_text(bytes.subspan(at, 4)), rest.first(std::min(length, rest.size())));
    if (length >= rest.size()) break;
    at += kHead + length + length % 2;
  }
}

/// The first frame of an animation: where it lies, how it's put there, and its image.
void read_frame(Bytes chunk, WebpForm& form) {
  constexpr std::size_t kHead = 16;
  constexpr int kReplaces = 2;
  if (chunk.size() < kHead) throw Error("not a whole WebP: its first frame is cut off");
  form.first = chunk.subspan(kHead);
  form.place = {2 * webp_number(chunk, 0, 3), 2 * webp_number(chunk, 3, 3), webp_number(chunk, 6, 3) + 1,
                webp_number(chunk, 9, 3) + 1};
  form.blends = (chunk[15] & kReplaces) == 0;
  if ((form.place & cv::Rect({}, form.size)) != form.place)
    throw Error("not a whole WebP: its first frame lies outside its canvas");
}

/// All pixels of a still image, which has as many as `image`.
void decode_into(Bytes bytes, cv::Mat& image) {
  const std::size_t stride = image.step[0], size = stride * static_cast<std::size_t>(image.rows);
  const bool done =
      image.channels() == 4
          ? WebPDecodeRGBAInto(bytes.data(), bytes.size(), image.data, size, static_cast<int>(stride))
          : WebPDecodeRGBInto(bytes.data(), bytes.size(), image.data, size, static_cast<int>(stride));
  if (!done) throw Error("not a whole WebP: truncated or damaged");
}

/// The first frame on an empty canvas.
cv::Mat composed(const WebpForm& form) {
  const WebPBitstreamFeatures features = webp_features(form.first);
  if (features.width != form.place.width || features.height != form.place.height)
    throw Error("not a whole WebP: its first frame has another size than it says");
  cv::Mat frame(form.place.size(), form.has_alpha ? CV_8UC4 : CV_8UC3);
  decode_into(form.first, frame);
  if (form.has_alpha && form.blends)  // nothing is put over nothing
    for (int y = 0; y < frame.rows; ++y)
      for (int x = 0; x < frame.cols; ++x)
        if (auto& pixel = frame.at<cv::Vec4b>(y, x); pixel[3] == 0) pixel = {};
  if (frame.size() == form.size) return frame;
  cv::Mat canvas(form.size, frame.type(), cv::Scalar());
  frame.copyTo(canvas(form.place));
  return canvas;
}

}  // namespace

WebpForm webp_form(Bytes bytes, long max_pixels) {
  const WebPBitstreamFeatures features = webp_features(bytes);
  check_size(features.width, features.height, max_pixels);
  WebpForm form{.size = {features.width, features.height},
                .has_alpha = features.has_alpha != 0,
                .animated = features.has_animation != 0,
                .first = bytes,
                .place = {0, 0, features.width, features.height}};
  if (!as_text(bytes).substr(12).starts_with("VP8X")) return form;
  if (form.animated) form.frames = 0;
  bool exif = false;
  walk_webp(bytes, [&](std::string_view name, Bytes content) {
    if (name == "ANMF" && form.animated && form.frames++ == 0) read_frame(content, form);
    if (name == "EXIF" && !std::exchange(exif, true)) form.orientation = exif_orientation(content);
  });
  if (form.frames == 0) throw Error("not a whole WebP: an animation without a frame");
  if (form.place.size() != form.size) form.has_alpha = true;
  return form;
}

cv::Mat decode_webp(Bytes bytes, long max_pixels) {
  const WebpForm form = webp_form(bytes, max_pixels);
  cv::Mat image;
  if (form.animated) {
    image = composed(form);
  } else {
    image.create(form.size, form.has_alpha ? CV_8UC4 : CV_8UC3);
    decode_into(bytes, image);
  }
  return upright(image, form.orientation);
}

}  // namespace doppel
