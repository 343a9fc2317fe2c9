#include "normalisation.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iostream>

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

bool normalises_levels(const nn::OnnxNetwork& network) {
  // Means and deviations of shares are 1 at most, those of levels tens.
  constexpr float kMostOfShares = 4;
  const auto large = [](float v) { return std::abs(v) > kMostOfShares; };
  return !network.mean.empty() &&
         (network.metadata.contains("doppel.network") || std::ranges::any_of(network.mean, large) ||
          std::ranges::any_of(network.std, large));
}

void tell_other_outputs(const std::string& path, const nn::OnnxNetwork& network) {
  if (!network.other_outputs.empty())
    std::cerr << fmt::format("{}: its first output is read; {} {} left out\n", path,
                             fmt::join(network.other_outputs, ", "),
                             network.other_outputs.size() == 1 ? "is" : "are");
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
    const double full = normalises_levels(found) ? 255 : 1;
    std::vector<double> mean, std;
    for (const float m : found.mean) mean.push_back(static_cast<double>(m) / full);
    for (const float s : found.std) std.push_back(static_cast<double>(s) / full);
    set_numbers(info, mean, std);
  }
  std::cerr << fmt::format("images are normalised as {} does it\n", path);
}

}  // namespace doppel::apps
