#include "doppel/augment/recipe.h"

#include <algorithm>
#include <numeric>

#include "doppel/augment/error.h"
#include "doppel/augment/render.h"

namespace doppel::augment {
namespace {

/// Finds each Normalize {preset: dataset}, in children too, and makes it one with given values.
class StatisticsBinder final : public FieldVisitor {
 public:
  StatisticsBinder(const std::vector<double>* mean, const std::vector<double>* std) : new_{mean, std} {}
  bool found() const { return found_; }

 private:
  void visit(const FieldInfo& info, const FieldValue& value) override {
    if (const auto* children = std::get_if<std::vector<Transform>*>(&value))
      for (Transform& child : **children) child.fields(*this);
    if (const auto* list = std::get_if<std::vector<double>*>(&value)) {
      if (info.name == "mean") lists_[0] = *list;
      if (info.name == "std") lists_[1] = *list;
    }
    const auto* choice = std::get_if<Choice>(&value);
    if (!choice || info.name != "preset" ||
        choice->names[static_cast<std::size_t>(*choice->position)] != "dataset")
      return;
    found_ = true;
    if (!new_[0]) return;
    // Normalize shows its two lists before its preset.
    for (std::size_t i = 0; i < 2; ++i) *lists_[i] = *new_[i];
    *choice->position = 0;
  }
  std::array<const std::vector<double>*, 2> new_;
  std::array<std::vector<double>*, 2> lists_{};
  bool found_ = false;
};

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
  const double total = std::accumulate(w.begin(), w.end(), 0.0);
  if (of.empty() || total <= 0) return;
  double ticket = stream.uniform("which", 0, total);
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
  if (!weights.empty() && std::accumulate(weights.begin(), weights.end(), 0.0) <= 0)
    throw UsageError("OneOf: the weights sum to 0, so no part could be chosen");
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

void Repeat::draw(Draft& draft, const Stream& stream) const {
  const int n = stream.integer("times", times.low, times.high);
  for (int turn = 0; turn < n; ++turn)
    draw_all(what, draft, stream.split("turn", static_cast<std::uint64_t>(turn)));
}
void Repeat::fields(FieldVisitor& visit) {
  visit({"times", {0, 100}, "", "how often"}, times);
  visit({"do", {}, "", "the parts"}, what);
  visit(kChance, p);
}

void BlendMask::draw(Draft& draft, const Stream& stream) const {
  // The parts are drawn for a picture like this one, with its targets, into a plan of their own.
  Sample like;
  like.image = draft.image();
  like.boxes = draft.boxes();
  like.label = draft.label();
  Draft branch(like);
  draw_all(what, branch, stream);
  if (branch.plan().ops.empty()) return;
  if (branch.size() != draft.size()) throw UsageError("BlendMask: its parts must keep the picture's size");
  op::Blend blend;
  blend.branches = {branch.plan()};
  blend.weights = {1};
  blend.scale = scale;
  blend.angle = stream.uniform("angle", 0, 360);
  blend.seed = stream.bits("seed");
  constexpr std::array kMasks{op::Blend::Mask::Noise, op::Blend::Mask::Gradient, op::Blend::Mask::Checker,
                              op::Blend::Mask::Boxes, op::Blend::Mask::Boxes};
  blend.mask = kMasks[static_cast<std::size_t>(mask)];
  if (blend.mask == op::Blend::Mask::Boxes)
    for (const Box& box : like.boxes)
      if (mask == Mask::Boxes || box.label == label)
        blend.boxes.insert(blend.boxes.end(), {box.x0, box.y0, box.x1, box.y1});
  draft.append(std::move(blend));
}
void BlendMask::fields(FieldVisitor& visit) {
  static constexpr std::array<std::string_view, 5> kMaskNames{"noise", "gradient", "checker", "boxes",
                                                              "class"};
  visit({"do", {}, "", "the parts"}, what);
  visit.choice({"mask", {}, "", "where they show"}, mask, kMaskNames);
  visit({"scale", {1e-3, 10}, "of the short side", "of patches and squares"}, scale);
  visit({"label", {0, 1e6}, "", "for mask: class"}, label);
  visit(kChance, p);
}

Recipe Recipe::then(Transform next) const {
  Recipe longer = *this;
  longer.transforms_.push_back(std::move(next));
  return longer;
}

void Recipe::bind_labels(std::span<const std::string> classes) {
  for (Transform& transform : transforms_) transform.bind_labels(classes);
}

bool Recipe::wants_statistics() const {
  StatisticsBinder binder(nullptr, nullptr);
  for (Transform transform : transforms_) transform.fields(binder);
  return binder.found();
}

void Recipe::bind_statistics(const std::vector<double>& mean, const std::vector<double>& std) {
  StatisticsBinder binder(&mean, &std);
  for (Transform& transform : transforms_) transform.fields(binder);
}

Draft::Result Recipe::draft(const Sample& sample, const Stream& stream, const PartnerSource& partners,
                            const PixelSource& pixels) const {
  Draft draft(sample, partners, pixels);
  draw_all(transforms_, draft, stream, Level::Top);
  return std::move(draft).finish(rules_);
}

Explanation Recipe::explain(const Sample& sample, const Stream& stream, const PartnerSource& partners) const {
  const Draft::Result drawn = draft(sample, stream, partners);
  return augment::explain(drawn.plan, sample.image, drawn.partners);
}

Sample Recipe::apply(const Sample& sample, const Stream& stream, const PartnerSource& partners) const {
  Draft::Result drawn = draft(sample, stream, partners);
  Sample out;
  out.image = render(drawn.plan, sample.image, drawn.partners);
  out.masks = render_masks(drawn, sample);
  out.instance_mask = sample.instance_mask;
  out.boxes = std::move(drawn.boxes);
  out.rotated_boxes = std::move(drawn.rotated_boxes);
  out.keypoints = std::move(drawn.keypoints);
  out.label = drawn.label;
  out.label_shares = std::move(drawn.label_shares);
  return out;
}

}  // namespace doppel::augment
