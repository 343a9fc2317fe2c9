// DICOM: what a file's data set says of its pixels, and where they lie.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/codec/image_depth.h"
#include "numbers.h"

namespace doppel {

/// How frames are packed.
enum class DicomPacking { None, Runs, Jpeg, LosslessJpeg, JpegLs, Jpeg2000, Unread };

struct DicomForm {
  using Bytes = std::span<const unsigned char>;
  enum class Numbers { Whole, Floats, Doubles };
  std::string syntax;       ///< the transfer syntax: how pixels are packed, and the bytes' order
  std::string photometric;  ///< MONOCHROME1, MONOCHROME2, RGB, YBR_FULL …
  cv::Size size;
  int samples = 1;  ///< of a pixel: 1 or 3
  int frames = 1;
  int allocated = 16, stored = 16, high = 15;  ///< bits that a number takes, that count, and the uppermost
  bool is_signed = false;
  bool planes = false;  ///< all red numbers come first, then all green ones
  Numbers numbers = Numbers::Whole;
  bool rescaled = false;            ///< a frame has another slope than 1, or another intercept than 0
  double slope = 1, intercept = 0;  ///< of the frame that was asked for
  ByteOrder order = ByteOrder::Little;
  Bytes pixels;                     ///< of all frames, where they aren't packed
  std::vector<Bytes> fragments;     ///< where they are
  std::vector<std::size_t> starts;  ///< where frames begin, counted from the first fragment; may be empty

  bool is_packed() const { return !fragments.empty(); }
  DicomPacking packing() const;  ///< by the transfer syntax
  bool has_units() const { return is_signed || numbers != Numbers::Whole || rescaled; }
  int depth() const { return has_units() || stored > 16 ? CV_32F : stored > 8 ? CV_16U : CV_8U; }
};

/// Throws Error: damaged, no image, of a kind that isn't read, no such frame, or more than the most pixels.
DicomForm dicom_form(std::span<const unsigned char> bytes, const DecodeOptions& options);

/// A frame's numbers one after the other as they lie in files that aren't packed, in the byte order that the
/// form names. Throws Error: truncated, damaged, or packed in a way that isn't read.
std::vector<unsigned char> dicom_frame(const DicomForm& form, int frame);

/// The same of a frame that is one stream of JPEG or its like. Throws Error: damaged, other than the form
/// says, packed in a way that isn't read, or the plug-in for it isn't there.
std::vector<unsigned char> coded_dicom_frame(const DicomForm& form, std::span<const unsigned char> stream);

}  // namespace doppel
