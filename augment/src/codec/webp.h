#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

namespace doppel {

/// What a WebP's header and chunks say.
struct WebpForm {
  cv::Size size;  ///< as stored; an animation's canvas
  bool has_alpha = false, animated = false;
  int orientation = 1, frames = 1;
  std::span<const unsigned char> first;  ///< what is decoded: the file, or the first frame of an animation
  cv::Rect place;                        ///< of that on the canvas
  bool blends = false;                   ///< it's put over the empty canvas, not in its place
};

/// Throws Error: not whole, or larger than `max_pixels`.
WebpForm webp_form(std::span<const unsigned char> bytes, long max_pixels);

/// To 8-bit RGB or RGBA, upright; of an animation the first frame, on its canvas, which is transparent where
/// the frame isn't. Throws Error: truncated, damaged, or larger than `max_pixels`.
cv::Mat decode_webp(std::span<const unsigned char> bytes, long max_pixels);

}  // namespace doppel
