// Two networks that learn from each other: images of a given class from noise.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "doppel/nn/engine/executor.h"
#include "doppel/nn/gan/generative_model.h"
#include "doppel/nn/model/model.h"
#include "doppel/nn/train/optimizer.h"

namespace doppel::nn {

/// A loss and its gradients.
struct PairLoss {
  double loss = 0;     ///< of one pair of images
  double by_real = 0;  ///< d loss / d real
  double by_fake = 0;  ///< d loss / d fake
};
/// Of the discriminator's numbers for a real and a generated image; nothing of Velocity, which has none.
PairLoss discriminator_loss(GanLoss kind, double real, double fake);
/// `by_real` is 0: the generator doesn't make what is real.
PairLoss generator_loss(GanLoss kind, double real, double fake);

class GanAugment;
class LeCam;
class SpectralNorm;

/// A conditional GAN. The discriminator's last layer gives 1 + classes numbers; what it says of an image of
/// class c is the first plus number c + 1: a projection (Miyato and Koyama 2018).
class Gan final : public GenerativeModel {
 public:
  /// Throws UsageError where the networks don't fit the image and the classes, an option is out of range,
  /// or the discriminator has a layer that the loss or the penalty can't have.
  Gan(const Shape& image, int classes, GanOptions options);
  ~Gan() override;

  GanRecord step(std::span<const float> images, std::span<const int> labels) override;

  /// What the discriminator says of images of given classes; more is more real.
  std::vector<double> scores(std::span<const float> images, std::span<const int> labels);

  std::vector<std::pair<std::string_view, const Model*>> networks() const override {
    return {{"generator", &generator_}, {"discriminator", &discriminator_}};
  }
  std::size_t memory_bytes() const override {
    return generator_executor_.memory_bytes() + discriminator_executor_.memory_bytes();
  }
  std::vector<KernelChange> changed_kernels() const override;
  const Model& discriminator() const { return discriminator_; }  ///< as it learns, not divided by `spectral`

  void save(const std::filesystem::path& path, std::map<std::string, std::string> metadata) const override;
  void load(const std::filesystem::path& path) override;
  std::size_t begin_from(const std::filesystem::path& path, const std::vector<std::string>& theirs,
                         const std::vector<std::string>& ours) override;

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
  void weights_changed();
  std::string kernels_text() const;
  void take_kernels(const std::string& text, const std::string& path);
  void adapt_augment(const GanRecord& record);

  Model discriminator_;
  Executor generator_executor_, discriminator_executor_;
  Optimizer generator_optimizer_, discriminator_optimizer_;
  std::unique_ptr<GanAugment> augment_;
  double augment_chance_ = 0;
  std::unique_ptr<SpectralNorm> spectral_;
  std::unique_ptr<LeCam> lecam_;
  double generator_loss_ = 0;  ///< of its last step
  bool looks_at_batch_;        ///< the discriminator has BatchNorm or BatchDeviation
  struct Rows {
    std::size_t first = 0, all = 0;
  };
  Rows rows_;  ///< of a batch, which of them are this process's
};

}  // namespace doppel::nn
