// Networks and settings that are known to work.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

#include "doppel/base/error.h"
#include "doppel/nn/gan/gan.h"

namespace doppel::nn {

std::span<const std::string_view> gan_presets() {
  static constexpr std::array<std::string_view, 6> kNames{"rpgan", "hinge", "wgan-gp",
                                                          "lsgan", "dcgan", "minimax"};
  return kNames;
}

GanOptions gan_preset(const std::string& name, const Shape& image) {
  GanOptions options;
  take_gan_preset(options, name, image);
  return options;
}

void take_gan_preset(GanOptions& o, const std::string& name, const Shape& image) {
  const int side = image.height;
  if (image.width != side || (side != 28 && side != 32 && side != 64))
    throw UsageError(fmt::format("there are presets for 28x28, 32x32 and 64x64, not {}", image.text()));
  const GanOptions fresh;
  o.loss = fresh.loss;
  o.penalty = fresh.penalty;
  o.penalty_between = fresh.penalty_between;
  o.critic_steps = fresh.critic_steps;
  o.beta1 = fresh.beta1;
  o.beta2 = fresh.beta2;
  const bool textbook = name == "dcgan" || name == "minimax";
  const std::string norm = textbook ? "-bn" : "";
  const std::string first = side == 28   ? "fc(3136)-picture7x7"
                            : side == 32 ? "fc(2048)-picture4x4"
                                         : "fc(4096)-picture4x4";
  const std::string grow = side == 28 ? "-bn-relu-deconv4x4(32)"
                           : side == 32
                               ? "-bn-relu-deconv4x4(64)-bn-relu-deconv4x4(32)"
                               : "-bn-relu-deconv4x4(128)-bn-relu-deconv4x4(64)-bn-relu-deconv4x4(32)";
  o.generator = fmt::format("{}{}-bn-relu-deconv4x4({})-tanh", first, grow, image.channels);
  const std::string shrink =
      side == 28   ? "conv4x4(64,s2)"
      : side == 32 ? "conv4x4(64,s2){0}-lrelu(0.2)-conv4x4(128,s2)"
                   : "conv4x4(64,s2){0}-lrelu(0.2)-conv4x4(128,s2){0}-lrelu(0.2)-conv4x4(256,s2)";
  const int last = side == 28 ? 64 : side == 32 ? 128 : 256;
  o.discriminator = "conv4x4(32,s2)-lrelu(0.2)-" + fmt::format(fmt::runtime(shrink), norm) + norm +
                    fmt::format("-lrelu(0.2)-conv3x3({}){}-lrelu(0.2)-gap-fc", last, norm);
  o.rate = side == 28 ? 5e-4 : side == 32 ? 3e-4 : 2e-4;
  if (name == "rpgan") return;
  if (name == "wgan-gp") {
    o.loss = GanLoss::Wasserstein;
    o.penalty = 20;  // twice the published 10: half of it counts
    o.penalty_between = true;
    o.critic_steps = 5;
    o.rate = 2e-4;
    o.beta2 = 0.9;
    return;
  }
  o.penalty = name == "hinge" ? 0.5 : 0;
  if (name == "hinge")
    o.loss = GanLoss::Hinge;
  else if (name == "lsgan")
    o.loss = GanLoss::LeastSquares;
  else if (name == "dcgan")
    o.loss = GanLoss::NonSaturating;
  else if (name == "minimax")
    o.loss = GanLoss::Minimax;
  else
    throw UsageError(
        fmt::format("there is no preset '{}'; there are {}", name, fmt::join(gan_presets(), ", ")));
  if (name != "hinge") o.rate = 2e-4, o.beta1 = 0.5, o.beta2 = 0.999;
}

augment::Recipe gan_recipe(std::size_t images) {
  if (images >= 1000) return {};
  return augment::Recipe::from_yaml(
      "- Affine: {translate: [-0.1, 0.1], scale: 1, stretch: 1, angle: 0, shear_x: 0, shear_y: 0, p: 0.7}\n"
      "- CoarseDropout: {holes: 1, height: [0.2, 0.4], width: [0.2, 0.4], p: 0.3}\n"
      "- Brightness: {factor: [0.8, 1.2], p: 0.5}\n"
      "- Contrast: {factor: [0.8, 1.2], p: 0.5}\n"
      "- Saturation: {factor: [0.6, 1.4], p: 0.5}\n");
}

}  // namespace doppel::nn
