#include "kept_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "doppel/base/error.h"

namespace doppel::nn {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 30;  // of all kept values
constexpr std::size_t kBatch = 64;                        // images whose values are computed at once

/// As `images`, but each sample once and in the source's order.
dataset::LoaderOptions once_in_order(dataset::LoaderOptions options) {
  options.batch = std::min(options.batch, kBatch);
  options.epochs = 1;
  options.order = dataset::LoaderOptions::Order::Sequential;
  options.weights = {};
  options.repeats = 1;
  options.rank = 0;
  options.world = 1;
  options.last = dataset::LoaderOptions::LastBatch::Short;
  if (options.on_error == dataset::LoaderOptions::OnError::Replace)
    options.on_error = dataset::LoaderOptions::OnError::Skip;
  return options;
}

/// The loader's source, which somebody else keeps.
dataset::SourcePtr borrowed(const dataset::Loader& loader) {
  return {std::shared_ptr<void>(), &loader.source()};
}

bool has_rate(const Model& model, const Node& node) {
  return std::ranges::any_of(model.parameters(), [&](const Parameter& p) {
    return p.rate != 0 && p.name.starts_with(node.name + ".");
  });
}

/// Whether a step gives the same for the same image all through training.
bool stays(const Model& model, const Node& node) {
  const bool drops = std::visit(
      []<class L>(const L&) {
        return std::is_same_v<L, Dropout> || std::is_same_v<L, Dropout2d> || std::is_same_v<L, DropPath> ||
               std::is_same_v<L, Custom>;
      },
      node.layer);
  return !drops && !node.side && !has_rate(model, node);
}

}  // namespace

FeatureSource::FeatureSource(Executor& executor, const Shape& shape, const dataset::Loader& images,
                             const OnProgress& progress)
    : source_(images.source()),
      rows_(shape.flat ? 1 : shape.channels),
      columns_(shape.flat ? shape.channels : shape.height * shape.width),
      values_(source_.size() * static_cast<std::size_t>(shape.count())),
      targets_(source_.size()),
      failed_(source_.size(), "couldn't be used") {
  const auto count = static_cast<std::size_t>(shape.count());
  dataset::Loader once(borrowed(images), images.recipe(), once_in_order(images.options()));
  std::size_t done = 0;
  for (const dataset::Batch& batch : once.epoch(0)) {
    const auto all = executor.predict(batch.images.values<float>(), static_cast<int>(batch.size()));
    for (std::size_t r = 0; r < batch.size(); ++r) {
      const std::size_t index = batch.indices[r];
      std::ranges::copy(all.subspan(r * count, count),
                        values_.begin() + static_cast<std::ptrdiff_t>(index * count));
      augment::Sample& targets = targets_[index];
      targets.label = batch.labels[r];
      targets.label_shares = batch.targets[r].label_shares;
      targets.numbers = batch.numbers[r];
      targets.weight = batch.weights[r];
      failed_[index].clear();
      if (progress) progress(done++, source_.size());
    }
  }
  std::map<std::string, std::string> reasons;
  for (const dataset::SkippedSample& sample : once.report().reasons) reasons[sample.name] = sample.reason;
  for (std::size_t i = 0; i < failed_.size(); ++i)
    if (!failed_[i].empty())
      if (const auto found = reasons.find(source_.name(i)); found != reasons.end())
        failed_[i] = found->second;
}

dataset::Item FeatureSource::read(std::size_t index) const {
  if (!failed_[index].empty()) throw Error(dataset::named(*this, index, failed_[index]));
  dataset::Item item{{}, targets_[index]};
  const auto count = static_cast<std::size_t>(rows_) * static_cast<std::size_t>(columns_);
  // The loader only reads it.
  item.sample.image = cv::Mat(rows_, columns_, CV_32FC1, const_cast<float*>(values_.data() + index * count));
  return item;
}

std::string frozen_until(const Model& model, std::size_t numbers) {
  const Graph& graph = model.graph();
  const bool sides_learn =
      std::ranges::any_of(graph.nodes, [&](const Node& node) { return node.side && has_rate(model, node); });
  if (sides_learn) return {};
  std::vector<bool> kept;  // whether a node's value is the same in every epoch
  bool weighs = false;     // whether anything with weights needn't run again
  for (const Node& node : graph.nodes) {
    kept.push_back(stays(model, node) && std::ranges::all_of(node.inputs, [&](int input) {
                     return input < 0 || kept[static_cast<std::size_t>(input)];
                   }));
    weighs = weighs || (kept.back() && node.parameters > 0);
  }
  if (!weighs) return {};
  for (std::size_t i = graph.nodes.size() - 1; i-- > 0;) {
    if (!kept[i] || static_cast<std::size_t>(graph.nodes[i].out.count()) > numbers) continue;
    try {
      graph.part(graph.nodes[i].name);
      return graph.nodes[i].name;
    } catch (const UsageError&) {  // the rest needs another value, too
    }
  }
  return {};
}

bool is_same_every_epoch(const dataset::Loader& loader) {
  constexpr std::size_t kLooked = 256;
  constexpr std::uint64_t kEpochs = 3;
  if (loader.recipe().has_schedule() || !loader.options().buckets.empty() ||
      loader.options().epoch_samples > 0)
    return false;
  const dataset::Source& source = loader.source();
  const std::size_t looked = std::min(kLooked, source.size());
  for (std::size_t k = 0; k < looked; ++k) {
    const std::size_t index = k * source.size() / looked;
    try {
      const augment::Sample sample = load(source, index, loader.options().channels, loader.options().alpha);
      bool mixes = false;
      const auto partners = [&](std::uint64_t) {
        mixes = true;
        return augment::PartnerPick{sample, {.epoch = kEpochs}};
      };
      const auto draw = [&](std::uint64_t epoch) {
        return loader.recipe()
            .draft(sample, {.seed = loader.options().seed, .epoch = epoch, .index = index}, partners)
            .plan;
      };
      const augment::Plan first = draw(0);
      for (std::uint64_t epoch = 1; epoch < kEpochs; ++epoch)
        if (draw(epoch) != first || mixes) return false;
    } catch (const Error&) {  // the loader deals with it
    }
  }
  return true;
}

namespace {

std::unique_ptr<dataset::Loader> feature_loader(Executor& executor, const Shape& shape,
                                                const dataset::Loader& images, const OnProgress& progress) {
  auto source = std::make_shared<const FeatureSource>(executor, shape, images, progress);
  dataset::LoaderOptions options = images.options();
  options.channels = 0;
  options.mean.fill(0);
  options.std.fill(1);
  return std::make_unique<dataset::Loader>(std::move(source), augment::Recipe{}, options);
}

}  // namespace

std::optional<KeptFeatures> keep_features(Model& model, const dataset::Loader& train,
                                          const dataset::Loader* valid, const ExecutorOptions& how,
                                          const OnProgress& progress) {
  const std::size_t samples = train.source().size() + (valid ? valid->source().size() : 0);
  const std::string node = frozen_until(model, kMostBytes / sizeof(float) / samples);
  if (node.empty() || !is_same_every_epoch(train)) return {};
  ExecutorOptions options = how;
  options.batch = kBatch;
  options.mode = ExecutorOptions::Mode::Inference;
  options.until = node;
  Executor executor(model, options);
  const Shape& shape = std::ranges::find(model.graph().nodes, node, &Node::name)->out;
  KeptFeatures kept{node, feature_loader(executor, shape, train, progress), nullptr,
                    executor.chosen_kernels(),
                    samples * static_cast<std::size_t>(shape.count()) * sizeof(float)};
  if (valid && is_same_every_epoch(*valid)) kept.valid = feature_loader(executor, shape, *valid, progress);
  return kept;
}

}  // namespace doppel::nn
