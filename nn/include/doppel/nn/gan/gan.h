// Two networks that learn from each other: images of a given class from noise.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/error.h"
#include "doppel/base/fields.h"
#include "doppel/base/geometry.h"
#include "doppel/base/settings.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/gan/generator.h"
#include "doppel/nn/model/model.h"
#include "doppel/nn/train/optimizer.h"

namespace doppel::nn {

/// What both networks make small, from the discriminator's numbers for a real and a generated image of one
/// class. Goodfellow et al. 2014: the game itself, and with the generator's gradient that doesn't fade; Mao
/// et al. 2017; Lim and Ye 2017; Arjovsky et al. 2017; Jolicoeur-Martineau 2019 (each against its partner).
enum class GanLoss { Minimax, NonSaturating, LeastSquares, Hinge, Wasserstein, Relativistic };

/// A loss and its gradients.
struct PairLoss {
  double loss = 0;     ///< of one pair of images
  double by_real = 0;  ///< d loss / d real
  double by_fake = 0;  ///< d loss / d fake
};
/// Of the discriminator's numbers for a real and a generated image.
PairLoss discriminator_loss(GanLoss kind, double real, double fake);
/// `by_real` is 0: the generator doesn't make what is real.
PairLoss generator_loss(GanLoss kind, double real, double fake);

/// A loss that is NaN or infinite: both networks are of no more use.
class GanDiverged : public Error {
 public:
  using Error::Error;
};

/// A GAN's networks, and how they learn.
struct GanOptions {
  std::string generator;                 ///< notation, [latent + classes, 1, 1] -> image
  std::string discriminator;             ///< notation, image -> 1 + classes
  GanLoss loss = GanLoss::Relativistic;  ///< what both networks make small
  int latent = 64;                       ///< normal numbers that an image is made from
  double penalty = 0.5;  ///< gamma of R1 and R2: half of it times the squared length of the discriminator's
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
/// both, the non-saturating game), minimax; residual, rpgan's game with residual blocks. The networks are
/// grown by rule: the image is halved, or doubled, as often as both sides are even and 4 or more, with
/// channels doubled up to 256. Throws UsageError for other names, and sizes that aren't is_gan_size().
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

class GanAugment;
class LeCam;
class SpectralNorm;

/// After each step.
struct GanRecord {
  std::uint64_t step = 0;         ///< counted from 0; of GanTrainer's means, the steps done
  double discriminator_loss = 0;  ///< mean over the batch, without the penalty
  double generator_loss = 0;      ///< mean over the batch of its last step
  double penalty = 0;             ///< with LeCam's, as they are added to the loss; 0 where there is none
  /// Shares of the real and of the generated images that the discriminator takes for what they are; with
  /// Relativistic both are that of pairs in which it prefers the real one.
  double real_found = 0;
  double fake_found = 0;      ///< of the generated ones
  double augment_chance = 0;  ///< of each image in this step; 0 without a recipe
  /// How the game goes: the value function, the mean of log D(real) + log(1 - D(fake)), D the sigmoid of the
  /// discriminator's number. Where D can't tell them apart it is -log 4.
  double value = 0;
};

/// A conditional GAN. The discriminator's last layer gives 1 + classes numbers; what it says of an image of
/// class c is the first plus number c + 1: a projection (Miyato and Koyama 2018).
class Gan {
 public:
  /// Throws UsageError where the networks don't fit the image and the classes, an option is out of range,
  /// or the discriminator has a layer that the loss or the penalty can't have.
  Gan(const Shape& image, int classes, GanOptions options);
  ~Gan();
  Gan(const Gan&) = delete;
  Gan& operator=(const Gan&) = delete;

  /// One step of both, on real images in [-1, 1], as many as the batch, and their labels; in a group, on this
  /// process's part, and what is returned is of all. The same seed and
  /// images give the same networks, bit for bit, for any number of threads. Throws GanDiverged where a loss
  /// is NaN or infinite, UsageError where the numbers aren't those of at most a batch of images, Error for
  /// a label that is no class.
  GanRecord step(std::span<const float> images, std::span<const int> labels);

  /// Safe from several threads, though not beside step().
  /// Images in [-1, 1] by the averaged generator: image i is a function of (seed, first + i, its label).
  /// Throws Error for a label that is no class.
  std::vector<float> generate(std::span<const int> labels, std::uint64_t seed, std::uint64_t first);

  /// The averaged generator, which makes them. It must not be used beside step().
  Generator& average() { return averaged_; }
  const Generator& average() const { return averaged_; }  ///< the same, to be read

  /// What the discriminator says of images of given classes; more is more real.
  std::vector<double> scores(std::span<const float> images, std::span<const int> labels);

  std::uint64_t steps() const { return step_; }  ///< done so far
  /// The peak learning rate from here on.
  double rate() const { return rate_; }
  void set_rate(double rate) { rate_ = rate; }            ///< see rate()
  const GanOptions& options() const { return options_; }  ///< as they were given
  const Shape& image() const { return image_; }           ///< [C, H, W] of each
  int classes() const { return classes_; }                ///< that can be asked for; labels are below it
  /// What both networks take of values and gradients while they learn.
  std::size_t memory_bytes() const {
    return generator_executor_.memory_bytes() + discriminator_executor_.memory_bytes();
  }
  /// Of both networks, once a file was loaded: see Executor.
  std::vector<KernelChange> changed_kernels() const;
  const Model& generator() const { return generator_; }          ///< as it learns, not its average
  const Model& discriminator() const { return discriminator_; }  ///< as it learns, not divided by `spectral`

  /// No weight of either network or of the average is NaN or infinite.
  bool is_finite() const;

  /// Everything, so that training goes on to the same bits. Throws Error where it can't be written.
  void save(const std::filesystem::path& path, std::map<std::string, std::string> metadata) const;
  /// Throws Error where the file belongs to other networks, or was made by a later doppel.
  void load(const std::filesystem::path& path);
  /// The same, to train on from there, for more steps where the options say so. Throws Error too where a
  /// setting that results depend on differs, with its name and both values.
  void resume(const std::filesystem::path& path);
  /// Begins with another GAN's weights, of a file that save() wrote: all of them, but for what belongs to a
  /// class. That is taken by the class's name, from `theirs`, the names of the file's, for `ours`, which are
  /// classes() names; a class that the file hasn't begins as it was drawn. Returns how many it has. Throws
  /// UsageError where the file's networks are others, Error where it holds no GAN.
  std::size_t begin_from(const std::filesystem::path& path, const std::vector<std::string>& theirs,
                         const std::vector<std::string>& ours);
  /// What results depend on.
  std::vector<SettingText> settings() const;

 private:
  /// Images before a discriminator, as many of each kind.
  struct Seen {
    std::vector<float> real, fake;
  };
  void agree_with_group();
  /// Sets `rows_`, for so many rows of this process.
  void find_rows(std::size_t rows);
  std::vector<double> of_all(std::span<const double> own) const;
  Seen seen(std::span<const float> real, std::span<const float> fake, std::uint64_t number);
  std::vector<double> logits_of(std::span<const float> images, std::span<const int> labels);
  /// With the discriminator's weights normalised meanwhile, where that is asked for.
  template <class F>
  auto with_spectral_norm(F run);
  /// A penalty where images are mixed from a real and a generated one.
  double add_penalty_between(const Seen& images, std::span<const int> labels);
  void train_discriminator(const Seen& images, std::span<const int> labels, GanRecord& record);
  void train_on_each_kind(const Seen& images, std::span<const int> labels, GanRecord& record);
  void note_discriminator(std::span<const double> real, std::span<const double> fake, GanRecord& record);
  PairLoss pair_loss(double real, double fake) const;
  std::vector<float> generator_gradient(const Seen& images, std::span<const int> labels, GanRecord& record);
  std::vector<float> outputs_of(std::span<const double> gradients, std::span<const int> labels) const;
  void follow_average();
  void weights_changed();
  std::string kernels_text() const;
  void take_kernels(const std::string& text, const std::string& path);
  void adapt_augment(const GanRecord& record);

  Shape image_;
  int classes_;
  GanOptions options_;
  Model generator_, discriminator_;
  Generator averaged_;
  Executor generator_executor_, discriminator_executor_;
  Optimizer generator_optimizer_, discriminator_optimizer_;
  std::unique_ptr<GanAugment> augment_;
  double augment_chance_ = 0;
  std::unique_ptr<SpectralNorm> spectral_;
  std::unique_ptr<LeCam> lecam_;
  double generator_loss_ = 0;  ///< of its last step
  bool normalizes_;            ///< the discriminator has BatchNorm
  double rate_;                ///< from here on
  struct Rows {
    std::size_t first = 0, all = 0;
  };
  Rows rows_;  ///< of a batch, which of them are this process's
  std::uint64_t step_ = 0;
};

/// Its averaged generator, which keeps the GAN alive.
std::shared_ptr<Generator> average_of(const std::shared_ptr<Gan>& gan);

}  // namespace doppel::nn
