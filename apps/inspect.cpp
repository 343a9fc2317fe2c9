// doppel inspect DATA
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "command.h"
#include "common_options.h"
#include "doppel/base/error.h"
#include "doppel/base/parallel.h"
#include "doppel/base/utf8.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/open/open_data.h"
#include "doppel/nn/train/regression.h"
#include "duplicates.h"
#include "live_line.h"
#include "report/draw.h"
#include "report/inspect_page.h"
#include "report/inspection.h"
#include "telling.h"

namespace doppel::apps {
namespace {

/// Of each number to learn, in how many images it is, and between what.
nlohmann::json report_numbers(const dataset::Source& source) {
  const std::vector<std::string> names = source.number_names();
  nlohmann::json all = nlohmann::json::object();
  if (names.empty()) return all;
  std::vector<std::pair<double, double>> ends(names.size(), {1e300, -1e300});
  std::size_t count = 0;
  for (std::size_t i = 0; i < source.size(); ++i) {
    const std::vector<double> numbers = source.numbers(i);
    count += !numbers.empty();
    for (std::size_t k = 0; k < numbers.size(); ++k)
      ends[k] = {std::min(ends[k].first, numbers[k]), std::max(ends[k].second, numbers[k])};
  }
  if (count == 0) return all;
  const nn::NumberTask task = nn::number_task(source);
  for (std::size_t k = 0; k < names.size(); ++k) {
    // Learned, numbers that are all alike are left in their unit.
    const double deviation = ends[k].first == ends[k].second ? 0 : task.std[k];
    fmt::print("  {}: in {} images, {:g} to {:g}, mean {:.4g}, std {:.4g}\n", printable(names[k]), count,
               ends[k].first, ends[k].second, task.mean[k], deviation);
    all[names[k]] = {{"images", count},
                     {"least", ends[k].first},
                     {"most", ends[k].second},
                     {"mean", task.mean[k]},
                     {"std", deviation}};
  }
  return all;
}

/// What the numbers in masks are of, in how many images, and of how many pixels.
nlohmann::json report_masks(const dataset::Source& source, const std::vector<Look>& looks) {
  const std::map<int, MaskClass> classes = mask_classes_of(looks);
  nlohmann::json result = nlohmann::json::object();
  constexpr std::size_t kShown = 20;
  std::size_t shown = 0;
  for (const auto& [number, one] : classes) {
    const std::string name =
        number >= 0 && number < std::ssize(source.classes())
            ? fmt::format("{} {}", number, source.classes()[static_cast<std::size_t>(number)])
            : fmt::format("{}", number);
    result[fmt::format("{}", number)] = {{"images", one.images}, {"share", one.share}};
    if (++shown <= kShown)
      fmt::print("    {:<18} {:>8} images, {:.2f} % of the pixels\n", printable(name), one.images,
                 100 * one.share);
  }
  if (shown > kShown) fmt::print("    and {} further numbers\n", shown - kShown);
  return result;
}

/// Boxes per class, keypoints and masks, where there are any; empty where there are none.
nlohmann::json report_targets(const dataset::Source& source, const std::vector<Look>& looks) {
  std::map<int, int> labels;
  int boxes = 0, keypoints = 0, masks = 0, empty = 0, outlines = 0;
  std::map<std::string, int> maps;
  for (const Look& look : looks) {
    for (const int label : look.box_labels) ++labels[label];
    boxes += static_cast<int>(look.box_labels.size());
    keypoints += look.keypoints;
    masks += look.masks;
    empty += look.empty_boxes;
    outlines += look.outlines;
    for (const std::string& name : look.maps) ++maps[name];
  }
  nlohmann::json classes = nlohmann::json::object();
  if (boxes > 0)
    fmt::print("  boxes: {}{}\n", boxes, empty > 0 ? fmt::format(", of which {} are empty", empty) : "");
  for (const auto& [label, count] : labels) {
    const bool known = label >= 0 && label < static_cast<int>(source.classes().size());
    const std::string name = known ? source.classes()[static_cast<std::size_t>(label)] : "no class";
    classes[name] = count;
    fmt::print("    {:<18} {:>8}\n", printable(name), count);
  }
  if (keypoints > 0) fmt::print("  keypoints: {}\n", keypoints);
  if (masks > 0) fmt::print("  masks: {}\n", masks);
  nlohmann::json targets{{"boxes", boxes},
                         {"box_classes", classes},
                         {"keypoints", keypoints},
                         {"masks", masks},
                         {"mask_classes", report_masks(source, looks)}};
  if (outlines > 0) {
    fmt::print("  polygons and lines: {}\n", outlines);
    targets["outlines"] = outlines;
  }
  for (const auto& [name, count] : maps) {
    fmt::print("  maps called {}: {}\n", printable(name), count);
    targets["maps"][name] = count;
  }
  return targets;
}

/// The first few of what can't be read.
void print_broken(const std::vector<std::string>& broken) {
  constexpr std::size_t kFirst = 10;
  for (std::size_t i = 0; i < std::min(kFirst, broken.size()); ++i) fmt::print("    {}\n", broken[i]);
  if (broken.size() > kFirst) fmt::print("    and {} more\n", broken.size() - kFirst);
}

nlohmann::json report(const std::string& part, const dataset::Source& source,
                      const std::vector<Look>& looks) {
  std::map<std::string, int> sizes;
  std::map<std::string, int> channels;
  std::vector<std::string> broken;
  for (const Look& look : looks) {
    if (!look.broken.empty()) {
      broken.push_back(look.broken);
      continue;
    }
    ++sizes[fmt::format("{}x{}", look.height, look.width)];
    ++channels[look.channels];
  }
  fmt::print("{}: {} samples, {} classes\n", part, looks.size(), source.classes().size());
  nlohmann::json classes = nlohmann::json::object();
  const std::vector<std::size_t> images = images_of_classes(looks, source.classes().size());
  for (std::size_t c = 0; c < images.size(); ++c) {
    classes[source.classes()[c]] = images[c];
    fmt::print("  {:<20} {:>8}\n", printable(source.classes()[c]), images[c]);
  }
  if (is_all_broken(looks)) {
    fmt::print("  none of them can be read:\n");
    print_broken(broken);
    return {{"samples", looks.size()}, {"classes", classes}, {"broken", broken}};
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
  for (const auto& [what, count] : channels) fmt::print(" {} ({})", what, count);
  const Moments sums = moments_of(looks);
  fmt::print("\n  mean {:.4f}, std {:.4f}\n", fmt::join(sums.mean, " "), fmt::join(sums.std, " "));
  nlohmann::json targets = report_targets(source, looks);
  if (nlohmann::json numbers = report_numbers(source); !numbers.empty())
    targets["numbers"] = std::move(numbers);
  fmt::print("  broken: {}\n", broken.size());
  print_broken(broken);
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

/// Each sample read once.
InspectedPart look_through(const std::string& name, const dataset::SourcePtr& source) {
  InspectedPart part{name, source, std::vector<Look>(source->size())};
  LiveLine live(fmt::format("looking at {}", name), "images");
  std::mutex large;
  for_all(part.looks.size(), [&](std::size_t i) {
    part.looks[i] = isolated([&] { return look_at(*source, i, large); });
    live.add(part.looks.size());
  });
  return part;
}

/// Prints what was found and isn't used, and what somebody should look at.
nlohmann::json report_remarks(const dataset::OpenedData& data, const std::vector<InspectedPart>& parts) {
  nlohmann::json list = nlohmann::json::array();
  fmt::print("recognised as: {}\n", data.layout);
  std::vector<dataset::Remark> all = data.remarks;
  for (const InspectedPart& part : parts)
    for (const Concern& concern : concerns_of(part.looks)) {
      dataset::Remark remark{fmt::format("{} part: {}", part.name, concern.what), concern.samples.size(), {}};
      for (std::size_t i = 0; i < std::min<std::size_t>(3, concern.samples.size()); ++i)
        remark.examples.push_back(part.source->name(concern.samples[i]));
      all.push_back(std::move(remark));
    }
  for (const dataset::Remark& remark : all) {
    fmt::print("  note: {}\n", remark.text());
    list.push_back({{"what", remark.what}, {"count", remark.count}, {"examples", remark.examples}});
  }
  return list;
}

int run_inspect(const CommandLine& line) {
  const dataset::OpenedData data = open_data(line.get<std::string>("data"), data_options(line));
  nlohmann::json result{{"layout", data.layout}};
  dataset::DuplicateFinder duplicates;
  std::vector<InspectedPart> parts;
  for (const auto& [name, source] :
       {std::pair{"train", data.train}, {"valid", data.valid}, {"test", data.test}}) {
    if (!source) continue;
    const InspectedPart& part = parts.emplace_back(look_through(name, source));
    result[name] = report(name, *source, part.looks);
    LiveLine comparing("comparing", "images");
    for (std::size_t i = 0; i < part.looks.size(); ++i) {
      comparing.count(i, part.looks.size());
      if (part.looks[i].broken.empty())
        duplicates.add(part.looks[i].print, source->name(i), part.looks[i].label, source != data.train);
    }
  }
  const bool is_readable =
      !std::ranges::all_of(parts, [](const InspectedPart& part) { return is_all_broken(part.looks); });
  if (line.has("out") && is_readable)
    write_png(line.get<std::string>("out"), class_sheet(*data.train, parts.front().looks));
  if (line.has("html")) write_inspect_page(line.get<std::string>("html"), data, parts, duplicates);
  result["remarks"] = report_remarks(data, parts);
  result["duplicates"] = report_duplicates(duplicates);
  write_json(line, result);
  if (is_readable) return 0;
  std::size_t count = 0;
  for (const InspectedPart& part : parts) count += part.looks.size();
  throw Error(fmt::format("{}: none of its {} image{} can be read; the first: {}", data.name, count,
                          count == 1 ? "" : "s", parts[0].looks[0].broken));
}

}  // namespace

Command inspect_command() {
  return {.name = "inspect",
          .brief = "what a data set is, and what of it isn't used: classes, sizes, broken files, duplicates",
          .about =
              "Says what the data was recognised as and what of it isn't used; classes, counts, sizes, "
              "broken files, boxes "
              "that can't be, images that come twice (also in two parts), mean and std. Where no image can "
              "be read, "
              "it fails.",
          .words = {data_word()},
          .groups = {{"Options",
                      {{"out", file(), "also draw a contact sheet, a PNG"},
                       {"html", file(), "also write a page with images of each remark"},
                       json_option()}},
                     data_group()},
          .examples = {"inspect sample:digits --html digits.html"},
          .run = run_inspect};
}

}  // namespace doppel::apps
