// Encoded images to pixels.
#pragma once

#include <array>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <string_view>

#include "doppel/base/geometry.h"
#include "doppel/codec/image_depth.h"

namespace doppel {

class JpegReader;
struct JpegTileTable;

/// What a file's first bytes say it is.
enum class ImageKind {
  Unknown,
  Jpeg,
  Png,
  Webp,
  Pgm,
  Ppm,
  Bmp,
  Tiff,
  Gif,
  Heif,
  Avif,
  Jxl,
  Pam,
  Pfm,
  Exr,
  Dicom,
  Nifti,
  Npy
};
/// By the first bytes.
ImageKind image_kind(std::span<const unsigned char> bytes);

/// What becomes of transparency where images are asked for as grey or RGB, which have none. Below
/// transparent pixels lie colours that nobody was meant to see.
enum class AlphaOver {
  White,  ///< images are put over white: each colour is (a · colour + (255 - a) · 255) / 255, rounded
  Black,  ///< the same over 0
  Keep,   ///< alpha stays: such images have to be asked for as they are, or as RGBA
  Drop    ///< colours are taken as they lie below
};
/// By their values.
inline constexpr std::array<std::string_view, 4> kAlphaOverNames{"white", "black", "keep", "drop"};

/// Decodes JPEG, PNG, WebP, BMP, binary PGM, PPM, PAM and PFM, and by plug-ins TIFF, GIF, HEIC, AVIF,
/// JPEG XL and OpenEXR, DICOM, NIfTI and .npy, as it was meant to be seen: orientation (EXIF's, in JPEG, PNG
/// and WebP; the others' own) is applied; channels are grey, RGB or RGBA in this order, with straight alpha,
/// or 2 or 5 to 64 bands as they lie there. Of an animation the first image (an APNG's default image). Throws
/// Error: not an image, truncated, without such a frame, larger than `max_pixels` (found in the header,
/// before memory is taken), of numbers that can't be made 8 bits where that is asked for, or with floats that
/// are none (NaN) or infinite.
cv::Mat decode_image(std::span<const unsigned char> bytes, const DecodeOptions& options = {});

/// The same from a file. Throws Error with the path.
cv::Mat read_image(const std::string& path, const DecodeOptions& options = {});

/// Throws UsageError unless `channels` is 1 (grey), 3 (RGB), 4 (RGBA), 2 or 5 to 64 (bands) or 0 (as they
/// are), and neither 1 nor 3 where alpha is kept.
void check_channels(int channels, AlphaOver alpha);

/// Grey, RGB or RGBA from any of these, in bytes, 16-bit numbers or floats, whose white is 255, 65535 or 1.
/// `channels` 0: as it is; an image without alpha becomes opaque where 4 are asked for. Grey is 0.299 R +
/// 0.587 G + 0.114 B, in whole numbers where pixels are; grey as RGB is the same three times. Bands stay as
/// they are. Throws UsageError as check_channels() does, and where an image of 2 or of more than 4 channels
/// would have to become another number of them.
cv::Mat with_channels(const cv::Mat& image, int channels, AlphaOver alpha = AlphaOver::White);

/// Throws UsageError: an image of four bands can't become one of so many channels.
[[noreturn]] void throw_four_bands(int channels);

/// True of RGBA with a pixel that isn't opaque.
bool is_transparent(const cv::Mat& image);

/// An encoded image that is decoded when it's known what is wanted of it: as decode_image() and then
/// with_channels() give it, but for the grey of a JPEG in colour, which is the luma that the file holds. For
/// one thread; the bytes must outlive it.
class EncodedImage {
 public:
  /// Reads the header. `channels`: 1, 3 or 4 to get grey, RGB or RGBA, the file's number of bands, or 0 for
  /// what the file has. `tiles`: of a JPEG of which parts alone are there, see JpegReader. Throws Error as
  /// decode_image() does; UsageError as with_channels(), also for four bands of which none is alpha that
  /// should become fewer.
  explicit EncodedImage(std::span<const unsigned char> bytes, int channels = 0,
                        AlphaOver alpha = AlphaOver::White, const DecodeOptions& options = {},
                        const JpegTileTable* tiles = nullptr);
  ~EncodedImage();
  EncodedImage(const EncodedImage&) = delete;
  EncodedImage& operator=(const EncodedImage&) = delete;
  cv::Size size() const;                         ///< of the whole image, upright, pixels
  int channels() const;                          ///< of what is decoded: 1 to 64
  int depth() const;                             ///< of what is decoded: CV_8U, CV_16U or CV_32F
  bool has_alpha() const { return has_alpha_; }  ///< the last of 4 channels
  /// Of a JPEG, fills at least `region` of `image`, which has the whole image's size and type: the same
  /// bits as decoding everything. Throws Error where the file is damaged or truncated, as far as it's read.
  void decode(const cv::Rect& region, cv::Mat& image);
  /// Of a JPEG, the image halved 1 to 3 times, at least where `region` of the whole lies: see
  /// JpegReader.
  void decode_halved(int times, const cv::Rect& region, cv::Mat& image);
  /// All pixels of any format but JPEG, which are there at once and may lie in the bytes; null for a JPEG.
  const cv::Mat* pixels() const { return jpeg_ ? nullptr : &whole_; }

 private:
  std::unique_ptr<JpegReader> jpeg_;
  cv::Mat whole_;  ///< of other formats
  bool has_alpha_ = false;
};

}  // namespace doppel
