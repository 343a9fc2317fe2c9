// What a run of doppel train is made of.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "doppel/nn/study/gan_run.h"
#include "doppel/nn/study/run_info.h"
#include "train_data.h"
#include "train_options.h"

namespace doppel::apps {

/// Once its data is known.
struct TrainRun {
  nn::TrainSettings settings;
  std::filesystem::path folder;
  TrainParts parts;
  nn::RunInfo info;
  std::string recipe_name;
  augment::Recipe recipe;  ///< without the resize to the network's input
  nn::TrainerOptions options;
  std::optional<nn::OpenedGan> mixed;  ///< whose images are among those that are learned from
  std::optional<nn::GroupPlace> place;
  bool resumes = false;
  /// Of several processes only the first does.
  bool writes() const { return !place || place->rank == 0; }
  BatchSharing sharing() const {
    return {place, parts.train->size(), resumes ? options.checkpoint : std::filesystem::path()};
  }
};

}  // namespace doppel::apps
