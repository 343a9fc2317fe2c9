// The ways of training that a study compares, and their results.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "doppel/base/settings.h"
#include "doppel/nn/distributed/group.h"
#include "doppel/nn/gan/generative_model.h"
#include "doppel/nn/study/classifier.h"
#include "doppel/nn/study/run_info.h"

namespace doppel::nn {

/// One way of training.
struct Arm {
  std::string name;        ///< its own among those compared
  bool augmented = false;  ///< by the study's recipe
  /// Whether a GAN's images are learned from: beside the real ones, all or those that an ImageFilter of the
  /// real ones lets through, as many of each class; or instead.
  enum class Generated { None, Some, Filtered, Only } generated = Generated::None;  ///< the GAN's part
  double share = -1;        ///< of generated images beside real ones; below 0: the study's
  double share_from = 0.8;  ///< of the steps, from where it falls to 0
  /// What is done about rare classes, where there are some, beside augmentation, which is then theirs alone,
  /// and generated images, which then top them up.
  enum class Rare {
    AsTheyAre,               ///< nothing
    Oversampled,             ///< all classes come as often
    Weighted                 ///< all classes count as much in the loss
  } rare = Rare::AsTheyAre;  ///< see there
  int imbalance = 1;         ///< above 1: of rare_classes() there is one image in so many of the others
  int times = 1;             ///< the steps, in those of the others
  int dropped = -1;          ///< a transform of the recipe that is left out
};

/// What is asked of every data set: real alone; with the recipe, with generated images, with both;
/// generated images alone. What makes data more varied is also trained twice as long, since it converges
/// later.
std::vector<Arm> study_arms(bool with_gan);
/// What can be done where of rare_classes() there is one image in `factor`: nothing; oversampling, class
/// weights, augmentation of the rare, oversampled, alone; a GAN of these images that tops them up, and that
/// with augmentation.
std::vector<Arm> imbalance_arms(int factor, bool with_gan);
/// Ways of mixing generated images in, all with the same steps: the study's share of them, less, more, those
/// alone that a filter lets through, all of the first batch and ever fewer from there on, and with the
/// recipe.
std::vector<Arm> mixing_arms();
/// The whole recipe, then without each of its transforms in turn.
std::vector<Arm> audit_arms(const augment::Recipe& recipe);

/// One classifier's answers.
struct StudyResult {
  std::size_t images = 0;      ///< real ones that were there to learn from
  std::uint64_t seed = 0;      ///< of the images that were taken, the GAN and the classifier
  std::string arm;             ///< its name
  double accuracy = 0;         ///< share of the test images that were right, 0 to 1
  std::vector<double> recall;  ///< by class
  std::string right;           ///< a 1 or 0 for each test image, in their order
};

/// What is trained, and with what.
struct StudySetup {
  RunInfo info;                   ///< the classifiers' and the GAN's input, and the classes
  dataset::SourcePtr train;       ///< what amounts of images are taken from, as many of each class
  dataset::SourcePtr test;        ///< what all are measured on
  augment::Recipe recipe;         ///< of arms that augment
  ClassifierOptions classifying;  ///< network, steps and batch of one arm
  GanOptions gan;                 ///< but for its seed, and its recipe: see gan_recipe()
  std::string data;               ///< as it was named; recorded, and compared where a study goes on
  std::string recipe_name;        ///< for reports
  OnProgress progress = {};       ///< of the classifier, or the GAN, that is being trained: steps
};

/// Runs what isn't in the study's folder yet, and keeps each result there as soon as it is known: process 0
/// in results.jsonl, the others of a group beside it, each in a file of its own.
class Study {
 public:
  /// `setup` must outlive it, as the group, whose processes see the same folder; null: there are no others.
  /// Throws Error where the folder holds another study, with the first setting that differs and both values,
  /// or where the processes' settings or folders differ.
  Study(const StudySetup& setup, std::filesystem::path folder, Group* group = nullptr);

  /// What the folder has; null where it has none.
  const StudyResult* find(std::size_t images, std::uint64_t seed, const std::string& arm) const;
  /// True where the folder has that GAN, trained.
  bool has_gan(std::size_t images, std::uint64_t seed, int imbalance = 1) const;
  /// The result, computed where it isn't known: the GAN is trained first where the arm needs one. Throws
  /// Error where it can't be written, GanDiverged where the GAN never got anywhere.
  const StudyResult& result(std::size_t images, std::uint64_t seed, const Arm& arm);
  std::vector<StudyResult> all() const;  ///< those known, by images, then seed, then arm
  /// Waits for the others of the group; then process 0 knows their results, too, and has them all in one
  /// file.
  void collect();

 private:
  using Key = std::tuple<std::size_t, std::uint64_t, std::string>;
  dataset::SourcePtr real(std::size_t images, std::uint64_t seed, int imbalance) const;
  dataset::SourcePtr generated(std::size_t images, std::uint64_t seed, int imbalance);
  dataset::SourcePtr filtered(std::size_t images, std::uint64_t seed);
  dataset::SourcePtr mixed_in(std::size_t images, std::uint64_t seed, const Arm& arm);
  dataset::SourcePtr learned_from(std::size_t images, std::uint64_t seed, const Arm& arm);
  augment::Recipe recipe_of(std::uint64_t seed, const Arm& arm) const;
  std::filesystem::path gan_path(std::size_t images, std::uint64_t seed, int imbalance) const;
  std::shared_ptr<GenerativeModel> trained_gan(std::size_t images, std::uint64_t seed, int imbalance);
  void train_gan(const std::shared_ptr<GenerativeModel>& gan, const dataset::SourcePtr& source,
                 const RunInfo& info, const std::filesystem::path& path) const;
  std::vector<SettingText> settings() const;
  /// Where a process's results go.
  std::filesystem::path log_of(int rank) const;
  std::vector<std::filesystem::path> logs_of_others() const;
  void begin();
  void read(const std::filesystem::path& log);
  void keep(const StudyResult& r, int rank) const;

  const StudySetup& setup_;
  std::filesystem::path folder_;
  Group* group_;
  std::map<Key, StudyResult> results_;
  std::map<std::tuple<std::size_t, std::uint64_t, int>, dataset::SourcePtr> generated_;
  std::map<std::pair<std::size_t, std::uint64_t>, dataset::SourcePtr> filtered_;  ///< null: none gets through
};

}  // namespace doppel::nn
