#include "doppel/nn/study/image_filter.h"

#include <algorithm>

#include "doppel/dataset/sources/memory.h"
#include "doppel/nn/gan/generated_source.h"
#include "doppel/nn/study/copies.h"
#include "quantile.h"

namespace doppel::nn {
namespace {

/// Training images that distances are measured to.
constexpr std::size_t kMost = 60000;

}  // namespace

ImageFilter::ImageFilter(const RunInfo& info, const dataset::SourcePtr& train, std::shared_ptr<Gan> gan,
                         const Options& options, const ClassifierOptions& judging)
    : info_(info),
      gan_(std::move(gan)),
      options_(options),
      classifier_(info, train, judging),
      train_(classifier_.features(exactly(train, std::min(train->size(), kMost), 7))),
      copies_(copying_bound(train_)) {}

std::vector<Decision> ImageFilter::decide(std::span<const float> images, const std::vector<int>& labels) {
  if (labels.empty()) return {};
  const auto size = static_cast<std::size_t>(info_.input.count());
  std::vector<augment::Sample> samples(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    samples[i].image = image_of(images.subspan(i * size, size), info_.input);
    samples[i].label = labels[i];
  }
  const auto source = std::make_shared<dataset::InMemory>(std::move(samples), info_.classes);
  const auto said = classifier_.predictions(source);
  const auto near = nearest(classifier_.features(source), train_);
  const auto scores = gan_ ? gan_->scores(images, labels) : std::vector<double>(labels.size(), 0.0);
  if (!least_score_) least_score_ = quantile_of(scores, options_.quantile);
  std::vector<Decision> all(labels.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = {"", said[i].confidence_in_label, scores[i], near[i].distance};
    if (said[i].predicted != labels[i])
      all[i].dropped = "taken for " + info_.classes[static_cast<std::size_t>(said[i].predicted)];
    else if (said[i].confidence_in_label < options_.confidence)
      all[i].dropped = "the classifier isn't sure";
    else if (scores[i] < *least_score_)
      all[i].dropped = "the discriminator finds it out";
    else if (near[i].distance < copies_)
      all[i].dropped = "a copy of a training image";
  }
  return all;
}

std::vector<std::size_t> ImageFilter::kept(const dataset::Source& images) {
  constexpr std::size_t kAtOnce = 500;
  std::vector<std::size_t> kept;
  for (std::size_t first = 0; first < images.size(); first += kAtOnce) {
    std::vector<float> values;
    std::vector<int> labels;
    for (std::size_t i = first; i < std::min(images.size(), first + kAtOnce); ++i) {
      const augment::Sample sample = images.read(i).sample;
      const std::vector<float> one = values_of(sample.image);
      values.insert(values.end(), one.begin(), one.end());
      labels.push_back(sample.label);
    }
    const std::vector<Decision> decisions = decide(values, labels);
    for (std::size_t k = 0; k < decisions.size(); ++k)
      if (decisions[k].dropped.empty()) kept.push_back(first + k);
  }
  return kept;
}

}  // namespace doppel::nn
