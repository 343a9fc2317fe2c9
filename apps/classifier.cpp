#include "classifier.h"

#include <algorithm>

#include "doppel/base/error.h"
#include "doppel/dataset/combine/annealed.h"
#include "doppel/dataset/combine/subset.h"
#include "doppel/dataset/order/sampler.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/train/trainer.h"
#include "live_line.h"

namespace doppel::apps {
namespace {

constexpr std::string_view kHead = "-fc";

/// Calls f(place in the source, label, outputs) for each picture.
template <class F>
void run(nn::Model& model, const RunInfo& info, const dataset::SourcePtr& source, int threads, F f) {
  dataset::LoaderOptions options = info.evaluation_options(256);
  options.on_error = dataset::LoaderOptions::OnError::Skip;
  dataset::Loader loader(source, info.fitted({}), options);
  LiveLine live("measuring", "pictures");
  nn::evaluate(model, loader, threads, [&](std::size_t i, int label, std::span<const float> outputs) {
    live.add(source->size());
    f(i, label, outputs);
  });
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

Classifier::Classifier(const RunInfo& info, const dataset::SourcePtr& train, const Lesson& lesson)
    : info_(info),
      lesson_(lesson),
      model_(nn::build_graph(nn::parse_network(lesson.network), info.input,
                             static_cast<int>(info.classes.size())),
             lesson.seed) {
  dataset::LoaderOptions loading = info_.evaluation_options(lesson_.batch);
  loading.last = dataset::LoaderOptions::LastBatch::Drop;
  loading.seed = lesson_.seed;
  dataset::Loader loader(std::make_shared<dataset::Annealed>(train, lesson_.extra, lesson_.share,
                                                             lesson_.steps * lesson_.batch, lesson_.seed),
                         info_.fitted(lesson_.recipe), loading);
  nn::TrainerOptions options;
  options.epochs = 1;
  options.precision = lesson_.precision;
  options.seed = lesson_.seed;
  options.threads = lesson_.threads;
  options.average = 0.99;
  LiveLine live("teaching a classifier", "steps"), timing(kTimingKernels);
  options.timing = timing.counter();
  const OnProgress progress = lesson_.progress ? lesson_.progress : live.counter();
  progress(0, lesson_.steps);
  nn::Trainer trainer(model_, loader, nullptr, options);
  trainer.run([&](const nn::Progress& p) { progress(p.step, p.steps); }, [](const nn::EpochRecord&) {});
}

std::vector<Verdict> Classifier::verdicts(const dataset::SourcePtr& source) {
  std::vector<Verdict> all;
  all.reserve(source->size());
  run(model_, info_, source, lesson_.threads, [&](std::size_t, int label, std::span<const float> logits) {
    const std::vector<double> p = nn::softmax(logits);
    const auto best = std::ranges::max_element(p) - p.begin();
    all.push_back({label, static_cast<int>(best), label < 0 ? 0 : p[static_cast<std::size_t>(label)]});
  });
  return all;
}

double Classifier::accuracy(const dataset::SourcePtr& source) {
  const auto all = verdicts(source);
  return static_cast<double>(
             std::ranges::count_if(all, [](const Verdict& v) { return v.predicted == v.label; })) /
         static_cast<double>(std::max<std::size_t>(1, all.size()));
}

bool Classifier::has_features(std::string_view network) { return network.ends_with(kHead); }

nn::FeatureSet Classifier::features(const dataset::SourcePtr& source) {
  if (!has_features(lesson_.network))
    throw UsageError("features are what a network's last layer sees: its notation must end in -fc");
  const std::string body = lesson_.network.substr(0, lesson_.network.size() - kHead.size());
  nn::Model headless(nn::build_graph(nn::parse_network(body), info_.input), 0);
  for (nn::Parameter& p : headless.parameters())
    p.value = std::ranges::find(model_.parameters(), p.name, &nn::Parameter::name)->value;
  nn::FeatureSet set;
  set.width = static_cast<std::size_t>(headless.graph().output().count());
  run(headless, info_, source, lesson_.threads, [&](std::size_t, int label, std::span<const float> row) {
    set.values.insert(set.values.end(), row.begin(), row.end());
    set.labels.push_back(label);
  });
  return set;
}

}  // namespace doppel::apps
