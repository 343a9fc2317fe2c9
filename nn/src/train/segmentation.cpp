#include "doppel/nn/train/segmentation.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <opencv2/core.hpp>
#include <string>

#include "doppel/base/error.h"
#include "doppel/dataset/combine/class_masks.h"
#include "inference.h"

namespace doppel::nn {
namespace {

/// A row's mask of classes, checked but for its numbers.
const cv::Mat& mask_of(const dataset::Batch& batch, std::size_t row, cv::Size size) {
  const std::vector<cv::Mat>& masks = batch.targets[row].masks;
  const auto sample = [&] { return fmt::format("sample {}", batch.indices[row]); };
  if (masks.size() != 1) throw Error(fmt::format("{}: has {} masks to learn, not 1", sample(), masks.size()));
  if (masks[0].type() != CV_8UC1 && masks[0].type() != CV_32SC1)
    throw Error(
        fmt::format("{}: its mask holds no numbers of classes: 8 bits, or whole numbers of 32", sample()));
  if (masks[0].size() != size)
    throw Error(fmt::format("{}: a mask of {}x{} for an image of {}x{} (width x height)", sample(),
                            masks[0].cols, masks[0].rows, size.width, size.height));
  return masks[0];
}

}  // namespace

dataset::Tensor mask_targets(const dataset::Batch& batch, int classes) {
  const auto& shape = batch.images.shape();
  const cv::Size size(static_cast<int>(shape.at(3)), static_cast<int>(shape.at(2)));
  dataset::Tensor targets(dataset::DType::F32,
                          {static_cast<std::int64_t>(batch.size()), size.height, size.width});
  const std::span<float> numbers = targets.values<float>();
  std::ranges::fill(numbers, -1.F);
  for (std::size_t r = 0; r < std::min(batch.valid, batch.size()); ++r) {
    const cv::Mat& mask = mask_of(batch, r, size);
    float* to = numbers.data() + r * static_cast<std::size_t>(size.area());
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x, ++to) {
        const int number = mask.depth() == CV_8U ? mask.at<unsigned char>(y, x) : mask.at<int>(y, x);
        if (number == dataset::kUncounted) continue;
        if (number < 0 || number >= classes)
          throw Error(fmt::format(
              "sample {}: its mask holds {} at x {}, y {}, but there are {} classes (0 to {}; {}: doesn't "
              "count)",
              batch.indices[r], number, x, y, classes, classes - 1, dataset::kUncounted));
        *to = static_cast<float>(number);
      }
  }
  return targets;
}

std::vector<unsigned char> most_probable(std::span<const float> logits, int classes) {
  const std::size_t area = logits.size() / static_cast<std::size_t>(classes);
  std::vector<unsigned char> best(area, 0);
  for (std::size_t c = 1; c < static_cast<std::size_t>(classes); ++c)
    for (std::size_t i = 0; i < area; ++i)
      if (logits[c * area + i] > logits[best[i] * area + i]) best[i] = static_cast<unsigned char>(c);
  return best;
}

MaskConfusion::MaskConfusion(int classes)
    : classes_(classes), counts_(static_cast<std::size_t>(classes) * static_cast<std::size_t>(classes)) {}

void MaskConfusion::add(std::span<const float> truth, std::span<const float> logits) {
  ++images_;
  const std::vector<unsigned char> best = most_probable(logits, classes_);
  for (std::size_t i = 0; i < truth.size(); ++i)
    if (truth[i] >= 0)
      ++counts_[static_cast<std::size_t>(truth[i]) * static_cast<std::size_t>(classes_) + best[i]];
}

void MaskConfusion::sum(Group& group) {
  std::vector<double> numbers(counts_.begin(), counts_.end());
  numbers.push_back(static_cast<double>(images_));
  group.sum(std::span<double>(numbers));
  images_ = static_cast<std::int64_t>(numbers.back());
  numbers.pop_back();
  std::ranges::transform(numbers, counts_.begin(), [](double n) { return static_cast<std::int64_t>(n); });
}

std::int64_t MaskConfusion::pixels() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
}

std::int64_t MaskConfusion::truths(int c) const {
  std::int64_t sum = 0;
  for (int p = 0; p < classes_; ++p) sum += at(c, p);
  return sum;
}

std::int64_t MaskConfusion::predictions(int c) const {
  std::int64_t sum = 0;
  for (int t = 0; t < classes_; ++t) sum += at(t, c);
  return sum;
}

std::optional<double> MaskConfusion::iou(int c) const {
  const std::int64_t all = truths(c) + predictions(c) - at(c, c);
  if (all == 0) return {};
  return static_cast<double>(at(c, c)) / static_cast<double>(all);
}

double MaskConfusion::mean_iou() const {
  double sum = 0;
  int count = 0;
  for (int c = 0; c < classes_; ++c)
    if (const auto one = iou(c)) sum += *one, ++count;
  return count > 0 ? sum / count : 0;
}

double MaskConfusion::pixel_accuracy() const {
  std::int64_t right = 0;
  for (int c = 0; c < classes_; ++c) right += at(c, c);
  const std::int64_t all = pixels();
  return all > 0 ? static_cast<double>(right) / static_cast<double>(all) : 0;
}

MaskConfusion evaluate_masks(Model& model, dataset::Loader& loader, int threads, const OnMask& on_row,
                             const OnProgress& timing, Group* group) {
  Inference inference(model, loader, {.threads = threads, .timing = timing, .group = group});
  const Shape& out = model.graph().output();
  const auto area = static_cast<std::size_t>(out.height) * static_cast<std::size_t>(out.width),
             numbers = area * static_cast<std::size_t>(out.channels);
  MaskConfusion confusion(out.channels);
  for (const dataset::Batch& batch : loader.epoch(0)) {
    const dataset::Tensor truths = mask_targets(batch, out.channels);
    const auto logits = inference.outputs(batch);
    for (std::size_t r = 0; r < batch.valid; ++r) {
      const auto truth = truths.values<float>().subspan(r * area, area);
      const auto row = logits.subspan(r * numbers, numbers);
      confusion.add(truth, row);
      if (on_row) on_row(batch.indices[r], truth, row);
    }
  }
  if (inference.is_shared()) confusion.sum(*group);
  return confusion;
}

}  // namespace doppel::nn
