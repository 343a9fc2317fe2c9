#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/cores.h"
#include "doppel/base/error.h"
#include "doppel/nn/train/trainer.h"

namespace doppel::nn {
namespace {

Executor inference(Model& model, const dataset::Loader& loader, int threads, const OnProgress& timing,
                   const std::string& after = {}) {
  return {model,
          {.batch = static_cast<int>(loader.options().batch),
           .shards = std::clamp(usable_cores(), 2, 16),
           .threads = threads,
           .mode = ExecutorOptions::Mode::Inference,
           .timing = timing,
           .after = after}};
}

int checked_label(const dataset::Batch& batch, std::size_t row, const dataset::Source& source, int classes) {
  const int label = batch.labels[row];
  if (label < 0 || label >= classes)
    throw Error(fmt::format("{}: label {} is outside the network's {} classes",
                            source.name(batch.indices[row]), label, classes));
  return label;
}

/// Throws Error for a row that nobody has labelled, and for labels outside the classes.
void check_labels(const dataset::Batch& batch, std::size_t row, const dataset::Source& source, int classes) {
  const auto& shares = batch.targets[row].label_shares;
  if (shares.empty()) (void)checked_label(batch, row, source, classes);
  for (const augment::LabelShare& share : shares)
    if (share.label < 0 || share.label >= classes)
      throw Error(fmt::format("{}: label {} is outside the network's {} classes",
                              source.name(batch.indices[row]), share.label, classes));
}

/// Calls on_row(index, label, shares, logits) for every sample of an epoch.
template <class F>
void each_labelled_row(Model& model, Executor& executor, dataset::Loader& loader, std::uint64_t epoch,
                       F on_row) {
  const int classes = model.graph().output().channels;
  const auto width = static_cast<std::size_t>(classes);
  for (const dataset::Batch& batch : loader.epoch(epoch)) {
    for (std::size_t r = 0; r < batch.size(); ++r) check_labels(batch, r, loader.source(), classes);
    const dataset::Tensor shares = dataset::soft_labels(batch, classes, dataset::Labels::Independent);
    const auto logits = executor.predict(batch.images.values<float>(), static_cast<int>(batch.size()));
    for (std::size_t r = 0; r < batch.size(); ++r)
      on_row(batch.indices[r], batch.labels[r], shares.values<float>().subspan(r * width, width),
             logits.subspan(r * width, width));
  }
}

/// Calls on_row(index, label, logits) for every sample of an epoch.
void each_row(Model& model, Executor& executor, dataset::Loader& loader, std::uint64_t epoch,
              const OnRow& on_row) {
  const int classes = model.graph().output().channels;
  const auto width = static_cast<std::size_t>(classes);
  for (const dataset::Batch& batch : loader.epoch(epoch)) {
    const auto logits = executor.predict(batch.images.values<float>(), static_cast<int>(batch.size()));
    for (std::size_t r = 0; r < batch.size(); ++r)
      on_row(batch.indices[r], checked_label(batch, r, loader.source(), classes),
             logits.subspan(r * width, width));
  }
}

}  // namespace

Confusion evaluate(Model& model, dataset::Loader& loader, int threads, const OnRow& on_row,
                   const OnProgress& timing, const std::string& after) {
  Confusion confusion(model.graph().output().channels);
  Executor executor = inference(model, loader, threads, timing, after);
  each_row(model, executor, loader, 0, [&](std::size_t index, int label, std::span<const float> logits) {
    confusion.add(label, logits);
    if (on_row) on_row(index, label, logits);
  });
  return confusion;
}

MultiLabel evaluate_multi_label(Model& model, dataset::Loader& loader, int threads, const OnRow& on_row,
                                const OnProgress& timing, const std::string& after) {
  MultiLabel result(model.graph().output().channels);
  Executor executor = inference(model, loader, threads, timing, after);
  each_labelled_row(
      model, executor, loader, 0,
      [&](std::size_t index, int label, std::span<const float> shares, std::span<const float> logits) {
        result.add(shares, logits);
        if (on_row) on_row(index, label, logits);
      });
  return result;
}

MultiLabel evaluate_views_multi_label(Model& model, dataset::Loader& loader, int views, int threads,
                                      const OnProgress& progress, const OnProgress& timing) {
  const auto classes = static_cast<std::size_t>(model.graph().output().channels);
  Executor executor = inference(model, loader, threads, timing);
  const std::size_t samples = loader.source().size();
  std::vector<bool> read(samples);
  std::vector<float> truths(samples * classes);
  std::vector<double> sums(samples * classes);
  std::size_t done = 0;
  for (int view = 0; view < views; ++view)
    each_labelled_row(
        model, executor, loader, static_cast<std::uint64_t>(view),
        [&](std::size_t index, int, std::span<const float> shares, std::span<const float> logits) {
          if (progress) progress(done++, samples * static_cast<std::size_t>(views));
          read[index] = true;
          const std::vector<double> p = sigmoid(logits);
          for (std::size_t c = 0; c < classes; ++c) {
            truths[index * classes + c] = shares[c];
            sums[index * classes + c] += p[c];
          }
        });
  MultiLabel result(static_cast<int>(classes));
  std::vector<float> logits(classes);
  for (std::size_t i = 0; i < samples; ++i) {
    if (!read[i]) continue;
    for (std::size_t c = 0; c < classes; ++c) {
      const double p = std::clamp(sums[i * classes + c] / views, 1e-30, 1 - 1e-16);
      logits[c] = static_cast<float>(std::log(p / (1 - p)));
    }
    result.add(std::span(truths).subspan(i * classes, classes), logits);
  }
  return result;
}

Confusion evaluate_views(Model& model, dataset::Loader& loader, int views, int threads,
                         const OnProgress& progress, const OnProgress& timing) {
  const auto classes = static_cast<std::size_t>(model.graph().output().channels);
  Executor executor = inference(model, loader, threads, timing);
  std::vector<int> labels(loader.source().size(), -1);
  std::vector<float> sums(labels.size() * classes);
  std::size_t done = 0;
  for (int view = 0; view < views; ++view)
    each_row(model, executor, loader, static_cast<std::uint64_t>(view),
             [&](std::size_t index, int label, std::span<const float> logits) {
               if (progress) progress(done++, labels.size() * static_cast<std::size_t>(views));
               labels[index] = label;
               const std::vector<double> p = softmax(logits);
               for (std::size_t c = 0; c < classes; ++c)
                 sums[index * classes + c] += static_cast<float>(p[c]);
             });
  Confusion confusion(static_cast<int>(classes));
  std::vector<float> logits(classes);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] < 0) continue;  // couldn't be read
    for (std::size_t c = 0; c < classes; ++c)
      logits[c] = std::log(std::max(1e-30F, sums[i * classes + c] / static_cast<float>(views)));
    confusion.add(labels[i], logits);
  }
  return confusion;
}

}  // namespace doppel::nn
