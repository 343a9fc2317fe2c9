#include "flow_preset.h"

#include <fmt/format.h>

#include <algorithm>

namespace doppel::nn {
namespace {

/// A small U-Net (Ronneberger et al. 2015). Most of its work is done on an image of 16x16 or less, of which a
/// pixel stands for several of the image's; residual blocks there and at half its size, told the class and
/// the time by a number that each channel gets added.
std::string flow_network(const Shape& image) {
  constexpr int kMostSide = 16, kWidest = 64;
  int height = image.height / 2, width = image.width / 2, halvings = 1;
  while (std::min(height, width) > kMostSide && height % 2 == 0 && width % 2 == 0)
    height /= 2, width /= 2, ++halvings;
  const int channels = halvings == 1 && image.channels == 1 ? kWidest / 2 : kWidest;
  const std::int64_t numbers = image.count();
  std::string text = fmt::format(
      "told(c) = input-slice({})-fc(128)-silu-fc(c)-picture1x1; "
      "res(c) = add[|groupnorm(8)-silu-conv3x3(c)-add[|told(c)]-groupnorm(8)-silu-conv3x3(c)]; "
      "slice(1, {})-flatten-picture{}x{}",
      numbers + 1, numbers, image.height, image.width);
  for (int k = 1; k < halvings; ++k) text += fmt::format("-conv4x4({},s2)-silu", channels / 2);
  text += fmt::format("-conv4x4({0},s2)-res({0})", channels);
  if (height % 2 == 0 && width % 2 == 0)
    text += fmt::format("-cat[|conv4x4({1},s2)-res({1})-res({1})-deconv4x4({0})]-conv1x1({0})", channels,
                        2 * channels);
  text += fmt::format("-res({})-groupnorm(8)-silu", channels);
  for (int k = 1; k < halvings; ++k) text += fmt::format("-deconv4x4({})-silu", channels / 2);
  return text + fmt::format("-deconv4x4({})", image.channels);
}

}  // namespace

void take_flow_preset(GanOptions& o, const Shape& image) {
  o.generator = flow_network(image);
  o.discriminator.clear();
  o.loss = GanLoss::Velocity;
  o.penalty = 0;
  o.penalty_between = false;
  o.critic_steps = 1;
  o.rate = 2e-3;
  o.beta1 = 0.9;
  o.beta2 = 0.99;
}

}  // namespace doppel::nn
