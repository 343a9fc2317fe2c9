// doppel generate RUN --out FOLDER
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include "command.h"
#include "common_options.h"
#include "doppel/base/clock.h"
#include "doppel/base/error.h"
#include "doppel/base/utf8.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/combine/matched_classes.h"
#include "doppel/dataset/write/class_folders.h"
#include "doppel/nn/formats/safetensors.h"
#include "doppel/nn/gan/gan.h"
#include "doppel/nn/study/gan_run.h"
#include "doppel/nn/study/image_filter.h"
#include "doppel/nn/study/image_writer.h"
#include "doppel/nn/study/run_info.h"
#include "folder_lock.h"
#include "generated_sheet.h"
#include "interpolate.h"
#include "live_line.h"
#include "quota.h"
#include "telling.h"

namespace doppel::apps {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t kMostImages = std::int64_t{1} << 62;

/// Both networks of a run's GAN, to judge images with; null for a flow, which has no discriminator.
std::shared_ptr<nn::Gan> gan_of(const CommandLine& line, const nn::RunInfo& info) {
  const fs::path file = nn::gan_file(line.get<std::string>("run"));
  const auto metadata = nn::load_tensors(file).metadata;
  if (metadata.contains("sample_steps")) return nullptr;
  nn::GanOptions options;
  options.generator = metadata.at("generator");
  options.discriminator = metadata.at("discriminator");
  options.latent = std::stoi(metadata.at("latent"));
  options.penalty = 0;
  options.loss = nn::GanLoss::NonSaturating;
  options.batch = 256;
  options.precision = precision_of(line);
  auto gan = std::make_shared<nn::Gan>(info.input, static_cast<int>(info.classes.size()), options);
  gan->load(file);
  return gan;
}

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

std::optional<nn::ImageFilter> filter_of(const CommandLine& line, const nn::RunInfo& info) {
  if (!line.has("filter")) return {};
  const nn::TrainTest parts = train_and_test(open_data(line.get<std::string>("filter")));
  if (parts.train->classes() != info.classes)
    throw Error("--filter: the GAN has other classes than this data");
  nn::RunInfo measured = info;
  const nn::RunInfo described = describe_data(*parts.train);
  measured.mean = described.mean;
  measured.std = described.std;
  return std::make_optional<nn::ImageFilter>(
      measured, parts.train, gan_of(line, info),
      nn::ImageFilter::Options{.confidence = line.get<double>("confidence")},
      nn::ClassifierOptions{.on_phase = live_phases()});
}

double truncation_of(const CommandLine& line) {
  return line.has("truncation") ? line.get<double>("truncation") : 0;
}

int sample_steps_of(const CommandLine& line) {
  return line.has("sample-steps") ? line.get<int>("sample-steps") : 0;
}

/// Images of each class that are wanted.
struct Wanted {
  std::vector<int> classes;       ///< those that images are made of
  std::vector<std::size_t> each;  ///< of every class, how many
  std::vector<std::size_t> real;  ///< with --like: of every class, how many there are
};

/// In equal shares; or what each class lacks to be as large as the largest.
Wanted wanted_images(const CommandLine& line, const std::vector<std::string>& names) {
  Wanted wanted{wanted_classes(line, names), std::vector<std::size_t>(names.size()), {}};
  if (!line.has("like")) {
    const auto count = line.get<std::size_t>("count");
    const auto first = line.get<std::uint64_t>("first");
    const std::size_t n = wanted.classes.size();
    for (std::size_t i = 0; i < n; ++i)
      wanted.each[static_cast<std::size_t>(wanted.classes[(first + i) % n])] = count / n + (i < count % n);
    return wanted;
  }
  if (line.has("count")) throw UsageError("--like says how many images are made; leave --count out");
  const auto data = line.get<std::string>("like");
  dataset::SourcePtr train = open_data(data).train;
  if (!std::ranges::is_permutation(train->classes(), names))
    throw UsageError(fmt::format("--like {}: it has the classes {}, but the GAN has {}", data,
                                 fmt::join(train->classes(), ", "), fmt::join(names, ", ")));
  wanted.real = class_counts(*dataset::matched(train, names));
  const std::vector<std::size_t> lacks = lacking(wanted.real);
  std::erase_if(wanted.classes, [&](int c) { return lacks[static_cast<std::size_t>(c)] == 0; });
  for (const int c : wanted.classes)
    wanted.each[static_cast<std::size_t>(c)] = lacks[static_cast<std::size_t>(c)];
  if (wanted.classes.empty())
    throw UsageError(
        fmt::format("--like {}: nothing is lacking: all classes are as large as the largest", data));
  return wanted;
}

/// Names that a model has for its classes needn't be names of folders.
void tell_other_names(const std::vector<std::string>& classes) {
  const std::vector<std::string> folders = dataset::class_folders(classes);
  for (std::size_t c = 0; c < classes.size(); ++c)
    if (folders[c] != classes[c])
      std::cerr << fmt::format("images of '{}' go into the folder {}\n", printable(classes[c]),
                               printable(folders[c]));
}

/// What images follow from beside the network, the seed and the truncation.
std::vector<SettingText> settings_of_images(const CommandLine& line, const Wanted& wanted) {
  const auto text = [&](const char* name) {
    return line.has(name) ? line.get<std::string>(name) : std::string("none");
  };
  return {{"count", fmt::format("{}", fmt::join(wanted.each, " "))},
          {"first", std::to_string(line.get<std::uint64_t>("first"))},
          {"label", text("label")},
          {"like", text("like")},
          {"filter", text("filter")},
          {"confidence", fmt::format("{}", line.get<double>("confidence"))},
          {"precision", text("precision")}};
}

/// One animation instead of images.
int run_walk(const CommandLine& line) {
  for (const char* other : {"count", "like", "label", "pack", "filter"})
    if (line.has(other)) throw UsageError(fmt::format("--interpolate and --{} exclude each other", other));
  const nn::OpenedGan gan =
      nn::open_gan(line.get<std::string>("run"),
                   {.batch = 16, .precision = precision_of(line), .sample_steps = sample_steps_of(line)});
  const auto out = line.get<std::string>("out");
  write_walk(*gan.generator, gan.info.classes,
             {.between = line.get<std::string>("interpolate"),
              .seed = line.get<std::uint64_t>("seed"),
              .first = line.get<std::uint64_t>("first"),
              .truncation = truncation_of(line)},
             out);
  fmt::print("{}: from class to class and back\n", out);
  return 0;
}

/// One sheet is drawn where that is asked for by the file's name, or by what only sheets have.
bool draws_sheet(const CommandLine& line) {
  const bool is_png = fs::path(line.get<std::string>("out")).extension() == ".png";
  for (const char* of_sheets : {"mixture", "beside"})
    if (!is_png && line.has(of_sheets))
      throw UsageError(fmt::format("--{} draws one sheet: --out ends in .png, not as {}", of_sheets,
                                   line.get<std::string>("out")));
  return is_png;
}

int run_sheet(const CommandLine& line) {
  constexpr std::size_t kMostShown = 400;
  for (const char* other : {"like", "pack", "filter"})
    if (line.has(other)) throw UsageError(fmt::format("a sheet and --{} exclude each other", other));
  if (line.has("mixture") && line.has("label")) throw UsageError("--mixture and --label exclude each other");
  const nn::OpenedGan gan =
      nn::open_gan(line.get<std::string>("run"),
                   {.batch = 64, .precision = precision_of(line), .sample_steps = sample_steps_of(line)});
  GeneratedSheet sheet{.classes = wanted_classes(line, gan.info.classes),
                       .seed = line.get<std::uint64_t>("seed"),
                       .first = line.get<std::uint64_t>("first"),
                       .truncation = truncation_of(line)};
  if (line.has("count")) sheet.count = line.get<std::size_t>("count");
  if (sheet.count > kMostShown)
    throw UsageError(fmt::format("a sheet shows at most {} images, not {}", kMostShown, sheet.count));
  if (line.has("mixture")) sheet.mixture = line.get<std::string>("mixture");
  if (line.has("beside")) sheet.beside = line.get<std::string>("beside");
  const auto out = line.get<std::string>("out");
  write_png(out, draw_generated(gan, sheet));
  fmt::print("{}: a sheet of {} images\n", out, sheet.count);
  return 0;
}

int run_generate(const CommandLine& line) {
  if (line.has("interpolate")) return run_walk(line);
  if (draws_sheet(line)) return run_sheet(line);
  const fs::path out = line.get<std::string>("out");
  const nn::OpenedGan gan = nn::open_gan(
      line.get<std::string>("run"), {.precision = precision_of(line), .sample_steps = sample_steps_of(line)});
  const nn::RunInfo& info = gan.info;
  const Wanted wanted = wanted_images(line, info.classes);
  const std::vector<int>& classes = wanted.classes;
  const auto seed = line.get<std::uint64_t>("seed"), first = line.get<std::uint64_t>("first");
  const double truncation = truncation_of(line);
  const FolderLock lock(out, true);
  const bool pack = line.has("pack");
  nn::ImageWriter writer(out, info, classes,
                         {.gan = gan.identity,
                          .seed = seed,
                          .truncation = truncation,
                          .pack = pack ? gan.generator : nullptr,
                          .settings = settings_of_images(line, wanted)});
  Quota quota(wanted.each);
  const std::size_t count = quota.wanted();
  if (writer.is_finished()) {
    fmt::print("{}: {} images are there already\n", out.string(), count);
    write_json(line, {{"images", count}});
    return 0;
  }
  if (!pack) tell_other_names(info.classes);
  auto filter = filter_of(line, info);
  const auto start = Clock::now();
  constexpr std::size_t kAtOnce = 2048, kMostTries = 50, kSpare = 512;
  double making = 0;
  LiveLine live("making", "images");
  std::size_t made = 0;
  while (!quota.full()) {
    if (made > kMostTries * (count + kSpare))
      throw Error(fmt::format("of {} images too few pass the filter for {}", made, count));
    live.count(made, filter ? 0 : count);  // nobody knows how many will be dropped
    std::vector<int> labels;
    const std::size_t some = filter ? kAtOnce : std::min(kAtOnce, count - made);
    if (wanted.real.empty())
      for (std::size_t i = made; i < made + some; ++i)
        labels.push_back(classes[(first + i) % classes.size()]);
    else
      labels = quota.next(some, !filter);
    const bool is_known = made + labels.size() <= writer.known();
    std::vector<float> images;
    std::vector<nn::Decision> decisions;
    if (filter ? !is_known || made == 0 : !is_known && !pack) {  // a filter goes by the first ones
      const auto begun = Clock::now();
      images = gan.generator->generate(labels, seed, first + made, truncation);
      making += seconds_since(begun);
      if (filter) decisions = filter->decide(images, labels);
    }
    if (is_known) decisions = writer.skip(labels);
    quota.take(labels, decisions);
    if (!is_known) writer.write(labels, images, first + made, decisions);
    made += labels.size();
  }
  live.end();
  const auto finishing = Clock::now();
  writer.finish(live_phases());
  if (pack) making += seconds_since(finishing);
  if (!wanted.real.empty()) fmt::print("{}", quota.text(info.classes, wanted.real));
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
      .brief = "images of a trained GAN or flow, with labels",
      .about =
          "Images of a trained GAN as class folders, with a line of provenance for each. Image i is "
          "the same for the same network, seed and i. Stopped, the same command goes on.",
      .words = {{"run", folder("RUN"), "a GAN's folder", Presence::Needed}},
      .groups =
          {{"What is made",
            {{"out", folder(), "the folder to make; a .png for one sheet, with --interpolate a .webp",
              Presence::Needed},
             {"count", Whole{.initial = 1000, .least = 1}, "of all classes together, in equal shares"},
             {"first", Whole{.initial = 0, .most = kMostImages}, "number of the first image"},
             {"like", data_text(),
              "in place of --count: of each class as many as this data lacks of it to have as many as of "
              "its largest"},
             {"label", Text{.placeholder = "NAME"}, "only images of this class"},
             seed_option("of the images"),
             {"truncation", Real{.placeholder = "NUMBER", .least = 0.1, .most = 4},
              "draw normal numbers beyond this again: images are more usual and less various, as at 0.7"},
             {"sample-steps", Whole{.placeholder = "N", .least = 1, .most = 1000},
              "of a flow: steps from noise to an image, in place of those that it was trained to take"},
             {"interpolate", Text{.placeholder = "A,B"},
              "an animation from class A to class B and back, to --out FILE.webp; of one class twice, from "
              "image to image"},
             {"mixture", Text{.placeholder = "A:SHARE,..."},
              "on a sheet, images that are this much of each class, as 3:0.5,8:0.5"},
             {"beside", data_text(), "on a sheet, below each image the nearest one of this data"},
             {"pack", Flag{}, "write a pack of raw images, which stream fastest, instead of class folders"},
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
