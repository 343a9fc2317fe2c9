// Volumes of NIfTI, slice by slice, wherever their bytes lie.
#pragma once

#include <cstdint>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <span>

namespace doppel {

struct NiftiForm;

/// How many of a file's first bytes tell all of its form, unpacked.
inline constexpr std::size_t kNiftiHead = 540;

/// What the header of a NIfTI 1 or 2 in one file (`.nii`, `.nii.gz`) says. decode_image() with
/// DecodeOptions::frame reads a slice of a file that is there as a whole; this is for those of which one
/// slice alone is to be read.
class NiftiVolume {
 public:
  /// `head`: at least kNiftiHead bytes from the file's beginning, or all that it has; packed by gzip or not.
  /// Throws Error as decode_image() does: no NIfTI, or a damaged header.
  explicit NiftiVolume(std::span<const unsigned char> head);
  ~NiftiVolume();
  NiftiVolume(NiftiVolume&&) noexcept;             ///< the other one is none afterwards
  NiftiVolume& operator=(NiftiVolume&&) noexcept;  ///< the same
  /// Along the third axis: 1 or more. Where there are more volumes along further axes than kMostChannels, or
  /// volumes of colours, all slices of the first, then those of the second.
  int slices() const;
  cv::Size size() const;                        ///< of a slice, pixels
  int channels() const;                         ///< of what is decoded
  int depth() const;                            ///< of what is decoded: CV_8U or CV_32F
  int bands() const;                            ///< volumes along further axes, each a channel of a slice
  std::uint64_t at(int slice, int band) const;  ///< where its bytes begin in the unpacked file
  std::size_t band_bytes() const;               ///< how many those are
  /// A slice of the bytes of its bands, one after the other: as decode_image() has it as stored. Throws
  /// Error where there are not bands() times band_bytes(), or for floats that are none (NaN) or infinite.
  cv::Mat decode(std::span<const unsigned char> slice) const;

 private:
  std::unique_ptr<const NiftiForm> form_;
};

}  // namespace doppel
