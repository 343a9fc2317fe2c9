// What doppel train can be told.
#pragma once

#include <optional>

#include "command.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/nn/train/trainer.h"
#include "run_info.h"

namespace doppel::apps {

std::vector<OptionGroup> train_options();
/// Throws UsageError for what can't be. `train` is asked for its labels where classes are to be weighted.
nn::TrainerOptions trainer_options(const CommandLine& line, const dataset::Source& train);
dataset::LoaderOptions training_loader_options(const CommandLine& line, const RunInfo& info);
/// --group.
std::optional<nn::GroupPlace> group_place(const CommandLine& line);
/// --init and --zero-gamma.
nn::Initialisation initialisation_of(const CommandLine& line);
/// --freeze and --lr-head: which parameters learn, and how fast.
void set_rates(const CommandLine& line, nn::Model& model);

}  // namespace doppel::apps
