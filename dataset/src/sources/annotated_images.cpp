#include "doppel/dataset/sources/annotated_images.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "doppel/base/error.h"
#include "drawn_image.h"

namespace doppel::dataset {

AnnotatedImages::AnnotatedImages(std::filesystem::path root) : FileSource(std::move(root)) {}
AnnotatedImages::~AnnotatedImages() = default;

void AnnotatedImages::add_image(std::string_view path, DrawnImage drawn) {
  add(path, drawn.labels.empty() ? -1 : drawn.labels.front().label);
  drawn_.push_back(std::move(drawn));
}

int AnnotatedImages::point_of(std::string_view name) {
  const auto found = std::ranges::find(point_names_, name);
  if (found != point_names_.end()) return static_cast<int>(found - point_names_.begin());
  point_names_.emplace_back(name);
  return static_cast<int>(point_names_.size()) - 1;
}

void AnnotatedImages::sort_names() {
  const std::vector<int> classes = sort_classes();
  std::vector<std::string> names = point_names_;
  std::ranges::sort(names);
  const auto point = [&](int k) {
    return static_cast<int>(std::ranges::find(names, point_names_[static_cast<std::size_t>(k)]) -
                            names.begin());
  };
  for (DrawnImage& image : drawn_) {
    for (augment::LabelShare& one : image.labels) one.label = classes[static_cast<std::size_t>(one.label)];
    for (DrawnShape& shape : image.shapes) {
      if (shape.label >= 0)
        shape.label = shape.kind == DrawnShape::Kind::Point ? point(shape.label)
                                                            : classes[static_cast<std::size_t>(shape.label)];
      if (shape.kind == DrawnShape::Kind::Line)
        remarks_.add("lines, which have no area: the box around each is read", image.place);
    }
  }
  point_names_ = std::move(names);
  if (point_names_.empty()) return;
  std::string numbered;
  for (std::size_t k = 0; k < std::min<std::size_t>(point_names_.size(), 12); ++k)
    numbered += fmt::format("{}{} {}", k > 0 ? ", " : "", k, point_names_[k]);
  remarks_.say(fmt::format("keypoints are numbered by their names: {}{}", numbered,
                           point_names_.size() > 12 ? ", …" : ""));
}

const DrawnImage& AnnotatedImages::drawn(std::size_t index) const { return drawn_[index]; }

std::vector<augment::LabelShare> AnnotatedImages::label_shares(std::size_t index) const {
  const std::vector<augment::LabelShare>& labels = drawn_[index].labels;
  return labels.size() > 1 ? labels : std::vector<augment::LabelShare>();
}

std::vector<int> AnnotatedImages::object_labels(std::size_t index) const {
  std::vector<int> labels;
  std::set<int> seen;  // objects of several shapes
  for (const DrawnShape& shape : drawn_[index].shapes)
    if (shape.kind != DrawnShape::Kind::Point && (shape.object == 0 || seen.insert(shape.object).second))
      labels.push_back(shape.label);
  return labels;
}

void AnnotatedImages::annotate(std::size_t index, Item& item) const {
  const DrawnImage& image = drawn_[index];
  const Size size = image_size(item);
  if (image.size.width > 0 && image.size.height > 0 && image.size != size) {
    const bool turned = image.size.width == size.height && image.size.height == size.width;
    throw Error(fmt::format("{} is of an image of {} x {} (width x height), but {} is {} x {}{}", image.place,
                            image.size.width, image.size.height, name(index), size.width, size.height,
                            turned ? ": was it annotated without its EXIF orientation?" : ""));
  }
  try {
    item.sample.label_shares = label_shares(index);
    draw_onto(image, size, item.sample);
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", image.place, error.what())); }
}

}  // namespace doppel::dataset
