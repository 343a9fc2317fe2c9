// How images become what a network takes.
#pragma once

#include <string>
#include <vector>

#include "doppel/nn/study/run_info.h"

namespace doppel::apps {

/// By channel, in shares of the full range.
void set_numbers(nn::RunInfo& info, const std::vector<double>& mean, const std::vector<double>& std);
/// Where an .onnx file says how its images are normalised, in its graph or as a file of doppel's, that takes
/// the place of the data's own mean and deviation, with a word. Throws Error, naming the file.
void take_normalisation(const std::string& path, nn::RunInfo& info);

}  // namespace doppel::apps
