#include "doppel/dataset/combine/class_masks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <opencv2/core.hpp>
#include <optional>
#include <set>

#include "doppel/base/error.h"
#include "doppel/base/parallel.h"
#include "doppel/dataset/combine/subset.h"

namespace doppel::dataset {
namespace {

constexpr std::size_t kNumbers = 256;

bool is_of_instances(const augment::Sample& sample) {
  return sample.instance_mask >= 0 && sample.masks.size() == 1;
}

/// With a mask of classes alone.
class ClassMasks final : public Source {
 public:
  ClassMasks(SourcePtr source, MaskClasses classes)
      : source_(std::move(source)), classes_(std::move(classes)) {}
  std::size_t size() const override { return source_->size(); }
  Item read(std::size_t index) const override {
    Item item = source_->read(index);
    augment::Sample& sample = item.sample;
    try {
      cv::Mat mask = class_mask(sample);
      if (mask.empty()) throw Error("has no mask");
      if (classes_.foreground) {
        mask = mask.clone();
        mask.setTo(1, mask == kUncounted);
      }
      sample.masks = {mask};
    } catch (const Error& error) { throw Error(named(*source_, index, error.what())); }
    sample.instance_mask = -1;
    sample.boxes.clear();
    sample.rotated_boxes.clear();
    sample.keypoints.clear();
    return item;
  }
  void prepare(std::size_t index) const override { source_->prepare(index); }
  bool is_far() const override { return source_->is_far(); }
  std::optional<UnreadItem> unread(std::size_t index) const override { return unread_whole(*source_, index); }
  std::string name(std::size_t index) const override { return source_->name(index); }
  int label(std::size_t) const override { return -1; }
  const std::vector<std::string>& classes() const override { return classes_.names; }
  std::vector<Remark> remarks() const override { return source_->remarks(); }

 private:
  SourcePtr source_;
  MaskClasses classes_;
};

/// What one sample's mask holds.
struct Counts {
  bool is_there = false, of_instances = false;
  std::size_t objects = 0, unseen = 0;  ///< boxes; those that the mask of instances doesn't show
  std::array<std::size_t, kNumbers> pixels{};
  std::string error;  ///< empty: it was read
};

/// Objects whose number is in no pixel.
std::size_t unseen_objects(const augment::Sample& sample) {
  cv::Mat numbers;
  sample.masks.at(static_cast<std::size_t>(sample.instance_mask)).convertTo(numbers, CV_32S);
  const std::set<int> seen(numbers.begin<int>(), numbers.end<int>());
  return static_cast<std::size_t>(std::ranges::count_if(
      sample.boxes, [&](const augment::Box& box) { return box.label >= 0 && !seen.contains(box.instance); }));
}

Counts counts_of(const Source& source, std::size_t index) {
  Counts counts;
  try {
    const augment::Sample sample = source.read(index).sample;
    const cv::Mat mask = class_mask(sample);
    counts.objects = sample.boxes.size() + sample.rotated_boxes.size();
    counts.of_instances = is_of_instances(sample);
    if (counts.of_instances) counts.unseen = unseen_objects(sample);
    counts.is_there = !mask.empty() && (counts.unseen == 0 || counts.unseen < sample.boxes.size());
    if (!counts.is_there) return counts;
    for (int y = 0; y < mask.rows; ++y)
      for (int x = 0; x < mask.cols; ++x) ++counts.pixels[mask.at<unsigned char>(y, x)];
  } catch (const Error& error) { counts.error = named(source, index, error.what()); }
  return counts;
}

/// Of all samples together.
struct AllCounts {
  std::array<std::size_t, kNumbers> pixels{};
  std::array<std::optional<std::size_t>, kNumbers> first{};  ///< samples that hold a number
  std::vector<std::size_t> with, without;
  std::size_t of_instances = 0, of_classes = 0, objects = 0, unseen = 0;
  std::string first_error;

  void add(std::size_t index, const Counts& one) {
    if (!one.error.empty()) {
      if (first_error.empty()) first_error = one.error;
      with.push_back(index);
      return;
    }
    (one.is_there ? with : without).push_back(index);
    objects += one.objects;
    if (one.is_there) {
      ++(one.of_instances ? of_instances : of_classes);
      unseen += one.unseen;
    }
    for (std::size_t n = 0; n < kNumbers; ++n) {
      pixels[n] += one.pixels[n];
      if (one.pixels[n] > 0 && !first[n]) first[n] = index;
    }
  }
};

AllCounts count_all(const Source& source, const OnProgress& progress) {
  constexpr std::size_t kBlock = 64;
  AllCounts all;
  std::vector<Counts> block;
  for (std::size_t begin = 0; begin < source.size(); begin += block.size()) {
    block.assign(std::min(kBlock, source.size() - begin), {});
    for_all(block.size(), [&](std::size_t i) { block[i] = counts_of(source, begin + i); });
    for (std::size_t i = 0; i < block.size(); ++i) all.add(begin + i, block[i]);
    if (progress) progress(begin + block.size(), source.size());
  }
  return all;
}

/// What the source's own classes are called in its masks; empty where it doesn't say.
std::vector<std::string> own_names(const Source& source, const AllCounts& counts) {
  std::vector<std::string> names = source.classes();
  if (counts.of_instances > 0) names.insert(names.begin(), "background");
  return names;
}

std::vector<std::string> numbered(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < count; ++k) names.push_back(std::to_string(k));
  return names;
}

/// The largest class's number, plus 1; 0 where no pixel counts.
std::size_t beyond_classes(const AllCounts& counts) {
  std::size_t beyond = kUncounted;
  while (beyond > 0 && counts.pixels[beyond - 1] == 0) --beyond;
  return beyond;
}

/// What the masks show by themselves.
MaskClasses classes_of(std::vector<std::string> names, const AllCounts& counts) {
  const std::size_t beyond = beyond_classes(counts);
  const bool foreground =
      beyond == 1 && counts.pixels[kUncounted] > 0 && (names.empty() || names.size() == 2);
  if (names.empty()) names = numbered(foreground ? 2 : beyond);
  return {std::move(names), foreground};
}

/// Each number has a class.
void check_numbers(const Source& source, const AllCounts& counts, const MaskClasses& classes) {
  const std::size_t n = classes.names.size(), beyond = beyond_classes(counts);
  if (n > kUncounted) throw Error(fmt::format("{} classes, where masks tell {} apart", n, kUncounted));
  if (beyond > n)
    throw Error(fmt::format("{}: its mask holds {}, but there are {} classes (0 to {}; {}: doesn't count)",
                            source.name(*counts.first[beyond - 1]), beyond - 1, n, n - 1, kUncounted));
  if (classes.foreground && counts.pixels[1] > 0 && counts.pixels[kUncounted] > 0)
    throw Error(fmt::format("{}: its mask holds 1 where others hold {}, which is the foreground",
                            source.name(*counts.first[1]), kUncounted));
}

void check(const Source& source, const AllCounts& counts) {
  if (counts.of_instances + counts.of_classes == 0)
    throw Error(!counts.first_error.empty() ? counts.first_error
                : counts.objects > 0
                    ? "no image has a mask: its objects have boxes alone, and masks or polygons of them are "
                      "missing (COCO's `segmentation`)"
                    : "no image has a mask");
  if (counts.of_instances > 0 && counts.of_classes > 0)
    throw Error(fmt::format("masks of classes, {} of them, and of instances, {}: they number differently",
                            counts.of_classes, counts.of_instances));
  if (std::accumulate(counts.pixels.begin(), counts.pixels.end() - 1, std::size_t{0}) == 0)
    throw Error(fmt::format("no pixel of its masks counts: all are {}, as in {}", kUncounted,
                            source.name(counts.first[kUncounted].value_or(0))));
}

}  // namespace

cv::Mat classes_of_instances(const augment::Sample& sample) {
  const cv::Mat& instances = sample.masks.at(static_cast<std::size_t>(sample.instance_mask));
  cv::Mat numbers, mask(instances.size(), CV_32S, cv::Scalar(0));
  instances.convertTo(numbers, CV_32S);
  for (const augment::Box& box : sample.boxes)
    if (box.instance > 0 && box.label >= 0) mask.setTo(box.label + 1, numbers == box.instance);
  return mask;
}

cv::Mat class_mask(const augment::Sample& sample) {
  cv::Mat mask;
  for (std::size_t i = 0; i < sample.masks.size(); ++i) {
    if (static_cast<int>(i) == sample.instance_mask) continue;
    if (!mask.empty()) throw Error("has several masks of classes, of which only one can be learned");
    mask = sample.masks[i];
  }
  if (mask.empty() && is_of_instances(sample)) mask = classes_of_instances(sample);
  if (mask.empty() || mask.type() == CV_8UC1) return mask;
  if (mask.depth() >= CV_32F || mask.channels() != 1)
    throw Error(mask.channels() == 1 ? "its mask holds floats, which aren't numbers of classes"
                                     : "its mask has several channels, and no numbers of classes");
  double low = 0, high = 0;
  cv::minMaxLoc(mask, &low, &high);
  if (low < 0 || high > kUncounted)
    throw Error(fmt::format("its mask holds {:g}: classes are 0 to {}, and {} is what doesn't count",
                            low < 0 ? low : high, kUncounted - 1, kUncounted));
  cv::Mat bytes;
  mask.convertTo(bytes, CV_8U);
  return bytes;
}

FoundMasks find_masks(const SourcePtr& source, const MaskClasses& classes, const OnProgress& progress) {
  const AllCounts counts = count_all(*source, progress);
  check(*source, counts);
  const std::vector<std::string> own = own_names(*source, counts);
  FoundMasks found;
  found.classes = classes.names.empty() ? classes_of(own, counts) : classes;
  if (!own.empty() && own != found.classes.names)
    throw Error(fmt::format("its masks are of the classes {}, not {}", fmt::join(own, ", "),
                            fmt::join(found.classes.names, ", ")));
  check_numbers(*source, counts, found.classes);
  const std::size_t n = found.classes.names.size();
  found.pixels.assign(counts.pixels.begin(), counts.pixels.begin() + static_cast<std::ptrdiff_t>(n));
  (found.classes.foreground ? found.pixels[1] : found.uncounted) += counts.pixels[kUncounted];
  found.without = counts.without;
  found.unseen = counts.unseen;
  const SourcePtr with = counts.without.empty() ? source : std::make_shared<Subset>(source, counts.with);
  found.source = std::make_shared<ClassMasks>(with, found.classes);
  return found;
}

}  // namespace doppel::dataset
