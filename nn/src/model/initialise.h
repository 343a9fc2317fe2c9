// How a model's numbers begin.
#pragma once

#include "doppel/nn/model/model.h"

namespace doppel::nn {

void initialise(Model& model, std::uint64_t seed, const Initialisation& how);

}  // namespace doppel::nn
