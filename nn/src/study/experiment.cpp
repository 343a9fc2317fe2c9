#include "doppel/nn/study/experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/json_fields.h"
#include "doppel/dataset/analysis/data_hash.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/dataset/combine/subset.h"
#include "doppel/nn/gan/gan.h"
#include "doppel/nn/gan/generated_source.h"
#include "doppel/nn/study/gan_quality.h"
#include "doppel/nn/study/gan_trainer.h"
#include "doppel/nn/study/image_filter.h"
#include "doppel/nn/study/imbalance.h"
#include "train/recorded_settings.h"

namespace doppel::nn {
namespace {

/// Images that a GAN gives to learn from.
constexpr std::size_t kGenerated = 10000;
/// States of a GAN that are measured, of which the best is kept.
constexpr std::uint64_t kGanStates = 8;

/// Of a line of results.jsonl; nothing where it was cut off, or is something else: what it was of is done
/// again.
std::optional<StudyResult> result_in(const std::string& line) {
  try {
    const auto json = nlohmann::json::parse(line);
    if (!json.is_object()) return {};
    return StudyResult{.images = json_whole_at<std::size_t>(json, "images"),
                       .seed = json_whole_at<std::uint64_t>(json, "seed"),
                       .arm = json.at("arm"),
                       .accuracy = json.at("accuracy"),
                       .recall = json.at("recall"),
                       .right = json.at("right")};
  } catch (const nlohmann::json::exception&) { return {}; } catch (const Error&) {
    return {};
  }
}

/// Whether a file ends within a line, whose writer was killed.
bool is_cut_off(const std::filesystem::path& file) {
  std::ifstream text(file, std::ios::binary | std::ios::ate);
  if (!text || text.tellg() == std::streampos(0)) return false;
  text.seekg(-1, std::ios::end);
  return text.get() != '\n';
}

}  // namespace

std::vector<Arm> study_arms(bool with_gan) {
  using Generated = Arm::Generated;
  std::vector<Arm> arms{{.name = "real"}, {.name = "augmented", .augmented = true}};
  if (with_gan) {
    arms.push_back({.name = "GAN", .generated = Generated::Some});
    arms.push_back({.name = "both", .augmented = true, .generated = Generated::Some});
  }
  for (std::size_t i = 0, n = arms.size(); i < n; ++i) {
    Arm longer = arms[i];
    longer.name += ", twice as long";
    longer.times = 2;
    arms.push_back(longer);
  }
  if (with_gan) arms.push_back({.name = "GAN only", .generated = Generated::Only});
  return arms;
}

std::vector<Arm> imbalance_arms(int factor, bool with_gan) {
  using Generated = Arm::Generated;
  std::vector<Arm> arms{{.name = "real"},
                        {.name = "oversampled", .rare = Arm::Rare::Oversampled},
                        {.name = "weighted", .rare = Arm::Rare::Weighted},
                        {.name = "augmented", .augmented = true, .rare = Arm::Rare::Oversampled}};
  if (with_gan) {
    arms.push_back({.name = "GAN", .generated = Generated::Some});
    arms.push_back({.name = "both", .augmented = true, .generated = Generated::Some});
  }
  for (Arm& arm : arms) {
    arm.name += fmt::format(", 1 in {}", factor);
    arm.imbalance = factor;
  }
  return arms;
}

std::vector<Arm> mixing_arms() {
  using Generated = Arm::Generated;
  constexpr double kLess = 0.1, kMore = 0.5;
  return {{.name = "real"},
          {.name = "augmented", .augmented = true},
          {.name = "GAN", .generated = Generated::Some},
          {.name = fmt::format("GAN, share {}", kLess), .generated = Generated::Some, .share = kLess},
          {.name = fmt::format("GAN, share {}", kMore), .generated = Generated::Some, .share = kMore},
          {.name = "GAN, filtered", .generated = Generated::Filtered},
          {.name = "GAN at first", .generated = Generated::Some, .share = 1, .share_from = 0},
          {.name = "both", .augmented = true, .generated = Generated::Some}};
}

std::vector<Arm> audit_arms(const augment::Recipe& recipe) {
  std::vector<Arm> arms{{.name = "augmented", .augmented = true}};
  for (std::size_t i = 0; i < recipe.transforms().size(); ++i)
    arms.push_back({.name = fmt::format("without {} {}", i + 1, recipe.transforms()[i].name()),
                    .augmented = true,
                    .dropped = static_cast<int>(i)});
  return arms;
}

Study::Study(const StudySetup& setup, std::filesystem::path folder, Group* group)
    : setup_(setup), folder_(std::move(folder)), group_(group) {
  if (group_)
    for (const SettingText& setting : settings())
      if (setting.may_differ != MayDiffer::Yes) group_->agree(setting.name, setting.value);
  if (!group_ || group_->rank() == 0) begin();
  if (group_) group_->agree("the study", "");  // the others come when its folder is there
  read(log_of(0));
  for (const std::filesystem::path& log : logs_of_others()) read(log);
  if (group_) group_->agree("what is done in the study's folder", fmt::format("{} results", results_.size()));
}

void Study::begin() {
  make_folder(folder_ / "gans");
  const auto path = folder_ / "study.json";
  if (std::filesystem::exists(path))
    check_recorded_settings(path, settings());
  else if (std::filesystem::exists(log_of(0)))
    throw UsageError(
        fmt::format("{} has results, but no study.json that says what they are of; choose another folder",
                    folder_.string()));
  else
    record_settings(path, settings());
}

std::filesystem::path Study::log_of(int rank) const {
  return folder_ / (rank == 0 ? "results.jsonl" : fmt::format("results.{}.jsonl", rank));
}

std::vector<std::filesystem::path> Study::logs_of_others() const {
  std::vector<std::filesystem::path> logs;
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    if (const std::string name = entry.path().filename().string();
        name.starts_with("results.") && name.ends_with(".jsonl") && name != "results.jsonl")
      logs.push_back(entry.path());
  return logs;
}

void Study::read(const std::filesystem::path& path) {
  check_no_pipe(path);
  std::ifstream log(path);
  for (std::string text; std::getline(log, text);) {
    if (auto r = result_in(text)) results_.emplace(Key{r->images, r->seed, r->arm}, std::move(*r));
  }
}

void Study::keep(const StudyResult& r, int rank) const {
  const bool cut = is_cut_off(log_of(rank));
  std::ofstream log(log_of(rank), std::ios::app);
  log << (cut ? "\n" : "")
      << nlohmann::json{{"images", r.images},     {"seed", r.seed},     {"arm", r.arm},
                        {"accuracy", r.accuracy}, {"recall", r.recall}, {"right", r.right}}
             .dump()
      << std::endl;
  if (!log) throw Error(fmt::format("{} can't be written", log_of(rank).string()));
}

void Study::collect() {
  if (group_) group_->agree("the study", "");
  if (group_ && group_->rank() > 0) return;
  const auto others = logs_of_others();  // also of a group that ended early
  if (others.empty()) return;
  std::map<Key, StudyResult> own;
  own.swap(results_);
  read(log_of(0));
  own.swap(results_);
  for (const std::filesystem::path& log : others) read(log);
  for (const auto& [key, result] : results_)
    if (!own.contains(key)) keep(result, 0);
  for (const std::filesystem::path& log : others) std::filesystem::remove(log);
}

std::vector<SettingText> Study::settings() const {
  std::vector<SettingText> all{{"data", setup_.data}, {"test images", std::to_string(setup_.test->size())}};
  const auto add_hash = [&](const char* name, std::uint64_t hash) {
    const std::string text = fmt::format("{:016x}", hash);
    all.push_back({name, text, MayDiffer::No, text});  // studies of before didn't say
  };
  for (const auto& [part, listing, images] :
       {std::tuple{setup_.train, "hash of the names and labels to learn from",
                   "hash of the images to learn from"},
        {setup_.test, "hash of the names and labels to test with", "hash of the images to test with"}}) {
    add_hash(listing, dataset::listing_hash(*part));
    add_hash(images, dataset::images_hash(*part, dataset::HashedImages::All));
  }
  for (const SettingText& setting : settings_of(setup_.classifying)) all.push_back(setting);
  for (SettingText setting : settings_of(setup_.gan)) {
    if (setting.name == "seed") continue;  // each GAN has its own
    if (setting.may_differ == MayDiffer::InLength) setting.may_differ = MayDiffer::No;
    setting.name = "the GAN's " + setting.name;
    all.push_back(std::move(setting));
  }
  if (setup_.info.alpha != AlphaOver::White)
    all.push_back({"alpha", std::string(kAlphaOverNames[static_cast<std::size_t>(setup_.info.alpha)])});
  add_recipe(all, setup_.recipe);
  return all;
}

const StudyResult* Study::find(std::size_t images, std::uint64_t seed, const std::string& arm) const {
  const auto found = results_.find({images, seed, arm});
  return found == results_.end() ? nullptr : &found->second;
}

std::vector<StudyResult> Study::all() const {
  std::vector<StudyResult> all;
  for (const auto& [key, result] : results_) all.push_back(result);
  return all;
}

std::filesystem::path Study::gan_path(std::size_t images, std::uint64_t seed, int imbalance) const {
  const std::string rare = imbalance > 1 ? fmt::format("_1in{}", imbalance) : "";
  return folder_ / "gans" / fmt::format("{}_{}{}.safetensors", images, seed, rare);
}

bool Study::has_gan(std::size_t images, std::uint64_t seed, int imbalance) const {
  return std::filesystem::exists(gan_path(images, seed, imbalance));
}

dataset::SourcePtr Study::real(std::size_t images, std::uint64_t seed, int imbalance) const {
  const std::size_t each = std::max<std::size_t>(1, images / setup_.info.classes.size());
  if (imbalance > 1) return imbalanced(setup_.train, each, imbalance, seed);
  if (images >= setup_.train->size()) return setup_.train;
  return dataset::per_class(setup_.train, each, seed);
}

std::shared_ptr<GenerativeModel> Study::trained_gan(std::size_t images, std::uint64_t seed, int imbalance) {
  GanOptions options = setup_.gan;
  options.seed = seed;
  const dataset::SourcePtr source = real(images, seed, imbalance);
  if (options.loss != GanLoss::Velocity) options.augment = gan_recipe(source->size());
  const auto gan =
      make_generative_model(setup_.info.input, static_cast<int>(setup_.info.classes.size()), options);
  if (has_gan(images, seed, imbalance)) {
    gan->load(gan_path(images, seed, imbalance));
    return gan;
  }
  RunInfo info = setup_.info;
  info.mean.fill(0.5F);
  info.std.fill(0.5F);
  train_gan(gan, source, info, gan_path(images, seed, imbalance));
  return gan;
}

/// The best of several states, by an evaluator that knows the same images: GANs drift.
void Study::train_gan(const std::shared_ptr<GenerativeModel>& gan, const dataset::SourcePtr& source,
                      const RunInfo& info, const std::filesystem::path& path) const {
  const GanOptions& options = gan->options();
  const auto batch = static_cast<std::size_t>(options.batch);
  ClassifierOptions classifying = setup_.classifying;
  classifying.seed = options.seed;
  if (!Classifier::has_features(classifying.network)) classifying.network = ClassifierOptions{}.network;
  GanEvaluator evaluator(info, source, source, classifying);
  const auto folder = std::filesystem::path(path).replace_extension();
  make_folder(folder);
  GanTrainer trainer(gan, &evaluator,
                     {.folder = folder,
                      .metadata = info.metadata(),
                      .every = options.steps / kGanStates,
                      .on_step = [&](const GanRecord& r) {
                        if (setup_.progress) setup_.progress(r.step, options.steps);
                      }});
  dataset::Loader loader(exactly(source, options.steps * batch, options.seed), info.fitted({}),
                         info.evaluation_options(batch));
  const std::atomic<bool> never = false;
  try {
    trainer.run(loader, never);
  } catch (const GanDiverged&) {
    if (!std::filesystem::exists(trainer.best())) throw;  // there is no state to keep
  }
  // A study that is killed before this line trains it again.
  std::filesystem::rename(trainer.best(), path);
  std::filesystem::remove_all(folder);
  gan->load(path);
}

dataset::SourcePtr Study::generated(std::size_t images, std::uint64_t seed, int imbalance) {
  auto& source = generated_[{images, seed, imbalance}];
  if (!source)
    source = std::make_shared<GeneratedSource>(trained_gan(images, seed, imbalance), setup_.info.classes,
                                               kGenerated, seed);
  return source;
}

dataset::SourcePtr Study::filtered(std::size_t images, std::uint64_t seed) {
  const auto [at, is_new] = filtered_.try_emplace({images, seed});
  if (!is_new) return at->second;
  const dataset::SourcePtr all = generated(images, seed, 1);
  ClassifierOptions judging = setup_.classifying;
  judging.seed = seed;
  if (!Classifier::has_features(judging.network)) judging.network = ClassifierOptions{}.network;
  ImageFilter filter(setup_.info, real(images, seed, 1),
                     std::dynamic_pointer_cast<Gan>(trained_gan(images, seed, 1)), {}, judging);
  const std::vector<std::size_t> kept = filter.kept(*all);
  if (!kept.empty()) at->second = oversampled(std::make_shared<dataset::Subset>(all, kept));
  return at->second;
}

/// What comes beside the real images, and leaves them before the end; null: nothing.
dataset::SourcePtr Study::mixed_in(std::size_t images, std::uint64_t seed, const Arm& arm) {
  if (arm.generated == Arm::Generated::Filtered) return filtered(images, seed);
  const bool some = arm.generated == Arm::Generated::Some && arm.imbalance == 1;
  return some ? generated(images, seed, 1) : nullptr;
}

/// Beside what is mixed into it.
dataset::SourcePtr Study::learned_from(std::size_t images, std::uint64_t seed, const Arm& arm) {
  if (arm.generated == Arm::Generated::Only) return generated(images, seed, arm.imbalance);
  const dataset::SourcePtr source = real(images, seed, arm.imbalance);
  if (arm.rare == Arm::Rare::Oversampled) return oversampled(source);
  const bool tops_up = arm.imbalance > 1 && arm.generated == Arm::Generated::Some;
  return tops_up ? topped_up(source, generated(images, seed, arm.imbalance)) : source;
}

/// Of rare classes alone, where there are some.
augment::Recipe Study::recipe_of(std::uint64_t seed, const Arm& arm) const {
  auto transforms = setup_.recipe.transforms();
  if (arm.dropped >= 0) transforms.erase(transforms.begin() + arm.dropped);
  if (arm.imbalance > 1) {
    std::vector<std::string> rare;
    for (const int c : rare_classes(static_cast<int>(setup_.info.classes.size()), seed))
      rare.push_back(setup_.info.classes[static_cast<std::size_t>(c)]);
    for (augment::Transform& transform : transforms) transform = transform.only_labels(rare);
  }
  return augment::Recipe(std::move(transforms), setup_.recipe.rules());
}

const StudyResult& Study::result(std::size_t images, std::uint64_t seed, const Arm& arm) {
  if (const StudyResult* known = find(images, seed, arm.name)) return *known;
  ClassifierOptions classifying = setup_.classifying;
  classifying.seed = seed;
  classifying.steps *= static_cast<std::uint64_t>(arm.times);
  if (arm.augmented) classifying.recipe = recipe_of(seed, arm);
  classifying.extra = mixed_in(images, seed, arm);
  if (arm.share >= 0) classifying.share = arm.share;
  classifying.share_from = arm.share_from;
  const dataset::SourcePtr source = learned_from(images, seed, arm);
  const std::size_t classes = setup_.info.classes.size();
  if (arm.rare == Arm::Rare::Weighted) {
    std::vector<std::size_t> counts(classes);
    for (std::size_t i = 0; i < source->size(); ++i)
      if (const int label = source->label(i); label >= 0) ++counts[static_cast<std::size_t>(label)];
    classifying.class_weights = balanced_weights(counts);
  }
  Classifier classifier(setup_.info, source, classifying);
  StudyResult r{images, seed, arm.name, 0, std::vector<double>(classes), {}};
  std::vector<double> count(classes);
  for (const Prediction& v : classifier.predictions(setup_.test)) {
    const bool right = v.predicted == v.label;
    r.right += right ? '1' : '0';
    if (v.label < 0) continue;
    count[static_cast<std::size_t>(v.label)] += 1;
    r.recall[static_cast<std::size_t>(v.label)] += right;
  }
  r.accuracy = static_cast<double>(std::ranges::count(r.right, '1')) /
               static_cast<double>(std::max<std::size_t>(1, r.right.size()));
  for (std::size_t c = 0; c < classes; ++c) r.recall[c] /= std::max(1.0, count[c]);
  keep(r, group_ ? group_->rank() : 0);
  return results_.emplace(Key{images, seed, arm.name}, std::move(r)).first->second;
}

}  // namespace doppel::nn
