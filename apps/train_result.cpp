#include "train_result.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "common_options.h"
#include "doppel/base/clock.h"
#include "doppel/base/settings.h"
#include "doppel/codec/png.h"
#include "doppel/nn/formats/weights.h"
#include "doppel/nn/study/run_info.h"
#include "doppel/nn/train/trainer.h"
#include "epoch_record.h"
#include "live_line.h"
#include "mask_result.h"
#include "mistakes.h"
#include "multi_label_result.h"
#include "number_result.h"
#include "report/draw.h"
#include "report/report.h"
#include "stopping.h"
#include "telling.h"
#include "train_data.h"
#include "train_options.h"

namespace doppel::apps {
namespace {

namespace fs = std::filesystem;

RunReport describe_run(const nn::TrainSettings& settings, const nn::RunInfo& info, const nn::Trainer& trainer,
                       const TrainParts& parts, const std::string& recipe, double seconds) {
  const dataset::LoaderReport loader = trainer.loader().report();
  RunReport report;
  report.title = fmt::format("{} on {}", settings.net, settings.data);
  report.network = info.network;
  report.facts = {{"recipe", recipe},
                  {"training images", std::to_string(parts.train->size())},
                  {"left out as broken", std::to_string(loader.skipped)},
                  {"epochs", std::to_string(trainer.history().size())},
                  {"batch", std::to_string(settings.loading.batch)},
                  {"peak learning rate", fmt::format("{}", trainer.rate())}};
  for (const SettingText& setting : settings_of(settings.training))
    if (setting.name == "optimizer" || setting.name == "schedule" || setting.name == "precision" ||
        setting.name == "seed")
      report.facts.emplace_back(setting.name, setting.value);
  report.facts.emplace_back("time", time_text(seconds));
  if (trainer.best_epoch() >= 0) {
    const nn::EpochRecord& best = trainer.history()[static_cast<std::size_t>(trainer.best_epoch())];
    report.facts.emplace_back(
        fmt::format("best {} {}", parts.held_out_name, measured_name(best)),
        best.valid_r2 ? fmt::format("{:.4f}, epoch {}", *best.valid_r2, trainer.best_epoch() + 1)
                      : fmt::format("{:.2f} %, epoch {}", 100 * *best.held_out(), trainer.best_epoch() + 1));
  }
  report.history = trainer.history();
  report.held_out = parts.held_out_name;
  report.classes = info.classes;
  report.held_out_source = parts.held_out;
  report.train_source = parts.train;
  const auto of = [](std::chrono::nanoseconds t) { return std::chrono::duration<double>(t).count(); };
  report.seconds = {{"reading", of(loader.reading)},
                    {"decoding", of(loader.decoding)},
                    {"drawing plans", of(loader.drawing)},
                    {"rendering", of(loader.rendering)},
                    {"waiting for a batch", of(loader.waiting)},
                    {"network and optimiser", trainer.step_seconds()}};
  return report;
}

/// Measures what was held out: into the report, the folder and the result.
void measure(const TrainRun& run, nn::Model& model, dataset::Loader& held_out, LiveLine& live,
             RunReport& report, nlohmann::json& result) {
  std::size_t measured = 0;
  if (!run.info.numbers.empty()) {
    report.numbers = nn::evaluate_numbers(model, held_out, run.info.numbers, 1, run.options.threads,
                                          [&](std::size_t, std::span<const double>, std::span<const float>) {
                                            check_stopped();
                                            live.count(measured++, run.parts.held_out->size());
                                          });
    live.end();
    report.number_names = run.info.numbers.names;
    result[run.parts.held_out_name] = number_errors_json(*report.numbers, run.info.numbers.names);
    return;
  }
  if (run.info.masks) {
    report.masks = nn::evaluate_masks(model, held_out, run.options.threads,
                                      [&](std::size_t, std::span<const float>, std::span<const float>) {
                                        check_stopped();
                                        live.count(measured++, run.parts.held_out->size());
                                      });
    live.end();
    result[run.parts.held_out_name] = mask_confusion_json(*report.masks, run.info.classes);
    return;
  }
  if (run.info.outputs == dataset::Labels::Independent) {
    MistakeList misses(kMistakesShown);
    report.multi_label = evaluate_multi_label(
        model, held_out, run.options.threads, [&](std::size_t i, int, std::span<const float> logits) {
          check_stopped();
          live.count(measured++, run.parts.held_out->size());
          misses.add(i, classes_there(*run.parts.held_out, i, logits.size()), logits);
        });
    live.end();
    report.mistakes = misses.sorted();
    result[run.parts.held_out_name] = multi_label_json(*report.multi_label, run.info.classes);
    return;
  }
  MistakeList mistakes(kMistakesShown);
  const nn::Confusion confusion = evaluate(model, held_out, run.options.threads,
                                           [&](std::size_t i, int label, std::span<const float> logits) {
                                             check_stopped();
                                             live.count(measured++, run.parts.held_out->size());
                                             mistakes.add(i, label, logits);
                                           });
  live.end();
  report.confusion = confusion;
  report.mistakes = mistakes.sorted();
  write_png(run.folder / "confusion.png", draw_confusion(confusion, run.info.classes));
  result[run.parts.held_out_name] = {
      {"accuracy", confusion.accuracy()}, {"loss", confusion.mean_loss()}, {"samples", confusion.total()}};
}

}  // namespace

std::string time_text(double seconds) {
  if (seconds < 59.5) return fmt::format("{:.0f} s", std::max(1.0, seconds));
  return clock_text(seconds) + (seconds < 3599.5 ? " min" : " h");
}

std::string training_note(const nn::Loss& loss, const nn::EpochRecord& last, const std::string& held_out,
                          const augment::Recipe& recipe) {
  const double smoothing = nn::smoothing_of(loss);
  std::vector<std::string> reasons;
  if (smoothing > 0) reasons.push_back(fmt::format("label smoothing ({}) adds to it", smoothing));
  if (!recipe.transforms().empty()) reasons.push_back("augmented images are harder");
  if (reasons.empty() || !last.valid_loss || last.loss <= *last.valid_loss) return {};
  return fmt::format("the training loss ({:.3f}) is above the {} loss ({:.3f}): {}", last.loss, held_out,
                     *last.valid_loss, fmt::join(reasons, ", and "));
}

nlohmann::json finish_run(const TrainRun& run, nn::Model& model, const nn::Trainer& trainer,
                          dataset::Loader* held_out, LiveLine& measuring, double seconds) {
  const nn::EpochRecord& last = trainer.history().back();
  nn::save_model(run.folder / "model.safetensors", model, run.info.metadata());
  if (trainer.stopped_early())
    std::cerr << fmt::format(
        "no better {} for {} epochs: stopped; the best is in best.safetensors, epoch {}\n",
        measured_name(last), run.options.patience, trainer.best_epoch() + 1);
  nlohmann::json result{{"run", run.folder.string()},
                        {"network", run.info.network},
                        {"parameters", model.graph().parameters()},
                        {"epochs", run.options.epochs},
                        {"seconds", seconds},
                        {"skipped", trainer.loader().report().skipped},
                        {"train", {{"loss", last.loss}}}};
  if (run.info.tells_classes()) result["train"]["accuracy"] = last.accuracy;
  RunReport report = describe_run(run.settings, run.info, trainer, run.parts, run.recipe_name, seconds);
  report.note = training_note(run.options.loss, last, run.parts.held_out_name, run.recipe);
  if (held_out) {
    measure(run, model, *held_out, measuring, report, result);
    if (!report.mistakes.empty())
      write_png(run.folder / "mistakes.png",
                mistake_sheet(report.mistakes, *run.parts.held_out, run.info.classes));
    const auto& [confusion, multi_label] = std::tie(report.confusion, report.multi_label);
    fmt::print("{} {} on {} images, in {}\n", run.parts.held_out_name,
               report.numbers ? number_errors_text(*report.numbers)
               : report.masks ? mask_confusion_text(*report.masks)
               : confusion    ? fmt::format("accuracy {:.2f} %", 100 * confusion->accuracy())
                              : multi_label_text(*multi_label),
               report.numbers ? report.numbers->total()
               : report.masks ? report.masks->images()
               : confusion    ? confusion->total()
                              : multi_label->total(),
               time_text(seconds));
    if (!report.note.empty()) fmt::print("{}\n", report.note);
  }
  if (run.info.tells_classes())
    report.mislabelled = likely_mislabelled(model, *run.parts.train, run.info, run.options.threads);
  write_report(run.folder / "report.html", report);
  fmt::print("{}: report.html, model.safetensors, metrics.jsonl, curves.png, first_batch.png{}{}{}\n",
             run.folder.string(), report.confusion ? ", confusion.png" : "",
             report.mistakes.empty() ? "" : ", mistakes.png",
             run.options.best.empty() ? "" : ", best.safetensors");
  return result;
}

}  // namespace doppel::apps
