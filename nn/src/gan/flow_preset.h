// The network of a flow, grown by rule, and how it learns.
#pragma once

#include "doppel/nn/gan/gan_options.h"

namespace doppel::nn {

/// Sets what the preset flow chooses: see gan_preset(). The image's sides are even.
void take_flow_preset(GanOptions& options, const Shape& image);

}  // namespace doppel::nn
