#include "lazy_sample.h"

#include <algorithm>

#include "doppel/augment/render/render.h"
#include "doppel/codec/decode_error.h"
#include "sources/decoded.h"

namespace doppel::dataset {
namespace {

/// This thread's room for an image. It only grows; larger ones take their own.
cv::Mat room_for(cv::Size size, int channels, std::size_t bytes) {
  try {
    if (bytes > kImageRoom) return {size, CV_8UC(channels)};
    thread_local std::vector<unsigned char> buffer;
    if (buffer.size() < bytes) buffer = std::vector<unsigned char>(bytes);
    return {size, CV_8UC(channels), buffer.data()};
  } catch (...) { throw_decode_error(); }
}

}  // namespace

LazySample::LazySample(Item& item, int channels, AlphaOver alpha, std::mutex& large) : item_(item) {
  if (item.encoded.empty()) {
    item.sample.image = pixels_of(item, channels, alpha);
    whole_ = true;
    return;
  }
  image_.emplace(item.encoded, channels, alpha, DecodeOptions{.depth = ImageDepth::AsStored});
  if (const cv::Mat* pixels = image_->pixels()) {
    item.sample.image = *pixels;
    whole_ = true;
    ++decodes_;
    return;
  }
  const cv::Size size = image_->size();
  const std::size_t bytes = static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) *
                            static_cast<std::size_t>(image_->channels());
  if (bytes > kImageRoom) alone_ = std::unique_lock(large);
  item.sample.image = room_for(size, image_->channels(), bytes);
}

void LazySample::need(const augment::Plan& plan, std::span<const augment::Drawn> views) {
  if (whole_) return;
  constexpr int kMost = 3;
  cv::Mat& image = item_.sample.image;
  halved_ = std::min(kMost, augment::source_halvings(plan));
  cv::Rect region = augment::source_region(plan);
  for (const augment::Drawn& view : views) {
    halved_ = std::min(halved_, augment::source_halvings(view.plan));
    region |= augment::source_region(view.plan);
  }
  ++decodes_;
  if (halved_ == 0) return image_->decode(region, image);
  const auto part = [this](int side) { return (side + (1 << halved_) - 1) >> halved_; };
  const cv::Size size(part(image.cols), part(image.rows));
  image = room_for(size, image.channels(), size.area() * image.elemSize());
  image_->decode_halved(halved_, region, image);
}

void LazySample::need_all() {
  if (whole_) return;
  ++decodes_;
  image_->decode({{}, image_->size()}, item_.sample.image);
  whole_ = true;
}

}  // namespace doppel::dataset
