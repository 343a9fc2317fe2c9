// doppel gan DATA --out RUN
#include "doppel/nn/gan/gan.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>

#include "command.h"
#include "common_options.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/sources/image_files.h"
#include "doppel/nn/formats/safetensors.h"
#include "gan_quality.h"
#include "gan_run.h"
#include "live_line.h"
#include "report/animation.h"
#include "report/draw.h"
#include "report/gan_report.h"
#include "run_info.h"

namespace doppel::apps {
namespace {

namespace fs = std::filesystem;
std::atomic<bool> stopped = false;

augment::Recipe gan_augment(const std::string& wanted, std::size_t pictures) {
  if (wanted == "none") return {};
  return wanted == "auto" ? nn::gan_recipe(pictures) : augment::Recipe::load(wanted);
}

nn::GanOptions gan_options(const CommandLine& line, const nn::Shape& picture, std::size_t pictures) {
  nn::GanOptions o = nn::gan_preset(line.get<std::string>("preset"), picture);
  if (line.has("generator")) o.generator = line.get<std::string>("generator");
  if (line.has("discriminator")) o.discriminator = line.get<std::string>("discriminator");
  o.steps = line.get<std::uint64_t>("steps");
  o.batch = line.get<int>("batch");
  o.seed = line.get<std::uint64_t>("seed");
  o.threads = line.get<int>("threads");
  if (line.get<std::string>("precision") != "auto") o.precision = precision_of(line);
  if (line.has("lr")) o.rate = line.get<double>("lr");
  if (line.has("penalty")) o.penalty = line.get<double>("penalty");
  o.augment = gan_augment(line.get<std::string>("augment"), pictures);
  o.spectral = line.has("spectral");
  o.augment_target = line.get<double>("ada");
  return o;
}

/// Images that both networks learn from in a second, by the fastest of a few steps.
double learned_per_second(const nn::Shape& picture, int classes, nn::GanOptions options,
                          nn::Precision precision) {
  constexpr int kSteps = 4;
  options.precision = precision;
  options.rate = 1e-6;  // nothing falls apart
  LiveLine timing(kTimingKernels);
  options.timing = timing.counter();
  nn::Gan gan(picture, classes, options);
  const auto batch = static_cast<std::size_t>(options.batch);
  const std::vector<float> images(batch * static_cast<std::size_t>(picture.count()), 0.1F);
  const std::vector<int> labels(batch, 0);
  double fastest = 0;
  for (int i = 0; i <= kSteps; ++i) {
    const auto start = std::chrono::steady_clock::now();
    gan.step(images, labels);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (i > 0) fastest = std::max(fastest, options.batch / seconds);
  }
  return fastest;
}

/// That of the run where it goes on; else the faster one, where that is worth its rounding.
nn::Precision timed_precision(const nn::Shape& picture, int classes, const nn::GanOptions& options,
                              const std::map<std::string, std::string>& checkpoint) {
  if (const auto used = checkpoint.find("precision"); used != checkpoint.end() && nn::has_bf16())
    return used->second == "bf16" ? nn::Precision::BF16 : nn::Precision::F32;
  if (!nn::has_bf16()) return nn::Precision::F32;
  constexpr double kWorth = 1.1;
  const double floats = learned_per_second(picture, classes, options, nn::Precision::F32),
               halves = learned_per_second(picture, classes, options, nn::Precision::BF16);
  const bool half = halves > kWorth * floats;
  std::cerr << fmt::format("{}: {:.0f} images/s in bf16, {:.0f} in f32\n", half ? "bf16" : "f32", halves,
                           floats);
  return half ? nn::Precision::BF16 : nn::Precision::F32;
}

/// The data set's classes, and pictures of a size that there are presets for, in [-1, 1].
RunInfo gan_info(const dataset::Source& source) {
  RunInfo info = describe_data(source);
  fit_to_gan(info);
  info.mean.fill(0.5F);
  info.std.fill(0.5F);
  return info;
}

dataset::LoaderOptions gan_loading(const RunInfo& info, const nn::GanOptions& options, std::size_t samples) {
  const auto batch = static_cast<std::size_t>(options.batch);
  dataset::LoaderOptions o = info.evaluation_options(batch);
  o.order = dataset::LoaderOptions::Order::Shuffled;
  o.last =
      samples > batch ? dataset::LoaderOptions::LastBatch::Drop : dataset::LoaderOptions::LastBatch::Short;
  o.seed = options.seed;
  return o;
}

/// All sheets of a run, in turn.
void animate(const fs::path& run) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(run))
    if (entry.path().filename().string().starts_with("samples_")) files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<cv::Mat> sheets;
  if (files.size() < 2) return;
  const dataset::ImageFiles source(files);
  for (std::size_t i = 0; i < files.size(); ++i) sheets.push_back(load(source, i).image);
  write_animation(run / "samples.webp", sheets, 400);
}

/// Generated pictures, and below each the training picture that is nearest to it.
cv::Mat nearest_sheet(const GanQuality& quality, const dataset::Source& made, const dataset::Source& train) {
  constexpr std::size_t kAcross = 10;
  std::vector<Tile> tiles;
  for (std::size_t at = 0; at < quality.nearest.size(); at += kAcross) {
    const auto some = std::span(quality.nearest).subspan(at, std::min(kAcross, quality.nearest.size() - at));
    for (const Pair& pair : some) tiles.push_back({load(made, pair.generated).image, "made"});
    for (const Pair& pair : some)
      tiles.push_back({load(train, pair.real).image, fmt::format("real {:.2f}", pair.distance)});
  }
  return tiles.empty() ? cv::Mat() : tile_sheet(tiles, kAcross, 64);
}

/// Measures the best state, and writes what the run has come to.
nlohmann::json finish(const CommandLine& line, GanJudge& judge, const std::shared_ptr<nn::Gan>& gan,
                      const GanRun& training, const RunInfo& info, const TrainTest& parts, double seconds) {
  const fs::path run = line.get<std::string>("out");
  if (fs::exists(training.best())) gan->load(training.best());
  GanPage page;
  page.quality = judge.quality(gan);
  page.title = fmt::format("GAN on {}", line.get<std::string>("data"));
  page.facts = {{"preset", line.get<std::string>("preset")},
                {"pictures learned from", std::to_string(parts.train->size())},
                {"best state", fmt::format("step {}", gan->steps())},
                {"precision", line.get<std::string>("precision")},
                {"augmentation",
                 gan->options().augment.transforms().empty() ? "none" : line.get<std::string>("augment")},
                {"seed", std::to_string(gan->options().seed)},
                {"training, minutes", fmt::format("{:.1f}", seconds / 60)}};
  page.lines = training.lines();
  page.events = training.events();
  page.classes = parts.train->classes();
  page.score_floor = judge.floor();
  page.sheet = sample_sheet(*gan, info.classes);
  page.nearest_sheet = nearest_sheet(page.quality, *judge.pictures(gan), *parts.train);
  write_gan_report(run / "report.html", page);
  animate(run);
  nlohmann::json json = to_json(page.quality, page.classes);
  write_file(run / "quality.json", json.dump(1) + "\n");
  const GanQuality& q = page.quality;
  fmt::print("best state: step {}\n", gan->steps());
  if (q.score)
    fmt::print(
        "a classifier of {} of its pictures alone is right of {:.2f} % of real ones (one of real pictures of "
        "{:.2f} %)\n",
        std::max<std::size_t>(parts.train->size(), 10000), 100 * *q.score, 100 * q.real_score);
  fmt::print(
      "Fréchet distance {:.3f} (real to real {:.3f}), coverage {:.1f} %, precision {:.1f} %{}\n"
      "report.html has the rest\n",
      q.all.frechet, q.floor, 100 * q.all.overlap.coverage, 100 * q.all.overlap.precision,
      q.all.agreement ? fmt::format(", as asked {:.1f} %", 100 * *q.all.agreement) : "");
  return json;
}

int run_gan(const CommandLine& line) {
  const dataset::OpenedData data = open_data(line.get<std::string>("data"));
  const bool unconditional = line.has("unconditional");
  const bool labelled = !data.train->classes().empty();
  if (!labelled && !unconditional)
    throw Error(
        "a GAN makes pictures of classes, but this data has none; with --unconditional it needs none");
  TrainTest parts = labelled ? train_and_test(data) : TrainTest{data.train, data.test};
  if (const auto each = line.get<std::size_t>("per-class"); each > 0)
    parts.train = dataset::per_class(parts.train, each, line.get<std::uint64_t>("seed"));
  const RunInfo known = gan_info(*parts.train);  // what a judge knows: the classes
  RunInfo info = known;
  if (unconditional) info.classes = {"all"};
  const fs::path run = line.get<std::string>("out"), checkpoint = run / "gan.safetensors";
  if (!line.has("resume") && fs::exists(checkpoint))
    throw Error(fmt::format("{} holds a GAN already; add --resume, or choose another folder", run.string()));
  nn::GanOptions options = gan_options(line, info.input, parts.train->size());
  if (line.get<std::string>("precision") == "auto")
    options.precision = timed_precision(
        info.input, static_cast<int>(info.classes.size()), options,
        line.has("resume") ? nn::load_tensors(checkpoint).metadata : std::map<std::string, std::string>{});
  LiveLine timing(kTimingKernels);
  options.timing = timing.counter();
  const auto gan = std::make_shared<nn::Gan>(info.input, static_cast<int>(info.classes.size()), options);
  timing.end();
  if (line.has("resume")) {
    gan->load(checkpoint);
    report_changed(gan->changed_kernels());
  }
  fs::create_directories(run);
  dataset::Loader loader(parts.train, info.fitted({}), gan_loading(info, options, parts.train->size()));
  std::cerr << "generator\n"
            << gan->generator().graph().summary() << "\ndiscriminator\n"
            << gan->discriminator().graph().summary();
  std::signal(SIGINT, [](int) { stopped = true; });
  std::signal(SIGTERM, [](int) { stopped = true; });
  auto metadata = info.metadata();
  metadata["preset"] = line.get<std::string>("preset");
  metadata["precision"] = options.precision == nn::Precision::BF16 ? "bf16" : "f32";
  std::optional<GanJudge> judge;
  if (const auto steps = line.get<std::uint64_t>("score-steps"); steps > 0 && labelled)
    judge.emplace(known, parts.train, parts.test,
                  Lesson{.steps = steps, .seed = options.seed, .threads = options.threads});
  GanRun training(gan, judge ? &*judge : nullptr, info, run, std::move(metadata),
                  line.get<std::uint64_t>("every"));
  if (line.has("resume")) training.resume();
  const auto start = std::chrono::steady_clock::now();
  if (!training.run(loader, stopped)) {
    std::cerr << fmt::format("stopped; `doppel gan … --out {} --resume` goes on from here\n", run.string());
    return 1;
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  nlohmann::json result{{"steps", gan->steps()}, {"seconds", seconds}};
  if (!training.lines().empty()) {
    result["state"] = training.lines().back().state;
    result["images_per_second"] = training.lines().back().images_per_second;
  }
  fmt::print("{}: {} steps, {}\n", run.string(), gan->steps(), result.value("state", "nothing left to do"));
  if (judge) result["quality"] = finish(line, *judge, gan, training, info, parts, seconds);
  write_json(line, result);
  return 0;
}

OptionGroup networks_group() {
  return {"Networks",
          {preset_option("known networks and settings"), generator_option(), discriminator_option(),
           Option{"spectral", Flag{}, "divide the discriminator's weights by their largest singular value"},
           Option{"unconditional", Flag{},
                  "pictures of no class: labels serve only the measures, where there are some"}}};
}

OptionGroup learning_group() {
  Option augment =
      recipe_option("auto", "before the discriminator: a recipe, none, or auto: where pictures are few");
  augment.name = "augment";
  return {"Learning",
          {{"steps", Whole{.initial = 10000, .least = 1}, "batches that both networks learn from"},
           {"batch", Whole{.initial = 64, .least = 2}, "images in a batch"},
           {"lr", Real{.placeholder = "RATE", .above = 0}, "learning rate; else the preset's"},
           {"penalty", Real{.least = 0}, "weight of R1 and R2; else the preset's"},
           {"per-class", Whole{.initial = 0}, "learn from so many of each class; 0: all"},
           augment,
           {"ada", Real{.placeholder = "SHARE", .initial = 0, .least = 0, .below = 1},
            "adapt its chance to this surplus of right answers, as 0.6; 0: never"},
           seed_option("of weights, order and augmentation")}};
}

}  // namespace

Command gan_command() {
  return {
      .name = "gan",
      .brief = "train a GAN that makes pictures of each class",
      .about =
          "Trains a network that makes pictures of each class, against one that tells them from real "
          "ones.",
      .words = {data_word()},
      .groups = {{"The run",
                  {{"out", folder(), "the run's folder", Presence::Needed},
                   {"resume", Flag{}, "go on from the run's checkpoint"},
                   {"every", Whole{.initial = 500, .least = 1}, "steps between sheets and checkpoints"},
                   {"score-steps", Whole{.initial = 2000},
                    "batches of 64 that the classifiers which measure the pictures learn from; 0: nothing is "
                    "measured"},
                   json_option()}},
                 networks_group(),
                 learning_group(),
                 {"Machine", {timed_precision_option(), threads_option()}}},
      .examples = {"gan sample:digits --steps 2000 --out runs/gan"},
      .run = run_gan};
}

}  // namespace doppel::apps
