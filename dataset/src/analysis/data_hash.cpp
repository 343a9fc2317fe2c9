#include "doppel/dataset/analysis/data_hash.h"

#include <algorithm>
#include <array>
#include <bit>
#include <span>
#include <string_view>

#include "doppel/base/error.h"
#include "doppel/base/hash.h"

namespace doppel::dataset {
namespace {

/// Text and numbers, one after the other.
class Hasher {
 public:
  void add(std::string_view text) { hash_ = fnv1a(text, hash_); }
  template <class Number>
  void add_number(const Number& number) {
    const auto bytes = std::bit_cast<std::array<unsigned char, sizeof number>>(number);
    add_bytes(bytes);
  }
  void add_bytes(std::span<const unsigned char> bytes) { hash_ = fnv1a(bytes, hash_); }
  std::uint64_t hash() const { return hash_; }

 private:
  std::uint64_t hash_ = kFnvBasis;
};

void add_pixels(Hasher& hasher, const cv::Mat& image) {
  for (const int number : {image.rows, image.cols, image.type()}) hasher.add_number(number);
  if (image.depth() >= CV_32F) return;
  const std::size_t width = static_cast<std::size_t>(image.cols) * image.elemSize();
  for (int y = 0; y < image.rows; ++y) hasher.add_bytes({image.ptr(y), width});
}

}  // namespace

std::uint64_t listing_hash(const Source& source) {
  Hasher hasher;
  for (const std::string& name : source.classes()) hasher.add(name), hasher.add("\n");
  for (std::size_t i = 0; i < source.size(); ++i) {
    const std::string name = source.name(i);
    hasher.add(std::string_view(name).substr(name.rfind('/') + 1));
    hasher.add("\n");
    hasher.add_number(source.label(i));
    for (const auto& [label, share] : source.label_shares(i))
      hasher.add_number(label), hasher.add_number(share);
    for (const int label : source.object_labels(i)) hasher.add_number(label);
    for (const double number : source.numbers(i)) hasher.add_number(number);
  }
  return hasher.hash();
}

std::uint64_t images_hash(const Source& source, HashedImages which) {
  constexpr std::size_t kMost = 64, kMostFar = 8;
  const std::size_t n = std::min(source.is_far() ? kMostFar : kMost, source.size());
  Hasher hasher;
  for (std::size_t k = 0; k < n; ++k) try {
      const Item item = source.read(k * source.size() / n);
      hasher.add_bytes(item.encoded);
      if (which == HashedImages::All && item.encoded.empty()) add_pixels(hasher, item.sample.image);
    } catch (const Error&) { hasher.add("not read"); }
  return hasher.hash();
}

}  // namespace doppel::dataset
