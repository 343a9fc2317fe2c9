// A sample whose pixels are decoded once it's known which are needed.
#pragma once

#include <mutex>
#include <optional>
#include <span>

#include "doppel/augment/plan/drawn.h"
#include "doppel/augment/plan/plan.h"
#include "doppel/codec/image.h"
#include "doppel/dataset/sources/source.h"

namespace doppel::dataset {

/// What a thread's buffer for an image takes at most: 16 MB are 5.6 megapixels.
inline constexpr std::size_t kImageRoom = 16'000'000;

/// Of an item that has been read; for one thread. An encoded image's pixels lie in the thread's own buffer,
/// so no two of these may live on a thread at once.
class LazySample {
 public:
  /// Throws Error where the image's header is bad. Holds `large` while it lives where the image needs
  /// more than kImageRoom: such images are decoded one at a time.
  LazySample(Item& item, int channels, AlphaOver alpha, std::mutex& large);
  const augment::Sample& sample() const { return item_.sample; }
  /// Decodes what rendering `plan` and those of `views` reads, once; a JPEG that all of them shrink is halved
  /// while it's decoded: halved() times.
  void need(const augment::Plan& plan, std::span<const augment::Drawn> views = {});
  int halved() const { return halved_; }
  int decodes() const { return decodes_; }  ///< how often pixels were decoded
  void need_all();

 private:
  Item& item_;
  std::unique_lock<std::mutex> alone_;
  std::optional<EncodedImage> image_;
  bool whole_ = false;
  int halved_ = 0, decodes_ = 0;
};

}  // namespace doppel::dataset
