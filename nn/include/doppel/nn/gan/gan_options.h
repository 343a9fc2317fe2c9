// How what makes images learns: settings, and presets that are known to work.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/fields.h"
#include "doppel/base/geometry.h"
#include "doppel/base/progress.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/graph.h"

namespace doppel::nn {

/// What both networks make small, from the discriminator's numbers for a real and a generated image of one
/// class. Goodfellow et al. 2014: the game itself, and with the generator's gradient that doesn't fade; Mao
/// et al. 2017; Lim and Ye 2017; Arjovsky et al. 2017; Jolicoeur-Martineau 2019 (each against its partner).
/// Velocity: without a discriminator, a flow's (Lipman et al. 2022; Liu et al. 2022), see Flow.
enum class GanLoss { Minimax, NonSaturating, LeastSquares, Hinge, Wasserstein, Relativistic, Velocity };

/// The networks of a GAN, or that of a flow, and how they learn.
struct GanOptions {
  std::string generator;                 ///< notation, [latent + classes, 1, 1] -> image; of a flow see Flow
  std::string discriminator;             ///< notation, image -> 1 + classes; a flow has none
  GanLoss loss = GanLoss::Relativistic;  ///< what the networks make small
  int latent = 64;        ///< normal numbers that an image is made from; a flow's are as many as the image's
  int sample_steps = 10;  ///< of a flow, from noise to an image, each of two passes (Heun's)
  double penalty = 0.5;   ///< gamma of R1 and R2: half of it times the squared length of the discriminator's
                          ///< gradient at real and at generated images (Mescheder et al. 2018); 0: none
  /// Instead at images between a real and a generated one, and of the gradient's distance from length 1
  /// (WGAN-GP, Gulrajani et al. 2017): half of `penalty` times its square.
  bool penalty_between = false;
  /// Weight of LeCam's regulariser, for few images (Tseng et al. 2021): what the discriminator says of either
  /// kind is held near the running mean of what it said of the other; 0: none.
  double lecam = 0;
  bool spectral = false;  ///< the discriminator's weights are divided by their largest singular value
  /// Blocks of the discriminator that keep their weights, from the image on (Mo et al. 2020, FreezeD): one
  /// ends where the image gets smaller, the last before the last layer.
  int freeze_discriminator = 0;
  int critic_steps = 1;                  ///< of the discriminator for one of the generator
  double rate = 5e-4;                    ///< of both networks, falling to a quarter by half a cosine
  double beta1 = 0;                      ///< Adam's decay of the mean of gradients, 0 to below 1
  double beta2 = 0.99;                   ///< its decay of the mean of their squares, 0 to below 1
  double average = 0.999;                ///< decay of the average of the generator, which is what generates
  int batch = 64;                        ///< real images in a step, and as many generated ones
  std::uint64_t steps = 10000;           ///< batches that are learned from; the rate falls over them
  int shards = 2;                        ///< parts of a batch that run side by side; results depend on it
  int threads = 0;                       ///< results don't depend on it; 0: all cores
  std::uint64_t seed = 1;                ///< of weights, latents and augmentation
  Precision precision = Precision::F32;  ///< what convolutions multiply in
  /// Before the discriminator, on real and generated images, as its gradient comes back through it: ops
  /// that are affine in the pixels (see augment::LinearPlan). Empty: none. A penalty is of the images that
  /// come out.
  augment::Recipe augment = {};
  double augment_chance = 1;  ///< of each image
  /// Above 0: the chance begins at 0 and adapts, so that the discriminator's surplus of right answers about
  /// real images, their share minus that of wrong ones, stays near this (Karras et al. 2020: 0.6).
  double augment_target = 0;
  OnProgress timing = {};  ///< see ExecutorOptions
  /// Processes that train one GAN, each with its part of a batch and of its shards: all get the same
  /// networks, those of one process where their number divides the batch and the shards. Must outlive the
  /// GAN; null: there are no others.
  Group* group = nullptr;
  /// All but `augment`, `timing` and `group`.
  void fields(FieldVisitor& visit);
};

/// What a side of a preset's images is at least and at most; between them are multiples of 4.
constexpr int kLeastGanSide = 8, kMostGanSide = 256;
/// Whether presets make images of it.
bool is_gan_size(const Size& size);

/// rpgan (relativistic, R1 and R2; the default), hinge, wgan-gp, lsgan, dcgan (the textbook's: BatchNorm in
/// both, the non-saturating game), minimax; residual, rpgan's game with residual blocks; flow, which is no
/// GAN. The networks are grown by rule: the image is halved, or doubled, as often as both sides are even and
/// 4 or more, with channels doubled up to 256. Throws UsageError for other names, and sizes that aren't
/// is_gan_size().
GanOptions gan_preset(const std::string& name, const Shape& image);
/// Sets what a preset chooses, and leaves the rest: the networks, the loss and its penalty, the steps of the
/// discriminator, the rate and Adam's betas.
void take_gan_preset(GanOptions& options, const std::string& name, const Shape& image);
/// Their names, the default first.
std::span<const std::string_view> gan_presets();

/// What few images need before a discriminator, which would know them by heart: below 1,000 they are moved,
/// covered in part, and their colours changed; nothing from there on. Never a flip: digits and letters aren't
/// the same mirrored, and a generator learns what it sees.
augment::Recipe gan_recipe(std::size_t images);

}  // namespace doppel::nn
