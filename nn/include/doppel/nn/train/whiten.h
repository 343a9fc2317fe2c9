// A first convolution made from the data: Coates and Ng 2012, as the airbench recipes use it (Jordan 2024).
#pragma once

#include <span>

#include "doppel/nn/model/model.h"

namespace doppel::nn {

/// Makes the filters of the convolution that reads the image the directions in which the patches under its
/// window vary most, each of them once as it is and once negative, divided by the square root of `epsilon`
/// plus the patches' variance in it. They don't learn; a bias does. `images` are rows of [C, H, W] as the
/// network will read them. Throws UsageError where the first layer isn't a convolution of one group whose
/// filters are an even number, at most twice the numbers under its window, or where there are no images.
void whiten_first_convolution(Model& model, std::span<const float> images, double epsilon = 5e-4);

}  // namespace doppel::nn
