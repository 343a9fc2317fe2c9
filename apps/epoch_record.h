// What training writes and says of its epochs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/nn/formats/tensorboard.h"
#include "doppel/nn/train/trainer.h"
#include "step_log.h"

namespace doppel::apps {

/// metrics.jsonl and curves.png in the run's folder. `held_out`: what was held out is called; `note`: see
/// draw_curves(); `has_accuracy`: false where numbers or masks were learned, here and below.
void write_history(const std::filesystem::path& run, const std::vector<nn::EpochRecord>& history,
                   const std::string& held_out, const std::string& note, bool has_accuracy);
/// The same as lines of steps.jsonl: an epoch's as metrics.jsonl has it, and while one goes on its mean so
/// far. `waiting`: seconds that training has waited for images.
void log_epoch(StepLog& log, const nn::EpochRecord& r, const std::string& held_out, bool has_accuracy);
void log_step(StepLog& log, const nn::Progress& p, double waiting, bool has_accuracy);
/// A line on the terminal.
void print_epoch(const nn::EpochRecord& r, std::uint64_t epochs, const std::string& held_out,
                 bool has_accuracy);
/// While one goes on, for a line that is written over.
std::string progress_text(const nn::Progress& p, bool has_accuracy);
/// For TensorBoard.
void add_events(nn::EventFile& events, const nn::EpochRecord& r, const std::string& held_out,
                bool has_accuracy);

}  // namespace doppel::apps
