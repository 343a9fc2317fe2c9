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

/// What of an image is decoded.
struct WantedPixels {
  cv::Rect region;  ///< at least, of the image as it is
  int halved = 0;   ///< how often it's halved while it's decoded
};
/// What rendering a plan and those of views reads: a JPEG that all of them shrink is halved.
WantedPixels wanted_pixels(const augment::Plan& plan, std::span<const augment::Drawn> views = {});

/// For one thread. An encoded image's pixels lie in the thread's own buffer, so no two of these may live on a
/// thread at once.
class LazySample {
 public:
  /// Of an item that has been read. Throws Error where the image's header is bad. Holds `large` while it
  /// lives where the image needs more than kImageRoom: such images are decoded one at a time.
  LazySample(Item& item, int channels, AlphaOver alpha, std::mutex& large);
  /// Of one that hasn't, with a file: of that no more is read than is decoded. Holds `large` from then on,
  /// where what is decoded needs more than kImageRoom.
  LazySample(UnreadItem& item, int channels, AlphaOver alpha, std::mutex& large);
  augment::Sample& sample() { return sample_; }
  /// Reads what need() of the same will decode, where that hasn't been read. Throws Error where it can't be.
  void read(const augment::Plan& plan, std::span<const augment::Drawn> views = {});
  /// Decodes what rendering `plan` and those of `views` reads, once, halved() times halved.
  void need(const augment::Plan& plan, std::span<const augment::Drawn> views = {});
  int halved() const { return halved_; }
  int decodes() const { return decodes_; }  ///< how often pixels were decoded
  void need_all();

 private:
  void read(const WantedPixels& wanted);
  void make_room(cv::Size size);

  augment::Sample& sample_;
  const TiledFile* file_ = nullptr;   ///< that is still to be read
  std::vector<unsigned char> bytes_;  ///< what was read of it, at its place
  int channels_;
  AlphaOver alpha_;
  std::mutex& large_;
  std::unique_lock<std::mutex> alone_;
  std::optional<EncodedImage> image_;
  bool whole_ = false;
  int halved_ = 0, decodes_ = 0;
};

}  // namespace doppel::dataset
