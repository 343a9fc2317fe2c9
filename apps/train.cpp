// doppel train DATA --out RUN
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <tbb/info.h>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "command.h"
#include "doppel/augment/error.h"
#include "doppel/dataset/decode.h"
#include "doppel/dataset/files.h"
#include "doppel/dataset/split.h"
#include "doppel/nn/notation.h"
#include "doppel/nn/tensorboard.h"
#include "doppel/nn/trainer.h"
#include "doppel/nn/weights.h"
#include "doppel/nn/whiten.h"
#include "doppel/nn/zoo.h"
#include "draw.h"
#include "forecast.h"
#include "report.h"
#include "run_info.h"
#include "train_options.h"

namespace doppel::apps {
namespace {

namespace fs = std::filesystem;

std::atomic<bool> interrupted = false;

std::string clock_text(double seconds) {
  const int s = static_cast<int>(seconds + 0.5);
  return s >= 3600 ? fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
                   : fmt::format("{}:{:02}", s / 60, s % 60);
}

/// One line that is written over and over, where somebody looks at it.
class LiveLine {
 public:
  void show(const nn::Progress& p) {
    const auto now = std::chrono::steady_clock::now();
    if (!terminal_ || (now - last_ < std::chrono::milliseconds(100) && p.step != p.steps)) return;
    last_ = now;
    std::cerr
        << fmt::format(
               "\r\x1b[Kepoch {}/{}  step {}/{}  loss {:.4f}  accuracy {:.2f} %  {:.0f} images/s  {} left",
               p.epoch + 1, p.epochs, p.step, p.steps, p.loss, 100 * p.accuracy, p.images_per_second,
               clock_text(p.seconds_left))
        << std::flush;
  }
  void end() {
    if (terminal_) std::cerr << "\r\x1b[K";
  }

 private:
  bool terminal_ = isatty(STDERR_FILENO) == 1;
  std::chrono::steady_clock::time_point last_;
};

/// What to train on and to measure with.
struct Parts {
  dataset::SourcePtr train, held_out;
  std::string held_out_name;  ///< "test" or "validation"
};

Parts split_data(dataset::OpenedData data, const CommandLine& line) {
  if (const auto each = line.get<std::size_t>("per-class"); each > 0)
    data.train = dataset::per_class(data.train, each, line.get<std::uint64_t>("seed"));
  if (!line.has("valid")) return {data.train, data.test, "test"};
  const std::string valid = line.get<std::string>("valid");
  char* end = nullptr;
  const double share = std::strtod(valid.c_str(), &end);
  if (end == valid.c_str() + valid.size()) {
    const dataset::Split split =
        dataset::stratified_split(data.train, share, line.get<std::uint64_t>("seed"));
    return {split.train, split.rest, "validation"};
  }
  const dataset::SourcePtr held_out = dataset::open_data(valid).train;
  if (held_out->classes() != data.train->classes())
    throw Error(fmt::format("the classes of {} are not those of {}", valid, data.name));
  return {data.train, held_out, "validation"};
}

/// Everything that a second run needs to be the same, and the first batch as a picture.
void write_setup(const fs::path& run, const CommandLine& line, const RunInfo& info,
                 const augment::Recipe& recipe, const nn::Trainer& trainer, const std::string& data) {
  std::string text =
      fmt::format("data: {}\nnetwork: \"{}\"\ninput: [{}, {}, {}]\nclasses: {}\nrecipe: recipe.yaml\n", data,
                  info.network, info.input.channels, info.input.height, info.input.width,
                  nlohmann::json(info.classes).dump());
  text += fmt::format("mean: [{}]\nstd: [{}]\nlearning_rate: {}\nshards: {}\n", fmt::join(info.mean, ", "),
                      fmt::join(info.std, ", "), trainer.rate(), trainer.shards());
  for (const char* name : {"epochs", "seed"})
    text += fmt::format("{}: {}\n", name, line.get<std::uint64_t>(name));
  text += fmt::format("batch: {}\noptimizer: {}\nlabel_smoothing: {}\n", line.get<std::size_t>("batch"),
                      line.get<std::string>("optimizer"), line.get<double>("label-smoothing"));
  dataset::write_file(run / "run.yaml", text);
  dataset::write_file(run / "recipe.yaml", recipe.yaml());
}

void write_history(const fs::path& run, const std::vector<nn::EpochRecord>& history,
                   const std::string& held_out) {
  std::string text;
  for (const nn::EpochRecord& r : history) {
    nlohmann::json row{{"epoch", r.epoch + 1},
                       {"loss", r.loss},
                       {"accuracy", r.accuracy},
                       {"learning_rate", r.rate},
                       {"images_per_second", r.images_per_second},
                       {"seconds", r.seconds}};
    if (r.valid_loss) row[held_out + "_loss"] = *r.valid_loss;
    if (r.valid_accuracy) row[held_out + "_accuracy"] = *r.valid_accuracy;
    text += row.dump() + "\n";
  }
  dataset::write_file(run / "metrics.jsonl", text);
  dataset::write_png(run / "curves.png", draw_curves(history, held_out));
}

void print_epoch(const nn::EpochRecord& r, std::uint64_t epochs, const std::string& held_out) {
  std::string text = fmt::format("epoch {:>3}/{}  loss {:.4f}  accuracy {:6.2f} %", r.epoch + 1, epochs,
                                 r.loss, 100 * r.accuracy);
  if (r.valid_accuracy) text += fmt::format("  {} {:6.2f} %", held_out, 100 * *r.valid_accuracy);
  std::cerr << text << fmt::format("  {:.0f} images/s\n", r.images_per_second);
}

void report_skipped(const dataset::LoaderReport& report) {
  if (report.skipped == 0) return;
  std::cerr << fmt::format("{} samples couldn't be used and were left out:\n", report.skipped);
  for (std::size_t i = 0; i < std::min<std::size_t>(10, report.reasons.size()); ++i)
    std::cerr << "  " << report.reasons[i].reason << '\n';
}

/// What was chosen, and how long it will take.
void print_plan(const nn::Model& model, dataset::Loader& train, const nn::Trainer& trainer,
                const nn::TrainerOptions& options, const std::string& data) {
  const Forecast plan = forecast(model, train, options, trainer.shards());
  std::int64_t learning = 0;
  for (const nn::Parameter& p : model.parameters())
    if (p.rate != 0) learning += std::ssize(p.grad);
  const double images = static_cast<double>(options.epochs * train.source().size());
  std::cerr << fmt::format(
      "{}\n{} of {} parameters learn; {:.0f} MB of values and gradients\nkernels: {}\nabout {:.0f} images/s "
      "without "
      "the loader: {} for {} epochs\n",
      data, learning, model.graph().parameters(), static_cast<double>(plan.memory_bytes) / 1e6, plan.kernels,
      plan.images_per_second, clock_text(images / plan.images_per_second), options.epochs);
}

void add_events(nn::EventFile& events, const nn::EpochRecord& r, const std::string& held_out) {
  const auto epoch = static_cast<std::int64_t>(r.epoch) + 1;
  events.add("loss/train", r.loss, epoch);
  events.add("accuracy/train", r.accuracy, epoch);
  events.add("learning_rate", r.rate, epoch);
  events.add("images_per_second", r.images_per_second, epoch);
  if (r.valid_loss) events.add("loss/" + held_out, *r.valid_loss, epoch);
  if (r.valid_accuracy) events.add("accuracy/" + held_out, *r.valid_accuracy, epoch);
}

constexpr std::size_t kMistakesShown = 24;

/// Training samples that the network, unaugmented, is sure to be of another class.
std::vector<Mistake> likely_mislabelled(nn::Model& model, const dataset::Source& train, const RunInfo& info,
                                        int threads) {
  constexpr std::size_t kMost = 200000;  // samples: more would take too long
  constexpr double kSure = 0.8;
  if (train.size() > kMost) return {};
  const dataset::SourcePtr source(std::shared_ptr<void>(), &train);
  dataset::LoaderOptions options = info.evaluation_options(256);
  options.on_error = dataset::LoaderOptions::OnError::Skip;
  dataset::Loader loader(source, info.fitted({}), options);
  MistakeList mistakes(kMistakesShown);
  evaluate(model, loader, threads,
           [&](std::size_t i, int label, std::span<const float> logits) { mistakes.add(i, label, logits); });
  std::vector<Mistake> sure = mistakes.sorted();
  std::erase_if(sure, [](const Mistake& m) { return m.probability < kSure; });
  return sure;
}

RunReport describe_run(const CommandLine& line, const RunInfo& info, const nn::Trainer& trainer,
                       const dataset::Loader& train, const Parts& parts, const std::string& recipe,
                       double seconds) {
  RunReport report;
  report.title = fmt::format("{} on {}", line.get<std::string>("net"), line.get<std::string>("data"));
  report.network = info.network;
  report.facts = {{"recipe", recipe},
                  {"training images", std::to_string(parts.train->size())},
                  {"left out as broken", std::to_string(train.report().skipped)},
                  {"epochs", std::to_string(trainer.history().size())},
                  {"batch", std::to_string(line.get<std::size_t>("batch"))},
                  {"optimiser", line.get<std::string>("optimizer")},
                  {"peak learning rate", fmt::format("{}", trainer.rate())},
                  {"schedule", line.get<std::string>("schedule")},
                  {"precision", line.get<std::string>("precision")},
                  {"seed", std::to_string(line.get<std::uint64_t>("seed"))},
                  {"time", clock_text(seconds)}};
  if (trainer.best_epoch() >= 0)
    report.facts.emplace_back(
        "best " + parts.held_out_name + " accuracy",
        fmt::format("{:.2f} %, epoch {}",
                    100 * *trainer.history()[static_cast<std::size_t>(trainer.best_epoch())].valid_accuracy,
                    trainer.best_epoch() + 1));
  report.history = trainer.history();
  report.held_out = parts.held_out_name;
  report.classes = info.classes;
  report.held_out_source = parts.held_out;
  report.train_source = parts.train;
  const dataset::LoaderReport& loader = train.report();
  const auto of = [](std::chrono::nanoseconds t) { return std::chrono::duration<double>(t).count(); };
  report.seconds = {{"reading", of(loader.reading)},
                    {"decoding", of(loader.decoding)},
                    {"drawing plans", of(loader.drawing)},
                    {"rendering", of(loader.rendering)},
                    {"waiting for a batch", of(loader.waiting)},
                    {"network and optimiser", trainer.step_seconds()}};
  return report;
}

/// runs/ and the last part of the data's name; numbered where that is taken, unless a run is to be resumed.
fs::path run_folder(const CommandLine& line, const std::string& data) {
  if (line.has("out")) return line.get<std::string>("out");
  std::string name = fs::path(data).lexically_normal().filename().string();
  if (name.empty()) name = fs::path(data).lexically_normal().parent_path().filename().string();
  if (data.starts_with("sample:")) name = data.substr(7);
  const fs::path first = fs::path("runs") / name;
  if (line.has("resume")) return first;
  fs::path free = first;
  for (int i = 2; fs::exists(free); ++i) free = first.string() + "-" + std::to_string(i);
  return free;
}

/// Epochs between measurements, so that those take no longer than training does: a picture is measured in a
/// third of the time in which it is learned from.
std::uint64_t measuring_interval(const Parts& parts, const nn::TrainerOptions& options) {
  if (!parts.held_out || options.plateau > 0 || options.patience > 0) return 1;
  const std::size_t learned = 3 * parts.train->size();
  return std::max<std::uint64_t>(1, (parts.held_out->size() + learned - 1) / learned);
}

/// From pictures that tell what the others look like.
void whiten(nn::Model& model, const dataset::SourcePtr& source, const RunInfo& info) {
  constexpr std::size_t kPictures = 2048;
  const std::size_t every = std::max<std::size_t>(1, source->size() / kPictures);
  std::vector<std::size_t> some;
  for (std::size_t i = 0; i < source->size(); i += every) some.push_back(i);
  dataset::Loader loader(std::make_shared<dataset::Subset>(source, some), info.fitted({}),
                         info.evaluation_options(256));
  std::vector<float> images;
  for (const dataset::Batch& batch : loader.epoch(0)) {
    const auto values = batch.images.values<float>();
    images.insert(images.end(), values.begin(), values.end());
  }
  nn::whiten_first_convolution(model, images);
}

RunInfo run_info(const CommandLine& line, const dataset::Source& train) {
  if (train.classes().empty())
    throw Error("this data has no classes to learn: training needs one folder per class, or IDX labels");
  const int side = line.get<int>("size");
  if (side < 0 || side > 4096) throw UsageError(fmt::format("--size must be 1 to 4096 pixels, not {}", side));
  RunInfo info = describe_data(train, side);
  info.network = nn::network_of(line.get<std::string>("net"));
  return info;
}

}  // namespace

int run_train(const Words& words) {
  CommandLine line("train DATA --out RUN [OPTIONS]",
                   "Trains a CNN with on-the-fly augmentation; writes the model and its record to RUN/.");
  add_train_options(line);
  if (!line.parse(words)) return 0;
  const dataset::OpenedData data = dataset::open_data(line.need("data"));
  const fs::path run = run_folder(line, data.name);
  const Parts parts = split_data(data, line);
  const RunInfo info = run_info(line, *parts.train);
  const std::string recipe_name = recipe_for(line.get<std::string>("recipe"), info);
  const augment::Recipe recipe = info.fitted(augment::Recipe::load(recipe_name));
  nn::TrainerOptions options = trainer_options(line, *parts.train);
  const std::optional<nn::GroupPlace> place = group_place(line);
  const bool first = !place || place->rank == 0;  // only it writes
  options.checkpoint = run / "checkpoint.safetensors";
  if (options.valid_every == 0) options.valid_every = measuring_interval(parts, options);
  // The test set must not choose.
  if (line.has("valid")) options.best = run / "best.safetensors";
  options.metadata = info.metadata();
  nn::Model model(
      nn::build_graph(nn::parse_network(info.network), info.input, static_cast<int>(info.classes.size())),
      options.seed, initialisation_of(line));
  if (line.has("weights")) {
    const nn::LoadedWeights loaded = nn::load_weights(line.get<std::string>("weights"), model);
    std::cerr << fmt::format("{} tensors from {}{}\n", loaded.tensors, line.get<std::string>("weights"),
                             loaded.left_out.empty() ? ""
                                                     : fmt::format("; {} is new, for {} classes",
                                                                   loaded.left_out, info.classes.size()));
    if (loaded.drawn > 0)
      std::cerr << fmt::format("{} tensors of heads at the side aren't there, and begin as drawn\n",
                               loaded.drawn);
  }
  if (line.has("freeze") && !line.has("weights"))
    std::cerr << "--freeze without --weights: what doesn't learn stays as it was drawn\n";
  set_rates(line, model);
  if (line.has("whiten")) whiten(model, parts.train, info);
  const bool resume = line.has("resume");
  if (!resume && first && fs::exists(options.checkpoint))
    throw Error(fmt::format("{} holds a run already; add --resume to go on with it, or choose another folder",
                            run.string()));
  if (first) fs::create_directories(run);
  std::optional<nn::Group> group;
  if (place) {
    std::cerr << fmt::format("process {} of {}, at {}:{}: waiting for the others\n", place->rank,
                             place->world, place->host, place->port);
    group.emplace(*place);
    options.group = &*group;
  }

  dataset::Loader train(parts.train, recipe, training_loader_options(line, info));
  std::optional<dataset::Loader> held_out;
  if (parts.held_out) held_out.emplace(parts.held_out, info.fitted({}), info.evaluation_options(256));
  nn::Trainer trainer(model, train, held_out ? &*held_out : nullptr, options);
  if (resume) trainer.resume();
  if (first) write_setup(run, line, info, recipe, trainer, data.name);
  if (!resume && first)
    dataset::write_png(run / "first_batch.png",
                       contact_sheet(*train.epoch(0).begin(), train.options(), 16, 128));
  std::cerr << model.graph().summary();
  print_plan(model, train, trainer, options,
             fmt::format("recipe {}, {} training images, {} shards", recipe_name, parts.train->size(),
                         trainer.shards()));
  std::optional<nn::EventFile> events;
  if (line.has("tensorboard") && first) events.emplace(run / "tensorboard");

  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });
  LiveLine live;
  const auto start = std::chrono::steady_clock::now();
  const bool finished = trainer.run([&](const nn::Progress& p) { live.show(p); },
                                    [&](const nn::EpochRecord& r) {
                                      live.end();
                                      print_epoch(r, options.epochs, parts.held_out_name);
                                      if (first) write_history(run, trainer.history(), parts.held_out_name);
                                      if (events) add_events(*events, r, parts.held_out_name);
                                    },
                                    &interrupted);
  live.end();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  report_skipped(train.report());
  if (!finished) {
    std::cerr << fmt::format("stopped; `doppel train … --out {} --resume` goes on from here\n", run.string());
    return 1;
  }
  if (!first) return 0;
  nn::save_model(run / "model.safetensors", model, info.metadata());
  if (trainer.stopped_early())
    std::cerr << fmt::format(
        "no better accuracy for {} epochs: stopped; the best is in best.safetensors, epoch {}\n",
        options.patience, trainer.best_epoch() + 1);
  nlohmann::json result{
      {"run", run.string()},
      {"network", info.network},
      {"parameters", model.graph().parameters()},
      {"epochs", options.epochs},
      {"seconds", seconds},
      {"skipped", train.report().skipped},
      {"train", {{"loss", trainer.history().back().loss}, {"accuracy", trainer.history().back().accuracy}}}};
  RunReport report = describe_run(line, info, trainer, train, parts, recipe_name, seconds);
  if (held_out) {
    MistakeList mistakes(kMistakesShown);
    const nn::Confusion confusion = evaluate(
        model, *held_out, options.threads,
        [&](std::size_t i, int label, std::span<const float> logits) { mistakes.add(i, label, logits); });
    report.confusion = confusion;
    report.mistakes = mistakes.sorted();
    dataset::write_png(run / "confusion.png", draw_confusion(confusion, info.classes));
    result[parts.held_out_name] = {
        {"accuracy", confusion.accuracy()}, {"loss", confusion.mean_loss()}, {"samples", confusion.total()}};
    fmt::print("{} accuracy {:.2f} % on {} images, in {}\n", parts.held_out_name, 100 * confusion.accuracy(),
               confusion.total(), clock_text(seconds));
  }
  report.mislabelled = likely_mislabelled(model, *parts.train, info, options.threads);
  write_report(run / "report.html", report);
  fmt::print("{}: report.html, model.safetensors, metrics.jsonl, curves.png, first_batch.png{}{}\n",
             run.string(), held_out ? ", confusion.png" : "",
             options.best.empty() ? "" : ", best.safetensors");
  write_json(line, result);
  return 0;
}

}  // namespace doppel::apps
