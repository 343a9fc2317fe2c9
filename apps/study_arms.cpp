#include "study_arms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/nn/gan/generated_source.h"
#include "gan_quality.h"

namespace doppel::apps {
namespace {

/// Pictures that a GAN gives to learn from.
constexpr std::size_t kGenerated = 10000;
/// States of a GAN that are measured, of which the best is kept.
constexpr std::uint64_t kGanStates = 8;

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

std::vector<Arm> audit_arms(const augment::Recipe& recipe) {
  std::vector<Arm> arms{{.name = "augmented", .augmented = true}};
  for (std::size_t i = 0; i < recipe.transforms().size(); ++i)
    arms.push_back({.name = fmt::format("without {} {}", i + 1, recipe.transforms()[i].name()),
                    .augmented = true,
                    .dropped = static_cast<int>(i)});
  return arms;
}

StudyRun::StudyRun(const StudySetup& setup, std::filesystem::path folder)
    : setup_(setup), folder_(std::move(folder)) {
  std::filesystem::create_directories(folder_ / "gans");
  const nlohmann::json now{{"data", setup_.data},
                           {"recipe", setup_.recipe.yaml()},
                           {"network", setup_.lesson.network},
                           {"steps", setup_.lesson.steps},
                           {"share", setup_.lesson.share},
                           {"gan_steps", setup_.gan.steps},
                           {"gan_generator", setup_.gan.generator}};
  const auto path = folder_ / "study.json";
  if (std::filesystem::exists(path)) {
    std::ifstream file(path);
    if (nlohmann::json::parse(file, nullptr, false) != now)
      throw Error(
          fmt::format("{} holds another study: other data, recipe, network or steps", folder_.string()));
  } else {
    write_file(path, now.dump(1) + "\n");
  }
  std::ifstream log(folder_ / "results.jsonl");
  for (std::string text; std::getline(log, text);) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (json.is_discarded()) continue;  // it was cut off
    StudyResult r{json["images"], json["seed"], json["arm"], json["accuracy"], json["recall"], json["right"]};
    results_.emplace(Key{r.images, r.seed, r.arm}, std::move(r));
  }
}

const StudyResult* StudyRun::find(std::size_t images, std::uint64_t seed, const std::string& arm) const {
  const auto found = results_.find({images, seed, arm});
  return found == results_.end() ? nullptr : &found->second;
}

std::vector<StudyResult> StudyRun::all() const {
  std::vector<StudyResult> all;
  for (const auto& [key, result] : results_) all.push_back(result);
  return all;
}

std::filesystem::path StudyRun::gan_path(std::size_t images, std::uint64_t seed) const {
  return folder_ / "gans" / fmt::format("{}_{}.safetensors", images, seed);
}

bool StudyRun::has_gan(std::size_t images, std::uint64_t seed) const {
  return std::filesystem::exists(gan_path(images, seed));
}

dataset::SourcePtr StudyRun::real(std::size_t images, std::uint64_t seed) const {
  if (images >= setup_.train->size()) return setup_.train;
  const std::size_t each = std::max<std::size_t>(1, images / setup_.info.classes.size());
  return dataset::per_class(setup_.train, each, seed);
}

std::shared_ptr<nn::Gan> StudyRun::trained_gan(std::size_t images, std::uint64_t seed) {
  nn::GanOptions options = setup_.gan;
  options.seed = seed;
  const dataset::SourcePtr source = real(images, seed);
  options.augment = nn::gan_recipe(source->size());
  const auto gan =
      std::make_shared<nn::Gan>(setup_.info.input, static_cast<int>(setup_.info.classes.size()), options);
  if (has_gan(images, seed)) {
    gan->load(gan_path(images, seed));
    return gan;
  }
  RunInfo info = setup_.info;
  info.mean.fill(0.5F);
  info.std.fill(0.5F);
  train_gan(gan, source, info, gan_path(images, seed));
  return gan;
}

/// The best of several states, by a judge that knows the same pictures: GANs drift.
void StudyRun::train_gan(const std::shared_ptr<nn::Gan>& gan, const dataset::SourcePtr& source,
                         const RunInfo& info, const std::filesystem::path& path) const {
  const nn::GanOptions& options = gan->options();
  const auto batch = static_cast<std::size_t>(options.batch);
  Lesson lesson = setup_.lesson;
  lesson.seed = options.seed;
  if (!Classifier::has_features(lesson.network)) lesson.network = Lesson{}.network;
  GanJudge judge(info, source, source, lesson);
  const auto best_path = std::filesystem::path(path).replace_extension(".best");
  double best = std::numeric_limits<double>::infinity();
  dataset::Loader loader(exactly(source, options.steps * batch, options.seed), info.fitted({}),
                         info.evaluation_options(batch));
  const std::uint64_t every = std::max<std::uint64_t>(1, options.steps / kGanStates);
  try {
    for (const dataset::Batch& one : loader.epoch(0)) {
      gan->step(one.images.values<float>(), one.labels);
      if (lesson.progress) lesson.progress(gan->steps(), options.steps);
      if (gan->steps() % every != 0 && gan->steps() != options.steps) continue;
      const double distance = judge.score(gan).frechet;
      if (!(distance < best)) continue;
      best = distance;
      gan->save(best_path, info.metadata());
    }
  } catch (const nn::GanDiverged&) {
    if (std::isinf(best)) throw;  // there is no state to keep
  }
  // A study that is killed before this line trains it again.
  if (std::isinf(best)) gan->save(best_path, info.metadata());
  std::filesystem::rename(best_path, path);
  gan->load(path);
}

dataset::SourcePtr StudyRun::generated(std::size_t images, std::uint64_t seed) {
  auto& source = generated_[{images, seed}];
  if (!source)
    source = std::make_shared<nn::GeneratedSource>(trained_gan(images, seed), setup_.info.classes, kGenerated,
                                                   seed);
  return source;
}

const StudyResult& StudyRun::result(std::size_t images, std::uint64_t seed, const Arm& arm) {
  if (const StudyResult* known = find(images, seed, arm.name)) return *known;
  Lesson lesson = setup_.lesson;
  lesson.seed = seed;
  lesson.steps *= static_cast<std::uint64_t>(arm.times);
  if (arm.augmented) {
    auto transforms = setup_.recipe.transforms();
    if (arm.dropped >= 0) transforms.erase(transforms.begin() + arm.dropped);
    lesson.recipe = augment::Recipe(std::move(transforms), setup_.recipe.rules());
  }
  if (arm.generated == Arm::Generated::Some) lesson.extra = generated(images, seed);
  const bool only = arm.generated == Arm::Generated::Only;
  Classifier classifier(setup_.info, only ? generated(images, seed) : real(images, seed), lesson);
  const std::size_t classes = setup_.info.classes.size();
  StudyResult r{images, seed, arm.name, 0, std::vector<double>(classes), {}};
  std::vector<double> count(classes);
  for (const Verdict& v : classifier.verdicts(setup_.test)) {
    const bool right = v.predicted == v.label;
    r.right += right ? '1' : '0';
    if (v.label < 0) continue;
    count[static_cast<std::size_t>(v.label)] += 1;
    r.recall[static_cast<std::size_t>(v.label)] += right;
  }
  r.accuracy = static_cast<double>(std::ranges::count(r.right, '1')) /
               static_cast<double>(std::max<std::size_t>(1, r.right.size()));
  for (std::size_t c = 0; c < classes; ++c) r.recall[c] /= std::max(1.0, count[c]);
  std::ofstream log(folder_ / "results.jsonl", std::ios::app);
  log << nlohmann::json{{"images", r.images},     {"seed", r.seed},     {"arm", r.arm},
                        {"accuracy", r.accuracy}, {"recall", r.recall}, {"right", r.right}}
             .dump()
      << std::endl;
  if (!log) throw Error(fmt::format("{} can't be written", (folder_ / "results.jsonl").string()));
  return results_.emplace(Key{images, seed, arm.name}, std::move(r)).first->second;
}

}  // namespace doppel::apps
