#include "doppel/nn/study/inception_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "doppel/base/error.h"
#include "doppel/nn/formats/weights.h"
#include "doppel/nn/model/notation.h"
#include "doppel/nn/model/zoo.h"
#include "doppel/nn/study/classifier.h"
#include "doppel/nn/study/run_info.h"
#include "train/inference.h"

namespace doppel::nn {
namespace {

constexpr Shape kInceptionInput{3, 299, 299};
constexpr int kClasses = 1000, kOriginalClasses = 1008, kPublishedNeighbours = 3;

void replace_once(std::string& text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  if (at == std::string::npos) throw std::logic_error("inception_v3 is another network: it lacks " + what);
  text.replace(at, what.size(), by);
}

/// As pytorch-fid has it from TensorFlow's graph of 2015.
std::string original_network() {
  std::string text = network_of("inception_v3");
  replace_once(
      text, "avgpool3x3(s1,p1,padded)-one(c);",
      "avgpool3x3(s1,p1)-one(c);\nmost() = cat[one(320)|one(384)-split(384)|one(448)-three(384)-split(384)|"
      "maxpool3x3(s1,p1)-one(192)];");
  replace_once(text, "d-e-e-gap", "d-e-most-gap");
  return text;
}

/// With all weights, and whether the last layer's were among them.
std::pair<Model, bool> loaded(const std::filesystem::path& weights, int classes) {
  Model model(build_graph(parse_network(network_of("inception_v3")), kInceptionInput, classes));
  const LoadedWeights taken = load_weights(weights, model);
  return {std::move(model), taken.left_out.empty()};
}

/// The same numbers in the network that pools otherwise, which has no numbers of its own.
Model as_original(const Model& model) {
  Model original(build_graph(parse_network(original_network()), kInceptionInput, kOriginalClasses));
  for (std::size_t i = 0; i < original.parameters().size(); ++i)
    original.parameters()[i].value = model.parameters()[i].value;
  return original;
}

/// What comes before the last layer.
Model without_head(const Model& model) {
  const Graph& graph = model.graph();
  const Node& before = graph.nodes.at(static_cast<std::size_t>(graph.nodes.back().inputs.front()));
  Model body(graph.part({}, before.name));
  for (Parameter& p : body.parameters())
    p.value = std::ranges::find(model.parameters(), p.name, &Parameter::name)->value;
  return body;
}

}  // namespace

InceptionFeatures::InceptionFeatures(const std::filesystem::path& weights, int threads, OnPhase on_phase)
    : body_(build_graph(parse_network("fc(1)"), {1, 1, 1})),
      threads_(threads),
      on_phase_(std::move(on_phase)) {
  auto [model, whole] = loaded(weights, kClasses);
  if (!whole) {
    std::tie(model, whole) = loaded(weights, kOriginalClasses);
    original_ = whole;
  }
  if (!whole)
    throw Error(fmt::format("{}: is no Inception v3 of {} or {} classes", weights.string(), kClasses,
                            kOriginalClasses));
  body_ = without_head(original_ ? as_original(model) : model);
}

FeatureSet InceptionFeatures::features(const dataset::SourcePtr& source) {
  RunInfo info;
  info.input = kInceptionInput;
  info.mean.fill(0.5F);
  info.std.fill(0.5F);
  dataset::LoaderOptions options = info.evaluation_options(32);
  options.on_error = dataset::LoaderOptions::OnError::Skip;
  dataset::Loader loader(source, info.fitted({}), options);
  Inference inference(body_, loader, {.threads = threads_});
  const OnProgress progress = begin_phase(on_phase_, "measuring by Inception v3", "images");
  FeatureSet set;
  set.width = static_cast<std::size_t>(body_.graph().output().count());
  for (const dataset::Batch& batch : loader.epoch(0)) {
    const std::span<const float> rows = inference.outputs(batch);
    set.values.insert(set.values.end(), rows.begin(),
                      rows.begin() + static_cast<std::ptrdiff_t>(batch.size() * set.width));
    set.labels.insert(set.labels.end(), batch.labels.begin(), batch.labels.end());
    progress(set.labels.size(), source->size());
  }
  return set;
}

PublishedQuality published_quality(InceptionFeatures& inception, const dataset::SourcePtr& train,
                                   const dataset::SourcePtr& held_out, const dataset::SourcePtr& generated) {
  const std::size_t most = std::min(train->size(), generated->size());
  const FeatureSet made = inception.features(exactly(generated, most, 7)),
                   learned = inception.features(exactly(train, most, 7)),
                   others = inception.features(exactly(held_out, std::min(most, held_out->size()), 7));
  PublishedQuality q;
  q.original = inception.is_original();
  q.count = std::min(made.count(), learned.count());
  q.floor_count = std::min(learned.count(), others.count());
  if (q.count >= 2) q.frechet = frechet_distance(learned.first(q.count), made.first(q.count));
  if (q.floor_count >= 2)
    q.floor = frechet_distance(learned.first(q.floor_count), others.first(q.floor_count));
  if (q.count > kPublishedNeighbours) q.overlap = overlap(learned, made, kPublishedNeighbours);
  return q;
}

}  // namespace doppel::nn
