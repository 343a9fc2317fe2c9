// The stages of a PixelProgram, one per pixel op.
#pragma once

#include <memory>

#include "doppel/augment/sample.h"
#include "pixel_program.h"

namespace doppel::augment {

/// The stage of a Pixel op on a picture of `size` with `planes` colours; null where the op does nothing to it
/// (Hue on grey) or is not computed here (Normalize belongs to the writer).
///
///   op            stage                          table
///   ColorMatrix   per-channel scale and offset   yes, where diagonal
///   ColorMatrix   3x4 matrix                     no
///   Contrast      scale about the mean luma      yes
///   Hue           HSV turn                       no
///   Noise, SaltPepper, Cover, Rain, SnowFall, Fog: depend on the place, so no
std::unique_ptr<PixelStage> make_stage(const Op& op, Size size, int planes, const PictureMeans& means);

}  // namespace doppel::augment
