// doppel predict RUN IMAGE…
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>
#include <opencv2/core.hpp>
#include <optional>

#include "command.h"
#include "common_options.h"
#include "doppel/base/error.h"
#include "doppel/base/files.h"
#include "doppel/base/utf8.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/combine/concat.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/dataset/sources/file_source.h"
#include "doppel/dataset/sources/image_files.h"
#include "doppel/nn/engine/executor.h"
#include "doppel/nn/study/run_info.h"
#include "doppel/nn/train/metrics.h"
#include "doppel/nn/train/multi_label.h"
#include "live_line.h"
#include "mask_files.h"
#include "report/draw.h"
#include "telling.h"

namespace doppel::apps {

namespace {

/// Every image below a folder, whatever it is called; of other data sets all parts.
dataset::SourcePtr images_of(const std::string& input) {
  if (is_folder(input))
    if (auto files = dataset::ImageFiles::below(input); files->size() > 0) return files;
  const dataset::OpenedData data = open_data(input, {.ignore = true, .columns = {}, .root = {}, .range = {}});
  std::vector<dataset::SourcePtr> parts;
  for (const dataset::SourcePtr& part : {data.train, data.valid, data.test})
    if (part) parts.push_back(part);
  return parts.size() == 1 ? parts[0] : std::make_shared<dataset::Concat>(parts);
}

struct Guess {
  std::size_t label;
  double probability;
};

/// The most probable labels first. Of independent ones all from 0.5 on, and the best in any case, unless
/// --top says how many.
std::vector<Guess> guesses(const CommandLine& line, const nn::RunInfo& info, std::span<const float> logits) {
  const bool independent = info.outputs == dataset::Labels::Independent;
  const std::vector<double> p = independent ? nn::sigmoid(logits) : nn::softmax(logits);
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](auto a, auto b) { return p[a] > p[b]; });
  auto shown = std::min(line.get<std::size_t>("top"), p.size());
  if (independent && !line.has("top"))
    shown = std::max<std::size_t>(
        1, static_cast<std::size_t>(std::ranges::count_if(p, [](double v) { return v >= 0.5; })));
  std::vector<Guess> all;
  for (std::size_t k = 0; k < shown; ++k) all.push_back({order[k], p[order[k]]});
  return all;
}

/// A line for an image, and the same as JSON.
nlohmann::json tell_labels(const CommandLine& line, const nn::RunInfo& info, const std::string& name,
                           std::span<const float> logits) {
  fmt::print("{}:", printable(name));
  nlohmann::json labels = nlohmann::json::array();
  // Of independent labels the likeliest is told even where it isn't likely.
  const auto all = guesses(line, info, logits);
  const bool none = info.outputs == dataset::Labels::Independent && !all.empty() && all[0].probability < 0.5;
  if (none) fmt::print(" none (");
  for (const auto& [label, p] : all) {
    fmt::print("{}{} {:.1f} %", labels.empty() ? none ? "" : " " : ", ", printable(info.classes[label]),
               100 * p);
    labels.push_back({{"label", info.classes[label]}, {"probability", p}});
  }
  fmt::print("{}\n", none ? ")" : "");
  return {{"image", name}, {"labels", labels}};
}

nlohmann::json tell_numbers(const nn::NumberTask& task, const std::string& name,
                            std::span<const float> outputs) {
  const std::vector<double> told = task.numbers(outputs);
  fmt::print("{}:", printable(name));
  nlohmann::json numbers = nlohmann::json::object();
  for (std::size_t k = 0; k < told.size(); ++k) {
    fmt::print("{} {} {:.5g}", k == 0 ? "" : ",", printable(task.names[k]), told[k]);
    numbers[task.names[k]] = told[k];
  }
  fmt::print("\n");
  return {{"image", name}, {"numbers", numbers}};
}

/// Writes the masks of images, as large as these, and says what they show.
class MaskWriter {
 public:
  MaskWriter(const CommandLine& line, const nn::RunInfo& info)
      : info_(info),
        masks_(line.get<std::string>("out")),
        overlays_(line.has("overlay") ? line.get<std::string>("overlay") : ""),
        colors_(class_colors(info.classes.size())) {
    for (const std::filesystem::path& folder : {masks_, overlays_})
      if (!folder.empty()) make_folder(folder);
  }

  nlohmann::json write(const dataset::Source& source, std::size_t index, std::span<const float> logits) {
    const Size size = dataset::image_size(source.read(index));
    const nn::Shape shape{static_cast<int>(info_.classes.size()), info_.input.height, info_.input.width};
    const cv::Mat mask = mask_of(logits, shape, {size.width, size.height});
    const std::string image = source.name(index), file = names_.next(image) + ".png";
    for (const std::filesystem::path& folder : {masks_, overlays_}) {
      std::error_code none;
      if (!folder.empty() && std::filesystem::equivalent(folder / file, image, none))
        throw UsageError(fmt::format("{} would be written over the image itself; choose another folder",
                                     (folder / file).string()));
    }
    write_file(masks_ / file, encode_mask(mask, colors_));
    if (!overlays_.empty()) {
      augment::Sample bare;  // without what is said about it
      bare.image = dataset::load(source, index).image;
      write_png(overlays_ / file, with_mask(with_targets(bare), mask));
    }
    return tell(image, masks_ / file, mask);
  }

 private:
  /// A line for an image with each class's share of its pixels, and the same as JSON.
  nlohmann::json tell(const std::string& image, const std::filesystem::path& file,
                      const cv::Mat& mask) const {
    fmt::print("{}: {}", printable(image), printable(file.string()));
    nlohmann::json shares = nlohmann::json::object();
    for (std::size_t c = 0; c < info_.classes.size(); ++c) {
      const double share = static_cast<double>(cv::countNonZero(mask == static_cast<double>(c))) /
                           static_cast<double>(mask.total());
      if (share > 0) fmt::print(", {} {:.1f} %", printable(info_.classes[c]), 100 * share);
      shares[info_.classes[c]] = share;
    }
    fmt::print("\n");
    return {{"image", image}, {"mask", file.string()}, {"shares", shares}};
  }

  const nn::RunInfo& info_;
  std::filesystem::path masks_, overlays_;
  std::vector<PaletteColor> colors_;
  MaskNames names_;
};

/// What a network for masks is told, and others aren't.
std::optional<MaskWriter> mask_writer(const CommandLine& line, const nn::RunInfo& info) {
  if (info.masks) {
    if (line.has("top")) throw UsageError("--top is for networks that tell classes of images");
    return std::make_optional<MaskWriter>(line, info);
  }
  for (const char* option : {"out", "overlay"})
    if (line.has(option)) throw UsageError(fmt::format("--{} is for networks that tell masks", option));
  return {};
}

int run_predict(const CommandLine& line) {
  nn::OpenedRun run = nn::open_run(line.get<std::string>("run"));
  nlohmann::json result = nlohmann::json::array();
  const auto outputs = static_cast<std::size_t>(run.model.graph().output().count());
  std::optional<MaskWriter> masks = mask_writer(line, run.info);
  for (const std::string& input : line.get<Words>("images")) {
    dataset::LoaderOptions options = run.info.evaluation_options(32);
    options.on_error = dataset::LoaderOptions::OnError::Fail;
    dataset::Loader loader(run.info.in_range(images_of(input)), run.info.fitted({}), options);
    LiveLine timing(nn::kTimingKernels);
    nn::Executor executor(
        run.model,
        {.batch = 32, .shards = 2, .mode = nn::ExecutorOptions::Mode::Inference, .timing = timing.counter()});
    timing.end();
    LiveLine live("predicting", "images");
    std::size_t done = 0;
    for (const dataset::Batch& batch : loader.epoch(0)) {
      // Where somebody looks at the labels, they tell how far it is.
      if (::isatty(STDOUT_FILENO) == 0) live.count(done, loader.source().size());
      done += batch.size();
      const auto logits = executor.predict(batch.images.values<float>(), static_cast<int>(batch.size()));
      for (std::size_t r = 0; r < batch.size(); ++r) {
        const std::string name = loader.source().name(batch.indices[r]);
        const auto row = logits.subspan(r * outputs, outputs);
        result.push_back(masks                      ? masks->write(loader.source(), batch.indices[r], row)
                         : run.info.numbers.empty() ? tell_labels(line, run.info, name, row)
                                                    : tell_numbers(run.info.numbers, name, row));
      }
    }
  }
  write_json(line, result);
  return 0;
}

}  // namespace

Command predict_command() {
  return {
      .name = "predict",
      .brief = "labels with probabilities for images",
      .about =
          "The most probable labels of images; of a network that learned with --loss binary all that are "
          "more probable than not; of one that learned numbers these; of one that learned masks a PNG of "
          "class numbers for each image, as large as it is.",
      .words = {run_word(), {"images", file("IMAGE"), "image files, or folders of them", Presence::Repeated}},
      .groups = {{"Options",
                  {{"top", Whole{.initial = 3, .least = 1}, "labels of each image"},
                   {"out", Text{.placeholder = "FOLDER", .initial = "masks", .files = Text::Files::Folders},
                    "where masks are written"},
                   {"overlay", folder(), "also write images with their masks over them there"},
                   json_option()}}},
      .examples = {"predict runs/first image.png", "predict runs/streets photos --out masks"},
      .run = run_predict};
}

}  // namespace doppel::apps
