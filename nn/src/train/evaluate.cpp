#include <fmt/format.h>
#include <tbb/info.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/nn/train/trainer.h"

namespace doppel::nn {
namespace {

Executor inference(Model& model, const dataset::Loader& loader, int threads, const OnProgress& timing) {
  return {model,
          {.batch = static_cast<int>(loader.options().batch),
           .shards = std::clamp(tbb::info::default_concurrency(), 2, 16),
           .threads = threads,
           .mode = ExecutorOptions::Mode::Inference,
           .timing = timing}};
}

int checked_label(const dataset::Batch& batch, std::size_t row, const dataset::Source& source, int classes) {
  const int label = batch.labels[row];
  if (label < 0 || label >= classes)
    throw Error(fmt::format("{}: label {} is outside the network's {} classes",
                            source.name(batch.indices[row]), label, classes));
  return label;
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
                   const OnProgress& timing) {
  Confusion confusion(model.graph().output().channels);
  Executor executor = inference(model, loader, threads, timing);
  each_row(model, executor, loader, 0, [&](std::size_t index, int label, std::span<const float> logits) {
    confusion.add(label, logits);
    if (on_row) on_row(index, label, logits);
  });
  return confusion;
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
