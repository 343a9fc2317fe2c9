// DICOM: images of medicine.
#pragma once

#include <opencv2/core/mat.hpp>
#include <span>

#include "doppel/codec/image_depth.h"

namespace doppel {

/// A frame. Whole numbers from 0 on without a rescale are shares of what BitsStored allows, MONOCHROME1's
/// turned round, so that more is brighter; signed ones and those with a rescale come in its units
/// (hounsfields), as floats. Colours are RGB. Throws Error: damaged, no such frame, more than the most
/// pixels, of a kind that isn't read, or the plug-in for packed ones isn't there.
cv::Mat decode_dicom(std::span<const unsigned char> bytes, const DecodeOptions& options);

}  // namespace doppel
