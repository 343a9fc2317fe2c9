#include "doppel/nn/study/classifier.h"

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/dataset/combine/annealed.h"
#include "doppel/dataset/combine/subset.h"
#include "doppel/dataset/order/sampler.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/trainer.h"
#include "train/inference.h"
#include "train/precision_names.h"

namespace doppel::nn {
namespace {

constexpr std::string_view kHead = "-fc";

dataset::Loader loader_of(const RunInfo& info, const dataset::SourcePtr& source) {
  dataset::LoaderOptions options = info.evaluation_options(256);
  options.on_error = dataset::LoaderOptions::OnError::Skip;
  return {source, info.fitted({}), options};
}

/// Calls f(label, outputs) for each image; of outputs that aren't classes, which labels have nothing to do
/// with.
template <class F>
void each_output(Model& model, const RunInfo& info, const dataset::SourcePtr& source,
                 const ClassifierOptions& how, F f) {
  dataset::Loader loader = loader_of(info, source);
  Inference inference(model, loader, {.threads = how.threads});
  const auto width = static_cast<std::size_t>(model.graph().output().count());
  const OnProgress progress = begin_phase(how.on_phase, "measuring", "images");
  std::size_t done = 0;
  for (const dataset::Batch& batch : loader.epoch(0)) {
    const std::span<const float> outputs = inference.outputs(batch);
    for (std::size_t r = 0; r < batch.size(); ++r) {
      progress(done++, source->size());
      f(batch.labels[r], outputs.subspan(r * width, width));
    }
  }
}

}  // namespace

dataset::SourcePtr exactly(const dataset::SourcePtr& source, std::size_t count, std::uint64_t seed) {
  if (source->size() == 0) throw Error("there is nothing to learn from");
  const std::size_t n = source->size();
  std::vector<std::size_t> indices(count);
  for (std::size_t i = 0; i < count; ++i)
    indices[i] = static_cast<std::size_t>(dataset::Shuffle(n, seed, i / n)(i % n));
  return std::make_shared<dataset::Subset>(source, std::move(indices));
}

Classifier::Classifier(const RunInfo& info, const dataset::SourcePtr& train, const ClassifierOptions& options)
    : info_(info),
      options_(options),
      model_(build_graph(parse_network(options.network), info.input, static_cast<int>(info.classes.size())),
             options.seed) {
  dataset::LoaderOptions loading = info_.evaluation_options(options_.batch);
  loading.last = dataset::LoaderOptions::LastBatch::Drop;
  loading.seed = options_.seed;
  dataset::Loader loader(std::make_shared<dataset::Annealed>(train, options_.extra, options_.share,
                                                             options_.steps * options_.batch, options_.seed,
                                                             options_.share_from),
                         info_.fitted(options_.recipe), loading);
  TrainerOptions training;
  training.epochs = 1;
  training.precision = options_.precision;
  training.seed = options_.seed;
  training.threads = options_.threads;
  training.shards = options_.shards;
  training.average = 0.99;
  if (!options_.class_weights.empty()) set_class_weights(training.loss, options_.class_weights);
  training.timing = begin_phase(options_.on_phase, kTimingKernels);
  const OnProgress progress = begin_phase(options_.on_phase, "training a classifier", "steps");
  progress(0, options_.steps);
  Trainer trainer(model_, loader, nullptr, training);
  trainer.run([&](const Progress& p) { progress(p.step, p.steps); }, [](const EpochRecord&) {});
}

std::vector<Prediction> Classifier::predictions(const dataset::SourcePtr& source) {
  std::vector<Prediction> all;
  all.reserve(source->size());
  dataset::Loader loader = loader_of(info_, source);
  const OnProgress progress = begin_phase(options_.on_phase, "measuring", "images");
  evaluate(model_, loader, options_.threads, [&](std::size_t, int label, std::span<const float> logits) {
    progress(all.size(), source->size());
    const std::vector<double> p = softmax(logits);
    const auto best = std::ranges::max_element(p) - p.begin();
    all.push_back({label, static_cast<int>(best), label < 0 ? 0 : p[static_cast<std::size_t>(label)]});
  });
  return all;
}

double Classifier::accuracy(const dataset::SourcePtr& source) {
  const auto all = predictions(source);
  return static_cast<double>(
             std::ranges::count_if(all, [](const Prediction& v) { return v.predicted == v.label; })) /
         static_cast<double>(std::max<std::size_t>(1, all.size()));
}

void ClassifierOptions::fields(FieldVisitor& visit) {
  visit({"net", {}, "NET", "a name or notation; else a small one of five convolutions"}, network);
  visit({"steps", {1}, "N", "batches that each learns from"}, steps);
  visit({"batch", {2}, "N", "images in a batch"}, batch);
  visit({"share", {0, 1, true, true}, "SHARE", "of generated images, where they are mixed in"}, share);
  visit.choice({"precision", {}, "", "how numbers are multiplied"}, precision, kPrecisions);
  visit({"threads", {0}, "N", "threads that work; 0: all cores", {}, MayDiffer::Yes}, threads);
  visit({.name = "seed",
         .help = "of weights, order and augmentation",
         .may_differ = MayDiffer::Yes,
         .follows = true},
        seed);
}

bool Classifier::has_features(std::string_view network) { return network.ends_with(kHead); }

FeatureSet Classifier::features(const dataset::SourcePtr& source) {
  if (!has_features(options_.network))
    throw UsageError("features are what a network's last layer sees: its notation must end in -fc");
  const std::string body = options_.network.substr(0, options_.network.size() - kHead.size());
  Model headless(build_graph(parse_network(body), info_.input), 0);
  for (Parameter& p : headless.parameters())
    p.value = std::ranges::find(model_.parameters(), p.name, &Parameter::name)->value;
  FeatureSet set;
  set.width = static_cast<std::size_t>(headless.graph().output().count());
  each_output(headless, info_, source, options_, [&](int label, std::span<const float> row) {
    set.values.insert(set.values.end(), row.begin(), row.end());
    set.labels.push_back(label);
  });
  return set;
}

}  // namespace doppel::nn
