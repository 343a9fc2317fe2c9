#include "doppel/dataset/order/fit_to.h"

#include <algorithm>
#include <cmath>

#include "doppel/augment/transforms/color/normalize.h"
#include "doppel/augment/transforms/color/standardize.h"
#include "doppel/augment/transforms/structure/sequence.h"

namespace doppel::dataset {
namespace {

bool is_normalization(const augment::Transform& one) {
  return one.name() == augment::Normalize::name || one.name() == augment::Standardize::name;
}

class NormalizationFinder final : public FieldVisitor {
 public:
  bool found = false;

 private:
  void visit(const FieldInfo&, const FieldValue& value) override {
    if (const auto* children = std::get_if<Children*>(&value))
      for (const augment::Transform& child : items_of<augment::Transform>(**children))
        found = found || normalizes(child);
  }
};

/// Puts `fit` before each part that normalizes. Where such a part isn't drawn, the one at the end fits; where
/// it is, that one has nothing left to do.
class PartFitter final : public FieldVisitor {
 public:
  explicit PartFitter(const augment::Transform& fit) : fit_(fit) {}

 private:
  void visit(const FieldInfo&, const FieldValue& value) override {
    const auto* children = std::get_if<Children*>(&value);
    if (!children) return;
    for (augment::Transform& child : items_of<augment::Transform>(**children)) {
      if (is_normalization(child))
        child = augment::Sequence{.of = {fit_, child}};
      else
        child.fields(*this);
    }
  }
  const augment::Transform& fit_;
};

}  // namespace

void FitTo::draw(augment::Draft& draft, const Stream&) const {
  const Size now = draft.size();
  const double scale = std::max(double(size.height) / now.height, double(size.width) / now.width);
  const Size covering{std::max(size.height, static_cast<int>(std::lround(now.height * scale))),
                      std::max(size.width, static_cast<int>(std::lround(now.width * scale)))};
  if (covering != now) draft.append(augment::op::Resize{covering, Filter::Bilinear});
  if (covering != size)
    draft.append(augment::op::Crop{
        .x = (covering.width - size.width) / 2, .y = (covering.height - size.height) / 2, .size = size});
}

void FitTo::fields(FieldVisitor& visit) { visit({"size", {1, 1048576}, "pixels", ""}, size); }

bool normalizes(const augment::Transform& transform) {
  NormalizationFinder finder;
  augment::Transform looked_at = transform;
  looked_at.fields(finder);
  return finder.found || is_normalization(transform);
}

augment::Recipe fitted_by(const augment::Recipe& recipe, const augment::Transform& fit) {
  std::vector<augment::Transform> transforms = recipe.transforms();
  PartFitter fitter(fit);
  for (augment::Transform& transform : transforms) transform.fields(fitter);
  const bool last = !transforms.empty() && is_normalization(transforms.back());
  transforms.insert(transforms.end() - (last ? 1 : 0), fit);
  return augment::Recipe(std::move(transforms), recipe.rules());
}

}  // namespace doppel::dataset
