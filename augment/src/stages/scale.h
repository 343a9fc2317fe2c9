// x' = clamp(scale · x + offset), per channel.
#pragma once

#include "pixel_stage.h"

namespace doppel::augment {

StagePtr make_scale_stage(const std::array<double, 3>& scale, const std::array<double, 3>& offset,
                          const StageContext& context);

}  // namespace doppel::augment
