#include "coco_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <span>

#include "doppel/base/error.h"
#include "json_fault.h"
#include "json_parts.h"
#include "text.h"

namespace doppel::dataset {
namespace {

using UsualKeys = std::span<const std::string_view>;

constexpr std::string_view kFileKeys[] = {"info",        "licenses",   "license", "images",
                                          "annotations", "categories", "type"},
                           kImageKeys[] = {"license", "coco_url", "flickr_url", "date_captured"},
                           kAnnotationKeys[] = {"id", "area", "num_keypoints", "license"};

bool is_usual(std::string_view key) { return std::ranges::find(kFileKeys, key) != std::end(kFileKeys); }

/// Keys that nobody reads, counted until they are remarked on.
class UnreadKeys {
 public:
  UnreadKeys(std::string_view whose, UsualKeys usual) : whose_(whose), usual_(usual) {}
  void meet(std::string_view key, JsonValue value, std::size_t place) {
    if (std::ranges::find(usual_, key) != usual_.end() || json_is_nothing(value)) return;
    auto found = std::ranges::find(keys_, key, &Remark::what);
    if (found == keys_.end() && keys_.size() == kMost) key = "…";
    if (found == keys_.end()) found = std::ranges::find(keys_, key, &Remark::what);
    if (found == keys_.end()) found = keys_.insert(keys_.end(), {std::string(key), 0, {}});
    if (found->count++ == 0) found->examples = {fmt::format("{} {}", whose_, place)};
  }
  std::vector<Remark> remarks() const {
    std::vector<Remark> all = keys_;
    for (Remark& one : all) one.what = fmt::format("`{}` of an {}, which isn't read", one.what, whose_);
    return all;
  }

 private:
  static constexpr std::size_t kMost = 30;
  std::string_view whose_;
  UsualKeys usual_;
  std::vector<Remark> keys_;
};

class CocoReader {
 public:
  CocoFile take(JsonParts& parts, const OnProgress& progress);

 private:
  void member(const JsonPart& part);
  void element(const JsonPart& part);
  void each_field(const JsonPart& part, const auto& read);
  void category(const JsonPart& part);
  void image(const JsonPart& part);
  void annotation(const JsonPart& part);
  bool annotation_field(std::string_view key, JsonValue value, CocoFile::Annotation& one);
  void box(JsonValue value, CocoFile::Annotation& one);
  void keypoints(JsonValue value, CocoFile::Annotation& one);
  void keep(CocoFile::Annotation one);
  void remark_repeated_ids();

  CocoFile file_;
  simdjson::ondemand::parser parser_;
  UnreadKeys image_keys_{"image", kImageKeys}, annotation_keys_{"annotation", kAnnotationKeys};
  bool has_categories_ = false, has_images_ = false, has_annotations_ = false;
  /// Of the annotation in hand.
  std::vector<std::int64_t> annotation_ids_;
  bool is_crowd_ = false, has_image_ = false, has_category_ = false, has_box_ = false, is_caption_ = false,
       is_panoptic_ = false;
  std::vector<double> numbers_;
};

void CocoReader::each_field(const JsonPart& part, const auto& read) {
  simdjson::ondemand::document document = parser_.iterate(
      simdjson::padded_string_view(part.text.data(), part.text.size(), part.text.size() + JsonParts::kRoom));
  if (document.type() != simdjson::ondemand::json_type::object) throw Error("not a JSON object");
  simdjson::ondemand::object object = document.get_object();
  for (simdjson::ondemand::field field : object) {
    const std::string_view key = field.unescaped_key();
    try {
      read(key, field.value());
    } catch (const Error& error) { throw Error(fmt::format("`{}`: {}", key, error.what())); }
  }
}

void CocoReader::category(const JsonPart& part) {
  CocoFile::Category one;
  bool has_name = false, has_id = false;
  each_field(part, [&](std::string_view key, JsonValue value) {
    if (key == "name") one.name = json_text(value), has_name = true;
    if (key == "id") one.id = file_.ids.of(value), has_id = true;
  });
  if (!has_name) throw Error("a category without `name`");
  if (!has_id) throw Error("a category without `id`");
  file_.categories.push_back(std::move(one));
}

void CocoReader::image(const JsonPart& part) {
  CocoFile::Image one;
  std::string url;
  bool has_id = false;
  const auto side = [](JsonValue value) {
    const auto whole = json_whole(value);
    return whole && *whole > 0 ? static_cast<int>(std::min<std::int64_t>(*whole, 1 << 30)) : 0;
  };
  each_field(part, [&](std::string_view key, JsonValue value) {
    if (key == "file_name")
      one.name = json_is_nothing(value) ? std::string_view() : json_text(value);
    else if (key == "id")
      one.id = file_.ids.of(value), has_id = true;
    else if (key == "width")
      one.size.width = side(value);
    else if (key == "height")
      one.size.height = side(value);
    else if (key == "coco_url" && value.type() == simdjson::ondemand::json_type::string)
      url = json_text(value);
    else
      image_keys_.meet(key, value, part.place);
  });
  if (one.name.empty()) one.name = std::move(url);
  if (one.name.empty()) throw Error("an image without `file_name`");
  if (!has_id) throw Error("an image without `id`");
  file_.images.push_back(std::move(one));
}

void CocoReader::box(JsonValue value, CocoFile::Annotation& one) {
  numbers_.clear();
  json_numbers(value, numbers_);
  has_box_ = !numbers_.empty();
  if (!has_box_) return;
  if (numbers_.size() != 4) throw Error("it needs four numbers: x, y, width, height");
  const double x = numbers_[0], y = numbers_[1], width = numbers_[2], height = numbers_[3];
  if (width < 0 || height < 0)
    throw Error(fmt::format("a box of {} x {} (x, y, width, height)", width, height));
  one.box = {x, y, x + width, y + height};
}

void CocoReader::keypoints(JsonValue value, CocoFile::Annotation& one) {
  numbers_.clear();
  json_numbers(value, numbers_);
  if (numbers_.size() % 3 != 0) throw Error("it needs three numbers a point: x, y, visibility");
  one.first_point = file_.points.size();
  for (std::size_t k = 0; k < numbers_.size(); k += 3) {
    if (numbers_[k + 2] <= 0) continue;
    // Coordinates name pixels; ours lie at their centres.
    augment::Keypoint point{
        .x = numbers_[k] + 0.5, .y = numbers_[k + 1] + 0.5, .label = static_cast<int>(k / 3)};
    point.visibility = numbers_[k + 2] > 1 ? 1 : 0;
    file_.points.push_back(point);
  }
  one.points = file_.points.size() - one.first_point;
}

bool CocoReader::annotation_field(std::string_view key, JsonValue value, CocoFile::Annotation& one) {
  if (key == "segmentation") {
    one.outline = file_.outlines.read(value);
  } else if (key == "image_id") {
    one.image = file_.ids.of(value), has_image_ = true;
  } else if (key == "category_id") {
    one.category = file_.ids.of(value), has_category_ = true;
  } else if (key == "bbox") {
    box(value, one);
  } else if (key == "keypoints") {
    keypoints(value, one);
  } else if (key == "iscrowd") {
    is_crowd_ = json_flag(value);
  } else if (key == "id") {
    if (std::int64_t id = 0; value.get_int64().get(id) == simdjson::SUCCESS) annotation_ids_.push_back(id);
  } else {
    is_caption_ = is_caption_ || key == "caption";
    is_panoptic_ = is_panoptic_ || key == "segments_info";
    return false;
  }
  return true;
}

void CocoReader::annotation(const JsonPart& part) {
  CocoFile::Annotation one;
  one.place = static_cast<std::uint32_t>(part.place);
  is_crowd_ = has_image_ = has_category_ = has_box_ = is_caption_ = is_panoptic_ = false;
  std::size_t left_out = 0;
  each_field(part, [&](std::string_view key, JsonValue value) {
    if (!annotation_field(key, value, one)) annotation_keys_.meet(key, value, part.place);
    if (key == "segmentation") left_out = file_.outlines.left_out();
  });
  if (is_crowd_) {
    file_.outlines.forget(one.outline);
    file_.points.resize(file_.points.size() - one.points);
    return file_.remarks.add("crowds (`iscrowd`), left out", fmt::format("annotation {}", one.place));
  }
  for (; left_out > 0; --left_out)
    file_.remarks.add("polygons of fewer than three points, which have no area",
                      fmt::format("annotation {}", one.place));
  keep(one);
}

void CocoReader::keep(CocoFile::Annotation one) {
  if (is_panoptic_)
    throw Error("a panoptic segmentation (`segments_info`), which isn't read; COCO's instances_….json is");
  if (!has_category_ && is_caption_)
    throw Error("a caption, which isn't read; COCO's instances_….json has boxes and masks");
  if (!has_image_) throw Error("it has no `image_id`");
  if (!has_category_) throw Error("it has no `category_id`");
  if (!has_box_) {
    if (one.outline != CocoOutlines::kNone) one.box = file_.outlines.reach(one.outline);
    if (one.box == std::array<double, 4>{})
      throw Error("it has no `bbox`, nor a `segmentation` with an area");
    one.box_of_mask = true;
    file_.remarks.add("annotations without `bbox`, which get the box of their mask",
                      fmt::format("annotation {}", one.place));
  }
  file_.annotations.push_back(one);
}

void CocoReader::element(const JsonPart& part) {
  if (part.key == "annotations") return annotation(part);
  if (part.key == "images") return image(part);
  if (part.key == "categories") return category(part);
  if (part.place == 0 && !is_usual(part.key))
    file_.remarks.say(fmt::format("the list `{}`, which isn't read", part.key));
}

void CocoReader::member(const JsonPart& part) {
  const bool is_list = part.kind == JsonPart::Kind::List;
  if (part.text == "null") return;
  for (const auto& [key, has] : {std::pair("categories", &has_categories_), std::pair("images", &has_images_),
                                 std::pair("annotations", &has_annotations_)}) {
    if (part.key != key) continue;
    if (!is_list) throw Error(fmt::format("`{}` is no list", key));
    if (*has) throw Error(fmt::format("there are two lists `{}`", key));
    *has = true;
  }
  if (is_list || is_usual(part.key)) return;
  const bool opens = part.text.front() == '{' || part.text.front() == '"';
  if (!opens || !trimmed(part.text.substr(1, part.text.size() - 2)).empty())
    file_.remarks.say(fmt::format("`{}`, which isn't read", part.key));
}

/// "annotation 5, line 80: ".
std::string place_of_part(const JsonPart& part, const JsonParts& parts) {
  const std::string_view whose =
      part.key == "categories" ? "category" : part.key.substr(0, part.key.size() - 1);
  const std::size_t line = parts.line();
  return fmt::format("{} {}{}: ", whose, part.place, line > 1 ? fmt::format(", line {}", line) : "");
}

/// As a file has them that was put together from others.
void CocoReader::remark_repeated_ids() {
  std::ranges::sort(annotation_ids_);
  for (auto at = annotation_ids_.begin();
       (at = std::adjacent_find(at, annotation_ids_.end())) != annotation_ids_.end(); ++at)
    file_.remarks.add("annotations with the id of another, all of which are kept", fmt::format("id {}", *at));
}

CocoFile CocoReader::take(JsonParts& parts, const OnProgress& progress) {
  std::size_t told = 0;
  if (progress) progress(0, parts.bytes());
  while (const auto next = parts.next()) {
    if (const std::size_t read = parts.bytes_read(); progress && read != told)
      progress(std::min(read, parts.bytes()), parts.bytes()), told = read;
    if (next->kind != JsonPart::Kind::Element) {
      member(*next);
      continue;
    }
    try {
      element(*next);
    } catch (const Error& error) {
      throw Error(place_of_part(*next, parts) + error.what());
    } catch (const simdjson::simdjson_error& error) {
      throw Error(
          fmt::format("{}not right JSON: {}", place_of_part(*next, parts), json_fault(error.error())));
    }
  }
  if (!has_categories_) throw Error("no list `categories`");
  if (!has_images_) throw Error("no list `images`");
  file_.remarks.add(image_keys_.remarks());
  file_.remarks.add(annotation_keys_.remarks());
  remark_repeated_ids();
  return std::move(file_);
}

}  // namespace

std::int64_t CocoIds::of(JsonValue value) {
  std::int64_t whole = 0;
  if (value.get_int64().get(whole) == simdjson::SUCCESS) return whole;
  const std::string_view text = trimmed(json_text(value));
  if (const auto read = whole_number(text)) return *read;
  if (text.empty()) throw Error("an empty text");
  const auto next = std::numeric_limits<std::int64_t>::min() + static_cast<std::int64_t>(names_.size());
  const auto [at, is_new] = texts_.emplace(text, next);
  if (is_new) names_.emplace_back(text);
  return at->second;
}

bool CocoIds::is_text(std::int64_t id) { return id < std::numeric_limits<std::int64_t>::min() / 2; }

std::string CocoIds::name(std::int64_t id) const {
  if (!is_text(id)) return fmt::format("{}", id);
  const auto place = static_cast<std::size_t>(id - std::numeric_limits<std::int64_t>::min());
  return place < names_.size() ? names_[place] : fmt::format("{}", id);
}

CocoFile read_coco(const std::filesystem::path& file, const OnProgress& progress) {
  JsonParts parts(file);
  return CocoReader().take(parts, progress);
}

}  // namespace doppel::dataset
