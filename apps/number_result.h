// What is said of a network that tells numbers.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "doppel/nn/train/regression.h"

namespace doppel::apps {

/// What epochs of a run are compared by: "mean IoU", "R2", "mAP" or "accuracy".
inline const char* measured_name(const auto& record) {
  return record.valid_iou ? "mean IoU" : record.valid_r2 ? "R2" : record.valid_map ? "mAP" : "accuracy";
}

/// "MAE 1.25, R2 0.9871" in one line, the means over the numbers.
std::string number_errors_text(const nn::NumberErrors& errors);
/// All of it, number by number.
nlohmann::json number_errors_json(const nn::NumberErrors& errors, const std::vector<std::string>& names);
/// A line for each number.
std::string number_errors_table(const nn::NumberErrors& errors, const std::vector<std::string>& names);

}  // namespace doppel::apps
