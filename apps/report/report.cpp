#include "report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>

#include "doppel/base/files.h"
#include "doppel/codec/png.h"
#include "draw.h"
#include "html.h"

namespace doppel::apps {
namespace {

std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

/// Small enough for a page of many.
std::string image_uri(const dataset::Source& source, std::size_t index) {
  constexpr int kSide = 116;
  augment::Sample bare;  // without boxes and masks
  bare.image = dataset::load(source, index).image;
  const cv::Mat image = with_targets(bare);
  const double scale = std::min(1.0, static_cast<double>(kSide) / std::max(image.rows, image.cols));
  cv::Mat small;
  cv::resize(image, small, {}, scale, scale, cv::INTER_AREA);
  return png_uri(encode_png(small));
}

std::string curves(const RunReport& report) {
  const auto values = [&](auto of) {
    std::vector<double> all;
    for (const nn::EpochRecord& r : report.history)
      all.push_back(std::optional<double>(of(r)).value_or(std::numeric_limits<double>::quiet_NaN()));
    return all;
  };
  using Record = const nn::EpochRecord&;
  const auto some = [](double v) { return std::optional<double>(v); };
  Chart loss{"loss", {}}, accuracy{"accuracy, %", {}};
  loss.lines.push_back({"training", "--orange", values([&](Record r) { return some(r.loss); })});
  loss.lines.push_back({report.held_out, "--blue", values([](Record r) { return r.valid_loss; })});
  accuracy.lines.push_back(
      {"training", "--orange", values([&](Record r) { return some(100 * r.accuracy); })});
  accuracy.lines.push_back({report.held_out, "--blue", values([&](Record r) {
                              return r.valid_accuracy ? some(100 * *r.valid_accuracy) : r.valid_accuracy;
                            })});
  Chart rate{"learning rate",
             {{"at the epoch's end", "--blue", values([&](Record r) { return some(r.rate); })}}},
      speed{"images/s",
            {{"training", "--blue", values([&](Record r) { return some(r.images_per_second); })}}};
  Chart precision{"mean average precision, %",
                  {{report.held_out, "--blue",
                    values([&](Record r) { return r.valid_map ? some(100 * *r.valid_map) : r.valid_map; })}}};
  const bool independent =
      std::ranges::any_of(report.history, [](Record r) { return r.valid_map.has_value(); });
  Chart squares{"R2", {{report.held_out, "--blue", values([](Record r) { return r.valid_r2; })}}},
      error{"mean absolute error",
            {{report.held_out, "--blue", values([](Record r) { return r.valid_mae; })}}};
  Chart overlap{"mean IoU, %", {{report.held_out, "--blue", values([&](Record r) {
                                   return r.valid_iou ? some(100 * *r.valid_iou) : r.valid_iou;
                                 })}}},
      pixels{"pixels that are right, %", {accuracy.lines.back()}};
  const bool masks = std::ranges::any_of(report.history, [](Record r) { return r.valid_iou.has_value(); });
  const bool numbers = std::ranges::any_of(report.history, [](Record r) { return r.valid_r2.has_value(); });
  const std::string note = report.note.empty() ? "" : "<p>" + escaped(report.note) + "</p>";
  return fmt::format("<h2>Curves</h2>{}<div class=two>{}{}{}{}{}</div>", note, svg(loss),
                     independent ? svg(precision) : "",
                     masks     ? svg(overlap) + svg(pixels)
                     : numbers ? svg(squares) + svg(error)
                               : svg(accuracy),
                     svg(rate), svg(speed));
}

std::string class_table(const nn::Confusion& confusion, const std::vector<std::string>& classes) {
  std::string text = "<table><tr><th>class<th>images<th>precision<th>recall</tr>";
  for (int c = 0; c < confusion.classes(); ++c) {
    std::int64_t images = 0;
    for (int p = 0; p < confusion.classes(); ++p) images += confusion.at(c, p);
    text += fmt::format("<tr><td>{}<td>{}<td>{}<td>{}</tr>", escaped(classes[static_cast<std::size_t>(c)]),
                        images, percent(confusion.precision(c)), percent(confusion.recall(c)));
  }
  return text + "</table>";
}

/// Rows are truths, columns predictions; shades are shares of a row. Of more than 40 classes only those that
/// are confused most.
std::string confusion_table(const nn::Confusion& confusion, const std::vector<std::string>& classes) {
  constexpr int kMost = 40;
  if (confusion.classes() > kMost) {
    std::vector<std::tuple<std::int64_t, int, int>> pairs;
    for (int t = 0; t < confusion.classes(); ++t)
      for (int p = 0; p < confusion.classes(); ++p)
        if (t != p && confusion.at(t, p) > 0) pairs.emplace_back(-confusion.at(t, p), t, p);
    std::ranges::sort(pairs);
    std::string text = "<table><tr><th>is<th>taken for<th>times</tr>";
    for (std::size_t i = 0; i < std::min<std::size_t>(30, pairs.size()); ++i) {
      const auto [count, t, p] = pairs[i];
      text += fmt::format("<tr><td>{}<td>{}<td>{}</tr>", escaped(classes[static_cast<std::size_t>(t)]),
                          escaped(classes[static_cast<std::size_t>(p)]), -count);
    }
    return text + "</table>";
  }
  std::string text = "<table class=heat><tr><th>is / taken for";
  for (const std::string& name : classes) text += fmt::format("<th>{}", escaped(name));
  text += "</tr>";
  for (int t = 0; t < confusion.classes(); ++t) {
    text += fmt::format("<tr><td>{}", escaped(classes[static_cast<std::size_t>(t)]));
    std::int64_t all = 0;
    for (int p = 0; p < confusion.classes(); ++p) all += confusion.at(t, p);
    for (int p = 0; p < confusion.classes(); ++p) {
      const double share = all ? static_cast<double>(confusion.at(t, p)) / static_cast<double>(all) : 0;
      text += fmt::format("<td style=\"background:rgba(var(--heat),{:.2f})\">{}", std::pow(share, 0.5) * 0.7,
                          confusion.at(t, p) ? std::to_string(confusion.at(t, p)) : "");
    }
    text += "</tr>";
  }
  return text + "</table>";
}

std::string calibration(const nn::Confusion& confusion) {
  std::string text = "<table><tr><th>probability said<th>images<th>mean of it<th>right</tr>";
  const auto n = confusion.bins().size();
  for (std::size_t i = 0; i < n; ++i) {
    const auto& bin = confusion.bins()[i];
    if (bin.count == 0) continue;
    const auto count = static_cast<double>(bin.count);
    text += fmt::format("<tr><td>{:.0f} to {:.0f} %<td>{}<td>{}<td>{}</tr>",
                        100.0 * static_cast<double>(i) / static_cast<double>(n),
                        100.0 * static_cast<double>(i + 1) / static_cast<double>(n), bin.count,
                        percent(bin.confidence / count), percent(static_cast<double>(bin.right) / count));
  }
  return text + "</table>";
}

std::string card(const std::string& name, const std::string& value) {
  return fmt::format("<div><span>{}</span><b>{}</b></div>", name, value);
}

/// Of labels that don't exclude each other.
std::string multi_label_evaluation(const RunReport& report) {
  const nn::MultiLabel& result = *report.multi_label;
  std::string text =
      fmt::format("<h2>Result on the {} images</h2><div class=facts>", escaped(report.held_out)) +
      card("mean average precision", percent(result.mean_average_precision())) +
      (result.has_one_label_each() ? card("accuracy", percent(result.accuracy())) : "") +
      card("F1", percent(result.f1_micro())) + card("F1, mean of classes", percent(result.f1_macro())) +
      card("all labels right", percent(result.exact_match())) +
      card("loss", fmt::format("{:.4f}", result.mean_loss())) +
      "</div><h2>Class by class</h2><div class=scroll><table><tr><th>class<th>images<th>average "
      "precision<th>precision<th>recall<th>F1</tr>";
  for (int c = 0; c < result.classes(); ++c) {
    const auto average = result.average_precision(c);
    text += fmt::format("<tr><td>{}<td>{}<td>{}<td>{}<td>{}<td>{}</tr>",
                        escaped(report.classes[static_cast<std::size_t>(c)]), result.positives(c),
                        average ? percent(*average) : "-", percent(result.precision(c)),
                        percent(result.recall(c)), percent(result.f1(c)));
  }
  return text + "</table></div>";
}

std::string number_evaluation(const RunReport& report) {
  const nn::NumberErrors& errors = *report.numbers;
  std::string text = fmt::format(
      "<h2>Result on the {} images</h2><div class=scroll><table><tr><th>number<th>mean absolute "
      "error<th>root "
      "mean square error<th>R2</tr>",
      escaped(report.held_out));
  for (std::size_t k = 0; k < errors.count(); ++k)
    text += fmt::format("<tr><td>{}<td>{:.4g}<td>{:.4g}<td>{:.4f}</tr>", escaped(report.number_names[k]),
                        errors.mean_absolute_error(k), errors.root_mean_square_error(k), errors.r2(k));
  return text + "</table></div>";
}

std::string mask_evaluation(const RunReport& report) {
  const nn::MaskConfusion& masks = *report.masks;
  std::string text =
      fmt::format("<h2>Result on the {} images</h2><div class=facts>", escaped(report.held_out)) +
      card("mean IoU", percent(masks.mean_iou())) + card("pixel accuracy", percent(masks.pixel_accuracy())) +
      "</div><h2>Class by class</h2><div class=scroll><table><tr><th>class<th>pixels<th>IoU<th>taken for "
      "it</tr>";
  for (int c = 0; c < masks.classes(); ++c) {
    const auto iou = masks.iou(c);
    text +=
        fmt::format("<tr><td>{}<td>{}<td>{}<td>{}</tr>", escaped(report.classes[static_cast<std::size_t>(c)]),
                    masks.truths(c), iou ? percent(*iou) : "-", masks.predictions(c));
  }
  return text + "</table></div>";
}

std::string evaluation(const RunReport& report) {
  if (report.masks) return mask_evaluation(report);
  if (report.numbers) return number_evaluation(report);
  if (report.multi_label) return multi_label_evaluation(report);
  if (!report.confusion) return {};
  const nn::Confusion& c = *report.confusion;
  std::string text = fmt::format(
      "<h2>Result on the {} images</h2><div class=facts><div><span>accuracy</span><b>{}</b></div><div><span>"
      "{}</span><b>{}</b></div><div><span>loss</span><b>{:.4f}</b></div><div><span>calibration "
      "error</span><b>{:.4f}</b></div></div>",
      escaped(report.held_out), percent(c.accuracy()),
      fmt::format("among the first {}", std::min(5, c.classes())), percent(c.top_accuracy(5)), c.mean_loss(),
      c.calibration_error());
  text += fmt::format("<h2>What is taken for what</h2><div class=scroll>{}</div>",
                      confusion_table(c, report.classes));
  return text +
         fmt::format(
             "<div class=two><div><h2>Class by class</h2><div class=scroll>{}</div></div><div><h2>"
             "Calibration</h2><p>Of images for which a class was given this probability, how many were of "
             "it.</p>{}</div></div>",
             class_table(c, report.classes), calibration(c));
}

std::string caption(const Mistake& m, const std::vector<std::string>& classes) {
  const auto name = [&](int c) { return escaped(classes[static_cast<std::size_t>(c)]); };
  if (m.prediction < 0)
    return fmt::format("<b>{}</b> is there, given {}", name(m.label), percent(m.probability));
  if (m.label < 0)
    return fmt::format("<b>{}</b> isn't labelled, given {}", name(m.prediction), percent(m.probability));
  return fmt::format("<b>{}</b> labelled, taken for <b>{}</b> ({})", name(m.label), name(m.prediction),
                     percent(m.probability));
}

std::string tiles(const std::string& title, const std::string& words, const dataset::SourcePtr& source,
                  const std::vector<Mistake>& mistakes, const std::vector<std::string>& classes) {
  if (!source || mistakes.empty()) return {};
  std::string text = fmt::format("<h2>{}</h2><p>{}</p><div class=tiles>", title, words);
  for (const Mistake& m : mistakes)
    text += fmt::format("<figure><img src=\"{}\" alt=\"\"><figcaption>{}<br>{}</figcaption></figure>",
                        image_uri(*source, m.index), caption(m, classes),
                        escaped(std::filesystem::path(source->name(m.index)).filename().string()));
  return text + "</div>";
}

std::string time_table(const RunReport& report) {
  double all = 0;
  for (const auto& [name, seconds] : report.seconds) all += seconds;
  if (all <= 0) return {};
  std::string text =
      "<h2>Where the time went</h2><p>Thread seconds, of all threads together.</p><table><tr><th>part<th>"
      "seconds<th>share</tr>";
  for (const auto& [name, seconds] : report.seconds)
    text += fmt::format("<tr><td>{}<td>{:.1f}<td>{:.1f} %</tr>", escaped(name), seconds, 100 * seconds / all);
  return text + "</table>";
}

}  // namespace

void MistakeList::add(std::size_t index, int label, std::span<const float> logits) {
  const auto best = std::ranges::max_element(logits) - logits.begin();
  if (best == label) return;
  keep({index, label, static_cast<int>(best), nn::softmax(logits)[static_cast<std::size_t>(best)]});
}

void MistakeList::add(std::size_t index, const std::vector<bool>& there, std::span<const float> logits) {
  Mistake worst;
  for (std::size_t c = 0; c < there.size(); ++c) {
    const int k = static_cast<int>(c);
    const Mistake one{index, there[c] ? k : -1, there[c] ? -1 : k, 1 / (1 + std::exp(-double{logits[c]}))};
    if (c == 0 || one.surprise() > worst.surprise()) worst = one;
  }
  if (!there.empty() && worst.surprise() > 0.5) keep(worst);
}

void MistakeList::keep(const Mistake& mistake) {
  mistakes_.push_back(mistake);
  if (mistakes_.size() < 4 * most_ + 64) return;
  mistakes_ = sorted();
}

std::vector<Mistake> MistakeList::sorted() const {
  auto all = mistakes_;
  std::ranges::stable_sort(all, std::ranges::greater(), &Mistake::surprise);
  if (all.size() > most_) all.resize(most_);
  return all;
}

void write_report(const std::filesystem::path& path, const RunReport& report) {
  const std::string body =
      fmt::format("<p>{}</p>", escaped(report.network)) + facts(report.facts) + curves(report) +
      evaluation(report) +
      tiles("Surest mistakes",
            fmt::format("Of the {} images, those that the network is surest of and wrong about.",
                        escaped(report.held_out)),
            report.held_out_source, report.mistakes, report.classes) +
      tiles("Likely mislabelled",
            "Training images whose label the network, trained on it, still doesn't believe.",
            report.train_source, report.mislabelled, report.classes) +
      time_table(report);
  write_file(path, page(report.title, body));
}

}  // namespace doppel::apps
