// Encoded pictures to pixels.
#pragma once

#include <memory>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>

namespace doppel {

class JpegReader;

/// What a file's first bytes say it is.
enum class PictureKind { Unknown, Jpeg, Png, Webp, Pgm, Ppm, Bmp, Tiff };
/// By the first bytes.
PictureKind picture_kind(std::span<const unsigned char> bytes);

/// Decodes JPEG, PNG, WebP, binary PGM and PPM, and by a plug-in BMP and TIFF, to 8-bit grey, RGB or RGBA. 16
/// bits are cut to 8. Throws Error: not a picture, truncated, or larger than `max_pixels` (found in the
/// header, before memory is taken).
cv::Mat decode_picture(std::span<const unsigned char> bytes, long max_pixels = 1L << 28);

/// The same from a file. Throws Error with the path.
cv::Mat read_picture(const std::string& path);

/// Grey, RGB or RGBA from any of these. `channels` 0: as it is.
cv::Mat with_channels(const cv::Mat& image, int channels);

/// An encoded picture that is decoded when it's known what is wanted of it. For one thread; the bytes must
/// outlive it.
class Picture {
 public:
  /// Reads the header. `channels`: 1 or 3 to get grey or RGB (transparency is dropped), 0 for what the file
  /// has. Throws Error: not a JPEG, PNG, WebP, PGM or PPM, or larger than `max_pixels`.
  explicit Picture(std::span<const unsigned char> bytes, int channels = 0, long max_pixels = 1L << 28);
  ~Picture();
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;
  cv::Size size() const;  ///< of the whole picture, upright, pixels
  int channels() const;   ///< of what is decoded: 1, 3 or 4
  /// Of a JPEG, fills at least `region` of `image`, which has the whole picture's size and type: the same
  /// bits as decoding everything. Throws Error where the file is damaged or truncated, as far as it's read.
  void decode(const cv::Rect& region, cv::Mat& image);
  /// Of a JPEG, the picture halved 1 to 3 times, at least where `region` of the whole lies: see
  /// JpegReader.
  void decode_halved(int times, const cv::Rect& region, cv::Mat& image);
  /// All pixels of any format but JPEG, which are there at once and may lie in the bytes; null for a JPEG.
  const cv::Mat* pixels() const { return jpeg_ ? nullptr : &whole_; }

 private:
  std::unique_ptr<JpegReader> jpeg_;
  cv::Mat whole_;  ///< of other formats
};

}  // namespace doppel
