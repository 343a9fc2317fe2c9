#include "manifest_builder.h"

#include <algorithm>
#include <utility>

#include "class_words.h"
#include "doppel/base/error.h"
#include "text.h"

namespace doppel::dataset {
namespace {

/// What an empty field becomes on its way through other programs.
bool is_nan(std::string_view label) { return label.size() == 3 && lower(label) == "nan"; }

}  // namespace

std::size_t Manifest::Builder::image_of(const ManifestRow& row) {
  const std::string path = paths.below(row.path, manifest.remarks_);
  if (const auto found = by_path.find(File{path, -1, row.frame}); found != by_path.end()) return *found;
  manifest.add(path, -1, row.frame);
  manifest.facts_.emplace_back();
  images.push_back({.first = row.number});
  by_path.insert(images.size() - 1);
  return images.size() - 1;
}

void Manifest::Builder::take(const ManifestRow& row) {
  const std::size_t i = image_of(row);
  take_part(row, i);
  take_size(row, i);
  images[i].shows_none = images[i].shows_none || row.shows_none;
  const bool label = take_label(row, i), shares = take_shares(row, i);
  take_boxes(row, i);
  take_drawn(row, i);
  manifest.values_->take(row, i);
  if (images[i].first != row.number && !label && !shares && row.boxes.empty() && row.maps.empty() &&
      row.outlines.empty())
    manifest.remarks_.add(fmt::format("{} that say of an image what is said before, taken once",
                                      unit == "line" ? "lines" : "entries"),
                          place_of(i, row.number));
}

void Manifest::Builder::throw_two_labels(std::size_t i, const std::string& what) const {
  if (const File& file = manifest.files_[i]; file.frame < 0 && is_volume_file(file.path))
    throw Error(fmt::format(
        "'{}' is a volume, which {} says other things of, and none says of which slice; --columns "
        "frame=NAME names the column that does",
        file.path, place(images[i].label_at)));
  const bool one = images[i].label_of == LabelOf::Image;
  throw Error(
      fmt::format("'{}' is {} here, but {} at {}; several classes of one image go into one field, "
                  "`labels` (a;b, in JSON a list)",
                  manifest.files_[i].path, what,
                  one ? fmt::format("'{}'", classes.text(manifest.files_[i].label)) : "of several classes",
                  place(images[i].label_at)));
}

/// Whether the row says something new.
bool Manifest::Builder::take_label(const ManifestRow& row, std::size_t i) {
  if (row.label.empty()) return false;
  if (is_nan(row.label)) {
    manifest.remarks_.add("labels called nan, taken for none", place_of(i, row.number));
    return false;
  }
  Image& image = images[i];
  int& label = manifest.files_[i].label;
  using Kind = ManifestClasses::Kind;
  const int said = classes.of(row.label, Kind::Label, row.number);
  const bool of_boxes = row.label_is_the_boxes;
  if (!manifest.facts_[i].shares.empty() && !of_boxes) throw_two_labels(i, fmt::format("'{}'", row.label));
  if (image.label_of == LabelOf::Image) {
    if (said != label && !of_boxes) throw_two_labels(i, fmt::format("'{}'", row.label));
    return false;
  }
  if (of_boxes) {
    if (image.label_of == LabelOf::Nobody && manifest.facts_[i].shares.empty()) {
      label = said;
      image.label_of = LabelOf::Boxes;
      image.label_at = row.number;
    } else if (image.label_of == LabelOf::Boxes && said != label) {
      label = -1;
      image.label_of = LabelOf::SeveralBoxes;
    }
    return true;
  }
  label = said;
  image.label_of = LabelOf::Image;
  image.label_at = row.number;
  return true;
}

bool Manifest::Builder::take_shares(const ManifestRow& row, std::size_t i) {
  if (row.shares.empty()) return false;
  double total = 0, most = 0;
  for (const auto& [name, share] : row.shares) {
    if (share < 0) throw Error(fmt::format("the share of '{}' is negative", name));
    total += share;
    most = std::max(most, share);
  }
  // Numbers above 1 can't be shares: weights, then, of classes that exclude each other.
  const double whole = most > 1 ? total : 1;
  std::vector<augment::LabelShare> said;
  for (const auto& [name, share] : row.shares)
    said.push_back({classes.of(name, ManifestClasses::Kind::Label, row.number), share / whole});
  auto& known = manifest.facts_[i].shares;
  if (images[i].label_of == LabelOf::Image || (!known.empty() && known != said))
    throw_two_labels(i, "of several classes");
  if (!known.empty()) return false;
  known = std::move(said);
  images[i].label_at = row.number;
  images[i].label_of = LabelOf::Nobody;
  if (most > 0)
    manifest.files_[i].label = std::ranges::max_element(known, {}, &augment::LabelShare::share)->label;
  return true;
}

void Manifest::Builder::take_size(const ManifestRow& row, std::size_t i) {
  if (row.size == Size{}) return;
  Size& size = manifest.facts_[i].size;
  if (size != Size{} && size != row.size)
    throw Error(fmt::format("'{}' is {} x {} (width x height) here, but {} x {} before",
                            manifest.files_[i].path, row.size.width, row.size.height, size.width,
                            size.height));
  size = row.size;
}

void Manifest::Builder::take_boxes(const ManifestRow& row, std::size_t i) {
  for (const auto& [said, label] : row.boxes) {
    augment::Box box = said;
    if (box.x0 > box.x1 || box.y0 > box.y1) {
      manifest.remarks_.add("boxes whose corners were exchanged, put in order", place_of(i, row.number));
      if (box.x0 > box.x1) std::swap(box.x0, box.x1);
      if (box.y0 > box.y1) std::swap(box.y0, box.y1);
    }
    if (box.x0 == box.x1 || box.y0 == box.y1)
      manifest.remarks_.add("boxes without an area", place_of(i, row.number));
    box.label =
        label.empty() || is_nan(label) ? -1 : classes.of(label, ManifestClasses::Kind::BoxLabel, row.number);
    ++boxes;
    if (box.label < 0) ++boxes_without_label;
    const bool small = box.x0 >= 0 && box.y0 >= 0 && box.x1 <= 1 && box.y1 <= 1;
    all_boxes_small = all_boxes_small && small;
    const bool whole = box.x0 == 0 && box.y0 == 0 && box.x1 == 1 && box.y1 == 1;
    if (small && !whole && small_box_at == 0) small_box_at = row.number;
    manifest.facts_[i].boxes.push_back(box);
  }
}

void Manifest::Builder::take_drawn(const ManifestRow& row, std::size_t i) {
  if (row.maps.empty() && row.outlines.empty()) return;
  auto& drawn = manifest.facts_[i].drawn;
  if (!drawn) drawn = std::make_shared<ManifestDrawn>();
  for (const MapFile& said : row.maps) {
    if (std::ranges::find(drawn->maps, said.name, &MapFile::name) != drawn->maps.end())
      throw Error(fmt::format("'{}' has two maps called '{}'", manifest.files_[i].path, said.name));
    drawn->maps.push_back(said);
    drawn->maps.back().path = paths.below(said.path, manifest.remarks_);
  }
  for (const auto& [said, label] : row.outlines) {
    drawn->outlines.push_back(said);
    if (!label.empty() && !is_nan(label))
      drawn->outlines.back().label = classes.of(label, ManifestClasses::Kind::BoxLabel, row.number);
  }
}

void Manifest::Builder::number_classes() {
  if (all_boxes_small && small_box_at > 0)
    throw Error(
        fmt::format("{}: boxes are in pixels, but none of this file reaches beyond 1; shares of the image "
                    "must be multiplied by its width and height",
                    place(small_box_at)));
  std::vector<int> merged;
  manifest.classes_ = classes.finish(merged, unit, minus_one_is_none);
  const auto renumber = [](int& label, const std::vector<int>& to) {
    if (label >= 0) label = to[static_cast<std::size_t>(label)];
  };
  for (File& file : manifest.files_) renumber(file.label, merged);
  std::vector<int> all = manifest.sort_classes();
  if (std::ranges::find(merged, -1) != merged.end())
    manifest.remarks_.say("labels of -1, which are taken as none");
  for (int& one : merged)
    if (one >= 0) one = all[static_cast<std::size_t>(one)];
  for (Facts& facts : manifest.facts_) {
    for (auto& box : facts.boxes) renumber(box.label, merged);
    if (facts.drawn)
      for (auto& outline : facts.drawn->outlines) renumber(outline.label, merged);
    for (auto& share : facts.shares) renumber(share.label, merged);
    std::erase_if(facts.shares, [](const auto& share) { return share.label < 0; });
  }
  if (manifest.classes_.empty()) return;
  for (std::size_t i = 0; i < images.size(); ++i)
    if (images[i].shows_none && images[i].label_of == LabelOf::Nobody && manifest.facts_[i].shares.empty())
      manifest.facts_[i].shares = {{0, 0}};
}

void Manifest::Builder::remark_on_labels() {
  std::size_t labelled = 0;
  std::unordered_set<int> different;
  for (const File& file : manifest.files_)
    if (file.label >= 0) {
      ++labelled;
      different.insert(file.label);
    }
  for (std::size_t i = 0; i < images.size() && labelled > 0; ++i)
    if (!is_labelled(manifest, i) && images[i].label_of != LabelOf::SeveralBoxes)
      manifest.remarks_.add("images without a class, while others have one", place_of(i, images[i].first));
  for (std::size_t i = 0; i < images.size(); ++i)
    if (manifest.files_[i].label < 0 && is_labelled(manifest, i))
      manifest.remarks_.add("images with none of the classes", place_of(i, images[i].first));
  for (std::size_t i = 0; i < images.size(); ++i)
    if (images[i].label_of == LabelOf::SeveralBoxes)
      manifest.remarks_.add("images with boxes of several classes, which have none of their own",
                            place_of(i, images[i].first));
  if (labelled > 100 && different.size() * 10 >= labelled * 9)
    manifest.remarks_.say(fmt::format("the label looks like an id: {} different ones for {} images",
                                      different.size(), labelled));
  if (boxes_without_label > 0 && boxes_without_label < boxes)
    manifest.remarks_.say(
        fmt::format("boxes without a class, while others have one: {} of {}", boxes_without_label, boxes));
}

}  // namespace doppel::dataset
