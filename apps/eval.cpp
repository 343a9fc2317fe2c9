// doppel eval RUN DATA
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "choice.h"
#include "command.h"
#include "doppel/augment/error.h"
#include "doppel/augment/recipe.h"
#include "doppel/augment/transforms/corruption.h"
#include "doppel/augment/transforms/test_time.h"
#include "doppel/dataset/decode.h"
#include "doppel/dataset/sources.h"
#include "doppel/nn/trainer.h"
#include "draw.h"
#include "run_info.h"

namespace doppel::apps {
namespace {

void add_options(CommandLine& line) {
  line.add()("run", po::value<std::string>(), "a run's folder, or a model file")(
      "data", po::value<std::string>(), "a data set")("tta", po::value<std::string>()->default_value("none"),
                                                      "average over views of each picture: none, flip (and "
                                                      "its mirror image), crops (and its corners and centre) "
                                                      "or both")(
      "corruptions", "also under the 15 corruptions of ImageNet-C at 5 severities")(
      "threads", po::value<int>()->default_value(0), "0: all cores")("out", po::value<std::string>(),
                                                                     "also draw the confusion matrix here")(
      "json", po::value<std::string>(), "also write the result here");
  line.positional("run", 1);
  line.positional("data", 1);
}

/// Views to average over.
augment::TestTime views_of(const CommandLine& line) {
  struct Views {
    bool flips;
    int crops;
  };
  const auto [flips, crops] = chosen<Views>(
      line, "tta", {{"none", {false, 1}}, {"flip", {true, 1}}, {"crops", {false, 5}}, {"both", {true, 5}}});
  augment::TestTime views;
  views.flips = flips;
  views.crops = crops;
  return views;
}

/// Accuracy under each corruption at each severity; prints and returns the table.
nlohmann::json corruption_table(OpenedRun& run, const dataset::SourcePtr& source, int threads) {
  using augment::Corruption;
  nlohmann::json table = nlohmann::json::object();
  fmt::print("\n{:<20} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "accuracy, %, at", 1, 2, 3, 4, 5, "mean");
  double all = 0;
  for (int kind = 0; kind < Corruption::kCommon; ++kind) {
    Corruption corruption;
    corruption.corruption = static_cast<Corruption::Kind>(kind);
    const std::string name(augment::corruption_name(corruption.corruption));
    std::vector<double> row;
    for (corruption.severity = 1; corruption.severity <= 5; ++corruption.severity) {
      dataset::Loader loader(source, run.info.fitted(augment::Recipe{corruption}),
                             run.info.evaluation_options(256));
      row.push_back(evaluate(run.model, loader, threads).accuracy());
    }
    const double mean = std::accumulate(row.begin(), row.end(), 0.0) / 5;
    all += mean / Corruption::kCommon;
    fmt::print("{:<20}", name);
    for (const double accuracy : row) fmt::print(" {:>8.2f}", 100 * accuracy);
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
    fmt::print("{:<20} {:>8} {:>8.2f} % {:>8.2f} %\n", name, images, 100 * confusion.precision(c),
               100 * confusion.recall(c));
    classes[name] = {
        {"images", images}, {"precision", confusion.precision(c)}, {"recall", confusion.recall(c)}};
  }
  return classes;
}

}  // namespace

int run_eval(const Words& words) {
  CommandLine line("eval RUN DATA",
                   "Accuracy, class by class, and calibration of a trained network on a data set (its test "
                   "part, where it has one).");
  add_options(line);
  if (!line.parse(words)) return 0;
  OpenedRun run = open_run(line.need("run"));
  const dataset::OpenedData data = dataset::open_data(line.need("data"));
  const dataset::SourcePtr source = data.test ? data.test : data.train;
  if (source->classes() != run.info.classes)
    throw Error(fmt::format("the classes of {} are not the {} that the network knows", data.name,
                            run.info.classes.size()));
  const augment::TestTime views = views_of(line);
  const int threads = line.get<int>("threads");
  dataset::Loader loader(source, run.info.fitted(augment::Recipe{views}), run.info.evaluation_options(256));
  const nn::Confusion confusion = evaluate_views(run.model, loader, views.count(), threads);
  fmt::print(
      "accuracy {:.2f} % ({:.2f} % among the first 5) on {} images, loss {:.4f}, calibration error "
      "{:.4f}{}\n\n"
      "{:<20} {:>8} {:>10} {:>10}\n",
      100 * confusion.accuracy(), 100 * confusion.top_accuracy(5), confusion.total(), confusion.mean_loss(),
      confusion.calibration_error(), views.count() > 1 ? fmt::format(", {} views", views.count()) : "",
      "class", "images", "precision", "recall");
  nlohmann::json result{{"classes", print_classes(confusion, run.info.classes)},
                        {"accuracy", confusion.accuracy()},
                        {"top5", confusion.top_accuracy(5)},
                        {"loss", confusion.mean_loss()},
                        {"calibration_error", confusion.calibration_error()},
                        {"samples", confusion.total()},
                        {"views", views.count()},
                        {"skipped", loader.report().skipped / static_cast<std::size_t>(views.count())}};
  if (result["skipped"] > 0)
    fmt::print("\n{} samples couldn't be used and were left out\n", result["skipped"].get<std::size_t>());
  if (line.has("corruptions")) result["corruptions"] = corruption_table(run, source, threads);
  if (line.has("out"))
    dataset::write_png(line.get<std::string>("out"), draw_confusion(confusion, run.info.classes));
  write_json(line, result);
  return 0;
}

}  // namespace doppel::apps
