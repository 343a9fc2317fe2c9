#include "gan_quality.h"

#include <algorithm>

#include "doppel/nn/gan/generated_source.h"

namespace doppel::apps {
namespace {

constexpr std::size_t kScored = 2000, kMeasured = 10000;
constexpr int kNeighbours = 5;
/// Seeds of pictures that are measured, and of those that a classifier learns from.
constexpr std::uint64_t kMeasuredSeed = 1001, kLearnedSeed = 1002;

/// Of the pictures of one class, or of all for -1.
double agreement_of(const std::vector<Verdict>& verdicts, int label) {
  double right = 0, all = 0;
  for (const Verdict& v : verdicts)
    if (label < 0 || v.label == label) {
      all += 1;
      right += v.predicted == v.label;
    }
  return all > 0 ? right / all : 0;
}

bool enough(const nn::FeatureSet& set) { return set.count() > kNeighbours; }

}  // namespace

GanJudge::GanJudge(const RunInfo& info, dataset::SourcePtr train, dataset::SourcePtr held_out,
                   const Lesson& lesson)
    : info_(info),
      train_(std::move(train)),
      held_out_(std::move(held_out)),
      lesson_(lesson),
      classifier_(info, train_, lesson) {
  const std::size_t half = std::clamp<std::size_t>(train_->size() / 2, 1, kScored);
  real_ = classifier_.features(exactly(train_, 2 * half, 7));
  if (half < 2) return;
  nn::FeatureSet other = real_;
  other.values.erase(other.values.begin(),
                     other.values.begin() + static_cast<std::ptrdiff_t>(half * real_.width));
  other.labels.erase(other.labels.begin(), other.labels.begin() + static_cast<std::ptrdiff_t>(half));
  real_ = real_.first(half);
  floor_ = nn::frechet_distance(real_, other);
}

dataset::SourcePtr GanJudge::made(const std::shared_ptr<nn::Gan>& gan, std::size_t count,
                                  std::uint64_t seed) const {
  return std::make_shared<nn::GeneratedSource>(
      gan, is_conditional(*gan) ? info_.classes : std::vector<std::string>{"all"}, count, seed);
}

GanScore GanJudge::score(const std::shared_ptr<nn::Gan>& gan) {
  const auto pictures = made(gan, std::max<std::size_t>(real_.count(), 2), kMeasuredSeed);
  const nn::FeatureSet features = classifier_.features(pictures);
  GanScore score;
  score.step = gan->steps();
  if (is_conditional(*gan)) score.agreement = agreement_of(classifier_.verdicts(pictures), -1);
  if (real_.count() >= 2) {
    score.frechet = nn::frechet_distance(real_, features);
    score.kernel = nn::kernel_distance(real_, features);
  }
  if (enough(real_) && enough(features)) score.overlap = nn::overlap(real_, features, kNeighbours);
  return score;
}

dataset::SourcePtr GanJudge::pictures(const std::shared_ptr<nn::Gan>& gan) const {
  const std::size_t count = std::clamp<std::size_t>(train_->size(), 1000, kMeasured);
  return made(gan, count, kMeasuredSeed);
}

std::vector<ClassQuality> GanJudge::by_class(const nn::FeatureSet& train, const nn::FeatureSet& held_out,
                                             nn::FeatureSet generated, const std::vector<Verdict>& verdicts,
                                             bool conditional) const {
  std::vector<ClassQuality> classes(info_.classes.size());
  for (const Verdict& v : verdicts) classes[static_cast<std::size_t>(v.predicted)].share += 1;
  for (ClassQuality& of : classes) of.share /= static_cast<double>(std::max<std::size_t>(1, verdicts.size()));
  if (!conditional)
    for (std::size_t i = 0; i < verdicts.size(); ++i) generated.labels[i] = verdicts[i].predicted;
  for (std::size_t c = 0; c < classes.size(); ++c) {
    const int label = static_cast<int>(c);
    const auto real = train.of_class(label), other = held_out.of_class(label),
               own = generated.of_class(label);
    if (conditional) classes[c].agreement = agreement_of(verdicts, label);
    if (enough(real) && enough(own)) classes[c].overlap = nn::overlap(real, own, kNeighbours);
    if (real.count() > 0 && other.count() > 0 && own.count() > 0)
      classes[c].copying = nn::copying_score(real, other, own);
  }
  return classes;
}

GanQuality GanJudge::quality(const std::shared_ptr<nn::Gan>& gan) {
  GanQuality q;
  const bool conditional = is_conditional(*gan);
  const auto some = pictures(gan);
  q.count = some->size();
  const nn::FeatureSet generated = classifier_.features(some),
                       train = classifier_.features(exactly(train_, std::min(train_->size(), kMeasured), 7)),
                       held_out = classifier_.features(held_out_);
  const auto verdicts = classifier_.verdicts(some);
  q.all.step = gan->steps();
  if (conditional) q.all.agreement = agreement_of(verdicts, -1);
  const std::size_t half = std::min({train.count(), held_out.count(), generated.count()});
  if (half >= 2) {
    q.all.frechet = nn::frechet_distance(train.first(half), generated.first(half));
    q.all.kernel = nn::kernel_distance(train.first(half), generated.first(half));
    q.floor = nn::frechet_distance(train.first(half), held_out.first(half));
    q.kernel_floor = nn::kernel_distance(train.first(half), held_out.first(half));
  }
  if (enough(train) && enough(generated)) q.all.overlap = nn::overlap(train, generated, kNeighbours);
  q.classes = by_class(train, held_out, generated, verdicts, conditional);
  // Against all that it learned from, not only what was measured.
  const auto near = nn::nearest(generated, classifier_.features(train_));
  for (std::size_t i = 0; i < near.size(); ++i) q.nearest.push_back({i, near[i].index, near[i].distance});
  std::ranges::sort(q.nearest, {}, &Pair::distance);
  q.nearest.resize(std::min<std::size_t>(20, q.nearest.size()));
  if (conditional) {
    const auto lessons = made(gan, std::max<std::size_t>(train_->size(), kMeasured), kLearnedSeed);
    q.score = Classifier(info_, lessons, lesson_).accuracy(held_out_);
  }
  q.real_score = classifier_.accuracy(held_out_);
  return q;
}

}  // namespace doppel::apps
