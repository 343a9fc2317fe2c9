// doppel eval RUN DATA
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "command.h"
#include "doppel/augment/error.h"
#include "doppel/dataset/decode.h"
#include "doppel/dataset/sources.h"
#include "doppel/nn/trainer.h"
#include "draw.h"
#include "run_info.h"

namespace doppel::apps {

int run_eval(const Words& words) {
  CommandLine line("eval RUN DATA",
                   "Accuracy, class by class, and calibration of a trained network on a data set (its test "
                   "part, where it has one).");
  line.add()("run", po::value<std::string>(), "a run's folder, or a model file")(
      "data", po::value<std::string>(), "a data set")("out", po::value<std::string>(),
                                                      "also draw the confusion matrix here")(
      "json", po::value<std::string>(), "also write the result here");
  line.positional("run", 1);
  line.positional("data", 1);
  if (!line.parse(words)) return 0;
  OpenedRun run = open_run(line.need("run"));
  const dataset::OpenedData data = dataset::open_data(line.need("data"));
  const dataset::SourcePtr source = data.test ? data.test : data.train;
  if (source->classes() != run.info.classes)
    throw Error(fmt::format("the classes of {} are not the {} that the network knows", data.name,
                            run.info.classes.size()));
  dataset::Loader loader(source, run.info.fitted({}), run.info.evaluation_options(256));
  const nn::Confusion confusion = evaluate(run.model, loader);
  fmt::print(
      "accuracy {:.2f} % on {} images, loss {:.4f}, calibration error {:.4f}\n\n{:<20} {:>8} {:>10} {:>10}\n",
      100 * confusion.accuracy(), confusion.total(), confusion.mean_loss(), confusion.calibration_error(),
      "class", "images", "precision", "recall");
  nlohmann::json classes = nlohmann::json::object();
  for (int c = 0; c < confusion.classes(); ++c) {
    std::int64_t images = 0;
    for (int p = 0; p < confusion.classes(); ++p) images += confusion.at(c, p);
    const std::string& name = run.info.classes[static_cast<std::size_t>(c)];
    fmt::print("{:<20} {:>8} {:>8.2f} % {:>8.2f} %\n", name, images, 100 * confusion.precision(c),
               100 * confusion.recall(c));
    classes[name] = {
        {"images", images}, {"precision", confusion.precision(c)}, {"recall", confusion.recall(c)}};
  }
  if (const auto skipped = loader.report().skipped; skipped > 0)
    fmt::print("\n{} samples couldn't be used and were left out\n", skipped);
  if (line.has("out"))
    dataset::write_png(line.get<std::string>("out"), draw_confusion(confusion, run.info.classes));
  write_json(line, {{"accuracy", confusion.accuracy()},
                    {"loss", confusion.mean_loss()},
                    {"calibration_error", confusion.calibration_error()},
                    {"samples", confusion.total()},
                    {"skipped", loader.report().skipped},
                    {"classes", classes}});
  return 0;
}

}  // namespace doppel::apps
