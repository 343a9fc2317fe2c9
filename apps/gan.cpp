// doppel gan DATA --out RUN, doppel generate RUN --out FOLDER
#include "doppel/nn/gan.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

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
#include "doppel/nn/safetensors.h"
#include "draw.h"
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

/// A picture of numbers in [-1, 1], as bytes.
cv::Mat picture_of(std::span<const float> values, const nn::Shape& shape) {
  cv::Mat image(shape.height, shape.width, CV_8UC(shape.channels));
  const int pixels = shape.height * shape.width;
  for (int c = 0; c < shape.channels; ++c)
    for (int i = 0; i < pixels; ++i) {
      const float v = values[static_cast<std::size_t>(c * pixels + i)];
      image.ptr()[i * shape.channels + c] =
          static_cast<unsigned char>(std::clamp((v + 1) * 127.5F + 0.5F, 0.F, 255.F));
    }
  return image;
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

/// Sums over the steps between two lines of the log.
struct Window {
  nn::GanRecord sum;
  int count = 0;
  void add(const nn::GanRecord& r) {
    sum.discriminator_loss += r.discriminator_loss;
    sum.generator_loss += r.generator_loss;
    sum.penalty += r.penalty;
    sum.real_found += r.real_found;
    sum.fake_found += r.fake_found;
    sum.value += r.value;
    ++count;
  }
  double mean(double nn::GanRecord::*of) const { return sum.*of / std::max(1, count); }
};

}  // namespace

int run_gan(const Words& words) {
  CommandLine line(
      "gan DATA --out RUN [OPTIONS]",
      "Trains a network that makes pictures of each class, against one that tells them from real ones.");
  add_gan_options(line);
  if (!line.parse(words)) return 0;
  const dataset::OpenedData data = dataset::open_data(line.need("data"));
  if (data.train->classes().empty()) throw Error("a GAN makes pictures of classes, but this data has none");
  RunInfo info = describe_data(*data.train);
  const int side = gan_side(info.input);
  if (info.input.height != side || info.input.width != side)
    std::cerr << fmt::format("pictures of {} become {}x{}\n", info.input.text(), side, side);
  info.input.height = info.input.width = side;
  info.mean.fill(0.5F);
  info.std.fill(0.5F);
  const fs::path run = line.need("out"), checkpoint = run / "gan.safetensors";
  if (!line.has("resume") && fs::exists(checkpoint))
    throw Error(fmt::format("{} holds a GAN already; add --resume, or choose another folder", run.string()));
  fs::create_directories(run);
  const nn::GanOptions options = gan_options(line, info.input);
  nn::Gan gan(info.input, static_cast<int>(info.classes.size()), options);
  if (line.has("resume")) gan.load(checkpoint);
  dataset::LoaderOptions loading = info.evaluation_options(static_cast<std::size_t>(options.batch));
  loading.order = dataset::LoaderOptions::Order::Shuffled;
  loading.last = data.train->size() > static_cast<std::size_t>(options.batch)
                     ? dataset::LoaderOptions::LastBatch::Drop
                     : dataset::LoaderOptions::LastBatch::Short;
  loading.seed = options.seed;
  dataset::Loader loader(data.train, info.fitted({}), loading);
  std::cerr << "generator\n"
            << gan.generator().graph().summary() << "\ndiscriminator\n"
            << gan.discriminator().graph().summary();
  std::signal(SIGINT, [](int) { stopped = true; });
  std::signal(SIGTERM, [](int) { stopped = true; });
  auto metadata = info.metadata();
  metadata["preset"] = line.get<std::string>("preset");
  std::ofstream log(run / "gan.jsonl", std::ios::app);
  Window window;
  const std::uint64_t every = std::max<std::uint64_t>(1, line.get<std::uint64_t>("every"));
  auto start = std::chrono::steady_clock::now();
  double speed = 0;
  std::string state;
  const auto report = [&] {
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    speed = window.count * options.batch / seconds;
    state = state_of(window.mean(&nn::GanRecord::real_found), window.mean(&nn::GanRecord::fake_found),
                     spread_of(gan));
    std::cerr << fmt::format(
        "step {:>6}/{}  D {:.3f}  G {:.3f}  penalty {:.3f}  real {:.0f} %  fake {:.0f} %  value {:.3f} "
        "({:+.3f} from "
        "-log 4)  {}  {:.0f} images/s\n",
        gan.steps(), options.steps, window.mean(&nn::GanRecord::discriminator_loss),
        window.mean(&nn::GanRecord::generator_loss), window.mean(&nn::GanRecord::penalty),
        100 * window.mean(&nn::GanRecord::real_found), 100 * window.mean(&nn::GanRecord::fake_found),
        window.mean(&nn::GanRecord::value), window.mean(&nn::GanRecord::value) + std::log(4), state, speed);
    log << nlohmann::json{{"step", gan.steps()},
                          {"discriminator_loss", window.mean(&nn::GanRecord::discriminator_loss)},
                          {"generator_loss", window.mean(&nn::GanRecord::generator_loss)},
                          {"penalty", window.mean(&nn::GanRecord::penalty)},
                          {"real_found", window.mean(&nn::GanRecord::real_found)},
                          {"fake_found", window.mean(&nn::GanRecord::fake_found)},
                          {"value", window.mean(&nn::GanRecord::value)},
                          {"state", state},
                          {"images_per_second", speed}}
               .dump()
        << std::endl;
    dataset::write_png(run / fmt::format("samples_{:06}.png", gan.steps()), sample_sheet(gan, info.classes));
    gan.save(checkpoint, metadata);
    window = {};
    start = std::chrono::steady_clock::now();
  };
  while (gan.steps() < options.steps && !stopped) {
    const std::uint64_t epoch = gan.steps() / loader.steps(), at = gan.steps() % loader.steps();
    for (const dataset::Batch& batch : loader.epoch(epoch, at)) {
      window.add(gan.step(batch.images.values<float>(), batch.labels));
      if (gan.steps() % every == 0 || gan.steps() == options.steps) report();
      if (gan.steps() >= options.steps || stopped) break;
    }
  }
  if (window.count > 0) report();
  if (stopped) {
    std::cerr << fmt::format("stopped; `doppel gan … --out {} --resume` goes on from here\n", run.string());
    return 1;
  }
  fmt::print("{}: gan.safetensors, gan.jsonl, samples_*.png; {} steps, {}\n", run.string(), gan.steps(),
             state);
  write_json(line, {{"steps", gan.steps()}, {"state", state}, {"images_per_second", speed}});
  return 0;
}

int run_generate(const Words& words) {
  CommandLine line(
      "generate RUN --count N --out FOLDER",
      "Pictures of a trained GAN as class folders, with a line of provenance for each. Picture i is the "
      "same for the same network, seed and i.");
  line.add()("run", po::value<std::string>(), "a GAN's folder")("out", po::value<std::string>(),
                                                                "the folder to make")(
      "count", po::value<std::size_t>()->default_value(1000), "of all classes together, in equal shares")(
      "first", po::value<std::uint64_t>()->default_value(0), "number of the first picture")(
      "class", po::value<std::string>(), "only this one")("seed",
                                                          po::value<std::uint64_t>()->default_value(1), "")(
      "precision", po::value<std::string>()->default_value("f32"), "f32 or bf16")(
      "json", po::value<std::string>(), "also write the result here");
  line.positional("run", 1);
  if (!line.parse(words)) return 0;
  const fs::path file = fs::path(line.need("run")) / "gan.safetensors", out = line.need("out");
  if (!fs::exists(file)) throw Error(fmt::format("there is no GAN at {}", file.string()));
  const auto metadata = nn::load_tensors(file).metadata;
  const RunInfo info = RunInfo::from(metadata, file.string());
  nn::GanOptions options;
  options.generator = metadata.at("generator");
  options.discriminator = metadata.at("discriminator");
  options.latent = std::stoi(metadata.at("latent"));
  options.penalty = 0;
  options.loss = nn::GanLoss::NonSaturating;
  options.batch = 256;
  options.precision = precision_of(line);
  nn::Gan gan(info.input, static_cast<int>(info.classes.size()), options);
  gan.load(file);
  int only = -1;
  if (line.has("class")) {
    const auto found = std::ranges::find(info.classes, line.get<std::string>("class"));
    if (found == info.classes.end())
      throw UsageError(fmt::format("the class '{}' was never trained", line.get<std::string>("class")));
    only = static_cast<int>(found - info.classes.begin());
  }
  if (fs::exists(out) && !fs::is_empty(out)) throw Error(fmt::format("{} isn't empty", out.string()));
  for (const std::string& name : info.classes)
    if (only < 0 || name == info.classes[static_cast<std::size_t>(only)]) fs::create_directories(out / name);
  const auto count = line.get<std::size_t>("count");
  const auto seed = line.get<std::uint64_t>("seed"), first = line.get<std::uint64_t>("first");
  const auto size = static_cast<std::size_t>(info.input.count());
  std::ofstream provenance(out / "provenance.jsonl");
  const auto start = std::chrono::steady_clock::now();
  constexpr std::size_t kAtOnce = 2048;
  double making = 0;
  for (std::size_t at = 0; at < count; at += kAtOnce) {
    std::vector<int> labels;
    for (std::size_t i = at; i < std::min(count, at + kAtOnce); ++i)
      labels.push_back(only >= 0 ? only : static_cast<int>((first + i) % info.classes.size()));
    const auto begun = std::chrono::steady_clock::now();
    const auto pictures = gan.generate(labels, seed, first + at);
    making += std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    const auto name = [&](std::size_t i) {
      return fs::path(info.classes[static_cast<std::size_t>(labels[i])]) /
             fmt::format("{:08}.png", first + at + i);
    };
    tbb::parallel_for(std::size_t{0}, labels.size(), [&](std::size_t i) {
      dataset::write_png(out / name(i), picture_of(std::span(pictures).subspan(i * size, size), info.input));
    });
    for (std::size_t i = 0; i < labels.size(); ++i)
      provenance << nlohmann::json{{"file", name(i).string()},
                                   {"class", info.classes[static_cast<std::size_t>(labels[i])]},
                                   {"seed", seed},
                                   {"index", first + at + i},
                                   {"gan", file.string()},
                                   {"steps", gan.steps()}}
                        .dump()
                 << '\n';
    if (!provenance.flush())
      throw Error(fmt::format("{} can't be written", (out / "provenance.jsonl").string()));
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print("{}: {} pictures in {} classes, {:.0f} a second made, {:.0f} a second written\n", out.string(),
             count, only < 0 ? info.classes.size() : 1, static_cast<double>(count) / making,
             static_cast<double>(count) / seconds);
  write_json(line, {{"pictures", count}, {"made_per_second", static_cast<double>(count) / making}});
  return 0;
}

}  // namespace doppel::apps
