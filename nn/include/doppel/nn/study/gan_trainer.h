// Trains a GAN, measures it, keeps the best state, and goes back to that where the game falls apart.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doppel/base/clock.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/nn/gan/generative_model.h"
#include "doppel/nn/study/gan_quality.h"

namespace doppel::nn {

/// How the game goes.
enum class GanState {
  Balanced,          ///< none of these
  Collapsed,         ///< the images are all alike
  DiscriminatorWon,  ///< it is right about nearly all
  Drifting,          ///< it is wrong more often than right
  Learning           ///< a flow, which plays no game
};
/// In words, as "collapse: the images are all alike".
std::string_view text_of(GanState state);

/// What is kept of some steps together.
struct GanLine {
  GanRecord mean;                       ///< of the steps since the last line
  GanScore score;                       ///< at its last step; without an evaluator only the step is known
  GanState state = GanState::Balanced;  ///< by the mean and the score
  double images_per_second = 0;         ///< real ones that were learned from
};

/// Steps a GAN, and measures it at every line. Of a group's processes, which see one folder, the first
/// measures and writes, and is told of lines. Goes back to the best state at half the rate, four times at
/// most, where a loss is NaN or infinite, or Fréchet's distance is over four times the best and the floor.
class GanTrainer {
 public:
  /// Where it writes, and who is told.
  struct Options {
    std::filesystem::path folder;                      ///< where states and gan.jsonl go
    std::map<std::string, std::string> metadata = {};  ///< of the states
    std::uint64_t every = 500;                         ///< steps between two lines
    /// Told after each step, of the mean since the last line. This and the next two may be empty.
    std::function<void(const GanRecord&)> on_step = {};
    std::function<void(const GanLine&)> on_line = {};       ///< told of each line
    std::function<void(const std::string&)> on_event = {};  ///< told what was done about the game, and why
  };
  /// `evaluator` may be null: then nothing is measured, and the last state is the best. Both must outlive
  /// this.
  GanTrainer(std::shared_ptr<GenerativeModel> gan, GanEvaluator* evaluator, Options options);

  /// Reads the lines of an earlier run, up to where its checkpoint goes on.
  void read_log();
  /// Trains up to the GAN's steps on images in [-1, 1]; false where it was stopped. Throws GanDiverged where
  /// the game falls apart again and again, Error where a state can't be written.
  bool run(dataset::Loader& loader, const std::atomic<bool>& stopped);

  const std::vector<GanLine>& lines() const { return lines_; }  ///< with those of read_log()
  /// What was done about the game, and why.
  const std::vector<std::string>& events() const { return events_; }
  /// The file of the last state.
  std::filesystem::path last() const { return options_.folder / "gan.safetensors"; }
  /// The file of the state that generates best by Fréchet's distance; of the last line's without an
  /// evaluator.
  std::filesystem::path best() const { return options_.folder / "best.safetensors"; }

 private:
  bool leads() const;
  bool stops(const std::atomic<bool>& stopped) const;
  std::string said_by_first(std::string text) const;
  void save(const std::filesystem::path& path) const;
  std::string measure();
  void add(const GanRecord& record);
  GanRecord mean() const;
  /// Measures, writes and keeps; goes back to the best state where that is needed.
  void finish_line();
  void leave();
  void roll_back(const std::string& reason);
  GanState state_of(const GanLine& line) const;
  void log(const std::string& row) const;
  void begin_line();

  std::shared_ptr<GenerativeModel> gan_;
  GanEvaluator* evaluator_;
  Options options_;
  GanRecord sum_;  ///< of the steps since the last line
  int count_ = 0;
  Clock::time_point start_ = Clock::now();
  std::vector<GanLine> lines_;
  std::vector<std::string> events_;
  std::optional<GanScore> best_;
  int returns_ = 0;  ///< how often the best state was gone back to
};

}  // namespace doppel::nn
