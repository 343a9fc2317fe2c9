#include "doppel/dataset/batch/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>
#include <opencv2/core.hpp>
#include <span>
#include <string_view>

#include "doppel/base/error.h"

namespace doppel::dataset {
namespace {

/// Eight bytes at a time through a multiply and a fold; not for secrets.
class Digest {
 public:
  explicit Digest(std::uint64_t seed) : state_(seed ^ 0x9e3779b97f4a7c15ULL) {}
  void add(const void* data, std::size_t bytes) {
    const auto* p = static_cast<const unsigned char*>(data);
    for (; bytes >= 8; p += 8, bytes -= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, p, 8);
      add_word(word);
    }
    std::uint64_t rest = bytes;
    std::memcpy(&rest, p, bytes);
    add_word(rest);
  }
  void add_word(std::uint64_t word) {
    state_ = (state_ ^ word) * 0xff51afd7ed558ccdULL;
    state_ ^= state_ >> 32;
  }
  void add(std::string_view text) {
    add_word(text.size());
    add(text.data(), text.size());
  }
  void add(std::span<const double> numbers) {
    add_word(numbers.size());
    add(numbers.data(), numbers.size_bytes());
  }
  void add(const augment::NamedValue& field) {
    add(std::string_view(field.name));
    add_word(field.value.index());
    if (const auto* text = std::get_if<std::string>(&field.value)) add(std::string_view(*text));
    if (const auto* whole = std::get_if<std::int64_t>(&field.value))
      add_word(static_cast<std::uint64_t>(*whole));
    if (const auto* real = std::get_if<double>(&field.value)) add(std::span(real, 1));
    if (const auto* list = std::get_if<std::vector<double>>(&field.value))
      add(std::span<const double>(*list));
  }
  std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_;
};

/// Several labels share a 1. What sums to it but for rounding keeps its bits.
void make_distribution(std::span<float> row) {
  const double sum = std::accumulate(row.begin(), row.end(), 0.0);
  if (!(sum > 0))
    throw Error("an image with none of the classes, where classes exclude each other: it has no label");
  if (std::abs(sum - 1) < 1e-5) return;
  for (float& share : row) share = static_cast<float>(static_cast<double>(share) / sum);
}

}  // namespace

Tensor soft_labels(const Batch& batch, int classes, Labels labels) {
  Tensor shares(DType::F32, {static_cast<std::int64_t>(batch.size()), classes});
  const std::span<float> all = shares.values<float>();
  const auto add = [&](std::size_t row, int label, double share) {
    if (label < 0 || label >= classes)
      throw Error(fmt::format("label {} is outside the {} classes (0 to {})", label, classes, classes - 1));
    all[row * static_cast<std::size_t>(classes) + static_cast<std::size_t>(label)] +=
        static_cast<float>(share);
  };
  for (std::size_t row = 0; row < batch.size(); ++row) {
    const auto& mixed = batch.targets[row].label_shares;
    if (mixed.empty()) add(row, batch.labels[row], 1);
    for (const augment::LabelShare& part : mixed) add(row, part.label, part.share);
    if (labels == Labels::Exclusive)
      make_distribution(
          all.subspan(row * static_cast<std::size_t>(classes), static_cast<std::size_t>(classes)));
  }
  return shares;
}

Tensor padded_boxes(const Batch& batch, std::size_t most) {
  if (most == 0)
    for (const Targets& row : batch.targets) most = std::max(most, row.boxes.size());
  Tensor tensor(DType::F32, {static_cast<std::int64_t>(batch.size()), static_cast<std::int64_t>(most), 5});
  const auto values = tensor.values<float>();
  std::ranges::fill(values, -1.F);
  for (std::size_t r = 0; r < batch.size(); ++r)
    for (std::size_t k = 0; k < std::min(most, batch.targets[r].boxes.size()); ++k) {
      const augment::Box& box = batch.targets[r].boxes[k];
      const std::array<double, 5> numbers{box.x0, box.y0, box.x1, box.y1, double(box.label)};
      std::ranges::transform(numbers, values.begin() + static_cast<std::ptrdiff_t>((r * most + k) * 5),
                             [](double v) { return static_cast<float>(v); });
    }
  return tensor;
}

Tensor dense_labels(const Batch& batch) {
  Tensor labels(DType::I64, {static_cast<std::int64_t>(batch.size())});
  std::ranges::copy(batch.labels, labels.values<std::int64_t>().begin());
  return labels;
}

Tensor dense_numbers(const Batch& batch) {
  const std::size_t rows = std::min(batch.valid, batch.numbers.size());
  const std::size_t width = rows > 0 ? batch.numbers[0].size() : 0;
  Tensor numbers(DType::F32, {static_cast<std::int64_t>(batch.size()), static_cast<std::int64_t>(width)});
  const auto values = numbers.values<float>();
  for (std::size_t r = 0; r < rows; ++r) {
    if (batch.numbers[r].size() != width)
      throw Error(fmt::format("one image of a batch has {} numbers to learn, another {}", width,
                              batch.numbers[r].size()));
    std::ranges::transform(batch.numbers[r], values.begin() + static_cast<std::ptrdiff_t>(r * width),
                           [](double v) { return static_cast<float>(v); });
  }
  return numbers;
}

Tensor dense_weights(const Batch& batch) {
  Tensor weights(DType::F32, {static_cast<std::int64_t>(batch.weights.size())});
  std::ranges::transform(batch.weights, weights.values<float>().begin(),
                         [](double v) { return static_cast<float>(v); });
  return weights;
}

Tensor stacked_masks(const Batch& batch) {
  const std::size_t rows = std::min(batch.valid, batch.targets.size());
  const std::size_t count = rows > 0 ? batch.targets[0].masks.size() : 0;
  const Size size = count > 0 ? augment::size_of(batch.targets[0].masks[0]) : Size{};
  bool wide = false;
  for (std::size_t r = 0; r < rows; ++r) {
    if (batch.targets[r].masks.size() != count)
      throw Error(
          fmt::format("one image of a batch has {} masks, another {}", count, batch.targets[r].masks.size()));
    for (const cv::Mat& mask : batch.targets[r].masks) {
      if (augment::size_of(mask) != size) throw Error("masks of one batch have different sizes");
      wide = wide || mask.depth() != CV_8U;
    }
  }
  std::vector<std::int64_t> shape{static_cast<std::int64_t>(batch.size()), size.height, size.width};
  if (count != 1) shape.insert(shape.begin() + 1, static_cast<std::int64_t>(count));
  Tensor stacked(wide ? DType::I64 : DType::U8, std::move(shape));
  const auto width = static_cast<std::size_t>(size.width);
  std::size_t at = 0;
  for (std::size_t r = 0; r < rows; ++r)
    for (const cv::Mat& mask : batch.targets[r].masks)
      for (int y = 0; y < mask.rows; ++y, at += width) {
        if (!wide)
          std::copy_n(mask.ptr<unsigned char>(y), width, stacked.values<unsigned char>().data() + at);
        else if (mask.depth() == CV_8U)
          std::copy_n(mask.ptr<unsigned char>(y), width, stacked.values<std::int64_t>().data() + at);
        else
          std::copy_n(mask.ptr<int>(y), width, stacked.values<std::int64_t>().data() + at);
      }
  return stacked;
}

Tensor stacked_maps(const Batch& batch, std::string_view name) {
  const std::size_t rows = std::min(batch.valid, batch.targets.size());
  std::vector<const cv::Mat*> maps;
  for (std::size_t r = 0; r < rows; ++r) {
    const auto& there = batch.targets[r].maps;
    const auto found = std::ranges::find(there, name, &augment::FloatMap::name);
    if (found == there.end()) throw Error(fmt::format("row {} of a batch has no map called '{}'", r, name));
    maps.push_back(&found->values);
    if (found->values.type() != maps[0]->type() || found->values.size() != maps[0]->size())
      throw Error(
          fmt::format("maps called '{}' of one batch differ: one is {}x{} with {} channels, another "
                      "{}x{} with {} (height x width)",
                      name, maps[0]->rows, maps[0]->cols, maps[0]->channels(), found->values.rows,
                      found->values.cols, found->values.channels()));
  }
  const cv::Mat none;
  const cv::Mat& first = maps.empty() ? none : *maps[0];
  const int channels = first.empty() ? 1 : first.channels();
  Tensor stacked(DType::F32, {static_cast<std::int64_t>(batch.size()), channels, first.rows, first.cols});
  float* to = stacked.values<float>().data();
  for (const cv::Mat* map : maps)
    for (int c = 0; c < channels; ++c)
      for (int y = 0; y < map->rows; ++y) {
        const float* from = map->ptr<float>(y) + c;
        for (int x = 0; x < map->cols; ++x, from += channels) *to++ = *from;
      }
  return stacked;
}

Tensor padded_keypoints(const Batch& batch, std::size_t most) {
  if (most == 0)
    for (const Targets& row : batch.targets) most = std::max(most, row.keypoints.size());
  Tensor tensor(DType::F32, {static_cast<std::int64_t>(batch.size()), static_cast<std::int64_t>(most), 3});
  float* to = tensor.values<float>().data();
  for (const Targets& row : batch.targets)
    for (std::size_t k = 0; k < most; ++k, to += 3) {
      const bool is_there = k < row.keypoints.size();
      to[0] = is_there ? static_cast<float>(row.keypoints[k].x) : -1;
      to[1] = is_there ? static_cast<float>(row.keypoints[k].y) : -1;
      to[2] = is_there ? static_cast<float>(row.keypoints[k].visibility) : 0;
    }
  return tensor;
}

std::uint64_t digest(const Batch& batch, std::uint64_t seed) {
  Digest d(seed);
  d.add_word(batch.epoch);
  d.add_word(batch.step);
  d.add(batch.images.data(), batch.images.bytes());
  for (const int label : batch.labels) d.add_word(static_cast<std::uint64_t>(label));
  for (const std::size_t index : batch.indices) d.add_word(index);
  for (const Targets& targets : batch.targets) {
    for (const auto& b : targets.boxes)
      for (const double v : {b.x0, b.y0, b.x1, b.y1, b.visibility, double(b.label)}) d.add(&v, sizeof v);
    for (const auto& k : targets.keypoints)
      for (const double v : {k.x, k.y, k.angle, k.scale, k.visibility, double(k.label)}) d.add(&v, sizeof v);
    for (const auto& b : targets.rotated_boxes)
      for (const double v : {b.x, b.y, b.width, b.height, b.angle, b.visibility, double(b.label)})
        d.add(&v, sizeof v);
    for (const auto& s : targets.label_shares)
      for (const double v : {double(s.label), s.share}) d.add(&v, sizeof v);
    for (const cv::Mat& mask : targets.masks)
      for (int y = 0; y < mask.rows; ++y)
        d.add(mask.ptr(y), static_cast<std::size_t>(mask.cols) * mask.elemSize());
    for (const augment::NamedValue& field : targets.fields) d.add(field);
    for (const augment::FloatMap& map : targets.maps) {
      d.add(std::string_view(map.name));
      for (int y = 0; y < map.values.rows; ++y)
        d.add(map.values.ptr(y), static_cast<std::size_t>(map.values.cols) * map.values.elemSize());
    }
    for (const augment::Outline& outline : targets.outlines) {
      d.add_word(outline.points.size());
      for (const Point p : outline.points)
        for (const double v : {p.x, p.y}) d.add(&v, sizeof v);
      for (const int v : {outline.label, outline.instance, int{outline.closed}})
        d.add_word(static_cast<std::uint64_t>(v));
    }
  }
  // What most data hasn't leaves digests as they were.
  for (const Tensor& view : batch.views) d.add(view.data(), view.bytes());
  for (const auto& row : batch.numbers)
    if (!row.empty()) d.add(std::span<const double>(row));
  const auto counts_alike = [](double weight) { return weight == 1; };
  if (!std::all_of(batch.weights.begin(), batch.weights.begin() + std::min(batch.valid, batch.weights.size()),
                   counts_alike))
    d.add(std::span<const double>(batch.weights));
  return d.value();
}

}  // namespace doppel::dataset
