// Encoded pictures to pixels and back.
#pragma once

#include <filesystem>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <span>
#include <vector>

namespace doppel::augment {
class JpegReader;
}

namespace doppel::dataset {

/// What a header may ask for before it's refused.
struct DecodeLimits {
  long pixels = 1L << 28;  ///< 16384 x 16384
};

/// An encoded picture that is decoded when it's known what is wanted of it. For one thread; the bytes must
/// outlive it.
class Picture {
 public:
  /// Reads the header. `channels`: 1 or 3 to get grey or RGB (transparency is dropped), 0 for what the file
  /// has. Throws Error: not a JPEG, PNG, WebP, PGM or PPM, or larger than the limits.
  explicit Picture(std::span<const unsigned char> bytes, int channels = 0, const DecodeLimits& limits = {});
  ~Picture();
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;
  cv::Size size() const;
  int channels() const;
  /// Of a JPEG, fills at least `region` of `image`, which has the whole picture's size and type: the same
  /// bits as decoding everything. Throws Error where the file is damaged or truncated, as far as it's read.
  void decode(const cv::Rect& region, cv::Mat& image);
  /// Of a JPEG, the picture halved 1 to 3 times, at least where `region` of the whole lies: see
  /// augment::JpegReader.
  void decode_halved(int times, const cv::Rect& region, cv::Mat& image);
  /// All pixels of any format but JPEG, which are there at once and may lie in the bytes; null for a JPEG.
  const cv::Mat* pixels() const { return jpeg_ ? nullptr : &whole_; }

 private:
  std::unique_ptr<augment::JpegReader> jpeg_;
  cv::Mat whole_;  ///< of other formats
};

/// Decodes JPEG, PNG, WebP, PGM or PPM, told apart by their first bytes, to 8-bit grey, RGB or RGBA. Throws
/// Error: not a picture, truncated, or larger than the limits (found in the header, before memory is taken).
cv::Mat decode_image(std::span<const unsigned char> bytes, const DecodeLimits& limits = {});

/// A PNG of class or instance numbers: grey (CV_8U; 16 bits: CV_32S) or the indices of a palette (CV_8U).
/// Throws Error for colour.
cv::Mat decode_mask(std::span<const unsigned char> bytes, const DecodeLimits& limits = {});

/// Grey or RGB from grey, RGB or RGBA; transparency is dropped. `channels` 0: as it is.
cv::Mat with_channels(const cv::Mat& image, int channels);

/// A PNG that decode_mask() reads: 8 bits from CV_8U, 16 from CV_32S. Throws Error for numbers beyond 65535.
std::vector<unsigned char> encode_mask(const cv::Mat& mask);

/// Encodes grey (8 or 16 bits), RGB or RGBA as PNG.
std::vector<unsigned char> encode_png(const cv::Mat& image);
void write_png(const std::filesystem::path& path, const cv::Mat& image);

}  // namespace doppel::dataset
