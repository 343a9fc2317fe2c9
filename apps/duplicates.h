// How images that come twice are told.
#pragma once

#include <nlohmann/json.hpp>

#include "doppel/dataset/analysis/duplicates.h"

namespace doppel::apps {

/// Prints how many pairs there are of each kind, with the first of them, and returns all.
nlohmann::json report_duplicates(const dataset::DuplicateFinder& duplicates);

}  // namespace doppel::apps
