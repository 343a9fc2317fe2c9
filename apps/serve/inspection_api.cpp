#include "serve/inspection_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <opencv2/imgproc.hpp>

#include "doppel/base/error.h"
#include "doppel/base/parallel.h"
#include "doppel/codec/png.h"
#include "doppel/dataset/analysis/view.h"
#include "report/draw.h"
#include "serve/class_index.h"
#include "serve/web_json.h"

namespace doppel::apps {
namespace {

using FoundJson = nlohmann::ordered_json;

constexpr std::size_t kMostShown = 48;   // samples of a remark
constexpr std::size_t kMostPairs = 200;  // of images that are alike

/// Counts, the most frequent first.
template <class Key>
FoundJson counted(const std::map<Key, std::size_t>& counts, const auto& json_of) {
  std::vector<std::pair<Key, std::size_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted, std::greater(), [](const auto& one) { return one.second; });
  FoundJson list = FoundJson::array();
  for (const auto& [key, count] : sorted) {
    FoundJson one = json_of(key);
    one["count"] = count;
    list.push_back(std::move(one));
  }
  return list;
}

FoundJson sample_json(const InspectedPart& part, std::size_t index) {
  return {{"index", index}, {"name", part.source->name(index)}};
}

FoundJson classes_json(const InspectedPart& part) {
  const std::vector<std::string>& names = part.source->classes();
  std::vector<std::size_t> images(names.size()), boxes(names.size());
  for (const Look& look : part.looks) {
    const auto count = [&](int label, std::vector<std::size_t>& in) {
      if (label >= 0 && std::cmp_less(label, in.size())) ++in[static_cast<std::size_t>(label)];
    };
    if (look.labels.empty()) count(look.label, images);
    for (const int label : look.labels) count(label, images);
    for (const int label : look.box_labels) count(label, boxes);
  }
  FoundJson list = FoundJson::array();
  for (std::size_t c = 0; c < names.size(); ++c)
    list.push_back({{"name", names[c]}, {"images", images[c]}, {"boxes", boxes[c]}});
  return list;
}

FoundJson part_json(const InspectedPart& part) {
  std::map<std::pair<int, int>, std::size_t> sizes;
  std::map<std::string, std::size_t> channels;
  FoundJson broken = FoundJson::array(), concerns = FoundJson::array();
  std::size_t broken_count = 0;
  for (std::size_t i = 0; i < part.looks.size(); ++i) {
    const Look& look = part.looks[i];
    if (!look.broken.empty()) {
      FoundJson one = sample_json(part, i);
      one["why"] = look.broken;
      if (++broken_count <= kMostShown) broken.push_back(std::move(one));
      continue;
    }
    ++sizes[{look.height, look.width}];
    ++channels[look.channels];
  }
  for (const Concern& concern : concerns_of(part.looks)) {
    FoundJson samples = FoundJson::array();
    for (std::size_t k = 0; k < std::min(kMostShown, concern.samples.size()); ++k)
      samples.push_back(sample_json(part, concern.samples[k]));
    concerns.push_back(
        {{"what", concern.what}, {"count", concern.samples.size()}, {"samples", std::move(samples)}});
  }
  const Moments moments = moments_of(part.looks);
  return {{"name", part.name},
          {"samples", part.looks.size()},
          {"classes", classes_json(part)},
          {"sizes", counted(sizes,
                            [](const auto& size) {
                              return FoundJson{{"height", size.first}, {"width", size.second}};
                            })},
          {"channels", counted(channels, [](const std::string& what) { return FoundJson{{"what", what}}; })},
          {"mean", moments.mean},
          {"std", moments.std},
          {"broken", {{"count", broken_count}, {"samples", std::move(broken)}}},
          {"concerns", std::move(concerns)}};
}

/// Pairs of images that are alike, over all parts: those that differ in their labels or lie in two parts
/// first.
FoundJson duplicates_json(const std::vector<InspectedPart>& parts) {
  dataset::DuplicateFinder finder;
  std::vector<std::pair<std::size_t, std::size_t>> places;  // by the name that the finder has
  for (std::size_t p = 0; p < parts.size(); ++p)
    for (std::size_t i = 0; i < parts[p].looks.size(); ++i)
      if (const Look& look = parts[p].looks[i]; look.broken.empty()) {
        finder.add(look.print, std::to_string(places.size()), look.label, static_cast<int>(p));
        places.emplace_back(p, i);
      }
  auto pairs = finder.pairs();
  const auto rank = [](const auto& pair) { return 2 * pair.conflict + pair.across; };
  std::ranges::stable_sort(pairs, std::greater(), rank);
  const auto json_of = [&](const std::string& name) {
    const auto [part, index] = places[std::stoull(name)];
    FoundJson json = sample_json(parts[part], index);
    json["part"] = part;
    const int label = parts[part].looks[index].label;
    const auto& classes = parts[part].source->classes();
    if (label >= 0 && std::cmp_less(label, classes.size()))
      json["class"] = classes[static_cast<std::size_t>(label)];
    return json;
  };
  FoundJson list = FoundJson::array();
  std::size_t exact = 0, conflicts = 0, across = 0;
  for (const auto& pair : pairs) {
    exact += pair.exact, conflicts += pair.conflict, across += pair.across;
    if (list.size() < kMostPairs)
      list.push_back({{"a", json_of(pair.a)},
                      {"b", json_of(pair.b)},
                      {"exact", pair.exact},
                      {"conflict", pair.conflict},
                      {"across", pair.across}});
  }
  return {{"count", pairs.size()},
          {"exact", exact},
          {"conflicts", conflicts},
          {"across", across},
          {"pairs", std::move(list)}};
}

}  // namespace

InspectionApi::InspectionApi(const Images& images) {
  for (const dataset::OpenedData& input : images.inputs())
    for (const auto& [name, source] : parts_of(input)) {
      const std::string whole = images.inputs().size() > 1 ? fmt::format("{}: {}", input.name, name) : name;
      parts_.push_back({whole, source, std::vector<Look>(source->size())});
      all_ += source->size();
    }
}

InspectionApi::~InspectionApi() {
  stops_ = true;
  if (looking_.joinable()) looking_.join();
}

std::vector<WebRoute> InspectionApi::routes() {
  return {{.path = "/api/inspection", .answer = [this](const WebRequest&) { return answer(); }},
          {.path = "/api/inspection/picture/",
           .answer = [this](const WebRequest& request) { return picture(request); }}};
}

void InspectionApi::look() {
  std::mutex large;
  for (InspectedPart& part : parts_)
    for_all(part.looks.size(), [&](std::size_t i) {
      if (stops_) return;
      part.looks[i] = isolated([&] { return look_at(*part.source, i, large); });
      ++done_;
    });
  if (stops_) return;
  FoundJson found{{"parts", FoundJson::array()}};
  for (const InspectedPart& part : parts_) found["parts"].push_back(part_json(part));
  found["duplicates"] = duplicates_json(parts_);
  const std::lock_guard lock(mutex_);
  found_ = std::move(found);
}

WebResponse InspectionApi::answer() {
  const std::lock_guard lock(mutex_);
  if (!looking_.joinable()) looking_ = std::thread([this] { look(); });
  FoundJson json{{"done", done_.load()}, {"all", all_}};
  if (!found_.is_null()) json["found"] = found_;
  return response_of(json);
}

WebResponse InspectionApi::picture(const WebRequest& request) const {
  if (request.rest.size() != 2) throw UsageError("a picture is asked for as PART/INDEX");
  const std::uint64_t number = number_of("the part", request.rest[0]),
                      index = number_of("the index", request.rest[1]);
  if (number >= parts_.size() || index >= parts_[number].looks.size())
    throw UsageError(fmt::format("there is no image {} of part {}", index, number));
  const int side = static_cast<int>(queried(request, "size", 128, 16, 2048));
  const augment::Sample sample = load(*parts_[number].source, index);
  const cv::Mat image = seen(sample.image, dataset::view_of(sample.image));
  const double scale = static_cast<double>(side) / std::max(image.rows, image.cols);
  cv::Mat tile;
  cv::resize(
      image, tile,
      {std::max(1, static_cast<int>(image.cols * scale)), std::max(1, static_cast<int>(image.rows * scale))},
      0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_NEAREST);
  const std::vector<unsigned char> bytes = encode_png(tile);
  return {.type = "image/png", .body = {bytes.begin(), bytes.end()}};
}

}  // namespace doppel::apps
