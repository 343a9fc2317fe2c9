#include "mask_result.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "doppel/base/utf8.h"

namespace doppel::apps {
namespace {

double share_of(std::int64_t part, std::int64_t all) {
  return all > 0 ? static_cast<double>(part) / static_cast<double>(all) : 0;
}

/// "95.10 %", or "-" where there are no such pixels.
std::string iou_text(const nn::MaskConfusion& confusion, int c) {
  const auto iou = confusion.iou(c);
  return iou ? fmt::format("{:.2f} %", 100 * *iou) : "-";
}

}  // namespace

std::string mask_confusion_text(const nn::MaskConfusion& confusion) {
  return fmt::format("mean IoU {:.2f} %, pixel accuracy {:.2f} %", 100 * confusion.mean_iou(),
                     100 * confusion.pixel_accuracy());
}

nlohmann::json mask_confusion_json(const nn::MaskConfusion& confusion,
                                   const std::vector<std::string>& names) {
  nlohmann::json classes = nlohmann::json::object();
  for (int c = 0; c < confusion.classes(); ++c) {
    const auto iou = confusion.iou(c);
    classes[names[static_cast<std::size_t>(c)]] = {
        {"iou", iou ? nlohmann::json(*iou) : nlohmann::json()},
        {"pixels", confusion.truths(c)},
        {"precision", share_of(confusion.at(c, c), confusion.predictions(c))},
        {"recall", share_of(confusion.at(c, c), confusion.truths(c))}};
  }
  return {{"mean_iou", confusion.mean_iou()},
          {"pixel_accuracy", confusion.pixel_accuracy()},
          {"samples", confusion.images()},
          {"pixels", confusion.pixels()},
          {"classes", classes}};
}

std::string mask_confusion_table(const nn::MaskConfusion& confusion, const std::vector<std::string>& names) {
  std::string text =
      fmt::format("{:<20} {:>12} {:>10} {:>10} {:>10}\n", "class", "pixels", "IoU", "precision", "recall");
  for (int c = 0; c < confusion.classes(); ++c)
    text += fmt::format("{:<20} {:>12} {:>10} {:>8.2f} % {:>8.2f} %\n",
                        printable(names[static_cast<std::size_t>(c)]), confusion.truths(c),
                        iou_text(confusion, c), 100 * share_of(confusion.at(c, c), confusion.predictions(c)),
                        100 * share_of(confusion.at(c, c), confusion.truths(c)));
  return text;
}

}  // namespace doppel::apps
