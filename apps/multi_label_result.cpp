#include "multi_label_result.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "doppel/base/utf8.h"

namespace doppel::apps {

std::string multi_label_text(const nn::MultiLabel& result) {
  return fmt::format(
      "mAP {:.2f} %{}, F1 {:.2f} % (mean of classes {:.2f} %), all labels of an image right {:.2f} %",
      100 * result.mean_average_precision(),
      result.has_one_label_each() ? fmt::format(", accuracy {:.2f} %", 100 * result.accuracy()) : "",
      100 * result.f1_micro(), 100 * result.f1_macro(), 100 * result.exact_match());
}

nlohmann::json multi_label_json(const nn::MultiLabel& result, const std::vector<std::string>& classes) {
  nlohmann::json by_class = nlohmann::json::object();
  for (int c = 0; c < result.classes(); ++c) {
    const auto average = result.average_precision(c);
    by_class[classes[static_cast<std::size_t>(c)]] = {
        {"images", result.positives(c)},
        {"average_precision", average ? nlohmann::json(*average) : nullptr},
        {"precision", result.precision(c)},
        {"recall", result.recall(c)},
        {"f1", result.f1(c)}};
  }
  nlohmann::json all{{"map", result.mean_average_precision()},
                     {"f1_micro", result.f1_micro()},
                     {"f1_macro", result.f1_macro()},
                     {"exact_match", result.exact_match()},
                     {"loss", result.mean_loss()},
                     {"samples", result.total()},
                     {"classes", by_class}};
  if (result.has_one_label_each()) all["accuracy"] = result.accuracy();
  return all;
}

std::string multi_label_table(const nn::MultiLabel& result, const std::vector<std::string>& classes) {
  std::string text = fmt::format("{:<20} {:>8} {:>10} {:>10} {:>10} {:>10}\n", "class", "images", "AP",
                                 "precision", "recall", "F1");
  for (int c = 0; c < result.classes(); ++c) {
    const auto average = result.average_precision(c);
    text += fmt::format("{:<20} {:>8} {:>10} {:>8.2f} % {:>8.2f} % {:>8.2f} %\n",
                        printable(classes[static_cast<std::size_t>(c)]), result.positives(c),
                        average ? fmt::format("{:.2f} %", 100 * *average) : "-", 100 * result.precision(c),
                        100 * result.recall(c), 100 * result.f1(c));
  }
  return text;
}

std::size_t count_several_labels(const dataset::Source& source) {
  std::size_t several = 0;
  for (std::size_t i = 0; i < source.size(); ++i) {
    double sum = 0;
    for (const augment::LabelShare& share : source.label_shares(i)) sum += share.share;
    several += sum > 1 + 1e-6;
  }
  return several;
}

}  // namespace doppel::apps
