#include "doppel/nn/train/regression.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "doppel/base/error.h"
#include "doppel/nn/train/segmentation.h"
#include "inference.h"

namespace doppel::nn {
namespace {

void check_count(std::size_t given, std::size_t wanted, const std::string& sample) {
  if (given != wanted)
    throw Error(fmt::format("{}: has {} numbers to learn, but the network gives {}", sample, given, wanted));
}

}  // namespace

std::vector<float> NumberTask::standardised(std::span<const double> numbers) const {
  std::vector<float> outputs;
  for (std::size_t k = 0; k < numbers.size(); ++k)
    outputs.push_back(static_cast<float>((numbers[k] - mean[k]) / std[k]));
  return outputs;
}

std::vector<double> NumberTask::numbers(std::span<const float> outputs) const {
  std::vector<double> numbers;
  for (std::size_t k = 0; k < outputs.size(); ++k)
    numbers.push_back(static_cast<double>(outputs[k]) * std[k] + mean[k]);
  return numbers;
}

NumberTask number_task(const dataset::Source& train) {
  NumberTask task{.names = train.number_names()};
  const std::size_t width = task.names.size();
  task.mean.assign(width, 0);
  task.std.assign(width, 0);
  double n = 0;
  for (std::size_t i = 0; i < train.size(); ++i) {
    const std::vector<double> numbers = train.numbers(i);
    if (numbers.empty()) continue;
    check_count(numbers.size(), width, train.name(i));
    ++n;
    for (std::size_t k = 0; k < width; ++k) {
      const double before = numbers[k] - task.mean[k];
      task.mean[k] += before / n;
      task.std[k] += before * (numbers[k] - task.mean[k]);
    }
  }
  if (width == 0 || n == 0) throw Error("no sample has numbers to learn");
  for (double& s : task.std) {
    s = std::sqrt(s / n);
    if (!(s > 0)) s = 1;
  }
  return task;
}

bool learns_numbers(const Loss& loss) {
  return std::visit(
      [](const auto& kind) {
        using Kind = std::decay_t<decltype(kind)>;
        return std::is_same_v<Kind, MeanSquaredError> || std::is_same_v<Kind, MeanAbsoluteError> ||
               std::is_same_v<Kind, Huber> || std::is_same_v<Kind, OwnLoss>;
      },
      loss);
}

dataset::Tensor loss_targets(const dataset::Batch& batch, int outputs, const Loss& loss,
                             const NumberTask& task) {
  if (learns_masks(loss)) return mask_targets(batch, outputs);
  if (task.empty()) return dataset::soft_labels(batch, outputs, labels_of(loss));
  const auto width = static_cast<std::size_t>(outputs);
  dataset::Tensor targets(dataset::DType::F32, {static_cast<std::int64_t>(batch.size()), outputs});
  for (std::size_t r = 0; r < std::min(batch.valid, batch.size()); ++r) {
    check_count(batch.numbers[r].size(), width, fmt::format("sample {}", batch.indices[r]));
    std::ranges::copy(task.standardised(batch.numbers[r]),
                      targets.values<float>().begin() + static_cast<std::ptrdiff_t>(r * width));
  }
  return targets;
}

std::vector<float> loss_weights(const dataset::Batch& batch) {
  if (std::ranges::all_of(batch.weights, [](double w) { return w == 1; })) return {};
  std::vector<float> weights;
  for (const double w : batch.weights) weights.push_back(static_cast<float>(w));
  return weights;
}

NumberErrors::NumberErrors(std::size_t count) : sums_(count) {}

void NumberErrors::add(std::span<const double> truths, std::span<const double> predictions) {
  ++total_;
  for (std::size_t k = 0; k < sums_.size(); ++k) {
    Sums& sums = sums_[k];
    const double error = predictions[k] - truths[k], before = truths[k] - sums.mean;
    sums.absolute += std::abs(error);
    sums.squared += error * error;
    sums.mean += before / static_cast<double>(total_);
    sums.spread += before * (truths[k] - sums.mean);
  }
}

double NumberErrors::mean_absolute_error(std::size_t k) const {
  return total_ > 0 ? sums_[k].absolute / static_cast<double>(total_) : 0;
}

double NumberErrors::root_mean_square_error(std::size_t k) const {
  return total_ > 0 ? std::sqrt(sums_[k].squared / static_cast<double>(total_)) : 0;
}

double NumberErrors::r2(std::size_t k) const {
  return sums_[k].spread > 0 ? 1 - sums_[k].squared / sums_[k].spread : 0;
}

double NumberErrors::mean_absolute_error() const {
  double sum = 0;
  for (std::size_t k = 0; k < count(); ++k) sum += mean_absolute_error(k);
  return count() > 0 ? sum / static_cast<double>(count()) : 0;
}

double NumberErrors::r2() const {
  double sum = 0;
  for (std::size_t k = 0; k < count(); ++k) sum += r2(k);
  return count() > 0 ? sum / static_cast<double>(count()) : 0;
}

NumberErrors evaluate_numbers(Model& model, dataset::Loader& loader, const NumberTask& task, int views,
                              int threads, const OnNumbers& on_row, const OnProgress& timing,
                              const std::string& after, Group* group) {
  Inference inference(model, loader, {threads, timing, after, group});
  const auto width = static_cast<std::size_t>(model.graph().output().channels);
  check_count(task.names.size(), width, "the data");
  // Of each sample whether it was read, its numbers, and the sums of its predictions: some are broken.
  const std::size_t samples = loader.source().size(), each = 1 + 2 * width;
  std::vector<double> rows(samples * each);
  for (int view = 0; view < views; ++view)
    for (const dataset::Batch& batch : loader.epoch(static_cast<std::uint64_t>(view))) {
      const auto outputs = inference.outputs(batch);
      for (std::size_t r = 0; r < batch.valid; ++r) {
        const std::size_t index = batch.indices[r];
        check_count(batch.numbers[r].size(), width, loader.source().name(index));
        const auto row = outputs.subspan(r * width, width);
        if (on_row) on_row(index, batch.numbers[r], row);
        const auto kept = std::span(rows).subspan(index * each, each);
        kept[0] = 1;
        std::ranges::copy(batch.numbers[r], kept.begin() + 1);
        const std::vector<double> numbers = task.numbers(row);
        for (std::size_t k = 0; k < width; ++k) kept[1 + width + k] += numbers[k] / views;
      }
    }
  inference.join(rows);
  NumberErrors errors(width);
  for (std::size_t i = 0; i < samples; ++i) {
    const auto kept = std::span<const double>(rows).subspan(i * each, each);
    if (kept[0] != 0) errors.add(kept.subspan(1, width), kept.subspan(1 + width));
  }
  return errors;
}

}  // namespace doppel::nn
