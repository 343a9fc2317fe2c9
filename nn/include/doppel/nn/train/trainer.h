// The training loop: batches in, a trained model and its record out.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "doppel/base/settings.h"
#include "doppel/dataset/loader/loader.h"
#include "doppel/nn/train/metrics.h"
#include "doppel/nn/train/multi_label.h"
#include "doppel/nn/train/optimizer.h"
#include "doppel/nn/train/regression.h"
#include "doppel/nn/train/schedule.h"
#include "doppel/nn/train/segmentation.h"

namespace doppel::nn {

struct KeptFeatures;

/// How a model is trained.
struct TrainerOptions {
  std::uint64_t epochs = 10;             ///< times that all of the data is learned from
  int accumulate = 1;                    ///< batches whose mean gradient makes one step
  OptimizerOptions optimizer = AdamW{};  ///< how weights follow the gradient
  double rate = 0;                       ///< peak learning rate; 0: the optimizer's own
  ScheduleOptions schedule = Cosine{};   ///< how the rate goes
  double warm_up_epochs = 1;             ///< at most a fifth of all
  int plateau = 0;  ///< the rate is multiplied by plateau_factor after so many epochs in which the held-out
                    ///< loss (or the training's, where nothing is held out) didn't fall; 0: never
  double plateau_factor = 0.1;  ///< above 0 to 1
  double clip_norm = 0;         ///< gradients are scaled down where all of them together are longer; 0: never
  /// Decay of an average of the weights, which is measured and kept in their place; 0: none. It begins
  /// faster: at most (1 + t) / (10 + t) at step t (Polyak and Juditsky 1992).
  double average = 0;
  std::uint64_t seed = 1;         ///< of the weights and of dropout
  Loss loss = CrossEntropy{};     ///< what is made small
  std::uint64_t valid_every = 1;  ///< epochs between two measurements of what is held out; plateau and
                                  ///< patience count in epochs, and want 1. The last epoch is always measured
  int patience = 0;  ///< training ends after so many epochs without a better held-out accuracy, mean
                     ///< average precision, R2 or mean IoU; 0: never
  Precision precision = Precision::F32;            ///< what convolutions multiply in
  Group::Numbers gradients = Group::Numbers::F32;  ///< how they travel between the processes of a group
  /// Layers that don't learn run in each epoch. Else what they make of an image is computed once, in floats,
  /// where images aren't augmented and it takes at most a gigabyte; the rest trains on it in their place.
  bool run_frozen = false;
  int threads = 0;  ///< results don't depend on it; 0: all cores
  /// Parts of a batch, each process's and those of the others of its group together; 0: one per core, 2 to
  /// 16, for each process. Results depend on it, not on how many processes share them out; a resume keeps the
  /// old.
  int shards = 0;
  std::uint64_t checkpoint_every = 0;  ///< so many steps a checkpoint is written, too; 0: after epochs alone
  /// What results depend on, or may be told: all above.
  void fields(FieldVisitor& visit);

  NumberTask numbers = {};                ///< what numbers it learns; empty: classes. Follows from the data
  std::filesystem::path checkpoint = {};  ///< written after every epoch and on a stop; empty: none
  std::filesystem::path best = {};        ///< the model with the best EpochRecord::held_out(); empty: none
  std::map<std::string, std::string> metadata = {};  ///< goes into the checkpoint
  /// Processes that train together: `train` must give this one's rank of its world; where `valid` does, too,
  /// they share measuring. All get the same weights; only rank 0 writes, what all must see to resume. Must
  /// outlive the trainer; null: there are no others.
  Group* group = nullptr;
  OnProgress timing = {};     ///< see ExecutorOptions, before the first step
  OnProgress measuring = {};  ///< after an epoch: images measured of those held out
  OnProgress keeping = {};    ///< before the first step: images whose features are kept
};

/// Throws UsageError where a network ends in masks and the loss doesn't learn them, or the other way.
void check_learns(const Network& network, const Loss& loss);

/// After each step, for a live line.
struct Progress {
  std::uint64_t epoch = 0;       ///< counted from 0
  std::uint64_t epochs = 0;      ///< of the run
  std::uint64_t step = 0;        ///< batches of this epoch that are done
  std::uint64_t steps = 0;       ///< batches of an epoch
  double loss = 0;               ///< mean of this epoch so far, on augmented batches
  double accuracy = 0;           ///< of this epoch so far, on augmented batches, 0 to 1
  double images_per_second = 0;  ///< since run() began
  double seconds_left = 0;       ///< until the last epoch ends, at that speed
};

/// After each epoch.
struct EpochRecord {
  std::uint64_t epoch = 0;  ///< counted from 0
  double loss = 0;          ///< mean of its rows, on augmented batches
  /// Share of its rows that are right, on augmented batches: the most probable class is theirs; of
  /// independent labels it's one of theirs, or none is probable where none is there. 0 of numbers and masks.
  double accuracy = 0;
  double rate = 0;                   ///< learning rate of its last step
  std::optional<double> valid_loss;  ///< held-out cross-entropy (binary), of numbers and masks the loss; none
                                     ///< where it wasn't measured
  /// Held-out share that is right, of masks' pixels; none where it wasn't measured, or images have several
  /// labels.
  std::optional<double> valid_accuracy;
  double images_per_second = 0;  ///< learned from
  double seconds = 0;            ///< of its training, without measuring
  /// Held-out mean average precision, of independent labels alone (see outputs_of()).
  std::optional<double> valid_map = {};
  std::optional<double> valid_mae = {};  ///< held-out mean absolute error, of numbers alone, in their units
  std::optional<double> valid_r2 = {};   ///< held-out R2, of numbers alone, see NumberErrors
  std::optional<double> valid_iou = {};  ///< held-out mean IoU, of masks alone, see MaskConfusion
  /// What epochs are compared by: mean IoU, R2, the mean average precision, or else the accuracy.
  std::optional<double> held_out() const {
    return valid_iou ? valid_iou : valid_r2 ? valid_r2 : valid_map ? valid_map : valid_accuracy;
  }
};

/// What a checkpoint's run was told of a setting, as text; empty where it doesn't say. Throws Error where the
/// file can't be read.
std::string recorded_setting(const std::filesystem::path& checkpoint, std::string_view name);

/// Trains `model` on `train`, and measures it on `valid` (may be null) after an epoch. The same seed,
/// shards, data and options give the same weights, bit for bit, for any number of threads and after any
/// number of stops and resumes.
class Trainer {
 public:
  /// All three must outlive it. Throws UsageError where options are out of range, or don't fit
  /// each other, the loaders or the group.
  Trainer(Model& model, dataset::Loader& train, dataset::Loader* valid, TrainerOptions options);

  /// Goes on where the checkpoint ends, for more epochs where the options say so. Throws Error where there is
  /// none, where it belongs to another model, or where a setting that results depend on differs, with its
  /// name and both values.
  void resume();
  /// Computes what layers that don't learn make of the images, unless that is done or options.run_frozen;
  /// run() would.
  void keep_features();
  /// Of a group: throws Error, in all of its processes, where the network, the data, a setting or what it
  /// begins with isn't the same for all, and names it. run() would, before it begins.
  void agree_with_group();
  /// Trains until the last epoch, or until `stop` becomes true: then a checkpoint is written and false
  /// returned. Throws Error where the loss is NaN or infinite, naming the layer and the samples where it
  /// began, or what was learned is at the end of an epoch, or a checkpoint can't be written (the one before
  /// is then whole).
  bool run(const std::function<void(const Progress&)>& on_step,
           const std::function<void(const EpochRecord&)>& on_epoch, const std::atomic<bool>* stop = nullptr);

  /// Of all epochs that are done, with those before a resume.
  const std::vector<EpochRecord>& history() const { return history_; }
  /// The epoch with the best EpochRecord::held_out(), the lower loss where two are alike; -1: none.
  int best_epoch() const;
  /// True where patience ended before the epochs did.
  bool stopped_early() const;
  int shards() const { return options_.shards; }  ///< as chosen, where the options say 0
  /// The layer whose values are kept in place of images, once they are; empty: none are.
  std::string kept_layer() const;
  /// The last layer up to which nothing learns and from which alone the rest goes on; empty: there is none.
  std::string frozen_layer() const;
  /// What batches come from: the loader that was given, or where features are kept theirs.
  dataset::Loader& loader() const;
  /// Once it runs: see Executor.
  std::vector<KernelChange> changed_kernels() const {
    return executor_ ? executor_->changed_kernels() : std::vector<KernelChange>{};
  }
  /// Spent in the network and the optimiser by this run, times its threads.
  double step_seconds() const { return step_seconds_; }
  double rate() const { return options_.rate; }  ///< the peak, as chosen where the options say 0

 private:
  using OnStep = std::function<void(const Progress&)>;
  /// False where it was stopped.
  bool run_epoch(const OnStep& on_step, const std::atomic<bool>* stop);
  void finish_epoch(double seconds, std::uint64_t images, const std::atomic<bool>* stop);
  /// False, as run() gives then.
  bool leave();
  std::pair<dataset::Loader*, std::string> measured() const;
  /// Those that measure with this process; null where it measures everything by itself.
  Group* measuring_group() const;
  void tell_measured(std::size_t done) const;
  void measure(EpochRecord& record);
  double sum_of_measured(std::vector<double> losses) const;
  void measure_numbers(EpochRecord& record);
  void measure_masks(EpochRecord& record);
  double rate_at(std::uint64_t step) const;
  bool is_first() const { return !options_.group || options_.group->rank() == 0; }
  void take_measures_of_first(EpochRecord& record) const;
  void make_executor(ExecutorOptions executing);
  /// What results depend on: of the options, the loader and the recipe, and how fast parameters learn.
  std::vector<SettingText> settings() const;
  bool steps_after(std::uint64_t step) const;
  void accumulate(const dataset::Batch& batch);
  [[noreturn]] void fail_not_finite(const dataset::Batch& batch) const;
  void check_finite() const;
  void save(std::uint64_t epoch, std::uint64_t step) const;
  void go_on_at(const std::string& training);
  void follow_average();
  /// Puts the average in the weights' place, and back.
  void swap_average();
  LossSums train_step(const dataset::Batch& batch, std::uint64_t global_step);

  Model& model_;
  dataset::Loader& train_;
  dataset::Loader* valid_;
  TrainerOptions options_;
  bool has_agreed_ = false;  ///< with the group
  bool looked_for_features_ = false;
  std::shared_ptr<KeptFeatures> kept_;  ///< null: there are none
  Schedule schedule_;
  std::vector<std::vector<float>> average_;  ///< of the parameters; empty: none
  Optimizer optimizer_;
  std::optional<Executor> executor_;
  std::map<std::string, std::string> kernels_;  ///< of the run that is resumed
  std::uint64_t epoch_ = 0, step_ = 0;
  const std::atomic<bool>* stop_measuring_ = nullptr;
  LossSums sums_;                              ///< of the epoch so far
  std::vector<std::vector<float>> gradients_;  ///< sums over the batches that make a step together
  std::uint64_t images_seen_ = 0;              ///< in this run
  double step_seconds_ = 0;
  std::chrono::steady_clock::time_point started_;
  std::vector<EpochRecord> history_;
};

/// A sample's place in its source, its label (-1: none of the classes), and the logits.
using OnRow = std::function<void(std::size_t index, int label, std::span<const float> logits)>;

/// Runs a model over all batches of one epoch of a loader (sequential, not augmented). `threads` 0: all
/// cores. `timing`: see ExecutorOptions. Throws Error, with the sample, where a label is outside the model's
/// classes. `after`: the loader gives that node's values in place of images, see ExecutorOptions::after.
/// `group`: processes whose loaders give each its rank's part; all get what one gets that has them all, and
/// `on_row` their own rows.
Confusion evaluate(Model& model, dataset::Loader& loader, int threads = 0, const OnRow& on_row = {},
                   const OnProgress& timing = {}, const std::string& after = {}, Group* group = nullptr);

/// The same over `views` epochs of the loader, whose samples come in the same order in each: a row's result
/// is the mean of its views' probabilities. `progress` gets the rows done, of all views. `group`: see
/// evaluate().
Confusion evaluate_views(Model& model, dataset::Loader& loader, int views, int threads = 0,
                         const OnProgress& progress = {}, const OnProgress& timing = {},
                         Group* group = nullptr);

/// evaluate() for outputs that don't exclude each other. Throws Error, with the sample, for a label outside
/// the classes, and for one that isn't known.
MultiLabel evaluate_multi_label(Model& model, dataset::Loader& loader, int threads = 0,
                                const OnRow& on_row = {}, const OnProgress& timing = {},
                                const std::string& after = {}, Group* group = nullptr);

/// evaluate_views() for them.
MultiLabel evaluate_views_multi_label(Model& model, dataset::Loader& loader, int views, int threads = 0,
                                      const OnProgress& progress = {}, const OnProgress& timing = {},
                                      Group* group = nullptr);

/// Model and metadata to and from one file.
void save_model(const std::filesystem::path& path, const Model& model,
                const std::map<std::string, std::string>& metadata);
/// Reads the values of a model's parameters. Throws Error where one is missing or has another shape.
std::map<std::string, std::string> load_model(const std::filesystem::path& path, Model& model);

}  // namespace doppel::nn
