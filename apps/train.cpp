// doppel train DATA --out RUN
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "begun_run.h"
#include "command.h"
#include "common_options.h"
#include "doppel/augment/transforms/color/window.h"
#include "doppel/base/clock.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/remote.h"
#include "doppel/base/settings.h"
#include "doppel/base/settings_file.h"
#include "doppel/base/utf8.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/analysis/split.h"
#include "doppel/dataset/combine/subset.h"
#include "doppel/nn/formats/weights.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/study/forecast.h"
#include "doppel/nn/study/run_info.h"
#include "doppel/nn/train/trainer.h"
#include "epoch_record.h"
#include "folder_lock.h"
#include "group_options.h"
#include "live_line.h"
#include "normalisation.h"
#include "report/contact_sheet.h"
#include "settings_options.h"
#include "stopping.h"
#include "telling.h"
#include "train_data.h"
#include "train_options.h"
#include "train_result.h"
#include "train_run.h"

namespace doppel::apps {
namespace {

namespace fs = std::filesystem;

/// A first batch's images.
cv::Mat first_images(dataset::Loader& loader, const nn::RunInfo& info) {
  return contact_sheet(*loader.epoch(0).begin(), loader.options(), 16, 128, info.band_mean, info.band_std);
}

/// The settings as run.yaml has them.
nn::TrainSettings recorded(nn::TrainSettings settings, const nn::Trainer& trainer) {
  settings.recipe = "recipe.yaml";
  for (std::string* path : {&settings.data, &settings.valid, &settings.weights}) *path = recorded_path(*path);
  if (settings.net.ends_with(".onnx")) settings.net = recorded_path(settings.net);
  with_mix_run(settings, [](std::string& gan) { gan = recorded_path(gan); });
  settings.training.shards = trainer.shards();
  return settings;
}

/// `part`: "train", or what is held out.
void report_skipped(const dataset::LoaderReport& report, std::string_view part = "train") {
  if (report.skipped == 0) return;
  std::cerr << fmt::format("{}{} samples couldn't be used and were left out:\n",
                           part == "train" ? "" : fmt::format("{}: ", part), report.skipped);
  for (std::size_t i = 0; i < std::min<std::size_t>(10, report.reasons.size()); ++i)
    std::cerr << "  " << printable(report.reasons[i].reason) << '\n';
}

/// What was chosen, and how long it will take; with --verbose each layer and what runs it.
void print_plan(bool verbose, const std::string& net, const nn::Model& model, const TrainParts& parts,
                const nn::Trainer& trainer, const nn::TrainerOptions& options, const std::string& recipe) {
  const nn::Graph& graph = model.graph();
  if (verbose) std::cerr << graph.summary();
  const nn::Forecast plan =
      nn::forecast(model, trainer.loader(), options, trainer.shards(), live_phases(), trainer.kept_layer());
  std::int64_t learning = 0;
  for (const nn::Parameter& p : model.parameters())
    if (p.rate != 0) learning += std::ssize(p.grad);
  std::cerr << fmt::format("network {}: {} layers, {} parameters{}, {:.0f} MB of values and gradients\n", net,
                           graph.nodes.size(), graph.parameters(),
                           learning == graph.parameters() ? "" : fmt::format(", of which {} learn", learning),
                           static_cast<double>(plan.memory_bytes) / 1e6);
  if (verbose)
    std::cerr << fmt::format("{} shards; kernels: {}; {:.0f} images/s without the loader\n", trainer.shards(),
                             plan.kernels, plan.images_per_second);
  if (!trainer.kept_layer().empty())
    std::cerr << fmt::format("what {} gives for each image is kept: what comes before it doesn't run again\n",
                             trainer.kept_layer());
  else if (learning < graph.parameters() && !options.run_frozen && !nn::learns_masks(options.loss) &&
           !trainer.frozen_layer().empty())
    std::cerr << "with --recipe none what the frozen layers give would be computed once, not in each epoch\n";
  // An image is measured in a third of the time in which it is learned from.
  const std::size_t measured = parts.held_out ? parts.held_out->size() / options.valid_every / 3 : 0;
  const auto images = static_cast<double>(options.epochs * (parts.train->size() + measured));
  std::cerr << fmt::format("recipe {}, {} training images, {} epochs: about {}\n", recipe,
                           parts.train->size(), options.epochs, time_text(images / plan.images_per_second));
}

/// runs/ and the last part of the data's name; numbered where that is taken, unless a run is to be resumed.
fs::path run_folder(const CommandLine& line, const std::string& address) {
  if (line.has("out")) return line.get<std::string>("out");
  const std::string data = without_query(address);
  std::string name = fs::path(data).lexically_normal().filename().string();
  if (name.empty()) name = fs::path(data).lexically_normal().parent_path().filename().string();
  if (data.starts_with("sample:")) name = data.substr(7);
  const fs::path first = fs::path("runs") / name;
  if (line.has("resume")) return first;
  fs::path free = first;
  for (int i = 2; fs::exists(free); ++i) free = first.string() + "-" + std::to_string(i);
  return free;
}

/// Networks are measured, and predict, without a recipe: one that learned from what a window shows would see
/// other numbers then. A range goes with the model.
void refuse_window(const TrainRun& run) {
  const auto& transforms = run.recipe.transforms();
  if (run.info.range.empty() && !transforms.empty() && transforms[0].name() == augment::Window::name &&
      transforms[0].chance() == 1)
    throw UsageError(fmt::format(
        "{}: begins with Window, which eval and predict don't apply: say what it shows as --range LOW,HIGH, "
        "which the model remembers (center 40 and width 400 are --range -160,240), and leave Window out",
        run.recipe_name));
}

/// Epochs between measurements, so that those take no longer than training does: an image is measured in a
/// third of the time in which it is learned from.
std::uint64_t measuring_interval(const TrainParts& parts, const nn::TrainerOptions& options) {
  if (!parts.held_out || options.plateau > 0 || options.patience > 0) return 1;
  const std::size_t learned = 3 * parts.train->size();
  return std::max<std::uint64_t>(1, (parts.held_out->size() + learned - 1) / learned);
}

/// Everything that a second run needs to be the same.
void write_setup(const TrainRun& run, const nn::Trainer& trainer, const std::string& stages) {
  const auto numbers = [](const auto& values) { return fmt::format("[{}]", fmt::join(values, ", ")); };
  const nn::RunInfo& info = run.info;
  nn::TrainSettings settings = recorded(run.settings, trainer);
  Facts facts{
      {"network", nlohmann::json(info.network).dump()},
      {"input", fmt::format("[{}, {}, {}]", info.input.channels, info.input.height, info.input.width)},
      {"classes", nlohmann::json(info.classes).dump()},
      {"mean", info.band_mean.empty() ? numbers(info.mean) : numbers(info.band_mean)},
      {"std", info.band_std.empty() ? numbers(info.std) : numbers(info.band_std)},
      {"learning_rate", number_text(trainer.rate())}};
  if (info.outputs == dataset::Labels::Independent) facts.emplace_back("outputs", "independent");
  if (info.masks) facts.emplace_back("outputs", "masks");
  if (!info.numbers.empty()) {
    facts.emplace_back("numbers", nlohmann::json(info.numbers.names).dump());
    facts.emplace_back("numbers_mean", numbers(info.numbers.mean));
    facts.emplace_back("numbers_std", numbers(info.numbers.std));
  }
  const int processes = run.place ? run.place->world : 1;
  if (processes > 1) facts.emplace_back("processes", std::to_string(processes));
  if (!stages.empty()) facts.emplace_back("stages", stages);
  add_plugins(facts);
  write_file(run.folder / "run.yaml", settings_yaml(
                                          "train", [&](FieldVisitor& visit) { settings.fields(visit); },
                                          facts, remark_on(stages, processes, "epochs")));
  write_file(run.folder / "recipe.yaml", run.recipe.yaml());
}

/// Opens the GAN whose images are mixed in, where there is one.
void open_mixed(TrainRun& run) {
  if (run.settings.mix.empty()) return;
  if (!run.info.tells_classes())
    throw UsageError("--mix adds images of classes, but here numbers or masks are learned");
  const nn::GanMix mix = nn::parse_mix(run.settings.mix);
  run.mixed = nn::open_gan(mix.run, {.threads = 1});
  run.options.metadata["doppel.mixed"] = run.mixed->identity;
}

/// What is learned from: the data, or all epochs of it with a GAN's images among its own.
dataset::SourcePtr training_source(const TrainRun& run) {
  if (!run.mixed) return run.parts.train;
  const nn::GanMix mix = nn::parse_mix(run.settings.mix);
  if (run.writes())
    std::cerr << fmt::format(
        "{:g} % of the images are made by {} ({}), fewer over the last fifth and none at the end\n",
        100 * mix.share, mix.run, run.mixed->identity);
  nn::MixReader reader{.batch = run.settings.loading.batch};
  if (run.place) reader.rank = run.place->rank, reader.world = run.place->world;
  return nn::with_generated(run.parts.train, *run.mixed, mix, run.info.input.channels, run.options.epochs,
                            run.options.seed, reader);
}

TrainRun prepare(const CommandLine& line, const GroupMember& member) {
  TrainRun run;
  run.place = member.place();
  run.settings = train_settings(line);
  const dataset::OpenedData data = open_told(
      run.settings.data, {run.settings.ignore, run.settings.columns, run.settings.root, run.settings.range});
  run.folder = run_folder(line, data.name);
  run.parts = split_data(data, run.settings);
  run.info = run_info(run.settings, run.parts);
  run.info.range = data.range;
  if (run.settings.weights.ends_with(".onnx")) take_normalisation(run.settings.weights, run.info);
  if (!run.info.numbers.empty() && run.settings.recipe == "auto")
    std::cerr << "no augmentation: transforms leave numbers as they are, and an angle isn't that of a turned "
                 "image; "
                 "--recipe with what leaves them true\n";
  if (const int channels = run.info.input.channels; run.settings.recipe == "auto" && run.info.bands)
    std::cerr << fmt::format(
        "images with {} channels: no augmentation, for presets change colours; --recipe with what suits "
        "bands, or "
        "with rgb: [red, green, blue]\n",
        channels);
  run.recipe_name = nn::recipe_for(run.settings.recipe, run.info);
  run.recipe = augment::Recipe::load(run.recipe_name);
  refuse_window(run);
  run.options = trainer_options(run.settings, run.parts.train);
  run.options.numbers = run.info.numbers;
  if (run.options.valid_every == 0) run.options.valid_every = measuring_interval(run.parts, run.options);
  run.options.checkpoint = run.folder / "checkpoint.safetensors";
  // The test set must not choose.
  if (!run.settings.valid.empty()) run.options.best = run.folder / "best.safetensors";
  run.options.metadata = nn::data_metadata(run.info, {run.parts.train, run.parts.held_out});
  open_mixed(run);
  if (run.writes()) check_begins(run.folder, RunKind::Training, line.has("resume"));
  run.resumes = goes_on(line, run.folder, run.options.checkpoint);
  return run;
}

/// With the weights that it begins with, and how fast each learns.
nn::Model make_model(const TrainRun& run) {
  const nn::TrainSettings& settings = run.settings;
  const int classes = run.info.outputs_count();
  nn::Model model(nn::build_graph(nn::parse_network(run.info.network), run.info.input, classes),
                  run.options.seed, settings.initialisation);
  if (!settings.weights.empty()) {
    const nn::LoadedWeights loaded = nn::load_weights(settings.weights, model);
    std::cerr << fmt::format("{} tensors from {}{}\n", loaded.tensors, settings.weights,
                             loaded.left_out.empty()
                                 ? ""
                                 : fmt::format("; {} is new, for {} {}", loaded.left_out, classes,
                                               run.info.numbers.empty() ? "classes" : "numbers"));
    if (loaded.drawn > 0)
      std::cerr << fmt::format("{} tensors of heads at the side aren't there, and begin as drawn\n",
                               loaded.drawn);
  }
  nn::set_rates(settings, model);
  if ((settings.freeze || !settings.freeze_until.empty()) && settings.weights.empty())
    std::cerr << fmt::format("{} without --weights: what doesn't learn stays as it was drawn\n",
                             settings.freeze ? "--freeze" : "--freeze-until");
  if (settings.whiten) whiten(model, run.parts.train, run.info);
  return model;
}

/// What is held out, in order, or one process's part of it; a broken sample ends the run where it would in
/// training.
dataset::LoaderOptions measuring_options(const TrainRun& run, const nn::GroupPlace& part = {}) {
  dataset::LoaderOptions options = run.info.evaluation_options(256);
  options.rank = part.rank;
  options.world = part.world;
  if (run.settings.loading.on_error == dataset::LoaderOptions::OnError::Fail)
    options.on_error = dataset::LoaderOptions::OnError::Fail;
  return options;
}

/// The lines that may be at the end of the terminal.
struct LiveLines {
  LiveLine steps, timing{nn::kTimingKernels}, measuring{"measuring", "images"},
      keeping{"keeping features", "images"};
  void end() {
    for (LiveLine* one : {&steps, &timing, &measuring, &keeping}) one->end();
  }
};

/// All epochs; false where it was stopped.
bool train_all(const TrainRun& run, nn::Trainer& trainer, LiveLines& lines, nn::EventFile* events) {
  StepLog log;
  if (run.writes())
    log = StepLog(run.folder, "train", run.resumes,
                  {{"network", run.info.network}, {"held_out", run.parts.held_out_name}});
  const bool finished = trainer.run(
      [&, said = false](const nn::Progress& p) mutable {
        if (!std::exchange(said, true)) report_changed(trainer.changed_kernels());
        lines.steps.show([&] { return progress_text(p, run.info.tells_classes()); });
        if (log.is_due())
          log_step(log, p, std::chrono::duration<double>(trainer.loader().report().waiting).count(),
                   run.info.tells_classes());
      },
      [&](const nn::EpochRecord& r) {
        lines.end();
        print_epoch(r, run.options.epochs, run.parts.held_out_name, run.info.tells_classes());
        if (run.writes())
          write_history(run.folder, trainer.history(), run.parts.held_out_name,
                        training_note(run.options.loss, r, run.parts.held_out_name, run.recipe),
                        run.info.tells_classes());
        if (events) add_events(*events, r, run.parts.held_out_name, run.info.tells_classes());
        log_epoch(log, r, run.parts.held_out_name, run.info.tells_classes());
      },
      &is_told_to_stop());
  log.add({{"end", finished ? "done" : "stopped"}});
  return finished;
}

/// The exit code.
int tell_stopped(const TrainRun& run) {
  std::cerr << fmt::format("stopped; `doppel train … --out {} --resume` goes on from here\n",
                           run.folder.string());
  return 1;
}

/// Trains with the group that there is; the exit code.
int train_with(const CommandLine& line, TrainRun run, nn::Group* group) {
  LiveLines lines;
  run.options.timing = lines.timing.counter();
  run.options.measuring = lines.measuring.counter();
  run.options.keeping = lines.keeping.counter();
  nn::Model model = make_model(run);
  run.options.group = group;
  dataset::Loader train(training_source(run), run.info.fitted(run.recipe),
                        training_loader_options(run.settings, run.info, run.sharing()));
  std::optional<dataset::Loader> held_out;
  if (run.parts.held_out)
    held_out.emplace(run.parts.held_out, run.info.fitted({}),
                     measuring_options(run, run.place.value_or(nn::GroupPlace())));
  nn::Trainer trainer(model, train, held_out ? &*held_out : nullptr, run.options);
  std::string stages;
  if (run.resumes) {
    const fs::path file = run.folder / "run.yaml";
    const nn::TrainSettings before = check_recorded("train", file, recorded(run.settings, trainer));
    nn::check_same_data(run.options.checkpoint, run.options.metadata);
    trainer.resume();
    stages =
        stages_of(file, {"epochs", trainer.history().size(), before.training.epochs, run.options.epochs});
  }
  trainer.agree_with_group();  // nothing is written for a start that is refused
  if (run.writes()) {
    make_folder(run.folder);
    write_setup(run, trainer, stages);
  }
  if (!run.resumes && run.writes()) write_png(run.folder / "first_batch.png", first_images(train, run.info));
  trainer.keep_features();
  lines.keeping.end();
  if (run.writes())
    print_plan(line.has("verbose"), run.settings.net, model, run.parts, trainer, run.options,
               run.recipe_name);
  std::optional<nn::EventFile> events;
  if (line.has("tensorboard") && run.writes()) events.emplace(run.folder / "tensorboard");
  const auto start = Clock::now();
  const bool finished = train_all(run, trainer, lines, events ? &*events : nullptr);
  lines.end();
  const double seconds = seconds_since(start);
  report_skipped(trainer.loader().report());
  if (held_out) report_skipped(held_out->report(), run.parts.held_out_name);
  if (!finished) return tell_stopped(run);
  if (!run.writes()) return 0;
  if (run.place && held_out)
    held_out.emplace(run.parts.held_out, run.info.fitted({}), measuring_options(run));
  try {
    write_json(line,
               finish_run(run, model, trainer, held_out ? &*held_out : nullptr, lines.measuring, seconds));
  } catch (const Stopped&) { return tell_stopped(run); }
  return 0;
}

/// What is left of a group goes on from the last checkpoint, or from the beginning where there is none.
void go_on_without(const nn::GroupLoss& lost, const GroupMember& member, TrainRun& run) {
  run.place = member.place();
  run.resumes = fs::exists(run.options.checkpoint);
  // Shards that can't be shared out evenly become a few more.
  if (int& shards = run.options.shards; shards % member.world() != 0)
    shards += member.world() - shards % member.world();
  std::cerr << fmt::format("{}; the other {} go on, this one as {}\n", lost.what(), member.world(),
                           member.rank());
}

int run_train(const CommandLine& line) {
  GroupMember member(line, {.stop = &is_told_to_stop()});
  TrainRun run = prepare(line, member);
  stop_on_signals();
  const int least = run.place ? line.get<int>("elastic") : 0;
  member.meet();
  if (nn::Group* const group = member.group()) {
    group->agree("shards", std::to_string(run.options.shards));
    group->agree("elastic", std::to_string(least));
    group->agree("checkpoint-every", std::to_string(run.options.checkpoint_every));
  }
  const FolderLock lock = run.writes() ? FolderLock(run.folder, !member.group()) : FolderLock();
  while (true) {
    try {
      return train_with(line, run, member.group());
    } catch (const nn::GroupLoss& lost) {
      if (least == 0 || is_told_to_stop()) throw;
      if (lost.rank() == 0) throw Error(fmt::format("{}; start all anew with --resume", lost.what()));
      member.meet_again(least);
      go_on_without(lost, member, run);
    }
  }
}

}  // namespace

Command train_command() {
  return {.name = "train",
          .brief = "train a CNN with on-the-fly augmentation",
          .about =
              "Trains a CNN with on-the-fly augmentation; writes the model and its record to the run's "
              "folder.",
          .words = {optional_data_word()},
          .groups = train_options(),
          .examples = {"train sample:digits --epochs 3 --out runs/first",
                       "train sample:digits --out runs/first --resume"},
          .run = run_train};
}

}  // namespace doppel::apps
