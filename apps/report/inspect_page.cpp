#include "inspect_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <opencv2/imgproc.hpp>
#include <unordered_map>

#include "doppel/base/files.h"
#include "doppel/codec/png.h"
#include "draw.h"
#include "html.h"

namespace doppel::apps {
namespace {

constexpr std::size_t kShown = 12;

/// An image with its targets, its name below.
std::string figure(const dataset::Source& source, std::size_t index) {
  constexpr int kSide = 160;
  std::string shown;
  try {
    const cv::Mat image = with_targets(dataset::load(source, index));
    const double scale = std::min(1.0, static_cast<double>(kSide) / std::max(image.rows, image.cols));
    cv::Mat small;
    cv::resize(image, small, {}, scale, scale, cv::INTER_AREA);
    shown = fmt::format("<img src=\"{}\" alt=\"\">", png_uri(encode_png(small)));
  } catch (const std::exception& error) { shown = fmt::format("<p>{}</p>", escaped(error.what())); }
  return fmt::format("<figure>{}<figcaption>{}</figcaption></figure>", shown, escaped(source.name(index)));
}

std::string gallery(const std::string& title, const dataset::Source& source,
                    const std::vector<std::size_t>& samples) {
  std::string text = fmt::format("<h3>{}: {}</h3><div class=tiles>", escaped(title), samples.size());
  for (std::size_t i = 0; i < std::min(kShown, samples.size()); ++i) text += figure(source, samples[i]);
  return text + "</div>";
}

std::string remarks(const std::vector<dataset::Remark>& all) {
  if (all.empty()) return "<h2>Remarks</h2><p>Everything that was found is used.</p>";
  std::string text = "<h2>Remarks</h2><ul>";
  for (const dataset::Remark& remark : all) text += "<li>" + escaped(remark.text()) + "</li>";
  return text + "</ul>";
}

/// Images and boxes of each class, a column a part.
std::string class_table(const std::vector<InspectedPart>& parts) {
  const auto& classes = parts.front().source->classes();
  if (classes.empty()) return "";
  std::string text = "<h2>Classes</h2><table><tr><th>class";
  for (const InspectedPart& part : parts) text += fmt::format("<th>{}, images<th>boxes", part.name);
  text += "</tr>";
  std::vector<std::vector<std::size_t>> images;
  for (const InspectedPart& part : parts) images.push_back(images_of_classes(part.looks, classes.size()));
  for (std::size_t c = 0; c < classes.size(); ++c) {
    text += "<tr><td>" + escaped(classes[c]);
    for (std::size_t p = 0; p < parts.size(); ++p) {
      std::ptrdiff_t boxes = 0;
      for (const Look& look : parts[p].looks)
        boxes += std::ranges::count(look.box_labels, static_cast<int>(c));
      text += fmt::format("<td>{}<td>{}", images[p][c], boxes);
    }
    text += "</tr>";
  }
  return text + "</table>";
}

std::string masks_table(const InspectedPart& part) {
  const std::map<int, MaskClass> classes = mask_classes_of(part.looks);
  if (classes.empty()) return "";
  const auto& names = part.source->classes();
  std::string text =
      "<h3>numbers in masks</h3><table><tr><th>number<th>class<th>images<th>share of the pixels</tr>";
  std::size_t shown = 0;
  for (const auto& [number, one] : classes)
    if (++shown <= kShown)
      text += fmt::format(
          "<tr><td>{}<td>{}<td>{}<td>{:.2f} %</tr>", number,
          number >= 0 && number < std::ssize(names) ? escaped(names[static_cast<std::size_t>(number)]) : "",
          one.images, 100 * one.share);
  return text + "</table>";
}

std::string sizes_table(const InspectedPart& part) {
  std::map<std::string, std::size_t> sizes;
  for (const Look& look : part.looks)
    if (look.broken.empty()) ++sizes[fmt::format("{} x {}, {}", look.width, look.height, look.channels)];
  std::vector<std::pair<std::size_t, std::string>> common;
  for (const auto& [size, count] : sizes) common.emplace_back(count, size);
  std::ranges::sort(common, std::greater());
  std::string text =
      fmt::format("<h3>{} sizes (width x height)</h3><table><tr><th>size<th>images</tr>", common.size());
  for (std::size_t i = 0; i < std::min(kShown, common.size()); ++i)
    text += fmt::format("<tr><td>{}<td>{}</tr>", common[i].second, common[i].first);
  return text + "</table>";
}

std::string part_section(const InspectedPart& part) {
  std::string text = fmt::format("<h2>{}</h2>{}{}", part.name, sizes_table(part), masks_table(part));
  std::vector<std::size_t> broken;
  for (std::size_t i = 0; i < part.looks.size(); ++i)
    if (!part.looks[i].broken.empty()) broken.push_back(i);
  if (!broken.empty()) {
    text += fmt::format("<h3>broken: {}</h3><ul>", broken.size());
    for (std::size_t i = 0; i < std::min(kShown, broken.size()); ++i)
      text += "<li>" + escaped(part.looks[broken[i]].broken) + "</li>";
    text += "</ul>";
  }
  for (const Concern& concern : concerns_of(part.looks))
    text += gallery(concern.what, *part.source, concern.samples);
  return text;
}

/// Where each sample is, by its name.
using Places = std::unordered_map<std::string, std::pair<const dataset::Source*, std::size_t>>;

std::string pairs_section(const std::string& title, const std::vector<dataset::DuplicateFinder::Pair>& all,
                          const Places& places,
                          const std::function<bool(const dataset::DuplicateFinder::Pair&)>& is) {
  std::string text;
  std::size_t count = 0;
  for (const auto& pair : all) {
    if (!is(pair) || ++count > kShown) continue;
    const auto a = places.find(pair.a), b = places.find(pair.b);
    if (a == places.end() || b == places.end()) continue;
    text += fmt::format("<div class=tiles>{}{}</div>", figure(*a->second.first, a->second.second),
                        figure(*b->second.first, b->second.second));
  }
  return count == 0 ? "" : fmt::format("<h3>{}: {}</h3>{}", title, count, text);
}

std::string duplicates_section(const std::vector<InspectedPart>& parts,
                               const dataset::DuplicateFinder& duplicates) {
  Places places;
  for (const InspectedPart& part : parts)
    for (std::size_t i = 0; i < part.looks.size(); ++i)
      places.emplace(part.source->name(i), std::pair(part.source.get(), i));
  using Pair = dataset::DuplicateFinder::Pair;
  const auto& all = duplicates.pairs();
  const std::string text =
      pairs_section("in a part to learn from and one to measure with: a likely leak", all, places,
                    [](const Pair& p) { return p.across; }) +
      pairs_section("with different labels", all, places, [](const Pair& p) { return p.conflict; }) +
      pairs_section("the same image", all, places,
                    [](const Pair& p) { return p.exact && !p.across && !p.conflict; }) +
      pairs_section("almost the same", all, places,
                    [](const Pair& p) { return !p.exact && !p.across && !p.conflict; });
  return text.empty() ? "" : "<h2>Images that come twice</h2>" + text;
}

}  // namespace

void write_inspect_page(const std::filesystem::path& file, const dataset::OpenedData& data,
                        const std::vector<InspectedPart>& parts, const dataset::DuplicateFinder& duplicates) {
  std::vector<std::pair<std::string, std::string>> cards{{"recognised as", data.layout}};
  for (const InspectedPart& part : parts)
    cards.emplace_back(part.name + ", samples", std::to_string(part.looks.size()));
  cards.emplace_back("classes", std::to_string(data.train->classes().size()));
  std::string body = facts(cards) + remarks(data.remarks) + class_table(parts);
  for (const InspectedPart& part : parts) body += part_section(part);
  write_file(file, page(data.name, body + duplicates_section(parts, duplicates)));
}

}  // namespace doppel::apps
