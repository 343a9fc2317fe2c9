// Where charts have their lines.
#pragma once

#include <string>
#include <vector>

namespace doppel::apps {

/// About five round numbers that cover [low, high], also where both are one number.
std::vector<double> round_ticks(double low, double high);
/// A tick as charts write it.
std::string tick_text(double tick);

}  // namespace doppel::apps
