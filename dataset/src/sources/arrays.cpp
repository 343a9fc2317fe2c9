#include "doppel/dataset/sources/arrays.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <opencv2/core.hpp>

#include "array_file.h"
#include "array_labels.h"
#include "doppel/base/error.h"
#include "image_shape.h"
#include "pixel_numbers.h"

namespace doppel::dataset {

/// How an array's numbers become images.
struct ArrayImages::Pixels {
  ImageShape shape;
  PixelNumbers numbers;
};

namespace {

constexpr std::uint64_t kMostImages = std::uint64_t{1} << 31;

/// Channel behind channel to pixel behind pixel.
template <class T>
void interleave_as(const unsigned char* planes, cv::Mat& image) {
  const std::size_t pixels = image.total();
  const auto channels = static_cast<std::size_t>(image.channels());
  const T* from = reinterpret_cast<const T*>(planes);
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t i = 0; i < pixels; ++i) image.ptr<T>()[i * channels + c] = from[c * pixels + i];
}
void interleave(const unsigned char* planes, cv::Mat& image) {
  if (image.depth() == CV_8U)
    interleave_as<unsigned char>(planes, image);
  else if (image.depth() == CV_16U)
    interleave_as<std::uint16_t>(planes, image);
  else
    interleave_as<float>(planes, image);
}

/// With rows that can be read one by one.
ArrayPtr readable(ArrayPtr array) {
  if (!array) return array;
  ArrayPtr unpacked = array->unpacked();
  return unpacked ? unpacked : array;
}

ArrayPtr array_at(const ArrayPlace& place) {
  const std::vector<ArrayPtr> all = arrays_in(place.file);
  std::vector<std::string> names;
  for (const ArrayPtr& array : all) {
    if (array->facts().inner == place.name || (place.name.empty() && all.size() == 1)) return array;
    names.push_back(array->facts().inner);
  }
  throw Error(fmt::format("{} has {}, but holds {}", place.file.string(),
                          place.name.empty() ? "several arrays" : fmt::format("no array '{}'", place.name),
                          names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
}

}  // namespace

ArrayImages::ArrayImages(const ArrayPlace& images, const std::optional<ArrayPlace>& labels,
                         const std::vector<std::string>& classes, const OnProgress& progress)
    : ArrayImages(array_at(images), labels ? array_at(*labels) : nullptr, classes, progress) {}

ArrayImages::ArrayImages(ArrayPtr images, const ArrayPtr& labels, const std::vector<std::string>& classes,
                         const OnProgress& progress)
    : images_(std::move(images)) {
  using Kind = ArrayFacts::Kind;
  const ArrayFacts facts = images_->facts();
  if (facts.kind == Kind::Unread) throw Error(fmt::format("{}: {}", facts.name, facts.problem));
  if (facts.kind == Kind::Texts) throw Error(fmt::format("{} holds texts, not images", facts.name));
  if (facts.rows() > kMostImages)
    throw Error(fmt::format("{}: {} images are too many", facts.name, facts.rows()));
  const std::optional<std::uint64_t> label_count =
      labels ? std::optional(labels->facts().rows()) : std::nullopt;
  std::optional<ImageShape> shape;
  if (facts.kind == Kind::Numbers)
    shape = ImageShape::of(facts, label_count);
  else if (facts.shape.size() != 1 || facts.rows() == 0)
    throw Error(fmt::format("{}: its shape is {}; files of images are N", facts.name, facts.shape_text()));
  size_ = facts.rows();
  if (labels && *label_count != size_)
    throw Error(fmt::format("{} has {} images, but {} has {} labels", facts.name, size_, labels->name(),
                            *label_count));
  images_ = readable(images_);
  if (shape) {
    pixels_.reset(new Pixels{*shape, PixelNumbers(*images_, progress)});
    if (const auto range = pixels_->numbers.range())
      remarks_.say(fmt::format(
          "{}: its numbers go from {:g} to {:g}, which are no shares of anything: say their range "
          "(--range LOW,HIGH, or measured)",
          facts.name, range->first, range->second));
  }
  constexpr std::uint64_t kQuick = 4;
  if (const std::uint64_t together = images_->rows_in_one(); together > kQuick)
    remarks_.say(
        fmt::format("{}: {} images are packed in a chunk, which is unpacked for one of them: reading out of "
                    "order is slow, and is quick with a chunk for each",
                    facts.name, together));
  if (!labels) return;
  ArrayLabels read = ArrayLabels::of(*readable(labels), classes);
  labels_ = std::move(read.labels);
  shares_ = std::move(read.shares);
  classes_ = std::move(read.classes);
  remarks_.add(read.remarks.list());
}

ArrayImages::~ArrayImages() = default;

Item ArrayImages::read(std::size_t index) const {
  Item item;
  item.sample.label = label(index);
  item.sample.label_shares = label_shares(index);
  if (!pixels_) {
    item.encoded = images_->file(index);
    if (item.encoded.empty()) throw Error(fmt::format("{}: an empty file", name(index)));
    return item;
  }
  const auto& [shape, numbers] = *pixels_;
  cv::Mat& image = item.sample.image;
  image.create(shape.height, shape.width, CV_MAKETYPE(numbers.depth(), shape.channels));
  const std::span bytes(image.data, image.total() * image.elemSize());
  const bool turned = shape.planes && shape.channels > 1;
  if (numbers.are_bytes() && !turned) {
    images_->read(index, bytes);
    return item;
  }
  static thread_local std::vector<unsigned char> stored, planes;
  stored.resize(images_->facts().bytes_of_row());
  images_->read(index, stored);
  if (!turned) {
    numbers.to_pixels(stored, bytes.data());
    return item;
  }
  if (!numbers.are_bytes()) {
    planes.resize(bytes.size());
    numbers.to_pixels(stored, planes.data());
  }
  interleave(numbers.are_bytes() ? stored.data() : planes.data(), image);
  return item;
}

void ArrayImages::prepare(std::size_t index) const { images_->prepare(index); }

std::string ArrayImages::name(std::size_t index) const {
  return fmt::format("{} {}", images_->name(), index);
}

}  // namespace doppel::dataset
