#include "doppel/augment/recipe.h"

#include <algorithm>
#include <numeric>

#include "doppel/augment/error.h"
#include "doppel/augment/render.h"

namespace doppel::augment {
namespace {

constexpr Bounds kShare{0, 1};
const FieldInfo kChance{"p", kShare, "", "chance to apply"};

void draw_part(std::span<const Transform> parts, std::size_t which, std::uint64_t turn, Draft& draft,
               const Stream& stream) {
  parts[which].draw(draft, stream.split(parts[which].name(), which).split("turn", turn));
}

}  // namespace

void Sequence::draw(Draft& draft, const Stream& stream) const { draw_all(of, draft, stream); }
void Sequence::fields(FieldVisitor& visit) {
  visit({"of", {}, "", "the parts"}, of);
  visit(kChance, p);
}

OneOf OneOf::with_chance(double chance) const {
  OneOf changed = *this;
  changed.p = chance;
  return changed;
}

void OneOf::draw(Draft& draft, const Stream& stream) const {
  std::vector<double> w = weights.empty() ? std::vector<double>(of.size(), 1.0) : weights;
  if (w.size() != of.size()) throw UsageError("OneOf: there must be as many weights as parts");
  double ticket = stream.uniform("which", 0, std::accumulate(w.begin(), w.end(), 0.0));
  std::size_t which = 0;
  while (which + 1 < of.size() && ticket >= w[which]) ticket -= w[which++];
  draw_part(of, which, 0, draft, stream);
}
void OneOf::fields(FieldVisitor& visit) {
  visit({"of", {}, "", "the parts"}, of);
  visit({"weights", {0, 1e9}, "", "one per part; empty: all alike"}, weights);
  visit(kChance, p);
  if (!weights.empty() && weights.size() != of.size())
    throw UsageError("OneOf: there must be as many weights as parts");
}

void SomeOf::draw(Draft& draft, const Stream& stream) const {
  const int wanted = stream.integer("n", n.low, n.high);
  const int count = static_cast<int>(of.size());
  if (replace) {
    for (int turn = 0; turn < wanted; ++turn)
      draw_part(of, static_cast<std::size_t>(stream.split("which", turn).integer("part", 0, count - 1)), turn,
                draft, stream);
    return;
  }
  std::vector<std::pair<std::uint64_t, std::size_t>> order;
  for (std::size_t i = 0; i < of.size(); ++i) order.emplace_back(stream.split("order", i).bits("key"), i);
  std::ranges::sort(order);
  order.resize(static_cast<std::size_t>(std::min(wanted, count)));
  std::ranges::sort(order, {}, &std::pair<std::uint64_t, std::size_t>::second);
  for (const auto& [key, which] : order) draw_part(of, which, 0, draft, stream);
}
void SomeOf::fields(FieldVisitor& visit) {
  visit({"n", {0, 1000}, "", "how many"}, n);
  visit({"of", {}, "", "the parts"}, of);
  visit({"replace", {}, "", "a part may be drawn more than once"}, replace);
  visit(kChance, p);
}

void Maybe::draw(Draft& draft, const Stream& stream) const { draw_all(what, draft, stream); }
void Maybe::fields(FieldVisitor& visit) {
  visit(kChance, p);
  visit({"do", {}, "", "the parts"}, what);
}

Recipe Recipe::then(Transform next) const {
  Recipe longer = *this;
  longer.transforms_.push_back(std::move(next));
  return longer;
}

void Recipe::bind_labels(std::span<const std::string> classes) {
  for (Transform& transform : transforms_) transform.bind_labels(classes);
}

Draft::Result Recipe::draft(const Sample& sample, const Stream& stream) const {
  Draft draft(sample);
  draw_all(transforms_, draft, stream);
  return draft.finish(rules_);
}

Sample Recipe::apply(const Sample& sample, const Stream& stream) const {
  Draft::Result drawn = draft(sample, stream);
  Sample out;
  out.image = render(drawn.plan, sample.image);
  for (const cv::Mat& mask : sample.masks) out.masks.push_back(render_mask(drawn.plan, mask));
  out.boxes = std::move(drawn.boxes);
  out.keypoints = std::move(drawn.keypoints);
  out.label = drawn.label;
  return out;
}

}  // namespace doppel::augment
