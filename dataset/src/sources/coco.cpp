#include "doppel/dataset/sources/coco.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "coco_file.h"
#include "coco_images.h"
#include "doppel/base/error.h"

namespace doppel::dataset {

namespace fs = std::filesystem;
using CocoAnnotation = CocoFile::Annotation;

/// All objects, those of an image side by side.
struct Coco::Objects {
  /// Of the images that have a path. The file's outlines and points are taken.
  Objects(CocoFile& file, const std::vector<std::string>& paths)
      : outlines(std::move(file.outlines)), points(std::move(file.points)) {
    std::vector<std::size_t> counts(paths.size()), next(paths.size());
    for (const CocoAnnotation& one : file.annotations) ++counts[static_cast<std::size_t>(one.image)];
    first = {0};
    for (std::size_t i = 0; i < paths.size(); ++i) {
      if (paths[i].empty()) continue;
      next[i] = first.back();
      first.push_back(first.back() + counts[i]);
      sizes.push_back(file.images[i].size);
    }
    all.resize(first.back());
    for (const CocoAnnotation& one : file.annotations)
      if (const auto i = static_cast<std::size_t>(one.image); !paths[i].empty()) all[next[i]++] = one;
  }
  std::span<const CocoAnnotation> of(std::size_t image) const {
    return std::span(all).subspan(first[image], first[image + 1] - first[image]);
  }

  std::vector<CocoAnnotation> all;  ///< their `category` is the class
  std::vector<std::size_t> first;   ///< of each image, and one past the last
  std::vector<Size> sizes;          ///< of the images, as the file says
  CocoOutlines outlines;
  std::vector<augment::Keypoint> points;
};

namespace {

/// The classes are the categories in the order of their ids; those with texts for ids come last, as they
/// stand.
std::unordered_map<std::int64_t, int> number_categories(CocoFile& file, std::vector<std::string>& classes) {
  std::ranges::stable_sort(file.categories, [](const auto& a, const auto& b) {
    const bool text = CocoIds::is_text(a.id) || CocoIds::is_text(b.id);
    return text ? CocoIds::is_text(a.id) < CocoIds::is_text(b.id) : a.id < b.id;
  });
  std::unordered_map<std::int64_t, int> numbers;
  std::unordered_set<std::string> names;
  for (const CocoFile::Category& one : file.categories) {
    if (!numbers.emplace(one.id, static_cast<int>(classes.size())).second)
      throw Error(fmt::format("two categories have the id {}", file.ids.name(one.id)));
    if (!names.insert(one.name).second) file.remarks.add("classes of one name, kept apart", one.name);
    classes.push_back(one.name);
  }
  return numbers;
}

/// Puts the places of its image and class into each annotation.
void look_up(CocoFile& file, const std::unordered_map<std::int64_t, int>& classes) {
  std::unordered_map<std::int64_t, std::size_t> images(file.images.size());
  for (std::size_t i = 0; i < file.images.size(); ++i)
    if (!images.emplace(file.images[i].id, i).second)
      throw Error(fmt::format("two images have the id {}", file.ids.name(file.images[i].id)));
  for (CocoAnnotation& one : file.annotations) {
    const auto image = images.find(one.image);
    if (image == images.end())
      throw Error(fmt::format("annotation {}: belongs to image {}, which isn't there", one.place,
                              file.ids.name(one.image)));
    const auto label = classes.find(one.category);
    if (label == classes.end())
      throw Error(fmt::format("annotation {}: is of category {}, which isn't there", one.place,
                              file.ids.name(one.category)));
    one.image = static_cast<std::int64_t>(image->second);
    one.category = label->second;
  }
}

}  // namespace

Coco::Coco(const fs::path& json, const fs::path& images, const OnProgress& progress) : FileSource("") {
  try {
    CocoFile file = read_coco(json, progress);
    look_up(file, number_categories(file, classes_));
    if (file.images.empty()) throw Error("names no images");
    std::vector<std::string> names;
    for (CocoFile::Image& image : file.images) names.push_back(std::move(image.name));
    const std::vector<std::string> paths = CocoImages(json, images).find(names, file.remarks);
    objects_ = std::make_unique<Objects>(file, paths);
    for (std::size_t i = 0; i < paths.size(); ++i)
      if (!paths[i].empty()) keep(paths[i]);
    if (file.annotations.empty()) file.remarks.say("no annotations: all images are background");
    for (std::size_t i = 0; i < files_.size() && !file.annotations.empty(); ++i)
      if (objects_->of(i).empty())
        file.remarks.add("images without an object, kept as background", files_[i].path);
    remarks_ = std::move(file.remarks);
  } catch (const Error& error) { throw Error(fmt::format("{}: {}", json.string(), error.what())); }
}

Coco::~Coco() = default;

std::vector<int> Coco::object_labels(std::size_t index) const {
  std::vector<int> labels;
  for (const CocoAnnotation& one : objects_->of(index)) labels.push_back(static_cast<int>(one.category));
  return labels;
}

void Coco::annotate(std::size_t index, Item& item) const {
  const Size size = image_size(item), told = objects_->sizes[index];
  if (told.width > 0 && told.height > 0 && told != size) throw Error(of_other_size(name(index), size, told));
  cv::Mat mask;
  if (!objects_->outlines.empty()) mask = cv::Mat(size.height, size.width, CV_32S, cv::Scalar(0));
  int instance = 0;
  for (const CocoAnnotation& one : objects_->of(index)) {
    ++instance;
    augment::Box box{one.box[0], one.box[1], one.box[2], one.box[3], static_cast<int>(one.category),
                     1,          instance};
    if (one.outline != CocoOutlines::kNone) try {
        const cv::Rect seen = objects_->outlines.paint(one.outline, instance, mask);
        if (one.box_of_mask && !seen.empty()) {
          const cv::Rect2d exact = seen;
          box.x0 = exact.x, box.y0 = exact.y, box.x1 = exact.x + exact.width, box.y1 = exact.y + exact.height;
        }
      } catch (const Error& error) { throw Error(fmt::format("annotation {}: {}", one.place, error.what())); }
    item.sample.boxes.push_back(box);
    objects_->outlines.add_polygons(one.outline, {.points = {}, .label = box.label, .instance = instance},
                                    item.sample.outlines);
    for (std::size_t k = 0; k < one.points; ++k) {
      item.sample.keypoints.push_back(objects_->points[one.first_point + k]);
      item.sample.keypoints.back().instance = instance;
    }
  }
  if (mask.empty()) return;
  item.sample.masks = {mask};
  item.sample.instance_mask = 0;
}

}  // namespace doppel::dataset
