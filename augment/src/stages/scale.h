// x' = clamp(scale · x + offset), per channel.
#pragma once

#include "pixel_stage.h"

namespace doppel::augment {

StagePtr make_scale_stage(const std::array<double, 3>& scale, const std::array<double, 3>& offset,
                          const StageContext& context);

/// v' = v^gamma, of v in [0, 1].
StagePtr make_gamma_stage(double gamma, const StageContext& context);

}  // namespace doppel::augment
