// doppel generate RUN --out FOLDER
#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "choice.h"
#include "command.h"
#include "doppel/augment/error.h"
#include "doppel/dataset/decode.h"
#include "doppel/nn/gan.h"
#include "doppel/nn/generated_source.h"
#include "doppel/nn/safetensors.h"
#include "run_info.h"

namespace doppel::apps {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void add_generate_options(CommandLine& line) {
  line.add()("run", po::value<std::string>(), "a GAN's folder")("out", po::value<std::string>(),
                                                                "the folder to make")(
      "count", po::value<std::size_t>()->default_value(1000), "of all classes together, in equal shares")(
      "first", po::value<std::uint64_t>()->default_value(0), "number of the first picture")(
      "label", po::value<std::string>(), "only this one")("seed",
                                                          po::value<std::uint64_t>()->default_value(1), "")(
      "precision", po::value<std::string>()->default_value("f32"), "f32 or bf16")(
      "json", po::value<std::string>(), "also write the result here");
  line.positional("run", 1);
}

/// The networks of a file, to generate with.
nn::GanOptions saved_options(const std::map<std::string, std::string>& metadata, const CommandLine& line,
                             const std::string& path) {
  for (const char* key : {"generator", "discriminator", "latent"})
    if (!metadata.contains(key)) throw Error(fmt::format("{}: holds no GAN", path));
  nn::GanOptions options;
  options.generator = metadata.at("generator");
  options.discriminator = metadata.at("discriminator");
  options.latent = std::stoi(metadata.at("latent"));
  options.penalty = 0;
  options.loss = nn::GanLoss::NonSaturating;
  options.batch = 256;
  options.precision = precision_of(line);
  return options;
}

/// Writes pictures of given classes, and a line of provenance for each.
class PictureWriter {
 public:
  PictureWriter(fs::path out, const RunInfo& info, std::string gan, std::uint64_t seed)
      : out_(std::move(out)),
        info_(info),
        gan_(std::move(gan)),
        seed_(seed),
        provenance_(out_ / "provenance.jsonl") {}

  void write(const std::vector<int>& labels, std::span<const float> pictures, std::uint64_t first) {
    const auto size = static_cast<std::size_t>(info_.input.count());
    const auto class_of = [&](std::size_t i) { return info_.classes[static_cast<std::size_t>(labels[i])]; };
    const auto name = [&](std::size_t i) {
      return fs::path(class_of(i)) / fmt::format("{:08}.png", first + i);
    };
    tbb::parallel_for(std::size_t{0}, labels.size(), [&](std::size_t i) {
      dataset::write_png(out_ / name(i), nn::picture_of(pictures.subspan(i * size, size), info_.input));
    });
    for (std::size_t i = 0; i < labels.size(); ++i)
      provenance_ << nlohmann::json{{"file", name(i).string()},
                                    {"class", class_of(i)},
                                    {"seed", seed_},
                                    {"index", first + i},
                                    {"gan", gan_}}
                         .dump()
                  << '\n';
    if (!provenance_.flush())
      throw Error(fmt::format("{} can't be written", (out_ / "provenance.jsonl").string()));
  }

 private:
  fs::path out_;
  const RunInfo& info_;
  std::string gan_;
  std::uint64_t seed_;
  std::ofstream provenance_;
};

/// The class that --label names; -1: all.
int wanted_class(const CommandLine& line, const std::vector<std::string>& classes) {
  if (!line.has("label")) return -1;
  const auto name = line.get<std::string>("label");
  const auto found = std::ranges::find(classes, name);
  if (found == classes.end()) throw UsageError(fmt::format("the class '{}' was never trained", name));
  return static_cast<int>(found - classes.begin());
}

}  // namespace

int run_generate(const Words& words) {
  CommandLine line(
      "generate RUN --out FOLDER --count N",
      "Pictures of a trained GAN as class folders, with a line of provenance for each. Picture i is the "
      "same for the same network, seed and i.");
  add_generate_options(line);
  if (!line.parse(words)) return 0;
  const fs::path run = line.need("run"), out = line.need("out");
  const fs::path file = run / (fs::exists(run / "best.safetensors") ? "best.safetensors" : "gan.safetensors");
  if (!fs::exists(file)) throw Error(fmt::format("there is no GAN at {}", file.string()));
  const auto metadata = nn::load_tensors(file).metadata;
  const nn::GanOptions options = saved_options(metadata, line, file.string());
  const RunInfo info = RunInfo::from(metadata, file.string());
  nn::Gan gan(info.input, static_cast<int>(info.classes.size()), options);
  gan.load(file);
  const int only = wanted_class(line, info.classes);
  if (fs::exists(out) && !fs::is_empty(out)) throw Error(fmt::format("{} isn't empty", out.string()));
  for (std::size_t c = 0; c < info.classes.size(); ++c)
    if (only < 0 || static_cast<int>(c) == only) fs::create_directories(out / info.classes[c]);
  const auto count = line.get<std::size_t>("count");
  const auto seed = line.get<std::uint64_t>("seed"), first = line.get<std::uint64_t>("first");
  PictureWriter writer(out, info, file.string(), seed);
  const auto start = Clock::now();
  constexpr std::size_t kAtOnce = 2048;
  double making = 0;
  for (std::size_t at = 0; at < count; at += kAtOnce) {
    std::vector<int> labels;
    for (std::size_t i = at; i < std::min(count, at + kAtOnce); ++i)
      labels.push_back(only >= 0 ? only : static_cast<int>((first + i) % info.classes.size()));
    const auto begun = Clock::now();
    const auto pictures = gan.generate(labels, seed, first + at);
    making += seconds_since(begun);
    writer.write(labels, pictures, first + at);
  }
  fmt::print("{}: {} pictures of {} classes, {:.0f} a second made, {:.0f} a second made and written\n",
             out.string(), count, only < 0 ? info.classes.size() : 1, static_cast<double>(count) / making,
             static_cast<double>(count) / seconds_since(start));
  write_json(line, {{"pictures", count}, {"made_per_second", static_cast<double>(count) / making}});
  return 0;
}

}  // namespace doppel::apps
