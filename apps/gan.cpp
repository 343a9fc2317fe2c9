// doppel gan DATA --out RUN
#include "doppel/nn/gan.h"

#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "choice.h"
#include "command.h"
#include "doppel/augment/error.h"
#include "doppel/augment/recipe.h"
#include "doppel/augment/transforms/crop.h"
#include "doppel/dataset/decode.h"
#include "doppel/dataset/files.h"
#include "doppel/dataset/sources.h"
#include "draw.h"
#include "gan_pictures.h"
#include "run_info.h"

namespace doppel::apps {
namespace {

namespace fs = std::filesystem;
std::atomic<bool> stopped = false;

/// The side that pictures get: the preset's that is nearest above, or the largest.
int gan_side(const nn::Shape& pictures) {
  const int side = std::max(pictures.height, pictures.width);
  return side <= 28 ? 28 : side <= 32 ? 32 : 64;
}

/// Ten of each class, at most ten classes, always from the same noise.
cv::Mat sample_sheet(nn::Gan& gan, const std::vector<std::string>& classes) {
  constexpr int kEach = 10, kMost = 10;
  std::vector<int> labels;
  for (int c = 0; c < std::min(kMost, gan.classes()); ++c) labels.insert(labels.end(), kEach, c);
  const auto pictures = gan.generate(labels, 7, 0);
  const auto size = static_cast<std::size_t>(gan.picture().count());
  std::vector<Tile> tiles;
  for (std::size_t i = 0; i < labels.size(); ++i)
    tiles.push_back({picture_of(std::span(pictures).subspan(i * size, size), gan.picture()),
                     i % kEach == 0 ? classes[static_cast<std::size_t>(labels[i])] : ""});
  return tile_sheet(tiles, kEach, 64);
}

/// A word on how the game goes, from the means of some steps.
std::string state_of(double real_found, double fake_found, double spread) {
  if (spread < 0.02) return "collapse: the pictures are all alike";
  if (real_found > 0.98 && fake_found > 0.98) return "the discriminator has won";
  if (real_found < 0.4 && fake_found < 0.4) return "drift: the discriminator is wrong more often than right";
  return "balanced";
}

/// Mean deviation of pixels between pictures of one class.
double spread_of(nn::Gan& gan) {
  const std::vector<int> labels(32, 0);
  const auto pictures = gan.generate(labels, 11, 0);
  const auto size = static_cast<std::size_t>(gan.picture().count());
  double sum = 0;
  for (std::size_t i = 0; i < size; ++i) {
    double mean = 0, square = 0;
    for (std::size_t k = 0; k < labels.size(); ++k) {
      const auto v = static_cast<double>(pictures[k * size + i]);
      mean += v / 32, square += v * v / 32;
    }
    sum += std::sqrt(std::max(0.0, square - mean * mean));
  }
  return sum / static_cast<double>(size);
}

nn::GanOptions gan_options(const CommandLine& line, const nn::Shape& picture) {
  nn::GanOptions o = nn::gan_preset(line.get<std::string>("preset"), picture);
  if (line.has("generator")) o.generator = line.get<std::string>("generator");
  if (line.has("discriminator")) o.discriminator = line.get<std::string>("discriminator");
  o.steps = line.get<std::uint64_t>("steps");
  o.batch = line.get<int>("batch");
  o.seed = line.get<std::uint64_t>("seed");
  o.threads = line.get<int>("threads");
  o.precision = precision_of(line);
  if (line.has("lr")) o.rate = line.get<double>("lr");
  if (line.has("penalty")) o.penalty = line.get<double>("penalty");
  if (!(o.rate > 0) || !(o.penalty >= 0)) throw UsageError("--lr must be above 0, --penalty not below");
  if (o.steps < 1 || o.batch < 2) throw UsageError("--steps must be at least 1, --batch 2");
  return o;
}

void add_gan_options(CommandLine& line) {
  line.add()("data", po::value<std::string>(), "a data set with classes")("out", po::value<std::string>(),
                                                                          "the run's folder")(
      "preset", po::value<std::string>()->default_value("rpgan"), "rpgan, hinge, lsgan, dcgan or minimax")(
      "generator", po::value<std::string>(), "notation, from [latent + classes, 1, 1] to the picture")(
      "discriminator", po::value<std::string>(), "notation, from the picture to 1 + classes numbers")(
      "steps", po::value<std::uint64_t>()->default_value(10000), "batches that both networks learn from")(
      "batch", po::value<int>()->default_value(64), "")("lr", po::value<double>(), "default: the preset's")(
      "penalty", po::value<double>(), "of R1 and R2; default: the preset's")(
      "precision", po::value<std::string>()->default_value("f32"), "f32 or bf16")(
      "seed", po::value<std::uint64_t>()->default_value(1), "")("threads", po::value<int>()->default_value(0),
                                                                "0: all cores")(
      "every", po::value<std::uint64_t>()->default_value(500), "steps between sheets and checkpoints")(
      "resume", "go on from the run's checkpoint")("json", po::value<std::string>(),
                                                   "also write the result here");
  line.positional("data", 1);
}

/// Trains, and every so many steps says how the game goes, draws a sheet and writes a checkpoint.
class GanRun {
 public:
  GanRun(nn::Gan& gan, fs::path folder, const RunInfo& info, std::map<std::string, std::string> metadata,
         std::uint64_t every)
      : gan_(gan),
        folder_(std::move(folder)),
        info_(info),
        metadata_(std::move(metadata)),
        every_(std::max<std::uint64_t>(1, every)),
        log_(folder_ / "gan.jsonl", std::ios::app) {}

  /// False where it was stopped.
  bool run(dataset::Loader& loader) {
    const std::uint64_t all = gan_.options().steps;
    while (gan_.steps() < all && !stopped) {
      const std::uint64_t epoch = gan_.steps() / loader.steps(), at = gan_.steps() % loader.steps();
      for (const dataset::Batch& batch : loader.epoch(epoch, at)) {
        add(gan_.step(batch.images.values<float>(), batch.labels));
        if (gan_.steps() % every_ == 0 || gan_.steps() == all) report();
        if (gan_.steps() >= all || stopped) break;
      }
    }
    if (count_ > 0) report();
    return !stopped;
  }
  const std::string& state() const { return state_; }
  double speed() const { return speed_; }

 private:
  void add(const nn::GanRecord& r) {
    for (const auto of : kMeans) sum_.*of += r.*of;
    ++count_;
  }
  void report() {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    for (const auto of : kMeans) sum_.*of /= count_;
    speed_ = count_ * gan_.options().batch / seconds;
    state_ = state_of(sum_.real_found, sum_.fake_found, spread_of(gan_));
    std::cerr << fmt::format(
        "step {:>6}/{}  D {:.3f}  G {:.3f}  penalty {:.3f}  real {:.0f} %  fake {:.0f} %  value {:.3f} "
        "({:+.3f} "
        "from -log 4)  {}  {:.0f} images/s\n",
        gan_.steps(), gan_.options().steps, sum_.discriminator_loss, sum_.generator_loss, sum_.penalty,
        100 * sum_.real_found, 100 * sum_.fake_found, sum_.value, sum_.value + std::log(4), state_, speed_);
    log_ << nlohmann::json{{"step", gan_.steps()},
                           {"discriminator_loss", sum_.discriminator_loss},
                           {"generator_loss", sum_.generator_loss},
                           {"penalty", sum_.penalty},
                           {"real_found", sum_.real_found},
                           {"fake_found", sum_.fake_found},
                           {"value", sum_.value},
                           {"state", state_},
                           {"images_per_second", speed_}}
                .dump()
         << std::endl;
    dataset::write_png(folder_ / fmt::format("samples_{:06}.png", gan_.steps()),
                       sample_sheet(gan_, info_.classes));
    gan_.save(folder_ / "gan.safetensors", metadata_);
    sum_ = {};
    count_ = 0;
    start_ = std::chrono::steady_clock::now();
  }

  static constexpr std::array kMeans{
      &nn::GanRecord::discriminator_loss, &nn::GanRecord::generator_loss, &nn::GanRecord::penalty,
      &nn::GanRecord::real_found,         &nn::GanRecord::fake_found,     &nn::GanRecord::value};
  nn::Gan& gan_;
  fs::path folder_;
  const RunInfo& info_;
  std::map<std::string, std::string> metadata_;
  std::uint64_t every_;
  std::ofstream log_;
  nn::GanRecord sum_;  ///< of the steps since the last line
  int count_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::string state_;
  double speed_ = 0;
};

/// The data set's classes, and pictures of a size that there are presets for, in [-1, 1].
RunInfo gan_info(const dataset::Source& source) {
  if (source.classes().empty()) throw Error("a GAN makes pictures of classes, but this data has none");
  RunInfo info = describe_data(source);
  const int side = gan_side(info.input);
  if (info.input.height != side || info.input.width != side)
    std::cerr << fmt::format("pictures of {} become {}x{}\n", info.input.text(), side, side);
  info.input.height = info.input.width = side;
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

}  // namespace

int run_gan(const Words& words) {
  CommandLine line(
      "gan DATA --out RUN [OPTIONS]",
      "Trains a network that makes pictures of each class, against one that tells them from real ones.");
  add_gan_options(line);
  if (!line.parse(words)) return 0;
  const dataset::OpenedData data = dataset::open_data(line.need("data"));
  const RunInfo info = gan_info(*data.train);
  const fs::path run = line.need("out"), checkpoint = run / "gan.safetensors";
  if (!line.has("resume") && fs::exists(checkpoint))
    throw Error(fmt::format("{} holds a GAN already; add --resume, or choose another folder", run.string()));
  const nn::GanOptions options = gan_options(line, info.input);
  nn::Gan gan(info.input, static_cast<int>(info.classes.size()), options);
  if (line.has("resume")) gan.load(checkpoint);
  fs::create_directories(run);
  dataset::Loader loader(data.train, info.fitted({}), gan_loading(info, options, data.train->size()));
  std::cerr << "generator\n"
            << gan.generator().graph().summary() << "\ndiscriminator\n"
            << gan.discriminator().graph().summary();
  std::signal(SIGINT, [](int) { stopped = true; });
  std::signal(SIGTERM, [](int) { stopped = true; });
  auto metadata = info.metadata();
  metadata["preset"] = line.get<std::string>("preset");
  GanRun training(gan, run, info, std::move(metadata), line.get<std::uint64_t>("every"));
  if (!training.run(loader)) {
    std::cerr << fmt::format("stopped; `doppel gan … --out {} --resume` goes on from here\n", run.string());
    return 1;
  }
  fmt::print("{}: gan.safetensors, gan.jsonl, samples_*.png; {} steps, {}\n", run.string(), gan.steps(),
             training.state());
  write_json(line,
             {{"steps", gan.steps()}, {"state", training.state()}, {"images_per_second", training.speed()}});
  return 0;
}

}  // namespace doppel::apps
