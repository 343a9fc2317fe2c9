// doppel generate RUN --out FOLDER
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "command.h"
#include "common_options.h"
#include "doppel/base/clock.h"
#include "doppel/base/deflate.h"
#include "doppel/base/error.h"
#include "doppel/dataset/write/class_folders.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/gan/gan.h"
#include "doppel/nn/study/image_filter.h"
#include "doppel/nn/study/image_writer.h"
#include "doppel/nn/study/run_info.h"
#include "folder_lock.h"
#include "live_line.h"
#include "telling.h"

namespace doppel::apps {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t kMostImages = std::int64_t{1} << 62;

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

/// A file's name and the checksum of its bytes, which tells one state of a network from another.
std::string identity_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  return fmt::format("{} {:08x}", file.filename().string(),
                     crc32_of({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()}));
}

/// Counts what is kept of each class, up to a share that is the same for all.
class Quota {
 public:
  Quota(std::size_t count, std::size_t classes, const std::vector<int>& of)
      : kept_(classes), wanted_(classes) {
    for (std::size_t i = 0; i < of.size(); ++i)
      wanted_[static_cast<std::size_t>(of[i])] = count / of.size() + (i < count % of.size());
  }
  bool full() const { return kept_ == wanted_; }
  void take(const std::vector<int>& labels, std::vector<nn::Decision>& decisions) {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto c = static_cast<std::size_t>(labels[i]);
      if (!decisions[i].dropped.empty()) continue;
      if (kept_[c] == wanted_[c])
        decisions[i].dropped = "enough of its class";
      else
        ++kept_[c];
    }
  }

 private:
  std::vector<std::size_t> kept_, wanted_;
};

/// Those that images are made of: the one that --label names, or all.
std::vector<int> wanted_classes(const CommandLine& line, const std::vector<std::string>& classes) {
  std::vector<int> all(classes.size());
  std::iota(all.begin(), all.end(), 0);
  if (!line.has("label")) return all;
  const auto name = line.get<std::string>("label");
  const auto found = std::ranges::find(classes, name);
  if (found == classes.end())
    throw UsageError(
        fmt::format("the class '{}' was never trained; there are {}", name, fmt::join(classes, ", ")));
  return {static_cast<int>(found - classes.begin())};
}

std::optional<nn::ImageFilter> filter_of(const CommandLine& line, const nn::RunInfo& info,
                                         const std::shared_ptr<nn::Gan>& gan) {
  if (!line.has("filter")) return {};
  const nn::TrainTest parts = train_and_test(open_data(line.get<std::string>("filter")));
  if (parts.train->classes() != info.classes)
    throw Error("--filter: the GAN has other classes than this data");
  nn::RunInfo measured = info;
  const nn::RunInfo described = describe_data(*parts.train);
  measured.mean = described.mean;
  measured.std = described.std;
  return std::make_optional<nn::ImageFilter>(
      measured, parts.train, gan, nn::ImageFilter::Options{.confidence = line.get<double>("confidence")},
      live_phases());
}

/// Names that a model has for its classes needn't be names of folders.
void tell_other_names(const std::vector<std::string>& classes) {
  const std::vector<std::string> folders = dataset::class_folders(classes);
  for (std::size_t c = 0; c < classes.size(); ++c)
    if (folders[c] != classes[c])
      std::cerr << fmt::format("images of '{}' go into the folder {}\n", classes[c], folders[c]);
}

int run_generate(const CommandLine& line) {
  const fs::path run = line.get<std::string>("run"), out = line.get<std::string>("out");
  const fs::path file = run / (fs::exists(run / "best.safetensors") ? "best.safetensors" : "gan.safetensors");
  if (!fs::exists(file)) throw Error(fmt::format("there is no GAN at {}", file.string()));
  const auto metadata = nn::load_tensors(file).metadata;
  const nn::GanOptions options = saved_options(metadata, line, file.string());
  const nn::RunInfo info = nn::RunInfo::from(metadata, file.string());
  const auto gan = std::make_shared<nn::Gan>(info.input, static_cast<int>(info.classes.size()), options);
  gan->load(file);
  const std::vector<int> classes = wanted_classes(line, info.classes);
  const auto count = line.get<std::size_t>("count");
  const auto seed = line.get<std::uint64_t>("seed"), first = line.get<std::uint64_t>("first");
  const FolderLock lock(out, true);
  nn::ImageWriter writer(out, info, classes,
                         {.gan = identity_of(file), .seed = seed, .pack = line.has("pack")});
  if (!line.has("pack")) tell_other_names(info.classes);
  auto filter = filter_of(line, info, gan);
  Quota quota(count, info.classes.size(), classes);
  const auto start = Clock::now();
  constexpr std::size_t kAtOnce = 2048, kMostTries = 50, kSpare = 512;
  double making = 0;
  LiveLine live("making", "images");
  std::size_t made = 0;
  while (filter ? !quota.full() : made < count) {
    if (made > kMostTries * (count + kSpare))
      throw Error(fmt::format("of {} images too few pass the filter for {}", made, count));
    live.count(made, filter ? 0 : count);  // nobody knows how many will be dropped
    std::vector<int> labels;
    const std::size_t some = filter ? kAtOnce : std::min(kAtOnce, count - made);
    for (std::size_t i = made; i < made + some; ++i) labels.push_back(classes[(first + i) % classes.size()]);
    const auto begun = Clock::now();
    const auto images = gan->generate(labels, seed, first + made);
    making += seconds_since(begun);
    std::vector<nn::Decision> decisions;
    if (filter) {
      decisions = filter->decide(images, labels);
      quota.take(labels, decisions);
    }
    writer.write(labels, images, first + made, decisions);
    made += some;
  }
  live.end();
  writer.finish(live_phases());
  if (filter) fmt::print("{} of {} images pass the filter\n", count, made);
  fmt::print("{}: {} images of {} classes, {:.0f} a second made, {:.0f} a second made and written\n",
             out.string(), count, classes.size(), static_cast<double>(made) / making,
             static_cast<double>(count) / seconds_since(start));
  write_json(line, {{"images", count}, {"made_per_second", static_cast<double>(made) / making}});
  return 0;
}

}  // namespace

Command generate_command() {
  return {
      .name = "generate",
      .brief = "images of a trained GAN, with labels",
      .about =
          "Images of a trained GAN as class folders, with a line of provenance for each. Image i is "
          "the same for the same network, seed and i.",
      .words = {{"run", folder("RUN"), "a GAN's folder", Presence::Needed}},
      .groups = {{"What is made",
                  {{"out", folder(), "the folder to make", Presence::Needed},
                   {"count", Whole{.initial = 1000, .least = 1}, "of all classes together, in equal shares"},
                   {"first", Whole{.initial = 0, .most = kMostImages}, "number of the first image"},
                   {"label", Text{.placeholder = "NAME"}, "only images of this class"},
                   seed_option("of the images"),
                   {"pack", Flag{},
                    "write a pack of raw images, which stream fastest, instead of class folders"},
                   json_option()}},
                 {"What is kept",
                  {{"filter", data_text(),
                    "only what a classifier of this data, which the GAN learned from, takes for its class, "
                    "the discriminator believes, and is no copy; as many of each class"},
                   {"confidence", Real{.placeholder = "SHARE", .initial = 0.5, .least = 0, .most = 1},
                    "for --filter: the least that its class must be given"}}},
                 {"Machine", {precision_option("f32")}}},
      .examples = {"generate runs/gan --count 100 --out made"},
      .run = run_generate};
}

}  // namespace doppel::apps
