// What a run of a GAN is made from.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "doppel/base/fields.h"
#include "doppel/codec/image.h"
#include "doppel/nn/gan/gan_options.h"

namespace doppel::nn {

/// Everything that a GAN's run depends on, but for what the files that it names hold.
struct GanSettings {
  bool ignore = false;       ///< labels that can't be read are left out: see dataset::OpenOptions
  std::string columns = {};  ///< of a table, NAME=COLUMN with commas between: see dataset::ManifestOptions
  std::string root = {};     ///< where a table's files are; empty: beside it
  std::string range = {};    ///< "LOW,HIGH", or "measured": see dataset::Ranged; empty: their type\'s
  std::string data;          ///< as dataset::open_data() takes it
  AlphaOver alpha = AlphaOver::White;  ///< what becomes of transparency
  std::string size = {};               ///< of images, see parse_gan_size(); empty: see fit_to_gan()
  std::string preset = "rpgan";        ///< see gan_preset()
  bool unconditional = false;          ///< images of no class
  std::uint64_t per_class = 0;         ///< images of each class that are learned from; 0: all
  std::string augment = "auto";        ///< a recipe before the discriminator, none, or auto: see gan_recipe()
  std::string weights = {};   ///< the folder of a GAN whose weights it begins with; empty: they are drawn
  std::string features = {};  ///< weights of an Inception v3, to measure as is published; empty: not so
  bool no_copies = false;     ///< a run whose images copy what was learned from fails
  std::uint64_t every = 500;  ///< steps between two measurements
  std::uint64_t score_steps = 2000;  ///< batches that the classifier which measures learns from; 0: none
  /// What convolutions multiply in: see Precision.
  enum class Numbers { F32, BF16, Auto } precision = Numbers::Auto;  ///< Auto: the faster one
  GanOptions options = {};  ///< but for its precision and recipe, which follow
  void fields(FieldVisitor& visit);
  /// Those of `options` whose values a preset chooses.
  static std::span<const std::string_view> preset_fields();
};

}  // namespace doppel::nn
