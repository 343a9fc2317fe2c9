// doppel eval RUN DATA
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "choice.h"
#include "command.h"
#include "common_options.h"
#include "doppel/augment/recipe/recipe.h"
#include "doppel/augment/transforms/policy/corruption.h"
#include "doppel/augment/transforms/policy/test_time.h"
#include "doppel/base/error.h"
#include "doppel/base/utf8.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/study/run_info.h"
#include "doppel/nn/train/trainer.h"
#include "group_options.h"
#include "live_line.h"
#include "mask_result.h"
#include "multi_label_result.h"
#include "number_result.h"
#include "report/draw.h"
#include "telling.h"

namespace doppel::apps {
namespace {

struct Views {
  bool flips;
  int crops;
};

constexpr Meaning<Views> kViews[] = {{"none", {false, 1}},
                                     {"flip", {true, 1}, "and its mirror image"},
                                     {"crops", {false, 5}, "and its corners and centre"},
                                     {"both", {true, 5}}};

/// Views to average over.
augment::TestTime views_of(const CommandLine& line) {
  const auto [flips, crops] = chosen(line, "tta", kViews);
  augment::TestTime views;
  views.flips = flips;
  views.crops = crops;
  return views;
}

bool is_independent(const nn::OpenedRun& run) { return run.info.outputs == dataset::Labels::Independent; }

/// This process's part of every batch.
dataset::LoaderOptions loading(const nn::OpenedRun& run, const GroupMember& member) {
  dataset::LoaderOptions options = run.info.evaluation_options(256);
  options.rank = member.rank();
  options.world = member.world();
  return options;
}
/// How many of a loader's samples are this process's, about.
std::size_t own_rows(const dataset::Loader& loader) {
  return loader.source().size() / static_cast<std::size_t>(loader.options().world);
}

/// Accuracy, or mAP of independent labels, under each corruption at each severity; prints and returns the
/// table.
nlohmann::json corruption_table(nn::OpenedRun& run, const dataset::SourcePtr& source, int threads,
                                const GroupMember& member) {
  using augment::Corruption;
  nlohmann::json table = nlohmann::json::object();
  fmt::print("\n{:<20} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n",
             is_independent(run) ? "mAP, %, at" : "accuracy, %, at", 1, 2, 3, 4, 5, "mean");
  double all = 0;
  LiveLine live("corrupting", "images");
  std::size_t done = 0;
  for (int kind = 0; kind < Corruption::kCommon; ++kind) {
    Corruption corruption;
    corruption.corruption = static_cast<Corruption::Kind>(kind);
    const std::string name(augment::corruption_name(corruption.corruption));
    std::vector<double> row;
    for (corruption.severity = 1; corruption.severity <= 5; ++corruption.severity) {
      dataset::Loader loader(source, run.info.fitted(augment::Recipe{corruption}), loading(run, member));
      const auto count = [&](std::size_t, int, std::span<const float>) {
        live.count(done++, own_rows(loader) * std::size_t{5} * Corruption::kCommon);
      };
      row.push_back(is_independent(run)
                        ? evaluate_multi_label(run.model, loader, threads, count, {}, {}, member.group())
                              .mean_average_precision()
                        : evaluate(run.model, loader, threads, count, {}, {}, member.group()).accuracy());
    }
    const double mean = std::accumulate(row.begin(), row.end(), 0.0) / 5;
    all += mean / Corruption::kCommon;
    live.end();
    fmt::print("{:<20}", name);
    for (const double one : row) fmt::print(" {:>8.2f}", 100 * one);
    fmt::print(" {:>8.2f}\n", 100 * mean);
    std::fflush(stdout);
    table[name] = row;
  }
  fmt::print("{:<20} {:>53.2f}\n", "mean", 100 * all);
  table["mean"] = all;
  return table;
}

nlohmann::json print_classes(const nn::Confusion& confusion, const std::vector<std::string>& names) {
  nlohmann::json classes = nlohmann::json::object();
  for (int c = 0; c < confusion.classes(); ++c) {
    std::int64_t images = 0;
    for (int p = 0; p < confusion.classes(); ++p) images += confusion.at(c, p);
    const std::string& name = names[static_cast<std::size_t>(c)];
    fmt::print("{:<20} {:>8} {:>8.2f} % {:>8.2f} %\n", printable(name), images, 100 * confusion.precision(c),
               100 * confusion.recall(c));
    classes[name] = {
        {"images", images}, {"precision", confusion.precision(c)}, {"recall", confusion.recall(c)}};
  }
  return classes;
}

/// Measures, and says class by class, labels that exclude each other.
nlohmann::json measure(const CommandLine& line, nn::OpenedRun& run, dataset::Loader& loader, int views,
                       const GroupMember& member) {
  LiveLine live("measuring", "images"), timing(nn::kTimingKernels);
  const nn::Confusion confusion = evaluate_views(run.model, loader, views, line.get<int>("threads"),
                                                 live.counter(), timing.counter(), member.group());
  live.end();
  timing.end();
  fmt::print(
      "accuracy {:.2f} %{} on {} images, loss {:.4f}, calibration error {:.4f}{}\n\n"
      "{:<20} {:>8} {:>10} {:>10}\n",
      100 * confusion.accuracy(),
      confusion.classes() > 5 ? fmt::format(" ({:.2f} % among the first 5)", 100 * confusion.top_accuracy(5))
                              : "",
      confusion.total(), confusion.mean_loss(), confusion.calibration_error(),
      views > 1 ? fmt::format(", {} views", views) : "", "class", "images", "precision", "recall");
  if (line.has("out") && member.is_first())
    write_png(line.get<std::string>("out"), draw_confusion(confusion, run.info.classes));
  return {{"classes", print_classes(confusion, run.info.classes)},
          {"accuracy", confusion.accuracy()},
          {"top5", confusion.top_accuracy(5)},
          {"loss", confusion.mean_loss()},
          {"calibration_error", confusion.calibration_error()},
          {"samples", confusion.total()}};
}

/// The same of labels that don't.
nlohmann::json measure_independent(const CommandLine& line, nn::OpenedRun& run, dataset::Loader& loader,
                                   int views, const GroupMember& member) {
  if (line.has("out"))
    throw UsageError(
        "--out draws which class is taken for which: this network's classes don't exclude each other");
  LiveLine live("measuring", "images"), timing(nn::kTimingKernels);
  const nn::MultiLabel result = evaluate_views_multi_label(run.model, loader, views, line.get<int>("threads"),
                                                           live.counter(), timing.counter(), member.group());
  live.end();
  timing.end();
  fmt::print("{} on {} images, loss {:.4f}{}\n\n{}", multi_label_text(result), result.total(),
             result.mean_loss(), views > 1 ? fmt::format(", {} views", views) : "",
             multi_label_table(result, run.info.classes));
  return multi_label_json(result, run.info.classes);
}

/// The same of numbers.
nlohmann::json measure_numbers(const CommandLine& line, nn::OpenedRun& run, dataset::Loader& loader,
                               int views, const GroupMember& member) {
  for (const char* option : {"out", "corruptions"})
    if (line.has(option)) throw UsageError(fmt::format("--{} is for networks that tell classes", option));
  LiveLine live("measuring", "images"), timing(nn::kTimingKernels);
  std::size_t done = 0;
  const nn::NumberErrors errors = evaluate_numbers(
      run.model, loader, run.info.numbers, views, line.get<int>("threads"),
      [&](std::size_t, std::span<const double>, std::span<const float>) {
        live.count(done++, own_rows(loader) * static_cast<std::size_t>(views));
      },
      timing.counter(), {}, member.group());
  live.end();
  timing.end();
  fmt::print("{} on {} images{}\n\n{}", number_errors_text(errors), errors.total(),
             views > 1 ? fmt::format(", {} views", views) : "",
             number_errors_table(errors, run.info.numbers.names));
  return number_errors_json(errors, run.info.numbers.names);
}

/// The same of masks.
nlohmann::json measure_masks(const CommandLine& line, nn::OpenedRun& run, dataset::Loader& loader,
                             const GroupMember& member) {
  for (const char* option : {"out", "corruptions"})
    if (line.has(option)) throw UsageError(fmt::format("--{} is for networks that tell classes", option));
  LiveLine live("measuring", "images"), timing(nn::kTimingKernels);
  std::size_t done = 0;
  const nn::MaskConfusion confusion = evaluate_masks(
      run.model, loader, line.get<int>("threads"),
      [&](std::size_t, std::span<const float>, std::span<const float>) {
        live.count(done++, own_rows(loader));
      },
      timing.counter(), member.group());
  live.end();
  timing.end();
  fmt::print("{} on {} images of {}x{}\n\n{}", mask_confusion_text(confusion), confusion.images(),
             run.info.input.width, run.info.input.height, mask_confusion_table(confusion, run.info.classes));
  return mask_confusion_json(confusion, run.info.classes);
}

/// What of the data the network can be measured with.
dataset::SourcePtr measurable(const nn::RunInfo& info, const dataset::OpenedData& data) {
  dataset::SourcePtr part = data.test ? data.test : data.train;
  // As the run's data was told to be read, unless this was told otherwise.
  if (data.range.empty()) part = info.in_range(part);
  if (!info.numbers.empty()) return with_numbers(part, data.name, info.numbers.names.size());
  if (info.masks) return with_masks(part, data.name, {info.classes, info.foreground}).source;
  return labelled(matched_classes(part, info.classes, data.name), data.name, info.outputs);
}

/// All processes measure the same network on the same data.
void agree(nn::Group& group, const CommandLine& line, const nn::OpenedRun& run,
           const dataset::Source& source) {
  std::string weights;
  for (const nn::Parameter& p : run.model.parameters())
    weights.append(reinterpret_cast<const char*>(p.value.data()), p.value.size() * sizeof(float));
  group.agree("the network", weights);
  group.agree_on_data("the data", source);
  group.agree("tta", line.get<std::string>("tta"));
  group.agree("corruptions", line.has("corruptions") ? "true" : "false");
}

/// Different samples of all processes' that couldn't be used.
std::size_t all_skipped(const dataset::Loader& loader, nn::Group* group) {
  double skipped = static_cast<double>(loader.report().skipped);
  if (group) group->sum(std::span<double>(&skipped, 1));
  return static_cast<std::size_t>(skipped);
}

int run_eval(const CommandLine& line) {
  GroupMember member(line);
  nn::OpenedRun run = nn::open_run(line.get<std::string>("run"));
  const dataset::OpenedData data = open_told(line.get<std::string>("data"), data_options(line));
  const dataset::SourcePtr source = measurable(run.info, data);
  const augment::TestTime views = views_of(line);
  if (run.info.masks && views.count() > 1)
    throw UsageError("--tta averages over views of an image, whose masks lie elsewhere: it isn't for masks");
  member.meet();
  if (member.group()) agree(*member.group(), line, run, *source);
  dataset::Loader loader(source, run.info.fitted(augment::Recipe{views}), loading(run, member));
  const int count = views.count();
  nlohmann::json result = run.info.masks              ? measure_masks(line, run, loader, member)
                          : !run.info.numbers.empty() ? measure_numbers(line, run, loader, count, member)
                          : is_independent(run)       ? measure_independent(line, run, loader, count, member)
                                                      : measure(line, run, loader, count, member);
  result["views"] = count;
  result["skipped"] = all_skipped(loader, member.group());
  if (result["skipped"] > 0)
    fmt::print("\n{} samples couldn't be used and were left out\n", result["skipped"].get<std::size_t>());
  if (line.has("corruptions"))
    result["corruptions"] = corruption_table(run, source, line.get<int>("threads"), member);
  if (member.is_first()) write_json(line, result);
  return 0;
}

}  // namespace

Command eval_command() {
  return {
      .name = "eval",
      .brief = "accuracy of a trained network, class by class",
      .about =
          "Accuracy, class by class, and calibration of a trained network on a data set (its test "
          "part, where it has one); mean average precision and F1 where it learned with --loss binary; mean "
          "absolute error and R2 of numbers; mean IoU and each class's of masks.",
      .words = {run_word(), data_word()},
      .groups = {{"Options",
                  {{"tta", choice(kViews, "none"), "average over views of each image"},
                   {"corruptions", Flag{}, "also under the 15 corruptions of ImageNet-C at 5 severities"},
                   {"out", file(), "also draw the confusion matrix, a PNG"},
                   json_option(),
                   threads_option()}},
                 data_group(),
                 group_group()},
      .examples = {"eval runs/first sample:digits", "eval runs/first sample:digits --tta crops"},
      .run = run_eval};
}

}  // namespace doppel::apps
