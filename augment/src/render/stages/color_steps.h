// Stages that several families make.
#pragma once

#include "render/pixel_stage.h"

namespace doppel::augment {

/// v' = clamp(scale · v + offset), per channel.
StagePtr make_scale_stage(const std::array<double, 3>& scale, const std::array<double, 3>& offset,
                          const StageContext& context);
/// Three planes mixed.
StagePtr make_matrix_stage(const op::ColorMatrix& matrix, const StageContext& context);
/// Null where it does nothing.
StagePtr make_hsv_stage(const op::Hsv& hsv, const StageContext& context);
/// v' = v^gamma, of v in [0, 1].
StagePtr make_gamma_stage(double gamma, const StageContext& context);

}  // namespace doppel::augment
