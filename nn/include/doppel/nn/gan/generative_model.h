// What learns to make images of classes, whatever it learns by.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "doppel/base/error.h"
#include "doppel/base/settings.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/gan/gan_options.h"
#include "doppel/nn/gan/generator.h"
#include "doppel/nn/model/model.h"
#include "doppel/nn/train/optimizer.h"

namespace doppel::nn {

/// A loss that is NaN or infinite: the networks are of no more use.
class GanDiverged : public Error {
 public:
  using Error::Error;
};

/// After each step.
struct GanRecord {
  std::uint64_t step = 0;         ///< counted from 0; of GanTrainer's means, the steps done
  double discriminator_loss = 0;  ///< mean over the batch, without the penalty
  double generator_loss = 0;      ///< mean over the batch of its last step; a flow's own, which has no other
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

/// A network that learns to make images of classes, and its average over the steps, which makes them: a Gan
/// or a Flow.
class GenerativeModel {
 public:
  virtual ~GenerativeModel() = default;
  GenerativeModel(const GenerativeModel&) = delete;
  GenerativeModel& operator=(const GenerativeModel&) = delete;

  /// One step, on real images in [-1, 1], as many as the batch, and their labels; in a group, on this
  /// process's part, and what is returned is of all. The same seed and
  /// images give the same networks, bit for bit, for any number of threads. Throws GanDiverged where a loss
  /// is NaN or infinite, UsageError where the numbers aren't those of at most a batch of images, Error for
  /// a label that is no class.
  virtual GanRecord step(std::span<const float> images, std::span<const int> labels) = 0;

  /// Safe from several threads, though not beside step().
  /// Images in [-1, 1] by the average: image i is a function of (seed, first + i, its label).
  /// Throws Error for a label that is no class.
  std::vector<float> generate(std::span<const int> labels, std::uint64_t seed, std::uint64_t first);

  /// The average, which makes them. It must not be used beside step().
  Generator& average() { return averaged_; }
  const Generator& average() const { return averaged_; }  ///< the same, to be read

  std::uint64_t steps() const { return step_; }  ///< done so far
  /// The peak learning rate from here on.
  double rate() const { return rate_; }
  void set_rate(double rate) { rate_ = rate; }                         ///< see rate()
  const GanOptions& options() const { return options_; }               ///< as they were given
  bool is_flow() const { return options_.loss == GanLoss::Velocity; }  ///< has no discriminator: no game
  const Shape& image() const { return image_; }                        ///< [C, H, W] of each
  int classes() const { return classes_; }               ///< that can be asked for; labels are below it
  const Model& generator() const { return generator_; }  ///< as it learns, not its average
  /// All that learn, with what they are called.
  virtual std::vector<std::pair<std::string_view, const Model*>> networks() const = 0;
  /// What they take of values and gradients while they learn.
  virtual std::size_t memory_bytes() const = 0;
  /// Of all networks, once a file was loaded: see Executor.
  virtual std::vector<KernelChange> changed_kernels() const = 0;

  /// No weight of a network or of the average is NaN or infinite.
  bool is_finite() const;

  /// Everything, so that training goes on to the same bits. Throws Error where it can't be written.
  virtual void save(const std::filesystem::path& path, std::map<std::string, std::string> metadata) const = 0;
  /// Throws Error where the file belongs to other networks, or was made by a later doppel.
  virtual void load(const std::filesystem::path& path) = 0;
  /// The same, to train on from there, for more steps where the options say so. Throws Error too where a
  /// setting that results depend on differs, with its name and both values.
  void resume(const std::filesystem::path& path);
  /// Begins with another's weights, of a file that save() wrote: all of them, but for what belongs to a
  /// class. That is taken by the class's name, from `theirs`, the names of the file's, for `ours`, which are
  /// classes() names; a class that the file hasn't begins as it was drawn. Returns how many it has. Throws
  /// UsageError where the file's networks are others, and for a flow whose classes are; Error where it holds
  /// no GAN.
  virtual std::size_t begin_from(const std::filesystem::path& path, const std::vector<std::string>& theirs,
                                 const std::vector<std::string>& ours) = 0;
  /// What results depend on.
  std::vector<SettingText> settings() const;

 protected:
  /// `generator` is the network as it begins.
  GenerativeModel(const Shape& image, int classes, GanOptions options, Model generator);
  /// rate(), falling to a quarter over the steps by half a cosine.
  double scheduled_rate() const;
  void follow_average();  ///< after a step
  /// What save() and load() have in common: the network, its average, where it stands, and how it was made.
  TensorFile saved(std::map<std::string, std::string> metadata) const;
  /// See saved().
  void take_saved(const TensorFile& file, const std::string& path);

  Shape image_;             ///< see image()
  int classes_;             ///< see classes()
  GanOptions options_;      ///< see options()
  Model generator_;         ///< see generator()
  Generator averaged_;      ///< see average()
  double rate_;             ///< from here on
  std::uint64_t step_ = 0;  ///< see steps()
};

/// A Flow where its loss is Velocity, else a Gan. Throws as they do.
std::shared_ptr<GenerativeModel> make_generative_model(const Shape& image, int classes, GanOptions options);

/// Its average, which keeps the whole alive.
std::shared_ptr<Generator> average_of(const std::shared_ptr<GenerativeModel>& model);

}  // namespace doppel::nn
