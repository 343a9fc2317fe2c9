// The loop of `doppel gan`: trains, measures, keeps the best, and goes back to it where the game falls apart.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "doppel/dataset/loader/loader.h"
#include "doppel/nn/gan/gan.h"
#include "gan_quality.h"
#include "live_line.h"
#include "report/gan_report.h"
#include "run_info.h"

namespace doppel::apps {

/// Ten of each class, at most ten classes, always from the same noise.
cv::Mat sample_sheet(nn::Gan& gan, const std::vector<std::string>& classes);

class GanRun {
 public:
  /// `judge` may be null: then nothing is measured, and the last state is the best.
  GanRun(std::shared_ptr<nn::Gan> gan, GanJudge* judge, const RunInfo& info, std::filesystem::path folder,
         std::map<std::string, std::string> metadata, std::uint64_t every);

  /// Reads the lines of an earlier run, up to where its checkpoint goes on.
  void resume();
  /// False where it was stopped. Throws Error where the game falls apart again and again.
  bool run(dataset::Loader& loader, const std::atomic<bool>& stopped);
  const std::vector<GanLine>& lines() const { return lines_; }
  const std::vector<std::string>& events() const { return events_; }
  /// The state that generates best, measured by Fréchet's distance.
  std::filesystem::path best() const { return folder_ / "best.safetensors"; }

 private:
  void add(const nn::GanRecord& record);
  /// Measures, says, writes and keeps; goes back to the best state where that is needed.
  void report();
  void roll_back(const std::string& reason);
  std::string state_of(const GanLine& line) const;
  void write(const GanLine& line);
  void show_progress();

  std::shared_ptr<nn::Gan> gan_;
  GanJudge* judge_;
  const RunInfo& info_;
  std::filesystem::path folder_;
  std::map<std::string, std::string> metadata_;
  std::uint64_t every_;
  nn::GanRecord sum_;  ///< of the steps since the last line
  int count_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::uint64_t first_ = 0;  ///< the step that this run began at
  std::chrono::steady_clock::time_point began_;
  std::vector<GanLine> lines_;
  std::vector<std::string> events_;
  std::optional<GanScore> best_;
  LiveLine live_;
  int returns_ = 0;  ///< how often the best state was gone back to
};

}  // namespace doppel::apps
