// What a run of training is made from.
#pragma once

#include <cstdint>
#include <string>

#include "doppel/base/fields.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/nn/model/model.h"
#include "doppel/nn/train/trainer.h"

namespace doppel::nn {

/// Everything that a run's weights depend on, but for what the files that it names hold.
struct TrainSettings {
  bool ignore = false;          ///< labels that can't be read are left out: see dataset::OpenOptions
  std::string columns = {};     ///< of a table, NAME=COLUMN with commas between: see dataset::ManifestOptions
  std::string root = {};        ///< where a table's files are; empty: beside it
  std::string range = {};       ///< "LOW,HIGH", or "measured": see dataset::Ranged; empty: their type\'s
  std::string data;             ///< as dataset::open_data() takes it
  std::string recipe = "auto";  ///< a YAML file or a preset; auto: see recipe_for()
  std::string valid = {};  ///< what to measure with: a share of `data`, or a data set; empty: the test part
  std::uint64_t per_class = 0;  ///< images of each class that are learned from; 0: all
  std::string mix = {};         ///< images of a GAN among them: see parse_mix(); empty: none
  int size = 0;                 ///< side of the network's input, in pixels; 0: as the images are, else 64
  std::string net = "small28";  ///< a name of the zoo, or notation
  std::string weights = {};     ///< a file that the weights begin with; empty: they are drawn
  Initialisation initialisation = {};  ///< how weights begin that are drawn
  bool whiten = false;                 ///< see whiten_first_convolution()
  bool freeze = false;                 ///< only the last layer learns
  std::string freeze_until = {};       ///< a node; it and what comes before it don't learn; empty: all do
  double layer_rate = 1;  ///< times the learning rate, once for each stage after a layer's: see set_rates()
  double head_rate = 1;   ///< times the learning rate, for the last layer
  /// What the loss multiplies rows by: 1, or balanced_weights().
  enum class ClassWeights { None, Balanced } class_weights = ClassWeights::None;  ///< how classes count
  dataset::LoaderOptions loading = {.batch = 128};  ///< batch, workers, alpha and on_error count
  TrainerOptions training = {.valid_every = 0};     ///< `valid_every` 0: doppel train goes by the cost
  void fields(FieldVisitor& visit);
};

/// Sets how fast parameters learn: the last layer at head_rate; the others not at all where `freeze` or
/// freeze_until says so, else at layer_rate to the power of the stages that come after theirs. A stage ends
/// where the image gets smaller; the last layer is one of its own (Howard and Ruder 2018, by layers). Throws
/// UsageError where there is no such node, or nothing is left to learn.
void set_rates(const TrainSettings& settings, Model& model);

}  // namespace doppel::nn
