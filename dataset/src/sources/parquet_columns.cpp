#include "parquet_columns.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <set>

#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

using Names = std::initializer_list<std::string_view>;
using Feature = simdjson::dom::element;

/// A leaf's path without what lists put into it.
std::vector<std::string> plain_path(const ParquetLeaf& leaf) {
  static constexpr std::array<std::string_view, 5> kOfLists{"list", "element", "item", "array", "bag"};
  std::vector<std::string> plain;
  for (std::size_t i = 0; i < leaf.path.size(); ++i)
    if (i == 0 || std::ranges::find(kOfLists, std::string_view(leaf.path[i])) == kOfLists.end())
      plain.push_back(lower(leaf.path[i]));
  return plain;
}

bool holds(std::string_view name, Names words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return name.find(word) != name.npos; });
}

/// What `datasets` notes: the features by their columns.
class HuggingFace {
 public:
  explicit HuggingFace(const ParquetFooter& footer) {
    const auto note = footer.notes.find("huggingface");
    if (note == footer.notes.end()) return;
    Feature whole;
    if (parser_.parse(note->second).get(whole) != simdjson::SUCCESS)
      throw Error("its note 'huggingface' is no JSON");
    Feature features;
    if (whole["info"]["features"].get(features) == simdjson::SUCCESS) features_ = features;
  }
  /// "Image", "ClassLabel" … of a leaf; empty where nothing is noted.
  std::string type(const ParquetLeaf& leaf) const {
    const auto feature = feature_of(leaf);
    std::string_view type;
    if (!feature || (*feature)["_type"].get(type) != simdjson::SUCCESS) return "";
    return std::string(type);
  }
  std::vector<std::string> class_names(const ParquetLeaf& leaf) const {
    std::vector<std::string> names;
    const auto feature = feature_of(leaf);
    simdjson::dom::array list;
    if (!feature || (*feature)["names"].get(list) != simdjson::SUCCESS) return names;
    for (const Feature name : list) {
      std::string_view text;
      if (name.get(text) != simdjson::SUCCESS)
        throw Error(fmt::format("its note 'huggingface': a class name of {} is no text", leaf.name()));
      names.emplace_back(trimmed(text));
    }
    return names;
  }

 private:
  /// Through lists, which are objects with their element's feature, or were JSON's lists of one.
  static Feature inside_lists(Feature feature) {
    for (Feature inside;;) {
      simdjson::dom::array list;
      if (feature.get(list) == simdjson::SUCCESS && list.at(0).get(inside) == simdjson::SUCCESS)
        feature = inside;
      else if (feature["feature"].get(inside) == simdjson::SUCCESS && !feature["_type"].error())
        feature = inside;
      else
        return feature;
    }
  }
  std::optional<Feature> feature_of(const ParquetLeaf& leaf) const {
    if (!features_) return {};
    Feature at = *features_;
    for (const std::string& part : leaf.path) {
      at = inside_lists(at);
      if (Feature below; at.is_object() && at[part].get(below) == simdjson::SUCCESS) at = below;
    }
    return inside_lists(at);
  }
  simdjson::dom::parser parser_;
  std::optional<Feature> features_;
};

/// Casts the columns one role at a time.
class ParquetCast {
 public:
  ParquetCast(const ParquetFooter& footer, const std::map<std::string, std::string>& given,
              const std::function<bool(std::string_view)>& is_number)
      : footer_(footer), noted_(footer), is_number_(is_number) {
    for (const auto& [ours, theirs] : given) given_[lower(trimmed(ours))] = lower(trimmed(theirs));
    for (const ParquetLeaf& leaf : footer.leaves) paths_.push_back(plain_path(leaf));
  }

  ParquetColumns columns() {
    find_images();
    find_labels();
    find_boxes();
    std::set<std::string> unused;
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      const std::string& top = footer_.leaves[i].path[0];
      if (used_.contains(i) || used_tops_.contains(top)) continue;
      unused.insert(is_partly_used(top) ? fmt::format("{}", fmt::join(paths_[i], ".")) : top);
      if (paths_[i].size() == 1 && leaf(i).most_repetition == 0 && is_plain(i) &&
          (leaf(i).type != ParquetType::Bytes || leaf(i).is_text))
        found_.values.push_back(i);
      if (paths_[i].size() == 1 && leaf(i).most_repetition == 1 && is_plain(i) &&
          leaf(i).type != ParquetType::Bytes)
        found_.lists.push_back(i);
    }
    found_.unused.assign(unused.begin(), unused.end());
    return std::move(found_);
  }

 private:
  const ParquetLeaf& leaf(std::size_t i) const { return footer_.leaves[i]; }
  void use(std::size_t i) { used_.insert(i); }
  bool is_partly_used(const std::string& top) const {
    return std::ranges::any_of(used_, [&](std::size_t i) { return leaf(i).path[0] == top; });
  }

  /// Binary columns that aren't text, by themselves or in a struct {bytes, path}.
  std::vector<std::size_t> image_candidates() const {
    std::vector<std::size_t> candidates;
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      const auto& path = paths_[i];
      if (leaf(i).type != ParquetType::Bytes || leaf(i).most_repetition > 0) continue;
      const bool in_struct = path.size() == 2 && path[1] == "bytes";
      if (in_struct || (path.size() == 1 && (!leaf(i).is_text || noted_.type(leaf(i)) == "Image")))
        candidates.push_back(i);
    }
    return candidates;
  }

  void find_images() {
    std::vector<std::size_t> candidates = image_candidates();
    const auto named = [&](std::string_view name) {
      return std::ranges::find_if(candidates, [&](std::size_t i) { return paths_[i][0] == name; });
    };
    auto found = candidates.end();
    if (const auto given = given_.find("path"); given != given_.end()) {
      found = named(given->second);
      if (found == candidates.end())
        throw Error(fmt::format("no column '{}' holds encoded images", given->second));
    }
    for (const std::string_view name :
         {"image", "img", "picture", "photo", "image_bytes", "jpg", "jpeg", "png", "webp"})
      if (found == candidates.end()) found = named(name);
    for (auto one = candidates.begin(); one != candidates.end() && found == candidates.end(); ++one)
      if (!is_mask_name(paths_[*one][0])) found = one;
    if (found == candidates.end()) {
      std::vector<std::string> all;
      for (const ParquetLeaf& one : footer_.leaves) all.push_back(one.name());
      throw Error(
          fmt::format("no column holds encoded images, as bytes or as a struct of bytes and path (tables "
                      "of paths are read as .csv "
                      "or .jsonl); its columns are {}",
                      fmt::join(all, ", ")));
    }
    found_.image = *found;
    take_image(*found);
    for (const std::size_t i : candidates)
      if (i != found_.image && is_mask_name(paths_[i][0])) {
        found_.masks.push_back(i);
        take_image(i);
      }
  }
  static bool is_mask_name(std::string_view name) {
    return holds(name, {"mask", "annotation", "segmentation", "label"});
  }
  /// An image's path beside its bytes says nothing more.
  void take_image(std::size_t i) {
    use(i);
    if (paths_[i].size() == 2) used_tops_.insert(leaf(i).path[0]);
  }

  bool is_plain(std::size_t i) const {
    return leaf(i).type != ParquetType::Int96 && leaf(i).type != ParquetType::FixedBytes &&
           !leaf(i).is_decimal && !used_.contains(i);
  }
  std::optional<std::size_t> top_column(std::string_view name, int lists) const {
    for (std::size_t i = 0; i < paths_.size(); ++i)
      if (paths_[i].size() == 1 && paths_[i][0] == name && leaf(i).most_repetition == lists && is_plain(i))
        return i;
    return {};
  }

  void find_labels() {
    if (const auto given = given_.find("label"); given != given_.end()) {
      found_.label = top_column(given->second, 0);
      if (!found_.label) found_.labels = top_column(given->second, 1);
      if (!found_.label && !found_.labels)
        throw Error(fmt::format("no column '{}' holds labels", given->second));
    } else {
      for (const std::string_view name :
           {"label", "class", "target", "category", "class_name", "label_name", "fine_label", "labels", "cls",
            "class_label", "class_id", "label_id"})
        if (!found_.label && !is_number_(name)) found_.label = top_column(name, 0);
      for (std::size_t i = 0; i < paths_.size() && !found_.label; ++i)
        if (paths_[i].size() == 1 && leaf(i).most_repetition == 0 && is_plain(i) &&
            !is_number_(paths_[i][0]) && noted_.type(leaf(i)) == "ClassLabel")
          found_.label = i;
      for (const std::string_view name : {"labels", "label", "classes", "categories"})
        if (!found_.label && !found_.labels) found_.labels = top_column(name, 1);
    }
    const auto found = found_.label ? found_.label : found_.labels;
    if (!found) return;
    use(*found);
    found_.label_names = noted_.class_names(leaf(*found));
  }

  std::optional<std::size_t> in_objects(Names names, int lists) const {
    for (const std::string_view name : names)
      for (std::size_t i = 0; i < paths_.size(); ++i)
        if (paths_[i].size() == 2 && paths_[i][0] == "objects" && paths_[i][1] == name &&
            leaf(i).most_repetition == lists && is_plain(i))
          return i;
    return {};
  }
  void find_boxes() {
    found_.boxes = in_objects({"bbox", "bboxes", "boxes"}, 2);
    if (!found_.boxes) return;
    use(*found_.boxes);
    found_.box_labels = in_objects({"category", "categories", "label", "labels", "class", "category_id"}, 1);
    if (!found_.box_labels) return;
    use(*found_.box_labels);
    found_.box_names = noted_.class_names(leaf(*found_.box_labels));
  }

  const ParquetFooter& footer_;
  HuggingFace noted_;
  const std::function<bool(std::string_view)>& is_number_;
  std::map<std::string, std::string> given_;
  std::vector<std::vector<std::string>> paths_;
  std::set<std::size_t> used_;
  std::set<std::string> used_tops_;
  ParquetColumns found_;
};

}  // namespace

std::string ParquetColumns::text(const ParquetFooter& footer) const {
  const auto name = [&](const std::optional<std::size_t>& leaf) {
    return leaf ? footer.leaves[*leaf].name() : std::string("none");
  };
  std::string text = fmt::format("images in {}, labels in {}, boxes in {}", name(image),
                                 name(label ? label : labels), name(boxes));
  for (const std::size_t mask : masks) text += ", masks in " + name(mask);
  return text;
}

ParquetColumns parquet_columns(const ParquetFooter& footer, const std::map<std::string, std::string>& given,
                               const std::function<bool(std::string_view)>& is_number) {
  return ParquetCast(footer, given, is_number).columns();
}

std::vector<std::string> parquet_class_names(const ParquetFooter& footer, const ParquetLeaf& leaf) {
  return HuggingFace(footer).class_names(leaf);
}

std::string parquet_key_within(const ParquetLeaf& leaf) {
  std::vector<std::string> plain = plain_path(leaf);
  plain.erase(plain.begin());
  return fmt::format("{}", fmt::join(plain, "."));
}

}  // namespace doppel::dataset
