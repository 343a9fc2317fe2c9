#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "doppel/base/error.h"
#include "doppel/nn/train/trainer.h"
#include "inference.h"

namespace doppel::nn {
namespace {

/// Of this process, of all views; about, where there are others.
std::size_t rows_to_do(const dataset::Loader& loader, int views) {
  return loader.source().size() * static_cast<std::size_t>(views) /
         static_cast<std::size_t>(loader.options().world);
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
void each_labelled_row(Model& model, Inference& inference, dataset::Loader& loader, std::uint64_t epoch,
                       F on_row) {
  const int classes = model.graph().output().channels;
  const auto width = static_cast<std::size_t>(classes);
  for (const dataset::Batch& batch : loader.epoch(epoch)) {
    for (std::size_t r = 0; r < batch.size(); ++r) check_labels(batch, r, loader.source(), classes);
    const dataset::Tensor shares = dataset::soft_labels(batch, classes, dataset::Labels::Independent);
    const auto logits = inference.outputs(batch);
    for (std::size_t r = 0; r < batch.size(); ++r)
      on_row(batch.indices[r], batch.labels[r], shares.values<float>().subspan(r * width, width),
             logits.subspan(r * width, width));
  }
}

/// Calls on_row(index, label, logits) for every sample of an epoch.
void each_row(Model& model, Inference& inference, dataset::Loader& loader, std::uint64_t epoch,
              const OnRow& on_row) {
  const int classes = model.graph().output().channels;
  const auto width = static_cast<std::size_t>(classes);
  for (const dataset::Batch& batch : loader.epoch(epoch)) {
    const auto logits = inference.outputs(batch);
    for (std::size_t r = 0; r < batch.size(); ++r)
      on_row(batch.indices[r], checked_label(batch, r, loader.source(), classes),
             logits.subspan(r * width, width));
  }
}

}  // namespace

Confusion evaluate(Model& model, dataset::Loader& loader, int threads, const OnRow& on_row,
                   const OnProgress& timing, const std::string& after, Group* group) {
  Confusion confusion(model.graph().output().channels);
  Inference inference(model, loader, {threads, timing, after, group});
  JoinedRows rows(inference, loader.source().size(), 1, model.graph().output().channels);
  each_row(model, inference, loader, 0, [&](std::size_t index, int label, std::span<const float> logits) {
    const auto number = static_cast<float>(label);
    if (!rows.keep(index, {&number, 1}, logits)) confusion.add(label, logits);
    if (on_row) on_row(index, label, logits);
  });
  rows.each([&](std::span<const float> label, std::span<const float> logits) {
    confusion.add(static_cast<int>(label[0]), logits);
  });
  return confusion;
}

MultiLabel evaluate_multi_label(Model& model, dataset::Loader& loader, int threads, const OnRow& on_row,
                                const OnProgress& timing, const std::string& after, Group* group) {
  const int classes = model.graph().output().channels;
  MultiLabel result(classes);
  Inference inference(model, loader, {threads, timing, after, group});
  JoinedRows rows(inference, loader.source().size(), classes, classes);
  each_labelled_row(
      model, inference, loader, 0,
      [&](std::size_t index, int label, std::span<const float> shares, std::span<const float> logits) {
        if (!rows.keep(index, shares, logits)) result.add(shares, logits);
        if (on_row) on_row(index, label, logits);
      });
  rows.each(
      [&](std::span<const float> shares, std::span<const float> logits) { result.add(shares, logits); });
  return result;
}

MultiLabel evaluate_views_multi_label(Model& model, dataset::Loader& loader, int views, int threads,
                                      const OnProgress& progress, const OnProgress& timing, Group* group) {
  const auto classes = static_cast<std::size_t>(model.graph().output().channels);
  Inference inference(model, loader, {.threads = threads, .timing = timing, .group = group});
  const std::size_t samples = loader.source().size(), all = rows_to_do(loader, views);
  std::vector<float> read(samples);  // 1 of those that were
  std::vector<float> truths(samples * classes);
  std::vector<double> sums(samples * classes);
  std::size_t done = 0;
  for (int view = 0; view < views; ++view)
    each_labelled_row(
        model, inference, loader, static_cast<std::uint64_t>(view),
        [&](std::size_t index, int, std::span<const float> shares, std::span<const float> logits) {
          if (progress) progress(done++, all);
          read[index] = 1;
          const std::vector<double> p = sigmoid(logits);
          for (std::size_t c = 0; c < classes; ++c) {
            truths[index * classes + c] = shares[c];
            sums[index * classes + c] += p[c];
          }
        });
  inference.join(read);
  inference.join(truths);
  inference.join(sums);
  MultiLabel result(static_cast<int>(classes));
  std::vector<float> logits(classes);
  for (std::size_t i = 0; i < samples; ++i) {
    if (read[i] == 0) continue;
    for (std::size_t c = 0; c < classes; ++c) {
      const double p = std::clamp(sums[i * classes + c] / views, 1e-30, 1 - 1e-16);
      logits[c] = static_cast<float>(std::log(p / (1 - p)));
    }
    result.add(std::span(truths).subspan(i * classes, classes), logits);
  }
  return result;
}

Confusion evaluate_views(Model& model, dataset::Loader& loader, int views, int threads,
                         const OnProgress& progress, const OnProgress& timing, Group* group) {
  const auto classes = static_cast<std::size_t>(model.graph().output().channels);
  Inference inference(model, loader, {.threads = threads, .timing = timing, .group = group});
  std::vector<float> labels(loader.source().size());  // and 1; 0 of those that couldn't be read
  std::vector<float> sums(labels.size() * classes);
  const std::size_t all = rows_to_do(loader, views);
  std::size_t done = 0;
  for (int view = 0; view < views; ++view)
    each_row(model, inference, loader, static_cast<std::uint64_t>(view),
             [&](std::size_t index, int label, std::span<const float> logits) {
               if (progress) progress(done++, all);
               labels[index] = static_cast<float>(label + 1);
               const std::vector<double> p = softmax(logits);
               for (std::size_t c = 0; c < classes; ++c)
                 sums[index * classes + c] += static_cast<float>(p[c]);
             });
  inference.join(labels);
  inference.join(sums);
  Confusion confusion(static_cast<int>(classes));
  std::vector<float> logits(classes);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == 0) continue;
    for (std::size_t c = 0; c < classes; ++c)
      logits[c] = std::log(std::max(1e-30F, sums[i * classes + c] / static_cast<float>(views)));
    confusion.add(static_cast<int>(labels[i]) - 1, logits);
  }
  return confusion;
}

}  // namespace doppel::nn
