// What doppel train learns from and measures with.
#pragma once

#include <string>

#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/study/run_info.h"
#include "doppel/nn/study/train_settings.h"

namespace doppel::apps {

/// What to train on and to measure with.
struct TrainParts {
  dataset::SourcePtr train, held_out;
  std::string held_out_name;  ///< "test" or "validation"
  bool foreground = false;    ///< of masks: see dataset::MaskClasses
};

/// By the settings: masks are learned where the loss is for them, numbers where the data has some that are
/// named, else classes. Throws
/// UsageError where the settings don't suit that, Error where there is nothing to learn.
TrainParts split_data(dataset::OpenedData data, const nn::TrainSettings& settings);

/// What the network reads and gives. A layer at its end that the loss does itself is left out, and an image
/// size that a network for masks can't halve often enough is rounded, with a line each.
nn::RunInfo run_info(const nn::TrainSettings& settings, const TrainParts& parts);

}  // namespace doppel::apps
