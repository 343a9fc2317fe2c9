#include "doppel/nn/gan/generated_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

constexpr std::size_t kImagesAtOnce = 512;  // images

}  // namespace

cv::Mat image_of(std::span<const float> values, const Shape& shape) {
  cv::Mat image(shape.height, shape.width, CV_8UC(shape.channels));
  const int pixels = shape.height * shape.width;
  for (int c = 0; c < shape.channels; ++c)
    for (int i = 0; i < pixels; ++i) {
      const float v = values[static_cast<std::size_t>(c * pixels + i)];
      image.ptr()[i * shape.channels + c] =
          static_cast<unsigned char>(std::clamp((v + 1) * 127.5F + 0.5F, 0.F, 255.F));
    }
  return image;
}

std::vector<float> values_of(const cv::Mat& image) {
  const auto pixels = static_cast<std::size_t>(image.total()),
             channels = static_cast<std::size_t>(image.channels());
  std::vector<float> values(pixels * channels);
  const cv::Mat whole = image.isContinuous() ? image : image.clone();
  for (std::size_t c = 0; c < channels; ++c)
    for (std::size_t i = 0; i < pixels; ++i)
      values[c * pixels + i] = static_cast<float>(whole.data[i * channels + c]) / 127.5F - 1;
  return values;
}

std::vector<unsigned char> pixels_of(std::span<const float> values, const Shape& shape) {
  const auto each = static_cast<std::size_t>(shape.count());
  std::vector<unsigned char> pixels;
  pixels.reserve(values.size());
  for (std::size_t at = 0; at < values.size(); at += each) {
    const cv::Mat image = image_of(values.subspan(at, each), shape);
    pixels.insert(pixels.end(), image.data, image.data + each);
  }
  return pixels;
}

GeneratedSource::GeneratedSource(std::shared_ptr<Generator> generator, std::vector<std::string> classes,
                                 std::size_t count, std::uint64_t seed, std::uint64_t first)
    : generator_(std::move(generator)),
      classes_(std::move(classes)),
      count_(count),
      seed_(seed),
      first_(first) {
  if (std::ssize(classes_) != generator_->classes())
    throw UsageError(fmt::format("{} names for a GAN of {} classes", classes_.size(), generator_->classes()));
  pixels_.resize((count_ + kImagesAtOnce - 1) / kImagesAtOnce);
  for (std::size_t i = 0; i < pixels_.size(); ++i) made_.push_back(std::make_unique<std::once_flag>());
}

GeneratedSource::GeneratedSource(const std::shared_ptr<GenerativeModel>& model,
                                 std::vector<std::string> classes, std::size_t count, std::uint64_t seed,
                                 std::uint64_t first)
    : GeneratedSource(average_of(model), std::move(classes), count, seed, first) {}

int GeneratedSource::label(std::size_t index) const {
  return static_cast<int>((first_ + index) % classes_.size());
}

std::string GeneratedSource::name(std::size_t index) const {
  return fmt::format("generated {} (seed {})", first_ + index, seed_);
}

const std::vector<unsigned char>& GeneratedSource::chunk(std::size_t index) const {
  const std::size_t which = index / kImagesAtOnce;
  std::call_once(*made_[which], [&] {
    const std::size_t begin = which * kImagesAtOnce, end = std::min(count_, begin + kImagesAtOnce);
    std::vector<int> labels;
    for (std::size_t i = begin; i < end; ++i) labels.push_back(label(i));
    const auto images = generator_->generate(labels, seed_, first_ + begin);
    pixels_[which] = pixels_of(images, generator_->image());
  });
  return pixels_[which];
}

dataset::Item GeneratedSource::read(std::size_t index) const {
  if (index >= count_) throw Error(fmt::format("there is no generated image {}", index));
  const Shape& shape = generator_->image();
  dataset::Item item;
  item.sample.image.create(shape.height, shape.width, CV_8UC(shape.channels));
  std::copy_n(chunk(index).data() + index % kImagesAtOnce * bytes(), bytes(), item.sample.image.data);
  item.sample.label = label(index);
  return item;
}

}  // namespace doppel::nn
