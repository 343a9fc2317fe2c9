// doppel train DATA --out RUN
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <tbb/info.h>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "choice.h"
#include "command.h"
#include "doppel/augment/error.h"
#include "doppel/dataset/decode.h"
#include "doppel/dataset/files.h"
#include "doppel/dataset/split.h"
#include "doppel/nn/notation.h"
#include "doppel/nn/trainer.h"
#include "doppel/nn/weights.h"
#include "doppel/nn/zoo.h"
#include "draw.h"
#include "run_info.h"

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

Parts split_data(const dataset::OpenedData& data, const CommandLine& line) {
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

void add_options(CommandLine& line) {
  line.add()("data", po::value<std::string>(), "a data set")(
      "out", po::value<std::string>(), "the run's folder; default: runs/ and the data's name")(
      "net", po::value<std::string>()->default_value("small28"),
      "a name (small28, lenet5, vgg16, resnet18_cifar, …: any of nn/zoo) or notation")(
      "weights", po::value<std::string>(),
      "begin with these: a .safetensors of ours, or a .pth of torchvision's network of that name; another "
      "number of "
      "classes leaves the last layer new")(
      "recipe", po::value<std::string>()->default_value("auto"),
      "a YAML file or a preset; auto: digits for grey pictures of the classes 0 to 9, else standard")(
      "epochs", po::value<std::uint64_t>()->default_value(10), "")(
      "batch", po::value<std::size_t>()->default_value(128), "")(
      "optimizer", po::value<std::string>()->default_value("adamw"), "adamw, adam, sgd, nesterov or rmsprop")(
      "lr", po::value<double>()->default_value(0),
      "peak learning rate; 0: 0.05 for sgd and nesterov, else 0.002")(
      "schedule", po::value<std::string>()->default_value("cosine"),
      "cosine, constant, steps (a tenth every 30 epochs) or onecycle")(
      "clip", po::value<double>()->default_value(0), "longest gradient; 0: any")(
      "average", po::value<double>()->default_value(0),
      "decay of an average of the weights, as 0.999; 0: none")(
      "weight-decay", po::value<double>()->default_value(-1), "default 0.05 for adamw, else 0.0005")(
      "label-smoothing", po::value<double>()->default_value(0.1), "")(
      "precision", po::value<std::string>()->default_value("f32"),
      "f32, or bf16: convolutions multiply bfloat16 where that is faster")(
      "seed", po::value<std::uint64_t>()->default_value(1), "")(
      "valid", po::value<std::string>(), "a share of the training data, or a data set")(
      "size", po::value<int>()->default_value(0),
      "side of the network's input; 0: as the pictures are, else 64")(
      "shards", po::value<int>()->default_value(0),
      "parts of a batch side by side; results depend on it; 0: one per core")(
      "threads", po::value<int>()->default_value(0), "0: all cores; results don't depend on it")(
      "workers", po::value<int>()->default_value(-1), "loader tasks; -1: one per core")(
      "on-error", po::value<std::string>()->default_value("skip"),
      "what a broken picture does: skip or fail")("resume", "go on from the run's checkpoint")(
      "json", po::value<std::string>(), "also write the result here");
  line.positional("data", 1);
}

nn::TrainerOptions trainer_options(const CommandLine& line) {
  nn::TrainerOptions o;
  const std::string optimizer = line.get<std::string>("optimizer");
  using Optimizer = nn::OptimizerOptions::Kind;
  using Schedule = nn::Schedule::Kind;
  o.optimizer.kind = chosen<Optimizer>(line, "optimizer",
                                       {{"adamw", Optimizer::AdamW},
                                        {"adam", Optimizer::Adam},
                                        {"sgd", Optimizer::Sgd},
                                        {"nesterov", Optimizer::Sgd},
                                        {"rmsprop", Optimizer::RmsProp}});
  o.optimizer.nesterov = optimizer == "nesterov";
  o.schedule = chosen<Schedule>(line, "schedule",
                                {{"cosine", Schedule::Cosine},
                                 {"constant", Schedule::Constant},
                                 {"steps", Schedule::Steps},
                                 {"onecycle", Schedule::OneCycle}});
  o.optimizer.clip_norm = line.get<double>("clip");
  o.average = line.get<double>("average");
  if (!(o.optimizer.clip_norm >= 0)) throw UsageError("--clip must not be negative");
  if (!(o.average >= 0 && o.average < 1)) throw UsageError("--average must be at least 0 and below 1");
  o.precision = precision_of(line);
  const double decay = line.get<double>("weight-decay");
  o.optimizer.weight_decay = decay >= 0 ? decay : optimizer == "adamw" ? 0.05 : 5e-4;
  o.rate = line.get<double>("lr");
  o.label_smoothing = line.get<double>("label-smoothing");
  if (!(o.rate >= 0)) throw UsageError("--lr must not be negative");
  if (!(o.label_smoothing >= 0 && o.label_smoothing < 1))
    throw UsageError("--label-smoothing must be at least 0 and below 1");
  o.epochs = line.get<std::uint64_t>("epochs");
  o.shards = line.get<int>("shards");
  o.threads = line.get<int>("threads");
  if (o.shards < 0 || o.threads < 0) throw UsageError("--shards and --threads must not be negative");
  o.seed = line.get<std::uint64_t>("seed");
  return o;
}

dataset::LoaderOptions loader_options(const CommandLine& line, const RunInfo& info, std::uint64_t epochs) {
  dataset::LoaderOptions o = info.evaluation_options(line.get<std::size_t>("batch"));
  o.order = dataset::LoaderOptions::Order::Shuffled;
  o.epochs = epochs;
  o.seed = line.get<std::uint64_t>("seed");
  o.workers = line.get<int>("workers");
  const std::string on_error = line.get<std::string>("on-error");
  if (on_error != "skip" && on_error != "fail")
    throw UsageError(fmt::format("--on-error must be skip or fail, not '{}'", on_error));
  o.on_error =
      on_error == "fail" ? dataset::LoaderOptions::OnError::Fail : dataset::LoaderOptions::OnError::Skip;
  return o;
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

std::string choose_recipe(const CommandLine& line, const RunInfo& info) {
  const std::string wanted = line.get<std::string>("recipe");
  if (wanted != "auto") return wanted;
  bool digits = info.input.channels == 1 && info.classes.size() <= 10;
  for (std::size_t c = 0; c < info.classes.size(); ++c)
    digits = digits && info.classes[c] == std::to_string(c);
  return digits ? "digits" : "standard";
}

RunInfo run_info(const CommandLine& line, const dataset::Source& train) {
  if (train.classes().empty())
    throw Error("this data has no classes to learn: training needs one folder per class, or IDX labels");
  RunInfo info = describe_data(train);
  if (const int side = line.get<int>("size"); side != 0) {
    if (side < 1 || side > 4096)
      throw UsageError(fmt::format("--size must be 1 to 4096 pixels, not {}", side));
    info.input.height = info.input.width = side;
  }
  info.network = nn::network_of(line.get<std::string>("net"));
  return info;
}

}  // namespace

int run_train(const Words& words) {
  CommandLine line("train DATA --out RUN [OPTIONS]",
                   "Trains a CNN with on-the-fly augmentation; writes the model and its record to RUN/.");
  add_options(line);
  if (!line.parse(words)) return 0;
  const dataset::OpenedData data = dataset::open_data(line.need("data"));
  const fs::path run = run_folder(line, data.name);
  const Parts parts = split_data(data, line);
  const RunInfo info = run_info(line, *parts.train);
  const std::string recipe_name = choose_recipe(line, info);
  const augment::Recipe recipe = info.fitted(augment::Recipe::load(recipe_name));
  nn::TrainerOptions options = trainer_options(line);
  options.checkpoint = run / "checkpoint.safetensors";
  options.metadata = info.metadata();
  nn::Model model(
      nn::build_graph(nn::parse_network(info.network), info.input, static_cast<int>(info.classes.size())),
      options.seed);
  if (line.has("weights")) {
    const nn::LoadedWeights loaded = nn::load_weights(line.get<std::string>("weights"), model);
    std::cerr << fmt::format("{} tensors from {}{}\n", loaded.tensors, line.get<std::string>("weights"),
                             loaded.left_out.empty() ? ""
                                                     : fmt::format("; {} is new, for {} classes",
                                                                   loaded.left_out, info.classes.size()));
  }
  const bool resume = line.has("resume");
  if (!resume && fs::exists(options.checkpoint))
    throw Error(fmt::format("{} holds a run already; add --resume to go on with it, or choose another folder",
                            run.string()));
  fs::create_directories(run);

  dataset::Loader train(parts.train, recipe, loader_options(line, info, options.epochs));
  std::optional<dataset::Loader> held_out;
  if (parts.held_out) held_out.emplace(parts.held_out, info.fitted({}), info.evaluation_options(256));
  nn::Trainer trainer(model, train, held_out ? &*held_out : nullptr, options);
  if (resume) trainer.resume();
  write_setup(run, line, info, recipe, trainer, data.name);
  if (!resume)
    dataset::write_png(run / "first_batch.png",
                       contact_sheet(*train.epoch(0).begin(), train.options(), 16, 128));
  std::cerr << model.graph().summary()
            << fmt::format("recipe {}, {} training images, {} shards\n", recipe_name, parts.train->size(),
                           trainer.shards());

  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });
  LiveLine live;
  const auto start = std::chrono::steady_clock::now();
  const bool finished = trainer.run([&](const nn::Progress& p) { live.show(p); },
                                    [&](const nn::EpochRecord& r) {
                                      live.end();
                                      print_epoch(r, options.epochs, parts.held_out_name);
                                      write_history(run, trainer.history(), parts.held_out_name);
                                    },
                                    &interrupted);
  live.end();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  report_skipped(train.report());
  if (!finished) {
    std::cerr << fmt::format("stopped; `doppel train … --out {} --resume` goes on from here\n", run.string());
    return 1;
  }
  nn::save_model(run / "model.safetensors", model, info.metadata());
  nlohmann::json result{
      {"run", run.string()},
      {"network", info.network},
      {"parameters", model.graph().parameters()},
      {"epochs", options.epochs},
      {"seconds", seconds},
      {"skipped", train.report().skipped},
      {"train", {{"loss", trainer.history().back().loss}, {"accuracy", trainer.history().back().accuracy}}}};
  if (held_out) {
    const nn::Confusion confusion = evaluate(model, *held_out, options.threads);
    dataset::write_png(run / "confusion.png", draw_confusion(confusion, info.classes));
    result[parts.held_out_name] = {
        {"accuracy", confusion.accuracy()}, {"loss", confusion.mean_loss()}, {"samples", confusion.total()}};
    fmt::print("{} accuracy {:.2f} % on {} images, in {}\n", parts.held_out_name, 100 * confusion.accuracy(),
               confusion.total(), clock_text(seconds));
  }
  fmt::print("{}: model.safetensors, metrics.jsonl, curves.png, first_batch.png{}\n", run.string(),
             held_out ? ", confusion.png" : "");
  write_json(line, result);
  return 0;
}

}  // namespace doppel::apps
