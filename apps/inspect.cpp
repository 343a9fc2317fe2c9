// doppel inspect DATA
#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "command.h"
#include "common_options.h"
#include "doppel/base/error.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/open/open_data.h"
#include "duplicates.h"
#include "live_line.h"
#include "report/draw.h"
#include "telling.h"

namespace doppel::apps {
namespace {

/// What one picture tells.
struct Look {
  std::string broken;  ///< why it can't be read
  int label = -1, height = 0, width = 0, channels = 0;
  std::vector<int> box_labels;
  int keypoints = 0, masks = 0, empty_boxes = 0;
  std::array<double, 3> sum{}, square{};
  dataset::DuplicateFinder::Fingerprint print;
};

Look look_at(const dataset::Source& source, std::size_t index) {
  Look look;
  look.label = source.label(index);
  try {
    const augment::Sample sample = load(source, index);
    const cv::Mat& image = sample.image;
    look.masks = static_cast<int>(sample.masks.size());
    look.keypoints = static_cast<int>(sample.keypoints.size());
    for (const augment::Box& box : sample.boxes) {
      look.box_labels.push_back(box.label);
      look.empty_boxes += !(box.x1 > box.x0 && box.y1 > box.y0);
    }
    look.height = image.rows;
    look.width = image.cols;
    look.channels = image.channels();
    cv::Scalar mean, deviation;
    cv::meanStdDev(image, mean, deviation);
    for (std::size_t c = 0; c < 3; ++c) {
      const int from = image.channels() == 1 ? 0 : static_cast<int>(c);
      look.sum[c] = mean[from] / 255;
      look.square[c] = (deviation[from] * deviation[from] + mean[from] * mean[from]) / (255.0 * 255);
    }
    const cv::Mat dense = image.isContinuous() ? image : image.clone();
    look.print = dataset::DuplicateFinder::fingerprint({dense.data, dense.total() * dense.elemSize()}, image);
  } catch (const std::exception& error) { look.broken = error.what(); }
  return look;
}

struct Sums {
  std::array<double, 3> mean{}, std{};
};

Sums sums_of(const std::vector<Look>& looks) {
  Sums sums;
  double count = 0;
  for (const Look& look : looks) count += look.broken.empty();
  for (std::size_t c = 0; c < 3; ++c) {
    double square = 0;
    for (const Look& look : looks)
      sums.mean[c] += look.sum[c] / std::max(1.0, count), square += look.square[c] / std::max(1.0, count);
    sums.std[c] = std::sqrt(std::max(0.0, square - sums.mean[c] * sums.mean[c]));
  }
  return sums;
}

/// Boxes per class, keypoints and masks, where there are any; empty where there are none.
nlohmann::json report_targets(const dataset::Source& source, const std::vector<Look>& looks) {
  std::map<int, int> labels;
  int boxes = 0, keypoints = 0, masks = 0, empty = 0;
  for (const Look& look : looks) {
    for (const int label : look.box_labels) ++labels[label];
    boxes += static_cast<int>(look.box_labels.size());
    keypoints += look.keypoints;
    masks += look.masks;
    empty += look.empty_boxes;
  }
  nlohmann::json classes = nlohmann::json::object();
  if (boxes > 0)
    fmt::print("  boxes: {}{}\n", boxes, empty > 0 ? fmt::format(", of which {} are empty", empty) : "");
  for (const auto& [label, count] : labels) {
    const bool known = label >= 0 && label < static_cast<int>(source.classes().size());
    const std::string name = known ? source.classes()[static_cast<std::size_t>(label)] : "no class";
    classes[name] = count;
    fmt::print("    {:<18} {:>8}\n", name, count);
  }
  if (keypoints > 0) fmt::print("  keypoints: {}\n", keypoints);
  if (masks > 0) fmt::print("  masks: {}\n", masks);
  return {{"boxes", boxes}, {"box_classes", classes}, {"keypoints", keypoints}, {"masks", masks}};
}

nlohmann::json report(const std::string& part, const dataset::Source& source,
                      const std::vector<Look>& looks) {
  std::map<std::string, int> sizes;
  std::map<int, int> channels, labels;
  nlohmann::json broken = nlohmann::json::array();
  for (const Look& look : looks) {
    ++labels[look.label];
    if (!look.broken.empty()) {
      broken.push_back(look.broken);
      continue;
    }
    ++sizes[fmt::format("{}x{}", look.height, look.width)];
    ++channels[look.channels];
  }
  fmt::print("{}: {} samples, {} classes\n", part, looks.size(), source.classes().size());
  nlohmann::json classes = nlohmann::json::object();
  for (std::size_t c = 0; c < source.classes().size(); ++c) {
    classes[source.classes()[c]] = labels[static_cast<int>(c)];
    fmt::print("  {:<20} {:>8}\n", source.classes()[c], labels[static_cast<int>(c)]);
  }
  std::vector<std::pair<int, std::string>> common;
  for (const auto& [size, count] : sizes) common.emplace_back(-count, size);
  std::ranges::sort(common);
  fmt::print("  sizes (height x width): {}", common.size() == 1
                                                 ? "all " + common[0].second
                                                 : fmt::format("{} different, most often", common.size()));
  for (std::size_t i = 0; common.size() > 1 && i < std::min<std::size_t>(3, common.size()); ++i)
    fmt::print("{} {} ({})", i ? "," : "", common[i].second, -common[i].first);
  fmt::print("\n  channels:");
  for (const auto& [n, count] : channels)
    fmt::print(" {} ({})", n == 1 ? "grey" : n == 3 ? "RGB" : "RGBA", count);
  const Sums sums = sums_of(looks);
  fmt::print("\n  mean {:.4f} {:.4f} {:.4f}, std {:.4f} {:.4f} {:.4f}\n", sums.mean[0], sums.mean[1],
             sums.mean[2], sums.std[0], sums.std[1], sums.std[2]);
  const nlohmann::json targets = report_targets(source, looks);
  fmt::print("  broken: {}\n", broken.size());
  for (std::size_t i = 0; i < std::min<std::size_t>(10, broken.size()); ++i)
    fmt::print("    {}\n", broken[i].get<std::string>());
  return {{"samples", looks.size()}, {"classes", classes}, {"sizes", sizes},    {"broken", broken},
          {"mean", sums.mean},       {"std", sums.std},    {"targets", targets}};
}

cv::Mat class_sheet(const dataset::Source& source, const std::vector<Look>& looks) {
  std::vector<Tile> tiles;
  std::map<int, int> shown;
  const int per_class = std::max(1, 48 / std::max<int>(1, static_cast<int>(source.classes().size())));
  for (std::size_t i = 0; i < looks.size() && tiles.size() < 96; ++i)
    if (looks[i].broken.empty() && shown[looks[i].label]++ < per_class)
      tiles.push_back({with_targets(load(source, i)),
                       looks[i].label < 0 ? "" : source.classes()[static_cast<std::size_t>(looks[i].label)]});
  return tile_sheet(tiles, 12, 84);
}

int run_inspect(const CommandLine& line) {
  const dataset::OpenedData data = open_data(line.get<std::string>("data"), line.has("ignore"));
  nlohmann::json result{{"layout", data.layout}, {"remarks", nlohmann::json::array()}};
  dataset::DuplicateFinder duplicates;
  for (const auto& [part, source] :
       {std::pair{"train", data.train}, {"valid", data.valid}, {"test", data.test}}) {
    if (!source) continue;
    std::vector<Look> looks(source->size());
    LiveLine live(fmt::format("looking at {}", part), "pictures"), comparing("comparing", "pictures");
    tbb::parallel_for(std::size_t{0}, looks.size(), [&](std::size_t i) {
      looks[i] = look_at(*source, i);
      live.add(looks.size());
    });
    live.end();
    result[part] = report(part, *source, looks);
    for (std::size_t i = 0; i < looks.size(); ++i) {
      comparing.count(i, looks.size());
      if (looks[i].broken.empty())
        duplicates.add(looks[i].print, source->name(i), looks[i].label, source == data.test);
    }
    comparing.end();
    if (line.has("out") && source == data.train)
      write_png(line.get<std::string>("out"), class_sheet(*source, looks));
  }
  fmt::print("recognised as: {}\n", data.layout);
  for (const dataset::Remark& remark : data.remarks) {
    fmt::print("  note: {}\n", remark.text());
    result["remarks"].push_back(
        {{"what", remark.what}, {"count", remark.count}, {"examples", remark.examples}});
  }
  result["duplicates"] = report_duplicates(duplicates);
  write_json(line, result);
  return 0;
}

}  // namespace

Command inspect_command() {
  return {.name = "inspect",
          .brief = "classes, sizes, broken files, duplicates, mean and std of a data set",
          .about = "Classes, counts, sizes, broken files, pictures that come twice, mean and std.",
          .words = {data_word()},
          .groups = {{"Options",
                      {{"out", file(), "also draw a contact sheet, a PNG"}, ignore_option(), json_option()}}},
          .examples = {"inspect sample:digits --out sheet.png"},
          .run = run_inspect};
}

}  // namespace doppel::apps
