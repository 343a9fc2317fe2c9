// An epoch's record as a checkpoint has it.
#pragma once

#include <nlohmann/json.hpp>

#include "doppel/nn/train/trainer.h"

namespace doppel::nn {

nlohmann::json to_json(const EpochRecord& r);
/// Throws nlohmann's exceptions where something is missing.
EpochRecord epoch_from_json(const nlohmann::json& json);

}  // namespace doppel::nn
