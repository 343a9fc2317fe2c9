// doppel gan DATA --out RUN
#include "doppel/nn/gan/generative_model.h"
#include "telling.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include "begun_run.h"
#include "command.h"
#include "common_options.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/clock.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/settings_file.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/study/forecast.h"
#include "doppel/nn/study/gan_quality.h"
#include "doppel/nn/study/gan_run.h"
#include "doppel/nn/study/gan_settings.h"
#include "doppel/nn/study/gan_trainer.h"
#include "doppel/nn/study/run_info.h"
#include "folder_lock.h"
#include "group_options.h"
#include "live_line.h"
#include "report/gan_report.h"
#include "report/gan_sheets.h"
#include "settings_options.h"
#include "step_log.h"
#include "stopping.h"
#include "train_options.h"
#include "train_result.h"

namespace doppel::apps {
namespace {

namespace fs = std::filesystem;

augment::Recipe gan_augment(const nn::GanSettings& settings, std::size_t images) {
  const std::string& wanted = settings.augment;
  const bool is_flow = settings.options.loss == nn::GanLoss::Velocity;
  if (wanted == "none" || (wanted == "auto" && is_flow)) return {};
  return wanted == "auto" ? nn::gan_recipe(images) : augment::Recipe::load(wanted);
}

/// All that was said. What a preset chooses is right once the size of the images is known. A preset that is
/// said beside --config brings its own networks and values.
nn::GanSettings gan_settings(const CommandLine& line, const nn::Shape* image) {
  nn::GanSettings settings;
  if (image) {
    if (line.has("config"))
      settings = gan_settings(line, nullptr);
    else if (line.has("preset"))
      settings.preset = line.get<std::string>("preset");
    nn::take_gan_preset(settings.options, settings.preset, *image);
  }
  const auto resolve = [&] {
    const auto config = line.get<std::string>("config");
    resolve_beside(config, settings.data);
    for (std::string* path : {&settings.weights, &settings.features}) resolve_beside(config, *path);
    resolve_recipe(config, settings.augment);
  };
  const auto preset = [&] {
    if (image && line.has("preset") && line.get<std::string>("preset") != settings.preset)
      nn::take_gan_preset(settings.options, line.get<std::string>("preset"), *image);
  };
  read_settings(line, "gan", [&](FieldVisitor& visit) { settings.fields(visit); },
                {.resolve = resolve, .preset = preset, .tells = image != nullptr});
  if (settings.data.empty()) throw UsageError(missing(line, "DATA"));
  if (settings.precision == nn::GanSettings::Numbers::BF16) check_precision(nn::Precision::BF16);
  return settings;
}

/// That of the run where it goes on; else by the processor alone, so that machines of one kind learn alike.
nn::Precision own_precision(const std::map<std::string, std::string>& checkpoint) {
  if (!nn::has_bf16()) return nn::Precision::F32;
  const auto used = checkpoint.find("precision");
  return used == checkpoint.end() || used->second == "bf16" ? nn::Precision::BF16 : nn::Precision::F32;
}

/// Before it begins: what it learns from and with, what that takes, and for how long.
void tell_forecast(const nn::RunInfo& info, const nn::GanOptions& options, std::size_t images) {
  const nn::Forecast plan =
      nn::forecast(info.input, static_cast<int>(info.classes.size()), options, live_phases());
  std::cerr << fmt::format(
      "{} images of {}, {} steps of {}: {:.0f} images/s and {:.0f} MB of values and gradients, about {} "
      "without "
      "what is measured\n",
      images, info.input.text(), options.steps, options.batch, plan.images_per_second,
      static_cast<double>(plan.memory_bytes) / 1e6,
      time_text(static_cast<double>(options.steps) * options.batch / plan.images_per_second));
}

/// The data set's classes, and images of a size that there are presets for, in [-1, 1].
nn::RunInfo gan_info(const dataset::Source& source, const nn::GanSettings& settings) {
  std::optional<Size> size;
  if (!settings.size.empty()) size = nn::parse_gan_size(settings.size);
  nn::RunInfo info = describe_data(source, size ? size->height : 0, settings.alpha);
  fit_images_to_gan(info, size);
  info.mean.fill(0.5F);
  info.std.fill(0.5F);
  return info;
}

dataset::LoaderOptions gan_loading(const nn::RunInfo& info, const nn::GanOptions& options,
                                   std::size_t samples, const GroupMember& member) {
  const auto batch = static_cast<std::size_t>(options.batch);
  dataset::LoaderOptions o = info.evaluation_options(batch);
  o.order = dataset::LoaderOptions::Order::Shuffled;
  o.last =
      samples > batch ? dataset::LoaderOptions::LastBatch::Drop : dataset::LoaderOptions::LastBatch::Short;
  o.seed = options.seed;
  o.rank = member.rank();
  o.world = member.world();
  return o;
}

/// The settings as run.yaml has them.
nn::GanSettings recorded(nn::GanSettings settings, const nn::GanOptions& options) {
  for (std::string* path : {&settings.data, &settings.weights, &settings.features})
    *path = recorded_path(*path);
  settings.precision = options.precision == nn::Precision::BF16 ? nn::GanSettings::Numbers::BF16
                                                                : nn::GanSettings::Numbers::F32;
  settings.augment = options.augment.transforms().empty() ? "none" : "augment.yaml";
  return settings;
}

/// Everything that a second run needs to be the same.
void write_setup(const fs::path& run, nn::GanSettings settings, const nn::RunInfo& info,
                 const nn::GanOptions& options, const std::string& stages, int processes) {
  if (settings.augment != "none") write_file(run / "augment.yaml", options.augment.yaml());
  Facts facts{
      {"input", fmt::format("[{}, {}, {}]", info.input.channels, info.input.height, info.input.width)},
      {"classes", nlohmann::json(info.classes).dump()}};
  if (processes > 1) facts.emplace_back("processes", std::to_string(processes));
  if (!stages.empty()) facts.emplace_back("stages", stages);
  add_plugins(facts);
  write_file(run / "run.yaml", settings_yaml(
                                   "gan", [&](FieldVisitor& visit) { settings.fields(visit); }, facts,
                                   remark_on(stages, processes, "steps")));
}

/// Says how the game goes: a live line, and a line of words and a sheet of samples now and then.
class GanTeller {
 public:
  GanTeller(nn::GenerativeModel& gan, nn::GanEvaluator* evaluator, fs::path run,
            const std::vector<std::string>& classes)
      : gan_(gan),
        evaluator_(evaluator),
        run_(std::move(run)),
        classes_(classes),
        first_(gan.steps()),
        log_(run_, "gan", first_ > 0, {{"steps", gan.options().steps}}) {}

  void show(const nn::GanRecord& mean) {
    if (log_.is_due()) log(mean);
    live_.show([&] {
      const double rate = static_cast<double>(gan_.steps() - first_) / seconds_since(began_);
      return fmt::format("step {}/{}  {}  {:.0f} images/s  {} left", gan_.steps(), gan_.options().steps,
                         losses(mean), rate * gan_.options().batch,
                         clock_text(static_cast<double>(gan_.options().steps - gan_.steps()) / rate));
    });
  }
  void write(const nn::GanLine& line) {
    const nn::GanRecord& mean = line.mean;
    std::string text = fmt::format("step {:>6}/{}  {}", gan_.steps(), gan_.options().steps, losses(mean));
    if (!gan_.is_flow())
      text += fmt::format(
          "  penalty {:.3f}  real {:.0f} %  fake {:.0f} %  value {:.3f} ({:+.3f} from -log 4)", mean.penalty,
          100 * mean.real_found, 100 * mean.fake_found, mean.value, mean.value + std::log(4));
    if (evaluator_)
      text += fmt::format("  Fréchet {:.3f} (real {:.3f})  coverage {:.0f} %", line.score.frechet,
                          evaluator_->floor(), 100 * line.score.overlap.coverage);
    if (line.score.agreement) text += fmt::format("  as asked {:.1f} %", 100 * *line.score.agreement);
    live_.end();
    std::cerr << text << fmt::format("  {}  {:.0f} images/s\n", text_of(line.state), line.images_per_second);
    const std::string sheet = fmt::format("samples_{:06}.png", gan_.steps());
    write_png(run_ / sheet, sample_sheet(gan_, classes_));
    nlohmann::ordered_json facts{{"file", sheet}, {"step", gan_.steps()}, {"state", text_of(line.state)}};
    if (!gan_.is_flow()) facts["value"] = mean.value;
    if (evaluator_) {
      facts["frechet"] = line.score.frechet;
      facts["floor"] = evaluator_->floor();
      facts["coverage"] = line.score.overlap.coverage;
    }
    if (line.score.agreement) facts["as_asked"] = *line.score.agreement;
    log_.add(facts);
  }
  void tell(const std::string& event) {
    live_.end();
    std::cerr << event << '\n';
    log_.add({{"event", event}, {"step", gan_.steps()}});
    first_ = gan_.steps();
    began_ = Clock::now();
  }

  /// The last line of the log.
  void finished(bool whole) { log_.add({{"end", whole ? "done" : "stopped"}}); }

 private:
  std::string losses(const nn::GanRecord& mean) const {
    return gan_.is_flow() ? fmt::format("loss {:.4f}", mean.generator_loss)
                          : fmt::format("D {:.3f}  G {:.3f}", mean.discriminator_loss, mean.generator_loss);
  }
  void log(const nn::GanRecord& mean) {
    const double rate = static_cast<double>(gan_.steps() - first_) / seconds_since(began_);
    nlohmann::ordered_json facts{{"step", gan_.steps()}, {"of", gan_.options().steps}};
    if (gan_.is_flow()) {
      facts["loss"] = mean.generator_loss;
    } else {
      facts["discriminator_loss"] = mean.discriminator_loss;
      facts["generator_loss"] = mean.generator_loss;
      facts["real_found"] = mean.real_found;
      facts["fake_found"] = mean.fake_found;
    }
    facts["images_per_second"] = rate * gan_.options().batch;
    facts["seconds_left"] = static_cast<double>(gan_.options().steps - gan_.steps()) / rate;
    log_.add(facts);
  }

  nn::GenerativeModel& gan_;
  nn::GanEvaluator* evaluator_;
  fs::path run_;
  const std::vector<std::string>& classes_;
  std::uint64_t first_;  ///< the step that its speed is measured from
  Clock::time_point began_ = Clock::now();
  LiveLine live_;
  StepLog log_;
};

/// Measures the best state, and writes what the run has come to.
nn::GanQuality finish(const nn::GanSettings& settings, const fs::path& run, nn::GanEvaluator& evaluator,
                      const std::shared_ptr<nn::GenerativeModel>& gan, const nn::GanTrainer& training,
                      const nn::RunInfo& info, const nn::TrainTest& parts, double seconds) {
  if (fs::exists(training.best())) gan->load(training.best());
  GanPage page;
  page.quality = evaluator.quality(gan);
  page.title = fmt::format("{} on {}", gan->is_flow() ? "Flow" : "GAN", settings.data);
  page.is_flow = gan->is_flow();
  page.facts = {{"preset", settings.preset},
                {"images learned from", std::to_string(parts.train->size())},
                {"best state", fmt::format("step {}", gan->steps())},
                {"precision", gan->options().precision == nn::Precision::BF16 ? "bf16" : "f32"},
                {"augmentation", gan->options().augment.transforms().empty() ? "none" : settings.augment},
                {"seed", std::to_string(gan->options().seed)},
                {"training, minutes", fmt::format("{:.1f}", seconds / 60)}};
  page.lines = training.lines();
  page.events = training.events();
  page.classes = parts.train->classes();
  page.score_floor = evaluator.floor();
  page.sheet = sample_sheet(*gan, info.classes);
  page.nearest_sheet = nearest_sheet(page.quality.nearest, *evaluator.images(gan), *parts.train);
  write_gan_report(run / "report.html", page);
  animate_sheets(run);
  write_file(run / "quality.json", to_json(page.quality, page.classes).dump(1) + "\n");
  const nn::GanQuality& q = page.quality;
  fmt::print("best state: step {}\n", gan->steps());
  if (q.score)
    fmt::print(
        "a classifier of {} of its images alone is right of {:.2f} % of real ones (one of real images of "
        "{:.2f} %)\n",
        q.learned, 100 * *q.score, 100 * q.real_score);
  if (q.published)
    fmt::print(
        "by Inception v3: Fréchet distance {:.2f} (held-out images {:.2f}), precision {:.1f} %, recall "
        "{:.1f} %\n",
        q.published->frechet, q.published->floor, 100 * q.published->overlap.precision,
        100 * q.published->overlap.recall);
  fmt::print(
      "Fréchet distance {:.3f} (real to real {:.3f}), coverage {:.1f} %, precision {:.1f} %{}\n"
      "report.html has the rest\n",
      q.all.frechet, q.floor, 100 * q.all.overlap.coverage, 100 * q.all.overlap.precision,
      q.all.agreement ? fmt::format(", as asked {:.1f} %", 100 * *q.all.agreement) : "");
  return page.quality;
}

/// Fails where that was asked for, once all is written: the states are kept.
void check_copies(const nn::GanSettings& settings, const nn::Copies& copies, const fs::path& best) {
  if (!settings.no_copies || !copies.above_real()) return;
  throw Error(fmt::format(
      "{} of {} images are copies of training images, {:.1f} % where {:.1f} % of held-out ones are as near: "
      "--no-copies refuses them; {} is kept. More images, --augment, fewer --steps or --lecam make fewer",
      copies.generated, copies.generated_of, 100 * copies.generated_share(), 100 * copies.held_out_share(),
      best.string()));
}

/// What the numbers are that it learns by: of several processes the first decides.
nn::Precision precision_of(const nn::GanSettings& settings, const fs::path& resumed,
                           const GroupMember& member) {
  using Numbers = nn::GanSettings::Numbers;
  bool is_bf16 = settings.precision == Numbers::BF16;
  if (settings.precision == Numbers::Auto && member.is_first())
    is_bf16 = own_precision(resumed.empty() ? std::map<std::string, std::string>()
                                            : nn::load_tensors(resumed).metadata) == nn::Precision::BF16;
  std::string text = is_bf16 ? "bf16" : "f32";
  if (member.group()) member.group()->share(text);
  return text == "bf16" ? nn::Precision::BF16 : nn::Precision::F32;
}

int train_gan(const CommandLine& line) {
  GroupMember member(line, {.stop = &is_told_to_stop(), .apart = true});
  nn::GanSettings settings = gan_settings(line, nullptr);
  dataset::OpenedData data =
      open_told(settings.data, {settings.ignore, settings.columns, settings.root, settings.range});
  tell_unused_valid(data);
  const bool unconditional = settings.unconditional;
  const bool has_classes = !data.train->classes().empty();
  if (has_classes && !unconditional)
    for (dataset::SourcePtr* part : {&data.train, &data.test})
      if (*part) *part = labelled(*part, data.name);
  if (!has_classes && !unconditional)
    throw Error("a GAN makes images of classes, but this data has none; with --unconditional it needs none");
  nn::TrainTest parts = has_classes ? train_and_test(data) : nn::TrainTest{data.train, data.test};
  if (settings.per_class > 0)
    parts.train = dataset::per_class(parts.train, settings.per_class, settings.options.seed);
  const nn::RunInfo known = gan_info(*parts.train, settings);  // what an evaluator knows: the classes
  nn::RunInfo info = known;
  if (unconditional) info.classes = {"all"};
  const fs::path run = line.get<std::string>("out"), checkpoint = run / "gan.safetensors";
  if (member.is_first()) check_begins(run, RunKind::Gan, line.has("resume"));
  const bool resumes = goes_on(line, run, checkpoint);
  auto metadata = nn::data_metadata(info, parts);
  settings = gan_settings(line, &info.input);
  if (settings.no_copies && (settings.score_steps == 0 || !has_classes))
    throw UsageError(
        "--no-copies needs what is measured of images: --score-steps above 0, and data with classes");
  std::shared_ptr<nn::InceptionFeatures> inception;
  if (!settings.features.empty()) {
    if (settings.score_steps == 0 || !has_classes)
      throw UsageError(
          "--features measures beside what is measured: --score-steps above 0, and data with classes");
    if (member.is_first())
      inception =
          std::make_shared<nn::InceptionFeatures>(settings.features, settings.options.threads, live_phases());
  }
  if (settings.options.freeze_discriminator > 0 && settings.weights.empty() && member.is_first())
    std::cerr << "--freeze-d without --weights: what doesn't learn stays as it was drawn\n";
  nn::GanOptions options = settings.options;
  options.augment = gan_augment(settings, parts.train->size());
  stop_on_signals();
  member.meet();
  if (member.group()) member.group()->agree_on_data("the training data", *parts.train);
  const FolderLock lock = member.is_first() ? FolderLock(run, !member.group()) : FolderLock();
  options.precision = precision_of(settings, resumes ? checkpoint : fs::path(), member);
  if (!member.group()) tell_forecast(info, options, parts.train->size());
  options.group = member.group();
  LiveLine timing(nn::kTimingKernels);
  options.timing = timing.counter();
  const auto gan = nn::make_generative_model(info.input, static_cast<int>(info.classes.size()), options);
  timing.end();
  std::string stages;
  if (resumes) {
    const nn::GanSettings before = check_recorded("gan", run / "run.yaml", recorded(settings, options));
    nn::check_same_data(checkpoint, metadata);
    gan->resume(checkpoint);
    report_changed(gan->changed_kernels());
    stages = stages_of(run / "run.yaml", {"steps", gan->steps(), before.options.steps, options.steps});
  } else if (!settings.weights.empty()) {
    const std::string taken = nn::begin_from_run(*gan, settings.weights, info.classes);
    if (member.is_first()) std::cerr << taken << '\n';
  }
  dataset::Loader loader(parts.train, info.fitted({}),
                         gan_loading(info, options, parts.train->size(), member));
  if (!member.is_first())
    return nn::GanTrainer(gan, nullptr, {.folder = run, .every = settings.every})
                   .run(loader, is_told_to_stop())
               ? 0
               : 1;
  make_folder(run);
  write_setup(run, recorded(settings, options), info, options, stages, member.world());
  for (const auto& [name, network] : gan->networks())
    std::cerr << fmt::format("{}\n{}\n", name, network->graph().summary());
  metadata["preset"] = settings.preset;
  metadata["precision"] = options.precision == nn::Precision::BF16 ? "bf16" : "f32";
  std::optional<nn::GanEvaluator> evaluator;
  if (settings.score_steps > 0 && has_classes)
    evaluator.emplace(known, parts.train, parts.test,
                      nn::ClassifierOptions{.steps = settings.score_steps,
                                            .seed = options.seed,
                                            .threads = options.threads,
                                            .on_phase = stoppable(live_phases())});
  if (evaluator && inception) evaluator->measure_by(std::move(inception));
  GanTeller teller(*gan, evaluator ? &*evaluator : nullptr, run, info.classes);
  nn::GanTrainer training(gan, evaluator ? &*evaluator : nullptr,
                          {.folder = run,
                           .metadata = std::move(metadata),
                           .every = settings.every,
                           .on_step = [&](const nn::GanRecord& mean) { teller.show(mean); },
                           .on_line = [&](const nn::GanLine& row) { teller.write(row); },
                           .on_event = [&](const std::string& event) { teller.tell(event); }});
  if (resumes) training.read_log();
  const auto start = std::chrono::steady_clock::now();
  bool whole = false;
  try {
    whole = training.run(loader, is_told_to_stop());
  } catch (const Stopped&) {  // while images were measured: the steps since the last line are made again
  }
  teller.finished(whole);
  if (!whole) {
    std::cerr << fmt::format("stopped; `doppel gan … --out {} --resume` goes on from here\n", run.string());
    return 1;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  nlohmann::json result{{"steps", gan->steps()}, {"seconds", seconds}};
  if (!training.lines().empty()) {
    result["state"] = text_of(training.lines().back().state);
    result["images_per_second"] = training.lines().back().images_per_second;
  }
  fmt::print("{}: {} steps, {}\n", run.string(), gan->steps(), result.value("state", "nothing left to do"));
  std::optional<nn::GanQuality> quality;
  if (evaluator) {
    quality = finish(settings, run, *evaluator, gan, training, info, parts, seconds);
    result["quality"] = to_json(*quality, parts.train->classes());
  }
  write_json(line, result);
  if (quality) check_copies(settings, quality->copies, training.best());
  return 0;
}

std::vector<OptionGroup> gan_options() {
  nn::GanSettings settings;
  OptionLister lister(nn::GanSettings::preset_fields());
  settings.fields(lister);
  std::vector<OptionGroup> groups = std::move(lister.groups);
  taken(groups, "data");
  option_named(groups, "preset").kind = preset_option("").kind;
  option_named(groups, "weights").kind = folder("RUN");
  option_named(groups, "features").kind = file();
  option_named(groups, "augment").kind = recipe_option(settings.augment).kind;
  auto& run = groups.front().options;
  run.insert(run.begin(), {{"out", folder(), "the run's folder", Presence::Needed},
                           config_option(),
                           {"resume", Flag{}, "go on from the run's checkpoint"}});
  run.push_back(json_option());
  groups.push_back(group_group());
  return groups;
}

int run_gan(const CommandLine& line) {
  try {
    return train_gan(line);
  } catch (const Stopped&) {
    std::cerr << "stopped before the first step\n";
    return 1;
  }
}

}  // namespace

Command gan_command() {
  return {.name = "gan",
          .brief = "train a GAN that makes images of each class",
          .about =
              "Trains a network that makes images of each class, against one that tells them from real "
              "ones; or, with --preset flow, by itself.",
          .words = {optional_data_word()},
          .groups = gan_options(),
          .examples = {"gan sample:digits --steps 2000 --out runs/gan"},
          .run = run_gan};
}

}  // namespace doppel::apps
