#include "lazy_sample.h"

#include <algorithm>

#include "doppel/augment/render/render.h"
#include "doppel/codec/decode_error.h"
#include "sources/decoded.h"

namespace doppel::dataset {
namespace {

std::size_t bytes_of_pixels(cv::Size size, int channels) {
  return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height) *
         static_cast<std::size_t>(channels);
}

/// This thread's room for an image. It only grows; larger ones take their own.
cv::Mat room_for(cv::Size size, int channels) {
  const std::size_t bytes = bytes_of_pixels(size, channels);
  try {
    if (bytes > kImageRoom) return {size, CV_8UC(channels)};
    thread_local std::vector<unsigned char> buffer;
    if (buffer.size() < bytes) buffer = std::vector<unsigned char>(bytes);
    return {size, CV_8UC(channels), buffer.data()};
  } catch (...) { throw_decode_error(); }
}

}  // namespace

WantedPixels wanted_pixels(const augment::Plan& plan, std::span<const augment::Drawn> views) {
  constexpr int kMost = 3;
  WantedPixels wanted{augment::source_region(plan), std::min(kMost, augment::source_halvings(plan))};
  for (const augment::Drawn& view : views) {
    wanted.halved = std::min(wanted.halved, augment::source_halvings(view.plan));
    wanted.region |= augment::source_region(view.plan);
  }
  return wanted;
}

LazySample::LazySample(Item& item, int channels, AlphaOver alpha, std::mutex& large)
    : sample_(item.sample), channels_(channels), alpha_(alpha), large_(large) {
  if (item.encoded.empty()) {
    sample_.image = pixels_of(item, channels, alpha);
    whole_ = true;
    return;
  }
  image_.emplace(item.encoded, channels, alpha, DecodeOptions{.depth = ImageDepth::AsStored});
  sample_.bands = has_bands(*image_);
  if (const cv::Mat* pixels = image_->pixels()) {
    sample_.image = *pixels;
    whole_ = true;
    ++decodes_;
    return;
  }
  if (bytes_of_pixels(image_->size(), image_->channels()) > kImageRoom) alone_ = std::unique_lock(large);
  sample_.image = room_for(image_->size(), image_->channels());
}

LazySample::LazySample(UnreadItem& item, int channels, AlphaOver alpha, std::mutex& large)
    : sample_(item.sample), file_(item.file.get()), channels_(channels), alpha_(alpha), large_(large) {
  check_channels(channels, alpha);
  const JpegTileTable& tiles = file_->tiles();
  sample_.image = room_for(tiles.size, channels != 0 ? channels : tiles.channels);
}

void LazySample::read(const WantedPixels& wanted) {
  bytes_.assign(file_->size(), 0);
  file_->read(file_->tiles().parts(wanted.region, wanted.halved), bytes_);
  image_.emplace(bytes_, channels_, alpha_, DecodeOptions{.depth = ImageDepth::AsStored}, &file_->tiles());
}

void LazySample::read(const augment::Plan& plan, std::span<const augment::Drawn> views) {
  if (file_ && !image_) read(wanted_pixels(plan, views));
}

/// For that many pixels of the image.
void LazySample::make_room(cv::Size size) {
  cv::Mat& image = sample_.image;
  const bool large = bytes_of_pixels(size, image.channels()) > kImageRoom;
  if (large && !alone_.owns_lock()) alone_ = std::unique_lock(large_);
  if (size != image.size()) image = room_for(size, image.channels());
}

void LazySample::need(const augment::Plan& plan, std::span<const augment::Drawn> views) {
  if (whole_) return;
  const WantedPixels wanted = wanted_pixels(plan, views);
  if (file_ && !image_) read(wanted);
  halved_ = wanted.halved;
  ++decodes_;
  cv::Mat& image = sample_.image;
  const auto part = [this](int side) { return (side + (1 << halved_) - 1) >> halved_; };
  make_room({part(image.cols), part(image.rows)});
  if (halved_ == 0) return image_->decode(wanted.region, image);
  image_->decode_halved(halved_, wanted.region, image);
}

void LazySample::need_all() {
  if (whole_) return;
  const cv::Rect all({}, sample_.image.size());
  if (file_) read({all, 0});
  ++decodes_;
  make_room(all.size());
  image_->decode(all, sample_.image);
  whole_ = true;
}

}  // namespace doppel::dataset
