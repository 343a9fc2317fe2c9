// Networks and settings that are known to work.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "doppel/base/error.h"
#include "doppel/nn/gan/gan_options.h"
#include "flow_preset.h"

namespace doppel::nn {
namespace {

/// The sides of an image, halved as often as both are even and stay 4 or more.
struct Pyramid {
  int height, width;  ///< of the smallest
  int levels = 0;     ///< doublings from there to the image
};

Pyramid pyramid_of(const Shape& image) {
  if (!is_gan_size({image.height, image.width}))
    throw UsageError(
        fmt::format("a GAN's presets make images whose sides are multiples of 4 from {} to {}, not {}",
                    kLeastGanSide, kMostGanSide, image.text()));
  Pyramid p{image.height, image.width};
  while (p.height % 2 == 0 && p.width % 2 == 0 && std::min(p.height, p.width) >= 8)
    p.height /= 2, p.width /= 2, ++p.levels;
  return p;
}

/// Channels after so many halvings: `least`, doubled each further time, up to 256.
int channels_after(int halvings, int least) { return std::min(256, least << std::max(0, halvings - 1)); }

/// A transposed convolution for each doubling, as DCGAN's (Radford et al. 2015).
std::string plain_generator(const Pyramid& p, const Shape& image) {
  std::string text = fmt::format("fc({})-picture{}x{}", channels_after(p.levels, 32) * p.height * p.width,
                                 p.height, p.width);
  for (int k = p.levels - 1; k > 0; --k) text += fmt::format("-bn-relu-deconv4x4({})", channels_after(k, 32));
  return text + fmt::format("-bn-relu-deconv4x4({})-tanh", image.channels);
}

std::string plain_discriminator(const Pyramid& p, bool normalizes) {
  const std::string norm = normalizes ? "-bn" : "";
  std::string text;
  for (int k = 1; k <= p.levels; ++k)
    text += fmt::format("conv4x4({},s2){}-lrelu(0.2)-", channels_after(k, 32), k > 1 ? norm : "");
  return text + fmt::format("conv3x3({}){}-lrelu(0.2)-gap-fc", channels_after(p.levels, 32), norm);
}

/// Large images have fewer channels where they are largest.
int least_channels(const Pyramid& p) { return p.levels > 4 ? 16 : 32; }

/// Residual blocks that double the image, as in Gulrajani et al. 2017.
std::string residual_generator(const Pyramid& p, const Shape& image) {
  const int least = least_channels(p);
  std::string text = fmt::format(
      "up(c) = add[bn-relu-conv3x3(c)-bn-relu-resize(2)-conv3x3(c)|conv1x1(c)-resize(2)]; "
      "fc({})-picture{}x{}",
      channels_after(p.levels, least) * p.height * p.width, p.height, p.width);
  for (int k = p.levels - 1; k >= 0; --k) text += fmt::format("-up({})", channels_after(k, least));
  return text + fmt::format("-bn-relu-conv3x3({})-tanh", image.channels);
}

/// Residual blocks that halve it.
std::string residual_discriminator(const Pyramid& p) {
  const int least = least_channels(p);
  std::string text = fmt::format(
      "down(c, d) = add[lrelu(0.2)-conv3x3(c)-lrelu(0.2)-conv3x3(d)-avgpool2x2|avgpool2x2-conv1x1(d)]; "
      "conv3x3({})",
      channels_after(0, least));
  for (int k = 0; k < p.levels; ++k)
    text += fmt::format("-down({}, {})", channels_after(k, least), channels_after(k + 1, least));
  return text + "-lrelu(0.2)-gap-fc";
}

}  // namespace

bool is_gan_size(const Size& size) {
  const auto fits = [](int side) { return side % 4 == 0 && side >= kLeastGanSide && side <= kMostGanSide; };
  return fits(size.height) && fits(size.width);
}

std::span<const std::string_view> gan_presets() {
  static constexpr std::array<std::string_view, 8> kNames{"rpgan", "hinge",   "wgan-gp",  "lsgan",
                                                          "dcgan", "minimax", "residual", "flow"};
  return kNames;
}

GanOptions gan_preset(const std::string& name, const Shape& image) {
  GanOptions options;
  take_gan_preset(options, name, image);
  return options;
}

void take_gan_preset(GanOptions& o, const std::string& name, const Shape& image) {
  const Pyramid pyramid = pyramid_of(image);  // throws where the size is none
  const GanOptions fresh;
  o.loss = fresh.loss;
  o.penalty = fresh.penalty;
  o.penalty_between = fresh.penalty_between;
  o.critic_steps = fresh.critic_steps;
  o.beta1 = fresh.beta1;
  o.beta2 = fresh.beta2;
  if (name == "flow") return take_flow_preset(o, image);
  const bool textbook = name == "dcgan" || name == "minimax";
  const bool residual = name == "residual";
  o.generator = residual ? residual_generator(pyramid, image) : plain_generator(pyramid, image);
  o.discriminator = residual ? residual_discriminator(pyramid) : plain_discriminator(pyramid, textbook);
  o.rate = pyramid.levels <= 2 ? 5e-4 : pyramid.levels == 3 ? 3e-4 : 2e-4;
  if (name == "rpgan" || residual) return;
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
