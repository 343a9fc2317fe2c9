// How images become what a network takes.
#pragma once

#include <string>
#include <vector>

#include "doppel/nn/formats/onnx.h"
#include "doppel/nn/study/run_info.h"

namespace doppel::apps {

/// By channel, in shares of the full range.
void set_numbers(nn::RunInfo& info, const std::vector<double>& mean, const std::vector<double>& std);
/// Whether what a graph normalises are levels of 0 to 255, and not shares of 0 to 1: a file of doppel's own,
/// or numbers that no share has.
bool normalises_levels(const nn::OnnxNetwork& network);
/// Names further outputs of a graph, which aren't read.
void tell_other_outputs(const std::string& path, const nn::OnnxNetwork& network);
/// Where an .onnx file says how its images are normalised, in its graph or as a file of doppel's, that takes
/// the place of the data's own mean and deviation, with a word. Throws Error, naming the file.
void take_normalisation(const std::string& path, nn::RunInfo& info);

}  // namespace doppel::apps
