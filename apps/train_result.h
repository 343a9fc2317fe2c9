// What a run of doppel train has come to.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "live_line.h"
#include "train_run.h"

namespace doppel::apps {

/// "40 s", "12:30 min", "2:10:00 h".
std::string time_text(double seconds);

/// Why training looks worse than what was held out, in a sentence; empty where it doesn't, or for another
/// reason.
std::string training_note(const nn::Loss& loss, const nn::EpochRecord& last, const std::string& held_out,
                          const augment::Recipe& recipe);

/// Writes the model and the report and says what they came to; what --json gets. `held_out` may be null,
/// `measuring` is the line that tells how far that is.
nlohmann::json finish_run(const TrainRun& run, nn::Model& model, const nn::Trainer& trainer,
                          dataset::Loader* held_out, LiveLine& measuring, double seconds);

}  // namespace doppel::apps
