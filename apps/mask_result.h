// What is said of a network that tells masks.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "doppel/nn/train/segmentation.h"

namespace doppel::apps {

/// "mean IoU 95.10 %, pixel accuracy 99.20 %" in one line.
std::string mask_confusion_text(const nn::MaskConfusion& confusion);
/// All of it, class by class.
nlohmann::json mask_confusion_json(const nn::MaskConfusion& confusion, const std::vector<std::string>& names);
/// A line for each class.
std::string mask_confusion_table(const nn::MaskConfusion& confusion, const std::vector<std::string>& names);

}  // namespace doppel::apps
