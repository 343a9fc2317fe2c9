#include "doppel/augment/transforms/color/fourier_adapt.h"

#include "transforms/chance_field.h"

namespace doppel::augment {

void FourierAdapt::draw(Draft& draft, const Stream& stream) const {
  if (references.empty()) return;
  const auto which =
      static_cast<std::size_t>(stream.integer("which", 0, static_cast<int>(references.size()) - 1));
  draft.append(op::FourierAdapt{references[which], stream.uniform("beta", beta.low, beta.high)});
}
void FourierAdapt::fields(FieldVisitor& visit) {
  visit({"references", {}, "", "image files"}, references);
  visit({"beta", {0, 0.5}, "", "share of the frequencies"}, beta);
  visit_chance(visit, p);
}

}  // namespace doppel::augment
