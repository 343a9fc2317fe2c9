#include "plane_gradient.h"

#include <algorithm>

namespace doppel::nn::engine {

PlaneGradient::PlaneGradient(const WinogradConv& conv, int channels)
    : conv_(conv),
      back_(conv.back()),
      channels_(channels),
      filled_up_(static_cast<std::size_t>(conv.filters * conv.inputs * conv.kernel * conv.kernel)),
      weights_(winograd_weights(back_)) {}

void PlaneGradient::load(const float* weights) {
  const auto taps = static_cast<std::size_t>(conv_.kernel * conv_.kernel), own = channels_ * taps,
             filled = static_cast<std::size_t>(conv_.inputs) * taps;
  for (std::size_t f = 0; f < static_cast<std::size_t>(conv_.filters); ++f)
    std::copy_n(weights + f * own, own, filled_up_.data() + f * filled);
  winograd_load_back(conv_, filled_up_.data(), weights_.data());
}

std::size_t PlaneGradient::scratch(int rows) const {
  return winograd_scratch(back_, rows) +
         static_cast<std::size_t>(rows) * static_cast<std::size_t>(conv_.inputs) * pixels();
}

void PlaneGradient::run(int rows, Numbers dy, float* dx, float* scratch) const {
  float* const blocks = scratch + winograd_scratch(back_, rows);
  winograd_conv(back_, rows, dy, weights_.data(), nullptr, 1, {blocks, false}, scratch);
  const auto block = static_cast<std::size_t>(conv_.block),
             groups = static_cast<std::size_t>(conv_.inputs) / block;
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row)
    for (std::size_t c = 0; c < static_cast<std::size_t>(channels_); ++c, dx += pixels()) {
      const float* const from = blocks + (row * groups + c / block) * pixels() * block + c % block;
      for (std::size_t p = 0; p < pixels(); ++p) dx[p] = from[p * block];
    }
}

}  // namespace doppel::nn::engine
