#include "doppel/nn/study/gan_quality.h"

#include <algorithm>

#include "doppel/nn/gan/generated_source.h"

namespace doppel::nn {
namespace {

constexpr std::size_t kScored = 2000, kMeasured = 10000;
constexpr int kNeighbours = 5;
/// Seeds of images that are measured, and of those that a classifier learns from.
constexpr std::uint64_t kMeasuredSeed = 1001, kLearnedSeed = 1002;

/// Of the images of one class, or of all for -1.
double agreement_of(const std::vector<Prediction>& predictions, int label) {
  double right = 0, all = 0;
  for (const Prediction& v : predictions)
    if (label < 0 || v.label == label) {
      all += 1;
      right += v.predicted == v.label;
    }
  return all > 0 ? right / all : 0;
}

bool enough(const FeatureSet& set) { return set.count() > kNeighbours; }

}  // namespace

GanEvaluator::GanEvaluator(const RunInfo& info, dataset::SourcePtr train, dataset::SourcePtr held_out,
                           const ClassifierOptions& classifying)
    : info_(info),
      train_(std::move(train)),
      held_out_(std::move(held_out)),
      classifying_(classifying),
      classifier_(info, train_, classifying) {
  const std::size_t half = std::clamp<std::size_t>(train_->size() / 2, 1, kScored);
  real_ = classifier_.features(exactly(train_, 2 * half, 7));
  if (half < 2) return;
  FeatureSet other = real_;
  other.values.erase(other.values.begin(),
                     other.values.begin() + static_cast<std::ptrdiff_t>(half * real_.width));
  other.labels.erase(other.labels.begin(), other.labels.begin() + static_cast<std::ptrdiff_t>(half));
  real_ = real_.first(half);
  floor_ = frechet_distance(real_, other);
}

dataset::SourcePtr GanEvaluator::made(const std::shared_ptr<GenerativeModel>& gan, std::size_t count,
                                      std::uint64_t seed) const {
  return std::make_shared<GeneratedSource>(
      gan, is_conditional(*gan) ? info_.classes : std::vector<std::string>{"all"}, count, seed);
}

GanScore GanEvaluator::score(const std::shared_ptr<GenerativeModel>& gan) {
  const auto images = made(gan, std::max<std::size_t>(real_.count(), 2), kMeasuredSeed);
  const FeatureSet features = classifier_.features(images);
  GanScore score;
  score.step = gan->steps();
  if (is_conditional(*gan)) score.agreement = agreement_of(classifier_.predictions(images), -1);
  if (real_.count() >= 2) {
    score.frechet = frechet_distance(real_, features);
    score.kernel = kernel_distance(real_, features);
  }
  if (enough(real_) && enough(features)) score.overlap = overlap(real_, features, kNeighbours);
  return score;
}

dataset::SourcePtr GanEvaluator::images(const std::shared_ptr<GenerativeModel>& gan) const {
  const std::size_t count = std::clamp<std::size_t>(train_->size(), 1000, kMeasured);
  return made(gan, count, kMeasuredSeed);
}

std::vector<ClassQuality> GanEvaluator::by_class(const FeatureSet& train, const FeatureSet& held_out,
                                                 FeatureSet generated,
                                                 const std::vector<Prediction>& predictions,
                                                 bool conditional) const {
  std::vector<ClassQuality> classes(info_.classes.size());
  for (const Prediction& v : predictions) classes[static_cast<std::size_t>(v.predicted)].share += 1;
  for (ClassQuality& of : classes)
    of.share /= static_cast<double>(std::max<std::size_t>(1, predictions.size()));
  if (!conditional)
    for (std::size_t i = 0; i < predictions.size(); ++i) generated.labels[i] = predictions[i].predicted;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const int label = static_cast<int>(c);
    const auto real = train.of_class(label), other = held_out.of_class(label),
               own = generated.of_class(label);
    if (conditional) classes[c].agreement = agreement_of(predictions, label);
    if (enough(real) && enough(own)) classes[c].overlap = overlap(real, own, kNeighbours);
    if (real.count() > 0 && other.count() > 0 && own.count() > 0)
      classes[c].copying = copying_score(real, other, own);
  }
  return classes;
}

GanQuality GanEvaluator::quality(const std::shared_ptr<GenerativeModel>& gan) {
  GanQuality q;
  const bool conditional = is_conditional(*gan);
  const auto some = images(gan);
  q.count = some->size();
  const FeatureSet generated = classifier_.features(some),
                   train = classifier_.features(exactly(train_, std::min(train_->size(), kMeasured), 7)),
                   held_out = classifier_.features(held_out_);
  const std::vector<Prediction> predictions = classifier_.predictions(some);
  q.all.step = gan->steps();
  if (conditional) q.all.agreement = agreement_of(predictions, -1);
  const std::size_t half = std::min({train.count(), held_out.count(), generated.count()});
  if (half >= 2) {
    q.all.frechet = frechet_distance(train.first(half), generated.first(half));
    q.all.kernel = kernel_distance(train.first(half), generated.first(half));
    q.floor = frechet_distance(train.first(half), held_out.first(half));
    q.kernel_floor = kernel_distance(train.first(half), held_out.first(half));
  }
  if (enough(train) && enough(generated)) q.all.overlap = overlap(train, generated, kNeighbours);
  q.classes = by_class(train, held_out, generated, predictions, conditional);
  // Against all that it learned from, not only what was measured.
  const FeatureSet learned = classifier_.features(train_);
  const auto near = nearest(generated, learned);
  q.copies = count_copies(copying_bound(learned), near, nearest(held_out, learned));
  for (std::size_t i = 0; i < near.size(); ++i) q.nearest.push_back({i, near[i].index, near[i].distance});
  std::ranges::sort(q.nearest, {}, &NearestPair::distance);
  q.nearest.resize(std::min<std::size_t>(20, q.nearest.size()));
  if (conditional) {
    // There are always more: no image is learned from twice.
    q.learned = static_cast<std::size_t>(classifying_.steps) * classifying_.batch;
    q.score = Classifier(info_, made(gan, q.learned, kLearnedSeed), classifying_).accuracy(held_out_);
  }
  q.real_score = classifier_.accuracy(held_out_);
  if (inception_) q.published = published_quality(*inception_, train_, held_out_, some);
  return q;
}

}  // namespace doppel::nn
