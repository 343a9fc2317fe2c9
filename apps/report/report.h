// A run as one page that needs nothing else.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "doppel/dataset/loader/loader.h"
#include "doppel/nn/study/run_info.h"
#include "doppel/nn/train/trainer.h"

namespace doppel::apps {

/// A sample that a network is sure of, against its label. Of labels that don't exclude each other either the
/// label or the prediction is -1: the class is there and wasn't seen, or was seen and isn't there.
struct Mistake {
  std::size_t index = 0;  ///< in the source
  int label = 0, prediction = 0;
  double probability = 0;  ///< of the prediction; of the label where there is none
  /// How sure the network is of what is wrong.
  double surprise() const { return prediction < 0 ? 1 - probability : probability; }
};

/// The surest mistakes of one pass, the surest first.
class MistakeList {
 public:
  explicit MistakeList(std::size_t most) : most_(most) {}
  void add(std::size_t index, int label, std::span<const float> logits);
  /// Of independent labels, the surest mistake of the sample. `there`: one for each class.
  void add(std::size_t index, const std::vector<bool>& there, std::span<const float> logits);
  std::vector<Mistake> sorted() const;

 private:
  void keep(const Mistake& mistake);
  std::size_t most_;
  std::vector<Mistake> mistakes_;
};

/// What a page shows.
struct RunReport {
  std::string title, network;
  std::vector<std::pair<std::string, std::string>> facts;  ///< name and value, in order
  std::vector<nn::EpochRecord> history;
  std::string held_out;  ///< "test" or "validation"
  std::string note;      ///< what is to be known of the curves; may be empty
  std::vector<std::string> classes;
  std::optional<nn::Confusion> confusion;     ///< of what was held out
  std::optional<nn::MultiLabel> multi_label;  ///< in its place, of labels that don't exclude each other
  std::optional<nn::NumberErrors> numbers;    ///< in its place, of numbers
  std::optional<nn::MaskConfusion> masks;     ///< in its place, of masks
  std::vector<std::string> number_names;      ///< what they are called
  dataset::SourcePtr held_out_source, train_source;
  std::vector<Mistake> mistakes;     ///< in what was held out
  std::vector<Mistake> mislabelled;  ///< in the training data: sure of another class than the label
  std::vector<std::pair<std::string, double>> seconds;  ///< where the time went, of all threads together
};

/// One self-contained HTML page: curves, confusion, classes, calibration, mistakes as images, and time.
void write_report(const std::filesystem::path& path, const RunReport& report);

}  // namespace doppel::apps
