#include "doppel/dataset/analysis/duplicates.h"

#include <bit>
#include <cstdlib>
#include <opencv2/imgproc.hpp>

#include "doppel/base/hash.h"
#include "doppel/codec/image.h"
#include "doppel/dataset/analysis/view.h"

namespace doppel::dataset {
namespace {

constexpr int kSide = 16;

/// Whether it gets brighter from each of 8 columns to the next, in 8 rows. 0 where it hardly changes at all.
std::uint64_t difference_hash(const cv::Mat& grey) {
  cv::Mat small;
  cv::resize(grey, small, {9, 8}, 0, 0, cv::INTER_AREA);
  double low = 0, high = 0;
  cv::minMaxLoc(small, &low, &high);
  constexpr double kFlat = 8;
  if (high - low < kFlat) return 0;
  std::uint64_t hash = 0;
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 8; ++x)
      hash = hash << 1 |
             static_cast<std::uint64_t>(small.at<std::uint8_t>(y, x) < small.at<std::uint8_t>(y, x + 1));
  return hash;
}

bool alike(const DuplicateFinder::Fingerprint& a, const DuplicateFinder::Fingerprint& b) {
  constexpr int kBits = 3, kMean = 5;  // of 64; of 255
  if (std::popcount(a.shape ^ b.shape) > kBits) return false;
  int sum = 0;
  for (std::size_t i = 0; i < a.thumbnail.size(); ++i)
    sum += std::abs(int{a.thumbnail[i]} - int{b.thumbnail[i]});
  return sum < kMean * kSide * kSide;
}

}  // namespace

DuplicateFinder::Fingerprint DuplicateFinder::fingerprint(std::span<const unsigned char> bytes,
                                                          const cv::Mat& image) {
  Fingerprint print;
  print.content = fnv1a(bytes);
  if (image.empty()) return print;
  const bool plain =
      image.depth() == CV_8U && (image.channels() == 1 || image.channels() > 2) && image.channels() < 5;
  const cv::Mat grey = with_channels(plain ? image : seen(image, view_of(image)), 1);
  print.shape = difference_hash(grey);
  cv::Mat thumbnail(kSide, kSide, CV_8U, print.thumbnail.data());
  cv::resize(grey, thumbnail, thumbnail.size(), 0, 0, cv::INTER_AREA);
  return print;
}

void DuplicateFinder::add(const Fingerprint& print, std::string name, int label, int part) {
  const std::size_t number = seen_.size();
  seen_.push_back({print, std::move(name), label, part});
  const auto [same, fresh] = contents_.emplace(print.content, number);
  if (!fresh) return pair_with(same->second, true);
  if (print.shape == 0) return;
  // Of 4 bands of 16 bits, 3 wrong bits leave one whole.
  bool paired = false;
  for (std::uint64_t band = 0; band < 4; ++band) {
    const std::uint64_t key = band << 16 | (print.shape >> (16 * band) & 0xffff);
    const auto [first, last] = bands_.equal_range(key);
    constexpr int kMost = 64;  // a band that very many share tells nothing
    int looks = 0;
    for (auto it = first; it != last && !paired && looks < kMost; ++it, ++looks)
      if (alike(seen_[it->second].print, print)) {
        pair_with(it->second, false);
        paired = true;
      }
    if (looks < kMost) bands_.emplace(key, number);
  }
}

void DuplicateFinder::pair_with(std::size_t earlier, bool exact) {
  const Seen &a = seen_[earlier], &b = seen_.back();
  pairs_.push_back({a.name, b.name, exact, a.label != b.label, a.part != b.part});
}

}  // namespace doppel::dataset
