// Images that a GAN makes, as a data source: nothing is written to files.
#pragma once

#include <memory>
#include <mutex>
#include <opencv2/core/mat.hpp>
#include <span>
#include <string>
#include <vector>

#include "doppel/dataset/sources/source.h"
#include "doppel/nn/gan/generative_model.h"

namespace doppel::nn {

/// One image of numbers in [-1, 1], channel by channel, as 8-bit pixels.
cv::Mat image_of(std::span<const float> values, const Shape& shape);
/// The other way: numbers that image_of() gives this image of.
std::vector<float> values_of(const cv::Mat& image);
/// The pixels of image_of() of several, one image after the other.
std::vector<unsigned char> pixels_of(std::span<const float> values, const Shape& shape);

/// Image i is the generator's image number first + i, of class (first + i) mod classes: always the same for
/// the same generator and seed. Images are made by the hundred when they are first asked for, and kept.
class GeneratedSource final : public dataset::Source {
 public:
  /// `classes` names the generator's; throws UsageError where they aren't as many. Its weights must not
  /// change meanwhile.
  GeneratedSource(std::shared_ptr<Generator> generator, std::vector<std::string> classes, std::size_t count,
                  std::uint64_t seed, std::uint64_t first = 0);
  /// The same of a model's average.
  GeneratedSource(const std::shared_ptr<GenerativeModel>& model, std::vector<std::string> classes,
                  std::size_t count, std::uint64_t seed, std::uint64_t first = 0);
  std::size_t size() const override { return count_; }  ///< the count that was asked for
  dataset::Item read(std::size_t index) const override;
  std::string name(std::size_t index) const override;
  int label(std::size_t index) const override;
  const std::vector<std::string>& classes() const override { return classes_; }

 private:
  /// Pixels of the chunk that holds the image.
  const std::vector<unsigned char>& chunk(std::size_t index) const;
  std::size_t bytes() const { return static_cast<std::size_t>(generator_->image().count()); }

  std::shared_ptr<Generator> generator_;
  std::vector<std::string> classes_;
  std::size_t count_;
  std::uint64_t seed_, first_;
  mutable std::vector<std::unique_ptr<std::once_flag>> made_;
  mutable std::vector<std::vector<unsigned char>> pixels_;
};

}  // namespace doppel::nn
