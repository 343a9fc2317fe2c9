#include "normalisation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>

#include "doppel/nn/formats/onnx.h"

namespace doppel::apps {

void set_numbers(nn::RunInfo& info, const std::vector<double>& mean, const std::vector<double>& std) {
  if (is_banded(info.input.channels)) {
    info.band_mean.assign(mean.begin(), mean.end());
    info.band_std.assign(std.begin(), std.end());
    return;
  }
  for (std::size_t c = 0; c < 4; ++c) {
    info.mean[c] = static_cast<float>(mean[std::min(c, mean.size() - 1)]);
    info.std[c] = static_cast<float>(std[std::min(c, std.size() - 1)]);
  }
}

void take_normalisation(const std::string& path, nn::RunInfo& info) {
  const nn::OnnxNetwork found = nn::load_onnx(path);
  if (found.model->graph().input.channels != info.input.channels) return;
  if (found.mean.empty() && !found.metadata.contains("doppel.network")) return;
  if (found.mean.empty()) {
    const nn::RunInfo theirs = nn::RunInfo::from(found.metadata, path);
    info.mean = theirs.mean;
    info.std = theirs.std;
    info.band_mean = theirs.band_mean;
    info.band_std = theirs.band_std;
  } else {
    // Shares deviate by less than 1, levels by tens.
    constexpr float kLevels = 4;
    const double full = *std::ranges::max_element(found.std) > kLevels ? 255 : 1;
    std::vector<double> mean, std;
    for (const float m : found.mean) mean.push_back(static_cast<double>(m) / full);
    for (const float s : found.std) std.push_back(static_cast<double>(s) / full);
    set_numbers(info, mean, std);
  }
  std::cerr << fmt::format("images are normalised as {} does it\n", path);
}

}  // namespace doppel::apps
