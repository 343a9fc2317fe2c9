// What a trained network needs to be used again, kept in its safetensors metadata; and the loaders that
// follow from it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "doppel/base/progress.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/model/model.h"
#include "doppel/nn/train/regression.h"

namespace doppel::nn {

/// What a network reads, and what its outputs are called.
struct RunInfo {
  std::string network;               ///< notation
  Shape input;                       ///< [C, H, W]
  std::vector<std::string> classes;  ///< names, by label
  /// By channel; the network reads (x - mean) / std, x in [0, 1].
  std::array<float, 4> mean{0, 0, 0, 0};
  std::array<float, 4> std{1, 1, 1, 1};  ///< the same
  AlphaOver alpha = AlphaOver::White;    ///< what becomes of transparency; 4 channels only where it's kept
  /// Of its outputs: a softmax of all, or a sigmoid of each.
  dataset::Labels outputs = dataset::Labels::Exclusive;
  /// Of the images' numbers, what is 0 and what is 1 to the network: see dataset::Ranged. Empty: their
  /// type's.
  std::vector<double> range = {};
  NumberTask numbers = {};  ///< what its outputs are where they are no classes, which are none then
  bool masks = false;       ///< it tells the class of each pixel: outputs are [classes, H, W]
  bool foreground = false;  ///< of the masks that it learned from: see dataset::MaskClasses
  /// Of bands, which `mean` and `std` leave as they are: one number for each; else empty. fitted() takes
  /// them.
  std::vector<float> band_mean = {};
  std::vector<float> band_std = {};  ///< the same
  // What isn't recorded.
  bool bands = false;           ///< the images looked at have bands
  bool has_one_size = true;     ///< false: images of several sizes become `input`'s
  std::size_t looked_at = 0;    ///< images that this was found by
  std::size_t few_levels = 0;   ///< of those, see dataset::uses_few_levels()
  std::size_t beyond = 0;       ///< of those, see dataset::lies_beyond()
  std::size_t transparent = 0;  ///< of those, with a pixel that isn't opaque

  /// Of the network: a class or a number each.
  int outputs_count() const {
    return static_cast<int>(numbers.empty() ? classes.size() : numbers.names.size());
  }
  /// Whether it tells classes of images, which are right or wrong.
  bool tells_classes() const { return numbers.empty() && !masks; }
  std::map<std::string, std::string> metadata() const;  ///< as "doppel.network" and so on, lists as JSON
  /// Of metadata(). Throws Error, naming `path`, where something of it is missing or damaged.
  static RunInfo from(const std::map<std::string, std::string>& metadata, const std::string& path);
  /// Batches of the network's input, in order, not augmented, each sample once.
  dataset::LoaderOptions evaluation_options(std::size_t batch) const;
  /// `recipe`, then a resize to the input where that is needed.
  augment::Recipe fitted(const augment::Recipe& recipe) const;
  /// Images as shares of `range`; as they are where that is empty.
  dataset::SourcePtr in_range(const dataset::SourcePtr& source) const;
};

/// Throws UsageError where there is no checkpoint to go on from.
void check_has_begun(const std::filesystem::path& checkpoint);

/// True where a recipe itself gives images of one size, for up to 16 samples looked at.
bool gives_one_size(augment::Recipe recipe, const dataset::Source& source);

/// The input size, channels, mean and std of a data set: its images' own size where all (of up to 64 looked
/// at) are alike, else 64x64 (see has_one_size); `side` where that isn't 0. Mean and std over up to 1,000
/// images, whose transparency is put over `alpha`.
RunInfo describe_data(const dataset::Source& source, int side = 0, const OnPhase& on_phase = {},
                      AlphaOver alpha = AlphaOver::White);

/// What is learned from, and what is measured on: the test part, or a seventh of the rest where there is
/// none.
struct TrainTest {
  dataset::SourcePtr train;  ///< what is learned from
  dataset::SourcePtr test;   ///< what is measured on
  bool held_out = false;     ///< the second is a part of what was there to learn from
};
/// What is held out is a seventh of each class, always the same.
TrainTest train_and_test(const dataset::OpenedData& data);

/// RunInfo::metadata(), and what tells the data from other data: how many images are learned from, and hashes
/// of both parts (see dataset::listing_hash() and dataset::images_hash()).
std::map<std::string, std::string> data_metadata(const RunInfo& info, const TrainTest& data);
/// Throws UsageError where a checkpoint was made with other classes, another number of images, other names,
/// labels or images, or another GAN's images among them ("doppel.mixed") than `now` says, which is
/// data_metadata() and that. What the checkpoint doesn't say isn't compared.
void check_same_data(const std::filesystem::path& checkpoint, const std::map<std::string, std::string>& now);

/// `wanted`, or for "auto" the preset that suits the data: digits, or standard; masks for masks; none for
/// numbers, which transforms leave as they are, be it an angle and a rotation.
std::string recipe_for(const std::string& wanted, const RunInfo& info);

/// "SIDE" or "HEIGHTxWIDTH" as a size. Throws UsageError for other texts, and sizes that aren't
/// is_gan_size().
Size parse_gan_size(const std::string& text);

/// Gives the images a size that GAN presets are for; true where that changes it: `wanted`, or where that is
/// empty the nearest to theirs, 64x64 where a side is above 256.
bool fit_to_gan(RunInfo& info, const std::optional<Size>& wanted = {});

/// A run's folder or model file, opened.
struct OpenedRun {
  RunInfo info;  ///< how the model is used
  Model model;   ///< as it was trained
};
/// Of a folder its model.safetensors. Throws Error where there is none, or doppel train didn't make it.
OpenedRun open_run(const std::filesystem::path& run);

}  // namespace doppel::nn
