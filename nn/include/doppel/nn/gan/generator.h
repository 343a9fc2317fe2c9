// What a GAN generates with, by itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/model.h"

namespace doppel::nn {

/// How a Generator runs. Images don't depend on the batch and the threads.
struct GeneratorOptions {
  int batch = 256;                       ///< images that are made at once
  int shards = 2;                        ///< parts of a batch that run side by side
  int threads = 0;                       ///< that work; 0: all cores
  Precision precision = Precision::F32;  ///< what convolutions multiply in
  OnProgress timing = {};                ///< see ExecutorOptions
  /// Above 0, the network is a flow's, see Flow: so many steps, of two passes each, lead from noise to an
  /// image. For load_generator() in place of those that the file says; 0: as it says.
  int sample_steps = 0;
};

/// A network that makes an image from normal numbers and a class, [latent + classes, 1, 1] -> [C, H, W] in
/// [-1, 1]; or a flow's, which is followed from as many normal numbers as an image has. Images are made by
/// one caller at a time; others wait.
class Generator {
 public:
  /// The network must give as many numbers as `image` has.
  Generator(Model model, const Shape& image, int classes, GeneratorOptions options = {});

  const Shape& image() const { return image_; }               ///< [C, H, W] of each
  int classes() const { return classes_; }                    ///< that can be asked for; labels are below it
  bool is_flow() const { return options_.sample_steps > 0; }  ///< see GeneratorOptions::sample_steps
  int latent() const;                                         ///< normal numbers that an image is made from
  /// Its weights. Who changes them says so by parameters_changed().
  Model& model() { return model_; }
  const Model& model() const { return model_; }  ///< the same, to be read
  void parameters_changed();                     ///< of the model

  /// What images are made from, [latent + classes] each: normal numbers that are a function of (seed,
  /// first + i), then 1 for the image's class and 0 for the others. `truncation` above 0: numbers beyond it,
  /// either way, are drawn again (Brock et al. 2019, "truncation trick"), for images that are more usual and
  /// less various. Throws Error for a label that is no class.
  std::vector<float> latents(std::span<const int> labels, std::uint64_t seed, std::uint64_t first,
                             double truncation = 0);
  /// Images [C, H, W], one after the other, of such rows: each is a function of its row alone.
  std::vector<float> images(std::span<const float> rows);
  /// images() of latents().
  std::vector<float> generate(std::span<const int> labels, std::uint64_t seed, std::uint64_t first,
                              double truncation = 0);

 private:
  Executor& executor();
  std::size_t width() const { return static_cast<std::size_t>(latent() + classes_); }

  Model model_;
  Shape image_;
  int classes_;
  GeneratorOptions options_;
  std::mutex generating_;
  std::unique_ptr<Executor> executor_;  ///< made when it is first needed
};

/// That of a file, as GenerativeModel::save() writes it: the average that generates. Throws Error where the
/// file holds no GAN and no flow, one of other classes or images, or was made by a later doppel; UsageError
/// where steps are asked for and it holds a GAN, which takes none.
std::shared_ptr<Generator> load_generator(const std::filesystem::path& path, const Shape& image, int classes,
                                          const GeneratorOptions& options = {});

}  // namespace doppel::nn
