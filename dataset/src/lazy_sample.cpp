#include "lazy_sample.h"

#include "doppel/augment/render.h"

namespace doppel::dataset {
namespace {

/// This thread's room for a picture. It only grows; pictures that need far more than others take their own.
cv::Mat room_for(cv::Size size, int channels) {
  constexpr std::size_t kMost = std::size_t{64} << 20;
  const std::size_t bytes = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) *
                            static_cast<std::size_t>(channels);
  if (bytes > kMost) return {size, CV_8UC(channels)};
  thread_local std::vector<unsigned char> buffer;
  if (buffer.size() < bytes) buffer = std::vector<unsigned char>(bytes);
  return {size, CV_8UC(channels), buffer.data()};
}

}  // namespace

LazySample::LazySample(Item& item, int channels) : item_(item) {
  if (item.encoded.empty()) {
    item.sample.image = with_channels(item.sample.image, channels);
    whole_ = true;
    return;
  }
  picture_.emplace(item.encoded, channels);
  if (const cv::Mat* pixels = picture_->pixels()) {
    item.sample.image = *pixels;
    whole_ = true;
    return;
  }
  item.sample.image = room_for(picture_->size(), picture_->channels());
}

void LazySample::need(const augment::Plan& plan) {
  if (!whole_) picture_->decode(augment::source_region(plan), item_.sample.image);
}

void LazySample::need_all() {
  if (!whole_) picture_->decode({{}, picture_->size()}, item_.sample.image);
  whole_ = true;
}

}  // namespace doppel::dataset
