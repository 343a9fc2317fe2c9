// NIfTI: volumes of medicine, of which a slice is an image. Plain (.nii) or packed by gzip (.nii.gz).
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

#include "doppel/codec/image_depth.h"
#include "numbers.h"

namespace doppel {

struct NiftiForm {
  cv::Size size;   ///< of a slice: the first two axes
  int frames = 1;  ///< slices: along the third axis, of further ones too where those are no bands
  int bands = 1;   ///< volumes along the fourth axis whose same slices are one image
  int type = 0;    ///< the numbers', as NIfTI counts them
  int bytes = 1, channels = 1;  ///< of a pixel of a band
  double slope = 1, intercept = 0;
  ByteOrder order = ByteOrder::Little;
  std::size_t pixels = 0;  ///< where they begin
  int depth() const;
  int image_channels() const { return bands > 1 ? bands : channels; }
};

/// True of the first bytes of a NIfTI 1 or 2 in one file, which may be packed.
bool begins_as_nifti(std::span<const unsigned char> bytes);

/// Throws Error: damaged, of a kind that isn't read, no such slice, or more than the most pixels.
NiftiForm nifti_form(std::span<const unsigned char> bytes, const DecodeOptions& options);

/// A slice, with a band for each of up to kMostChannels volumes of numbers: the first axis from left to
/// right, the second from top to bottom, as they are stored. Bytes and colours without a scale stay bytes,
/// all else becomes floats in the file's units. Throws Error as above.
cv::Mat decode_nifti(std::span<const unsigned char> bytes, const DecodeOptions& options);

}  // namespace doppel
