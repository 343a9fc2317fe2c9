// A transform of your own: it draws from its ranges and appends ops; recipes, the loader and both renderers
// take it like any other.
//
//     own_transform            prints what three draws came to
#include <doppel/augment/plan/ops/color.h>
#include <doppel/augment/plan/ops/geometry.h>
#include <doppel/augment/recipe/recipe.h>
#include <doppel/augment/transforms/flip/horizontal_flip.h>
#include <doppel/dataset/open/open_data.h>

#include <cstdio>

namespace aug = doppel::augment;

/// A scanner that is a little off: it turns the page by a small angle and washes out contrast.
struct Scanner {
  static constexpr std::string_view name = "Scanner";
  static constexpr std::string_view help = "Turns by a small angle and washes out contrast.";
  doppel::Range angle{-3, 3};      // degrees, counter-clockwise
  doppel::Range contrast{0.6, 1};  // factor
  double p = 1;                    // chance to apply

  void draw(aug::Draft& draft, const doppel::Stream& stream) const {
    const doppel::Size size = draft.size();
    // Draws are addressed by their purpose: what other transforms draw doesn't move them.
    const double degrees = stream.uniform("angle", angle.low, angle.high);
    const doppel::Matrix3 map = doppel::translation(size.width / 2.0, size.height / 2.0) *
                                doppel::rotation(degrees) *
                                doppel::translation(-size.width / 2.0, -size.height / 2.0);
    draft.append(aug::op::Warp{.map = map, .size = size, .fill = {doppel::Fill::Kind::Color, {1, 1, 1, 1}}});
    draft.append(aug::op::Contrast{.factor = stream.uniform("contrast", contrast.low, contrast.high)});
  }
  /// Validation, YAML and help follow from this list.
  void fields(doppel::FieldVisitor& visit) {
    visit({"angle", {-45, 45}, "degrees", "counter-clockwise"}, angle);
    visit({"contrast", {0, 4}, "", "factor"}, contrast);
    visit({"p", {0, 1}, "", "chance to apply"}, p);
  }
};

int main() {
  const auto photos = doppel::dataset::open_data("sample:photos").train;
  const aug::Recipe recipe{aug::HorizontalFlip{}, Scanner{.angle = {-5, 5}}};
  const aug::Sample photo = load(*photos, 0);
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    const aug::Plan plan = recipe.draw(photo, {.seed = 1, .epoch = epoch});
    const aug::Sample augmented = recipe.apply(photo, {.seed = 1, .epoch = epoch});  // the same draws
    std::printf("%s -> %dx%d\n", plan.words().c_str(), augmented.image.cols, augmented.image.rows);
  }
}
