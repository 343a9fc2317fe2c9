#include "serve/example_pictures.h"

#include <opencv2/core.hpp>
#include <utility>

#include "doppel/augment/recipe/catalogue.h"
#include "doppel/codec/jpeg.h"
#include "report/draw.h"

namespace doppel::apps {
namespace {

constexpr int kExampleSide = 96, kExampleCopy = 256, kExampleQuality = 85;
constexpr std::uint64_t kExampleDraws = 4;
constexpr std::size_t kMostExamples = 4000;

/// How much two pictures differ, in the mean; a lot where they're of different sizes.
double mean_difference(const cv::Mat& a, const cv::Mat& b) {
  constexpr double kOfAnotherSize = 64;
  if (a.size() != b.size()) return kOfAnotherSize;
  return cv::norm(a, b, cv::NORM_L1) / static_cast<double>(a.total() * 3);
}

std::vector<unsigned char> drawn_example(const std::string& transform, std::size_t index,
                                         Pictures& pictures) {
  const Pictures::Ptr source = pictures.small(index, kExampleCopy);
  augment::Recipe recipe{augment::find_transform(transform).make().with_chance(1)};
  pictures.images().bind_statistics(recipe);
  const cv::Mat original = tile_image(on_screen(*source, source->image, {}).image, kExampleSide);
  cv::Mat best;
  double most = -1;
  for (std::uint64_t seed = 0; seed < kExampleDraws; ++seed) {
    const Stream stream{.seed = seed, .index = index};
    const augment::PartnerSource partners = [&](std::uint64_t bits) {
      const auto [other, own] = pictures.images().partner(stream, bits);
      return augment::PartnerPick{*pictures.small(other, kExampleCopy), own};
    };
    const augment::Sample result = recipe.apply(*source, stream, partners);
    const cv::Mat tile = tile_image(on_screen(result, source->image, {}).image, kExampleSide);
    if (const double much = mean_difference(tile, original); much > most) most = much, best = tile;
  }
  return encode_jpeg(best, kExampleQuality);
}

}  // namespace

std::vector<unsigned char> ExamplePictures::of(const std::string& transform, std::size_t index) {
  const std::pair key(index, transform);
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = drawn_.find(key); found != drawn_.end()) return found->second;
  }
  std::vector<unsigned char> bytes = drawn_example(transform, index, pictures_);
  const std::lock_guard lock(mutex_);
  if (drawn_.size() >= kMostExamples) drawn_.clear();
  drawn_.emplace(key, bytes);
  return bytes;
}

void ExamplePictures::forget(std::size_t index) {
  const std::lock_guard lock(mutex_);
  std::erase_if(drawn_, [&](const auto& one) { return one.first.first == index; });
}

}  // namespace doppel::apps
