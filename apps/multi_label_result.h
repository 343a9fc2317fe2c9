// What is said of a network whose classes don't exclude each other.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "doppel/dataset/sources/source.h"
#include "doppel/nn/train/multi_label.h"

namespace doppel::apps {

/// "mAP 98.00 %, F1 …" in one line; with the accuracy where each image has one label.
std::string multi_label_text(const nn::MultiLabel& result);
/// All of it, class by class; null for the average precision of a class that is nowhere.
nlohmann::json multi_label_json(const nn::MultiLabel& result, const std::vector<std::string>& classes);
/// A line for each class.
std::string multi_label_table(const nn::MultiLabel& result, const std::vector<std::string>& classes);

/// Images with labels that sum to more than 1.
std::size_t count_several_labels(const dataset::Source& source);

}  // namespace doppel::apps
