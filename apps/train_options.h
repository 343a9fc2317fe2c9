// What doppel train can be told.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "command.h"
#include "doppel/nn/study/run_info.h"
#include "doppel/nn/study/train_settings.h"

namespace doppel::apps {

std::vector<OptionGroup> train_options();
/// Throws UsageError for what can't be.
nn::TrainSettings train_settings(const CommandLine& line);
/// With the weights of classes, where `train`'s labels decide about them.
nn::TrainerOptions trainer_options(const nn::TrainSettings& settings, const dataset::SourcePtr& train);
/// Changes the folder of the GAN that settings mix in, where they do.
void with_mix_run(nn::TrainSettings& settings, const std::function<void(std::string&)>& change);
/// What decides how batches are shared out.
struct BatchSharing {
  std::optional<nn::GroupPlace> place = {};
  std::size_t images = 0;              ///< of training
  std::filesystem::path resumed = {};  ///< a checkpoint, with whose batches it goes on; empty: none
};
dataset::LoaderOptions training_loader_options(const nn::TrainSettings& settings, const nn::RunInfo& info,
                                               const BatchSharing& sharing);

/// Whether --resume goes on from the run's checkpoint. A run that was stopped before its first begins again,
/// which is said. Throws UsageError where there is no run.
bool goes_on(const CommandLine& line, const std::filesystem::path& run,
             const std::filesystem::path& checkpoint);

}  // namespace doppel::apps
